"""An edit by hand, tried out: what it breaks and what it changes, before anything is saved."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from routing.assembly import orders_of
from routing.costs import cost_of
from routing.days import Orders, Scheduler, Tours
from routing.feasibility import Violation, check
from routing.plan import Plan, Route, Unserved
from routing.problem import Problem
from routing.terms import CourierId, StopId


@dataclass(frozen=True, kw_only=True)
class Move:
    """Put a stop (served or not) with a courier, directly after another stop of that courier.

    `after` None: first on the courier's first tour. `to_courier` None: leave the stop out.
    """

    stop: StopId
    to_courier: CourierId | None
    after: StopId | None = None


@dataclass(frozen=True, kw_only=True)
class Retimed:
    """A stop served before and after the edit, and when its courier arrives in each plan."""

    stop: StopId
    courier: CourierId
    before_second: int
    arrival_second: int


@dataclass(frozen=True, kw_only=True)
class DryRun:
    """The plan after the edit, sound or not, with everything it breaks and changes.

    `added` are the violations that the plan before did not have, or had by less; `retimed` the stops
    called at earlier or later than before, courier by courier in the order of their calls.
    """

    plan: Plan
    violations: tuple[Violation, ...]
    added: tuple[Violation, ...]
    retimed: tuple[Retimed, ...]
    cost_change: int
    duty_seconds_change: int
    travel_seconds_change: int
    distance_m_change: int


class UnknownInPlan(KeyError):  # noqa: N818 - named as the clerk says it
    """The move names a stop or courier that is not where it says."""


def dry_run(
    problem: Problem, plan: Plan, move: Move, *, scheduler: Scheduler | None = None
) -> DryRun:
    """What a move would do; under 50 ms at 300 stops.

    Args:
        problem: what the plan answers.
        plan: the plan as shown; stops of it that are gone since are passed over.
        move: the edit to try.
        scheduler: of the same problem, kept between edits to answer faster.

    Raises:
        UnknownInPlan: no such stop or courier, or `after` is not a stop of that courier.
    """
    after = _moved(problem, orders_of(problem, plan), move)
    return reordered(problem, plan, after, scheduler=scheduler)


def reordered(
    problem: Problem, plan: Plan, after: Orders, *, scheduler: Scheduler | None = None
) -> DryRun:
    """What it would do to call in these orders instead: any number of moves made at once.

    Args:
        problem: what the plan answers.
        plan: the plan as shown; stops of it that are gone since are passed over.
        after: the stop numbers of every courier's tours; a stop in no tour is left out.
        scheduler: of the same problem, kept between edits to answer faster.
    """
    scheduler = scheduler or Scheduler(problem)
    routes = _routes(scheduler, plan, orders_of(problem, plan), after)
    served = {stop for tours in after for tour in tours for stop in tour}
    left_out = [number for number in range(len(problem.stops)) if number not in served]
    known = {unserved.stop: unserved for unserved in plan.unserved}
    ids = [problem.stops[number].id for number in left_out]
    changed = Plan(
        routes=routes,
        unserved=tuple(known.get(stop, Unserved(stop=stop)) for stop in ids),
        cost_parts=cost_of(scheduler.arrays, routes, left_out),
        lower_bound=plan.lower_bound,
        engine="edited by hand",
    )
    violations = check(problem, changed)
    before = plan.routes
    return DryRun(
        plan=changed,
        violations=violations,
        added=_added(check(problem, plan), violations) if violations else (),
        retimed=tuple(_retimed(before, routes)),
        cost_change=changed.cost - plan.cost,
        duty_seconds_change=sum(r.duty_seconds for r in routes)
        - sum(r.duty_seconds for r in before),
        travel_seconds_change=sum(r.travel_seconds for r in routes)
        - sum(r.travel_seconds for r in before),
        distance_m_change=sum(r.distance_m for r in routes) - sum(r.distance_m for r in before),
    )


def _added(before: Sequence[Violation], after: Sequence[Violation]) -> tuple[Violation, ...]:
    known: dict[object, int] = {}
    for each in before:
        known[_about(each)] = max(each.amount or 0, known.get(_about(each), 0))
    return tuple(v for v in after if (v.amount or 0) > known.get(_about(v), -1))


def _about(violation: Violation) -> object:
    return violation.kind, violation.courier, violation.stop, violation.load


def _retimed(before: Sequence[Route], after: Sequence[Route]) -> Iterator[Retimed]:
    was = {visit.stop: visit.arrival_second for route in before for visit in route.visits}
    for route in after:
        for visit in route.visits:
            if was.get(visit.stop, visit.arrival_second) != visit.arrival_second:
                yield Retimed(
                    stop=visit.stop,
                    courier=route.courier,
                    before_second=was[visit.stop],
                    arrival_second=visit.arrival_second,
                )


def _moved(problem: Problem, orders: Orders, move: Move) -> Orders:
    number = problem.stop_index.get(move.stop)
    if number is None:
        raise UnknownInPlan(move.stop)
    left: list[Tours] = [
        tuple(tuple(stop for stop in tour if stop != number) for tour in tours) for tours in orders
    ]
    if move.to_courier is not None:
        courier = problem.courier_index.get(move.to_courier)
        if courier is None:
            raise UnknownInPlan(move.to_courier)
        left[courier] = _put(problem, left[courier], number, move.after)
    return tuple(tuple(tour for tour in tours if tour) for tours in left)


def _put(problem: Problem, tours: Tours, number: int, after: StopId | None) -> Tours:
    if after is None:
        first, *rest = tours or ((),)
        return ((number, *first), *rest)
    anchor = problem.stop_index.get(after)
    placed = []
    for tour in tours:
        longer: list[int] = []
        for stop in tour:
            longer.append(stop)
            if stop == anchor:
                longer.append(number)
        placed.append(tuple(longer))
    if not any(number in tour for tour in placed):
        raise UnknownInPlan(after)
    return tuple(placed)


def _routes(scheduler: Scheduler, plan: Plan, before: Orders, after: Orders) -> tuple[Route, ...]:
    """The routes anew where the order changed; an impossible one as late as it would really be."""
    known = scheduler.problem.stop_index
    timed = {r.courier: r for r in plan.routes if all(stop in known for stop in r.stops)}
    routes = []
    for number, tours in enumerate(after):
        courier = scheduler.problem.couriers[number].id
        if not tours:
            continue
        if tours == before[number] and courier in timed:
            routes.append(timed[courier])
            continue
        routes.append(scheduler.shown_route(number, tours))
    return tuple(routes)
