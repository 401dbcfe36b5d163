"""Sequences of stops become routes: tours, loads and limits here, seconds in `schedule`."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import combinations, pairwise

from routing.arrays import Arrays
from routing.forcing import forced
from routing.plan import BreakTaken, Reason, Route, Tour, Visit
from routing.problem import Problem, Stop, StopKind
from routing.rules import LockLevel
from routing.schedule import Timetable, timetable
from routing.steps import (
    OFFICE_BACK,
    OFFICE_OUT,
    Blocked,
    Day,
    Moment,
    Ride,
    Span,
    Step,
    until,
)
from routing.terms import UNREACHABLE

# Stop numbers by tour, for one courier; and that for every courier in the problem's order.
Tours = tuple[tuple[int, ...], ...]
Orders = tuple[Tours, ...]

_LOADED_AT_START = {StopKind.DELIVER}
_TAKEN = {StopKind.COLLECT, StopKind.PICKUP}
_GIVEN = {StopKind.DELIVER, StopKind.DROPOFF}


class Scheduler:
    """Times sequences of one problem; keeps what it derived from the problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.arrays = Arrays(problem)
        self._timed: dict[int, tuple[Tours, Route]] = {}

    def route(
        self, courier: int, tours: Tours, *, not_before: tuple[int, int] | None = None
    ) -> Route | Blocked:
        """The earliest route of this courier through these stops, or what blocks it.

        Args:
            courier: number of the courier in the problem.
            tours: stop numbers in order, tour by tour, none empty.
            not_before: a stop and the second before which its service shall not start.

        Rules between routes (groups) are not asked here; skills, bans and courier locks are.
        """
        blocked = self._blocked_outright(courier, tours)
        if blocked is not None:
            return blocked
        day = self.day(courier, tours)
        if not_before is not None:
            stop, second = not_before
            steps = (s._replace(not_before=second) if s.stop == stop else s for s in day.steps)
            day = replace(day, steps=tuple(steps))
        found = timetable(day)
        if isinstance(found, Blocked):
            return self._as_seen_from_outside(found)
        return self._written_out(courier, tours, day, found)

    def kept_route(self, courier: int, tours: Tours) -> Route | Blocked:
        """The same as `route`, which answers at once for what this courier was asked here last.

        From one plan of a large day to the next most couriers' days stay as they are.
        """
        known = self._timed.get(courier)
        if known is not None and known[0] == tours:
            return known[1]
        route = self.route(courier, tours)
        if not isinstance(route, Blocked):
            self._timed[courier] = (tours, route)
        return route

    def _as_seen_from_outside(self, blocked: Blocked) -> Blocked:
        """A stop without windows of its own was too late for the shift, not for a window."""
        if blocked.reason is Reason.WINDOW and blocked.stop is not None:
            stop = self.problem.stops[blocked.stop]
            if not stop.windows and stop.id not in self.problem.locked_stops:
                return replace(blocked, reason=Reason.SHIFT)
        return blocked

    def forced_route(self, courier: int, tours: Tours) -> Route:
        """The route as it would be driven although it breaks the problem; the checker says where.

        What has nothing to do with times, such as a missing skill, changes none.
        """
        day = self.day(courier, tours)
        home_hours = self._depot_spans(day.steps[-1].enter)
        return self._written_out(courier, tours, day, forced(day, home_hours))

    def shown_route(self, courier: int, tours: Tours) -> Route:
        """The route as it would be driven, sound or not."""
        route = self.route(courier, tours)
        return self.forced_route(courier, tours) if isinstance(route, Blocked) else route

    def loads(self, tour: Sequence[int]) -> list[tuple[int, ...]]:
        """On board at the start and after every stop."""
        stops, amounts = self.problem.stops, self._amounts
        board = [0] * len(self.problem.load_names)
        for number in tour:
            if stops[number].kind in _LOADED_AT_START:
                board = [a + b for a, b in zip(board, amounts[number], strict=True)]
        states = [tuple(board)]
        for number in tour:
            kind = stops[number].kind
            if kind in _GIVEN:
                board = [a - b for a, b in zip(board, amounts[number], strict=True)]
            elif kind in _TAKEN:
                board = [a + b for a, b in zip(board, amounts[number], strict=True)]
            states.append(tuple(board))
        return states

    @cached_property
    def _amounts(self) -> list[tuple[int, ...]]:
        return [self.problem.loads_of(stop) for stop in self.problem.stops]

    def _blocked_outright(self, courier: int, tours: Tours) -> Blocked | None:
        """What needs no clock: who may, how much fits, in which order, how far, on which roads."""
        if len(tours) > self.problem.couriers[courier].max_tours or not all(tours):
            return Blocked(reason=Reason.RULES)
        for tour in tours:
            blocked = self._unfit(courier, tour)
            if blocked is not None:
                return blocked
        broken = self._out_of_order(courier, tours)
        if broken is not None:
            return Blocked(reason=Reason.RULES, stop=broken)
        return self._off_the_map(courier, tours)

    def _unfit(self, courier: int, tour: tuple[int, ...]) -> Blocked | None:
        for stop in tour:
            if not self.arrays.allowed[stop, courier]:
                return Blocked(reason=Reason.RULES, stop=stop)
            if not self.arrays.windows[stop]:
                return Blocked(reason=Reason.WINDOW, stop=stop)
        capacities = self.problem.couriers[courier].capacities
        if capacities:
            for state, stop in zip(self.loads(tour), (tour[0], *tour), strict=True):
                if any(load > most for load, most in zip(state, capacities, strict=True)):
                    return Blocked(reason=Reason.CAPACITY, stop=stop)
        return None

    def _out_of_order(self, courier: int, tours: Tours) -> int | None:
        """A stop that breaks a shipment's or a lock's order."""
        place = {
            stop: (number, position)
            for number, tour in enumerate(tours)
            for position, stop in enumerate(tour)
        }
        if self.problem.shipments:
            for stop, (tour_number, position) in place.items():
                partner = int(self.arrays.partner[stop])
                if partner < 0:
                    continue
                there = place.get(partner, (-1, -1))
                first = self.problem.stops[stop].kind is StopKind.PICKUP
                if there[0] != tour_number or (there[1] > position) is not first:
                    return stop
        for sequence in self._locked_sequences.get(courier, ()):
            kept = [stop for stop in sequence if stop in place]
            for before, after in pairwise(kept):
                if place[before] > place[after]:
                    return after
        return None

    @cached_property
    def _locked_sequences(self) -> dict[int, list[list[int]]]:
        sequences: dict[int, list[list[int]]] = {}
        for lock in self.problem.rules.locks:
            if lock.level is not LockLevel.COURIER:
                numbers = [self.problem.stop_index[stop] for stop in lock.stops]
                courier = self.problem.courier_index[lock.courier]
                sequences.setdefault(courier, []).append(numbers)
        return sequences

    def _off_the_map(self, courier: int, tours: Tours) -> Blocked | None:
        man = self.problem.couriers[courier]
        legs = self._legs(courier, tours)
        travel = self.problem.profile_of[man.profile].travel
        for stop, origin, enter in legs:
            if travel.seconds(origin, enter) >= UNREACHABLE:
                return Blocked(reason=Reason.NO_ROAD, stop=stop)
        if man.max_route_metres is not None:
            metres = sum(travel.metres(origin, enter) for _, origin, enter in legs)
            if metres > man.max_route_metres:
                return Blocked(reason=Reason.ROUTE_METRES)
        return None

    def _legs(self, courier: int, tours: Tours) -> list[tuple[int, int, int]]:
        """(stop or office, from, to) for every leg of the day."""
        man = self.problem.couriers[courier]
        legs = []
        for number, tour in enumerate(tours):
            here = man.start_location
            for stop in tour:
                legs.append((stop, here, self.problem.stops[stop].location))
                here = self.problem.stops[stop].exit_location
            home = man.end_location if number == len(tours) - 1 else man.start_location
            legs.append((OFFICE_BACK, here, home))
        return legs

    def day(self, courier: int, tours: Tours) -> Day:
        """The steps of a courier's day on roads that there are, before anything is timed."""
        man = self.problem.couriers[courier]
        profile = self.problem.profile_of[man.profile]
        hours = self._depot_spans(man.start_location)
        releases = [max(int(self.arrays.tour_release[stop]) for stop in tour) for tour in tours]
        steps: list[Step] = []
        tour_number = 0
        for stop, origin, enter in self._legs(courier, tours):
            seconds = profile.travel.seconds(origin, enter)
            if stop >= 0:
                steps.append(self._call(stop, origin, seconds))
                continue
            tour_number += 1
            if tour_number == len(tours):
                back = until(self._depot_spans(enter), man.shift.closes_second)
                steps.append(Step(OFFICE_BACK, origin, enter, seconds, 0, 0, back, 0))
                break
            reload = man.reload_seconds
            steps.append(Step(OFFICE_BACK, origin, enter, seconds, 0, reload, hours, 0))
            release = releases[tour_number]
            steps.append(Step(OFFICE_OUT, enter, enter, 0, 0, 0, hours, release))
        return Day(
            courier=man,
            profile=profile,
            leave_spans=hours,
            leave_not_before=releases[0],
            steps=tuple(steps),
            rides=self._rides(steps),
        )

    def _call(self, stop: int, origin: int, travel_seconds: int) -> Step:
        call = self.problem.stops[stop]
        setup = call.setup_seconds if origin != call.location else 0
        spans = self.arrays.windows[stop] or _whenever(call)
        return Step(
            stop, origin, call.location, travel_seconds, setup, call.service_seconds, spans, 0
        )

    def _rides(self, steps: Sequence[Step]) -> tuple[Ride, ...]:
        place = {step.stop: number for number, step in enumerate(steps) if step.stop >= 0}
        return tuple(
            Ride(number, place[int(self.arrays.partner[stop])], int(self.arrays.max_ride[stop]))
            for stop, number in place.items()
            if self.arrays.max_ride[stop] >= 0
            and self.problem.stops[stop].kind is StopKind.PICKUP
            # A route that is only shown, not sound, may hold half a shipment.
            and int(self.arrays.partner[stop]) in place
        )

    def _depot_spans(self, place: int) -> tuple[Span, ...] | None:
        hours = self.problem.rules.depot_hours.get(place)
        return None if hours is None else tuple((w.opens_second, w.closes_second) for w in hours)

    def _written_out(self, courier: int, tours: Tours, day: Day, found: Timetable) -> Route:
        steps = iter(zip(day.steps, found.moments, strict=True))
        leaves, written = found.leaves_second, []
        since = leaves
        for tour in tours:
            states = self.loads(tour)
            visits = []
            for state in states[1:]:
                step, moment = next(steps)
                visits.append(self._visit(day, step, moment, since, state))
                since = moment.departure
            step, moment = next(steps)
            written.append(
                Tour(
                    leaves_second=leaves,
                    visits=tuple(visits),
                    returns_second=moment.start,
                    return_travel_seconds=day.profile.travel_seconds(
                        step.origin, step.enter, since
                    ),
                    return_distance_m=day.profile.travel.metres(step.origin, step.enter),
                    loads_at_start=states[0],
                )
            )
            if len(written) < len(tours):
                leaves = since = next(steps)[1].start
        rests = tuple(BreakTaken(start_second=a, end_second=b) for a, b in found.rests)
        identity = self.problem.couriers[courier].id
        return Route(courier=identity, tours=tuple(written), breaks=rests)

    def _visit(
        self, day: Day, step: Step, moment: Moment, since: int, state: tuple[int, ...]
    ) -> Visit:
        travel = day.profile.travel_seconds(step.origin, step.enter, since)
        resting = sum(end - start for start, end in moment.rests)
        return Visit(
            stop=self.problem.stops[step.stop].id,
            arrival_second=moment.arrival,
            waiting_seconds=moment.start - since - travel - step.setup_seconds - resting,
            start_second=moment.start,
            departure_second=moment.departure,
            travel_seconds=travel,
            distance_m=day.profile.travel.metres(step.origin, step.enter),
            setup_seconds=step.setup_seconds,
            loads_after=state,
        )


def cuts(order: tuple[int, ...], most: int) -> Iterator[Tours]:
    """The order as one tour, in every way as two, ... up to `most`."""
    for count in range(min(most, len(order))):
        for places in combinations(range(1, len(order)), count):
            yield tuple(order[a:b] for a, b in pairwise((0, *places, len(order))))


def _whenever(call: Stop) -> tuple[Span, ...]:
    """The windows of a stop that no shift reaches; they time a day that is only shown."""
    spans = [(max(w.opens_second, call.release_second), w.closes_second) for w in call.windows]
    return tuple((a, b) for a, b in spans if a <= b) or ((call.release_second, UNREACHABLE),)
