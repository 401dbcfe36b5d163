"""Where several processes serve, whoever asks too often is counted by all of them together, in a real Redis."""

import time
from dataclasses import replace
from pathlib import Path

from redis import Redis

from mobile_api.app import Limits, create_app
from postal_service.runtime import Runtime
from tests.ports import free_port
from tests.redis_server import redis_on, url_of

NONCES = "/api/v1/devices/AAAAAAAA/nonces"
BACK_SECONDS = 30


def counted_at(runtime: Runtime, port: int) -> Runtime:
    return replace(runtime, settings=replace(runtime.settings, redis_url=url_of(port)))


def test_two_processes_count_a_phone_together(runtime: Runtime, tmp_path: Path) -> None:
    port = free_port()
    with redis_on(port, tmp_path):
        shared = counted_at(runtime, port)
        one, other = (
            create_app(shared, Limits(sign_in="2/minute")).test_client() for _ in range(2)
        )
        answers = [client.post(NONCES) for client in (one, other, one, other)]
    assert [each.status_code for each in answers] == [404, 404, 429, 429]
    left = [each.headers["RateLimit"].partition(";t=")[0] for each in answers]
    assert left == [f'"devices.ask_nonce/60";r={remaining}' for remaining in (1, 0, 0, 0)]


def test_two_processes_count_tokens_that_are_none_together(
    runtime: Runtime, tmp_path: Path
) -> None:
    port = free_port()
    with redis_on(port, tmp_path):
        shared = counted_at(runtime, port)
        one, other = (create_app(shared, Limits(tokens="2/minute")).test_client() for _ in range(2))
        answers = [client.get("/api/v1/me").status_code for client in (one, other, one, other)]
    assert answers == [401, 401, 429, 429]


def test_where_the_redis_is_gone_each_process_counts_tokens_that_are_none_alone(
    runtime: Runtime,
) -> None:
    away = counted_at(runtime, free_port())
    one, other = (create_app(away, Limits(tokens="2/minute")).test_client() for _ in range(2))
    answers = [client.get("/api/v1/me").status_code for client in (one, one, one, other)]
    assert answers == [401, 401, 429, 401]


def test_where_the_redis_is_gone_each_process_counts_alone(runtime: Runtime) -> None:
    away = counted_at(runtime, free_port())
    one, other = (create_app(away, Limits(sign_in="2/minute")).test_client() for _ in range(2))
    answers = [client.post(NONCES) for client in (one, one, one, other)]
    assert [each.status_code for each in answers] == [404, 404, 429, 404]
    left = [each.headers["RateLimit"].partition(";t=")[0] for each in answers]
    assert left == [f'"devices.ask_nonce/60";r={remaining}' for remaining in (1, 0, 0, 1)]


def test_a_redis_that_comes_back_counts_again(runtime: Runtime, tmp_path: Path) -> None:
    port = free_port()
    client = create_app(counted_at(runtime, port)).test_client()
    with redis_on(port, tmp_path):
        assert client.post(NONCES).status_code == 404
    assert client.post(NONCES).status_code == 404
    with redis_on(port, tmp_path), Redis.from_url(url_of(port)) as redis:
        until = time.monotonic() + BACK_SECONDS
        while not redis.dbsize():
            assert time.monotonic() < until, "it was not looked for again"
            time.sleep(0.2)
            assert client.post(NONCES).status_code == 404
