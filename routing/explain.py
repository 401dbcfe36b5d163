"""Why a stop is where it is, and what one courier or hour more would bring.

Why one is left out is told by `routing.reasons`.
"""

from dataclasses import dataclass, replace

from routing.assembly import assemble, orders_of
from routing.costs import cost_of, route_cost
from routing.days import Orders, Scheduler
from routing.insertion import Draft, insert_all
from routing.plan import Plan
from routing.problem import Problem, StopKind
from routing.relaxing import with_later_closing, with_longer_shifts, with_one_more
from routing.steps import Blocked
from routing.terms import CourierId, StopId


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """What another courier would cost for the same stop; None: the stop does not fit there."""

    courier: CourierId
    extra_cost: int | None


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where a stop is, what it costs there, and what the other couriers would cost."""

    stop: StopId
    courier: CourierId
    extra_cost: int
    alternatives: tuple[Alternative, ...]


def why_here(problem: Problem, plan: Plan, stop: StopId) -> Placement:
    """The cost of a served stop where it is (its shipment with it) and at every other courier's.

    Raises:
        KeyError: the plan does not serve this stop.
    """
    holder = {name: route.courier for route in plan.routes for name in route.stops}
    courier = problem.courier_index[holder[stop]]
    scheduler = Scheduler(problem)
    number = problem.stop_index[stop]
    partner = int(scheduler.arrays.partner[number])
    if problem.stops[number].kind is StopKind.DROPOFF:
        number, partner = partner, number
    before = {route.courier: route for route in plan.routes}[holder[stop]]
    orders = _without(orders_of(problem, plan), {number, partner})
    draft = Draft(scheduler, orders)
    left = scheduler.route(courier, orders[courier]) if orders[courier] else None
    rest = (
        0 if left is None or isinstance(left, Blocked) else route_cost(scheduler.arrays, left).total
    )
    alternatives = []
    for other, man in enumerate(problem.couriers):
        if other != courier:
            place = draft.cheapest_of_all(number, couriers=[other])
            extra = None if place is None else place.extra_cost
            alternatives.append(Alternative(courier=man.id, extra_cost=extra))
    here = route_cost(scheduler.arrays, before).total - rest
    return Placement(
        stop=stop, courier=holder[stop], extra_cost=here, alternatives=tuple(alternatives)
    )


def _without(orders: Orders, stops: set[int]) -> Orders:
    return tuple(
        tuple(kept for tour in tours if (kept := tuple(s for s in tour if s not in stops)))
        for tours in orders
    )


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """What a change would bring: stops served in addition and the cost after minus before."""

    change: str
    served_more: int
    cost_change: int


def what_more_would_bring(problem: Problem, plan: Plan) -> tuple[WhatIf, ...]:
    """One courier more (a copy of each kind there is) and one hour more for everybody and every office.

    The plan is kept and what is unserved is inserted, so a new search may bring still more.
    """
    changes: list[tuple[str, Problem]] = []
    seen = set()
    for courier in problem.couriers:
        kind = replace(courier, id=CourierId(""))
        if kind not in seen:
            seen.add(kind)
            changes.append((f"one more courier like {courier.id}", with_one_more(problem, courier)))
    longer = with_later_closing(with_longer_shifts(problem, 3600), 3600)
    changes.append(("one hour more", longer))
    return tuple(_brought(change, looser, plan) for change, looser in changes)


def _brought(change: str, looser: Problem, plan: Plan) -> WhatIf:
    scheduler = Scheduler(looser)
    draft = Draft(scheduler, orders_of(looser, plan))
    left_out = [looser.stop_index[unserved.stop] for unserved in plan.unserved]
    left_out.sort(key=lambda stop: -int(scheduler.arrays.unserved_cost[stop]))
    insert_all(draft, left_out)
    after = assemble(scheduler, draft.orders)
    before = cost_of(scheduler.arrays, plan.routes, left_out)
    return WhatIf(
        change=change,
        served_more=len(plan.unserved) - len(after.unserved),
        cost_change=after.cost - before.total,
    )
