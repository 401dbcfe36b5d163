"""A routing plan in the post's own words, with the nearest stop next beside it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from postal_service.domain.ids import StaffId
from postal_service.services.orders import Order, is_second_half, other_half
from postal_service.services.planning import loads, locking
from postal_service.services.planning.answers import (
    Baseline,
    Fault,
    Left,
    Lock,
    MoreWouldBring,
    PlannedRound,
    PlannedStop,
    PlannedTour,
    Sequences,
    SoFar,
    Solved,
)
from postal_service.services.planning.problems import (
    CLOSED,
    DESK_CLOSED,
    NO_POSITION,
    Posed,
    possible,
)
from postal_service.services.workdays import Workday
from routing import CourierId, Plan, Reason, Route, StopId
from routing.baseline import current_in_time, nearest_in_time
from routing.explain import what_more_would_bring

CASH_ABOVE_LIMIT: Final = "cash_above_limit"
TOO_LARGE: Final = "too_large"
WINDOW_OF_PAIR: Final = "window_of_pair"
TO_COUNTER: Final = "to_counter"
IN_HAND: Final = "in_hand"
NEEDS: Final = "needs_"  # and the permit that nobody free for it has


def written_out(
    day: Workday,
    task: Posed,
    plan: Plan,
    *,
    decided: Sequences,
    seed: int,
    budget_seconds: float,
    baseline: Baseline | None,
    faults: tuple[Fault, ...] = (),
) -> Solved:
    """The rounds of a plan of what was `decided`."""
    _, impossible = possible(day)
    let_go = (*task.loosened, *locking.loosened(plan.loosened))
    levels = locking.levels(decided, task.loosened)
    left = (*impossible, *_held(day, task), *_left(day, task, plan))
    return Solved(
        rounds=tuple(_round(route, levels) for route in plan.routes),
        left=(*left, *_no_further_than_counter(task, plan)),
        faults=faults,
        cost=plan.cost,
        metres=sum(route.distance_m for route in plan.routes),
        seconds=sum(route.travel_seconds for route in plan.routes),
        baseline=baseline,
        seed=seed,
        budget_seconds=budget_seconds,
        roads=task.roads,
        lower_bound=plan.lower_bound or None,
        loosened=let_go,
    )


def still_said(day: Workday, now: Left, before: Left | None) -> Left:
    """Why a call is left, where a search has said it `before` and nothing says it `now`.

    A change by hand does not make a plan forget what took a search to find out. But what is known
    without one is known now, and what was closed then may be open.
    """
    if before is None or now.reason != Reason.NOT_EXPLAINED.value:
        return now
    if before.reason in {NO_POSITION, DESK_CLOSED}:
        return now
    if before.reason == CLOSED:
        call = [order for order in day.orders if order.key in {now.order, other_half(now.order)}]
        return before if before.because and before.because == _closure(day, call) else now
    return before


def so_far(day: Workday, task: Posed, plan: Plan) -> SoFar:
    """A plan that a better one may follow; without reasons and timetables, which take longer."""
    figures = _figures(day, task, plan)
    return SoFar(
        metres=figures.metres,
        seconds=figures.seconds,
        calls=sum(len(route.visits) for route in plan.routes),
        left=figures.left,
    )


def baseline_of(
    day: Workday, task: Posed, *, seconds: float, cancelled: Callable[[], bool] | None
) -> Baseline | None:
    """The nearest stop next, without locks; None where there is no time for it."""
    free = replace(task.problem, rules=replace(task.problem.rules, locks=()))
    plain = nearest_in_time(free, seconds=seconds, cancelled=cancelled)
    if plain is None:
        return None
    return _figures(day, task, plain)


def current_of(
    day: Workday,
    task: Posed,
    decided: Sequences,
    *,
    seconds: float,
    cancelled: Callable[[], bool] | None,
) -> Baseline | None:
    """The order decided before, without locks; None where nothing was, or there is no time for it."""
    order = {
        CourierId(courier): [StopId(stop.order) for stop in stops]
        for courier, stops in decided.items()
        if stops
    }
    if not order:
        return None
    free = replace(task.problem, rules=replace(task.problem.rules, locks=()))
    plain = current_in_time(free, order, seconds=seconds, cancelled=cancelled)
    return None if plain is None else _figures(day, task, plain)


def more_of(task: Posed, plan: Plan, *, seconds: float) -> tuple[MoreWouldBring, ...]:
    """What one hour or one courier more would bring, as far as the seconds reach."""
    if not plan.unserved or seconds <= 0:
        return ()
    return tuple(
        MoreWouldBring(
            like=_staff(change.like),
            calls=sum(not is_second_half(stop) for stop in change.served),
        )
        for change in what_more_would_bring(task.problem, plan, seconds=seconds)
    )


def _figures(day: Workday, task: Posed, plan: Plan) -> Baseline:
    """What plans of one day are compared by; second halves of pairs are said of the first."""
    _, impossible = possible(day)
    unserved = sum(not is_second_half(each.stop) for each in plan.unserved)
    return Baseline(
        metres=sum(route.distance_m for route in plan.routes),
        seconds=sum(route.travel_seconds for route in plan.routes),
        left=len(impossible) + len(task.held) + unserved,
        longest=max((route.duty_seconds for route in plan.routes), default=0),
    )


def _round(route: Route, levels: Mapping[str, Lock]) -> PlannedRound:
    return PlannedRound(
        courier=StaffId(route.courier),
        leaves=route.leaves_second,
        returns=route.returns_second,
        metres=route.distance_m,
        seconds=route.travel_seconds,
        tours=tuple(
            PlannedTour(leaves=tour.leaves_second, returns=tour.returns_second)
            for tour in route.tours
        ),
        stops=tuple(
            PlannedStop(
                order=visit.stop,
                arrives=visit.arrival_second,
                starts=visit.start_second,
                departs=visit.departure_second,
                metres=visit.distance_m,
                locked=levels.get(visit.stop, Lock.NONE),
                tour=number,
            )
            for number, tour in enumerate(route.tours, start=1)
            for visit in tour.visits
        ),
    )


def _held(day: Workday, task: Posed) -> list[Left]:
    orders = {order.key: order for order in day.orders}
    return [
        Left(
            order=key,
            reason=_reason(day, [orders[key]], reason),
            courier=StaffId(orders[key].bound_to),
            because=_closure(day, [orders[key]]) if reason is Reason.NO_ROAD else "",
        )
        for key, reason in task.held.items()
    ]


def _left(day: Workday, task: Posed, plan: Plan) -> list[Left]:
    orders = {order.key: order for order in day.orders}
    left = []
    for each in plan.unserved:
        if is_second_half(each.stop):  # said of the other half
            continue
        call = [orders[each.stop]]
        if each.stop not in task.to_counter:
            call += [order for order in day.orders if order.key == other_half(each.stop)]
        left.append(
            Left(
                order=each.stop,
                reason=_reason(day, call, each.reason),
                courier=_staff(each.courier),
                misses_by_seconds=each.misses_by_seconds,
                because=_closure(day, call) if each.reason is Reason.NO_ROAD else "",
            )
        )
    return left


def _no_further_than_counter(task: Posed, plan: Plan) -> list[Left]:
    served = {visit.stop for route in plan.routes for visit in route.visits}
    fetched = sorted(key for key in task.to_counter if StopId(key) in served)
    return [Left(order=other_half(key), reason=TO_COUNTER) for key in fetched]


def _closure(day: Workday, call: Sequence[Order]) -> str:
    """What cuts this call, or the desk it goes on to, off from the office; "" where nothing does."""
    areas = {order.spot.area for order in call if order.spot is not None}
    areas.add(day.start.area)
    return next(
        (
            closure.name
            for closure in day.conditions.closures
            if closure.holds_on(day.day)
            and any(closure.cuts(one, other) for one in areas for other in areas)
        ),
        "",
    )


def _reason(day: Workday, call: Sequence[Order], reason: Reason) -> str:
    """Routing's word, and in its place the post's where that says more."""
    order = call[0]
    match reason:
        case Reason.TOO_LARGE:
            limits = [loads.capacities_of(courier, day) for courier in day.couriers]
            cash = max(each[loads.CASH] for each in limits)
            return CASH_ABOVE_LIMIT if order.cash_dong > cash else TOO_LARGE
        case Reason.NO_ROAD if _closure(day, call):
            return CLOSED
        case Reason.BANNED:  # nobody is banned from a call but for its cash
            return CASH_ABOVE_LIMIT
        case Reason.LOCKED if order.bound_to:  # nobody locked it: he has it
            return IN_HAND
        case Reason.WINDOW if len(call) > 1:
            return WINDOW_OF_PAIR
        case Reason.NO_SKILL:
            held = [courier.facts.held_permits for courier in day.couriers]
            asked = sorted({permit for one in call for permit in loads.permits_for(one, day.start)})
            nobody_has = [permit for permit in asked if not any(permit in each for each in held)]
            # Which of several is missing, where somebody has each, differs from one to another.
            told = nobody_has or (asked if len(asked) == 1 else [])
            return f"{NEEDS}{told[0]}" if told else str(reason.value)
        case _:
            return str(reason.value)


def _staff(courier: CourierId | None) -> StaffId | None:
    return None if courier is None else StaffId(courier)
