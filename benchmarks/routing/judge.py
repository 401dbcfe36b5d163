"""The judge of generated days: times, loads and costs of anybody's sequences, from the problem alone.

It shares no code with what makes or checks plans in `routing`: it walks every day anew and takes
the earliest time that the windows and one break allow. It knows what the generated days hold and
refuses to judge a problem that holds more.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from routing import Break, Courier, PlanRules, Problem, Stop, StopKind, Window

# Stop numbers, tour by tour, courier by courier in the problem's order.
Tours = Sequence[Sequence[int]]
Orders = Sequence[Tours]
_ON_BOARD_AT_START = {StopKind.DELIVER}


def judged_cost(problem: Problem, orders: Orders) -> int:
    """Seconds travelled plus penalties.

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
        table = problem.profile_of[courier.profile].travel
        for number, tour in enumerate(tours):
            last = number == len(tours) - 1
            home = courier.end_location if last else courier.start_location
            places = [problem.stops[stop].location for stop in tour]
            road = [courier.start_location, *places, home]
            cost += sum(table.seconds(a, b) for a, b in pairwise(road))
    return cost


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


def _refuse_what_is_not_known(problem: Problem) -> None:
    known = problem.rules == PlanRules() and all(
        len(man.breaks) <= 1
        and man.max_route_seconds is None
        and man.max_route_metres is None
        and man.costs.fixed == man.costs.per_metre == man.costs.per_duty_second == 0
        for man in problem.couriers
    )
    known = known and all(not profile.speed_periods for profile in problem.profiles)
    known = known and all(stop.kind is not StopKind.LEG for stop in problem.stops)
    if not known or any(pair.max_ride_seconds is not None for pair in problem.shipments):
        raise NotImplementedError("this judge knows the generated days only")


def _is_mandatory(problem: Problem, stop: Stop) -> bool:
    if stop.kind is StopKind.DROPOFF:
        pickup = problem.shipment_of[stop.id].pickup
        return problem.stops[problem.stop_index[pickup]].penalty is None
    return stop.penalty is None


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

    The break is taken in one of the gaps between two services (the office is one), as early as it
    may; or it is not owed, because the courier is back before its latest start or leaves after it
    would be over.
    """
    opens = courier.shift.opens_second
    back, fault = _walked(problem, courier, tours, opens, None, None)
    if fault or not courier.breaks:
        return fault
    (rest,) = courier.breaks
    if back <= rest.latest_second:
        return ""
    after = max(opens, rest.earliest_second + rest.duration_seconds)
    if not _walked(problem, courier, tours, after, None, None)[1]:
        return ""
    gaps = sum(len(tour) + 1 for tour in tours)
    if any(not _walked(problem, courier, tours, opens, rest, gap)[1] for gap in range(gaps)):
        return ""
    return "no room for the break"


def _walked(
    problem: Problem,
    courier: Courier,
    tours: Tours,
    leaves: int,
    rest: Break | None,
    rest_in: int | None,
) -> tuple[int, str]:
    """When the courier is back at the earliest, and the first thing that is too late."""
    table = problem.profile_of[courier.profile].travel
    now, gap = leaves, 0

    def resting(since: int, ready: int) -> int | None:
        """`ready` put off by the break if it belongs into this gap; None where it comes too late."""
        if rest is None or rest_in != gap:
            return ready
        if since > rest.latest_second:
            return None
        return max(ready, rest.earliest_second) + rest.duration_seconds

    for number, tour in enumerate(tours):
        stops = [problem.stops[stop] for stop in tour]
        released = (stop.release_second for stop in stops if stop.kind is StopKind.DELIVER)
        now = max(now, *released, leaves)
        here = courier.start_location
        for stop in stops:
            moved = stop.setup_seconds if stop.location != here else 0
            ready = resting(now, now + table.seconds(here, stop.location) + moved)
            early = 0 if stop.kind is StopKind.DELIVER else stop.release_second
            start = None if ready is None else _first_open(stop.windows, max(ready, early))
            if start is None:
                return now, f"{stop.id} is served too late"
            now, here, gap = start + stop.service_seconds, stop.location, gap + 1
        last = number == len(tours) - 1
        home = courier.end_location if last else courier.start_location
        ready = resting(now, now + table.seconds(here, home))
        if ready is None or ready > courier.shift.closes_second:
            return now, "back after the shift"
        now, gap = ready + (0 if last else courier.reload_seconds), gap + 1
    return now, ""


def _first_open(windows: Sequence[Window], second: int) -> int | None:
    """The first second from this one on at which the service may start."""
    if not windows:
        return second
    later = [max(second, w.opens_second) for w in windows if second <= w.closes_second]
    return min(later, default=None)
