"""What goes on to a desk the same day, and what the van brings: from the store to a round and back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain import custody_rules
from postal_service.domain.acts import Capacity, Leg
from postal_service.domain.custody import State
from postal_service.domain.event import NO_PARENT
from postal_service.domain.ids import DossierId, ItemId, RoundId
from postal_service.projections import holdings
from postal_service.services import (
    collecting,
    courier_shift,
    handovers,
    items,
    places,
    planning,
    plans,
    round_changes,
    round_loading,
    round_maps,
    round_pages,
    round_progress,
    rounds,
    sealing,
    transport,
    workdays,
)
from postal_service.services.conditions import ASSUMED, Conditions
from postal_service.services.office_events import Told, tell
from postal_service.services.orders import Kind
from postal_service.services.planning import PlannedStop
from postal_service.services.plans import Kept
from postal_service.services.round_changes import CallLocked, Fix, Move, TakeOut
from postal_service.services.workdays import Workday
from postal_service.storage.schema import ProcedureRow, RoundRow, StopRow, UnitRow
from tests.services import rounds_day as d
from tests.services import world as w
from tests.services.world import World

pytestmark = pytest.mark.usefixtures("warm_search")

VAN = replace(ASSUMED, van_arrives={w.OFFICE: 34_200})  # 09:30
TEN = d.EARLY + timedelta(hours=3, minutes=30)


def workday(session: Session, world: World, conditions: Conditions = ASSUMED) -> Workday:
    office = places.place(session, w.OFFICE, day=d.DAY)
    return workdays.read(session, world.vault, office, d.DAY, at=d.EARLY, conditions=conditions)


def kept(session: Session, world: World, day: Workday, *order: str) -> Kept:
    """A proposal in which the courier makes these calls."""
    stops = tuple(PlannedStop(order=key, arrives=0, starts=0, departs=0) for key in order)
    solved = planning.retimed(day, {world.courier.staff: stops}, seed=1, budget_seconds=1)
    plan = plans.add(session, day, solved, made_by=world.manager.staff, at=d.EARLY)
    return rounds.managed_plan(session, plan, by=world.manager)


def pair(session: Session, world: World) -> tuple[DossierId, Kept]:
    dossier = d.pickup(session, world)
    plan = kept(session, world, workday(session, world), f"collect:{dossier}", f"bring:{dossier}")
    return dossier, plan


def change(
    session: Session, world: World, plan: Kept, *changes: round_changes.Change
) -> rounds.Changed:
    return rounds.change(
        session, world.vault, plan.id, changes, tag=plan.tag, by=world.manager, at=d.EARLY
    )


def calls(session: Session, plan: Kept) -> list[tuple[str, str, int]]:
    """Whose, what and on which tour, in order."""
    rows = session.execute(
        select(RoundRow.courier, StopRow)
        .join(StopRow, StopRow.round == RoundRow.id)
        .where(RoundRow.plan == plan.id)
        .order_by(RoundRow.courier, StopRow.position)
    )
    return [(courier, stop.kind, stop.tour) for courier, stop in rows]


def collected(session: Session, world: World, dossier: DossierId) -> ItemId:
    """The courier has been at the door: accepted and sealed, as his phone tells it."""
    given = collecting.expected(session, [dossier])[dossier]
    act = custody_rules.accept(
        capacity=Capacity.COURIER, leg=Leg.IN, counts=given.counts,
        destination=given.destination, lock=given.lock,
        result_item=given.result_item or ItemId(""),
    )  # fmt: skip
    told = Told(item=given.item, parent=NO_PARENT, act=act)
    tell(session, world.keys, [told], by=world.courier, at=d.EARLY)
    counts = items.standing(session, given.item).counts
    sealing.seal(
        session, world.keys, given.item, serial="RD77", counts=counts, by=world.courier, at=d.EARLY
    )
    collecting.note_collected(session, [given.item], at=d.EARLY)
    return given.item


def test_a_same_day_pickup_goes_on_to_its_desk_by_the_cut(session: Session, world: World) -> None:
    dossier = d.pickup(session, world)

    bring, collect = workday(session, world).orders

    assert (collect.kind, bring.kind) == (Kind.COLLECT, Kind.BRING)
    assert (bring.unit, bring.dossier, bring.key) == (w.DESK, dossier, f"bring:{dossier}")
    assert bring.windows[-1][1] + bring.service_seconds == 15 * 3600
    assert bring.references[0].reference == collecting.expected(session, [dossier])[dossier].item


def test_what_has_days_goes_to_the_counter_and_so_does_what_comes_after_the_cut(
    session: Session, world: World
) -> None:
    d.pickup(session, world, hour=15)
    assert [order.kind for order in workday(session, world).orders] == [Kind.COLLECT]
    d.pickup(session, world)
    for row in session.scalars(select(ProcedureRow)):
        row.processing_unit = "working_day"
    session.flush()
    assert {order.kind for order in workday(session, world).orders} == {Kind.COLLECT}


def test_a_desk_without_a_position_leaves_the_pickup_as_it_was(
    session: Session, world: World
) -> None:
    d.pickup(session, world)
    row = session.get_one(UnitRow, w.DESK)
    row.lat = row.lon = None
    session.flush()
    assert [order.kind for order in workday(session, world).orders] == [Kind.COLLECT]


def test_a_pair_is_shown_with_its_desk_and_names_nobodys_window_there(
    session: Session, world: World
) -> None:
    dossier, plan = pair(session, world)
    assert plan.faults == ()
    [shown] = round_pages.page(session, plan.id, by=world.manager).rounds
    home, desk = shown.calls
    assert (home.kind, desk.kind) == ("collect", "bring")
    assert (desk.desk, desk.name) == (w.DESK, places.place(session, w.DESK, day=d.DAY).name)
    drawn = round_maps.drawn(session, world.vault, plan.id, by=world.manager, at=d.EARLY)
    assert [point.tour for point in drawn.lines[0].points] == [1, 1]
    rounds.publish(session, world.vault, plan.id, tag=plan.tag, by=world.manager, at=d.EARLY)

    [told] = courier_shift.today(session, world.vault, by=world.courier, at=d.EARLY).rounds

    first, second = told.stops
    assert (second.kind, second.unit, second.dossier) == ("bring", w.DESK, dossier)
    assert first.opens_at is not None
    assert second.opens_at is None
    assert round_loading.to_load(session, told.id) == {}


def test_both_halves_of_a_pair_move_and_leave_together(session: Session, world: World) -> None:
    other = d.second_courier(session, world).staff
    dossier, plan = pair(session, world)
    first = Move(order=f"collect:{dossier}", courier=other, position=1)
    assert change(session, world, plan, first).faults == ()
    assert calls(session, plan) == [(other, "collect", 1), (other, "bring", 1)]

    plan = rounds.managed_plan(session, plan.id, by=world.manager)
    back = Move(order=f"bring:{dossier}", courier=world.courier.staff, position=1, tour=2)
    assert change(session, world, plan, back).faults == ()
    mine = world.courier.staff
    assert calls(session, plan) == [(mine, "collect", 1), (mine, "bring", 1)]  # no empty first tour

    plan = rounds.managed_plan(session, plan.id, by=world.manager)
    turned = Move(order=f"collect:{dossier}", courier=mine, position=99)
    assert change(session, world, plan, turned).faults == ()
    assert calls(session, plan) == [(mine, "collect", 1), (mine, "bring", 1)]

    plan = rounds.managed_plan(session, plan.id, by=world.manager)
    done = change(session, world, plan, TakeOut(order=f"collect:{dossier}"))
    assert (calls(session, plan), done.left) == ([], 1)


def test_what_is_fetched_for_the_counter_moves_alone_until_the_desk_is_put_back(
    session: Session, world: World
) -> None:
    other, mine = d.second_courier(session, world).staff, world.courier.staff
    dossier = d.pickup(session, world)
    plan = kept(session, world, workday(session, world), f"collect:{dossier}")
    assert (plan.faults, plan.unserved) == ((), ())
    assert [(each.order, each.reason) for each in plan.left] == [(f"bring:{dossier}", "to_counter")]
    page = round_pages.page(session, plan.id, by=world.manager)
    assert page.unserved == ()
    assert [each.left.order for each in page.to_counter] == [f"bring:{dossier}"]

    moved = change(
        session, world, plan, Move(order=f"collect:{dossier}", courier=other, position=1)
    )
    assert (moved.faults, moved.left) == ((), 0)
    assert calls(session, plan) == [(other, "collect", 1)]

    plan = rounds.managed_plan(session, plan.id, by=world.manager)
    change(session, world, plan, Move(order=f"bring:{dossier}", courier=mine, position=1))
    assert calls(session, plan) == [(mine, "collect", 1), (mine, "bring", 1)]

    plan = rounds.managed_plan(session, plan.id, by=world.manager)
    assert plan.left == ()
    change(session, world, plan, TakeOut(order=f"bring:{dossier}"))
    plan = rounds.managed_plan(session, plan.id, by=world.manager)
    assert (calls(session, plan), [each.order for each in plan.left]) == (
        [], [f"collect:{dossier}"],
    )  # fmt: skip
    change(session, world, plan, Move(order=f"collect:{dossier}", courier=other, position=1))
    assert calls(session, plan) == [(other, "collect", 1), (other, "bring", 1)]


def test_a_pair_with_one_half_fixed_is_not_torn_apart(session: Session, world: World) -> None:
    other = d.second_courier(session, world).staff
    dossier, plan = pair(session, world)
    fixed = Fix(order=f"bring:{dossier}", level=planning.Lock.COURIER)
    with pytest.raises(CallLocked):
        change(
            session, world, plan, fixed, Move(order=f"collect:{dossier}", courier=other, position=1)
        )


def test_what_was_collected_for_today_is_its_couriers_to_hand_in(
    session: Session, world: World
) -> None:
    dossier, plan = pair(session, world)
    rounds.publish(session, world.vault, plan.id, tag=plan.tag, by=world.manager, at=d.EARLY)
    item = collected(session, world, dossier)

    [order] = workday(session, world).orders
    assert order.key == f"deliver:{w.DESK}@{world.courier.staff}"
    assert [each.reference for each in order.references] == [item]
    revised = rounds.revise(session, world.vault, plan.id, by=world.manager, at=d.EARLY)
    again = rounds.managed_plan(session, revised, by=world.manager)
    assert (again.faults, again.left) == ((), ())
    assert calls(session, again) == [(world.courier.staff, "deliver", 1)]


def test_the_desk_takes_it_from_the_courier_and_the_call_is_done(
    session: Session, world: World
) -> None:
    dossier, plan = pair(session, world)
    item = collected(session, world, dossier)
    [round_] = session.scalars(select(RoundRow.id).filter_by(plan=plan.id)).all()

    def done() -> frozenset[int]:
        return round_progress.of_rounds(session, [RoundId(round_)])[RoundId(round_)].done_positions

    assert done() == {1}
    offered = handovers.offer(
        session, world.keys, [item], to_unit=w.DESK, by=world.courier, at=d.EARLY
    )
    handovers.take(
        session, world.keys, offered.batch, capacity=Capacity.DESK, reserved={},
        by=world.desk_clerk, at=d.EARLY,
    )  # fmt: skip
    assert items.standing(session, item).state is State.WITH_AGENCY
    assert done() == {1, 2}


def test_what_was_collected_and_has_days_is_brought_to_the_counter(
    session: Session, world: World
) -> None:
    dossier = d.pickup(session, world)
    collected(session, world, dossier)
    for row in session.scalars(select(ProcedureRow)):
        row.processing_unit = "working_day"
    session.flush()
    assert workday(session, world).orders == ()


def bagged(session: Session, world: World, *, leave: bool = True) -> list[ItemId]:
    """Results for homes near OFFICE, on their way to it from FAR_OFFICE."""
    made = d.results_at_office(session, world, d.homes(2))
    moved = handovers.offer(
        session, world.keys, made, to_unit=w.FAR_OFFICE, by=world.counter, at=d.EARLY
    )
    handovers.take(
        session, world.keys, moved.batch, capacity=Capacity.COUNTER, reserved={},
        by=world.far_counter, at=d.EARLY,
    )  # fmt: skip
    bag = transport.pack_bag(
        session, world.keys, made, destination=w.OFFICE, seal="TUI-9", item_prefix="BT",
        by=world.far_counter, at=d.EARLY,
    )  # fmt: skip
    if leave:
        transport.depart(session, world.keys, bag.bag, run="XE-1", by=world.far_counter, at=d.EARLY)
    return made


def test_what_the_van_brings_is_planned_from_its_hour_on(session: Session, world: World) -> None:
    coming = bagged(session, world)
    [here] = d.results_at_office(session, world, d.homes(3)[2:])

    day = workday(session, world, VAN)

    there = {o.references[0].reference: o.there_from for o in day.orders}
    assert there == {here: 0, **dict.fromkeys(coming, 34_200)}
    solved = planning.solve(day, budget_seconds=0.5, seed=1)
    assert solved.left == ()
    late = {order.key for order in day.orders if order.there_from}
    for each in solved.rounds:
        for stop in each.stops:
            if stop.order in late:
                assert each.tours[stop.tour - 1].leaves >= 34_200
    plan = plans.add(session, day, solved, made_by=world.manager.staff, at=d.EARLY)
    tag = rounds.managed_plan(session, plan, by=world.manager).tag
    rounds.publish(
        session, world.vault, plan, tag=tag, by=world.manager, at=d.EARLY, conditions=VAN
    )
    to_load = [
        item
        for row in session.scalars(select(RoundRow.id).filter_by(plan=plan))
        for waiting in round_loading.to_load(session, RoundId(row)).values()
        for item in waiting
    ]
    assert to_load == [here]


def test_what_has_not_left_or_has_no_hour_or_is_late_is_not_planned(
    session: Session, world: World
) -> None:
    bagged(session, world, leave=False)
    assert workday(session, world, VAN).orders == ()
    [bag] = {each.bag for each in holdings.travelling_to(session, w.OFFICE)}
    transport.depart(session, world.keys, bag, run="XE-1", by=world.far_counter, at=d.EARLY)
    assert len(workday(session, world, VAN).orders) == 2
    assert workday(session, world).orders == ()
    office = places.place(session, w.OFFICE, day=d.DAY)
    late = workdays.read(session, world.vault, office, d.DAY, at=TEN, conditions=VAN)
    assert late.orders == ()


def test_a_van_to_another_office_brings_nothing_here(session: Session, world: World) -> None:
    bagged(session, world)
    far = replace(ASSUMED, van_arrives={w.FAR_OFFICE: 34_200})
    assert workday(session, world, far).orders == ()
