# ruff: noqa: PLC0415 - a process loads only the solver it runs
"""One generated day given to each solver; each gives back sequences and the costs on the way.

As for the public instances, setting up a model is not timed for the peers; for this library
everything inside `solve` is.
"""

import time
from collections.abc import Callable
from typing import Final

from benchmarks.routing.rows import Run, Trace
from routing import Budget, Plan, Problem

DaySolver = Callable[[Problem, float, int, int], Run]
# The polishing needs time to build its model; the rest is VROOM's.
POLISHING_SHARE: Final = 0.4


def ours(problem: Problem, seconds: float, threads: int, seed: int) -> Run:
    from routing.assembly import orders_of
    from routing.engines import Progress
    from routing.search.engine import warm_up
    from routing.solve import solve

    trace: Trace = []

    def note(progress: Progress) -> None:
        if not _lacks_mandatory(problem, progress.plan):
            trace.append((progress.elapsed_seconds, progress.plan.cost))

    warm_up()
    started = time.monotonic()
    budget = Budget(seconds=seconds)
    plan = solve(problem, budget=budget, threads=threads, seed=seed, on_progress=note)
    took = time.monotonic() - started
    return Run(orders=orders_of(problem, plan), seconds=took, trace=trace)


def _lacks_mandatory(problem: Problem, plan: Plan) -> bool:
    index = problem.stop_index
    return any(problem.is_mandatory(problem.stops[index[out.stop]]) for out in plan.unserved)


def pyvrp(problem: Problem, seconds: float, threads: int, seed: int) -> Run:
    from benchmarks.routing import peer_pyvrp

    return peer_pyvrp.pyvrp(problem, seconds, threads, seed)


def vroom(problem: Problem, seconds: float, threads: int, seed: int) -> Run:
    from benchmarks.routing import peer_vroom

    return peer_vroom.vroom(problem, seconds, threads, seed)


def vroom_first(problem: Problem, seconds: float, threads: int, seed: int) -> Run:
    from benchmarks.routing import peer_vroom

    return peer_vroom.vroom_first(problem, seconds, threads, seed)


def ortools(problem: Problem, seconds: float, threads: int, seed: int) -> Run:
    from benchmarks.routing import peer_ortools

    return peer_ortools.ortools_iterated(problem, seconds, threads, seed)


def ortools_guided(problem: Problem, seconds: float, threads: int, seed: int) -> Run:
    from benchmarks.routing import peer_ortools

    return peer_ortools.ortools_guided(problem, seconds, threads, seed)


def ortools_first(problem: Problem, seconds: float, threads: int, seed: int) -> Run:
    from benchmarks.routing import peer_ortools

    return peer_ortools.ortools_first(problem, seconds, threads, seed)


def vroom_and_ortools(problem: Problem, seconds: float, threads: int, seed: int) -> Run:
    """VROOM's answer, which OR-Tools then improves in the model that knows every constraint."""
    from benchmarks.routing.peer_vroom import vroom as plain
    from routing.assembly import assemble, orders_of
    from routing.days import Scheduler
    from routing.engines import Progress
    from routing.model.searching import ModelEngine
    from routing.solve import solve

    rough = plain(problem, seconds * (1 - POLISHING_SHARE), threads, seed)
    trace: Trace = list(rough.trace)

    def note(progress: Progress) -> None:
        trace.append((rough.seconds + progress.elapsed_seconds, progress.plan.cost))

    started = time.monotonic()
    plan = solve(
        problem,
        budget=Budget(seconds=max(1.0, seconds - rough.seconds)),
        seed=seed,
        on_progress=note,
        engines=[ModelEngine(most_stops=10**6)],
        start=assemble(Scheduler(problem), rough.orders),
    )
    took = rough.seconds + time.monotonic() - started
    return Run(orders=orders_of(problem, plan), seconds=took, trace=trace)


DAY_SOLVERS: Final[dict[str, DaySolver]] = {
    "this library": ours,
    "PyVRP": pyvrp,
    "VROOM": vroom,
    "OR-Tools": ortools,
    "OR-Tools guided": ortools_guided,
    "VROOM + OR-Tools": vroom_and_ortools,
    "VROOM first": vroom_first,
    "OR-Tools first": ortools_first,
}
BY_MODEL: Final = frozenset({"OR-Tools", "OR-Tools guided", "OR-Tools first"})
COMPARED: Final = ("this library", "PyVRP", "VROOM", "OR-Tools", "VROOM + OR-Tools")


def expresses(solver: str, family: str) -> bool | None:
    """Whether all of a family's days can be said to a solver; None where it is not asked at all."""
    if family == "everything":
        # OR-Tools' model drives at the mean speed of the day, which is not all of it.
        return True if solver == "this library" else False if solver in BY_MODEL else None
    if solver == "PyVRP":
        return True if family in {"breakless", "shared"} else None
    if solver.startswith("VROOM") and solver != "VROOM + OR-Tools":
        return family in {"mandatory", "shared"}
    return True
