"""A lock that cannot be kept any more is loosened as little as can be, and told; never unless asked."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from routing import (
    UNREACHABLE,
    Because,
    Budget,
    ContradictoryProblem,
    Lock,
    LockLevel,
    Loosened,
    Matrix,
    Plan,
    PlanRules,
    Problem,
    Shipment,
    StopId,
    StopKind,
    Window,
    check,
)
from routing.assembly import assemble
from routing.days import Scheduler
from routing.loosening import with_possible_locks
from routing.replan import DaySoFar, Scope, replan
from routing.wire import plan_from_json, plan_to_json
from tests.routing.small import DAY, LAN, MINH, S, courier, on_a_line, stop, window
from tests.routing.test_locks import drawn, has_a_plan

Level = LockLevel
CALLS = [stop("a", 1), stop("b", 2), stop("c", 3)]
BOTH = [courier(LAN), courier(MINH)]
HOME_SOON = courier(LAN, shift=Window(opens_second=0, closes_second=1000))


def locked(level: LockLevel, *names: str, at: tuple[int, ...] = (), whose: str = LAN) -> Lock:
    who = courier(whose).id  # type: ignore[arg-type]
    return Lock(level=level, courier=who, stops=tuple(map(S, names)), start_seconds=at)


def short(told: Loosened) -> tuple[str, str, str | None, str]:
    left = None if told.left is None else told.left.value
    return told.stop, told.was.value, left, told.because.value


def published(**more: object) -> tuple[Problem, Plan]:
    problem = on_a_line(CALLS, BOTH, **more)  # type: ignore[arg-type]
    free = replace(problem, rules=PlanRules())
    return problem, assemble(Scheduler(free), (((0, 1),), ((2,),)))


def again(problem: Problem, plan: Plan, **more: object) -> Plan:
    budget = Budget(seconds=60, iterations=200)
    given: dict[str, object] = {"scope": Scope.UNLOCKED, "loosen": True} | more
    return replan(problem, plan, budget=budget, **given)  # type: ignore[arg-type]


def test_a_second_that_has_passed_leaves_courier_and_order() -> None:
    problem, plan = published(rules=PlanRules(locks=(locked(Level.TIME, "a", "b", at=(60, 900)),)))
    so_far = DaySoFar(now_second=500, done={})

    with pytest.raises(ContradictoryProblem, match="a: locked to start at 60"):
        again(problem, plan, so_far=so_far, loosen=False)
    later = again(problem, plan, so_far=so_far)

    assert [short(each) for each in later.loosened] == [("a", "time", "order", "too_late")]
    assert "outside its windows" in later.loosened[0].detail
    starts = {v.stop: v.start_second for route in later.routes for v in route.visits}
    assert starts[S("b")] == 900
    assert 500 <= starts[S("a")] < 900
    assert [stop for stop in later.routes[0].stops if stop in {"a", "b"}] == ["a", "b"]


@pytest.mark.parametrize("level", [Level.COURIER, Level.ORDER])
def test_what_is_locked_to_somebody_whose_shift_is_over_goes_to_somebody_else(
    level: LockLevel,
) -> None:
    rules = PlanRules(locks=(locked(level, "a", "b"),))
    problem = on_a_line(CALLS, [HOME_SOON, courier(MINH)], rules=rules)
    _, plan = published()
    so_far = DaySoFar(now_second=1200, done={LAN: [S("a")]})

    with pytest.raises(ContradictoryProblem) as refusal:
        again(problem, plan, so_far=so_far, loosen=False)
    later = again(problem, plan, so_far=so_far)

    assert [finding.subject for finding in refusal.value.findings] == ["b"]
    assert [short(each) for each in later.loosened] == [("b", level.value, None, "too_late")]
    assert {r.courier: r.stops for r in later.routes} == {"Lan": ("a",), "Minh": ("b", "c")}


def test_every_call_locked_to_somebody_whose_shift_is_over_is_named() -> None:
    rules = PlanRules(locks=(locked(Level.ORDER, "a", "b"), locked(Level.COURIER, "b", "c")))
    problem = on_a_line(CALLS, [HOME_SOON, courier(MINH)], rules=rules)
    _, plan = published()

    for scope in (Scope.UNLOCKED, Scope.KEEP_COURIERS, Scope.INSERT_ONLY):
        with pytest.raises(ContradictoryProblem) as refusal:
            again(
                problem, plan, scope=scope, loosen=False, so_far=DaySoFar(now_second=1200, done={})
            )
        assert [str(finding) for finding in refusal.value.findings] == [
            f"{name}: locked to Lan, who cannot call there in time any more" for name in "abc"
        ]


def test_a_shift_too_short_for_what_is_locked_is_named_before_the_day_too() -> None:
    short_shift = courier(LAN, shift=Window(opens_second=0, closes_second=300))
    rules = PlanRules(locks=(locked(Level.COURIER, "c"),))
    problem = on_a_line(CALLS, [short_shift, courier(MINH)], rules=rules)
    _, plan = published()

    with pytest.raises(ContradictoryProblem, match="c: locked to Lan, who cannot call there"):
        again(problem, plan, loosen=False)


@pytest.mark.parametrize("scope", [Scope.KEEP_COURIERS, Scope.INSERT_ONLY])
def test_what_only_the_scope_keeps_with_somebody_is_left_out_not_refused(scope: Scope) -> None:
    problem = on_a_line(CALLS, [HOME_SOON, courier(MINH)])
    _, plan = published()
    so_far = DaySoFar(now_second=1200, done={LAN: [S("a")]})

    later = again(problem, plan, scope=scope, loosen=False, so_far=so_far)

    assert [unserved.stop for unserved in later.unserved] == ["b"]


def test_what_is_locked_and_nobody_can_call_at_in_time_is_left_out_not_refused() -> None:
    calls = [CALLS[0], replace(CALLS[1], windows=window(0, 300)), CALLS[2]]
    rules = PlanRules(locks=(locked(Level.ORDER, "a", "b"),))
    _, plan = published()
    so_far = DaySoFar(now_second=1200, done={})

    later = again(on_a_line(calls, BOTH, rules=rules), plan, loosen=False, so_far=so_far)

    assert [(each.stop, each.reason.value) for each in later.unserved] == [("b", "window")]


def test_what_somebody_carries_beyond_his_shift_is_left_out_not_refused() -> None:
    """Minh could be at the drop-off in time, but it is in Lan's bag."""
    halves = [stop("from", 1, kind=StopKind.PICKUP), stop("to", 9, kind=StopKind.DROPOFF)]
    rules = PlanRules(locks=(locked(Level.ORDER, "from", "to"),))
    pair = Shipment(pickup=S("from"), dropoff=S("to"))
    problem = on_a_line(halves, [HOME_SOON, courier(MINH)], shipments=[pair], rules=rules)
    plan = assemble(Scheduler(replace(problem, couriers=tuple(BOTH))), (((0, 1),), ()))
    so_far = DaySoFar(now_second=700, done={LAN: [S("from")]})

    later = again(problem, plan, loosen=False, so_far=so_far)

    assert [unserved.stop for unserved in later.unserved] == ["to"]


