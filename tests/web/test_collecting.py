"""A citizen telephones: the clerk notes the visit, prints what belongs to it, and finds it again."""

import re
from base64 import b64decode
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.standing import Administrative, Channel
from postal_service.domain.wording_dates import VIETNAM
from postal_service.storage.schema import DossierRow, EntryRow, MoneyRow, PickupRow
from tests.clock import Clock
from tests.printing.read_back import text_of
from tests.services import world as w
from tests.web.conftest import Browser
from tests.web.desk_work import DOSSIER, dossier_in, visit_asked, visit_fields
from tests.web.faulty_fields import faults, opened
from tests.web.test_reception import HOSTILE, PDF, dossiers_in

PATH = f"/collecting/new/{w.EXTRACT}"
WINDOW = "08:00–10:00 25/11/2026"


@pytest.mark.parametrize("login", ["counter", "manager"])
def test_a_visit_is_promised_by_the_office_that_serves_the_address(
    browser: Callable[[str], Browser], session: Session, login: str
) -> None:
    page = visit_asked(browser(login))

    pickup = session.scalars(select(PickupRow)).one()
    opens = datetime(2026, 11, 25, 8, tzinfo=VIETNAM)
    assert (pickup.office, pickup.state) == (w.OFFICE, "registered")
    assert (pickup.opens_at, pickup.closes_at) == (opens, opens + timedelta(hours=2))
    dossier = session.get_one(DossierRow, pickup.dossier)
    assert Administrative(dossier.administrative) is Administrative.REQUESTED
    assert session.scalar(select(func.count()).select_from(EntryRow)) == 0  # nobody holds it yet
    assert f"{WINDOW}</strong><br>Bưu cục Tam Kỳ" in page
    assert "Việc tiếp theo" in page
    assert dossier_in(page) == pickup.dossier


def test_the_papers_are_the_citizens_slip_and_what_is_signed_at_the_door(
    browser: Callable[[str], Browser],
) -> None:
    page = visit_asked(browser("counter"))

    pdfs = {name: b64decode(content) for content, name in PDF.findall(page)}
    words = {name: text_of(pdf) for name, pdf in pdfs.items()}
    kept, note, label, registration = (
        next(text for name, text in words.items() if name.endswith(ending))
        for ending in ("-phieu-giu.pdf", "-phieu-gui.pdf", "-nhan.pdf", "-nhan-ket-qua.pdf")
    )
    assert len(words) == 4  # nothing was paid, so there is no receipt
    assert f"Bưu tá đến nhận: {WINDOW}" in kept
    assert "Bưu điện nhận lúc" not in kept
    assert "Mã nhận kết quả" in kept
    assert "ngày …… tháng …… năm …………" in note  # dated, sealed and signed by hand
    assert "Giờ chấp nhận: ………………" in note
    assert "Nhân viên counter" not in note
    assert "HỒ SƠ HÀNH CHÍNH" in label
    assert "Bản 1 — người đăng ký giữ" in registration


def test_the_dossiers_page_says_who_comes_and_when(
    browser: Callable[[str], Browser], clock: Clock
) -> None:
    counter = browser("counter")
    dossier = dossier_in(visit_asked(counter))
    said = f"Bưu tá của Bưu cục Tam Kỳ đến nhận tại nhà: {WINDOW}."

    assert said in counter.text(f"/dossiers/{dossier}")
    assert said in browser("manager").text(f"/dossiers/{dossier}")
    assert "Đã quá giờ hẹn" not in counter.text(f"/dossiers/{dossier}")
    clock.at = datetime(2026, 11, 25, 10, 1, tzinfo=VIETNAM)
    assert "Đã quá giờ hẹn" in browser("counter").text(f"/dossiers/{dossier}")


def test_nobody_comes_for_what_was_withdrawn(browser: Callable[[str], Browser]) -> None:
    counter = browser("counter")
    dossier = dossier_in(visit_asked(counter))

    assert counter.send(f"/dossiers/{dossier}/withdraw", why="Không cần nữa").status_code == 302

    assert "đến nhận tại nhà" not in counter.text(f"/dossiers/{dossier}")


def test_whoever_calls_another_office_is_visited_by_his_own(
    browser: Callable[[str], Browser], session: Session
) -> None:
    """The request goes to the office that serves the address; the one that noted it has no part in it."""
    counter = browser("counter")
    page = visit_asked(counter, commune=w.FAR_COMMUNE)
    dossier = session.scalars(select(PickupRow.dossier).filter_by(office=w.FAR_OFFICE)).one()

    assert "Bưu cục Hà Lam" in page
    assert not DOSSIER.search(page)
    assert "Bưu cục Hà Lam đến nhận" in browser("far_counter").text(f"/dossiers/{dossier}")


