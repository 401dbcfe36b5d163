"""Locks and grouping rules that no plan could keep all at once."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from routing.findings import Contradiction, ContradictionKind, Findings
from routing.problem import Problem
from routing.reach import obstacle
from routing.rules import Lock, LockLevel
from routing.terms import CourierId, StopId


def lock_findings(problem: Problem) -> Findings:
    """Every contradiction between locks, and between locks and the other rules."""
    holder: dict[StopId, CourierId] = {}
    for lock in problem.rules.locks:
        yield from _faults_of_one(lock, problem)
        for stop in lock.stops:
            if holder.setdefault(stop, lock.courier) != lock.courier:
                yield _finding(stop, f"locked to {holder[stop]} and to {lock.courier}")
    yield from _route_locks(problem, holder)
    yield from _groups(problem, holder)
    yield from _orders(problem)


def _faults_of_one(lock: Lock, problem: Problem) -> Findings:
    courier = problem.couriers[problem.courier_index[lock.courier]]
    if len(set(lock.stops)) != len(lock.stops):
        yield _finding(lock.courier, "a lock names a stop twice")
    for stop_id in lock.stops:
        hindrance = obstacle(problem, problem.stops[problem.stop_index[stop_id]], courier)
        if hindrance is not None:
            yield _finding(stop_id, f"locked to {lock.courier}, who may not serve it: {hindrance}")
    expected = len(lock.stops) if lock.level is LockLevel.TIME else 0
    if len(lock.start_seconds) != expected:
        yield _finding(
            lock.courier, f"a lock gives {len(lock.start_seconds)} times, not {expected}"
        )
        return
    yield from _times(lock, problem)


def _times(lock: Lock, problem: Problem) -> Findings:
    free_from = 0
    for stop_id, start in zip(lock.stops, lock.start_seconds, strict=False):
        stop = problem.stops[problem.stop_index[stop_id]]
        windows = stop.windows
        if windows and not any(w.opens_second <= start <= w.closes_second for w in windows):
            yield _finding(stop_id, f"locked to start at {start}, outside its windows")
        if start < free_from:
            yield _finding(
                stop_id, f"locked to start at {start}, nobody is free before {free_from}"
            )
        free_from = start + stop.service_seconds


def _route_locks(problem: Problem, holder: Mapping[StopId, CourierId]) -> Findings:
    whole: dict[CourierId, Lock] = {}
    for lock in problem.rules.locks:
        if lock.level is LockLevel.ROUTE and whole.setdefault(lock.courier, lock) != lock:
            yield _finding(lock.courier, "two different whole-route locks")
    for stop, courier in holder.items():
        if courier in whole and stop not in whole[courier].stops:
            yield _finding(stop, f"locked to {courier}, whose whole route is locked without it")


def _groups(problem: Problem, holder: Mapping[StopId, CourierId]) -> Findings:
    groups: list[tuple[StopId, ...]] = list(problem.rules.keep_together)
    groups += [(shipment.pickup, shipment.dropoff) for shipment in problem.shipments]
    for group in groups:
        couriers = sorted({holder[stop] for stop in group if stop in holder})
        if len(couriers) > 1:
            yield _finding(group[0], f"kept together, but locked to {' and '.join(couriers)}")
    together = {frozenset(pair) for group in groups for pair in _pairs(group)}
    for left, right in problem.rules.keep_apart:
        if left == right or frozenset((left, right)) in together:
            yield _finding(left, f"kept together with and apart from {right}")
        elif left in holder and holder[left] == holder.get(right):
            yield _finding(left, f"kept apart from {right}, both locked to {holder[left]}")


def _orders(problem: Problem) -> Findings:
    """Sequences locked on one courier, and pick-up before drop-off, must fit in one order."""
    order: TopologicalSorter[StopId] = TopologicalSorter()
    for lock in problem.rules.locks:
        if lock.level is not LockLevel.COURIER:
            for before, behind in pairwise(lock.stops):
                order.add(behind, before)
    for shipment in problem.shipments:
        order.add(shipment.dropoff, shipment.pickup)
    try:
        order.prepare()
    except CycleError as error:
        circle = list(dict.fromkeys(error.args[1]))
        yield _finding(min(circle), f"locked in a circle: {', '.join(circle)}")


def _pairs(group: Iterable[StopId]) -> list[tuple[StopId, StopId]]:
    members = tuple(group)
    return [(a, b) for number, a in enumerate(members) for b in members[number + 1 :]]


def _finding(subject: str, detail: str) -> Contradiction:
    return Contradiction(kind=ContradictionKind.LOCKS, subject=subject, detail=detail)
