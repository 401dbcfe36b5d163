"""One courier's day, checked second by second, metre by metre and load by load."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from routing.plan import BreakTaken, Route, Tour, Visit
from routing.problem import Courier, Problem, Stop, StopKind
from routing.terms import UNREACHABLE, StopId, Window
from routing.violations import Violation, ViolationKind

_K = ViolationKind


@dataclass(frozen=True)
class _Day:
    """What the checks of one route look at together."""

    problem: Problem
    courier: Courier
    route: Route

    def violation(
        self,
        kind: ViolationKind,
        detail: str,
        *,
        stop: StopId | None = None,
        amount: int | None = None,
        load: str = "",
    ) -> Violation:
        courier = self.courier.id
        return Violation(
            kind=kind, detail=detail, courier=courier, stop=stop, amount=amount, load=load
        )

    def stop(self, visit: Visit) -> Stop:
        return self.problem.stops[self.problem.stop_index[visit.stop]]

    def resting(self, start: int, end: int) -> int:
        """Seconds of breaks that lie wholly between two instants."""
        return sum(
            rest.end_second - rest.start_second
            for rest in self.route.breaks
            if start <= rest.start_second and rest.end_second <= end
        )


def route_violations(problem: Problem, route: Route) -> Iterator[Violation]:
    """Everything one route breaks by itself; its courier and stops exist."""
    day = _Day(problem, problem.couriers[problem.courier_index[route.courier]], route)
    if not route.tours or not all(tour.visits for tour in route.tours):
        yield day.violation(_K.TOURS, f"{route.courier} has an empty route or tour")
        return
    for number, tour in enumerate(route.tours):
        yield from _tour(day, tour, is_last=number == len(route.tours) - 1)
        yield from _loads(day, tour)
    yield from _between_tours(day)
    yield from _limits(day)
    yield from _breaks(day)
    for visit in route.visits:
        yield from _may_serve(day, visit)
    yield from _shipments(day)


def _tour(day: _Day, tour: Tour, *, is_last: bool) -> Iterator[Violation]:
    here, since = day.courier.start_location, tour.leaves_second
    for visit in tour.visits:
        yield from _call(day, visit, here, since)
        here, since = day.stop(visit).exit_location, visit.departure_second
        if day.stop(visit).kind is StopKind.DELIVER:
            released = day.stop(visit).release_second
            if tour.leaves_second < released:
                detail = f"{visit.stop} leaves the office before it is there"
                late = released - tour.leaves_second
                yield day.violation(_K.RELEASE, detail, stop=visit.stop, amount=late)
    home = day.courier.end_location if is_last else day.courier.start_location
    yield from _leg(
        day,
        (here, home),
        (since, tour.returns_second),
        (tour.return_travel_seconds, tour.return_distance_m),
        None,
    )
    yield from _office_open(day, day.courier.start_location, tour.leaves_second)
    yield from _office_open(day, home, tour.returns_second)


def _call(day: _Day, visit: Visit, here: int, since: int) -> Iterator[Violation]:
    stop = day.stop(visit)
    setup = stop.setup_seconds if here != stop.location else 0
    yield from _leg(
        day,
        (here, stop.location),
        (since, visit.arrival_second),
        (visit.travel_seconds, visit.distance_m),
        visit.stop,
    )
    if visit.setup_seconds != setup:
        detail = f"{visit.stop} needs {setup} s of setup, not {visit.setup_seconds}"
        yield day.violation(_K.SETUP, detail, stop=visit.stop)
    # Breaks may fall on the road, in the setup or in the waiting; all but the waiting is fixed.
    pause = day.resting(since, visit.start_second)
    road = visit.travel_seconds + setup + pause
    spare = visit.start_second - since - road
    if spare < 0:
        detail = f"{visit.stop} is served {-spare} s before one can be there"
        yield day.violation(_K.TRAVEL, detail, stop=visit.stop, amount=-spare)
    elif visit.waiting_seconds != spare:
        detail = f"{visit.stop} waits {spare} s, not {visit.waiting_seconds}"
        yield day.violation(_K.WAITING, detail, stop=visit.stop)
    if visit.departure_second != visit.start_second + stop.service_seconds:
        detail = f"{visit.stop} takes {stop.service_seconds} s of service"
        yield day.violation(_K.SERVICE, detail, stop=visit.stop)
    if stop.windows and not _within(stop.windows, visit.start_second):
        detail = f"{visit.stop} starts at {visit.start_second}, outside its windows"
        late = max(0, visit.start_second - stop.windows[-1].closes_second)
        yield day.violation(_K.WINDOW, detail, stop=visit.stop, amount=late)
    if stop.kind is not StopKind.DELIVER and visit.start_second < stop.release_second:
        detail = f"{visit.stop} starts before its release"
        yield day.violation(_K.RELEASE, detail, stop=visit.stop)


def _leg(
    day: _Day,
    ends: tuple[int, int],
    seconds: tuple[int, int],
    claimed: tuple[int, int],
    stop: StopId | None,
) -> Iterator[Violation]:
    """From one place to the next: the road exists, and takes and measures what is claimed."""
    profile = day.problem.profile_of[day.courier.profile]
    travel = profile.travel_seconds(*ends, seconds[0])
    to = stop or "the office"
    if travel >= UNREACHABLE:
        yield day.violation(_K.NO_ROAD, f"no road to {to}", stop=stop)
        return
    if claimed[0] != travel:
        detail = f"{travel} s of travel to {to}, not {claimed[0]}"
        yield day.violation(_K.TRAVEL, detail, stop=stop)
    # A break on the road prolongs it; one after the arrival does not touch it.
    early = seconds[0] + travel + day.resting(*seconds) - seconds[1]
    if early > 0:
        detail = f"reaches {to} {early} s too early"
        yield day.violation(_K.TRAVEL, detail, stop=stop, amount=early)
    metres = profile.travel.metres(*ends)
    if claimed[1] != metres:
        detail = f"{metres} m to {to}, not {claimed[1]}"
        yield day.violation(_K.DISTANCE, detail, stop=stop)


def _loads(day: _Day, tour: Tour) -> Iterator[Violation]:
    names = day.problem.load_names
    on_board = [0] * len(names)
    for visit in tour.visits:
        if day.stop(visit).kind is StopKind.DELIVER:
            _change(on_board, day.problem.loads_of(day.stop(visit)), 1)
    states: list[tuple[StopId | None, tuple[int, ...], tuple[int, ...]]] = [
        (None, tuple(on_board), tour.loads_at_start)
    ]
    for visit in tour.visits:
        stop = day.stop(visit)
        if stop.kind in {StopKind.DELIVER, StopKind.DROPOFF}:
            _change(on_board, day.problem.loads_of(stop), -1)
        elif stop.kind in {StopKind.COLLECT, StopKind.PICKUP}:
            _change(on_board, day.problem.loads_of(stop), 1)
        states.append((visit.stop, tuple(on_board), visit.loads_after))
    for where, loads, said in states:
        at = where or "the office"
        if loads != said:
            yield day.violation(_K.LOADS, f"{loads} on board after {at}, not {said}", stop=where)
        for name, load, most in zip(names, loads, day.courier.capacities, strict=False):
            if load > most:
                detail = f"{load} {name} on board after {at}, {most} allowed"
                over = load - most
                yield day.violation(_K.CAPACITY, detail, stop=where, amount=over, load=name)


def _change(on_board: list[int], loads: tuple[int, ...], sign: int) -> None:
    for dimension, load in enumerate(loads):
        on_board[dimension] += sign * load


def _between_tours(day: _Day) -> Iterator[Violation]:
    tours = day.route.tours
    if len(tours) > day.courier.max_tours:
        detail = f"{len(tours)} tours, {day.courier.max_tours} allowed"
        yield day.violation(_K.TOURS, detail)
    for before, after in pairwise(tours):
        ready = before.returns_second + day.courier.reload_seconds
        ready += day.resting(before.returns_second, after.leaves_second)
        if after.leaves_second < ready:
            early = ready - after.leaves_second
            detail = f"leaves again {early} s before it is reloaded"
            yield day.violation(_K.RELOAD, detail, amount=early)


def _limits(day: _Day) -> Iterator[Violation]:
    courier, route = day.courier, day.route
    early = courier.shift.opens_second - route.leaves_second
    late = route.returns_second - courier.shift.closes_second
    if early > 0:
        yield day.violation(_K.SHIFT, f"leaves {early} s before the shift", amount=early)
    if late > 0:
        yield day.violation(_K.SHIFT, f"is back {late} s after the shift", amount=late)
    longest = courier.max_route_seconds
    duty = route.returns_second - route.leaves_second
    if longest is not None and duty > longest:
        detail = f"{duty} s on the road, {longest} allowed"
        yield day.violation(_K.ROUTE_SECONDS, detail, amount=duty - longest)
    furthest = courier.max_route_metres
    metres = sum(visit.distance_m for visit in route.visits)
    metres += sum(tour.return_distance_m for tour in route.tours)
    if furthest is not None and metres > furthest:
        detail = f"{metres} m, {furthest} allowed"
        yield day.violation(_K.ROUTE_METRES, detail, amount=metres - furthest)


def _breaks(day: _Day) -> Iterator[Violation]:
    owed = [
        rest
        for rest in day.courier.breaks
        if day.route.leaves_second < rest.earliest_second + rest.duration_seconds
        and day.route.returns_second > rest.latest_second
    ]
    taken = list(day.route.breaks)
    for rest in owed:
        fitting = next(
            (
                one
                for one in taken
                if rest.earliest_second <= one.start_second <= rest.latest_second
                and one.end_second - one.start_second == rest.duration_seconds
            ),
            None,
        )
        if fitting is None:
            yield day.violation(_K.BREAK, f"no break from {rest.earliest_second} on")
        else:
            taken.remove(fitting)
    busy = [(visit.start_second, visit.departure_second) for visit in day.route.visits]
    for one in day.route.breaks:
        yield from _misplaced(day, one, busy)


def _misplaced(day: _Day, one: BreakTaken, busy: Sequence[tuple[int, int]]) -> Iterator[Violation]:
    """A break lies inside the day, inside one gap between services, and touches no other break."""
    if one.end_second < one.start_second:
        yield day.violation(_K.BREAK, "a break ends before it starts")
    instants = [visit.arrival_second for visit in day.route.visits]
    instants += [tour.returns_second for tour in day.route.tours]
    instants += [tour.leaves_second for tour in day.route.tours]
    outside = one.start_second < day.route.leaves_second or (
        one.end_second > day.route.returns_second
    )
    cut = outside or any(one.start_second < instant < one.end_second for instant in instants)
    served = any(start < one.end_second and one.start_second < end for start, end in busy)
    others = [other for other in day.route.breaks if other is not one]
    doubled = any(
        other.start_second < one.end_second and one.start_second < other.end_second
        for other in others
    )
    if cut or served or doubled:
        detail = f"the break at {one.start_second} falls into a service, an arrival or another"
        yield day.violation(_K.BREAK, detail)


def _may_serve(day: _Day, visit: Visit) -> Iterator[Violation]:
    stop = day.stop(visit)
    missing = sorted(stop.skills - day.courier.skills)
    if missing:
        detail = f"{day.courier.id} lacks {', '.join(missing)} for {stop.id}"
        yield day.violation(_K.SKILL, detail, stop=stop.id)
    if (stop.id, day.courier.id) in day.problem.banned_pairs:
        yield day.violation(_K.BANNED, f"{stop.id} is not for {day.courier.id}", stop=stop.id)


def _shipments(day: _Day) -> Iterator[Violation]:
    place = {
        visit.stop: (number, position, visit)
        for number, tour in enumerate(day.route.tours)
        for position, visit in enumerate(tour.visits)
    }
    # Not one by one all there are: a large day has thousands, and hundreds of routes.
    known = day.problem.shipment_of
    for shipment in {known[stop].pickup: known[stop] for stop in place if stop in known}.values():
        taken, given = place.get(shipment.pickup), place.get(shipment.dropoff)
        if taken is None or given is None or taken[0] != given[0] or taken[1] > given[1]:
            detail = f"{shipment.pickup} and {shipment.dropoff} are not in order on one tour"
            yield day.violation(_K.SHIPMENT, detail, stop=shipment.pickup)
            continue
        ride = given[2].start_second - taken[2].departure_second
        if shipment.max_ride_seconds is not None and ride > shipment.max_ride_seconds:
            detail = f"rides {ride} s, {shipment.max_ride_seconds} allowed"
            amount = ride - shipment.max_ride_seconds
            yield day.violation(_K.RIDE, detail, stop=shipment.dropoff, amount=amount)


def _office_open(day: _Day, place: int, second: int) -> Iterator[Violation]:
    hours = day.problem.rules.depot_hours.get(place)
    if hours is not None and not _within(hours, second):
        yield day.violation(_K.DEPOT_HOURS, f"the office is closed at {second}")


def _within(windows: Sequence[Window], second: int) -> bool:
    return any(window.opens_second <= second <= window.closes_second for window in windows)
