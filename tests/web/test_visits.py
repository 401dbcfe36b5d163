"""The pages on which a promised visit is moved or called off."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from postal_service.domain.wording_dates import VIETNAM
from postal_service.storage.schema import PickupRow
from tests.clock import Clock
from tests.web.conftest import Browser
from tests.web.desk_work import dossier_in, visit_asked

Browsers = Callable[[str], Browser]
NEW = {"day": "2026-11-26", "opens": "14:00", "closes": "16:00", "why": "không có ai ở nhà"}


@pytest.fixture
def dossier(browser: Browsers) -> str:
    """A visit promised for the Wednesday, eight to ten."""
    return dossier_in(visit_asked(browser("counter")))


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=VIETNAM)


def kept(session: Session, dossier: str) -> tuple[object, ...]:
    session.expire_all()
    row = session.get_one(PickupRow, dossier)
    return row.opens_at, row.closes_at, row.state


@pytest.mark.parametrize("login", ["counter", "manager"])
def test_a_missed_visit_is_found_and_moved(
    browser: Browsers, session: Session, clock: Clock, dossier: str, login: str
) -> None:
    clock.at = at(25, 11)
    person = browser(login)
    assert "quá giờ hẹn, chưa báo đã nhận" in person.text("/collecting")
    assert f'href="/collecting/visits/{dossier}"' in person.text(f"/dossiers/{dossier}")

    assert person.send(f"/collecting/visits/{dossier}/move", NEW).status_code == 302

    assert kept(session, dossier) == (at(26, 14), at(26, 16), "registered")
    page = person.text(f"/dossiers/{dossier}")
    assert "đến nhận tại nhà: 14:00–16:00 26/11/2026" in page
    assert "Dời lịch bưu tá đến nhận" in page
    assert "08:00–10:00 25/11/2026 → 14:00–16:00 26/11/2026: không có ai ở nhà" in page
    assert "quá giờ hẹn" not in person.text("/collecting")


def test_a_visit_is_called_off_and_promised_again(
    browser: Browsers, session: Session, dossier: str
) -> None:
    clerk = browser("counter")
    path = f"/collecting/visits/{dossier}"

    assert clerk.send(f"{path}/call-off", why="khách đi xa").status_code == 302

    assert kept(session, dossier)[2] == "cancelled"
    page = clerk.text(f"/dossiers/{dossier}")
    assert "Lịch bưu tá đến nhận tại nhà đã hủy." in page
    assert "khách đi xa" in page
    assert "không có lịch hẹn" in clerk.text("/collecting")
    assert "Lịch đến nhận đã hủy" in clerk.text(path)
    again = clerk.send(f"{path}/call-off", why="khách đi xa")
    assert again.status_code == 409
    assert clerk.send(f"{path}/move", NEW).status_code == 302
    assert kept(session, dossier)[2] == "registered"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"day": "26/11/2026"}, 400),
        ({"day": ""}, 400),
        ({"opens": "8h"}, 400),
        ({"closes": "<script>"}, 400),
        ({"why": ""}, 400),
        ({"why": "x" * 5_000}, 400),
        ({"why": "gọi 0905 123 456"}, 400),
        ({"opens": "16:00", "closes": "14:00"}, 400),
        ({"day": "2026-11-20"}, 400),
        ({"day": "2026-12-30"}, 400),
        ({"day": "2026-11-24"}, 409),  # a day off
    ],
)
def test_what_cannot_be_promised_changes_nothing_and_is_shown_again(
    browser: Browsers, session: Session, dossier: str, fields: dict[str, str], status: int
) -> None:
    before = kept(session, dossier)

    answer = browser("counter").send(f"/collecting/visits/{dossier}/move", {**NEW, **fields})

    page = answer.get_data(as_text=True)
    assert answer.status_code == status, page
    assert 'role="alert"' in page
    assert "<script>" not in page.partition("<main")[2]
    assert kept(session, dossier) == before


@pytest.mark.parametrize("why", ["", "   ", "số 0905 123 456", "y" * 2_000])
def test_calling_off_needs_a_reason_that_names_nobody(
    browser: Browsers, session: Session, dossier: str, why: str
) -> None:
    before = kept(session, dossier)
    answer = browser("counter").send(f"/collecting/visits/{dossier}/call-off", why=why)
    assert answer.status_code == 400
    assert kept(session, dossier) == before


@pytest.mark.parametrize("login", ["courier", "desk_clerk", "officer", "auditor", "administrator"])
def test_nobody_else_moves_a_visit(
    browser: Browsers, session: Session, dossier: str, login: str
) -> None:
    before = kept(session, dossier)
    person, path = browser(login), f"/collecting/visits/{dossier}"
    assert person.get("/collecting").status_code == 403
    assert person.get(path).status_code == 403
    assert person.send(f"{path}/move", NEW).status_code == 403
    assert person.send(f"{path}/call-off", why="x").status_code == 403
    assert kept(session, dossier) == before


def test_a_foreign_office_finds_no_visit_of_ours(
    browser: Browsers, session: Session, dossier: str
) -> None:
    far, path = browser("far_counter"), f"/collecting/visits/{dossier}"
    assert far.get(path).status_code == 404
    assert far.send(f"{path}/move", NEW).status_code == 404
    assert far.send(f"{path}/call-off", why="x").status_code == 404
    assert "không có lịch hẹn" in far.text("/collecting")


def test_a_dossier_nobody_comes_for_has_nothing_to_move(
    browser: Browsers, session: Session, dossier: str
) -> None:
    clerk = browser("counter")
    assert clerk.send(f"/dossiers/{dossier}/withdraw", why="Không cần nữa").status_code == 302
    path = f"/collecting/visits/{dossier}"
    assert "không có gì để dời hay hủy" in clerk.text(path)
    assert clerk.send(f"{path}/move", NEW).status_code == 409
    assert clerk.send(f"{path}/call-off", why="x").status_code == 409


def test_the_pages_speak_english_too(browser: Browsers, dossier: str) -> None:
    clerk = browser("counter")
    clerk.send("/language", language="en")
    assert "Visits promised" in clerk.text("/collecting")
    assert "Call it off" in clerk.text(f"/collecting/visits/{dossier}")
