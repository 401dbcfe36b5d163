"""How late a courier may leave and still be back by a given second: the timetable run backwards.

Mirrors the forward pass of `routing.schedule` step by step: every start is the last that the calls
behind it allow, for each number of breaks taken so far. Rides are left aside, so with them the
answer may be too late, never too early.
"""

from collections.abc import Sequence

from routing.problem import Break
from routing.steps import Day, Step, last_open


def latest_leaving(day: Day, returns_second: int) -> int | None:
    """The last second at which the day may begin so that it ends by `returns_second`, or None."""
    rests = day.courier.breaks
    # By breaks taken: the last second at which one may be through with a step.
    through: list[int | None] = [
        *(min(returns_second, rest.latest_second) for rest in rests),
        returns_second,
    ]
    for step in reversed(day.steps):
        before: list[int | None] = [None] * len(through)
        for after, second in enumerate(through):
            if second is None:
                continue
            start = last_open(step.spans, second - step.service_seconds)
            if start is None or start < step.not_before:
                continue
            for done in range(after + 1):
                since = _last_departure(day, step, start, rests[done:after])
                before[done] = _later(before[done], since)
        through = before
    return _last_start(day, through)


def _last_departure(day: Day, step: Step, start: int, rests: Sequence[Break]) -> int | None:
    """When to be through with the step before, with these breaks between, to start this one then."""
    resting = rested = 0
    last: int | None = None
    for rest in rests:
        begins = max(rest.earliest_second, rested)
        if rest not in day.late_rests:
            if begins > rest.latest_second:
                return None
            latest = rest.latest_second - resting
            last = latest if last is None else min(last, latest)
        resting += rest.duration_seconds
        rested = begins + rest.duration_seconds
    if rests and rested > start:
        return None
    arrival = start - resting - step.setup_seconds
    if day.profile.speed_periods:
        since = day.profile.last_departure(step.origin, step.enter, arrival)
    else:
        since = arrival - step.travel_seconds
    return since if last is None else min(since, last)


def _last_start(day: Day, through: Sequence[int | None]) -> int | None:
    """Out of the office, with so many breaks lying before the day."""
    last: int | None = None
    for done, second in enumerate(through):
        earliest = max(day.leave_not_before, day.courier.shift.opens_second)
        if done:
            rest = day.courier.breaks[done - 1]
            earliest = max(earliest, rest.earliest_second + rest.duration_seconds)
        leaves = None if second is None else last_open(day.leave_spans, second)
        if leaves is not None and leaves >= earliest:
            last = _later(last, leaves)
    return last


def _later(left: int | None, right: int | None) -> int | None:
    if left is None or right is None:
        return right if left is None else left
    return max(left, right)
