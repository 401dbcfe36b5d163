"""Several walks over one net: each in a thread, all looked at together, the best one followed."""

from collections.abc import Callable, Iterable

import numpy as np
import pytest

from routing import Budget, Problem, check
from routing.days import Scheduler
from routing.formats import read_solomon
from routing.search.building import NetBuilder
from routing.search.columns import Column, cover_of
from routing.search.engine import warm_up
from routing.search.search import Search
from routing.search.walks import Walks
from routing.solve import engines_for, solve
from tests.routing.courier_days import courier_day
from tests.shared_data import shared


@pytest.fixture
def search() -> Search:
    search = Search(NetBuilder(Scheduler(courier_day(4, 30, 4))), seed=1)
    search.construct()
    return search


def test_a_walk_in_a_thread_of_its_own_goes_on_until_it_is_halted(search: Search) -> None:
    with Walks(search, further=2, temperature=lambda: 0.1) as walks:
        while not all(walk.rounds for walk in walks.walks):
            pass
        walks.stand_still()
        stood = walks.rounds
        costs = [walk.search.best_cost for walk in walks.walks]

        search.anneal(200, 0.1)

        assert walks.rounds == stood
        assert [walk.search.best_cost for walk in walks.walks] == costs
        walks.go_on()
        while walks.rounds == stood:
            pass


def test_no_walk_writes_into_the_net_all_of_them_read() -> None:
    first = Search(NetBuilder(Scheduler(courier_day(2, 30, 3))), seed=1)
    assert first.is_tempting
    first.construct()
    as_built = [field.copy() for field in first.net]
    other = first.beside()

    other.tempt(200, 1.0)

    assert all(mine is theirs for mine, theirs in zip(first.net, other.net, strict=True))
    assert all(map(np.array_equal, first.net, as_built))
    assert other.best_cost <= first.best_cost


def test_a_temptation_that_fails_leaves_the_prices_as_they_are() -> None:
    search = Search(NetBuilder(Scheduler(courier_day(2, 30, 3))), seed=1)
    as_built = search.net.stop.copy()

    with pytest.raises(TypeError):
        search.tempt(200, "hot")  # type: ignore[arg-type]

    assert np.array_equal(search.net.stop, as_built)


def thousand_stops() -> Problem:
    return read_solomon(shared("instances/gh1000/RC2_10_5.txt").read_text())


def test_the_budget_is_kept_by_many_threads(working_time: Callable[[], float]) -> None:
    problem = thousand_stops()
    engines_for(Scheduler(problem))
    warm_up()
    started = working_time()

    solve(problem, budget=Budget(seconds=3), threads=4)

    # Work is counted over all threads: a second late is a second of each of the four.
    assert working_time() - started <= 3 + 4 * 1


def test_a_cancel_is_heard_by_many_threads_within_a_second(
    working_time: Callable[[], float],
) -> None:
    problem = thousand_stops()
    engines_for(Scheduler(problem))
    warm_up()
    began = working_time()
    asked: list[float] = []

    def cancelled() -> bool:
        if not asked and working_time() - began > 1:
            asked.append(working_time())
        return bool(asked)

    solve(problem, budget=Budget(seconds=60), threads=4, cancelled=cancelled)

    assert working_time() - asked[0] < 1


def test_all_follow_the_best_in_the_end(search: Search) -> None:
    with Walks(search, further=2, temperature=lambda: 0.1) as walks:
        while not all(walk.rounds >= 2_000 for walk in walks.walks):
            pass

    costs = {each.best_cost for each in walks.searches}
    assert costs == {search.best_cost}


def test_what_every_walk_met_is_chosen_from(search: Search) -> None:
    with Walks(search, further=1, temperature=lambda: 1.0) as walks:
        while walks.rounds < 2_000:
            pass
        walks.stand_still()
        best, other = walks.searches

        alone = days_of(cover_of([best]).columns)
        together = days_of(cover_of([best, other]).columns)

        assert together == alone | days_of(cover_of([other]).columns)
        assert together != alone


def test_a_fault_in_a_thread_is_not_lost(search: Search) -> None:
    def broken() -> float:
        raise ZeroDivisionError

    with (
        pytest.raises(ZeroDivisionError),
        Walks(search, further=1, temperature=broken) as walks,
    ):
        walks.stand_still()


def test_two_threads_give_a_sound_plan_no_dearer_than_its_start() -> None:
    problem = courier_day(7, 40, 5)
    first = solve(problem, budget=Budget(seconds=600, iterations=1))

    plan = solve(problem, budget=Budget(seconds=2), threads=2, start=first)

    assert [v for v in check(problem, plan) if not v.is_shortfall] == []
    assert plan.cost <= first.cost


def days_of(columns: Iterable[Column]) -> set[tuple[int, frozenset[int]]]:
    return {(each.kind, frozenset(each.stops)) for each in columns}
