"""What a command says: answers on standard output, complaints and progress on standard error."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from typing import TypeAlias, TypeVar

from tqdm import tqdm

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - argparse has no public name for it
T = TypeVar("T")
INTERRUPTED = 130  # the exit status after Ctrl-C, as shells write it: 128 + SIGINT


def say(line: str = "") -> None:
    """A line of the answer."""
    print(line, flush=True)


def complain(*lines: str) -> None:
    """Why it was not done."""
    for line in lines:
        print(f"postal: {line}", file=sys.stderr, flush=True)


def progress(things: Iterable[T], title: str, *, total: int | None = None) -> Iterator[T]:
    """The same things, with a bar on a terminal and nothing in a log."""
    yield from tqdm(things, desc=title, total=total, disable=None, file=sys.stderr, leave=False)
