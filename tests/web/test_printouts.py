"""The papers of a dossier's own record: what they say, who gets them, and that the codes on them are read."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from postal_service.domain import vietqr
from postal_service.domain.bank_accounts import BankAccount
from postal_service.domain.ids import DossierId
from postal_service.domain.money import Line
from postal_service.domain.persons import PersonRole, read_person
from postal_service.runtime import Runtime, start
from postal_service.services import persons
from postal_service.storage.schema import (
    AccessRow,
    DossierRow,
    EntryRow,
    PersonRow,
    StepRow,
)
from postal_service.storage.transaction import Sessions
from tests.clock import Clock
from tests.printing.read_back import codes_of, text_of, title_and_language
from tests.services import world as w
from tests.services.world import World
from tests.web.conftest import Browser, settings_for_tests
from tests.web.desk_work import dossier_of, offered, sealed, taken
from tests.web.desk_work import received as received_item

ACCOUNTS = (
    BankAccount(
        unit=w.AGENCY, line=Line.STATE_FEE, bank_bin="970415", number="111", holder="UBND Tam Kỳ"
    ),
    BankAccount(
        unit=w.OPERATOR, line=Line.POSTAGE, bank_bin="970436", number="222", holder="Bưu điện"
    ),
)
PAPER = "Tờ khai cấp bản sao trích lục hộ tịch"
TRANSFER = re.compile(r"/dossiers/[0-9a-f-]{36}/transfers/[0-9a-f-]{36}")


@pytest.fixture
def runtime(sessions: Sessions, world: World, clock: Clock) -> Runtime:
    """A service in which both accounts are entered."""
    settings = replace(settings_for_tests(), accounts=ACCOUNTS)
    return start(settings, clock=clock, sessions=sessions)


@pytest.fixture
def at_desk(browser: Callable[[str], Browser]) -> str:
    """A dossier whose fee is still due, posted at the counter, whose envelope the desk has taken."""
    counter, desk = browser("counter"), browser("desk_clerk")
    item = sealed(counter, "NP-1")
    taken(desk, offered(counter, item), item)
    return dossier_of(desk, item)


@pytest.fixture
def received(browser: Callable[[str], Browser], at_desk: str, clock: Clock) -> str:
    """The desk received it twenty minutes after it had the envelope."""
    clock.forward(timedelta(minutes=20))
    assert browser("desk_clerk").send(f"/dossiers/{at_desk}/receive").status_code == 302
    return at_desk


def paper(clerk: Browser, dossier: str, name: str) -> bytes:
    """One paper, which the dossier's page links to."""
    path = f"/dossiers/{dossier}/papers/{name}"
    assert f'href="{path}"' in clerk.text(f"/dossiers/{dossier}")
    answer = clerk.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith('inline; filename="H17.132-')
    return answer.get_data()


def test_a_supplement_request_lists_the_papers_with_the_counts_the_list_asks(
    browser: Callable[[str], Browser], received: str
) -> None:
    desk = browser("desk_clerk")
    desk.send(f"/dossiers/{received}/supplement", reason="illegible", paper=PAPER)

    words = text_of(paper(desk, received, "supplement"))

    for said in (
        "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ",
        "UBND phường Tam Kỳ",
        "Kính gửi: Nguyễn Thị Lan",
        f"{PAPER} 1 0 0",
        "Lý do: không đọc được",
        "Bản in từ hệ thống theo sự kiện đã ghi — ứng với mẫu số 02, Thông tư 03/2025/TT-VPCP",
        "Nhân viên desk_clerk",
    ):
        assert said in words
    assert "Giấy tờ tùy thân của người yêu cầu" not in words
    assert "049190123456" not in words


