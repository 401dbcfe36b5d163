"""The couriers' app on a small organisation, in one transaction that is taken back."""

import dataclasses
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mobile_api.app import create_app
from postal_service import settings
from postal_service.demo.phone import Phone
from postal_service.domain.ids import ItemId
from postal_service.runtime import Runtime, start
from postal_service.storage.transaction import Sessions, transaction
from tests.clock import Clock
from tests.mobile_api.phones import Couriers
from tests.services.peopled import engine, peopled, world
from tests.services.world import World
from tests.services.wrong_doors import carried

__all__ = ["engine", "peopled", "world"]


@pytest.fixture
def runtime(sessions: Sessions, clock: Clock, world: World, tmp_path: Path) -> Runtime:
    configured = settings.for_demo(tmp_path / "keys", {})
    started = start(configured, clock=clock, sessions=sessions)
    return dataclasses.replace(started, keys=world.keys)


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    return create_app(runtime)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def couriers(app: Flask, runtime: Runtime, world: World) -> Couriers:
    return Couriers(app, runtime, world)


@pytest.fixture
def phone(couriers: Couriers, world: World) -> Phone:
    return couriers.phone(world.courier)


@pytest.fixture
def item(runtime: Runtime, world: World) -> ItemId:
    """A result in the courier's hands."""
    with transaction(runtime.sessions) as session:
        return carried(session, world)
