"""`python -m routing`: solve, check, explain, bench and locate from the command line.

Exit status: 0 done, 1 the plan breaks the problem, 2 the input cannot be used, 3 the plan is sound but
leaves out stops that are mandatory, or addresses were not recognised; each is named.
"""

import argparse
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import fmean
from types import FrameType
from typing import TYPE_CHECKING, Final, TypeVar

from routing.baseline import baseline_seconds, nearest_in_time, search_seconds
from routing.bench import best_known_costs, measured
from routing.days import Scheduler
from routing.engines import Progress
from routing.explain import what_more_would_bring
from routing.feasibility import check
from routing.findings import ContradictoryProblem
from routing.formats import plan_to_vroom, read_lilim, read_solomon, read_vroom, read_vrplib
from routing.formats.vroom import told_by
from routing.formats.vroom_plan import NotSayable, Told, refuse_unsayable
from routing.pictures import (
    NotDrawable,
    plan_geojson,
    plan_png,
    plan_svg,
    refuse_undrawable,
)
from routing.plan import Budget, Plan
from routing.problem import Location, Problem
from routing.reasons import explained
from routing.road_server import RoadServer, RoadServerError
from routing.solve import compile_once, solve
from routing.tables import TravelTable
from routing.terms import DEFAULT_PROFILE, CourierId
from routing.travel import TERRAINS, GeodesicTable, Tables, read_table
from routing.wire import plan_from_json, plan_to_json, problem_from_json

if TYPE_CHECKING:
    from routing.geocoding import Geocoder

