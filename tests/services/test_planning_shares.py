"""What is handed on of a search's seconds: together no more than the budget and a second."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal_service.services import planning
from postal_service.services.planning.shares import Shares
from tests.services.test_planning_conditions import day, home, served


def at(budget: float, spent: float) -> Shares:
    return Shares(budget_seconds=budget, spent_seconds=spent)


@given(
    budget=st.floats(min_value=0.01, max_value=600),
    has_pairs=st.booleans(),
    parts=st.tuples(*[st.floats(min_value=0, max_value=1)] * 4),
)
def test_all_that_is_handed_on_ends_within_a_second_of_the_budget(
    budget: float, has_pairs: bool, parts: tuple[float, float, float, float]
) -> None:
    before, again, counter, reasons = parts
    spent = before * at(budget, 0).baseline
    spent += at(budget, spent).search(has_pairs=has_pairs)
    if has_pairs:
        spent += again * at(budget, spent).second_baseline
        spent += counter * at(budget, spent).to_counter
    spent += reasons * at(budget, spent).reasons

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
    assert 0 < at(10, 10.5).to_counter < 0.5
    assert at(60, 5).reasons == 3.0


def test_a_plan_is_hardly_ever_longer_than_the_nearest_stop_next() -> None:
    found = planning.solve(day([home(n) for n in range(1, 7)]), budget_seconds=1.5, seed=1)

    assert found.baseline is not None
    assert 0 < found.metres <= found.baseline.metres * 1.2


def test_a_search_that_is_cancelled_at_once_still_plans_and_is_compared_with_nothing() -> None:
    workday = day([home(1), home(2)])

    found = planning.solve(workday, budget_seconds=0.6, seed=1, cancelled=lambda: True)

    assert found.baseline is None
    assert {key for keys in served(found).values() for key in keys} == {
        order.key for order in workday.orders
    }
