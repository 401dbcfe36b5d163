"""VROOM's JSON input (api of version 1.15): jobs, shipments, vehicles, given matrices.

Read: matrices by profile, jobs and shipments with service, setup, amounts, skills, time windows and
priority; vehicles with start, end, capacity, skills, time window, breaks, `max_travel_time` is
refused as everything else this reader does not know, so that nothing is silently dropped.
Priority p becomes a penalty of `PENALTY_PER_PRIORITY` * (p + 1): VROOM serves by priority first.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeVar

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
HIGHEST_PRIORITY: Final = 100
_TASK: Final = {"id", "location_index", "service", "setup", "time_windows", "description"}
_JOB: Final = _TASK | {"delivery", "pickup", "skills", "priority"}
_SHIPMENT: Final = {"pickup", "delivery", "amount", "skills", "priority"}
_VEHICLE: Final = {
    *("id", "profile", "start_index", "end_index", "capacity", "skills", "time_window", "breaks"),
    *("costs", "description", "max_distance"),
}
Json = Mapping[str, Any]
Part = TypeVar("Part")


def read_vroom(text: str) -> Problem:
    """The problem of one input; stop ids are `job-ID`, `pickup-ID` and `delivery-ID`.

    Raises:
        UnreadableFile: not JSON, no matrices, or a key this reader does not know.
        ContradictoryProblem: the input is readable but contradicts itself.
    """
    try:
        given = json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableFile(f"not JSON: {error.msg}", line=error.lineno) from None
    except (RecursionError, ValueError) as error:
        raise UnreadableFile(f"not JSON: {error}") from None
    if not isinstance(given, dict):
        raise UnreadableFile("not a VROOM input: an object is expected")
    return _problem(given)


def _problem(given: Json) -> Problem:
    _only(given, {"jobs", "shipments", "vehicles", "matrices"}, "the input")
    jobs, pairs, vehicles = (_tasks(given, key) for key in ("jobs", "shipments", "vehicles"))
    matrices = given.get("matrices")
    if not isinstance(matrices, dict) or not matrices:
        raise UnreadableFile("/matrices: travel times by profile are expected")
    profiles = tuple(
        _as_documented(f"/matrices/{name}", partial(_profile, name), matrix)
        for name, matrix in matrices.items()
    )
    width = _width(jobs, pairs, vehicles)
    stops: list[Stop] = []
    for number, job in enumerate(jobs):
        stops.append(_as_documented(f"/jobs/{number}", lambda part: _job(part, width), job))
    shipments = []
    for number, pair in enumerate(pairs):
        halves, shipment = _as_documented(
            f"/shipments/{number}", lambda part: _shipment(part, width), pair
        )
        stops += halves
        shipments.append(shipment)
    return Problem(
        locations=tuple(Location(name=str(number)) for number in range(profiles[0].travel.size)),
        profiles=profiles,
        stops=tuple(stops),
        couriers=tuple(
            _as_documented(f"/vehicles/{number}", lambda part: _courier(part, width), vehicle)
            for number, vehicle in enumerate(vehicles)
        ),
        shipments=tuple(shipments),
        load_names=tuple(f"amount {number + 1}" for number in range(width)),
    )


def _tasks(given: Json, key: str) -> Sequence[Json]:
    parts = given.get(key, [])
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise UnreadableFile(f"/{key}: a list of objects is expected")
    return parts


def _as_documented(where: str, read: Callable[[Json], Part], part: Json) -> Part:
    """What `read` makes of a part; where that fails, the refusal says which part it was."""
    try:
        return read(part)
    except UnreadableFile as refusal:
        raise UnreadableFile(f"{where}: {refusal.detail}") from None
    except KeyError as error:
        raise UnreadableFile(f"{where}: {error.args[0]} is missing") from None
    except (TypeError, AttributeError, ValueError):
        raise UnreadableFile(f"{where}: something in it is not of the kind expected") from None


def _profile(name: str, matrix: Json) -> Profile:
    return Profile(name=name, travel=Matrix(matrix["durations"], matrix.get("distances")))


def _only(part: Json, known: set[str], where: str) -> None:
    unknown = sorted(set(part) - known)
    if unknown:
        raise UnreadableFile(f"{where} uses {', '.join(unknown)}, which is not read")


def _width(jobs: Sequence[Json], pairs: Sequence[Json], vehicles: Sequence[Json]) -> int:
    amounts = [task.get(key, []) for task in jobs for key in ("delivery", "pickup")]
    amounts += [pair.get("amount", []) for pair in pairs]
    amounts += [vehicle.get("capacity", []) for vehicle in vehicles]
    # What is no list is refused where it stands.
    return max((len(amount) for amount in amounts if isinstance(amount, list)), default=0)


def _job(job: Json, width: int) -> Stop:
    _only(job, _JOB, f"job {job['id']}")
    if any(job.get("delivery", [])) and any(job.get("pickup", [])):
        raise UnreadableFile(f"job {job['id']} both delivers and picks up, which is not read")
    kind = StopKind.COLLECT if any(job.get("pickup", [])) else StopKind.DELIVER
    amount = job.get("pickup" if kind is StopKind.COLLECT else "delivery", [0] * width)
    return _stop(f"job-{job['id']}", job, kind, job, tuple(amount))


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
        penalty=PENALTY_PER_PRIORITY * (_priority(owner) + 1),
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


def _priority(part: Json) -> int:
    priority = part.get("priority", 0)
    if not isinstance(priority, int) or not 0 <= priority <= HIGHEST_PRIORITY:
        raise UnreadableFile(f"a priority of {priority}; VROOM's go from 0 to {HIGHEST_PRIORITY}")
    return priority


def _window(span: Sequence[int]) -> Window:
    opens, closes = span
    return Window(opens_second=opens, closes_second=closes)
