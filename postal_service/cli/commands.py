"""The command line put together: every part adds its commands, and refusals are rendered once.

Exit status: 0 done, 1 refused (nothing or what the line says was saved), 2 the command was not
understood or the service is not configured, 130 stopped with Ctrl-C.
"""

import argparse
import sys
from collections.abc import Sequence

from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from postal_service.cli import (
    demo,
    importing,
    installation,
    ledger,
    messages,
    reporting,
    serving,
    witness,
)
from postal_service.cli.listening import CannotListenError
from postal_service.cli.output import INTERRUPTED, complain
from postal_service.domain.refusals import Refusal
from postal_service.domain.wording import sentence
from postal_service.services import checkpoints
from postal_service.settings import NotConfiguredError
from postal_service.storage.engine import (
    INSUFFICIENT_PRIVILEGE,
    NotADatabaseError,
    UnsafeDatabaseError,
)
from postal_service.storage.migrate import NewerDatabaseError

REFUSED, NOT_UNDERSTOOD = 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    words = sys.argv[1:] if argv is None else argv
    for word in words:
        if not _is_text(word):  # no name in the store is such a one, and no message could name it
            shown = word.encode(errors="backslashreplace").decode()
            complain(f"An argument is not UTF-8: {shown}")
            return NOT_UNDERSTOOD
    arguments = parser().parse_args(words)
    try:
        status: int = arguments.run(arguments)
    except BrokenPipeError:
        return REFUSED  # whoever read us has stopped
    except KeyboardInterrupt:
        complain("Stopped.")
        return INTERRUPTED
    except Exception as fault:
        told = _told(fault)
        if told is None:  # a fault of our own, which its traceback tells best
            raise
        status, *lines = told
        complain(*lines)
    return status


def parser() -> argparse.ArgumentParser:
    """The command line: every subcommand adds itself."""
    top = argparse.ArgumentParser(
        prog="postal", description="Chain of custody, courier rounds and doorstep delivery."
    )
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    for part in (demo, serving, messages, importing, reporting, ledger, witness, installation):
        part.add_commands(commands)
    return top


def _told(fault: Exception) -> tuple[int, *tuple[str, ...]] | None:
    """The exit status and the lines for what is no fault of ours."""
    match fault:
        case Refusal(code=code, facts=facts):
            return REFUSED, sentence(code, facts, "en"), sentence(code, facts)
        case NotConfiguredError() | NotADatabaseError() | NewerDatabaseError():
            return NOT_UNDERSTOOD, str(fault)
        case CannotListenError() | UnsafeDatabaseError():
            return REFUSED, str(fault)
        case ArgumentError():  # its text could hold the password of a half-right URL
            return NOT_UNDERSTOOD, (
                "POSTAL_DATABASE_URL is not the URL of a database that is known:"
                " sqlite:///FILE or postgresql+psycopg://…"
            )
        case DBAPIError() if _is_of_the_database(fault):
            return REFUSED, f"The database does not do it: {fault.orig}"
        case OSError():  # a full disk, above all under a temporary file
            return REFUSED, f"The system does not do it: {fault}"
    if isinstance(fault, checkpoints.DAMAGED):
        return REFUSED, f"The ledger in the store is not what was recorded: {fault}"
    return None


def _is_of_the_database(fault: DBAPIError) -> bool:
    """Whether it is for whoever runs the database to mend: it is away or full, or a right is missing."""
    lacking = getattr(fault.orig, "sqlstate", None) == INSUFFICIENT_PRIVILEGE
    return lacking or isinstance(fault, OperationalError)


def _is_text(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True
