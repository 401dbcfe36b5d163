"""The published document and the app say the same, whatever is asked."""

import contextlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from mobile_api.access import OPEN
from mobile_api.app import create_app
from mobile_api.limits import Limits
from postal_service.runtime import Runtime
from tests import amounts
from tests.mobile_api.phones import Couriers
from tests.services.world import World

NO_LIMITS = Limits(
    enrolment="1000000/minute",
    sign_in="1000000/minute",
    sync="1000000/minute",
    asking="1000000/minute",
    message_codes="1000000/minute",
    papers="1000000/minute",
    tokens="1000000/minute",
)


def operations(
    document: dict[str, dict[str, dict[str, dict[str, object]]]],
) -> list[tuple[str, str]]:
    return [
        (method.upper(), path)
        for path, methods in document["paths"].items()
        for method in methods
        if method in {"get", "put", "post", "delete", "patch"}
    ]


def test_the_document_is_openapi_3_1_and_names_every_route(app: Flask, client: FlaskClient) -> None:
    document = client.get("/api/openapi.json").get_json()

    assert document["openapi"] == "3.1.0"
    routed = {
        (method, re.sub(r"<\w+:(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert set(operations(document)) == routed
    assert len(routed) >= 15


def test_a_change_of_the_contract_is_seen_in_its_committed_copy(client: FlaskClient) -> None:
    committed = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())
    assert client.get("/api/openapi.json").get_json() == committed  # else: python -m mobile_api


def test_every_operation_but_those_that_give_tokens_needs_one(
    app: Flask, client: FlaskClient
) -> None:
    document = client.get("/api/openapi.json").get_json()
    needing = {
        (method, path)
        for method, path in operations(document)
        if document["paths"][path][method.lower()].get("security")
    }
    assert len(set(operations(document)) - needing) == len(OPEN)
    examples = {
        "{device}": "AAAAAAAA",
        "{digest}": "sha-256:" + "0" * 64,
        "{event}": "0193a000-0000-7000-8000-000000000000",
        "{item}": "BH000000005VN",
        "{round_id}": "r1",
    }
    for method, path in needing:
        for name, value in examples.items():
            path = path.replace(name, value)  # noqa: PLW2901 - the same path, filled in
        assert client.open(path, method=method).status_code == 401, (method, path)


def test_the_page_for_people_shows_every_operation_without_scripts(client: FlaskClient) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    for method, path in operations(client.get("/api/openapi.json").get_json()):
        assert f"{method} {path}" in page.text
    assert "<script" not in page.text
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page.text)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "request.not_found"),
        ("GET", "/", 404, "request.not_found"),
        ("DELETE", "/api/v1/tokens", 405, "request.method_not_allowed"),
        ("GET", "/api/v1/tokens", 405, "request.method_not_allowed"),
        ("POST", "/api/v1/devices/short/nonces", 404, "request.not_found"),
    ],
)
def test_even_what_is_not_there_is_a_problem_document(
    client: FlaskClient, method: str, path: str, status: int, code: str
) -> None:
    got = client.open(path, method=method)
    assert (got.status_code, got.mimetype) == (status, "application/problem+json")
    told = got.get_json()
    assert (told["code"], told["status"]) == (code, status)
    if status == 405:
        assert got.headers["Allow"]


def test_a_request_keeps_its_name_and_a_hostile_name_is_not_echoed(client: FlaskClient) -> None:
    kept = client.get("/healthz", headers={"X-Request-Id": "abc-1"})
    assert kept.headers["X-Request-Id"] == "abc-1"
    hostile = client.get("/api/v1/me", headers={"X-Request-Id": "a b;<script>"})
    assert re.fullmatch(r"[0-9a-f-]{36}", hostile.headers["X-Request-Id"])
    assert hostile.get_json()["instance"] == f"urn:req:{hostile.headers['X-Request-Id']}"


@pytest.mark.parametrize(
    ("trace", "good"),
    [
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", True),
        ("00-00000000000000000000000000000000-00f067aa0ba902b7-01", False),
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", False),
        ("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", False),
        ("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", False),
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", False),
        ("<script>", False),
    ],
)
def test_a_request_of_a_trace_is_named_after_it(
    client: FlaskClient, trace: str, *, good: bool
) -> None:
    name = client.get("/healthz", headers={"traceparent": trace}).headers["X-Request-Id"]
    assert (name == "4bf92f3577b34da6a3ce929d0e0e4736") is good
    both = {"traceparent": trace, "X-Request-Id": "abc-1"}
    assert client.get("/healthz", headers=both).headers["X-Request-Id"] == "abc-1"


