"""What is different on some roads for some days: floods, landslides, ferries.

A whole table is copied and changed; any other is asked as before and overruled in what it answers,
so that a province's day with a closure takes no more memory than one without.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import overload

import numpy as np
from numpy.typing import NDArray

from routing.tables import IntArray, Matrix, TravelTable
from routing.terms import UNREACHABLE

Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class RoadNotice:
    """What is different on some roads for some days: a flood, a landslide, a ferry.

    From every one of `origins` to every one of `destinations` (and back, if `both_ways`).
    `seconds` None: closed. Otherwise the way takes `seconds` and `metres` instead: a ferry with its
    mean wait, a detour. Both days belong to the notice; None leaves that end open.

    Raises ValueError at construction when a number is out of range or the last day before the first.
    """

    origins: frozenset[int]
    destinations: frozenset[int]
    reason: str
    first_day: date | None = None
    last_day: date | None = None
    seconds: int | None = None
    metres: int = 0
    both_ways: bool = True

    def __post_init__(self) -> None:
        if not (0 <= (self.seconds or 0) <= UNREACHABLE and 0 <= self.metres <= UNREACHABLE):
            raise ValueError(f"notice {self.reason!r}: {self.seconds} s, {self.metres} m")
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValueError(f"notice {self.reason!r} ends before it begins")

    def holds_on(self, day: date) -> bool:
        return (self.first_day is None or self.first_day <= day) and (
            self.last_day is None or day <= self.last_day
        )

    def is_on(self, origin: int, destination: int) -> bool:
        """Whether it is about the way from one to the other."""
        if origin in self.origins and destination in self.destinations:
            return True
        return self.both_ways and origin in self.destinations and destination in self.origins

    @property
    def takes(self) -> tuple[int, int]:
        """Seconds and metres that stand instead of the table's."""
        return (UNREACHABLE, 0) if self.seconds is None else (self.seconds, self.metres)


@overload
def with_notices(table: Matrix, notices: Sequence[RoadNotice], *, day: date) -> Matrix: ...
@overload
def with_notices(
    table: TravelTable, notices: Sequence[RoadNotice], *, day: date
) -> TravelTable: ...
def with_notices(table: TravelTable, notices: Sequence[RoadNotice], *, day: date) -> TravelTable:
    """The table as it is on a day; later notices overrule earlier ones.

    A closure also holds for whoever would drive through: the caller names all pairs it cuts. From a
    place to itself nothing is ever in the way.

    Raises:
        ValueError: a notice of that day names a location the table does not have.
    """
    held = tuple(notice for notice in notices if notice.holds_on(day))
    if not held:
        return table
    noticed = NoticedTable(table, held)
    if not isinstance(table, Matrix):
        return noticed
    every = np.arange(table.size)
    # In the numbers it came in: what is no whole table is the problem's to refuse.
    seconds, metres = np.array(table.travel_seconds), np.array(table.distance_m)
    noticed.overrule(seconds, metres, every, every)
    return Matrix(seconds, metres)


@dataclass(frozen=True, eq=False)
class NoticedTable:
    """A travel table and what overrules it; asks the table a part at a time, as it is asked itself.

    Raises ValueError at construction when a notice names a location the table does not have.
    """

    table: TravelTable
    notices: tuple[RoadNotice, ...]

    def __post_init__(self) -> None:
        for notice in self.notices:
            named = notice.origins | notice.destinations
            if any(not 0 <= place < self.table.size for place in named):
                raise ValueError(f"notice {notice.reason!r} names a location outside the table")

    @property
    def size(self) -> int:
        return self.table.size

    def seconds(self, origin: int, destination: int) -> int:
        notice = self._notice(origin, destination)
        return self.table.seconds(origin, destination) if notice is None else notice.takes[0]

    def metres(self, origin: int, destination: int) -> int:
        notice = self._notice(origin, destination)
        return self.table.metres(origin, destination) if notice is None else notice.takes[1]

    def _notice(self, origin: int, destination: int) -> RoadNotice | None:
        if origin == destination:
            return None
        holding = (each for each in reversed(self.notices) if each.is_on(origin, destination))
        return next(holding, None)

    def block(
        self, origins: NDArray[np.integer], destinations: NDArray[np.integer]
    ) -> tuple[IntArray, IntArray]:
        """Seconds and metres, each (len(origins), len(destinations))."""
        # Copied, for a table may answer with a view of what it keeps.
        seconds, metres = (np.array(each) for each in self.table.block(origins, destinations))
        self.overrule(seconds, metres, origins, destinations)
        return seconds, metres

    def overrule(
        self,
        seconds: NDArray[np.generic],
        metres: NDArray[np.generic],
        origins: NDArray[np.integer],
        destinations: NDArray[np.integer],
    ) -> None:
        """Write into a block of these rows and columns what the notices say of it."""
        for notice, (leave, enter) in zip(self.notices, self._ends, strict=True):
            ways = [(leave, enter), (enter, leave)] if notice.both_ways else [(leave, enter)]
            for here, there in ways:
                rows, columns = np.flatnonzero(here[origins]), np.flatnonzero(there[destinations])
                if not (len(rows) and len(columns)):
                    continue
                cells = np.ix_(rows, columns)
                stays = origins[rows, None] == destinations[None, columns]
                for numbers, takes in zip((seconds, metres), notice.takes, strict=True):
                    numbers[cells] = np.where(stays, numbers[cells], takes)

    @cached_property
    def _ends(self) -> list[tuple[Flags, Flags]]:
        """Of every notice, which locations are among its origins and which among its destinations."""
        return [(self._among(n.origins), self._among(n.destinations)) for n in self.notices]

    def _among(self, places: Collection[int]) -> Flags:
        flags = np.zeros(self.size, dtype=np.bool_)
        flags[list(places)] = True
        return flags
