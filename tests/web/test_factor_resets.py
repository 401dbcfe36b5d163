"""The way back in for somebody who lost both the telephone and the recovery codes."""

import re
from collections.abc import Callable

import pyotp
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.services import second_factor
from postal_service.storage.schema import FactorResetRow, StaffRow
from tests.services.world import MORNING, World
from tests.web.conftest import PASSWORD, Browser

PAGE = "/staff/second-factors"
DECIDE = re.compile(rf'action="({PAGE}/[0-9a-f-]{{36}})"')
ASK = {"login": "counter", "why": "gặp tại bưu cục, đối chiếu thẻ ngành"}


@pytest.fixture
def lost(session: Session, world: World) -> None:
    """The counter clerk has a second factor and can no longer show it."""
    secret = second_factor.fresh_secret()
    second_factor.switch_on(
        session, world.vault, secret, pyotp.TOTP(secret).at(MORNING), by=world.counter, at=MORNING
    )
    session.commit()


def asked(browser: Callable[[str], Browser]) -> tuple[Browser, str]:
    """The administrator, and where he decides."""
    answer = browser("manager").send(PAGE, ASK)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    administrator = browser("administrator")
    found = DECIDE.search(administrator.text(PAGE))
    assert found is not None
    return administrator, found[1]


def steps(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(FactorResetRow)) or 0


@pytest.mark.usefixtures("lost")
def test_who_lost_every_way_in_signs_in_again_after_two_people_agreed(
    app: Flask, browser: Callable[[str], Browser]
) -> None:
    clerk = browser("counter")
    administrator, path = asked(browser)
    assert Browser(app.test_client()).sign_in("counter").status_code == 403
    assert "Có đề nghị gỡ" in clerk.text("/account")

    answer = administrator.send(path, verdict="grant", password=PASSWORD)

    assert answer.status_code == 302
    assert clerk.get("/account").status_code == 302  # every session has ended
    fresh = Browser(app.test_client())
    assert fresh.sign_in("counter").status_code == 302
    page = fresh.text("/account")
    for said in ("đã được gỡ", "Nhân viên manager đề nghị", "Nhân viên administrator quyết định"):
        assert said in page
    auditor = browser("auditor")
    assert PAGE in auditor.text("/audit")
    page = auditor.text(PAGE)
    assert ASK["why"] in page
    assert "<form class" not in page  # an auditor sees it and asks for nothing


@pytest.mark.usefixtures("lost")
def test_a_refused_request_leaves_everything_as_it_was(
    app: Flask, browser: Callable[[str], Browser]
) -> None:
    clerk = browser("counter")
    administrator, path = asked(browser)

    assert administrator.send(path, verdict="refuse", password=PASSWORD).status_code == 302

    assert "không được duyệt" in clerk.text("/account")
    assert Browser(app.test_client()).sign_in("counter").status_code == 403


@pytest.mark.usefixtures("lost")
@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"login": ""}, 400),
        ({"login": "không có ai"}, 404),
        ({"login": "far_counter"}, 404),  # another office's
        ({"login": "' OR 1=1 --"}, 404),
        ({"login": "x" * 101}, 400),
        ({"login": "courier"}, 409),  # has none
        ({"login": "manager"}, 403),  # himself
        ({"why": ""}, 400),
        ({"why": "x" * 201}, 400),
    ],
)
def test_a_bad_request_is_not_kept(
    browser: Callable[[str], Browser], session: Session, changed: dict[str, str], status: int
) -> None:
    answer = browser("manager").send(PAGE, {**ASK, **changed})

    assert answer.status_code == status
    assert steps(session) == 0
    if "why" in changed:
        assert 'value="counter"' in answer.get_data(as_text=True)  # what was typed stays


@pytest.mark.usefixtures("lost")
@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"verdict": "grant", "password": "sai"}, 403),
        ({"verdict": "grant", "password": ""}, 403),
        ({"verdict": "maybe", "password": PASSWORD}, 400),
        ({"password": PASSWORD}, 400),
    ],
)
def test_a_bad_decision_changes_nothing(
    browser: Callable[[str], Browser], session: Session, fields: dict[str, str], status: int
) -> None:
    administrator, path = asked(browser)

    assert administrator.send(path, fields).status_code == status

    assert steps(session) == 1
    kept = session.scalars(select(StaffRow).filter_by(login="counter")).one()
    assert kept.totp_secret is not None


@pytest.mark.usefixtures("lost")
def test_whoever_asked_is_not_offered_the_decision(
    browser: Callable[[str], Browser], session: Session
) -> None:
    administrator = browser("administrator")
    assert administrator.send(PAGE, ASK).status_code == 302
    assert not DECIDE.search(administrator.text(PAGE))
    reset = session.scalars(select(FactorResetRow)).one().asked

    answer = administrator.send(f"{PAGE}/{reset}", verdict="grant", password=PASSWORD)

    assert answer.status_code == 403
    assert steps(session) == 1
