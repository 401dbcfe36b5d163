"""The least that a courier takes from one call to another: directly, or by way of others.

A table need not know the shortest way. What is found here is never more than he takes, so whoever comes
too late by it comes too late.
"""

from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.problem import Courier, Problem, Stop
from routing.terms import UNREACHABLE

# Beyond so many nothing is said: a refusal must be certain, and making a problem must be quick.
DETOURS_TRIED: Final = 1_000


class Roads:
    """The least one courier takes from place to place, setup of the call at its end included.

    `on_one_tour`: without a call at the office in between.
    """

    def __init__(self, problem: Problem, courier: Courier, *, on_one_tour: bool = False) -> None:
        self.problem, self.courier = problem, courier
        self._offices = () if on_one_tour else (courier.start_location,)
        profile = problem.profile_of[courier.profile]
        self.travel = profile.travel
        self.fastest = max((100, *(period.speed_percent for period in profile.speed_periods)))

    def to(self, goal: Stop | None, place: int) -> float:
        """To the call, or home."""
        where = self.courier.end_location if goal is None else goal.location
        seconds = self.travel.seconds(place, where)
        if seconds >= UNREACHABLE:
            return np.inf
        setup = 0 if goal is None or place == where else goal.setup_seconds
        return seconds * 100 // self.fastest + setup

    def to_calls(self, place: int) -> NDArray[np.float64]:
        """To every call, and to the office between two tours."""
        row = self.travel.block(np.array([place]), self._entered)[0][0].astype(np.float64)
        setup = np.where(self._entered != place, self._setup, 0)
        least: NDArray[np.float64] = np.floor(row * 100 / self.fastest) + setup
        least[row >= UNREACHABLE] = np.inf
        return least

    @cached_property
    def left(self) -> NDArray[np.int64]:
        return np.array([*(stop.exit_location for stop in self.problem.stops), *self._offices])

    @cached_property
    def service(self) -> NDArray[np.int64]:
        calls = (stop.service_seconds for stop in self.problem.stops)
        return np.array([*calls, *(self.courier.reload_seconds for _ in self._offices)])

    @cached_property
    def _entered(self) -> NDArray[np.int64]:
        return np.array([*(stop.location for stop in self.problem.stops), *self._offices])

    @cached_property
    def _setup(self) -> NDArray[np.int64]:
        return np.array(
            [*(stop.setup_seconds for stop in self.problem.stops), *(0 for _ in self._offices)]
        )


def soonest(roads: Roads, place: int, since: int, goal: Stop | None, by: float = np.inf) -> float:
    """No later than the first second at which who is free then may start `goal` (None: be home).

    A table need not know the shortest way, so beside the direct one all ways through other calls are
    tried, nearest first; beyond `by` none is.
    """
    best = since + roads.to(goal, place)
    ready = since + roads.to_calls(place)
    passed = np.zeros(len(ready), dtype=np.bool_)
    for _ in range(min(DETOURS_TRIED, len(ready))):
        nearest = int(ready.argmin())
        if ready[nearest] >= best or ready[nearest] > by:
            break
        here = int(roads.left[nearest])
        leaves = float(ready[nearest]) + int(roads.service[nearest])
        best = min(best, leaves + roads.to(goal, here))
        passed[nearest] = True
        ready = np.minimum(ready, leaves + roads.to_calls(here))
        ready[passed] = np.inf
    return min(best, float(ready.min(initial=np.inf)))
