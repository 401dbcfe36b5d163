"""Answers to public instances become a section: gaps by instance, mean, worst and wins over all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Final

from benchmarks.routing.machine import origin

OVERRUN = 1.2  # an answer that took longer than this share of the budget is marked
OURS: Final = "this library"
# What this library's mean gap may be at most, as a share of a peer's, by seconds: the project's own targets.
WANTED: Final[Mapping[str, Mapping[float, float]]] = {
    "PyVRP": {10: 0.5, 30: 0.6, 60: 0.8},
    "VROOM": {10: 0.3, 30: 0.3, 60: 0.3},
    "OR-Tools": {10: 0.2, 30: 0.2, 60: 0.2},
}


@dataclass(frozen=True, kw_only=True)
class Answer:
    solver: str
    instance: str
    family: str
    stops: int
    seed: int
    best_known: int | None
    cost: int | None
    fault: str
    seconds: float | None
    megabytes: int | None = None
    # Seconds after the start, and the cost known then.
    trace: Sequence[tuple[float, int]] = field(default_factory=list)

    @property
    def gap(self) -> float | None:
        """Share above the best known cost; None without an answer or a best known."""
        if self.cost is None or self.best_known is None:
            return None
        return self.cost / self.best_known - 1


def circumstances(answers: Sequence[Answer], *, seconds: float, threads: int, note: str) -> str:
    """The sentence that every section of a comparison begins with."""
    seeds = sorted({answer.seed for answer in answers})
    asked = {
        solver: {a.seed for a in answers if a.solver == solver} for solver in solvers_of(answers)
    }
    once = [solver for solver, own in asked.items() if len(own) < len(seeds)]
    only = f"; {' and '.join(once)} with the first seed only" if once else ""
    return (
        f"{seconds:g} seconds of wall time and {threads} thread(s) for each solver, seed(s) "
        f"{', '.join(map(str, seeds))}{only}; the solvers took turns on each instance, each in a process of "
        f"its own. {note}"
    ).strip()


def public_section(
    answers: Sequence[Answer], *, seconds: float, threads: int, note: str, again: str, picture: str
) -> str:
    solvers = solvers_of(answers)
    parts = [
        f"## Public instances, {seconds:g} s, {threads} thread(s)\n",
        circumstances(answers, seconds=seconds, threads=threads, note=note),
        f"\n{origin(again)}\n",
        "### Gap to the best known cost\n",
        _summary(answers, solvers, seconds),
        f"\n![gap over time]({picture})\n" if picture else "",
        "### By instance (mean over seeds; cost where no best is known)\n",
        _details(answers, solvers, seconds),
    ]
    return "\n".join(part for part in parts if part)


def solvers_of(answers: Iterable[Answer]) -> list[str]:
    """In the order in which they were asked."""
    return list(dict.fromkeys(answer.solver for answer in answers))


def _summary(answers: Sequence[Answer], solvers: Sequence[str], seconds: float) -> str:
    """Mean and worst over what the solver answered; a win is the lowest cost, shared or not."""
    ours = _mean_gap(answers, OURS)
    rounds: dict[tuple[str, int], list[Answer]] = {}
    for answer in answers:
        rounds.setdefault((answer.instance, answer.seed), []).append(answer)
    lines = [
        "| solver | mean | worst | wins | no sound answer | this library's mean as a share of it | wanted |",
        "|---" * 7 + "|",
    ]
    for solver in solvers:
        own = [answer for answer in answers if answer.solver == solver]
        gaps = [answer.gap for answer in own if answer.gap is not None]
        met = [rivals for rivals in rounds.values() if any(a.solver == solver for a in rivals)]
        wins = sum(won(solver, rivals) for rivals in met)
        missing = sum(answer.cost is None for answer in own)
        mean, worst = (_percent(fmean(gaps)), _percent(max(gaps))) if gaps else ("", "")
        share = _share(ours, _mean_gap(answers, solver)) if solver != OURS else ""
        most = WANTED.get(solver, {}).get(seconds)
        wanted = f"at most {most:g}" if share and most is not None else ""
        cells = [solver, mean, worst, f"{wins} of {len(met)}", str(missing), share, wanted]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _mean_gap(answers: Iterable[Answer], solver: str) -> float | None:
    gaps = [each.gap for each in answers if each.solver == solver and each.gap is not None]
    return fmean(gaps) if gaps else None


def _share(ours: float | None, other: float | None) -> str:
    return f"{ours / other:.2f}" if ours is not None and other else ""


def won(solver: str, rivals: Iterable[Answer]) -> bool:
    costs = {rival.solver: rival.cost for rival in rivals if rival.cost is not None}
    return bool(costs) and costs.get(solver) == min(costs.values())


def _details(answers: Sequence[Answer], solvers: Sequence[str], seconds: float) -> str:
    lines = [
        f"| set | instance | stops | {' | '.join(solvers)} |",
        "|---" * (3 + len(solvers)) + "|",
    ]
    for name in dict.fromkeys(answer.instance for answer in answers):
        of_name = [answer for answer in answers if answer.instance == name]
        cells = [_cell([a for a in of_name if a.solver == solver], seconds) for solver in solvers]
        first = of_name[0]
        lines.append(f"| {first.family} | {name} | {first.stops} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(answers: Sequence[Answer], seconds: float) -> str:
    sound = [answer for answer in answers if answer.cost is not None]
    if not sound:
        return answers[0].fault if answers else ""
    gaps = [answer.gap for answer in sound if answer.gap is not None]
    text = _percent(fmean(gaps)) if gaps else f"{fmean(answer.cost or 0 for answer in sound):.0f}"
    longest = max(answer.seconds or 0 for answer in sound)
    return text if longest <= seconds * OVERRUN else f"{text} (took {longest:.0f} s)"


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"
