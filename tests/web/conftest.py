"""A running site over the small organisation of tests/services/world.py, and browsers of its people.

One password hash serves all, and only the tests of the sign-in compare it: hashing is slow on purpose.
"""

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import CodeType

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from postal_service.app import create_app
from postal_service.domain.ids import StaffId
from postal_service.runtime import Runtime, start
from postal_service.services import access
from postal_service.services.gateways import FolderGateway
from postal_service.settings import SECRETS, Settings, from_environment
from postal_service.storage.schema import StaffRow
from postal_service.storage.transaction import Sessions, transaction
from tests.clock import Clock
from tests.services import world as w
from tests.services.peopled import Peopled, engine, peopled
from tests.services.world import World

__all__ = ["engine", "peopled"]

PASSWORD = "chuyến thư buổi sáng 07"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@cache
def password_hash() -> str:
    return PasswordHasher().hash(PASSWORD)


@pytest.fixture
def clock() -> Clock:
    """A working Monday morning."""
    return Clock(w.MORNING)


@pytest.fixture
def world(session: Session, peopled: Peopled) -> World:
    session.execute(update(StaffRow).values(password_hash=password_hash()))
    session.commit()  # into the outer transaction, which is taken back after the test
    return peopled.world


def settings_for_tests() -> Settings:
    """What an operator would set, but for the cookies: the test browser speaks no TLS."""
    keys = {name: b64encode(bytes([n]) * 32).decode() for n, name in enumerate(SECRETS)}
    return from_environment(
        {
            "POSTAL_DATABASE_URL": "sqlite://",  # the sessions of the tests stand in its place
            "POSTAL_ORIGIN": "test.invalid/custody",
            "POSTAL_SECURE_COOKIES": "0",
            **keys,
            # The keys that the world of tests/services was sealed with.
            "POSTAL_MASTER_KEY": b64encode(bytes(range(32))).decode(),
            "POSTAL_INDEX_KEY": b64encode(bytes(range(32, 64))).decode(),
            "POSTAL_ROOT_KEY": b64encode(bytes(range(64, 96))).decode(),
        }
    )


@pytest.fixture
def runtime(sessions: Sessions, world: World, clock: Clock, tmp_path: Path) -> Runtime:
    configured = replace(settings_for_tests(), gateway=FolderGateway(tmp_path))
    return start(configured, clock=clock, sessions=sessions)


class Compiled(BytecodeCache):
    """The templates of all sites of a process, compiled once; each site has its own environment."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self.codes[bucket.key, bucket.checksum] = bucket.code


COMPILED = Compiled()


def site_over(runtime: Runtime) -> Flask:
    site = create_app(runtime)
    site.jinja_env.bytecode_cache = COMPILED
    return site


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    return site_over(runtime)


@dataclass
class Browser:
    """A browser with its cookies, which fills in forms as a person does."""

    client: FlaskClient

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, buffered=True)  # closes the files it was sent

    def text(self, path: str) -> str:
        """A page that must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.get_data(as_text=True))
        return answer.get_data(as_text=True)

    def send(self, path: str, fields: dict[str, str] | None = None, **more: str) -> TestResponse:
        """Send a form with the token that the pages carry."""
        return self.client.post(
            path, data={"csrf_token": self.form_token(), **(fields or {}), **more}
        )

    def form_token(self) -> str:
        found = TOKEN.search(self.get("/sign-in").get_data(as_text=True))
        assert found is not None
        return found[1]

    def sign_in(self, login: str, password: str = PASSWORD, **more: str) -> TestResponse:
        return self.send("/sign-in", {"login": login, "password": password, **more})


@pytest.fixture
def stranger(app: Flask) -> Browser:
    """Somebody who has not signed in."""
    return Browser(app.test_client())


@pytest.fixture
def browser(app: Flask, runtime: Runtime) -> Callable[[str], Browser]:
    """The browser of a member of staff as a sign-in leaves it; the sign-in has tests of its own."""

    def of(login: str) -> Browser:
        mine = Browser(app.test_client())
        with transaction(runtime.sessions) as store:
            staff = store.query(StaffRow).filter_by(login=login).one().id
            token = access.open_session(store, StaffId(staff), at=runtime.clock())
        mine.client.set_cookie("postal_office", token, httponly=True)
        return mine

    return of
