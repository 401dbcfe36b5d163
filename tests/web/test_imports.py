"""An administrator sends a file in, reads every fault by row and cell, and has it saved whole or not at all."""

import io
import json
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.runtime import Runtime
from postal_service.services import calendars, import_jobs, jobs, uploads
from postal_service.services.job_runner import Runner
from postal_service.services.jobs import JobId
from postal_service.storage.schema import DossierRow, JobRow, UnitRow, UploadPieceRow, UploadRow
from tests.clock import Clock
from tests.services import world as w
from tests.services.importing.files import SAMPLES, row
from tests.web.conftest import Browser

GOOD = (SAMPLES / "dossiers.csv").read_bytes()
BAD = GOOD.decode("utf-8-sig").replace("2.000635", "9.999999", 1).encode()
WORKBOOK = (SAMPLES / "dossiers.xlsx").read_bytes()


@pytest.fixture
def administrator(browser: Callable[[str], Browser]) -> Browser:
    return browser("administrator")


@pytest.fixture
def work(runtime: Runtime) -> Callable[[], bool]:
    """Does the next job, as a server does beside answering."""
    kinds = import_jobs.kinds(runtime.vault, service=runtime.settings.item_prefix)
    return Runner(runtime.sessions, clock=runtime.clock, kinds=kinds).run_one


def send(browser: Browser, content: bytes, name: str = "d.csv", **fields: str) -> str:
    """Send a file; the address of what became of it."""
    answer = browser.client.post(
        "/imports",
        data={
            "csrf_token": browser.form_token(), "kind": "dossiers", "mode": "create", "encoding": "",
            "file": (io.BytesIO(content), name), **fields,
        },
    )  # fmt: skip
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return answer.headers["Location"]


def dossiers(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(DossierRow)) or 0


def pieces(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(UploadPieceRow)) or 0


@pytest.mark.parametrize(("content", "name"), [(GOOD, "d.csv"), (WORKBOOK, "d.xlsx")])
def test_a_file_is_looked_at_confirmed_and_saved(
    administrator: Browser, work: Callable[[], bool], session: Session, content: bytes, name: str
) -> None:
    page = send(administrator, content, name)
    assert "đang chờ" in administrator.text(page)
    assert work()
    looked = administrator.text(page)
    assert dossiers(session) == 0
    assert "5 thêm mới" in looked
    assert "0905000022" not in looked  # nobody's telephone on a page

    saving = administrator.send(f"{page}/save").headers["Location"]
    assert work()

    assert "Đã lưu 5 dòng." in administrator.text(saving)
    assert dossiers(session) == 5
    assert pieces(session) == 0
    assert administrator.send(f"{page}/save").status_code == 409  # the file is gone


def test_a_fault_is_told_by_row_and_cell_and_nothing_is_saved(
    administrator: Browser, work: Callable[[], bool], session: Session
) -> None:
    page = send(administrator, BAD)
    work()

    told = administrator.text(page)
    refused = administrator.send(f"{page}/save")

    assert re.search(r'<td class="number">2</td><td>Mã TTHC</td><td><code>9\.999999</code>', told)
    assert "Lưu tất cả" not in told
    assert refused.status_code == 409
    assert not work()
    assert dossiers(session) == 0


@pytest.mark.parametrize(
    ("column", "written"),
    [("Ngày tiếp nhận", "1e400"), ("Ngày hẹn trả", '"9999-12-31T23:59:59-12:00"')],
)
def test_a_cell_beyond_all_numbers_and_days_is_told_by_row_and_cell(
    administrator: Browser, work: Callable[[], bool], column: str, written: str
) -> None:
    told = json.dumps(row(1) | {column: None}).replace("null", written)
    page = send(administrator, f"[{told}]".encode(), "d.json")
    work()

    assert re.search(rf'<td class="number">1</td><td>{column}</td>', administrator.text(page))


def test_what_changed_between_look_and_save_saves_nothing(
    administrator: Browser, work: Callable[[], bool], session: Session
) -> None:
    first, second = send(administrator, GOOD), send(administrator, GOOD.replace(b"0905", b"0914"))
    work()
    work()
    one = administrator.send(f"{first}/save").headers["Location"]
    other = administrator.send(f"{second}/save").headers["Location"]
    work()
    work()

    assert "Đã lưu 5 dòng." in administrator.text(one)
    assert "Chưa lưu gì vì có dòng không hợp lệ." in administrator.text(other)
    assert dossiers(session) == 5


