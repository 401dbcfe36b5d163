"""Li and Lim text files: pairs of pick-up and delivery with time windows, one depot.

Integer convention: distances and all times are multiplied by a thousand, distances rounded.
"""

import numpy as np

from routing.formats.euclidean import rounded_thousandths
from routing.formats.numbers import finite, whole
from routing.formats.unreadable import UnreadableFile
from routing.problem import Courier, Location, Problem, Shipment, Stop, StopKind
from routing.tables import Profile
from routing.terms import CourierId, StopId, Window


def read_lilim(text: str) -> Problem:
    """The problem of one file; stop ids are the task numbers.

    Raises:
        UnreadableFile: with the line that is not as expected.
        ContradictoryProblem: the file is readable but contradicts itself.
    """
    rows: list[list[int]] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words:
            continue
        values = [whole(value, "a number", line=number) for value in finite(words, line=number)]
        expected = 9 if rows else 3
        if len(values) != expected:
            raise UnreadableFile(f"{expected} numbers are expected in this row", line=number)
        rows.append(values)
    if len(rows) < 2:
        raise UnreadableFile("no vehicles or no depot: not a Li and Lim file")
    (fleet, capacity, *_), *tasks = rows
    depot = tasks[0]
    shift = Window(opens_second=depot[4] * 1000, closes_second=depot[5] * 1000)
    couriers = tuple(
        Courier(
            id=CourierId(f"v{number}"),
            start_location=0,
            end_location=0,
            shift=shift,
            capacities=(capacity,),
        )
        for number in range(1, min(fleet, max(1, len(tasks) - 1)) + 1)  # more would stay at home
    )
    load = {task[0]: task[3] for task in tasks}
    for task in tasks[1:]:
        if task[7] == 0 and load.get(task[8]) != -task[3]:
            detail = f"task {task[0]} takes {task[3]}, its other half {task[8]} does not give that"
            raise UnreadableFile(detail)
    shipments = tuple(
        Shipment(pickup=StopId(str(task[0])), dropoff=StopId(str(task[8])))
        for task in tasks[1:]
        if task[7] == 0
    )
    return Problem(
        locations=tuple(Location(name=str(task[0]), x=task[1], y=task[2]) for task in tasks),
        profiles=(Profile(travel=rounded_thousandths(np.array(tasks, dtype=float)[:, 1:3])),),
        stops=tuple(_stop(place, task) for place, task in enumerate(tasks) if place),
        couriers=couriers,
        shipments=shipments,
        load_names=("demand",),
    )


def _stop(place: int, task: list[int]) -> Stop:
    is_pickup = task[7] == 0
    return Stop(
        id=StopId(str(task[0])),
        location=place,
        kind=StopKind.PICKUP if is_pickup else StopKind.DROPOFF,
        service_seconds=task[6] * 1000,
        windows=(Window(opens_second=task[4] * 1000, closes_second=task[5] * 1000),),
        loads=(task[3],) if is_pickup else (),
    )
