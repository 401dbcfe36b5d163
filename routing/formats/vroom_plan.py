"""A plan as VROOM writes its solutions (api of version 1.15), for whoever reads those already.

What is asked of the input beside the problem that was read of it, ids, descriptions, priorities and
what a cost unit was, comes as `Told`; without it ids are the stops' own names where these are numbers
and the stops' places in the problem, from 1, where they are not.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from routing.arrays import Arrays
from routing.costs import route_cost
from routing.plan import BreakTaken, Plan, Route, Visit
from routing.problem import Problem, Stop, StopKind
from routing.terms import CourierId, StopId

Step = dict[str, Any]
_TYPE: Final = {
    StopKind.DELIVER: "job",
    StopKind.COLLECT: "job",
    StopKind.PICKUP: "pickup",
    StopKind.DROPOFF: "delivery",
}


@dataclass(frozen=True, kw_only=True)
class Task:
    """What the input says of one task, beside what the stop is."""

    id: int
    description: str | None = None
    priority: int = 0
    setup_seconds: int = 0
    # Of a job that both delivers and picks up: the stop has no loads, since one stop cannot say both.
    delivery: Sequence[int] = ()
    pickup: Sequence[int] = ()


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a VROOM input says that the problem read of it does not."""

    tasks: Mapping[StopId, Task] = field(default_factory=dict)
    vehicles: Mapping[CourierId, str] = field(default_factory=dict)  # their descriptions
    breaks: Mapping[CourierId, Sequence[int]] = field(default_factory=dict)  # ids, in their order
    parts_of_a_unit: int = 1
    amounts: int | None = None  # load dimensions; None: all the problem has
    anywhere: int | None = None  # the place of an open end
    measured: bool = True  # whether distances are known


class NotSayable(ValueError):  # noqa: N818 - a refusal is named as the clerk says it
    """A problem whose plans VROOM's format has no words for."""


def refuse_unsayable(problem: Problem) -> None:
    """Raises `NotSayable` where a plan of this problem could hold what the format cannot say."""
    for courier in problem.couriers:
        if courier.max_tours > 1:
            raise NotSayable(f"VROOM's format has no several tours a day, as {courier.id} may ride")
    for stop in problem.stops:
        if stop.kind not in _TYPE:
            raise NotSayable(f"VROOM's format has no legs of a timetable, as {stop.id} is")