def test_an_agencys_calendar_is_sent_in_mended_and_saved(
    administrator: Browser, work: Callable[[], bool], session: Session
) -> None:
    good = f"Ngày,Loại,Tên,Giờ làm việc,Lịch\n26/11/2026,làm việc,Họp,07:00-11:30,{w.AGENCY}\n"
    page = send(administrator, good.replace("07:00-11:30", "sáng").encode(), kind="calendar")
    work()
    told = administrator.text(page)
    assert re.search(r'<td class="number">2</td><td>Giờ làm việc</td><td><code>sáng</code>', told)
    assert "Ghi giờ làm việc như 07:00-11:30, 13:30-17:00." in told

    page = send(administrator, good.encode(), kind="calendar")
    work()
    saving = administrator.send(f"{page}/save").headers["Location"]
    work()

    assert "Đã lưu 1 dòng." in administrator.text(saving)
    entered = calendars.day_of(session, w.AGENCY, date(2026, 11, 26))
    assert entered is not None
    assert entered.hours == "07:00-11:30"


def test_saving_is_asked_for_once_however_often_it_is_clicked(
    administrator: Browser, work: Callable[[], bool], session: Session
) -> None:
    page = send(administrator, GOOD)
    work()
    asked = {administrator.send(f"{page}/save").headers["Location"] for _ in range(3)}

    assert len(asked) == 1
    assert session.scalar(select(func.count()).select_from(JobRow)) == 2


def test_a_file_that_is_dropped_is_gone(
    administrator: Browser, work: Callable[[], bool], session: Session
) -> None:
    waiting, looked = send(administrator, GOOD), send(administrator, BAD)
    assert administrator.send(f"{waiting}/cancel").status_code == 302
    work()
    assert administrator.send(f"{looked}/cancel").status_code == 302

    assert "đã dừng" in administrator.text(waiting)
    assert not work()
    assert session.scalar(select(func.count()).select_from(UploadRow)) == 1  # waits for its day
    assert administrator.send(f"{waiting}/save").status_code == 409


SAVED = {
    "vi": "Tệp này đã được lưu trước khi dừng.",
    "en": "This file was saved before it could be stopped.",
}


@pytest.mark.parametrize("language", SAVED)
def test_whoever_stops_too_late_reads_that_the_file_was_saved(
    administrator: Browser, work: Callable[[], bool], session: Session, language: str
) -> None:
    administrator.send("/language", language=language, back="/imports")
    looked = send(administrator, GOOD)
    work()
    saving = administrator.send(f"{looked}/save").headers["Location"]
    work()

    for page in (saving, looked):  # the page of the look may be open still
        answer = administrator.send(f"{page}/cancel")
        assert answer.headers["Location"] == saving
        told = administrator.text(saving)
        assert SAVED[language] in told
        assert "Không có gì được lưu" not in told
    assert dossiers(session) == 5


@pytest.mark.parametrize(
    ("language", "said"),
    [("vi", "Đã yêu cầu dừng. Xem kết quả ở trang này."), ("en", "It was asked to stop.")],
)
@pytest.mark.parametrize("stopped_from", ["look", "save"])
def test_a_saving_that_runs_is_asked_to_stop_and_its_page_tells_what_came_of_it(
    administrator: Browser,
    work: Callable[[], bool],
    session: Session,
    clock: Clock,
    language: str,
    said: str,
    stopped_from: str,
) -> None:
    administrator.send("/language", language=language, back="/imports")
    looked = send(administrator, GOOD)
    work()
    saving = administrator.send(f"{looked}/save").headers["Location"]
    assert jobs.claim(session, import_jobs.KINDS, at=clock()) is not None
    session.commit()

    page = {"look": looked, "save": saving}[stopped_from]
    answer = administrator.send(f"{page}/cancel")

    assert answer.headers["Location"] == saving
    assert said in administrator.text(saving)
    assert jobs.is_cancel_asked(session, JobId(saving.rpartition("/")[2]))


def test_a_file_that_is_dropped_while_its_saving_waits_is_not_saved(
    administrator: Browser, work: Callable[[], bool], session: Session
) -> None:
    looked = send(administrator, GOOD)
    work()
    saving = administrator.send(f"{looked}/save").headers["Location"]

    assert administrator.send(f"{looked}/cancel").headers["Location"] == "/imports"

    assert "Không có gì được lưu từ tệp này." in administrator.text("/imports")
    assert not work()
    assert "đã dừng" in administrator.text(saving)
    assert dossiers(session) == 0