Content = TypeVar("Content")
REASONS_SHARE: Final = 0.6  # of the seconds of `explain`; the rest is for what more would bring
READERS: Final[dict[str, Callable[[str], Problem]]] = {
    "json": problem_from_json,
    "solomon": read_solomon,
    "lilim": read_lilim,
    "vrplib": read_vrplib,
    "vroom": read_vroom,
}
# Whose places may have coordinates and no tables.
PLACED: Final[dict[str, Callable[..., Problem]]] = {"json": problem_from_json, "vroom": read_vroom}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except Unusable as refusal:
        for line in refusal.lines:
            print(line, file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Whoever read along, `head` perhaps, has seen enough; nothing is left to be flushed to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (OSError, ValueError) as error:
        print(f"cannot use what was given: {error}", file=sys.stderr)
        return 2
    return status


class Unusable(Exception):  # noqa: N818 - named as the clerk says it
    """A file that cannot be worked with: a line for each reason, with the file's name."""

    def __init__(self, *lines: str) -> None:
        self.lines = lines
        super().__init__("; ".join(lines))


def _read(file: Path, reader: Callable[[str], Content]) -> Content:
    try:
        return reader(file.read_text(encoding="utf-8-sig"))
    except ContradictoryProblem as refusal:
        raise Unusable(*(f"refused: {file}: {finding}" for finding in refusal.findings)) from None
    except UnicodeDecodeError as error:
        raise Unusable(f"cannot use {file}: no UTF-8 text at byte {error.start}") from None
    except RoadServerError as error:
        raise Unusable(f"cannot use {file}: {error}") from None
    except OSError as error:
        raise Unusable(f"cannot use {file}: {error.strerror}") from None
    except ValueError as error:  # unreadable, in the words of the format's reader
        raise Unusable(f"cannot use {file}: {error}") from None


def _problem(options: argparse.Namespace, file: Path) -> Problem:
    return _read(file, _reader(options))


def _reader(options: argparse.Namespace) -> Callable[[str], Problem]:
    tables = _tables(options)
    if tables is None:
        return READERS[options.format]
    if options.format not in PLACED:
        named = " and ".join(PLACED)
        raise Unusable(f"--terrain, --osrm and --table are for {named}, not for {options.format}")
    return partial(PLACED[options.format], tables=tables)


def _with_told(options: argparse.Namespace, text: str) -> tuple[Problem, Told | None]:
    """The problem, and what an answer for VROOM takes from the text beside it.

    Both at once: after the search a stream is spent, and a file may have changed.
    """
    problem = _reader(options)(text)
    is_vroom = options.format == options.output_format == "vroom"
    return problem, told_by(text, problem) if is_vroom else None


def _tables(options: argparse.Namespace) -> Tables | None:
    """Where the tables between the places of a file come from that leaves them out."""
    terrain, server, table = options.terrain, options.osrm, options.table

    def computed(places: Sequence[Location], _profile: str) -> TravelTable:
        return GeodesicTable(tuple(places), (TERRAINS[terrain],) * len(places))

    def asked(places: Sequence[Location], profile: str) -> TravelTable:
        on_osrm = "driving" if profile == DEFAULT_PROFILE else profile
        return RoadServer(url=server, profile=on_osrm).matrix(places)

    def read(places: Sequence[Location], _profile: str) -> TravelTable:
        return read_table(table, [place.name for place in places])

    for given, made in ((terrain, computed), (server, asked), (table, read)):
        if given is not None:
            return made
    return None


def _solve(options: argparse.Namespace) -> int:
    problem, told = _read(options.file, partial(_with_told, options))
    _refuse_early(options, problem)
    began = time.monotonic()

    def tell(progress: Progress) -> None:
        if not options.quiet:
            words = f"{progress.elapsed_seconds:6.1f} s  cost {progress.plan.cost}"
            print(f"{words}  {progress.engine}", file=sys.stderr)

    budget = Budget(seconds=options.seconds, iterations=options.iterations)
    nearest = None
    with _interruptible() as interrupted:
        if not options.quiet:
            nearest, budget = _nearest(problem, budget, interrupted)
        plan = solve(
            problem,
            budget=budget,
            threads=options.threads,
            seed=options.seed,
            on_progress=tell,
            cancelled=interrupted,
        )
    if options.output_format == "vroom":
        solving_ms = round((time.monotonic() - began) * 1000)
        answer = plan_to_vroom(problem, plan, told, solving_ms=solving_ms)
    else:
        answer = plan_to_json(plan)
    _write(options.output, answer)
    for path, draw in ((options.geojson, plan_geojson), (options.svg, plan_svg)):
        if path is not None:
            path.write_text(draw(problem, plan), encoding="utf-8")
    if options.png is not None:
        options.png.write_bytes(plan_png(problem, plan))
    if not options.quiet:
        beside = "not computed in its time" if nearest is None else nearest.cost
        print(
            f"cost {plan.cost}, {len(plan.routes)} routes, {len(plan.unserved)} unserved; "
            f"nearest neighbour {beside}, lower bound {plan.lower_bound}",
            file=sys.stderr,
        )
    return _shortfall(problem, plan)


def _shortfall(problem: Problem, plan: Plan) -> int:
    """3 where the plan leaves out mandatory stops, which are named with their reasons, quiet or not."""
    owed = [
        unserved
        for unserved in plan.unserved
        if problem.is_mandatory(problem.stops[problem.stop_index[unserved.stop]])
    ]
    for unserved in owed:
        words = f"{unserved.reason.value}: {unserved.detail}"
        print(f"mandatory, but not served: {unserved.stop}: {words}", file=sys.stderr)
    return 3 if owed else 0


def _nearest(
    problem: Problem, budget: Budget, cancelled: Callable[[], bool]
) -> tuple[Plan | None, Budget]:
    """The nearest neighbour, if there is time for it, and the budget that it leaves."""
    began = time.monotonic()
    seconds = baseline_seconds(budget.seconds)
    nearest = nearest_in_time(problem, seconds=seconds, cancelled=cancelled)
    left = search_seconds(budget.seconds, time.monotonic() - began)
    return nearest, replace(budget, seconds=left)


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """The first Ctrl-C ends the search with the best plan so far, a second one the program."""
    interrupted = threading.Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        interrupted.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield interrupted.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def _refuse_early(options: argparse.Namespace, problem: Problem) -> None:
    """What would only fail after the search, with its answer lost."""
    if options.output_format == "vroom":
        try:
            refuse_unsayable(problem)
        except NotSayable as refusal:
            raise Unusable(f"cannot write {options.file} as asked: {refusal}") from None
    drawings = [options.geojson, options.svg, options.png]
    for path in (options.output, *drawings):
        if path is not None and (path.is_dir() or not path.absolute().parent.is_dir()):
            raise Unusable(f"cannot write {path}: no such folder, or a folder itself")
    for path in drawings:
        if path is not None:
            try:
                refuse_undrawable(problem, on_map=path is options.geojson)
            except NotDrawable as refusal:
                raise Unusable(f"cannot draw {options.file}: {refusal}") from None


def _check(options: argparse.Namespace) -> int:
    problem = _problem(options, options.file)
    violations = check(problem, _plan(options))
    for violation in violations:
        print(f"{violation.kind.value}: {violation.detail}")
    if any(not violation.is_shortfall for violation in violations):
        return 1
    return 3 if violations else 0


def _explain(options: argparse.Namespace) -> int:
    problem = _problem(options, options.file)
    plan = _plan(options)
    if any(not violation.is_shortfall for violation in check(problem, plan)):
        print("the plan breaks the problem; see `check`", file=sys.stderr)
        return 1
    began = time.monotonic()

    def tell(done: int, of: int) -> None:
        if not options.quiet:
            seconds = time.monotonic() - began
            print(f"{seconds:6.1f} s  {done} of {of} reasons", file=sys.stderr)

    share = options.seconds * REASONS_SHARE
    told = explained(Scheduler(problem), plan, seconds=share, on_progress=tell)
    for unserved in told.unserved:
        print(f"{unserved.stop}: {unserved.reason.value}: {unserved.detail}", flush=True)
    left = options.seconds - (time.monotonic() - began)
    kinds = len({replace(courier, id=CourierId("")) for courier in problem.couriers})
    brought = what_more_would_bring(problem, plan, seconds=max(left, 0.0))
    for change in brought:
        served = f"{change.served_more} more served"
        print(f"{change.change}: {served}, cost {change.cost_change:+d}")
    if len(brought) < kinds + 1:
        missing = kinds + 1 - len(brought)
        print(f"there was no time to see what {missing} more changes would bring", file=sys.stderr)
    return 0


def _bench(options: argparse.Namespace) -> int:
    """One line a run, one line of means a file with several seeds."""
    known: Mapping[str, int] = {}
    if options.best_known is not None:
        known = _read(options.best_known, lambda text: best_known_costs(json.loads(text)))
    problems = [(file.stem, _problem(options, file)) for file in options.files]
    compile_once()  # its minutes belong to no run
    print("instance\tstops\tseed\tcost\tunserved\tgap\tabove bound\tfirst plan\tbest plan")
    for name, problem in problems:
        runs = []
        for seed in options.seeds:
            run = measured(problem, seconds=options.seconds, threads=options.threads, seed=seed)
            runs.append(run)
            times = f"{run.first_plan_seconds:.2f} s\t{run.best_plan_seconds:.2f} s"
            gaps = (
                f"{_percent(run.gap_to(known.get(name)))}\t{_percent(run.gap_to(run.lower_bound))}"
            )
            head = f"{name}\t{len(problem.stops)}\t{run.seed}\t{run.cost}\t{run.unserved}"
            print(f"{head}\t{gaps}\t{times}", flush=True)
        if len(runs) > 1:
            costs = [run.cost for run in runs]
            mean = _percent(fmean(costs) / known[name] - 1 if known.get(name) else None)
            print(f"{name}\tbest {min(costs)}\tmean {fmean(costs):.0f}\tmean gap {mean}")
    return 0


def _locate(options: argparse.Namespace) -> int:
    """The file with points for its addresses; those that were not recognised are named."""
    # Only here are addresses looked for.
    from routing.geocoding import GeocoderUnavailable  # noqa: PLC0415
    from routing.locating import gazetteer, located, nominatim  # noqa: PLC0415

    if options.units is not None:
        geocoder: Geocoder = gazetteer(options.units, province=options.province)
    else:
        geocoder = nominatim(options.nominatim)
    try:
        document, unknown = _read(options.file, lambda text: located(json.loads(text), geocoder))
    except GeocoderUnavailable as error:
        raise Unusable(f"cannot ask {options.nominatim}: {error}") from None
    _write(options.output, json.dumps(document, ensure_ascii=False))
    for address in unknown:
        print(f"not recognised: {address}", file=sys.stderr)
    return 3 if unknown else 0


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.2%}"


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} seconds")
    return seconds


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from zero on")
    return int(text)


