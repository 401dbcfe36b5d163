"""A large day is planned part by part, and no seam between the parts breaks what binds stops."""

import os
import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing import (
    Budget,
    CourierId,
    Lock,
    LockLevel,
    PlanRules,
    Problem,
    check,
)
from routing.assembly import assemble
from routing.baseline import nearest_neighbour
from routing.days import Orders, Scheduler
from routing.decompose import PARTS_ENGINE
from routing.engines import Progress, Task
from routing.neighbours import URGENT_PARTS, Neighbours, unserved
from routing.reach import obstacle
from routing.search.engine import warm_up
from routing.solve import solve
from routing.splitting import NOBODY, PART_STOPS, _balanced, first_parts
from tests.routing.courier_days import any_courier_day
from tests.routing.provinces import province
from tests.routing.small import LAN, MINH, S, courier, on_a_line, stop


def planned(problem: Problem, rounds: int, **more: object) -> tuple[Orders, Problem]:
    """What the engine alone gives back for an empty start."""
    task: dict[str, object] = {
        "scheduler": Scheduler(problem),
        "start": tuple(() for _ in problem.couriers),
        "budget": Budget(seconds=600, iterations=rounds),
        "threads": 1,
        "seed": 1,
        "offer": lambda _: True,
        "cancelled": lambda: False,
    }
    return PARTS_ENGINE.search(Task(**(task | more))).orders, problem  # type: ignore[arg-type]


def is_sound(problem: Problem, orders: Orders) -> bool:
    plan = assemble(Scheduler(problem), orders)
    return all(violation.is_shortfall for violation in check(problem, plan))


@settings(max_examples=10)
@given(
    seed=st.integers(0, 10_000),
    stops=st.integers(2, 40),
    couriers=st.integers(1, 5),
    threads=st.integers(1, 3),
)
def test_whatever_binds_stops_and_couriers_holds_across_parts(
    seed: int, stops: int, couriers: int, threads: int
) -> None:
    problem = any_courier_day(seed, stops, couriers)

    plan = solve(
        problem,
        budget=Budget(seconds=600, iterations=stops * 20),
        engines=[PARTS_ENGINE],
        threads=threads,
    )

    assert [v for v in check(problem, plan) if not v.is_shortfall] == []
    assert plan.cost <= nearest_neighbour(problem).cost


def test_the_first_plan_offered_serves_what_must_be_served_although_not_everything_fits() -> None:
    free = province(600, 3)
    urgent = [replace(s, penalty=None) if n % 4 == 2 else s for n, s in enumerate(free.stops)]
    problem = replace(free, stops=tuple(urgent))
    offered: list[Orders] = []

    def offer(orders: Orders) -> bool:
        offered.append(orders)
        return True

    planned(problem, rounds=20_000, offer=offer)

    left = unserved(offered[0], len(problem.stops))
    assert len(left) > 50
    assert not Scheduler(problem).arrays.mandatory[left].any()


def test_every_plan_offered_on_the_way_is_sound() -> None:
    problem = province(300, 4)
    offered: list[Orders] = []

    def offer(orders: Orders) -> bool:
        offered.append(orders)
        return True

    planned(problem, 10_000, offer=offer)

    assert offered
    assert all(is_sound(problem, orders) for orders in offered)


