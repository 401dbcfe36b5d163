"""Why a stop is where it is, and what one courier or hour more would bring.

Why one is left out is told by `routing.reasons`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from routing.assembly import assemble, orders_of
from routing.costs import cost_of, route_cost
from routing.days import Orders, Scheduler, Tours
from routing.insertion import Draft, TimeIsOver, insert_all
from routing.plan import Plan
from routing.problem import Problem, StopKind
from routing.relaxing import with_later_closing, with_longer_shifts, with_one_more
from routing.steps import Blocked
from routing.terms import CourierId, StopId


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a stop stands in a courier's day: on which tour (from 1), directly after which stop.

    `after` None: first on the tour; `is_alone`: nothing else is on it but its shipment's other half.
    `extra_cost` is what the courier's day costs more with it.
    """

    tour: int
    after: StopId | None
    is_alone: bool
    extra_cost: int


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """The cheapest place for the same stop with another courier; None: it fits nowhere there."""

    courier: CourierId
    place: Place | None

    @property
    def extra_cost(self) -> int | None:
        return None if self.place is None else self.place.extra_cost


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where a stop is, what it costs there, and what the other places would cost.

    `is_sound`: nothing is broken by its courier's route as it is, which a plan made by hand may do.
    `cheapest_here` is the cheapest sound place with the same courier, perhaps the one it has; None
    where there is none. Alternatives are in the problem's order.
    """

    stop: StopId
    courier: CourierId
    place: Place
    is_sound: bool
    cheapest_here: Place | None
    alternatives: tuple[Alternative, ...]

    @property
    def extra_cost(self) -> int:
        return self.place.extra_cost


def why_here(problem: Problem, plan: Plan, stop: StopId) -> Placement:
    """The cost of a served stop where it is (its shipment with it), and at every other place.

    All other stops stay where they are, in their order. What is locked stays locked: to see what a
    lock costs, ask of the problem without it (`replan.unlocked`).

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
    there = orders_of(problem, plan)
    halves = {number, partner}
    orders = _without(there, halves)
    draft = Draft(scheduler, orders)
    left = 0
    if orders[courier]:
        left = _cost(scheduler, courier, orders[courier])
    here = _cost(scheduler, courier, there[courier]) - left

    def place_in(tours: Tours, extra_cost: int) -> Place:
        return _place(problem, tours, stop, halves, extra_cost)

    place = place_in(there[courier], here)

    def cheapest(other: int) -> Place | None:
        found = draft.cheapest_of_all(number, couriers=[other])
        return None if found is None else place_in(found.tours, found.extra_cost)

    best = cheapest(courier)
    # Of places that cost the same it has the best one already.
    is_sound = not isinstance(scheduler.route(courier, there[courier]), Blocked)
    if best is not None and best.extra_cost == here and is_sound:
        best = place

    return Placement(
        stop=stop,
        courier=holder[stop],
        place=place,
        is_sound=is_sound,
        cheapest_here=best,
        alternatives=tuple(
            Alternative(courier=man.id, place=cheapest(other))
            for other, man in enumerate(problem.couriers)
            if other != courier
        ),
    )


def _cost(scheduler: Scheduler, courier: int, tours: Tours) -> int:
    return route_cost(scheduler.arrays, scheduler.shown_route(courier, tours)).total


def _place(
    problem: Problem, tours: Tours, stop: StopId, halves: set[int], extra_cost: int
) -> Place:
    shown = problem.stop_index[stop]
    number, tour = next((n, tour) for n, tour in enumerate(tours, start=1) if shown in tour)
    position = tour.index(shown)
    return Place(
        tour=number,
        after=problem.stops[tour[position - 1]].id if position else None,
        is_alone=halves.issuperset(tour),
        extra_cost=extra_cost,
    )


def _without(orders: Orders, stops: set[int]) -> Orders:
    return tuple(
        tuple(kept for tour in tours if (kept := tuple(s for s in tour if s not in stops)))
        for tours in orders
    )


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """What a change would bring: the stops served in addition and the cost after minus before.

    `like`: whom one courier more is like; None: one hour more for everybody.
    """

    change: str
    like: CourierId | None
    served: tuple[StopId, ...]
    cost_change: int

    @property
    def served_more(self) -> int:
        return len(self.served)


def what_more_would_bring(
    problem: Problem, plan: Plan, *, seconds: float | None = None
) -> tuple[WhatIf, ...]:
    """One courier more (a copy of each kind there is) and one hour more for everybody and every office.

    The plan is kept and what is unserved is inserted, so a new search may bring still more. What
    `seconds` do not reach is not among the answers: half of what a change brings would be none.
    """
    until = None if seconds is None else time.monotonic() + seconds
    changes: list[tuple[str, CourierId | None, Callable[[], Problem]]] = [
        (
            "one hour more",
            None,
            lambda: with_later_closing(with_longer_shifts(problem, 3600), 3600),
        )
    ]
    seen = set()
    for courier in problem.couriers:
        kind = replace(courier, id=CourierId(""))
        if kind not in seen:
            seen.add(kind)
            more = partial(with_one_more, problem, courier)
            changes.append((f"one more courier like {courier.id}", courier.id, more))
    found = []
    for change, like, looser in changes:
        try:
            found.append(_brought(change, like, looser, plan, until))
        except TimeIsOver:
            break
    return tuple(found)


def _brought(
    change: str,
    like: CourierId | None,
    make: Callable[[], Problem],
    plan: Plan,
    until: float | None,
) -> WhatIf:
    def over() -> bool:
        return until is not None and time.monotonic() >= until

    if over():
        raise TimeIsOver
    looser = make()
    scheduler = Scheduler(looser)
    draft = Draft(scheduler, orders_of(looser, plan))
    left_out = [looser.stop_index[unserved.stop] for unserved in plan.unserved]
    left_out.sort(key=lambda stop: -int(scheduler.arrays.unserved_cost[stop]))
    insert_all(draft, left_out, over=over)
    if over():
        raise TimeIsOver
    after = assemble(scheduler, draft.orders)
    before = cost_of(scheduler.arrays, plan.routes, left_out)
    still_out = {each.stop for each in after.unserved}
    return WhatIf(
        change=change,
        like=like,
        served=tuple(each.stop for each in plan.unserved if each.stop not in still_out),
        cost_change=after.cost - before.total,
    )
