"""Every field of every form filled with what nobody means: no answer is a fault of ours, and none repeats it as markup."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from postal_service import web
from postal_service.domain.actors import Role
from postal_service.web.gate import roles_of
from tests.web.conftest import Browser
from tests.web.desk_work import FORM_KEY, one_of_each
from tests.web.test_routes import LOGINS, path_of, routes

READ = re.compile(
    r"forms\.(?:raw|line|optional_line|serial|optional_serial|number|optional_number|given_number|choice|day|hour"
    r"|ticked|many|asked)\(\s*\"([\w-]+)\""
)
OTHERS = ("originals", "certified", "photocopies", "counted-state_fee", "p1-originals", "codes")
OUR_OWN = {"csrf_token", "form_key", "next"}
NEVER = ("account.sign_out", "account.try_to_sign_in")  # afterwards nobody is asked any more
# As bytes in a form, because some of it is no text.
HOSTILE = {
    "nothing": b"",
    "nul": b"%00",
    "half a surrogate pair": b"%ED%A0%80",
    "no UTF-8": b"%FF%FE",
    "a number without end": b"9" * 5_000,
    "a number of another script": quote("٣३").encode(),
    "a negative number": b"-1",
    "the first day": b"0001-01-01",
    "the last day": b"9999-12-31",
    "no day": b"0000-00-00",
    "a week": b"2026-W01-1",
    "turned round": quote("\u202eABC\u2066\ufeff\U0001f468\u200d\U0001f469").encode(),
    "marks without a letter": quote("a" + "\u0301" * 300).encode(),
    "markup": quote("<script>alert(1)</script>{{7*7}}").encode(),
    "a path": quote("../../etc/passwd\\..\\").encode(),
    "long": b"x" * 20_000,
}


@cache
def fields_read() -> list[str]:
    """The names of all fields that any page reads."""
    source = "".join(path.read_text() for path in Path(web.__path__[0]).rglob("*.py"))
    return sorted({*READ.findall(source), *OTHERS} - OUR_OWN)


def repeated(answer: TestResponse) -> bool:
    return b"<script>alert(1)" in answer.data and answer.mimetype == "text/html"


@pytest.fixture
def objects(browser: Callable[[str], Browser]) -> dict[str, str]:
    return one_of_each(browser("counter"))


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_form_full_of_it_is_refused_in_words_or_does_what_it_may(
    app: Flask, browser: Callable[[str], Browser], objects: dict[str, str], kind: str
) -> None:
    app.config["RATELIMIT_ENABLED"] = False
    people = {role: browser(login) for role, login in LOGINS.items()}
    filled = b"&".join(name.encode() + b"=" + HOSTILE[kind] for name in fields_read())
    asked = 0
    for method, rule, endpoint in routes(app):
        if method != "POST" or endpoint in NEVER:
            continue
        role = next(iter(sorted(roles_of(app, endpoint) or {Role.POSTAL_CLERK})))
        person = people[role]
        key = FORM_KEY.search(person.get("/cash").get_data(as_text=True))
        own = f"&csrf_token={person.form_token()}&form_key={key[1] if key else ''}"
        answer = person.client.post(
            path_of(rule, objects),
            data=filled + own.encode(),
            content_type="application/x-www-form-urlencoded",
        )
        assert answer.status_code < 500, (rule, kind)
        assert not repeated(answer), rule
        asked += 1
    assert asked > 50


@pytest.mark.parametrize("kind", HOSTILE)
def test_an_address_that_asks_for_it_is_a_page_or_says_why_not(
    app: Flask, browser: Callable[[str], Browser], objects: dict[str, str], kind: str
) -> None:
    """Every page is asked about it by every name that pages read from their addresses."""
    people = {role: browser(login) for role, login in LOGINS.items()}
    names = (
        "after", "before", "q", "plan", "office", "day", "unit", "agency", "first", "last", "item",
        "colleague", "purpose", "next", "kind",
    )  # fmt: skip
    told = b"&".join(name.encode() + b"=" + HOSTILE[kind][:2_000] for name in names)
    asked = 0
    for method, rule, endpoint in routes(app):
        if method != "GET":
            continue
        role = next(iter(sorted(roles_of(app, endpoint) or {Role.POSTAL_CLERK})))
        path = path_of(rule, objects)
        answer = people[role].client.get(path, query_string=told.decode(), buffered=True)
        assert answer.status_code < 500, (rule, kind)
        assert not repeated(answer), rule
        asked += 1
    assert asked > 50
