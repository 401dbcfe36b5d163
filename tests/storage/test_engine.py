"""A database that could lose an acknowledged write is not opened."""

from pathlib import Path
from time import sleep
from traceback import format_exception

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from postal_service.storage.bulk import insert_many
from postal_service.storage.engine import (
    TRUSTED_SECONDS,
    UnsafeDatabaseError,
    _assert_durable_sqlite,
    _take_transactions_away_from_the_driver,
    open_engine,
)
from postal_service.storage.schema import SealRow
from tests.databases import fresh_database, sqlite_url


@pytest.mark.usefixtures("own_databases")
@pytest.mark.parametrize(
    "weaker",
    [
        "synchronous=NORMAL",
        "synchronous=OFF",
        "journal_mode=DELETE",
        "foreign_keys=OFF",
        "recursive_triggers=OFF",
    ],
)
def test_a_weaker_sqlite_is_refused(tmp_path: Path, weaker: str) -> None:
    engine = create_engine(sqlite_url(tmp_path))
    _take_transactions_away_from_the_driver(engine)

    @event.listens_for(engine, "connect")
    def _weaken(connection: DBAPIConnection, _record: object) -> None:
        connection.cursor().execute(f"PRAGMA {weaker}")

    with pytest.raises(UnsafeDatabaseError, match=weaker.partition("=")[0]):
        _assert_durable_sqlite(engine)
    engine.dispose()


@pytest.mark.usefixtures("own_databases")
def test_a_disk_that_cannot_share_memory_is_refused(tmp_path: Path) -> None:
    # As on a network drive: SQLite then quietly stays with its old journal.
    url = f"sqlite:///file:{tmp_path / 'far.db'}?vfs=unix-none&uri=true"

    with pytest.raises(UnsafeDatabaseError, match="journal_mode"):
        open_engine(url)


@pytest.mark.parametrize("weaker", ["off", "local"])
def test_a_postgresql_that_answers_before_it_wrote_is_refused(
    postgres_url: str, weaker: str
) -> None:
    with fresh_database(postgres_url, "hasty") as url:
        engine = open_engine(url)
        with engine.begin() as connection:
            name = connection.scalar(text("SELECT current_database()"))
            connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = {weaker}"))
        engine.dispose()

        with pytest.raises(UnsafeDatabaseError, match="synchronous_commit"):
            open_engine(url)


def test_a_reference_to_nothing_is_refused(committed_engine: Engine) -> None:
    with pytest.raises(IntegrityError), committed_engine.begin() as connection:
        connection.execute(text("INSERT INTO dossier_key VALUES ('nobody', '')"))


def test_taking_back_to_a_savepoint_keeps_what_was_before_it(committed_engine: Engine) -> None:
    with committed_engine.begin() as connection:
        connection.execute(text("INSERT INTO counter VALUES ('before', 1)"))
        savepoint = connection.begin_nested()
        connection.execute(text("INSERT INTO counter VALUES ('inside', 1)"))
        savepoint.rollback()
        connection.execute(text("INSERT INTO counter VALUES ('after', 1)"))

    with committed_engine.connect() as connection:
        names = connection.scalars(text("SELECT name FROM counter ORDER BY name")).all()
    assert names == ["after", "before"]


def test_creating_a_table_is_taken_back_like_any_change(committed_engine: Engine) -> None:
    with committed_engine.connect() as connection:
        connection.execute(text("CREATE TABLE half_made (id integer)"))
        connection.rollback()

        assert not committed_engine.dialect.has_table(connection, "half_made")


def test_a_statement_that_fails_does_not_tell_what_it_was_asked(engine: Engine) -> None:
    # Such a fault is logged with its text; a name that was looked for has no place there.
    with engine.connect() as connection, pytest.raises(DBAPIError) as failed:
        connection.execute(
            text("SELECT nothing FROM nowhere WHERE name = :n"), {"n": "Trần Thị Mai"}
        )

    assert "Mai" not in str(failed.value)


def test_a_row_that_is_refused_is_not_told_but_the_rule_that_it_breaks(engine: Engine) -> None:
    insert, row = text("INSERT INTO counter VALUES (:n, 1)"), {"n": "Trần Thị Mai"}
    with engine.connect() as connection:
        connection.execute(insert, row)
        with pytest.raises(IntegrityError) as failed:
            connection.execute(insert, row)

    told = "".join(format_exception(failed.value))
    assert "Mai" not in told
    assert "IntegrityError" in told
    assert ("pk_counter" if engine.dialect.name == "postgresql" else "counter.name") in told
    assert str(failed.value.orig) in str(failed.value)


def test_rows_that_are_written_all_at_once_are_not_told_either(session: Session) -> None:
    row = {"serial": "NP00000001", "item": "Trần Thị Mai", "event_id": "Trần Thị Mai"}
    with pytest.raises(IntegrityError) as failed:
        insert_many(session, SealRow, [row, row])

    told = "".join(format_exception(failed.value))
    assert "Mai" not in told
    assert "NP00000001" not in told
    assert "seal" in told


@pytest.mark.usefixtures("own_databases")
def test_a_connection_is_asked_whether_it_lives_only_after_it_lay_for_a_while(
    postgres_url: str,
) -> None:
    with fresh_database(postgres_url, "alive") as url:
        engine = open_engine(url)
        watcher = create_engine(url)
        asked = text("SELECT query FROM pg_stat_activity WHERE pid = :pid")
        with engine.connect() as connection, watcher.connect() as watching:
            pid = connection.scalar(text("SELECT pg_backend_pid()"))
            connection.close()
            with engine.connect():
                at_once = watching.scalar(asked, {"pid": pid})
            watching.rollback()
            sleep(TRUSTED_SECONDS)
            with engine.connect():
                later = watching.scalar(asked, {"pid": pid})
        engine.dispose()
        watcher.dispose()

    assert (at_once, later) == (
        "ROLLBACK",
        ";",
    )  # what was last said to the server; ";" asks nothing


@pytest.mark.usefixtures("own_databases")
def test_a_connection_that_its_server_has_ended_is_not_given_out(postgres_url: str) -> None:
    with fresh_database(postgres_url, "ended") as url:
        engine = open_engine(url)
        other = create_engine(url)
        with engine.connect() as connection:
            first = connection.scalar(text("SELECT pg_backend_pid()"))
        with other.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": first})
        # within the second in which it would be trusted
        with engine.connect() as connection:
            second = connection.scalar(text("SELECT pg_backend_pid()"))
        engine.dispose()
        other.dispose()

    assert second != first
