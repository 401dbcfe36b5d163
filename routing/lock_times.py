"""Locked seconds and whole locked routes that the clock, the roads or the bag cannot keep.

Says only what is certain: a time is refused when not even a courier on the shortest way, past no
window and without a rest, could be there and back while the office is open; a whole route when its
own timetable is impossible.
"""

from collections.abc import Mapping
from itertools import islice, pairwise
from typing import Final

from routing.days import Scheduler, cuts
from routing.findings import Findings, of_locks
from routing.plan import Reason
from routing.problem import Courier, Problem, Stop, StopKind
from routing.roads import Roads, soonest
from routing.rules import Lock, LockLevel
from routing.steps import Blocked, Span, first_open, last_open
from routing.terms import UNREACHABLE, CourierId, StopId

# Beyond so many nothing is said: a refusal must be certain, and making a problem must be quick.
CUTS_TRIED: Final = 500

Starts = Mapping[StopId, int]


def starts_of(locks: tuple[Lock, ...]) -> dict[CourierId, dict[StopId, int]]:
    """The locked seconds of each courier, through all his locks; of two for a stop the first."""
    starts: dict[CourierId, dict[StopId, int]] = {}
    for lock in locks:
        for stop, second in zip(lock.stops, lock.start_seconds, strict=False):
            starts.setdefault(lock.courier, {}).setdefault(stop, second)
    return starts


def twice_timed(locks: tuple[Lock, ...]) -> Findings:
    """Stops that are to start at two seconds."""
    first: dict[StopId, int] = {}
    for lock in locks:
        for stop, second in zip(lock.stops, lock.start_seconds, strict=False):
            if first.setdefault(stop, second) != second:
                yield of_locks(stop, f"locked to start at {first[stop]} and at {second}")


def time_findings(problem: Problem) -> Findings:
    """What the clock forbids of locks that fit one another in all else."""
    clock = Clock(problem)
    for courier_id, starts in starts_of(problem.rules.locks).items():
        for stop_id, start in starts.items():
            fault = clock.fault(courier_id, stop_id, start)
            if fault:
                yield of_locks(stop_id, fault)
        yield from _too_close(clock.roads(courier_id), starts)
    yield from _whole_routes(problem)


