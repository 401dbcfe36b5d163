"""Shipments that nobody can bring in time, whatever else there is to do.

The ride runs from the end of the pick-up's service to the start of the drop-off's, so waiting on board
counts: what is taken before one desk closes may have ridden too long when the other opens. Says only
what is certain; nobody's shift is asked.
"""

from collections.abc import Sequence
from math import inf

from routing.findings import Contradiction, ContradictionKind, Findings
from routing.problem import Courier, Problem, Shipment, Stop, StopKind
from routing.reach import obstacle
from routing.roads import Roads, soonest
from routing.steps import Span
from routing.terms import UNREACHABLE


def ride_findings(problem: Problem) -> Findings:
    """Mandatory shipments that cannot fit."""
    rides = Rides(problem)
    for pair in problem.shipments:
        taken, given = problem.halves(pair)
        if taken.kind is not StopKind.PICKUP or not problem.is_mandatory(taken):
            continue
        fault = rides.fault(pair, taken, given)
        if fault:
            kind = ContradictionKind.BAD_SHIPMENT
            yield Contradiction(kind=kind, subject=pair.pickup, detail=fault)


class Rides:
    """What the clock and the roads say of shipments; keeps the roads of each profile."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._roads: dict[str, Roads] = {}

    def fault(self, pair: Shipment, taken: Stop, given: Stop) -> str:
        """Why it cannot be brought by any who may; "" where it is not certain, or nobody may at all.

        The two halves are told as they are to be, which need not be as the problem has them.
        """
        least = self._misfit(pair, taken, given)
        return "" if least is None else _words(pair, taken, given, least)

    def is_late(self, pair: Shipment, taken: Stop, given: Stop) -> bool:
        """Whether only its windows are against it: the way is not too long."""
        least = self._misfit(pair, taken, given)
        limit = UNREACHABLE if pair.max_ride_seconds is None else pair.max_ride_seconds
        return least is not None and least <= limit

    def _misfit(self, pair: Shipment, taken: Stop, given: Stop) -> float | None:
        """The least it would ride with any who may; None where that is not certainly too long."""
        most = _longest_ride(pair, taken, given)
        least: dict[str, float] = {}
        has_somebody = False
        for courier in self.problem.couriers:
            if courier.profile not in least:
                least[courier.profile] = self._least_ride(courier, taken, given, most)
            fits = least[courier.profile] <= most
            if has_somebody and not fits:
                continue
            may = all(obstacle(self.problem, half, courier) is None for half in (taken, given))
            if may and fits:
                return None
            has_somebody = has_somebody or may
        return min(least.values()) if has_somebody else None

    def _least_ride(self, courier: Courier, taken: Stop, given: Stop, most: int) -> float:
        """At least so many seconds; infinite only where no way leads there, by other calls either."""
        if courier.profile not in self._roads:
            self._roads[courier.profile] = Roads(self.problem, courier, on_one_tour=True)
        roads = self._roads[courier.profile]
        direct = roads.to(given, taken.location)
        if direct <= most:
            return direct
        return soonest(roads, taken.location, 0, given, most if direct < inf else inf)


def _longest_ride(pair: Shipment, taken: Stop, given: Stop) -> int:
    """The longest that its windows and its limit allow; -1 where they allow none."""
    limit = UNREACHABLE if pair.max_ride_seconds is None else pair.max_ride_seconds
    longest = -1
    for opens, closes in _spans(taken):
        for later_opens, later_closes in _spans(given):
            if later_opens - (closes + taken.service_seconds) <= limit:
                most = later_closes - (opens + taken.service_seconds)
                longest = max(longest, min(limit, most))
    return longest


def _spans(stop: Stop) -> Sequence[Span]:
    spans = [(w.opens_second, w.closes_second) for w in stop.windows] or [(0, UNREACHABLE)]
    return [(max(a, stop.release_second), b) for a, b in spans if b >= stop.release_second]


def _words(pair: Shipment, taken: Stop, given: Stop, least: float) -> str:
    if least == inf:
        return "there is no road from the pick-up to the drop-off"
    spans, later = _spans(taken), _spans(given)
    if not spans or not later:
        return "it is released after its last window"
    limit = pair.max_ride_seconds
    if limit is not None and least > limit:
        return f"the ride takes {int(least)} s at least, at most allowed {limit} s"
    if spans[0][0] + taken.service_seconds + least > later[-1][1]:
        return "the drop-off closes before the shipment can be there"
    return f"its windows leave no ride of at most {limit} s: it would wait on board too long"
