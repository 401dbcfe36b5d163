"""Route quality side by side, section by section of docs/benchmarks/routing.md.

    python -m benchmarks.routing                      # public instances and courier days, 10 s
    python -m benchmarks.routing all --seconds 30 --seeds 1,2,3
    python -m benchmarks.routing public --seconds 10 --threads 1 --seeds 1,2,3
    python -m benchmarks.routing days --seconds 10 --threads 1 --seeds 1,2
    python -m benchmarks.routing large --stops 5000,20000 --minutes 3
    python -m benchmarks.routing speed

Solvers take turns on every instance, one at a time, each in a process of its own, and every answer
is judged by code that no solver shares. `--answers FILE` keeps what was answered: a run that was
stopped goes on where it was.
"""

import argparse
import shlex
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from benchmarks.routing import curves, days, large, speed
from benchmarks.routing.asking import answers_to
from benchmarks.routing.conventions import CONVENTIONS
from benchmarks.routing.day_solvers import COMPARED, expresses
from benchmarks.routing.days_table import days_section
from benchmarks.routing.instances import names
from benchmarks.routing.page import REPORT, put
from benchmarks.routing.solvers import SOLVERS
from benchmarks.routing.table import Answer, public_section


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.routing",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(required=True, metavar="all | public | days | large | speed")
    both = _compared(verbs.add_parser("all", help="public instances, then generated days"))
    public = _compared(verbs.add_parser("public", help="instances with a best known cost"))
    generated = _compared(verbs.add_parser("days", help="generated courier days"))
    for verb in (both, public):
        verb.add_argument("--instances", help="names with commas; all by default")
    for verb in (both, generated):
        verb.add_argument(
            "--families", default=",".join(days.COMPARED), help=f"of {', '.join(days.FAMILIES)}"
        )
        verb.add_argument("--sizes", default=",".join(map(str, days.SIZES)))
        verb.add_argument("--days", default="tam-ky,hoi-an", help=f"of {', '.join(days.SEEDS)}")
    both.set_defaults(run=_all)
    public.set_defaults(run=_public)
    generated.set_defaults(run=_days)
    province = verbs.add_parser("large", help="days of a whole province")
    large.add_arguments(province)
    province.set_defaults(run=large.run)
    quick = verbs.add_parser("speed", help="first plans, growth, a dry run, the import")
    speed.add_arguments(quick)
    quick.set_defaults(run=speed.run)
    chosen = parser.parse_args(arguments)
    chosen.again = f"python -m benchmarks.routing {shlex.join(_repeated(arguments))}"
    chosen.run(chosen)


def _compared(verb: argparse.ArgumentParser) -> argparse.ArgumentParser:
    verb.add_argument("--seconds", type=float, default=10)
    verb.add_argument("--threads", type=int, default=1)
    verb.add_argument("--seeds", default="1", help="of the solvers")
    verb.add_argument("--once", default="", help="solvers that are asked with the first seed only")
    verb.add_argument("--solvers", type=_named, help="names with commas; all by default")
    verb.add_argument("--note", default="", help="a sentence on the circumstances")
    verb.add_argument("--answers", type=Path, help="a file that keeps the answers")
    verb.add_argument("--output", type=Path, default=REPORT)
    return verb


def _named(text: str) -> list[str]:
    names = text.split(",")
    for name in names:
        if name not in {*SOLVERS, *COMPARED}:
            raise argparse.ArgumentTypeError(f"no solver is called {name}")
    return names


def _repeated(arguments: Sequence[str]) -> list[str]:
    """The arguments without what is only for this machine or this moment."""
    kept: list[str] = []
    skip = False
    for argument in arguments:
        if skip or argument.partition("=")[0] in {"--note", "--answers", "--output"}:
            skip = not skip and "=" not in argument
            continue
        kept.append(argument)
    return kept


def _all(chosen: argparse.Namespace) -> None:
    _public(chosen)
    _days(chosen)


def _public(chosen: argparse.Namespace) -> None:
    key = f"public-{chosen.seconds:g}s-{chosen.threads}t"
    answers: list[Answer] = []
    for name in chosen.instances.split(",") if chosen.instances else names():
        answers += _answers(chosen, [name], _solvers(chosen, SOLVERS))
        # Written after each instance, so that a stopped run leaves what it has measured.
        picture = chosen.output.parent / f"{key}.svg"
        known = any(answer.best_known for answer in answers)
        curves.draw(
            picture,
            answers,
            seconds=chosen.seconds,
            floor=lambda answer: answer.best_known,
            said="% above the best known",
        )
        section = public_section(
            answers,
            seconds=chosen.seconds,
            threads=chosen.threads,
            note=chosen.note,
            again=chosen.again,
            picture=picture.name if known else "",
        )
        put(chosen.output, key, section)
    put(chosen.output, "conventions", CONVENTIONS)


def _days(chosen: argparse.Namespace) -> None:
    # What is no part of the comparison with everybody has a section of its own.
    apart = [each for each in chosen.families.split(",") if each not in days.COMPARED]
    key = "-".join([f"days-{chosen.seconds:g}s-{chosen.threads}t", *apart])
    answers: list[Answer] = []
    for family in chosen.families.split(","):
        for size in chosen.sizes.split(","):
            named = [f"{family}-{size}-{seed}" for seed in chosen.days.split(",")]
            solvers = [s for s in _solvers(chosen, COMPARED) if expresses(s, family) is not None]
            answers += _answers(chosen, named, solvers)
            picture = chosen.output.parent / f"{key}.svg"
            curves.draw(
                picture,
                answers,
                seconds=chosen.seconds,
                floor=_cheapest(answers),
                said="% above the cheapest",
            )
            section = days_section(
                answers,
                seconds=chosen.seconds,
                threads=chosen.threads,
                note=chosen.note,
                again=chosen.again,
                picture=picture.name,
            )
            put(chosen.output, key, section)
    put(chosen.output, "conventions", CONVENTIONS)


def _cheapest(answers: Sequence[Answer]) -> curves.Floor:
    least: dict[str, int] = {}
    for answer in answers:
        if answer.cost is not None:
            least[answer.instance] = min(answer.cost, least.get(answer.instance, answer.cost))
    return lambda answer: least.get(answer.instance)


def _solvers(chosen: argparse.Namespace, known: Collection[str]) -> list[str]:
    """Those asked for, of those that a section knows."""
    return [solver for solver in chosen.solvers or known if solver in known]


def _answers(chosen: argparse.Namespace, named: list[str], solvers: list[str]) -> list[Answer]:
    return list(
        answers_to(
            named,
            solvers,
            [int(seed) for seed in chosen.seeds.split(",")],
            seconds=chosen.seconds,
            threads=chosen.threads,
            once=chosen.once.split(","),
            keep=chosen.answers,
        )
    )


if __name__ == "__main__":
    given = sys.argv[1:]
    bare = not given or (given[0].startswith("-") and given[0] not in {"-h", "--help"})
    main(["all", *given] if bare else given)
