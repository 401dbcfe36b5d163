"""The cheapest plan of a small day by CP-SAT, said anew from the problem's own words.

Shares nothing with what plans, times or prices: only the problem is read, and its units are those that
the head of `routing/problem.py` states. Says no breaks, no several tours, no rush hours, no locks, no
balance, no paid duty and no published plan; `says` tells whether a problem keeps to that.
"""

from collections.abc import Callable
from itertools import product
from typing import Any

from ortools.sat.python import cp_model

from routing import UNREACHABLE, Courier, Problem, Stop, StopKind

Var = cp_model.IntVar
OFFICE = 0  # of the nodes of one courier's circuit; the stops are 1, 2, ...


def says(problem: Problem) -> bool:
    men, rules = problem.couriers, problem.rules
    return (
        all(man.max_tours == 1 and not man.breaks for man in men)
        and all(man.costs.per_duty_second == 0 for man in men)
        and not any(profile.speed_periods for profile in problem.profiles)
        and not (rules.locks or rules.balance or rules.published or rules.depot_hours)
        and all(stop.kind is not StopKind.LEG for stop in problem.stops)
    )


def optimum(problem: Problem) -> int:
    """The least that any plan costs, penalties of what it leaves out included."""
    assert says(problem)
    model = cp_model.CpModel()
    days = [_Day(model, problem, man) for man in problem.couriers]
    rules, index = problem.rules, problem.stop_index
    served = {}
    for number, stop in enumerate(problem.stops):
        served[number] = model.new_bool_var(f"served {stop.id}")
        model.add(sum(day.visits[number] for day in days) == served[number])
    for one, other in rules.keep_apart:
        for day in days:
            model.add(day.visits[index[one]] + day.visits[index[other]] <= 1)
    for group, (here, there) in product(rules.keep_together, product(days, days)):
        for one, other in product(group, group):
            if here is not there:
                model.add(here.visits[index[one]] + there.visits[index[other]] <= 1)
    left_out = sum(
        problem.unserved_cost(stop) * (1 - served[number])
        for number, stop in enumerate(problem.stops)
    )
    model.minimize(sum(day.cost for day in days) + left_out)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = 300
    assert solver.solve(model) == cp_model.OPTIMAL
    return round(solver.objective_value)


