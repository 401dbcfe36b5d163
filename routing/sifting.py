"""Which places of a stop are worth timing: what cannot be in time, and what costs more than another.

Every place there is, is looked at, all at once in numpy. For each a proven floor of what it would
cost is known, and a necessary condition of its being in time: the earliest that the calls before
it allow and the latest that those behind it do, without breaks, rides and the longest day. Whoever
times the places from the lowest floor on may stop where the floor is above what was found, and has
then seen the cheapest of all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.days import Tours
from routing.problem import Courier, Problem, Stop, StopKind
from routing.steps import Day, Span, first_open, last_open
from routing.terms import UNREACHABLE

if TYPE_CHECKING:
    from routing.insertion import Draft

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
NEVER: Final = 4 * UNREACHABLE  # later than any second that occurs
NO_LIMIT: Final = 10**15  # more than any amount, day or way


class Rank(NamedTuple):
    """Where a place stands among all of them; equal costs are told apart by it."""

    courier: int
    tour: int  # the number of tours there are: one of its own ...
    position: int  # ... to be made before that tour; otherwise where in the tour
    later: int  # of a pick-up's drop-off, in the tour without either; -1 otherwise


@dataclass(frozen=True, order=True)
class Candidate:
    """`floor`: the place costs at least that; `tours`: the courier's, with the stop there."""

    floor: int
    rank: Rank

    def tours(self, before: Tours, stop: int, partner: int) -> Tours:
        number, position, later = self.rank.tour, self.rank.position, self.rank.later
        if number == len(before):
            alone = (stop,) if partner < 0 else (stop, partner)
            return (*before[:position], alone, *before[position:])
        tour = before[number]
        if partner < 0:
            longer = (*tour[:position], stop, *tour[position:])
        else:
            longer = (*tour[:position], stop, *tour[position:later], partner, *tour[later:])
        return (*before[:number], longer, *before[number + 1 :])


class _Gaps(NamedTuple):
    """The ways from one call of a tour, or the office, to the next; a column each."""

    courier: Ints
    tour: Ints
    position: Ints
    origin: Ints
    onward: Ints
    leaves: Ints  # the earliest second at `origin`
    starts: Ints  # the last second at which what is at `onward` may start
    setup: Ints  # of what is at `onward`, for whoever comes from elsewhere
    setup_now: Ints
    seconds: Ints  # at the table's own speed
    metres: Ints
    service: Ints  # of what is at `onward`
    opens: Ints  # first of all, what is at `onward`
    closes: Ints  # last of all

    def at(self, rows: Ints) -> "_Gaps":
        return _Gaps(*(column[rows] for column in self))


class _Crew(NamedTuple):
    """Of every courier what his day takes as it is, and what his day may take and costs."""

    seconds: Ints  # of travel, at the table's own speed
    metres: Ints
    work: Ints  # setup and service
    cost: Ints  # of travel, duty and balance
    fastest: Ints  # percent
    most_seconds: Ints
    most_metres: Ints
    per_metre: Ints
    per_travel_second: Ints
    per_duty_second: Ints


class _There(NamedTuple):
    """One call put into each of some gaps."""

    may: Bools  # there are roads, and it is open
    in_time: Bools  # and so is what is behind it, if nothing else changes there
    starts: Ints  # what comes behind it, at the earliest
    seconds: Ints  # of travel, in addition
    metres: Ints
    work: Ints


