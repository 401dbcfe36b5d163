"""VRPLIB files (TSPLIB keywords): CVRP and VRPTW with one depot, in whole numbers.

What a file gives as whole numbers is taken as it is, what is computed from coordinates is rounded
as `EDGE_WEIGHT_TYPE` says (`routing.formats.edge_weights`). `DISTANCE` is the longest route, the
service on it included, as in the sets of Christofides, Mingozzi and Toth. Where `VEHICLES` is not
given their number is free; enough are made that it never binds (`_enough`). A keyword, a type (VRPB, PDP) or a
section this reader does not know is refused by name: each would make it another problem.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from routing.formats.edge_weights import computed, degrees, given
from routing.formats.numbers import finite, whole
from routing.formats.unreadable import UnreadableFile
from routing.problem import Courier, Location, Problem, Stop
from routing.tables import Matrix, Profile
from routing.terms import UNREACHABLE, CourierId, StopId, Window

# How many numbers a row of each section has; 0: any number, lines mean nothing.
_SECTIONS: Final = {
    "NODE_COORD_SECTION": 3,
    "DEMAND_SECTION": 2,
    "DEPOT_SECTION": 1,
    "EDGE_WEIGHT_SECTION": 0,
    "TIME_WINDOW_SECTION": 3,
    "SERVICE_TIME_SECTION": 2,
    "DISPLAY_DATA_SECTION": 3,
}
_NUMBERS: Final = {"DIMENSION", "CAPACITY", "VEHICLES", "DISTANCE", "SERVICE_TIME"}
# These say nothing that changes the problem.
_WORDS: Final = {"NAME", "COMMENT", "NODE_COORD_TYPE", "DISPLAY_DATA_TYPE"}
_KEYWORDS: Final = _NUMBERS | _WORDS | {"TYPE", "EDGE_WEIGHT_TYPE", "EDGE_WEIGHT_FORMAT"}
_TYPES: Final = ("CVRP", "VRPTW")
Rows = list[list[float]]


@dataclass
class _File:
    """The words and the numbers of a file, as far as each line makes sense by itself."""

    header: dict[str, str] = field(default_factory=dict)
    sections: dict[str, Rows] = field(default_factory=dict)

    def number(self, word: str, least: int = 1) -> int:
        text = self.header.get(word, "missing")
        if not text.isdecimal() or int(text) < least:
            raise UnreadableFile(f"{word} is {text}, not a whole number from {least} on")
        return int(text)

    def rows(self, section: str) -> Rows:
        if not self.sections.get(section):
            raise UnreadableFile(f"there is no {section}")
        return self.sections[section]

    def by_node(self, section: str, dimension: int) -> list[list[int]]:
        """Whole numbers for each node from 1 to `dimension`."""
        rows = self._in_order(section, dimension)
        return [[whole(number, f"a number of {section}") for number in row[1:]] for row in rows]

    def points(self, dimension: int) -> np.ndarray:
        return np.array([row[1:] for row in self._in_order("NODE_COORD_SECTION", dimension)])

    def _in_order(self, section: str, dimension: int) -> Rows:
        rows = self.rows(section)
        in_order = [row[0] for row in rows] == list(range(1, len(rows) + 1))
        if len(rows) != dimension or not in_order:
            raise UnreadableFile(
                f"{section}: a row for each node from 1 to {dimension}, in order, is expected"
            )
        return rows


def read_vrplib(text: str) -> Problem:
    """The problem of one file; stop ids follow CVRPLIB's solutions, where the depot is 0.

    Raises:
        UnreadableFile: with what is missing, or the keyword this reader does not know.
        ContradictoryProblem: the file is readable but contradicts itself.
    """
    file = _parts(text)
    kind = file.header.get("TYPE", _TYPES[0])
    if kind not in _TYPES:
        raise UnreadableFile(f"TYPE {kind} is not read; {' and '.join(_TYPES)} are")
    dimension = file.number("DIMENSION")
    if [row[0] for row in file.rows("DEPOT_SECTION") if row[0] != -1] != [1]:
        raise UnreadableFile("DEPOT_SECTION: one depot, the first node, is expected")
    demands = [row[0] for row in file.by_node("DEMAND_SECTION", dimension)]
    if demands[0]:
        raise UnreadableFile(f"DEMAND_SECTION: the depot itself asks for {demands[0]}")
    windows, services = _windows(file, dimension), _services(file, dimension)
    return Problem(
        locations=_locations(file, dimension),
        profiles=(Profile(travel=_distances(file, dimension)),),
        stops=tuple(
            Stop(
                id=StopId(str(node)),
                location=node,
                loads=(demands[node],),
                service_seconds=services[node],
                windows=windows[node : node + 1],
            )
            for node in range(1, dimension)
        ),
        couriers=_couriers(file, demands, windows[:1]),
        load_names=("demand",),
    )


def _locations(file: _File, dimension: int) -> tuple[Location, ...]:
    """With their points, where the file has some; those of GEO are on Earth."""
    if "NODE_COORD_SECTION" not in file.sections:
        return tuple(Location(name=str(node)) for node in range(dimension))
    points = file.points(dimension).tolist()
    if file.header.get("EDGE_WEIGHT_TYPE") == "GEO":
        places = degrees(np.array(points)).tolist()
        if any(abs(lat) > 90 or abs(lon) > 180 for lat, lon in places):
            return tuple(Location(name=str(node)) for node in range(dimension))
        return tuple(Location(name=str(n), lat=lat, lon=lon) for n, (lat, lon) in enumerate(places))
    return tuple(Location(name=str(n), x=point[0], y=point[1]) for n, point in enumerate(points))


def _distances(file: _File, dimension: int) -> Matrix:
    kind = file.header.get("EDGE_WEIGHT_TYPE")
    if kind is None and "EDGE_WEIGHT_SECTION" not in file.sections:
        raise UnreadableFile("EDGE_WEIGHT_TYPE is missing")
    if kind not in {None, "EXPLICIT"}:
        return computed(str(kind), file.points(dimension))
    numbers = [number for row in file.rows("EDGE_WEIGHT_SECTION") for number in row]
    return given(file.header.get("EDGE_WEIGHT_FORMAT", "missing"), numbers, dimension)


def _windows(file: _File, dimension: int) -> tuple[Window, ...]:
    """One for each node, the depot's first; none where the file gives none."""
    if "TIME_WINDOW_SECTION" not in file.sections:
        return ()
    if "DISTANCE" in file.header:
        raise UnreadableFile("DISTANCE beside TIME_WINDOW_SECTION is not read")
    rows = file.by_node("TIME_WINDOW_SECTION", dimension)
    return tuple(Window(opens_second=opens, closes_second=closes) for opens, closes in rows)


