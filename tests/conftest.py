"""What every test stands on: real databases made by the real migrations, a clock, and no network.

`session` and `sessions` work inside a transaction that is rolled back; `committed_sessions` is for
tests with threads or a server, on a database of their own. Each runs on SQLite and PostgreSQL. A test
that asks for none of them cannot reach a database; one that opens its own asks for `own_databases`.
"""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.orm import Session

from postal_service.storage.engine import open_engine
from postal_service.storage.migrate import upgrade
from postal_service.storage.transaction import Sessions, sessions_inside, sessions_on
from tests.clock import NOON, Clock
from tests.databases import fresh_database, keep_files_in_memory, postgres_url, sqlite_url
from tests.loopback import only_loopback
from tests.routes import compiled_once

__all__ = ["NOON", "postgres_url"]

keep_files_in_memory()

# A shell has what it runs in the background ignore Ctrl-C, and so would the programs that tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("modest", max_examples=50, deadline=None)
settings.register_profile(
    "ci", max_examples=100, deadline=None, derandomize=True, database=None, print_blob=True
)
settings.load_profile("ci" if os.environ.get("CI") else "modest")


class UnaskedDatabaseError(RuntimeError):
    """A test reached a database without asking for one."""


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    with only_loopback():
        yield


@pytest.fixture(scope="session", autouse=True)
def _routes_compiled_once() -> Iterator[None]:
    with compiled_once():
        yield


@pytest.fixture(autouse=True)
def _no_unasked_database(request: pytest.FixtureRequest) -> Iterator[None]:
    if {"dialect", "postgres_url", "own_databases"} & set(request.fixturenames):
        yield
        return
    event.listen(Engine, "do_connect", _refuse_to_connect)
    yield
    event.remove(Engine, "do_connect", _refuse_to_connect)


def _refuse_to_connect(*_: object) -> None:
    raise UnaskedDatabaseError(
        "This test asked for no database. Take session, sessions, committed_sessions or engine,"
        " or own_databases if it must open its own."
    )


@pytest.fixture(scope="session")
def own_databases() -> None:
    """Lets a test open databases that it makes itself."""


@pytest.fixture
def clock() -> Clock:
    """Noon of a Monday in UTC, until the test moves it."""
    return Clock()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    """Which database the test runs on; whoever asks runs on both."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file, to be copied and never opened."""
    url = sqlite_url(tmp_path_factory.mktemp("template"))
    _migrate(url)
    return Path(make_url(url).database or "")


@pytest.fixture(scope="session")
def postgresql_template(postgres_url: str) -> Iterator[str]:
    """The URL of a migrated, empty PostgreSQL database, to be copied and never opened."""
    with fresh_database(postgres_url, "template") as url:
        _migrate(url)
        yield url


@pytest.fixture(scope="session")
def bare_engine(
    request: pytest.FixtureRequest, dialect: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """One migrated database for all tests of a dialect. What a test commits here stays: do not."""
    with (
        migrated_copy(request, dialect, tmp_path_factory.mktemp("shared")) as url,
        opened(url) as engine,
    ):
        yield engine


@pytest.fixture(scope="session")
def engine(bare_engine: Engine) -> Engine:
    """What `session` stands on; a folder may put a database with people in its place."""
    return bare_engine


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection inside a transaction that is taken back after the test."""
    with engine.connect() as connection:
        outer = connection.begin()
        yield connection
        outer.rollback()


@pytest.fixture
def sessions(connection: Connection) -> Sessions:
    """Where transactions are opened; all of them are taken back after the test."""
    return sessions_inside(connection)


@pytest.fixture
def session(sessions: Sessions) -> Iterator[Session]:
    """One session that can write; nothing of it is left after the test."""
    with sessions.writers() as session:
        yield session


@pytest.fixture
def committed_url(request: pytest.FixtureRequest, dialect: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated, empty database that is this test's alone."""
    with migrated_copy(request, dialect, tmp_path) as url:
        yield url


@pytest.fixture
def committed_engine(committed_url: str) -> Iterator[Engine]:
    """An engine on a database of the test's own."""
    with opened(committed_url) as engine:
        yield engine


@pytest.fixture
def committed_sessions(committed_engine: Engine) -> Sessions:
    """Transactions that really commit, for tests with several threads or a live server."""
    return sessions_on(committed_engine)


@contextmanager
def migrated_copy(request: pytest.FixtureRequest, dialect: str, folder: Path) -> Iterator[str]:
    """The URL of a migrated, empty database, on SQLite in the folder."""
    # Looked up by name, so that a machine without PostgreSQL still runs the tests on SQLite.
    if dialect == "sqlite":
        url = sqlite_url(folder)
        shutil.copyfile(request.getfixturevalue("sqlite_template"), make_url(url).database or "")
        yield url
        return
    template = make_url(request.getfixturevalue("postgresql_template")).database
    server = request.getfixturevalue("postgres_url")
    with fresh_database(server, "copy", template=template or "") as url:
        yield url


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """An engine that is closed in the end."""
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def _migrate(url: str) -> None:
    with opened(url) as engine:
        upgrade(engine)
