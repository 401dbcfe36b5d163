"""Units, offices, staff, procedures and days: a bad row is named by cell and reason, and only its neighbours can be saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from postal_service.domain.wording import sentences
from postal_service.services.importing import Kind
from tests.services import world as w
from tests.services.importing.files import Importer, saved, told
from tests.services.importing.writing import write_csv

Cells = Mapping[str, str]


def good(kind: Kind, number: int) -> dict[str, str]:
    """A row that can be taken into the small world; one for each number from 1 to 9."""
    match kind:
        case Kind.UNITS:
            return {
                "Mã đơn vị": f"U{number}", "Tên đơn vị": f"Xã U{number}", "Loại": "xã",
                "Mã đơn vị cấp trên": w.PROVINCE, "Từ ngày": "01/07/2025", "Đến ngày": "",
                "Vĩ độ": "", "Kinh độ": "", "Phục vụ": "", "Đơn vị kế tiếp": "",
                "Hình thức kế tiếp": "",
            }  # fmt: skip
        case Kind.OFFICES:
            return {
                "Mã bưu cục": f"57000{number}", "Tên bưu cục": f"Bưu cục {number}",
                "Từ ngày": "01/07/2025", "Đến ngày": "", "Vĩ độ": "15.57", "Kinh độ": "108.474",
                "Mã xã phục vụ": w.COMMUNE, "Mã bưu điện cấp trên": w.OPERATOR, "Địa hình": "",
            }  # fmt: skip
        case Kind.STAFF:
            return {
                "Tên đăng nhập": f"an.{number}", "Họ tên": "Nguyễn Văn An",
                "Điện thoại": "0905000101", "Vai trò": "giao dịch viên", "Mã đơn vị": w.OFFICE,
                "Phương tiện": "", "Quyền": "", "Địa bàn quen": "", "Sức chứa túi (kg)": "",
                "Hạn mức tiền mặt": "",
            }  # fmt: skip
        case Kind.PROCEDURES:
            return {
                "Mã TTHC": f"2.00090{number}", "Tên TTHC": f"Thủ tục {number}",
                "Lĩnh vực": "Hộ tịch", "Cơ quan thực hiện": "UBND cấp xã", "Cấp": "xã",
                "Ngày hiệu lực": "01/07/2025", "Thời hạn": "5", "Đơn vị thời hạn": "ngày làm việc",
                "Nhận qua BCCI": "có", "Trả qua BCCI": "có", "Phải có mặt khi nộp": "",
                "Phải có mặt khi nhận": "", "Thành phần hồ sơ": "Tờ khai [1/0/0]",
                "Phí, lệ phí": "8.000", "Nguồn": "Nghị quyết 1", "Mức độ tin cậy": "đã kiểm chứng",
            }  # fmt: skip
        case Kind.CALENDAR:
            return {
                "Ngày": f"1{number}/03/2026", "Loại": "nghỉ", "Tên": "Nghỉ bù", "Lịch": "chung",
                "Nguồn": "Công văn", "Giờ làm việc": "",
            }  # fmt: skip
        case Kind.DOSSIERS:
            raise AssertionError("Dossiers have their own tests.")


@dataclass(frozen=True)
class Bad:
    """What makes the second of three rows bad, and what is said of it."""

    kind: Kind
    changes: Cells
    column: str
    code: str


COURIER = {"Vai trò": "bưu tá"}
CASES = {
    "a unit below one that nobody knows": Bad(
        Kind.UNITS,
        {"Mã đơn vị cấp trên": "99999"},
        "Mã đơn vị cấp trên",
        "import.unit_not_yet_known",
    ),
    "a unit below one that comes after it": Bad(
        Kind.UNITS, {"Mã đơn vị cấp trên": "U3"}, "Mã đơn vị cấp trên", "import.unit_not_yet_known"
    ),
    "a desk of an agency that nobody knows": Bad(
        Kind.UNITS, {"Loại": "một cửa", "Phục vụ": "AG-0"}, "Phục vụ", "import.unit_not_yet_known"
    ),
    "a successor of what has not ended": Bad(
        Kind.UNITS, {"Đơn vị kế tiếp": w.COMMUNE}, "Đơn vị kế tiếp", "import.successor_without_end"
    ),
    "a successor that nobody knows": Bad(
        Kind.UNITS,
        {"Đến ngày": "30/06/2026", "Đơn vị kế tiếp": f"{w.COMMUNE};99999"},
        "Đơn vị kế tiếp",
        "import.unit_not_yet_known",
    ),
    "a unit that follows itself": Bad(
        Kind.UNITS,
        {"Đến ngày": "30/06/2026", "Đơn vị kế tiếp": "U2"},
        "Đơn vị kế tiếp",
        "unit.circle",
    ),
    "a way of following that there is not": Bad(
        Kind.UNITS, {"Hình thức kế tiếp": "giải thể"}, "Hình thức kế tiếp", "import.not_a_choice"
    ),
    "a latitude alone": Bad(Kind.UNITS, {"Vĩ độ": "15.5"}, "Vĩ độ", "import.half_a_position"),
    "a longitude alone": Bad(Kind.UNITS, {"Kinh độ": "108.4"}, "Vĩ độ", "import.half_a_position"),
    "latitude and longitude the wrong way round": Bad(
        Kind.UNITS, {"Vĩ độ": "15.5", "Kinh độ": "15.5"}, "Kinh độ", "import.not_a_number"
    ),
    "a kind of unit that there is not": Bad(
        Kind.UNITS, {"Loại": "khu phố"}, "Loại", "import.not_a_choice"
    ),
    "a code that would break the path": Bad(
        Kind.UNITS, {"Mã đơn vị": "U/2"}, "Mã đơn vị", "import.bad_unit_code"
    ),
    "a unit that ends before it begins": Bad(
        Kind.UNITS, {"Đến ngày": "30/06/2025"}, "Đến ngày", "unit.dates_crossed"
    ),
    "a unit that ends and has not begun": Bad(
        Kind.UNITS, {"Từ ngày": "", "Đến ngày": "30/06/2026"}, "Từ ngày", "import.cell_empty"
    ),
    "a unit told twice": Bad(Kind.UNITS, {"Mã đơn vị": "U1"}, "", "import.row_twice"),
    "an office in a commune that nobody knows": Bad(
        Kind.OFFICES, {"Mã xã phục vụ": "99999"}, "Mã xã phục vụ", "import.unit_not_yet_known"
    ),
    "an office that delivers nowhere": Bad(
        Kind.OFFICES, {"Mã xã phục vụ": ""}, "Mã xã phục vụ", "import.cell_empty"
    ),
    "an office of an operator that nobody knows": Bad(
        Kind.OFFICES,
        {"Mã bưu điện cấp trên": "POST-2"},
        "Mã bưu điện cấp trên",
        "import.unit_not_yet_known",
    ),
    "an office with half a position": Bad(
        Kind.OFFICES, {"Kinh độ": ""}, "Vĩ độ", "import.half_a_position"
    ),
    "an office on the moon": Bad(
        Kind.OFFICES, {"Địa hình": "mặt trăng"}, "Địa hình", "import.not_a_choice"
    ),
    "somebody at a unit that nobody knows": Bad(
        Kind.STAFF, {"Mã đơn vị": "99999"}, "Mã đơn vị", "unit.not_entered"
    ),
    "a login with a blank": Bad(
        Kind.STAFF, {"Tên đăng nhập": "an 2"}, "Tên đăng nhập", "import.bad_login"
    ),
    "a role that there is not": Bad(
        Kind.STAFF, {"Vai trò": "giám đốc"}, "Vai trò", "import.not_a_choice"
    ),
    "one login of two people": Bad(
        Kind.STAFF,
        COURIER | {"Tên đăng nhập": "an.1", "Họ tên": "Trần Thị Bình"},
        "Họ tên",
        "import.two_names",
    ),
    "staff without a telephone number that is one": Bad(
        Kind.STAFF, {"Điện thoại": "113"}, "Điện thoại", "phone.malformed"
    ),
    "a vehicle of who is no courier": Bad(
        Kind.STAFF, {"Phương tiện": "xe máy"}, "Phương tiện", "import.no_courier"
    ),
    "a vehicle that there is not": Bad(
        Kind.STAFF, COURIER | {"Phương tiện": "xe đạp"}, "Phương tiện", "import.not_a_choice"
    ),
    "a permit that there is not": Bad(
        Kind.STAFF, COURIER | {"Quyền": "thu tiền; bay"}, "Quyền", "courier.unknown_permit"
    ),
    "a known area that nobody knows": Bad(
        Kind.STAFF,
        COURIER | {"Địa bàn quen": f"{w.COMMUNE}; 99999"},
        "Địa bàn quen",
        "unit.not_entered",
    ),
    "a bag that carries nothing": Bad(
        Kind.STAFF, COURIER | {"Sức chứa túi (kg)": "0"}, "Sức chứa túi (kg)", "import.not_a_number"
    ),
    "a cash limit below nothing": Bad(
        Kind.STAFF, COURIER | {"Hạn mức tiền mặt": "-1"}, "Hạn mức tiền mặt", "import.not_a_number"
    ),
    "what is no code of a procedure": Bad(
        Kind.PROCEDURES, {"Mã TTHC": "2.0009"}, "Mã TTHC", "procedure.bad_code"
    ),
    "a term without its figure": Bad(
        Kind.PROCEDURES, {"Thời hạn": ""}, "Thời hạn", "deadline.bad_term"
    ),
    "a unit of time that there is not": Bad(
        Kind.PROCEDURES, {"Đơn vị thời hạn": "tuần"}, "Đơn vị thời hạn", "import.not_a_choice"
    ),
    "papers without all three figures": Bad(
        Kind.PROCEDURES,
        {"Thành phần hồ sơ": "Tờ khai [1/0]"},
        "Thành phần hồ sơ",
        "import.bad_papers",
    ),
    "papers with a remark that there is not": Bad(
        Kind.PROCEDURES,
        {"Thành phần hồ sơ": "Tờ khai [1/0/0 cho mượn]"},
        "Thành phần hồ sơ",
        "import.bad_papers",
    ),
    "one paper twice": Bad(
        Kind.PROCEDURES,
        {"Thành phần hồ sơ": "Tờ khai [1/0/0]; Tờ khai [0/0/1]"},
        "Thành phần hồ sơ",
        "import.bad_papers",
    ),
    "a fee below nothing": Bad(
        Kind.PROCEDURES, {"Phí, lệ phí": "-8.000"}, "Phí, lệ phí", "import.not_a_number"
    ),
    "a fee in words": Bad(
        Kind.PROCEDURES, {"Phí, lệ phí": "tám nghìn"}, "Phí, lệ phí", "import.not_a_number"
    ),
    "trust without a source": Bad(
        Kind.PROCEDURES, {"Nguồn": ""}, "Mức độ tin cậy", "import.trust_without_source"
    ),
    "by post and in person": Bad(
        Kind.PROCEDURES,
        {"Phải có mặt khi nộp": "có"},
        "Mã TTHC",
        "procedure.contradictory_channels",
    ),
    "neither yes nor no": Bad(
        Kind.PROCEDURES, {"Nhận qua BCCI": "tùy"}, "Nhận qua BCCI", "import.not_yes_or_no"
    ),
    "a version before the one above it": Bad(
        Kind.PROCEDURES,
        {"Mã TTHC": "2.000901", "Ngày hiệu lực": "01/01/2025"},
        "Ngày hiệu lực",
        "procedure.overlapping_versions",
    ),
    "a version before the one that is stored": Bad(
        Kind.PROCEDURES,
        {"Mã TTHC": w.EXTRACT, "Ngày hiệu lực": "01/01/2025"},
        "Ngày hiệu lực",
        "procedure.overlapping_versions",
    ),
    "a version told twice": Bad(
        Kind.PROCEDURES,
        {"Mã TTHC": "2.000901"},
        "Ngày hiệu lực",
        "procedure.overlapping_versions",
    ),
    "a kind of day that there is not": Bad(
        Kind.CALENDAR, {"Loại": "nửa ngày"}, "Loại", "import.not_a_choice"
    ),
    "a day that no month has": Bad(
        Kind.CALENDAR, {"Ngày": "31/02/2026"}, "Ngày", "import.not_a_date"
    ),
    "a day off without a name": Bad(Kind.CALENDAR, {"Tên": ""}, "Tên", "import.cell_empty"),
    "a calendar that there is not": Bad(
        Kind.CALENDAR, {"Lịch": "ngân hàng"}, "Lịch", "import.no_such_calendar"
    ),
    "a calendar of what has no hours of work": Bad(
        Kind.CALENDAR, {"Lịch": w.COMMUNE}, "Lịch", "import.not_a_workplace"
    ),
    "a calendar of an agency before it began": Bad(
        Kind.CALENDAR, {"Lịch": w.AGENCY, "Ngày": "12/03/2020"}, "Lịch", "unit.unknown"
    ),
    "a day of an agency in a year without a common calendar": Bad(
        Kind.CALENDAR, {"Lịch": w.AGENCY, "Ngày": "12/03/2029"}, "Lịch", "import.no_year_below"
    ),
    "hours of work on a day off": Bad(
        Kind.CALENDAR,
        {"Giờ làm việc": "07:00-11:30"},
        "Giờ làm việc",
        "import.hours_of_a_day_off",
    ),
    "hours that are none": Bad(
        Kind.CALENDAR,
        {"Loại": "làm việc", "Giờ làm việc": "buổi sáng"},
        "Giờ làm việc",
        "import.not_hours",
    ),
    "hours that no clock shows": Bad(
        Kind.CALENDAR,
        {"Loại": "làm việc", "Giờ làm việc": "07:00-24:30"},
        "Giờ làm việc",
        "calendar.bad_hours",
    ),
    "hours that begin before those before them end": Bad(
        Kind.CALENDAR,
        {"Loại": "làm việc", "Giờ làm việc": "07:00-11:30, 11:00-17:00"},
        "Giờ làm việc",
        "calendar.bad_hours",
    ),
    "a day told twice": Bad(Kind.CALENDAR, {"Ngày": "11/03/2026"}, "", "import.row_twice"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_row_is_named_and_keeps_the_others_out_unless_they_are_asked_for_alone(
    office: Importer, tmp_path: Path, case: str
) -> None:
    bad = CASES[case]
    rows = [good(bad.kind, 1), {**good(bad.kind, 2), **bad.changes}, good(bad.kind, 3)]
    path = write_csv(tmp_path / "office.csv", rows)

    whole = office.take(path, bad.kind)
    assert told(whole.errors) == [(3, bad.column, bad.code)]
    assert not whole.saved

    # That two are new now says that none was saved before.
    alone = office.take(path, bad.kind, good_rows_alone=True)
    assert told(alone.errors) == [(3, bad.column, bad.code)]
    assert alone.saved
    assert saved(alone) == (2, 0, 0, 1)

    again = write_csv(tmp_path / "good.csv", [rows[0], rows[2]])
    assert saved(office.take(again, bad.kind)) == (0, 0, 2, 0)


@pytest.mark.parametrize("code", sorted({bad.code for bad in CASES.values()}))
def test_every_reason_is_said_in_both_languages(code: str) -> None:
    assert all(sentences()[code])


def test_a_unit_is_not_put_below_what_lies_below_it(office: Importer, tmp_path: Path) -> None:
    above, below = good(Kind.UNITS, 1), good(Kind.UNITS, 2) | {"Mã đơn vị cấp trên": "U1"}
    path = write_csv(tmp_path / "u.csv", [above, below, above | {"Mã đơn vị cấp trên": "U2"}])

    assert told(office.look(path, Kind.UNITS).errors) == [
        (4, "Mã đơn vị cấp trên", "unit.circle"),
    ]
