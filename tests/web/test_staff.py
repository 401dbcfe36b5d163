"""An administrator's page of his staff, and what somebody can do with a password that he was given."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Role
from postal_service.domain.ids import StaffId
from postal_service.services import access, directory
from postal_service.storage.schema import StaffChangeRow
from tests.services import world as w
from tests.services.world import MORNING, World
from tests.web.conftest import PASSWORD, Browser

GIVEN = re.compile(r'id="given-password">([^<]+)<')
SURE = {"why": "quên mật khẩu, gặp tại bưu cục", "password": PASSWORD}


def page_of(world: World, login: str) -> str:
    return f"/staff/{getattr(world, login).staff}"


def test_who_has_no_password_is_given_one_and_changes_it_before_anything_else(
    app: Flask, browser: Callable[[str], Browser], world: World
) -> None:
    answer = browser("administrator").send(page_of(world, "counter"), SURE, what="password")
    assert answer.status_code == 200
    found = GIVEN.search(answer.get_data(as_text=True))
    assert found is not None
    assert "cấp mật khẩu (quên mật khẩu, gặp tại bưu cục)" in answer.get_data(as_text=True)
    clerk = Browser(app.test_client())
    assert clerk.sign_in("counter", found[1]).status_code == 302
    for path in ("/desk", "/dossiers", "/handovers"):
        got = clerk.get(path)
        assert (got.status_code, got.headers["Location"]) == (302, "/account")
    assert clerk.send("/dossiers", written="x").status_code == 403
    assert "do quản trị viên cấp" in clerk.text("/account")
    fresh = "chuyến thư buổi chiều"
    answer = clerk.send("/account/password", old=found[1], new=found[1], again=found[1])
    assert "phải khác mật khẩu được cấp" in answer.get_data(as_text=True)
    assert clerk.send("/account/password", old=found[1], new=fresh, again=fresh).status_code == 302
    assert clerk.sign_in("counter", fresh).status_code == 302
    assert clerk.get("/desk").status_code == 200


def test_who_is_dismissed_is_shut_out_and_taken_back(
    browser: Callable[[str], Browser], world: World
) -> None:
    clerk, administrator = browser("counter"), browser("administrator")
    assert administrator.send(page_of(world, "counter"), SURE, what="dismiss").status_code == 302
    assert clerk.get("/desk").status_code == 302
    assert "đã nghỉ" in administrator.text("/staff?named=counter")
    refused = administrator.send(page_of(world, "counter"), SURE, what="password")
    assert refused.status_code == 409
    assert "đã nghỉ. Nhận lại trước" in refused.get_data(as_text=True)
    assert administrator.send(page_of(world, "counter"), SURE, what="take_back").status_code == 302
    assert "chưa có mật khẩu" in administrator.text("/staff?named=counter")


def test_a_role_is_taken_away(browser: Callable[[str], Browser], world: World) -> None:
    role = {"what": "take_role", "role": "postal_clerk", "over": world.counter.unit}
    answer = browser("administrator").send(page_of(world, "counter"), SURE | role)
    assert answer.status_code == 302
    assert browser("counter").get("/desk").status_code == 403


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"why": ""}, "why-s-counter-fault"),
        ({"why": "x" * 201}, "why-s-counter-fault"),
        ({"password": "not mine at all"}, "password-s-counter-fault"),
        ({"password": ""}, "password-s-counter-fault"),
        ({"what": "promote"}, "Việc cần làm"),
        ({"what": ""}, "Việc cần làm"),
        ({"what": "take_role", "role": "king", "over": "x"}, "Vai trò"),
        ({"what": "take_role", "role": "courier", "over": "x"}, ""),
        ({"what": "take_role", "role": "courier", "over": ""}, "Đơn vị"),
    ],
)
def test_what_cannot_be_is_said_by_its_field_and_nothing_is_lost(
    session: Session,
    browser: Callable[[str], Browser],
    world: World,
    fields: dict[str, str],
    said: str,
) -> None:
    sent = {"what": "dismiss"} | SURE | fields
    answer = browser("administrator").send(page_of(world, "counter"), sent)
    text = answer.get_data(as_text=True)
    assert 400 <= answer.status_code < 500
    assert said in text
    if 0 < len(sent["why"]) <= 200:
        assert f'value="{sent["why"]}"' in text
    assert PASSWORD not in text
    assert session.scalar(select(func.count()).select_from(StaffChangeRow)) == 0
    assert access.open_session(session, world.counter.staff, at=MORNING)


def test_one_s_own_account_and_strangers_are_refused(
    browser: Callable[[str], Browser], world: World
) -> None:
    administrator = browser("administrator")
    own = administrator.send(page_of(world, "administrator"), SURE, what="dismiss")
    assert (own.status_code, "một quản trị viên khác" in own.get_data(as_text=True)) == (403, True)
    nobody = administrator.send("/staff/s-nobody", SURE, what="dismiss")
    assert nobody.status_code == 404
    assert (
        browser("manager").send(page_of(world, "counter"), SURE, what="dismiss").status_code == 403
    )
    assert browser("manager").get("/staff").status_code == 403


@pytest.fixture
def many(session: Session, world: World) -> StaffId:
    """More staff than one page lists; the last of them, whose login is "tuyen.59"."""
    people = [
        directory.hire(
            session, login=f"tuyen.{number:02d}", name="Lê Tuyên", by=world.administrator
        )
        for number in range(60)
    ]
    for person in people:
        directory.grant(session, person.staff, Role.COURIER, w.OFFICE, by=world.administrator)
    session.commit()
    return people[-1].staff


@pytest.mark.parametrize("named", ["", "tuyen", "nobody is called so"])
@pytest.mark.parametrize(
    ("language", "said"),
    [("vi", "Mật khẩu của tuyen.59, chỉ hiện một lần"), ("en", "Password of tuyen.59, shown this")],
)
def test_a_password_is_shown_whoever_the_list_shows(
    app: Flask,
    browser: Callable[[str], Browser],
    many: StaffId,
    named: str,
    language: str,
    said: str,
) -> None:
    administrator = browser("administrator")
    administrator.send("/language", language=language, back="/staff")

    answer = administrator.send(f"/staff/{many}", SURE, what="password", named=named)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert said in page
    found = GIVEN.search(page)
    assert found is not None
    assert Browser(app.test_client()).sign_in("tuyen.59", found[1]).status_code == 302


def test_a_list_that_has_gone_on_stays_where_it_is(
    browser: Callable[[str], Browser], many: StaffId
) -> None:
    administrator = browser("administrator")
    following = re.search(
        r'href="(/staff\?[^"]*after=[^"]+)"', administrator.text("/staff?named=tuyen")
    )
    assert following is not None
    page = administrator.text(unescape(following[1]))
    form = re.search(rf'action="(/staff/{many}\?after=[^"]+)"', page)
    assert form is not None

    refused = administrator.send(unescape(form[1]), SURE, what="dismiss", why="", named="tuyen")
    text = refused.get_data(as_text=True)
    assert refused.status_code == 400
    assert f"why-{many}-fault" in text  # beside the person it is about
    done = administrator.send(unescape(form[1]), SURE, what="dismiss", named="tuyen")
    assert done.status_code == 302
    assert "đã nghỉ" in administrator.text(done.headers["Location"])