class Sieve:
    """The places in one draft, whose tours must not change meanwhile."""

    def __init__(self, draft: "Draft") -> None:
        self.draft = draft
        self.problem = draft.problem
        self.arrays = draft.scheduler.arrays
        names = [profile.name for profile in self.problem.profiles]
        self._profiles = np.array([names.index(man.profile) for man in self.problem.couriers])
        gaps: list[tuple[int, ...]] = []
        crew: list[tuple[int, ...]] = []
        for courier in range(len(draft.tours)):
            found, totals = self._day_of(courier)
            gaps += found
            crew.append(totals)
        self.gaps = _Gaps(*_columns(gaps, len(_Gaps._fields)))
        self.crew = _Crew(*_columns(crew, len(_Crew._fields)))
        dimensions = len(self.problem.load_names)
        boards = list(self._loads_of_gaps())
        self._board, self._before, self._behind = (
            np.array([row[part] for row in boards], dtype=np.int64).reshape(len(boards), dimensions)
            for part in range(3)
        )

    def candidates(self, stop: int, couriers: Sequence[int]) -> list[Candidate]:
        """Every place with one of the couriers that may be in time, from the lowest floor on."""
        partner = int(self.arrays.partner[stop])
        if not all(self.arrays.windows[one] for one in (stop, partner) if one >= 0):
            return []
        found = [c for courier in couriers for c in self._new_tours(courier, stop, partner)]
        asked = np.zeros(len(self.draft.tours), dtype=np.bool_)
        asked[list(couriers)] = True
        rows = np.flatnonzero(asked[self.gaps.courier])
        if not rows.size:
            return sorted(found)
        if partner < 0:
            found += self._singles(stop, rows)
        else:
            found += self._pairs(stop, partner, rows)
        return sorted(found)

    # What there is.

    def _day_of(self, courier: int) -> tuple[list[tuple[int, ...]], tuple[int, ...]]:
        tours, scheduler = self.draft.tours[courier], self.draft.scheduler
        man = self.problem.couriers[courier]
        profile = self.problem.profile_of[man.profile]
        fastest = max([100, *(period.speed_percent for period in profile.speed_periods)])
        gaps: list[tuple[int, ...]] = []
        seconds = metres = work = 0
        if tours:
            day = scheduler.day(courier, tours)
            earliest, latest = _earliest(day, fastest), _latest(day, fastest)
            number = 0
            for tour_number, tour in enumerate(tours):
                for position in range(len(tour) + 1):
                    step = day.steps[number]
                    setup = int(self.arrays.setup_seconds[step.stop]) if step.stop >= 0 else 0
                    way = profile.travel.metres(step.origin, step.enter)
                    gaps.append(
                        (
                            *(courier, tour_number, position, step.origin, step.enter),
                            *(earliest[number], latest[number], setup, step.setup_seconds),
                            *(step.travel_seconds, way, step.service_seconds),
                            *((step.spans[0][0], step.spans[-1][1]) if step.spans else (NEVER, -1)),
                        )
                    )
                    seconds += step.travel_seconds
                    metres += way
                    if step.stop >= 0:
                        work += step.setup_seconds + step.service_seconds
                    number += 1
                number += 1  # leaving the office again
        rates = man.costs
        most = (man.max_route_seconds, man.max_route_metres)
        return gaps, (
            *(seconds, metres, work, self.draft.cost_that_moves(courier), fastest),
            *(NO_LIMIT if limit is None else limit for limit in most),
            *(rates.per_metre, rates.per_travel_second, rates.per_duty_second),
        )

    def _loads_of_gaps(self) -> Iterator[tuple[Ints, Ints, Ints]]:
        """On board there, and at most before and behind it, less what the bag holds."""
        dimensions = len(self.problem.load_names)
        for man, tours in zip(self.problem.couriers, self.draft.tours, strict=True):
            bag = np.array(man.capacities or (NO_LIMIT,) * dimensions, dtype=np.int64)
            for tour in tours:
                states = np.array(self.draft.scheduler.loads(tour), dtype=np.int64)
                states = states.reshape(len(tour) + 1, dimensions) - bag
                before = np.maximum.accumulate(states, axis=0)
                behind = np.maximum.accumulate(states[::-1], axis=0)[::-1]
                yield from zip(states, before, behind, strict=True)

    # A call in the tours there are.

    def _singles(self, stop: int, rows: Ints) -> list[Candidate]:
        there = self._put(stop, rows)
        call = self.problem.stops[stop]
        most = self._before if call.kind is StopKind.DELIVER else self._behind
        fits = (most[rows] + self.arrays.loads[stop] <= 0).all(axis=1)
        gaps = self.gaps.at(rows)
        floors, may = self._floors(gaps.courier, there, (stop,))
        kept = np.flatnonzero(there.may & there.in_time & fits & may)
        places = np.stack([gaps.courier, gaps.tour, gaps.position], axis=1)[kept]
        return [
            Candidate(floor, Rank(courier, tour, position, -1))
            for floor, (courier, tour, position) in zip(
                floors[kept].tolist(), places.tolist(), strict=True
            )
        ]

    def _pairs(self, stop: int, partner: int, rows: Ints) -> list[Candidate]:
        """Both halves in one tour: each in a gap of its own, or one after the other in the same."""
        taken = self._put(stop, rows)
        gaps = self.gaps.at(rows)
        found: list[Candidate] = []
        new_tour = np.flatnonzero(np.diff(gaps.courier) | np.diff(gaps.tour)) + 1
        for first, end in pairwise([0, *new_tour.tolist(), len(rows)]):
            own = slice(first, end)
            left, right = np.triu_indices(end - first, k=1)
            # Where a half stands at the place of the next call, that one's setup falls away, and all
            # behind it can be earlier than it was. So the right gap is not bound by when it was come
            # to before, nor the left one by how long what is behind it could wait.
            pushed, in_between = self._pushed(rows[own], taken.starts[own], left, right)
            may_be = taken.may[own][left] & in_between
            left, right = left[may_be], right[may_be]
            given = self._put(partner, rows[own][right], leaves=pushed[may_be])
            apart = _There(
                may=given.may,
                in_time=given.in_time,
                starts=given.starts,
                seconds=taken.seconds[own][left] + given.seconds,
                metres=taken.metres[own][left] + given.metres,
                work=taken.work[own][left] + given.work,
            )
            same = self._put(partner, rows[own], after=stop)
            both = _There(*(np.concatenate(parts) for parts in zip(apart, same, strict=True)))
            every = np.arange(end - first)
            left, right = np.concatenate([left, every]), np.concatenate([right, every])
            board = self._board[rows[own]]
            fits = (np.maximum(board[left], board[right]) + self.arrays.loads[stop] <= 0).all(
                axis=1
            )
            couriers = gaps.courier[own][left]
            floors, may = self._floors(couriers, both, (stop, partner))
            courier, tour = int(gaps.courier[first]), int(gaps.tour[first])
            kept = np.flatnonzero(both.may & both.in_time & fits & may)
            found += [
                Candidate(floor, Rank(courier, tour, position, later))
                for floor, position, later in zip(
                    floors[kept].tolist(), left[kept].tolist(), right[kept].tolist(), strict=True
                )
            ]
        return found

    def _pushed(self, tour: Ints, starts: Ints, left: Ints, right: Ints) -> tuple[Ints, Bools]:
        """When the right gap is come to at the earliest, where behind the left one it starts so late.

        And whether the calls in between can then start before they close for the day.
        """
        gaps = self.gaps.at(tour)
        comes = gaps.seconds * 100 // self.crew.fastest[gaps.courier] + gaps.setup_now
        through = np.concatenate([[0], np.cumsum(comes + gaps.service)])
        left_at = starts + gaps.service - through[1:]
        number = np.arange(len(tour))
        # Of the calls from a row's gap on, up to a column's.
        opened = np.where(
            number >= number[:, None], gaps.opens + gaps.service - through[1:], -NEVER
        )
        opened = np.maximum.accumulate(opened, axis=1)
        last = np.where(number > number[:, None], gaps.closes - comes - through[:-1], NEVER)
        last = np.minimum.accumulate(last, axis=1)
        leaves: Ints = through[right] + np.maximum(left_at[left], opened[left, right - 1])
        in_time = (starts <= gaps.closes)[left] & (left_at[left] <= last[left, right - 1])
        return leaves, in_time

    def _put(
        self, stop: int, rows: Ints, *, after: int | None = None, leaves: Ints | None = None
    ) -> _There:
        """The call in each of the gaps; or directly behind another, which comes first in the gap."""
        call, gaps = self.problem.stops[stop], self.gaps.at(rows)
        fastest = self.crew.fastest[gaps.courier]
        leaves, origin = gaps.leaves if leaves is None else leaves, gaps.origin
        before_seconds = before_metres = before_work = np.zeros(len(rows), dtype=np.int64)
        reached = np.ones(len(rows), dtype=np.bool_)
        if not rows.size:
            return _There(
                reached, reached, before_seconds, before_seconds, before_metres, before_work
            )
        if after is not None:
            first = self.problem.stops[after]
            leaves, before_seconds, before_metres, before_work, reached = self._come(
                first, gaps.courier, origin, leaves, fastest
            )
            origin = np.full(len(rows), first.exit_location)
        leaves, seconds, metres, work, is_open = self._come(
            call, gaps.courier, origin, leaves, fastest
        )
        onward_seconds, onward_metres = self._roads(
            gaps.courier, np.full(len(rows), call.exit_location), gaps.onward
        )
        setup = np.where(gaps.onward != call.exit_location, gaps.setup, 0)
        starts = leaves + onward_seconds * 100 // fastest + setup
        return _There(
            may=reached & is_open & (onward_seconds < UNREACHABLE),
            in_time=starts <= gaps.starts,
            starts=starts,
            seconds=before_seconds + seconds + onward_seconds - gaps.seconds,
            metres=before_metres + metres + onward_metres - gaps.metres,
            work=before_work + work + setup - gaps.setup_now,
        )

    def _come(
        self, call: Stop, couriers: Ints, origin: Ints, leaves: Ints, fastest: Ints
    ) -> tuple[Ints, Ints, Ints, Ints, Bools]:
        """When the call is left at the earliest, seconds and metres to it, its work, and if at all."""
        there = np.full(len(origin), call.location)
        seconds, metres = self._roads(couriers, origin, there)
        setup = np.where(origin != call.location, call.setup_seconds, 0)
        ready = leaves + seconds * 100 // fastest + setup
        start = np.full(len(origin), NEVER)
        for opens, closes in reversed(self.arrays.windows[self.problem.stop_index[call.id]]):
            start = np.where(ready <= closes, np.maximum(ready, opens), start)
        may = (seconds < UNREACHABLE) & (start < NEVER)
        return start + call.service_seconds, seconds, metres, setup + call.service_seconds, may

    def _roads(self, couriers: Ints, origins: Ints, onward: Ints) -> tuple[Ints, Ints]:
        """Seconds and metres of each pair, one of whose two columns is one place throughout."""
        seconds = np.zeros(len(origins), dtype=np.int64)
        metres = np.zeros_like(seconds)
        for number, profile in enumerate(self.problem.profiles):
            rows = np.flatnonzero(self._profiles[couriers] == number)
            if not rows.size:
                continue
            one, other = origins[rows], onward[rows]
            if (one == one[0]).all():
                there, way = profile.travel.block(one[:1], other)
                seconds[rows], metres[rows] = there[0], way[0]
            else:
                there, way = profile.travel.block(one, other[:1])
                seconds[rows], metres[rows] = there[:, 0], way[:, 0]
        return seconds, metres

    def _floors(self, couriers: Ints, there: _There, calls: tuple[int, ...]) -> tuple[Ints, Bools]:
        """What each place costs at least, and whether its day is not too long or too far."""
        crew, rules = self.crew, self.problem.rules
        seconds = (crew.seconds[couriers] + there.seconds) * 100 // crew.fastest[couriers]
        metres = crew.metres[couriers] + there.metres
        work = crew.work[couriers] + there.work + seconds
        cost = (
            crew.per_metre[couriers] * metres
            + crew.per_travel_second[couriers] * seconds
            + crew.per_duty_second[couriers] * work
            - crew.cost[couriers]
        )
        if rules.balance is not None:
            above = np.maximum(work - rules.balance.fair_share_seconds, 0)
            cost += rules.balance.cost_per_second_above * above
        for call in calls:
            cost += self.arrays.courier_cost[call, couriers]
            if rules.published is not None:
                # The call behind it may stand where it was published.
                cost -= rules.published.order_change_cost
        may = (work <= crew.most_seconds[couriers]) & (metres <= crew.most_metres[couriers])
        return cost, may

    # A tour of its own.

    def _new_tours(self, courier: int, stop: int, partner: int) -> Iterator[Candidate]:
        man, tours = self.problem.couriers[courier], self.draft.tours[courier]
        if len(tours) >= man.max_tours:
            return
        calls = [self.problem.stops[one] for one in (stop, partner) if one >= 0]
        for number in range(len(tours) + 1):
            is_last = number == len(tours)
            way = _Way(self.problem, man)
            for call in calls:
                way.to(call, self.arrays.windows[self.problem.stop_index[call.id]])
            way.home(man.end_location if is_last else man.start_location)
            if is_last and tours:
                # Whoever was on the last tour comes back to where one leaves.
                behind = self.problem.stops[tours[-1][-1]].exit_location
                way.instead(behind, man.end_location, man.start_location)
            if way.second > man.shift.closes_second:
                continue
            there = _There(
                may=np.ones(1, dtype=np.bool_),
                in_time=np.ones(1, dtype=np.bool_),
                starts=np.zeros(1, dtype=np.int64),
                seconds=np.array([way.seconds]),
                metres=np.array([way.metres]),
                work=np.array([way.work]),
            )
            numbers = (stop,) if partner < 0 else (stop, partner)
            (floor,), (may,) = self._floors(np.array([courier]), there, numbers)
            if may:
                fixed = 0 if tours else man.costs.fixed
                yield Candidate(int(floor) + fixed, Rank(courier, len(tours), number, -1))


