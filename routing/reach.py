"""Who may serve a stop at all: skills, bans, size and roads, before any thought of time."""

from collections.abc import Iterator

from routing.findings import Contradiction, ContradictionKind, Findings
from routing.plan import Reason
from routing.problem import Courier, Problem, Stop, StopKind
from routing.terms import UNREACHABLE


def reach_findings(problem: Problem) -> Findings:
    """Mandatory stops that no courier may or can serve, and shipments that cannot fit."""
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
    for detail_of, pickup in _impossible_rides(problem):
        yield Contradiction(kind=ContradictionKind.BAD_SHIPMENT, subject=pickup, detail=detail_of)


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


def _impossible_rides(problem: Problem) -> Iterator[tuple[str, str]]:
    """Shipments whose drop-off closes before, or lies further away than, the pick-up allows."""
    for shipment in problem.shipments:
        pickup = problem.stops[problem.stop_index[shipment.pickup]]
        dropoff = problem.stops[problem.stop_index[shipment.dropoff]]
        if pickup.kind is not StopKind.PICKUP or not problem.is_mandatory(pickup):
            continue
        fastest = _fastest(problem, pickup, dropoff)
        earliest = soonest(problem, pickup, dropoff)
        if shipment.max_ride_seconds is not None and fastest > shipment.max_ride_seconds:
            yield (
                f"the ride takes {fastest} s, at most allowed {shipment.max_ride_seconds} s",
                (shipment.pickup),
            )
        elif dropoff.windows and earliest > dropoff.windows[-1].closes_second:
            yield "the drop-off closes before the shipment can be there", shipment.pickup


def soonest(problem: Problem, pickup: Stop, dropoff: Stop) -> int:
    """The first second at which what is taken at the one can be at the other."""
    opens = max(pickup.release_second, pickup.windows[0].opens_second if pickup.windows else 0)
    return opens + pickup.service_seconds + _fastest(problem, pickup, dropoff)


def _fastest(problem: Problem, pickup: Stop, dropoff: Stop) -> int:
    return min(
        profile.travel.seconds(pickup.location, dropoff.location)
        * 100
        // max((100, *(period.speed_percent for period in profile.speed_periods)))
        for profile in problem.profiles
    )
