"""A named day is the same day everywhere, and everything it says it holds is there and binds."""

import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest

from benchmarks.routing.days import (
    BEFORE_THE_CUT,
    FAMILIES,
    PENALTY_BY_SLACK_DAYS,
    PERMIT,
    SEEDS,
    courier_day,
    day_name,
    is_day,
)
from benchmarks.routing.judge import faults_of, judged_cost
from routing import Budget, LockLevel, Plan, Problem, Stop, StopKind, Window
from routing.assembly import orders_of
from routing.solve import solve
from routing.wire import problem_to_json

LONG = Window(opens_second=0, closes_second=30 * 3600)
Relaxed = Callable[[Problem], Problem]


def day(name: str) -> Problem:
    return courier_day(day_name(name))


def planned(problem: Problem) -> Plan:
    return solve(problem, budget=Budget(seconds=1.5), seed=1)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_same_name_gives_the_same_day(family: str) -> None:
    one, other = day(f"{family}-60-tam-ky"), day(f"{family}-60-tam-ky")

    assert problem_to_json(one) == problem_to_json(other)


@pytest.mark.parametrize(
    ("family", "known"),
    [
        ("full", "a4f9ed1eab00c424"),
        ("breakless", "f7ed92f6ae52c17d"),
        ("mandatory", "02bd6137730faf12"),
        ("shared", "a3c6ef2dda09a9fe"),
    ],
)
def test_a_day_is_the_one_that_was_measured(family: str, known: str) -> None:
    told = json.loads(problem_to_json(day(f"{family}-150-hoi-an")))
    told.pop("profiles")  # road times are rounded from what this machine's sines say

    assert sha256(json.dumps(told, sort_keys=True).encode()).hexdigest().startswith(known)


def test_other_names_give_other_days() -> None:
    texts = {problem_to_json(day(f"full-60-{seed}")) for seed in SEEDS}

    assert len(texts) == len(SEEDS)


def test_families_leave_something_out_of_the_same_day() -> None:
    days = [day(f"{family}-150-hoi-an") for family in FAMILIES]

    drawn = {
        tuple((s.location, s.kind, s.loads, s.windows, s.skills) for s in problem.stops)
        for problem in days
    }
    assert len(drawn) == 1


@pytest.mark.parametrize(("stops", "offices"), [(50, 1), (150, 2), (300, 3), (1000, 4)])
def test_a_day_has_as_many_stops_as_its_name_says_and_offices_to_match(
    stops: int, offices: int
) -> None:
    problem = day(f"full-{stops}-tam-ky")

    assert len(problem.stops) == stops
    assert len({man.start_location for man in problem.couriers}) == offices


def test_a_full_day_holds_everything() -> None:
    problem = day("full-150-hoi-an")
    stops, men = problem.stops, problem.couriers

    kinds = {StopKind.DELIVER, StopKind.COLLECT, StopKind.PICKUP, StopKind.DROPOFF}
    assert {stop.kind for stop in stops} == kinds
    assert {len(stop.windows) for stop in stops} == {0, 1, 2}
    assert any(stop.windows == (BEFORE_THE_CUT,) for stop in stops)
    assert {stop.penalty for stop in stops} >= set(PENALTY_BY_SLACK_DAYS.values())
    assert any(PERMIT in stop.skills for stop in stops)
    assert any(stop.release_second for stop in stops)
    assert all(any(stop.loads and stop.loads[n] for stop in stops) for n in range(3))
    assert len({stop.location for stop in stops}) < len(stops)
    assert all(stop.setup_seconds for stop in stops)
    assert len({man.shift for man in men}) == 3
    assert {len(man.breaks) for man in men} == {0, 1}
    assert {man.profile for man in men} == {"motorbike", "van"}
    assert {man.max_tours for man in men} == {3}
    assert any(man.start_location != man.end_location for man in men)
    assert {PERMIT in man.skills for man in men} == {True, False}


def test_the_other_families_lack_what_a_peer_cannot_be_told() -> None:
    for name, family in FAMILIES.items():
        problem = day(f"{name}-150-hoi-an")

        assert any(man.breaks for man in problem.couriers) is family.breaks
        assert any(man.max_tours > 1 for man in problem.couriers) is family.tours
        assert any(stop.release_second for stop in problem.stops) is family.mail_van
        has_optional = not all(problem.is_mandatory(stop) for stop in problem.stops)
        assert has_optional is family.optional


@pytest.mark.parametrize("seed", SEEDS)
def test_a_day_of_everything_holds_what_binds_further(seed: str) -> None:
    problem = day(f"everything-150-{seed}")
    rules = problem.rules

    assert {lock.level for lock in rules.locks} == set(LockLevel)
    assert all(lock.stops for lock in rules.locks)
    assert rules.keep_together
    assert rules.keep_apart
    decided = [stop for lock in rules.locks for stop in lock.stops]
    decided += [stop for group in (*rules.keep_together, *rules.keep_apart) for stop in group]
    assert len(decided) == len(set(decided))
    assert {pair.max_ride_seconds is None for pair in problem.shipments} == {True, False}
    assert all(profile.speed_periods for profile in problem.profiles)
    assert all(man.max_route_metres and man.max_route_seconds for man in problem.couriers)
    full = day(f"full-150-{seed}")
    assert len(problem.couriers) == len(full.couriers) + 2
    assert [stop.windows for stop in problem.stops] == [stop.windows for stop in full.stops]


