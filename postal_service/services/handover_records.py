"""A hand-over that both sides signed, read from their events: whoever reads it later reads the same.

One record is what one person took, or refused, of what another put out in one act. It does not
matter where either of them signed, at a counter or on a phone, with a network or without. Reading
only. Both sides may read all of it, whoever sees its items today.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.acts import Condition, Correct, Counts, Handover, Leg, Offer, Refuse
from postal_service.domain.clock import claimed
from postal_service.domain.ids import DeviceId, EventId, ItemId, StaffId, UnitCode
from postal_service.domain.legal_time import LegalTime
from postal_service.domain.refusals import RuleBroken, Unknown
from postal_service.domain.standing import GIVES_BACK
from postal_service.ledger import base64_strict, offers, reading
from postal_service.ledger.offers import OfferCode
from postal_service.ledger.reading import Recorded
from postal_service.ledger.signing import digest
from postal_service.ledger.witness import Policy
from postal_service.projections import legal_times, verdicts
from postal_service.projections.timelines import Moment, Party
from postal_service.services import overview, signed_heads
from postal_service.services.devices import fingerprint_of
from postal_service.services.dossiers import SEEING
from postal_service.services.overview import Names
from postal_service.services.signed_heads import Head
from postal_service.storage.schema import DeviceRow, DossierRow, ItemRow, UnitRow

# At a counter a batch is signed in one go; on a phone something else may be signed in between.
_BETWEEN: Final = 50
_MOST: Final = 2_000  # items of one hand-over, whatever a phone says it put out
_ANSWERS: Final = ("handover", "refuse", "correct")


class UnknownRecord(Unknown):
    """No such hand-over; or this person was on neither side of it."""

    code = "handover.unknown_record"


class HalfSigned(RuleBroken):
    """The taker signed, and the offer that he signed for has not arrived."""

    code = "handover.half_signed"


@dataclass(frozen=True, kw_only=True)
class Side:
    """Who signed, for which unit, when, and with which key."""

    staff: StaffId
    unit: UnitCode
    unit_kind: str
    device: DeviceId
    fingerprint: str
    time: LegalTime


@dataclass(frozen=True, kw_only=True)
class Line:
    """One item. `seal` and `counts` are what the taker signed for; of a refused one what the giver told."""

    item: ItemId
    leg: Leg
    gives_back: bool  # papers of a dossier without a result go to the citizen
    dossier_code: str
    seal: str
    counts: Counts
    condition: Condition
    refused: Refuse | None
    offered: str  # leaf hash of the giver's event, "" where he showed a code instead
    answer: EventId
    answered: str  # leaf hash of the taker's event
    verdict: str  # why it does not count today; "" where it does
    corrected: bool


@dataclass(frozen=True, kw_only=True)
class Record:
    """What one person took or refused of what another put out."""

    number: str
    giver: Side
    taker: Side
    recorded_at: datetime  # when the ledger had the last of it
    put_out: int  # items the giver put out in that act, others' answers to it included
    lines: tuple[Line, ...]
    code_digest: str  # SHA-256 of the code that the giver's phone showed, "" where he told an event
    chain_head: str  # leaf hash of the last of its events
    before: Head | None  # the ledger as it was signed before all of them
    names: Names

    @property
    def taken(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.refused is None)

    @property
    def refused(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.refused is not None)


@dataclass(frozen=True, kw_only=True)
class _PutOut:
    """The giver's half: an event for each item, or one code for all of them."""

    number: str
    device: DeviceId
    party: Party
    count: int
    shown: OfferCode | None
    events: Mapping[str, Recorded]  # by the digest that an answer names

    @property
    def code(self) -> str:
        return self.shown.digest if self.shown else ""

    def answers(self, entry: Recorded) -> bool:
        act = entry.event.act
        if not isinstance(act, Handover | Refuse):
            return False
        return act.offer == self.code if self.code else act.offer in self.events


@dataclass(frozen=True)
class Answered:
    """A taking or refusal, and what was put out for it; None where that is not here."""

    asked: Recorded
    put_out: _PutOut | None

    @property
    def sides(self) -> list[Party]:
        taker = Party(staff=self.asked.event.staff, unit=self.asked.event.unit)
        return [taker] if self.put_out is None else [taker, self.put_out.party]

    def has(self, staff: StaffId, device: DeviceId) -> bool:
        """Whether this person or this phone signed one of the sides."""
        devices = {self.asked.event.device, self.put_out.device if self.put_out else ""}
        return device in devices or any(party.staff == staff for party in self.sides)


def of_event(session: Session, event: EventId, *, policy: Policy, by: Actor) -> Record:
    """The record of which this taking or refusal is a line. Raises UnknownRecord or HalfSigned."""
    both = answered(session, event)
    sides = both.sides
    if not _is_one(sides, _units(session, sides), by):
        raise UnknownRecord(event=event)
    return record_of(session, both, policy=policy)


