"""A move tried by hand breaks what it must break, and nothing beside it."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from routing import (
    UNREACHABLE,
    Break,
    ContradictoryProblem,
    CostRates,
    Courier,
    Plan,
    PlanRules,
    Problem,
    Route,
    Shipment,
    Stop,
    StopKind,
    Window,
    check,
)
from routing.assembly import assemble
from routing.baseline import nearest_neighbour
from routing.days import Scheduler
from routing.edits import DryRun, Move, Retimed, dry_run, reordered
from routing.terms import StopId
from routing.violations import Violation, ViolationKind
from tests.routing.courier_days import courier_day
from tests.routing.small import LAN, MINH, S, courier, on_a_line, stop, window

REST = Break(earliest_second=2000, latest_second=2600, duration_seconds=600)
LATE = window(3000, 3300)
TIMED = {
    ViolationKind.WINDOW,
    ViolationKind.SHIFT,
    ViolationKind.DEPOT_HOURS,
    ViolationKind.ROUTE_SECONDS,
    ViolationKind.RIDE,
    ViolationKind.BREAK,
}


def tried(calls: list[Stop], man: Courier, skills: frozenset[str], *rides: Shipment) -> DryRun:
    """Lan is given Minh's stop p, at the end of his day."""
    stops = [*calls, stop("p", 3, skills=skills)]
    crew = [man, courier(MINH, skills=skills)]
    problem = on_a_line(stops, crew, shipments=rides)
    plan = assemble(Scheduler(problem), ((tuple(range(len(calls))),), ((len(calls),),)))
    assert check(problem, plan) == ()
    return dry_run(problem, plan, Move(stop=S("p"), to_courier=LAN, after=calls[-1].id))


@pytest.mark.parametrize(
    ("man", "first_kind", "second_kind", "rides"),
    [
        (courier(breaks=(REST,)), StopKind.DELIVER, StopKind.DELIVER, ()),
        (courier(max_route_seconds=1200), StopKind.DELIVER, StopKind.DELIVER, ()),
        (
            courier(costs=CostRates(per_duty_second=1)),
            StopKind.DELIVER,
            StopKind.DELIVER,
            (),
        ),
        (
            courier(),
            StopKind.PICKUP,
            StopKind.DROPOFF,
            (Shipment(pickup=S("a"), dropoff=S("b"), max_ride_seconds=600),),
        ),
    ],
    ids=["a break", "the longest day", "paid duty", "a ride"],
)
def test_where_only_the_permit_is_missing_the_day_is_timed_as_if_it_were_there(
    man: Courier, first_kind: StopKind, second_kind: StopKind, rides: tuple[Shipment, ...]
) -> None:
    calls = [stop("a", 1, kind=first_kind), stop("b", 2, kind=second_kind, windows=LATE)]

    without = tried(calls, man, frozenset({"permit"}), *rides)
    allowed = tried(calls, man, frozenset(), *rides)

    assert [violation.kind for violation in without.violations] == [ViolationKind.SKILL]
    assert allowed.violations == ()
    assert without.plan.routes == allowed.plan.routes
    assert without.duty_seconds_change == allowed.duty_seconds_change
    assert without.cost_change == allowed.cost_change


def test_a_desk_reached_too_late_costs_neither_the_break_nor_the_ride_nor_the_longest_day() -> None:
    calls = [
        stop("a", 1, kind=StopKind.PICKUP),
        stop("b", 2, kind=StopKind.DROPOFF, windows=LATE),
    ]
    ride = Shipment(pickup=S("a"), dropoff=S("b"), max_ride_seconds=600)
    man = courier(breaks=(REST,), max_route_seconds=2400)
    problem = on_a_line(
        [*calls, stop("p", 3, windows=window(0, 600))], [man, courier(MINH)], shipments=[ride]
    )
    plan = assemble(Scheduler(problem), (((0, 1),), ((2,),)))

    late = dry_run(problem, plan, Move(stop=S("p"), to_courier=LAN, after=S("b")))

    assert [(broken.kind, broken.amount) for broken in late.violations] == [
        (ViolationKind.WINDOW, 3060 - 600)
    ]


def test_a_break_that_no_gap_lets_begin_in_time_is_taken_late_and_said_to_be_missed() -> None:
    problem = on_a_line(
        [stop("a", 1), stop("long", 1, windows=window(1800, 1900), service_seconds=3000)],
        [courier(breaks=(REST,), shift=Window(opens_second=0, closes_second=5500)), courier(MINH)],
    )
    plan = assemble(Scheduler(problem), (((0,),), ((1,),)))

    late = dry_run(problem, plan, Move(stop=S("long"), to_courier=LAN, after=S("a")))

    assert [broken.kind for broken in late.violations] == [ViolationKind.BREAK]
    assert [rest.start_second for rest in late.plan.routes[0].breaks] == [4800]


