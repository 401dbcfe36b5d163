"""The small organisation, written once for all tests of a folder: each takes back only its own work.

The conftest of such a folder imports `peopled`, `engine` and `world`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine

from postal_service.storage.transaction import sessions_on, transaction
from tests.conftest import migrated_copy, opened
from tests.services.world import World, build


@dataclass(frozen=True)
class Peopled:
    """A database in which the organisation is committed, and who is there."""

    engine: Engine
    world: World


@pytest.fixture(scope="session")
def peopled(
    request: pytest.FixtureRequest, dialect: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Peopled]:
    folder = tmp_path_factory.mktemp("peopled")
    with migrated_copy(request, dialect, folder) as url, opened(url) as engine:
        with transaction(sessions_on(engine)) as session:
            world = build(session)
        yield Peopled(engine, world)


@pytest.fixture(scope="session")
def engine(peopled: Peopled) -> Engine:
    """In place of the empty database: what a test commits here stays, so do not."""
    return peopled.engine


@pytest.fixture
def world(peopled: Peopled) -> World:
    """Who is there."""
    return peopled.world
