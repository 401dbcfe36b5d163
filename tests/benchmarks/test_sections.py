"""The page keeps every run's section, and its ratios are what the answers say."""

import json
import os
import platform
import shlex
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path

import pytest

from benchmarks.routing.asking import answers_to
from benchmarks.routing.days_table import days_section, ratio
from benchmarks.routing.large import large_section
from benchmarks.routing.one import thinned
from benchmarks.routing.page import put
from benchmarks.routing.speed import budgets_table, growth
from benchmarks.routing.table import Answer, public_section

OURS = Answer(
    solver="this library",
    instance="shared-50-tam-ky",
    family="shared",
    stops=50,
    seed=1,
    best_known=None,
    cost=98,
    fault="",
    seconds=1.0,
    megabytes=10,
    trace=[(0.1, 130), (0.5, 98)],
)
PEER = replace(OURS, solver="PyVRP", cost=100, trace=[(0.2, 100)])
WRONG = replace(OURS, solver="VROOM", cost=None, fault="1 mandatory stops unserved", trace=[])


def test_a_section_replaces_itself_and_no_other(tmp_path: Path) -> None:
    page = tmp_path / "routing.md"
    put(page, "days-10s-1t", "## Days\n\nold")
    put(page, "public-10s-1t", "## Public")
    put(page, "conventions", "## Conventions")
    put(page, "days-10s-1t", "## Days\n\nnew")

    text = page.read_text("utf-8")
    heads = [line for line in text.splitlines() if line.startswith("#")]
    assert heads == ["# Routing, side by side", "## Public", "## Days", "## Conventions"]
    assert "new" in text
    assert "old" not in text


@pytest.mark.parametrize("key", ["holiday", "days 10s", ""])
def test_a_section_of_no_kind_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="no section is called"):
        put(tmp_path / "routing.md", key, "text")


def test_shorter_budgets_and_fewer_threads_come_first(tmp_path: Path) -> None:
    page = tmp_path / "routing.md"
    for key in ("days-10s-2t", "days-60s-1t", "days-10s-1t"):
        put(page, key, key)

    text = page.read_text("utf-8")
    places = [
        text.index(f"section {key} ") for key in ("days-10s-1t", "days-60s-1t", "days-10s-2t")
    ]
    assert places == sorted(places)


def test_the_ratio_is_to_the_best_peer_with_a_sound_plan() -> None:
    worse = replace(PEER, solver="OR-Tools", cost=140)

    assert ratio({a.solver: a for a in (OURS, PEER, WRONG, worse)}) == pytest.approx(0.98)
    assert ratio({a.solver: a for a in (OURS, WRONG)}) is None
    assert ratio({PEER.solver: PEER}) is None


def test_the_section_of_public_instances_holds_the_gap_to_the_targets() -> None:
    ours = replace(OURS, instance="R108", best_known=80, cost=82)  # 2.5 %
    peer = replace(ours, solver="PyVRP", cost=90)  # 12.5 %
    text = public_section([ours, peer], seconds=10, threads=1, note="", again="run it", picture="")

    assert "| this library | 2.50 % | 2.50 % | 1 of 1 | 0 |  |  |" in text
    assert "| PyVRP | 12.50 % | 12.50 % | 0 of 1 | 0 | 0.20 | at most 0.5 |" in text
    unknown = [replace(each, best_known=None) for each in (ours, peer)]
    assert "| PyVRP |  |  | 0 of 1 | 0 |  |  |" in public_section(
        unknown, seconds=10, threads=1, note="", again="run it", picture=""
    )


def test_what_a_budget_was_overrun_by_stands_by_stops_and_threads() -> None:
    alone, both = {"1 s": 0.125, "cancelled": 0.25}, {"1 s": -0.5, "cancelled": 1.0}

    assert budgets_table({100: {"1": alone, "2": both}}).splitlines()[2:] == [
        "| 100 | 1 | +0.12 s | +0.25 s |",
        "| 100 | 2 | -0.50 s | +1.00 s |",
    ]