class Clock:
    """What the clock says of one courier and one call, whatever else there is; keeps each one's roads."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._roads: dict[CourierId, Roads] = {}

    def roads(self, courier: CourierId) -> Roads:
        if courier not in self._roads:
            man = self.problem.couriers[self.problem.courier_index[courier]]
            self._roads[courier] = Roads(self.problem, man)
        return self._roads[courier]

    def fault(self, courier: CourierId, stop: StopId, start: int) -> str:
        """Why the service of this stop cannot start at this second; "" where it is not certain."""
        call = self._call(stop)
        fault = _outside_its_hours(call, start) or _off_duty(self.roads(courier), call, start)
        return fault and f"locked to start at {start}, {fault}"

    def is_out_of_time(self, courier: CourierId, stop: StopId) -> bool:
        """Whether he can certainly not call there within his shift, with nothing else to do."""
        roads, call = self.roads(courier), self._call(stop)
        leaves = _leaves(roads, call)
        if leaves is None or not _is_back_in_time(roads, call, leaves):
            return True
        office = roads.courier.start_location
        if _is_back_in_time(roads, call, leaves + roads.to(call, office)):
            return False
        return not _is_back_in_time(roads, call, soonest(roads, office, leaves, call))

    def _call(self, stop: StopId) -> Stop:
        return self.problem.stops[self.problem.stop_index[stop]]


def _is_back_in_time(roads: Roads, stop: Stop, there: float) -> bool:
    """Whether who may start at this second at the earliest finds it open and comes home."""
    release = 0 if stop.kind is StopKind.DELIVER else stop.release_second
    spans = [(w.opens_second, w.closes_second) for w in stop.windows] or None
    start = first_open(spans, max(int(there), release)) if there < UNREACHABLE else None
    return start is not None and not _not_back_from(roads, stop, start)


def _outside_its_hours(stop: Stop, start: int) -> str:
    if stop.windows and not any(w.opens_second <= start <= w.closes_second for w in stop.windows):
        return "outside its windows"
    if stop.kind is not StopKind.DELIVER and start < stop.release_second:
        return "before its release"
    return ""


def _off_duty(roads: Roads, stop: Stop, start: int) -> str:
    return _not_there_by(roads, stop, start) or _not_back_from(roads, stop, start)


def _leaves(roads: Roads, stop: Stop) -> int | None:
    """When he can leave for it at the earliest; None: the office is not open any more."""
    courier = roads.courier
    leaves = courier.shift.opens_second
    if stop.kind is StopKind.DELIVER:
        leaves = max(leaves, stop.release_second)
    return first_open(_hours(roads, courier.start_location), leaves)


def _not_there_by(roads: Roads, stop: Stop, start: int) -> str:
    courier, opens = roads.courier, _leaves(roads, stop)
    if opens is None:
        return f"when {courier.id} could leave for it the office is closed"
    if not _reaches(roads, courier.start_location, opens, stop, start):
        return f"{courier.id} leaves at {opens} at the earliest and cannot be there by then"
    return ""


def _not_back_from(roads: Roads, stop: Stop, start: int) -> str:
    courier, free = roads.courier, start + stop.service_seconds
    closes = courier.shift.closes_second
    by = last_open(_hours(roads, courier.end_location), closes)
    if by is None or not _reaches(roads, stop.exit_location, free, None, by):
        while_open = "" if by == closes else " and while the office is open"
        return f"{courier.id} cannot be back from there within the shift{while_open}"
    return ""


def _hours(roads: Roads, office: int) -> tuple[Span, ...] | None:
    hours = roads.problem.rules.depot_hours.get(office)
    return None if hours is None else tuple((w.opens_second, w.closes_second) for w in hours)


def _too_close(roads: Roads, starts: Starts) -> Findings:
    """Two locked calls with less between them than the service of the first and the road take."""
    index = roads.problem.stop_index
    in_time = sorted(starts, key=lambda stop: (starts[stop], index[stop]))
    for before_id, after_id in pairwise(in_time):
        before, after = (roads.problem.stops[index[one]] for one in (before_id, after_id))
        first, second = starts[before_id], starts[after_id]
        free = first + before.service_seconds
        if _reaches(roads, before.exit_location, free, after, second):
            continue
        # Of two at once either may be the first.
        free = second + after.service_seconds
        if first == second and _reaches(roads, after.exit_location, free, before, first):
            continue
        yield of_locks(
            after_id,
            f"locked to start at {second}, {roads.courier.id} cannot be there by then"
            f" after {before_id}, locked to start at {first}",
        )


def _reaches(roads: Roads, place: int, since: int, goal: Stop | None, by: int) -> bool:
    """Whether who is free at this place and second may start `goal` (None: be home) at `by`.

    True when it is not certain.
    """
    direct = since + roads.to(goal, place)
    return direct <= by or soonest(roads, place, since, goal, by) <= by


def _whole_routes(problem: Problem) -> Findings:
    """Each locked route timed as it stands, in every way to cut it into tours."""
    scheduler: Scheduler | None = None
    for lock in dict.fromkeys(problem.rules.locks):
        if lock.level is not LockLevel.ROUTE or not lock.stops:
            continue
        scheduler = scheduler or Scheduler(problem)
        blocked = _blocked(scheduler, lock)
        if blocked is None:
            continue
        words = f"the whole route locked to {lock.courier} is impossible: {blocked.reason.value}"
        at_call = blocked.stop is not None and blocked.stop >= 0
        yield of_locks(lock.courier if not at_call else problem.stops[blocked.stop or 0].id, words)


def _blocked(scheduler: Scheduler, lock: Lock) -> Blocked | None:
    """What blocks the route where it comes furthest; None where it is not certain that all block."""
    problem = scheduler.problem
    number = problem.courier_index[lock.courier]
    courier = problem.couriers[number]
    order = tuple(problem.stop_index[stop] for stop in lock.stops)
    found: Blocked | None = None
    for tried, tours in enumerate(islice(cuts(order, courier.max_tours), CUTS_TRIED + 1)):
        route = scheduler.route(number, tours)
        if not isinstance(route, Blocked) or tried == CUTS_TRIED or _gave_up(courier, route):
            return None
        if found is None or _place(order, route) > _place(order, found):
            found = route
    return found


def _place(order: tuple[int, ...], blocked: Blocked) -> int:
    """How far along the order one comes: what fails last says most."""
    return order.index(blocked.stop) if blocked.stop in order else len(order)


def _gave_up(courier: Courier, blocked: Blocked) -> bool:
    """Whether the timetable may only have been given up, as with rests beside a longest ride or day."""
    if blocked.reason not in {Reason.RIDE, Reason.ROUTE_SECONDS}:
        return False
    return blocked.stop is None or bool(courier.breaks)
