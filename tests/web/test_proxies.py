"""Whoever asks is known by his own address behind a proxy of ours, and cannot choose one where there is none."""

import http.client
import threading
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from waitress.wasyncore import close_all
from werkzeug.test import TestResponse

import mobile_api.app
from postal_service.app import create_app
from postal_service.cli.listening import listen
from postal_service.runtime import Runtime
from tests.web.conftest import TOKEN

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SIGN_INS = 10  # an address's in a minute
ONCE = mobile_api.app.Limits(sign_in="1/minute")


def behind(runtime: Runtime, proxies: int) -> Runtime:
    return replace(runtime, settings=replace(runtime.settings, trusted_proxies=proxies))


def sign_in(app: Flask, login: str, forwarded: str, **headers: str) -> TestResponse:
    browser = app.test_client()
    told = {"X-Forwarded-For": forwarded, **headers}
    found = TOKEN.search(browser.get("/sign-in", headers=told).get_data(as_text=True))
    assert found is not None
    fields = {"csrf_token": found[1], "login": login, "password": "x"}
    return browser.post("/sign-in", data=fields, headers=told)


def test_without_a_proxy_nobody_can_choose_the_address_he_is_counted_by(runtime: Runtime) -> None:
    office = create_app(behind(runtime, 0))
    answers = [
        sign_in(office, f"nobody{n}", f"203.0.113.{n}").status_code for n in range(SIGN_INS + 1)
    ]
    assert answers == [403] * SIGN_INS + [429]

    phones = mobile_api.app.create_app(behind(runtime, 0), ONCE).test_client()
    asked = [
        phones.post("/api/v1/devices/AAAAAAAA/nonces", headers={"X-Forwarded-For": f"203.0.113.{n}"})
        for n in range(2)
    ]  # fmt: skip
    assert [each.status_code for each in asked] == [404, 429]


def test_behind_one_proxy_each_address_is_counted_apart(runtime: Runtime) -> None:
    office = create_app(behind(runtime, 1))
    for n in range(SIGN_INS):
        # What he says himself stands before what our proxy adds.
        forwarded = f"198.51.100.{n}, 203.0.113.1"
        assert sign_in(office, f"nobody{n}", forwarded).status_code == 403
    assert sign_in(office, "nobody", "198.51.100.99, 203.0.113.1").status_code == 429
    assert sign_in(office, "nobody", "203.0.113.2").status_code == 403

    phones = mobile_api.app.create_app(behind(runtime, 1), ONCE).test_client()
    asked = [
        phones.post("/api/v1/devices/AAAAAAAA/nonces", headers={"X-Forwarded-For": address})
        for address in ("203.0.113.1", "203.0.113.2", "9.9.9.9, 203.0.113.1")
    ]
    assert [each.status_code for each in asked] == [404, 404, 429]


def test_behind_two_proxies_the_outer_one_says_who_asks(runtime: Runtime) -> None:
    phones = mobile_api.app.create_app(behind(runtime, 2), ONCE).test_client()
    asked = [
        phones.post("/api/v1/devices/AAAAAAAA/nonces", headers={"X-Forwarded-For": address})
        for address in ("203.0.113.1, 10.0.0.1", "203.0.113.2, 10.0.0.1", "x, 203.0.113.1, 10.0.0.1")
    ]  # fmt: skip
    assert [each.status_code for each in asked] == [404, 404, 429]


@pytest.mark.parametrize(
    ("proxies", "referer", "status"),
    [
        (1, "https://localhost/sign-in", 403),  # let through, and refused for the password
        (1, "https://elsewhere.example/", 400),
        (1, "", 400),
        (0, "https://elsewhere.example/", 403),  # without TLS no browser need say where it was
    ],
)
def test_what_the_proxy_took_over_tls_is_held_to_the_rules_of_tls(
    runtime: Runtime, proxies: int, referer: str, status: int
) -> None:
    over_tls = replace(runtime, settings=replace(runtime.settings, secure_cookies=True))
    app = create_app(behind(over_tls, proxies))
    browser = app.test_client()
    told = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.1"}
    page = browser.get("/sign-in", base_url="https://localhost", headers=told)
    found = TOKEN.search(page.get_data(as_text=True))
    assert found is not None
    # As the proxy sends it on: without TLS, and with the cookie that the browser keeps for TLS.
    cookie = page.headers["Set-Cookie"].split(";")[0]
    answer = app.test_client(use_cookies=False).post(
        "/sign-in",
        data={"csrf_token": found[1], "login": "nobody", "password": "x"},
        headers={**told, "Cookie": cookie, **({"Referer": referer} if referer else {})},
    )
    assert answer.status_code == status


def test_the_server_hands_on_what_a_proxy_says(own_databases: None) -> None:
    def repeat(environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        start_response("200 OK", [])
        return [str(environ.get("HTTP_X_FORWARDED_FOR", "nothing")).encode()]

    server: Any = listen(repeat, host="127.0.0.1", port=0, threads=1)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", server.effective_port)) as line:
            line.request("GET", "/", headers={"X-Forwarded-For": "203.0.113.1"})
            assert line.getresponse().read() == b"203.0.113.1"
    finally:
        server.trigger.pull_trigger(lambda: close_all(server._map))
        thread.join(timeout=10)
        server.task_dispatcher.shutdown()
