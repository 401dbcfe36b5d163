# ruff: noqa: PLC0415 - a process loads only the solver it runs
"""The same instance given to each solver; each gives back routes of customer numbers.

Setting up a model is not timed for the peers; for this library everything inside `solve` is.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import numpy as np

from benchmarks.routing.instances import Instance
from benchmarks.routing.rows import Trace

Routes = list[list[int]]
SECONDS_BETWEEN_NOTES: Final = 0.2


@dataclass(frozen=True, kw_only=True)
class Solved:
    """Routes, the wall seconds taken, and the costs known on the way."""

    routes: Routes
    seconds: float
    trace: Trace


# Asked with the instance, seconds, threads and a seed.
Solver = Callable[[Instance, float, int, int], Solved]


def ours(instance: Instance, seconds: float, threads: int, seed: int) -> Solved:
    from routing import Budget
    from routing.engines import Progress
    from routing.formats import read_lilim, read_solomon, read_vrplib
    from routing.search.engine import warm_up
    from routing.solve import solve

    reader = {"vrptw": read_solomon, "pdptw": read_lilim, "cvrp": read_vrplib}[instance.kind]
    problem = reader(instance.text)
    trace: Trace = []

    def note(progress: Progress) -> None:
        if not progress.plan.unserved:
            trace.append((progress.elapsed_seconds, progress.plan.cost))

    warm_up()
    started = time.monotonic()
    budget = Budget(seconds=seconds)
    plan = solve(problem, budget=budget, threads=threads, seed=seed, on_progress=note)
    took = time.monotonic() - started
    index = problem.stop_index
    routes = [[index[stop] + 1 for stop in route.stops] for route in plan.routes]
    return Solved(routes=routes, seconds=took, trace=trace)


def pyvrp(instance: Instance, seconds: float, _threads: int, seed: int) -> Solved:
    import pyvrp as library

    from benchmarks.routing.peer_pyvrp import watched

    every = range(1, instance.stops + 1)
    early, late, service = (
        instance.early.tolist(),
        instance.late.tolist(),
        instance.service.tolist(),
    )
    pairs = [n for n in every if instance.kind == "pdptw" and instance.demand[n] > 0]
    mate = instance.mate.tolist()
    clients = [
        library.Client(n, [int(instance.demand[n])], [0], service[n], early[n], late[n])
        for n in every
        if instance.kind != "pdptw"
    ]
    shipments = [
        library.Shipment(
            n,
            mate[n],
            early[n],
            late[n],
            service[n],
            early[mate[n]],
            late[mate[n]],
            service[mate[n]],
            [int(instance.demand[n])],
        )
        for n in pairs
    ]
    matrix: Any = instance.matrix  # its stubs ask for an array of Python ints
    vehicle = library.VehicleType(
        instance.vehicles, [instance.capacity], tw_early=early[0], tw_late=late[0]
    )
    problem = library.ProblemData(
        [library.Location(0, 0) for _ in range(instance.stops + 1)],
        clients,
        [library.Depot(0)],
        [vehicle],
        [matrix],
        [matrix],
        [],
        shipments,
    )
    result, watch = watched(problem, seconds, seed)
    took = time.monotonic() - watch.started

    def number(activity: library.ScheduledActivity) -> int:
        if activity.is_client():
            return int(activity.idx) + 1
        return int(pairs[activity.idx] if activity.is_pickup() else mate[pairs[activity.idx]])

    routes = [
        [number(activity) for activity in route.schedule() if not activity.is_depot()]
        for route in result.best.routes()
    ]
    return Solved(routes=routes, seconds=took, trace=watch.trace)


def vroom(instance: Instance, seconds: float, threads: int, _seed: int) -> Solved:
    import vroom as library

    model = library.Input()
    model.set_durations_matrix("car", instance.matrix.astype("uint32"))
    whole_day = library.TimeWindow(int(instance.early[0]), int(instance.late[0]))
    for number in range(instance.vehicles):
        model.add_vehicle(
            library.Vehicle(
                number + 1, start=0, end=0, capacity=[instance.capacity], time_window=whole_day
            )
        )

    def step(n: int) -> object:
        hours = [library.TimeWindow(int(instance.early[n]), int(instance.late[n]))]
        return library.ShipmentStep(n, n, 0, int(instance.service[n]), hours)

    for n in range(1, instance.stops + 1):
        amount = library.Amount([int(instance.demand[n])])
        if instance.kind != "pdptw":
            hours = [library.TimeWindow(int(instance.early[n]), int(instance.late[n]))]
            job = library.Job(n, n, 0, int(instance.service[n]), amount, time_windows=hours)
            model.add_job(job)
        elif instance.demand[n] > 0:
            model.add_shipment(step(n), step(int(instance.mate[n])), amount)
    started = time.monotonic()
    limit = timedelta(milliseconds=int(seconds * 1000))
    found = model.solve(exploration_level=5, nb_threads=threads, timeout=limit)
    took = time.monotonic() - started
    routes: dict[int, list[int]] = {}
    for row in found.routes.itertuples():
        if row.type in {"job", "pickup", "delivery"}:
            routes.setdefault(int(row.vehicle_id), []).append(int(row.id))
    return Solved(
        routes=list(routes.values()),
        seconds=took,
        trace=[(took, sum(_length(instance, route) for route in routes.values()))],
    )


def ortools(instance: Instance, seconds: float, _threads: int, seed: int) -> Solved:
    from ortools.constraint_solver import pywrapcp

    from routing.model.searching import iterated

    manager = pywrapcp.RoutingIndexManager(instance.stops + 1, instance.vehicles, 0)
    model = pywrapcp.RoutingModel(manager)
    road = model.RegisterTransitMatrix(instance.matrix.tolist())
    model.SetArcCostEvaluatorOfAllVehicles(road)
    lasting = (instance.matrix + instance.service[:, None]).tolist()
    horizon = int(instance.late[0])
    model.AddDimension(model.RegisterTransitMatrix(lasting), horizon, horizon, False, "time")
    clock = model.GetDimensionOrDie("time")
    amount = model.RegisterUnaryTransitVector(instance.demand.tolist())
    model.AddDimension(amount, 0, instance.capacity, True, "load")
    solver = model.solver()
    solver.ReSeed(seed)
    for n in range(1, instance.stops + 1):
        index = manager.NodeToIndex(n)
        clock.CumulVar(index).SetRange(int(instance.early[n]), int(instance.late[n]))
        if instance.kind == "pdptw" and instance.demand[n] > 0:
            other = manager.NodeToIndex(int(instance.mate[n]))
            model.AddPickupAndDelivery(index, other)
            solver.Add(model.VehicleVar(index) == model.VehicleVar(other))
            solver.Add(clock.CumulVar(index) <= clock.CumulVar(other))
    parameters = iterated(pywrapcp.DefaultRoutingSearchParameters())
    parameters.time_limit.FromMilliseconds(int(seconds * 1000))
    trace: Trace = []
    noted = [0.0]

    def note() -> None:
        now = time.monotonic()
        if now - noted[0] >= SECONDS_BETWEEN_NOTES:
            noted[0] = now
            routes = _driven(model, manager, instance.vehicles, lambda variable: variable.Max())
            trace.append((now - started, sum(_length(instance, route) for route in routes)))

    model.AddAtSolutionCallback(note)
    model.CloseModelWithParameters(parameters)
    started = time.monotonic()
    found = model.SolveWithIteratedLocalSearch(parameters)
    took = time.monotonic() - started
    routes = _driven(model, manager, instance.vehicles, found.Value) if found else []
    return Solved(routes=routes, seconds=took, trace=trace)


def _driven(model: Any, manager: Any, vehicles: int, value: Callable[[Any], int]) -> Routes:  # noqa: ANN401 - OR-Tools ships no types
    routes: Routes = []
    for vehicle in range(vehicles):
        index, route = value(model.NextVar(model.Start(vehicle))), []
        while not model.IsEnd(index):
            route.append(int(manager.IndexToNode(index)))
            index = value(model.NextVar(index))
        routes.append(route)
    return routes


def _length(instance: Instance, route: Sequence[int]) -> int:
    """What a route of customers costs, whether or not it is sound."""
    stops = np.array([0, *route, 0] if route else [0], dtype=np.int64)
    return int(instance.matrix[stops[:-1], stops[1:]].sum())


SOLVERS: Final[dict[str, Solver]] = {
    "this library": ours,
    "PyVRP": pyvrp,
    "VROOM": vroom,
    "OR-Tools": ortools,
}
