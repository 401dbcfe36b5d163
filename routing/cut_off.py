"""What the roads of now cut off while the day is under way is left out, not refused.

Before the day a mandatory call that nobody can reach is a contradiction. During it the same is what
happens: the call costs nothing where nobody can change it, and its reason is told.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Final

from routing.findings import ContradictionKind, ContradictoryProblem
from routing.problem import Problem, Shipment, Stop, StopKind
from routing.reach import obstacle
from routing.terms import UNREACHABLE, StopId

_CUT_OFF: Final = {ContradictionKind.UNREACHABLE, ContradictionKind.BAD_SHIPMENT}


def let_go(
    problem: Problem, past: Collection[StopId], on_roads: Callable[[Problem], Problem]
) -> Problem:
    """`on_roads` of the problem, without the duty to call where nobody comes any more.

    Raises:
        ContradictoryProblem: something else contradicts the roads.
    """
    reached = _reached(problem, past, on_roads)
    owed = [pair for pair in reached.shipments if pair.pickup in past and pair.dropoff not in past]
    cut = {pair.dropoff for pair in owed if _nobody_comes(reached, pair)}
    reached = _without_duty(reached, past, cut)
    no_road = [pair for pair in owed if pair.dropoff not in cut and _is_road_shut(reached, pair)]
    return called_singly(reached, no_road, loads=True)


def _reached(
    problem: Problem, past: Collection[StopId], on_roads: Callable[[Problem], Problem]
) -> Problem:
    while True:
        try:
            return on_roads(problem)
        except ContradictoryProblem as refused:
            cut = {StopId(f.subject) for f in refused.findings if f.kind in _CUT_OFF}
            looser = _without_duty(problem, past, cut)
            if looser == problem:
                raise
            problem = looser


def _nobody_comes(problem: Problem, pair: Shipment) -> bool:
    call = problem.stops[problem.stop_index[pair.dropoff]]
    return all(obstacle(problem, call, courier) is not None for courier in problem.couriers)


def _is_road_shut(problem: Problem, pair: Shipment) -> bool:
    taken, given = problem.halves(pair)
    tables = (profile.travel for profile in problem.profiles)
    return all(one.seconds(taken.location, given.location) >= UNREACHABLE for one in tables)


def _without_duty(problem: Problem, past: Collection[StopId], cut: Collection[StopId]) -> Problem:
    """What is on board for a call that is cut off goes to the office."""
    pairs = [pair for pair in problem.shipments if not {pair.pickup, pair.dropoff}.isdisjoint(cut)]
    parted = [pair for pair in pairs if pair.pickup in past]
    torn = {half for pair in parted for half in (pair.pickup, pair.dropoff)}
    free = {*cut, *(pair.pickup for pair in pairs)} - set(past)

    def freed(stop: Stop) -> Stop:
        call = _as_a_call(stop, loads=True) if stop.id in torn else stop
        has_duty = call.kind not in {StopKind.LEG, StopKind.DROPOFF}
        return replace(call, penalty=0) if has_duty and call.id in free else call

    if not cut:
        return problem
    whole = tuple(pair for pair in problem.shipments if pair not in parted)
    return replace(problem, stops=tuple(map(freed, problem.stops)), shipments=whole)


def called_singly(problem: Problem, parted: Sequence[Shipment], *, loads: bool) -> Problem:
    """These shipments as two calls each; with `loads`, what was taken is brought to the office."""
    torn = {half for pair in parted for half in (pair.pickup, pair.dropoff)}
    stops = (_as_a_call(s, loads=loads) if s.id in torn else s for s in problem.stops)
    whole = tuple(pair for pair in problem.shipments if pair.pickup not in torn)
    return replace(problem, stops=tuple(stops), shipments=whole) if torn else problem


def _as_a_call(half: Stop, *, loads: bool) -> Stop:
    kept = half.loads if loads and half.kind is StopKind.PICKUP else ()
    penalty = half.penalty if half.kind is StopKind.PICKUP else None
    return replace(half, kind=StopKind.COLLECT, loads=kept, penalty=penalty)
