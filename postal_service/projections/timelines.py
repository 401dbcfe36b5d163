"""What happened to an item, event by event, as people read it: who, from whom to whom, when by its clock and by ours.

Nothing is stored: a timeline is read from the ledger each time, and an item sees a dozen events.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from postal_service.domain.acts import Accept, Act, Deliver, Found, Handover
from postal_service.domain.ids import DeviceId, EventId, ItemId, StaffId, UnitCode
from postal_service.ledger import reading
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
    judged = verdicts.of_events(session, [entry.event.id for entry in entries])
    holder: Party | None = None
    told: list[Moment] = []
    for entry in entries:
        event = entry.event
        by = Party(staff=event.staff, unit=event.unit)
        verdict = judged.get(event.id, "")
        giver, taker = _sides(event.act, holder, by)
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
                claimed_at=datetime.fromtimestamp(event.wall_ms / 1000, UTC),
                recorded_at=datetime.fromtimestamp(entry.received_ms / 1000, UTC),
                leaf_hash=entry.leaf_hash.hex(),
                verdict=verdict,
            )
        )
        if event.moves_custody and not verdict:
            holder = taker
    return tuple(told)


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
