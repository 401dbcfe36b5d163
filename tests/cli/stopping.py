"""Ctrl-C at a moment that the test chooses: the real signal, as the command turns to the database."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event


@contextmanager
def ctrl_c(at: str) -> Iterator[None]:
    """Pressed before a statement that holds these words."""

    def press(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if at in statement:
            signal.raise_signal(signal.SIGINT)

    event.listen(Engine, "before_cursor_execute", press)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", press)


@contextmanager
def ctrl_c_at_commit() -> Iterator[None]:
    """Pressed when all is written and is to be kept for good."""

    def press(_connection: object) -> None:
        signal.raise_signal(signal.SIGINT)

    event.listen(Engine, "commit", press)
    try:
        yield
    finally:
        event.remove(Engine, "commit", press)
