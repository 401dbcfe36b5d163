"""A day said to OR-Tools alone: the model of `routing.model`, which carries every constraint, searched
by the solver from nothing: its own first solution, then one of its own searches.

Iterated local search has the settings of `routing.model.searching`, guided local search the
solver's defaults.
"""

import time
from collections.abc import Callable
from typing import Any, Final

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from benchmarks.routing.judge import bare_cost, faults_of
from benchmarks.routing.rows import Orders, Run, Trace
from routing import Problem
from routing.days import Scheduler
from routing.model.building import RoutingModel
from routing.model.searching import iterated

SECONDS_BETWEEN_NOTES: Final = 0.2
FIRST: Final = routing_enums_pb2.FirstSolutionStrategy
GUIDED: Final = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
Solver = Any  # OR-Tools ships no types


def ortools_iterated(problem: Problem, seconds: float, _threads: int, seed: int) -> Run:
    return _Search(problem, seed).run(seconds, _iterated)


def ortools_guided(problem: Problem, seconds: float, _threads: int, seed: int) -> Run:
    return _Search(problem, seed).run(seconds, _guided)


def ortools_first(problem: Problem, seconds: float, _threads: int, seed: int) -> Run:
    """Its first solution and nothing after it."""
    return _Search(problem, seed).run(seconds, _first)


def _iterated(model: Solver, parameters: Solver) -> Solver:
    return model.SolveWithIteratedLocalSearch(iterated(parameters))


def _guided(model: Solver, parameters: Solver) -> Solver:
    parameters.local_search_metaheuristic = GUIDED
    return model.SolveWithParameters(parameters)


def _first(model: Solver, parameters: Solver) -> Solver:
    parameters.solution_limit = 1
    return model.SolveWithParameters(parameters)


class _Search:
    def __init__(self, problem: Problem, seed: int) -> None:
        self.problem = problem
        self.model = RoutingModel(Scheduler(problem).arrays)
        self.model.solver.ReSeed(seed)
        self.trace: Trace = []
        self.best: Orders = tuple(() for _ in problem.couriers)
        self.started = self.next_note = self.until = 0.0

    def run(self, seconds: float, search: Callable[[Solver, Solver], Solver]) -> Run:
        parameters = pywrapcp.DefaultRoutingSearchParameters()
        parameters.first_solution_strategy = FIRST.PARALLEL_CHEAPEST_INSERTION
        parameters.time_limit.FromMilliseconds(int(seconds * 1000))
        self.model.routing.AddAtSolutionCallback(self._seen)
        self.model.routing.CloseModelWithParameters(parameters)
        self.started = time.monotonic()
        self.until = self.started + seconds
        found = search(self.model.routing, parameters)
        took = time.monotonic() - self.started
        if found is not None:
            self._note(took, self._orders(lambda variable: int(found.Value(variable))))
        return Run(orders=self.best, seconds=took, trace=self.trace)

    def _seen(self) -> None:
        """Notes a solution now and then; the iterated search asks no clock, so it is told here."""
        now = time.monotonic()
        if now >= self.next_note:
            self._note(now - self.started, self._orders(lambda variable: int(variable.Max())))
            self.next_note = time.monotonic() + SECONDS_BETWEEN_NOTES
        if now >= self.until:
            self.model.solver.FinishCurrentSearch()

    def _note(self, second: float, orders: Orders) -> None:
        """Keeps the cheapest plan the judge finds sound; on the way the solver has not fixed all times."""
        if any(faults_of(self.problem, orders)):
            return
        cost = bare_cost(self.problem, orders)
        if not self.trace or cost < self.trace[-1][1]:
            self.best = orders
            self.trace.append((second, cost))

    def _orders(self, value: Callable[[Solver], int]) -> Orders:
        routing, manager, layout = self.model.routing, self.model.manager, self.model.layout
        days = []
        for courier in range(len(self.problem.couriers)):
            nodes: list[int] = []
            index = value(routing.NextVar(routing.Start(courier)))
            while not routing.IsEnd(index) and len(nodes) < layout.size:
                nodes.append(int(manager.IndexToNode(index)))
                index = value(routing.NextVar(index))
            days.append(layout.tours(nodes))
        return tuple(days)
