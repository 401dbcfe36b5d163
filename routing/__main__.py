"""`python -m routing`: solve, check and explain from the command line.

Exit status: 0 done, 1 the plan breaks the problem, 2 the input cannot be used.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from routing.baseline import nearest_neighbour
from routing.engines import Progress
from routing.explain import what_more_would_bring, why_unserved
from routing.feasibility import check
from routing.findings import ContradictoryProblem
from routing.formats import read_lilim, read_solomon, read_vroom, read_vrplib
from routing.formats.unreadable import UnreadableFile
from routing.pictures import plan_geojson, plan_png, plan_svg
from routing.plan import Budget, Plan
from routing.problem import Problem
from routing.solve import solve
from routing.wire import UnreadableJson, plan_from_json, plan_to_json, problem_from_json

READERS: Final[dict[str, Callable[[str], Problem]]] = {
    "json": problem_from_json,
    "solomon": read_solomon,
    "lilim": read_lilim,
    "vrplib": read_vrplib,
    "vroom": read_vroom,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        problem = READERS[options.format](options.file.read_text(encoding="utf-8"))
        status: int = options.run(problem, options)
    except ContradictoryProblem as refusal:
        for finding in refusal.findings:
            print(f"refused: {finding}", file=sys.stderr)
        return 2
    except (UnreadableFile, UnreadableJson, OSError, ValueError) as error:
        print(f"cannot use the input: {error}", file=sys.stderr)
        return 2
    return status


def _solve(problem: Problem, options: argparse.Namespace) -> int:
    def tell(progress: Progress) -> None:
        if not options.quiet:
            words = f"{progress.elapsed_seconds:6.1f} s  cost {progress.plan.cost}"
            print(f"{words}  {progress.engine}", file=sys.stderr)

    budget = Budget(seconds=options.seconds, iterations=options.iterations)
    plan = solve(
        problem, budget=budget, threads=options.threads, seed=options.seed, on_progress=tell
    )
    _write(options.output, plan_to_json(plan))
    for path, draw in ((options.geojson, plan_geojson), (options.svg, plan_svg)):
        if path is not None:
            path.write_text(draw(problem, plan), encoding="utf-8")
    if options.png is not None:
        options.png.write_bytes(plan_png(problem, plan))
    if not options.quiet:
        nearest = nearest_neighbour(problem, seconds=10).cost
        bound = plan.lower_bound
        print(
            f"cost {plan.cost}, {len(plan.routes)} routes, {len(plan.unserved)} unserved; "
            f"nearest neighbour {nearest}, lower bound {bound}",
            file=sys.stderr,
        )
    return 0


def _check(problem: Problem, options: argparse.Namespace) -> int:
    violations = check(problem, _plan(options))
    for violation in violations:
        print(f"{violation.kind.value}: {violation.detail}")
    return 1 if any(not violation.is_shortfall for violation in violations) else 0


def _explain(problem: Problem, options: argparse.Namespace) -> int:
    plan = _plan(options)
    if any(not violation.is_shortfall for violation in check(problem, plan)):
        print("the plan breaks the problem; see `check`", file=sys.stderr)
        return 1
    for unserved in why_unserved(problem, plan):
        print(f"{unserved.stop}: {unserved.reason.value}: {unserved.detail}")
    for change in what_more_would_bring(problem, plan):
        served = f"{change.served_more} more served"
        print(f"{change.change}: {served}, cost {change.cost_change:+d}")
    return 0


def _plan(options: argparse.Namespace) -> Plan:
    return plan_from_json(options.plan.read_text(encoding="utf-8"))


def _write(path: Path | None, text: str) -> None:
    if path is None:
        print(text)
        return
    path.write_text(text + "\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m routing", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="solve | check | explain")
    for name, run, help_text in (
        ("solve", _solve, "plan a problem"),
        ("check", _check, "list what a plan breaks"),
        ("explain", _explain, "say why stops are unserved and what would help"),
    ):
        command = commands.add_parser(name, help=help_text)
        command.set_defaults(run=run)
        command.add_argument("file", type=Path, help="the problem")
        command.add_argument("--format", choices=READERS, default="json")
        if name != "solve":
            command.add_argument("--plan", type=Path, required=True, help="as solve wrote it")
            continue
        command.add_argument("--seconds", type=float, default=10)
        command.add_argument("--iterations", type=int, help="end there, for a reproducible plan")
        command.add_argument("--threads", type=int, default=1)
        command.add_argument("--seed", type=int, default=1)
        command.add_argument("--output", type=Path, help="where the plan goes (default: stdout)")
        command.add_argument("--geojson", type=Path, help="also draw it on a map")
        command.add_argument("--svg", type=Path, help="also draw it as a picture that scales")
        command.add_argument(
            "--png", type=Path, help="the same in pixels, with the couriers' names"
        )
        command.add_argument("--quiet", action="store_true", help="no progress on stderr")
    return parser


if __name__ == "__main__":
    sys.exit(main())
