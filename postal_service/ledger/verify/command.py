"""The command: what is asked, the answer in lines, and the exit status that says it again."""

import argparse
import re
import sys
from pathlib import Path

from .answer import Unreadable
from .file import Known, verify

MOST_WORKERS = 64  # each is a process with a Python of its own; one reader feeds no more of them


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog=f"python -m {__package__}", description="Check an exported custody ledger."
    )
    parser.add_argument("ledger", type=Path)
    parser.add_argument("keys", type=Path)
    add_options(parser)
    asked = parser.parse_args(arguments)
    try:
        known = [_known(size, root) for size, root in asked.known]
        verdict = verify(asked.ledger, asked.keys, known=known, workers=asked.workers)
    except Unreadable as fault:
        return _say(2, f"unreadable: {fault}")
    for finding in verdict.shown:
        _say(0, f"finding: leaf {finding.index}: {finding.what}")
    for what, count in verdict.findings.items():
        _say(0, f"findings: {count} × {what}")
    if verdict.broken is not None:
        return _say(1, f"broken: {verdict.broken}")
    counts = ", ".join(f"{kind} {count}" for kind, count in verdict.counts.items())
    return _say(0, f"valid: size {verdict.size}, root {verdict.root} ({counts})")


def add_options(parser: argparse.ArgumentParser) -> None:
    """What may be asked beside the two files."""
    parser.add_argument(
        "--known",
        nargs=2,
        action="append",
        default=[],
        metavar=("SIZE", "ROOT"),
        help="a checkpoint known from elsewhere, which the ledger must contain; may be given again",
    )
    parser.add_argument(
        "--workers",
        type=_workers,
        default=1,
        metavar="N",
        help=f"processes that check signatures, 1 to {MOST_WORKERS}",
    )


def _workers(written: str) -> int:
    if not re.fullmatch("[0-9]{1,3}", written) or not 1 <= int(written) <= MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"it is a whole number from 1 to {MOST_WORKERS}")
    return int(written)


def _known(size: str, root: str) -> Known:
    root = root.replace(" ", "")  # papers print it in groups
    if not re.fullmatch("[1-9][0-9]{0,15}", size) or not re.fullmatch("[0-9a-fA-F]{64}", root):
        raise Unreadable(f"{size!r} and {root!r} are not the size and root of a checkpoint")
    return int(size), root.lower()


def _say(status: int, line: str) -> int:
    sys.stdout.write(line + "\n")
    return status
