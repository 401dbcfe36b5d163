"""Travel between places: how long, how far, and how the speed changes over the day."""

import mmap
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from routing.terms import DEFAULT_PROFILE, UNREACHABLE

IntArray = NDArray[np.int32]


class TravelTable(Protocol):
    """Travel between locations by index. `UNREACHABLE` seconds stand for "no road"."""

    @property
    def size(self) -> int: ...

    def seconds(self, origin: int, destination: int) -> int: ...

    def metres(self, origin: int, destination: int) -> int: ...

    def block(
        self, origins: NDArray[np.integer], destinations: NDArray[np.integer]
    ) -> tuple[IntArray, IntArray]:
        """Seconds and metres, each of shape (len(origins), len(destinations))."""
        ...


@dataclass(frozen=True, eq=False)
class Matrix:
    """A whole travel table in memory: `travel_seconds[i, j]` and `distance_m[i, j]` from i to j.

    Anything numpy can read is taken. What is square, finite and whole is kept as read-only int32;
    the rest is kept as it came, for the problem to refuse together with all other contradictions.
    """

    travel_seconds: NDArray[np.generic]
    distance_m: NDArray[np.generic]

    def __init__(self, travel_seconds: ArrayLike, distance_m: ArrayLike | None = None) -> None:
        seconds = _frozen(travel_seconds)
        metres = seconds if distance_m is None else _frozen(distance_m)
        object.__setattr__(self, "travel_seconds", seconds)
        object.__setattr__(self, "distance_m", metres)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Matrix)
            and np.array_equal(self.travel_seconds, other.travel_seconds)
            and np.array_equal(self.distance_m, other.distance_m)
        )

    __hash__ = None  # type: ignore[assignment]

    @property
    def size(self) -> int:
        return int(self.travel_seconds.shape[0]) if self.travel_seconds.ndim else 0

    def seconds(self, origin: int, destination: int) -> int:
        return int(self.travel_seconds[origin, destination])

    def metres(self, origin: int, destination: int) -> int:
        return int(self.distance_m[origin, destination])

    def block(
        self, origins: NDArray[np.integer], destinations: NDArray[np.integer]
    ) -> tuple[IntArray, IntArray]:
        cells = np.ix_(origins, destinations)
        return (
            self.travel_seconds[cells].astype(np.int32, copy=False),
            self.distance_m[cells].astype(np.int32, copy=False),
        )


def _frozen(table: ArrayLike) -> NDArray[np.generic]:
    array = np.asarray(table)
    # Whole numbers are not compared with themselves: that would take a large table's memory thrice.
    whole = array.dtype.kind in "iu" or (
        array.dtype.kind == "f" and np.isfinite(array).all() and (array == np.rint(array)).all()
    )
    if whole and array.dtype != np.int32:
        in_range = array.size == 0 or (array.min() >= 0 and array.max() <= UNREACHABLE)
        if in_range:
            array = array.astype(np.int32)
    if not _is_settled(array):
        array = array.copy()
        array.flags.writeable = False
    return array


def _is_settled(array: NDArray[np.generic]) -> bool:
    """Nobody can write to its numbers: not through it, nor through what it is a view of."""
    holder: object = array
    while isinstance(holder, np.ndarray):
        if holder.flags.writeable:
            return False
        holder = holder.base
    if holder is None:
        return True
    if isinstance(holder, mmap.mmap):
        return memoryview(holder).readonly
    return isinstance(holder, bytes)


@dataclass(frozen=True, kw_only=True)
class SpeedPeriod:
    """From `from_second` on, speed is this share of the table's (100 = as in the table)."""

    from_second: int
    speed_percent: int


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One way of moving (motorbike, van, on foot): its table and its speed over the day."""

    name: str = DEFAULT_PROFILE
    travel: TravelTable
    speed_periods: tuple[SpeedPeriod, ...] = ()

    def travel_seconds(self, origin: int, destination: int, departure_second: int) -> int:
        """Seconds on the road when leaving at `departure_second`.

        Progress is made at the speed of the period one is in, not of the period one left in
        (Ichoua, Gendreau and Potvin, 2003), so leaving later never means arriving earlier.
        """
        base = self.travel.seconds(origin, destination)
        if not self.speed_periods or base == 0 or base >= UNREACHABLE:
            return base
        work = base * 100  # each second covers `speed_percent` of it: whole numbers throughout
        now, percent = departure_second, 100
        for period in self.speed_periods:
            if period.from_second > now:
                covered = (period.from_second - now) * percent
                if covered >= work:
                    break
                work -= covered
                now = period.from_second
            percent = period.speed_percent
        return now + -(-work // percent) - departure_second

    def last_departure(self, origin: int, destination: int, arrival_second: int) -> int:
        """The last second to leave at and be there by `arrival_second`."""
        base = self.travel.seconds(origin, destination)
        if base == 0 or base >= UNREACHABLE:
            return arrival_second - base
        work, now = base * 100, arrival_second
        for period in reversed(self.speed_periods):
            if period.from_second >= now:
                continue
            covered = (now - period.from_second) * period.speed_percent
            if covered >= work:
                return now - -(-work // period.speed_percent)
            work -= covered
            now = period.from_second
        return now - -(-work // 100)
