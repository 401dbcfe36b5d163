"""VROOM's JSON input (api of version 1.15): each field is read as its document says, or refused.

Read: matrices by profile (durations, distances), or else coordinates, whose table is made; jobs and
shipments with location, setup, service, amounts, skills, priority and time windows; vehicles with start
and end (one of them may be left open), capacity, skills, time window, breaks, speed factor, costs (fixed,
per hour, per km) and the limits of tasks, travel time and distance, as far as this library can say the
same. Every other key is refused by name, so that nothing is silently dropped.

Cost units: VROOM's own, that is seconds of travel; where a price an hour or a km is no whole number
of them, the smallest part of them that makes every price whole. What VROOM compares one after the
other, the priorities served, the tasks served, the cost, is one sum here, of penalties so unlike in
size that it comes to the same. Windows bind the beginning of setup there and that of the service
here: setup is counted as service where it cannot fall away, elsewhere a window beside it is refused
(and without a window a break may interrupt it, which VROOM would not allow).
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from routing.formats.unreadable import UnreadableFile
from routing.formats.vroom_parts import (
    Json,
    as_documented,
    break_ids,
    only,
    parts_of,
    priority_of,
    skills_of,
    window_of,
)
from routing.formats.vroom_plan import Task, Told
from routing.formats.vroom_roads import Roads, placed, roads_of
from routing.formats.vroom_vehicles import Fleet, check_vehicle
from routing.number_contradictions import DEAREST, DEAREST_IN_ALL
from routing.problem import Location, Problem, Shipment, Stop, StopKind
from routing.tables import Matrix, TravelTable
from routing.terms import CourierId, StopId
from routing.travel import DELTA, GeodesicTable, Tables

PENALTY: Final = 10_000_000  # in VROOM's cost units, for a task of priority 0
_TASK: Final = {
    *("id", "location", "location_index", "service", "setup", "time_windows", "description"),
}
_JOB: Final = _TASK | {"delivery", "pickup", "skills", "priority"}
_SHIPMENT: Final = {"pickup", "delivery", "amount", "skills", "priority"}


def read_vroom(text: str, *, tables: Tables | None = None) -> Problem:
    """The problem of one input; stop ids are `job-ID`, `pickup-ID` and `delivery-ID`.

    `tables` gives the table between places, for inputs that have coordinates and no matrices; without
    it the way is the great circle on roads of the delta (`routing.travel`).

    Raises:
        UnreadableFile: not JSON, neither matrices nor coordinates, or a key this reader does not know.
        ContradictoryProblem: the input is readable but contradicts itself.
    """
    return _read(text, tables or _great_circle).problem()


def told_by(text: str, problem: Problem) -> Told:
    """What the input says that the problem read of it does not, for `plan_to_vroom`.

    Raises:
        UnreadableFile: as when the problem was read.
    """
    given = _read(text, lambda places, _: _of_that_size(len(places)))
    return given.told(problem)


def _great_circle(places: Sequence[Location], _profile: str) -> TravelTable:
    return GeodesicTable(tuple(places), (DELTA,) * len(places))


def _of_that_size(count: int) -> Matrix:
    return Matrix(np.zeros((count, count), dtype=np.int32))


def _read(text: str, tables: Tables) -> "_Input":
    try:
        given = json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableFile(f"not JSON: {error.msg}", line=error.lineno) from None
    except (RecursionError, ValueError) as error:
        raise UnreadableFile(f"not JSON: {error}") from None
    if not isinstance(given, dict):
        raise UnreadableFile("not a VROOM input: an object is expected")
    only(given, {"jobs", "shipments", "vehicles", "matrices"}, "the input")
    if "matrices" in given:
        roads = roads_of(given["matrices"])
    else:
        given, roads = placed(given, tables)
    for key, check in (
        ("jobs", _check_job),
        ("shipments", _check_pair),
        ("vehicles", check_vehicle),
    ):
        for number, part in enumerate(parts_of(given, key)):
            as_documented(f"/{key}/{number}", check, part)
    jobs, pairs, vehicles = (parts_of(given, key) for key in ("jobs", "shipments", "vehicles"))
    return _Input(jobs, pairs, vehicles, roads)


def _check_job(job: Json) -> None:
    """Refuses what is not read, before one job is looked at because of another."""
    only(job, _JOB, f"job {job['id']}")
    priority_of(job)


def _check_pair(pair: Json) -> None:
    only(pair, _SHIPMENT, "a shipment")
    priority_of(pair)
    for half in (pair["pickup"], pair["delivery"]):
        only(half, _TASK, f"shipment task {half['id']}")


@dataclass(frozen=True)
class _Input:
    """Parts that are each as documented; what one of them means can depend on the others."""

    jobs: Sequence[Json]
    pairs: Sequence[Json]
    vehicles: Sequence[Json]
    roads: Roads

    def problem(self) -> Problem:
        stops = [
            as_documented(f"/jobs/{number}", self._job, job) for number, job in enumerate(self.jobs)
        ]
        shipments = []
        for number, pair in enumerate(self.pairs):
            halves, shipment = as_documented(f"/shipments/{number}", self._shipment, pair)
            stops += halves
            shipments.append(shipment)
        couriers = [
            as_documented(f"/vehicles/{number}", self._fleet.courier, vehicle)
            for number, vehicle in enumerate(self.vehicles)
        ]
        names = [f"amount {number + 1}" for number in range(self._width)]
        return Problem(
            locations=self.roads.locations(self._tasks, self.vehicles),
            profiles=self.roads.profiles(self.vehicles),
            stops=tuple(stops),
            couriers=tuple(couriers),
            shipments=tuple(shipments),
            load_names=(*names, "tasks") if self._counts_tasks else tuple(names),
        )

    def _job(self, job: Json) -> Stop:
        takes = any(job.get("pickup", []))
        if takes and any(job.get("delivery", [])):
            self._refuse_where_bags_count(job)
            return self._stop(f"job-{job['id']}", job, StopKind.DELIVER, job, ())
        amount = job.get("pickup" if takes else "delivery", [0] * self._width)
        # Where tasks are counted all jobs are of one kind, so that all are on board at one moment.
        collect = self._some_job_takes if self._counts_tasks else takes
        kind = StopKind.COLLECT if collect else StopKind.DELIVER
        loads = (*amount, 1) if self._counts_tasks else tuple(amount)
        return self._stop(f"job-{job['id']}", job, kind, job, loads)

    def _refuse_where_bags_count(self, job: Json) -> None:
        """What a job hands over leaves room for what it takes, which one stop cannot say here.

        Where every vehicle could carry all there is at once, nobody need ask.
        """
        every = [0] * self._width
        for task, keys in [(one, ("delivery", "pickup")) for one in self.jobs] + [
            (pair, ("amount",)) for pair in self.pairs
        ]:
            for key in keys:
                for number, amount in enumerate(task.get(key, [])):
                    every[number] += amount
        for vehicle in self.vehicles:
            bag = vehicle.get("capacity", [0] * self._width)
            fits = all(most >= amount for most, amount in zip(bag, every, strict=True))
            if not fits:
                raise UnreadableFile(
                    f"job {job['id']} both delivers and picks up, which is read only where every"
                    " vehicle could carry all there is at once"
                )

    def told(self, problem: Problem) -> Told:
        """What the problem does not say; it was read of this input."""
        tasks = {
            **{StopId(f"job-{job['id']}"): self._told_job(job) for job in self.jobs},
            **{
                StopId(f"{key}-{pair[key]['id']}"): _told(pair[key], pair)
                for pair in self.pairs
                for key in ("pickup", "delivery")
            },
        }
        vehicles = {CourierId(str(vehicle["id"])): vehicle for vehicle in self.vehicles}
        shifts = {courier.id: courier.shift for courier in problem.couriers}
        return Told(
            tasks=tasks,
            vehicles={
                name: vehicle["description"]
                for name, vehicle in vehicles.items()
                if "description" in vehicle
            },
            breaks={name: break_ids(vehicle, shifts[name]) for name, vehicle in vehicles.items()},
            parts_of_a_unit=self._fleet.parts_of_a_unit,
            amounts=self._width,
            anywhere=self.roads.anywhere,
            measured=self.roads.measured == frozenset(self.roads.matrices),
        )

    def _told_job(self, job: Json) -> Task:
        """A job that both delivers and picks up is read without its amounts."""
        task, amounts = _told(job, job), [job.get(key, []) for key in ("delivery", "pickup")]
        if not all(map(any, amounts)):
            return task
        delivery, pickup = ((*some, *[0] * (self._width - len(some))) for some in amounts)
        return replace(task, delivery=delivery, pickup=pickup)

    def _shipment(self, pair: Json) -> tuple[list[Stop], Shipment]:
        pickup, delivery = pair["pickup"], pair["delivery"]
        amount = tuple(pair.get("amount", [0] * self._width))
        taken = self._stop(f"pickup-{pickup['id']}", pickup, StopKind.PICKUP, pair, amount)
        given = self._stop(f"delivery-{delivery['id']}", delivery, StopKind.DROPOFF, pair, ())
        return [taken, given], Shipment(pickup=taken.id, dropoff=given.id)

    def _stop(
        self, name: str, task: Json, kind: StopKind, owner: Json, loads: tuple[int, ...]
    ) -> Stop:
        place, windows = task["location_index"], task.get("time_windows", [])
        if place == self.roads.anywhere:  # known to this reader only
            raise UnreadableFile(f"location {place} does not exist")
        setup, service = task.get("setup", 0), task.get("service", 0)
        if setup and not self._is_shared(place):
            setup, service = 0, setup + service
        elif setup and windows:
            raise UnreadableFile(
                f"{name} has setup and time_windows at a place it shares, which is not read"
            )
        tasks = 1 if task is owner else 2
        return Stop(
            id=StopId(name),
            location=place,
            kind=kind,
            service_seconds=service,
            setup_seconds=setup,
            windows=tuple(window_of(span) for span in windows),
            loads=loads,
            skills=skills_of(owner),
            penalty=self._penalty_unit * self._weight(owner, tasks),
        )

    def _weight(self, owner: Json, tasks: int) -> int:
        """The sum of priorities counts first, then the number of tasks, as VROOM compares plans."""
        return tasks * (priority_of(owner) * (len(self._tasks) + 1) + 1)

    @cached_property
    def _penalty_unit(self) -> int:
        weights = [self._weight(job, 1) for job in self.jobs]
        weights += [self._weight(pair, 2) for pair in self.pairs]
        dearest = PENALTY * self._fleet.parts_of_a_unit
        return min(dearest, DEAREST // max(weights), DEAREST_IN_ALL // sum(weights))

    @cached_property
    def _tasks(self) -> list[Json]:
        halves = [pair[key] for pair in self.pairs for key in ("pickup", "delivery")]
        return [*self.jobs, *halves]

    def _is_shared(self, place: object) -> bool:
        starts = (vehicle.get("start_index") for vehicle in self.vehicles)
        return self._calls_at[place] > 1 or place in starts

    @cached_property
    def _calls_at(self) -> Counter[object]:
        return Counter(task.get("location_index") for task in self._tasks)

    @cached_property
    def _width(self) -> int:
        amounts = [task.get(key, []) for task in self.jobs for key in ("delivery", "pickup")]
        amounts += [pair.get("amount", []) for pair in self.pairs]
        amounts += [vehicle.get("capacity", []) for vehicle in self.vehicles]
        # What is no list is refused where it stands.
        return max((len(amount) for amount in amounts if isinstance(amount, list)), default=0)

    @cached_property
    def _some_job_takes(self) -> bool:
        return any(any(job.get("pickup", [])) for job in self.jobs)

    @cached_property
    def _counts_tasks(self) -> bool:
        """Whether a load dimension counts tasks, because a vehicle limits them."""
        if not any("max_tasks" in vehicle for vehicle in self.vehicles):
            return False
        gives = any(any(job.get("delivery", [])) for job in self.jobs)
        if self.pairs or (gives and self._some_job_takes):
            mixed = "shipments" if self.pairs else "jobs that deliver and jobs that pick up"
            raise UnreadableFile(f"max_tasks beside {mixed} is not read")
        return True

    @cached_property
    def _fleet(self) -> Fleet:
        countable = len(self.jobs) if self._counts_tasks else None
        return Fleet(self.vehicles, self.roads, self._width, countable)


def _told(task: Json, owner: Json) -> Task:
    return Task(
        id=task["id"],
        description=task.get("description"),
        priority=priority_of(owner),
        setup_seconds=task.get("setup", 0),
    )
