"""A routing plan in the post's own words, with the nearest stop next beside it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from postal_service.domain.ids import StaffId
from postal_service.services.planning.answers import (
    Baseline,
    Fault,
    Left,
    Lock,
    PlannedRound,
    PlannedStop,
    Solved,
)
from postal_service.services.planning.problems import possible
from postal_service.services.workdays import Workday
from routing import CourierId, Plan, Problem, Route
from routing.baseline import nearest_neighbour

BASELINE_SECONDS: Final = 10.0


def written_out(
    day: Workday,
    problem: Problem,
    plan: Plan,
    *,
    levels: Mapping[str, Lock],
    seed: int,
    budget_seconds: float,
    faults: tuple[Fault, ...] = (),
    baseline: Baseline | None = None,
) -> Solved:
    """The rounds of a plan; the baseline is computed where none is given."""
    _, impossible = possible(day)
    return Solved(
        rounds=tuple(_round(route, levels) for route in plan.routes),
        left=(*impossible, *_left(plan)),
        faults=faults,
        cost=plan.cost,
        metres=sum(route.distance_m for route in plan.routes),
        seconds=sum(route.travel_seconds for route in plan.routes),
        baseline=baseline or baseline_of(problem, impossible=len(impossible)),
        seed=seed,
        budget_seconds=budget_seconds,
    )


def baseline_of(problem: Problem, *, impossible: int) -> Baseline:
    """The nearest stop next, without locks; `impossible` are the orders outside the problem."""
    free = replace(problem, rules=replace(problem.rules, locks=()))
    plain = nearest_neighbour(free, seconds=BASELINE_SECONDS)
    return Baseline(
        metres=sum(route.distance_m for route in plain.routes),
        seconds=sum(route.travel_seconds for route in plain.routes),
        left=len(plain.unserved) + impossible,
    )


def _round(route: Route, levels: Mapping[str, Lock]) -> PlannedRound:
    return PlannedRound(
        courier=StaffId(route.courier),
        leaves=route.leaves_second,
        returns=route.returns_second,
        metres=route.distance_m,
        seconds=route.travel_seconds,
        stops=tuple(
            PlannedStop(
                order=visit.stop,
                arrives=visit.arrival_second,
                starts=visit.start_second,
                departs=visit.departure_second,
                metres=visit.distance_m,
                locked=levels.get(visit.stop, Lock.NONE),
            )
            for visit in route.visits
        ),
    )


def _left(plan: Plan) -> list[Left]:
    return [
        Left(
            order=each.stop,
            reason=each.reason.value,
            courier=_staff(each.courier),
            misses_by_seconds=each.misses_by_seconds,
        )
        for each in plan.unserved
    ]


def _staff(courier: CourierId | None) -> StaffId | None:
    return None if courier is None else StaffId(courier)
