"""The search obeys everything the problem says, counts every cost unit, and can be repeated."""

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations, product
from math import dist
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing import (
    Budget,
    CostRates,
    CourierId,
    Location,
    Lock,
    Matrix,
    PlanRules,
    Problem,
    Profile,
    Shipment,
    StopKind,
    Window,
    check,
)
from routing.assembly import ImpossibleOrder, assemble, orders_of
from routing.days import Orders, Scheduler
from routing.formats import read_lilim, read_solomon, read_vrplib
from routing.loosening import with_possible_locks
from routing.replan import locked
from routing.rules import LockLevel as Level
from routing.search import layout as at
from routing.search.building import NetBuilder
from routing.search.columns import cover_of
from routing.search.engine import SEARCH_ENGINE
from routing.search.search import Search
from routing.solve import solve
from tests.routing.courier_days import any_courier_day, courier_day, with_locks_of_a_plan
from tests.routing.small import LAN, MINH, S, courier, on_a_line, stop, window
from tests.shared_data import shared


def searched(problem: Problem, rounds: int, seed: int = 1, tails: int = 0) -> Search:
    search = Search(NetBuilder(Scheduler(problem)), seed=seed)
    search.tails = tails
    search.construct()
    if search.is_tempting:
        search.tempt(rounds // 8, 1.0)
    for step in range(8):
        search.anneal(rounds // 8, 1.0 * 0.6**step)
    return search


def is_sound(problem: Problem, orders: Orders) -> bool:
    plan = assemble(Scheduler(problem), orders)
    return all(violation.is_shortfall for violation in check(problem, plan))


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), stops=st.integers(1, 30), couriers=st.integers(1, 4))
def test_every_day_found_obeys_everything_and_costs_what_it_says(
    seed: int, stops: int, couriers: int
) -> None:
    problem = any_courier_day(seed, stops, couriers)

    search = searched(problem, 160, seed)

    assert is_sound(problem, search.best())
    assert assemble(Scheduler(problem), search.best()).cost == search.best_cost


def one_window_day(seed: int, stops: int) -> Problem:
    """A day that earliest and latest times decide alone: of three such days one has deliveries only.

    Of the others one has collections too, one has pairs.
    """
    day = courier_day(seed, stops, 4, rich=False)
    calls = [replace(each, windows=each.windows[:1]) for each in day.stops]
    pairs: list[Shipment] = []
    if seed % 3 == 0:
        calls = [replace(each, kind=StopKind.DELIVER) for each in calls]
    elif seed % 3 == 1:
        for number in range(0, stops - 1, 3):
            taken, given_to = calls[number : number + 2]
            calls[number] = replace(taken, kind=StopKind.PICKUP)
            calls[number + 1] = replace(
                given_to, kind=StopKind.DROPOFF, loads=(), windows=taken.windows
            )
            pairs.append(Shipment(pickup=taken.id, dropoff=given_to.id))
    return replace(day, stops=tuple(calls), shipments=tuple(pairs))


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), stops=st.integers(2, 40))
def test_days_that_times_alone_decide_obey_too(seed: int, stops: int) -> None:
    problem = one_window_day(seed, stops)

    search = searched(problem, 400, seed, tails=3)

    assert search.net.flag[at.PLAIN]
    assert is_sound(problem, search.best())
    assert assemble(Scheduler(problem), search.best()).cost == search.best_cost


def every_order(stops: int, couriers: int) -> list[Orders]:
    """All single-tour plans that serve any of the stops in any order by anyone or nobody."""
    plans: list[Orders] = []
    for who in product(range(couriers + 1), repeat=stops):
        own = [[s for s in range(stops) if who[s] == c] for c in range(couriers)]
        for orders in product(*(permutations(part) for part in own)):
            plans.append(tuple((order,) if order else () for order in orders))  # noqa: PERF401
    return plans


