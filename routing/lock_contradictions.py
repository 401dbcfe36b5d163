"""Locks and grouping rules that no plan could keep all at once."""

from graphlib import CycleError, TopologicalSorter
from itertools import groupby, pairwise

from routing.findings import Findings, of_locks
from routing.lock_groups import group_findings
from routing.lock_times import starts_of, time_findings, twice_timed
from routing.problem import Problem
from routing.reach import obstacle
from routing.rules import Lock, LockLevel
from routing.terms import CourierId, StopId


def lock_findings(problem: Problem) -> Findings:
    """Every contradiction between locks, and between locks and the other rules."""
    findings = list(_misfits(problem))
    # The clock is asked only of locks that fit one another: else it would say it all again.
    yield from findings or time_findings(problem)


def _misfits(problem: Problem) -> Findings:
    """What needs no clock: who, with whom, in which order."""
    holder: dict[StopId, CourierId] = {}
    for lock in problem.rules.locks:
        yield from _faults_of_one(lock, problem)
        for stop in lock.stops:
            if holder.setdefault(stop, lock.courier) != lock.courier:
                yield of_locks(stop, f"locked to {holder[stop]} and to {lock.courier}")
    yield from twice_timed(problem.rules.locks)
    yield from _two_whole_routes(problem)
    yield from group_findings(problem, holder)
    yield from _orders(problem)


def _faults_of_one(lock: Lock, problem: Problem) -> Findings:
    courier = problem.couriers[problem.courier_index[lock.courier]]
    if len(set(lock.stops)) != len(lock.stops):
        yield of_locks(lock.courier, "a lock names a stop twice")
    for stop_id in lock.stops:
        hindrance = obstacle(problem, problem.stops[problem.stop_index[stop_id]], courier)
        if hindrance is not None:
            yield of_locks(stop_id, f"locked to {lock.courier}, who may not serve it: {hindrance}")
    expected = len(lock.stops) if lock.level is LockLevel.TIME else 0
    if len(lock.start_seconds) != expected:
        yield of_locks(
            lock.courier, f"a lock gives {len(lock.start_seconds)} times, not {expected}"
        )


def _two_whole_routes(problem: Problem) -> Findings:
    whole: dict[CourierId, Lock] = {}
    for lock in problem.rules.locks:
        if lock.level is LockLevel.ROUTE and whole.setdefault(lock.courier, lock) != lock:
            yield of_locks(lock.courier, "two different whole-route locks")


def _orders(problem: Problem) -> Findings:
    """Sequences locked on one courier, his locked times, and pick-up before drop-off, must fit."""
    order: TopologicalSorter[StopId] = TopologicalSorter()
    for lock in problem.rules.locks:
        if lock.level is not LockLevel.COURIER:
            for before, behind in pairwise(lock.stops):
                order.add(behind, before)
    for starts in starts_of(problem.rules.locks).values():
        by_time = sorted(starts.items(), key=lambda timed: timed[1])
        at_once = [[stop for stop, _ in same] for _, same in groupby(by_time, lambda one: one[1])]
        for earlier, later in pairwise(at_once):
            for stop in later:
                order.add(stop, *earlier)
    for shipment in problem.shipments:
        order.add(shipment.dropoff, shipment.pickup)
    try:
        order.prepare()
    except CycleError as error:
        circle = list(dict.fromkeys(error.args[1]))
        yield of_locks(min(circle), f"locked in a circle: {', '.join(circle)}")
