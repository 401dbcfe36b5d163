"""Days of a whole province: the first plan, the cost after so many minutes, and the memory."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.routing.asking import answers_to
from benchmarks.routing.conventions import CONVENTIONS
from benchmarks.routing.days import FAMILIES, SEEDS
from benchmarks.routing.machine import origin
from benchmarks.routing.page import REPORT, put
from benchmarks.routing.table import Answer

SOLVERS: Final = ("this library", "VROOM", "VROOM first", "OR-Tools first")


def add_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--stops", default="5000,20000")
    verb.add_argument("--minutes", type=float, default=3)
    verb.add_argument("--threads", type=int, default=1)
    verb.add_argument("--seeds", default="1", help="of the solvers")
    verb.add_argument("--family", choices=FAMILIES, default="shared")
    verb.add_argument("--day", choices=SEEDS, default="tam-ky")
    verb.add_argument("--solvers", default=",".join(SOLVERS))
    verb.add_argument("--note", default="", help="a sentence on the circumstances")
    verb.add_argument("--answers", type=Path, help="a file that keeps the answers")
    verb.add_argument("--output", type=Path, default=REPORT)


def run(chosen: argparse.Namespace) -> None:
    answers: list[Answer] = []
    for stops in chosen.stops.split(","):
        answers += answers_to(
            [f"{chosen.family}-{stops}-{chosen.day}"],
            chosen.solvers.split(","),
            [int(seed) for seed in chosen.seeds.split(",")],
            seconds=60 * chosen.minutes,
            threads=chosen.threads,
            keep=chosen.answers,
        )
        section = large_section(
            answers,
            minutes=chosen.minutes,
            threads=chosen.threads,
            note=chosen.note,
            again=chosen.again,
        )
        put(chosen.output, f"large-{chosen.minutes:g}min-{chosen.threads}t", section)
    put(chosen.output, "conventions", CONVENTIONS)


def large_section(
    answers: Sequence[Answer], *, minutes: float, threads: int, note: str, again: str
) -> str:
    """One row for each solver and day; several seeds stand below each other."""
    moments = [share * minutes * 60 for share in (1 / 6, 1 / 3, 2 / 3)]
    heads = [f"{moment:.0f} s" for moment in moments]
    cells = ["day", "seed", "solver", "first plan after", "it costs", *heads]
    cells += ["at the end", "above the cheapest", "took", "peak memory"]
    lines = [f"| {' | '.join(cells)} |", "|---" * len(cells) + "|"]
    for answer in answers:
        rivals = [a.cost for a in answers if a.instance == answer.instance and a.cost is not None]
        lines.append(f"| {' | '.join(_row(answer, moments, rivals))} |")
    return "\n".join(
        [
            f"## A province's day, {minutes:g} min, {threads} thread(s)\n",
            (
                "Every stop must be served. A first plan is the first that serves them all. VROOM "
                "tells nothing before its end; `VROOM first` is its lowest exploration level, "
                "`OR-Tools first` its first solution. Peak memory is that of the process with the "
                "model and the travel table; tables of more than 2,500 places are computed as asked, "
                "which only this library can use, the peers are given whole matrices. "
                f"A solver may not have more than 16 GB. {note}"
            ).strip(),
            f"\n{origin(again)}\n",
            *lines,
        ]
    )


def _row(answer: Answer, moments: Sequence[float], rivals: Sequence[int]) -> list[str]:
    head = [answer.instance, str(answer.seed), answer.solver]
    memory = "" if answer.megabytes is None else f"{answer.megabytes:,} MB"
    took = "" if answer.seconds is None else f"{answer.seconds:.0f} s"
    if answer.cost is None:
        return [*head, "", "", *("" for _ in moments), answer.fault, "", took, memory]
    first = answer.trace[0] if answer.trace else (answer.seconds or 0.0, answer.cost)
    known = [[cost for second, cost in answer.trace if second <= moment] for moment in moments]
    middle = [f"{min(costs):,}" if costs else "" for costs in known]
    above = f"{100 * (answer.cost / min(rivals) - 1):.1f} %"
    return [
        *head,
        f"{first[0]:.1f} s",
        f"{first[1]:,}",
        *middle,
        f"{answer.cost:,}",
        above,
        took,
        memory,
    ]
