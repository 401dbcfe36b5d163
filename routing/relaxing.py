"""The same problem with exactly one constraint lifted, to see whether that one was binding."""

from collections.abc import Callable
from dataclasses import replace

from routing.plan import Reason
from routing.problem import Courier, Problem, Stop
from routing.terms import UNREACHABLE, CourierId, StopId, Window

# Lifting the shift means so much overtime, not an endless day.
OVERTIME_SECONDS = 4 * 3600


def relaxations(
    problem: Problem, left_out: frozenset[StopId]
) -> tuple[tuple[Reason, Callable[[], Problem]], ...]:
    """Constraint by constraint, in the order in which they are asked.

    What stands on a stop is lifted for the stops left out only; what stands on couriers, for all.
    """

    def of_stops(change: Callable[[Stop], Stop]) -> Problem:
        stops = tuple(change(s) if s.id in left_out else s for s in problem.stops)
        return replace(problem, stops=stops)

    def of_couriers(change: Callable[[Courier], Courier]) -> Problem:
        return replace(problem, couriers=tuple(change(c) for c in problem.couriers))

    return (
        (Reason.WINDOW, lambda: of_stops(lambda s: replace(s, windows=()))),
        (Reason.NO_SKILL, lambda: of_stops(lambda s: replace(s, skills=frozenset()))),
        (Reason.RELEASE, lambda: of_stops(lambda s: replace(s, release_second=0))),
        (Reason.CAPACITY, lambda: of_couriers(lambda c: replace(c, capacities=()))),
        (Reason.ROUTE_SECONDS, lambda: of_couriers(lambda c: replace(c, max_route_seconds=None))),
        (Reason.ROUTE_METRES, lambda: of_couriers(lambda c: replace(c, max_route_metres=None))),
        (Reason.RIDE, lambda: _without_ride_limits(problem)),
        (Reason.BANNED, lambda: replace(problem, rules=replace(problem.rules, banned=()))),
        (Reason.RULES, lambda: _without_groups(problem)),
        (Reason.SHIFT, lambda: with_longer_shifts(problem, OVERTIME_SECONDS)),
        (Reason.FLEET_FULL, lambda: _with_one_more_of_each(problem)),
    )


def with_longer_shifts(problem: Problem, seconds: int) -> Problem:
    """Every shift, and every office's last closing, so much later; an endless one stays endless."""

    def longer(window: Window) -> Window:
        return replace(window, closes_second=min(window.closes_second + seconds, UNREACHABLE - 1))

    hours = {
        place: (*windows[:-1], longer(windows[-1])) if windows else windows
        for place, windows in problem.rules.depot_hours.items()
    }
    couriers = tuple(replace(c, shift=longer(c.shift)) for c in problem.couriers)
    return replace(problem, couriers=couriers, rules=replace(problem.rules, depot_hours=hours))


def with_one_more(problem: Problem, like: Courier) -> Problem:
    """One courier more, a copy of `like` under a name nobody bears."""
    names = {courier.id for courier in problem.couriers}
    number = 2
    while f"{like.id}+{number}" in names:
        number += 1
    extra = replace(like, id=CourierId(f"{like.id}+{number}"))
    return replace(problem, couriers=(*problem.couriers, extra))


def _with_one_more_of_each(problem: Problem) -> Problem:
    kinds = {replace(courier, id=CourierId("")): courier for courier in problem.couriers}
    for courier in kinds.values():
        problem = with_one_more(problem, courier)
    return problem


def _without_ride_limits(problem: Problem) -> Problem:
    free = tuple(replace(shipment, max_ride_seconds=None) for shipment in problem.shipments)
    return replace(problem, shipments=free)


def _without_groups(problem: Problem) -> Problem:
    rules = replace(problem.rules, keep_apart=(), keep_together=())
    return replace(problem, rules=rules)
