"""The checker recomputes a plan from the problem alone, shares no code with what made it, and
lists every violation.

It trusts nothing the plan says but who is called in which order at what second: travel, distances,
loads and costs are recomputed and compared with what the plan claims.
"""

from collections import Counter
from collections.abc import Iterator

from routing.feasibility_cost import cost_violations
from routing.feasibility_route import route_violations
from routing.feasibility_rules import rule_violations
from routing.plan import Plan, Route
from routing.problem import Problem
from routing.violations import SHORTFALL, Violation, ViolationKind

__all__ = ["SHORTFALL", "RejectedByChecker", "Violation", "ViolationKind", "approved", "check"]


class RejectedByChecker(RuntimeError):  # noqa: N818 - named as the clerk says it
    """A plan was made that breaks the problem: a fault of the search, never of the caller."""

    def __init__(self, violations: tuple[Violation, ...]) -> None:
        self.violations = violations
        super().__init__("; ".join(f"{v.kind.value}: {v.detail}" for v in violations[:20]))


def check(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Every violation of the problem by the plan, in no particular order; empty when sound.

    A mandatory stop that the plan admits not to serve is listed too (`is_shortfall`).
    """
    found = list(_membership(problem, plan))
    known = [route for route in plan.routes if _is_known(problem, route)]
    for route in known:
        found.extend(route_violations(problem, route))
    if len(known) == len(plan.routes):
        found.extend(rule_violations(problem, plan))
        found.extend(cost_violations(problem, plan))
    return tuple(found)


def approved(problem: Problem, plan: Plan) -> Plan:
    """The same plan, or `RejectedByChecker` when it holds anything but shortfalls."""
    wrong = tuple(v for v in check(problem, plan) if not v.is_shortfall)
    if wrong:
        raise RejectedByChecker(wrong)
    return plan


def _is_known(problem: Problem, route: Route) -> bool:
    stops = problem.stop_index
    return route.courier in problem.courier_index and all(stop in stops for stop in route.stops)


def _membership(problem: Problem, plan: Plan) -> Iterator[Violation]:
    kind = ViolationKind
    drivers = Counter(route.courier for route in plan.routes)
    for courier, times in drivers.items():
        if courier not in problem.courier_index:
            yield Violation(kind=kind.UNKNOWN_COURIER, courier=courier, detail=f"who is {courier}?")
        if times > 1:
            yield Violation(kind=kind.COURIER_TWICE, courier=courier, detail="two routes")
    mentions = Counter(stop for route in plan.routes for stop in route.stops)
    mentions.update(unserved.stop for unserved in plan.unserved)
    for stop_id, times in mentions.items():
        if stop_id not in problem.stop_index:
            yield Violation(kind=kind.UNKNOWN_STOP, stop=stop_id, detail=f"what is {stop_id}?")
        if times > 1:
            detail = f"{stop_id} stands {times} times in the plan"
            yield Violation(kind=kind.STOP_TWICE, stop=stop_id, detail=detail)
    left_out = {unserved.stop for unserved in plan.unserved}
    for stop in problem.stops:
        if stop.id not in mentions:
            detail = f"{stop.id} is neither served nor listed as unserved"
            yield Violation(kind=kind.STOP_FORGOTTEN, stop=stop.id, detail=detail)
        if stop.id in left_out and problem.is_mandatory(stop):
            detail = f"{stop.id} is mandatory and unserved"
            yield Violation(kind=kind.MANDATORY_UNSERVED, stop=stop.id, detail=detail)
