"""What a day of the family `everything` holds beside a full one: whatever binds couriers and calls further.

Longest routes in metres and hours, longest rides, slow roads in the rush hours, and what the office
decided: calls locked to their courier, in order, at their second, whole routes, calls to be with one
courier and calls that may not be. Only this library and OR-Tools' model know all of it.

Nothing is drawn by any algorithm that plans: a day stays the same however plans are made. A day costs
metres here, not seconds, so that the same sequences cost the same at whatever second one leaves.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from routing import (
    CostRates,
    Courier,
    Lock,
    LockLevel,
    PlanRules,
    Problem,
    SpeedPeriod,
    Stop,
    StopId,
    StopKind,
)

HOUR: Final = 3600
# What a second on the road is worth where metres are counted: about 30 km/h.
METRES_A_SECOND: Final = 8
LONGEST_METRES: Final = 70_000
LONGEST_SECONDS: Final = 7 * HOUR
LONGEST_RIDE_SECONDS: Final = 2 * HOUR + 1800
RUSH_HOURS: Final = (
    SpeedPeriod(from_second=7 * HOUR, speed_percent=65),
    SpeedPeriod(from_second=8 * HOUR + 1800, speed_percent=100),
    SpeedPeriod(from_second=16 * HOUR, speed_percent=65),
    SpeedPeriod(from_second=17 * HOUR + 1800, speed_percent=100),
)
SECONDS: Final = (10 * HOUR, 14 * HOUR + 1800)  # at which locked calls begin
CREW_OF_A_BLOCK: Final = 6  # couriers' shifts repeat after so many
STOPS_A_GROUP: Final = 25
LIGHT_GRAMS: Final = 20_000
DOCUMENTS_OF_A_ROUTE: Final = 18
STOPS_OF_A_ROUTE: Final = 4


def with_everything(problem: Problem, draw: np.random.Generator) -> Problem:
    """The full day with all of it."""
    rules = _Rules(draw, problem)
    return replace(
        problem,
        profiles=tuple(replace(each, speed_periods=RUSH_HOURS) for each in problem.profiles),
        stops=tuple(map(_in_metres, problem.stops)),
        couriers=tuple(map(_limited, problem.couriers)),
        shipments=tuple(
            replace(pair, max_ride_seconds=LONGEST_RIDE_SECONDS if number % 3 else None)
            for number, pair in enumerate(problem.shipments)
        ),
        rules=PlanRules(
            locks=tuple(rules.locks()),
            keep_together=tuple(rules.together()),
            keep_apart=tuple(rules.apart()),
        ),
    )


def _in_metres(stop: Stop) -> Stop:
    penalty = stop.penalty
    return stop if penalty is None else replace(stop, penalty=penalty * METRES_A_SECOND)


def _limited(courier: Courier) -> Courier:
    return replace(
        courier,
        costs=CostRates(per_metre=1, per_travel_second=0),
        max_route_metres=LONGEST_METRES,
        max_route_seconds=LONGEST_SECONDS,
    )


@dataclass
class _Rules:
    """Draws what the office decided, each call for one decision at most."""

    draw: np.random.Generator
    problem: Problem

    def __post_init__(self) -> None:
        calls = [stop for stop in self.problem.stops if _is_plain(stop)]
        self.free = [calls[number] for number in self.draw.permutation(len(calls))]

    def locks(self) -> Iterator[Lock]:
        """In every block of couriers: two calls of one, three in order, a second, a whole route."""
        crew = self.problem.couriers
        for first in range(0, len(crew), CREW_OF_A_BLOCK):
            yield from self._locks_of(crew[first : first + CREW_OF_A_BLOCK])

    def _locks_of(self, block: Sequence[Courier]) -> Iterator[Lock]:
        # In a small day some couriers have more than one.
        timed, in_order, keeps = block[4 % len(block)], block[1 % len(block)], block[0]
        wishes = [(LockLevel.TIME, timed, len(SECONDS)), (LockLevel.ORDER, in_order, 3)]
        if len(block) > 3:
            wishes.append((LockLevel.ROUTE, block[3], STOPS_OF_A_ROUTE))
        wishes.append((LockLevel.COURIER, keeps, 2))
        for level, courier, count in wishes:
            calls = self._near(courier, count, at_any_time=level is not LockLevel.COURIER)
            starts = SECONDS[: len(calls)] if level is LockLevel.TIME else ()
            stops = tuple(call.id for call in calls)
            if stops:
                yield Lock(level=level, courier=courier.id, stops=stops, start_seconds=starts)

    def _near(self, courier: Courier, count: int, *, at_any_time: bool) -> list[Stop]:
        """Calls near his office and no other, one after the nearest other."""
        table = self.problem.profiles[0].travel
        offices = {man.start_location for man in self.problem.couriers}
        here = courier.start_location

        def nearest_office(call: Stop) -> int:
            return min(offices, key=lambda office: (table.metres(office, call.location), office))

        near = [call for call in self.free if nearest_office(call) == here]
        if at_any_time:
            near = [call for call in near if _is_at_any_time(call)]
        chosen: list[Stop] = []
        while near and len(chosen) < count:
            nearest = min(near, key=lambda call: table.metres(here, call.location))
            near.remove(nearest)
            if sum(call.loads[0] for call in [*chosen, nearest]) <= DOCUMENTS_OF_A_ROUTE:
                chosen.append(nearest)
                here = nearest.location
        self._take(chosen)
        return chosen

    def together(self) -> Iterator[tuple[StopId, ...]]:
        """Two calls at one place are with one courier."""
        place: dict[int, list[Stop]] = {}
        for call in self.free:
            place.setdefault(call.location, []).append(call)
        doors = [calls[:2] for calls in place.values() if len(calls) > 1]
        for pair in doors[: self._groups]:
            self._take(pair)
            yield tuple(call.id for call in pair)

    def apart(self) -> Iterator[tuple[StopId, StopId]]:
        """The papers of two parties do not lie in one bag."""
        pairs = list(zip(self.free[::2], self.free[1::2], strict=False))
        for one, other in pairs[: self._groups]:
            self._take([one, other])
            yield one.id, other.id

    @property
    def _groups(self) -> int:
        return max(1, len(self.problem.stops) // STOPS_A_GROUP)

    def _take(self, calls: Sequence[Stop]) -> None:
        taken = {call.id for call in calls}
        self.free = [call for call in self.free if call.id not in taken]


def _is_at_any_time(stop: Stop) -> bool:
    return stop.kind is StopKind.DELIVER and not stop.windows and not stop.release_second


def _is_plain(stop: Stop) -> bool:
    """Anybody may make the call, whatever he rides."""
    single = stop.kind in {StopKind.DELIVER, StopKind.COLLECT}
    return single and not stop.skills and stop.loads[1] < LIGHT_GRAMS
