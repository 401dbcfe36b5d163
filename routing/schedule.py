"""Turn one courier's sequence of stops into the earliest timetable that obeys everything, or say
what stands in the way.

Every start is the least that the calls before it allow. Rides and the longest day are lower bounds
too (a pick-up may not end earlier than drop-off minus ride), so raising starts until nothing moves
gives the earliest timetable there is (least fixed point of a monotone system). Breaks are placed by
dynamic programming over (call, breaks taken); only where rides or the longest day make a day with
breaks end later is it a search over placements, capped at `PLACEMENTS_TRIED`. A break taken at the
office between two tours begins after the reload.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement, islice
from typing import Final

from routing.leaving import latest_leaving
from routing.outlasting import least_delay
from routing.plan import Reason
from routing.steps import (
    OFFICE_BACK,
    Blocked,
    Day,
    Moment,
    Span,
    departures,
    step_on,
)

PLACEMENTS_TRIED: Final = 2_000
ROUNDS_OF_RAISING: Final = 200


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """Seconds for every step of a day; `rests` are the breaks taken."""

    leaves_second: int
    moments: tuple[Moment, ...]
    rests: tuple[Span, ...]
    was_pushed: bool = False  # by a ride or the longest day, beyond what the calls before allow

    @property
    def returns_second(self) -> int:
        return self.moments[-1].start


def timetable(day: Day) -> Timetable | Blocked:
    """The earliest timetable of the day, or what blocks it.

    Where duty costs, the courier leaves as late as being back equally early allows. Where a break
    meets a ride or the longest day, it is the earliest of the first `PLACEMENTS_TRIED` placements of
    breaks: of all there are with one break on any day, and with two on a day of fifty calls.
    """
    earliest = _raised(day, 0, None, None)
    found = _as_late_as_pays(day, earliest, None)
    if not day.courier.breaks or not _pushed_later(day, earliest):
        return found
    gaps = range(-1, len(day.steps) + 1)
    placements = combinations_with_replacement(gaps, len(day.courier.breaks))
    for placement in islice(placements, PLACEMENTS_TRIED):
        by = found.returns_second if isinstance(found, Timetable) else None
        other = _as_late_as_pays(day, _raised(day, 0, placement, by), placement)
        if isinstance(other, Blocked):
            continue
        if isinstance(found, Blocked) or _is_better(day, other, found):
            found = other
    return found


def _as_late_as_pays(
    day: Day, found: Timetable | Blocked, placement: tuple[int, ...] | None
) -> Timetable | Blocked:
    if isinstance(found, Timetable) and day.courier.costs.per_duty_second > 0:
        return _leaving_later(day, found, placement)
    return found


def _is_better(day: Day, one: Timetable, other: Timetable) -> bool:
    if one.returns_second != other.returns_second:
        return one.returns_second < other.returns_second
    is_paid = day.courier.costs.per_duty_second > 0
    return is_paid and one.leaves_second > other.leaves_second


def _pushed_later(day: Day, found: Timetable | Blocked) -> bool:
    """Whether a ride or the longest day stands in the way; else the earliest way saw every place."""
    if isinstance(found, Blocked):
        return found.reason in {Reason.RIDE, Reason.ROUTE_SECONDS}
    if not found.was_pushed:
        return False
    free = _forward(day, 0, [step.not_before for step in day.steps], None)
    return isinstance(free, Blocked) or found.returns_second > free.returns_second


def _leaving_later(day: Day, found: Timetable, placement: tuple[int, ...] | None) -> Timetable:
    """The last departure with the same return; the return never falls with it."""
    low, high = found.leaves_second, latest_leaving(day, found.returns_second)
    if high is None or high <= low:
        return found
    latest = _back_as_early(day, high, found, placement)
    if latest is not None:
        return latest
    # Rides can forbid what the windows allow; then the last possible second is bisected for.
    while low < high:
        middle = (low + high + 1) // 2
        later = _back_as_early(day, middle, found, placement)
        if later is None:
            high = middle - 1
        else:
            found, low = later, middle
    return found


def _back_as_early(
    day: Day, leave_from: int, found: Timetable, placement: tuple[int, ...] | None
) -> Timetable | None:
    later = _raised(day, leave_from, placement, found.returns_second)
    if isinstance(later, Blocked) or later.returns_second != found.returns_second:
        return None
    return later


def _raised(
    day: Day, leave_from: int, placement: tuple[int, ...] | None, returns_by: int | None
) -> Timetable | Blocked:
    """Raise starts until rides and the day's length hold, or a window stands in the way.

    Given up, since starts only rise, where the courier is back after `returns_by`.
    """
    floors = [step.not_before for step in day.steps]
    pushed: Reason | None = None
    for _ in range(ROUNDS_OF_RAISING):
        found = _forward(day, leave_from, floors, placement)
        if isinstance(found, Blocked):
            # Blocked only because something was pushed there: the push is the reason.
            return found if pushed is None else Blocked(reason=pushed, stop=found.stop)
        if returns_by is not None and found.returns_second > returns_by:
            return Blocked(reason=pushed or Reason.ROUTE_SECONDS)
        reason = None
        for ride in day.rides:
            pickup, dropoff = found.moments[ride.pickup_step], found.moments[ride.dropoff_step]
            excess = dropoff.start - pickup.departure - ride.limit_seconds
            if excess > 0:
                floors[ride.pickup_step] = pickup.start + excess
                reason = Reason.RIDE
        longest = day.courier.max_route_seconds
        duty = found.returns_second - found.leaves_second
        if longest is not None and duty > longest:
            least = least_delay(day, found.leaves_second, floors, placement)
            leave_from = found.leaves_second + max(duty - longest, least)
            reason = Reason.ROUTE_SECONDS
        if reason is None:
            return found if pushed is None else replace(found, was_pushed=True)
        pushed = reason
    return Blocked(reason=pushed or Reason.ROUTE_SECONDS)


def _forward(
    day: Day, leave_from: int, floors: Sequence[int], placement: tuple[int, ...] | None
) -> Timetable | Blocked:
    """One pass over the steps; for each number of breaks taken the earliest way to be there."""
    rests = day.courier.breaks
    states = departures(day, leave_from, placement)
    for number, step in enumerate(day.steps):
        reached: list[Moment | None] = [None] * (len(rests) + 1)
        closest = None
        for done, before in enumerate(states):
            if before is None:
                continue
            for after in range(done, len(rests) + 1):
                if placement is not None and sum(g <= number for g in placement) != after:
                    continue
                moment = step_on(day, step, floors[number], before, rests[done:after])
                if isinstance(moment, Blocked):
                    closest = _closer(closest, moment)
                    continue
                best = reached[after]
                if best is None or moment.departure < best.departure:
                    reached[after] = moment._replace(breaks_done=after)
        states = reached
        if not any(states):
            return closest or Blocked(reason=Reason.SHIFT, stop=step.stop)
    return _ending(day, states)


def _ending(day: Day, states: Sequence[Moment | None]) -> Timetable | Blocked:
    """The earliest return after which no break is still owed."""
    rests = day.courier.breaks
    best: Moment | None = None
    for done, moment in enumerate(states):
        if moment is None or (done < len(rests) and moment.start > rests[done].latest_second):
            continue
        if best is None or moment.start < best.start:
            best = moment
    if best is None:
        return Blocked(reason=Reason.BREAK, stop=OFFICE_BACK)
    chain: list[Moment] = []
    moment = best
    while moment.before is not None:
        chain.append(moment)
        moment = moment.before
    chain.reverse()
    return Timetable(
        leaves_second=moment.departure,
        moments=tuple(chain),
        rests=tuple(rest for step in chain for rest in step.rests),
    )


def _closer(left: Blocked | None, right: Blocked) -> Blocked:
    if left is None or left.misses_by is None:
        return right
    if right.misses_by is None or left.misses_by <= right.misses_by:
        return left
    return right
