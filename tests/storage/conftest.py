"""Databases without a single table, for what makes the tables."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from postal_service.storage.engine import open_engine
from tests.databases import fresh_database, sqlite_url


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, dialect: str, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of the test's own."""
    if dialect == "sqlite":
        yield sqlite_url(tmp_path)
        return
    with fresh_database(request.getfixturevalue("postgres_url"), "empty") as url:
        yield url


@pytest.fixture
def empty_engine(empty_url: str) -> Iterator[Engine]:
    """An engine on an empty database of the test's own."""
    engine = open_engine(empty_url)
    yield engine
    engine.dispose()
