"""What routes and unserved stops cost, in cost units, part by part."""

from collections.abc import Iterable, Sequence

from routing.arrays import Arrays
from routing.plan import CostParts, Route


def cost_of(arrays: Arrays, routes: Sequence[Route], unserved: Iterable[int]) -> CostParts:
    """The parts of a whole plan's cost; `unserved` are stop numbers."""
    parts = [route_cost(arrays, route) for route in routes]
    return CostParts(
        fixed=sum(part.fixed for part in parts),
        distance=sum(part.distance for part in parts),
        travel_time=sum(part.travel_time for part in parts),
        duty_time=sum(part.duty_time for part in parts),
        unserved=sum(int(arrays.unserved_cost[stop]) for stop in unserved),
        unknown_areas=sum(part.unknown_areas for part in parts),
        changes=sum(part.changes for part in parts),
        balance=sum(part.balance for part in parts),
    )


def route_cost(arrays: Arrays, route: Route) -> CostParts:
    """The parts one route causes by itself."""
    problem = arrays.problem
    number = problem.courier_index[route.courier]
    rates, rules = problem.couriers[number].costs, problem.rules
    stops = [problem.stop_index[stop] for stop in route.stops]
    by_courier = sum(int(arrays.courier_cost[stop, number]) for stop in stops)
    changed = 0
    if rules.published is not None:
        for before, stop in zip([-1, *stops], stops, strict=False):
            there, expected = arrays.published_place.get(stop, (number, before))
            if there != number:
                changed += rules.published.courier_change_cost
            elif expected != before:
                changed += rules.published.order_change_cost
        moved = [
            stop for stop in stops if arrays.published_place.get(stop, (number, 0))[0] != number
        ]
        by_courier -= len(moved) * rules.published.courier_change_cost
    over = 0
    if rules.balance is not None:
        above = max(0, route.work_seconds - rules.balance.fair_share_seconds)
        over = rules.balance.cost_per_second_above * above
    return CostParts(
        fixed=rates.fixed,
        distance=rates.per_metre * route.distance_m,
        travel_time=rates.per_travel_second * route.travel_seconds,
        duty_time=rates.per_duty_second * route.duty_seconds,
        unknown_areas=by_courier,
        changes=changed,
        balance=over,
    )
