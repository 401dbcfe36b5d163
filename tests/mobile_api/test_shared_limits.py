"""Where several processes serve, whoever asks too often is counted by all of them together, in a real Redis."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mobile_api.app import Limits, create_app
from postal_service.runtime import Runtime
from tests.databases import not_here
from tests.ports import free_port

START_SECONDS = 30


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A Redis of this test's own."""
    program = shutil.which("redis-server")
    if program is None:
        not_here("no redis-server is installed")
    port = free_port()
    command = [
        program,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        str(tmp_path),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            _wait_for(port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()


def _wait_for(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def test_two_processes_count_a_phone_together(runtime: Runtime, redis_url: str) -> None:
    shared = replace(runtime, settings=replace(runtime.settings, redis_url=redis_url))
    one, other = (create_app(shared, Limits(sign_in="2/minute")).test_client() for _ in range(2))
    path = "/api/v1/devices/AAAAAAAA/nonces"

    answers = [client.post(path) for client in (one, other, one, other)]

    assert [each.status_code for each in answers] == [404, 404, 429, 429]
    left = [each.headers["RateLimit"].partition(";t=")[0] for each in answers]
    assert left == [f'"devices.ask_nonce/60";r={remaining}' for remaining in (1, 0, 0, 0)]


def test_where_the_redis_is_gone_nothing_is_done_uncounted(runtime: Runtime) -> None:
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    away = replace(runtime, settings=replace(runtime.settings, redis_url=nowhere))
    got = create_app(away).test_client().post("/api/v1/devices/AAAAAAAA/nonces")
    assert (got.status_code, got.get_json()["code"]) == (500, "server.fault")
