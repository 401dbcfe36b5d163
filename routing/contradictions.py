"""Every contradiction of a problem is found before the search and listed together, in one refusal."""

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

import numpy as np

from routing.findings import (
    Contradiction,
    ContradictionKind,
    ContradictoryProblem,
    Findings,
)
from routing.lock_contradictions import lock_findings
from routing.problem import Courier, Problem, Stop, StopKind
from routing.reach import reach_findings
from routing.tables import Matrix
from routing.terms import UNREACHABLE, Window


def refuse_contradictions(problem: Problem) -> None:
    """Raises `ContradictoryProblem` with everything found.

    What refers to other parts is looked at only when those parts can be read at all.
    """
    findings = [finding for find in _SHAPE for finding in find(problem)]
    if not findings:
        findings.extend(reach_findings(problem))
        findings.extend(lock_findings(problem))
    if findings:
        raise ContradictoryProblem(tuple(findings))


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
            if name in seen:
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
                detail = f"a rule names this {word}, which does not exist"
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
        if any(period.speed_percent <= 0 for period in profile.speed_periods):
            yield Contradiction(kind=kind, subject=profile.name, detail="speed must be above zero")


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


def _stop_numbers(problem: Problem) -> Findings:
    shipped = {half for pair in problem.shipments for half in (pair.pickup, pair.dropoff)}
    for stop in problem.stops:
        for kind, detail in _stop_faults(stop, problem, in_shipment=stop.id in shipped):
            yield Contradiction(kind=kind, subject=stop.id, detail=detail)


def _stop_faults(
    stop: Stop, problem: Problem, *, in_shipment: bool
) -> Iterator[tuple[ContradictionKind, str]]:
    kind = ContradictionKind
    if not _is_place(stop.location, problem) or not _is_place(stop.exit_location, problem):
        yield kind.UNKNOWN_NAME, f"location {stop.location} does not exist"
    if (stop.leaves_from is not None) != (stop.kind is StopKind.LEG):
        yield kind.BAD_NUMBER, "a leg, and only a leg, leaves from another place"
    for word, number in (
        ("service", stop.service_seconds),
        ("setup", stop.setup_seconds),
        ("release", stop.release_second),
    ):
        if not _is_time(number):
            yield kind.BAD_NUMBER, f"{word} of {number} seconds"
    if stop.penalty is not None and not 0 <= stop.penalty <= 10**15:
        yield kind.BAD_NUMBER, f"penalty of {stop.penalty}"
    for fault in _window_faults(stop.windows):
        yield kind.BAD_WINDOW, fault
    if (stop.kind in {StopKind.PICKUP, StopKind.DROPOFF}) != in_shipment:
        yield kind.BAD_SHIPMENT, "pick-ups and drop-offs, and only they, belong to a shipment"
    yield from _load_faults(stop, problem)


def _load_faults(stop: Stop, problem: Problem) -> Iterator[tuple[ContradictionKind, str]]:
    kind = ContradictionKind
    if stop.loads and len(stop.loads) != len(problem.load_names):
        yield kind.BAD_LOADS, f"{len(stop.loads)} loads for {len(problem.load_names)} dimensions"
    if any(load < 0 for load in stop.loads):
        yield kind.BAD_LOADS, "a load is negative"
    if stop.kind in {StopKind.DROPOFF, StopKind.LEG} and any(stop.loads):
        yield kind.BAD_LOADS, "loads stand on the pick-up, and a leg carries none"


def _courier_numbers(problem: Problem) -> Findings:
    profiles = {profile.name for profile in problem.profiles}
    for courier in problem.couriers:
        if courier.profile not in profiles:
            yield Contradiction(
                kind=ContradictionKind.UNKNOWN_NAME,
                subject=courier.id,
                detail=f"there is no travel profile {courier.profile}",
            )
        for kind, detail in _courier_faults(courier, problem):
            yield Contradiction(kind=kind, subject=courier.id, detail=detail)