def test_the_section_of_the_days_says_ratio_fault_and_command() -> None:
    text = days_section(
        [OURS, PEER, WRONG], seconds=1, threads=1, note="Quiet.", again="run it", picture="a.svg"
    )

    assert "| shared | 50 | 0.980 | 0.980 | 1 of 1 | PyVRP 1 | 0 | 0 |" in text
    assert "| shared-50-tam-ky | 98 | 100 | 1 mandatory stops unserved |" in text
    assert "Again: `run it`" in text
    assert f"{os.cpu_count()} cores" in text
    assert f"Python {platform.python_version()}, numba {version('numba')}" in text
    assert "![cost above the best over time](a.svg)" in text


def test_a_family_that_most_peers_cannot_be_told_says_so_in_its_heading() -> None:
    bound = replace(OURS, instance="everything-50-tam-ky", family="everything")
    text = days_section([bound], seconds=1, threads=1, note="", again="run it", picture="")
    assert text.startswith("## Generated courier days of the family `everything`, 1 s, 1 thread(s)")


def test_one_command_asks_for_instances_and_days(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra `bench` is not installed")
    from benchmarks.routing.__main__ import main  # noqa: PLC0415 - only where it is installed

    page = tmp_path / "routing.md"
    keep = tmp_path / "answers.jsonl"
    known = replace(OURS, instance="R108", family="Solomon100", best_known=70)
    lines = [{"run": [10.0, 1], "answer": asdict(each)} for each in (known, OURS)]
    keep.write_text("".join(json.dumps(line) + "\n" for line in lines))

    few = ["--solvers", OURS.solver, "--instances", "R108"]
    few += ["--families", "shared", "--sizes", "50", "--days", "tam-ky"]
    main(["all", *few, "--answers", str(keep), "--output", str(page)])

    text = page.read_text("utf-8")
    heads = [line for line in text.splitlines() if line.startswith("## ")]
    assert [head.partition(",")[0] for head in heads[:2]] == [
        "## Public instances",
        "## Generated courier days",
    ]
    assert f"`python -m benchmarks.routing all {shlex.join(few)}`" in text


def test_a_solver_that_nobody_knows_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib", reason="the extra `bench` is not installed")
    from benchmarks.routing.__main__ import main  # noqa: PLC0415 - only where it is installed

    with pytest.raises(SystemExit):
        main(["days", "--solvers", "PyVRP,Ariadne"])

    assert "no solver is called Ariadne" in capsys.readouterr().err


def test_the_section_of_a_province_says_when_the_first_plan_came() -> None:
    text = large_section([OURS, PEER, WRONG], minutes=1 / 60, threads=1, note="", again="x")

    assert (
        "| shared-50-tam-ky | 1 | this library | 0.1 s | 130 | 130 | 130 | 98 | 98 | 0.0 % | 1 s | 10 MB |"
        in text
    )
    assert "1 mandatory stops unserved" in text


def test_the_section_of_public_instances_says_the_gap() -> None:
    known = replace(OURS, instance="R108", family="Solomon100", best_known=70)

    text = public_section([known], seconds=1, threads=1, note="", again="x", picture="")

    assert "| this library | 40.00 % | 40.00 % | 1 of 1 | 0 |" in text


def test_what_was_answered_is_not_asked_again(tmp_path: Path) -> None:
    keep = tmp_path / "answers.jsonl"
    keep.write_text(json.dumps({"run": [1.0, 1], "answer": asdict(OURS)}) + "\n")

    answers = list(
        answers_to([OURS.instance], [OURS.solver], [1], seconds=1.0, threads=1, keep=keep)
    )

    assert [answer.cost for answer in answers] == [98]
    assert len(keep.read_text().splitlines()) == 1


def test_a_trace_keeps_what_got_better_first_and_last() -> None:
    trace = [(float(n), 1_000 - n // 2) for n in range(400)]

    thin = thinned(trace)

    assert thin[0] == (0.0, 1_000)
    assert thin[-1] == (398.0, 801)
    assert len(thin) <= 61


def test_growth_is_the_power_of_the_stops() -> None:
    assert growth((100, 1.0), (1_000, 100.0)) == "2.00"


def test_the_picture_has_a_line_for_whoever_solved_everything(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra `bench` is not installed")
    from benchmarks.routing.curves import draw  # noqa: PLC0415 - only where it is installed

    path = tmp_path / "curve.svg"
    draw(path, [OURS, PEER, WRONG], seconds=1, floor=lambda _: 98, said="% above")

    drawn = path.read_text("utf-8")
    assert "this library" in drawn
    assert "PyVRP" in drawn
    assert "VROOM" not in drawn
