"""The test databases themselves: real, apart from each other, and gone when the tests are."""

import os
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from tests import databases
from tests.databases import fresh_database, not_here, postgres_server, postgres_url, sqlite_url

__all__ = ["postgres_url"]  # pytest finds a fixture by its name in the module


def _ask(url: str, question: str) -> object:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        return connection.execute(text(question)).scalar()


def test_two_fresh_databases_do_not_see_each_other(postgres_url: str) -> None:
    with (
        fresh_database(postgres_url, "left") as left,
        fresh_database(postgres_url, "right") as right,
    ):
        engine = create_engine(left, poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE seals (serial text)"))

        assert _ask(left, "SELECT to_regclass('seals') IS NOT NULL") is True
        assert _ask(right, "SELECT to_regclass('seals') IS NOT NULL") is False


def test_a_dropped_database_takes_its_open_connections_with_it(postgres_url: str) -> None:
    with fresh_database(postgres_url, "held") as url:
        engine = create_engine(url, poolclass=NullPool)
        left_open = engine.connect()
        left_open.execute(text("SELECT 1"))

    with pytest.raises(OperationalError):
        _ask(url, "SELECT 1")
    left_open.invalidate()
    left_open.close()


def test_the_server_keeps_what_it_acknowledged(postgres_url: str) -> None:
    with fresh_database(postgres_url, "durable") as url:
        assert _ask(url, "SHOW fsync") == "on"
        assert _ask(url, "SHOW server_encoding") == "UTF8"
        assert _ask(url, "SELECT 'Điện Bàn'") == "Điện Bàn"


def test_files_lie_in_memory_only_where_there_is_room_and_nobody_said_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(databases, "MEMORY", tmp_path)
    places = []
    for least, said in ((2**62, None), (0, None), (0, "/")):
        monkeypatch.setattr(databases, "LEAST_FREE_BYTES", least)
        monkeypatch.delenv("TMPDIR", raising=False)
        if said:
            monkeypatch.setenv("TMPDIR", said)
        databases.keep_files_in_memory()
        places.append(os.environ.get("TMPDIR"))

    assert places == [None, str(tmp_path), "/"]


@pytest.mark.parametrize("name", ["", "x; DROP DATABASE postgres", "Postal", "a" * 60, 'a"b'])
def test_a_name_that_is_no_name_makes_no_database(name: str) -> None:
    with (
        pytest.raises(ValueError, match="not a name"),
        fresh_database("postgresql+psycopg://nobody@127.0.0.1:1", name),
    ):
        pass


def test_a_named_server_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        databases.SERVER_VARIABLE, "postgresql://clerk:secret@db.example:5433/office"
    )

    with postgres_server() as url:
        assert url == "postgresql+psycopg://clerk:secret@db.example:5433/office"


def test_a_missing_server_skips_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(databases.REQUIRE_VARIABLE, raising=False)

    with pytest.raises(pytest.skip.Exception, match="no initdb here"):
        not_here("no initdb here")


def test_where_everything_is_required_a_missing_server_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(databases.REQUIRE_VARIABLE, "1")

    with pytest.raises(pytest.fail.Exception, match="no initdb here"):
        not_here("no initdb here")


@pytest.mark.usefixtures("own_databases")
def test_sqlite_lives_in_the_folder_it_was_given(tmp_path: Path) -> None:
    assert _ask(sqlite_url(tmp_path), "SELECT 1") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["postal.db"]