def test_locks_on_somebody_who_is_not_there_are_told() -> None:
    locks = (locked(Level.ORDER, "a", "b"), locked(Level.COURIER, "c", whose=MINH))

    kept, told = with_possible_locks(on_a_line(CALLS, [courier(MINH)]), locks)

    assert [short(each) for each in told] == [
        ("a", "order", None, "absent"),
        ("b", "order", None, "absent"),
    ]
    assert kept.rules.locks == locks[1:]


def test_of_two_locks_against_one_another_the_first_is_kept() -> None:
    locks = (
        locked(Level.COURIER, "a"),
        locked(Level.COURIER, "a", whose=MINH),
        locked(Level.ORDER, "b", "c"),
        locked(Level.ORDER, "c", "b"),
    )

    kept, told = with_possible_locks(on_a_line(CALLS, BOTH), locks)

    assert [(each.courier, *short(each)) for each in told] == [
        ("Minh", "a", "courier", None, "others"),
        ("Lan", "b", "order", "courier", "others"),
    ]
    assert kept.rules.locks[0] == locks[0]
    assert locks[2] in kept.rules.locks


@pytest.mark.parametrize(
    ("because", "rules", "change"),
    [
        (Because.BANNED, PlanRules(banned=((S("b"), LAN),)), {}),
        (Because.NO_SKILL, PlanRules(), {"skills": frozenset({"boat"})}),
        (Because.TOO_LARGE, PlanRules(), {"loads": (9,)}),
    ],
)
def test_whom_a_lock_may_not_bind_is_said(
    because: Because, rules: PlanRules, change: Mapping[str, object]
) -> None:
    calls = [CALLS[0], replace(CALLS[1], **change), CALLS[2]]  # type: ignore[arg-type]
    men = [
        courier(LAN, capacities=(5,)),
        courier(MINH, capacities=(10,), skills=frozenset({"boat"})),
    ]
    problem = on_a_line(calls, men, rules=rules, load_names=("kg",))

    _, told = with_possible_locks(problem, [locked(Level.ORDER, "a", "b", "c")])

    assert [short(each) for each in told] == [("b", "order", None, because.value)]


