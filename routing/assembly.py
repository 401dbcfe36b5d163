"""Sequences for all couriers become one plan: timed, priced, and not yet judged."""

from collections.abc import Mapping

from routing.costs import cost_of
from routing.days import Orders, Scheduler
from routing.plan import Budget, Plan, Unserved
from routing.problem import Problem
from routing.steps import Blocked


class ImpossibleOrder(ValueError):  # noqa: N818 - named as the clerk says it
    """A sequence has no timetable; `blocked` says why, `courier` (its number) whose it is."""

    def __init__(self, courier: int, blocked: Blocked) -> None:
        self.courier, self.blocked = courier, blocked
        super().__init__(f"courier {courier}: {blocked.reason.value} at stop {blocked.stop}")


def assemble(
    scheduler: Scheduler,
    orders: Orders,
    *,
    unserved: Mapping[int, Unserved] | None = None,
    lower_bound: int | None = None,
    seed: int | None = None,
    budget: Budget | None = None,
    engine: str = "",
    iterations: int = 0,
) -> Plan:
    """The timed plan of these orders; what stands in no tour is unserved.

    Raises:
        ImpossibleOrder: a courier's sequence cannot be timed.
    """
    routes = []
    for courier, tours in enumerate(orders):
        if not any(tours):
            continue
        route = scheduler.kept_route(courier, tuple(tour for tour in tours if tour))
        if isinstance(route, Blocked):
            raise ImpossibleOrder(courier, route)
        routes.append(route)
    served = {stop for tours in orders for tour in tours for stop in tour}
    left_out = [stop for stop in range(len(scheduler.problem.stops)) if stop not in served]
    reasons = unserved or {}
    stops = scheduler.problem.stops
    return Plan(
        routes=tuple(routes),
        unserved=tuple(reasons.get(n, Unserved(stop=stops[n].id)) for n in left_out),
        cost_parts=cost_of(scheduler.arrays, routes, left_out),
        lower_bound=lower_bound,
        seed=seed,
        budget=budget,
        engine=engine,
        iterations=iterations,
    )


def orders_of(problem: Problem, plan: Plan) -> Orders:
    """The stop numbers of a plan, by courier and tour: the inverse of `assemble`.

    Stops and couriers that the problem does not know (any more) are passed over.
    """
    by_courier = {route.courier: route for route in plan.routes}
    orders = []
    for courier in problem.couriers:
        route = by_courier.get(courier.id)
        tours = route.tours if route else ()
        known = (
            tuple(problem.stop_index[v.stop] for v in tour.visits if v.stop in problem.stop_index)
            for tour in tours
        )
        orders.append(tuple(tour for tour in known if tour))
    return tuple(orders)
