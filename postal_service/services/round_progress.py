"""How far a round is, told by who holds what: nobody reports progress, hand-overs and deliveries do."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.acts import Capacity
from postal_service.domain.clock import claimed
from postal_service.domain.custody import Standing, State
from postal_service.domain.ids import ItemId, RoundId
from postal_service.domain.wording_dates import local
from postal_service.projections import holdings
from postal_service.services.orders import Kind, Thing
from postal_service.storage.schema import PickupRow, RoundRow, StopItemRow, StopRow

# A delivery call is over once its item is delivered, tried, at the desk, or back at the office.
_ON_THE_WAY = frozenset({State.WITH_COURIER, State.GOING_BACK})


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Calls and things of one round. `tried` are deliveries that did not succeed."""

    stops: int
    stops_done: int
    things: int
    things_done: int
    tried: int
    loaded: int  # with the courier, or past him
    done_positions: frozenset[int]


def of_rounds(session: Session, rounds: Collection[RoundId]) -> dict[RoundId, Progress]:
    """The progress of each of these rounds."""
    rows = session.execute(
        select(StopItemRow, StopRow.kind, RoundRow.day)
        .join(
            StopRow,
            (StopRow.round == StopItemRow.round) & (StopRow.position == StopItemRow.position),
        )
        .join(RoundRow, RoundRow.id == StopItemRow.round)
        .where(StopItemRow.round.in_(list(rounds)))
        .order_by(StopItemRow.round, StopItemRow.position)
    ).all()
    items = [ItemId(row.reference) for row, _, _ in rows if row.kind == Thing.ITEM]
    standings = holdings.standings(session, items)
    pickups = {row.reference for row, _, _ in rows if row.kind == Thing.PICKUP}
    open_visits = {
        (dossier, day)
        for dossier, day in session.execute(
            select(PickupRow.dossier, PickupRow.day).where(
                PickupRow.dossier.in_(pickups), PickupRow.state == "registered"
            )
        )
    }
    counted = {each: _Count() for each in rounds}
    for row, kind, day in rows:
        standing = standings.get(ItemId(row.reference))
        is_done = (
            (row.reference, day) not in open_visits  # a visit that was moved is another round's
            if row.kind == Thing.PICKUP
            else standing is not None and _is_done(standing, kind, day)
        )
        counted[RoundId(row.round)].add(row.position, standing, is_done=is_done)
    return {each: count.told for each, count in counted.items()}


def _is_done(standing: Standing, kind: str, day: date) -> bool:
    holder = standing.holder
    if kind == Kind.COLLECT:
        return holder is None or holder.capacity is not Capacity.DESK
    if kind == Kind.BRING:
        return holder is None or holder.capacity is Capacity.DESK
    if holder is not None and holder.capacity is Capacity.COUNTER:
        # It has not left yet, unless it came back from a try of this round: by the office's own clock.
        return standing.tried and local(claimed(standing.since_ms)).date() >= day
    sealed_at_a_door = standing.state is State.SEALED and _is_in_hand(standing)
    return standing.state not in _ON_THE_WAY and not sealed_at_a_door


def _is_in_hand(standing: Standing) -> bool:
    holder = standing.holder
    return holder is not None and holder.capacity is Capacity.COURIER


class _Count:
    def __init__(self) -> None:
        self.open: dict[int, int] = {}
        self.things = self.done = self.tried = self.loaded = 0

    def add(self, position: int, standing: Standing | None, *, is_done: bool) -> None:
        self.things += 1
        self.done += is_done
        self.open[position] = self.open.get(position, 0) + (not is_done)
        if standing is not None:
            failed = standing.tried and standing.state is not State.DELIVERED
            self.tried += is_done and failed
            self.loaded += is_done or _is_in_hand(standing)

    @property
    def told(self) -> Progress:
        finished = frozenset(position for position, left in self.open.items() if not left)
        return Progress(
            stops=len(self.open),
            stops_done=len(finished),
            things=self.things,
            things_done=self.done,
            tried=self.tried,
            loaded=self.loaded,
            done_positions=finished,
        )