@pytest.mark.parametrize(
    ("step", "fields", "said"),
    [
        ("refuse", {"why": "Không thuộc thẩm quyền"}, "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ"),
        ("discontinue", {"why": "Người nộp đề nghị dừng"}, "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ"),
        ("extend", {"why": "Phải xác minh", "new_due": "2026-11-30"}, "XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN"),
    ],
)
def test_a_decision_is_told_with_its_reason(
    browser: Callable[[str], Browser],
    received: str,
    step: str,
    fields: dict[str, str],
    said: str,
) -> None:
    names = {"refuse": "refusal", "discontinue": "discontinuation", "extend": "extension"}
    desk = browser("desk_clerk")
    assert desk.send(f"/dossiers/{received}/{step}", fields).status_code == 302

    words = text_of(paper(desk, received, names[step]))

    assert said in words
    assert f"Lý do: {fields['why']}" in words
    if step == "extend":
        assert "Ngày hẹn trả trước đây: 17 giờ 00 phút, ngày 23 tháng 11 năm 2026" in words
        assert "Ngày hẹn trả mới: 17 giờ 00 phút, ngày 30 tháng 11 năm 2026" in words


def test_the_control_slip_has_a_row_for_each_hop_and_the_head_of_the_chain(
    browser: Callable[[str], Browser], received: str, session: Session, tmp_path: Path
) -> None:
    desk = browser("desk_clerk")
    pdf = paper(desk, received, "control-slip")
    words = text_of(pdf)

    assert "1 công dân Nhân viên counter — Bưu cục Tam Kỳ 09:00 23/11/2026 chưa tính hạn" in words
    assert "2 Nhân viên counter — Bưu cục Tam Kỳ Nhân viên desk_clerk" in words
    assert "Số lần giao nhận: 2 (hai)" in words
    assert "mẫu số 06" in words
    newest = session.scalars(select(EntryRow).order_by(EntryRow.index.desc())).first()
    assert newest is not None
    assert newest.leaf_hash.hex() in words
    scanned = {code.text for page in codes_of(pdf, tmp_path) for code in page}
    assert any(text.startswith("HTTPS://") and text.endswith(newest.item) for text in scanned)
    assert title_and_language(pdf)[1] == "vi-VN"


def test_a_hop_after_the_promised_date_is_told_as_late(
    browser: Callable[[str], Browser], received: str, clock: Clock
) -> None:
    desk = browser("desk_clerk")
    desk.send(f"/dossiers/{received}/resolve")
    clock.forward(timedelta(days=3))
    made = browser("desk_clerk").send(
        f"/results/{received}/envelope", originals="1", certified="0", photocopies="0", serial="KQ"
    )
    assert made.status_code == 200

    words = text_of(paper(browser("desk_clerk"), received, "control-slip"))

    assert "3 cơ quan giải quyết Nhân viên desk_clerk" in words
    assert "09:20 26/11/2026 quá hạn kết quả" in words


def test_what_was_not_recorded_is_not_printed(
    browser: Callable[[str], Browser], at_desk: str
) -> None:
    desk = browser("desk_clerk")
    page = desk.text(f"/dossiers/{at_desk}")

    for name in ("supplement", "refusal", "extension", "discontinuation"):
        assert f"papers/{name}" not in page
        answer = desk.get(f"/dossiers/{at_desk}/papers/{name}")
        assert answer.status_code == 409
        assert "không có gì để in" in answer.get_data(as_text=True)
    assert desk.get(f"/dossiers/{at_desk}/papers/invented").status_code == 404


def test_a_foreign_office_is_answered_as_if_there_were_no_dossier(
    browser: Callable[[str], Browser], received: str
) -> None:
    far = browser("far_desk_clerk")
    unknown = "01900000-0000-7000-8000-000000000000"

    for name in ("control-slip", "supplement", "invented"):
        foreign = far.get(f"/dossiers/{received}/papers/{name}")
        missing = far.get(f"/dossiers/{unknown}/papers/{name}")
        assert foreign.status_code == missing.status_code == 404
        assert foreign.mimetype == missing.mimetype == "text/html"


def test_printing_writes_nothing_and_is_no_look_at_a_person(
    browser: Callable[[str], Browser], received: str, session: Session
) -> None:
    def written() -> tuple[int | None, ...]:
        return tuple(
            session.scalar(select(func.count()).select_from(row))
            for row in (EntryRow, StepRow, AccessRow)
        )

    before = written()
    paper(browser("desk_clerk"), received, "control-slip")
    assert written() == before


