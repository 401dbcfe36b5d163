"""Search in the OR-Tools model: iterated local search with mixed ruins, within the budget.

The parameters are those that brought 1.3 % where the solver's defaults leave 11.9 % after ten
seconds on instances of 100 - 400 stops: ruin spatially close routes, a random walk or adjacent
strings, recreate by local cheapest insertion, accept by simulated annealing.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ortools.constraint_solver import pywrapcp, routing_enums_pb2, routing_ils_pb2

from routing.days import Orders, Scheduler
from routing.engines import Found, Task
from routing.model.building import RoutingModel
from routing.model.spans import Solver
from routing.model.worker import searched_in_child

# Above this one step of the solver outlasts its clock: at 1,000 stops it overran 5 s by 20.
MOST_STOPS: Final = 500
# Building the model and its first steps take about this at 100 stops, and grow with the square.
SECONDS_AT_100_STOPS: Final = 0.1
# The solver looks at its clock between neighbourhoods, so it is asked to stop a little early.
CLOSING_SECONDS: Final = 0.15
SECONDS_BETWEEN_OFFERS: Final = 0.5
# A child costs about a second to start; so long may a cancel wait for the search instead.
LONGEST_HERE_SECONDS: Final = 1.0
# The iterated search counts explored solutions, the other phases steps: so many are like one.
STEPS_PER_SOLUTION: Final = 50
# What OR-Tools takes by position: stops that stand in no route are unserved.
IGNORE_INACTIVE: Final = True


@dataclass(frozen=True)
class ModelEngine:
    """Engine `model`: one thread, any constraint, up to `MOST_STOPS` stops."""

    name: str = "model"
    most_stops: int = MOST_STOPS

    def suits(self, scheduler: Scheduler) -> bool:
        return 0 < len(scheduler.problem.stops) <= self.most_stops

    def search(self, task: Task) -> Found:
        """In this process when the time is short or counted in iterations, else in a child."""
        needed = SECONDS_AT_100_STOPS * (len(task.scheduler.problem.stops) / 100) ** 2
        if task.budget.seconds < needed:
            return Found(orders=task.start, iterations=0)
        if task.budget.iterations is None and task.budget.seconds > LONGEST_HERE_SECONDS:
            return searched_in_child(task)
        return search_here(task)


def search_here(task: Task) -> Found:
    """Descend from the given start, then iterate from the solver's own; all ends are offered.

    A cancel may wait for the end of the iterated search: it looks at nothing but its clock.
    """
    until = time.monotonic() + max(0.0, task.budget.seconds - CLOSING_SECONDS)
    return _Run(task, RoutingModel(task.scheduler.arrays), until).search()


class _Run:
    def __init__(self, task: Task, model: RoutingModel, until: float) -> None:
        self.task, self.model, self.until = task, model, until
        self.best: Orders = task.start
        self.iterations = 0
        self.counting = True
        self.next_offer = 0.0
        self.finished: Solver | None = None

    def search(self) -> Found:
        model = self.model
        model.solver.ReSeed(self.task.seed)
        descent = self._parameters(0.25)
        model.routing.AddAtSolutionCallback(self._seen)
        model.routing.AddSearchMonitor(model.solver.CustomLimit(self._over))
        model.routing.CloseModelWithParameters(descent)
        start = self._start()
        if start is not None and not self._over():
            self._conclude(model.routing.SolveFromAssignmentWithParameters(start, descent))
        if not self._over():
            thorough = iterated(self._parameters(1.0))
            most = self.task.budget.iterations
            if most is not None:
                left = max(1, (most - self.iterations) // STEPS_PER_SOLUTION)
                thorough.solution_limit = left
                # Its own count ends it; the steps inside must not end it anywhere else.
                self.counting = False
                self.iterations += left * STEPS_PER_SOLUTION
            self._conclude(model.routing.SolveWithIteratedLocalSearch(thorough))
            self.counting = True
        # The iterated search makes its own first solution; where it finds none, it ends at once.
        start = self.finished or start
        if start is not None and not self._over():
            guided = self._parameters(1.0)
            guided.local_search_metaheuristic = (
                routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
            )
            self._conclude(model.routing.SolveFromAssignmentWithParameters(start, guided))
        return Found(orders=self.best, iterations=self.iterations)

    def _start(self) -> Solver | None:
        """The best orders as the model's assignment.

        The model drives at the mean speed of the day, so a courier with rush hours may be too late
        in it; without those couriers' routes the rest is still a start.
        """
        problem = self.model.problem
        steady = tuple(
            tours if not problem.profile_of[courier.profile].speed_periods else ()
            for courier, tours in zip(problem.couriers, self.best, strict=True)
        )
        for orders in (self.best, steady):
            routes = self._indices(orders)
            start = self.model.routing.ReadAssignmentFromRoutes(routes, IGNORE_INACTIVE)
            if start is not None:
                return start
        return None

    def _indices(self, orders: Orders) -> list[list[int]]:
        routes = self.model.layout.node_routes(orders)
        return [[self.model.index(node) for node in route] for route in routes]

    def _conclude(self, assignment: Solver | None) -> None:
        """A finished phase has a verified assignment; what the callback sees on the way need not be."""
        if assignment is None:
            return
        orders = self._orders(lambda variable: int(assignment.Value(variable)))
        if self.task.offer(orders):
            self.best, self.finished = orders, assignment
        elif self.finished is None:
            self.finished = assignment

    def _left(self) -> float:
        return self.until - time.monotonic()

    def _parameters(self, share: float) -> Solver:
        parameters = pywrapcp.DefaultRoutingSearchParameters()
        parameters.first_solution_strategy = (
            routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
        )
        parameters.time_limit.FromMilliseconds(max(1, int(self._left() * share * 1000)))
        return parameters

    def _over(self) -> bool:
        """Asked by the solver at every step; its questions are what is counted as iterations.

        Solutions would be no measure: near the optimum there are none for minutes.
        """
        self.iterations += self.counting
        most = self.task.budget.iterations
        done = self.counting and most is not None and self.iterations >= most
        return done or self._left() <= 0 or self.task.cancelled()

    def _seen(self) -> None:
        """Called by the solver at every solution it visits; offers one now and then.

        Timing and checking every small step would eat the budget, and under an iteration budget
        nothing may depend on the clock, so there only the ends of phases are offered.
        """
        now = time.monotonic()
        if self.task.budget.iterations is None and now >= self.next_offer:
            # The solver's own cost says little here: spans of waiting are still unbound, and asking
            # an unbound variable for its value would end the whole process.
            orders = self._orders(lambda variable: int(variable.Max()))
            if self.task.offer(orders):
                self.best = orders
            self.next_offer = time.monotonic() + SECONDS_BETWEEN_OFFERS
        if self._over():
            self.model.solver.FinishCurrentSearch()

    def _orders(self, value: Callable[[Solver], int]) -> Orders:
        couriers = range(len(self.model.problem.couriers))
        return tuple(self.model.layout.tours(self._nodes(courier, value)) for courier in couriers)

    def _nodes(self, courier: int, value: Callable[[Solver], int]) -> list[int]:
        routing = self.model.routing
        nodes: list[int] = []
        index = value(routing.NextVar(routing.Start(courier)))
        while not routing.IsEnd(index) and len(nodes) < self.model.layout.size:
            nodes.append(int(self.model.manager.IndexToNode(index)))
            index = value(routing.NextVar(index))
        return nodes


def iterated(parameters: Solver) -> Solver:
    """The same search parameters with the iterated local search filled in."""
    parameters.use_iterated_local_search = True
    search = parameters.iterated_local_search_parameters
    search.perturbation_strategy = routing_ils_pb2.PerturbationStrategy.RUIN_AND_RECREATE
    search.improve_perturbed_solution = True
    ruin = search.ruin_recreate_parameters
    ruin.ruin_composition_strategy = routing_ils_pb2.RuinCompositionStrategy.RUN_ONE_RANDOMLY
    ruin.ruin_strategies.add().spatially_close_routes.num_ruined_routes = 2
    ruin.ruin_strategies.add().random_walk.num_removed_visits = 10
    strings = ruin.ruin_strategies.add().sisr
    strings.max_removed_sequence_size = 10
    strings.avg_num_removed_visits = 10
    strings.bypass_factor = 0.5
    ruin.recreate_strategy.heuristic = (
        routing_enums_pb2.FirstSolutionStrategy.LOCAL_CHEAPEST_INSERTION
    )
    annealing = search.reference_solution_acceptance_strategy.simulated_annealing
    annealing.cooling_schedule_strategy = routing_ils_pb2.CoolingScheduleStrategy.EXPONENTIAL
    annealing.automatic_temperatures = True
    search.best_solution_acceptance_strategy.greedy_descent.SetInParent()
    return parameters


MODEL_ENGINE: Final = ModelEngine()
