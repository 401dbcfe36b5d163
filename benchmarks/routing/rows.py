"""A day as plain tables, a row for every stop and office, for solvers that know no setup times."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing import Courier, Problem, Stop, StopId

Ints = NDArray[np.int64]
# Sequences of stop numbers, tour by tour, courier by courier: what every solver gives back.
Orders = tuple[tuple[tuple[int, ...], ...], ...]
# Seconds after the start, and the cost known then.
Trace = list[tuple[float, int]]


STRIP: Final = 256
NO_LIMIT: Final = 10**9


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one solver found: sequences, wall seconds, and the costs it had on the way."""

    orders: Orders
    seconds: float
    trace: Trace


@dataclass(frozen=True)
class Rows:
    """Stops keep their number as row; offices follow. Setup becomes part of the way to a stop, which
    is exact: it passes on arrival from elsewhere, before the window is asked.
    """

    problem: Problem

    @property
    def offices(self) -> list[int]:
        """Locations where couriers start or end."""
        men = self.problem.couriers
        return sorted({place for man in men for place in (man.start_location, man.end_location)})

    def office_row(self, location: int) -> int:
        return len(self.problem.stops) + self.offices.index(location)

    @property
    def places(self) -> Ints:
        """The location of each row."""
        return np.array(
            [*(stop.location for stop in self.problem.stops), *self.offices], dtype=np.int64
        )

    def travel(self, profile: str) -> NDArray[np.int32]:
        places = self.places
        table = self.problem.profile_of[profile].travel
        seconds = np.empty((len(places), len(places)), dtype=np.int32)
        for first in range(0, len(places), STRIP):  # what is computed as asked needs room to do so
            strip = slice(first, first + STRIP)
            seconds[strip], _ = table.block(places[strip], places)
        return seconds

    def add_setup(self, travel: NDArray[np.int32]) -> NDArray[np.int32]:
        """Travel and setup, in a new table."""
        setup = np.zeros(len(travel), dtype=np.int32)
        setup[: len(self.problem.stops)] = [stop.setup_seconds for stop in self.problem.stops]
        places = self.places
        lasting = travel.copy()
        for row in range(len(lasting)):  # row by row: a table of a whole province is large
            lasting[row] += np.where(places[row] == places, 0, setup)
        return lasting

    def number(self, stop: StopId) -> int:
        return self.problem.stop_index[stop]


def collects(stop: Stop) -> bool:
    return stop.kind.value == "collect"


def room(problem: Problem, courier: Courier) -> tuple[int, ...]:
    """What the courier carries; as good as no limit where none is given."""
    return courier.capacities or (NO_LIMIT,) * len(problem.load_names)
