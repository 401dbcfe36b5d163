"""Travel tables without a road server: great circle times road factor at the terrain's speed.

The great-circle distance is the haversine formula on a sphere of mean Earth radius (IUGG, 6371.0088
km). Speeds and factors are assumptions of the office's planner, not measurements: they are
parameters, and a table from a file or a road server replaces them.
"""

import csv
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.problem import Location
from routing.tables import IntArray, Matrix, TravelTable
from routing.terms import UNREACHABLE

EARTH_RADIUS_M: Final = 6_371_008.8
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Terrain:
    """How roads run and how fast one is there; between two terrains the mean of both counts."""

    road_factor: float
    speed_km_per_hour: float

    def __post_init__(self) -> None:
        if not (1 <= self.road_factor < 10 and 0 < self.speed_km_per_hour < 1000):
            raise ValueError(f"terrain with factor {self.road_factor}, {self.speed_km_per_hour}")


TOWN: Final = Terrain(road_factor=1.25, speed_km_per_hour=22)
DELTA: Final = Terrain(road_factor=1.35, speed_km_per_hour=30)
MOUNTAIN: Final = Terrain(road_factor=1.95, speed_km_per_hour=18)
TERRAINS: Final = {"town": TOWN, "delta": DELTA, "mountain": MOUNTAIN}
# The table between these places, by one way of moving.
Tables = Callable[[Sequence[Location], str], TravelTable]


@dataclass(frozen=True, eq=False)
class GeodesicTable:
    """A travel table that computes what is asked, so memory does not grow with the square.

    Raises ValueError at construction when a location has no coordinates or impossible ones.
    """

    locations: tuple[Location, ...]
    terrains: tuple[Terrain, ...]

    def __post_init__(self) -> None:
        if len(self.terrains) != len(self.locations):
            raise ValueError(f"{len(self.terrains)} terrains for {len(self.locations)} locations")
        _ = self._points  # refuses a location without coordinates now, not at the first question

    @cached_property
    def _points(self) -> Floats:
        return _radians(self.locations)

    @cached_property
    def _factors(self) -> Floats:
        return np.array(self._factor_of)

    @cached_property
    def _seconds_per_metre(self) -> Floats:
        return np.array(self._pace_of)

    @property
    def size(self) -> int:
        return len(self.locations)

    def seconds(self, origin: int, destination: int) -> int:
        pace = self._pace_of
        seconds = self._road(origin, destination) * ((pace[origin] + pace[destination]) / 2)
        return min(math.ceil(seconds), UNREACHABLE)

    def metres(self, origin: int, destination: int) -> int:
        return math.ceil(self._road(origin, destination))

    def _road(self, origin: int, destination: int) -> float:
        """Metres of one pair, in plain floats: twenty times as fast as a table of one."""
        lat, lon = self._point_of[origin]
        to_lat, to_lon = self._point_of[destination]
        rise = math.sin((to_lat - lat) / 2) ** 2
        turn = math.cos(lat) * math.cos(to_lat) * math.sin((to_lon - lon) / 2) ** 2
        crow = 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, rise + turn)))
        factor = self._factor_of
        return crow * ((factor[origin] + factor[destination]) / 2)

    @cached_property
    def _point_of(self) -> list[tuple[float, float]]:
        return [(float(lat), float(lon)) for lat, lon in self._points]

    @cached_property
    def _factor_of(self) -> list[float]:
        return [terrain.road_factor for terrain in self.terrains]

    @cached_property
    def _pace_of(self) -> list[float]:
        """Seconds a metre."""
        return [3.6 / terrain.speed_km_per_hour for terrain in self.terrains]

    def block(
        self, origins: NDArray[np.integer], destinations: NDArray[np.integer]
    ) -> tuple[IntArray, IntArray]:
        """Seconds and metres, rounded up, each (len(origins), len(destinations))."""
        crow = crow_metres(self._points[origins], self._points[destinations])
        factor = (self._factors[origins, None] + self._factors[None, destinations]) / 2
        pace = self._seconds_per_metre
        metres = crow * factor
        seconds = metres * ((pace[origins, None] + pace[None, destinations]) / 2)
        seconds = np.minimum(np.ceil(seconds), UNREACHABLE)
        return seconds.astype(np.int32), np.ceil(metres).astype(np.int32)


