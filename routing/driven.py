"""Roads that were driven stay driven, whatever is closed since.

What is closed now is closed for whoever would still have to take it. A call behind which a courier
has left such a road gets a place of its own in the tables: the road that he took leads there as long
as it was, and from there on lead today's roads. So nobody else can take a road that only the past had.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.plan import Plan, Route
from routing.problem import Courier, Problem, Stop, StopKind
from routing.rules import PlanRules
from routing.tables import IntArray, Matrix, Profile, TravelTable
from routing.terms import UNREACHABLE, CourierId, StopId

Done = Mapping[CourierId, tuple[StopId, ...]]
Length = tuple[int, int]  # seconds and metres
End = StopId | int  # a call, or the place of an office
Lengths = dict[tuple[End, End], Length]

# Of a road that nobody has to take: open, so that the call can be his, and longer than any shift.
NOT_TAKEN: Final[Length] = (86_400, 0)
UNKNOWN: Final[Length] = (0, 0)


def with_driven_roads(
    problem: Problem, done: Done, published: Plan, roads: tuple[Profile, ...]
) -> Problem:
    """The problem on the roads of now, with those behind what is done as they were.

    A driven road is as long as the problem's tables say, else as the published plan had it; where
    neither knows it, nothing is counted for it. Who stands where no direct road leads home any more
    goes round, and where none leads at all he is not home before the day is over.

    Args:
        problem: its own tables are those of the past.
        done: for every courier what is done, in order.
        published: the plan people know.
        roads: the profiles from now on; none: the problem's.

    Raises:
        ContradictoryProblem: the roads do not fit the problem, or cut off what is mandatory.
    """
    if roads:
        # What of the tables cannot be read is said before they are asked.
        replace(problem, stops=(), shipments=(), rules=PlanRules(), profiles=roads)
    now = {profile.name: profile.travel for profile in roads or problem.profiles}
    routes = {route.courier: route for route in published.routes}
    opened: dict[str, Lengths] = {}
    for courier, stops in done.items():
        man = problem.couriers[problem.courier_index[courier]]
        past = _Past(problem, man, stops, routes.get(courier), now[man.profile])
        opened.setdefault(man.profile, {}).update(past.opened())
    if not roads and not any(opened.values()):
        return problem
    return _with_places_apart(problem, done, roads or problem.profiles, opened)


def asked_of_nobody(
    problem: Problem, roads: tuple[Profile, ...], past: Collection[StopId]
) -> Problem:
    """What is not done, on these roads (none: the problem as it is), with no duty: to ask who could."""
    if not roads:
        return problem
    halves = {StopKind.PICKUP, StopKind.DROPOFF}
    stops = tuple(
        replace(
            stop,
            kind=StopKind.COLLECT if stop.kind in halves else stop.kind,
            loads=problem.loads_of(stop),
            penalty=0,
        )
        for stop in problem.stops
        if stop.id not in past
    )
    rules = PlanRules(banned=tuple(pair for pair in problem.rules.banned if pair[0] not in past))
    return replace(problem, stops=stops, shipments=(), rules=rules, profiles=roads)


@dataclass(frozen=True)
class _Past:
    """What one courier has done, and the roads of now."""

    problem: Problem
    man: Courier
    stops: tuple[StopId, ...]
    published: Route | None
    now: TravelTable

    def opened(self) -> Lengths:
        """Roads that are not as they were, and closed ones without which the calls cannot be his."""
        office, home = self.man.start_location, self.man.end_location
        known = dict(_legs_of(self.published, office, home)) if self.published else {}
        lengths: Lengths = {}
        for leg in self._driven():
            was = self._length(self.problem.profile_of[self.man.profile].travel, leg)
            if was[0] >= UNREACHABLE:
                was = known.get(leg, UNKNOWN)
            if was != self._length(self.now, leg):
                lengths[leg] = was
        for number, stop in enumerate(self.stops):
            is_last = number == len(self.stops) - 1
            for leg in ((office, stop), (stop, office), (stop, home)):
                if leg in lengths or self._length(self.now, leg)[0] < UNREACHABLE:
                    continue
                goes_on = is_last and leg[0] == stop
                lengths[leg] = _way_round(self.now, *self._places(leg)) if goes_on else NOT_TAKEN
        for leg in self._rides():
            # Other calls lie between: it is asked how long a ride must be, and not driven.
            if leg not in lengths and self._length(self.now, leg)[0] >= UNREACHABLE:
                lengths[leg] = UNKNOWN
        return lengths

    def _rides(self) -> Iterator[tuple[StopId, StopId]]:
        """From call to call of the shipments that are done."""
        here = set(self.stops)
        for pair in self.problem.shipments:
            if pair.pickup in here and pair.dropoff in here:
                yield pair.pickup, pair.dropoff

    def _driven(self) -> Iterator[tuple[End, End]]:
        """Leg by leg from the office on, by way of it where another published tour begins."""
        office = self.man.start_location
        tours = enumerate(self.published.tours) if self.published else ()
        tour_of = {visit.stop: number for number, tour in tours for visit in tour.visits}
        yield from ((office, stop) for stop in self.stops[:1])
        for before, after in pairwise(self.stops):
            if tour_of.get(before, 0) < tour_of.get(after, 0):
                yield before, office
                yield office, after
            else:
                yield before, after

    def _length(self, table: TravelTable, leg: tuple[End, End]) -> Length:
        places = self._places(leg)
        return table.seconds(*places), table.metres(*places)

    def _places(self, leg: tuple[End, End]) -> tuple[int, int]:
        origin, goal = leg
        return (
            origin if isinstance(origin, int) else self._call(origin).exit_location,
            goal if isinstance(goal, int) else self._call(goal).location,
        )

    def _call(self, stop: StopId) -> Stop:
        return self.problem.stops[self.problem.stop_index[stop]]


def _legs_of(route: Route, office: int, home: int) -> Iterator[tuple[tuple[End, End], Length]]:
    for number, tour in enumerate(route.tours):
        here: End = office
        for visit in tour.visits:
            yield (here, visit.stop), (visit.travel_seconds, visit.distance_m)
            here = visit.stop
        end = home if number == len(route.tours) - 1 else office
        yield (here, end), (tour.return_travel_seconds, tour.return_distance_m)


def _way_round(table: TravelTable, origin: int, goal: int) -> Length:
    """The quickest way by other places (Dijkstra); NOT_TAKEN where none leads there."""
    every = np.arange(table.size)
    seconds = np.full(table.size, UNREACHABLE, dtype=np.int64)
    metres = np.zeros(table.size, dtype=np.int64)
    ahead = np.ones(table.size, dtype=np.bool_)
    seconds[origin] = 0
    while True:
        here = int(np.where(ahead, seconds, UNREACHABLE + 1).argmin())
        if not ahead[here] or seconds[here] >= UNREACHABLE:
            return NOT_TAKEN
        if here == goal:
            return int(seconds[goal]), int(metres[goal])
        ahead[here] = False
        further, longer = (row[0].astype(np.int64) for row in table.block(every[[here]], every))
        nearer = (further < UNREACHABLE) & (seconds[here] + further < seconds)
        seconds[nearer] = seconds[here] + further[nearer]
        metres[nearer] = metres[here] + longer[nearer]


def _with_places_apart(
    problem: Problem, done: Done, profiles: tuple[Profile, ...], opened: Mapping[str, Lengths]
) -> Problem:
    apart = {
        origin if isinstance(goal, int) else goal
        for lengths in opened.values()
        for origin, goal in lengths
    }
    stops = list(problem.stops)
    copied = list(range(len(problem.locations)))
    for calls in done.values():
        before: Stop | None = None
        for stop in calls:
            number = problem.stop_index[stop]
            before = stops[number] = _apart(stops[number], before, copied, is_apart=stop in apart)

    def table_of(profile: Profile) -> TravelTable:
        lengths = {
            (
                origin if isinstance(origin, int) else stops[index[origin]].exit_location,
                goal if isinstance(goal, int) else stops[index[goal]].location,
            ): length
            for (origin, goal), length in opened.get(profile.name, {}).items()
        }
        table = _DrivenTable(profile.travel, np.array(copied), lengths)
        every = np.arange(len(copied))
        is_whole = isinstance(profile.travel, Matrix)
        return Matrix(*table.block(every, every)) if is_whole else table

    index = problem.stop_index
    return replace(
        problem,
        locations=tuple(problem.locations[base] for base in copied),
        profiles=tuple(replace(profile, travel=table_of(profile)) for profile in profiles),
        stops=tuple(stops),
    )


def _apart(call: Stop, before: Stop | None, copied: list[int], *, is_apart: bool) -> Stop:
    """The call at a place of its own, which is added to `copied`; as before at one shared place."""
    if not is_apart:
        here = call.location if before is None else before.exit_location
        return replace(call, location=here) if copied[here] == call.location else call
    copied.append(call.location)
    entered = len(copied) - 1
    if call.leaves_from is None:
        return replace(call, location=entered)
    copied.append(call.leaves_from)
    return replace(call, location=entered, leaves_from=entered + 1)


@dataclass(frozen=True, eq=False)
class _DrivenTable:
    """A table with some places twice, and lengths of its own between some of them."""

    table: TravelTable
    base: NDArray[np.int64]
    lengths: Mapping[tuple[int, int], Length]

    @property
    def size(self) -> int:
        return len(self.base)

    def seconds(self, origin: int, destination: int) -> int:
        return self._length(origin, destination)[0]

    def metres(self, origin: int, destination: int) -> int:
        return self._length(origin, destination)[1]

    def block(
        self, origins: NDArray[np.integer], destinations: NDArray[np.integer]
    ) -> tuple[IntArray, IntArray]:
        found = self.table.block(self.base[origins], self.base[destinations])
        seconds, metres = (part.copy() for part in found)
        for (origin, goal), length in self.lengths.items():
            cells = np.ix_(origins == origin, destinations == goal)
            seconds[cells], metres[cells] = length
        return seconds, metres

    def _length(self, origin: int, destination: int) -> Length:
        base = int(self.base[origin]), int(self.base[destination])
        known = self.lengths.get((origin, destination))
        return known or (self.table.seconds(*base), self.table.metres(*base))
