"""The command line put together: every part adds its commands, and refusals are rendered once.

Exit status: 0 done, 1 refused (nothing or what the line says was saved), 2 the command was not
understood or the service is not configured.
"""

import argparse
from collections.abc import Sequence

from sqlalchemy.exc import ArgumentError, OperationalError

from postal_service.cli import demo, importing, installation, ledger, reporting, serving, witness
from postal_service.cli.listening import CannotListenError
from postal_service.cli.output import complain
from postal_service.domain.refusals import Refusal
from postal_service.domain.wording import sentence
from postal_service.services import checkpoints
from postal_service.settings import NotConfiguredError
from postal_service.storage.engine import NotADatabaseError, UnsafeDatabaseError

REFUSED, NOT_UNDERSTOOD = 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    arguments = parser().parse_args(argv)
    try:
        status: int = arguments.run(arguments)
    except Refusal as refusal:
        complain(sentence(refusal.code, refusal.facts, "en"), sentence(refusal.code, refusal.facts))
        return REFUSED
    except checkpoints.DAMAGED as fault:
        complain(f"The ledger in the store is not what was recorded: {fault}")
        return REFUSED
    except (NotConfiguredError, NotADatabaseError) as fault:
        complain(str(fault))
        return NOT_UNDERSTOOD
    except ArgumentError:  # its text could hold the password of a half-right URL
        complain(
            "POSTAL_DATABASE_URL is not the URL of a database that is known:"
            " sqlite:///FILE or postgresql+psycopg://…"
        )
        return NOT_UNDERSTOOD
    except OperationalError as fault:
        complain(f"The database does not do it: {fault.orig}")
        return REFUSED
    except (CannotListenError, UnsafeDatabaseError) as fault:
        complain(str(fault))
        return REFUSED
    except BrokenPipeError:
        return REFUSED  # whoever read us has stopped
    return status


def parser() -> argparse.ArgumentParser:
    """The command line: every subcommand adds itself."""
    top = argparse.ArgumentParser(
        prog="postal", description="Chain of custody, courier rounds and doorstep delivery."
    )
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    for part in (demo, serving, importing, reporting, ledger, witness, installation):
        part.add_commands(commands)
    return top
