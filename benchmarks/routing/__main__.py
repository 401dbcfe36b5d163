"""Run the comparison: `python -m benchmarks.routing --seconds 10 --threads 1 --seeds 1,2,3`.

Solvers take turns on every instance, one at a time, each in a process of its own, and every answer
is judged by `instances.cost_of`. Writes docs/benchmarks/routing.md.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from benchmarks.routing.instances import load, names
from benchmarks.routing.solvers import SOLVERS
from benchmarks.routing.table import Answer, page

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "docs" / "benchmarks" / "routing.md"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.routing", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seeds", default="1")
    parser.add_argument("--instances", help="names with commas; all by default")
    parser.add_argument("--solvers", default=",".join(SOLVERS))
    parser.add_argument("--note", default="", help="a sentence on the circumstances")
    parser.add_argument("--output", type=Path, default=REPORT)
    chosen = parser.parse_args()
    answers: list[Answer] = []
    for name in chosen.instances.split(",") if chosen.instances else names():
        for seed in chosen.seeds.split(","):
            for solver in chosen.solvers.split(","):
                answer = run(solver, name, chosen.seconds, chosen.threads, int(seed))
                answers.append(answer)
                gap = "" if answer.gap is None else f"{answer.gap:.2%}"
                print(
                    f"{name} {solver} seed {seed}: {answer.cost} {gap} {answer.fault}", flush=True
                )
        # Written after each instance, so that a stopped run leaves what it has measured.
        chosen.output.parent.mkdir(parents=True, exist_ok=True)
        chosen.output.write_text(
            page(answers, seconds=chosen.seconds, threads=chosen.threads, note=chosen.note)
        )


def run(solver: str, name: str, seconds: float, threads: int, seed: int) -> Answer:
    """Three times the budget and a minute, then the solver has not answered."""
    command = [sys.executable, "-m", "benchmarks.routing.one", solver, name]
    command += [str(seconds), str(threads), str(seed)]
    instance = load(name)
    found: dict[str, object] = {"cost": None, "fault": "no answer in time"}
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=3 * seconds + 60, check=False
        )
        if done.returncode == 0:
            found = json.loads(done.stdout.splitlines()[-1])
        else:
            found["fault"] = done.stderr.strip().splitlines()[-1][:120]
    except subprocess.TimeoutExpired:
        pass
    cost, took = found["cost"], found.get("seconds")
    return Answer(
        solver=solver,
        instance=name,
        family=instance.family,
        stops=instance.stops,
        seed=seed,
        best_known=instance.best_known,
        cost=cost if isinstance(cost, int) else None,
        fault=str(found["fault"]),
        seconds=took if isinstance(took, float) else None,
    )


if __name__ == "__main__":
    main()
