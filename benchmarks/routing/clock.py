"""One measurement of this library in a process of its own: a name in, a line of JSON out."""

import json
import resource
import sys
import time
from typing import Any

from benchmarks.routing.days import courier_day, day_name
from routing import Budget, Plan, Problem
from routing.days import Scheduler
from routing.edits import Move, dry_run
from routing.engines import Progress
from routing.solve import compile_once, solve

LONGEST_SECONDS = 600.0
MOVES = 300
BUDGETS = (0.2, 1.0, 5.0)  # seconds
CANCELLED_AFTER = 2.0  # seconds


def first_plan(name: str) -> dict[str, Any]:
    """Seconds to state the day, to the first plan, and to the first that serves what must be served."""
    begun = time.monotonic()
    problem = courier_day(day_name(name))
    stated = time.monotonic() - begun
    compile_once()
    must = {stop.id for stop in problem.stops if problem.is_mandatory(stop)}
    first: list[float] = []
    whole: list[tuple[float, int]] = []

    def note(progress: Progress) -> None:
        first.append(time.monotonic() - started)
        if not must & {out.stop for out in progress.plan.unserved} and not whole:
            whole.append((first[-1], progress.plan.cost))

    started = time.monotonic()
    budget = Budget(seconds=LONGEST_SECONDS)
    solve(problem, budget=budget, on_progress=note, cancelled=lambda: bool(whole))
    return {
        "stated": stated,
        "first": first[0],
        "whole": whole[0][0] if whole else None,
        "cost": whole[0][1] if whole else None,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def dry_runs(name: str) -> dict[str, Any]:
    """Milliseconds of trying one move by hand, with a scheduler that is kept and without."""
    problem = courier_day(day_name(name))
    plan = solve(problem, budget=Budget(seconds=3))
    scheduler = Scheduler(problem)
    moves = list(_moves(plan))[:MOVES]
    kept, anew = [], []
    for move in moves:
        begun = time.perf_counter()
        dry_run(problem, plan, move, scheduler=scheduler)
        kept.append(1000 * (time.perf_counter() - begun))
        begun = time.perf_counter()
        dry_run(problem, plan, move)
        anew.append(1000 * (time.perf_counter() - begun))
    return {"kept": sorted(kept), "anew": sorted(anew)}


def kept_budgets(name: str) -> dict[str, Any]:
    """Seconds that `solve` takes beyond each budget and to return once it is cancelled, by threads."""
    problem = courier_day(day_name(name))
    compile_once()
    return {str(threads): _beyond(problem, threads) for threads in (1, 2)}


def _beyond(problem: Problem, threads: int) -> dict[str, float]:
    beyond = {}
    for seconds in BUDGETS:
        begun = time.monotonic()
        solve(problem, budget=Budget(seconds=seconds), threads=threads)
        beyond[f"{seconds:g} s"] = time.monotonic() - begun - seconds
    begun = time.monotonic()
    solve(
        problem,
        budget=Budget(seconds=LONGEST_SECONDS),
        threads=threads,
        cancelled=lambda: time.monotonic() - begun > CANCELLED_AFTER,
    )
    beyond["cancelled"] = time.monotonic() - begun - CANCELLED_AFTER
    return beyond


def _moves(plan: Plan) -> list[Move]:
    """Every stop after every tenth stop of the courier who comes next."""
    routes = plan.routes
    moves = []
    for number, route in enumerate(routes):
        other = routes[(number + 1) % len(routes)]
        for stop in route.stops:
            moves += [
                Move(stop=stop, to_courier=other.courier, after=after)
                for after in other.stops[::10]
                if after != stop
            ]
    return moves


MEASUREMENTS = {"first_plan": first_plan, "dry_runs": dry_runs, "kept_budgets": kept_budgets}


if __name__ == "__main__":
    what, day = sys.argv[1:]
    print(json.dumps(MEASUREMENTS[what](day)))
