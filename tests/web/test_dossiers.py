"""A dossier's page: four lines, the agency's steps, and what nobody may do to it."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.services import dossiers
from postal_service.storage.schema import StepRow
from tests.services import world as w
from tests.web.conftest import Browser
from tests.web.desk_work import dossier_of, offered, reception_fields, sealed, taken

HOSTILE = "<b onmouseover=alert(1)>"


@pytest.fixture
def at_desk(browser: Callable[[str], Browser]) -> str:
    """A dossier posted at the counter, whose envelope the desk has taken."""
    counter, desk = browser("counter"), browser("desk_clerk")
    item = sealed(counter, "NP-1")
    taken(desk, offered(counter, item), item)
    return dossier_of(desk, item)


def steps(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(StepRow)) or 0


def test_a_list_of_found_dossiers_that_was_cut_says_so_in_both_languages(
    browser: Callable[[str], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = browser("counter")
    for serial in ("NP-1", "NP-2"):
        sealed(counter, serial)
    cut = "Danh sách chưa đủ: quá nhiều hồ sơ trùng thông tin này."
    page = counter.send("/dossiers", q="Nguyễn Thị Lan").get_data(as_text=True)
    assert "2 hồ sơ" in page
    assert cut not in page

    monkeypatch.setattr(dossiers, "FOUND_AT_MOST", 1)

    page = counter.send("/dossiers", q="Nguyễn Thị Lan").get_data(as_text=True)
    assert "1 hồ sơ" in page  # no page of one dossier that might be another
    assert cut in page
    counter.send("/language", language="en", next="/dossiers")
    page = counter.send("/dossiers", q="nguyen thi lan").get_data(as_text=True)
    assert "The list is not complete: too many dossiers match." in page


def test_the_four_lines_stand_apart(browser: Callable[[str], Browser], at_desk: str) -> None:
    page = browser("desk_clerk").text(f"/dossiers/{at_desk}")

    for line in ("bưu điện đã nhận, chưa tính thời hạn", "cơ quan đã nhận", "còn phải nộp", "chưa số hóa"):  # fmt: skip
        assert line in page
    assert "049*****3456" in page
    assert "049190123456" not in page


def test_receiving_is_an_act_of_its_own_and_starts_the_clock(
    browser: Callable[[str], Browser], at_desk: str
) -> None:
    desk = browser("desk_clerk")
    assert "chưa có ngày hẹn trả" in desk.text(f"/dossiers/{at_desk}")

    assert desk.send(f"/dossiers/{at_desk}/receive").status_code == 302

    assert "Hẹn trả 17:00 23/11/2026" in desk.text(f"/dossiers/{at_desk}")
    assert desk.send(f"/dossiers/{at_desk}/receive").status_code == 409


def test_nothing_is_received_while_the_post_still_has_it(
    browser: Callable[[str], Browser],
) -> None:
    counter, desk = browser("counter"), browser("desk_clerk")
    dossier = dossier_of(counter, sealed(counter, "NP-1"))

    assert desk.send(f"/dossiers/{dossier}/receive").status_code == 409


def test_a_supplement_is_asked_of_the_list_only(
    browser: Callable[[str], Browser], at_desk: str, session: Session
) -> None:
    desk = browser("desk_clerk")
    desk.send(f"/dossiers/{at_desk}/receive")
    before = steps(session)
    path = f"/dossiers/{at_desk}/supplement"

    assert desk.send(path, reason="missing").status_code == 400
    assert desk.send(path, reason="missing", paper="Giấy khám sức khỏe").status_code == 409
    assert desk.send(path, reason=HOSTILE, paper="x").status_code == 400
    assert steps(session) == before
    assert desk.send(path, reason="missing", paper="Tờ khai cấp bản sao trích lục hộ tịch").status_code == 302  # fmt: skip
    assert "chờ công dân bổ sung" in desk.text(f"/dossiers/{at_desk}")


@pytest.mark.parametrize(
    ("step", "fields", "status"),
    [
        ("refuse", {"why": ""}, 400),
        ("refuse", {"why": "x" * 501}, 400),
        ("refuse", {"why": "gọi số 0905 123 456"}, 400),
        ("extend", {"new_due": "không phải ngày", "why": "x"}, 400),
        ("extend", {"new_due": "2026-13-45", "why": "x"}, 400),
        ("verify", {}, 400),
        ("explode", {"why": "x"}, 404),
        ("withdraw", {"why": "đổi ý"}, 403),
    ],
)
def test_a_bad_step_is_refused_and_nothing_is_added(
    browser: Callable[[str], Browser],
    at_desk: str,
    session: Session,
    step: str,
    fields: dict[str, str],
    status: int,
) -> None:
    before = steps(session)

    answer = browser("desk_clerk").send(f"/dossiers/{at_desk}/{step}", fields)

    assert answer.status_code == status, answer.get_data(as_text=True)
    assert steps(session) == before


def test_a_year_without_its_calendar_is_said_of_whose_calendar_it_is(
    browser: Callable[[str], Browser], at_desk: str, session: Session
) -> None:
    desk = browser("desk_clerk")
    desk.send(f"/dossiers/{at_desk}/receive")
    before = steps(session)

    answer = desk.send(f"/dossiers/{at_desk}/extend", new_due="2027-03-01", why="chờ xác minh")

    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Lịch làm việc của các cơ quan chưa có ngày nghỉ năm 2027." in page
    assert "agency" not in page.partition('role="alert"')[2].partition("</div>")[0]
    assert steps(session) == before


def test_another_desk_decides_nothing_here(
    browser: Callable[[str], Browser], at_desk: str, session: Session
) -> None:
    before = steps(session)

    assert browser("far_desk_clerk").send(f"/dossiers/{at_desk}/resolve").status_code == 404
    assert browser("counter").send(f"/dossiers/{at_desk}/resolve").status_code == 403
    assert steps(session) == before


def test_a_dossier_is_found_by_the_whole_value_only(
    browser: Callable[[str], Browser], at_desk: str
) -> None:
    desk = browser("desk_clerk")

    for query in ("Nguyễn Thị Lan", "nguyen thi lan", "0905 123 456", "049190123456"):
        assert desk.send("/dossiers", q=query).location == f"/dossiers/{at_desk}"
    for query in ("Lan", "0905", HOSTILE, "%", "x" * 10_000):
        answer = desk.send("/dossiers", q=query)
        assert answer.status_code == 200
        assert HOSTILE not in answer.get_data(as_text=True)
    assert desk.send("/dossiers", q=" ").status_code == 400
    assert browser("far_desk_clerk").send("/dossiers", q="049190123456").status_code == 200


def test_a_result_is_given_over_the_desk_to_who_is_entitled(
    browser: Callable[[str], Browser], session: Session
) -> None:
    desk = browser("desk_clerk")
    page = desk.send(f"/receptions/new/{w.EXTRACT}", reception_fields(desk, by_post="")).get_data(
        as_text=True
    )
    dossier = page.partition("/dossiers/")[2][:36]
    path = f"/results/{dossier}/at-desk"

    assert desk.send(path, receiver="owner").status_code == 409  # not resolved yet
    assert desk.send(f"/dossiers/{dossier}/resolve").status_code == 302
    assert desk.send(path, receiver="a friend").status_code == 400
    assert desk.send(path, receiver="authorised").status_code == 409
    assert desk.send(path, receiver="authorised", paper="12/UQ").status_code == 409
    given = {"receiver": "authorised", "receiver_name": "Trần Văn Bảo", "paper": "12/UQ"}
    assert desk.send(path, given).status_code == 302
    assert "đã trả kết quả" in desk.text(f"/dossiers/{dossier}")


def test_a_result_is_let_go_only_by_who_can_and_while_it_is_there(
    browser: Callable[[str], Browser], at_desk: str
) -> None:
    desk, page, link = browser("desk_clerk"), f"/dossiers/{at_desk}", f"/results/{at_desk}"
    assert link not in desk.text(page)  # nothing is decided yet
    assert desk.send(f"{page}/receive").status_code == 302
    assert desk.send(f"{page}/resolve").status_code == 302

    assert link in desk.text(page)
    for login in ("counter", "manager", "auditor", "administrator"):
        assert link not in browser(login).text(page), login
    assert "Giao bưu điện mang về nhà" in desk.text(link)
    assert "Người nhận" not in browser("counter").text(link)

    sent = {"originals": "1", "certified": "0", "photocopies": "0", "serial": "KQ-1"}
    assert desk.send(f"{link}/envelope", sent).status_code == 200
    assert link not in desk.text(page)
    assert "không có gì để trả tại đây lúc này" in desk.text(link)
    assert desk.send(f"{link}/at-desk", receiver="owner").status_code == 409


def test_a_request_for_a_supplement_names_its_papers_and_reason_in_words(
    browser: Callable[[str], Browser], at_desk: str
) -> None:
    desk = browser("desk_clerk")
    desk.send(f"/dossiers/{at_desk}/receive")
    page = desk.text(f"/dossiers/{at_desk}")
    paper = re.search(r'name="paper" value="([^"]+)"', page)
    assert paper is not None
    desk.send(f"/dossiers/{at_desk}/supplement", paper=paper[1], reason="illegible")

    assert f"không đọc được: {paper[1]}" in desk.text(f"/dossiers/{at_desk}")
