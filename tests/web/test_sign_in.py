"""Who gets in, for how long, and what everybody else is told."""

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from postal_service.domain.ids import DossierId, StaffId
from postal_service.services import persons, second_factor
from postal_service.storage.schema import RoleRow, StaffRow, WebSessionRow
from tests.clock import Clock
from tests.services import journeys
from tests.services import world as w
from tests.services.world import World
from tests.web.conftest import PASSWORD, Browser

FAILED = "Không đăng nhập được"


def test_a_clerk_signs_in_and_sees_her_name_and_unit(browser: Callable[[str], Browser]) -> None:
    page = browser("desk_clerk").text("/account")

    assert "Nhân viên desk_clerk" in page
    assert "Trung tâm Phục vụ hành chính công phường Tam Kỳ" in page


def test_a_courier_who_signs_in_here_is_told_where_his_work_is(
    browser: Callable[[str], Browser],
) -> None:
    said = "Công việc của bạn làm trên điện thoại."

    assert said in browser("courier").text("/account")
    assert said not in browser("desk_clerk").text("/account")


def test_a_clerk_reads_her_roles_and_looks_in_words_not_in_codes(
    browser: Callable[[str], Browser], session: Session, world: World
) -> None:
    made = journeys.received(session, world)
    persons.look(
        session, world.vault, DossierId(made.dossier), purpose=persons.Purpose.PROCESSING,
        by=world.desk_clerk, at=w.MORNING,
    )  # fmt: skip
    session.commit()

    page = browser("desk_clerk").text("/account")

    assert "giải quyết hồ sơ" in page
    assert made.code in page
    assert "người nộp" in page
    assert "processing" not in page
    assert f">{w.DESK}<" not in page


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("desk_clerk", "không phải mật khẩu này"),
        ("nobody", PASSWORD),
        ("", ""),
        ("desk_clerk", ""),
        ("' OR 1=1 --", PASSWORD),
        ("x" * 5_000, "y" * 5_000),
        ("desk\0clerk", PASSWORD),
        ("<script>alert(1)</script>", PASSWORD),
    ],
)
def test_every_wrong_sign_in_gets_the_same_answer(
    stranger: Browser, world: World, login: str, password: str
) -> None:
    answer = stranger.sign_in(login, password)
    page = answer.get_data(as_text=True)

    assert answer.status_code == 403
    assert FAILED in page
    assert "<script>alert" not in page
    assert stranger.get("/account").status_code == 302


def test_a_login_is_not_told_apart_by_its_case_or_blanks(stranger: Browser, world: World) -> None:
    assert stranger.sign_in("  Desk_Clerk ").status_code == 302


def test_nobody_has_a_password_before_one_is_set(
    stranger: Browser, session: Session, world: World
) -> None:
    session.execute(update(StaffRow).values(password_hash=""))
    session.commit()

    assert stranger.sign_in("administrator", "").status_code == 403
    assert stranger.sign_in("administrator", "administrator").status_code == 403


def test_five_wrong_tries_lock_and_a_quarter_of_an_hour_opens(
    app: Flask, world: World, clock: Clock
) -> None:
    for _ in range(5):
        assert Browser(app.test_client()).sign_in("manager", "sai mật khẩu rồi").status_code == 403

    assert Browser(app.test_client()).sign_in("manager").status_code == 403
    clock.forward(timedelta(minutes=15))
    assert Browser(app.test_client()).sign_in("manager").status_code == 302


def test_four_wrong_tries_do_not_lock(app: Flask, world: World) -> None:
    for _ in range(4):
        Browser(app.test_client()).sign_in("manager", "sai mật khẩu rồi")

    assert Browser(app.test_client()).sign_in("manager").status_code == 302


def test_an_address_may_try_ten_times_a_minute(app: Flask, world: World) -> None:
    answers = [Browser(app.test_client()).sign_in(f"nobody{n}", "x").status_code for n in range(11)]

    assert answers == [403] * 10 + [429]


def test_a_session_ends_after_thirty_idle_minutes(
    browser: Callable[[str], Browser], clock: Clock
) -> None:
    clerk = browser("desk_clerk")
    clock.forward(timedelta(minutes=29))
    assert clerk.get("/account").status_code == 200
    clock.forward(timedelta(minutes=29))
    assert clerk.get("/account").status_code == 200
    clock.forward(timedelta(minutes=30))

    answer = clerk.get("/account")

    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=/account"


def test_a_session_ends_after_twelve_hours_however_busy(
    browser: Callable[[str], Browser], clock: Clock
) -> None:
    clerk = browser("desk_clerk")
    for _ in range(35):
        clock.forward(timedelta(minutes=20))
        assert clerk.get("/account").status_code == 200
    clock.forward(timedelta(minutes=20))

    assert clerk.get("/account").status_code == 302


def test_a_cookie_that_was_signed_out_is_worth_nothing(
    app: Flask, browser: Callable[[str], Browser], session: Session
) -> None:
    clerk = browser("desk_clerk")
    kept = clerk.client.get_cookie("postal_office")
    assert kept is not None
    clerk.send("/sign-out")
    thief = app.test_client()
    thief.set_cookie("postal_office", kept.value)

    assert thief.get("/account").status_code == 302
    assert session.scalar(select(func.count()).select_from(WebSessionRow)) == 0


