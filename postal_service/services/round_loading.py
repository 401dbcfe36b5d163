"""A published round is loaded tour by tour: what of a tour lies at the counter is offered to its courier at once.

What goes out in the afternoon stays at the counter until then: nobody signs for what he does not carry.
With what old papers are given for goes an empty envelope, which is given out here.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import Capacity
from postal_service.domain.attempts import STANDARD, DeliveryHistory, DeliveryPolicy, next_step
from postal_service.domain.ids import ItemId, RoundId, StaffId, UnitCode
from postal_service.domain.refusals import RuleBroken
from postal_service.projections import holdings
from postal_service.services import (
    calendars,
    closed_bags,
    delivery,
    handovers,
    orders,
    places,
    plans,
    return_envelopes,
)
from postal_service.services.acknowledging import UnknownRound
from postal_service.services.handovers import Offered
from postal_service.services.office_events import OfficeKeys
from postal_service.services.planning import Lock
from postal_service.services.return_envelopes import ReturnEnvelope
from postal_service.storage.schema import RoundRow, StopItemRow, StopRow


class NothingToLoad(RuleBroken):
    code = "round.nothing_to_load"


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What was put out for the courier, and the envelopes that were given out for it just now."""

    offered: Offered
    envelopes: tuple[ReturnEnvelope, ...]


def load(
    session: Session,
    keys: OfficeKeys,
    round_id: RoundId,
    *,
    tour: int,
    service: str,
    policy: DeliveryPolicy = STANDARD,
    by: Actor,
    at: datetime,
) -> Loaded:
    """Offer a tour's items to the round's courier in one batch; its calls are fixed with him.

    `service` is the S10 indicator of the envelopes that go along. Raises UnknownRound, RoleNeeded,
    NothingToLoad when nothing of the tour lies at the counter, NumbersExhausted, and what
    `handovers.offer` raises; then nothing is recorded.
    """
    row = session.scalar(select(RoundRow).filter_by(id=round_id).with_for_update())
    if row is None or not _works_at(session, UnitCode(row.office), by):
        raise UnknownRound(round=round_id)
    by.need(Role.POSTAL_CLERK, Role.MANAGER)
    if row.state not in plans.SHOWN:
        raise UnknownRound(round=round_id)
    waiting = to_load(session, round_id, policy=policy).get(tour)
    if not waiting:
        raise NothingToLoad(round=round_id, tour=tour)
    offered = handovers.offer(
        session,
        keys,
        waiting,
        to_unit=UnitCode(row.office),
        to_staff=StaffId(row.courier),
        by=by,
        at=at,
    )
    for stop in session.scalars(
        select(StopRow).filter_by(round=round_id, tour=tour, kind=orders.Kind.DELIVER.value)
    ):
        if stop.locked == Lock.NONE:
            stop.locked = Lock.COURIER.value
    session.flush()
    given_out = return_envelopes.issue_missing(
        session, offered.items, service=service, by=by, at=at
    )
    return Loaded(offered=offered, envelopes=given_out)


def to_load(
    session: Session, round_id: RoundId, *, policy: DeliveryPolicy = STANDARD
) -> dict[int, list[ItemId]]:
    """What of a round lies at the counter and is on offer to nobody, by tour in the order of its calls.

    Tours that have nothing there are left out, and so is what its receiver has put off to a later day.
    """
    return to_load_of(session, [round_id], policy=policy)[round_id]


def to_load_of(
    session: Session, rounds: Collection[RoundId], *, policy: DeliveryPolicy
) -> dict[RoundId, dict[int, list[ItemId]]]:
    """The same of each of these rounds."""
    rows = session.execute(
        select(
            StopItemRow.reference, StopItemRow.round, RoundRow.office, RoundRow.day, StopRow.tour
        )
        .join(RoundRow, RoundRow.id == StopItemRow.round)
        .join(
            StopRow,
            (StopRow.round == StopItemRow.round) & (StopRow.position == StopItemRow.position),
        )
        .where(
            StopItemRow.round.in_(list(rounds)),
            StopItemRow.kind == orders.Thing.ITEM.value,
            StopRow.kind == orders.Kind.DELIVER.value,
        )
        .order_by(StopItemRow.round, StopItemRow.position, StopItemRow.reference)
    ).all()
    found = holdings.standings(session, [ItemId(row.reference) for row in rows])
    standings = {each.item: each for each in closed_bags.as_they_lie(session, found.values())}
    agreed = [item for item, standing in standings.items() if standing.agreed_for]
    histories = delivery.histories(session, agreed)
    waiting: dict[RoundId, dict[int, list[ItemId]]] = {each: {} for each in rounds}
    for item, round_id, office, day, tour in rows:
        standing = standings.get(ItemId(item))
        holder = standing.holder if standing else None
        if standing is None or holder is None or standing.offered or standing.frozen:
            continue
        if standing.bag:  # it goes with its bag
            continue
        history = histories.get(standing.item)
        if history is not None and _is_put_off(session, history, UnitCode(office), day, policy):
            continue
        if holder.unit == office and holder.capacity is Capacity.COUNTER:
            waiting[RoundId(round_id)].setdefault(tour, []).append(ItemId(item))
    return waiting


def _is_put_off(
    session: Session, history: DeliveryHistory, office: UnitCode, day: date, policy: DeliveryPolicy
) -> bool:
    """Whether the receiver named a later day after the round was made."""
    following = next_step(
        history,
        policy=policy,
        on=calendars.of_unit(session, places.place(session, office, day=day)),
        today=day,
    )
    return following.not_before > day


def _works_at(session: Session, office: UnitCode, by: Actor) -> bool:
    path = places.path_of(session, office)
    return by.may(Role.POSTAL_CLERK, Role.MANAGER, path=path)