def test_each_due_has_its_own_slip_whose_code_a_phone_reads(
    browser: Callable[[str], Browser], tmp_path: Path
) -> None:
    counter = browser("counter")
    dossier = dossier_of(counter, received_item(counter, postage_means=""))
    links = TRANSFER.findall(counter.text(f"/dossiers/{dossier}"))
    assert len(links) == 2

    told = {}
    for number, link in enumerate(links):
        folder = tmp_path / str(number)
        folder.mkdir()
        pdf = counter.get(link).get_data()
        (code,) = codes_of(pdf, folder)[0]
        transfer = vietqr.read(code.text)
        told[transfer.account] = (transfer, text_of(pdf))

    fee, fee_words = told["111"]
    postage, postage_words = told["222"]
    assert (fee.bank_bin, fee.amount_dong) == ("970415", 8_000)
    assert (postage.bank_bin, postage.amount_dong) == ("970436", 26_000)
    assert fee.purpose.startswith("LP H17.132-")
    assert postage.purpose.startswith("CP H17.132-")
    assert "Số tiền: 8.000 ₫" in fee_words
    assert "Bằng chữ: Tám nghìn đồng" in fee_words
    assert "Nộp về: UBND phường Tam Kỳ" in fee_words
    assert "26.000" not in fee_words
    assert "Số tiền: 26.000 ₫" in postage_words
    assert "chưa phải biên nhận" in postage_words


def test_what_is_paid_has_no_transfer_slip(browser: Callable[[str], Browser]) -> None:
    counter = browser("counter")
    dossier = dossier_of(counter, received_item(counter, fee="8000", fee_means="cash"))

    assert not TRANSFER.findall(counter.text(f"/dossiers/{dossier}"))


def test_a_foreign_counter_gets_no_slip_of_our_charge(
    browser: Callable[[str], Browser], at_desk: str
) -> None:
    (link,) = TRANSFER.findall(browser("counter").text(f"/dossiers/{at_desk}"))

    assert browser("counter").get(link).status_code == 200
    assert browser("far_counter").get(link).status_code == 404
    assert browser("auditor").get(link).status_code == 403
    assert browser("counter").get(link[:-36] + "x" * 3_000).status_code == 404


def test_the_page_speaks_english_and_the_paper_vietnamese(
    browser: Callable[[str], Browser], received: str
) -> None:
    desk = browser("desk_clerk")
    desk.send("/language", language="en")

    assert "Control slip" in desk.text(f"/dossiers/{received}")
    assert "PHIẾU KIỂM SOÁT" in text_of(paper(desk, received, "control-slip"))


def test_the_registration_of_a_result_is_printed_again_and_the_look_is_logged(
    browser: Callable[[str], Browser], received: str, session: Session
) -> None:
    clerk = browser("counter")
    assert "In lại phiếu đăng ký nhận kết quả" in clerk.text(f"/dossiers/{received}")
    before = session.scalar(select(func.count()).select_from(AccessRow)) or 0

    answer = clerk.send(f"/dossiers/{received}/papers/return-registration")

    assert answer.status_code == 200
    words = text_of(answer.data)
    for said in ("PHIẾU ĐĂNG KÝ NHẬN KẾT QUẢ", "Nguyễn Thị Lan", "in lại lúc", "Bản 2"):
        assert said.lower() in words.lower(), said
    assert "049190123456" not in words
    assert (session.scalar(select(func.count()).select_from(AccessRow)) or 0) == before + 1


def test_nobody_prints_the_registration_of_a_foreign_dossier_or_of_none(
    browser: Callable[[str], Browser], received: str, session: Session
) -> None:
    path = f"/dossiers/{received}/papers/return-registration"
    assert browser("far_counter").send(path).status_code == 404
    assert browser("auditor").send(path).status_code == 403
    assert (
        browser("counter").send("/dossiers/nothing/papers/return-registration").status_code == 404
    )
    session.execute(update(DossierRow).values(result_by_post=False))
    session.commit()
    assert browser("counter").send(path).status_code == 409
    assert "In lại phiếu đăng ký" not in browser("counter").text(f"/dossiers/{received}")


