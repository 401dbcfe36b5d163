"""Open the database so that a transaction means the same on SQLite and PostgreSQL.

Nothing acknowledged may be lost, so the settings that promise durability are asserted when the
engine opens, not hoped for.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from select import POLLIN, poll
from time import monotonic
from typing import cast

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DatabaseError, InvalidatePoolError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

READ_ONLY = "postal_read_only"
BUSY_TIMEOUT_MS = 30_000
LOCK_TIMEOUT_MS = 2_000
LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's SQLSTATE
INSUFFICIENT_PRIVILEGE = "42501"
TRUSTED_SECONDS = 1.0  # a connection that answered so lately is not asked whether it lives
KEPT_PAGES_KIB = 4_096  # of each connection to SQLite; the system keeps the whole file besides


class UnsafeDatabaseError(RuntimeError):
    """The database is set up so that an acknowledged write could be lost."""


class NotADatabaseError(RuntimeError):
    """What the URL names is there, and is no database."""


class StillReadError(RuntimeError):
    """What was deleted stands in a journal that a long reader holds; nothing is lost by waiting."""


def open_engine(url: str) -> Engine:
    """An engine whose commits are durable.

    Raises UnsafeDatabaseError when they would not be, NotADatabaseError, ArgumentError for a URL of
    neither SQLite nor PostgreSQL or of a driver that is not here, or OperationalError.
    """
    if make_url(url).get_backend_name() not in {"sqlite", "postgresql"}:
        raise ArgumentError("The service knows SQLite and PostgreSQL.")
    try:
        engine, ask = _engine(url)
    except ModuleNotFoundError as fault:
        raise ArgumentError(f"There is no driver {fault.name} here.") from fault
    try:
        ask(engine)
    except DatabaseError as fault:
        engine.dispose()
        if (
            type(fault) is DatabaseError
        ):  # SQLite's "file is not a database" has no class of its own
            raise NotADatabaseError(f"No database is there: {fault.orig}.") from fault
        raise
    except BaseException:
        engine.dispose()
        raise
    return engine


def store_file(session: Session) -> Path | None:
    """The file in which the store lies; None where another server keeps it, or memory."""
    if session.get_bind().dialect.name != "sqlite":
        return None
    (_, _, file) = session.connection().exec_driver_sql("PRAGMA database_list").first() or ("",) * 3
    return Path(file) if file else None


def forget_deleted(engine: Engine, tables: Iterable[str]) -> None:
    """Overwrite what was deleted from these tables, after the deletion was committed.

    SQLite overwrites rows as they are deleted, and its journal here. PostgreSQL keeps dead rows in
    a table until it is rewritten, which locks it for that time; its own journal (WAL) and backups
    are the operator's to rotate. Raises StillReadError rather than wait long for a reader.
    """
    if engine.dialect.name == "sqlite":
        # Past SQLAlchemy, which would begin a transaction; a checkpoint cannot run inside one.
        driver = engine.raw_connection()
        try:
            cursor = driver.cursor()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (busy, *_rest) = cursor.fetchone() or (1,)
            cursor.close()
            if busy:
                raise StillReadError("Somebody still reads the journal; forget again later.")
        finally:
            driver.close()
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        quote = connection.dialect.identifier_preparer.quote
        # Everybody who comes later to the table queues behind the one who waits to lock it.
        connection.exec_driver_sql(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")
        try:
            for table in tables:
                connection.exec_driver_sql(f"VACUUM (FULL) {quote(table)}")
        except OperationalError as fault:
            if getattr(fault.orig, "sqlstate", "") == LOCK_NOT_AVAILABLE:
                raise StillReadError("Somebody still reads a table; forget again later.") from fault
            raise
        finally:
            connection.exec_driver_sql("RESET lock_timeout")


def _engine(url: str) -> tuple[Engine, Callable[[Engine], None]]:
    """The engine, and what asks whether it keeps what it promises."""
    # A failed statement is logged with its fault: what was asked about whom must not stand beside it.
    if url.startswith("sqlite"):
        engine = create_engine(url, hide_parameters=True)
        _take_transactions_away_from_the_driver(engine)
        return engine, _assert_durable_sqlite
    engine = create_engine(url, pool_size=16, max_overflow=16, hide_parameters=True)
    _give_out_living_connections(engine)
    _send_lists_as_bytes(engine)
    _take_rows_out_of_faults(engine)
    return engine, _assert_durable_postgresql


def _give_out_living_connections(engine: Engine) -> None:
    """Ask a connection whether it lives when it lay for a while, or when its server has said something.

    SQLAlchemy's own pre-ping asks each time: two more questions for every upload, for two
    connections that answered a moment ago. A server that ends says so on the line, unasked.
    """

    @event.listens_for(engine, "connect")
    @event.listens_for(engine, "checkin")
    def _on_answer(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        record.info["answered"] = monotonic()

    @event.listens_for(engine, "checkout")
    def _on_checkout(
        connection: DBAPIConnection, record: ConnectionPoolEntry, _lent: object
    ) -> None:
        lately = monotonic() - record.info["answered"] < TRUSTED_SECONDS
        if lately and not _has_something_to_say(connection):
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as fault:
            raise InvalidatePoolError from fault


def _has_something_to_say(connection: DBAPIConnection) -> bool:
    line = poll()
    line.register(connection.fileno(), POLLIN)
    return bool(line.poll(0))


def _send_lists_as_bytes(engine: Engine) -> None:
    # The driver would write a list out as text where nothing says otherwise, at ten times the cost.
    from psycopg import Connection as Driver  # noqa: PLC0415 - there only with PostgreSQL
    from psycopg.types.array import ListBinaryDumper  # noqa: PLC0415

    @event.listens_for(engine, "connect")
    def _on_connect(connection: DBAPIConnection, _record: object) -> None:
        cast("Driver[object]", connection).adapters.register_dumper(list, ListBinaryDumper)


def _take_rows_out_of_faults(engine: Engine) -> None:
    # PostgreSQL names the constraint in the first line, and tells the row itself in those below it.
    @event.listens_for(engine, "handle_error")
    def _on_fault(context: ExceptionContext) -> None:
        fault, wrapped = context.original_exception, context.sqlalchemy_exception
        first_line = getattr(getattr(fault, "diag", None), "message_primary", None)
        if first_line is None:  # it comes from the driver, which knows no row
            return
        whole = str(fault)
        fault.args = (first_line,)
        if wrapped is not None:
            wrapped.args = tuple(str(told).replace(whole, first_line) for told in wrapped.args)


def _take_transactions_away_from_the_driver(engine: Engine) -> None:
    # The sqlite3 module begins transactions late and breaks savepoints; we begin them ourselves.
    @event.listens_for(engine, "connect")
    def _on_connect(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            # Else INSERT OR REPLACE would delete a ledger row behind the back of its trigger.
            "recursive_triggers=ON",
            # What is deleted is overwritten: an erased person must not be read from the file.
            "secure_delete=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            f"cache_size=-{KEPT_PAGES_KIB}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        # A writer that began deferred could fail half-way when it has to become a writer.
        reads = connection.get_execution_options().get(READ_ONLY, False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _assert_durable_sqlite(engine: Engine) -> None:
    with engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in (
                "journal_mode",
                "synchronous",
                "foreign_keys",
                "recursive_triggers",
                "secure_delete",
            )
        }
    in_memory = engine.url.database in {None, "", ":memory:"}
    wanted = {
        "journal_mode": "memory" if in_memory else "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "secure_delete": 1,
    }
    if found != wanted:
        raise UnsafeDatabaseError(f"SQLite answers {found}; needed is {wanted}.")


def _assert_durable_postgresql(engine: Engine) -> None:
    names = ("fsync", "full_page_writes", "synchronous_commit")
    with engine.connect() as connection:
        found = {name: connection.scalar(text(f"SHOW {name}")) for name in names}
    if found["fsync"] != "on" or found["full_page_writes"] != "on":
        raise UnsafeDatabaseError(
            f"PostgreSQL answers {found}; fsync and full_page_writes must be on."
        )
    if found["synchronous_commit"] in {"off", "local"}:
        raise UnsafeDatabaseError(
            f"PostgreSQL answers {found}; synchronous_commit must not be off."
        )
