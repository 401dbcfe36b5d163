"""The same problem with exactly one constraint lifted, to see whether that one was binding."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from routing.plan import Reason
from routing.problem import Courier, Problem, Stop
from routing.rules import Lock, LockLevel, PlanRules
from routing.tables import IntArray, Matrix, TravelTable
from routing.terms import UNREACHABLE, CourierId, StopId, Window

# Lifting the shift means so much overtime, not an endless day.
OVERTIME_SECONDS = 4 * 3600
_ANY = CourierId("")
# A constraint, and the problem without it.
Way = tuple[Reason, Callable[[], Problem]]


def relaxations(problem: Problem, left_out: frozenset[StopId]) -> tuple[Way, ...]:
    """Constraint by constraint, in the order in which they are asked.

    What stands on a stop is lifted for the stops left out only; what stands on couriers, for all.
    A break is owed, so one courier more is asked for before anybody goes without.
    """

    def of_stops(change: Callable[[Stop], Stop]) -> Problem:
        stops = tuple(change(s) if s.id in left_out else s for s in problem.stops)
        return replace(problem, stops=stops)

    def of_couriers(change: Callable[[Courier], Courier]) -> Problem:
        return replace(problem, couriers=tuple(change(c) for c in problem.couriers))

    most = len(problem.stops)
    crew = problem.couriers
    # To lift what is not there would cost a look at every place for nothing.
    is_there = {
        Reason.LOCKED: not left_out.isdisjoint(problem.locked_stops),
        Reason.RELOAD: any(c.reload_seconds for c in crew),
        Reason.DEPOT_HOURS: bool(problem.rules.depot_hours),
        Reason.BREAK: any(c.breaks for c in crew),
    }
    ways: tuple[Way, ...] = (
        # Somebody decided it for this stop alone, so it goes before what holds for the whole day.
        (Reason.LOCKED, lambda: _without_locks_of(problem, left_out)),
        (Reason.WINDOW, lambda: of_stops(lambda s: replace(s, windows=()))),
        (Reason.NO_SKILL, lambda: of_stops(lambda s: replace(s, skills=frozenset()))),
        (Reason.RELEASE, lambda: of_stops(lambda s: replace(s, release_second=0))),
        (Reason.CAPACITY, lambda: of_couriers(lambda c: replace(c, capacities=()))),
        (Reason.ROUTE_SECONDS, lambda: of_couriers(lambda c: replace(c, max_route_seconds=None))),
        (Reason.ROUTE_METRES, lambda: of_couriers(lambda c: replace(c, max_route_metres=None))),
        (Reason.RIDE, lambda: _without_ride_limits(problem)),
        (Reason.BANNED, lambda: replace(problem, rules=replace(problem.rules, banned=()))),
        (Reason.RULES, lambda: _without_groups_and_locks(problem, left_out)),
        (Reason.NO_ROAD, lambda: _with_every_road(problem)),
        # Nobody rides more tours than there are stops, and the number must stay one that is allowed.
        (
            Reason.TOURS,
            lambda: of_couriers(lambda c: replace(c, max_tours=min(c.max_tours, most) + 1)),
        ),
        (Reason.RELOAD, lambda: of_couriers(lambda c: replace(c, reload_seconds=0))),
        (
            Reason.DEPOT_HOURS,
            lambda: replace(problem, rules=replace(problem.rules, depot_hours={})),
        ),
        (Reason.SHIFT, lambda: with_longer_shifts(problem, OVERTIME_SECONDS)),
        (Reason.FLEET_FULL, lambda: _with_one_more_of_each(problem)),
        (Reason.BREAK, lambda: of_couriers(lambda c: replace(c, breaks=()))),
    )
    return tuple(way for way in ways if is_there.get(way[0], True))


def with_longer_shifts(problem: Problem, seconds: int) -> Problem:
    """Every shift so much longer; an endless one stays endless."""
    couriers = tuple(replace(c, shift=_longer(c.shift, seconds)) for c in problem.couriers)
    return replace(problem, couriers=couriers)


def with_later_closing(problem: Problem, seconds: int) -> Problem:
    """Every office's last closing so much later."""
    hours = {
        place: (*windows[:-1], _longer(windows[-1], seconds))
        for place, windows in problem.rules.depot_hours.items()
    }
    return replace(problem, rules=replace(problem.rules, depot_hours=hours))


def _longer(window: Window, seconds: int) -> Window:
    return replace(window, closes_second=min(window.closes_second + seconds, UNREACHABLE - 1))


def with_one_more(problem: Problem, like: Courier) -> Problem:
    """One courier more, a copy of `like` under a name nobody bears."""
    return replace(problem, couriers=(*problem.couriers, _copy(like, problem)))


def _with_one_more_of_each(problem: Problem) -> Problem:
    kinds = {replace(courier, id=CourierId("")): courier for courier in problem.couriers}
    more = tuple(_copy(courier, problem) for courier in kinds.values())
    return replace(problem, couriers=(*problem.couriers, *more))


def _copy(like: Courier, problem: Problem) -> Courier:
    names = problem.courier_index
    number = 2
    while f"{like.id}+{number}" in names:
        number += 1
    return replace(like, id=CourierId(f"{like.id}+{number}"))


def _without_ride_limits(problem: Problem) -> Problem:
    free = tuple(replace(shipment, max_ride_seconds=None) for shipment in problem.shipments)
    return replace(problem, shipments=free)


