"""Headers, forged and oversized requests, unknown pages, broken pages: what every answer has in common."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask, abort
from sqlalchemy import text
from structlog.testing import capture_logs

from postal_service.runtime import Runtime
from postal_service.storage.transaction import Sessions, transaction
from postal_service.web import gate, site
from tests.services.world import World
from tests.web.conftest import Browser


def test_every_answer_carries_the_headers(stranger: Browser, world: World) -> None:
    for path in ("/sign-in", "/nowhere", "/static/postal.css", "/account"):
        headers = stranger.get(path).headers

        assert "default-src 'none'" in headers["Content-Security-Policy"], path
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path
        assert "unsafe" not in headers["Content-Security-Policy"], path
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert re.fullmatch(r"[0-9a-f]{32}", headers["X-Request-Id"])


def test_a_nonce_is_never_used_twice(stranger: Browser, world: World) -> None:
    policies = {stranger.get("/sign-in").headers["Content-Security-Policy"] for _ in range(3)}

    assert len(policies) == 3


def test_pages_are_not_kept_by_caches(stranger: Browser, world: World) -> None:
    assert stranger.get("/sign-in").headers["Cache-Control"] == "no-store"


def test_over_tls_browsers_are_told_to_stay_there(runtime: Runtime) -> None:
    secure = replace(runtime, settings=replace(runtime.settings, secure_cookies=True))
    answer = site.build(secure).test_client().get("/sign-in", base_url="https://localhost")

    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-")
    assert "Secure" in cookie
    assert "HttpOnly" in cookie


def test_a_form_without_its_token_is_refused(browser: Callable[[str], Browser]) -> None:
    clerk = browser("desk_clerk")

    for path in ("/sign-out", "/language", "/account/password", "/sign-in"):
        for fields in ({}, {"csrf_token": "forged"}, {"csrf_token": "<script>"}):
            answer = clerk.client.post(path, data=fields)
            assert answer.status_code == 400, path
            assert "Chưa có gì được ghi." in answer.get_data(as_text=True)
    assert clerk.get("/account").status_code == 200


def test_an_oversized_form_is_refused_before_it_is_read(stranger: Browser, world: World) -> None:
    answer = stranger.client.post("/sign-in", data={"login": "x" * 1_100_000})

    assert answer.status_code == 413
    assert "quá lớn" in answer.get_data(as_text=True)


def test_a_form_of_too_many_fields_is_refused(stranger: Browser, world: World) -> None:
    fields = {f"f{n}": "1" for n in range(2_500)}
    answer = stranger.client.post("/sign-in", data=fields, content_type="multipart/form-data")

    assert answer.status_code == 413


def test_an_unknown_page_says_what_to_do(stranger: Browser, world: World) -> None:
    answer = stranger.get("/không/có/<b>trang</b>")
    page = answer.get_data(as_text=True)

    assert answer.status_code == 404
    assert "Không tìm thấy" in page
    assert "<b>trang" not in page
    assert answer.headers["X-Request-Id"] in page


@pytest.mark.parametrize("digits", [20, 5_000])
def test_a_number_longer_than_any_is_no_page(
    browser: Callable[[str], Browser], digits: int
) -> None:
    clerk, number = browser("counter"), "9" * digits
    for path in (
        f"/assets/fonts/{number}.ttf",
        f"/scans/nothing/{number}",
        f"/particulars/nothing/{number}",
    ):
        answer = clerk.get(path)
        assert answer.status_code == 404, path
        assert "Không tìm thấy" in answer.get_data(as_text=True)


def test_what_no_database_can_hold_in_an_address_asks_for_nothing(
    browser: Callable[[str], Browser],
) -> None:
    manager = browser("manager")
    for path in (
        "/rounds?plan=%00",
        "/rounds?office=%00",
        "/rounds?day=%00",
        "/rounds?plan=%ED%A0%80",
        "/rounds?plan=a%00b",
        "/reports?unit=%00",
        "/reports?unit=%00560000",
        "/fees?agency=%00",
        "/receptions?q=%00",
        "/handovers/new?item=%00&colleague=%00",
        "/cash?after=%00",
        "/dossiers?q=%00",
        "/dossiers?after=%00",
        "/desk?after=%00",
        "/transfers?purpose=%00",
    ):
        assert manager.get(path).status_code in {200, 308, 404}, path


def test_the_wrong_verb_is_told_apart(stranger: Browser, world: World) -> None:
    assert stranger.get("/sign-out").status_code == 405


def test_a_bug_is_logged_under_the_number_that_the_page_shows(app: Flask) -> None:
    @app.get("/broken")
    @gate.open_to_all
    def broken() -> str:
        raise ZeroDivisionError("mật khẩu cơ sở dữ liệu")

    with capture_logs() as logged:
        answer = app.test_client().get("/broken")
    page = answer.get_data(as_text=True)

    assert answer.status_code == 500
    assert "mật khẩu cơ sở dữ liệu" not in page
    assert logged[0]["request"] == answer.headers["X-Request-Id"]
    assert logged[0]["request"] in page


def test_the_log_of_a_fault_names_the_rule_that_was_broken_and_tells_no_row(
    app: Flask, sessions: Sessions, capsys: pytest.CaptureFixture[str]
) -> None:
    named = {"name": "Trần Thị Mai"}

    @app.get("/twice")
    @gate.open_to_all
    def twice() -> str:
        with transaction(sessions) as store:
            for _ in range(2):
                store.execute(text("INSERT INTO counter VALUES (:name, 1)"), named)
        return "twice"

    answer = app.test_client().get("/twice")
    logged = capsys.readouterr().out

    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] in logged
    assert "IntegrityError" in logged
    assert "counter" in logged
    assert "Trần Thị Mai" not in logged
    assert "Trần Thị Mai" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 418, 429, 500, 503])
def test_every_status_has_its_page(app: Flask, status: int) -> None:
    @app.get("/asked")
    @gate.open_to_all
    def asked() -> str:
        abort(status)

    answer = app.test_client().get("/asked")

    assert answer.status_code == status
    assert "Mã yêu cầu" in answer.get_data(as_text=True)


def test_a_view_that_does_not_say_who_may_use_it_stops_the_start() -> None:
    app = Flask("forgetful", static_folder=None)
    app.add_url_rule("/secret", "secret", lambda: "secret")

    with pytest.raises(TypeError, match="secret"):
        gate.install(app)


def test_the_font_is_ours(stranger: Browser, world: World) -> None:
    assert "Be Vietnam Pro" in stranger.text("/assets/fonts.css")
    font = stranger.get("/assets/fonts/400.ttf")
    assert font.status_code == 200
    assert font.data[:4] == b"\0\1\0\0"
    assert stranger.get("/assets/fonts/123.ttf").status_code == 404