def test_a_foreign_office_sees_no_visit_of_ours(browser: Callable[[str], Browser]) -> None:
    dossier = dossier_in(visit_asked(browser("counter")))

    assert browser("far_counter").get(f"/dossiers/{dossier}").status_code == 404


@pytest.mark.parametrize("login", ["courier", "desk_clerk", "officer", "auditor", "administrator"])
def test_only_clerks_and_managers_of_the_post_send_a_courier(
    browser: Callable[[str], Browser], session: Session, login: str
) -> None:
    fields = visit_fields(browser("counter"))
    person = browser(login)

    assert person.get(PATH).status_code == 403
    assert person.send(PATH, fields).status_code == 403
    assert dossiers_in(session) == 0


def test_what_is_due_is_taken_at_the_door(
    browser: Callable[[str], Browser], session: Session
) -> None:
    page = visit_asked(browser("counter"))

    assert "Bưu tá thu tại nhà</dt><dd>cước bưu chính: 26.000 ₫" in page
    assert set(session.scalars(select(MoneyRow.state))) == {"due"}


def test_what_was_filed_online_is_fetched_under_its_own_code(
    browser: Callable[[str], Browser], session: Session
) -> None:
    page = visit_asked(browser("counter"), code="H17.132-261120-0001")

    assert "Đã hẹn đến nhận" in page
    row = session.scalars(select(DossierRow)).one()
    assert (row.code, Channel(row.channel)) == ("H17.132-261120-0001", Channel.ONLINE)


def test_a_form_sent_twice_asks_for_one_visit(
    browser: Callable[[str], Browser], session: Session
) -> None:
    counter = browser("counter")
    fields = visit_fields(counter)

    assert counter.send(PATH, fields).status_code == 200
    assert counter.send(PATH, fields).status_code == 409
    assert dossiers_in(session) == 1


def test_everything_that_cannot_be_read_is_told_at_once_each_at_its_field(
    browser: Callable[[str], Browser], session: Session
) -> None:
    counter = browser("counter")
    right = visit_fields(counter)
    wrong = {
        "p0-originals": "x", "agency": "", "name": "", "citizen": "123", "phone": "không phải số",
        "address": "", "postage": "-5", "day": "31/11", "opens": "25:00", "closes": "",
    }  # fmt: skip

    answer = counter.send(PATH, {**right, **wrong})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 400, page
    assert set(faults(page)) == set(wrong)
    assert "Chưa có gì được ghi" in page
    assert opened(page).fields["citizen"].value == "123"
    assert dossiers_in(session) == 0
    assert counter.send(PATH, right).status_code == 200


def test_all_that_the_store_refuses_is_told_at_once_each_at_its_field(
    browser: Callable[[str], Browser], session: Session
) -> None:
    counter = browser("counter")
    right = visit_fields(counter)
    wrong = {"p0-originals": "0", "agency": w.OFFICE, "code": "H17", "fee": "9000"}
    closed, short = {"day": "2026-11-24"}, {"closes": "08:10"}  # Culture Day; ten minutes

    for visit, field in ((closed, "day"), (short, "opens")):
        answer = counter.send(PATH, {**right, **wrong, **visit})
        page = answer.get_data(as_text=True)
        assert answer.status_code in {400, 409}, page
        assert list(faults(page)) == [*wrong, field]
    assert dossiers_in(session) == 0
    assert counter.send(PATH, right).status_code == 200


def test_a_refused_form_keeps_all_that_was_typed_and_can_be_sent_again(
    browser: Callable[[str], Browser], session: Session
) -> None:
    counter = browser("counter")
    fields = visit_fields(
        counter, **{"p0-photocopies": "3"}, owner_name="Trần Văn Chủ", receiver_name="Lê Thị Nhận",
        receiver_phone="0914 000 777", receiver_address="7 Phan Châu Trinh",
        receiver_commune=w.COMMUNE, fee_basis="NQ 12", code="H17.132-261120-0001",
    )  # fmt: skip

    refused = counter.send(PATH, {**fields, "closes": "07:00"})
    page = refused.get_data(as_text=True)

    assert refused.status_code == 400
    hidden = {"form_key", "agency", "commune", "receiver_commune", "by_post", "closes"}
    for name, value in fields.items():
        if name not in hidden and f'name="{name}"' in page:
            assert re.search(rf'name="{name}"[^>]*value="{value}"', page), name
    assert f'<option value="{w.AGENCY}" selected>' in page
    assert page.count(f'<option value="{w.COMMUNE}" selected>') == 2
    assert 'value="yes" checked' in page
    assert counter.send(PATH, fields).status_code == 200
    assert dossiers_in(session) == 1


