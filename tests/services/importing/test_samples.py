"""The files in docs/samples are what they say: each can be taken on an empty store, and says nothing new twice."""

from datetime import date, datetime

import pytest
from sqlalchemy import select

from postal_service.domain.ids import UnitCode
from postal_service.domain.legacy_text import Encoding
from postal_service.domain.persons import PersonRole
from postal_service.domain.wording_dates import VIETNAM
from postal_service.services import calendars, directory
from postal_service.services import procedures as catalogue
from postal_service.services.importing import Format, Kind
from postal_service.storage.schema import RoleRow, StaffRow, StepRow, UnitRow
from tests.services.importing.files import SAMPLES, Importer, saved

BEFORE = ("units", "offices", "staff", "procedures", "calendar")
DOSSIERS = {
    "dossiers.csv": (Format.CSV, Encoding.UTF_8_BOM),
    "dossiers_tcvn3.csv": (Format.CSV, Encoding.TCVN3),
    "dossiers_windows1258.csv": (Format.CSV, Encoding.WINDOWS_1258),
    "dossiers_nfd.json": (Format.JSON, Encoding.UTF_8),
    "dossiers.xlsx": (Format.XLSX, None),
}


@pytest.fixture
def filled(empty_store: Importer) -> Importer:
    for name in BEFORE:
        report = empty_store.take(SAMPLES / f"{name}.csv", Kind(name))
        assert report.saved, report.errors
    return empty_store


def test_every_sample_of_an_office_is_taken_once_and_then_says_nothing_new(
    filled: Importer,
) -> None:
    for name in BEFORE:
        again = filled.take(SAMPLES / f"{name}.csv", Kind(name))

        assert again.saved
        assert saved(again) == (0, 0, again.rows, 0), name
        assert again.rows > 0


def test_units_keep_their_days_parents_and_successors(filled: Importer) -> None:
    session = filled.session
    office = session.get_one(UnitRow, "560000")

    assert office.path == "/H17/POST/560000/"
    assert (office.kind, office.serves, office.calendar) == ("post_office", "20341", "post")
    former = UnitCode("49-Tam Kỳ-An Mỹ")
    assert directory.successors(session, former, day=date(2026, 1, 1)) == ["20341"]
    assert directory.successors(session, former, day=date(2025, 6, 30)) == [former]


def test_staff_have_each_role_once_and_cannot_sign_in_yet(filled: Importer) -> None:
    huong = filled.session.scalars(select(StaffRow).filter_by(login="huong.vt")).one()
    roles = filled.session.scalars(select(RoleRow.role).filter_by(staff=huong.id))

    assert set(roles) == {"postal_clerk", "manager"}
    assert huong.password_hash == ""
    assert huong.phone == "+84905000101"


def test_procedures_keep_their_papers_and_doubtful_fees_stay_placeholders(
    filled: Importer,
) -> None:
    _, extract = catalogue.version_on(filled.session, "2.000635", date(2026, 11, 2))
    _, marriage = catalogue.version_on(filled.session, "1.000894", date(2026, 11, 2))

    assert [paper.optional for paper in extract.papers] == [False, False, True]
    assert extract.fees[0].status == "confirmed"
    assert extract.same_day
    assert marriage.fees[0].status == "placeholder"
    assert marriage.presence_required
    assert marriage.papers[1].shown_only


def test_announced_days_are_those_of_agencies_and_post(filled: Importer) -> None:
    for kind in (calendars.AGENCY, calendars.POST):
        calendar = calendars.common(filled.session, kind)

        assert not calendar.is_working_day(date(2026, 11, 24))
        assert calendar.is_working_day(date(2026, 1, 10))


@pytest.mark.parametrize("name", DOSSIERS)
def test_each_file_of_dossiers_is_recognised_and_taken(filled: Importer, name: str) -> None:
    report = filled.take(SAMPLES / name)

    assert (report.format, report.encoding) == DOSSIERS[name]
    assert report.certain == (report.encoding not in {Encoding.TCVN3, Encoding.WINDOWS_1258})
    assert saved(report) == (5, 0, 0, 0), report.errors
    assert report.unknown_columns == ()
    people = filled.people("H17.132-261103-0002")
    assert people[PersonRole.SUBMITTER].name == "Đặng Văn Ưởng"
    assert people[PersonRole.OWNER].name == "Đặng Thị Ái Mỹ"


def test_the_five_files_of_dossiers_say_the_same(filled: Importer) -> None:
    filled.take(SAMPLES / "dossiers.csv")

    for name in DOSSIERS:
        assert saved(filled.take(SAMPLES / name)) == (0, 0, 5, 0), name


def test_a_dossier_of_another_system_keeps_its_day_its_desk_and_its_promise(
    filled: Importer,
) -> None:
    filled.take(SAMPLES / "dossiers.csv")
    row = filled.dossiers()["H17.132-261102-0001"]

    assert row.origin == "import"
    assert (row.competent_unit, row.received_unit) == ("AG-20341", "DESK-20341")
    assert row.received_at == datetime(2026, 11, 2, 8, 5, tzinfo=VIETNAM)
    assert row.due_at == datetime(2026, 11, 2, 17, 0, tzinfo=VIETNAM)
    assert row.administrative == "returned"
    steps = filled.session.scalars(
        select(StepRow.kind).filter_by(dossier=row.id).order_by(StepRow.id)
    )
    assert list(steps) == ["received", "resolved", "returned"]


def test_a_due_date_nobody_wrote_is_computed_by_the_agencys_calendar(filled: Importer) -> None:
    filled.take(SAMPLES / "dossiers.csv")
    row = filled.dossiers()["H17.132-261120-0003"]

    # Five working days from Friday 20 November, and the 24th is a day off.
    assert row.due_at is not None
    assert row.due_at.astimezone(VIETNAM).date() == date(2026, 11, 30)


def test_a_result_by_post_gets_a_number_and_goes_where_the_row_says(filled: Importer) -> None:
    filled.take(SAMPLES / "dossiers.csv")
    row = filled.dossiers()["H17.145-261110-0001"]
    receiver = filled.people(row.code)[PersonRole.RECEIVER]

    assert row.result_item is not None
    assert row.result_item.startswith("BH")
    assert row.result_lock
    assert receiver.address is not None
    assert receiver.address.unit == "20341"
    assert receiver.phone == "+84905000033"