def short_day(seed: int, draw: Random) -> Problem:
    """A generated day in which the longest day and the shift bind more often."""
    problem = courier_day(seed, 14, 3)
    crew = tuple(
        replace(
            man,
            max_route_seconds=draw.choice([None, 4 * 3600, 6 * 3600]),
            shift=replace(
                man.shift, closes_second=man.shift.closes_second - draw.randint(0, 2) * 3600
            ),
        )
        for man in problem.couriers
    )
    rides = tuple(
        replace(pair, max_ride_seconds=draw.choice([None, 1800, 5400]))
        for pair in problem.shipments
    )
    return replace(problem, couriers=crew, shipments=rides)


def with_times_alone(problem: Problem) -> Problem:
    """Whatever does not change when somebody is where is lifted."""
    return replace(
        problem,
        stops=tuple(replace(one, skills=frozenset(), loads=()) for one in problem.stops),
        couriers=tuple(
            replace(man, capacities=(), max_route_metres=None) for man in problem.couriers
        ),
        rules=PlanRules(depot_hours=problem.rules.depot_hours),
        load_names=(),
    )


def lifted(problem: Problem) -> dict[ViolationKind, Problem]:
    """One limit of time lifted, each in its own problem."""
    endless = UNREACHABLE - 1
    horizon = max(man.shift.closes_second for man in problem.couriers)

    def open_ended(windows: tuple[Window, ...]) -> tuple[Window, ...]:
        return (*windows[:-1], replace(windows[-1], closes_second=endless))

    def never_closing(one: Stop) -> Stop:
        """What opens when everybody is at home is of no use, however late it closes."""
        within = tuple(w for w in one.windows if w.opens_second <= horizon)
        return replace(one, windows=open_ended(within)) if within else one

    stops, crew, rules = problem.stops, problem.couriers, problem.rules
    hours = {place: open_ended(windows) for place, windows in rules.depot_hours.items()}
    return {
        ViolationKind.WINDOW: replace(problem, stops=tuple(never_closing(one) for one in stops)),
        ViolationKind.SHIFT: replace(
            problem, couriers=tuple(replace(c, shift=open_ended((c.shift,))[0]) for c in crew)
        ),
        ViolationKind.DEPOT_HOURS: replace(problem, rules=replace(rules, depot_hours=hours)),
        ViolationKind.ROUTE_SECONDS: replace(
            problem, couriers=tuple(replace(c, max_route_seconds=None) for c in crew)
        ),
        ViolationKind.RIDE: replace(
            problem, shipments=tuple(replace(p, max_ride_seconds=None) for p in problem.shipments)
        ),
    }


def drawn_move(problem: Problem, routes: tuple[Route, ...], draw: Random) -> Move:
    """Any single stop, served or not, after any stop of any courier on the road."""
    single = [
        one.id for one in problem.stops if one.kind not in {StopKind.PICKUP, StopKind.DROPOFF}
    ]
    taker = draw.choice(routes)
    moved = draw.choice(single)
    after: list[StopId | None] = [None, *(name for name in taker.stops if name != moved)]
    return Move(stop=moved, to_courier=taker.courier, after=draw.choice(after))


def is_worse(found: Violation, known: tuple[Violation, ...]) -> bool:
    alike = [
        each.amount or 0
        for each in known
        if (each.kind, each.courier, each.stop) == (found.kind, found.courier, found.stop)
    ]
    return not alike or (found.amount or 0) > max(alike)


