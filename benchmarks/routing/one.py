"""One solver on one instance in a process of its own: arguments in, one line of JSON out."""

import json
import resource
import sys

from benchmarks.routing.instances import cost_of, load
from benchmarks.routing.solvers import SOLVERS


def main() -> None:
    solver, name, seconds, threads, seed = sys.argv[1:]
    instance = load(name)
    routes, took = SOLVERS[solver](instance, float(seconds), int(threads), int(seed))
    try:
        cost, fault = cost_of(instance, routes), ""
    except ValueError as wrong:
        cost, fault = None, str(wrong)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"cost": cost, "fault": fault, "seconds": took, "megabytes": peak}))


if __name__ == "__main__":
    main()
