"""Which days of a large plan lie together: a courier, those nearest, and the unserved stops around.

A part drawn here may be planned without a look at the rest: it holds all stops of its couriers, and
no unserved one that a rule ties to a courier elsewhere.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from routing.arrays import Bools, Ints
from routing.days import Scheduler, Tours
from routing.splitting import Part

# Stops of a part searched anew.
PART_STOPS: Final = 250
MOST_UNSERVED_IN_PART: Final = 60
SPARE_COURIERS: Final = 3
# Every so many parts begin at a stop nobody serves, while there are such.
UNSERVED_EVERY: Final = 3
# What must be served and is not has so many parts begin at it before anything else has its turn.
URGENT_PARTS: Final = 6


class Neighbours:
    """Draws one part after the other, so that every day has its turn."""

    def __init__(self, scheduler: Scheduler, draw: np.random.Generator) -> None:
        self.problem, self.arrays, self.draw = scheduler.problem, scheduler.arrays, draw
        self.searched = np.zeros(len(self.problem.couriers), np.int64)  # in which part last
        self.tried = np.zeros(len(self.problem.stops), np.int64)  # ... for unserved stops
        self.begun_at = np.zeros(len(self.problem.stops), np.int64)  # parts that began at it
        self.number = 0
        index = self.problem.stop_index
        self.groups = [[index[s] for s in group] for group in self.problem.rules.keep_together]

    def next_parts(
        self, tours: Sequence[Tours], most: int, *, only_mandatory: bool = False
    ) -> list[Part]:
        """Up to so many parts; none shares a courier or a stop with another.

        Of what is unserved they hold what must be served alone (`only_mandatory`), or all.
        """
        parts: list[Part] = []
        busy = np.zeros(len(tours), dtype=np.bool_)
        free = unserved(tours, len(self.problem.stops))
        if only_mandatory:
            free = free[self.arrays.mandatory[free]]
        for _ in range(most):
            part = _Drawing(self, tours, busy, free).part()
            if part is None:
                break
            parts.append(part)
            self.number += 1
            self.searched[list(part.couriers)] = self.number
            self.tried[part.stops] = self.number
            busy[list(part.couriers)] = True
            free = np.setdiff1d(free, part.stops)
        return parts

    def has_urgent(self, tours: Sequence[Tours]) -> bool:
        """Whether what must be served is unserved and had not its parts yet."""
        return len(self.urgent(unserved(tours, len(self.problem.stops)))) > 0

    def urgent(self, free: Ints) -> Ints:
        """Those of these unserved stops that must be served and had not their parts yet."""
        first: Ints = free[self.arrays.mandatory[free] & (self.begun_at[free] < URGENT_PARTS)]
        return first

    def without_tied(self, part: Part, tours: Sequence[Tours]) -> Part:
        """The part without unserved stops that a rule ties to a courier outside it."""
        if not self.groups:
            return part
        holder = self._holders(tours)
        own = set(part.couriers)
        kept = [
            stop
            for stop in part.stops.tolist()
            if stop in holder or not self._tied_elsewhere(stop, holder, own)
        ]
        return Part(np.array(kept, dtype=np.int64), part.couriers)

    def groups_hold(self, tours: Sequence[Tours]) -> bool:
        """Whether what is to be kept together is: two parts at once may each serve a half."""
        holder = self._holders(tours) if self.groups else {}
        return all(len({holder[s] for s in group if s in holder}) <= 1 for group in self.groups)

    def _holders(self, tours: Sequence[Tours]) -> dict[int, int]:
        tied = {stop for group in self.groups for stop in group}
        return {s: n for n, day in enumerate(tours) for tour in day for s in tour if s in tied}

    def _tied_elsewhere(self, stop: int, holder: dict[int, int], own: set[int]) -> bool:
        return any(
            other in holder and holder[other] not in own
            for group in self.groups
            if stop in group
            for other in group
        )


class _Drawing:
    """One part of the plan as it is; `busy` couriers and stops that are not `free` are left alone."""

    def __init__(
        self, neighbours: Neighbours, tours: Sequence[Tours], busy: Bools, free: Ints
    ) -> None:
        self.neighbours, self.tours = neighbours, tours
        self.problem, self.arrays = neighbours.problem, neighbours.arrays
        self.busy, self.free = busy, free

    def part(self) -> Part | None:
        order = self.neighbours.number
        urgent = self.neighbours.urgent(self.free)
        if len(urgent) or (len(self.free) and order % UNSERVED_EVERY == UNSERVED_EVERY - 1):
            part = self._for_an_unserved_stop(urgent if len(urgent) else self.free)
            if part is not None:
                return part
        out = [n for n, day in enumerate(self.tours) if any(day) and not self.busy[n]]
        if not out:
            return self._for_an_unserved_stop(self.free) if len(self.free) else None
        waited = self.neighbours.searched[out]
        longest = np.flatnonzero(waited == waited.min())
        courier = out[int(longest[int(self.neighbours.draw.integers(len(longest)))])]
        return self._around(courier, self.arrays.location[self._stops_of(courier)])

    def _for_an_unserved_stop(self, free: Ints) -> Part | None:
        """The one of these tried least recently; of those the dearest to leave out."""
        neighbours = self.neighbours
        order = np.lexsort((-self.arrays.unserved_cost[free], neighbours.tried[free]))
        stop = int(free[order[0]])
        mate = int(self.arrays.partner[stop])
        both = [stop] if mate < 0 else [stop, mate]
        before = int(neighbours.begun_at[stop])
        neighbours.tried[both] = neighbours.number + 1
        neighbours.begun_at[both] += 1
        may = np.flatnonzero(self.arrays.allowed[stop] & ~self.busy).tolist()
        if not may:
            return None
        # A shipment may start where it is fetched, where it is brought, or between the two.
        ends = [both[:1], both[1:], both][before % 3] or both
        centre = self.arrays.location[ends]
        nearest = self._by_distance(centre, may)
        return self._around(nearest[min(before, len(nearest) - 1)], centre)

    def _around(self, courier: int, centre: Ints) -> Part:
        couriers, stops = [courier], self._stops_of(courier)
        others = [n for n in range(len(self.tours)) if not self.busy[n] and n != courier]
        out = [n for n in others if any(self.tours[n])]
        for near in self._by_distance(centre, out):
            theirs = self._stops_of(near)
            if len(stops) + len(theirs) > PART_STOPS:
                break
            couriers.append(near)
            stops += theirs
        home = [n for n in others if not any(self.tours[n])]
        couriers += self._by_distance(centre, home)[:SPARE_COURIERS]
        stops += self._unserved_near(centre, couriers)
        part = Part(np.array(sorted(stops), dtype=np.int64), tuple(couriers))
        return self.neighbours.without_tied(part, self.tours)

    def _stops_of(self, courier: int) -> list[int]:
        return [stop for tour in self.tours[courier] for stop in tour]

    def _by_distance(self, centre: Ints, couriers: list[int]) -> list[int]:
        if not couriers:
            return []
        away = self._away(centre, [self._middle(courier) for courier in couriers])
        return [couriers[n] for n in np.argsort(away, kind="stable")]

    def _away(self, centre: Ints, places: Sequence[int]) -> Ints:
        """Seconds from the nearest of `centre` to each place."""
        travel = self.problem.profiles[0].travel
        seconds: Ints = travel.block(centre, np.array(places, dtype=np.int64))[0].min(axis=0)
        return seconds

    def _middle(self, courier: int) -> int:
        """A place in the middle of the day; the office of who stays at home."""
        day = self.tours[courier]
        if not any(day):
            return self.problem.couriers[courier].start_location
        return int(self.arrays.location[day[0][len(day[0]) // 2]])

    def _unserved_near(self, centre: Ints, couriers: Sequence[int]) -> list[int]:
        """Unserved stops nearby that one of these may serve, shipments whole."""
        open_stops = self.free
        if len(open_stops):
            open_stops = open_stops[self.arrays.some_may(open_stops, couriers)]
        if not len(open_stops):
            return []
        away = self._away(centre, self.arrays.location[open_stops].tolist())
        near = open_stops[np.argsort(away, kind="stable")[:MOST_UNSERVED_IN_PART]]
        mates = self.arrays.partner[near]
        return sorted({*near.tolist(), *mates[mates >= 0].tolist()})


def unserved(tours: Sequence[Tours], stops: int) -> Ints:
    """The numbers of the stops that stand in no tour."""
    served = np.zeros(stops, dtype=np.bool_)
    for day in tours:
        for tour in day:
            served[list(tour)] = True
    return np.flatnonzero(~served)
