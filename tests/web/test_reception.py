"""A citizen comes to the counter or the desk: search, form, papers to print."""

import re
from base64 import b64decode
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.storage.schema import DossierRow, EntryRow
from tests.printing.read_back import text_of
from tests.services import world as w
from tests.web.conftest import Browser
from tests.web.desk_work import dossier_in, received, reception_fields
from tests.web.faulty_fields import faults, value

PDF = re.compile(r'href="data:application/pdf;base64,([^"]+)" download="([^"]+)"')
HOSTILE = '<script>alert("x")</script>'


def dossiers_in(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(DossierRow)) or 0


def test_a_procedure_is_found_without_its_marks(browser: Callable[[str], Browser]) -> None:
    page = browser("counter").text("/receptions/new?q=trich luc")

    assert w.EXTRACT in page
    assert w.MARRIAGE not in page


@pytest.mark.parametrize("query", [HOSTILE, "%", "_", "\x00", "x" * 5000, "'; DROP TABLE item; --"])
def test_a_strange_search_finds_nothing_and_breaks_nothing(
    browser: Callable[[str], Browser], query: str
) -> None:
    answer = browser("counter").client.get("/receptions/new", query_string={"q": query})

    assert answer.status_code == 200
    assert HOSTILE not in answer.get_data(as_text=True)


def test_a_dossier_is_received_and_its_papers_are_in_the_answer(
    browser: Callable[[str], Browser],
) -> None:
    counter = browser("counter")
    answer = counter.send(f"/receptions/new/{w.EXTRACT}", reception_fields(counter, serial="NP-1"))
    page = answer.get_data(as_text=True)
    papers = {name: b64decode(content) for content, name in PDF.findall(page)}

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    # The citizen's slip, the consignment note, the label, the registration to receive, the receipt.
    assert len(papers) == 5
    (kept,) = [text_of(pdf) for name, pdf in papers.items() if "phieu-giu" in name]
    assert "Tra cứu tại: https://bdqn.vn/tracking" in kept
    assert all(pdf.startswith(b"%PDF") for pdf in papers.values())


def test_at_the_agencys_own_desk_the_slip_names_the_due_date(
    browser: Callable[[str], Browser],
) -> None:
    desk = browser("desk_clerk")
    page = desk.send(f"/receptions/new/{w.EXTRACT}", reception_fields(desk)).get_data(as_text=True)

    assert "17:00 23/11/2026" in page
    assert "hen-tra.pdf" in page


@pytest.mark.parametrize(
    ("filled", "told"),
    [
        ({}, "8.000 ₫ — phải thu"),  # the field was emptied: the confirmed fee is due all the same
        ({"fee": "8000"}, "8.000 ₫ — phải thu"),
        ({"fee": "8000", "fee_means": "cash"}, "8.000 ₫ — đã thu"),
        ({"fee": "8000", "fee_exempt": "Hộ nghèo"}, "8.000 ₫ — miễn"),
        ({"fee": "16000", "fee_means": "qr"}, "16.000 ₫ — đã thu"),
    ],
)
def test_the_first_slip_tells_the_fee_as_the_one_printed_again_does(
    browser: Callable[[str], Browser], filled: dict[str, str], told: str
) -> None:
    desk = browser("desk_clerk")
    fields = reception_fields(desk, **filled)
    page = desk.send(f"/receptions/new/{w.EXTRACT}", fields).get_data(as_text=True)
    (first,) = [b64decode(content) for content, name in PDF.findall(page) if "hen-tra" in name]
    path = f"/dossiers/{dossier_in(page)}/papers/receipt"
    again = desk.send(path).get_data()

    for pdf in (first, again):
        assert f"Phí, lệ phí: {told} " in f"{text_of(pdf)} "


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"fee": "", "fee_exempt": "Hộ nghèo"}, "fee"),
        ({"fee": " ", "fee_means": "cash"}, "fee"),
        ({"postage": "", "postage_means": "qr"}, "postage"),
    ],
)
def test_an_exemption_or_a_payment_without_its_amount_is_refused_where_that_is_typed(
    browser: Callable[[str], Browser], session: Session, changed: dict[str, str], field: str
) -> None:
    counter, path = browser("counter"), f"/receptions/new/{w.EXTRACT}"
    fields = reception_fields(counter)
    labels = {"fee": "Phí, lệ phí", "postage": "Cước bưu chính"}

    answer = counter.send(path, {**fields, **changed})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert list(faults(page)) == [field]
    assert f"Chưa điền mục “{labels[field]}”" in faults(page)[field]
    counter.send("/language", language="en")
    page = counter.send(path, {**fields, **changed}).get_data(as_text=True)
    assert "is not filled in" in faults(page)[field]
    assert dossiers_in(session) == 0


