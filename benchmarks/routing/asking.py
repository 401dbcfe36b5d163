"""Each solver answers in a process of its own; answers are kept, so that a run can be taken up again."""

import json
import subprocess
import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.routing.days import day_name, is_day
from benchmarks.routing.instances import load
from benchmarks.routing.table import Answer

ROOT = Path(__file__).parents[2]
# What starting, making the day and judging may take on top of three times the budget.
PATIENCE_SECONDS = 60.0
PATIENCE_SECONDS_A_STOP = 0.02


def answers_to(
    names: Sequence[str],
    solvers: Iterable[str],
    seeds: Sequence[int],
    *,
    seconds: float,
    threads: int,
    once: Collection[str] = (),
    keep: Path | None = None,
) -> Iterable[Answer]:
    """One by one, solvers in turn on each name and seed; what stands in `keep` is not asked again.

    Those in `once` get the first seed only.
    """
    solvers = list(solvers)
    kept = _kept(keep, seconds, threads)
    for name in names:
        for seed in seeds:
            for solver in solvers:
                if solver in once and seed != seeds[0]:
                    continue
                answer = kept.get((solver, name, seed))
                if answer is None:
                    answer = ask(solver, name, seconds=seconds, threads=threads, seed=seed)
                    _add(keep, answer, seconds, threads)
                gap = "" if answer.gap is None else f"{answer.gap:.2%}"
                print(
                    f"{name} {solver} seed {seed}: {answer.cost} {gap} {answer.fault}", flush=True
                )
                yield answer


def ask(solver: str, name: str, *, seconds: float, threads: int, seed: int) -> Answer:
    """Three times the budget and a minute, then the solver has not answered."""
    family, stops, best_known = _about(name)
    command = [sys.executable, "-m", "benchmarks.routing.one", solver, name]
    command += [str(seconds), str(threads), str(seed)]
    patience = 3 * seconds + PATIENCE_SECONDS + PATIENCE_SECONDS_A_STOP * stops
    found: dict[str, object] = {"cost": None, "fault": f"no answer within {patience:.0f} s"}
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=patience, check=False
        )
        found |= _said(done)
    except subprocess.TimeoutExpired:
        pass
    cost, took, megabytes = (found.get(key) for key in ("cost", "seconds", "megabytes"))
    trace = found.get("trace")
    return Answer(
        solver=solver,
        instance=name,
        family=family,
        stops=stops,
        seed=seed,
        best_known=best_known,
        cost=cost if isinstance(cost, int) else None,
        fault=str(found["fault"]),
        seconds=took if isinstance(took, float) else None,
        megabytes=megabytes if isinstance(megabytes, int) else None,
        trace=[(second, cost) for second, cost in trace] if isinstance(trace, list) else [],
    )


def _about(name: str) -> tuple[str, int, int | None]:
    if is_day(name):
        day = day_name(name)
        return day.family, day.stops, None
    instance = load(name)
    return instance.family, instance.stops, instance.best_known


def _said(done: "subprocess.CompletedProcess[str]") -> dict[str, object]:
    if done.returncode == 0:
        said: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
        return said
    words = done.stderr.strip().splitlines() or [f"ended with status {done.returncode}"]
    return {"fault": words[-1][:120].replace("|", "/")}


def _kept(keep: Path | None, seconds: float, threads: int) -> dict[tuple[str, str, int], Answer]:
    if keep is None or not keep.exists():
        return {}
    lines = (json.loads(line) for line in keep.read_text(encoding="utf-8").splitlines())
    fitting = (line["answer"] for line in lines if line["run"] == [seconds, threads])
    answers = (Answer(**answer) for answer in fitting)
    return {(answer.solver, answer.instance, answer.seed): answer for answer in answers}


def _add(keep: Path | None, answer: Answer, seconds: float, threads: int) -> None:
    if keep is not None:
        keep.parent.mkdir(parents=True, exist_ok=True)
        with keep.open("a", encoding="utf-8") as file:
            line = {"run": [seconds, threads], "answer": asdict(answer)}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