def _services(file: _File, dimension: int) -> list[int]:
    if "SERVICE_TIME_SECTION" not in file.sections:
        every = file.number("SERVICE_TIME", 0) if "SERVICE_TIME" in file.header else 0
        return [0] + [every] * (dimension - 1)
    if "SERVICE_TIME" in file.header:
        raise UnreadableFile("SERVICE_TIME and SERVICE_TIME_SECTION are both given")
    services = [row[0] for row in file.by_node("SERVICE_TIME_SECTION", dimension)]
    if services[0]:
        raise UnreadableFile("SERVICE_TIME_SECTION: the depot itself takes time, which is not read")
    return services


def _couriers(file: _File, demands: Sequence[int], hours: Sequence[Window]) -> tuple[Courier, ...]:
    capacity, useful = file.number("CAPACITY"), max(1, len(demands) - 1)
    if "VEHICLES" in file.header:
        fleet = min(file.number("VEHICLES"), useful)  # more would stay at home
    elif hours or "DISTANCE" in file.header or "EDGE_WEIGHT_SECTION" in file.sections:
        fleet = useful
    else:
        fleet = min(_enough(demands, capacity), useful)
    longest = file.number("DISTANCE") if "DISTANCE" in file.header else None
    shift = hours[0] if hours else Window(opens_second=0, closes_second=UNREACHABLE - 1)
    return tuple(
        Courier(
            id=CourierId(f"v{number}"),
            start_location=0,
            end_location=0,
            shift=shift,
            capacities=(capacity,),
            max_route_seconds=longest,
        )
        for number in range(1, fleet + 1)
    )


def _enough(demands: Sequence[int], capacity: int) -> int:
    """Vehicles, where only loads keep two tours apart and no way is longer than by the depot (but for
    rounding).

    Two tours that fit together need then never be two. Where no two do, any two carry more than one
    vehicle may, so all together more than half of what they might: they are fewer than twice as many
    as the loads fill.
    """
    return 2 * -(-sum(demands) // capacity) + 1


def _parts(text: str) -> _File:
    file = _File()
    current: Rows | None = None
    width = 0
    for number, line in enumerate(text.splitlines(), 1):
        word, colon, value = (part.strip() for part in line.partition(":"))
        if word == "EOF":
            break
        if word in _SECTIONS and not value:
            if word in file.sections:
                raise UnreadableFile(f"{word} is given twice", line=number)
            current, width = file.sections.setdefault(word, []), _SECTIONS[word]
        elif colon and word in _KEYWORDS:
            file.header[word] = value.strip('"').strip()
        elif line.strip() and (colon or current is None or word.replace("_", "").isalpha()):
            raise UnreadableFile(f"unknown keyword: {word or line.strip()!r}", line=number)
        elif line.strip() and current is not None:
            current.append(finite(line.split(), line=number))
            if width and len(current[-1]) != width:
                raise UnreadableFile(f"{width} numbers are expected in this row", line=number)
    return file
