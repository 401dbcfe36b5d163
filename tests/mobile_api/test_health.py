"""A watching machine learns whether the service can work and what waits, and nothing of anybody."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from mobile_api.app import create_app
from postal_service.domain import s10
from postal_service.ledger import checkpoint, reading
from postal_service.runtime import Runtime, start
from postal_service.services import jobs, outbox
from postal_service.services.gateways import Never, Via, WhyNot
from postal_service.services.job_runner import Runner
from postal_service.settings import for_demo
from postal_service.storage.transaction import Sessions, transaction
from tests.clock import Clock
from tests.mobile_api.phones import Couriers, collected, numbers
from tests.ports import free_port
from tests.services import world as w
from tests.services.messages import put
from tests.services.world import World

TOKEN = "k" * 40
Labels = dict[str, str]


def not_ready(client: FlaskClient) -> dict[str, str]:
    """Why the service says that it cannot work; {} where it says that it can."""
    got = client.get("/readyz")
    told = got.get_json()
    assert (got.status_code, told["status"]) == (
        (503, "not ready") if told["reasons"] else (200, "ready")
    )
    assert {each for each, well in told["checks"].items() if not well} == told["reasons"].keys()
    reasons: dict[str, str] = told["reasons"]
    return reasons


def test_the_service_says_that_it_lives_and_can_work(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/readyz").get_json() == {
        "status": "ready",
        "checks": dict.fromkeys(("database", "queue", "disk", "clock", "limits", "messages"), True),
        "reasons": {},
    }


def test_without_its_tables_it_cannot_work(
    client: FlaskClient, runtime: Runtime, committed_sessions: Sessions, committed_engine: Engine
) -> None:
    away = create_app(replace(runtime, sessions=committed_sessions)).test_client()
    assert not_ready(away) == {}
    with committed_engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE ledger_edge")
    assert not_ready(away) == {"database": "it does not answer"}
    assert away.get("/healthz").status_code == 200


def test_a_job_that_nobody_does_is_told_and_one_behind_another_is_not(
    client: FlaskClient, runtime: Runtime, clock: Clock, world: World
) -> None:
    runner = Runner(runtime.sessions, clock=clock, kinds={"count": lambda _: {}})
    with transaction(runtime.sessions) as session:
        for kind in ("long", "count"):
            jobs.enqueue(session, kind, {}, unit=w.OFFICE, by=world.manager, at=clock())
    assert not_ready(client) == {}
    clock.forward(timedelta(minutes=6))
    assert not_ready(client) == {"queue": "jobs wait and nobody does them"}

    with transaction(runtime.sessions) as session:
        assert jobs.claim(session, ("long",), at=clock())
    assert not_ready(client) == {}

    clock.forward(timedelta(minutes=2))  # who took it does not say any more that he lives
    assert not_ready(client) == {"queue": "jobs wait and nobody does them"}
    assert runner.run_one()
    assert not_ready(client) == {}


def test_a_disk_with_too_little_room_is_told(runtime: Runtime, dialect: str) -> None:
    wanting = replace(runtime.settings, least_free_mb=999_999_999)
    client = create_app(replace(runtime, settings=wanting)).test_client()
    # What another machine's PostgreSQL has left is not ours to see.
    told = {"disk": "less than 999999999 MB are free"} if dialect == "sqlite" else {}
    assert not_ready(client) == told


def test_a_folder_that_is_written_to_counts_before_it_is_made(
    runtime: Runtime, tmp_path: Path
) -> None:
    assumed = replace(runtime.settings.conditions, road_cache=tmp_path / "not" / "yet")
    for wanted, told in ((0, {}), (999_999_999, {"disk": "less than 999999999 MB are free"})):
        wanting = replace(runtime.settings, least_free_mb=wanted, conditions=assumed)
        assert not_ready(create_app(replace(runtime, settings=wanting)).test_client()) == told


def test_a_clock_that_was_never_set_is_told(client: FlaskClient, clock: Clock) -> None:
    clock.at = datetime(1970, 1, 1, tzinfo=UTC)
    assert not_ready(client) == {"clock": "it was never set"}


def test_a_clock_behind_the_ledger_is_told_until_something_is_recorded(
    client: FlaskClient, couriers: Couriers, world: World, clock: Clock
) -> None:
    couriers.phone(world.courier)
    clock.forward(timedelta(seconds=-59))  # two servers may differ by as much
    assert not_ready(client) == {}
    clock.forward(timedelta(seconds=-2))
    assert not_ready(client) == {"clock": "it is behind the newest entry of the ledger"}
    couriers.phone(world.far_courier)
    assert not_ready(client) == {}


def test_a_redis_that_does_not_answer_is_told_and_the_work_goes_on(runtime: Runtime) -> None:
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    away = replace(runtime, settings=replace(runtime.settings, redis_url=nowhere))
    got = create_app(away).test_client().get("/readyz")
    told = {"limits": "the Redis that counts does not answer; each process counts alone"}
    assert (got.status_code, got.get_json()["status"]) == (200, "ready")
    assert got.get_json()["checks"]["limits"] is False
    assert got.get_json()["reasons"] == told


def held_up(client: FlaskClient) -> str | None:
    """What is said of messages; the work can be done all the same."""
    got = client.get("/readyz")
    told = got.get_json()
    assert (got.status_code, told["status"]) == (200, "ready")
    assert told["checks"]["messages"] is ("messages" not in told["reasons"])
    assert told["reasons"].keys() <= {"messages"}
    said: str | None = told["reasons"].get("messages")
    return said


def test_messages_that_wait_or_were_given_up_are_told_and_the_work_goes_on(
    client: FlaskClient, runtime: Runtime, world: World, clock: Clock
) -> None:
    with transaction(runtime.sessions) as session:
        for key in ("one", "two", "three"):
            put(session, world.vault, key, subject=key)
    clock.forward(timedelta(seconds=119))
    assert held_up(client) is None
    clock.forward(timedelta(seconds=181))
    assert held_up(client) == "the oldest waits for 5 minutes"
    with transaction(runtime.sessions) as session:
        for _ in range(2):
            claimed = outbox.claim(session, at=clock())
            assert claimed is not None
            refused = Never(why=WhyNot.REFUSED, status=400)
            outbox.settle(session, claimed, refused, via=Via.GATEWAY, at=clock())
    assert held_up(client) == "the oldest waits for 5 minutes; 2 could not be sent"
    clock.forward(timedelta(minutes=5))
    with transaction(runtime.sessions) as session:
        assert outbox.let_run_out(session, at=clock()) == 3
    assert held_up(client) is None


@pytest.fixture
def watched(runtime: Runtime) -> Runtime:
    return replace(runtime, settings=replace(runtime.settings, metrics_token=TOKEN))


@pytest.fixture
def app(watched: Runtime) -> Flask:
    return create_app(watched)


def asked(client: FlaskClient, authorization: str = f"Bearer {TOKEN}") -> TestResponse:
    return client.get("/metrics", headers={"Authorization": authorization})


def numbers_of(client: FlaskClient) -> dict[str, list[tuple[Labels, float]]]:
    """The samples of every series, by its name."""
    got = asked(client)
    assert got.status_code == 200
    assert got.content_type.startswith("text/plain; version=")
    told: dict[str, list[tuple[Labels, float]]] = {}
    for family in text_string_to_metric_families(got.text):
        for sample in family.samples:
            told.setdefault(sample.name, []).append((sample.labels, sample.value))
    return told


def one(client: FlaskClient, name: str, **labels: str) -> float:
    (value,) = [value for told, value in numbers_of(client)[name] if told == labels]
    return value


@pytest.mark.parametrize(
    "told",
    [
        "",
        TOKEN,
        f"Basic {TOKEN}",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN}k",
        "Bearer ",
        "Bearer é",
    ],
)
def test_without_the_token_the_numbers_are_not_there(client: FlaskClient, told: str) -> None:
    refused, missing = asked(client, told), client.get("/nothing")
    assert refused.status_code == missing.status_code == 404
    assert refused.get_json()["code"] == missing.get_json()["code"]


def test_where_no_token_is_set_nobody_reads_the_numbers(runtime: Runtime) -> None:
    assert runtime.settings.metrics_token == ""
    client = create_app(runtime).test_client()
    for told in (f"Bearer {TOKEN}", "Bearer ", "Bearer", ""):
        assert asked(client, told).status_code == 404


def test_requests_are_counted_under_the_template_of_their_route(client: FlaskClient) -> None:
    for number in range(3):
        assert client.post(f"/api/v1/devices/AAAAAAA{'ABC'[number]}/nonces").status_code == 404
    client.get("/api/v1/không/có?citizen=049000000001")
    client.open("/healthz", method="HACK")

    told = numbers_of(client)
    counts = {
        tuple(sorted(labels.items())): n for labels, n in told["postal_http_request_seconds_count"]
    }
    route = "/api/v1/devices/<device:device>/nonces"
    assert counts == {
        (("app", "phones"), ("method", "POST"), ("route", route), ("status", "4xx")): 3,
        (("app", "phones"), ("method", "GET"), ("route", ""), ("status", "4xx")): 1,
        (("app", "phones"), ("method", ""), ("route", ""), ("status", "4xx")): 1,
    }
    assert all(seconds >= 0 for _, seconds in told["postal_http_request_seconds_sum"])
    whole = asked(client).text
    for word in ("AAAAAAA", "không", "citizen", "049000000001", "HACK"):
        assert word not in whole


def test_what_became_of_uploaded_events_and_how_large_the_ledger_is(
    client: FlaskClient, watched: Runtime, couriers: Couriers, world: World, clock: Clock
) -> None:
    phone = couriers.phone(world.courier)
    (item,) = numbers(watched, 1)
    collected(phone, item, "S1")
    sent = list(phone.outbox)
    phone.send()
    phone.send(sent)
    collected(phone, s10.make(9_999, service="BK").id, "S2")  # a number that nobody gave out
    phone.send()
    with transaction(watched.sessions) as session:
        size = reading.size(session)
        checkpoint.make(session, origin="o.example", log_key=watched.log_key, at=clock())
        jobs.enqueue(session, "count", {}, unit=w.OFFICE, by=world.manager, at=clock())
    clock.forward(timedelta(seconds=90))

    outcomes = {told["outcome"]: n for told, n in numbers_of(client)["postal_phone_events_total"]}
    assert outcomes == {"accepted": 2, "duplicate": 2, "conflict": 0, "held": 0, "quarantined": 2}
    assert one(client, "postal_store_up") == 1
    assert one(client, "postal_ledger_entries") == one(client, "postal_checkpoint_entries") == size
    assert one(client, "postal_checkpoint_age_seconds") == 90
    assert one(client, "postal_quarantine_open") == 2
    assert one(client, "postal_jobs", state="waiting") == 1
    assert one(client, "postal_jobs", state="failed") == 0
    assert one(client, "process_resident_memory_bytes") > 0


def test_messages_that_were_not_sent_are_counted(
    client: FlaskClient, watched: Runtime, world: World, clock: Clock
) -> None:
    states = ("waiting", "dead", "expired")
    assert [one(client, "postal_messages", state=each) for each in states] == [0, 0, 0]
    assert one(client, "postal_oldest_message_seconds") == 0
    with transaction(watched.sessions) as session:
        put(session, world.vault, "late", at=clock() - timedelta(minutes=10))
        outbox.let_run_out(session, at=clock())
        put(session, world.vault, "refused", subject="another")
        claimed = outbox.claim(session, at=clock())
        assert claimed is not None
        refused = Never(why=WhyNot.REFUSED, status=400)
        outbox.settle(session, claimed, refused, via=Via.GATEWAY, at=clock())
        put(session, world.vault, "waits")
        put(session, world.vault, "waits too", subject="a third", at=clock())
    clock.forward(timedelta(seconds=45))
    assert [one(client, "postal_messages", state=each) for each in states] == [2, 1, 1]
    assert one(client, "postal_oldest_message_seconds") == 45
    assert "905123456" not in asked(client).text


def test_before_the_first_checkpoint_none_has_an_age(client: FlaskClient) -> None:
    told = numbers_of(client)
    assert "postal_checkpoint_age_seconds" not in told
    assert told["postal_checkpoint_entries"] == [({}, 0)]


def test_a_failed_job_is_counted(
    client: FlaskClient, watched: Runtime, clock: Clock, world: World
) -> None:
    def break_down(_: object) -> dict[str, object]:
        raise ValueError

    with transaction(watched.sessions) as session:
        jobs.enqueue(session, "count", {}, unit=w.OFFICE, by=world.manager, at=clock())
    assert Runner(watched.sessions, clock=clock, kinds={"count": break_down}).run_one()
    assert one(client, "postal_jobs", state="failed") == 1


def test_a_store_that_is_gone_is_a_number_too(
    tmp_path: Path, clock: Clock, committed_sessions: Sessions, committed_engine: Engine
) -> None:
    configured = for_demo(tmp_path / "keys", {"POSTAL_METRICS_TOKEN": TOKEN})
    client = create_app(start(configured, clock=clock, sessions=committed_sessions)).test_client()
    assert one(client, "postal_store_up") == 1
    with committed_engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE quarantine")
    told = numbers_of(client)
    assert told["postal_store_up"] == [({}, 0)]
    assert "postal_ledger_entries" not in told
    assert told["process_resident_memory_bytes"]
