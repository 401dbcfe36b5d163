"""Whether a database refused because somebody else wrote at the same time: then trying again may help."""

import sqlite3

from sqlalchemy.exc import DBAPIError

# PostgreSQL's SQLSTATEs: two who waited for each other, a lock that was not got in time; a known key.
_BUSY = frozenset({"40P01", "40001", "55P03"})
_KEY_KNOWN = "23505"
_LOWEST_BYTE = 0xFF  # the rest of SQLite's code says in which way it was busy


def is_of_others(fault: DBAPIError) -> bool:
    """Somebody else holds what is needed, or was faster: SQLite lets one write at a time, so a known key is PostgreSQL's alone."""
    return is_busy(fault) or getattr(fault.orig, "sqlstate", None) == _KEY_KNOWN


def is_busy(fault: DBAPIError) -> bool:
    """Somebody else holds what is needed: nothing was written, and the same transaction may do later."""
    if isinstance(fault.orig, sqlite3.Error):
        return fault.orig.sqlite_errorcode & _LOWEST_BYTE == sqlite3.SQLITE_BUSY
    return getattr(fault.orig, "sqlstate", None) in _BUSY