def _seeds(text: str) -> list[int]:
    return [_seed(seed) for seed in text.split(",")]


def _plan(options: argparse.Namespace) -> Plan:
    return _read(options.plan, plan_from_json)


def _write(path: Path | None, text: str) -> None:
    if path is None:
        print(text)
        return
    path.write_text(text + "\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m routing", description=__doc__)
    commands = parser.add_subparsers(
        required=True, metavar="solve | check | explain | bench | locate"
    )
    for name, run, help_text in (
        ("solve", _solve, "plan a problem"),
        ("check", _check, "list what a plan breaks"),
        ("explain", _explain, "say why stops are unserved and what would help"),
    ):
        command = commands.add_parser(name, help=help_text)
        command.set_defaults(run=run)
        command.add_argument("file", type=Path, help="the problem")
        command.add_argument("--format", choices=READERS, default="json")
        _add_tables(command)
        if name != "solve":
            command.add_argument("--plan", type=Path, required=True, help="as solve wrote it")
            if name == "explain":
                command.add_argument("--seconds", type=_seconds, default=60, help="at most")
                command.add_argument("--quiet", action="store_true", help="no progress on stderr")
            continue
        command.add_argument(
            "--seconds", type=float, default=10, help="for the plan and the nearest neighbour"
        )
        command.add_argument(
            "--iterations",
            type=int,
            help="end there, for a reproducible plan; above 1,200 stops with the same --threads",
        )
        command.add_argument("--threads", type=int, default=1)
        command.add_argument("--seed", type=_seed, default=1)
        command.add_argument("--output", type=Path, help="where the plan goes (default: stdout)")
        command.add_argument(
            "--output-format", choices=("json", "vroom"), default="json", help="as who writes plans"
        )
        command.add_argument("--geojson", type=Path, help="also draw it on a map")
        command.add_argument("--svg", type=Path, help="also draw it as a picture that scales")
        command.add_argument(
            "--png", type=Path, help="the same in pixels, with the couriers' names"
        )
        command.add_argument("--quiet", action="store_true", help="no progress on stderr")
    _add_bench(commands.add_parser("bench", help="solve files from several seeds: gaps and times"))
    _add_locate(commands.add_parser("locate", help="points for places that have addresses only"))
    return parser


