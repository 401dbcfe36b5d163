"""What the planner is given, what it proposes, and when it refuses to."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.acts import Capacity, Condition, Leg
from postal_service.domain.ids import DossierId, UnitCode
from postal_service.domain.money import Line, PaymentState
from postal_service.domain.units import UnknownUnit
from postal_service.domain.wording_dates import VIETNAM
from postal_service.projections import holdings
from postal_service.services import (
    charges,
    dossiers,
    exceptions,
    handovers,
    orders_reading,
    places,
    planning,
    plans,
    proposals,
    workdays,
)
from postal_service.services.charges import Due
from postal_service.services.orders import Kind, Order, Thing
from postal_service.services.planning import Lock, Scope, SoFar
from postal_service.services.proposals import BadBudget, Wish
from postal_service.services.workdays import (
    NoCouriers,
    NoOfficePosition,
    NothingToPlan,
    OfficeAtRest,
    Workday,
)
from postal_service.storage.schema import (
    DossierRow,
    ItemRow,
    PersonRow,
    PickupRow,
    RoundRow,
    StaffRow,
    StopItemRow,
    StopRow,
    UnitRow,
)
from tests.services import rounds_day as d
from tests.services import world as w
from tests.services.world import World

pytestmark = pytest.mark.usefixtures("warm_search")

WISH = Wish(office=w.OFFICE, day=d.DAY, budget_seconds=1.0, seed=3)


def workday(session: Session, world: World, *, at: datetime = d.EARLY) -> Workday:
    office = places.place(session, w.OFFICE, day=d.DAY)
    return workdays.read(session, world.vault, office, d.DAY, at=at)


def propose(session: Session, world: World, wish: Wish = WISH) -> plans.Kept:
    task = proposals.read(session, world.vault, wish, at=d.EARLY)
    solved = proposals.search(task)
    proposals.keep(session, task, solved, made_by=world.manager.staff, at=d.EARLY)
    found = plans.newest(session, wish.office, wish.day)
    assert found is not None
    return found


def test_a_result_at_the_counter_is_to_be_brought_to_its_home(
    session: Session, world: World
) -> None:
    [item] = d.results_at_office(session, world, d.homes(1))

    [order] = workday(session, world).orders

    assert (order.kind, order.unit, order.bound_to) == (Kind.DELIVER, None, "")
    assert [each.reference for each in order.references] == [item]
    assert order.spot is not None
    assert (order.spot.lat, order.spot.exact) == (d.homes(1)[0].lat, True)
    # The fee is still due at the door, which takes longer than showing a card.
    assert order.service_seconds == orders_reading.DOOR_EXCHANGE_SECONDS
    due = [
        account.charge.amount_dong
        for account in charges.accounts(session, DossierId(order.dossier or ""))
        if account.charge.state is PaymentState.DUE
    ]
    assert order.cash_dong == sum(due) > 0
    assert order.papers == d.ONE.total


def test_the_fewer_working_days_are_left_to_its_date_the_dearer_it_is_to_leave_a_result(
    session: Session, world: World
) -> None:
    d.results_at_office(session, world, d.homes(6))
    # From Wednesday the 25th; the 24th was a day off, and of the weekend the post rests on Sunday.
    # In a year without a calendar every day counts.
    days = {-2: -1, 0: 0, 1: 1, 3: 3, 5: 4, 400: 400}
    costs = {-1: 160_000, 0: 160_000, 1: 100_000, 3: 70_000, 4: 45_000, 400: 45_000}
    orders = workday(session, world).orders
    for order, left in zip(orders, days, strict=True):
        row = session.get_one(DossierRow, order.dossier)
        row.due_at = d.EARLY + timedelta(days=left)
    session.flush()

    found = workday(session, world).orders

    assert {order.slack_days: order.penalty_seconds for order in found} == costs


def test_a_pickup_tells_its_cash_and_its_papers(session: Session, world: World) -> None:
    due = Due(line=Line.POSTAGE, amount_dong=26_000)
    dossier = d.pickup(session, world)

    def collecting() -> Order:
        return next(o for o in workday(session, world).orders if o.kind is Kind.COLLECT)

    before = collecting().cash_dong
    charges.open_due(session, dossier, due, by=world.counter, at=w.MORNING)

    order = collecting()

    assert order.cash_dong == before + 26_000
    assert order.papers == dossiers.total(dossiers.papers(session, dossier)).total > 0


def test_a_home_without_a_point_is_looked_for_in_the_middle_of_its_commune(
    session: Session, world: World
) -> None:
    home = replace(d.homes(1)[0], lat=None, lon=None)
    d.results_at_office(session, world, [home])

    [order] = workday(session, world).orders

    assert order.spot is not None
    assert (order.spot.lat, order.spot.lon, order.spot.exact) == (15.5581, 108.479, False)


def test_dossiers_for_one_desk_are_one_call_before_the_same_day_cut(
    session: Session, world: World
) -> None:
    made = {d.dossier_at_counter(session, world) for _ in range(3)}

    [order] = workday(session, world).orders

    assert order.unit == w.DESK
    assert {each.reference for each in order.references} == made
    # 07:00-11:30 and 13:30-15:00, each less the five minutes that the hand-over takes.
    assert order.windows == ((25_200, 41_100), (48_600, 53_700))
    assert order.service_seconds == 300
    assert order.slack_days == 0


def test_what_a_desk_offers_is_to_be_fetched_there(session: Session, world: World) -> None:
    item = d.result_at_desk(session, world, d.homes(1)[0])
    handovers.offer(
        session, world.keys, [item], to_unit=w.OFFICE, by=world.desk_clerk, at=w.MORNING
    )

    [order] = workday(session, world).orders

    assert (order.kind, order.unit) == (Kind.COLLECT, w.DESK)
    assert [each.reference for each in order.references] == [item]
    # A result of a same-day procedure need not be there by the cut, only before the desk closes.
    assert order.windows[-1][1] == 16 * 3600 + 1800 - order.service_seconds


def test_a_citizen_who_asked_is_visited_in_the_promised_window(
    session: Session, world: World
) -> None:
    dossier = d.pickup(session, world, hour=9)

    _, order = workday(session, world).orders

    assert (order.kind, order.dossier) == (Kind.COLLECT, dossier)
    assert [(each.reference, each.kind) for each in order.references] == [(dossier, Thing.PICKUP)]
    assert order.windows == ((9 * 3600, 11 * 3600),)


def test_a_cancelled_pickup_and_one_of_another_day_are_not_todays(
    session: Session, world: World
) -> None:
    cancelled, later = d.pickup(session, world), d.pickup(session, world)
    session.get_one(PickupRow, cancelled).state = "cancelled"
    session.get_one(PickupRow, later).day = d.DAY + timedelta(days=1)

    assert workday(session, world).orders == ()


def test_what_is_damaged_offered_elsewhere_or_another_offices_stays_where_it_is(
    session: Session, world: World
) -> None:
    damaged, offered, far = d.results_at_office(session, world, d.homes(3))
    exceptions.report_damage(
        session, world.keys, damaged, condition=Condition.WET, why="mưa", by=world.counter,
        at=d.EARLY,
    )  # fmt: skip
    handovers.offer(
        session, world.keys, [offered], to_unit=w.FAR_OFFICE, by=world.counter, at=d.EARLY
    )
    moved = handovers.offer(
        session, world.keys, [far], to_unit=w.FAR_OFFICE, by=world.counter, at=d.EARLY
    )
    handovers.take(
        session, world.keys, moved.batch, capacity=Capacity.COUNTER, reserved={},
        by=world.far_counter, at=d.EARLY,
    )  # fmt: skip

    assert workday(session, world).orders == ()


def test_what_a_courier_has_been_offered_is_his_and_nobody_elses(
    session: Session, world: World
) -> None:
    d.second_courier(session, world)
    first, second = d.results_at_office(session, world, d.homes(2))
    handovers.offer(
        session, world.keys, [first], to_unit=w.OFFICE, to_staff=world.courier.staff,
        by=world.counter, at=d.EARLY,
    )  # fmt: skip
    bound = {o.references[0].reference: o.bound_to for o in workday(session, world).orders}

    assert bound == {first: world.courier.staff, second: ""}
    propose(session, world)
    carried = session.scalars(
        select(RoundRow.courier)
        .join(StopItemRow, StopItemRow.round == RoundRow.id)
        .where(StopItemRow.reference == first)
    ).all()
    assert carried == [world.courier.staff]


def test_thirty_homes_a_desk_and_a_pickup_are_planned_within_shifts_and_windows(
    session: Session, world: World
) -> None:
    d.second_courier(session, world)
    made = set(d.results_at_office(session, world, d.homes(30)))
    made |= {d.dossier_at_counter(session, world)}
    pickup = d.pickup(session, world, hour=14)

    plan = propose(session, world, replace(WISH, budget_seconds=4.0))

    assert plan.left == ()
    assert plan.faults == ()
    [brought] = session.scalars(select(ItemRow.item).filter_by(dossier=pickup, leg=Leg.IN.value))
    planned = session.scalars(select(StopItemRow.reference)).all()
    assert sorted(planned) == sorted([*made, pickup, brought])
    assert plan.metres > 0
    for row in session.scalars(select(RoundRow)):
        assert row.starts_at.astimezone(VIETNAM).time() >= workdays.SHIFT_OPENS
        assert row.ends_at.astimezone(VIETNAM).time() <= workdays.SHIFT_CLOSES
    visit = session.scalars(select(StopRow).filter_by(dossier=pickup, kind="collect")).one()
    assert 14 <= visit.starts_at.astimezone(VIETNAM).hour <= 16
    desk, after_it = session.scalars(
        select(StopRow).filter_by(unit=w.DESK).order_by(StopRow.kind.desc())
    ).all()
    for call in (desk, after_it):
        assert call.departs_at.astimezone(VIETNAM).hour < 15


def test_a_plan_keeps_no_position_of_a_home(session: Session, world: World) -> None:
    [home] = d.homes(1)
    d.results_at_office(session, world, [home])
    plan = propose(session, world)

    told = repr([vars(row) for row in session.scalars(select(StopRow))]) + repr(plan)
    assert str(home.lat) not in told
    assert session.scalars(select(PersonRow)).first() is not None


def test_a_search_tells_the_best_it_has_found_in_the_figures_of_its_plan(
    session: Session, world: World
) -> None:
    d.results_at_office(session, world, d.homes(6))
    d.pickup(session, world)
    task = proposals.read(session, world.vault, WISH, at=d.EARLY)
    told: list[SoFar] = []

    solved = proposals.search(task, on_progress=told.append)

    assert told[-1] == SoFar(
        metres=solved.metres,
        seconds=solved.seconds,
        calls=sum(len(each.stops) for each in solved.rounds),
        left=len(solved.unserved),
    )


def test_a_search_that_is_stopped_answers_the_best_it_has_told(
    session: Session, world: World
) -> None:
    d.results_at_office(session, world, d.homes(6))
    task = proposals.read(session, world.vault, replace(WISH, budget_seconds=300), at=d.EARLY)
    told: list[SoFar] = []

    solved = proposals.search(task, on_progress=told.append, cancelled=lambda: bool(told))

    assert (told[-1].metres, told[-1].seconds) == (solved.metres, solved.seconds)
    assert told[-1].calls == 6


def test_a_new_proposal_is_the_next_version_and_the_older_one_gives_way(
    session: Session, world: World
) -> None:
    d.results_at_office(session, world, d.homes(2))
    propose(session, world)
    propose(session, world, replace(WISH, seed=9))

    found = plans.versions(session, w.OFFICE, d.DAY)
    assert [(each.version, each.state, each.seed) for each in found] == [
        (2, plans.PROPOSED, 9),
        (1, plans.SUPERSEDED, 3),
    ]


def test_locks_of_the_plan_that_is_there_hold_in_a_new_search(
    session: Session, world: World
) -> None:
    other = d.second_courier(session, world)
    d.results_at_office(session, world, d.homes(6))
    day = workday(session, world)
    solved = planning.solve(day, budget_seconds=1, seed=1)
    stops = [stop for each in solved.rounds for stop in each.stops]
    decided = {other.staff: tuple(replace(stop, locked=Lock.COURIER) for stop in stops)}

    again = planning.solve(day, budget_seconds=1, seed=2, decided=decided, scope=Scope.UNLOCKED)
    fresh = planning.solve(day, budget_seconds=1, seed=2, decided=decided)

    assert [each.courier for each in again.rounds] == [other.staff]
    assert {stop.locked for each in again.rounds for stop in each.stops} == {Lock.COURIER}
    assert {stop.locked for each in fresh.rounds for stop in each.stops} == {Lock.NONE}


def test_a_plan_that_keeps_couriers_moves_no_call_to_another(
    session: Session, world: World
) -> None:
    other = d.second_courier(session, world)
    d.results_at_office(session, world, d.homes(6))
    day = workday(session, world)
    stops = [s for each in planning.solve(day, budget_seconds=1, seed=1).rounds for s in each.stops]
    decided = {world.courier.staff: tuple(stops[:5]), other.staff: tuple(stops[5:])}

    kept = planning.solve(day, budget_seconds=1, seed=2, decided=decided, scope=Scope.KEEP_COURIERS)

    calls = {each.courier: {stop.order for stop in each.stops} for each in kept.rounds}
    assert calls == {who: {stop.order for stop in mine} for who, mine in decided.items()}


def test_an_island_is_not_reached_by_road_and_the_plan_says_so(
    session: Session, world: World
) -> None:
    d.results_at_office(session, world, d.homes(2))
    session.add(
        UnitRow(
            code="20413", name="Xã Tân Hiệp", search_name="xa tan hiep", kind="commune",
            level="commune", parent=w.PROVINCE, path=f"/{w.PROVINCE}/20413/", valid_from=w.SINCE,
            valid_to=None, lat=15.95, lon=108.51, address="", serves=None, calendar="agency",
            terrain="island", agency_id=None,
        )
    )  # fmt: skip
    day = workday(session, world)
    spot = day.orders[0].spot
    assert spot is not None
    cut_off = replace(day.orders[0], spot=replace(spot, area="20413", terrain="island"))

    solved = planning.solve(
        replace(day, orders=(cut_off, *day.orders[1:])), budget_seconds=1, seed=1
    )

    assert [(each.order, each.reason) for each in solved.left] == [(cut_off.key, "no_road")]


def test_a_desk_on_its_day_off_and_an_unknown_home_are_left_with_their_reasons(
    session: Session, world: World
) -> None:
    d.results_at_office(session, world, d.homes(2))
    d.dossier_at_counter(session, world)
    day = workday(session, world)
    closed = tuple(replace(o, windows=()) if o.unit else o for o in day.orders)
    nowhere = next(o for o in closed if o.dossier)
    changed = tuple(replace(o, spot=None) if o is nowhere else o for o in closed)

    solved = planning.solve(replace(day, orders=changed), budget_seconds=1, seed=1)

    assert sorted(each.reason for each in solved.left) == ["desk_closed", "no_position"]
    assert solved.baseline is not None
    assert solved.baseline.left == 2


@pytest.mark.parametrize(
    "day",
    [date(2026, 11, 24), date(2026, 11, 29), date(2026, 11, 20)],
    ids=["day off", "sunday", "past"],
)
def test_nobody_is_sent_on_a_day_off_or_yesterday(
    session: Session, world: World, day: date
) -> None:
    office = places.place(session, w.OFFICE, day=d.DAY)
    with pytest.raises(OfficeAtRest):
        workdays.read(session, world.vault, office, day, at=w.MORNING)


def test_on_saturday_the_shift_ends_at_noon_without_a_rest(session: Session, world: World) -> None:
    office = places.place(session, w.OFFICE, day=d.DAY)
    saturday = workdays.read(session, world.vault, office, date(2026, 11, 28), at=d.EARLY)
    assert (saturday.shift, saturday.rests) == ((27_000, 41_400), ())


@pytest.mark.parametrize(
    ("hour", "minute", "opens", "rests"),
    [(6, 30, 27_000, 1), (9, 15, 33_300, 1), (12, 0, 48_600, 0), (15, 0, 54_000, 0)],
)
def test_nobody_leaves_before_now(
    session: Session, world: World, hour: int, minute: int, opens: int, rests: int
) -> None:
    found = workday(session, world, at=d.EARLY.replace(hour=hour, minute=minute))
    assert (found.shift[0], len(found.rests)) == (opens, rests)


def test_after_the_shift_nothing_is_planned_for_today(session: Session, world: World) -> None:
    with pytest.raises(OfficeAtRest):
        workday(session, world, at=d.EARLY.replace(hour=17))


def test_an_office_without_couriers_position_or_orders_is_told_so(
    session: Session, world: World
) -> None:
    with pytest.raises(NothingToPlan):
        proposals.read(session, world.vault, WISH, at=d.EARLY)
    session.get_one(UnitRow, w.OFFICE).lat = None
    with pytest.raises(NoOfficePosition):
        workday(session, world)
    session.get_one(UnitRow, w.OFFICE).lat = 15.57
    session.get_one(StaffRow, world.courier.staff).active = False
    with pytest.raises(NoCouriers):
        workday(session, world)
    with pytest.raises(UnknownUnit):
        proposals.read(session, world.vault, replace(WISH, office=UnitCode("no")), at=d.EARLY)


@pytest.mark.parametrize("budget", [0, -1, 601, float("nan"), float("inf")])
def test_a_budget_must_be_a_time_somebody_waits(budget: float) -> None:
    with pytest.raises(BadBudget):
        replace(WISH, budget_seconds=budget)


def test_only_the_offices_own_manager_is_shown_it(session: Session, world: World) -> None:
    assert [o.code for o in workdays.managed_offices(session, d.DAY, by=world.manager)] == [
        w.OFFICE
    ]
    assert workdays.managed_offices(session, d.DAY, by=world.courier) == []
    for code in (w.FAR_OFFICE, w.DESK, UnitCode("no")):
        with pytest.raises(UnknownUnit):
            workdays.managed(session, code, d.DAY, by=world.manager)


def test_the_order_of_a_delivered_item_is_gone(session: Session, world: World) -> None:
    [item] = d.results_at_office(session, world, d.homes(1))
    before = workday(session, world).fingerprint
    handovers.offer(
        session, world.keys, [item], to_unit=w.OFFICE, to_staff=world.courier.staff,
        by=world.counter, at=d.EARLY,
    )  # fmt: skip
    assert workday(session, world).fingerprint == before  # loading changes who, not what
    batch = holdings.standings(session, [item])[item].offered
    assert batch is not None
    handovers.withdraw(session, world.keys, batch.batch, why="đổi", by=world.counter, at=d.EARLY)
    exceptions.report_lost(session, world.keys, item, why="", by=world.counter, at=d.EARLY)
    assert workday(session, world).fingerprint != before
