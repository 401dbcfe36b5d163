"""Answers to generated days become a section: the ratio to the best peer, and every cost."""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Final

from benchmarks.routing.day_solvers import expresses
from benchmarks.routing.days import COMPARED, day_name
from benchmarks.routing.machine import origin
from benchmarks.routing.table import OVERRUN, Answer, circumstances, solvers_of, won

OURS: Final = "this library"
# One day given to one seed; the answers to it by solver
Rounds = Mapping[tuple[str, int], Mapping[str, Answer]]


def days_section(
    answers: Sequence[Answer], *, seconds: float, threads: int, note: str, again: str, picture: str
) -> str:
    families = dict.fromkeys(day_name(answer.instance).family for answer in answers)
    apart = "".join(f" of the family `{each}`" for each in families if each not in COMPARED)
    parts = [
        f"## Generated courier days{apart}, {seconds:g} s, {threads} thread(s)\n",
        circumstances(answers, seconds=seconds, threads=threads, note=note),
        f"\n{origin(again)}\n",
        "### This library's cost as a share of the best peer's (below 1 is better)\n",
        _ratios(answers),
        "\n### Mean cost above the cheapest answer anybody gave\n",
        _by_solver(answers),
        f"\n![cost above the best over time]({picture})\n" if picture else "",
        "### Costs (mean over seeds; * the day could not be told in full)\n",
        _costs(answers, seconds),
    ]
    return "\n".join(part for part in parts if part)


def _rounds(answers: Sequence[Answer]) -> Rounds:
    rounds: dict[tuple[str, int], dict[str, Answer]] = {}
    for answer in answers:
        rounds.setdefault((answer.instance, answer.seed), {})[answer.solver] = answer
    return rounds


def ratio(rivals: Mapping[str, Answer]) -> float | None:
    """Our cost over the best peer's; None where one of the two has no sound plan."""
    own = rivals[OURS].cost if OURS in rivals else None
    peers = [r.cost for name, r in rivals.items() if name != OURS and r.cost is not None]
    return None if own is None or not peers else own / min(peers)


def _ratios(answers: Sequence[Answer]) -> str:
    lines = [
        "| family | stops | mean | worst | wins | best peer was | this library without a plan | no peer with a plan |",
        "|---" * 8 + "|",
    ]
    groups: dict[tuple[str, str], list[Mapping[str, Answer]]] = {}
    for (name, _), rivals in _rounds(answers).items():
        day = day_name(name)
        groups.setdefault((day.family, f"{day.stops:,}"), []).append(rivals)
        groups.setdefault(("all", ""), []).append(rivals)
    everything = groups.pop(("all", ""))
    for (family, stops), rounds in [*groups.items(), (("all", ""), everything)]:
        ratios = [share for rivals in rounds if (share := ratio(rivals)) is not None]
        mean, worst = (f"{fmean(ratios):.3f}", f"{max(ratios):.3f}") if ratios else ("", "")
        wins = sum(won(OURS, rivals.values()) for rivals in rounds)
        alone = sum(
            rivals[OURS].cost is not None and ratio(rivals) is None
            for rivals in rounds
            if OURS in rivals
        )
        missing = sum(rivals[OURS].cost is None for rivals in rounds if OURS in rivals)
        cells = [family, stops, mean, worst, f"{wins} of {len(rounds)}", _best_peers(rounds)]
        lines.append(f"| {' | '.join(cells)} | {missing} | {alone} |")
    return "\n".join(lines)


def _best_peers(rounds: Sequence[Mapping[str, Answer]]) -> str:
    """Which peer was the cheapest, and how often."""
    times: dict[str, int] = {}
    for rivals in rounds:
        peers = {n: r.cost for n, r in rivals.items() if n != OURS and r.cost is not None}
        if peers:
            best = min(peers, key=lambda name: peers[name])
            times[best] = times.get(best, 0) + 1
    return ", ".join(
        f"{name} {count}" for name, count in sorted(times.items(), key=lambda p: -p[1])
    )


def _by_solver(answers: Sequence[Answer]) -> str:
    rounds = _rounds(answers)
    lines = ["| solver | mean | worst | cheapest | no sound plan |", "|---|---|---|---|---|"]
    for solver in solvers_of(answers):
        asked = [rivals for rivals in rounds.values() if solver in rivals]
        gaps = []
        for rivals in asked:
            own = rivals[solver].cost
            if own is not None:
                least = min(rival.cost for rival in rivals.values() if rival.cost is not None)
                gaps.append(100 * (own / least - 1))
        mean, worst = (f"{fmean(gaps):.1f} %", f"{max(gaps):.1f} %") if gaps else ("", "")
        wins = sum(won(solver, rivals.values()) for rivals in asked)
        unsound = len(asked) - len(gaps)
        lines.append(f"| {solver} | {mean} | {worst} | {wins} of {len(asked)} | {unsound} |")
    return "\n".join(lines)


def _costs(answers: Sequence[Answer], seconds: float) -> str:
    solvers = solvers_of(answers)
    lines = [f"| day | {' | '.join(solvers)} |", "|---" * (1 + len(solvers)) + "|"]
    for name in dict.fromkeys(answer.instance for answer in answers):
        cells = [
            _cell([a for a in answers if a.instance == name and a.solver == solver], seconds)
            for solver in solvers
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(answers: Sequence[Answer], seconds: float) -> str:
    if not answers:
        return "cannot be told"
    sound = [answer for answer in answers if answer.cost is not None]
    if not sound:
        return answers[0].fault
    star = "" if expresses(sound[0].solver, sound[0].family) else "*"
    text = f"{fmean(answer.cost or 0 for answer in sound):,.0f}{star}"
    if len(sound) < len(answers):
        text += f" ({len(answers) - len(sound)} unsound)"
    longest = max(answer.seconds or 0 for answer in sound)
    return text if longest <= seconds * OVERRUN else f"{text} (took {longest:.0f} s)"