def answered(session: Session, event: EventId) -> Answered:
    """Both halves of this taking or refusal. Raises UnknownRecord. Who may read it is the caller's to ask."""
    asked = reading.entry(session, event)
    if asked is None or not isinstance(asked.event.act, Handover | Refuse):
        raise UnknownRecord(event=event[:40])
    entries = reading.entries_of(session, asked.event.item)
    return Answered(asked, _put_out(session, asked, entries))


def answers_of_item(session: Session, item: ItemId) -> list[Answered]:
    """Every taking and refusal of an item, the oldest first."""
    entries = reading.entries_of(session, item)
    return [
        Answered(entry, _put_out(session, entry, entries))
        for entry in entries
        if isinstance(entry.event.act, Handover | Refuse)
    ]


def record_of(session: Session, both: Answered, *, policy: Policy) -> Record:
    """The record that both halves make. Raises HalfSigned where the giver's is not here."""
    asked, put_out = both.asked, both.put_out
    if put_out is None:
        raise HalfSigned(item=asked.event.item)
    halves = reading.of_types(session, _items(session, put_out, asked), _ANSWERS)
    answers = [
        each
        for each in halves
        if put_out.answers(each) and each.event.device == asked.event.device
        and each.event.staff == asked.event.staff
    ]  # fmt: skip
    return _record(session, policy, put_out, answers, _corrected(halves))


def printable(session: Session, moments: Sequence[Moment], *, by: Actor) -> frozenset[EventId]:
    """Which of these events are lines of a record that this person may read."""
    held: dict[ItemId, Party | None] = {}
    sides: dict[EventId, list[Party]] = {}
    for each in moments:
        if isinstance(each.act, Handover | Refuse) and each.verdict != "waiting":
            giver = held.get(each.item)
            sides[each.event] = [each.by] if giver is None else [each.by, giver]
        if each.moves_custody and not each.verdict:
            held[each.item] = each.taker
    units = _units(session, [party for both in sides.values() for party in both])
    return frozenset(event for event, both in sides.items() if _is_one(both, units, by))


def _put_out(session: Session, asked: Recorded, entries: Sequence[Recorded]) -> _PutOut | None:
    """The giver's half of an answer among its item's events, None where it is not here."""
    act = asked.event.act
    assert isinstance(act, Handover | Refuse)  # asked before
    if isinstance(act, Handover) and act.offer_code:
        return _shown(session, act)
    for entry in entries:
        if isinstance(entry.event.act, Offer) and digest(entry.body) == act.offer:
            return _told(session, entry, entry.event.act)
    return None


def _shown(session: Session, act: Handover) -> _PutOut | None:
    """What a phone without a network showed as a code."""
    code = offers.from_bytes(base64_strict.read(act.offer_code))
    row = session.get(DeviceRow, code.device)
    if row is None:
        return None
    return _PutOut(
        number=code.digest[:12].upper(),
        device=code.device,
        party=Party(staff=StaffId(row.staff), unit=UnitCode(row.unit)),
        count=code.count,
        shown=code,
        events={},
    )


def _told(session: Session, entry: Recorded, act: Offer) -> _PutOut:
    """What was put out in one act: its events follow one another on the giver's device."""
    around = _around(session, entry, act.batch_count)
    same = [
        each
        for each in around
        if isinstance(each.event.act, Offer) and each.event.act.batch == act.batch
    ]
    return _PutOut(
        number=act.batch[-12:].upper(),
        device=entry.event.device,
        party=Party(staff=entry.event.staff, unit=entry.event.unit),
        count=act.batch_count,
        shown=None,
        events={digest(each.body): each for each in same},
    )


def _items(session: Session, put_out: _PutOut, asked: Recorded) -> set[ItemId]:
    if not put_out.code:
        return {entry.event.item for entry in put_out.events.values()}
    around = _around(session, asked, put_out.count)
    return {entry.event.item for entry in around if put_out.answers(entry)}


def _around(session: Session, entry: Recorded, count: int) -> list[Recorded]:
    event = entry.event
    return reading.around(session, event.device, event.sequence, min(count, _MOST) + _BETWEEN)


def _corrected(entries: Sequence[Recorded]) -> frozenset[EventId]:
    return frozenset(
        each.event.act.corrects for each in entries if isinstance(each.event.act, Correct)
    )