def test_only_the_hash_of_a_session_is_kept(
    browser: Callable[[str], Browser], session: Session
) -> None:
    kept = browser("desk_clerk").client.get_cookie("postal_office")
    assert kept is not None
    stored = session.scalars(select(WebSessionRow.token_hash)).one()

    assert kept.value.encode() not in stored
    assert kept.http_only


def test_signing_in_ends_the_session_that_was_there_and_changes_the_form_token(
    browser: Callable[[str], Browser], session: Session
) -> None:
    clerk = browser("desk_clerk")
    before = clerk.form_token()
    clerk.sign_in("manager")

    assert clerk.client.post("/language", data={"csrf_token": before}).status_code == 400
    assert "Nhân viên manager" in clerk.text("/account")
    assert session.scalar(select(func.count()).select_from(WebSessionRow)) == 1


def test_a_second_factor_is_asked_where_it_was_switched_on(
    stranger: Browser, session: Session, world: World, clock: Clock
) -> None:
    secret = pyotp.random_base32()
    second_factor.keep(session, world.vault, StaffId(world.manager.staff), secret)
    session.commit()

    assert stranger.sign_in("manager").status_code == 403
    assert stranger.sign_in("manager", totp="000000").status_code == 403
    assert stranger.sign_in("manager", totp="không phải số").status_code == 403
    assert stranger.sign_in("manager", totp=pyotp.TOTP(secret).at(clock())).status_code == 302


def test_who_was_dismissed_is_out_at_once(
    browser: Callable[[str], Browser], session: Session
) -> None:
    clerk = browser("desk_clerk")
    session.execute(update(StaffRow).where(StaffRow.login == "desk_clerk").values(active=False))
    session.commit()

    assert clerk.get("/account").status_code == 302


def test_who_has_no_role_is_told_so(
    browser: Callable[[str], Browser], session: Session, world: World
) -> None:
    clerk = browser("desk_clerk")
    for row in session.scalars(select(RoleRow).where(RoleRow.staff == world.desk_clerk.staff)):
        session.delete(row)
    session.commit()

    answer = clerk.get("/account")

    assert answer.status_code == 403
    assert "chưa được giao vai trò" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "evil", "/\r\nSet-Cookie: a=b"],
)  # fmt: skip
def test_a_sign_in_never_leads_to_another_site(
    stranger: Browser, world: World, elsewhere: str
) -> None:
    assert stranger.sign_in("desk_clerk", next=elsewhere).location == "/"


def test_a_sign_in_leads_back_to_where_one_wanted(stranger: Browser, world: World) -> None:
    assert stranger.sign_in("desk_clerk", next="/account?x=1").location == "/account?x=1"


def test_a_password_change_ends_every_session(
    app: Flask, browser: Callable[[str], Browser]
) -> None:
    clerk, elsewhere = browser("desk_clerk"), browser("desk_clerk")
    fresh = "một mật khẩu khác hẳn 9"

    answer = clerk.send("/account/password", old=PASSWORD, new=fresh, again=fresh)

    assert answer.status_code == 302
    assert elsewhere.get("/account").status_code == 302
    assert Browser(app.test_client()).sign_in("desk_clerk").status_code == 403
    assert Browser(app.test_client()).sign_in("desk_clerk", fresh).status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again", "status"),
    [
        ("sai", "một mật khẩu khác hẳn 9", "một mật khẩu khác hẳn 9", 403),
        (PASSWORD, "ngắn quá", "ngắn quá", 409),
        (PASSWORD, "x" * 129, "x" * 129, 409),
        (PASSWORD, "aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", 409),
        (PASSWORD, "tôi là DESK_CLERK đây", "tôi là DESK_CLERK đây", 409),
        (PASSWORD, "một mật khẩu khác hẳn 9", "một mật khẩu khác hẳn 8", 400),
    ],
)
def test_a_bad_new_password_changes_nothing(
    browser: Callable[[str], Browser], old: str, new: str, again: str, status: int
) -> None:
    clerk = browser("desk_clerk")

    assert clerk.send("/account/password", old=old, new=new, again=again).status_code == status
    assert clerk.get("/account").status_code == 200


def test_one_works_for_a_unit_one_has_a_role_over_and_no_other(
    browser: Callable[[str], Browser], session: Session, world: World
) -> None:
    session.add(RoleRow(staff=world.desk_clerk.staff, role="desk_clerk", unit=w.FAR_DESK))
    session.commit()
    clerk = browser("desk_clerk")

    clerk.send("/account/work-place", unit=w.FAR_DESK)
    assert "xã Thăng Bình</span>" in clerk.text("/account")
    clerk.send("/account/work-place", unit=w.OFFICE)
    assert "xã Thăng Bình</span>" in clerk.text("/account")


def test_pages_speak_english_when_asked_and_nothing_else(stranger: Browser, world: World) -> None:
    stranger.send("/language", language="en", next="/sign-in")
    assert 'lang="en"' in stranger.text("/sign-in")
    assert "Sign in" in stranger.text("/sign-in")
    stranger.send("/language", language="xx<script>")
    assert 'lang="en"' in stranger.text("/sign-in")
