"""The office's own rules, checked over the whole plan: locks, and who rides with whom."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from routing.plan import Plan, Visit
from routing.problem import Problem
from routing.rules import Lock, LockLevel
from routing.terms import CourierId, StopId
from routing.violations import Violation, ViolationKind

_K = ViolationKind
Served = Mapping[StopId, CourierId]


def rule_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Broken locks and groupings; all couriers and stops of the plan exist.

    A stop that is not served breaks no lock: it is a shortfall of its own.
    """
    served = {visit.stop: route.courier for route in plan.routes for visit in route.visits}
    visits = {visit.stop: visit for route in plan.routes for visit in route.visits}
    calls = {route.courier: route.stops for route in plan.routes}
    for lock in problem.rules.locks:
        yield from _courier_kept(lock, served)
        if lock.level is not LockLevel.COURIER:
            yield from _order_kept(lock, calls.get(lock.courier, ()))
        if lock.level is LockLevel.TIME:
            yield from _times_kept(lock, visits)
        if lock.level is LockLevel.ROUTE:
            yield from _nothing_added(lock, calls.get(lock.courier, ()))
    yield from _groups(problem, served)
    for shipment in problem.shipments:
        if (shipment.pickup in served) != (shipment.dropoff in served):
            detail = f"only one of {shipment.pickup} and {shipment.dropoff} is served"
            yield Violation(kind=_K.SHIPMENT, stop=shipment.pickup, detail=detail)
        elif served.get(shipment.pickup) != served.get(shipment.dropoff):
            detail = f"{shipment.pickup} and {shipment.dropoff} are with two couriers"
            yield Violation(kind=_K.SHIPMENT, stop=shipment.pickup, detail=detail)


def _courier_kept(lock: Lock, served: Served) -> Iterator[Violation]:
    for stop in lock.stops:
        if served.get(stop, lock.courier) != lock.courier:
            detail = f"{stop} is locked to {lock.courier}, served by {served[stop]}"
            yield Violation(kind=_K.LOCK_COURIER, courier=served[stop], stop=stop, detail=detail)


def _order_kept(lock: Lock, calls: tuple[StopId, ...]) -> Iterator[Violation]:
    position = {stop: number for number, stop in enumerate(calls)}
    kept = [stop for stop in lock.stops if stop in position]
    for before, after in pairwise(kept):
        if position[before] > position[after]:
            detail = f"{after} is called before {before} against a lock"
            yield Violation(kind=_K.LOCK_ORDER, courier=lock.courier, stop=after, detail=detail)


def _times_kept(lock: Lock, visits: Mapping[StopId, Visit]) -> Iterator[Violation]:
    for stop, start in zip(lock.stops, lock.start_seconds, strict=True):
        if stop in visits and visits[stop].start_second != start:
            detail = f"{stop} is locked to start at {start}, not {visits[stop].start_second}"
            yield Violation(kind=_K.LOCK_TIME, courier=lock.courier, stop=stop, detail=detail)


def _nothing_added(lock: Lock, calls: tuple[StopId, ...]) -> Iterator[Violation]:
    locked = set(lock.stops)
    for stop in calls:
        if stop not in locked:
            detail = f"{stop} was added to the locked route of {lock.courier}"
            yield Violation(kind=_K.LOCK_ROUTE, courier=lock.courier, stop=stop, detail=detail)


def _groups(problem: Problem, served: Served) -> Iterator[Violation]:
    for left, right in problem.rules.keep_apart:
        if left in served and served[left] == served.get(right):
            detail = f"{left} and {right} are both with {served[left]}"
            yield Violation(kind=_K.KEPT_APART, courier=served[left], stop=left, detail=detail)
    for group in problem.rules.keep_together:
        couriers = sorted({served[stop] for stop in group if stop in served})
        if len(couriers) > 1:
            detail = f"{', '.join(group)} are spread over {', '.join(couriers)}"
            yield Violation(kind=_K.KEPT_TOGETHER, stop=group[0], detail=detail)
