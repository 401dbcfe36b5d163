"""The problem as flat arrays, for whoever searches: one row a stop, one column a courier.

Stops keep their number in `problem.stops`, couriers theirs in `problem.couriers`. The checker does
not read this file.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from routing.problem import Courier, Problem, StopKind
from routing.rules import LockLevel
from routing.terms import UNREACHABLE

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
KIND_CODE = {kind: code for code, kind in enumerate(StopKind)}


@dataclass(frozen=True)
class Arrays:
    """Derived once, lazily, from one problem. Times in seconds, distances in metres, cost units."""

    problem: Problem

    @cached_property
    def location(self) -> Ints:
        """Where each stop is entered, shape (stops,)."""
        return _column(stop.location for stop in self.problem.stops)

    @cached_property
    def exit_location(self) -> Ints:
        return _column(stop.exit_location for stop in self.problem.stops)

    @cached_property
    def service_seconds(self) -> Ints:
        return _column(stop.service_seconds for stop in self.problem.stops)

    @cached_property
    def setup_seconds(self) -> Ints:
        return _column(stop.setup_seconds for stop in self.problem.stops)

    @cached_property
    def kind(self) -> Ints:
        """`KIND_CODE` of each stop."""
        return _column(KIND_CODE[stop.kind] for stop in self.problem.stops)

    @cached_property
    def tour_release(self) -> Ints:
        """Earliest second the tour that carries the stop may leave (0 unless DELIVER)."""
        stops = self.problem.stops
        return _column(
            stop.release_second if stop.kind is StopKind.DELIVER else 0 for stop in stops
        )

    @cached_property
    def windows(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """For each stop the seconds at which its service may start, both ends included, in order.

        Releases of stops that are no deliveries, locked times and the end of the last shift are
        already cut in. No window at all: nothing is left of them.
        """
        horizon = max(courier.shift.closes_second for courier in self.problem.couriers)
        fixed = {
            stop: start
            for lock in self.problem.rules.locks
            for stop, start in zip(lock.stops, lock.start_seconds, strict=False)
        }
        result = []
        for stop in self.problem.stops:
            opens = 0 if stop.kind is StopKind.DELIVER else stop.release_second
            spans = [(w.opens_second, w.closes_second) for w in stop.windows] or [(0, horizon)]
            spans = [(max(a, opens), min(b, horizon)) for a, b in spans]
            spans = [(a, b) for a, b in spans if a <= b]
            if stop.id in fixed:
                at = fixed[stop.id]
                spans = [(at, at)] if any(a <= at <= b for a, b in spans) else []
            result.append(tuple(spans))
        return tuple(result)

    @cached_property
    def loads(self) -> Ints:
        """Amounts, shape (stops, dimensions); a drop-off's are its pick-up's."""
        rows = [self.problem.loads_of(stop) for stop in self.problem.stops]
        return np.array(rows, dtype=np.int64).reshape(len(rows), len(self.problem.load_names))

    @cached_property
    def partner(self) -> Ints:
        """The other half's number for pick-ups and drop-offs, -1 for all other stops."""
        index = self.problem.stop_index
        partner = np.full(len(self.problem.stops), -1, dtype=np.int64)
        for shipment in self.problem.shipments:
            pickup, dropoff = index[shipment.pickup], index[shipment.dropoff]
            partner[pickup], partner[dropoff] = dropoff, pickup
        return partner

    @cached_property
    def max_ride(self) -> Ints:
        """Longest ride in seconds, on both halves; -1 where there is no limit."""
        index = self.problem.stop_index
        limit = np.full(len(self.problem.stops), -1, dtype=np.int64)
        for shipment in self.problem.shipments:
            if shipment.max_ride_seconds is not None:
                limit[index[shipment.pickup]] = shipment.max_ride_seconds
                limit[index[shipment.dropoff]] = shipment.max_ride_seconds
        return limit

    @cached_property
    def unserved_cost(self) -> Ints:
        """Cost units for leaving each stop out; 0 for drop-offs, whose pick-up pays."""
        return _column(self.problem.unserved_cost(stop) for stop in self.problem.stops)

    @cached_property
    def mandatory(self) -> Bools:
        stops = self.problem.stops
        return np.fromiter((self.problem.is_mandatory(stop) for stop in stops), np.bool_)

    @cached_property
    def allowed(self) -> Bools:
        """Shape (stops, couriers): skills, bans, size, roads and locks let this courier serve it.

        Both halves of a shipment allow the same couriers. Says of every pair what `reach.obstacle`
        says of one, table by table, since pairs are many.
        """
        problem = self.problem
        # Couriers differ in few ways, so most columns are copies of an earlier one; a column is one
        # stretch of memory, for at most there are a thousand million cells.
        shape = (len(problem.stops), len(problem.couriers))
        allowed: Bools = np.empty(shape, dtype=np.bool_, order="F")
        alike: dict[object, int] = {}
        for column, courier in enumerate(problem.couriers):
            way = (courier.profile, courier.start_location, courier.end_location)
            first = alike.setdefault((way, courier.skills, courier.capacities), column)
            allowed[:, column] = allowed[:, first] if first != column else self._fits(courier)
        for stop, banned in problem.rules.banned:
            allowed[problem.stop_index[stop], problem.courier_index[banned]] = False
        self._keep_locks(allowed)
        # Only a rule can have parted two halves, which fit the same couriers.
        named = {*(stop for stop, _ in problem.rules.banned), *problem.locked_stops}
        parted = np.array([problem.stop_index[stop] for stop in named], dtype=np.int64)
        parted = parted[self.partner[parted] >= 0]
        both = allowed[parted] & allowed[self.partner[parted]]
        allowed[parted] = allowed[self.partner[parted]] = both
        return allowed

    def _fits(self, courier: Courier) -> Bools:
        """For each stop: the courier has its skills and a bag it fits into, and a road leads there."""
        travel = self.problem.profile_of[courier.profile].travel
        inward, _ = travel.block(np.array([courier.start_location]), self.location)
        outward, _ = travel.block(self.exit_location, np.array([courier.end_location]))
        fits: Bools = np.maximum(inward[0], outward[:, 0]) < UNREACHABLE
        if courier.capacities:
            fits &= (self.loads <= np.array(courier.capacities)).all(axis=1)
        for skills, stops in self._by_skills.items():
            if not skills <= courier.skills:
                fits[stops] = False
        paired = np.flatnonzero(self.partner >= 0)
        fits[paired] &= fits[self.partner[paired]]
        return fits

    @cached_property
    def _by_skills(self) -> dict[frozenset[str], list[int]]:
        """The stops that ask for the same skills."""
        groups: dict[frozenset[str], list[int]] = {}
        for number, stop in enumerate(self.problem.stops):
            groups.setdefault(stop.skills, []).append(number)
        return groups

    def _keep_locks(self, allowed: Bools) -> None:
        problem = self.problem
        for lock in problem.rules.locks:
            keeper = problem.courier_index[lock.courier]
            rows = np.array([problem.stop_index[stop] for stop in lock.stops], dtype=np.int64)
            kept = allowed[rows, keeper].copy()
            allowed[rows, :] = False
            allowed[rows, keeper] = kept
            if lock.level is LockLevel.ROUTE:
                allowed[:, keeper] = False
                allowed[rows, keeper] = kept

    def some_may(self, stops: Ints, couriers: Sequence[int]) -> Bools:
        """For each of the stops: one of these couriers is allowed to serve it."""
        crew = np.array(couriers, dtype=np.int64)
        found = np.zeros(len(stops), dtype=np.bool_)
        left, asked, many = np.arange(len(stops)), 0, 1
        # Most stops are for anybody: only those the first may not serve are asked of the others.
        while len(left) and asked < len(crew):
            some = self.allowed[np.ix_(stops[left], crew[asked : asked + many])].any(axis=1)
            found[left[some]] = True
            left, asked, many = left[~some], asked + many, 4 * many
        return found

    @cached_property
    def courier_cost(self) -> Ints:
        """Shape (stops, couriers): unknown area plus change of courier, in cost units."""
        problem, rules = self.problem, self.problem.rules
        cost = np.zeros((len(problem.stops), len(problem.couriers)), dtype=np.int64)
        if rules.unknown_area_cost:
            names = dict.fromkeys(stop.area for stop in problem.stops)
            areas = {area: number for number, area in enumerate(names)}
            strange = np.array(
                [
                    [
                        area is not None and bool(man.known_areas) and area not in man.known_areas
                        for man in problem.couriers
                    ]
                    for area in areas
                ]
            ).reshape(len(areas), len(problem.couriers))
            lies_in = _column(areas[stop.area] for stop in problem.stops)
            cost += strange[lies_in] * rules.unknown_area_cost
        for row, (courier_number, _) in self.published_place.items():
            if rules.published is not None:
                change = rules.published.courier_change_cost
                cost[row] += change
                if courier_number >= 0:
                    cost[row, courier_number] -= change
        return cost

    @cached_property
    def published_place(self) -> dict[int, tuple[int, int]]:
        """For each published stop its courier and the stop directly before it.

        Courier -1: somebody who is not there today. Before: -1 the office, -2 a stop now gone.
        """
        problem, published = self.problem, self.problem.rules.published
        places: dict[int, tuple[int, int]] = {}
        for courier, stops in published.routes.items() if published else ():
            before = -1
            for stop in stops:
                number = problem.stop_index.get(stop, -2)
                if number >= 0:
                    places[number] = (problem.courier_index.get(courier, -1), before)
                before = number
        return places

    def stop_travel(self, profile: str) -> tuple[Ints, Ints]:
        """Seconds and metres from every stop's exit to every stop, each (stops, stops)."""
        travel = self.problem.profile_of[profile].travel
        seconds, metres = travel.block(self.exit_location, self.location)
        return seconds.astype(np.int64), metres.astype(np.int64)

    def setup_between(self) -> Ints:
        """Setup seconds of the later stop, 0 where it is entered where the earlier was left."""
        moved = self.exit_location[:, None] != self.location[None, :]
        return np.where(moved, self.setup_seconds[None, :], 0)


def _column(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)
