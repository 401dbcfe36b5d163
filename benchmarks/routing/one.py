"""One solver on one instance or day in a process of its own: arguments in, a line of JSON out."""

import json
import resource
import sys

from benchmarks.routing.days import courier_day, day_name, is_day
from benchmarks.routing.instances import cost_of, load
from benchmarks.routing.rows import Trace

MOST_NOTES = 60
# So that a solver that needs more than the machine has ends by itself and takes nobody along.
MOST_BYTES = 16 * 2**30


def main() -> None:
    solver, name, seconds, threads, seed = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    solve = _day if is_day(name) else _instance
    found = solve(solver, name, float(seconds), int(threads), int(seed))
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps(found | {"megabytes": max(use.ru_maxrss for use in usage) // 1024}))


def _instance(solver: str, name: str, seconds: float, threads: int, seed: int) -> dict[str, object]:
    from benchmarks.routing.solvers import SOLVERS  # noqa: PLC0415 - what a day does not need

    instance = load(name)
    solved = SOLVERS[solver](instance, seconds, threads, seed)
    try:
        cost, fault = cost_of(instance, solved.routes), ""
    except ValueError as wrong:
        cost, fault = None, str(wrong)
    return {
        "cost": cost,
        "fault": fault,
        "seconds": solved.seconds,
        "trace": thinned(solved.trace),
    }


def _day(solver: str, name: str, seconds: float, threads: int, seed: int) -> dict[str, object]:
    from benchmarks.routing.day_solvers import DAY_SOLVERS  # noqa: PLC0415
    from benchmarks.routing.judge import judged_cost  # noqa: PLC0415

    problem = courier_day(day_name(name))
    run = DAY_SOLVERS[solver](problem, seconds, threads, seed)
    try:
        cost, fault = judged_cost(problem, run.orders), ""
    except ValueError as wrong:
        cost, fault = None, str(wrong)
    return {"cost": cost, "fault": fault, "seconds": run.seconds, "trace": thinned(run.trace)}


def thinned(trace: Trace) -> Trace:
    """Only what got better, and of that not more than a picture shows."""
    better: Trace = []
    for second, cost in trace:
        if not better or cost < better[-1][1]:
            better.append((round(second, 2), cost))
    step = max(1, -(-len(better) // MOST_NOTES))
    return better[::step] + (better[-1:] if step > 1 else [])


if __name__ == "__main__":
    main()
