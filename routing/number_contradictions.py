"""Every number is whole, in its range, and small enough that no sum of such numbers overflows.

Sums are counted in 64 bits. What a problem may name at most leaves room for all of its stops,
couriers and roads together.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

import numpy as np

from routing.findings import Contradiction, ContradictionKind, Findings
from routing.problem import Courier, Location, Problem, Stop, StopKind
from routing.rules import PlanRules
from routing.terms import UNREACHABLE, Window

LARGEST_AMOUNT: Final = 10**13  # of a load, a bag, a limit in seconds or metres
DEAREST: Final = 10**15  # for leaving one stop out or sending one courier
DEAREST_EACH: Final = 10**12  # for a stop moved, or in an unknown area
DEAREST_UNIT: Final = 10**9  # for a metre or a second
FURTHEST: Final = 10**15  # of a point of the plane
DEAREST_IN_ALL: Final = 10**18

Faults = Iterator[tuple[ContradictionKind, str]]


def number_findings(problem: Problem) -> Findings:
    """Numbers out of range, by themselves or against those beside them, wherever they stand."""
    shipped = {half for pair in problem.shipments for half in (pair.pickup, pair.dropoff)}
    profiles = {profile.name for profile in problem.profiles}
    parts: list[tuple[str, Faults]] = [
        *((place.name, _place_faults(place)) for place in problem.locations),
        *((s.id, _stop_faults(s, problem, in_shipment=s.id in shipped)) for s in problem.stops),
        *((man.id, _courier_faults(man, problem, profiles)) for man in problem.couriers),
        ("", _rule_faults(problem.rules)),
        *(
            (_name(place, problem), _office_faults(place, windows, problem))
            for place, windows in problem.rules.depot_hours.items()
        ),
        ("", _sums(problem)),
    ]
    for subject, faults in parts:
        for kind, detail in faults:
            yield Contradiction(kind=kind, subject=subject, detail=detail)


def is_amount(number: float, most: int = LARGEST_AMOUNT) -> bool:
    """A whole number from 0 to `most`."""
    return isinstance(number, int | np.integer) and 0 <= number <= most


def _place_faults(place: Location) -> Faults:
    if (place.x is None) != (place.y is None):
        yield ContradictionKind.BAD_NUMBER, "x and y belong together"
    elif place.x is not None and not (abs(place.x) < FURTHEST and abs(place.y or 0) < FURTHEST):
        yield ContradictionKind.BAD_NUMBER, f"{place.x}, {place.y} cannot be drawn"
    point = (place.lat, place.lon)
    if point == (None, None):
        return
    if place.lat is None or place.lon is None:
        yield ContradictionKind.BAD_NUMBER, "latitude and longitude belong together"
    elif not (abs(place.lat) <= 90 and abs(place.lon) <= 180):  # NaN is neither
        yield ContradictionKind.BAD_NUMBER, f"{place.lat}, {place.lon} is not on Earth"


def _stop_faults(stop: Stop, problem: Problem, *, in_shipment: bool) -> Faults:
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
    if stop.penalty is not None and not is_amount(stop.penalty, DEAREST):
        yield kind.BAD_NUMBER, f"penalty of {stop.penalty}"
    for fault in _window_faults(stop.windows):
        yield kind.BAD_WINDOW, fault
    if (stop.kind in {StopKind.PICKUP, StopKind.DROPOFF}) != in_shipment:
        yield kind.BAD_SHIPMENT, "pick-ups and drop-offs, and only they, belong to a shipment"
    yield from _load_faults(stop, problem)


def _load_faults(stop: Stop, problem: Problem) -> Faults:
    kind = ContradictionKind
    if stop.loads and len(stop.loads) != len(problem.load_names):
        yield kind.BAD_LOADS, f"{len(stop.loads)} loads for {len(problem.load_names)} dimensions"
    for load in stop.loads:
        if not is_amount(load):
            yield kind.BAD_LOADS, f"a load of {load}"
    if stop.kind in {StopKind.DROPOFF, StopKind.LEG} and any(stop.loads):
        yield kind.BAD_LOADS, "loads stand on the pick-up, and a leg carries none"


def _courier_faults(courier: Courier, problem: Problem, profiles: set[str]) -> Faults:
    kind = ContradictionKind
    if courier.profile not in profiles:
        yield kind.UNKNOWN_NAME, f"there is no travel profile {courier.profile}"
    for place in (courier.start_location, courier.end_location):
        if not _is_place(place, problem):
            yield kind.UNKNOWN_NAME, f"location {place} does not exist"
    for fault in _window_faults((courier.shift,)):
        yield kind.BAD_WINDOW, fault
    if courier.capacities and len(courier.capacities) != len(problem.load_names):
        names = len(problem.load_names)
        yield kind.BAD_LOADS, f"{len(courier.capacities)} capacities for {names} dimensions"
    for capacity in courier.capacities:
        if not is_amount(capacity):
            yield kind.BAD_LOADS, f"a capacity of {capacity}"
    yield from _limit_faults(courier)
    yield from _break_faults(courier)


def _limit_faults(courier: Courier) -> Faults:
    rates = courier.costs
    for word, number, most in (
        ("a longest day of {} seconds", courier.max_route_seconds, LARGEST_AMOUNT),
        ("a longest way of {} metres", courier.max_route_metres, LARGEST_AMOUNT),
        ("a reload of {} seconds", courier.reload_seconds, UNREACHABLE),
        ("a fixed cost of {}", rates.fixed, DEAREST),
        ("a cost of {} for each metre", rates.per_metre, DEAREST_UNIT),
        ("a cost of {} for each second of travel", rates.per_travel_second, DEAREST_UNIT),
        ("a cost of {} for each second of duty", rates.per_duty_second, DEAREST_UNIT),
    ):
        if number is not None and not is_amount(number, most):
            yield ContradictionKind.BAD_NUMBER, word.format(number)
    if not is_amount(courier.max_tours) or courier.max_tours < 1:
        yield ContradictionKind.BAD_NUMBER, f"at most {courier.max_tours} tours"


def _break_faults(courier: Courier) -> Faults:
    kind = ContradictionKind
    for rest in courier.breaks:
        earliest, latest = rest.earliest_second, rest.latest_second
        if not _is_time(earliest) or not _is_time(latest):
            yield kind.BAD_WINDOW, f"a break that starts from {earliest} to {latest}"
        elif latest < earliest:
            yield kind.BAD_WINDOW, "a break's latest start is before its earliest"
        if not _is_time(rest.duration_seconds):
            yield kind.BAD_NUMBER, f"a break of {rest.duration_seconds} seconds"
    for before, after in pairwise(courier.breaks):
        if after.earliest_second < before.latest_second + before.duration_seconds:
            yield kind.BAD_WINDOW, "breaks overlap or are out of order"


def _rule_faults(rules: PlanRules) -> Faults:
    kind = ContradictionKind
    numbers = [("a cost of {} for each unknown area", rules.unknown_area_cost, DEAREST_EACH)]
    if rules.balance:
        share, above = rules.balance.fair_share_seconds, rules.balance.cost_per_second_above
        numbers += [
            ("a fair share of {} seconds", share, LARGEST_AMOUNT),
            ("a cost of {} for each second above the share", above, DEAREST_UNIT),
        ]
    if rules.published:
        courier, order = rules.published.courier_change_cost, rules.published.order_change_cost
        numbers += [
            ("a cost of {} for each change of courier", courier, DEAREST_EACH),
            ("a cost of {} for each change of order", order, DEAREST_EACH),
        ]
    for word, number, most in numbers:
        if not is_amount(number, most):
            yield kind.BAD_NUMBER, word.format(number)


def _office_faults(place: int, windows: tuple[Window, ...], problem: Problem) -> Faults:
    kind = ContradictionKind
    if not _is_place(place, problem):
        yield kind.UNKNOWN_NAME, f"depot hours for location {place}, which does not exist"
    if not windows:  # never open, or always? Nobody guesses.
        yield kind.BAD_WINDOW, f"depot hours of location {place}: not one window"
    for fault in _window_faults(windows):
        yield kind.BAD_WINDOW, f"depot hours of location {place}: {fault}"


def _sums(problem: Problem) -> Faults:
    penalties = sum(max(0, stop.penalty or 0) for stop in problem.stops)
    if penalties > DEAREST_IN_ALL:
        yield ContradictionKind.BAD_NUMBER, f"all penalties together are {penalties}"


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
    return is_amount(second, UNREACHABLE - 1)


def _name(location: int, problem: Problem) -> str:
    return problem.locations[location].name if _is_place(location, problem) else ""


def _is_place(location: int, problem: Problem) -> bool:
    return is_amount(location, len(problem.locations) - 1)