def test_every_message_about_a_field_has_a_code_and_both_languages(client: FlaskClient) -> None:
    path = "/api/v1/devices/enrolments"
    told = {"code": "0", "algorithm": 1, "public_key": None, "more": 0}
    languages = [
        client.post(path, json=told, headers={"Accept-Language": each}).get_json()["errors"]
        for each in ("vi", "en")
    ]
    for vietnamese, english in zip(*languages, strict=True):
        assert vietnamese["code"] == english["code"] != "field.invalid"
        assert vietnamese["pointer"] == english["pointer"]
        assert vietnamese["detail"] != english["detail"]
    not_json = client.post(path, data=b"{", content_type="application/json")
    assert (not_json.status_code, not_json.get_json()["errors"][0]["code"]) == (
        400,
        "field.not_json",
    )


def test_a_problem_speaks_the_language_of_the_phone(client: FlaskClient) -> None:
    vietnamese = client.get("/api/v1/me", headers={"Accept-Language": "vi-VN,vi"}).get_json()
    english = client.get("/api/v1/me", headers={"Accept-Language": "en"}).get_json()
    other = client.get("/api/v1/me", headers={"Accept-Language": "fr"}).get_json()
    assert vietnamese["title"].startswith("Phiên làm việc đã hết")
    assert english["title"].startswith("The session is over")
    assert other["title"] == vietnamese["title"]


def test_who_asks_too_often_is_told_when_to_come_back(runtime: Runtime) -> None:
    client = create_app(runtime, Limits(sign_in="2/minute")).test_client()
    for _ in range(2):
        assert client.post("/api/v1/devices/AAAAAAAA/nonces").status_code == 404
    got = client.post("/api/v1/devices/AAAAAAAA/nonces")
    assert (got.status_code, got.get_json()["code"]) == (429, "request.too_many")
    assert 1 <= int(got.headers["Retry-After"]) <= 60
    assert client.get("/healthz").status_code == 200


def test_a_token_that_is_none_does_not_make_another_of_who_guesses(runtime: Runtime) -> None:
    client = create_app(runtime, Limits(sign_in="2/minute")).test_client()
    answers = [
        client.post(
            "/api/v1/devices/AAAAAAAA/nonces", headers={"Authorization": f"Bearer {number:064x}"}
        ).status_code
        for number in range(3)
    ]
    assert answers == [404, 404, 429]


def test_two_phones_of_one_address_are_counted_apart(
    runtime: Runtime, couriers: Couriers, world: World
) -> None:
    client = create_app(runtime, Limits(asking="1/minute")).test_client()
    phones = [couriers.phone(world.courier), couriers.phone(world.far_courier)]
    for phone, status in ((phones[0], 200), (phones[1], 200), (phones[0], 429)):
        got = client.get("/api/v1/me", headers={"Authorization": f"Bearer {phone._token}"})
        assert got.status_code == status


@pytest.mark.long
@pytest.mark.slow
def test_any_request_gets_what_the_document_promises(
    runtime: Runtime, couriers: Couriers, world: World
) -> None:
    app = create_app(runtime, NO_LIMITS)
    couriers.app = app
    token = couriers.phone(world.courier)._token
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    # A hash that its content must have, a cursor that we must have written: no schema can say that.
    beyond_schemas: dict[str, list[Any]] = {
        label: [schemathesis.checks.CHECKS.get_one("positive_data_acceptance")]
        for label in ("PUT /api/v1/blobs/{digest}", "GET /api/v1/changes")
    }
    asked = 0

    for found in schema.get_all_operations():
        operation = found.ok() if isinstance(found, Ok) else pytest.fail(str(found))
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @settings(
                max_examples=amounts.REQUESTS,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def ask(case: schemathesis.Case[Any]) -> None:
                nonlocal asked
                asked += 1
                case.call_and_validate(
                    headers={"Authorization": f"Bearer {token}"},
                    excluded_checks=beyond_schemas.get(case.operation.label, []),
                )

            with contextlib.suppress(Unsatisfiable):  # nothing can be wrong where nothing is sent
                ask()
    assert asked > 40 * amounts.REQUESTS
