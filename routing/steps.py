"""What a courier's day is made of, and one step of it: from the end of a call to the start of the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from routing.plan import Reason
from routing.problem import Break, Courier
from routing.tables import Profile

Span = tuple[int, int]


class Step(NamedTuple):
    """One call, or the office: the courier comes from `origin` to `enter`."""

    stop: int  # number of the stop; OFFICE_BACK or OFFICE_OUT for the office between tours
    origin: int  # where the step before was left
    enter: int
    travel_seconds: int  # from the step before, at the table's own speed
    setup_seconds: int
    service_seconds: int
    spans: tuple[Span, ...] | None  # when it may start; None: always
    not_before: int


OFFICE_BACK: Final = -1
OFFICE_OUT: Final = -2


class Ride(NamedTuple):
    """From the end of one step to the start of another at most `limit_seconds`."""

    pickup_step: int
    dropoff_step: int
    limit_seconds: int


@dataclass(frozen=True, kw_only=True)
class Day:
    """One courier's steps in order with what limits the day as a whole."""

    courier: Courier
    profile: Profile
    leave_spans: tuple[Span, ...] | None
    leave_not_before: int
    steps: tuple[Step, ...]
    rides: tuple[Ride, ...]
    late_rests: tuple[Break, ...] = ()  # which may begin after their latest second


@dataclass(frozen=True, kw_only=True)
class Blocked:
    """Why there is no timetable: the first thing that fails, at which stop, and by how much."""

    reason: Reason
    stop: int | None = None
    misses_by: int | None = None


class Moment(NamedTuple):
    """How a step is reached: arrival, start, end, breaks taken on the way, and the step before."""

    arrival: int
    start: int
    departure: int
    breaks_done: int
    rests: tuple[Span, ...]
    before: "Moment | None"


# How far a round of raising has come: by breaks taken, the earliest way to be through with a step.
States = list[Moment | None]


def departures(day: Day, leave_from: int, placement: tuple[int, ...] | None) -> States:
    """Leaving the office with 0, 1, ... breaks lying before the day."""
    rests = day.courier.breaks
    states: list[Moment | None] = []
    for done in range(len(rests) + 1):
        earliest = max(leave_from, day.leave_not_before, day.courier.shift.opens_second)
        if done:
            earliest = max(
                earliest, rests[done - 1].earliest_second + rests[done - 1].duration_seconds
            )
        second = first_open(day.leave_spans, earliest)
        wrong = placement is not None and sum(g < 0 for g in placement) != done
        if second is None or wrong:
            states.append(None)
        else:
            states.append(Moment(second, second, second, done, (), None))
    return states


def step_on(
    day: Day, step: Step, floor: int, before: Moment, rests: Sequence[Break]
) -> Moment | Blocked:
    """From the end of one step through the breaks of the gap to the start of the next."""
    since = before.departure
    travel = step.travel_seconds
    if day.profile.speed_periods:
        travel = day.profile.travel_seconds(step.origin, step.enter, since)
    arrival = since + travel
    ready = arrival + step.setup_seconds
    taken: list[Span] = []
    for rest in rests:
        start = max(rest.earliest_second, taken[-1][1] if taken else since)
        if start > rest.latest_second and rest not in day.late_rests:
            return Blocked(reason=Reason.BREAK, stop=step.stop)
        if start < arrival:
            arrival += rest.duration_seconds
            ready += rest.duration_seconds
        elif start < ready:
            ready += rest.duration_seconds
        else:
            ready = start + rest.duration_seconds
        taken.append((start, start + rest.duration_seconds))
    start_second = first_open(step.spans, max(ready, floor))
    if start_second is None:
        closes = step.spans[-1][1] if step.spans else 0
        reason = Reason.WINDOW if step.stop >= 0 else Reason.SHIFT
        return Blocked(reason=reason, stop=step.stop, misses_by=max(ready, floor) - closes)
    end = start_second + step.service_seconds
    return Moment(arrival, start_second, end, 0, tuple(taken), before)


def first_open(spans: Sequence[Span] | None, second: int) -> int | None:
    """The first second from `second` on that lies in one of the spans; None when there is none."""
    if spans is None:
        return second
    for opens, closes in spans:
        if second <= closes:
            return max(second, opens)
    return None


def last_open(spans: Sequence[Span] | None, second: int) -> int | None:
    """The last second up to `second` that lies in one of the spans; None when there is none."""
    if spans is None:
        return second
    for opens, closes in reversed(spans):
        if opens <= second:
            return min(second, closes)
    return None


def until(spans: Sequence[Span] | None, closes: int) -> tuple[Span, ...]:
    """What of the spans (None: always) lies before or at this second."""
    if spans is None:
        return ((0, closes),)
    return tuple((a, min(b, closes)) for a, b in spans if a <= closes)