def arrivals(routes: tuple[Route, ...]) -> dict[StopId, int]:
    return {visit.stop: visit.arrival_second for route in routes for visit in route.visits}


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), draw=st.randoms(use_true_random=False))
def test_what_a_move_breaks_is_true_of_the_plan_shown_and_no_more_than_must_be(
    seed: int, draw: Random
) -> None:
    try:
        problem = short_day(seed, draw)
    except ContradictoryProblem:
        assume(False)
        raise
    plan = nearest_neighbour(problem)
    assume(plan.routes)
    move = drawn_move(problem, plan.routes, draw)

    moved = dry_run(problem, plan, move)

    shown = moved.plan
    assert moved.violations == check(problem, shown)
    assert moved.cost_change == shown.cost - plan.cost
    duty = sum(route.duty_seconds for route in shown.routes)
    assert moved.duty_seconds_change == duty - sum(route.duty_seconds for route in plan.routes)
    way = sum(route.distance_m for route in shown.routes)
    assert moved.distance_m_change == way - sum(route.distance_m for route in plan.routes)

    on_the_road = sum(route.travel_seconds for route in shown.routes)
    assert moved.travel_seconds_change == on_the_road - sum(r.travel_seconds for r in plan.routes)
    known = check(problem, plan)
    assert set(moved.added) == {
        v for v in moved.violations if v not in known and is_worse(v, known)
    }
    was, now = arrivals(plan.routes), arrivals(shown.routes)
    assert {each.stop: (each.before_second, each.arrival_second) for each in moved.retimed} == {
        one: (was[one], now[one]) for one in was if one in now and was[one] != now[one]
    }

    broken = {v.kind for v in moved.violations if v.courier == move.to_courier} & TIMED
    taker = next(route for route in shown.routes if route.courier == move.to_courier)
    tours = tuple(
        tuple(problem.stop_index[visit.stop] for visit in tour.visits) for tour in taker.tours
    )
    number = problem.courier_index[taker.courier]
    timed = with_times_alone(problem)
    if isinstance(Scheduler(timed).route(number, tours), Route):
        assert broken == set()
        return
    enough = {
        kind
        for kind, looser in lifted(timed).items()
        if isinstance(Scheduler(looser).route(number, tours), Route)
    }
    assert not enough or (len(broken) == 1 and broken <= enough)


def test_a_desk_that_opens_after_the_shift_is_waited_for() -> None:
    problem = on_a_line(
        [stop("a", 1, penalty=10), stop("evening", 2, windows=window(36_100, 36_200), penalty=10)]
    )
    plan = assemble(Scheduler(problem), (((0,),),))

    late = dry_run(problem, plan, Move(stop=S("evening"), to_courier=LAN, after=S("a")))

    assert [(broken.kind, broken.amount) for broken in late.violations] == [
        (ViolationKind.SHIFT, 220)
    ]


def three_calls(**more: Any) -> tuple[Problem, Plan]:  # noqa: ANN401 - any field of the courier
    """Lan calls at a, b and c, each a minute further; Minh stays at the office."""
    calls = [stop("a", 1, loads=(4,)), stop("b", 2, loads=(3,)), stop("c", 3, loads=(2,))]
    problem = on_a_line(
        calls, [courier(**more), courier(MINH, capacities=(5,))], load_names=("letters",)
    )
    scheduler = Scheduler(problem)
    plan = dry_run(
        problem,
        assemble(scheduler, ((), ((0,),))),
        Move(stop=S("b"), to_courier=LAN),
        scheduler=scheduler,
    ).plan
    return problem, dry_run(problem, plan, Move(stop=S("c"), to_courier=LAN, after=S("b"))).plan


def test_whose_arrival_changes_is_told_with_both_times() -> None:
    problem, plan = three_calls()

    moved = dry_run(problem, plan, Move(stop=S("c"), to_courier=LAN))

    assert moved.retimed == (
        Retimed(stop=S("b"), courier=LAN, before_second=120, arrival_second=240),
    )
    assert moved.travel_seconds_change == 0


def test_a_bag_too_full_names_what_is_too_much_of_it() -> None:
    problem, plan = three_calls()

    moved = dry_run(problem, plan, Move(stop=S("c"), to_courier=MINH, after=S("a")))

    assert {(one.load, one.amount, one.courier) for one in moved.added} == {("letters", 1, MINH)}


def test_what_was_broken_before_is_not_told_as_new_unless_it_grows() -> None:
    problem, plan = three_calls(max_route_seconds=300)
    assert [one.kind for one in check(problem, plan)] == [ViolationKind.ROUTE_SECONDS]

    turned = dry_run(problem, plan, Move(stop=S("c"), to_courier=LAN))
    longer = dry_run(problem, plan, Move(stop=S("a"), to_courier=LAN, after=S("c")))

    assert turned.added == longer.added == ()
    assert [one.amount for one in longer.violations] == [60]
    further = dry_run(
        replace(problem, stops=(replace(problem.stops[0], service_seconds=30), *problem.stops[1:])),
        plan,
        Move(stop=S("a"), to_courier=LAN, after=S("c")),
    )
    assert [(one.kind, one.amount) for one in further.added] == [(ViolationKind.ROUTE_SECONDS, 90)]


def test_several_moves_at_once_are_what_they_are_one_after_the_other() -> None:
    problem, plan = three_calls()
    first = dry_run(problem, plan, Move(stop=S("c"), to_courier=MINH, after=S("a")))
    second = dry_run(problem, first.plan, Move(stop=S("a"), to_courier=LAN))

    at_once = reordered(problem, plan, (((0, 1),), ((2,),)))

    assert at_once.plan == second.plan
    assert at_once.cost_change == first.cost_change + second.cost_change
    assert at_once.added == second.violations == ()