def plan_to_vroom(
    problem: Problem, plan: Plan, told: Told | None = None, *, solving_ms: int = 0
) -> str:
    """The solution as JSON: code, summary, routes with their steps, and what is unassigned.

    Raises:
        NotSayable: a courier may ride several tours, or a stop is a leg of a timetable.
    """
    refuse_unsayable(problem)
    writer = _Writer(problem, told or Told())
    routes = [writer.route(route) for route in plan.routes]
    sums = {key: sum(route[key] for route in routes) for key in writer.summed}
    load_sums = {
        key: [sum(amounts) for amounts in zip(*(route[key] for route in routes), strict=True)]
        for key in ("delivery", "amount", "pickup")
    }
    summary = {
        "cost": sums.pop("cost"),
        "routes": len(routes),
        "unassigned": len(plan.unserved),
        **load_sums,
        **sums,
        "violations": [],
        "computing_times": {"loading": 0, "solving": solving_ms, "routing": 0},
    }
    stops = [problem.stops[problem.stop_index[unserved.stop]] for unserved in plan.unserved]
    document = {
        "code": 0,
        "summary": summary,
        "unassigned": [writer.task(stop) for stop in stops],
        "routes": routes,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


class _Writer:
    def __init__(self, problem: Problem, told: Told) -> None:
        self.problem, self.told = problem, told
        self.arrays = Arrays(problem)
        self.summed: tuple[str, ...] = (
            "cost",
            "setup",
            "service",
            "duration",
            "waiting_time",
            "priority",
        )
        if told.measured:
            self.summed = (*self.summed, "distance")

    def task(self, stop: Stop) -> Step:
        known = self.told.tasks.get(stop.id)
        number = self.problem.stop_index[stop.id] + 1
        description: str | None = None
        if known is not None:
            number, description = known.id, known.description
        elif stop.id.isdecimal():
            number = int(stop.id)
        else:
            description = stop.id
        step: Step = {"type": _TYPE[stop.kind], "id": number}
        if description is not None:
            step["description"] = description
        return step | self._place(stop.location)

    def route(self, route: Route) -> Step:
        (tour,) = route.tours
        number = self.problem.courier_index[route.courier]
        courier = self.problem.couriers[number]
        steps = self._steps(route)
        given, taken = (
            self._amounts(loads) for loads in (tour.loads_at_start, tour.visits[-1].loads_after)
        )
        for stop in map(self._call, tour.visits):
            if stop.kind is StopKind.PICKUP:  # handed over on the way
                amounts = self._amounts(self.problem.loads_of(stop))
                given, taken = _sum(given, amounts), _sum(taken, amounts)
        tasks = [self.told.tasks.get(visit.stop) for visit in tour.visits]
        for task in tasks:
            if task is not None and task.delivery:
                given, taken = _sum(given, task.delivery), _sum(taken, task.pickup)
        written: Step = {"vehicle": _number(courier.id, number)}
        description = self.told.vehicles.get(courier.id)
        if description is None and not courier.id.isdecimal():
            description = courier.id
        if description is not None:
            written["description"] = description
        written |= {
            "cost": round(route_cost(self.arrays, route).total / self.told.parts_of_a_unit),
            "delivery": given,
            "amount": given,
            "pickup": taken,
            "setup": sum(step["setup"] for step in steps),
            "service": sum(step["service"] for step in steps),
            "duration": steps[-1]["duration"],
            "waiting_time": sum(step["waiting_time"] for step in steps),
            "priority": sum(task.priority for task in tasks if task is not None),
        }
        if self.told.measured:
            written["distance"] = steps[-1]["distance"]
        return written | {"steps": steps, "violations": []}

    def _steps(self, route: Route) -> list[Step]:
        (tour,) = route.tours
        courier = self.problem.couriers[self.problem.courier_index[route.courier]]
        # An open end is where the first or last call is.
        starts, ends = (
            call if place == self.told.anywhere else place
            for place, call in (
                (courier.start_location, self._call(tour.visits[0]).location),
                (courier.end_location, self._call(tour.visits[-1]).exit_location),
            )
        )
        way = _Way(tour.leaves_second, self._breaks(route))
        start = {"type": "start"} | self._place(starts)
        beside = self._beside(tour.visits)
        at_start = _sum(self._amounts(tour.loads_at_start), beside[0])
        steps: list[Step] = [start | self._at(way, at_start)]
        for visit, other in zip(tour.visits, beside[1:], strict=True):
            stop = self._call(visit)
            setup, service = self._work(visit, stop)
            for rest in way.rests_on(visit.travel_seconds, visit.start_second, setup):
                steps.append(self._at(way, steps[-1]["load"]) | rest)
                way.pass_(rest)
            way.arrive(visit.distance_m)
            step = self.task(stop)
            waits = visit.departure_second - service - setup - way.second
            steps.append(
                step
                | {"job": step["id"]}
                | self._at(way, _sum(self._amounts(visit.loads_after), other))
                | {"setup": setup, "service": service, "waiting_time": waits}
            )
            way.second = visit.departure_second
        for rest in way.rests_on(tour.return_travel_seconds, tour.returns_second, 0):
            steps.append(self._at(way, steps[-1]["load"]) | rest)
            way.pass_(rest)
        way.arrive(tour.return_distance_m)
        end = {"type": "end"} | self._place(ends) | self._at(way, steps[-1]["load"])
        return [*steps, end | {"waiting_time": tour.returns_second - way.second}]

    def _beside(self, visits: Sequence[Visit]) -> list[Sequence[int]]:
        """What is on board beside the stops' loads, at the start and behind each visit."""
        tasks = [self.told.tasks.get(visit.stop) for visit in visits]
        load = self._amounts([0] * len(self.problem.load_names))
        for task in tasks:
            if task is not None and task.delivery:
                load = _sum(load, task.delivery)
        found: list[Sequence[int]] = [load]
        for task in tasks:
            if task is not None and task.delivery:
                left = [-amount for amount in task.delivery]
                load = _sum(_sum(load, left), task.pickup)
            found.append(load)
        return found

    def _work(self, visit: Visit, stop: Stop) -> tuple[int, int]:
        """Setup and service; the reader counts as service what setup cannot fall away."""
        service = visit.departure_second - visit.start_second
        task = self.told.tasks.get(stop.id)
        if task is not None and not stop.setup_seconds:
            return task.setup_seconds, service - task.setup_seconds
        return visit.setup_seconds, service

    def _breaks(self, route: Route) -> list[tuple[BreakTaken, Step]]:
        ids = self.told.breaks.get(route.courier, range(1, len(route.breaks) + 1))
        courier = self.problem.couriers[self.problem.courier_index[route.courier]]
        taken: list[tuple[BreakTaken, Step]] = []
        owed = list(zip(courier.breaks, ids, strict=True)) if self.told.breaks else []
        for number, rest in enumerate(route.breaks):
            # Breaks are taken in their order; those before leaving or after being back are not told.
            name = number + 1
            while owed:
                planned, identity = owed.pop(0)
                if planned.earliest_second <= rest.start_second <= planned.latest_second:
                    name = identity
                    break
            length = rest.end_second - rest.start_second
            taken.append((rest, {"type": "break", "id": name, "service": length}))
        return taken

    def _at(self, way: "_Way", load: Sequence[int]) -> Step:
        step: Step = {
            "setup": 0,
            "service": 0,
            "waiting_time": 0,
            "load": list(load),
            "arrival": way.second,
            "duration": way.seconds,
            "violations": [],
        }
        return step | {"distance": way.metres} if self.told.measured else step

    def _place(self, place: int) -> Step:
        spot = self.problem.locations[place]
        step: Step = {"location_index": place}
        return step if spot.lat is None else step | {"location": [spot.lon, spot.lat]}

    def _amounts(self, loads: Sequence[int]) -> list[int]:
        width = len(self.problem.load_names) if self.told.amounts is None else self.told.amounts
        return list(loads[:width])

    def _call(self, visit: Visit) -> Stop:
        return self.problem.stops[self.problem.stop_index[visit.stop]]


def _sum(one: Sequence[int], other: Sequence[int]) -> list[int]:
    return [a + b for a, b in zip(one, other, strict=True)]


class _Way:
    """How far a vehicle is: VROOM tells of a break as a step of its own, driving before and behind it."""

    def __init__(self, second: int, rests: list[tuple[BreakTaken, Step]]) -> None:
        self.second, self.rests = second, rests
        self.seconds = self.metres = 0  # driven
        self._left = 0  # to drive, to the next call

    def rests_on(self, travel_seconds: int, start_second: int, setup: int) -> Iterator[Step]:
        """The breaks on the way to what starts then, each once one is where it is taken."""
        self._left = travel_seconds
        while self.rests and self.rests[0][0].end_second <= start_second:
            rest, step = self.rests.pop(0)
            driven = min(self._left, max(0, rest.start_second - self.second))
            self._drive(driven)
            # One that interrupts a setup is told before it.
            latest = start_second - setup - step["service"] - self._left
            wait = max(0, min(rest.start_second, latest) - self.second)
            yield step | {"waiting_time": wait}

    def pass_(self, rest: Step) -> None:
        self.second += rest["waiting_time"] + rest["service"]

    def arrive(self, metres: int) -> None:
        self._drive(self._left)
        self.metres += metres

    def _drive(self, seconds: int) -> None:
        self.second += seconds
        self.seconds += seconds
        self._left -= seconds


def _number(name: str, place: int) -> int:
    return int(name) if name.isdecimal() else place + 1