def test_what_nobody_came_back_for_goes_after_a_day(
    administrator: Browser, session: Session, clock: Clock, browser: Callable[[str], Browser]
) -> None:
    send(administrator, GOOD)
    clock.forward(uploads.KEPT_FOR + timedelta(minutes=1))
    send(browser("administrator"), WORKBOOK)

    assert session.scalar(select(func.count()).select_from(UploadRow)) == 1


def test_a_file_lies_encrypted(administrator: Browser, session: Session) -> None:
    send(administrator, GOOD)

    kept = b"".join(session.scalars(select(UploadPieceRow.content)))
    assert len(kept) > len(GOOD)
    assert "Tam Kỳ".encode() in GOOD
    assert "Tam Kỳ".encode() not in kept


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x00\x01\x02\xff" * 50, "Không tìm thấy dòng tiêu đề"),
        (b"PK\x03\x04 not a workbook", "không đọc được như một bảng"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, ".xls"),
        (b"[{", "không còn tách được ô"),
        ("Mã hồ sơ,Ngày tiếp nhận\n1,2\n".encode(), "Mã TTHC"),
        (b"\n\n\n", "tiêu đề"),
    ],
)
def test_a_file_that_is_no_table_says_so(
    administrator: Browser, work: Callable[[], bool], session: Session, content: bytes, said: str
) -> None:
    page = send(administrator, content, "../../etc/passwd\0.csv")
    assert work()

    told = administrator.text(page)

    assert said in told
    assert "Lưu tất cả" not in told
    assert administrator.send(f"{page}/save").status_code == 409
    assert dossiers(session) == 0


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "everything"}, {"kind": ""}, {"mode": "destroy"}, {"encoding": "ebcdic"}],
)
def test_a_form_that_cannot_be_is_refused(
    administrator: Browser, session: Session, wrong: dict[str, str]
) -> None:
    fields = {"kind": "dossiers", "mode": "create", "encoding": "", **wrong}
    answer = administrator.client.post(
        "/imports",
        data={
            "csrf_token": administrator.form_token(), "file": (io.BytesIO(GOOD), "d.csv"), **fields
        },
    )  # fmt: skip

    assert answer.status_code == 400
    assert session.scalar(select(func.count()).select_from(UploadRow)) == 0


@pytest.mark.parametrize("content", [None, b""])
def test_no_file_is_no_import(
    administrator: Browser, session: Session, content: bytes | None
) -> None:
    fields: dict[str, object] = {
        "csrf_token": administrator.form_token(), "kind": "dossiers", "mode": "create"
    }  # fmt: skip
    if content is not None:
        fields["file"] = (io.BytesIO(content), "d.csv")
    answer = administrator.client.post("/imports", data=fields)

    assert answer.status_code == 400
    assert "Chưa chọn tệp" in answer.text
    assert session.scalar(select(func.count()).select_from(JobRow)) == 0


def test_a_file_that_is_too_large_is_not_kept(
    administrator: Browser, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LARGEST_FILE", 1_000)
    answer = administrator.client.post(
        "/imports",
        data={
            "csrf_token": administrator.form_token(), "kind": "dossiers", "mode": "create",
            "file": (io.BytesIO(b"a,b\n" * 400), "d.csv"),
        },
    )  # fmt: skip

    assert answer.status_code == 400
    assert pieces(session) == 0


def test_other_kinds_are_taken_too(
    administrator: Browser, work: Callable[[], bool], session: Session
) -> None:
    table = "Mã bưu cục,Tên bưu cục,Từ ngày,Mã xã phục vụ,Mã bưu điện cấp trên\n562999,Bưu cục Mới,01/01/2026,20341,POST\n"
    page = send(administrator, table.encode(), kind="offices", mode="merge")
    work()
    administrator.send(f"{page}/save")
    work()

    assert session.get(UnitRow, "562999") is not None


def test_an_import_that_is_none_is_not_there(administrator: Browser) -> None:
    for job in ("nothing", "x" * 300, "'", "%00"):
        assert administrator.get(f"/imports/{job}").status_code == 404
        assert administrator.send(f"/imports/{job}/save").status_code == 404
        assert administrator.send(f"/imports/{job}/cancel").status_code == 404


def test_only_an_administrator_imports(browser: Callable[[str], Browser]) -> None:
    for login in ("counter", "manager", "auditor"):
        assert browser(login).get("/imports").status_code == 403