def _without_locks_of(problem: Problem, left_out: frozenset[StopId]) -> Problem:
    """Where a whole route was locked, whoever is taken out of it may still come back to it."""
    locks = tuple(
        lock if left_out.isdisjoint(lock.stops) else _lowered(_lock_without(lock, left_out))
        for lock in problem.rules.locks
    )
    return replace(problem, rules=replace(problem.rules, locks=locks))


def _lowered(lock: Lock) -> Lock:
    is_whole = lock.level is LockLevel.ROUTE
    return replace(lock, level=LockLevel.ORDER) if is_whole else lock


def _without_groups_and_locks(problem: Problem, left_out: frozenset[StopId]) -> Problem:
    """What is left out is locked nowhere; what else is locked stays with its courier, at any time."""
    problem = _without_locks_of(problem, left_out)
    locks = tuple(
        replace(lock, level=LockLevel.COURIER, start_seconds=()) for lock in problem.rules.locks
    )
    return replace(
        problem, rules=replace(problem.rules, keep_apart=(), keep_together=(), locks=locks)
    )


def _lock_without(lock: Lock, left_out: frozenset[StopId]) -> Lock:
    kept = [number for number, stop in enumerate(lock.stops) if stop not in left_out]
    times = tuple(lock.start_seconds[number] for number in kept) if lock.start_seconds else ()
    return replace(lock, stops=tuple(lock.stops[n] for n in kept), start_seconds=times)


def _with_every_road(problem: Problem) -> Problem:
    profiles = tuple(replace(p, travel=_EveryRoad(p.travel)) for p in problem.profiles)
    return replace(problem, profiles=profiles)


@dataclass(frozen=True, eq=False)
class _EveryRoad:
    """A table in which a road that is missing has no length, for want of a better guess."""

    table: TravelTable

    @property
    def size(self) -> int:
        return self.table.size

    def seconds(self, origin: int, destination: int) -> int:
        seconds = self.table.seconds(origin, destination)
        return 0 if seconds >= UNREACHABLE else seconds

    def metres(self, origin: int, destination: int) -> int:
        is_missing = self.table.seconds(origin, destination) >= UNREACHABLE
        return 0 if is_missing else self.table.metres(origin, destination)

    def block(
        self, origins: NDArray[np.integer], destinations: NDArray[np.integer]
    ) -> tuple[IntArray, IntArray]:
        seconds, metres = self.table.block(origins, destinations)
        is_missing = seconds >= UNREACHABLE
        return (
            np.where(is_missing, 0, seconds).astype(np.int32),
            np.where(is_missing, 0, metres).astype(np.int32),
        )


def only_with(problem: Problem, call: Stop) -> Problem:
    """The problem as it would be with this stop, or this shipment, and nothing else to do."""
    shipment = problem.shipment_of.get(call.id)
    names = [call.id] if shipment is None else [shipment.pickup, shipment.dropoff]
    calls = [problem.stops[problem.stop_index[name]] for name in names]
    rules = _rules_for(problem.rules, frozenset(names))
    couriers = _unlike(problem.couriers, rules, frozenset(names))
    used = {place for one in calls for place in (one.location, one.exit_location)}
    used |= {place for c in couriers for place in (c.start_location, c.end_location)}
    places = sorted(used)
    number = {place: position for position, place in enumerate(places)}
    rows = np.array(places)
    hours = rules.depot_hours.items()
    return replace(
        problem,
        locations=tuple(problem.locations[place] for place in places),
        profiles=tuple(
            replace(p, travel=Matrix(*p.travel.block(rows, rows))) for p in problem.profiles
        ),
        stops=tuple(_moved(one, number) for one in calls),
        couriers=tuple(
            replace(c, start_location=number[c.start_location], end_location=number[c.end_location])
            for c in couriers
        ),
        shipments=() if shipment is None else (shipment,),
        rules=replace(rules, depot_hours={number[p]: h for p, h in hours if p in number}),
    )


def _moved(stop: Stop, number: Mapping[int, int]) -> Stop:
    leaves_from = None if stop.leaves_from is None else number[stop.leaves_from]
    return replace(stop, location=number[stop.location], leaves_from=leaves_from)


def _rules_for(rules: PlanRules, names: frozenset[StopId]) -> PlanRules:
    """The rules as far as they speak of these stops."""
    others = frozenset(stop for lock in rules.locks for stop in lock.stops) - names
    return replace(
        rules,
        locks=tuple(_lock_without(lock, others) for lock in rules.locks),
        banned=tuple(pair for pair in rules.banned if pair[0] in names),
        keep_apart=(),
        keep_together=(),
    )


def _unlike(
    couriers: Sequence[Courier], rules: PlanRules, names: frozenset[StopId]
) -> list[Courier]:
    """One of each kind, and whoever the rules name: with nothing to do the others are the same."""
    named = {lock.courier for lock in rules.locks} | {courier for _, courier in rules.banned}
    if rules.published is not None:
        routes = rules.published.routes.items()
        named |= {courier for courier, stops in routes if not names.isdisjoint(stops)}
    kinds: dict[object, Courier] = {}
    for courier in couriers:
        kinds.setdefault(courier if courier.id in named else replace(courier, id=_ANY), courier)
    return list(kinds.values())
