"""Loads and reloads: what is on board after every stop, and when a tour may leave the office."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from routing.model.spans import Solver, keep_spans
from routing.problem import StopKind

if TYPE_CHECKING:
    from routing.model.building import RoutingModel

_SIGN = {
    StopKind.DELIVER: -1,
    StopKind.DROPOFF: -1,
    StopKind.COLLECT: 1,
    StopKind.PICKUP: 1,
    StopKind.LEG: 0,
}


def add_loads(model: "RoutingModel") -> None:
    """Capacities in every dimension, emptied and refilled at reloads; then the departures."""
    for dimension, name in enumerate(model.problem.load_names):
        if any(man.capacities for man in model.problem.couriers):
            _add_load(model, dimension, name)
    _add_departures(model)


def _add_load(model: "RoutingModel", dimension: int, name: str) -> None:
    """On board = deliveries still to make + collections made + shipments under way.

    The first falls to nothing at the end of the tour, so there on board equals what was collected.
    """
    stops = model.problem.stops
    amounts = model.arrays.loads[:, dimension]
    kinds = {stop.kind for stop, amount in zip(stops, amounts, strict=True) if amount}
    if not kinds:
        return
    signed = np.array([_SIGN[stop.kind] for stop in stops], dtype=np.int64) * amounts
    board = _dimension(model, f"load {name}", signed, dimension)
    collected = None
    if StopKind.COLLECT in kinds:
        taken = np.array([stop.kind is StopKind.COLLECT for stop in stops]) * amounts
        collected = _dimension(model, f"collected {name}", taken, dimension)
    solver, routing = model.solver, model.routing
    for courier in range(len(model.problem.couriers)):
        ends = [routing.End(courier), *(model.index(n) for n in model.layout.reloads[courier])]
        if StopKind.DELIVER not in kinds:
            board.CumulVar(routing.Start(courier)).SetValue(0)
            for index in ends[1:]:
                solver.Add(board.SlackVar(index) + board.CumulVar(index) == _room(model, dimension))
        if collected is None:
            for index in ends:
                board.CumulVar(index).SetValue(0)
            continue
        collected.CumulVar(routing.Start(courier)).SetValue(0)
        for index in ends:
            solver.Add(board.CumulVar(index) == collected.CumulVar(index))
        for index in ends[1:]:
            emptied = collected.SlackVar(index) + collected.CumulVar(index)
            solver.Add(emptied == _room(model, dimension))


def _room(model: "RoutingModel", dimension: int) -> int:
    """More than anybody ever carries in this dimension."""
    everything = int(model.arrays.loads[:, dimension].sum())
    capacities = [man.capacities[dimension] for man in model.problem.couriers if man.capacities]
    return (
        min(max(capacities), everything)
        if len(capacities) == len(model.problem.couriers)
        else everything
    )


def _dimension(
    model: "RoutingModel", name: str, signed: NDArray[np.int64], dimension: int
) -> Solver:
    room = _room(model, dimension)
    values = np.zeros(model.layout.size, dtype=np.int64)
    values[: model.layout.stops] = signed
    reloads = list(model.layout.reload_owner)
    values[reloads] = -room  # with a slack of up to twice that, any load may follow a reload
    capacities = [
        min(room, man.capacities[dimension]) if man.capacities else room
        for man in model.problem.couriers
    ]
    slack = 2 * room if reloads else 0
    model.routing.AddDimensionWithVehicleCapacity(
        model.unary(values),
        slack,
        capacities,
        False,
        name,
    )
    added = model.routing.GetDimensionOrDie(name)
    _no_slack_but_at_reloads(model, added)
    return added


def _no_slack_but_at_reloads(model: "RoutingModel", dimension: Solver) -> None:
    if not model.layout.reload_owner:
        return
    for stop in range(model.layout.stops):
        dimension.SlackVar(model.index(stop)).SetValue(0)
    for courier in range(len(model.problem.couriers)):
        dimension.SlackVar(model.routing.Start(courier)).SetValue(0)


def _add_departures(model: "RoutingModel") -> None:
    """`left` holds, all along a tour, when it left the office: at least every delivery's release.

    It may lie below the true departure, never above: only releases ask for it, from below. The
    solver takes a plan for sound whose seconds it has narrowed but not fixed, so what is asked here
    must bite on ranges: a reload's departure is the second at which the next stop starts, less the
    way there. Reload plus waiting, two ranges with one sum, would let a tour leave any time.
    """
    solver, routing, time = model.solver, model.routing, model.time
    for node, owner in model.layout.reload_owner.items():
        hours = model.problem.rules.depot_hours.get(model.problem.couriers[owner].start_location)
        if hours is not None:
            spans = tuple((w.opens_second, w.closes_second) for w in hours)
            if not keep_spans(time.CumulVar(model.index(node)), spans):
                routing.ActiveVar(model.index(node)).SetValue(0)
    releases = model.arrays.tour_release
    if not releases.any():
        return
    passed = np.zeros(model.layout.size, dtype=np.int64)
    reloads = list(model.layout.reload_owner)
    passed[reloads] = -model.horizon
    slack = 2 * model.horizon if reloads else 0
    routing.AddDimension(model.unary(passed), slack, model.horizon, False, "left")
    left = routing.GetDimensionOrDie("left")
    _no_slack_but_at_reloads(model, left)
    for courier in range(len(model.problem.couriers)):
        start = routing.Start(courier)
        solver.Add(left.CumulVar(start) <= time.CumulVar(start))
    everywhere = range(routing.Size() + routing.vehicles())
    starts, departures = ([of.CumulVar(i) for i in everywhere] for of in (time, left))
    for node, owner in model.layout.reload_owner.items():
        index = model.index(node)
        reload = model.problem.couriers[owner].reload_seconds
        following = routing.NextVar(index)
        way = time.FixedTransitVar(index) - reload
        solver.Add(solver.Element(departures, following) + way <= solver.Element(starts, following))
    for stop in np.flatnonzero(releases):
        index = model.index(int(stop))
        if releases[stop] > model.horizon:
            routing.ActiveVar(index).SetValue(0)
        else:
            left.CumulVar(index).SetMin(int(releases[stop]))
