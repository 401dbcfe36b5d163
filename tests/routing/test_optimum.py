"""On days of up to eight calls nothing is cheaper than the plan: everything else was tried."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise, permutations

import pytest

from routing import (
    Break,
    Budget,
    Courier,
    Problem,
    Shipment,
    StopKind,
    check,
)
from routing.costs import route_cost
from routing.days import Scheduler, Tours
from routing.plan import Route
from routing.search.engine import SEARCH_ENGINE
from routing.solve import solve
from tests.routing.courier_days import courier_day
from tests.routing.small import LAN, S, courier, on_a_line, stop, window


def cut(order: tuple[int, ...], most: int) -> Iterator[Tours]:
    """The order as one tour, two, ... up to `most`."""
    for count in range(min(most, len(order))):
        for places in combinations(range(1, len(order)), count):
            ends = (0, *places, len(order))
            yield tuple(order[a:b] for a, b in pairwise(ends))


def days_of(problem: Problem, scheduler: Scheduler, number: int) -> dict[frozenset[int], int]:
    """What each set of stops costs at least with this courier."""
    cheapest: dict[frozenset[int], int] = {frozenset(): 0}
    allowed = [n for n in range(len(problem.stops)) if scheduler.arrays.allowed[n, number]]
    for size in range(1, len(allowed) + 1):
        for order in permutations(allowed, size):
            if not all(in_order(scheduler, order)):
                continue
            for tours in cut(order, problem.couriers[number].max_tours):
                route = scheduler.route(number, tours)
                if isinstance(route, Route):
                    cost = route_cost(scheduler.arrays, route).total
                    served = frozenset(order)
                    cheapest[served] = min(cost, cheapest.get(served, cost))
    return cheapest


def in_order(scheduler: Scheduler, order: tuple[int, ...]) -> Iterator[bool]:
    """Whether each pick-up comes with its drop-off, and before it: what else need not be timed."""
    for call in order:
        mate = int(scheduler.arrays.partner[call])
        if mate >= 0:
            is_first = scheduler.problem.stops[call].kind is StopKind.PICKUP
            yield mate in order and (order.index(call) < order.index(mate)) is is_first


def optimum(problem: Problem) -> int:
    """The cost of the best plan, by trying every order of every choice in every cut."""
    scheduler = Scheduler(problem)
    best: dict[frozenset[int], int] = {frozenset(): 0}
    for number in range(len(problem.couriers)):
        joined: dict[frozenset[int], int] = {}
        for more, extra in days_of(problem, scheduler, number).items():
            for done, cost in best.items():
                if not done & more:
                    served = done | more
                    joined[served] = min(cost + extra, joined.get(served, cost + extra))
        best = joined
    left = scheduler.arrays.unserved_cost
    return min(
        cost + sum(int(left[n]) for n in range(len(problem.stops)) if n not in served)
        for served, cost in best.items()
    )


def searched(problem: Problem) -> int:
    budget = Budget(seconds=600, iterations=4_000)
    plan = solve(problem, budget=budget, engines=[SEARCH_ENGINE], seed=1)
    assert [v for v in check(problem, plan) if not v.is_shortfall] == []
    return plan.cost


REST = Break(earliest_second=1200, latest_second=1800, duration_seconds=900)
BAG: Courier = courier(LAN, capacities=(4,), breaks=(REST,), max_tours=2, reload_seconds=60)


@pytest.mark.slow
def test_eight_calls_with_everything_at_once() -> None:
    """Windows, a bag that asks for a second tour, a break, a timed shipment, optional calls."""
    calls = [
        stop("early", 7, windows=window(420, 700), loads=(2,)),
        stop("late", 2, windows=window(3000, 3300), loads=(2,)),
        stop("twice", 4, windows=(*window(0, 200), *window(1500, 2500)), loads=(2,)),
        stop("from", 9, kind=StopKind.PICKUP, loads=(1,), penalty=5_000, service_seconds=60),
        stop("to", 3, kind=StopKind.DROPOFF, windows=window(0, 4000), penalty=0),
        stop("back", 5, kind=StopKind.COLLECT, loads=(3,), penalty=900, setup_seconds=60),
        stop("far", 11, penalty=300),
        stop("released", 6, release_second=2000, loads=(1,), penalty=2_000),
    ]
    ride = Shipment(pickup=S("from"), dropoff=S("to"), max_ride_seconds=1300)
    problem = on_a_line(calls, [BAG], shipments=[ride], load_names=("letters",))

    assert searched(problem) == optimum(problem)


@pytest.mark.parametrize("seed", [0, 1, 2, 5])
def test_rich_days_of_six_calls_and_two_couriers(seed: int) -> None:
    """Several tours, shipments, breaks, permits, releases, rush hours, duty costs, known areas."""
    problem = courier_day(seed, 6, 2)
    # What holds between couriers is tried out in test_search; here every courier is for himself.
    rules = replace(problem.rules, keep_together=(), keep_apart=())
    men = tuple(replace(man, max_tours=min(2, man.max_tours)) for man in problem.couriers)
    problem = replace(problem, rules=rules, couriers=men)

    assert searched(problem) == optimum(problem)


@pytest.mark.slow
def test_seven_plain_calls_of_one_courier() -> None:
    problem = courier_day(1, 7, 1, rich=False)

    assert searched(problem) == optimum(problem)
