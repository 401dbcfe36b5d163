"""One row for every table, made from the tables themselves, so that no new table is forgotten."""

from datetime import date
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    Float,
    Integer,
    LargeBinary,
    Table,
    func,
    insert,
    select,
)
from sqlalchemy.types import TypeEngine

from postal_service.storage.schema import Base
from postal_service.storage.types import Instant, PlainText
from tests.clock import NOON

# Every key is the same value of its type, so that every reference finds its row.
VALUES: dict[type[TypeEngine[Any]], object] = {
    PlainText: "Điện Bàn",
    LargeBinary: b"\x00\xff",
    Integer: 1,
    Float: 15.88,
    Boolean: False,
    Date: date(2026, 11, 23),
    Instant: NOON,
    JSON: {"vì sao": ["mưa"]},
}


def insert_rows(connection: Connection) -> None:
    """Put one row into every table."""
    for table in Base.metadata.sorted_tables:
        connection.execute(insert(table).values(row_of(table)))


def row_of(table: Table) -> dict[str, object]:
    """A row that every other table's row can refer to."""
    return {column.name: _value(column) for column in table.columns}


def counts(connection: Connection, names: set[str]) -> dict[str, int]:
    """How many rows each of the tables holds."""
    tables = Base.metadata.tables
    return {
        name: connection.scalar(select(func.count()).select_from(tables[name])) or 0
        for name in names
    }


def _value(column: Column[Any]) -> object:
    return next(value for kind, value in VALUES.items() if isinstance(column.type, kind))
