"""Insert a row whose key may be there already. Both databases can, each in words of its own.

The statements are made once for each table: making one anew costs more than running it.
"""

from functools import cache

from sqlalchemy import Insert, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def insert_or_leave(session: Session, table: Table) -> Insert:
    """An insert that leaves a row alone which has the same primary key."""
    return _leaving(table, session.get_bind().dialect.name)


@cache
def _leaving(table: Table, dialect: str) -> Insert:
    if dialect == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing(index_elements=list(table.primary_key))
    return postgresql.insert(table).on_conflict_do_nothing(index_elements=list(table.primary_key))
