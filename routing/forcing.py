"""A timetable for a day that has none: what stands in the way is lifted, and nothing else.

Kind by kind, and as few kinds as do: closing times first, then the shift's end, the office's hours,
the longest day, rides, and last that a break begins in time. Of the kinds lifted each single limit
that can hold is then put back. So whoever looks at the day finds broken only what must be.
"""

from dataclasses import replace
from enum import Enum
from itertools import combinations
from typing import Final, NamedTuple

from routing.schedule import Timetable, timetable
from routing.steps import Day, Span, Step, until


class Kind(Enum):
    CLOSING = "closing"  # of the desk a step goes to
    SHIFT = "shift"
    OFFICE = "office"  # its last closing, at a step there, or at LEAVING
    LONGEST = "longest"
    RIDE = "ride"
    REST = "rest"


class Limit(NamedTuple):
    """`number` of the step, the ride or the break, where the day has several."""

    kind: Kind
    number: int = 0


LEAVING: Final = -1
ENDLESS: Final = 2**62


def forced(day: Day, home_hours: tuple[Span, ...] | None) -> Timetable:
    """The earliest timetable of the day with what blocks it lifted, to show how late one would be.

    Opening times still hold, and a break that cannot begin in time is taken late.

    Args:
        day: any, also one that has a timetable.
        home_hours: when the office where it ends is open, whatever the shift.
    """
    found = timetable(day)
    if isinstance(found, Timetable):
        return found
    kinds = [limits for limits in _limits(day) if limits]
    for number in range(1, len(kinds) + 1):
        for some in combinations(kinds, number):
            lifted = frozenset(limit for limits in some for limit in limits)
            found = timetable(_without(day, lifted, home_hours))
            if isinstance(found, Timetable):
                return _with_least_lifted(day, lifted, home_hours, found)
    raise AssertionError("nothing blocks a timetable without limits")


def _limits(day: Day) -> tuple[list[Limit], ...]:
    """Kind by kind, in the order in which they are lifted."""
    shut = [number for number, step in enumerate(day.steps) if step.spans is not None]
    return (
        [Limit(Kind.CLOSING, number) for number in shut if day.steps[number].stop >= 0],
        [Limit(Kind.SHIFT)],
        [Limit(Kind.OFFICE, n) for n in (LEAVING, *shut) if n < 0 or day.steps[n].stop < 0],
        [] if day.courier.max_route_seconds is None else [Limit(Kind.LONGEST)],
        [Limit(Kind.RIDE, number) for number in range(len(day.rides))],
        [Limit(Kind.REST, number) for number in range(len(day.courier.breaks))],
    )


def _with_least_lifted(
    day: Day, lifted: frozenset[Limit], home_hours: tuple[Span, ...] | None, found: Timetable
) -> Timetable:
    """Limit by limit put back where a timetable is left; those that hold already all at once."""
    kept = frozenset(limit for limit in lifted if not _holds(day, limit, found))
    for limits in (lifted - kept, *(frozenset({limit}) for limit in sorted(kept, key=_order))):
        fewer = lifted - limits
        other = timetable(_without(day, fewer, home_hours))
        if isinstance(other, Timetable):
            lifted, found = fewer, other
    return found


def _holds(day: Day, limit: Limit, found: Timetable) -> bool:
    """Whether a desk is reached before it closes; of anything else it is not asked."""
    spans = day.steps[limit.number].spans if limit.kind is Kind.CLOSING else None
    return spans is not None and found.moments[limit.number].start <= max(spans, default=(0, -1))[1]


def _order(limit: Limit) -> tuple[str, int]:
    return limit.kind.value, limit.number


def _without(day: Day, lifted: frozenset[Limit], home_hours: tuple[Span, ...] | None) -> Day:
    courier = day.courier
    if Limit(Kind.LONGEST) in lifted:
        courier = replace(courier, max_route_seconds=None)
    steps = [_step_without(step, number, lifted) for number, step in enumerate(day.steps)]
    last = len(steps) - 1
    hours = _open_ended(home_hours) if Limit(Kind.OFFICE, last) in lifted else home_hours
    if Limit(Kind.SHIFT) not in lifted:
        hours = until(hours, courier.shift.closes_second)
    steps[last] = steps[last]._replace(spans=hours)
    leaves = Limit(Kind.OFFICE, LEAVING) in lifted
    return replace(
        day,
        courier=courier,
        leave_spans=_open_ended(day.leave_spans) if leaves else day.leave_spans,
        steps=tuple(steps),
        rides=tuple(r for n, r in enumerate(day.rides) if Limit(Kind.RIDE, n) not in lifted),
        late_rests=tuple(
            rest for n, rest in enumerate(courier.breaks) if Limit(Kind.REST, n) in lifted
        ),
    )


def _step_without(step: Step, number: int, lifted: frozenset[Limit]) -> Step:
    kind = Kind.CLOSING if step.stop >= 0 else Kind.OFFICE
    if Limit(kind, number) in lifted:
        return step._replace(spans=_open_ended(step.spans))
    return step


def _open_ended(spans: tuple[Span, ...] | None) -> tuple[Span, ...] | None:
    if not spans:
        return None
    return (*spans, (spans[-1][1] + 1, ENDLESS))
