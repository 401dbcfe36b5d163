"""The public instances as integers, and a cost function that shares no code with any solver."""

import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Entry = dict[str, Any]
SHARED_DATA = Path(
    os.environ.get("POSTAL_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")
)
NO_CLOSING = 10**8


@dataclass(frozen=True, kw_only=True)
class Instance:
    """Row 0 is the depot. `mate` is the other half of a pair, 0 where there is none; demand is
    positive at pick-ups and negative at deliveries of pairs, positive everywhere else.
    """

    name: str
    kind: str
    family: str
    text: str
    best_known: int | None
    matrix: Ints
    demand: Ints
    early: Ints
    late: Ints
    service: Ints
    mate: Ints
    capacity: int
    vehicles: int

    @property
    def stops(self) -> int:
        return len(self.demand) - 1


def names() -> list[str]:
    return list(_index())


def load(name: str) -> Instance:
    entry = _index()[name]
    text = (SHARED_DATA / "instances" / entry["file"]).read_text()
    read = {"vrptw": _solomon, "pdptw": _lilim, "cvrp": _cvrplib}[entry["kind"]]
    return read(name, entry, text)


def _index() -> dict[str, Entry]:
    found: dict[str, Entry] = json.loads(
        (SHARED_DATA / "instances" / "best_known.json").read_text()
    )
    return found


def _known(entry: Entry) -> int | None:
    cost = entry["best_known_cost"]
    return None if cost is None else round(cost)


def _distances(points: NDArray[np.float64]) -> NDArray[np.float64]:
    distances: NDArray[np.float64] = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    return distances


def _solomon(name: str, entry: Entry, text: str) -> Instance:
    rows = [line.split() for line in text.splitlines() if line.strip()]
    fleet = next(n for n, row in enumerate(rows) if row[0].upper() == "NUMBER") + 1
    table = np.array([row for row in rows[fleet + 1 :] if row[0].isdigit()], dtype=float)
    return Instance(
        name=name,
        kind="vrptw",
        family=entry["set"],
        text=text,
        best_known=_known(entry),
        matrix=np.floor(10 * _distances(table[:, 1:3]) + 1e-9).astype(np.int64),
        demand=table[:, 3].astype(np.int64),
        early=(10 * table[:, 4]).astype(np.int64),
        late=(10 * table[:, 5]).astype(np.int64),
        service=(10 * table[:, 6]).astype(np.int64),
        mate=np.zeros(len(table), dtype=np.int64),
        capacity=int(rows[fleet][1]),
        vehicles=int(rows[fleet][0]),
    )


def _lilim(name: str, entry: Entry, text: str) -> Instance:
    rows = [line.split() for line in text.splitlines() if line.strip()]
    table = np.array(rows[1:], dtype=float)
    return Instance(
        name=name,
        kind="pdptw",
        family=entry["set"],
        text=text,
        best_known=_known(entry),
        matrix=np.rint(1000 * _distances(table[:, 1:3])).astype(np.int64),
        demand=table[:, 3].astype(np.int64),
        early=(1000 * table[:, 4]).astype(np.int64),
        late=(1000 * table[:, 5]).astype(np.int64),
        service=(1000 * table[:, 6]).astype(np.int64),
        mate=(table[:, 7] + table[:, 8]).astype(np.int64),
        capacity=int(rows[0][1]),
        vehicles=int(rows[0][0]),
    )


def _cvrplib(name: str, entry: Entry, text: str) -> Instance:
    sections: dict[str, list[list[str]]] = {}
    capacity, current = 0, ""
    for line in text.splitlines():
        words = line.replace(":", " ").split()
        if not words:
            continue
        if words[0] == "CAPACITY":
            capacity = int(words[1])
        elif words[0].endswith("_SECTION"):
            current = words[0]
        elif words[0].isdigit():
            sections.setdefault(current, []).append(words)
    points = np.array([row[1:3] for row in sections["NODE_COORD_SECTION"]], dtype=float)
    demand = np.array([int(row[1]) for row in sections["DEMAND_SECTION"]])
    size = len(points)
    nothing = np.zeros(size, dtype=np.int64)
    return Instance(
        name=name,
        kind="cvrp",
        family=entry["set"],
        text=text,
        best_known=_known(entry),
        matrix=np.floor(_distances(points) + 0.5).astype(np.int64),
        demand=demand,
        early=nothing,
        late=np.full(size, NO_CLOSING),
        service=nothing,
        mate=nothing,
        capacity=capacity,
        vehicles=min(size - 1, math.ceil(demand.sum() / capacity) + max(5, size // 10)),
    )


def cost_of(instance: Instance, routes: Sequence[Sequence[int]]) -> int:
    """Total distance of routes of customer numbers.

    Raises:
        ValueError: with what the routes break.
    """
    served = [stop for route in routes for stop in route]
    if sorted(served) != list(range(1, instance.stops + 1)):
        raise ValueError(f"{len(set(served))} of {instance.stops} customers served")
    used = [route for route in routes if route]
    if len(used) > instance.vehicles:
        raise ValueError(f"{len(used)} vehicles of {instance.vehicles}")
    return sum(_route_cost(instance, route) for route in used)


def _route_cost(instance: Instance, route: Sequence[int]) -> int:
    paired = instance.kind == "pdptw"
    load = 0 if paired else int(instance.demand[list(route)].sum())
    if load > instance.capacity:
        raise ValueError(f"load {load}")
    second, cost, here = int(instance.early[0]), 0, 0
    seen: set[int] = set()
    for stop in route:
        cost += int(instance.matrix[here, stop])
        second = max(second + int(instance.matrix[here, stop]), int(instance.early[stop]))
        if second > instance.late[stop]:
            raise ValueError(f"customer {stop} is late")
        second += int(instance.service[stop])
        if paired:
            load += int(instance.demand[stop])
            mate = int(instance.mate[stop])
            if load > instance.capacity or mate not in route:
                raise ValueError(f"load or pair of customer {stop}")
            if instance.demand[stop] < 0 and mate not in seen:
                raise ValueError(f"customer {stop} before its pick-up")
        seen.add(stop)
        here = stop
    if second + int(instance.matrix[here, 0]) > instance.late[0]:
        raise ValueError("back late")
    return cost + int(instance.matrix[here, 0])