class _Way:
    """From the office through some calls and back, as early as the shift and the windows allow."""

    def __init__(self, problem: Problem, man: Courier) -> None:
        self.profile = problem.profile_of[man.profile]
        self.fastest = max([100, *(p.speed_percent for p in self.profile.speed_periods)])
        self.here, self.second = man.start_location, man.shift.opens_second
        self.seconds = self.metres = self.work = 0

    def to(self, call: Stop, spans: Sequence[Span]) -> None:
        setup = call.setup_seconds if self.here != call.location else 0
        self._drive(call.location)
        start = first_open(spans, self.second + setup)
        self.second = NEVER if start is None else start + call.service_seconds
        self.work += setup + call.service_seconds
        self.here = call.exit_location

    def home(self, place: int) -> None:
        self._drive(place)

    def instead(self, origin: int, old: int, new: int) -> None:
        """Another way home than the old one, for somebody else's tour."""
        travel = self.profile.travel
        self.seconds += travel.seconds(origin, new) - travel.seconds(origin, old)
        self.metres += travel.metres(origin, new) - travel.metres(origin, old)

    def _drive(self, place: int) -> None:
        seconds = self.profile.travel.seconds(self.here, place)
        self.seconds += seconds
        self.metres += self.profile.travel.metres(self.here, place)
        self.second += seconds * 100 // self.fastest
        if seconds >= UNREACHABLE:
            self.second = NEVER


def _earliest(day: Day, fastest: int) -> list[int]:
    """When the office, and every step, is left at the earliest, without breaks and rides."""
    leaves = first_open(day.leave_spans, max(day.courier.shift.opens_second, day.leave_not_before))
    second = NEVER if leaves is None else leaves
    earliest = [second]
    for step in day.steps:
        ready = second + step.travel_seconds * 100 // fastest + step.setup_seconds
        start = first_open(step.spans, max(ready, step.not_before))
        second = NEVER if start is None else min(start + step.service_seconds, NEVER)
        earliest.append(second)
    return earliest


def _latest(day: Day, fastest: int) -> list[int]:
    """When every step starts at the latest, for all behind it to be in time."""
    latest = []
    leaves = NEVER  # the step, at the latest
    for step in reversed(day.steps):
        start = last_open(step.spans, leaves - step.service_seconds)
        latest.append(-NEVER if start is None else start)
        leaves = latest[-1] - step.setup_seconds - step.travel_seconds * 100 // fastest
    return latest[::-1]


def _columns(rows: Sequence[tuple[int, ...]], count: int) -> Ints:
    return np.array(rows, dtype=np.int64).reshape(len(rows), count).T
