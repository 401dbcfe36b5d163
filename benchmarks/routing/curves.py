"""Gap over time as a picture: one panel for each family, one line for each solver.

A point of a line is the mean over all runs of the panel, so that a line begins where the last run
has its first plan. A solver that left a run of the panel without a sound plan has no line there.
VROOM tells nothing on the way: it is a point where it ended.
"""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.routing.table import Answer

COLOURS: Final = {
    "this library": "#0b6e4f",
    "PyVRP": "#c8553d",
    "VROOM": "#1d4e89",
    "OR-Tools": "#e0a100",
    "OR-Tools guided": "#7a5c00",
    "VROOM + OR-Tools": "#7b5ea7",
}
POINTS: Final = 80
# Above this a gap is no gap but a beginning; cut off, so that the ends can be told apart.
TALLEST: Final = 25.0
# An answer that comes a little after its time still counts at the end of the line.
LATE: Final = 0.9
# (answer) to the cost that counts as gap 0; None where there is none
Floor = Callable[[Answer], int | None]


def draw(path: Path, answers: Sequence[Answer], *, seconds: float, floor: Floor, said: str) -> None:
    """Write the picture as SVG; `said` names the vertical axis."""
    panels: dict[str, list[Answer]] = {}
    for answer in answers:
        if floor(answer) is not None:
            panels.setdefault(answer.family, []).append(answer)
    if not panels:
        return
    mpl.rcParams.update({"svg.hashsalt": "routing", "svg.fonttype": "none", "font.size": 8})
    columns = min(3, len(panels))
    rows = math.ceil(len(panels) / columns)
    figure = Figure(figsize=(3.4 * columns, 2.6 * rows + 0.4), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat[len(panels) :]:
        axes.set_visible(False)
    for axes, (family, own) in zip(grid.flat, panels.items(), strict=False):
        _panel(axes, family, own, seconds, floor)
        axes.set_xlabel("seconds")
    for row in grid:
        row[0].set_ylabel(said)
    handles = {
        label: handle
        for axes in grid.flat
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(list(handles.values()), list(handles), loc="outside upper center", ncols=5)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="svg", metadata={"Date": None})


def _panel(axes: Any, family: str, answers: Sequence[Answer], seconds: float, floor: Floor) -> None:  # noqa: ANN401 - matplotlib's axes are untyped here
    rounds = {(answer.instance, answer.seed) for answer in answers}
    axes.set_title(f"{family} ({len(rounds)} run{'s' if len(rounds) > 1 else ''})")
    for solver, colour in COLOURS.items():
        own = [answer for answer in answers if answer.solver == solver]
        if {(a.instance, a.seed) for a in own if a.cost is not None} != rounds:
            continue
        if all(len(answer.trace) <= 1 for answer in own):
            when = fmean(answer.seconds or seconds for answer in own)
            axes.plot([when], [_mean(own, when, floor)], "o", color=colour, label=solver)
            continue
        times = [0.1 * (seconds / 0.1) ** (n / (POINTS - 1)) for n in range(POINTS)]
        means = [(when, _mean(own, when, floor)) for when in times]
        known = [(when, mean) for when, mean in means if mean is not None]
        axes.plot(*zip(*known, strict=True), color=colour, label=solver, drawstyle="steps-post")
    axes.set_xscale("log")
    axes.set_xlim(left=0.1)
    ticks = [tick for tick in (0.1, 0.3, 1, 3, 10, 30, 60, 180, 600) if tick <= 1.2 * seconds]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    low, high = axes.get_ylim()
    axes.set_ylim(low, min(high, TALLEST))


def _mean(answers: Sequence[Answer], when: float, floor: Floor) -> float | None:
    """Percent above the floor at a moment; None while a run has nothing yet."""
    gaps = []
    for answer in answers:
        # What a solver passes through may break a rule that its answer keeps, so no better than that.
        known = [max(cost, answer.cost or 0) for second, cost in answer.trace if second <= when]
        if answer.seconds is not None and LATE * answer.seconds <= when and answer.cost is not None:
            known.append(answer.cost)
        least = floor(answer)
        if not known or not least:
            return None
        gaps.append(100 * (min(known) / least - 1))
    return fmean(gaps)