def receipt(clerk: Browser, dossier: str) -> str:
    """The appointment slip printed again from the dossier's page."""
    path = f"/dossiers/{dossier}/papers/receipt"
    assert f'action="{path}"' in clerk.text(f"/dossiers/{dossier}")
    answer = clerk.send(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].endswith('-hen-tra.pdf"')
    return text_of(answer.data)


def test_the_appointment_slip_is_printed_again_as_it_was_received_and_the_look_is_logged(
    browser: Callable[[str], Browser], received: str, session: Session, clock: Clock
) -> None:
    clock.forward(timedelta(hours=5))

    words = receipt(browser("counter"), received)

    for said in (
        "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
        "Bản in lại lúc 14:20 23/11/2026 theo dữ liệu đang ghi",
        "UBND phường Tam Kỳ",
        "Trung tâm Phục vụ hành chính công phường Tam Kỳ",
        "Người nộp hồ sơ: Nguyễn Thị Lan",
        "Chủ hồ sơ: Nguyễn Thị Lan",
        "Số định danh: 049*****3456",
        "12 Trần Cao Vân, Phường Tam Kỳ",
        "Tra cứu tại: https://bdqn.vn/tracking",
        f"{PAPER} 1 0 0",
        "Tiếp nhận hồ sơ lúc: 09 giờ 20 phút, ngày 23 tháng 11 năm 2026",
        "Hẹn trả kết quả lúc: 17 giờ 00 phút, ngày 23 tháng 11 năm 2026",
        "Nhận kết quả tại: Tại nhà, qua dịch vụ bưu chính công ích",
        "Tình trạng hồ sơ khi in: cơ quan đã tiếp nhận",
        "Nhân viên desk_clerk",
        "ứng với mẫu số 01, Thông tư 03/2025/TT-VPCP",
        "mất mã nhận kết quả thì báo quầy để cấp mã mới",
    ):
        assert said in words, said
    for secret in ("Mã tra cứu (PIN):", "BG1:", "Mã nhận kết quả tại nhà", "049190123456"):
        assert secret not in words
    assert "Từ khi tiếp nhận" not in words
    looks = session.scalars(select(AccessRow).filter_by(dossier=received, why="printing")).all()
    assert [look.staff for look in looks] == ["s-counter"]


def test_the_slip_tells_a_stopped_clock_and_then_the_date_that_binds(
    browser: Callable[[str], Browser], received: str, session: Session, clock: Clock
) -> None:
    desk = browser("desk_clerk")
    clock.forward(timedelta(minutes=10))
    desk.send(f"/dossiers/{received}/supplement", reason="illegible", paper=PAPER)

    words = receipt(desk, received)

    assert "Hẹn trả kết quả lúc: hiện chưa có ngày hẹn" in words
    assert "09:30 23/11/2026 Yêu cầu bổ sung (mẫu 02) tạm dừng" in words

    clock.forward(timedelta(minutes=10))
    assert desk.send(f"/dossiers/{received}/supplemented").status_code == 302
    fields = {"why": "Phải xác minh", "new_due": "2026-11-30"}
    assert desk.send(f"/dossiers/{received}/extend", fields).status_code == 302

    words = receipt(desk, received)

    assert "Hẹn trả kết quả lúc: 17 giờ 00 phút, ngày 30 tháng 11 năm 2026" in words
    assert "Tiếp nhận hồ sơ lúc: 09 giờ 20 phút, ngày 23 tháng 11 năm 2026" in words
    for row in (
        "09:30 23/11/2026 Yêu cầu bổ sung (mẫu 02) tạm dừng",
        "09:40 23/11/2026 Đã nhận bổ sung 17:00 23/11/2026",
        "09:40 23/11/2026 Xin lỗi và hẹn lại (mẫu 04) 17:00 30/11/2026",
    ):
        assert row in words, row
    dossier = session.get_one(DossierRow, received)
    dossier.received_at = dossier.received_at.replace(year=2022) if dossier.received_at else None
    session.commit()
    assert "dùng mẫu do cơ quan ban hành" in receipt(desk, received)  # no number is certain then


