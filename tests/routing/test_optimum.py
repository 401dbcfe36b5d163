"""On days of up to eight calls nothing is cheaper than the plan: everything else was tried.

The days of two couriers with groups are judged by CP-SAT as well, which shares no code with what
plans, times or prices (`exact.py`); the orders that are tried here are timed by the library.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise, permutations
from typing import Any

import numpy as np
import pytest

from routing import (
    Break,
    Budget,
    CostRates,
    Courier,
    Location,
    Matrix,
    PlanRules,
    Problem,
    Profile,
    Shipment,
    Stop,
    StopKind,
    Window,
    check,
)
from routing.costs import route_cost
from routing.days import Scheduler, Tours
from routing.plan import Route
from routing.search.engine import SEARCH_ENGINE
from routing.solve import solve
from tests.routing import exact
from tests.routing.courier_days import courier_day
from tests.routing.small import LAN, MINH, S, courier, on_a_line, stop, window


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


def grouped_day(seed: int) -> Problem:
    """Seven calls of two couriers of different kinds: groups, a shipment, windows, bags, permits, areas."""
    draw = np.random.default_rng(seed)
    points = draw.integers(0, 40, (7, 2))
    metres = 100 * np.abs(points[:, None] - points[None]).sum(axis=2)
    far = Profile(travel=Matrix(metres // 5, metres))
    slow = Profile(name="foot", travel=Matrix(metres // 3, metres))

    def call(name: str, **more: Any) -> Stop:  # noqa: ANN401 - any field of it
        opens = int(draw.integers(0, 3000))
        spans = (*window(opens, opens + 900), *window(opens + 1500, opens + 2400))
        given: dict[str, Any] = {
            "service_seconds": int(draw.integers(0, 300)),
            "setup_seconds": int(draw.integers(0, 90)),
            "windows": spans if draw.random() < 0.6 else (),
            "loads": (int(draw.integers(1, 4)), int(draw.integers(0, 3))),
            "penalty": int(draw.integers(500, 6000)) if draw.random() < 0.8 else None,
            "release_second": int(draw.integers(0, 900)) if draw.random() < 0.3 else 0,
            "area": str(draw.integers(0, 2)),
        }
        return stop(name, int(draw.integers(1, 7)), **(given | more))

    kinds = [StopKind.COLLECT if draw.random() < 0.4 else StopKind.DELIVER for _ in range(5)]
    calls = [call(f"s{n}", kind=kind) for n, kind in enumerate(kinds)]
    calls[0] = replace(calls[0], skills=frozenset({"permit"}), penalty=4_000)
    calls.append(call("from", kind=StopKind.PICKUP, penalty=3_000, windows=()))
    calls.append(call("to", kind=StopKind.DROPOFF, penalty=0, loads=(), release_second=0))
    shared = {"capacities": (8, 6), "shift": Window(opens_second=0, closes_second=6_000)}
    men = [
        courier(
            LAN,
            costs=CostRates(fixed=400, per_travel_second=2),
            skills=frozenset({"permit"}),
            max_route_metres=14_000,
            **shared,
        ),
        courier(
            MINH,
            profile="foot",
            end_location=3,
            costs=CostRates(fixed=100, per_travel_second=1, per_metre=1),
            known_areas=frozenset({"0"}),
            max_route_seconds=4_500,
            **shared,
        ),
    ]
    ride = Shipment(pickup=S("from"), dropoff=S("to"), max_ride_seconds=1_500)
    return Problem(
        locations=tuple(Location(name=str(n)) for n in range(7)),
        profiles=(far, slow),
        stops=tuple(calls),
        couriers=tuple(men),
        shipments=(ride,),
        rules=PlanRules(
            banned=((S("s4"), LAN),),
            keep_apart=((S("s1"), S("s2")),),
            keep_together=((S("s2"), S("s3"), S("to")),),
            unknown_area_cost=150,
        ),
        load_names=("letters", "parcels"),
    )


@pytest.mark.parametrize("seed", range(8))
def test_two_couriers_with_groups_do_as_well_as_an_exact_solver_says_they_can(seed: int) -> None:
    problem = grouped_day(seed)

    assert searched(problem) == exact.optimum(problem)


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_trying_every_order_and_the_exact_solver_agree(seed: int) -> None:
    """Of two who judge alone neither can hide a fault of the other."""
    problem = grouped_day(seed)
    free = replace(problem, rules=replace(problem.rules, keep_apart=(), keep_together=()))

    assert optimum(free) == exact.optimum(free)
