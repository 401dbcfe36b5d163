"""CVRPLIB files (TSPLIB keywords): capacity only, one depot, distances rounded to whole numbers.

The number of vehicles is free in these sets; enough are made that it never binds.
"""

import math
from collections.abc import Mapping

import numpy as np

from routing.formats.euclidean import rounded
from routing.formats.numbers import finite, whole
from routing.formats.unreadable import UnreadableFile
from routing.problem import Courier, Location, Problem, Stop
from routing.tables import Profile
from routing.terms import UNREACHABLE, CourierId, StopId, Window

# How many numbers a row of each section has.
_SECTIONS = {"NODE_COORD_SECTION": 3, "DEMAND_SECTION": 2, "DEPOT_SECTION": 1, "EOF": 0}


def read_vrplib(text: str) -> Problem:
    """The problem of one file; stop ids follow CVRPLIB's solutions, where the depot is 0.

    Raises:
        UnreadableFile: with what is missing, or the keyword this reader does not know.
        ContradictoryProblem: the file is readable but contradicts itself.
    """
    header, sections = _parts(text)
    if header.get("EDGE_WEIGHT_TYPE") != "EUC_2D" or header.get("TYPE") != "CVRP":
        raise UnreadableFile("only CVRP with EDGE_WEIGHT_TYPE EUC_2D is read")
    missing = [name for name in list(_SECTIONS)[:3] if not sections.get(name)]
    if missing:
        raise UnreadableFile(f"there is no {missing[0]}")
    places, demands, depots = (sections[name] for name in list(_SECTIONS)[:3])
    capacity, dimension = (_positive(header, word) for word in ("CAPACITY", "DIMENSION"))
    if [row[0] for row in depots if row[0] > 0] != [1]:
        raise UnreadableFile("one depot, the first node, is expected")
    nodes = [[row[0] for row in rows] for rows in (places, demands)]
    if dimension != len(places) or nodes != [list(range(1, len(places) + 1))] * 2:
        raise UnreadableFile(
            f"a place and a demand for each node from 1 to {dimension}, in order, are expected"
        )
    points = np.array([row[1:] for row in places])
    demand = [whole(row[1], "a demand") for row in demands]
    fewest = math.ceil(sum(demand) / capacity)
    fleet = min(fewest + max(5, len(demand) // 10), max(1, len(demand) - 1))
    return Problem(
        locations=tuple(Location(name=str(node)) for node in range(len(points))),
        profiles=(Profile(travel=rounded(points)),),
        stops=tuple(
            Stop(id=StopId(str(node)), location=node, loads=(demand[node],))
            for node in range(1, len(points))
        ),
        couriers=tuple(
            Courier(
                id=CourierId(f"v{number}"),
                start_location=0,
                end_location=0,
                shift=Window(opens_second=0, closes_second=UNREACHABLE - 1),
                capacities=(capacity,),
            )
            for number in range(1, fleet + 1)
        ),
        load_names=("demand",),
    )


def _positive(header: Mapping[str, str], word: str) -> int:
    if not header.get(word, "").isdecimal() or int(header[word]) < 1:
        raise UnreadableFile(f"{word} is {header.get(word, 'missing')}, not a number above zero")
    return int(header[word])


def _parts(text: str) -> tuple[Mapping[str, str], Mapping[str, list[list[float]]]]:
    header: dict[str, str] = {}
    sections: dict[str, list[list[float]]] = {}
    current: list[list[float]] | None = None
    width = 0
    for number, line in enumerate(text.splitlines(), 1):
        word = line.split(":")[0].strip()
        if word in _SECTIONS:
            current, width = sections.setdefault(word, []), _SECTIONS[word]
        elif ":" in line:
            header[word] = line.split(":", 1)[1].strip().strip('"')
        elif line.strip() and current is not None:
            current.append(finite(line.split(), line=number))
            if len(current[-1]) != width:
                raise UnreadableFile(f"{width} numbers are expected in this row", line=number)
        elif line.strip():
            raise UnreadableFile(f"unknown keyword: {line.strip()!r}", line=number)
    return header, sections
