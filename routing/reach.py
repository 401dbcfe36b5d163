"""Who may serve a stop at all: skills, bans, size and roads, before any thought of time."""

from routing.findings import Contradiction, ContradictionKind, Findings
from routing.plan import Reason
from routing.problem import Courier, Problem, Stop
from routing.terms import UNREACHABLE


def reach_findings(problem: Problem) -> Findings:
    """Mandatory stops that no courier may or can serve."""
    for stop in problem.stops:
        if not problem.is_mandatory(stop):
            continue
        if not any(obstacle(problem, stop, courier) is None for courier in problem.couriers):
            found = (obstacle(problem, stop, courier) for courier in problem.couriers)
            kinds = {kind for kind in found if kind is not None}
            code = (
                ContradictionKind.UNREACHABLE if kinds == {"road"} else ContradictionKind.NOBODY_MAY
            )
            words = ", ".join(sorted(_WORDS[word] for word in kinds))
            detail = f"mandatory, but no courier can serve it: {words}"
            yield Contradiction(kind=code, subject=stop.id, detail=detail)


REASON_OF = {
    "skill": Reason.NO_SKILL,
    "ban": Reason.BANNED,
    "size": Reason.TOO_LARGE,
    "road": Reason.NO_ROAD,
}
_WORDS = {
    "skill": "a skill or permit is missing",
    "ban": "banned by a rule",
    "size": "larger than the capacity",
    "road": "no road",
}


def obstacle(problem: Problem, stop: Stop, courier: Courier) -> str | None:
    """Why this courier can never serve this stop ("skill", "ban", "size", "road"), or None."""
    if not stop.skills <= courier.skills:
        return "skill"
    if (stop.id, courier.id) in problem.banned_pairs:
        return "ban"
    if courier.capacities and any(
        load > capacity
        for load, capacity in zip(problem.loads_of(stop), courier.capacities, strict=True)
    ):
        return "size"
    travel = problem.profile_of[courier.profile].travel
    inward = travel.seconds(courier.start_location, stop.location)
    outward = travel.seconds(stop.exit_location, courier.end_location)
    # Without the triangle inequality a detour may still lead there; a courier is not sent on one.
    return "road" if max(inward, outward) >= UNREACHABLE else None
