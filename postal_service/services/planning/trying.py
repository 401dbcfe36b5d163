"""A change by hand before it is saved: what it would do, and why a call is where it is.

Both are told of the day as it is now: calls that are gone since the plan was made are passed over.
"""

from dataclasses import replace

from postal_service.domain.ids import StaffId
from postal_service.services.orders import is_second_half
from postal_service.services.planning.answers import (
    NewTime,
    PlaceInRound,
    Sequences,
    Tried,
    WhyHere,
)
from postal_service.services.planning.problems import COST_OF_TRAVEL_SECOND, posed
from postal_service.services.planning.retiming import fault_of, orders_in, plan_of
from postal_service.services.workdays import Workday
from routing import CourierId, LockLevel, Plan, Problem, StopId
from routing import Lock as RoutingLock
from routing.edits import reordered
from routing.explain import Place
from routing.explain import why_here as placement
from routing.replan import unlocked


def tried(day: Workday, before: Sequences, after: Sequences) -> Tried:
    """What it would do to call as in `after` instead of as in `before`.

    Raises Contradictory or NoRoadTimes.
    """
    problem = posed(day, after).problem
    plan = plan_of(problem, before)
    found = reordered(problem, plan, orders_in(problem, after))
    left_before, left_after = _left(plan), _left(found.plan)
    calls = problem.stop_index
    has_price = not any(
        problem.is_mandatory(problem.stops[calls[stop]]) for stop in left_before ^ left_after
    )
    return Tried(
        metres=found.distance_m_change,
        seconds=found.travel_seconds_change,
        worth=_in_seconds(found.cost_change) if has_price else None,
        left=_places(left_after) - _places(left_before),
        faults=tuple(map(fault_of, found.violations)),
        added=tuple(map(fault_of, found.added)),
        new_times=tuple(
            NewTime(
                order=each.stop,
                courier=StaffId(each.courier),
                before=each.before_second,
                now=each.arrival_second,
            )
            for each in found.retimed
        ),
    )


def why_here(day: Workday, decided: Sequences, order: str) -> WhyHere | None:
    """Why a planned call is where it is; None where the day does not know it, or its courier, any more.

    What the call costs elsewhere is told as if it were not locked; what is in hand stays with whoever
    has it. Raises Contradictory or NoRoadTimes.
    """
    problem = posed(day, decided).problem
    levels = {stop.order: stop.locked for stops in decided.values() for stop in stops}
    plan = plan_of(problem, decided)
    holder = next((StaffId(r.courier) for r in plan.routes if StopId(order) in r.stops), None)
    if holder is None:
        return None
    in_hand = next((each.bound_to for each in day.orders if each.key == order), StaffId(""))
    free = _unlocked(problem, order, bound_to=in_hand)
    found = placement(free, plan, StopId(order))
    here = _place(holder, found.place)
    places = [] if found.cheapest_here is None else [_place(holder, found.cheapest_here)]
    nowhere = []
    for each in found.alternatives:
        courier = StaffId(each.courier)
        if each.place is not None:
            places.append(_place(courier, each.place))
        elif not in_hand:
            nowhere.append(courier)
    return WhyHere(
        here=here,
        is_sound=found.is_sound,
        locked=levels[order],
        in_hand=in_hand,
        is_pair=StopId(order) in problem.shipment_of,
        cheapest=tuple(sorted(places, key=lambda place: place.worth)),
        nowhere=tuple(nowhere),
    )


def _left(plan: Plan) -> set[StopId]:
    return {each.stop for each in plan.unserved}


def _places(calls: set[StopId]) -> int:
    """The second half of a pair is said of the first."""
    return sum(not is_second_half(each) for each in calls)


def _unlocked(problem: Problem, order: str, *, bound_to: StaffId) -> Problem:
    """The problem with this call, and the other half of its pair, locked to whoever has it in hand only."""
    call = StopId(order)
    pair = problem.shipment_of.get(call)
    free = unlocked(problem, [call] if pair is None else [pair.pickup, pair.dropoff])
    if not bound_to:
        return free
    lock = RoutingLock(level=LockLevel.COURIER, courier=CourierId(bound_to), stops=(call,))
    return replace(free, rules=replace(free.rules, locks=(*free.rules.locks, lock)))


def _place(courier: StaffId, place: Place) -> PlaceInRound:
    return PlaceInRound(
        courier=courier,
        tour=place.tour,
        after=place.after,
        is_alone=place.is_alone,
        worth=_in_seconds(place.extra_cost),
    )


def _in_seconds(cost: int) -> int:
    return round(cost / COST_OF_TRAVEL_SECOND)
