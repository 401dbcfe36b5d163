"""Every route × every role × one's own and a foreign unit: nobody reaches what is not his."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Role
from postal_service.storage.schema import EntryRow, StepRow
from postal_service.web.gate import roles_of
from tests.services import world as w
from tests.web.conftest import Browser
from tests.web.desk_work import one_of_each

NOT_THERE_ITEM = "BH999999995VN"
NOT_THERE = "01900000-0000-7000-8000-000000000000"
LOGINS = {
    Role.COURIER: "courier",
    Role.MANAGER: "manager",
    Role.DESK_CLERK: "desk_clerk",
    Role.POSTAL_CLERK: "counter",
    Role.AGENCY: "officer",
    Role.AUDITOR: "auditor",
    Role.ADMINISTRATOR: "administrator",
}
# Paths that name an object; every other route is asked as it stands.
OBJECTS = ("number", "key", "batch", "staff")
PART = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")
OTHERS = {
    "code": w.EXTRACT,
    "step": "resolve",
    "act": "damage",
    "paper": "control-slip",
    "charge": NOT_THERE,
    "weight": "400",
    "filename": "postal.css",
    "item": NOT_THERE_ITEM,
    "token": "0" * 26,
    "plan": NOT_THERE,
    "round_id": NOT_THERE,
    "job": NOT_THERE,
    "device": NOT_THERE,
    "kept": "999999999",
    "scan": "999999999",
    "correction": "999999999",
    "event": NOT_THERE,
    "place": "1",
    "reset": NOT_THERE,
    "size": "7",
    "message": "999999999",
}


def routes(app: Flask) -> list[tuple[str, str, str]]:
    """Every method and path of the app, with its endpoint."""
    return [
        (method, rule.rule, rule.endpoint)
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
    ]


def path_of(rule: str, objects: dict[str, str]) -> str:
    values = {**OTHERS, **objects}
    unknown = set(PART.findall(rule)) - values.keys()
    assert not unknown, f"{rule}: give the table a value for {unknown}"
    return PART.sub(lambda part: values[part[1]], rule)


def ask(browser: Browser, method: str, path: str) -> int:
    if method == "GET":
        return browser.get(path).status_code
    return browser.send(path).status_code


@pytest.fixture
def objects(browser: Callable[[str], Browser]) -> dict[str, str]:
    return one_of_each(browser("counter"))


def written(session: Session) -> tuple[int | None, int | None]:
    events = session.scalar(select(func.count()).select_from(EntryRow))
    return events, session.scalar(select(func.count()).select_from(StepRow))


def test_a_stranger_gets_only_what_is_open_to_all(
    app: Flask, stranger: Browser, objects: dict[str, str], session: Session
) -> None:
    before = written(session)
    for method, rule, endpoint in routes(app):
        status = ask(stranger, method, path_of(rule, objects))
        if roles_of(app, endpoint) is None:
            assert status < 500, rule
        else:
            assert status == (302 if method == "GET" else 401), (method, rule, status)
    assert written(session) == before


@pytest.mark.parametrize("role", list(Role))
def test_a_route_that_is_not_for_a_role_refuses_it(
    app: Flask, browser: Callable[[str], Browser], objects: dict[str, str], role: Role
) -> None:
    person = browser(LOGINS[role])
    for method, rule, endpoint in routes(app):
        allowed = roles_of(app, endpoint)
        if allowed is None:
            continue
        status = ask(person, method, path_of(rule, objects))
        if role in allowed:
            assert status != 403 or method == "POST", (method, rule, status)
            assert status < 500, (method, rule, status)
        else:
            assert status == 403, (method, rule, status)


@pytest.mark.parametrize(
    "login", ["far_counter", "far_desk_clerk", "far_courier", "far_administrator"]
)
def test_a_foreign_units_objects_answer_as_if_they_were_not_there(
    app: Flask,
    browser: Callable[[str], Browser],
    objects: dict[str, str],
    session: Session,
    login: str,
) -> None:
    if login == "far_administrator":
        w.far_administrator(session)
        session.commit()
    person = browser(login)
    unknown = dict.fromkeys(OBJECTS, NOT_THERE) | {"number": NOT_THERE_ITEM}
    before = written(session)
    asked = 0
    for method, rule, endpoint in routes(app):
        named = [name for name in OBJECTS if f"<{name}>" in rule]
        if not named or roles_of(app, endpoint) is None:
            continue
        asked += 1
        foreign = ask(person, method, path_of(rule, objects))
        missing = ask(person, method, path_of(rule, unknown))
        assert foreign == missing, (method, rule, foreign, missing)
        assert foreign in {400, 403, 404}, (method, rule, foreign)
        if method == "GET" and login != "far_courier":
            assert foreign in {403, 404}, (method, rule, foreign)
            page = person.get(path_of(rule, objects)).get_data(as_text=True)
            assert "Nguyễn Thị Lan" not in page
    assert asked > 10
    assert written(session) == before


@pytest.mark.parametrize(
    "hostile", ["<script>", "' OR 1=1", "%00", "..%2f..%2fetc", "x" * 3000, "é"]
)
def test_a_hostile_address_is_only_not_there(
    app: Flask, browser: Callable[[str], Browser], hostile: str
) -> None:
    clerk = browser("counter")
    for method, rule, endpoint in routes(app):
        if method == "GET" and any(f"<{name}>" in rule for name in OBJECTS):
            status = clerk.get(path_of(rule, dict.fromkeys(OBJECTS, hostile))).status_code
            allowed = roles_of(app, endpoint)
            assert status in ({404} if allowed and Role.POSTAL_CLERK in allowed else {403, 404}), (
                rule
            )
