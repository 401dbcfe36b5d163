"""A search begins with what must be served, at every size, and knows when nothing more fits."""

from dataclasses import replace

import numpy as np

from routing import UNREACHABLE, Budget, Matrix, Problem, Profile
from routing.days import Orders, Scheduler
from routing.engines import Task
from routing.search.building import NetBuilder
from routing.search.engine import SEARCH_ENGINE
from routing.search.opening import Opened, near_together, opened
from routing.search.search import Search
from tests.routing.provinces import province
from tests.routing.small import LAN, courier, on_a_line, stop, window

SEED = 1


def crowded() -> Problem:
    """More calls than the day has room for; every fourth of them must be served."""
    free = province(600, 3)
    urgent = [replace(s, penalty=None) if n % 4 == 2 else s for n, s in enumerate(free.stops)]
    return replace(free, stops=tuple(urgent))


def nobody_out(problem: Problem) -> Orders:
    return tuple(() for _ in problem.couriers)


def begun(problem: Problem, held: Orders, *, over: bool = False) -> Opened | None:
    every = np.arange(len(problem.stops))
    couriers = range(len(problem.couriers))
    return opened(Scheduler(problem), every, couriers, held, seed=SEED, over=lambda: over)


def test_what_must_be_served_is_where_inserting_everything_at_once_leaves_some_out() -> None:
    problem = crowded()
    at_once = Search(NetBuilder(Scheduler(problem)), seed=SEED)
    at_once.construct()

    found = begun(problem, nobody_out(problem))

    assert at_once.left_out > 0
    assert found is not None
    assert found.search.left_out == 0
    assert not found.search.serves_all


def test_a_plan_whose_making_was_cut_short_is_finished_and_what_it_serves_stays_served() -> None:
    problem = crowded()
    whole = begun(problem, nobody_out(problem))
    assert whole is not None
    half = tuple(tours if number % 2 else () for number, tours in enumerate(whole.search.best()))
    must = set(np.flatnonzero(Scheduler(problem).arrays.mandatory).tolist())

    found = begun(problem, half)

    assert found is not None
    served = {stop for tours in found.search.best() for tour in tours for stop in tour}
    assert must <= served


def test_what_fits_nowhere_is_given_up_after_a_few_cold_rounds() -> None:
    # Both can be reached in time, but not by the one courier there is.
    problem = on_a_line(
        [stop("a", 4, windows=window(0, 250)), stop("b", 1, windows=window(100, 130))]
    )

    found = begun(problem, nobody_out(problem))

    assert found is not None
    assert found.search.left_out == 1
    assert 0 < found.rounds <= 1_000


def test_no_round_is_spent_once_the_time_is_over() -> None:
    problem = crowded()

    found = begun(problem, nobody_out(problem), over=True)

    assert found is not None
    assert found.rounds == 0


def test_tours_that_cannot_be_driven_are_no_beginning() -> None:
    problem = on_a_line([stop("a", 1), stop("b", 2)], [courier(LAN)])

    assert begun(problem, (((0,), (1,)),)) is None


def test_the_first_plan_the_search_tells_of_serves_what_must_be_served() -> None:
    problem = crowded()
    offered: list[Orders] = []

    def offer(orders: Orders) -> bool:
        offered.append(orders)
        return True

    SEARCH_ENGINE.search(
        Task(
            scheduler=Scheduler(problem),
            start=nobody_out(problem),
            budget=Budget(seconds=600, iterations=10),
            threads=1,
            seed=SEED,
            offer=offer,
            cancelled=lambda: False,
        )
    )

    served = {stop for tours in offered[0] for tour in tours for stop in tour}
    must = set(np.flatnonzero(Scheduler(problem).arrays.mandatory).tolist())
    assert must <= served


def test_each_stop_is_numbered_behind_the_nearest_before_it() -> None:
    places = [3, 10, 1, 5, 11, 2]
    problem = on_a_line([stop(str(place), place) for place in places])
    order = near_together(Scheduler(problem), np.arange(len(places)))
    assert [places[number] for number in order] == [3, 2, 1, 5, 10, 11]


def test_stops_that_no_road_joins_are_numbered_once_each() -> None:
    seconds = [[0 if a == b else UNREACHABLE for b in range(6)] for a in range(6)]
    nowhere = Profile(travel=Matrix(seconds, seconds))
    problem = on_a_line([stop(str(n), n, penalty=1) for n in range(6)], places=6)
    scheduler = Scheduler(replace(problem, profiles=(nowhere,)))
    assert sorted(near_together(scheduler, np.array([3, 1, 4, 5])).tolist()) == [1, 3, 4, 5]
