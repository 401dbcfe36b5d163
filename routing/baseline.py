"""What one would do without a search: the nearest stop next, or the order that is there already.

Every plan is shown beside these, so that a manager sees what the search brought.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from routing.assembly import assemble
from routing.days import Orders, Scheduler, Tours
from routing.engines import Cancelled
from routing.insertion import Draft, insert_all
from routing.plan import Plan
from routing.problem import Problem, StopKind
from routing.rules import LockLevel
from routing.steps import Blocked
from routing.terms import UNREACHABLE, CourierId, StopId

# So many of the nearest stops are tried before a tour is closed.
NEAREST_TRIED = 10
# What it may take of a budget, before the search: a share, up to so many seconds, and hardly any always.
BASELINE_SHARE: Final = 1 / 6
LONGEST_BASELINE_SECONDS: Final = 10.0
SHORTEST_BASELINE_SECONDS: Final = 0.2

Over = Callable[[], bool]


def nearest_neighbour(problem: Problem) -> Plan:
    """Each courier in turn goes to the nearest stop that still fits; the rest is inserted."""
    scheduler = Scheduler(problem)
    return _assembled(scheduler, _first_orders(scheduler, lambda: False))


def nearest_in_time(
    problem: Problem, *, seconds: float, cancelled: Cancelled | None = None
) -> Plan | None:
    """`nearest_neighbour`, or None where `seconds` do not reach or it was cancelled.

    Cut short it would leave out what it reaches, and any search would shine beside it.
    """
    over = _after_or(seconds, cancelled)
    scheduler = Scheduler(problem)
    orders = _first_orders(scheduler, over)
    return None if over() else _assembled(scheduler, orders)


def baseline_seconds(budget_seconds: float) -> float:
    """What `nearest_in_time` may take of a budget."""
    share = max(budget_seconds * BASELINE_SHARE, SHORTEST_BASELINE_SECONDS)
    return min(share, LONGEST_BASELINE_SECONDS)


def search_seconds(budget_seconds: float, spent_seconds: float) -> float:
    """What of a budget is left to the search; half of it, whatever was spent before."""
    return max(budget_seconds - spent_seconds, budget_seconds / 2)


def _assembled(scheduler: Scheduler, orders: Orders) -> Plan:
    return assemble(scheduler, orders, engine="nearest_neighbour")


def _after(seconds: float) -> Over:
    until = time.monotonic() + seconds
    return lambda: time.monotonic() >= until


def _after_or(seconds: float, cancelled: Cancelled | None) -> Over:
    is_late = _after(seconds)
    return lambda: is_late() or (cancelled is not None and cancelled())


def current_order(problem: Problem, order: Mapping[CourierId, Sequence[StopId]]) -> Plan:
    """The plan that follows today's lists; a stop that makes a list impossible is left out.

    Args:
        problem: what to plan.
        order: stops in today's order for each courier; unknown and repeated ones are passed over.
    """
    scheduler = Scheduler(problem)
    return _as_listed(scheduler, _orders_of_lists(scheduler, order, lambda: False))


def current_in_time(
    problem: Problem,
    order: Mapping[CourierId, Sequence[StopId]],
    *,
    seconds: float,
    cancelled: Cancelled | None = None,
) -> Plan | None:
    """`current_order`, or None where `seconds` do not reach or it was cancelled."""
    over = _after_or(seconds, cancelled)
    scheduler = Scheduler(problem)
    orders = _orders_of_lists(scheduler, order, over)
    return None if over() else _as_listed(scheduler, orders)


def _as_listed(scheduler: Scheduler, orders: Orders) -> Plan:
    return assemble(scheduler, orders, engine="current_order")


def _orders_of_lists(
    scheduler: Scheduler, order: Mapping[CourierId, Sequence[StopId]], over: Over
) -> Orders:
    draft, problem = Draft(scheduler), scheduler.problem
    for courier_id, stops in order.items():
        courier = problem.courier_index.get(courier_id)
        if courier is None:
            continue
        numbers = [problem.stop_index[stop] for stop in stops if stop in problem.stop_index]
        _follow(draft, courier, list(dict.fromkeys(numbers)), over)
    return draft.orders


def _follow(draft: Draft, courier: int, numbers: Sequence[int], over: Over) -> None:
    """One list, stop by stop, until it is over; a shipment's halves keep their places in it."""
    kept: list[int] = []
    for number in numbers:
        partner = int(draft.scheduler.arrays.partner[number])
        if number in draft.holder or not draft.may_hold(courier, number):
            continue
        is_dropoff = draft.problem.stops[number].kind is StopKind.DROPOFF
        if partner >= 0 and (partner not in numbers or is_dropoff):
            continue
        halves = {number} if partner < 0 else {number, partner}
        longer = [stop for stop in numbers if stop in halves or stop in kept]
        for tours in _tours_of(longer, draft.problem.couriers[courier].max_tours):
            if over():
                return
            route = draft.scheduler.route(courier, tours)
            if not isinstance(route, Blocked):
                draft.accept(courier, tours, route)
                kept = longer
                break