def test_a_road_closed_before_a_locked_call_takes_the_lock_not_the_day() -> None:
    calls = [*CALLS[:2], replace(CALLS[2], penalty=500)]
    problem = on_a_line(calls, BOTH, rules=PlanRules(locks=(locked(Level.ORDER, "b", "c"),)))
    _, plan = published()
    every = np.arange(12)
    seconds = problem.profiles[0].travel.block(every, every)[0].copy()
    seconds[:, 3] = UNREACHABLE
    flood = replace(problem.profiles[0], travel=Matrix(seconds))
    so_far = DaySoFar(now_second=70, done={LAN: [S("a")]}, roads=(flood,))

    with pytest.raises(ContradictoryProblem, match="c: locked to Lan"):
        again(problem, plan, so_far=so_far, loosen=False)
    later = again(problem, plan, so_far=so_far)

    assert [short(each) for each in later.loosened] == [("c", "order", None, "no_road")]
    assert [(u.stop, u.reason.value) for u in later.unserved] == [("c", "no_road")]


def test_a_whole_route_that_has_become_impossible_keeps_its_order() -> None:
    """What is left of it: b is over for everybody, so nobody else is asked, and new calls may join."""
    calls = [stop("a", 9), stop("b", 2, windows=window(0, 900)), CALLS[2]]
    whole = locked(Level.ROUTE, "a", "b")
    free = on_a_line(calls, BOTH)
    plan = assemble(Scheduler(free), (((0,),), ((2,),)))

    with pytest.raises(ContradictoryProblem, match="whole route"):
        replace(free, rules=PlanRules(locks=(whole,)))
    kept, told = with_possible_locks(free, [whole])

    assert [short(each) for each in told] == [
        ("a", "route", "order", "others"),
        ("b", "route", "order", "others"),
    ]
    assert [lock.level for lock in kept.rules.locks] == [Level.ORDER]
    assert again(free, plan).loosened == ()


def test_of_a_whole_route_that_is_let_go_call_by_call_nothing_keeps_its_courier_at_the_office() -> (
    None
):
    permit = frozenset({"permit"})
    calls = [replace(one, skills=permit) for one in CALLS[:2]]
    men = [courier(LAN), courier(MINH, skills=permit)]
    problem = on_a_line([*calls, CALLS[2]], men)

    kept, told = with_possible_locks(problem, [locked(Level.ROUTE, "a", "b")])

    assert [short(each) for each in told] == [
        ("a", "route", None, "no_skill"),
        ("b", "route", None, "no_skill"),
    ]
    assert kept.rules.locks == ()


def test_what_is_done_is_never_loosened() -> None:
    problem, plan = published(rules=PlanRules(locks=(locked(Level.ORDER, "a", "b"),)))
    so_far = DaySoFar(now_second=500, done={MINH: [S("b")]})

    for scope in Scope:
        later = again(problem, plan, so_far=so_far, scope=scope)

        assert later.routes[-1].courier == MINH
        assert later.routes[-1].stops[0] == "b"
        assert later.loosened == ()


def test_locks_that_hold_are_kept_as_they_are() -> None:
    locks = (
        locked(Level.TIME, "a", at=(600,)),
        locked(Level.ORDER, "a", "b"),
        locked(Level.ROUTE, "c", whose=MINH),
    )

    kept, told = with_possible_locks(on_a_line(CALLS, BOTH), locks)

    assert kept.rules.locks == locks
    assert told == ()


def test_who_is_locked_at_the_office_stays_there() -> None:
    idle = Lock(level=Level.ROUTE, courier=MINH, stops=(S("gone"),))
    impossible = locked(Level.TIME, "a", at=(5,))

    kept, told = with_possible_locks(on_a_line(CALLS, BOTH), [idle, impossible])

    assert replace(idle, stops=()) in kept.rules.locks
    assert [each.stop for each in told] == ["a"]