def _record(
    session: Session,
    policy: Policy,
    put_out: _PutOut,
    answers: Sequence[Recorded],
    corrected: frozenset[EventId],
) -> Record:
    last = max(answers, key=lambda entry: entry.index)
    events = [*answers, *put_out.events.values()]
    judged = verdicts.of_events(session, [entry.event.id for entry in answers])
    known = _known(session, [entry.event.item for entry in answers])
    taker = Party(staff=last.event.staff, unit=last.event.unit)
    both = [put_out.party, taker]
    devices = {put_out.device, last.event.device}
    rows = session.scalars(select(DeviceRow).where(DeviceRow.id.in_(sorted(devices))))
    prints = {DeviceId(row.id): fingerprint_of(row) for row in rows}
    units = _units(session, both)
    gave, took = _times(session, put_out, last)
    return Record(
        number=put_out.number,
        giver=_side(put_out.party, put_out.device, gave, prints, units),
        taker=_side(taker, last.event.device, took, prints, units),
        recorded_at=datetime.fromtimestamp(last.received_ms / 1000, UTC),
        put_out=put_out.count,
        lines=tuple(
            _line(entry, put_out, known, judged, corrected)
            for entry in sorted(answers, key=lambda entry: (entry.event.item, entry.index))
        ),
        code_digest=put_out.code,
        chain_head=last.leaf_hash.hex(),
        before=signed_heads.before(session, policy, min(entry.index for entry in events)),
        names=overview.names(
            session,
            (),
            (),
            units=[party.unit for party in both],
            staff=[party.staff for party in both],
        ),
    )


def _times(session: Session, put_out: _PutOut, last: Recorded) -> tuple[LegalTime, LegalTime]:
    """When the giver and the taker signed, as it could be told when the ledger had both: the same for ever.

    A code that a phone showed is no event: it was signed after the custody that it gives away, as
    far as the ledger has that, and before the taking that names it.
    """
    custody = {} if put_out.events else reading.entries(session, [last.event.parent])
    before = [*put_out.events.values(), *custody.values()]
    first = max(before, key=lambda entry: entry.index, default=last)
    times = legal_times.of_entries(
        session, [first, last], known_ms=max(first.received_ms, last.received_ms)
    )
    gave, took = times[first.event.id], times[last.event.id]
    if put_out.shown is None:
        return gave, took
    at = claimed(put_out.shown.wall_ms)
    earliest = min(gave.earliest if custody else at, took.latest)
    return replace(took, claimed_at=at, earliest=earliest, contradicts_itself=False), took


@dataclass(frozen=True, kw_only=True)
class _Known:
    """An item's row, and its dossier's where it has one."""

    leg: Leg
    dossier_code: str
    state: str


def _line(
    entry: Recorded,
    put_out: _PutOut,
    known: Mapping[ItemId, _Known],
    judged: Mapping[EventId, str],
    corrected: frozenset[EventId],
) -> Line:
    act = entry.event.act
    assert isinstance(act, Handover | Refuse)  # chosen by put_out.answers
    offer = put_out.events.get(act.offer)
    told = offer.event.act if offer is not None and isinstance(act, Refuse) else act
    assert isinstance(told, Handover | Offer)  # nobody refuses what a code shows
    item = known[entry.event.item]
    return Line(
        item=entry.event.item,
        leg=item.leg,
        gives_back=item.leg is Leg.OUT and item.state in GIVES_BACK,
        dossier_code=item.dossier_code,
        seal=told.seal,
        counts=told.counts,
        condition=act.condition,
        refused=act if isinstance(act, Refuse) else None,
        offered=offer.leaf_hash.hex() if offer is not None else "",
        answer=entry.event.id,
        answered=entry.leaf_hash.hex(),
        verdict=judged.get(entry.event.id, ""),
        corrected=entry.event.id in corrected,
    )


def _side(
    party: Party,
    device: DeviceId,
    time: LegalTime,
    prints: Mapping[DeviceId, str],
    units: Mapping[UnitCode, UnitRow],
) -> Side:
    return Side(
        staff=party.staff,
        unit=party.unit,
        unit_kind=units[party.unit].kind,
        device=device,
        fingerprint=prints.get(device, ""),
        time=time,
    )


def _known(session: Session, items: Collection[ItemId]) -> dict[ItemId, _Known]:
    rows = session.execute(
        select(ItemRow.item, ItemRow.leg, DossierRow.code, DossierRow.administrative)
        .outerjoin(DossierRow, DossierRow.id == ItemRow.dossier)
        .where(ItemRow.item.in_(sorted(items)))
    )
    return {
        ItemId(item): _Known(leg=Leg(leg), dossier_code=code or "", state=state or "")
        for item, leg, code, state in rows
    }


def _is_one(sides: Sequence[Party], units: Mapping[UnitCode, UnitRow], by: Actor) -> bool:
    """He signed himself, or works where one of them did, or oversees it."""
    return any(
        party.staff == by.staff or by.may(*SEEING, path=units[party.unit].path) for party in sides
    )


def _units(session: Session, parties: Sequence[Party]) -> dict[UnitCode, UnitRow]:
    codes = sorted({party.unit for party in parties})
    rows = session.scalars(select(UnitRow).where(UnitRow.code.in_(codes)))
    return {UnitCode(row.code): row for row in rows}
