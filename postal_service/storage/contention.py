"""Whether a database refused because somebody else wrote at the same time: then trying again may help."""

import sqlite3

from sqlalchemy.exc import DBAPIError

# PostgreSQL's SQLSTATEs: a key that is there by now, two who waited for each other, a lock in time.
_OF_OTHERS = frozenset({"23505", "40P01", "40001", "55P03"})
_LOWEST_BYTE = 0xFF  # the rest of SQLite's code says in which way it was busy


def is_of_others(fault: DBAPIError) -> bool:
    """SQLite lets one write at a time, so what is told here of a key is PostgreSQL's alone."""
    if isinstance(fault.orig, sqlite3.Error):
        return fault.orig.sqlite_errorcode & _LOWEST_BYTE == sqlite3.SQLITE_BUSY
    return getattr(fault.orig, "sqlstate", None) in _OF_OTHERS
