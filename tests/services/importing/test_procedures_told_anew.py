"""A version of a procedure that a file tells otherwise is never called unchanged, whatever cell it is."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from postal_service.domain.procedures import Channel, Fee, FeeStatus, ProcedureVersion
from postal_service.services import procedures as catalogue
from postal_service.services.importing import Kind, Mode
from tests.services import world as w
from tests.services.importing.files import Importer, saved, told
from tests.services.importing.writing import write_csv

CODE = "2.000815"
BEGAN = date(2025, 7, 1)
ROW = {
    "Mã TTHC": CODE,
    "Tên TTHC": "Chứng thực bản sao từ bản chính",
    "Lĩnh vực": "Chứng thực",
    "Cơ quan thực hiện": "UBND cấp xã",
    "Cấp": "xã",
    "Ngày hiệu lực": "01/07/2025",
    "Thời hạn": "",
    "Đơn vị thời hạn": "trong ngày",
    "Nhận qua BCCI": "không",
    "Trả qua BCCI": "không",
    "Phải có mặt khi nộp": "có",
    "Phải có mặt khi nhận": "có",
    "Thành phần hồ sơ": "Bản chính [1/0/0]",
    "Phí, lệ phí": "8.000",
    "Nguồn": "Nghị quyết 1",
    "Mức độ tin cậy": "đã kiểm chứng",
}
CHANGES: list[tuple[dict[str, str], str]] = [
    ({"Tên TTHC": "Chứng thực bản sao"}, "Tên TTHC"),
    ({"Thời hạn": "2", "Đơn vị thời hạn": "ngày"}, "Thời hạn, Đơn vị thời hạn"),
    ({"Phải có mặt khi nộp": "không"}, "Phải có mặt khi nộp"),
    ({"Phải có mặt khi nhận": "không"}, "Phải có mặt khi nhận"),
    ({"Phải có mặt khi nộp": "không", "Nhận qua BCCI": "có"}, "Nhận qua BCCI, Phải có mặt khi nộp"),
    ({"Thành phần hồ sơ": "Bản chính [2/0/0]"}, "Thành phần hồ sơ"),
    ({"Phí, lệ phí": "10.000"}, "Phí, lệ phí"),
    ({"Phí, lệ phí": "0"}, "Phí, lệ phí"),
    ({"Nguồn": "Nghị quyết 2"}, "Nguồn"),
    ({"Mức độ tin cậy": "chưa chắc"}, "Mức độ tin cậy"),
]
REFUSED = {
    Mode.CREATE: "import.there_and_different",
    Mode.UPDATE: "import.never_changes",
    Mode.MERGE: "import.never_changes",
}


@pytest.fixture
def folder(office: Importer, tmp_path: Path) -> Path:
    """Where files are written, after the version was imported from the first one."""
    report = office.take(write_csv(tmp_path / "first.csv", [ROW]), Kind.PROCEDURES)
    assert saved(report) == (1, 0, 0, 0), report.errors
    return tmp_path


def told_now(folder: Path, changes: Mapping[str, str]) -> Path:
    return write_csv(folder / "now.csv", [{**ROW, **changes}])


def stored(office: Importer, day: date = BEGAN) -> ProcedureVersion:
    return catalogue.version_on(office.session, CODE, day)[1]


def decide(office: Importer, amount_dong: int, *, since: date) -> None:
    """What an administrator enters after a fee was decided."""
    version, _ = catalogue.version_on(office.session, CODE, BEGAN)
    fee = Fee(amount_dong=amount_dong, status=FeeStatus.CONFIRMED, source="NQ 3", valid_from=since)
    catalogue.confirm_fee(office.session, version, fee, by=office.by, at=w.MORNING)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(("changes", "columns"), CHANGES)
def test_what_is_told_otherwise_is_refused_by_name(
    office: Importer, folder: Path, mode: Mode, changes: Mapping[str, str], columns: str
) -> None:
    before = stored(office)

    report = office.take(told_now(folder, changes), Kind.PROCEDURES, mode=mode)

    assert not report.saved
    assert told(report.errors) == [(2, "", REFUSED[mode])]
    assert report.errors[0].facts == {"columns": columns}
    assert stored(office) == before


@pytest.mark.parametrize("mode", Mode)
def test_cells_that_are_left_empty_tell_nothing(office: Importer, folder: Path, mode: Mode) -> None:
    optional = [
        *("Phải có mặt khi nộp", "Phải có mặt khi nhận", "Thành phần hồ sơ", "Phí, lệ phí"),
        *("Nguồn", "Mức độ tin cậy"),
    ]

    report = office.take(told_now(folder, dict.fromkeys(optional, "")), Kind.PROCEDURES, mode=mode)

    assert saved(report) == (0, 0, 1, 0), report.errors


def test_a_corrected_fee_is_a_version_with_a_day_of_its_own(office: Importer, folder: Path) -> None:
    later = {"Ngày hiệu lực": "01/12/2026", "Phí, lệ phí": "10.000"}
    path = write_csv(folder / "both.csv", [ROW, ROW | later])

    assert saved(office.take(path, Kind.PROCEDURES)) == (1, 0, 1, 0)

    last, first = date(2026, 11, 30), date(2026, 12, 1)
    assert stored(office, last).fee_on(Channel.COUNTER, last).amount_dong == 8_000
    assert stored(office, first).fee_on(Channel.COUNTER, first).amount_dong == 10_000


def test_a_fee_that_was_decided_for_a_later_day_makes_the_file_no_less_true(
    office: Importer, folder: Path
) -> None:
    decide(office, 10_000, since=date(2026, 8, 8))

    report = office.take(told_now(folder, {}), Kind.PROCEDURES)
    assert saved(report) == (0, 0, 1, 0), report.errors
    report = office.take(told_now(folder, {"Phí, lệ phí": "10.000"}), Kind.PROCEDURES)
    assert told(report.errors) == [(2, "", "import.there_and_different")]


def test_a_fee_that_was_decided_for_the_versions_first_day_is_the_one_that_a_file_tells(
    office: Importer, folder: Path
) -> None:
    decide(office, 10_000, since=BEGAN)

    report = office.take(told_now(folder, {"Phí, lệ phí": "10.000"}), Kind.PROCEDURES)
    assert saved(report) == (0, 0, 1, 0), report.errors
    assert stored(office).fee_on(Channel.COUNTER, BEGAN).amount_dong == 10_000
    report = office.take(told_now(folder, {}), Kind.PROCEDURES)
    assert told(report.errors) == [(2, "", "import.there_and_different")]


def test_a_fee_of_one_channel_is_not_what_a_file_tells_of_all(
    office: Importer, folder: Path
) -> None:
    version, _ = catalogue.version_on(office.session, CODE, BEGAN)
    online = Fee(
        amount_dong=0, status=FeeStatus.CONFIRMED, source="NQ 3", channel=Channel.ONLINE,
        valid_from=BEGAN,
    )  # fmt: skip
    catalogue.confirm_fee(office.session, version, online, by=office.by, at=w.MORNING)

    report = office.take(told_now(folder, {}), Kind.PROCEDURES)

    assert saved(report) == (0, 0, 1, 0), report.errors
