"""A file of staff may tell what a courier rides and may do; a file that does not is taken as ever."""

from pathlib import Path

import pytest
from sqlalchemy import select

from postal_service.domain.couriers import CourierFacts, Permit, Vehicle
from postal_service.domain.ids import StaffId
from postal_service.services import courier_facts
from postal_service.services.importing import Kind, Mode
from postal_service.storage.schema import StaffRow
from tests.services import world as w
from tests.services.importing.files import Importer, saved, told
from tests.services.importing.writing import write_csv

PLAIN = {
    "Tên đăng nhập": "phuoc.nd", "Họ tên": "Nguyễn Đình Phước", "Điện thoại": "0905000102",
    "Vai trò": "bưu tá", "Mã đơn vị": w.OFFICE,
}  # fmt: skip
TOLD = {
    "Phương tiện": "Ô tô", "Quyền": "đường núi; thu tiền mặt", "Địa bàn quen": w.COMMUNE,
    "Sức chứa túi (kg)": "200,5", "Hạn mức tiền mặt": "3000000",
}  # fmt: skip
FACTS = CourierFacts(
    vehicle=Vehicle.VAN,
    permits=frozenset({Permit.MOUNTAIN_ROAD, Permit.CASH}),
    areas=frozenset({w.COMMUNE}),
    bag_grams=200_500,
    cash_limit_dong=3_000_000,
)


def facts(office: Importer) -> CourierFacts:
    staff = StaffId(office.session.scalars(select(StaffRow.id).filter_by(login="phuoc.nd")).one())
    return courier_facts.of(office.session, [staff])[staff]


def test_an_old_file_without_these_columns_is_taken_and_tells_nothing(
    office: Importer, tmp_path: Path
) -> None:
    assert saved(office.take(write_csv(tmp_path / "s.csv", [PLAIN]), Kind.STAFF)) == (1, 0, 0, 0)
    assert facts(office) == CourierFacts()


def test_what_the_columns_tell_is_kept_changed_and_not_lost_by_an_old_file(
    office: Importer, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "s.csv", [PLAIN | TOLD])
    assert saved(office.take(path, Kind.STAFF)) == (1, 0, 0, 0)
    assert facts(office) == FACTS
    assert saved(office.take(path, Kind.STAFF, mode=Mode.MERGE)) == (0, 0, 1, 0)

    old = write_csv(tmp_path / "old.csv", [PLAIN])
    assert saved(office.take(old, Kind.STAFF, mode=Mode.MERGE)) == (0, 0, 1, 0)
    assert facts(office) == FACTS

    none = write_csv(tmp_path / "n.csv", [PLAIN | {"Phương tiện": "đi bộ", "Quyền": "không"}])
    assert saved(office.take(none, Kind.STAFF, mode=Mode.MERGE)) == (0, 1, 0, 0)
    assert facts(office) == CourierFacts(vehicle=Vehicle.ON_FOOT, permits=frozenset())


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("Phương tiện", "voi", "import.not_a_choice"),
        ("Quyền", "bay", "courier.unknown_permit"),
        ("Địa bàn quen", "99999", "unit.not_entered"),
        ("Mã đơn vị", "ZZZ", "unit.not_entered"),
        ("Sức chứa túi (kg)", "-3", "import.not_a_number"),
        ("Sức chứa túi (kg)", "2000", "import.not_a_number"),
        ("Hạn mức tiền mặt", "-1", "import.not_a_number"),
        ("Vai trò", "giao dịch viên", "import.no_courier"),
    ],
)
def test_what_cannot_be_is_named_by_its_cell_and_nothing_is_saved(
    office: Importer, tmp_path: Path, cell: str, value: str, code: str
) -> None:
    path = write_csv(tmp_path / "s.csv", [PLAIN | TOLD | {cell: value}])

    report = office.take(path, Kind.STAFF)

    assert [found for _, _, found in told(report.errors)] == [code]
    assert "?" not in report.errors[0].reason("vi") + report.errors[0].reason("en")
    assert office.session.scalar(select(StaffRow.id).filter_by(login="phuoc.nd")) is None
