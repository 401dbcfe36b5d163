"""A head reads the figures of his part, on the page and in files that no spreadsheet computes."""

import csv
import io
from collections.abc import Callable
from datetime import date

import pytest
from openpyxl import load_workbook
from sqlalchemy import update
from sqlalchemy.orm import Session

from postal_service.domain.acts import Leg
from postal_service.domain.custody import State
from postal_service.storage.schema import StaffRow, UnitRow
from tests.printing.read_back import text_of
from tests.reports import rows
from tests.services import world as w
from tests.services.world import World
from tests.web.conftest import Browser

NOVEMBER = "first=2026-11-01&last=2026-11-30"


@pytest.fixture
def figures(session: Session, world: World) -> None:
    """Two dossiers in November, one of them late, an item in hand, and forty kilometres."""
    at = w.MORNING
    for day, desk in ((20, w.DESK), (10, w.FAR_DESK)):
        rows.dossier(
            session, world, received=at.replace(day=2), due=at.replace(day=12), desk=desk,
            settled=at.replace(day=day), state="resolved", home=True,
        )  # fmt: skip
    rows.item(session, leg=Leg.IN, state=State.SEALED, told=[("accept", at)], holder="s-counter", unit=w.OFFICE)  # fmt: skip
    rows.write_ledger(session)
    rows.planned(session, office=w.OFFICE, day=date(2026, 11, 9), metres=40_000)
    session.commit()


@pytest.mark.usefixtures("figures")
def test_an_auditor_reads_the_province_and_goes_down_to_an_office(
    browser: Callable[[str], Browser],
) -> None:
    auditor = browser("auditor")

    whole = auditor.text(f"/reports?unit={w.PROVINCE}&{NOVEMBER}")
    office = auditor.text(f"/reports?unit={w.OFFICE}&{NOVEMBER}")

    assert "50,0 %" in whole
    assert 'aria-label="50,0 %"' in whole
    assert f"unit={w.COMMUNE}" in whole
    assert "Nhân viên counter" in office
    assert "Bưu điện thành phố" in office  # the way up
    assert "Quyết định 766/QĐ-TTg" in office


@pytest.mark.usefixtures("figures")
def test_the_page_speaks_english_too(browser: Callable[[str], Browser]) -> None:
    auditor = browser("auditor")
    auditor.send("/language", {"language": "en", "next": "/reports"})

    page = auditor.text(f"/reports?unit={w.PROVINCE}&{NOVEMBER}")

    assert "On-time share" in page
    assert "50.0 %" in page


@pytest.mark.usefixtures("figures")
def test_a_manager_sees_his_office_and_no_other(browser: Callable[[str], Browser]) -> None:
    manager = browser("manager")

    assert "Bưu cục Tam Kỳ" in manager.text("/reports")
    for address in ("/reports", "/reports/units.csv", "/reports/procedures.csv", "/reports/report.xlsx"):  # fmt: skip
        for other in (w.PROVINCE, w.FAR_OFFICE, "nowhere", "' OR 1=1", "x" * 500):
            assert manager.get(f"{address}?unit={other}").status_code == 404, (address, other)
    # A sign that nobody types is read as nothing, and who asks for no unit sees his own.
    assert "Bưu cục Tam Kỳ" in manager.text("/reports?unit=%00")


@pytest.mark.parametrize(
    "wrong",
    ["first=tomorrow", "first=2026-12-01&last=2026-11-01", "first=1900-01-01", "last=9999-12-31", "first=2026-02-30", "last=%00"],
)  # fmt: skip
def test_a_period_that_cannot_be_is_refused_in_words(
    browser: Callable[[str], Browser], wrong: str
) -> None:
    auditor = browser("auditor")

    page = auditor.get(f"/reports?{wrong}")

    assert page.status_code == 400
    assert 'role="alert"' in page.text
    assert auditor.get(f"/reports/units.csv?{wrong}").status_code == 400
    assert auditor.get(f"/reports/report.xlsx?{wrong}").status_code == 400


