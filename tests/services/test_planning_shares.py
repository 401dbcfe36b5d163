"""What is handed on of a search's seconds: together no more than the budget and a second."""

import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal_service.domain.couriers import CourierFacts
from postal_service.services import planning, planning_jobs
from postal_service.services.planning.shares import Shares
from postal_service.services.workdays import Workday
from tests.services.test_planning_conditions import LAN, day, home, served


def at(budget: float, spent: float) -> Shares:
    return Shares(budget_seconds=budget, spent_seconds=spent)


@given(
    budget=st.floats(min_value=0.01, max_value=600),
    has_pairs=st.booleans(),
    parts=st.tuples(*[st.floats(min_value=0, max_value=1)] * 6),
)
def test_all_that_is_handed_on_ends_within_a_second_of_the_budget(
    budget: float, has_pairs: bool, parts: tuple[float, float, float, float, float, float]
) -> None:
    before, again, counter, reasons, current, more = parts
    spent = before * at(budget, 0).baseline
    spent += at(budget, spent).search(has_pairs=has_pairs)
    if has_pairs:
        spent += again * at(budget, spent).second_baseline
        spent += counter * at(budget, spent).to_counter
    spent += reasons * at(budget, spent).reasons
    spent += current * at(budget, spent).current
    spent += more * at(budget, spent).more

    assert spent <= budget + 1


@pytest.mark.parametrize(
    ("budget", "baseline", "search"),
    [(60, 10.0, 50.0), (600, 10.0, 590.0), (6, 1.0, 5.0), (0.3, 0.2, 0.15)],
)
def test_the_nearest_stop_next_takes_its_seconds_from_the_search(
    budget: float, baseline: float, search: float
) -> None:
    assert at(budget, 0).baseline == pytest.approx(baseline)
    assert at(budget, baseline).search(has_pairs=False) == pytest.approx(search)


def test_what_the_nearest_stop_next_did_not_need_is_searched_with() -> None:
    assert at(60, 0.5).search(has_pairs=False) == 59.5


def test_a_day_with_pairs_keeps_back_what_another_search_for_the_counter_takes() -> None:
    assert at(60, 1).search(has_pairs=True) == 56.0
    assert at(60, 57).to_counter == 3.0
    assert at(6, 1).search(has_pairs=True) == pytest.approx(4.0)
    assert at(6, 5.5).to_counter == 0.5


def test_reasons_are_still_told_where_the_search_took_everything() -> None:
    assert at(10, 10.5).reasons == pytest.approx(0.4)
    assert at(1.5, 4).reasons == pytest.approx(0.3)
    assert 0 < at(10, 10.5).to_counter < 0.5
    assert at(60, 5).reasons == 3.0


def test_a_plan_is_hardly_ever_longer_than_the_nearest_stop_next() -> None:
    found = planning.solve(day([home(n) for n in range(1, 7)]), budget_seconds=1.5, seed=1)

    assert found.baseline is not None
    # One courier makes all of them there.
    [only] = found.rounds
    assert found.baseline.longest is not None
    assert only.returns - only.leaves <= found.baseline.longest * 1.2
    assert 0 < found.metres <= found.baseline.metres * 1.2


def test_a_search_that_is_cancelled_at_once_still_plans_and_is_compared_with_nothing() -> None:
    workday = day([home(1), home(2)])

    found = planning.solve(workday, budget_seconds=0.6, seed=1, cancelled=lambda: True)

    assert found.baseline is None
    assert {key for keys in served(found).values() for key in keys} == {
        order.key for order in workday.orders
    }


def a_full_day() -> Workday:
    """More calls than one courier makes in a shift, which are not all left for the same reason."""
    busy = [replace(home(n), service_seconds=5_000) for n in range(1, 9)]
    return day(busy, CourierFacts())


def test_what_one_hour_or_one_courier_more_would_bring_is_told_where_places_are_left() -> None:
    found = planning.solve(a_full_day(), budget_seconds=1.5, seed=1)

    assert found.left
    told = {each.like: each.calls for each in found.more}
    assert set(told) == {None, LAN}
    assert 0 <= told[None] < told[LAN] <= len(found.left)
    assert told[LAN] > 0


def test_where_nobody_is_left_nothing_more_is_told() -> None:
    found = planning.solve(day([home(1), home(2)]), budget_seconds=0.6, seed=1)

    assert (found.left, found.more, found.current) == ((), (), None)


def test_the_order_that_was_decided_stands_beside_the_one_that_is_found() -> None:
    workday = day([home(n) for n in range(1, 7)])
    first = planning.solve(workday, budget_seconds=0.6, seed=1)
    there = {each.courier: each.stops for each in first.rounds}
    crossed = {who: (*stops[::2], *stops[1::2]) for who, stops in there.items()}

    again = planning.solve(workday, budget_seconds=0.6, seed=1, decided=crossed)

    assert again.current is not None
    assert again.current.left == 0
    assert again.current.metres > again.metres


def test_all_that_is_told_beside_a_plan_ends_within_a_second_of_the_budget() -> None:
    assert at(10, 9.5).more == 1.0
    assert at(10, 10.5).more == pytest.approx(0.4)
    assert at(10, 11).more == 0.0
    assert at(10, 9).current == pytest.approx(0.95)
    assert at(10, 10.5).current == pytest.approx(0.2)
    assert at(10, 11).current == 0.05


def test_what_is_idle_is_a_processor_at_least() -> None:
    assert 1 <= planning_jobs.idle_processors() <= (os.cpu_count() or 1)