def test_a_procedure_that_is_free_asks_for_no_money_and_gives_no_receipt(
    browser: Callable[[str], Browser],
) -> None:
    desk, path = browser("desk_clerk"), f"/receptions/new/{w.MARRIAGE}"
    assert value(desk.text(path), "fee") == "0"
    fields = reception_fields(
        desk, w.MARRIAGE, by_post="", fee="0", fee_means="cash", postage="0", postage_means="cash"
    )

    page = desk.send(path, fields).get_data(as_text=True)

    assert [name.partition("-hen-tra")[1] for _, name in PDF.findall(page)] == ["-hen-tra"]
    assert "Còn phải nộp" not in page
    assert "không có khoản thu" in desk.text(f"/dossiers/{dossier_in(page)}")


def test_the_secrets_are_on_no_later_page(browser: Callable[[str], Browser]) -> None:
    counter = browser("counter")
    answer = counter.send(f"/receptions/new/{w.EXTRACT}", reception_fields(counter))
    page = answer.get_data(as_text=True)
    pin = re.search(r'\(PIN\)</dt><dd><span class="code">(\w{4})<', page)
    dossier = re.search(r"/dossiers/([0-9a-f-]{36})", page)
    assert pin is not None
    assert dossier is not None

    later = counter.text(f"/dossiers/{dossier[1]}")

    assert pin[1] not in re.sub(r"<code.*?</code>", "", later)
    assert "data:application/pdf" not in later


def test_a_form_sent_twice_makes_one_dossier(
    browser: Callable[[str], Browser], session: Session
) -> None:
    counter = browser("counter")
    fields = reception_fields(counter)

    assert counter.send(f"/receptions/new/{w.EXTRACT}", fields).status_code == 200
    again = counter.send(f"/receptions/new/{w.EXTRACT}", fields)
    assert again.status_code == 409
    assert dossiers_in(session) == 1
    page = again.get_data(as_text=True)
    assert "đã được gửi và đã ghi một lần; lần này không ghi thêm gì" in page
    assert "Chưa có gì được ghi" not in page  # the first time something was


def test_a_refused_form_can_be_mended_and_sent_again(
    browser: Callable[[str], Browser], session: Session
) -> None:
    counter = browser("counter")
    fields = reception_fields(counter)

    refused = counter.send(f"/receptions/new/{w.EXTRACT}", {**fields, "phone": "12"})
    assert refused.status_code == 400
    assert "Nguyễn Thị Lan" in refused.get_data(as_text=True)  # what was typed is still there
    assert counter.send(f"/receptions/new/{w.EXTRACT}", fields).status_code == 200
    assert dossiers_in(session) == 1


def test_somebody_elses_form_key_is_refused(browser: Callable[[str], Browser]) -> None:
    fields = reception_fields(browser("counter"))

    answer = browser("second_counter").send(f"/receptions/new/{w.EXTRACT}", fields)

    assert answer.status_code == 400


def test_a_used_seal_takes_the_whole_reception_back(
    browser: Callable[[str], Browser], session: Session
) -> None:
    counter = browser("counter")
    received(counter, serial="NP-7")
    before = session.scalar(select(func.count()).select_from(EntryRow))

    fields = reception_fields(counter, serial="NP-7")
    answer = counter.send(f"/receptions/new/{w.EXTRACT}", fields)

    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert list(faults(page)) == ["serial"]
    assert "NP-7" in faults(page)["serial"]
    assert dossiers_in(session) == 1
    assert session.scalar(select(func.count()).select_from(EntryRow)) == before


def test_a_used_seal_is_told_together_with_what_else_is_wrong(
    browser: Callable[[str], Browser], session: Session
) -> None:
    counter = browser("counter")
    received(counter, serial="NP-7")
    fields = reception_fields(counter, serial="NP-7", agency=w.OFFICE, code="H17.132-260000-0001")

    answer = counter.send(f"/receptions/new/{w.EXTRACT}", fields)

    assert list(faults(answer.get_data(as_text=True))) == ["agency", "code", "serial"]
    assert dossiers_in(session) == 1


