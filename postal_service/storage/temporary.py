"""A store of a few tables for the time of one question, in a file that nobody else sees.

What is told anew to be compared lies here: memory does not follow the ledger, and nothing is written
to the store that is compared. SQLite puts the file where SQLITE_TMPDIR says.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Table, create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from postal_service.storage.schema import Base

KEPT_KIB = 8_192  # of the file, so much is in memory


@contextmanager
def temporary(tables: Sequence[Table]) -> Iterator[Session]:
    """A session on these tables, empty; the file ends with the block."""
    engine = create_engine("sqlite://", creator=_open, poolclass=StaticPool, hide_parameters=True)
    try:
        Base.metadata.create_all(engine, tables)
        with Session(engine) as session:
            yield session
    finally:
        engine.dispose()


def _open() -> sqlite3.Connection:
    # "" is SQLite's name for a file of its own that is deleted when it is closed.
    disk = sqlite3.connect("", check_same_thread=False)
    disk.execute("PRAGMA journal_mode = OFF")  # nothing in it is ever taken back
    disk.execute(f"PRAGMA cache_size = -{KEPT_KIB}")
    return disk
