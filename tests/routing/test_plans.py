"""Every plan for every problem passes the checker, and on small ones nothing is cheaper."""

from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing import Budget, LockLevel, Plan, Problem, StopKind, Window, check
from routing.assembly import assemble
from routing.baseline import (
    current_in_time,
    current_order,
    nearest_in_time,
    nearest_neighbour,
)
from routing.bounds import lower_bound
from routing.costs import route_cost
from routing.days import Scheduler
from routing.engines import Engine
from routing.model import MODEL_ENGINE
from routing.plan import Route
from routing.solve import solve
from routing.wire import plan_from_json, plan_to_json, problem_from_json, problem_to_json
from tests.routing import small
from tests.routing.courier_days import (
    any_courier_day,
    courier_day,
    day_with_legs_and_keepers,
)

DAYS = st.tuples(st.integers(0, 10_000), st.integers(1, 14), st.integers(1, 3), st.booleans())


def generated(day: tuple[int, int, int, bool]) -> Problem:
    seed, stops, couriers, rich = day
    return any_courier_day(seed, stops, couriers, rich=rich)


def wrong(problem: Problem, plan: Plan) -> list[object]:
    return [violation for violation in check(problem, plan) if not violation.is_shortfall]


@given(DAYS)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_first_plan_passes_the_checker(day: tuple[int, int, int, bool]) -> None:
    problem = generated(day)

    plan = nearest_neighbour(problem)

    assert wrong(problem, plan) == []
    assert lower_bound(Scheduler(problem).arrays) <= plan.cost


def test_the_nearest_stop_next_is_given_whole_or_not_at_all() -> None:
    problem = courier_day(1, 12, 2)

    assert nearest_in_time(problem, seconds=600) == nearest_neighbour(problem)
    assert nearest_in_time(problem, seconds=0) is None
    assert nearest_in_time(problem, seconds=600, cancelled=lambda: True) is None


@given(DAYS)
@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.too_slow])
def test_every_searched_plan_passes_the_checker(day: tuple[int, int, int, bool]) -> None:
    problem = generated(day)

    # Counted, not timed: on a busy machine the clock would cut the first plan short.
    plan = solve(problem, budget=Budget(seconds=60, iterations=500), engines=[MODEL_ENGINE])

    assert wrong(problem, plan) == []
    assert plan.cost <= nearest_neighbour(problem).cost


@given(seed=st.integers(0, 10_000), stops=st.integers(4, 14), couriers=st.integers(1, 3))
@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow])
def test_legs_are_driven_and_what_is_kept_with_a_courier_stays_with_him(
    seed: int, stops: int, couriers: int
) -> None:
    problem, first = day_with_legs_and_keepers(seed, stops, couriers)

    plan = solve(problem, budget=Budget(seconds=60, iterations=500))

    assert wrong(problem, first) == wrong(problem, plan) == []
    assert plan.cost <= nearest_neighbour(problem).cost


def test_days_with_legs_and_keepers_hold_both_and_serve_them() -> None:
    days = [day_with_legs_and_keepers(seed, 14, 3) for seed in range(54, 60)]

    carried = [
        problem.stops[problem.stop_index[visit.stop]]
        for problem, plan in days
        for route in plan.routes
        for visit in route.visits
        if problem.stops[problem.stop_index[visit.stop]].kind is StopKind.LEG
    ]
    assert len(carried) > 3
    assert any(leg.exit_location != leg.location for leg in carried)
    locks = [lock for problem, _ in days for lock in problem.rules.locks]
    assert any(lock.level is LockLevel.COURIER and len(lock.stops) > 2 for lock in locks)


@given(DAYS)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_problem_and_plan_survive_the_wire(day: tuple[int, int, int, bool]) -> None:
    problem = generated(day)
    plan = nearest_neighbour(problem)

    assert problem_from_json(problem_to_json(problem)) == problem
    assert plan_from_json(plan_to_json(plan)) == plan


