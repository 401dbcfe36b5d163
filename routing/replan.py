"""Plan again without upsetting the day: what is done and locked stays, every change costs.

A new plan always starts from the published one. How much of it may move is the `Scope`; inside the
scope each change is priced, so a stop moves only when that is worth it.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import chain
from typing import Final, assert_never

from routing.assembly import assemble, orders_of
from routing.days import Scheduler
from routing.driven import asked_of_nobody
from routing.engines import Cancelled, Engine, OnProgress
from routing.insertion import Draft, insert_all
from routing.loosening import refuse_too_late, with_possible_locks
from routing.past import FromNowOn, from_now_on
from routing.plan import Budget, Plan
from routing.problem import Problem
from routing.reach import obstacle
from routing.rules import Lock, LockLevel, Published
from routing.solve import solve
from routing.steps import Blocked
from routing.tables import Profile
from routing.terms import CourierId, StopId

# Of the budget, at most so much for going on with the published day.
FIRST_PLAN_SHARE: Final = 0.3
FIRST_PLAN_SECONDS: Final = 0.5


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
    """How far the day is: the clock, and for every courier the stops already done, in order.

    `roads` are the profiles from now on, where they are not the problem's any more: what is done was
    driven on the problem's own. A road closed since is as well left out of the problem's own tables,
    unless it cuts a mandatory stop off: a problem says nothing of what is done, so it is then refused.
    What `roads` cut off and is not done is left out of the plan, with its reason.
    """

    now_second: int
    done: Mapping[CourierId, Sequence[StopId]]
    roads: tuple[Profile, ...] = ()


def replan(
    problem: Problem,
    published: Plan,
    *,
    scope: Scope,
    budget: Budget,
    so_far: DaySoFar | None = None,
    calm: Calm | None = None,
    loosen: bool = False,
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
        loosen: a lock that cannot be kept any more is loosened as far as it must be, and the plan
            tells of it (`Plan.loosened`), instead of being refused by name.

    The other arguments are those of `solve`.

    Raises:
        ContradictoryProblem: what is done or locked contradicts the problem as it is now.
    """
    narrowed = _narrowed(problem, published, scope, so_far, calm, loosen=loosen)
    start = published
    if narrowed.begun:
        limit = min(budget.seconds * FIRST_PLAN_SHARE, FIRST_PLAN_SECONDS)
        seconds = None if budget.iterations is not None else limit
        start = _begun_plan(narrowed, published, seconds)

    def solved(by: Sequence[Engine] | None) -> Plan:
        return solve(
            narrowed.problem,
            budget=budget,
            threads=threads,
            seed=seed,
            on_progress=on_progress,
            cancelled=cancelled,
            engines=by,
            start=start,
        )

    plan = solved(engines)
    facts = {narrowed.problem.stops[n].id for t in narrowed.begun.values() for n in chain(*t)}
    if any(unserved.stop in facts for unserved in plan.unserved):
        # A search may give one mandatory stop for two others, but not one that is done.
        plan = solved([])
    return replace(plan, loosened=narrowed.loosened)


def _begun_plan(narrowed: FromNowOn, published: Plan, seconds: float | None) -> Plan:
    """What is done, then what was published as far as that still fits, then the rest."""
    problem = narrowed.problem
    scheduler = Scheduler(problem)
    draft = Draft(scheduler, tuple(narrowed.begun.get(n, ()) for n in range(len(problem.couriers))))
    for courier, tours in enumerate(orders_of(problem, published)):
        for tour in tours:
            _carry_on(draft, courier, tour)
    until = None if seconds is None else time.monotonic() + seconds
    insert_all(draft, [n for n in range(len(problem.stops)) if n not in draft.holder], until=until)
    return assemble(scheduler, draft.orders)


def _carry_on(draft: Draft, courier: int, tour: Sequence[int]) -> None:
    """Go on with a published tour: on the tour that is under way, else on one of its own."""
    partner = draft.scheduler.arrays.partner
    free = [n for n in tour if n not in draft.holder and draft.may_hold(courier, n)]
    left = tuple(n for n in free if partner[n] < 0 or int(partner[n]) in free)
    if not left or not _get_on(draft, left):
        return
    begun = draft.tours[courier]
    for tours in ((*begun[:-1], (*chain(*begun[-1:]), *left)), (*begun, left)):
        route = draft.scheduler.route(courier, tours)
        if not isinstance(route, Blocked):
            draft.accept(courier, tours, route)
            return