class _Day:
    """One courier's circuit through some of the stops, with the seconds and loads along it."""

    def __init__(self, model: cp_model.CpModel, problem: Problem, man: Courier) -> None:
        self.model, self.problem, self.man = model, problem, man
        self.travel = problem.profile_of[man.profile].travel
        self.horizon = man.shift.closes_second
        stops = range(len(problem.stops))
        self.visits = [model.new_bool_var(f"{man.id} {stop.id}") for stop in problem.stops]
        self.leaves = model.new_int_var(man.shift.opens_second, self.horizon, f"{man.id} leaves")
        self.returns = model.new_int_var(man.shift.opens_second, self.horizon, f"{man.id} back")
        self.starts = [model.new_int_var(0, self.horizon, f"{man.id} at {n}") for n in stops]
        self.stays = model.new_bool_var(f"{man.id} stays")
        self._who_may()
        self.cost = self._arcs()
        self._windows()
        self._shipments()
        if man.max_route_seconds is not None:
            model.add(self.returns - self.leaves <= man.max_route_seconds)

    def _who_may(self) -> None:
        for number, stop in enumerate(self.problem.stops):
            banned = (stop.id, self.man.id) in self.problem.rules.banned
            if banned or not stop.skills <= self.man.skills:
                self.model.add(self.visits[number] == 0)

    def _arcs(self) -> cp_model.LinearExpr:
        """The circuit, the clock and the bag along it, and what it all costs."""
        model, stops, rates = self.model, self.problem.stops, self.man.costs
        arcs: list[tuple[int, int, Any]] = [(OFFICE, OFFICE, self.stays)]
        arcs += [(n + 1, n + 1, visit.negated()) for n, visit in enumerate(self.visits)]
        loads = self._bag()
        cost = rates.fixed * (1 - self.stays)
        metres = cp_model.LinearExpr.sum([])
        for here, there in product(range(len(stops) + 1), repeat=2):
            if here == there:
                continue
            origin = self.man.start_location if here == OFFICE else stops[here - 1].location
            goal = self.man.end_location if there == OFFICE else stops[there - 1].location
            seconds = self.travel.seconds(origin, goal)
            arc = model.new_bool_var(f"{self.man.id} {here} {there}")
            arcs.append((here, there, arc))
            if seconds >= UNREACHABLE:
                model.add(arc == 0)
                continue
            ready = self.leaves + seconds
            if here != OFFICE:
                ready = self.starts[here - 1] + stops[here - 1].service_seconds + seconds
            if there == OFFICE:
                model.add(self.returns >= ready).only_enforce_if(arc)
            else:
                setup = stops[there - 1].setup_seconds if origin != goal else 0
                model.add(self.starts[there - 1] >= ready + setup).only_enforce_if(arc)
                for before, after, change in loads(here, there):
                    model.add(after == before + change).only_enforce_if(arc)
            cost += rates.per_travel_second * seconds * arc
            cost += rates.per_metre * self.travel.metres(origin, goal) * arc
            metres += self.travel.metres(origin, goal) * arc
        model.add_circuit(arcs)
        if self.man.max_route_metres is not None:
            model.add(metres <= self.man.max_route_metres)
        for stop, visit in zip(stops, self.visits, strict=True):
            knows = not self.man.known_areas or stop.area in self.man.known_areas
            if stop.area is not None and not knows:
                cost += self.problem.rules.unknown_area_cost * visit
        return cost

    def _bag(self) -> Callable[[int, int], list[tuple[Var, Var, int]]]:
        """For two nodes one after the other what is on board behind each, and the change."""
        model, stops, bags = self.model, self.problem.stops, self.man.capacities
        boards = [
            [model.new_int_var(0, bag, f"{self.man.id} {n} {d}") for d, bag in enumerate(bags)]
            for n in range(len(stops) + 1)
        ]
        for dimension in range(len(bags)):
            brought = [
                self.problem.loads_of(stop)[dimension] * visit
                for stop, visit in zip(stops, self.visits, strict=True)
                if stop.kind is StopKind.DELIVER
            ]
            model.add(boards[OFFICE][dimension] == cp_model.LinearExpr.sum(brought))

        def along(here: int, there: int) -> list[tuple[Var, Var, int]]:
            stop = stops[there - 1]
            sign = 1 if stop.kind in {StopKind.COLLECT, StopKind.PICKUP} else -1
            amounts = self.problem.loads_of(stop)
            return [
                (boards[here][d], boards[there][d], sign * amounts[d]) for d in range(len(bags))
            ]

        return along

    def _windows(self) -> None:
        for number, stop in enumerate(self.problem.stops):
            visit, start = self.visits[number], self.starts[number]
            spans = [[w.opens_second, w.closes_second] for w in stop.windows] or [[0, self.horizon]]
            inside = cp_model.Domain.from_intervals(spans)
            self.model.add_linear_expression_in_domain(start, inside).only_enforce_if(visit)
            first = self.leaves if stop.kind is StopKind.DELIVER else start
            self.model.add(first >= stop.release_second).only_enforce_if(visit)

    def _shipments(self) -> None:
        index = self.problem.stop_index
        for pair in self.problem.shipments:
            taken, given = index[pair.pickup], index[pair.dropoff]
            self.model.add(self.visits[taken] == self.visits[given])
            pickup: Stop = self.problem.stops[taken]
            ride = self.starts[given] - self.starts[taken] - pickup.service_seconds
            self.model.add(ride >= 0).only_enforce_if(self.visits[taken])
            if pair.max_ride_seconds is not None:
                most = pair.max_ride_seconds
                self.model.add(ride <= most).only_enforce_if(self.visits[taken])
