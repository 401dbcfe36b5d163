"""What happened to an item, event by event, as people read it: who, from whom to whom, when.

Nothing is stored: a timeline is read from the ledger each time, and an item sees a dozen events.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from sqlalchemy.orm import Session

from postal_service.domain.acts import Accept, Act, Correct, Deliver, Found, Handover
from postal_service.domain.event import Event
from postal_service.domain.ids import DeviceId, EventId, ItemId, StaffId, UnitCode
from postal_service.domain.legal_time import LegalTime
from postal_service.domain.rewriting import first_told
from postal_service.ledger import reading
from postal_service.ledger.reading import Recorded
from postal_service.projections import legal_times, verdicts


@dataclass(frozen=True, kw_only=True)
class Party:
    """A person at a place."""

    staff: StaffId
    unit: UnitCode


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One event of an item.

    `giver` and `taker` are set where custody moved; the citizen is neither. `verdict` is "" where
    the event counts. What stands in for another event of its kind was done by whoever did that one
    and at its time; who signed it and when is told beside that, as its signed bytes have it.
    """

    index: int
    event: EventId
    item: ItemId
    act: Act
    by: Party
    device: DeviceId
    giver: Party | None
    taker: Party | None
    time: LegalTime
    signed_by: Party
    signed_time: LegalTime
    leaf_hash: str
    verdict: str
    corrected: bool  # another event says that this one did not occur, or told wrong data
    instead_of: int | None  # the index of the event whose wrong data this one puts right

    @property
    def counts(self) -> bool:
        """It is part of the story, and nothing later took it back or put it right."""
        return not self.verdict and not self.corrected

    @property
    def place(self) -> int:
        """Where it stands among the item's events: where the wrong one stood that it puts right."""
        return self.index if self.instead_of is None else self.instead_of

    @property
    def moves_custody(self) -> bool:
        return isinstance(self.act, (Accept, Handover, Deliver, Found))

    @property
    def claimed_at(self) -> datetime:
        """What the signing device's clock said."""
        return self.time.claimed_at

    @property
    def happened_at(self) -> datetime:
        """When it was, as far as it is known: what is judged by a time is judged by this one."""
        return self.time.estimated_at

    @property
    def recorded_at(self) -> datetime:
        """When the ledger got it."""
        return self.time.received_at


def of_item(session: Session, item: ItemId) -> tuple[Moment, ...]:
    """The timeline of an item, in the order in which the ledger got its events; () when it has none."""
    return of_items(session, [item])[item]


def of_items(session: Session, items: Collection[ItemId]) -> dict[ItemId, tuple[Moment, ...]]:
    """`of_item` of each of these items, in as few questions."""
    told = reading.timelines_of(session, items)
    entries = list(chain.from_iterable(told.values()))
    judged = verdicts.of_events(session, [entry.event.id for entry in entries])
    times = legal_times.of_entries(session, entries)
    return {item: _moments(of_one, judged, times) for item, of_one in told.items()}


def _moments(
    entries: Sequence[Recorded],
    judged: Mapping[EventId, str],
    times: Mapping[EventId, LegalTime],
) -> tuple[Moment, ...]:
    wrong = _corrected(entries)
    stands_for = _instead_of(entries)
    hands = {entry.event.id: _hands(entry, stands_for.get(entry.event.id)) for entry in entries}
    told = []
    for entry in entries:
        event = entry.event
        corrected, done = stands_for.get(event.id), hands[event.id]
        by = _party(done)
        # Who held it is whom the spent event gave it to, whatever was told between and did not occur.
        spent = hands.get(event.parent)
        giver, taker = _sides(event.act, _party(spent) if spent else None, by)
        moment = Moment(
            index=entry.index,
            event=event.id,
            item=event.item,
            act=event.act,
            by=by,
            device=event.device,
            giver=giver,
            taker=taker,
            time=times[done.id],
            signed_by=_party(event),
            signed_time=times[event.id],
            leaf_hash=entry.leaf_hash.hex(),
            verdict=judged.get(event.id, ""),
            corrected=event.id in wrong,
            instead_of=corrected.index if corrected else None,
        )
        told.append(moment)
    return tuple(told)


def _hands(entry: Recorded, wrong: Recorded | None) -> Event:
    """Whose hands an event was done by, as the story has it: another act than the wrong one has its own."""
    if wrong is not None and type(wrong.event.act) is type(entry.event.act):
        return wrong.event
    return entry.event


def _party(event: Event) -> Party:
    return Party(staff=event.staff, unit=event.unit)


def _corrected(entries: Sequence[Recorded]) -> frozenset[EventId]:
    return frozenset(
        each.event.act.corrects for each in entries if isinstance(each.event.act, Correct)
    )


def _instead_of(entries: Sequence[Recorded]) -> dict[EventId, Recorded]:
    known = {each.event.id: each for each in entries}
    wrong = {
        right: act.corrects
        for each in entries
        if isinstance(act := each.event.act, Correct) and act.corrects in known
        for right in act.replacements
    }
    return {right: known[first_told(right, wrong)] for right in wrong}


def _sides(act: Act, holder: Party | None, by: Party) -> tuple[Party | None, Party | None]:
    match act:
        case Accept() | Found():
            return None, by
        case Handover():
            return holder, by
        case Deliver():
            return by, None
        case _:
            return None, None