def test_where_nothing_is_carried_a_seal_is_not_asked_about(
    browser: Callable[[str], Browser], session: Session
) -> None:
    received(browser("counter"), serial="NP-7")
    desk = browser("desk_clerk")

    answer = desk.send(f"/receptions/new/{w.EXTRACT}", reception_fields(desk, serial="NP-7"))

    assert answer.status_code == 200
    assert dossiers_in(session) == 2


def test_the_citizen_card_fills_what_was_left_empty(browser: Callable[[str], Browser]) -> None:
    counter = browser("counter")
    card = "049190123456||Nguyễn Thị Lan|01011990|Nữ|12 Trần Cao Vân|01012022"
    fields = reception_fields(counter, card=card, name="", citizen="", address="")

    assert counter.send(f"/receptions/new/{w.EXTRACT}", fields).status_code == 200


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"agency": ""}, 400),
        ({"agency": "KHÔNG-CÓ"}, 404),
        ({"agency": w.OFFICE}, 409),  # a post office settles nothing
        ({"name": ""}, 400),
        ({"name": "x" * 121}, 400),
        ({"citizen": "123"}, 400),
        ({"citizen": "04919012345a"}, 400),
        ({"phone": ""}, 400),
        ({"phone": "x" * 500}, 400),
        ({"commune": "99999999"}, 409),
        ({"address": ""}, 400),
        ({"p0-originals": "-1"}, 400),
        ({"p0-originals": "1000"}, 400),
        ({"p0-originals": "1e3"}, 400),
        ({"p0-originals": "٣"}, 400),
        ({"p0-originals": "0", "p0-photocopies": "0"}, 409),
        ({"card": "không|phải|thẻ"}, 400),
        ({"postage": "-5"}, 400),
        ({"postage": "99999999999999999999999"}, 400),
        ({"postage_means": "bitcoin"}, 400),
        ({"code": "không phải mã"}, 400),
        ({"form_key": "giả"}, 400),
        ({"form_key": ""}, 400),
        ({"serial": "x" * 41}, 400),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_recorded(
    browser: Callable[[str], Browser], session: Session, changed: dict[str, str], status: int
) -> None:
    counter = browser("counter")
    fields = reception_fields(counter)

    answer = counter.send(f"/receptions/new/{w.EXTRACT}", {**fields, **changed})

    assert answer.status_code == status, answer.get_data(as_text=True)
    assert 'role="alert"' in answer.get_data(as_text=True)
    assert dossiers_in(session) == 0


def test_everything_that_cannot_be_read_is_told_at_once_each_at_its_field(
    browser: Callable[[str], Browser], session: Session
) -> None:
    counter, path = browser("counter"), f"/receptions/new/{w.EXTRACT}"
    right = reception_fields(counter, fee="8000", fee_means="cash")
    wrong = {
        "p0-originals": "-1", "agency": "", "card": "không|phải|thẻ", "name": "", "citizen": "123",
        "phone": "không phải số", "address": "", "owner_name": "Trần Văn Bình",
        "owner_citizen": "12", "receiver_name": "Lê Thị Ba", "receiver_phone": "1",
        "receiver_address": "", "receiver_commune": "", "fee": "x", "postage": "-5",
        "postage_means": "bitcoin", "serial": "x" * 41,
    }  # fmt: skip

    answer = counter.send(path, {**right, **wrong})

    page = answer.get_data(as_text=True)
    told = faults(page)
    assert answer.status_code == 400, page
    assert list(told) == [name for name in wrong if name not in {"owner_name", "receiver_name"}]
    assert all(sentence and "“text”" not in sentence for sentence in told.values())
    assert "Chưa có gì được ghi" in page
    for name in ("citizen", "phone", "owner_citizen", "receiver_phone", "postage"):
        assert value(page, name) == wrong[name]
    assert value(page, "card") == ""
    assert dossiers_in(session) == 0
    assert counter.send(path, right).status_code == 200


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"phone": "", "commune": "", "postage": "x"}, ["phone", "commune", "postage"]),
        ({"phone": "", "by_post": ""}, ["phone"]),  # the Post carries it in
        ({"name": "x" * 119 + " y"}, ["name"]),
        ({"owner_name": "x" * 119 + " y", "owner_citizen": ""}, ["owner_name"]),
        ({"card": "không|phải|thẻ"}, ["card"]),
        ({"address": ""}, ["address"]),
    ],
)
def test_what_is_wrong_is_told_at_its_field_alone(
    browser: Callable[[str], Browser], changed: dict[str, str], wrong: list[str]
) -> None:
    counter, path = browser("counter"), f"/receptions/new/{w.EXTRACT}"

    answer = counter.send(path, reception_fields(counter, **changed))

    assert answer.status_code == 400
    assert list(faults(answer.get_data(as_text=True))) == wrong