def _get_on(draft: Draft, stops: Sequence[int]) -> bool:
    """Whether none of these is to be kept apart from another of them."""
    problem = draft.problem
    names = {problem.stops[n].id for n in stops}
    return not any(names.issuperset(pair) for pair in problem.rules.keep_apart)


def narrowed_problem(
    problem: Problem,
    published: Plan,
    *,
    scope: Scope,
    so_far: DaySoFar | None = None,
    calm: Calm | None = None,
    loosen: bool = False,
) -> Problem:
    """The problem that `replan` solves: locks for the scope, the past closed, changes priced."""
    return _narrowed(problem, published, scope, so_far, calm, loosen=loosen).problem


def _narrowed(
    problem: Problem,
    published: Plan,
    scope: Scope,
    so_far: DaySoFar | None,
    calm: Calm | None,
    *,
    loosen: bool,
) -> FromNowOn:
    done = _done(problem, so_far)
    roads = () if so_far is None else so_far.roads
    past = {stop for stops in done.values() for stop in stops}
    asked = asked_of_nobody(problem, roads, past)
    locks = _locks(asked, problem.rules.locks, published, scope, done)
    rules = replace(problem.rules, locks=locks)
    if calm is not None:
        routes = {route.courier: route.stops for route in published.routes}
        costs = (calm.courier_change_cost, calm.order_change_cost)
        rules = replace(
            rules,
            published=Published(
                routes=routes, courier_change_cost=costs[0], order_change_cost=costs[1]
            ),
        )
    if so_far is not None:
        now = so_far.now_second
        narrowed = from_now_on(problem, rules, now, done, published, roads, loosen=loosen)
    elif loosen:
        free = replace(problem, rules=replace(rules, locks=()))
        kept, loosened = with_possible_locks(free, rules.locks)
        narrowed = FromNowOn(problem=kept, begun={}, loosened=loosened)
    else:
        narrowed = FromNowOn(problem=replace(problem, rules=rules), begun={})
    if not loosen and scope is not Scope.FROM_SCRATCH:
        # Not what the scope alone keeps with somebody: that was locked by nobody.
        facts = past.union(pair.dropoff for pair in problem.shipments if pair.pickup in past)
        refuse_too_late(narrowed.problem, problem.rules.locks, facts)
    return narrowed


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
        courier: tuple(dict.fromkeys(stop for stop in stops if stop in problem.stop_index))
        for courier, stops in so_far.done.items()
        if courier in problem.courier_index
    }


def _locks(
    problem: Problem,
    there: Sequence[Lock],
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
    for lock in there:
        kept = _what_is_left_of(lock, past, done.get(lock.courier, ()))
        if kept is not None:
            locks.append(kept)
    if level is not None:
        held = {stop: lock.courier for lock in locks for stop in lock.stops}
        for courier, stops in _still_possible(problem, published).items():
            open_stops = (stop for stop in stops if stop not in past)
            free = tuple(stop for stop in open_stops if held.get(stop, courier) == courier)
            if free:
                locks.append(Lock(level=level, courier=courier, stops=free))
    return tuple(locks)


def _what_is_left_of(lock: Lock, past: set[StopId], begun: tuple[StopId, ...]) -> Lock | None:
    """The lock without what is done, which has a lock of its own; None when nothing is left.

    A whole route begins with what its courier has done, in his order.
    """
    kept = [number for number, stop in enumerate(lock.stops) if stop not in past]
    left = tuple(lock.stops[n] for n in kept)
    if lock.level is LockLevel.ROUTE:
        return replace(lock, stops=(*begun, *left))
    if not kept:
        return None
    times = tuple(lock.start_seconds[n] for n in kept) if lock.start_seconds else ()
    return replace(lock, stops=left, start_seconds=times)


def _still_possible(problem: Problem, published: Plan) -> dict[CourierId, tuple[StopId, ...]]:
    """The published sequences, without stops that are gone or no longer for their courier."""
    sequences: dict[CourierId, tuple[StopId, ...]] = {}
    for courier, tours in zip(problem.couriers, orders_of(problem, published), strict=True):
        stops = [problem.stops[number] for tour in tours for number in tour]
        kept = tuple(s.id for s in stops if obstacle(problem, s, courier) is None)
        if kept:
            sequences[courier.id] = kept
    return sequences
