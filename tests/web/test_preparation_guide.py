"""What a citizen takes home to prepare, before any dossier exists."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.procedures import (
    Channel,
    Fee,
    FeeStatus,
    ProcedureVersion,
    Trust,
    version_from_reference,
)
from postal_service.printing import preparation_guide
from postal_service.reference.procedures import procedures
from postal_service.storage.schema import AccessRow, DossierRow, EntryRow
from postal_service.web.receptions.guide import view_of
from tests.printing.read_back import text_of
from tests.services import world as w
from tests.web.conftest import Browser

SHIPPED = {row.code: version_from_reference(row) for row in procedures()}


def words_of(version: ProcedureVersion) -> str:
    view = view_of(version, office="Bưu cục Tam Kỳ", at=w.MORNING)
    return text_of(preparation_guide.render(view))


def test_it_is_reached_from_the_search_and_from_the_form(
    browser: Callable[[str], Browser], session: Session
) -> None:
    clerk = browser("counter")
    path = f"/receptions/guide/{w.EXTRACT}"
    assert f'href="{path}"' in clerk.text("/receptions/new?q=trich+luc")
    assert f'href="{path}"' in clerk.text(f"/receptions/new/{w.EXTRACT}")

    answer = clerk.get(path)

    assert answer.mimetype == "application/pdf"
    words = text_of(answer.get_data())
    for said in (
        "PHIẾU HƯỚNG DẪN CHUẨN BỊ HỒ SƠ",
        "Cấp bản sao trích lục hộ tịch, bản sao giấy khai sinh",
        "1 Tờ khai cấp bản sao trích lục hộ tịch 1 0 0",
        "2 Giấy tờ tùy thân của người yêu cầu 0 0 1",
        "3 Văn bản ủy quyền (trường hợp ủy quyền) 0 1 0 nếu có",
        "hồ sơ cơ quan nhận sau 15 giờ thì trả vào ngày làm việc tiếp theo",
        "mọi cách nộp 8.000 ₫ / bản sao",
        "Bưu cục Tam Kỳ",
    ):
        assert said in words
    for row in (DossierRow, EntryRow, AccessRow):
        assert session.scalar(select(func.count()).select_from(row)) == 0


@pytest.mark.parametrize(
    ("code", "status"),
    [("9.999999", 404), ("x", 400), ("1.000894.000.00.00.H17x", 400), ("<script>", 400)],
)
def test_an_unknown_procedure_has_no_guide(
    browser: Callable[[str], Browser], code: str, status: int
) -> None:
    assert browser("counter").get(f"/receptions/guide/{code}").status_code == status


@pytest.mark.parametrize("login", ["officer", "auditor", "courier", "manager"])
def test_who_does_not_receive_prints_no_guide(
    browser: Callable[[str], Browser], login: str
) -> None:
    assert browser(login).get(f"/receptions/guide/{w.EXTRACT}").status_code == 403


def test_an_amount_that_nobody_confirmed_is_not_printed() -> None:
    unconfirmed = Fee(amount_dong=123_456, status=FeeStatus.PLACEHOLDER, source="nhớ lại")
    words = words_of(replace(SHIPPED[w.EXTRACT], fees=(unconfirmed,)))

    assert "chưa xác nhận, xin hỏi nơi tiếp nhận" in words
    assert "123.456" not in words
    assert "nhớ lại" not in words


def test_each_way_of_filing_tells_its_own_fee_and_one_in_the_future_is_not_told() -> None:
    counter = Fee(
        amount_dong=20_000, status=FeeStatus.CONFIRMED, source="NQ A", channel=Channel.COUNTER
    )
    online = replace(counter, amount_dong=10_000, source="NQ B", channel=Channel.ONLINE)
    later = replace(counter, amount_dong=77_000, valid_from=date(2027, 1, 1))
    words = words_of(replace(SHIPPED[w.EXTRACT], fees=(counter, online, later)))

    assert "nộp trực tiếp 20.000 ₫ NQ A" in words
    assert "nộp trực tuyến 10.000 ₫ NQ B" in words
    assert "gửi qua bưu chính" not in words
    assert "77.000" not in words


def test_a_term_is_told_as_far_as_it_is_trusted() -> None:
    version = SHIPPED[w.CORRECTION]

    sure = words_of(replace(version, trust_in_term=Trust.FOUND))
    believed = words_of(replace(version, trust_in_term=Trust.KNOWN))
    unsure = words_of(replace(version, trust_in_term=Trust.UNSURE))

    told = f"{version.term.amount} ngày làm việc"
    assert told in sure
    assert "đối chiếu" not in sure
    assert told in believed
    assert "xin đối chiếu với danh mục cơ quan công bố" in believed
    assert told not in unsure
    assert "Chưa xác nhận trong danh mục" in unsure


def test_presence_papers_that_come_back_and_papers_taken_at_the_door_are_told() -> None:
    assert "người yêu cầu phải có mặt, không gửi qua bưu chính" in words_of(SHIPPED[w.MARRIAGE])
    assert "phải đến nhận tại nơi tiếp nhận" in words_of(SHIPPED[w.MARRIAGE])
    assert "bản chính được trả lại cùng kết quả" in words_of(SHIPPED[w.CORRECTION])
    assert "giao lại cho bưu tá: Giấy phép lái xe cũ" in words_of(SHIPPED[w.LICENCE])


@pytest.mark.parametrize("version", SHIPPED.values(), ids=SHIPPED)
def test_every_shipped_procedure_has_a_guide_with_all_its_papers(
    version: ProcedureVersion,
) -> None:
    words = words_of(version)

    assert version.name in words
    for need in version.papers:
        assert need.name in words
    assert "Thời hạn tính từ khi cơ quan tiếp nhận" in words
