"""An office that imports: the small world of the services, or an empty store."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Grant, Role
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.services.vault import Vault
from tests.services.importing.files import Importer
from tests.services.world import build

INSTALLER = Actor(
    staff=StaffId("installer"),
    unit=UnitCode("ROOT"),
    path="/",
    grants=(Grant(role=Role.ADMINISTRATOR, unit=UnitCode("ROOT"), path="/"),),
)


@pytest.fixture(scope="session")
def engine(bare_engine: Engine) -> Engine:
    """Empty again: an import may be the first thing of all."""
    return bare_engine


@pytest.fixture
def office(session: Session) -> Importer:
    """An administrator of the small world."""
    world = build(session)
    return Importer(session=session, vault=world.vault, by=world.administrator)


@pytest.fixture
def empty_store(session: Session) -> Importer:
    """Whoever sets a service up; nothing has been entered yet."""
    vault = Vault(master=bytes(range(32)), index=bytes(range(32, 64)))
    return Importer(session=session, vault=vault, by=INSTALLER)
