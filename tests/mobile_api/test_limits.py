"""Every answer that was counted says how often one may ask, what is left, and when there is more."""

import re
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from mobile_api.app import Limits, create_app
from postal_service.runtime import Runtime
from tests.clock import Clock
from tests.mobile_api.phones import Couriers
from tests.questions import questions
from tests.services.world import World

NONCES = "/api/v1/devices/AAAAAAAA/nonces"
# Lists of strings with whole numbers beside them: RFC 9651, as far as these two fields use it.
POLICY = re.compile(r'"([a-z_.-]+/\d+)";q=(\d+);w=(\d+)')
LEFT = re.compile(r'"([a-z_.-]+/\d+)";r=(\d+);t=(\d+)')


def told(
    answer: TestResponse,
) -> tuple[dict[str, tuple[int, int]], dict[str, tuple[int, int]]]:
    """The policies, name to quota and window; what is left, name to remaining and seconds."""
    read = []
    for field, shape in (("RateLimit-Policy", POLICY), ("RateLimit", LEFT)):
        members = [shape.fullmatch(each) for each in answer.headers[field].split(", ")]
        found = {each[1]: (int(each[2]), int(each[3])) for each in members if each}
        assert len(found) == len(members)
        read.append(found)
    return read[0], read[1]


def test_what_is_left_falls_with_every_request_until_there_is_none(runtime: Runtime) -> None:
    client = create_app(runtime, Limits(sign_in="2/minute")).test_client()
    answers = [client.post(NONCES) for _ in range(3)]

    assert [each.status_code for each in answers] == [404, 404, 429]
    for answer, remaining in zip(answers, (1, 0, 0), strict=True):
        policies, left = told(answer)
        assert policies == {"devices.ask_nonce/60": (2, 60)}
        assert left.keys() == policies.keys()
        still, seconds = left["devices.ask_nonce/60"]
        assert still == remaining
        assert 1 <= seconds <= 60
    assert answers[2].headers["Retry-After"] == str(told(answers[2])[1]["devices.ask_nonce/60"][1])


def test_of_several_limits_each_is_told(runtime: Runtime) -> None:
    client = create_app(runtime, Limits(sign_in="5/minute;7/hour")).test_client()

    policies, left = told(client.post(NONCES))

    assert policies == {"devices.ask_nonce/60": (5, 60), "devices.ask_nonce/3600": (7, 3600)}
    assert {name: remaining for name, (remaining, _) in left.items()} == {
        "devices.ask_nonce/60": 4,
        "devices.ask_nonce/3600": 6,
    }


def test_an_upload_has_a_bucket_of_its_own_that_asking_does_not_empty(
    runtime: Runtime, couriers: Couriers, world: World
) -> None:
    client = create_app(runtime, Limits(asking="1/minute")).test_client()
    known = {"Authorization": f"Bearer {couriers.phone(world.courier)._token}"}
    asked = [client.get("/api/v1/me", headers=known).status_code for _ in range(2)]

    sent = client.post("/api/v1/batches", headers=known, json={"events": []})

    assert asked == [200, 429]
    assert sent.status_code == 422
    policies, left = told(sent)
    assert policies == {"batches.upload/60": (600, 60)}
    assert left["batches.upload/60"][0] == 599


def test_what_was_refused_before_it_was_counted_tells_no_limit(client: FlaskClient) -> None:
    for answer in (client.get("/api/v1/me"), client.get("/api/v1/nothing"), client.get("/healthz")):
        assert "RateLimit" not in answer.headers
        assert "RateLimit-Policy" not in answer.headers


def test_what_a_request_says_of_its_limits_changes_nothing(client: FlaskClient) -> None:
    got = client.post(NONCES, headers={"RateLimit": '"x";r=9999'})
    assert told(got)[0] == {"devices.ask_nonce/60": (120, 60)}


def test_the_document_names_the_fields_on_every_answer(app: Flask, client: FlaskClient) -> None:
    document = client.get("/api/openapi.json").get_json()
    problems = document["components"]["responses"]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            for status, answer in operation["responses"].items():
                named = problems[answer["$ref"].rsplit("/", 1)[1]] if "$ref" in answer else answer
                assert {"RateLimit", "RateLimit-Policy"} <= named["headers"].keys(), (path, status)
    assert "Retry-After" in problems["TOO_MANY_REQUESTS"]["headers"]


def asked_with(client: FlaskClient, token: str, path: str = "/api/v1/me") -> TestResponse:
    return client.get(path, headers={"Authorization": f"Bearer {token}"})


def test_tokens_that_are_none_are_counted_over_all_operations_and_then_not_looked_up(
    runtime: Runtime, session: Session
) -> None:
    client = create_app(runtime, Limits(tokens="4/minute")).test_client()
    assert questions(session, lambda: asked_with(client, "0" * 64)) > 0
    shown = [
        asked_with(client, "1" * 64, "/api/v1/rounds/today"),
        asked_with(client, "no token"),
        client.post("/api/v1/batches", json={"events": []}),
    ]
    assert [each.status_code for each in shown] == [401] * 3
    answers: list[TestResponse] = []
    assert questions(session, lambda: answers.append(asked_with(client, "2" * 64))) == 0
    (late,) = answers

    assert (late.status_code, late.get_json()["code"]) == (429, "request.too_many")
    policies, left = told(late)
    assert policies == {"tokens/60": (4, 60)}
    still, seconds = left["tokens/60"]
    assert still == 0
    assert late.headers["Retry-After"] == str(seconds)
    assert client.post(NONCES).status_code == 404  # who has no token may still ask for one


def test_a_good_token_uses_nothing_up_and_another_address_does_not_wait(
    runtime: Runtime, couriers: Couriers, world: World
) -> None:
    token = couriers.phone(world.courier)._token
    app = create_app(runtime, Limits(tokens="2/minute"))
    here, there = app.test_client(), app.test_client()
    there.environ_base["REMOTE_ADDR"] = "192.0.2.7"

    assert [asked_with(here, token).status_code for _ in range(5)] == [200] * 5
    assert [asked_with(here, "0" * 64).status_code for _ in range(3)] == [401, 401, 429]
    assert asked_with(here, token).status_code == 429  # nobody looks who it is
    assert asked_with(there, token).status_code == 200
    assert told(asked_with(there, token))[0] == {"me.me/60": (300, 60)}


def test_a_token_that_is_over_is_counted_too(
    runtime: Runtime, couriers: Couriers, world: World, clock: Clock
) -> None:
    token = couriers.phone(world.courier)._token
    client = create_app(runtime, Limits(tokens="2/minute")).test_client()
    assert asked_with(client, token).status_code == 200
    clock.forward(timedelta(minutes=16))
    assert [asked_with(client, token).status_code for _ in range(3)] == [401, 401, 429]
