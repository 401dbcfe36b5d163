"""From the command line: a plan, its check, its reasons; the README's first plan; a light import."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import routing
from routing.__main__ import main
from routing.baseline import nearest_neighbour
from routing.wire import plan_from_json, plan_to_json, problem_to_json
from tests.routing.courier_days import courier_day
from tests.routing.small import courier, on_a_line, stop, window
from tests.routing.test_formats import SOLOMON, drawn

HERE = Path(routing.__file__).parent


def test_solve_check_and_explain_one_after_the_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day, plan = tmp_path / "day.json", tmp_path / "plan.json"
    day.write_text(problem_to_json(on_a_line([stop("a", 1), stop("b", 9, penalty=1)])))

    assert main(["solve", str(day), "--seconds", "1", "--output", str(plan)]) == 0
    assert "nearest neighbour" in capsys.readouterr().err
    assert main(["check", str(day), "--plan", str(plan)]) == 0
    assert main(["explain", str(day), "--plan", str(plan)]) == 0
    said = capsys.readouterr().out
    assert "b: not_worth_it" in said
    assert "one hour more: 0 more served" in said


def test_explain_keeps_its_seconds_and_tells_how_far_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day, plan = tmp_path / "day.json", tmp_path / "plan.json"
    problem = courier_day(3, 60, 3)
    day.write_text(problem_to_json(problem))
    plan.write_text(plan_to_json(nearest_neighbour(problem)))
    command = ["explain", str(day), "--plan", str(plan)]

    assert main(command) == 0
    told = capsys.readouterr()
    assert main([*command, "--seconds", "0.000001", "--quiet"]) == 0
    cut_short = capsys.readouterr()

    *_, last = told.err.splitlines()
    done, _, of, _ = last.split("s  ")[1].split()
    assert int(done) == int(of) > 0
    assert "one hour more" in told.out
    assert "there was no time to look at every place" in cut_short.out
    assert cut_short.err.startswith("there was no time to see what")


@pytest.mark.parametrize("quiet", [[], ["--quiet"]])
def test_a_mandatory_stop_out_of_everybodys_time_is_named_and_is_status_three(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], quiet: list[str]
) -> None:
    day, plan = tmp_path / "day.json", tmp_path / "plan.json"
    early = stop("early", 1, windows=window(1_000, 2_000))
    morning = courier(shift=window(25_200, 61_200)[0])
    calls = [early, stop("fine", 2), stop("far", 9, penalty=1)]
    day.write_text(problem_to_json(on_a_line(calls, [morning])))

    command = ["solve", str(day), "--seconds", "0.5", "--output", str(plan), *quiet]
    assert main(command) == 3
    said = capsys.readouterr().err
    assert "mandatory, but not served: early: window: nobody reaches it in its window" in said
    assert "not served: far" not in said
    assert main(["check", str(day), "--plan", str(plan)]) == 3
    assert "mandatory_unserved" in capsys.readouterr().out


def budget_in(plan: Path) -> float:
    budget = plan_from_json(plan.read_text()).budget
    assert budget is not None
    return budget.seconds


def test_the_nearest_neighbour_takes_its_seconds_from_the_search(tmp_path: Path) -> None:
    day, plan = tmp_path / "day.json", tmp_path / "plan.json"
    day.write_text(problem_to_json(on_a_line([stop("a", 1), stop("b", 9, penalty=1)])))
    command = ["solve", str(day), "--seconds", "0.6", "--output", str(plan)]

    main([*command, "--quiet"])
    alone = budget_in(plan)
    main(command)

    assert alone == 0.6
    assert 0.3 <= budget_in(plan) < 0.6


def test_a_nearest_neighbour_that_there_was_no_time_for_is_said_to_be_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day, plan = tmp_path / "day.json", tmp_path / "plan.json"
    day.write_text(problem_to_json(courier_day(1, 400, 25)))

    assert main(["solve", str(day), "--seconds", "0.2", "--output", str(plan)]) in {0, 3}

    assert "nearest neighbour not computed in its time" in capsys.readouterr().err
    assert budget_in(plan) == 0.1


def test_a_classic_instance_to_a_plan_on_the_screen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "tiny.txt"
    file.write_text(SOLOMON)

    status = main(["solve", str(file), "--format", "solomon", "--seconds", "1", "--quiet"])

    assert status == 0
    assert json.loads(capsys.readouterr().out)["cost"] == 100


def test_a_plan_that_breaks_the_problem_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day, plan = tmp_path / "day.json", tmp_path / "plan.json"
    day.write_text(problem_to_json(on_a_line([stop("a", 1), stop("b", 2)])))
    main(["solve", str(day), "--seconds", "1", "--quiet", "--output", str(plan)])
    plan.write_text(plan.read_text().replace('"travel_seconds":60', '"travel_seconds":61', 1))

    assert main(["check", str(day), "--plan", str(plan)]) == 1
    assert main(["explain", str(day), "--plan", str(plan)]) == 1
    assert "travel:" in capsys.readouterr().out


def test_a_plan_is_drawn_beside_the_answer(tmp_path: Path) -> None:
    day = tmp_path / "day.json"
    day.write_text(problem_to_json(drawn()))
    pictures = {name: tmp_path / f"plan.{name}" for name in ("svg", "png", "geojson")}
    options = [word for name, path in pictures.items() for word in (f"--{name}", str(path))]

    status = main(["solve", str(day), "--seconds", "1", "--quiet", *options])

    assert status == 0
    begins = {name: path.read_bytes()[:8] for name, path in pictures.items()}
    assert begins == {"svg": b"<svg xml", "png": b"\x89PNG\r\n\x1a\n", "geojson": b'{"type":'}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"stops": 1}', None])
def test_an_unusable_file_is_status_two(
    tmp_path: Path, text: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "day.json"
    if text is not None:
        file.write_text(text)

    assert main(["solve", str(file)]) == 2
    assert "cannot use" in capsys.readouterr().err


def test_a_contradictory_problem_lists_all_findings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = json.loads(problem_to_json(on_a_line([stop("a", 1), stop("b", 2)])))
    plain["stops"][0]["location"] = plain["stops"][1]["location"] = 99
    file = tmp_path / "day.json"
    file.write_text(json.dumps(plain))

    assert main(["solve", str(file)]) == 2
    assert capsys.readouterr().err.count("refused:") == 2


def test_bench_says_for_every_seed_what_it_cost_and_when(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, known = tmp_path / "tiny.txt", tmp_path / "known.json"
    file.write_text(SOLOMON)
    known.write_text('{"tiny": {"best_known_cost": 80.0}, "other": null}')

    options = ["--format", "solomon", "--seconds", "0.5", "--seeds", "1,2"]
    assert main(["bench", str(file), *options, "--best-known", str(known)]) == 0

    head, one, two, both = (line.split("\t") for line in capsys.readouterr().out.splitlines())
    assert len(head) == len(one) == len(two)
    assert [row[2:6] for row in (one, two)] == [
        ["1", "100", "0", "25.00%"],
        ["2", "100", "0", "25.00%"],
    ]
    assert both == ["tiny", "best 100", "mean 100", "mean gap 25.00%"]


@pytest.mark.parametrize("known", ["[]", '{"tiny": "much"}', "{", None])
def test_bench_refuses_costs_it_cannot_read(
    tmp_path: Path, known: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    file, costs = tmp_path / "tiny.txt", tmp_path / "known.json"
    file.write_text(SOLOMON)
    if known is not None:
        costs.write_text(known)

    assert main(["bench", str(file), "--format", "solomon", "--best-known", str(costs)]) == 2
    assert "cannot use" in capsys.readouterr().err


def test_every_refusal_names_its_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, wrong, empty = (tmp_path / name for name in ("good.json", "wrong.json", "empty.json"))
    good.write_text(problem_to_json(on_a_line([stop("a", 1)])))
    wrong.write_text(good.read_text().replace('"location":1', '"location":99'))
    empty.write_bytes(b"\xff")

    assert main(["bench", str(good), str(wrong)]) == 2
    assert f"refused: {wrong}: a: location 99" in capsys.readouterr().err
    assert main(["check", str(good), "--plan", str(empty)]) == 2
    assert f"cannot use {empty}: no UTF-8 text at byte 0" in capsys.readouterr().err


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "day.json"
    file.write_text("\ufeff" + problem_to_json(on_a_line([stop("a", 1)])), encoding="utf-8")

    assert main(["solve", str(file), "--seconds", "0.2", "--quiet"]) == 0


@pytest.mark.parametrize("option", ["--output", "--png"])
def test_where_the_answer_cannot_go_nothing_is_searched(
    tmp_path: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "day.json"
    file.write_text(problem_to_json(drawn()))

    assert main(["solve", str(file), option, str(tmp_path / "no" / "plan")]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.split(" ")[:2]) == ("", ["cannot", "write"])


def test_what_has_no_place_is_not_drawn_and_not_searched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "day.json"
    file.write_text(problem_to_json(on_a_line([stop("a", 1)])))

    assert main(["solve", str(file), "--svg", str(tmp_path / "plan.svg")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "1 locations without coordinates, km 1 among them" in said.err


def test_a_classic_plan_is_drawn_on_its_plane_and_on_no_map(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, picture = tmp_path / "r1.txt", tmp_path / "plan.svg"
    file.write_text(SOLOMON)
    command = ["solve", str(file), "--format", "solomon", "--seconds", "0.3", "--quiet"]

    assert main([*command, "--output", str(tmp_path / "plan.json"), "--svg", str(picture)]) == 0
    assert "<circle" in picture.read_text("utf-8")
    assert main([*command, "--geojson", str(tmp_path / "plan.geojson")]) == 2
    assert "are points of a plane" in capsys.readouterr().err


def test_a_check_loads_neither_pictures_nor_fonts() -> None:
    code = (
        "import sys; import routing.__main__;"
        "print(*sorted({'PIL', 'fontpkg', 'numba', 'ortools'} & set(sys.modules)))"
    )

    assert run("-c", code) == "\n"


@pytest.mark.parametrize("seed", ["-1", "1.5", "x", ""])
def test_a_seed_is_a_whole_number(seed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refusal:
        main(["bench", "day.json", f"--seeds=1,{seed}"])

    assert refusal.value.code == 2
    assert "no whole number" in capsys.readouterr().err


@pytest.mark.parametrize("options", [["--seconds", "-1"], ["--threads", "0"]])
def test_an_impossible_option_is_status_two(tmp_path: Path, options: list[str]) -> None:
    file = tmp_path / "tiny.txt"
    file.write_text(SOLOMON)

    assert main(["solve", str(file), "--format", "solomon", *options]) == 2


def run(*arguments: str) -> str:
    command = [sys.executable, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=HERE.parent)
    return done.stdout


def started(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "routing", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=HERE.parent
    )


def test_an_interrupt_ends_the_search_with_the_best_plan_so_far(tmp_path: Path) -> None:
    day = tmp_path / "day.json"
    day.write_text(problem_to_json(on_a_line([stop("a", 1), stop("b", 2)])))

    with started("solve", str(day), "--seconds", "3600") as solving:
        assert solving.stderr is not None
        assert "first plan" in solving.stderr.readline()
        solving.send_signal(signal.SIGINT)
        out, err = solving.communicate()

    assert (solving.returncode, "Traceback" in err) == (0, False)
    assert json.loads(out)["cost"] == 240


def test_a_stream_in_vroom_s_format_is_answered_in_it() -> None:
    """What stands in it can be read once only, so it is read before the search."""
    given = {
        "jobs": [{"id": 7, "location_index": 1, "description": "the desk"}],
        "vehicles": [{"id": 31, "start_index": 0, "end_index": 0}],
        "matrices": {"car": {"durations": [[0, 60], [60, 0]]}},
    }
    formats = ["--format", "vroom", "--output-format", "vroom"]

    with started("solve", "/dev/stdin", *formats, "--seconds", "0.3", "--quiet") as solving:
        out, err = solving.communicate(json.dumps(given))

    assert (solving.returncode, err) == (0, "")
    (route,) = json.loads(out)["routes"]
    assert (route["vehicle"], route["steps"][1]["id"]) == (31, 7)
    assert route["steps"][1]["description"] == "the desk"


def test_who_reads_only_the_first_lines_is_told_no_error(tmp_path: Path) -> None:
    day, plan = tmp_path / "day.json", tmp_path / "plan.json"
    day.write_text(problem_to_json(on_a_line([stop(f"s{n}" * 99, 1) for n in range(500)])))
    other = problem_to_json(on_a_line([stop("a", 1)]))
    (tmp_path / "other.json").write_text(other)
    main(["solve", str(tmp_path / "other.json"), "--seconds", "0.2", "--output", str(plan)])

    with started("check", str(day), "--plan", str(plan)) as checking:
        assert checking.stdout is not None
        assert checking.stdout.readline()
        checking.stdout.close()
        assert checking.stderr is not None
        said = checking.stderr.read()

    assert said == ""


def test_the_readme_s_first_plan_runs_in_twenty_lines() -> None:
    found = re.search(r"```python\n(.*?)```", (HERE / "README.md").read_text("utf-8"), re.DOTALL)
    assert found is not None
    lines = [line for line in found[1].splitlines() if line.strip()]

    said = run("-c", found[1])

    assert len(lines) <= 20
    assert said == "2580 [('desk', 'door', 'beach')] ()\n"


def test_the_readme_s_first_command_plans_and_draws_the_readme_s_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readme = (HERE / "README.md").read_text("utf-8")
    day = re.search(r"```json\n(.*?)```", readme, re.DOTALL)
    command = re.search(r"^python -m routing (solve day.json .*)$", readme, re.MULTILINE)
    assert day is not None
    assert command is not None
    (tmp_path / "day.json").write_text(day[1], encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert main([*command[1].replace("--seconds 30", "--seconds 0.2").split(), "--quiet"]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        *("day.json", "plan.json", "plan.svg", "plan.png"),
    }


def test_the_readme_names_only_files_that_are_there() -> None:
    text = (HERE / "README.md").read_text("utf-8")
    named = set(re.findall(r"`((?:model|formats)/|[a-z_]+\.py)`", text)) - {"columns.py"}

    assert len(named) > 15
    assert [name for name in named if not (HERE / name).exists()] == []


def test_importing_the_library_is_light() -> None:
    """Of what others wrote only numpy: solvers, compilers and fonts wait until they are needed."""
    code = (
        "import sys; before = set(sys.modules); import routing, routing.solve, routing.replan;"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before};"
        "print(*sorted(new - set(sys.stdlib_module_names)))"
    )

    assert run("-c", code) == "numpy routing\n"


def test_only_the_model_and_the_columns_speak_to_or_tools() -> None:
    importers = {
        "model" if "model" in path.relative_to(HERE).parts else path.relative_to(HERE).as_posix()
        for path in HERE.rglob("*.py")
        if re.search(r"^\s*(from|import) ortools", path.read_text("utf-8"), re.MULTILINE)
    }

    assert importers == {"model", "search/columns.py"}


def test_the_checker_shares_no_code_with_what_makes_plans() -> None:
    allowed = {"feasibility", "feasibility_cost", "feasibility_route", "feasibility_rules"}
    allowed |= {"plan", "problem", "rules", "tables", "terms", "violations"}
    imported = {
        name
        for path in HERE.glob("feasibility*.py")
        for name in re.findall(r"from routing\.(\w+) import", path.read_text("utf-8"))
    }

    assert imported <= allowed
