"""What is done is a fact: no rule takes it away, and what would forbid it is forgiven.

Forgiven is only what stands in the way, and only to whom it happened. The clock of the past is the
problem's own, not the street's: a courier who was faster than the tables counts as being where the
tables have him.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from routing.cut_off import called_singly, let_go
from routing.days import Scheduler, Tours, cuts
from routing.driven import with_driven_roads
from routing.findings import ContradictoryProblem
from routing.loosening import with_possible_locks
from routing.plan import Loosened, Plan, Route
from routing.problem import Courier, Problem, Shipment, Stop
from routing.reach import obstacle
from routing.rides import Rides
from routing.rules import Lock, LockLevel, PlanRules
from routing.steps import Blocked
from routing.tables import Profile
from routing.terms import UNREACHABLE, CourierId, StopId, Window

CUTS_TRIED: Final = 500
# A window nobody can meet: the stop's own are over.
NEVER = Window(opens_second=UNREACHABLE - 1, closes_second=UNREACHABLE - 1)

Done = Mapping[CourierId, tuple[StopId, ...]]
Begun = dict[int, Tours]


@dataclass(frozen=True, kw_only=True)
class FromNowOn:
    """The problem with its past closed, and how each courier has begun (stop numbers by tour)."""

    problem: Problem
    begun: Begun
    loosened: tuple[Loosened, ...] = ()


def from_now_on(
    problem: Problem,
    rules: PlanRules,
    now_second: int,
    done: Done,
    published: Plan,
    roads: tuple[Profile, ...] = (),
    *,
    loosen: bool = False,
) -> FromNowOn:
    """Done stops come before now, all others from now on.

    Args:
        problem: as it is now.
        rules: those to plan by; `done` has locks of order among them already.
        now_second: the clock.
        done: for every courier what is done, in order.
        published: the plan people know.
        roads: the profiles from now on; none: the problem's.
        loosen: locks that cannot be kept are loosened, not refused.
    """
    past = frozenset(stop for stops in done.values() for stop in stops)
    free = replace(
        problem, rules=replace(rules, locks=(), keep_apart=(), keep_together=(), banned=())
    )
    free = _with_past(_torn(free, done), past, None)
    free = let_go(free, past, lambda day: with_driven_roads(day, done, published, roads))
    free_from = max([now_second, *_ends(free, done)])
    free = _with_past(free, past, free_from)
    begun: Begun = {}
    scheduler = Scheduler(free)
    for courier, stops in done.items():
        if stops:
            free, begun[free.courier_index[courier]] = _stood(scheduler, courier, stops)
            scheduler = _scheduler(scheduler, free)
    rules = replace(rules, depot_hours=free.rules.depot_hours)
    carried = _carried(problem, done)
    rules = replace(rules, locks=_followed(free, rules.locks, carried))
    facts = past.union(carried) if loosen else None
    try:
        kept, loosened = _locked(free, _kept(rules, past, fully=False), facts)
    except ContradictoryProblem:
        kept, loosened = None, ()
    if kept is None or loosened:
        # Through others a group may bind what is done to somebody else.
        kept, loosened = _locked(free, _kept(rules, past, fully=True), facts)
    return FromNowOn(problem=kept, begun=begun, loosened=loosened)


def _locked(
    problem: Problem, rules: PlanRules, facts: frozenset[StopId] | None
) -> tuple[Problem, tuple[Loosened, ...]]:
    """The problem by these rules; with `facts`, locks of anything else are loosened where they must."""
    if facts is None:
        return replace(problem, rules=rules), ()
    certain = [
        lock
        for lock in rules.locks
        if lock.level is not LockLevel.ROUTE and facts.issuperset(lock.stops)
    ]
    wishes = [lock for lock in rules.locks if lock not in certain]
    return with_possible_locks(replace(problem, rules=replace(rules, locks=tuple(certain))), wishes)


def _with_past(problem: Problem, past: frozenset[StopId], free_from: int | None) -> Problem:
    """What is done has no hours of its own any more; with `free_from`, it lies before that."""

    def written(stop: Stop) -> Stop:
        if stop.id not in past:
            return stop if free_from is None else _later(stop, free_from)
        before = () if free_from is None else (Window(opens_second=0, closes_second=free_from),)
        return replace(stop, windows=before, skills=frozenset(), release_second=0)

    rides = Rides(problem)

    def is_late(pair: Shipment) -> bool:
        taken, given = problem.halves(pair)
        return rides.is_late(pair, written(taken), written(given))

    late = [pair for pair in problem.shipments if is_late(pair)]
    # What is on board for longer than it may be is no shipment any more, and is brought all the same.
    overdue = [
        pair.dropoff
        for pair in late
        if pair.pickup in past and not is_late(replace(pair, max_ride_seconds=None))
    ]
    # It has become too late for the other pairs, which is no contradiction.
    closed = {pair.dropoff for pair in late}.difference(overdue)
    waiting = {pair.pickup for pair in late} - past
    rest = _unloaded(problem, overdue)

    def left(stop: Stop) -> Stop:
        if stop.id in closed:
            return replace(stop, windows=(NEVER,))
        return stop if stop.id in waiting else written(stop)

    shipments = (
        replace(pair, max_ride_seconds=None) if pair.dropoff in closed else pair
        for pair in rest.shipments
    )
    return replace(problem, stops=tuple(map(left, rest.stops)), shipments=tuple(shipments))


def _torn(problem: Problem, done: Done) -> Problem:
    """Shipments that did not happen as they should are two calls now."""
    place = {stop: (man, n) for man, stops in done.items() for n, stop in enumerate(stops)}
    kept: list[Shipment] = []
    torn: list[Shipment] = []
    for pair in problem.shipments:
        taken, given = place.get(pair.pickup), place.get(pair.dropoff)
        if given is None:
            kept.append(pair)
        elif taken is not None and taken[0] == given[0] and taken[1] < given[1]:
            kept.append(replace(pair, max_ride_seconds=None))
        else:
            torn.append(pair)
    return called_singly(replace(problem, shipments=(*kept, *torn)), torn, loads=False)


def _on_board(problem: Problem, stops: Sequence[StopId]) -> list[StopId]:
    """Drop-offs still owed, by when they close."""
    done = set(stops)
    owed = [s.dropoff for s in problem.shipments if s.pickup in done and s.dropoff not in done]
    calls = [problem.stops[problem.stop_index[stop]] for stop in owed]
    calls.sort(key=lambda call: call.windows[-1].closes_second if call.windows else UNREACHABLE)
    return [call.id for call in calls]


def _ends(problem: Problem, done: Done) -> list[int]:
    """When, by the tables, each courier started the last stop that is done."""
    scheduler = Scheduler(problem)
    ends = []
    for courier, stops in done.items():
        if stops:
            number = problem.courier_index[courier]
            whole = (*stops, *_on_board(problem, stops))
            order = tuple(problem.stop_index[stop] for stop in whole)
            route = _driven(scheduler, number, order) or scheduler.forced_route(number, (order,))
            ends.append(next(v.start_second for v in route.visits if v.stop == stops[-1]))
    return ends


def _driven(scheduler: Scheduler, courier: int, order: tuple[int, ...]) -> Route | None:
    """The calls in this order, in as few tours as can be; None where no way is found."""
    most = scheduler.problem.couriers[courier].max_tours
    for tours in islice(cuts(order, most), CUTS_TRIED):
        route = scheduler.route(courier, tours)
        if not isinstance(route, Blocked):
            return route
    return None


def _stood(
    scheduler: Scheduler, courier: CourierId, stops: tuple[StopId, ...]
) -> tuple[Problem, Tours]:
    """The problem in which this courier's day could begin as it did, and his tours so far.

    What he carries is brought if that can be; else its halves are two calls.
    """
    problem = scheduler.problem
    owed = _on_board(problem, stops)
    apart = _unloaded(problem, owed)
    for forgive in (_nothing, _bag, _length, _rests, _office_hours):
        apart, whole = forgive(apart, courier, stops), forgive(problem, courier, stops)
        route = _route(_scheduler(scheduler, apart), courier, stops)
        if route is None:
            problem = whole
            continue
        problem, kept = whole, list(stops)
        for dropoff in owed:
            rest = [one for one in owed if one not in kept and one != dropoff]
            trial = _scheduler(scheduler, _unloaded(problem, rest))
            if _route(trial, courier, (*kept, dropoff)) is not None:
                kept.append(dropoff)
        problem = _unloaded(problem, [one for one in owed if one not in kept])
        begun = _route(_scheduler(scheduler, problem), courier, tuple(kept))
        return problem, _numbers(problem, begun or route)
    return apart, (tuple(apart.stop_index[stop] for stop in stops),)


def _unloaded(problem: Problem, dropoffs: Sequence[StopId]) -> Problem:
    """These come no longer on the tour of their pick-up: it goes to the office, they are calls."""
    given = set(dropoffs)
    parted = [pair for pair in problem.shipments if pair.dropoff in given]
    return called_singly(problem, parted, loads=True)


def _route(scheduler: Scheduler, courier: CourierId, stops: tuple[StopId, ...]) -> Route | None:
    problem = scheduler.problem
    order = tuple(problem.stop_index[stop] for stop in stops)
    return _driven(scheduler, problem.courier_index[courier], order)


def _scheduler(known: Scheduler, problem: Problem) -> Scheduler:
    """What a scheduler derives from a large problem is not derived twice."""
    return known if known.problem is problem else Scheduler(problem)


def _numbers(problem: Problem, route: Route) -> Tours:
    return tuple(tuple(problem.stop_index[v.stop] for v in tour.visits) for tour in route.tours)


def _nothing(problem: Problem, _courier: CourierId, _stops: Sequence[StopId]) -> Problem:
    return problem


def _bag(problem: Problem, courier: CourierId, stops: Sequence[StopId]) -> Problem:
    """Who carried it all at once can carry so much."""
    number = problem.courier_index[courier]
    if not problem.couriers[number].capacities:
        return problem
    states = Scheduler(problem).loads([problem.stop_index[stop] for stop in stops])
    most = tuple(map(max, problem.couriers[number].capacities, *states))
    return _with_courier(problem, courier, lambda man: replace(man, capacities=most))


def _length(problem: Problem, courier: CourierId, stops: Sequence[StopId]) -> Problem:
    """Who is out so long and so far may be back; not more than that."""
    number = problem.courier_index[courier]
    order = tuple(problem.stop_index[stop] for stop in stops)
    route = Scheduler(problem).forced_route(number, (order,))

    def longer(man: Courier) -> Courier:
        opens, closes = man.shift.opens_second, man.shift.closes_second
        closes = min(UNREACHABLE - 1, max(closes, route.returns_second))
        return replace(
            man,
            shift=Window(opens_second=opens, closes_second=closes),
            max_route_seconds=_at_least(man.max_route_seconds, closes - opens),
            max_route_metres=_at_least(man.max_route_metres, route.distance_m),
        )

    return _with_courier(problem, courier, longer)


def _at_least(limit: int | None, number: int) -> int | None:
    return None if limit is None else max(limit, number)


def _rests(problem: Problem, courier: CourierId, _stops: Sequence[StopId]) -> Problem:
    return _with_courier(problem, courier, lambda man: replace(man, breaks=()))


def _office_hours(problem: Problem, courier: CourierId, stops: Sequence[StopId]) -> Problem:
    """The office was open to him."""
    man = problem.couriers[problem.courier_index[courier]]
    ends = {man.start_location, man.end_location}
    hours = {p: spans for p, spans in problem.rules.depot_hours.items() if p not in ends}
    open_to_him = replace(problem, rules=replace(problem.rules, depot_hours=hours))
    return _length(open_to_him, courier, stops)


def _with_courier(
    problem: Problem, courier: CourierId, change: Callable[[Courier], Courier]
) -> Problem:
    men = tuple(change(man) if man.id == courier else man for man in problem.couriers)
    return replace(problem, couriers=men)


def _carried(problem: Problem, done: Done) -> dict[StopId, CourierId]:
    """What is on board, by its drop-off, and who has it."""
    past = {stop for stops in done.values() for stop in stops}
    taker = {stop: courier for courier, stops in done.items() for stop in stops}
    return {
        pair.dropoff: taker[pair.pickup]
        for pair in problem.shipments
        if pair.pickup in past and pair.dropoff not in past
    }


def _followed(
    problem: Problem, locks: Sequence[Lock], carried: Mapping[StopId, CourierId]
) -> tuple[Lock, ...]:
    """What is on board stays with who carries it, whatever was locked."""
    followed = []
    for lock in locks:
        kept = [n for n, s in enumerate(lock.stops) if carried.get(s, lock.courier) == lock.courier]
        stops = tuple(lock.stops[n] for n in kept)
        if lock.level is LockLevel.ROUTE:
            mine = (stop for stop, courier in carried.items() if courier == lock.courier)
            stops += tuple(stop for stop in mine if stop not in stops)
        times = tuple(lock.start_seconds[n] for n in kept) if lock.start_seconds else ()
        followed.append(replace(lock, stops=stops, start_seconds=times))
    for stop, courier in carried.items():
        man = problem.couriers[problem.courier_index[courier]]
        if obstacle(problem, problem.stops[problem.stop_index[stop]], man) is None:
            followed.append(Lock(level=LockLevel.COURIER, courier=courier, stops=(stop,)))
    return tuple(followed)


def _kept(rules: PlanRules, past: frozenset[StopId], *, fully: bool) -> PlanRules:
    """The groups as far as what is done has not broken them; `fully`: without what is done."""
    holder = {stop: lock.courier for lock in rules.locks for stop in lock.stops}

    def left(group: tuple[StopId, ...]) -> tuple[StopId, ...]:
        couriers = {holder[stop] for stop in group if stop in holder}
        if len(couriers) < 2 and not fully:
            return group
        return tuple(stop for stop in group if stop not in past)

    def stands(one: StopId, other: StopId) -> bool:
        if past.isdisjoint((one, other)):
            return True
        return not fully and (one not in holder or holder[one] != holder.get(other))

    return replace(
        rules,
        banned=tuple(pair for pair in rules.banned if pair[0] not in past),
        keep_together=tuple(left(group) for group in rules.keep_together),
        keep_apart=tuple(pair for pair in rules.keep_apart if stands(*pair)),
    )


def _later(stop: Stop, second: int) -> Stop:
    windows = stop.windows or (Window(opens_second=0, closes_second=UNREACHABLE - 1),)
    left = tuple(
        Window(opens_second=max(w.opens_second, second), closes_second=w.closes_second)
        for w in windows
        if w.closes_second >= second
    )
    return replace(stop, windows=left or (NEVER,))
