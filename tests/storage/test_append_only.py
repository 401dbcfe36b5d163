"""The database itself refuses to change what only grows."""

import pytest
from sqlalchemy import Connection, insert, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from postal_service.storage.migrate import APPEND_ONLY
from postal_service.storage.schema import Base
from tests.storage.rows import counts, insert_rows, row_of

CHANGES = {
    "access_log": "why = ''",
    "administrative_step": "why = 'khác'",
    "ledger_entry": "signature = leaf_hash",
    "ledger_node": "hash = hash",
    "money_entry": "amount_dong = 0",
    "outbox_retry": "unit = ''",
    "second_factor_reset": "why = ''",
    "staff_change": "why = ''",
    "shift_count": "counted_dong = 0",
}

every_guarded_table = pytest.mark.parametrize("table", sorted(CHANGES))


def test_every_table_that_only_grows_is_tried() -> None:
    assert set(CHANGES) == APPEND_ONLY


@every_guarded_table
def test_a_row_once_added_cannot_be_changed(connection: Connection, table: str) -> None:
    insert_rows(connection)

    with pytest.raises(IntegrityError, match=f"{table} only grows: UPDATE refused"):
        connection.execute(text(f"UPDATE {table} SET {CHANGES[table]}"))


@every_guarded_table
def test_a_row_once_added_cannot_be_removed(connection: Connection, table: str) -> None:
    insert_rows(connection)

    with pytest.raises(IntegrityError, match=f"{table} only grows: DELETE refused"):
        connection.execute(text(f"DELETE FROM {table}"))


@every_guarded_table
def test_a_whole_table_cannot_be_emptied(connection: Connection, table: str) -> None:
    if connection.dialect.name == "sqlite":
        # SQLite's TRUNCATE is a DELETE without WHERE, which a trigger must turn off.
        insert_rows(connection)
        emptying, said = f"DELETE FROM {table} WHERE true", "DELETE refused"
    else:
        emptying, said = f"TRUNCATE {table} CASCADE", "TRUNCATE refused"

    with pytest.raises(IntegrityError, match=said):
        connection.execute(text(emptying))


@every_guarded_table
def test_a_row_cannot_be_replaced_by_a_second_one(connection: Connection, table: str) -> None:
    insert_rows(connection)
    described = Base.metadata.tables[table]
    row = row_of(described)
    if connection.dialect.name == "sqlite":
        replacing = insert(described).values(row).prefix_with("OR REPLACE")
    else:
        keys = list(described.primary_key)
        replacing = (
            upsert(described).values(row).on_conflict_do_update(index_elements=keys, set_=row)
        )

    with pytest.raises(IntegrityError, match=f"{table} only grows"):
        connection.execute(replacing)


def test_a_session_that_calls_itself_a_replica_is_refused_too(
    connection: Connection,
) -> None:
    insert_rows(connection)
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))

    with pytest.raises(IntegrityError, match="DELETE refused"):
        connection.execute(text("DELETE FROM ledger_entry"))


def test_what_may_change_still_changes(connection: Connection) -> None:
    insert_rows(connection)

    connection.execute(text("UPDATE ledger_edge SET size = 2"))
    connection.execute(text("DELETE FROM holding"))

    assert counts(connection, {"ledger_edge", "holding"}) == {"ledger_edge": 1, "holding": 0}
