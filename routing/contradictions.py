"""Every contradiction of a problem is found before the search and listed together, in one refusal."""

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from routing.findings import (
    Contradiction,
    ContradictionKind,
    ContradictoryProblem,
    Findings,
)
from routing.lock_contradictions import lock_findings
from routing.number_contradictions import is_amount, number_findings
from routing.problem import Problem, StopKind
from routing.reach import reach_findings
from routing.rides import ride_findings
from routing.tables import Matrix
from routing.terms import UNREACHABLE
from routing.type_contradictions import type_findings

FASTEST_PERCENT: Final = 10_000


def refuse_contradictions(problem: Problem) -> None:
    """Raises `ContradictoryProblem` with everything found.

    What refers to other parts is looked at only when those parts can be read at all.
    """
    for together in _ONE_AFTER_THE_OTHER:
        findings = tuple(finding for find in together for finding in find(problem))
        if findings:
            raise ContradictoryProblem(findings)


def cost_ceiling(problem: Problem) -> int:
    """More than any plan can cost beside its unserved mandatory stops, in cost units."""
    longest_seconds = longest_metres = 0
    for profile in problem.profiles:
        if isinstance(profile.travel, Matrix):
            slowest = min((p.speed_percent for p in profile.speed_periods), default=100)
            furthest = _longest_roads(profile.travel)
            longest_seconds = max(longest_seconds, furthest[0] * 100 // min(100, slowest))
            longest_metres = max(longest_metres, furthest[1])
        else:
            longest_seconds = max(longest_seconds, 86_400)
            longest_metres = max(longest_metres, 1_000_000)
    rates = [courier.costs for courier in problem.couriers]
    arcs = len(problem.stops) + sum(1 + courier.max_tours for courier in problem.couriers)
    ceiling = arcs * (
        longest_seconds * max((r.per_travel_second for r in rates), default=0)
        + longest_metres * max((r.per_metre for r in rates), default=0)
    )
    for courier in problem.couriers:
        day = courier.shift.closes_second - courier.shift.opens_second
        ceiling += courier.costs.fixed + courier.costs.per_duty_second * day
        if problem.rules.balance:
            ceiling += problem.rules.balance.cost_per_second_above * day
    published = problem.rules.published
    each = problem.rules.unknown_area_cost
    if published:
        each += published.courier_change_cost + published.order_change_cost
    return ceiling + sum(each + (stop.penalty or 0) for stop in problem.stops)


def _longest_roads(table: Matrix) -> tuple[int, int]:
    """Seconds and metres of the longest road there is; row by row, for a table may be gigabytes."""
    seconds = metres = 0
    for times, distances in zip(table.travel_seconds, table.distance_m, strict=True):
        reachable = times < UNREACHABLE
        if reachable.any():
            seconds = max(seconds, int(times[reachable].max()))
            metres = max(metres, int(distances[reachable].max()))
    return seconds, metres


def _sizes(problem: Problem) -> Findings:
    kind = ContradictionKind
    if len(problem.stops) > problem.max_stops:
        detail = f"{len(problem.stops)} stops, the limit is {problem.max_stops}"
        yield Contradiction(kind=kind.TOO_MANY_STOPS, subject="", detail=detail)
    if len(problem.couriers) > problem.max_couriers:
        detail = f"{len(problem.couriers)} couriers, the limit is {problem.max_couriers}"
        yield Contradiction(kind=kind.TOO_MANY_COURIERS, subject="", detail=detail)
    if not problem.couriers:
        yield Contradiction(kind=kind.NO_COURIER, subject="", detail="there is no courier")
    if not problem.locations:
        yield Contradiction(kind=kind.NO_LOCATION, subject="", detail="there is no location")


def _names(problem: Problem) -> Findings:
    groups: tuple[tuple[str, list[str]], ...] = (
        ("stop", [stop.id for stop in problem.stops]),
        ("courier", [courier.id for courier in problem.couriers]),
        ("profile", [profile.name for profile in problem.profiles]),
        ("load dimension", list(problem.load_names)),
    )
    for word, names in groups:
        seen: set[str] = set()
        for name in names:
            if not name:
                detail = f"a {word} has no name"
                yield Contradiction(kind=ContradictionKind.DUPLICATE, subject="", detail=detail)
            elif name in seen:
                detail = f"two {word}s have this name"
                yield Contradiction(kind=ContradictionKind.DUPLICATE, subject=name, detail=detail)
            seen.add(name)
    stops = {stop.id for stop in problem.stops}
    couriers = {courier.id for courier in problem.couriers}
    named_stops, named_couriers = _mentioned(problem)
    for word, mentioned, known in (
        ("stop", named_stops, stops),
        ("courier", named_couriers, couriers),
    ):
        for name in dict.fromkeys(mentioned):
            if name not in known:
                detail = f"a rule or a shipment names this {word}, which does not exist"
                yield Contradiction(
                    kind=ContradictionKind.UNKNOWN_NAME, subject=name, detail=detail
                )


def _mentioned(problem: Problem) -> tuple[list[str], list[str]]:
    rules = problem.rules
    stops: list[str] = [stop for lock in rules.locks for stop in lock.stops]
    stops += [stop for stop, _ in rules.banned]
    stops += [stop for pair in rules.keep_apart for stop in pair]
    stops += [stop for group in rules.keep_together for stop in group]
    stops += [half for pair in problem.shipments for half in (pair.pickup, pair.dropoff)]
    couriers: list[str] = [lock.courier for lock in rules.locks]
    couriers += [courier for _, courier in rules.banned]
    # The published plan is not asked: it may name stops and couriers of yesterday, simply gone.
    return stops, couriers


def _matrices(problem: Problem) -> Findings:
    kind = ContradictionKind.BAD_MATRIX
    if not problem.profiles:
        yield Contradiction(kind=kind, subject="", detail="there is no travel profile")
    for profile in problem.profiles:
        yield from (
            Contradiction(kind=kind, subject=profile.name, detail=fault)
            for fault in _table_faults(profile.travel, len(problem.locations))
        )
        starts = [period.from_second for period in profile.speed_periods]
        if starts != sorted(set(starts)):
            yield Contradiction(kind=kind, subject=profile.name, detail="periods out of order")
        for period in profile.speed_periods:
            if not 0 < period.speed_percent <= FASTEST_PERCENT:
                detail = f"a speed of {period.speed_percent} percent"
                yield Contradiction(kind=kind, subject=profile.name, detail=detail)
            if not -UNREACHABLE < period.from_second < UNREACHABLE:
                detail = f"a period from second {period.from_second} on"
                yield Contradiction(kind=kind, subject=profile.name, detail=detail)


def _table_faults(table: object, locations: int) -> Iterator[str]:
    if not isinstance(table, Matrix):
        size = getattr(table, "size", None)
        if size != locations:
            yield f"the table knows {size} places, there are {locations} locations"
        return
    for word, array in (("seconds", table.travel_seconds), ("metres", table.distance_m)):
        if array.dtype.kind not in "iuf":
            yield f"{word} are not numbers"
        elif array.ndim != 2 or array.shape[0] != array.shape[1]:
            yield f"{word} are not a square table but of shape {array.shape}"
        elif array.shape[0] != locations:
            yield f"{word} have {array.shape[0]} rows, there are {locations} locations"
        elif array.dtype.kind == "f" and not np.isfinite(array).all():
            yield f"{word} hold a value that is not finite"
        elif array.size and array.min() < 0:
            yield f"{word} hold a negative value"
        elif array.dtype != np.int32 or (array.size and array.max() > UNREACHABLE):
            yield f"{word} hold a value that is not whole or above {UNREACHABLE}"


def _shipments(problem: Problem) -> Findings:
    kind_of = {stop.id: stop.kind for stop in problem.stops}
    halves: set[str] = set()
    for pair in problem.shipments:
        fault = ""
        if kind_of.get(pair.pickup, StopKind.PICKUP) is not StopKind.PICKUP:
            fault = "a shipment starts at a stop that is no pick-up"
        elif kind_of.get(pair.dropoff, StopKind.DROPOFF) is not StopKind.DROPOFF:
            fault = "a shipment ends at a stop that is no drop-off"
        elif not halves.isdisjoint((pair.pickup, pair.dropoff)):
            fault = "a stop belongs to two shipments"
        elif pair.max_ride_seconds is not None and not is_amount(pair.max_ride_seconds):
            fault = f"a longest ride of {pair.max_ride_seconds} seconds"
        halves |= {pair.pickup, pair.dropoff}
        if fault:
            yield Contradiction(
                kind=ContradictionKind.BAD_SHIPMENT, subject=pair.pickup, detail=fault
            )


_ONE_AFTER_THE_OTHER: tuple[tuple[Callable[[Problem], Findings], ...], ...] = (
    (type_findings,),
    (_sizes, _names, _matrices, number_findings, _shipments),
    (reach_findings, ride_findings, lock_findings),
)
