"""VROOM's JSON input (api of version 1.15): jobs, shipments, vehicles, given matrices.

Read: matrices by profile, jobs and shipments with service, setup, amounts, skills, time windows and
priority; vehicles with start, end, capacity, skills, time window, breaks, `max_travel_time` is
refused as everything else this reader does not know, so that nothing is silently dropped.
Priority p becomes a penalty of `PENALTY_PER_PRIORITY` * (p + 1): VROOM serves by priority first.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from routing.formats.unreadable import UnreadableFile
from routing.problem import (
    Break,
    CostRates,
    Courier,
    Location,
    Problem,
    Shipment,
    Stop,
    StopKind,
)
from routing.tables import Matrix, Profile
from routing.terms import UNREACHABLE, CourierId, StopId, Window

PENALTY_PER_PRIORITY: Final = 10_000_000
_TASK: Final = {"id", "location_index", "service", "setup", "time_windows", "description"}
_JOB: Final = _TASK | {"delivery", "pickup", "skills", "priority"}
_SHIPMENT: Final = {"pickup", "delivery", "amount", "skills", "priority"}
_VEHICLE: Final = {
    *("id", "profile", "start_index", "end_index", "capacity", "skills", "time_window", "breaks"),
    *("costs", "description", "max_distance"),
}
Json = Mapping[str, Any]


def read_vroom(text: str) -> Problem:
    """The problem of one input; stop ids are `job-ID`, `pickup-ID` and `delivery-ID`.

    Raises:
        UnreadableFile: not JSON, no matrices, or a key this reader does not know.
        ContradictoryProblem: the input is readable but contradicts itself.
    """
    try:
        given = json.loads(text)
        return _problem(given)
    except json.JSONDecodeError as error:
        raise UnreadableFile(f"not JSON: {error.msg}", line=error.lineno) from None
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise UnreadableFile(f"not a VROOM input: {error!r}") from None


def _problem(given: Json) -> Problem:
    _only(given, {"jobs", "shipments", "vehicles", "matrices"}, "the input")
    jobs, pairs = given.get("jobs", []), given.get("shipments", [])
    vehicles = given["vehicles"]
    matrices = given["matrices"]
    size = len(next(iter(matrices.values()))["durations"])
    width = _width(jobs, pairs, vehicles)
    stops = [stop for job in jobs for stop in _job(job, width)]
    shipments = []
    for pair in pairs:
        halves, shipment = _shipment(pair, width)
        stops += halves
        shipments.append(shipment)
    return Problem(
        locations=tuple(Location(name=str(number)) for number in range(size)),
        profiles=tuple(
            Profile(name=name, travel=Matrix(m["durations"], m.get("distances")))
            for name, m in matrices.items()
        ),
        stops=tuple(stops),
        couriers=tuple(_courier(vehicle, width) for vehicle in vehicles),
        shipments=tuple(shipments),
        load_names=tuple(f"amount {number + 1}" for number in range(width)),
    )


def _only(part: Json, known: set[str], where: str) -> None:
    unknown = sorted(set(part) - known)
    if unknown:
        raise UnreadableFile(f"{where} uses {', '.join(unknown)}, which is not read")


def _width(jobs: Sequence[Json], pairs: Sequence[Json], vehicles: Sequence[Json]) -> int:
    amounts = [task.get(key, []) for task in jobs for key in ("delivery", "pickup")]
    amounts += [pair.get("amount", []) for pair in pairs]
    amounts += [vehicle.get("capacity", []) for vehicle in vehicles]
    return max((len(amount) for amount in amounts), default=0)


def _job(job: Json, width: int) -> list[Stop]:
    _only(job, _JOB, f"job {job['id']}")
    if any(job.get("delivery", [])) and any(job.get("pickup", [])):
        raise UnreadableFile(f"job {job['id']} both delivers and picks up, which is not read")
    kind = StopKind.COLLECT if any(job.get("pickup", [])) else StopKind.DELIVER
    amount = job.get("pickup" if kind is StopKind.COLLECT else "delivery", [0] * width)
    return [_stop(f"job-{job['id']}", job, kind, job, tuple(amount))]


def _shipment(pair: Json, width: int) -> tuple[list[Stop], Shipment]:
    _only(pair, _SHIPMENT, "a shipment")
    for half in (pair["pickup"], pair["delivery"]):
        _only(half, _TASK, f"shipment task {half['id']}")
    amount = tuple(pair.get("amount", [0] * width))
    taken = _stop(f"pickup-{pair['pickup']['id']}", pair["pickup"], StopKind.PICKUP, pair, amount)
    given = _stop(
        f"delivery-{pair['delivery']['id']}", pair["delivery"], StopKind.DROPOFF, pair, ()
    )
    return [taken, given], Shipment(pickup=taken.id, dropoff=given.id)


def _stop(name: str, task: Json, kind: StopKind, owner: Json, loads: tuple[int, ...]) -> Stop:
    return Stop(
        id=StopId(name),
        location=task["location_index"],
        kind=kind,
        service_seconds=task.get("service", 0),
        setup_seconds=task.get("setup", 0),
        windows=tuple(_window(span) for span in task.get("time_windows", [])),
        loads=loads,
        skills=_skills(owner),
        penalty=PENALTY_PER_PRIORITY * (owner.get("priority", 0) + 1),
    )


def _courier(vehicle: Json, width: int) -> Courier:
    _only(vehicle, _VEHICLE, f"vehicle {vehicle['id']}")
    costs = vehicle.get("costs", {})
    _only(costs, {"fixed"}, f"the costs of vehicle {vehicle['id']}")
    return Courier(
        id=CourierId(str(vehicle["id"])),
        start_location=vehicle["start_index"],
        end_location=vehicle["end_index"],
        shift=_window(vehicle.get("time_window", [0, UNREACHABLE - 1])),
        profile=vehicle.get("profile", "car"),
        capacities=tuple(vehicle.get("capacity", [0] * width)),
        skills=_skills(vehicle),
        max_route_metres=vehicle.get("max_distance"),
        breaks=tuple(_break(rest) for rest in vehicle.get("breaks", [])),
        # VROOM's fixed cost is in the unit of its costs, seconds of travel by default.
        costs=CostRates(fixed=costs.get("fixed", 0)),
    )


def _break(rest: Json) -> Break:
    _only(rest, {"id", "time_windows", "service", "description"}, f"break {rest['id']}")
    if len(rest["time_windows"]) != 1:
        raise UnreadableFile(f"break {rest['id']} has several windows, which is not read")
    ((earliest, latest),) = rest["time_windows"]
    return Break(
        earliest_second=earliest, latest_second=latest, duration_seconds=rest.get("service", 0)
    )


def _skills(part: Json) -> frozenset[str]:
    return frozenset(str(skill) for skill in part.get("skills", []))


def _window(span: Sequence[int]) -> Window:
    return Window(opens_second=span[0], closes_second=span[1])