@given(DAYS, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
def test_any_order_that_gets_a_timetable_is_sound(
    day: tuple[int, int, int, bool], draw: object
) -> None:
    problem = generated(day)
    order = {problem.couriers[0].id: [stop.id for stop in problem.stops]}
    draw.shuffle(order[problem.couriers[0].id])  # type: ignore[attr-defined]

    assert wrong(problem, current_order(problem, order)) == []


def test_the_order_there_is_has_its_own_seconds_and_hears_a_cancel() -> None:
    """Most of a long list does not fit into the day, and every call is tried at each cut of it."""
    calls = [small.stop(f"s{n}", n % 11 + 1, service_seconds=300) for n in range(30)]
    short = Window(opens_second=0, closes_second=3600)
    problem = small.on_a_line(calls, [small.courier(shift=short, max_tours=2)])
    order = {small.LAN: [call.id for call in calls]}
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked >= 40

    assert current_in_time(problem, order, seconds=60) == current_order(problem, order)
    assert current_in_time(problem, order, seconds=0) is None
    assert current_in_time(problem, order, seconds=60, cancelled=cancelled) is None
    assert 40 <= asked < 80


def cheapest(problem: Problem) -> int:
    """By trying every assignment and order of one tour each: the truth, slowly."""
    scheduler = Scheduler(problem)
    stops = range(len(problem.stops))
    best_of: list[dict[frozenset[int], int]] = []
    for courier in range(len(problem.couriers)):
        costs = {frozenset[int](): 0}
        for size in range(1, len(problem.stops) + 1):
            for order in permutations(stops, size):
                route = scheduler.route(courier, (order,))
                if isinstance(route, Route):
                    cost = route_cost(scheduler.arrays, route).total
                    key = frozenset(order)
                    costs[key] = min(cost, costs.get(key, cost))
        best_of.append(costs)
    everything = {frozenset[int](): 0}
    for costs in best_of:
        joined: dict[frozenset[int], int] = {}
        for done, cost in everything.items():
            for more, extra in costs.items():
                if not done & more:
                    both = done | more
                    joined[both] = min(cost + extra, joined.get(both, cost + extra))
        everything = joined
    left = scheduler.arrays.unserved_cost
    return min(
        cost + sum(int(left[stop]) for stop in stops if stop not in served)
        for served, cost in everything.items()
    )


@pytest.mark.parametrize("engines", [None, [MODEL_ENGINE]], ids=["chosen", "model"])
@pytest.mark.parametrize("seed", range(4))
def test_a_plain_problem_of_six_stops_is_solved_to_the_optimum(
    seed: int, engines: list[Engine] | None
) -> None:
    problem = courier_day(seed, 6, 2, rich=False)

    plan = solve(problem, budget=Budget(seconds=60, iterations=6_000), engines=engines)

    best = cheapest(problem)
    assert plan.cost == best
    assert plan.lower_bound is not None
    assert plan.lower_bound <= best


@pytest.mark.parametrize("engines", [None, [MODEL_ENGINE]], ids=["chosen", "model"])
@pytest.mark.parametrize("seed", [1, 3, 4, 9])
def test_a_rich_problem_of_five_stops_is_solved_to_the_optimum(
    seed: int, engines: list[Engine] | None
) -> None:
    problem = courier_day(seed, 5, 2)

    plan = solve(problem, budget=Budget(seconds=60, iterations=6_000), engines=engines)

    assert plan.cost <= cheapest(problem)
    assert lower_bound(Scheduler(problem).arrays) <= plan.cost


def test_an_empty_day_has_an_empty_plan() -> None:
    problem = courier_day(0, 0, 1, rich=False)

    plan = solve(problem, budget=Budget(seconds=1))

    assert (plan.routes, plan.cost) == ((), 0)
    assert assemble(Scheduler(problem), ((),)).routes == ()
