"""How long one waits: for the first plan as days grow, for one move tried by hand, for the import."""

import argparse
import json
import math
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.routing.days import FAMILIES, SEEDS
from benchmarks.routing.machine import origin
from benchmarks.routing.page import REPORT, put

ROOT: Final = Path(__file__).parents[2]
IMPORTS: Final = {
    "numpy alone": "import numpy",
    "routing": "import routing",
    "routing.solve": "import routing.solve",
    "routing.solve and the compiled kernels": (
        "import routing.solve; from routing.search.engine import warm_up; warm_up()"
    ),
}
TIMES: Final = 5


def add_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--stops", default="50,300,1000,5000,20000")
    verb.add_argument("--family", choices=FAMILIES, default="full")
    verb.add_argument("--day", choices=SEEDS, default="tam-ky")
    verb.add_argument("--dry-run-stops", type=int, default=300)
    verb.add_argument("--budget-stops", default="10,100,1000,3000")
    verb.add_argument("--note", default="", help="a sentence on the circumstances")
    verb.add_argument("--output", type=Path, default=REPORT)


def run(chosen: argparse.Namespace) -> None:
    firsts: dict[int, Mapping[str, Any]] = {}
    for stops in map(int, chosen.stops.split(",")):
        firsts[stops] = _measured("first_plan", f"{chosen.family}-{stops}-{chosen.day}")
        print(f"{stops} stops: {firsts[stops]}", flush=True)
    moves = _measured("dry_runs", f"{chosen.family}-{chosen.dry_run_stops}-{chosen.day}")
    budgets = {
        stops: _measured("kept_budgets", f"{chosen.family}-{stops}-{chosen.day}")
        for stops in map(int, chosen.budget_stops.split(","))
    }
    imports = {name: import_seconds(code) for name, code in IMPORTS.items()}
    section = "\n\n".join(
        [
            "## How long one waits",
            f"This library, days of the family `{chosen.family}`. {chosen.note}".strip(),
            origin(chosen.again),
            "### The first plan",
            (
                "Seconds to state the day (draw it, its travel table, look for contradictions), from "
                "calling `solve` to the first plan it tells of, and to the first that serves every "
                "mandatory stop; the growth is the power of the stops since the row above."
            ),
            _first_plans(firsts),
            f"### One move tried by hand, {chosen.dry_run_stops} stops",
            _dry_runs(moves),
            "### The budget kept",
            (
                "Seconds that `solve` took beyond its budget, and to return after it was cancelled "
                "two seconds in; wanted is 5 % or one second at most."
            ),
            budgets_table(budgets),
            "### The import",
            _imports(imports),
        ]
    )
    put(chosen.output, "speed", section)
    print(section)


def _measured(what: str, name: str) -> Mapping[str, Any]:
    command = [sys.executable, "-m", "benchmarks.routing.clock", what, name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{what} {name}: {done.stderr.strip()[-500:]}")
    found: Mapping[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def import_seconds(code: str) -> float:
    """The median wall time of an interpreter that does only this, without its own start."""
    timed = f"import time; begun = time.perf_counter(); {code}; print(time.perf_counter() - begun)"
    taken = [
        subprocess.run(
            [sys.executable, "-c", timed], cwd=ROOT, capture_output=True, text=True, check=True
        )
        for _ in range(TIMES)
    ]
    return statistics.median(float(one.stdout.splitlines()[-1]) for one in taken)


def _first_plans(firsts: Mapping[int, Mapping[str, Any]]) -> str:
    lines = [
        "| stops | stating | first plan | serving every mandatory stop | growth | peak memory |",
        "|---|---|---|---|---|---|",
    ]
    before: tuple[int, float] | None = None
    for stops, one in firsts.items():
        whole = one["whole"]
        power = growth(before, (stops, whole)) if before and whole else ""
        lines.append(
            f"| {stops:,} | {one['stated']:.2f} s | {one['first']:.2f} s | "
            f"{'none' if whole is None else f'{whole:.2f} s'} | {power} | {one['megabytes']:,} MB |"
        )
        before = (stops, whole) if whole else None
    return "\n".join(lines)


def growth(before: tuple[int, float], now: tuple[int, float]) -> str:
    """The power of the stops with which the seconds grew between two sizes."""
    return f"{math.log(now[1] / before[1]) / math.log(now[0] / before[0]):.2f}"


def _dry_runs(moves: Mapping[str, Sequence[float]]) -> str:
    lines = ["| | moves | median | 95 of 100 below | longest |", "|---|---|---|---|---|"]
    names = {"kept": "scheduler kept between moves", "anew": "everything anew"}
    for key, name in names.items():
        taken = moves[key]
        high = taken[int(0.95 * (len(taken) - 1))]
        median = statistics.median(taken)
        lines.append(
            f"| {name} | {len(taken)} | {median:.1f} ms | {high:.1f} ms | {taken[-1]:.1f} ms |"
        )
    return "\n".join(lines)


def budgets_table(budgets: Mapping[int, Mapping[str, Mapping[str, float]]]) -> str:
    """Seconds beyond each budget, a row for each number of stops and threads."""
    told = list(next(iter(next(iter(budgets.values())).values())))
    lines = [
        f"| stops | threads | {' | '.join(told)} |",
        f"|---|---|{'---|' * len(told)}",
    ]
    for stops, by_threads in budgets.items():
        for threads, beyond in by_threads.items():
            over = " | ".join(f"{beyond[one]:+.2f} s" for one in told)
            lines.append(f"| {stops:,} | {threads} | {over} |")
    return "\n".join(lines)


def _imports(imports: Mapping[str, float]) -> str:
    lines = [f"| | median of {TIMES} |", "|---|---|"]
    lines += [f"| {name} | {seconds:.2f} s |" for name, seconds in imports.items()]
    return "\n".join(lines)
