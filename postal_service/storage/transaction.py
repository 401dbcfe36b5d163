"""One use case, one transaction. This is the only module that commits."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session, sessionmaker

from postal_service.storage.engine import READ_ONLY


@dataclass(frozen=True)
class Sessions:
    """Where sessions come from: one way to write, one to read, one to put a single question."""

    writers: sessionmaker[Session]
    readers: sessionmaker[Session]
    askers: sessionmaker[Session]
    # Several SQLite writers in one process starve each other in the busy handler; they queue here.
    queue: "Lock | None" = field(default=None, compare=False)


def sessions_on(engine: Engine) -> Sessions:
    writers = sessionmaker(engine)
    if engine.dialect.name == "sqlite":
        looking = sessionmaker(engine.execution_options(**{READ_ONLY: True}))
        return Sessions(writers=writers, readers=looking, askers=looking, queue=Lock())
    # At PostgreSQL's default level two questions of one page could be answered from two moments.
    readers = engine.execution_options(isolation_level="REPEATABLE READ")
    askers = engine.execution_options(isolation_level="AUTOCOMMIT")
    return Sessions(writers=writers, readers=sessionmaker(readers), askers=sessionmaker(askers))


def sessions_inside(connection: Connection) -> Sessions:
    """Sessions that work inside a transaction that is already open; for tests."""
    inside = sessionmaker(connection, join_transaction_mode="create_savepoint")
    return Sessions(writers=inside, readers=inside, askers=inside)


@contextmanager
def transaction(sessions: Sessions) -> Iterator[Session]:
    """Commit if the block ends, roll back if it raises."""
    with sessions.queue or nullcontext(), sessions.writers.begin() as session:
        yield session


@contextmanager
def reading(sessions: Sessions) -> Iterator[Session]:
    """One consistent look at the store, waiting for no writer. What is changed is not saved."""
    with sessions.readers() as session:
        yield session
        session.rollback()


@contextmanager
def asking(sessions: Sessions) -> Iterator[Session]:
    """One question, whose answer is of one moment by itself: PostgreSQL needs no transaction for it.

    Only a question: what were changed here, PostgreSQL would keep.
    """
    with sessions.askers() as session:
        yield session
