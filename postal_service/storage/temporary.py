"""A store of a few tables for the time of one question, in a file that nobody else sees.

What is told anew to be compared lies here: memory does not follow the ledger, and nothing is written
to the store that is compared. SQLite puts the file where SQLITE_TMPDIR says.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b

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


class FirstSeen:
    """Where each key came first. Keys may be people's, so none of them can be read from the file."""

    def __init__(self) -> None:
        self._secret = os.urandom(16)
        self._disk = _open()
        self._disk.execute("CREATE TABLE seen (key BLOB PRIMARY KEY, at INTEGER) WITHOUT ROWID")

    def at(self, key: str, place: int) -> int:
        """The place at which the key came first, which is this one if it never came before."""
        told = blake2b(key.encode(), digest_size=16, key=self._secret).digest()
        new = "INSERT INTO seen VALUES (?, ?) ON CONFLICT DO NOTHING"
        if self._disk.execute(new, (told, place)).rowcount:
            return place
        known = self._disk.execute("SELECT at FROM seen WHERE key = ?", (told,))
        return int(known.fetchone()[0])

    def close(self) -> None:
        self._disk.close()


def _open() -> sqlite3.Connection:
    # "" is SQLite's name for a file of its own that is deleted when it is closed.
    disk = sqlite3.connect("", check_same_thread=False)
    disk.execute("PRAGMA journal_mode = OFF")  # nothing in it is ever taken back
    disk.execute(f"PRAGMA cache_size = -{KEPT_KIB}")
    return disk