@pytest.mark.parametrize("are_locked", [False, True], ids=["free", "locked"])
@pytest.mark.parametrize("seed", range(4))
def test_small_days_are_solved_as_well_as_by_trying_everything(seed: int, are_locked: bool) -> None:
    problem = courier_day(seed, 5, 2, rich=True)
    problem = replace(
        problem, couriers=tuple(replace(man, max_tours=1) for man in problem.couriers)
    )
    if are_locked:
        problem, _ = with_locks_of_a_plan(problem, seed)
    scheduler = Scheduler(problem)
    cheapest = None
    for orders in every_order(len(problem.stops), 2):
        try:
            plan = assemble(scheduler, orders)
        except ImpossibleOrder:
            continue
        if any(not violation.is_shortfall for violation in check(problem, plan)):
            continue
        cheapest = plan.cost if cheapest is None else min(cheapest, plan.cost)

    assert searched(problem, 800).best_cost == cheapest


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), stops=st.integers(4, 30), couriers=st.integers(1, 4))
def test_whatever_is_locked_is_kept_by_every_day_found(
    seed: int, stops: int, couriers: int
) -> None:
    problem, plan = with_locks_of_a_plan(any_courier_day(seed, stops, couriers), seed)
    kept = orders_of(problem, plan)

    search = searched(problem, 160, seed)

    assert is_sound(problem, search.best())
    assert assemble(Scheduler(problem), search.best()).cost == search.best_cost
    assert search.load(kept)
    assert search.best_cost <= assemble(Scheduler(problem), kept).cost


def round_the_lake(**place: int) -> Problem:
    """A one-way road of four minutes around a lake: whoever called out of order drives round again."""
    seconds = [[60 * ((to - since) % 4) for to in range(4)] for since in range(4)]
    return Problem(
        locations=tuple(Location(name=f"km {km}") for km in range(4)),
        profiles=(Profile(travel=Matrix(seconds, seconds)),),
        stops=tuple(stop(name, km) for name, km in place.items()),
        couriers=(courier(LAN),),
    )


def lock(level: Level, names: str, *starts: int) -> Lock:
    return Lock(level=level, courier=LAN, stops=tuple(map(S, names)), start_seconds=starts)


def with_locks(*locks: Lock, **place: int) -> Problem:
    return replace(round_the_lake(**place), rules=PlanRules(locks=locks))


def with_one_second_fallen() -> Problem:
    """Nobody is at a within a second; its courier and its place before b and c are kept."""
    timed = lock(Level.TIME, "abc", 1, 3000, 4000)
    problem, told = with_possible_locks(round_the_lake(a=2, b=1, c=3), [timed])
    assert [each.stop for each in told] == ["a"]
    return problem


def locked_twice() -> Problem:
    free = round_the_lake(a=2, b=1, c=3)
    plan = assemble(Scheduler(free), (((0, 1, 2),),))
    in_order = locked(free, plan, [S("a"), S("b"), S("c")], Level.ORDER)
    return locked(in_order, plan, [S("b")], Level.TIME)


OVERLAPPING: dict[str, Callable[[], Problem]] = {
    "an order and a second in it": lambda: with_locks(
        lock(Level.ORDER, "abc"), lock(Level.TIME, "b", 3000), a=2, b=1, c=3
    ),
    "a whole route and a second in it": lambda: with_locks(
        lock(Level.ROUTE, "abc"), lock(Level.TIME, "b", 3000), a=2, b=1, c=3
    ),
    "one before two": lambda: with_locks(
        lock(Level.ORDER, "ab"), lock(Level.ORDER, "ac"), a=2, b=1, c=3
    ),
    "two before one": lambda: with_locks(
        lock(Level.ORDER, "bc"), lock(Level.ORDER, "ac"), a=1, b=3, c=2
    ),
    "one lock after another": lambda: with_locks(
        lock(Level.ORDER, "bc"), lock(Level.ORDER, "ab"), a=1, b=3, c=2
    ),
    "a second that has fallen": with_one_second_fallen,
    "locked in order and then in time": locked_twice,
}


@pytest.mark.parametrize("name", OVERLAPPING)
def test_every_lock_of_a_call_is_kept(name: str) -> None:
    problem = OVERLAPPING[name]()

    search = searched(problem, 80)

    assert is_sound(problem, search.best())
    assert search.serves_all
    assert search.best_cost == 2 * 240


def a_star(calls: int, *, hours: tuple[Window, ...] = ()) -> Problem:
    """Calls that lie alone around the office: cheaper each by bike, cheaper all together by van."""
    minutes = [
        [0 if a == b else 4 if 0 in (a, b) else 8 for b in range(calls + 1)]
        for a in range(calls + 1)
    ]
    seconds = [[60 * each for each in row] for row in minutes]
    bike = CostRates(fixed=0, per_travel_second=2)
    van = CostRates(fixed=500, per_travel_second=1)
    return Problem(
        locations=tuple(Location(name=str(place)) for place in range(calls + 1)),
        profiles=(Profile(travel=Matrix(seconds, seconds)),),
        stops=tuple(stop(f"{place}", place, windows=hours) for place in range(1, calls + 1)),
        couriers=(courier(LAN, costs=bike), courier(MINH, costs=van)),
    )