@pytest.mark.parametrize(
    ("changed", "status", "field"),
    [
        ({"closes": "08:15"}, 400, "opens"),  # too short
        ({"opens": "11:00"}, 400, "opens"),  # ends before it begins
        ({"day": "2026-11-20"}, 400, "opens"),  # past
        ({"day": "2026-12-30"}, 400, "opens"),  # too far ahead
        ({"day": "0001-01-01"}, 400, "opens"),
        ({"day": "9999-12-31"}, 400, "opens"),
        ({"day": "2026-11-24"}, 409, "day"),  # Culture Day
        ({"day": "2026-11-29"}, 409, "day"),  # a Sunday
        ({"day": "25/11/2026"}, 400, "day"),
        ({"day": ""}, 400, "day"),
        ({"opens": "sáng"}, 400, "opens"),
        ({"opens": "25:00"}, 400, "opens"),
        ({"opens": "0800"}, 400, "opens"),
        ({"opens": "٠٨:٠٠"}, 400, "opens"),
        ({"closes": ""}, 400, "closes"),
        ({"commune": "", "address": ""}, 400, "commune"),
        ({"commune": "", "by_post": ""}, 400, "commune"),
        ({"commune": w.PROVINCE}, 409, "commune"),  # no office serves it
        ({"phone": ""}, 400, "phone"),
        ({"agency": ""}, 400, "agency"),
        ({"agency": w.OFFICE}, 409, "agency"),
        ({"code": "không phải mã"}, 400, "code"),
        ({"name": "x" * 121}, 400, "name"),
        ({"p0-originals": "-1"}, 400, "p0-originals"),
    ],
)
def test_a_refusal_stands_by_its_field_and_nothing_is_recorded(
    browser: Callable[[str], Browser],
    session: Session,
    changed: dict[str, str],
    status: int,
    field: str,
) -> None:
    counter = browser("counter")

    answer = counter.send(PATH, {**visit_fields(counter), **changed})
    page = answer.get_data(as_text=True)

    assert answer.status_code == status, page
    assert re.findall(r'class="fault" id="([\w-]+)-fault"', page) == [field]
    assert dossiers_in(session) == 0


def test_the_fault_of_a_receiver_stands_by_the_receiver(
    browser: Callable[[str], Browser],
) -> None:
    counter = browser("counter")
    other = visit_fields(
        counter, receiver_name="Lê Thị Nhận", receiver_phone="0914 000 777",
        receiver_address="7 Phan Châu Trinh", receiver_commune=w.COMMUNE,
    )  # fmt: skip

    for changed, field in (
        ({"receiver_phone": ""}, "receiver_phone"),
        ({"receiver_commune": w.PROVINCE}, "receiver_commune"),
    ):
        page = counter.send(PATH, {**other, **changed}).get_data(as_text=True)
        assert re.findall(r'class="fault" id="([\w-]+)-fault"', page) == [field]


def test_what_the_law_keeps_from_the_post_is_neither_offered_nor_fetched(
    browser: Callable[[str], Browser], session: Session
) -> None:
    counter = browser("counter")
    path = f"/collecting/new/{w.MARRIAGE}"

    assert path not in counter.text("/receptions/new")
    assert PATH in counter.text("/receptions/new")
    assert counter.send(path, visit_fields(counter, w.MARRIAGE, by_post="")).status_code == 409
    assert dossiers_in(session) == 0


def test_a_manager_finds_the_form_and_no_reception(browser: Callable[[str], Browser]) -> None:
    page = browser("manager").text("/receptions/new?q=trich luc")

    assert PATH in page
    assert f"/receptions/new/{w.EXTRACT}" not in page
    assert "/receptions/guide/" not in page + browser("manager").text(PATH)
    assert PATH not in browser("desk_clerk").text("/receptions/new?q=trich luc")


def test_hostile_words_are_shown_as_letters(browser: Callable[[str], Browser]) -> None:
    counter = browser("counter")
    dossier = dossier_in(visit_asked(counter, name=HOSTILE, address=f"{HOSTILE} 12"))

    assert HOSTILE not in counter.text(f"/dossiers/{dossier}")


def test_the_visit_is_told_in_english(browser: Callable[[str], Browser]) -> None:
    counter = browser("counter")
    counter.send("/language", language="en", next="/")
    page = visit_asked(counter)

    assert "Visit noted" in page
    assert "What comes next" in page
    dossier = counter.text(f"/dossiers/{dossier_in(page)}")
    assert f"A courier of Bưu cục Tam Kỳ comes to fetch it at home: {WINDOW}." in dossier
