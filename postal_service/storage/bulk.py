"""Write many rows of one table: each value is made ready by its column's type, and the driver gets them all at once.

SQLAlchemy's own way works row by row through every parameter, which for a large upload or an import
costs more than the database does. PostgreSQL gets a list for each column, in one question that is
the same for any number of rows, and of several tables where they do not rest on one another; SQLite
gets the rows one after another.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import Dialect, LargeBinary, Table
from sqlalchemy.orm import Session

from postal_service.storage.schema import Base

Processor = Callable[[Any], Any]
Row = Mapping[str, object]


class IfThere(Enum):
    """What becomes of a row whose primary key is in the table already."""

    REFUSE = 0
    LEAVE = 1
    REPLACE = 2


class Rows(NamedTuple):
    """Rows of one table, which all fill in the same columns."""

    kind: type[Base]
    rows: Sequence[Row]
    if_there: IfThere = IfThere.REFUSE


class _Insert(NamedTuple):
    words: str
    processors: tuple[Processor | None, ...]


def insert_many(session: Session, kind: type[Base], rows: Sequence[Row]) -> None:
    """Insert rows that all fill in the same columns. Defaults of the table are the database's alone."""
    insert_together(session, Rows(kind, rows))


def insert_missing(session: Session, kind: type[Base], rows: Sequence[Row]) -> int:
    """Insert those of the rows whose primary key is not there; no key may come twice. How many were."""
    return insert_together(session, Rows(kind, rows, IfThere.LEAVE))


def insert_together(session: Session, *several: Rows) -> int:
    """Insert rows of tables of which none refers to another. How many were written of the last one."""
    some = [each for each in several if each.rows]
    if not some:
        return 0
    connection = session.connection()
    dialect = connection.dialect
    inserts = [_insert_of(each, dialect) for each in some]
    columns = [_columns(each, made) for each, made in zip(some, inserts, strict=True)]
    if _takes_lists(dialect):
        words = _in_one(tuple(made.words for made in inserts))
        return connection.exec_driver_sql(words, tuple(chain.from_iterable(columns))).rowcount
    written = 0
    for made, lists in zip(inserts, columns, strict=True):
        rows = list(zip(*lists, strict=True))
        written = connection.exec_driver_sql(made.words, rows).rowcount
    return written


def _insert_of(told: Rows, dialect: Dialect) -> _Insert:
    table = told.kind.__table__
    assert isinstance(table, Table)
    return _insert(table, tuple(told.rows[0]), dialect, told.if_there)


def _columns(told: Rows, made: _Insert) -> list[list[Any]]:
    names = tuple(told.rows[0])
    return [
        _ready([row[name] for row in told.rows], processor)
        for name, processor in zip(names, made.processors, strict=True)
    ]


@lru_cache(maxsize=256)
def _in_one(inserts: tuple[str, ...]) -> str:
    *others, last = inserts
    if not others:
        return last
    before = ", ".join(f"written_{n} AS ({words})" for n, words in enumerate(others))
    return f"WITH {before} {last}"


def _takes_lists(dialect: Dialect) -> bool:
    return dialect.name == "postgresql"


@lru_cache(maxsize=256)
def _insert(table: Table, names: tuple[str, ...], dialect: Dialect, if_there: IfThere) -> _Insert:
    """Made once: making it anew costs more than running it."""
    quote = dialect.identifier_preparer.quote
    if _takes_lists(dialect):
        lists = (f"%s::{table.columns[name].type.compile(dialect)}[]" for name in names)
        source = f"SELECT * FROM unnest({', '.join(lists)})"  # noqa: S608 - names of our own schema
    else:
        source = f"VALUES ({', '.join('?' * len(names))})"
    words = f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, names))}) {source}"
    key = [column.name for column in table.primary_key]
    if if_there is not IfThere.REFUSE:
        others = ", ".join(f"{quote(n)} = excluded.{quote(n)}" for n in names if n not in key)
        deed = f"UPDATE SET {others}" if if_there is IfThere.REPLACE else "NOTHING"
        words += f" ON CONFLICT ({', '.join(map(quote, key))}) DO {deed}"
    return _Insert(words, tuple(_processor(table, name, dialect) for name in names))


def _processor(table: Table, name: str, dialect: Dialect) -> Processor | None:
    kind = table.columns[name].type
    # Drivers take bytes as they are; SQLAlchemy would wrap each value.
    return (
        None
        if isinstance(kind, LargeBinary)
        else kind.dialect_impl(dialect).bind_processor(dialect)
    )


def _ready(values: list[Any], processor: Processor | None) -> list[Any]:
    if processor is None:
        return values
    # A unit, a state, a day of reception: most columns say the same few things again and again.
    known: dict[Any, Any] = {}
    for value in values:
        if value not in known:
            known[value] = processor(value)
    return [known[value] for value in values]
