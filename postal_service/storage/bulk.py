"""Insert many rows of one table: each value is made ready by its column's type, and the driver gets them all at once.

SQLAlchemy's own way works row by row through every parameter, which for an import costs more than the database does.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Dialect, LargeBinary, Table, insert
from sqlalchemy.orm import Session

from postal_service.storage.schema import Base

Processor = Callable[[Any], Any]


def insert_many(session: Session, kind: type[Base], rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows that all fill in the same columns. Defaults of the table are the database's alone."""
    if not rows:
        return
    table = kind.__table__
    assert isinstance(table, Table)
    names = list(rows[0])
    connection = session.connection()
    dialect = connection.dialect
    ready = [
        _ready([row[name] for row in rows], _processor(table, name, dialect)) for name in names
    ]
    statement = str(insert(table).compile(dialect=dialect, column_keys=names))
    if dialect.positional:
        connection.exec_driver_sql(
            statement, list(zip(*_in_order(table, names, ready), strict=True))
        )
        return
    told = [dict(zip(names, values, strict=True)) for values in zip(*ready, strict=True)]
    connection.exec_driver_sql(statement, told)


def _in_order(table: Table, names: list[str], ready: list[list[Any]]) -> list[list[Any]]:
    # An INSERT names its columns in the order of the table.
    by_name = dict(zip(names, ready, strict=True))
    return [by_name[column.name] for column in table.columns if column.name in by_name]


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
