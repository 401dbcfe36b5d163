"""The places and roads of a VROOM input: matrices by profile, speed factors, open ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from routing.formats.unreadable import UnreadableFile
from routing.formats.vroom_parts import Json, as_documented, only, parts_of
from routing.problem import Location
from routing.tables import Matrix, Profile
from routing.terms import UNREACHABLE
from routing.travel import Tables

DEFAULT_PROFILE: Final = "car"
FASTEST_PERCENT: Final = 500


@dataclass(frozen=True)
class Roads:
    """The matrices as they were given, and which profiles have distances."""

    matrices: Mapping[str, Matrix]
    measured: frozenset[str]

    @property
    def places(self) -> int:
        return next(iter(self.matrices.values())).size

    @property
    def anywhere(self) -> int:
        """The number of a place next to every other: there an open route begins or ends."""
        return self.places

    def profiles(self, vehicles: Sequence[Json]) -> tuple[Profile, ...]:
        """Those given, and one more for every speed factor that a vehicle drives them at."""
        ways = {(name, 100) for name in self.matrices}
        driven = {(profile_of(vehicle), percent_of(vehicle)) for vehicle in vehicles}
        ways |= {(name, percent) for name, percent in driven if name in self.matrices}
        is_open = any(is_open_ended(vehicle) for vehicle in vehicles)
        return tuple(
            Profile(name=named(name, percent), travel=self._travel(name, percent, is_open=is_open))
            for name, percent in sorted(ways)
        )

    def _travel(self, name: str, percent: int, *, is_open: bool) -> Matrix:
        given = self.matrices[name]
        if given.travel_seconds.dtype != np.int32 or given.distance_m.dtype != np.int32:
            return given  # for the problem to refuse
        seconds, metres = given.travel_seconds.astype(np.int64), given.distance_m.astype(np.int64)
        if percent != 100:
            slower = np.minimum(-(-seconds * 100 // percent), UNREACHABLE)
            seconds = np.where(seconds >= UNREACHABLE, UNREACHABLE, slower)
            metres = metres if name in self.measured else seconds
        if is_open:
            seconds, metres = (np.pad(table, (0, 1)) for table in (seconds, metres))
        return Matrix(seconds, metres)

    def locations(self, tasks: Sequence[Json], vehicles: Sequence[Json]) -> tuple[Location, ...]:
        """Every place of the matrices, with its coordinates where some part tells them."""
        told = [("location", "location_index", task) for task in tasks]
        for end in ("start", "end"):
            told += [(end, f"{end}_index", vehicle) for vehicle in vehicles]
        points: dict[object, tuple[float, float]] = {}
        for key, index, part in told:
            if key not in part:
                continue
            place = part.get(index)
            point = as_documented(f"the {key} of place {place}", _point, part[key])
            if points.setdefault(place, point) != point:
                raise UnreadableFile(f"place {place} has two different coordinates")
        known = [points.get(number, (None, None)) for number in range(self.places)]
        locations = tuple(
            Location(name=str(number), lat=lat, lon=lon) for number, (lat, lon) in enumerate(known)
        )
        if any(is_open_ended(vehicle) for vehicle in vehicles):
            return (*locations, Location(name="anywhere"))
        return locations


def roads_of(matrices: object) -> Roads:
    """The roads of `/matrices`.

    Raises:
        UnreadableFile: there are none, or one has a key this reader does not know.
    """
    if not isinstance(matrices, dict) or not matrices:
        raise UnreadableFile("/matrices: travel times by profile are expected")
    read = {
        name: as_documented(f"/matrices/{name}", _matrix, matrix)
        for name, matrix in matrices.items()
    }
    return Roads(read, frozenset(name for name in matrices if "distances" in matrices[name]))


def placed(given: Json, tables: Tables) -> tuple[dict[str, Any], Roads]:
    """An input without matrices, its coordinates as places of the tables that are made of them.

    Raises:
        UnreadableFile: something has no coordinates, or they are none.
    """
    places: dict[tuple[float, float], int] = {}

    def at(part: Json, ends: Mapping[str, str], where: str, *, owed: bool) -> dict[str, Any]:
        found = dict(part)
        for key, index in ends.items():
            if key in part:
                point = as_documented(f"{where}: the {key}", _point, part[key])
                found[index] = places.setdefault(point, len(places))
            elif owed or index in part:
                raise UnreadableFile(f"{where}: {key} is missing, and there are no matrices")
        return found

    ends = {"start": "start_index", "end": "end_index"}
    task = {"location": "location_index"}
    whole = dict(given)
    whole["vehicles"] = [
        at(vehicle, ends, f"/vehicles/{number}", owed=False)
        for number, vehicle in enumerate(parts_of(given, "vehicles"))
    ]
    whole["jobs"] = [
        at(job, task, f"/jobs/{number}", owed=True)
        for number, job in enumerate(parts_of(given, "jobs"))
    ]
    whole["shipments"] = [
        {
            key: at(half, task, f"/shipments/{number}/{key}", owed=True)
            if key in {"pickup", "delivery"} and isinstance(half, dict)
            else half
            for key, half in pair.items()
        }
        for number, pair in enumerate(parts_of(given, "shipments"))
    ]
    if not places:
        raise UnreadableFile("neither /matrices nor any coordinates: there is nowhere to go")
    spots = [Location(name=str(n), lat=lat, lon=lon) for n, (lat, lon) in enumerate(places)]
    names = dict.fromkeys([profile_of(vehicle) for vehicle in whole["vehicles"]])
    every = np.arange(len(spots))
    made = {name: tables(spots, name) for name in names}
    matrices = {
        name: table if isinstance(table, Matrix) else Matrix(*table.block(every, every))
        for name, table in made.items()
    }
    if not matrices:
        raise UnreadableFile("/vehicles: there is no vehicle")
    return whole, Roads(matrices, frozenset(matrices))


def profile_of(vehicle: Json) -> str:
    return str(vehicle.get("profile", DEFAULT_PROFILE))


def percent_of(vehicle: Json) -> int:
    """The speed factor, in the two digits that VROOM respects."""
    percent: int = round(vehicle.get("speed_factor", 1) * 100)
    if not 0 < percent <= FASTEST_PERCENT:
        raise UnreadableFile(f"a speed_factor of {vehicle['speed_factor']}, not in (0, 5]")
    return percent


def named(profile: str, percent: int) -> str:
    return profile if percent == 100 else f"{profile} at {percent} %"


def is_open_ended(vehicle: Json) -> bool:
    return "start_index" not in vehicle or "end_index" not in vehicle


def _matrix(matrix: Json) -> Matrix:
    only(matrix, {"durations", "distances"}, "the matrix")
    return Matrix(matrix["durations"], matrix.get("distances"))


def _point(coordinates: Sequence[float]) -> tuple[float, float]:
    lon, lat = coordinates
    return float(lat), float(lon)
