"""Plan again without upsetting the day: what is done and locked stays, every change costs.

A new plan always starts from the published one. How much of it may move is the `Scope`; inside the
scope each change is priced, so a stop moves only when that is worth it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import assert_never

from routing.assembly import orders_of
from routing.days import Scheduler
from routing.engines import Cancelled, Engine, OnProgress
from routing.plan import Budget, Plan
from routing.problem import Courier, Problem, Stop
from routing.reach import obstacle
from routing.rules import Lock, LockLevel, PlanRules, Published
from routing.solve import solve
from routing.steps import Blocked
from routing.terms import UNREACHABLE, CourierId, StopId, Window

# A window nobody can meet: the stop's own are over.
NEVER = Window(opens_second=UNREACHABLE - 1, closes_second=UNREACHABLE - 1)


class Scope(Enum):
    """How much of the published plan may change; locks of the problem hold in all but the last."""

    UNLOCKED = "unlocked"  # everything that is not locked
    KEEP_COURIERS = "keep_couriers"  # the order only: every stop stays with its courier
    INSERT_ONLY = "insert_only"  # nothing that is planned moves; new stops go in between
    FROM_SCRATCH = "from_scratch"  # all but what is done, locks included


@dataclass(frozen=True, kw_only=True)
class Calm:
    """What a change costs, in cost units; see `Published`."""

    courier_change_cost: int = 0
    order_change_cost: int = 0


@dataclass(frozen=True, kw_only=True)
class DaySoFar:
    """How far the day is: the clock, and for every courier the stops already done, in order."""

    now_second: int
    done: Mapping[CourierId, Sequence[StopId]]


def replan(
    problem: Problem,
    published: Plan,
    *,
    scope: Scope,
    budget: Budget,
    so_far: DaySoFar | None = None,
    calm: Calm | None = None,
    threads: int = 1,
    seed: int = 0,
    on_progress: OnProgress | None = None,
    cancelled: Cancelled | None = None,
    engines: Sequence[Engine] | None = None,
) -> Plan:
    """A better plan for the problem as it is now, as close to the published one as `scope` says.

    Args:
        problem: as it is now: stops may be new or gone, couriers absent, roads closed.
        published: the plan people know; what the problem no longer knows is passed over.
        scope: how much may move.
        so_far: what is done already; it keeps its courier and order and comes first.
        calm: the price of changes within the scope.

    The other arguments are those of `solve`.

    Raises:
        ContradictoryProblem: what is done or locked contradicts the problem as it is now.
    """
    narrowed = narrowed_problem(problem, published, scope=scope, so_far=so_far, calm=calm)
    return solve(
        narrowed,
        budget=budget,
        threads=threads,
        seed=seed,
        on_progress=on_progress,
        cancelled=cancelled,
        engines=engines,
        start=published,
    )


def narrowed_problem(
    problem: Problem,
    published: Plan,
    *,
    scope: Scope,
    so_far: DaySoFar | None = None,
    calm: Calm | None = None,
) -> Problem:
    """The problem that `replan` solves: locks for the scope, the past closed, changes priced."""
    done = _done(problem, so_far)
    rules = replace(problem.rules, locks=_locks(problem, published, scope, done))
    if calm is not None:
        routes = {route.courier: route.stops for route in published.routes}
        costs = (calm.courier_change_cost, calm.order_change_cost)
        rules = replace(
            rules,
            published=Published(
                routes=routes, courier_change_cost=costs[0], order_change_cost=costs[1]
            ),
        )
    if so_far is None:
        return replace(problem, rules=rules)
    return _from_now_on(replace(problem, rules=_without(rules, done)), so_far, done)


def locked(problem: Problem, plan: Plan, stops: Sequence[StopId], level: LockLevel) -> Problem:
    """The problem with these stops locked as they stand in the plan, beside the locks it has.

    A courier's lock at level ORDER or TIME takes in those it already has at that level, in the
    plan's order. ROUTE locks the whole routes the stops are on.

    Raises:
        KeyError: the plan does not serve one of the stops.
        ContradictoryProblem: the locks contradict one another.
    """
    holder = {stop: route.courier for route in plan.routes for stop in route.stops}
    wanted = {holder[stop] for stop in stops}
    locks = list(problem.rules.locks)
    for route in plan.routes:
        if route.courier not in wanted:
            continue
        chosen = set(stops)
        for lock in locks:
            if lock.courier == route.courier and lock.level is level:
                chosen.update(lock.stops)
        locks = [lock for lock in locks if lock.courier != route.courier or lock.level is not level]
        kept = [v for v in route.visits if level is LockLevel.ROUTE or v.stop in chosen]
        times = tuple(v.start_second for v in kept) if level is LockLevel.TIME else ()
        locks.append(
            Lock(
                level=level,
                courier=route.courier,
                stops=tuple(visit.stop for visit in kept),
                start_seconds=times,
            )
        )
    return replace(problem, rules=replace(problem.rules, locks=tuple(locks)))


def unlocked(problem: Problem, stops: Sequence[StopId]) -> Problem:
    """The problem without any lock on these stops; a whole-route lock becomes one of order."""
    free = set(stops)
    locks = []
    for lock in problem.rules.locks:
        kept = [n for n, stop in enumerate(lock.stops) if stop not in free]
        if not kept:
            continue
        cut = len(kept) < len(lock.stops)
        level = LockLevel.ORDER if cut and lock.level is LockLevel.ROUTE else lock.level
        times = tuple(lock.start_seconds[n] for n in kept) if lock.start_seconds else ()
        stops_kept = tuple(lock.stops[n] for n in kept)
        locks.append(replace(lock, level=level, stops=stops_kept, start_seconds=times))
    return replace(problem, rules=replace(problem.rules, locks=tuple(locks)))


def _done(problem: Problem, so_far: DaySoFar | None) -> dict[CourierId, tuple[StopId, ...]]:
    if so_far is None:
        return {}
    return {
        courier: tuple(stop for stop in stops if stop in problem.stop_index)
        for courier, stops in so_far.done.items()
        if courier in problem.courier_index
    }


def _locks(
    problem: Problem,
    published: Plan,
    scope: Scope,
    done: Mapping[CourierId, tuple[StopId, ...]],
) -> tuple[Lock, ...]:
    past = {stop for stops in done.values() for stop in stops}
    locks = [
        Lock(level=LockLevel.ORDER, courier=courier, stops=stops)
        for courier, stops in done.items()
        if stops
    ]
    match scope:
        case Scope.FROM_SCRATCH:
            return tuple(locks)
        case Scope.UNLOCKED:
            level = None
        case Scope.KEEP_COURIERS:
            level = LockLevel.COURIER
        case Scope.INSERT_ONLY:
            level = LockLevel.ORDER
        case _:
            assert_never(scope)
    for lock in problem.rules.locks:
        kept = _what_is_left_of(lock, past)
        if kept is not None:
            locks.append(kept)
    if level is not None:
        held = {stop: lock.courier for lock in locks for stop in lock.stops}
        for courier, stops in _still_possible(problem, published).items():
            free = tuple(stop for stop in stops if held.get(stop, courier) == courier)
            if free:
                locks.append(Lock(level=level, courier=courier, stops=free))
    return tuple(locks)


def _what_is_left_of(lock: Lock, past: set[StopId]) -> Lock | None:
    """The lock without what is done, which has a lock of its own; None when nothing is left."""
    kept = [number for number, stop in enumerate(lock.stops) if stop not in past]
    if len(kept) == len(lock.stops) or lock.level is LockLevel.ROUTE:
        return lock
    if not kept:
        return None
    times = tuple(lock.start_seconds[n] for n in kept) if lock.start_seconds else ()
    return replace(lock, stops=tuple(lock.stops[n] for n in kept), start_seconds=times)


def _still_possible(problem: Problem, published: Plan) -> dict[CourierId, tuple[StopId, ...]]:
    """The published sequences, without stops that are gone or no longer for their courier."""
    sequences: dict[CourierId, tuple[StopId, ...]] = {}
    for courier, tours in zip(problem.couriers, orders_of(problem, published), strict=True):
        stops = [problem.stops[number] for tour in tours for number in tour]
        kept = tuple(s.id for s in stops if obstacle(problem, s, courier) is None)
        if kept:
            sequences[courier.id] = kept
    return sequences


def _without(rules: PlanRules, done: Mapping[CourierId, tuple[StopId, ...]]) -> PlanRules:
    """Who served a stop already may do so, whatever was banned since."""
    served = {(stop, courier) for courier, stops in done.items() for stop in stops}
    return replace(rules, banned=tuple(pair for pair in rules.banned if pair not in served))


def _from_now_on(
    problem: Problem, so_far: DaySoFar, done: Mapping[CourierId, tuple[StopId, ...]]
) -> Problem:
    """Done stops come before now, all others from now on.

    The clock of the past is the problem's own, not the street's: a courier who was faster than the
    tables counts as being where the tables have him.
    """
    past = {stop: courier for courier, stops in done.items() for stop in stops}
    skills = {c: _skills_shown(problem, stops) for c, stops in done.items()}
    timeless = replace(
        problem,
        stops=tuple(_timeless(s) if s.id in past else s for s in problem.stops),
        couriers=tuple(_shown(c, skills.get(c.id, frozenset())) for c in problem.couriers),
        rules=replace(problem.rules, locks=()),
    )
    free_from = max([so_far.now_second, *_ends_of_the_past(timeless, done)])
    closed = Window(opens_second=0, closes_second=free_from)
    return replace(
        timeless,
        stops=tuple(
            replace(stop, windows=(closed,)) if stop.id in past else _later(stop, free_from)
            for stop in timeless.stops
        ),
        rules=problem.rules,
    )


def _skills_shown(problem: Problem, stops: Sequence[StopId]) -> frozenset[str]:
    return frozenset(
        skill for stop in stops for skill in problem.stops[problem.stop_index[stop]].skills
    )


def _shown(courier: Courier, skills: frozenset[str]) -> Courier:
    return replace(courier, skills=courier.skills | skills)


def _timeless(stop: Stop) -> Stop:
    return replace(stop, windows=())


def _ends_of_the_past(problem: Problem, done: Mapping[CourierId, tuple[StopId, ...]]) -> list[int]:
    """When, by the tables, each courier started the last stop that is done."""
    scheduler = Scheduler(problem)
    ends = []
    for courier, stops in done.items():
        numbers = tuple(problem.stop_index[stop] for stop in stops)
        if numbers:
            route = scheduler.route(problem.courier_index[courier], (numbers,))
            if isinstance(route, Blocked):
                route = scheduler.forced_route(problem.courier_index[courier], (numbers,))
            ends.append(route.visits[-1].start_second)
    return ends


def _later(stop: Stop, second: int) -> Stop:
    windows = stop.windows or (Window(opens_second=0, closes_second=UNREACHABLE - 1),)
    left = tuple(
        Window(opens_second=max(w.opens_second, second), closes_second=w.closes_second)
        for w in windows
        if w.closes_second >= second
    )
    return replace(stop, windows=left or (NEVER,))
