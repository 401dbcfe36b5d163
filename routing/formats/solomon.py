"""Solomon and Gehring-Homberger text files: capacity, time windows, one depot.

Integer convention (DIMACS): distances and all times are multiplied by ten, distances truncated.
"""

import numpy as np

from routing.formats.euclidean import truncated_tenths
from routing.formats.numbers import finite, whole
from routing.formats.unreadable import UnreadableFile
from routing.problem import Courier, Location, Problem, Stop
from routing.tables import Profile
from routing.terms import CourierId, StopId, Window


def read_solomon(text: str) -> Problem:
    """The problem of one file; stop ids are the customer numbers.

    Raises:
        UnreadableFile: with the line that is not as expected.
        ContradictoryProblem: the file is readable but contradicts itself.
    """
    rows: list[list[float]] = []
    fleet: tuple[int, int] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        # Above the first customer stand headings, which hold no number (a name may).
        if not rows and not any(map(_is_number, words if fleet else words[:1])):
            continue
        if not words:
            continue
        numbers = finite(words, line=number)
        if fleet is None:
            if len(numbers) != 2:
                raise UnreadableFile("the vehicle row has two numbers", line=number)
            fleet = (
                whole(numbers[0], "a fleet", line=number),
                whole(numbers[1], "a capacity", line=number),
            )
        elif len(numbers) != 7:
            raise UnreadableFile("a customer row has seven numbers", line=number)
        else:
            whole(numbers[0], "a customer number", line=number)
            whole(numbers[3], "a demand", line=number)
            rows.append(numbers)
    if fleet is None or not rows:
        raise UnreadableFile("no vehicles or no depot: not a Solomon file")
    table = np.array(rows)
    depot = rows[0]
    stops = tuple(
        Stop(
            id=StopId(str(int(row[0]))),
            location=place,
            service_seconds=int(row[6] * 10),
            windows=(Window(opens_second=int(row[4] * 10), closes_second=int(row[5] * 10)),),
            loads=(int(row[3]),),
        )
        for place, row in enumerate(rows)
        if place
    )
    shift = Window(opens_second=int(depot[4] * 10), closes_second=int(depot[5] * 10))
    couriers = tuple(
        Courier(
            id=CourierId(f"v{number}"),
            start_location=0,
            end_location=0,
            shift=shift,
            capacities=(fleet[1],),
        )
        for number in range(1, min(fleet[0], max(1, len(stops))) + 1)  # more would stay at home
    )
    return Problem(
        locations=tuple(Location(name=str(int(row[0])), x=row[1], y=row[2]) for row in rows),
        profiles=(Profile(travel=truncated_tenths(table[:, 1:3])),),
        stops=stops,
        couriers=couriers,
        load_names=("demand",),
    )


def _is_number(word: str) -> bool:
    return word.lstrip("+-").replace(".", "", 1).isdecimal()
