"""CVRPLIB files (TSPLIB keywords): capacity only, one depot, distances rounded to whole numbers.

The number of vehicles is free in these sets; enough are made that it never binds.
"""

import math
from collections.abc import Mapping

import numpy as np

from routing.formats.euclidean import rounded
from routing.formats.unreadable import UnreadableFile
from routing.problem import Courier, Location, Problem, Stop
from routing.tables import Profile
from routing.terms import UNREACHABLE, CourierId, StopId, Window

_SECTIONS = ("NODE_COORD_SECTION", "DEMAND_SECTION", "DEPOT_SECTION", "EOF")


def read_vrplib(text: str) -> Problem:
    """The problem of one file; stop ids follow CVRPLIB's solutions, where the depot is 0.

    Raises:
        UnreadableFile: with what is missing, or the keyword this reader does not know.
        ContradictoryProblem: the file is readable but contradicts itself.
    """
    header, sections = _parts(text)
    if header.get("EDGE_WEIGHT_TYPE") != "EUC_2D" or header.get("TYPE") != "CVRP":
        raise UnreadableFile("only CVRP with EDGE_WEIGHT_TYPE EUC_2D is read")
    try:
        points = np.array([row[1:3] for row in sections["NODE_COORD_SECTION"]], dtype=float)
        demand = [int(row[1]) for row in sections["DEMAND_SECTION"]]
        depots = [int(row[0]) for row in sections["DEPOT_SECTION"] if row[0] > 0]
        capacity = int(header["CAPACITY"])
    except (KeyError, IndexError, ValueError) as error:
        raise UnreadableFile(f"missing or broken: {error}") from None
    if depots != [1] or len(demand) != len(points) or points.shape[1:] != (2,) or capacity < 1:
        raise UnreadableFile("one depot, the first node, and one demand for each node are expected")
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


def _parts(text: str) -> tuple[Mapping[str, str], Mapping[str, list[list[float]]]]:
    header: dict[str, str] = {}
    sections: dict[str, list[list[float]]] = {}
    current: list[list[float]] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        word = line.split(":")[0].strip()
        if word in _SECTIONS:
            current = sections.setdefault(word, [])
        elif ":" in line:
            header[word] = line.split(":", 1)[1].strip().strip('"')
        elif line.strip() and current is not None:
            try:
                current.append([float(value) for value in line.split()])
            except ValueError:
                raise UnreadableFile(f"not numbers: {line.strip()!r}", line=number) from None
        elif line.strip():
            raise UnreadableFile(f"unknown keyword: {line.strip()!r}", line=number)
    return header, sections