def test_a_slip_of_an_imported_dossier_leaves_what_nobody_told_to_be_written(
    browser: Callable[[str], Browser], at_desk: str, session: Session, world: World, clock: Clock
) -> None:
    """Received elsewhere: no step of ours tells it, nobody's address is known, and no date was set."""
    dossier = session.get_one(DossierRow, at_desk)
    dossier.received_at = clock()
    key = persons.key_of(session, world.vault, DossierId(at_desk))
    session.execute(delete(PersonRow))
    persons.keep(session, world.vault, key, PersonRole.OWNER, read_person("Trần Văn Bình"))
    session.commit()

    words = receipt(browser("desk_clerk"), at_desk)

    assert "Người nộp hồ sơ: Trần Văn Bình" in words
    assert "Chủ hồ sơ: Trần Văn Bình" in words
    assert "Địa chỉ:" in words
    assert "Hẹn trả kết quả lúc: hiện chưa có ngày hẹn" in words
    assert "Trung tâm Phục vụ hành chính công phường Tam Kỳ" in words


def test_no_slip_is_printed_before_reception_after_erasure_or_for_who_may_not(
    browser: Callable[[str], Browser], at_desk: str, session: Session, clock: Clock
) -> None:
    desk, path = browser("desk_clerk"), f"/dossiers/{at_desk}/papers/receipt"
    assert "papers/receipt" not in desk.text(f"/dossiers/{at_desk}")
    refused = desk.send(path)
    assert refused.status_code == 409
    assert "chưa ghi việc này, nên không có gì để in" in refused.get_data(as_text=True)
    desk.send(f"/dossiers/{at_desk}/receive")

    for login in ("officer", "auditor", "administrator", "courier"):
        assert browser(login).send(path).status_code == 403, login
    assert browser("far_counter").send(path).status_code == 404
    for unknown in ("01900000-0000-7000-8000-000000000000", "x" * 3_000, "%00"):
        assert desk.send(f"/dossiers/{unknown}/papers/receipt").status_code == 404
    assert desk.get(path).status_code == 404  # it names people: a form asks for it
    session.execute(update(DossierRow).where(DossierRow.id == at_desk).values(erased_at=clock()))
    session.commit()
    assert desk.send(path).status_code == 409
    assert "papers/receipt" not in desk.text(f"/dossiers/{at_desk}")
    assert session.scalars(select(AccessRow).filter_by(why="printing")).all() == []


def test_an_authorisation_is_printed_for_the_owner_and_the_look_is_logged(
    browser: Callable[[str], Browser], received: str, session: Session
) -> None:
    clerk, path = browser("counter"), f"/dossiers/{received}/papers/authorisation"
    assert f'action="{path}"' in clerk.text(f"/dossiers/{received}")
    before = session.scalar(select(func.count()).select_from(AccessRow)) or 0

    answer = clerk.send(path)

    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    words = text_of(answer.data)
    code = session.get_one(DossierRow, received).code
    for said in (
        "GIẤY ỦY QUYỀN",
        code,
        "Nguyễn Thị Lan",
        "12 Trần Cao Vân, Phường Tam Kỳ",
        "UBND phường Tam Kỳ",
    ):
        assert said in words, said
    assert "049190123456" not in words
    assert (session.scalar(select(func.count()).select_from(AccessRow)) or 0) == before + 1


def test_nobody_authorises_for_a_foreign_dossier_for_none_or_for_one_that_is_over(
    browser: Callable[[str], Browser], received: str, session: Session
) -> None:
    path = f"/dossiers/{received}/papers/authorisation"
    before = session.scalar(select(func.count()).select_from(AccessRow)) or 0
    assert browser("far_counter").send(path).status_code == 404
    assert browser("auditor").send(path).status_code == 403
    for unknown in ("nothing", "x" * 3_000, "%00"):
        assert (
            browser("counter").send(f"/dossiers/{unknown}/papers/authorisation").status_code == 404
        )
    session.execute(update(DossierRow).values(administrative="returned"))
    session.commit()
    refused = browser("counter").send(path)
    assert refused.status_code == 409
    assert "không còn kết quả để ủy quyền nhận" in refused.get_data(as_text=True)
    assert "papers/authorisation" not in browser("counter").text(f"/dossiers/{received}")
    assert (session.scalar(select(func.count()).select_from(AccessRow)) or 0) == before
