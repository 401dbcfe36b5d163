"""What both sides of a hand-over look at: what can be offered, what is open, what came of it. Reading only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.acts import Capacity
from postal_service.domain.custody import ENDED, Standing, State
from postal_service.domain.ids import EventId, ItemId, StaffId, UnitCode
from postal_service.domain.refusals import Unknown
from postal_service.ledger import reading
from postal_service.projections import holdings
from postal_service.services import closed_bags, overview, places
from postal_service.services.handovers import Taken
from postal_service.services.overview import LYING, Line, Names
from postal_service.storage.schema import ItemRow, UnitRow

# Of what lies at a unit, what waits for its citizen or has ended stays.
_MAY_GO = tuple(state for state in LYING if state is not State.HELD and state not in ENDED)


class UnknownBatch(Unknown):
    """Nothing of this hand-over is open, or this person is on neither side of it."""

    code = "handover.unknown"


@dataclass(frozen=True, kw_only=True)
class Ready:
    """What lies sealed at the actor's unit, a page at a time, and the units it usually goes to.

    `following` is the item after which the list goes on, "" at its end.
    """

    lines: tuple[Line, ...]
    neighbours: tuple[UnitCode, ...]
    following: ItemId


@dataclass(frozen=True, kw_only=True)
class Batch:
    """An open hand-over."""

    id: str
    lines: tuple[Line, ...]
    giver: StaffId
    giver_unit: UnitCode
    to_unit: UnitCode
    to_staff: StaffId  # "" for anyone on duty there
    names: Names
    mine_to_take: bool
    mine_to_withdraw: bool

    @property
    def in_hand(self) -> tuple[Line, ...]:
        """What can be looked at: all but what lies in a closed bag that is handed over too."""
        together = {line.standing.item for line in self.lines}
        return tuple(line for line in self.lines if line.standing.bag not in together)

    def inside(self, bag: ItemId) -> tuple[Line, ...]:
        """What of this hand-over lies in that bag."""
        return tuple(line for line in self.lines if line.standing.bag == bag)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A hand-over that both sides have signed."""

    batch: Batch
    taken: tuple[Line, ...]
    reserved: tuple[Line, ...]
    taker: StaffId
    taker_unit: UnitCode
    names: Names
    at: datetime
    head: str  # leaf hash of the last event of the hand-over, hex
    last_event: EventId


def ready(session: Session, *, by: Actor, after: str = "") -> Ready:
    """Sealed items at the actor's unit that are not offered, frozen or at their end."""
    held = holdings.free_at_unit(session, by.unit, _MAY_GO, after)
    free = [each for each in closed_bags.as_they_lie(session, held) if _can_go(each, by)]
    neighbours = session.scalars(
        select(UnitRow.code)
        .where(UnitRow.kind.in_([places.DESK, places.POST_OFFICE]), UnitRow.code != by.unit)
        .order_by(UnitRow.code)
        .limit(overview.MOST_UNITS)
    )
    return Ready(
        lines=overview.lines(session, free),
        neighbours=tuple(UnitCode(each) for each in neighbours),
        following=held[-1].item if len(held) >= holdings.PAGE else ItemId(""),
    )


def batch(session: Session, key: str, *, by: Actor) -> Batch:
    """An open hand-over of which this person is the giver or the taker. Raises UnknownBatch."""
    found = closed_bags.as_they_lie(session, holdings.in_batch(session, key)) if key else []
    made = _batch(session, key, found, by) if found else None
    if made is None or not (made.mine_to_take or made.mine_to_withdraw):
        raise UnknownBatch(batch=key[:40])
    return made


def outcome(session: Session, before: Batch, taken: Taken, *, by: Actor, at: datetime) -> Outcome:
    """What a taking made of an open hand-over, for its record."""
    entries = reading.entries(session, taken.events)
    last = max(entries.values(), key=lambda entry: entry.index)
    took = set(taken.taken)
    return Outcome(
        batch=before,
        taken=tuple(line for line in before.lines if line.standing.item in took),
        reserved=tuple(line for line in before.lines if line.standing.item not in took),
        taker=by.staff,
        taker_unit=by.unit,
        names=overview.names(
            session,
            (),
            [line.standing for line in before.lines],
            units=[by.unit, *_ends(session, before)],
            staff=[by.staff],
        ),
        at=at,
        head=last.leaf_hash.hex(),
        last_event=last.event.id,
    )


def _ends(session: Session, before: Batch) -> list[UnitCode]:
    rows = session.execute(
        select(ItemRow.origin_unit, ItemRow.destination_unit).where(
            ItemRow.item.in_([line.standing.item for line in before.lines])
        )
    )
    return [UnitCode(unit) for pair in rows for unit in pair]


def _batch(session: Session, key: str, found: Sequence[Standing], by: Actor) -> Batch:
    first = found[0]
    offered, holder = first.offered, first.holder
    assert offered is not None  # they were found by their open offer
    assert holder is not None  # an item without a holder has ended and is offered to nobody
    return Batch(
        id=key,
        lines=overview.lines(session, found),
        giver=holder.staff,
        giver_unit=holder.unit,
        to_unit=offered.to_unit,
        to_staff=offered.to_staff,
        names=overview.names(session, (), found),
        mine_to_take=offered.to_unit == by.unit and offered.to_staff in {"", by.staff},
        mine_to_withdraw=all(_ours(each, by) for each in found),
    )


def _ours(standing: Standing, by: Actor) -> bool:
    holder = standing.holder
    if holder is None:
        return False
    at_counter = holder.capacity is not Capacity.COURIER and holder.unit == by.unit
    return holder.staff == by.staff or at_counter


def _can_go(standing: Standing, by: Actor) -> bool:
    # What lies in a bag goes with its bag.
    return _ours(standing, by) and not standing.frozen and not standing.bag