def _tours_of(stops: Sequence[int], most: int) -> list[Tours]:
    """One list as one tour, or cut once where a reload may be meant."""
    whole: list[Tours] = [(tuple(stops),)]
    if most > 1:
        whole += [(tuple(stops[:cut]), tuple(stops[cut:])) for cut in range(1, len(stops))]
    return whole


def first_orders(scheduler: Scheduler, *, seconds: float) -> Orders:
    """Sequences that obey everything, quickly; mandatory stops first, optional if worth it.

    What is not placed within the seconds stays out.
    """
    return _first_orders(scheduler, _after(seconds))


def _first_orders(scheduler: Scheduler, over: Over) -> Orders:
    draft = Draft(scheduler)
    problem = scheduler.problem
    _seed_with_locks(draft)
    open_stops = {
        number
        for number, stop in enumerate(problem.stops)
        if stop.kind is not StopKind.DROPOFF
        and number not in draft.holder
        and problem.is_mandatory(stop)
    }
    for courier in range(len(problem.couriers)):
        if not draft.tours[courier]:
            _drive_to_nearest(draft, courier, open_stops, over)
    if over():  # a large day is not even sorted in vain
        return draft.orders
    rest = [n for n in range(len(problem.stops)) if n not in draft.holder]
    # The dearest to leave out first; among equals those that can wait least.
    arrays = scheduler.arrays
    rest.sort(
        key=lambda n: (
            -int(arrays.unserved_cost[n]),
            arrays.windows[n][-1][1] if arrays.windows[n] else 0,
            n,
        )
    )
    insert_all(draft, rest, over=over)
    return draft.orders


def _seed_with_locks(draft: Draft) -> None:
    """Locked sequences come first; whole-route locks are then complete."""
    index = draft.problem.stop_index
    locks = [lock for lock in draft.problem.rules.locks if lock.level is not LockLevel.COURIER]
    for lock in sorted(locks, key=lambda lock: lock.level is not LockLevel.ROUTE):
        courier = draft.problem.courier_index[lock.courier]
        for stop in lock.stops:
            number = index[stop]
            if number not in draft.holder and draft.may_hold(courier, number):
                partner = int(draft.scheduler.arrays.partner[number])
                _seed(draft, courier, number, partner)


def _seed(draft: Draft, courier: int, number: int, partner: int) -> None:
    if draft.problem.stops[number].kind is StopKind.DROPOFF:
        return
    group = (number,) if partner < 0 else (number, partner)
    if not _append(draft, courier, group):
        found = draft.best_insertion(number, couriers=[courier])
        if found is not None:
            draft.accept(found.courier, found.tours, found.route)


def _append(draft: Draft, courier: int, group: tuple[int, ...]) -> bool:
    tours = draft.tours[courier]
    longer: list[Tours] = []
    if tours:
        longer.append((*tours[:-1], (*tours[-1], *group)))
    if len(tours) < draft.problem.couriers[courier].max_tours:
        longer.append((*tours, group))
    for candidate in longer:
        route = draft.scheduler.route(courier, candidate)
        if not isinstance(route, Blocked):
            draft.accept(courier, candidate, route)
            return True
    return False


def _drive_to_nearest(draft: Draft, courier: int, open_stops: set[int], over: Over) -> None:
    problem, arrays = draft.problem, draft.scheduler.arrays
    man = problem.couriers[courier]
    travel = problem.profile_of[man.profile].travel
    here = man.start_location
    while open_stops and not over():
        numbers = sorted(open_stops)
        seconds, _ = travel.block(np.array([here]), arrays.location[numbers])
        near = sorted(zip(seconds[0].tolist(), numbers, strict=True))
        tried = 0
        for away, stop in near:
            if away >= UNREACHABLE or tried >= NEAREST_TRIED:
                return
            partner = int(arrays.partner[stop])
            group = (stop,) if partner < 0 else (stop, partner)
            if not all(draft.may_hold(courier, one) for one in group):
                continue
            tried += 1
            if _append(draft, courier, group):
                here = problem.stops[group[-1]].exit_location
                open_stops.discard(stop)
                break
        else:
            return
