"""Every answer that was counted says how often one may ask, what is left, and when there is more."""

import re

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mobile_api.app import Limits, create_app
from postal_service.runtime import Runtime
from tests.mobile_api.phones import Couriers
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
