"""Bring the tables to a numbered step of `migrations/`, in one transaction or not at all.

    python -m postal_service.storage.migrate upgrade URL
    python -m postal_service.storage.migrate check [URL]

Without a URL `check` makes a SQLite file, runs every step on it, compares, and removes it.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ArgumentError, DBAPIError

import migrations
from postal_service.storage.engine import NotADatabaseError, UnsafeDatabaseError, open_engine
from postal_service.storage.schema import Base

# Whose rows are added and never changed; each has triggers, which the schema cannot describe.
APPEND_ONLY = frozenset(
    {
        "ledger_entry",
        "ledger_node",
        "administrative_step",
        "money_entry",
        "access_log",
        "second_factor_reset",
        "staff_change",
        "shift_count",
        "outbox_retry",
    }
)
# Two servers that start at once must not both migrate; any number that nobody else locks will do.
_LOCK = 0x706F7374616C
_USAGE = "usage: python -m postal_service.storage.migrate upgrade URL | check [URL]"

_GUARDS = {
    # A table needs both triggers, or it can still be changed.
    "sqlite": """
        SELECT tbl_name FROM sqlite_master
        WHERE type = 'trigger' AND name IN (tbl_name || '_refuses_update', tbl_name || '_refuses_delete')
        GROUP BY tbl_name HAVING count(*) = 2
    """,
    # tgtype: 8 DELETE, 16 UPDATE, 32 TRUNCATE; tgenabled: A is always.
    "postgresql": """
        SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE relnamespace = current_schema()::regnamespace
          AND tgname = relname || '_refuses_changes' AND tgtype & 56 = 56 AND tgenabled = 'A'
    """,
}


class SchemaDiffersError(RuntimeError):
    """The tables are not what the code describes; the message lists every difference."""


class NewerDatabaseError(RuntimeError):
    """The tables are at a step of a later release, which this code does not know."""


_REFUSALS = (
    SchemaDiffersError, NewerDatabaseError, UnsafeDatabaseError, NotADatabaseError, DBAPIError
)  # fmt: skip


def upgrade(engine: Engine, to: str = "head") -> None:
    """Run the missing steps up to `to`. Nothing happens when there are none. Raises NewerDatabaseError."""
    _run(engine, command.upgrade, to)


def downgrade(engine: Engine, to: str) -> None:
    """Undo steps down to `to` ("base" for all). The rows of the dropped tables are lost.

    Raises NewerDatabaseError.
    """
    _run(engine, command.downgrade, to)


def pending(engine: Engine) -> bool:
    """Whether steps that this code knows are still to be run. Raises NewerDatabaseError."""
    steps = ScriptDirectory.from_config(_config())
    with engine.connect() as connection:
        found = _known_heads(connection, steps)
    return found != set(steps.get_heads())


def check(engine: Engine) -> None:
    """Compare tables and guards with the code. Raises SchemaDiffersError or NewerDatabaseError."""
    if pending(engine):
        raise SchemaDiffersError("The database is not at the newest step; run upgrade first.")
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        found = [repr(difference) for difference in compare_metadata(context, Base.metadata)]
        guarded = set(connection.scalars(text(_GUARDS[connection.dialect.name])))
    found += [f"{table} can be changed: a guard is missing" for table in APPEND_ONLY - guarded]
    if found:
        raise SchemaDiffersError("\n".join(sorted(found)))


def _run(engine: Engine, step: Callable[[Config, str], None], to: str) -> None:
    with engine.connect() as connection, _references_unenforced(connection), connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config = _config()
        _known_heads(connection, ScriptDirectory.from_config(config))
        config.attributes["connection"] = connection
        step(config, to)
        _assert_references_hold(connection)


def _known_heads(connection: Connection, steps: ScriptDirectory) -> set[str]:
    """The step at which the tables are, if it is one of ours. Raises NewerDatabaseError."""
    found = set(MigrationContext.configure(connection).get_current_heads())
    unknown = found - {step.revision for step in steps.walk_revisions()}
    if unknown:
        raise NewerDatabaseError(
            f"The database is newer than this program: its tables are at step {', '.join(unknown)},"
            f" the newest one known here is {', '.join(steps.get_heads())}."
            " Run the release that made them, or a later one."
        )
    return found


@contextmanager
def _references_unenforced(connection: Connection) -> Iterator[None]:
    # SQLite changes a table by copying and dropping it, which its enforced references would forbid.
    # The switch works only outside a transaction, so it goes past SQLAlchemy, which would begin one.
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.cursor()
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")
        driver.close()


def _assert_references_hold(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise SchemaDiffersError(f"A step would leave references to nothing: {broken[:10]}")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    return config


def main(arguments: Sequence[str]) -> int:
    """The command line; answers the exit status: 0 well, 1 not so, 2 not understood."""
    try:
        match arguments:
            case ["upgrade", url]:
                _on(url, upgrade)
                print("The tables are at the newest step.")
            case ["check", url]:
                _on(url, check)
                print("The tables are what the code describes.")
            case ["check"]:
                _check_the_steps()
                print("The steps make the tables that the code describes.")
            case _:
                print(_USAGE, file=sys.stderr)
                return 2
    except ArgumentError:  # its text could hold the password of a half-right URL
        print("That is not the URL of a database.", file=sys.stderr)
        return 2
    except _REFUSALS as refused:
        print(refused, file=sys.stderr)
        return 1
    return 0


def _check_the_steps() -> None:
    with TemporaryDirectory(prefix="postal-check-") as folder:
        url = f"sqlite:///{Path(folder) / 'check.db'}"
        _on(url, upgrade)
        _on(url, check)


def _on(url: str, act: Callable[[Engine], None]) -> None:
    engine = open_engine(url)
    try:
        act(engine)
    finally:
        engine.dispose()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
