"""How much later a courier leaves at least before a day that is too long can be short enough.

Leaving later by a second, he is back later by nearly a second for as long as he drives through the
same periods of speed and waits nowhere; trying second by second then takes an hour's worth of tries.
So beside the earliest way to be through with each step stands how that moment grows, at least, with
the second of leaving: a line up to the next change of a period or the closing of a window, and level
afterwards, since leaving later never means being there earlier. Nothing shorter is skipped: these
are lower bounds, and what they leave open is tried as before.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

from routing.steps import Blocked, Day, Moment, Step, departures, step_on
from routing.terms import UNREACHABLE

# Far more than the error of such small numbers, far less than a second.
ROUNDING: Final = 1e-6


class Growth(NamedTuple):
    """Left x seconds later, a moment is later by `slope * min(x, reach) - lag` at least, and by 0.

    `lag` is what rounding up to whole seconds may have been ahead before.
    """

    slope: float
    reach: float
    lag: float


STILL: Final = Growth(0.0, 0.0, 0.0)


class Way(NamedTuple):
    moment: Moment
    growth: Growth


def least_delay(
    day: Day, leaves: int, floors: Sequence[int], placement: tuple[int, ...] | None
) -> int:
    """Seconds after `leaves` before which every day is longer than the courier's longest.

    0 where nothing can be said. `floors` and `placement` are those of the pass that found it.
    """
    longest = day.courier.max_route_seconds
    if longest is None:
        return 0
    states: list[Way | None] = []
    furthest: int | None = None
    for moment in departures(day, leaves, placement):
        if moment is not None and moment.departure > leaves:
            # Who rests before he leaves goes then; his day does not change until that second.
            waits = moment.departure - leaves
            furthest = waits if furthest is None else min(furthest, waits)
            moment = None  # noqa: PLW2901 - this way is not followed
        follows = Growth(1.0, float(_until_shut(day, leaves)), 0.0)
        states.append(None if moment is None else Way(moment, follows))
    for number, step in enumerate(day.steps):
        states = _after(day, step, number, floors[number], states, placement)
    ends = [
        _first_short(way, leaves, longest)
        for done, way in enumerate(states)
        if way is not None and not _owes_a_rest(day, done, way.moment)
    ]
    least = min(ends, default=0)
    return least if furthest is None else min(least, furthest)


def _after(
    day: Day,
    step: Step,
    number: int,
    floor: int,
    states: Sequence[Way | None],
    placement: tuple[int, ...] | None,
) -> list[Way | None]:
    """The ways to be through with this step, as `routing.schedule` goes on from the one before."""
    rests = day.courier.breaks
    reached: list[Way | None] = [None] * len(states)
    for done, before in enumerate(states):
        if before is None:
            continue
        for after in range(done, len(states)):
            if placement is not None and sum(g <= number for g in placement) != after:
                continue
            moment = step_on(day, step, floor, before.moment, rests[done:after])
            if isinstance(moment, Blocked):
                continue
            way = Way(moment, _grown(day, step, before, moment))
            reached[after] = _sooner(reached[after], way)
    return reached


def _grown(day: Day, step: Step, before: Way, moment: Moment) -> Growth:
    since = before.moment.departure
    travel, growth = _driven(day, step, since, before.growth)
    resting = sum(end - start for start, end in moment.rests)
    if moment.start > since + travel + step.setup_seconds + resting:
        return STILL  # he waits, for a window or for the hour of a rest
    if step.spans is None:
        return growth
    closes = next(end for _, end in step.spans if moment.start <= end)
    return _within(growth, closes - moment.start)


def _driven(day: Day, step: Step, since: int, growth: Growth) -> tuple[int, Growth]:
    """The seconds of travel, and how the arrival grows where the departure grows like this."""
    periods = day.profile.speed_periods
    if not periods or not 0 < step.travel_seconds < UNREACHABLE:
        return step.travel_seconds, growth
    travel = day.profile.travel_seconds(step.origin, step.enter, since)
    begins = [period.from_second for period in periods]
    percent = [100, *(period.speed_percent for period in periods)]
    # A second at which a period begins belongs to the leaving; arriving then, it was not used.
    out = bisect_right(begins, since)
    back = max(out, bisect_right(begins, since + travel - 1))
    if out < len(begins):
        growth = _within(growth, begins[out] - since) if back > out else growth
    turn = percent[out] / percent[back]
    if back < len(begins):
        growth = _within(growth, (begins[back] - since - travel) / turn)
    # Within one period the travel is the same to the second; else it was rounded up.
    rounded = 0 if out == back else 1
    slope, reach, lag = growth
    return travel, Growth(slope * turn, reach, lag * turn + rounded)


def _within(growth: Growth, seconds: float) -> Growth:
    """The growth as far as the moment is not more than these seconds later."""
    if growth.slope == 0:
        return growth
    return growth._replace(reach=min(growth.reach, (seconds + growth.lag) / growth.slope))


def _sooner(one: Way | None, other: Way) -> Way:
    """The earlier of two ways, growing no faster than either allows."""
    if one is None:
        return other
    early, late = sorted((one, other), key=lambda way: way.moment.departure)
    ahead = late.moment.departure - early.moment.departure
    up_to = _within(early.growth, ahead)
    slower = Growth(
        slope=min(early.growth.slope, late.growth.slope),
        reach=min(early.growth.reach, late.growth.reach),
        lag=max(early.growth.lag, late.growth.lag),
    )
    return Way(early.moment, max(up_to, slower, key=_most))


def _most(growth: Growth) -> float:
    return growth.slope * growth.reach - growth.lag


def _first_short(way: Way, leaves: int, longest: int) -> int:
    """The first delay, in whole seconds, with which this way may be short enough."""
    too_long = way.moment.start - leaves - longest
    slope, reach, lag = way.growth
    excess = too_long - lag
    if excess > 0 and slope < 1 and excess <= (1 - slope) * reach:
        delay = excess / (1 - slope)
    else:
        delay = excess + slope * reach if excess > 0 else 0.0
    return max(0, too_long, math.ceil(delay - ROUNDING))


def _until_shut(day: Day, leaves: int) -> int:
    """How much later one may leave before the office is shut."""
    for _, closes in day.leave_spans or ():
        if leaves <= closes:
            return closes - leaves
    return UNREACHABLE


def _owes_a_rest(day: Day, done: int, moment: Moment) -> bool:
    rests = day.courier.breaks
    return done < len(rests) and moment.start > rests[done].latest_second