def test_three_offices_keep_to_their_own_streets() -> None:
    orders, problem = planned(province(240, 6), 1)

    for man, tours in zip(problem.couriers, orders, strict=True):
        assert {stop // 2 % 3 for tour in tours for stop in tour} <= {man.start_location}
    assert len(unserved(orders, 240)) < 24
    assert is_sound(problem, orders)


def test_parts_hold_every_stop_once_and_what_belongs_together() -> None:
    lock = Lock(level=LockLevel.ORDER, courier=CourierId("c4"), stops=(S("s8"), S("s9")))
    together = (S("s5"), S("s6"), S("s1001"))
    problem = province(2400, 9, rules=PlanRules(locks=(lock,), keep_together=(together,)))
    arrays = Scheduler(problem).arrays

    parts = first_parts(arrays, np.arange(2400), range(27), np.random.default_rng(1))

    stops = [stop for part in parts for stop in part.stops.tolist()]
    couriers = [courier for part in parts for courier in part.couriers]
    assert sorted(stops) == list(range(2400))
    assert sorted(couriers) == list(range(27))
    assert max(len(part.stops) for part in parts) < 1.3 * PART_STOPS
    home = {stop: number for number, part in enumerate(parts) for stop in part.stops.tolist()}
    assert home[5] == home[6] == home[1001]
    assert 4 in parts[home[8]].couriers
    assert home[8] == home[9]
    assert all(home[n] == home[int(arrays.partner[n])] for n in np.flatnonzero(arrays.partner >= 0))


def test_parts_at_once_share_nothing_and_hold_whole_days() -> None:
    orders, problem = planned(province(900, 9), 1)
    neighbours = Neighbours(Scheduler(problem), np.random.default_rng(1))

    for _ in range(9):
        parts = neighbours.next_parts(orders, 3)

        stops = [stop for part in parts for stop in part.stops.tolist()]
        couriers = [courier for part in parts for courier in part.couriers]
        assert len(parts) > 1
        assert len(stops) == len(set(stops))
        assert len(couriers) == len(set(couriers))
        for part in parts:
            days = {stop for n in part.couriers for tour in orders[n] for stop in tour}
            assert days <= set(part.stops.tolist())


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000))
def test_who_may_serve_whom_is_the_same_table_by_table_and_one_by_one(seed: int) -> None:
    problem = any_courier_day(seed, 12, 4)
    free = replace(problem, rules=replace(problem.rules, locks=()))
    arrays = Scheduler(free).arrays

    for row, call in enumerate(free.stops):
        mate = int(arrays.partner[row])
        halves = [call] if mate < 0 else [call, free.stops[mate]]
        for column, man in enumerate(free.couriers):
            may = all(obstacle(free, one, man) is None for one in halves)
            assert bool(arrays.allowed[row, column]) is may


def test_every_day_has_its_turn() -> None:
    orders, problem = planned(province(900, 9), 1)
    neighbours = Neighbours(Scheduler(problem), np.random.default_rng(1))
    out = {number for number, tours in enumerate(orders) if any(tours)}

    searched = {
        n for _ in range(40) for part in neighbours.next_parts(orders, 1) for n in part.couriers
    }

    assert out <= searched


def test_what_must_be_served_has_some_parts_begin_at_it_with_other_couriers_and_not_for_ever() -> (
    None
):
    free = province(900, 9)
    pair = [replace(each, penalty=None) for each in free.stops[:2]]
    orders, problem = planned(replace(free, stops=(*pair, *free.stops[2:])), 1)
    without = [tuple(tuple(s for s in tour if s > 1) for tour in day) for day in orders]
    neighbours = Neighbours(Scheduler(problem), np.random.default_rng(1))

    crews = []
    while neighbours.has_urgent(without):
        (part,) = neighbours.next_parts(without, 1)
        assert {0, 1} <= set(part.stops.tolist())
        crews.append(part.couriers)

    assert len(crews) == URGENT_PARTS
    assert len(set(crews)) > 1


def test_searching_parts_never_ends_worse_than_it_began() -> None:
    problem = province(240, 6)
    start = nearest_neighbour(problem)

    plan = solve(
        problem, budget=Budget(seconds=600, iterations=3_000), engines=[PARTS_ENGINE], start=start
    )

    assert plan.cost < start.cost


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_seed_and_iterations_give_the_same_plan(threads: int) -> None:
    problem = province(240, 6)

    first, second, other = (
        planned(problem, 6_000, seed=seed, threads=threads)[0] for seed in (5, 5, 6)
    )

    assert first == second
    assert first != other


