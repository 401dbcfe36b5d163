# ruff: noqa: PLC0415 - a process loads only the solver it runs
"""The same instance given to each solver; each gives back routes of customer numbers.

Setting up a model is not timed for the peers; for this library everything inside `solve` is.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from benchmarks.routing.instances import Instance

Routes = list[list[int]]
# (instance, seconds, threads, seed) to routes and the wall seconds taken
Solver = Callable[[Instance, float, int, int], tuple[Routes, float]]


def ours(instance: Instance, seconds: float, threads: int, seed: int) -> tuple[Routes, float]:
    from routing import Budget
    from routing.formats import read_lilim, read_solomon, read_vrplib
    from routing.search.engine import warm_up
    from routing.solve import solve

    reader = {"vrptw": read_solomon, "pdptw": read_lilim, "cvrp": read_vrplib}[instance.kind]
    problem = reader(instance.text)
    warm_up()
    started = time.monotonic()
    plan = solve(problem, budget=Budget(seconds=seconds), threads=threads, seed=seed)
    took = time.monotonic() - started
    index = problem.stop_index
    return [[index[stop] + 1 for stop in route.stops] for route in plan.routes], took


def pyvrp(instance: Instance, seconds: float, _threads: int, seed: int) -> tuple[Routes, float]:
    import pyvrp as library
    from pyvrp.stop import MaxRuntime

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
    started = time.monotonic()
    result = library.solve(problem, stop=MaxRuntime(seconds), seed=seed, collect_stats=False)
    took = time.monotonic() - started

    def number(activity: library.ScheduledActivity) -> int:
        if activity.is_client():
            return int(activity.idx) + 1
        return int(pairs[activity.idx] if activity.is_pickup() else mate[pairs[activity.idx]])

    routes = [
        [number(activity) for activity in route.schedule() if not activity.is_depot()]
        for route in result.best.routes()
    ]
    return routes, took


def vroom(instance: Instance, seconds: float, threads: int, _seed: int) -> tuple[Routes, float]:
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
    return list(routes.values()), took


def ortools(instance: Instance, seconds: float, _threads: int, seed: int) -> tuple[Routes, float]:
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
    model.CloseModelWithParameters(parameters)
    started = time.monotonic()
    found = model.SolveWithIteratedLocalSearch(parameters)
    took = time.monotonic() - started
    routes: Routes = []
    for vehicle in range(instance.vehicles if found else 0):
        index, route = found.Value(model.NextVar(model.Start(vehicle))), []
        while not model.IsEnd(index):
            route.append(int(manager.IndexToNode(index)))
            index = found.Value(model.NextVar(index))
        routes.append(route)
    return routes, took


SOLVERS: Final[dict[str, Solver]] = {
    "this library": ours,
    "PyVRP": pyvrp,
    "VROOM": vroom,
    "OR-Tools": ortools,
}
