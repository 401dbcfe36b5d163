"""What a peer is told is the whole day: its own cost is the judge's, and its plan breaks nothing."""

import pytest

from benchmarks.routing.day_solvers import DAY_SOLVERS, expresses
from benchmarks.routing.days import FAMILIES, courier_day, day_name
from benchmarks.routing.judge import faults_of, judged_cost
from benchmarks.routing.rows import Rows
from routing import StopKind

NEEDS = {"PyVRP": "pyvrp", "VROOM": "vroom", "OR-Tools": "ortools"}


@pytest.mark.parametrize(
    ("solver", "family"),
    [(solver, family) for solver in NEEDS for family in FAMILIES if expresses(solver, family)],
)
def test_a_peer_s_own_cost_is_the_judge_s(solver: str, family: str) -> None:
    pytest.importorskip(NEEDS[solver], reason="the extra `bench` is not installed")
    problem = courier_day(day_name(f"{family}-30-hoi-an"))

    run = DAY_SOLVERS[solver](problem, 1.5, 1, 1)

    cost = judged_cost(problem, run.orders)
    assert run.trace[-1][1] == cost
    assert run.seconds < 10


@pytest.mark.parametrize("family", ["full", "breakless"])
def test_vroom_breaks_no_rule_where_it_is_told_less(family: str) -> None:
    pytest.importorskip("vroom", reason="the extra `bench` is not installed")
    problem = courier_day(day_name(f"{family}-30-hoi-an"))

    run = DAY_SOLVERS["VROOM"](problem, 1.5, 1, 1)

    assert [f for f in faults_of(problem, run.orders) if not f.endswith("stops unserved")] == []
    assert any(any(tours) for tours in run.orders)


def test_nobody_is_asked_what_he_cannot_be_told() -> None:
    asked = {(solver, family): expresses(solver, family) for solver in NEEDS for family in FAMILIES}

    assert asked["PyVRP", "full"] is None
    assert asked["PyVRP", "breakless"] is True
    assert asked["VROOM", "full"] is False
    assert asked["VROOM", "mandatory"] is True
    whole = {family for family in FAMILIES if family != "everything"}
    assert {asked["OR-Tools", family] for family in whole} == {True}
    assert (asked["PyVRP", "everything"], asked["VROOM", "everything"]) == (None, None)
    assert asked["OR-Tools", "everything"] is False  # its model drives at the day's mean speed
    assert expresses("this library", "everything") is True
    assert expresses("VROOM + OR-Tools", "everything") is None


def test_setup_is_part_of_the_way_to_a_stop_and_not_of_staying_there() -> None:
    problem = courier_day(day_name("shared-60-hoi-an"))
    rows = Rows(problem)
    travel = rows.travel("van")

    lasting = rows.add_setup(travel)

    first = problem.stops[0]
    same = [n for n, stop in enumerate(problem.stops) if stop.location == first.location]
    other = next(n for n, stop in enumerate(problem.stops) if stop.location != first.location)
    assert lasting[other, 0] == travel[other, 0] + first.setup_seconds
    assert all(lasting[n, 0] == travel[n, 0] == 0 for n in same)
    assert (lasting[:, len(problem.stops) :] == travel[:, len(problem.stops) :]).all()
    assert first.kind in StopKind
