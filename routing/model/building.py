"""The whole problem as an OR-Tools routing model: every constraint the problem can state."""

from itertools import combinations, pairwise
from typing import Any

import numpy as np
from ortools.constraint_solver import pywrapcp

from routing.arrays import Arrays
from routing.model.layout import Layout
from routing.model.loading import add_loads
from routing.model.spans import Solver, keep_spans
from routing.rules import LockLevel


class RoutingModel:
    """A built model with its layout; `routing` is the OR-Tools object."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self.problem = arrays.problem
        self.layout = Layout(arrays)
        layout = self.layout
        self.horizon = max(man.shift.closes_second for man in self.problem.couriers)
        self.horizon += max((man.reload_seconds for man in self.problem.couriers), default=0)
        self.manager: Solver = pywrapcp.RoutingIndexManager(
            layout.size, len(self.problem.couriers), layout.starts, layout.ends
        )
        self.routing: Solver = pywrapcp.RoutingModel(self.manager)
        self.solver: Solver = self.routing.solver()
        self._registered: dict[object, int] = {}
        self._add_costs()
        self._add_time()
        self._add_limits()
        self._add_choices()
        add_loads(self)
        self._add_order()
        self._add_groups()
        self._add_shipments()
        self._add_soft_costs()

    def index(self, node: int) -> int:
        """The solver's index of a node."""
        return int(self.manager.NodeToIndex(node))

    def transit(self, key: object, matrix: np.ndarray[Any, np.dtype[np.int64]]) -> int:
        """A registered table, registered once for each key."""
        if key not in self._registered:
            self._registered[key] = self.routing.RegisterTransitMatrix(matrix.tolist())
        return self._registered[key]

    def unary(self, values: np.ndarray[Any, np.dtype[np.int64]]) -> int:
        """A registered amount for each node."""
        return int(self.routing.RegisterUnaryTransitVector(values.tolist()))

    def _add_costs(self) -> None:
        for courier, man in enumerate(self.problem.couriers):
            key = ("cost", self.layout.cost_key(courier))
            if key not in self._registered:
                self.transit(key, self.layout.cost_matrix(courier))
            self.routing.SetArcCostEvaluatorOfVehicle(self._registered[key], courier)
            self.routing.SetFixedCostOfVehicle(man.costs.fixed, courier)

    def _add_time(self) -> None:
        routing, problem = self.routing, self.problem
        evaluators = [
            self.transit(("time", man.profile), self.layout.time_matrix(man.profile))
            for man in problem.couriers
        ]
        routing.AddDimensionWithVehicleTransits(
            evaluators, self.horizon, self.horizon, False, "time"
        )
        self.time: Solver = routing.GetDimensionOrDie("time")
        for stop, spans in enumerate(self.arrays.windows):
            index = self.index(stop)
            if not keep_spans(self.time.CumulVar(index), spans):
                routing.ActiveVar(index).SetValue(0)
        for courier, man in enumerate(problem.couriers):
            start = self.time.CumulVar(routing.Start(courier))
            end = self.time.CumulVar(routing.End(courier))
            start.SetRange(man.shift.opens_second, man.shift.closes_second)
            end.SetRange(man.shift.opens_second, man.shift.closes_second)
            for variable, place in ((start, man.start_location), (end, man.end_location)):
                hours = problem.rules.depot_hours.get(place)
                if hours is not None:
                    spans = tuple((w.opens_second, w.closes_second) for w in hours)
                    if not keep_spans(variable, spans):
                        self.solver.Add(routing.ActiveVehicleVar(courier) == 0)
            routing.AddVariableMinimizedByFinalizer(end)
            routing.AddVariableMinimizedByFinalizer(start)
            if man.costs.per_duty_second:
                self.time.SetSpanCostCoefficientForVehicle(man.costs.per_duty_second, courier)
            self._add_breaks(courier)

    def _add_breaks(self, courier: int) -> None:
        rests = self.problem.couriers[courier].breaks
        if not rests:
            return
        service = self.layout.service_seconds
        visits = [0] * int(self.routing.Size())
        for index in range(len(visits)):
            visits[index] = int(service[self.manager.IndexToNode(index)])
        intervals = [
            self.solver.FixedDurationIntervalVar(
                rest.earliest_second,
                rest.latest_second,
                rest.duration_seconds,
                False,
                f"break {courier} {number}",
            )
            for number, rest in enumerate(rests)
        ]
        self.time.SetBreakIntervalsOfVehicle(intervals, courier, visits)

    def _add_limits(self) -> None:
        couriers = self.problem.couriers
        for courier, man in enumerate(couriers):
            if man.max_route_seconds is not None:
                self.time.SetSpanUpperBoundForVehicle(man.max_route_seconds, courier)
        if all(man.max_route_metres is None for man in couriers):
            return
        evaluators = [
            self.transit(("metres", man.profile), self.layout.travel(man.profile)[1])
            for man in couriers
        ]
        most = [2**40 if m.max_route_metres is None else m.max_route_metres for m in couriers]
        self.routing.AddDimensionWithVehicleTransitAndCapacity(
            evaluators,
            0,
            most,
            True,
            "metres",
        )

    def _add_choices(self) -> None:
        """Who may serve what, and what leaving it out costs."""
        routing, allowed = self.routing, self.arrays.allowed
        for stop in range(self.layout.stops):
            index = self.index(stop)
            routing.AddDisjunction([index], int(self.arrays.unserved_cost[stop]))
            if not allowed[stop].all():
                who = np.flatnonzero(allowed[stop]).tolist()
                routing.VehicleVar(index).SetValues([-1, *who])
        for node, owner in self.layout.reload_owner.items():
            index = self.index(node)
            routing.AddDisjunction([index], 0)
            routing.VehicleVar(index).SetValues([-1, owner])

    def _add_order(self) -> None:
        """Locked sequences, by position on the route."""
        locks = [
            lock
            for lock in self.problem.rules.locks
            if lock.level is not LockLevel.COURIER and len(lock.stops) > 1
        ]
        if not locks:
            return
        self.routing.AddConstantDimension(1, self.layout.size + 1, True, "position")
        position = self.routing.GetDimensionOrDie("position")
        for lock in locks:
            for before, after in pairwise(lock.stops):
                first, second = (
                    position.CumulVar(self.index(self.problem.stop_index[stop]))
                    for stop in (before, after)
                )
                self.solver.Add(first + 1 <= second)

    def _add_groups(self) -> None:
        index_of = self.problem.stop_index
        routing, solver = self.routing, self.solver
        for group in self.problem.rules.keep_together:
            # All pairs, not neighbours alone: who is left out binds nobody to the next.
            for one, other in combinations(group, 2):
                left, right = self.index(index_of[one]), self.index(index_of[other])
                apart = routing.VehicleVar(left) - routing.VehicleVar(right)
                both = routing.ActiveVar(left) * routing.ActiveVar(right)
                solver.Add(apart * both == 0)
        for one, other in self.problem.rules.keep_apart:
            left, right = self.index(index_of[one]), self.index(index_of[other])
            same = solver.IsEqualVar(routing.VehicleVar(left), routing.VehicleVar(right))
            both = routing.ActiveVar(left) * routing.ActiveVar(right)
            solver.Add(same * both == 0)

    def _add_shipments(self) -> None:
        if not self.problem.shipments:
            return
        routing, solver = self.routing, self.solver
        tour = self._tour_numbers()
        for shipment in self.problem.shipments:
            pickup = self.problem.stop_index[shipment.pickup]
            dropoff = self.problem.stop_index[shipment.dropoff]
            first, second = self.index(pickup), self.index(dropoff)
            routing.AddPickupAndDelivery(first, second)
            solver.Add(routing.VehicleVar(first) == routing.VehicleVar(second))
            ride = self.time.CumulVar(second) - self.time.CumulVar(first)
            # One left out keeps its windows in the model, and they bind nothing: as long as all time.
            free = self.horizon * (1 - routing.ActiveVar(first))
            solver.Add(ride + free >= 0)
            if shipment.max_ride_seconds is not None:
                service = int(self.arrays.service_seconds[pickup])
                solver.Add(ride - free <= shipment.max_ride_seconds + service)
            if tour is not None:
                solver.Add(tour.CumulVar(first) == tour.CumulVar(second))

    def _tour_numbers(self) -> Solver | None:
        """Counts reloads along the route; None where nobody reloads."""
        if not self.layout.reload_owner:
            return None
        passed = np.zeros(self.layout.size, dtype=np.int64)
        passed[list(self.layout.reload_owner)] = 1
        most = max(len(nodes) for nodes in self.layout.reloads)
        self.routing.AddDimension(self.unary(passed), 0, most, True, "tour")
        return self.routing.GetDimensionOrDie("tour")

    def _add_soft_costs(self) -> None:
        costs = self.arrays.courier_cost
        couriers = self.problem.couriers
        if costs.any():
            # Amounts by node that differ by vehicle make OR-Tools 9.15 refuse sound routes; the
            # same amounts as a table do not. Couriers with equal columns share one.
            evaluators = []
            for courier in range(len(couriers)):
                extra = np.zeros((self.layout.size, self.layout.size), dtype=np.int64)
                extra[: self.layout.stops] = costs[:, courier, None]
                evaluators.append(self.transit(("extra", costs[:, courier].tobytes()), extra))
            self.routing.AddDimensionWithVehicleTransits(
                evaluators,
                0,
                int(costs.max(axis=1).sum()) + 1,
                True,
                "courier cost",
            )
            extra_cost = self.routing.GetDimensionOrDie("courier cost")
            for courier in range(len(couriers)):
                extra_cost.SetCumulVarSoftUpperBound(self.routing.End(courier), 0, 1)
        balance = self.problem.rules.balance
        if balance is not None and balance.cost_per_second_above:
            evaluators = [
                self.transit(("work", man.profile), self.layout.work_matrix(man.profile))
                for man in couriers
            ]
            self.routing.AddDimensionWithVehicleTransits(
                evaluators,
                0,
                2**40,
                True,
                "work",
            )
            work = self.routing.GetDimensionOrDie("work")
            for courier in range(len(couriers)):
                work.SetCumulVarSoftUpperBound(
                    self.routing.End(courier),
                    balance.fair_share_seconds,
                    balance.cost_per_second_above,
                )
