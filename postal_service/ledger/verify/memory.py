"""What must be remembered of each event lies in a temporary file, so that memory does not follow the ledger."""

import sqlite3
from typing import Any

from .answer import Unreadable

KEPT_KIB = 8_192  # of the temporary file, so much is in memory


def temporary_file() -> sqlite3.Connection:
    """One that nobody else sees and that ends with its connection; nothing in it is taken back."""
    disk = sqlite3.connect("")
    disk.execute("PRAGMA journal_mode = OFF")
    disk.execute(f"PRAGMA cache_size = -{KEPT_KIB}")
    return disk


class Kept:
    """What is remembered by its key."""

    def __init__(self, disk: sqlite3.Connection, table: str, *columns: str) -> None:
        values = ", ".join("?" * (1 + len(columns)))
        self.disk = disk
        # Names are this program's own; whatever the file says is a value.
        self.asking = f"SELECT {', '.join(columns) or 1} FROM {table} WHERE key = ?"  # noqa: S608
        self.storing = f"REPLACE INTO {table} VALUES ({values})"  # noqa: S608
        self.adding = f"INSERT OR IGNORE INTO {table} VALUES ({values})"  # noqa: S608
        self._run(
            f"CREATE TABLE {table} ({', '.join(('key PRIMARY KEY', *columns))}) WITHOUT ROWID"
        )

    def get(self, key: bytes | str) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._run(self.asking, key).fetchone()
        return row

    def put(self, key: bytes | str, *values: object) -> None:
        """Remember it in the place of what was there."""
        self._run(self.storing, key, *values)

    def add(self, key: bytes | str, *values: object) -> bool:
        """Remember it if it is new. Returns whether it was."""
        return self._run(self.adding, key, *values).rowcount == 1

    def __contains__(self, key: bytes | str) -> bool:
        return self.get(key) is not None

    def _run(self, statement: str, *values: object) -> sqlite3.Cursor:
        try:
            return self.disk.execute(statement, values)
        except sqlite3.Error as fault:
            raise Unreadable(f"what must be remembered finds no room: {fault}") from fault