@pytest.mark.parametrize("budget", [Budget(seconds=2), Budget(seconds=600, iterations=20_000)])
def test_no_more_parts_are_searched_at_once_than_there_are_cores(
    budget: Budget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    asking: set[int] = set()

    def cancelled() -> bool:
        asking.add(threading.get_ident())
        return False

    planned(province(750, 9), 0, budget=budget, threads=8, cancelled=cancelled)

    assert len(asking - {threading.get_ident()}) == 1


def test_the_budget_is_kept_by_a_province_with_thousands_of_couriers(
    working_time: Callable[[], float],
) -> None:
    problem = province(20_000, 1_000)
    warm_up()
    started = working_time()

    plan = solve(problem, budget=Budget(seconds=4))

    assert working_time() - started <= 4 + 1
    assert len(plan.unserved) < 15_000


def test_parts_are_not_looked_for_once_the_time_is_over() -> None:
    arrays = Scheduler(province(2400, 9)).arrays
    asked = 0

    def over() -> bool:
        nonlocal asked
        asked += 1
        return asked > 4  # three offices are looked at, and one of them is cut into parts

    parts = first_parts(arrays, np.arange(2400), range(27), np.random.default_rng(1), over=over)

    assert {problem_office(arrays.problem, part.couriers) for part in parts} == {0}
    assert sum(len(part.stops) for part in parts) == 800


def problem_office(problem: Problem, couriers: tuple[int, ...]) -> int:
    (office,) = {problem.couriers[number].start_location for number in couriers}
    return office


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000))
def test_some_of_a_crew_may_serve_what_one_of_them_may(seed: int) -> None:
    arrays = Scheduler(any_courier_day(seed, 20, 6)).arrays
    stops, crew = np.arange(1, len(arrays.problem.stops)), [4, 1, 5, 0, 3]

    one_by_one = [any(arrays.allowed[stop, number] for number in crew) for stop in stops]

    assert arrays.some_may(stops, crew).tolist() == one_by_one


def test_the_nearest_part_with_room_is_for_those_with_most_to_lose() -> None:
    ways = np.array([[1, 2, 3, 4, NOBODY], [50, 9, 4, 30, NOBODY], [60, 8, 5, 31, 7]])
    room = np.array([2, 2, 2])

    # The first and the fourth lose most without part 0; the third's second choice is near as well.
    assert _balanced(ways, room).tolist() == [0, 2, 1, 0, 2]


def test_the_budget_of_a_large_day_is_kept(working_time: Callable[[], float]) -> None:
    problem = province(3000, 32)
    warm_up()
    started = working_time()

    plan = solve(problem, budget=Budget(seconds=8))

    assert working_time() - started <= 8 + 1
    assert plan.engine == "parts"
    assert len(plan.unserved) < 300


def test_a_cancel_is_heard_within_a_second(working_time: Callable[[], float]) -> None:
    problem = province(1500, 16)
    warm_up()
    cancelled = threading.Event()
    asked: list[float] = []

    def cancel() -> None:
        asked.append(working_time())
        cancelled.set()

    def soon_after_the_first_parts(progress: Progress) -> None:
        if progress.engine == "parts" and timer.ident is None:
            timer.start()

    timer = threading.Timer(0.5, cancel)

    plan = solve(
        problem,
        budget=Budget(seconds=60),
        on_progress=soon_after_the_first_parts,
        cancelled=cancelled.is_set,
    )

    assert working_time() - asked[0] < 1
    assert plan.engine == "parts"


def test_who_must_stay_together_does_so_when_one_is_served_elsewhere() -> None:
    calls = [stop(name, place) for name, place in (("a", 2), ("b", 3), ("c", 4), ("d", 5))]
    rules = PlanRules(keep_together=((S("a"), S("d")),))
    problem = on_a_line(calls, [courier(LAN), courier(MINH)], rules=rules)

    # Lan has a full day with "a" in it; "d" is new and Minh has time.
    orders, _ = planned(problem, 100, start=(((0, 1, 2),), ()))

    assert is_sound(problem, orders)
    assert {stop for tours in orders for tour in tours for stop in tour} == {0, 1, 2, 3}


def test_a_stop_only_a_far_courier_may_serve_is_served() -> None:
    problem = province(240, 6)
    far = replace(problem.couriers[1], skills=frozenset({"permit"}))
    special = replace(problem.stops[30], skills=frozenset({"permit"}), windows=(), penalty=10**6)
    problem = replace(
        problem,
        couriers=(problem.couriers[0], far, *problem.couriers[2:]),
        stops=(*problem.stops[:30], special, *problem.stops[31:]),
    )

    orders, _ = planned(problem, 60_000)

    assert 30 in {stop for tour in orders[1] for stop in tour}
