"""More calls than couriers or tours for them are refused by name, and only where that is so."""

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest

from routing import (
    ContradictionKind,
    ContradictoryProblem,
    CourierId,
    Lock,
    LockLevel,
    PlanRules,
    Problem,
    Stop,
    StopId,
    StopKind,
)
from tests.routing.small import LAN, MINH, S, courier, on_a_line, stop

HOA = CourierId("Hoa")
MEN = (LAN, MINH, HOA)


def apart(*pairs: str) -> tuple[tuple[StopId, StopId], ...]:
    return tuple((S(pair[0]), S(pair[1])) for pair in pairs)


def refusal_of(problem: Problem, rules: PlanRules) -> list[tuple[ContradictionKind, str, str]]:
    try:
        replace(problem, rules=rules)
    except ContradictoryProblem as refused:
        return [(f.kind, f.subject, f.detail) for f in refused.findings]
    return []


def boats(*names: str) -> list[Stop]:
    return [stop(name, 1, skills=frozenset({"boat"})) for name in names]


def test_three_apart_and_two_who_can() -> None:
    men = [courier(man, skills=frozenset({"boat"})) for man in MEN[:2]] + [courier(HOA)]
    problem = on_a_line([*boats("a", "b", "c"), stop("d", 2)], men)

    found = refusal_of(problem, PlanRules(keep_apart=apart("ab", "bc", "ac", "ad")))

    assert found == [
        (
            ContradictionKind.LOCKS,
            "a",
            "to be kept apart: a, b, c; but only Lan and Minh can serve them",
        )
    ]
    assert refusal_of(problem, PlanRules(keep_apart=apart("ab", "bc", "cd", "ad"))) == []


def test_a_circle_of_five_and_two_couriers() -> None:
    """No three of them are all apart from one another, and two couriers are not enough."""
    problem = on_a_line([stop(name, 1) for name in "abcde"], [courier(man) for man in MEN])
    circle = PlanRules(keep_apart=apart("ab", "bc", "cd", "de", "ea"))

    assert refusal_of(problem, circle) == []
    two = replace(problem, couriers=problem.couriers[:2])
    assert [finding[1] for finding in refusal_of(two, circle)] == ["a"]


def test_an_optional_stop_is_left_out_not_refused() -> None:
    calls = [stop("a", 1), stop("b", 1), stop("c", 1, penalty=5)]
    problem = on_a_line(calls, [courier(LAN), courier(MINH)])

    assert refusal_of(problem, PlanRules(keep_apart=apart("ab", "bc", "ac"))) == []


def test_apart_from_what_another_holds_through_his_lock() -> None:
    calls = [stop("a", 1), stop("b", 1), stop("c", 1)]
    problem = on_a_line(calls, [courier(LAN), courier(MINH)])
    lock = Lock(level=LockLevel.COURIER, courier=LAN, stops=(S("a"),))
    both = PlanRules(locks=(lock,), keep_apart=apart("ab", "ac"), keep_together=((S("b"), S("c")),))

    assert refusal_of(problem, both) == []
    split = replace(both, keep_together=(), keep_apart=apart("ab", "ac", "bc"))
    assert [finding[1] for finding in refusal_of(problem, split)] == ["a"]


def test_more_is_locked_to_a_courier_than_he_can_carry_in_his_tours() -> None:
    calls = [stop(name, 1, loads=(4,)) for name in "abc"]
    lock = Lock(level=LockLevel.COURIER, courier=LAN, stops=(S("a"), S("b"), S("c")))

    for tours, detail in (
        (1, "3 stops locked to Lan with 12 kg to bring: at least 2 tours of 9, 1 allowed"),
        (2, None),
    ):
        men = [courier(LAN, capacities=(9,), max_tours=tours), courier(MINH)]
        problem = on_a_line(calls, men, load_names=("kg",))

        found = refusal_of(problem, PlanRules(locks=(lock,)))

        assert found == ([] if detail is None else [(ContradictionKind.LOCKS, "Lan", detail)])


def test_what_is_fetched_may_take_the_place_of_what_was_brought() -> None:
    calls = [stop("a", 1, loads=(9,)), stop("b", 2, loads=(9,), kind=StopKind.COLLECT)]
    problem = on_a_line(calls, [courier(LAN, capacities=(9,))], load_names=("kg",))
    lock = Lock(level=LockLevel.COURIER, courier=LAN, stops=(S("a"), S("b")))

    assert refusal_of(problem, PlanRules(locks=(lock,))) == []