@pytest.mark.usefixtures("figures")
def test_what_somebody_typed_is_no_formula_in_a_file(
    browser: Callable[[str], Browser], session: Session
) -> None:
    session.execute(update(UnitRow).where(UnitRow.code == w.COMMUNE).values(name='=cmd|"/C calc"!A1'))  # fmt: skip
    session.execute(update(StaffRow).where(StaffRow.id == "s-counter").values(name="@SUM(A1)\x07"))
    session.commit()
    auditor = browser("auditor")
    asked = f"unit={w.PROVINCE}&{NOVEMBER}"

    plain = auditor.get(f"/reports/units.csv?{asked}")
    book = load_workbook(io.BytesIO(auditor.get(f"/reports/report.xlsx?{asked}").data))

    table = list(csv.reader(io.StringIO(plain.data.decode("utf-8-sig"))))
    assert '\'=cmd|"/C calc"!A1' in [row[0] for row in table]
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert "'@SUM(A1) " in [cell.value for cell in cells]


@pytest.mark.usefixtures("figures")
def test_the_files_hold_what_the_page_shows(browser: Callable[[str], Browser]) -> None:
    auditor = browser("auditor")
    asked = f"unit={w.PROVINCE}&{NOVEMBER}"

    units = list(csv.DictReader(io.StringIO(auditor.get(f"/reports/units.csv?{asked}").data.decode("utf-8-sig"))))  # fmt: skip
    kinds = auditor.get(f"/reports/procedures.csv?{asked}")
    answer = auditor.get(f"/reports/report.xlsx?{asked}")
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]

    assert units[0]["Đơn vị"] == "Tổng cộng"
    assert (units[0]["Hồ sơ tiếp nhận"], units[0]["Tỷ lệ đúng hạn (%)"]) == ("2", "50.0")
    assert [row["Km theo kế hoạch"] for row in units if row["Mã đơn vị"] == w.OPERATOR] == ["40.0"]
    assert w.EXTRACT in kinds.text
    assert "20261101-20261130-report.xlsx" in answer.headers["Content-Disposition"]
    headings = [cell.value for cell in sheet[1]]
    share = sheet[2][headings.index("Tỷ lệ đúng hạn")]
    assert (share.value, share.number_format) == (0.5, "0.0%")


def test_a_clerk_gets_no_report(browser: Callable[[str], Browser]) -> None:
    assert browser("counter").get("/reports").status_code == 403


@pytest.mark.usefixtures("figures")
def test_the_report_is_printed_and_the_services_for_an_agency_too(
    browser: Callable[[str], Browser],
) -> None:
    auditor = browser("auditor")
    page = auditor.text(f"/reports?unit={w.PROVINCE}&{NOVEMBER}")
    assert "Khối lượng dịch vụ theo cơ quan" in page
    assert f"/reports/acceptance.pdf?agency={w.AGENCY}" in page

    report = text_of(auditor.get(f"/reports/report.pdf?unit={w.PROVINCE}&{NOVEMBER}").data)
    for word in ("Tháng 11 năm 2026", "50,0 %", "Quyết định 766/QĐ-TTg", "Nhân viên auditor"):
        assert word in report, word
    asked = f"/reports/acceptance.pdf?unit={w.PROVINCE}&agency={w.AGENCY}&{NOVEMBER}"
    record = text_of(auditor.get(asked).data)
    for word in ("Tháng 11 năm 2026", "UBND phường Tam Kỳ", "2 (hai)", "ĐẠI DIỆN CƠ QUAN"):
        assert word in record, word


@pytest.mark.usefixtures("figures")
@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"acceptance.pdf?unit={w.OFFICE}&agency=nowhere", 404),
        (f"acceptance.pdf?unit={w.OFFICE}", 404),
        (f"acceptance.pdf?unit={w.FAR_OFFICE}&agency={w.AGENCY}", 404),
        (f"acceptance.pdf?agency={w.AGENCY}&first=x", 400),
        (f"report.pdf?unit={w.PROVINCE}", 404),
        ("report.pdf?first=2026-12-01&last=2026-11-01", 400),
        ("acceptance.pdf?agency=%00", 404),
    ],
)
def test_what_is_not_a_managers_to_print_is_not_there(
    browser: Callable[[str], Browser], address: str, status: int
) -> None:
    assert browser("manager").get(f"/reports/{address}").status_code == status