def test_all_that_the_store_refuses_is_told_at_once_each_at_its_field(
    browser: Callable[[str], Browser], session: Session
) -> None:
    counter, path = browser("counter"), f"/receptions/new/{w.EXTRACT}"
    right = reception_fields(counter)
    wrong = {
        "p0-originals": "2", "p1-photocopies": "0", "agency": w.OFFICE,
        "code": "không phải mã", "commune": w.PROVINCE, "fee": "9000",
    }  # fmt: skip

    answer = counter.send(path, {**right, **wrong})

    page = answer.get_data(as_text=True)
    told = faults(page)
    assert answer.status_code == 409, page
    assert list(told) == list(wrong)
    assert "Tờ khai" in told["p0-originals"]
    assert "còn thiếu" in told["p1-photocopies"]
    assert "Có 6 điều chưa đúng" in page
    assert "Chưa có gì được ghi" in page
    assert value(page, "fee") == "9000"
    assert dossiers_in(session) == 0
    assert counter.send(path, right).status_code == 200


def test_what_is_about_no_field_is_told_above_with_what_is(
    browser: Callable[[str], Browser], session: Session
) -> None:
    counter = browser("counter")
    fields = reception_fields(counter, w.MARRIAGE, agency="KHÔNG-CÓ", **{"p0-originals": "0"})

    page = counter.send(f"/receptions/new/{w.MARRIAGE}", fields).get_data(as_text=True)

    above = page.partition('role="alert"')[2].partition("</div>")[0]
    assert list(faults(page)) == ["p0-originals", "agency"]
    assert above.count("không thực hiện qua bưu chính") == 2  # neither in nor out
    assert "Có 4 điều chưa đúng" in above
    assert dossiers_in(session) == 0


@pytest.mark.parametrize("code", ["H17.132-260231-0001", "H17.132-261224-0001"])
def test_a_code_of_no_day_or_of_one_to_come_is_told_at_its_field(
    browser: Callable[[str], Browser], code: str
) -> None:
    counter = browser("counter")
    answer = counter.send(f"/receptions/new/{w.EXTRACT}", reception_fields(counter, code=code))

    assert list(faults(answer.get_data(as_text=True))) == ["code"]


def test_a_fee_without_its_decision_is_told_where_that_is_typed(
    browser: Callable[[str], Browser],
) -> None:
    counter = browser("counter")
    fields = reception_fields(counter, w.BUILDING, fee="75000", agency=w.OFFICE)

    page = counter.send(f"/receptions/new/{w.BUILDING}", fields).get_data(as_text=True)

    assert list(faults(page)) == ["agency", "fee_basis"]


def test_hostile_names_are_shown_as_letters(browser: Callable[[str], Browser]) -> None:
    counter = browser("counter")
    item = received(counter, name=HOSTILE, address=f"{HOSTILE} 12")
    dossier = re.search(r"/dossiers/([0-9a-f-]{36})", counter.text(f"/items/{item}"))
    assert dossier is not None
    page = counter.text(f"/dossiers/{dossier[1]}")

    assert HOSTILE not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("code", ["9.999999", "x", "1.000894.000.00.00.H17x", HOSTILE, "%00"])
def test_an_unknown_procedure_is_not_found_or_malformed(
    browser: Callable[[str], Browser], code: str
) -> None:
    assert browser("counter").get(f"/receptions/new/{code}").status_code in {400, 404}


def test_what_the_law_keeps_from_the_post_is_refused(
    browser: Callable[[str], Browser], session: Session
) -> None:
    counter = browser("counter")
    fields = reception_fields(counter, w.MARRIAGE)

    answer = counter.send(f"/receptions/new/{w.MARRIAGE}", fields)

    assert answer.status_code == 409
    assert dossiers_in(session) == 0


