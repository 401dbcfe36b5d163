"""The judge of generated days: times, loads and costs of anybody's sequences, from the problem alone.

It shares no code with what makes or checks plans in `routing`: it walks every day anew and takes
the earliest time that the windows and one break allow, later only where a longest ride or a longest
day asks for it. It knows what the generated days hold and refuses to judge a problem that holds more.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.routing.judge_rules import broken_rules, is_locked, locked_second
from routing import Break, Courier, PlanRules, Problem, Profile, Stop, StopId, StopKind, Window

# Stop numbers, tour by tour, courier by courier in the problem's order.
Tours = Sequence[Sequence[int]]
Orders = Sequence[Tours]
_ON_BOARD_AT_START = {StopKind.DELIVER}


def judged_cost(problem: Problem, orders: Orders) -> int:
    """Seconds or metres travelled, whichever the couriers cost, plus penalties.

    Raises:
        ValueError: with everything the sequences break.
    """
    faults = list(faults_of(problem, orders))
    if faults:
        raise ValueError("; ".join(faults[:5]))
    return bare_cost(problem, orders)


def bare_cost(problem: Problem, orders: Orders) -> int:
    """The cost of sequences that may break the problem; a mandatory stop left out costs nothing."""
    served = {stop for tours in orders for tour in tours for stop in tour}
    cost = sum(
        stop.penalty or 0
        for number, stop in enumerate(problem.stops)
        if number not in served and stop.kind is not StopKind.DROPOFF
    )
    for courier, tours in zip(problem.couriers, orders, strict=True):
        table, rates = problem.profile_of[courier.profile].travel, courier.costs
        for a, b in _roads(problem, courier, tours):
            if rates.per_travel_second:
                cost += rates.per_travel_second * table.seconds(a, b)
            cost += rates.per_metre * table.metres(a, b)
    return cost


def _roads(problem: Problem, courier: Courier, tours: Tours) -> Iterator[tuple[int, int]]:
    """From where to where a courier drives, one after the other."""
    for number, tour in enumerate(tours):
        last = number == len(tours) - 1
        home = courier.end_location if last else courier.start_location
        places = [problem.stops[stop].location for stop in tour]
        yield from pairwise([courier.start_location, *places, home])


def faults_of(problem: Problem, orders: Orders) -> Iterator[str]:
    """Everything the sequences break, in words."""
    _refuse_what_is_not_known(problem)
    served = [stop for tours in orders for tour in tours for stop in tour]
    if len(set(served)) < len(served):
        yield f"{len(served) - len(set(served))} stops served twice"
    left_out = set(range(len(problem.stops))) - set(served)
    missing = sum(_is_mandatory(problem, problem.stops[number]) for number in left_out)
    if missing:
        yield f"{missing} mandatory stops unserved"
    for courier, tours in zip(problem.couriers, orders, strict=True):
        if any(tours):
            for fault in _day_faults(problem, courier, tours):
                yield f"{courier.id}: {fault}"
    yield from _broken_pairs(problem, orders)
    yield from broken_rules(problem, orders)


def _refuse_what_is_not_known(problem: Problem) -> None:
    rules = problem.rules
    judged = PlanRules(
        locks=rules.locks, keep_apart=rules.keep_apart, keep_together=rules.keep_together
    )
    known = rules == judged and all(
        len(man.breaks) <= 1
        and man.costs.fixed == man.costs.per_duty_second == 0
        # By the hour the seconds on the road depend on when one leaves, which sequences do not say.
        and not (man.costs.per_travel_second and problem.profile_of[man.profile].speed_periods)
        for man in problem.couriers
    )
    if not known or any(stop.kind is StopKind.LEG for stop in problem.stops):
        raise NotImplementedError("this judge knows the generated days only")


def _is_mandatory(problem: Problem, stop: Stop) -> bool:
    if stop.kind is StopKind.DROPOFF:
        pickup = problem.shipment_of[stop.id].pickup
        return problem.stops[problem.stop_index[pickup]].penalty is None
    return stop.penalty is None or is_locked(problem, stop)


def _broken_pairs(problem: Problem, orders: Orders) -> Iterator[str]:
    place = {
        stop: (courier, number, position)
        for courier, tours in enumerate(orders)
        for number, tour in enumerate(tours)
        for position, stop in enumerate(tour)
    }
    for pair in problem.shipments:
        taken = place.get(problem.stop_index[pair.pickup])
        given = place.get(problem.stop_index[pair.dropoff])
        if taken is None and given is None:
            continue
        if taken is None or given is None or taken[:2] != given[:2] or taken > given:
            yield f"{pair.pickup} and {pair.dropoff} are not in order on one tour"


def _day_faults(problem: Problem, courier: Courier, tours: Tours) -> Iterator[str]:
    if len(tours) > courier.max_tours or not all(tours):
        yield f"{len(tours)} tours, {courier.max_tours} allowed, none empty"
    for tour in tours:
        yield from _load_faults(problem, courier, tour)
        for stop in (problem.stops[number] for number in tour):
            if not stop.skills <= courier.skills:
                yield f"{stop.id} needs {', '.join(sorted(stop.skills))}"
    if courier.max_route_metres is not None:
        table = problem.profile_of[courier.profile].travel
        metres = sum(table.metres(a, b) for a, b in _roads(problem, courier, tours))
        if metres > courier.max_route_metres:
            yield f"{metres} m, {courier.max_route_metres} allowed"
    late = _lateness(problem, courier, tours)
    if late:
        yield late


def _load_faults(problem: Problem, courier: Courier, tour: Sequence[int]) -> Iterator[str]:
    for dimension, most in enumerate(courier.capacities):
        board = sum(
            problem.loads_of(problem.stops[number])[dimension]
            for number in tour
            if problem.stops[number].kind in _ON_BOARD_AT_START
        )
        fullest = board
        for number in tour:
            stop = problem.stops[number]
            given = stop.kind in {StopKind.DELIVER, StopKind.DROPOFF}
            board += problem.loads_of(stop)[dimension] * (-1 if given else 1)
            fullest = max(fullest, board)
        if fullest > most:
            yield f"{fullest} {problem.load_names[dimension]} on board, {most} allowed"


def _lateness(problem: Problem, courier: Courier, tours: Tours) -> str:
    """Empty if some timetable exists, else where the one without a break fails.

    The break is taken in one of the gaps between two services (the office is one, before and after
    the reload), as early as it may; or it is not owed, because the courier is back before its latest
    start or leaves after it would be over.
    """
    opens = courier.shift.opens_second
    day = _Day(problem, courier, tours)
    back, fault = day.timetable(opens)
    if fault or not courier.breaks:
        return fault
    (rest,) = courier.breaks
    if back <= rest.latest_second:
        return ""
    after = max(opens, rest.earliest_second + rest.duration_seconds)
    if not day.timetable(after)[1]:
        return ""
    gaps = sum(len(tour) + 2 for tour in tours) - 1  # after the last tour nothing is reloaded
    if any(not day.timetable(opens, rest, gap)[1] for gap in range(gaps)):
        return ""
    return "no room for the break"


@dataclass(frozen=True)
class _Walked:
    """When a courier leaves, starts and ends each service and is back; or what came too late."""

    left: int
    back: int
    services: Mapping[StopId, tuple[int, int]]
    fault: str = ""


@dataclass(frozen=True)
class _Day:
    """One courier's tours, walked as often as it takes."""

    problem: Problem
    courier: Courier
    tours: Tours

    def timetable(
        self, leaves: int, rest: Break | None = None, rest_in: int | None = None
    ) -> tuple[int, str]:
        """When the courier is back at the earliest, and the first thing that cannot be.

        What rides too long is fetched later, and who is out too long leaves later; both only ever put
        off what comes after, so what is found is the earliest that there is.
        """
        not_before: dict[StopId, int] = {}
        while True:
            walked = self._walked(leaves, not_before, rest, rest_in)
            if walked.fault:
                return walked.back, walked.fault
            later = self._too_long_on_board(walked)
            not_before |= later
            most = self.courier.max_route_seconds
            out_too_long = most is not None and walked.back - walked.left > most
            if most is not None and out_too_long:
                leaves = walked.back - most
            if not later and not out_too_long:
                return walked.back, ""

    def _too_long_on_board(self, walked: _Walked) -> dict[StopId, int]:
        """The second before which no such thing may be fetched."""
        later = {}
        for pair in self.problem.shipments:
            taken, given = walked.services.get(pair.pickup), walked.services.get(pair.dropoff)
            if pair.max_ride_seconds is None or taken is None or given is None:
                continue
            over = given[0] - taken[1] - pair.max_ride_seconds
            if over > 0 and given[0] > taken[1]:
                later[pair.pickup] = taken[0] + over
        return later

    def _walked(
        self, leaves: int, not_before: Mapping[StopId, int], rest: Break | None, rest_in: int | None
    ) -> _Walked:
        courier, profile = self.courier, self.problem.profile_of[self.courier.profile]
        services: dict[StopId, tuple[int, int]] = {}
        now, gap, left = leaves, 0, leaves

        def resting(since: int, ready: int) -> int | None:
            """`ready` put off by the break if it belongs into this gap; None where it comes too late."""
            if rest is None or rest_in != gap:
                return ready
            if since > rest.latest_second:
                return None
            return max(ready, rest.earliest_second) + rest.duration_seconds

        for number, tour in enumerate(self.tours):
            stops = [self.problem.stops[stop] for stop in tour]
            released = (stop.release_second for stop in stops if stop.kind is StopKind.DELIVER)
            now = max(now, *released, leaves)
            left = now if number == 0 else left
            here = courier.start_location
            for stop in stops:
                moved = stop.setup_seconds if stop.location != here else 0
                road = driven(profile, here, stop.location, now)
                ready = resting(now, now + road + moved)
                early = 0 if stop.kind is StopKind.DELIVER else stop.release_second
                early = max(early, not_before.get(stop.id, 0))
                start = None if ready is None else self._first_open(stop, max(ready, early))
                if start is None:
                    return _Walked(left, now, services, f"{stop.id} is served too late")
                now = start + stop.service_seconds
                services[stop.id] = start, now
                here, gap = stop.location, gap + 1
            last = number == len(self.tours) - 1
            home = courier.end_location if last else courier.start_location
            ready = resting(now, now + driven(profile, here, home, now))
            if ready is None or ready > courier.shift.closes_second:
                return _Walked(left, now, services, "back after the shift")
            now, gap = ready + (0 if last else courier.reload_seconds), gap + 1
            rested = now if last else resting(now, now)
            if rested is None:
                return _Walked(left, now, services, "back after the shift")
            now, gap = rested, gap + 1
        return _Walked(left, now, services)

    def _first_open(self, stop: Stop, second: int) -> int | None:
        """The first second from this one on at which the service may start."""
        windows: Sequence[Window] = stop.windows
        locked = locked_second(self.problem, stop)
        if locked is not None:
            inside = not windows or any(
                w.opens_second <= locked <= w.closes_second for w in windows
            )
            return locked if inside and second <= locked else None
        if not windows:
            return second
        later = [max(second, w.opens_second) for w in windows if second <= w.closes_second]
        return min(later, default=None)


def driven(profile: Profile, origin: int, destination: int, leaving: int) -> int:
    """Seconds on the road: so much of the table's way is done in each second as the hour's speed says."""
    hundredths = 100 * profile.travel.seconds(origin, destination)
    now, percent = leaving, 100
    for period in profile.speed_periods:
        until = period.from_second
        if until > now:
            if hundredths <= (until - now) * percent:
                break
            hundredths -= (until - now) * percent
            now = until
        percent = period.speed_percent
    return now - leaving + -(-hundredths // percent)