def crow_metres(origins: Floats, destinations: Floats) -> Floats:
    """Great-circle metres between points in radians (lat, lon), shape (origins, destinations)."""
    lat, lon = origins[:, None, 0], origins[:, None, 1]
    to_lat, to_lon = destinations[None, :, 0], destinations[None, :, 1]
    rise = np.sin((to_lat - lat) / 2) ** 2
    turn = np.cos(lat) * np.cos(to_lat) * np.sin((to_lon - lon) / 2) ** 2
    chord: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(1.0, rise + turn)))
    return chord


def geodesic_matrix(locations: Sequence[Location], terrains: Sequence[Terrain]) -> Matrix:
    """The whole table at once (100 ms at 1,000 locations); one terrain for each location.

    Raises:
        ValueError: a location without coordinates, or not as many terrains as locations.
    """
    table = GeodesicTable(tuple(locations), tuple(terrains))
    every = np.arange(table.size)
    seconds = np.empty((table.size, table.size), dtype=np.int32)
    metres = np.empty_like(seconds)
    # In strips, so that the temporary squares stay small.
    for first in range(0, table.size, 256):
        strip = every[first : first + 256]
        seconds[strip], metres[strip] = table.block(strip, every)
    np.fill_diagonal(seconds, 0)
    np.fill_diagonal(metres, 0)
    # Nobody else holds them, so `Matrix` need not copy what may be gigabytes.
    seconds.flags.writeable = metres.flags.writeable = False
    return Matrix(seconds, metres)


def _radians(locations: Sequence[Location]) -> Floats:
    points = np.zeros((len(locations), 2))
    for row, place in enumerate(locations):
        if place.lat is None or place.lon is None:
            raise ValueError(f"location {place.name} has no coordinates")
        if not (-90 <= place.lat <= 90 and -180 <= place.lon <= 180):
            raise ValueError(f"location {place.name} is not on Earth: {place.lat}, {place.lon}")
        points[row] = place.lat, place.lon
    return np.radians(points)


class UnreadableTable(ValueError):  # noqa: N818 - named as the clerk says it
    """A travel table file that is not as expected; says the row."""


def read_table(path: Path, names: Sequence[str]) -> Matrix:
    """A table from CSV with the columns origin, destination, seconds, metres.

    Args:
        path: the file, UTF-8.
        names: location names in the problem's order; pairs the file does not have have no road.

    Raises:
        UnreadableTable: no CSV in UTF-8, a column is missing, a name unknown, a number none or
            negative; or two places have one name, by which the file cannot tell them apart.
    """
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise UnreadableTable(f"several places are named {', '.join(twice)}: whose are its rows?")
    index = {name: number for number, name in enumerate(names)}
    seconds = np.full((len(names), len(names)), UNREACHABLE, dtype=np.int32)
    metres = np.zeros_like(seconds)
    np.fill_diagonal(seconds, 0)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), 2):
                cell, values = _cell(row, index, number)
                seconds[cell], metres[cell] = values
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableTable(f"no CSV in UTF-8: {error}") from None
    return Matrix(seconds, metres)


def _cell(
    row: Mapping[str, str], index: Mapping[str, int], number: int
) -> tuple[tuple[int, int], tuple[int, int]]:
    """From and to, seconds and metres, of one row of the file."""
    try:
        cell = index[row["origin"]], index[row["destination"]]
        values = int(row["seconds"]), int(row["metres"])
    except KeyError as error:
        raise UnreadableTable(f"row {number}: unknown {error}") from None
    except (TypeError, ValueError):
        raise UnreadableTable(f"row {number}: whole numbers expected") from None
    if min(values) < 0 or max(values) > UNREACHABLE:
        raise UnreadableTable(f"row {number}: {values} is out of range")
    return cell, values
