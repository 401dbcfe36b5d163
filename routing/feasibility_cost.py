"""The cost of a plan, summed anew from the problem and compared part by part."""

from collections.abc import Iterator
from dataclasses import fields

from routing.plan import CostParts, Plan, Route
from routing.problem import Problem
from routing.terms import StopId
from routing.violations import Violation, ViolationKind

Places = dict[StopId, tuple[str, StopId | None]]


def cost_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """One violation for each part of the cost that is not what the problem makes it."""
    true = recomputed_cost(problem, plan)
    for part in fields(CostParts):
        said, is_really = getattr(plan.cost_parts, part.name), getattr(true, part.name)
        if said != is_really:
            yield Violation(
                kind=ViolationKind.COST,
                detail=f"{part.name} costs {is_really}, not {said}",
                amount=abs(is_really - said),
            )
    if plan.lower_bound is not None and plan.lower_bound > true.total:
        yield Violation(
            kind=ViolationKind.COST,
            detail=f"the lower bound {plan.lower_bound} is above the cost {true.total}",
        )


def recomputed_cost(problem: Problem, plan: Plan) -> CostParts:
    """Cost units by part, from the visits' times and the problem's tables."""
    rates = {courier.id: courier.costs for courier in problem.couriers}
    routes = plan.routes
    travel = {route.courier: _travel(problem, route) for route in routes}
    served = {stop for route in routes for stop in route.stops}
    before = _published(problem)
    return CostParts(
        fixed=sum(rates[route.courier].fixed for route in routes),
        distance=sum(rates[route.courier].per_metre * travel[route.courier][1] for route in routes),
        travel_time=sum(
            rates[route.courier].per_travel_second * travel[route.courier][0] for route in routes
        ),
        duty_time=sum(
            rates[route.courier].per_duty_second * (route.returns_second - route.leaves_second)
            for route in routes
            if route.tours
        ),
        unserved=sum(
            problem.unserved_cost(stop) for stop in problem.stops if stop.id not in served
        ),
        unknown_areas=sum(_unknown_areas(problem, route) for route in routes),
        changes=sum(_changes(problem, route, before) for route in routes),
        balance=sum(_imbalance(problem, route, travel[route.courier][0]) for route in routes),
    )


def _travel(problem: Problem, route: Route) -> tuple[int, int]:
    """Seconds on the road and metres of one route."""
    courier = problem.couriers[problem.courier_index[route.courier]]
    profile = problem.profile_of[courier.profile]
    seconds = metres = 0
    for number, tour in enumerate(route.tours):
        here, since = courier.start_location, tour.leaves_second
        for visit in tour.visits:
            stop = problem.stops[problem.stop_index[visit.stop]]
            seconds += profile.travel_seconds(here, stop.location, since)
            metres += profile.travel.metres(here, stop.location)
            here, since = stop.exit_location, visit.departure_second
        is_last = number == len(route.tours) - 1
        home = courier.end_location if is_last else courier.start_location
        seconds += profile.travel_seconds(here, home, since)
        metres += profile.travel.metres(here, home)
    return seconds, metres


def _unknown_areas(problem: Problem, route: Route) -> int:
    courier = problem.couriers[problem.courier_index[route.courier]]
    if not courier.known_areas:
        return 0
    areas = [problem.stops[problem.stop_index[stop]].area for stop in route.stops]
    strange = [area for area in areas if area is not None and area not in courier.known_areas]
    return problem.rules.unknown_area_cost * len(strange)


def _published(problem: Problem) -> Places:
    """Of every published stop its courier, and what he called at before it."""
    published = problem.rules.published
    before: Places = {}
    for courier, stops in published.routes.items() if published is not None else ():
        previous: StopId | None = None
        for stop in stops:
            before[stop] = (courier, previous)
            previous = stop
    return before


def _changes(problem: Problem, route: Route, before: Places) -> int:
    published = problem.rules.published
    if published is None:
        return 0
    cost = 0
    previous: StopId | None = None
    for stop in route.stops:
        if stop in before:
            if before[stop][0] != route.courier:
                cost += published.courier_change_cost
            elif before[stop][1] != previous:
                cost += published.order_change_cost
        previous = stop
    return cost


def _imbalance(problem: Problem, route: Route, travel_seconds: int) -> int:
    balance = problem.rules.balance
    if balance is None:
        return 0
    courier = problem.couriers[problem.courier_index[route.courier]]
    work = travel_seconds
    for tour in route.tours:
        here = courier.start_location
        for visit in tour.visits:
            stop = problem.stops[problem.stop_index[visit.stop]]
            work += stop.service_seconds
            work += stop.setup_seconds if stop.location != here else 0
            here = stop.exit_location
    return balance.cost_per_second_above * max(0, work - balance.fair_share_seconds)