def _add_locate(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run=_locate)
    command.add_argument("file", type=Path, help="a problem as JSON, perhaps without its ways")
    group = command.add_mutually_exclusive_group(required=True)
    group.add_argument("--units", type=Path, help="CSV: district, commune, lat, lon")
    group.add_argument("--nominatim", metavar="URL", help="a geocoding server of one's own")
    command.add_argument("--province", default="Quảng Nam", help="passed over at an address's end")
    command.add_argument("--output", type=Path, help="where the problem goes (default: stdout)")


def _add_tables(command: argparse.ArgumentParser) -> None:
    group = command.add_mutually_exclusive_group()
    group.add_argument(
        "--terrain",
        choices=TERRAINS,
        help="ways that the file leaves out: the great circle on its roads",
    )
    group.add_argument(
        "--osrm", metavar="URL", help="ways that the file leaves out: of a road server"
    )
    group.add_argument(
        "--table", type=Path, help="ways that the file leaves out: of a CSV, by the places' names"
    )


def _add_bench(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run=_bench)
    command.add_argument("files", type=Path, nargs="+", help="problems, all in one format")
    command.add_argument("--format", choices=READERS, default="json")
    _add_tables(command)
    command.add_argument("--seconds", type=float, default=10)
    command.add_argument("--threads", type=int, default=1)
    command.add_argument("--seeds", type=_seeds, default=[1], help="with commas")
    command.add_argument(
        "--best-known",
        type=Path,
        help="JSON: the cost to compare with, by file name without ending",
    )


if __name__ == "__main__":
    sys.exit(main())
