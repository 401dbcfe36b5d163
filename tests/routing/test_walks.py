"""Several walks over one net: each in a thread, all looked at together, the best one followed."""

from collections.abc import Iterable

import pytest

from routing import Budget, check
from routing.days import Scheduler
from routing.search.building import NetBuilder
from routing.search.columns import Column, cover_of
from routing.search.search import Search
from routing.search.walks import Walks
from routing.solve import solve
from tests.routing.courier_days import courier_day


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
