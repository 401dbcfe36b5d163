"""What happened to an item, event by event, as people read it: who, from whom to whom, when by its clock and by ours.

Nothing is stored: a timeline is read from the ledger each time, and an item sees a dozen events.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from postal_service.domain.acts import Accept, Act, Correct, Deliver, Found, Handover
from postal_service.domain.clock import claimed
from postal_service.domain.ids import DeviceId, EventId, ItemId, StaffId, UnitCode
from postal_service.domain.rewriting import first_told, in_place
from postal_service.ledger import reading
from postal_service.ledger.reading import Recorded
from postal_service.projections import verdicts

SKEW = timedelta(minutes=10)  # a clock that differs by more is flagged


@dataclass(frozen=True, kw_only=True)
class Party:
    """A person at a place."""

    staff: StaffId
    unit: UnitCode


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One event of an item.

    `giver` and `taker` are set where custody moved; the citizen is neither. `claimed_at` is what
    the signing device's clock said, `recorded_at` when the ledger got it. `verdict` is "" where the
    event counts.
    """

    index: int
    event: EventId
    item: ItemId
    act: Act
    by: Party
    device: DeviceId
    giver: Party | None
    taker: Party | None
    claimed_at: datetime
    recorded_at: datetime
    leaf_hash: str
    verdict: str
    corrected: bool  # another event says that this one did not occur, or told wrong data
    instead_of: int | None  # the index of the event whose wrong data this one puts right

    @property
    def counts(self) -> bool:
        """It is part of the story, and nothing later took it back or put it right."""
        return not self.verdict and not self.corrected

    @property
    def moves_custody(self) -> bool:
        return isinstance(self.act, (Accept, Handover, Deliver, Found))

    @property
    def clock_is_off(self) -> bool:
        """The device says another time than the ledger, by more than ten minutes."""
        return abs(self.recorded_at - self.claimed_at) > SKEW


def of_item(session: Session, item: ItemId) -> tuple[Moment, ...]:
    """The timeline of an item, in the order in which the ledger got its events; () when it has none."""
    entries = reading.entries_of(session, item)
    wrong = _corrected(entries)
    stands_for = _instead_of(entries)
    judged = verdicts.of_events(session, [entry.event.id for entry in entries])
    holder: Party | None = None
    told: list[Moment] = []
    for entry in entries:
        event = entry.event
        by = Party(staff=event.staff, unit=event.unit)
        verdict = judged.get(event.id, "")
        corrected = stands_for.get(event.id)
        giver, taker = _sides(event.act, holder, _in_hand(entry, corrected))
        told.append(
            Moment(
                index=entry.index,
                event=event.id,
                item=item,
                act=event.act,
                by=by,
                device=event.device,
                giver=giver,
                taker=taker,
                claimed_at=claimed(event.wall_ms),
                recorded_at=datetime.fromtimestamp(entry.received_ms / 1000, UTC),
                leaf_hash=entry.leaf_hash.hex(),
                verdict=verdict,
                corrected=event.id in wrong,
                instead_of=corrected.index if corrected else None,
            )
        )
        if event.moves_custody and not verdict:
            holder = taker
    return tuple(told)


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


def _in_hand(entry: Recorded, wrong: Recorded | None) -> Party:
    """Who did it: of an event that puts data right, whoever did what was told wrongly."""
    event = in_place(entry.event, wrong.event) if wrong else entry.event
    return Party(staff=event.staff, unit=event.unit)


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
