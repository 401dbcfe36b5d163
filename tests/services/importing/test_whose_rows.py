"""An administrator of one commune imports what is his; a row about anybody else's is named, and nothing of its file is saved."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.ids import StaffId, UnitCode
from postal_service.domain.units import SuccessionKind
from postal_service.domain.wording import sentences
from postal_service.services import calendars, directory, procedures
from postal_service.services.directory import NewUnit
from postal_service.services.importing import Kind, Mode
from postal_service.storage.schema import DossierRow, ProcedureRow, RoleRow, StaffRow, UnitRow
from tests.services import world as w
from tests.services.importing.conftest import INSTALLER
from tests.services.importing.files import Importer, row, saved, told
from tests.services.importing.test_bad_office_files import good
from tests.services.importing.writing import write_csv

FORMER = UnitCode("AG-OLD")  # an agency that became FAR_AGENCY


@pytest.fixture
def far(office: Importer) -> Importer:
    """An administrator over FAR_COMMUNE alone."""
    w.far_administrator(office.session)
    by = directory.actor(office.session, StaffId("s-far-administrator"), w.FAR_DESK)
    return Importer(session=office.session, vault=office.vault, by=by)


def a_unit(code: str, name: str, kind: str, parent: str, **changes: str) -> dict[str, str]:
    """A row of a file of units; `changes` by heading, with "_" for a blank."""
    told = {
        "Mã đơn vị": code, "Tên đơn vị": name, "Loại": kind, "Mã đơn vị cấp trên": parent,
        "Từ ngày": "01/07/2025", "Đến ngày": "", "Phục vụ": "", "Đơn vị kế tiếp": "",
    }  # fmt: skip
    return told | {heading.replace("_", " "): value for heading, value in changes.items()}


def units(session: Session) -> list[tuple[str, str, str]]:
    asked = select(UnitRow.code, UnitRow.path, UnitRow.name).order_by(UnitRow.code)
    return [(code, path, name) for code, path, name in session.execute(asked)]


OWN_DESK = a_unit(w.FAR_DESK, "Một cửa Thăng Bình", "một cửa", w.FAR_AGENCY, Phục_vụ=w.FAR_AGENCY)


@pytest.mark.parametrize(
    ("told_row", "column", "code"),
    [
        (a_unit(w.AGENCY, "UBND", "cơ quan", w.FAR_COMMUNE), "Mã đơn vị", "role_needed"),
        (a_unit(w.AGENCY, "UBND khác tên", "cơ quan", ""), "Mã đơn vị", "role_needed"),
        (a_unit(w.FAR_AGENCY, "UBND", "cơ quan", w.COMMUNE), "Mã đơn vị cấp trên", "role_needed"),
        (a_unit("NEW", "Xã Mới", "xã", w.PROVINCE), "Mã đơn vị cấp trên", "role_needed"),
        (a_unit("NEW", "Tỉnh Mới", "tỉnh", ""), "Mã đơn vị", "over_all_needed"),
        (OWN_DESK | {"Phục vụ": w.AGENCY}, "Phục vụ", "role_needed"),
        (
            OWN_DESK | {"Đến ngày": "31/12/2026", "Đơn vị kế tiếp": w.DESK},
            "Đơn vị kế tiếp",
            "role_needed",
        ),
    ],
)  # fmt: skip
def test_another_units_row_changes_nothing(
    far: Importer, tmp_path: Path, told_row: Mapping[str, str], column: str, code: str
) -> None:
    before = units(far.session)

    report = far.take(write_csv(tmp_path / "u.csv", [told_row]), Kind.UNITS, mode=Mode.MERGE)

    assert told(report.errors) == [(2, column, f"access.{code}")]
    assert not report.saved
    assert units(far.session) == before


def test_his_own_units_are_his_to_rename_and_to_add_to(far: Importer, tmp_path: Path) -> None:
    rows = [
        a_unit(w.FAR_COMMUNE, "Xã Thăng Bình Mới", "xã", w.PROVINCE),
        a_unit("AG-2", "Trạm y tế xã", "cơ quan", w.FAR_COMMUNE),
        a_unit("DESK-2", "Một cửa trạm y tế", "một cửa", "AG-2", Phục_vụ="AG-2"),
        OWN_DESK | {"Đến ngày": "31/12/2026", "Đơn vị kế tiếp": "DESK-2"},
    ]

    report = far.take(write_csv(tmp_path / "u.csv", rows), Kind.UNITS, mode=Mode.MERGE)

    assert told(report.errors) == []
    assert saved(report) == (2, 2, 0, 0)
    assert far.session.get_one(UnitRow, w.FAR_COMMUNE).name == "Xã Thăng Bình Mới"
    assert directory.successors(far.session, w.FAR_DESK, day=date(2027, 1, 1)) == ["DESK-2"]


def test_a_row_below_one_that_leaves_its_parent_untold_is_his_too(
    far: Importer, tmp_path: Path
) -> None:
    rows = [
        a_unit(w.FAR_AGENCY, "UBND mới", "cơ quan", ""),
        a_unit("AG-2", "Trạm y tế xã", "cơ quan", w.FAR_AGENCY),
    ]

    report = far.take(write_csv(tmp_path / "u.csv", rows), Kind.UNITS, mode=Mode.MERGE)

    assert saved(report) == (1, 1, 0, 0)
    assert far.session.get_one(UnitRow, "AG-2").path.startswith(f"/{w.PROVINCE}/{w.FAR_COMMUNE}/")


def test_an_office_that_delivers_elsewhere_does_not_become_anothers_desk(
    far: Importer, tmp_path: Path
) -> None:
    office = a_unit("560001", "Bưu cục", "bưu cục", w.FAR_COMMUNE, Phục_vụ=w.AGENCY)
    assert saved(far.take(write_csv(tmp_path / "a.csv", [office]), Kind.UNITS)) == (1, 0, 0, 0)

    path = write_csv(tmp_path / "b.csv", [office | {"Loại": "một cửa"}])
    report = far.take(path, Kind.UNITS, mode=Mode.UPDATE)

    assert told(report.errors) == [(2, "Phục vụ", "access.role_needed")]


def test_a_former_unit_above_which_there_is_none_is_the_provinces(
    office: Importer, tmp_path: Path
) -> None:
    former = a_unit(
        "49-AM", "Phường An Mỹ", "phường", "", Đến_ngày="31/12/2025", Đơn_vị_kế_tiếp=w.COMMUNE
    )
    path = write_csv(tmp_path / "u.csv", [former])

    assert saved(office.take(path, Kind.UNITS)) == (1, 0, 0, 0)
    renamed = write_csv(tmp_path / "v.csv", [former | {"Tên đơn vị": "P. An Mỹ"}])
    assert saved(office.take(renamed, Kind.UNITS, mode=Mode.UPDATE)) == (0, 1, 0, 0)


def a_role(login: str, name: str, role: str, unit: str, phone: str = "") -> dict[str, str]:
    return {
        "Tên đăng nhập": login, "Họ tên": name, "Điện thoại": phone, "Vai trò": role,
        "Mã đơn vị": unit,
    }  # fmt: skip


HIGHER = a_role("administrator", "Nhân viên administrator", "cán bộ một cửa", w.FAR_DESK)


@pytest.mark.parametrize("change", [{"Họ tên": "Kẻ Khác"}, {"Điện thoại": "0905999999"}])
@pytest.mark.parametrize("mode", [Mode.UPDATE, Mode.MERGE])
def test_who_has_a_role_elsewhere_too_is_not_renamed(
    far: Importer, tmp_path: Path, change: dict[str, str], mode: Mode
) -> None:
    path = write_csv(tmp_path / "s.csv", [HIGHER | change])

    report = far.take(path, Kind.STAFF, mode=mode)

    assert told(report.errors) == [(2, "Tên đăng nhập", "staffing.stands_higher")]
    assert "Kẻ Khác" not in str(report.errors)
    person = far.session.scalars(select(StaffRow).filter_by(login="administrator")).one()
    assert (person.name, person.phone) == ("Nhân viên administrator", "+84905000000")
    roles = far.session.scalars(select(RoleRow.unit).filter_by(staff=person.id)).all()
    assert roles == [w.PROVINCE]


def test_another_offices_courier_keeps_what_is_known_of_him(far: Importer, tmp_path: Path) -> None:
    courier = a_role("courier", "Nhân viên courier", "bưu tá", w.FAR_DESK)
    path = write_csv(tmp_path / "s.csv", [courier | {"Hạn mức tiền mặt": "0"}])

    report = far.take(path, Kind.STAFF, mode=Mode.MERGE)

    assert told(report.errors) == [(2, "Tên đăng nhập", "staffing.stands_higher")]


def test_his_own_staff_are_renamed_and_others_are_given_a_role_under_him(
    far: Importer, tmp_path: Path
) -> None:
    own = a_role("far_desk_clerk", "Tên Mới", "cán bộ một cửa", w.FAR_DESK, "0905000777")
    path = write_csv(tmp_path / "s.csv", [own, HIGHER])

    report = far.take(path, Kind.STAFF, mode=Mode.UPDATE)

    assert told(report.errors) == []
    person = far.session.scalars(select(StaffRow).filter_by(login="far_desk_clerk")).one()
    assert (person.name, person.phone) == ("Tên Mới", "+84905000777")
    higher = far.session.scalars(select(StaffRow).filter_by(login="administrator")).one()
    assert higher.name == "Nhân viên administrator"


OWN_DOSSIER = row(1, Mã_hồ_sơ="H17.145-261110-0001", Cơ_quan="UBND xã Thăng Bình")


def test_a_foreign_agencys_dossier_is_refused_and_an_own_one_taken(
    far: Importer, office: Importer, tmp_path: Path
) -> None:
    own = write_csv(tmp_path / "own.csv", [OWN_DOSSIER])
    assert saved(far.take(own)) == (1, 0, 0, 0)
    theirs = write_csv(tmp_path / "theirs.csv", [row(1)])
    assert saved(office.take(theirs)) == (1, 0, 0, 0)

    changed = row(1, Ngày_hẹn_trả="30/11/2026 17:00")
    for told_row, column in ((changed, "Cơ quan"), (changed | {"Cơ quan": ""}, "Mã hồ sơ")):
        path = write_csv(tmp_path / "c.csv", [told_row])
        report = far.take(path, mode=Mode.UPDATE)
        assert told(report.errors) == [(2, column, "access.role_needed")]
    stored = far.session.scalars(select(DossierRow).filter_by(code="H17.132-261110-0001")).one()
    assert stored.due_at is not None
    assert stored.due_at.day == 17


def became(session: Session, *successors: UnitCode) -> None:
    former = NewUnit(
        code=FORMER, name="UBND xã cũ", kind="agency", level="commune", parent=None,
        valid_from=w.SINCE,
    )  # fmt: skip
    directory.put_unit(session, former, by=INSTALLER)
    for new in successors:
        directory.succeed(
            session, FORMER, new, on=date(2026, 11, 1), kind=SuccessionKind.MERGED, by=INSTALLER
        )


@pytest.mark.parametrize(
    ("successors", "errors"),
    [
        ((w.FAR_AGENCY,), []),
        ((w.FAR_AGENCY, w.AGENCY), [(2, "Cơ quan", "access.role_needed")]),
        ((w.AGENCY,), [(2, "Cơ quan", "access.role_needed")]),
        ((), [(2, "Cơ quan", "access.role_needed")]),
    ],
)
def test_a_former_agencys_dossier_is_his_whose_it_has_become(
    far: Importer,
    tmp_path: Path,
    successors: tuple[UnitCode, ...],
    errors: list[tuple[int, str, str]],
) -> None:
    became(far.session, *successors)
    old = row(
        1, Mã_hồ_sơ="H17.145-261020-0001", Cơ_quan=FORMER, Ngày_tiếp_nhận="20/10/2026 08:30",
        Ngày_hẹn_trả="27/10/2026 17:00",
    )  # fmt: skip

    assert told(far.look(write_csv(tmp_path / "d.csv", [old])).errors) == errors


@pytest.mark.parametrize(
    ("calendar", "code"),
    [
        ("chung", "access.over_all_needed"),
        ("", "access.over_all_needed"),
        ("bưu chính", "access.over_all_needed"),
        (w.AGENCY, "access.role_needed"),
        (w.PROVINCE, "import.not_a_workplace"),
    ],
)
def test_everybodys_days_and_another_agencys_are_not_his(
    far: Importer, tmp_path: Path, calendar: str, code: str
) -> None:
    path = write_csv(tmp_path / "c.csv", [good(Kind.CALENDAR, 1) | {"Lịch": calendar}])

    report = far.take(path, Kind.CALENDAR, mode=Mode.MERGE)

    assert [each.code for each in report.errors] == [code]
    assert calendars.day_of(far.session, "agency", date(2026, 3, 11)) is None


def test_the_days_of_his_own_agency_are_his(far: Importer, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "c.csv", [good(Kind.CALENDAR, 1) | {"Lịch": w.FAR_AGENCY}])

    assert saved(far.take(path, Kind.CALENDAR, mode=Mode.MERGE)) == (1, 0, 0, 0)
    assert calendars.day_of(far.session, w.FAR_AGENCY, date(2026, 3, 11)) is not None


def test_procedures_are_everybodys(far: Importer, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "p.csv", [good(Kind.PROCEDURES, 1)])

    report = far.take(path, Kind.PROCEDURES)

    assert told(report.errors) == [(2, "Mã TTHC", "access.over_all_needed")]
    code = good(Kind.PROCEDURES, 1)["Mã TTHC"]
    assert far.session.scalars(select(ProcedureRow).filter_by(code=code)).all() == []
    assert procedures.unconfirmed(far.session, day=date(2026, 11, 23))  # the list he may read


@pytest.mark.parametrize(
    "code", ["access.role_needed", "access.over_all_needed", "staffing.stands_higher"]
)
def test_each_of_these_is_said_in_both_languages(code: str) -> None:
    assert all(sentences()[code])