def _rules(problem: Problem, **more: object) -> Problem:
    return replace(problem, rules=replace(problem.rules, **more))  # type: ignore[arg-type]


def _without_ride_limits(problem: Problem) -> Problem:
    free = tuple(replace(pair, max_ride_seconds=None) for pair in problem.shipments)
    return replace(problem, shipments=free)


def _at_one_speed(problem: Problem) -> Problem:
    return replace(
        problem, profiles=tuple(replace(each, speed_periods=()) for each in problem.profiles)
    )


def _without(problem: Problem, level: LockLevel) -> Problem:
    locks = tuple(lock for lock in problem.rules.locks if lock.level is not level)
    return _rules(problem, locks=locks)


LOOSENED: dict[str, Relaxed] = {
    "metres": lambda problem: _couriers(problem, max_route_metres=None),
    "hours": lambda problem: _couriers(problem, max_route_seconds=None),
    "rides": _without_ride_limits,
    "rush hours": _at_one_speed,
    "together": lambda problem: _rules(problem, keep_together=()),
    "apart": lambda problem: _rules(problem, keep_apart=()),
    **{
        level.value: lambda problem, level=level: _without(problem, level)  # type: ignore[misc]
        for level in LockLevel
    },
}


@pytest.mark.parametrize("rule", LOOSENED)
def test_every_rule_of_a_day_of_everything_binds(rule: str) -> None:
    for seed in SEEDS:
        problem = day(f"everything-150-{seed}")
        relaxed = LOOSENED[rule](problem)
        orders = orders_of(relaxed, planned(relaxed))
        if any("unserved" not in fault for fault in faults_of(problem, orders)):
            return
    pytest.fail(f"{rule} bind nobody")


def _stops(problem: Problem, **more: object) -> Problem:
    return replace(problem, stops=_changed(problem.stops, **more))


def _changed(stops: tuple[Stop, ...], **more: object) -> tuple[Stop, ...]:
    return tuple(replace(stop, **more) for stop in stops)  # type: ignore[arg-type]


def _couriers(problem: Problem, **more: object) -> Problem:
    men = tuple(replace(man, **more) for man in problem.couriers)  # type: ignore[arg-type]
    return replace(problem, couriers=men)


RELAXED: dict[str, Relaxed] = {
    "windows": lambda problem: _stops(problem, windows=()),
    "shifts": lambda problem: _couriers(problem, shift=LONG),
    "breaks": lambda problem: _couriers(problem, breaks=()),
    "permits": lambda problem: _stops(problem, skills=frozenset()),
    "loads": lambda problem: _couriers(problem, capacities=()),
    "mail van": lambda problem: _stops(problem, release_second=0),
    "pairs": lambda problem: replace(
        problem,
        shipments=(),
        stops=_changed(problem.stops, kind=StopKind.DELIVER, loads=(1, 1, 0)),
    ),
}


@pytest.mark.parametrize("rule", RELAXED)
def test_every_rule_of_a_full_day_binds(rule: str) -> None:
    """A plan made without the rule breaks it; on some day, where one of them obeys it by chance."""
    assert any(_breaks(rule, day(f"full-150-{seed}")) for seed in SEEDS)


def _breaks(rule: str, problem: Problem) -> bool:
    relaxed = RELAXED[rule](problem)
    orders = orders_of(relaxed, planned(relaxed))
    return any("unserved" not in fault for fault in faults_of(problem, orders))


def test_what_goes_on_two_tours_does_not_go_on_one() -> None:
    problem = day("full-150-tam-ky")

    orders = orders_of(problem, planned(problem))

    assert any(len(tours) > 1 for tours in orders)
    joined = [[[stop for tour in tours for stop in tour]] if tours else [] for tours in orders]
    assert any("on board" in fault for fault in faults_of(problem, joined))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_small_day_is_served_within_two_seconds(family: str) -> None:
    problem = day(f"{family}-50-nui-thanh")

    plan = planned(problem)

    left_out = [problem.stops[problem.stop_index[out.stop]] for out in plan.unserved]
    assert not any(problem.is_mandatory(stop) for stop in left_out)
    assert judged_cost(problem, orders_of(problem, plan)) == plan.cost


def test_a_large_day_keeps_no_square_table() -> None:
    problem = day("shared-5000-tam-ky")

    assert not any(hasattr(profile.travel, "travel_seconds") for profile in problem.profiles)


@pytest.mark.parametrize(
    "text", ["full-150", "full-x-hoi-an", "full-5-hoi-an", "half-50-hoi-an", ""]
)
def test_a_name_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no day is called"):
        day_name(text)


def test_days_and_public_instances_are_told_apart_by_name() -> None:
    assert is_day("full-150-hoi-an")
    assert not is_day("X-n204-k19")