TWO_OPENINGS = window(0, 12_000) + window(13_000, 36_000)


@pytest.mark.parametrize("calls", [2, 8, 30])
@pytest.mark.parametrize("hours", [(), TWO_OPENINGS], ids=["plain", "rich"])
def test_a_day_goes_to_whom_it_costs_least_as_a_whole(
    calls: int, hours: tuple[Window, ...]
) -> None:
    search = searched(a_star(calls, hours=hours), 4_000)

    assert search.best_cost == 500 + calls * 480
    assert [len(tours) for tours in search.best()] == [0, 1]


def test_the_same_seed_and_iterations_give_the_same_plan() -> None:
    problem = courier_day(8, 30, 4)
    budget = Budget(seconds=600, iterations=600)

    first = solve(problem, budget=budget, seed=3, engines=[SEARCH_ENGINE])
    second = solve(problem, budget=budget, seed=3, engines=[SEARCH_ENGINE])

    assert first == second
    assert first.iterations == 600


@pytest.mark.parametrize("seed", range(5))
def test_annealing_never_ends_worse_than_the_construction(seed: int) -> None:
    search = Search(NetBuilder(Scheduler(courier_day(seed, 40, 4))), seed=seed)
    search.construct()
    costs = [search.best_cost]
    for _ in range(5):
        search.anneal(40, 50.0)  # so hot that it runs away from what it had
        costs.append(search.best_cost)

    assert costs == sorted(costs, reverse=True)


def test_the_unit_of_temperature_follows_what_a_round_adds_to_the_plan() -> None:
    """Hours leave one order only, so that every round but an idle one sends somebody else out too."""
    calls = [stop(f"{km}", km, windows=window(1_000 * km, 1_000 * km + 60)) for km in range(1, 12)]
    units = []
    for fixed in (0, 9_000):
        leaving = CostRates(fixed=fixed, per_travel_second=1)
        men = [courier(CourierId(f"{number}"), costs=leaving) for number in range(3)]
        search = searched(on_a_line(calls, men), 80)
        short_road, best = search.unit, search.best_cost

        units.append(search.measured_unit(200))

        assert search.state.total[at.CURRENT] == search.best_cost == best
        assert units[-1] > short_road == search.unit == search.measured_unit(0)
    assert units[1] - units[0] == 3_000


def two_streets(houses: int) -> Problem:
    """Stops 0 .. houses-1 on the north side of a river, as many on the south side, two full vans."""
    north = [(60 * house, 900) for house in range(1, houses + 1)]
    places = [(0, 0), *north, *[(x, -y) for x, y in north]]
    seconds = [[int(dist(one, other)) for other in places] for one in places]
    return Problem(
        locations=tuple(Location(name=f"{x}, {y}") for x, y in places),
        profiles=(Profile(travel=Matrix(seconds, seconds)),),
        stops=tuple(stop(f"{place}", place, loads=(1,)) for place in range(1, len(places))),
        couriers=tuple(courier(name, capacities=(houses,)) for name in (LAN, MINH)),
        load_names=("dossiers",),
    )


def test_two_full_vans_that_cross_the_river_halfway_exchange_the_rest_of_their_tours() -> None:
    problem = two_streets(20)
    north, south = tuple(range(20)), tuple(range(20, 40))
    straight = assemble(Scheduler(problem), ((north,), (south,))).cost
    search = Search(NetBuilder(Scheduler(problem)), seed=1)
    assert search.load(((north[:10] + south[10:],), (south[:10] + north[10:],)))
    crossing = search.best_cost

    search.anneal(1, 0.0)
    without = search.best_cost
    search.tails = 1_000
    search.anneal(1, 0.0)

    assert straight == search.best_cost < without == crossing


def test_a_plan_that_does_not_hold_is_not_taken_as_the_best() -> None:
    problem = on_a_line([stop("far", 9), stop("soon", 1, windows=window(0, 100))])
    search = Search(NetBuilder(Scheduler(problem)), seed=1)
    unserved = search.best_cost

    assert not search.load((((0, 1),),))
    assert search.best_cost == unserved


def test_more_tours_than_allowed_are_not_loaded() -> None:
    problem = on_a_line([stop("a", 1), stop("b", 2)])

    assert not Search(NetBuilder(Scheduler(problem)), seed=1).load((((0,), (1,)),))