def test_a_hundred_and_fifty_all_apart_need_as_many_couriers() -> None:
    names = [f"s{number}" for number in range(150)]
    calls = [stop(name, 1) for name in names]
    pairs = tuple((S(a), S(b)) for a, b in combinations(names, 2))
    men = [courier(CourierId(f"c{number}")) for number in range(150)]
    problem = on_a_line(calls, men)

    assert refusal_of(problem, PlanRules(keep_apart=pairs)) == []
    fewer = replace(problem, couriers=problem.couriers[:149])
    assert len(refusal_of(fewer, PlanRules(keep_apart=pairs))) == 1


def drawn(seed: int) -> tuple[Problem, PlanRules]:
    """Five calls at one place with skills, bans, groups, locks; three couriers who know different things."""
    draw = np.random.default_rng(seed)
    skills = ["boat", "hill", "cash"]

    def some(chance: float) -> frozenset[str]:
        return frozenset(skill for skill in skills if draw.random() < chance)

    calls = [
        stop(name, 1, skills=some(0.25), penalty=5 if draw.random() < 0.15 else None)
        for name in "abcde"
    ]
    men = [courier(man, skills=some(0.7)) for man in MEN]
    pairs = [a + b for a, b in combinations("abcde", 2) if draw.random() < 0.55]
    together = tuple((S(a), S(b)) for a, b in combinations("abcde", 2) if draw.random() < 0.06)
    locks = tuple(
        Lock(level=LockLevel.COURIER, courier=MEN[int(draw.integers(0, 3))], stops=(S(name),))
        for name in "abcde"
        if draw.random() < 0.15
    )
    rules = PlanRules(keep_apart=apart(*pairs), keep_together=together, locks=locks)
    return on_a_line(calls, men), rules


def can_be_shared_out(problem: Problem, rules: PlanRules) -> bool:
    """Every way to give the calls to couriers, or leave out what may be left out, tried."""
    holder = {name: lock.courier for lock in rules.locks for name in lock.stops}
    whole = replace(problem, rules=PlanRules())
    choices: list[list[CourierId | None]] = []
    for call in whole.stops:
        able = [man.id for man in whole.couriers if call.skills <= man.skills]
        if call.id in holder:
            choices.append([man for man in able if man == holder[call.id]])
        else:
            choices.append([*able, *([None] if call.penalty is not None else [])])
    for given in product(*choices):
        of = dict(zip((call.id for call in whole.stops), given, strict=True))
        if any(of[a] is not None and of[a] == of[b] for a, b in rules.keep_apart):
            continue
        groups = ({of[one] for one in group} - {None} for group in rules.keep_together)
        if all(len(men) < 2 for men in groups):
            return True
    return False


@pytest.mark.parametrize("chunk", range(4))
def test_calls_are_refused_exactly_where_they_cannot_be_shared_out(chunk: int) -> None:
    refused = fitting = 0
    for seed in range(chunk * 150, chunk * 150 + 150):
        try:
            problem, rules = drawn(seed)
        except ContradictoryProblem:  # a call that nobody can make: not what is asked here
            continue
        found = refusal_of(problem, rules)
        assert bool(found) is not can_be_shared_out(problem, rules), f"seed {seed}: {found}"
        refused += bool(found)
        fitting += not found

    assert min(refused, fitting) > 20


def fits_into(sizes: list[int], bags: int, most: int) -> bool:
    """Every way to put them into so many bags tried."""
    return any(
        all(
            sum(s for s, b in zip(sizes, given, strict=True) if b == bag) <= most
            for bag in range(bags)
        )
        for given in product(range(bags), repeat=len(sizes))
    )


def test_bags_are_refused_only_where_every_way_to_fill_them_is_too_large() -> None:
    draw = np.random.default_rng(7)
    refused = missed = 0
    for _ in range(400):
        sizes = [int(size) for size in draw.integers(1, 10, int(draw.integers(2, 7)))]
        most, tours = int(draw.integers(max(sizes), 14)), int(draw.integers(1, 4))
        calls = [stop(f"s{n}", 1, loads=(size,)) for n, size in enumerate(sizes)]
        men = [courier(LAN, capacities=(most,), max_tours=tours), courier(MINH)]
        problem = on_a_line(calls, men, load_names=("kg",))
        lock = Lock(level=LockLevel.COURIER, courier=LAN, stops=tuple(c.id for c in calls))

        found = refusal_of(problem, PlanRules(locks=(lock,)))

        fits = fits_into(sizes, tours, most)
        assert not (found and fits), f"{sizes} in {tours} of {most}: {found}"
        refused += bool(found)
        missed += not found and not fits

    assert refused > 50
    assert missed < refused / 20