def test_the_registration_says_to_whom_and_where_the_result_is_brought(
    browser: Callable[[str], Browser],
) -> None:
    counter = browser("counter")
    fields = reception_fields(
        counter,
        receiver_name="Trần Văn Nhận",
        receiver_phone="0905 999 888",
        receiver_address="7 Phan Châu Trinh",
        receiver_commune=w.COMMUNE,
    )
    page = counter.send(f"/receptions/new/{w.EXTRACT}", fields).get_data(as_text=True)
    (pdf,) = [content for content, name in PDF.findall(page) if "nhan-ket-qua" in name]
    words = text_of(b64decode(pdf))

    assert "Người đăng ký: Nguyễn Thị Lan Số định danh: 049*****3456" in words
    assert "Họ và tên: Trần Văn Nhận" in words
    assert "Địa chỉ phát: 7 Phan Châu Trinh, Phường Tam Kỳ" in words
    assert "Cước trả kết quả: 26.000 ₫ — đã thu" in words
    assert "Bản 1 — người đăng ký giữ" in words
    assert "Bản 2 — bưu điện giữ" in words
    assert "999888" not in words.replace(" ", "")


def test_who_hands_in_for_another_is_the_receiver_on_what_is_signed_as_in_the_record(
    browser: Callable[[str], Browser],
) -> None:
    counter = browser("counter")
    fields = reception_fields(counter, owner_name="Phạm Thị Mẹ", owner_citizen="049150000001")
    page = counter.send(f"/receptions/new/{w.EXTRACT}", fields).get_data(as_text=True)
    (first,) = [b64decode(content) for content, name in PDF.findall(page) if "nhan-ket-qua" in name]
    path = f"/dossiers/{dossier_in(page)}/papers/return-registration"
    again = counter.send(path).get_data()

    for pdf in (first, again):
        words = text_of(pdf)
        assert words.count("Họ và tên: Nguyễn Thị Lan") == 2  # in both copies
        assert "Phạm Thị Mẹ" not in words


@pytest.mark.parametrize(
    ("login", "way"),
    [
        ("counter", "Nơi gửi: Bưu cục Tam Kỳ Nơi nhận: UBND phường Tam Kỳ"),
        ("desk_clerk", "Nơi gửi: UBND phường Tam Kỳ Nơi nhận: 12 Trần Cao Vân, Phường Tam Kỳ"),
    ],
)
def test_the_receipt_for_postage_tells_the_way_that_is_paid_for(
    browser: Callable[[str], Browser], login: str, way: str
) -> None:
    clerk = browser(login)
    fields = reception_fields(clerk)
    page = clerk.send(f"/receptions/new/{w.EXTRACT}", fields).get_data(as_text=True)
    (pdf,) = [b64decode(content) for content, name in PDF.findall(page) if "-cuoc" in name]

    assert way in text_of(pdf)


def test_postage_for_a_receiver_elsewhere_is_paid_to_where_he_lives(
    browser: Callable[[str], Browser],
) -> None:
    desk = browser("desk_clerk")
    fields = reception_fields(
        desk,
        receiver_name="Trần Văn Nhận",
        receiver_phone="0905 999 888",
        receiver_address="7 Phan Châu Trinh",
        receiver_commune=w.FAR_COMMUNE,
    )
    page = desk.send(f"/receptions/new/{w.EXTRACT}", fields).get_data(as_text=True)
    (pdf,) = [b64decode(content) for content, name in PDF.findall(page) if "-cuoc" in name]

    assert "Nơi nhận: 7 Phan Châu Trinh, Xã Thăng Bình" in text_of(pdf)


def test_a_result_fetched_at_the_desk_is_not_registered_to_be_brought(
    browser: Callable[[str], Browser],
) -> None:
    counter = browser("counter")
    fields = reception_fields(counter, by_post="")
    page = counter.send(f"/receptions/new/{w.EXTRACT}", fields).get_data(as_text=True)

    assert not [name for _, name in PDF.findall(page) if "nhan-ket-qua" in name]


def test_the_clerk_is_told_why_there_is_no_code_to_pay_by(
    browser: Callable[[str], Browser],
) -> None:
    counter = browser("counter")
    page = counter.send(
        f"/receptions/new/{w.EXTRACT}", reception_fields(counter, postage_means="")
    ).get_data(as_text=True)

    assert "Còn phải nộp" in page
    assert page.count("không có mã chuyển khoản: chưa khai tài khoản nhận khoản này") == 2
    assert "/transfers/" not in page