def _courier_faults(courier: Courier, problem: Problem) -> Iterator[tuple[ContradictionKind, str]]:
    kind = ContradictionKind
    for place in (courier.start_location, courier.end_location):
        if not _is_place(place, problem):
            yield kind.UNKNOWN_NAME, f"location {place} does not exist"
    for fault in _window_faults((courier.shift,)):
        yield kind.BAD_WINDOW, fault
    rates = courier.costs
    numbers = (
        *(courier.max_route_seconds, courier.max_route_metres, courier.reload_seconds),
        *(rates.fixed, rates.per_metre, rates.per_travel_second, rates.per_duty_second),
    )
    if courier.max_tours < 1 or any(number is not None and number < 0 for number in numbers):
        yield kind.BAD_NUMBER, "a limit or cost is negative, or there is no tour"
    if courier.capacities and len(courier.capacities) != len(problem.load_names):
        names = len(problem.load_names)
        yield kind.BAD_LOADS, f"{len(courier.capacities)} capacities for {names} dimensions"
    if any(capacity < 0 for capacity in courier.capacities):
        yield kind.BAD_LOADS, "a capacity is negative"
    yield from _break_faults(courier)


def _break_faults(courier: Courier) -> Iterator[tuple[ContradictionKind, str]]:
    kind = ContradictionKind
    for rest in courier.breaks:
        if not 0 <= rest.earliest_second <= rest.latest_second < UNREACHABLE:
            yield kind.BAD_WINDOW, "a break's latest start is before its earliest"
        if not 0 <= rest.duration_seconds < UNREACHABLE:
            yield kind.BAD_NUMBER, "a break's duration is negative"
    for before, after in pairwise(courier.breaks):
        if after.earliest_second < before.latest_second + before.duration_seconds:
            yield kind.BAD_WINDOW, "breaks overlap or are out of order"


def _rule_numbers(problem: Problem) -> Findings:
    rules = problem.rules
    costs = [rules.unknown_area_cost]
    if rules.balance:
        costs += [rules.balance.fair_share_seconds, rules.balance.cost_per_second_above]
    if rules.published:
        costs += [rules.published.courier_change_cost, rules.published.order_change_cost]
    if any(cost < 0 for cost in costs):
        yield Contradiction(
            kind=ContradictionKind.BAD_NUMBER, subject="", detail="a rule's cost is negative"
        )
    for place, windows in rules.depot_hours.items():
        if not _is_place(place, problem):
            detail = f"depot hours for location {place}, which does not exist"
            yield Contradiction(kind=ContradictionKind.UNKNOWN_NAME, subject="", detail=detail)
        for fault in _window_faults(windows):
            detail = f"depot hours of location {place}: {fault}"
            yield Contradiction(kind=ContradictionKind.BAD_WINDOW, subject="", detail=detail)


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
        elif pair.max_ride_seconds is not None and pair.max_ride_seconds < 0:
            fault = "the longest ride is negative"
        halves |= {pair.pickup, pair.dropoff}
        if fault:
            yield Contradiction(
                kind=ContradictionKind.BAD_SHIPMENT, subject=pair.pickup, detail=fault
            )


def _window_faults(windows: Iterable[Window]) -> Iterator[str]:
    windows = tuple(windows)
    for window in windows:
        if not _is_time(window.opens_second) or not _is_time(window.closes_second):
            yield f"a window from {window.opens_second} to {window.closes_second} is out of range"
        elif window.closes_second < window.opens_second:
            yield f"a window closes at {window.closes_second} before it opens"
    for before, after in pairwise(windows):
        if after.opens_second <= before.closes_second:
            yield "windows overlap or are out of order"


def _is_time(second: int) -> bool:
    return 0 <= second < UNREACHABLE


def _is_place(location: int, problem: Problem) -> bool:
    return 0 <= location < len(problem.locations)


_SHAPE: tuple[Callable[[Problem], Findings], ...] = (
    _sizes,
    _names,
    _matrices,
    _stop_numbers,
    _courier_numbers,
    _rule_numbers,
    _shipments,
)