def small_bags(stops: int, **more: Any) -> Problem:  # noqa: ANN401 - any field of a stop
    """One courier whose bag holds one call, as many tours as calls, a minute to every call."""
    seconds = [[60 * (a != b) for b in range(stops + 1)] for a in range(stops + 1)]
    return Problem(
        locations=tuple(Location(name=str(place)) for place in range(stops + 1)),
        profiles=(Profile(travel=Matrix(seconds, seconds)),),
        stops=tuple(stop(f"{n}", n, loads=(1,), **more) for n in range(1, stops + 1)),
        couriers=(courier(LAN, capacities=(1,), max_tours=stops),),
        load_names=("dossiers",),
    )


@pytest.mark.parametrize("penalty", [None, 10_000], ids=["mandatory", "optional"])
def test_a_courier_rides_as_many_tours_as_he_may(penalty: int | None) -> None:
    plan = solve(
        small_bags(30, penalty=penalty),
        budget=Budget(seconds=600, iterations=60),
        engines=[SEARCH_ENGINE],
    )

    assert plan.cost == 30 * 120
    assert len(plan.routes[0].tours) == 30


def test_tours_are_opened_while_the_search_goes_on() -> None:
    problem = small_bags(20, penalty=10_000)
    search = Search(NetBuilder(Scheduler(problem)), seed=1)

    for _ in range(4):
        search.anneal(40, 1.0)

    assert search.serves_all
    assert search.best_cost == 20 * 120 == assemble(Scheduler(problem), search.best()).cost


def test_a_plan_of_many_tours_is_a_beginning_and_its_days_stay_in_the_pool() -> None:
    problem = small_bags(20)
    search = Search(NetBuilder(Scheduler(problem)), seed=1)
    assert search.load((tuple((number,) for number in range(8)),))
    search.anneal(1, 0.0)
    met = {frozenset(each.stops) for each in cover_of([search]).columns}
    every: Orders = (tuple((number,) for number in range(20)),)

    assert search.load(every)

    assert search.best() == every
    assert met <= {frozenset(each.stops) for each in cover_of([search]).columns}


def test_leave_for_any_number_of_tours_takes_no_memory() -> None:
    calls = [stop(f"{km}", km) for km in range(1, 12)]
    search = searched(on_a_line(calls, [courier(LAN, max_tours=10**9)]), 80)

    assert search.best_cost == 2 * 11 * 60
    assert len(search.net.owner) == 8


def test_a_part_of_the_day_leaves_the_others_alone() -> None:
    problem = on_a_line([stop("a", 1), stop("b", 2), stop("c", 3)], [courier(LAN), courier(MINH)])

    search = Search(NetBuilder(Scheduler(problem), [1, 2], [1]), seed=1)
    search.construct()
    search.anneal(50, 1.0)

    assert search.best() == ((), ((1, 2),)) or search.best() == ((), ((2, 1),))


@pytest.mark.parametrize("stops", [[], [1]], ids=["no stop", "one stop"])
def test_a_part_with_nothing_to_choose_is_searched_like_any_other(stops: list[int]) -> None:
    problem = on_a_line([stop("a", 1), stop("b", 2, penalty=500)], [courier(LAN), courier(MINH)])

    builder = NetBuilder(Scheduler(problem), stops, [1])
    search = Search(builder, seed=1)
    search.construct()
    search.tempt(20, 1.0)

    assert not search.anneal(50, 1.0)
    assert builder.net().near.shape == builder.net().adjacent.shape == (len(stops), 0)
    assert search.best() == ((), tuple((number,) for number in stops))
    assert search.best_cost == 240 * len(stops)
    assert search.serves_all


@pytest.mark.parametrize(
    ("file", "read", "rounds", "best_known", "gap"),
    [
        ("solomon/R108.txt", read_solomon, 30_000, 9_321, 0.06),
        ("li/lr104.txt", read_lilim, 15_000, 1_013_386, 0.06),
        ("cvrp/X-n204-k19.vrp", read_vrplib, 15_000, 19_565, 0.06),
    ],
)
def test_the_classics_come_close_to_the_best_known(
    file: str, read: object, rounds: int, best_known: int, gap: float
) -> None:
    assert callable(read)
    problem = read(shared(f"instances/{file}").read_text())

    search = searched(problem, rounds)

    assert best_known <= search.best_cost <= best_known * (1 + gap)
    assert is_sound(problem, search.best())