@pytest.mark.parametrize(
    "lock",
    [
        locked(Level.ORDER, "a", "a"),
        locked(Level.TIME, "a", "b", at=(700,)),
        locked(Level.COURIER, "a", at=(700,)),
    ],
)
def test_a_lock_that_says_nothing_sensible_is_refused_all_the_same(lock: Lock) -> None:
    with pytest.raises(ContradictoryProblem):
        with_possible_locks(on_a_line(CALLS, BOTH), [lock])


def test_what_contradicts_itself_without_any_lock_is_refused_all_the_same() -> None:
    apart = PlanRules(keep_apart=((S("a"), S("a")),))
    _, plan = published()

    with pytest.raises(ContradictoryProblem, match="apart from itself"):
        again(on_a_line(CALLS, BOTH, rules=apart), plan)


def test_what_was_loosened_is_written_and_read_with_the_plan() -> None:
    problem, plan = published(rules=PlanRules(locks=(locked(Level.TIME, "a", at=(60,)),)))

    later = again(problem, plan, so_far=DaySoFar(now_second=500, done={}))

    assert later.loosened
    assert plan_from_json(plan_to_json(later)) == later


def all_starts(locks: tuple[Lock, ...]) -> dict[StopId, set[int]]:
    starts: dict[StopId, set[int]] = {}
    for lock in locks:
        for one, second in zip(lock.stops, lock.start_seconds, strict=False):
            starts.setdefault(one, set()).add(second)
    return starts


@pytest.mark.parametrize("chunk", range(4))
def test_what_is_loosened_could_not_be_kept_beside_the_rest(chunk: int) -> None:
    """Every plan of four calls and two couriers tried: with the next level of the lock there is none."""
    asked = 0
    for seed in range(chunk * 60, chunk * 60 + 60):
        try:
            free, rules = drawn(seed)
            base = replace(free, rules=replace(rules, locks=()))
        except ContradictoryProblem:  # without any lock: not what is asked here
            continue
        kept, told = with_possible_locks(base, rules.locks)
        for each in told[:2]:
            asked += 1
            lock = next(x for x in rules.locks if is_of(x, each) and x not in kept.rules.locks)
            locks = (*kept.rules.locks, one_level_more(lock, each, told))
            both = replace(rules, locks=locks)
            assert not has_a_plan(base, both, all_starts(locks)), f"seed {seed}: {each}"

    assert asked > 5


def is_of(lock: Lock, told: Loosened) -> bool:
    return lock.courier == told.courier and lock.level is told.was and told.stop in lock.stops


def one_level_more(lock: Lock, each: Loosened, told: tuple[Loosened, ...]) -> Lock:
    """The least that the lock asks of the stop beyond what it was left."""
    if each.left is None:
        return replace(lock, level=Level.COURIER, stops=(each.stop,), start_seconds=())
    if each.left is Level.ORDER and each.was is Level.TIME:
        second = lock.start_seconds[lock.stops.index(each.stop)]
        return replace(lock, stops=(each.stop,), start_seconds=(second,))
    if each.left is Level.ORDER:
        return lock
    below = {x.stop for x in told if is_of(lock, x) and x.left in {None, Level.COURIER}}
    stops = tuple(s for s in lock.stops if s == each.stop or s not in below)
    return replace(lock, level=Level.ORDER, stops=stops, start_seconds=())


def test_a_lock_is_not_taken_from_who_could_still_call_there() -> None:
    """Minh is out of time to the second: 540 there, 540 back."""
    for closes, is_late in ((1079, True), (1080, False)):
        men = [
            courier(LAN, shift=DAY),
            courier(MINH, shift=Window(opens_second=0, closes_second=closes)),
        ]
        problem = on_a_line([stop("a", 9)], men)

        _, told = with_possible_locks(problem, [locked(Level.COURIER, "a", whose=MINH)])

        lone = Scheduler(problem).route(1, ((0,),))
        assert bool(told) is is_late
        assert is_late is not hasattr(lone, "tours")


def test_nobody_is_freed_of_a_call_that_nobody_can_make_in_time() -> None:
    problem = on_a_line([stop("a", 9, windows=window(0, 100))], BOTH)

    _, told = with_possible_locks(problem, [locked(Level.COURIER, "a", whose=MINH)])

    assert told == ()


def test_a_loosened_plan_is_sound() -> None:
    problem, plan = published(rules=PlanRules(locks=(locked(Level.TIME, "a", at=(60,)),)))

    later = again(problem, plan, so_far=DaySoFar(now_second=500, done={}))

    assert check(replace(problem, rules=PlanRules()), later) == ()
