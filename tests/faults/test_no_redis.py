"""The Redis that counts dies while the service serves."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from postal_service.storage.engine import open_engine
from postal_service.storage.migrate import upgrade
from tests.databases import sqlite_url
from tests.faults.post import Line, Server
from tests.ports import free_port
from tests.redis_server import redis_on, url_of


@pytest.mark.usefixtures("own_databases")
def test_pages_and_phones_are_answered_while_the_redis_is_dead(tmp_path: Path) -> None:
    database, port = sqlite_url(tmp_path), free_port()
    engine = open_engine(database)
    upgrade(engine)
    engine.dispose()
    server = Server(database, POSTAL_REDIS_URL=url_of(port))
    asked = [
        ("GET", "/sign-in"),
        ("POST", "/sign-in"),  # without the form's own token: refused, but counted
        ("POST", "/api/v1/devices/AAAAAAAA/nonces"),
    ]
    try:
        with redis_on(port, tmp_path):
            server.start()
            with closing(Line(server.port)) as line:
                before = [line(how, path, {}, b"").status for how, path in asked]
        with closing(Line(server.port)) as line:
            since = [line(how, path, {}, b"").status for how, path in asked]
            told = line("GET", "/readyz", {}, b"")
    finally:
        server.kill()
    assert before == since == [200, 400, 404]
    assert (told.status, json.loads(told.body)["checks"]["limits"]) == (200, False)
