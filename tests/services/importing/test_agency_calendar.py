"""One office's own days and hours lie over everybody's, and what is due there follows them."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from postal_service.domain.calendar import WorkingCalendar, sessions
from postal_service.domain.ids import UnitCode
from postal_service.domain.wording_dates import local
from postal_service.services import calendars, places
from postal_service.services.importing import Kind, Mode
from tests.services.importing.files import SAMPLES, Importer, row, saved, told
from tests.services.importing.writing import Rows, write_csv, write_json, write_xlsx

SAMPLE = SAMPLES / "agency_calendar.csv"
CLOSED, SWAPPED, HALF = date(2026, 3, 26), date(2026, 3, 28), date(2026, 11, 27)
AGENCY, DESK, OTHER = "AG-20341", "DESK-20341", "AG-20791"
MORNING = sessions("07:00-11:30")
WHOLE = sessions("07:00-11:30", "13:30-17:00")


@pytest.fixture
def filled(empty_store: Importer) -> Importer:
    for name in ("units", "offices", "procedures", "calendar"):
        report = empty_store.take(SAMPLES / f"{name}.csv", Kind(name))
        assert report.saved, report.errors
    return empty_store


def a_day(day: date, calendar: str, **changes: str) -> dict[str, object]:
    """A row of a calendar's file; `changes` by heading, with "_" for a blank."""
    told: dict[str, object] = {
        "Ngày": f"{day:%d/%m/%Y}", "Loại": "nghỉ", "Tên": "Nghỉ riêng", "Lịch": calendar,
        "Giờ làm việc": "",
    }  # fmt: skip
    return told | {name.replace("_", " "): value for name, value in changes.items()}


def calendar_of(office: Importer, unit: str) -> WorkingCalendar:
    place = places.place(office.session, UnitCode(unit), day=HALF)
    return calendars.of_unit(office.session, place)


def test_the_sample_is_taken_once_and_holds_for_its_agency_alone(filled: Importer) -> None:
    assert saved(filled.take(SAMPLE, Kind.CALENDAR)) == (4, 0, 0, 0)
    assert saved(filled.take(SAMPLE, Kind.CALENDAR)) == (0, 0, 4, 0)

    own, others = calendar_of(filled, AGENCY), calendar_of(filled, OTHER)
    assert [own.work_sessions(day) for day in (CLOSED, SWAPPED, HALF)] == [(), WHOLE, MORNING]
    assert [others.work_sessions(day) for day in (CLOSED, SWAPPED, HALF)] == [WHOLE, (), WHOLE]
    assert not own.is_working_day(date(2026, 9, 2))  # everybody's day off is theirs too


def test_a_desk_keeps_its_agencys_days_unless_it_has_its_own(filled: Importer) -> None:
    filled.take(SAMPLE, Kind.CALENDAR)

    desk = calendar_of(filled, DESK)
    assert [desk.work_sessions(day) for day in (CLOSED, SWAPPED, HALF)] == [(), WHOLE, WHOLE]
    assert calendar_of(filled, "560000").is_working_day(CLOSED)  # the post office beside it


@pytest.mark.parametrize("named", [AGENCY, "H17.132", "UBND phường Tam Kỳ", "ubnd phuong tam ky"])
def test_an_agency_is_named_as_a_file_of_dossiers_names_it(
    filled: Importer, tmp_path: Path, named: str
) -> None:
    path = write_csv(tmp_path / "own.csv", [a_day(CLOSED, named)])

    assert saved(filled.take(path, Kind.CALENDAR)) == (1, 0, 0, 0)
    assert not calendar_of(filled, AGENCY).is_working_day(CLOSED)


@pytest.mark.parametrize("write", [write_csv, write_json, write_xlsx], ids=["csv", "json", "xlsx"])
def test_every_format_says_the_same(
    filled: Importer, tmp_path: Path, write: Callable[[Path, Rows], Path]
) -> None:
    half = a_day(HALF, AGENCY, Loại="làm việc", Giờ_làm_việc="7h - 11h30")
    path = write(tmp_path / "own", [half, a_day(CLOSED, AGENCY)])

    assert saved(filled.take(path, Kind.CALENDAR)) == (2, 0, 0, 0)
    assert calendar_of(filled, AGENCY).work_sessions(HALF) == MORNING


def test_what_is_due_follows_the_agencys_days(filled: Importer, tmp_path: Path) -> None:
    half = date(2026, 3, 24)
    own = [
        a_day(CLOSED, AGENCY),
        a_day(SWAPPED, AGENCY, Loại="làm bù", Giờ_làm_việc="07:00-11:30"),
        a_day(half, AGENCY, Loại="làm việc", Giờ_làm_việc="07:00-11:30"),
    ]
    filled.take(write_csv(tmp_path / "own.csv", own), Kind.CALENDAR)
    received = {
        # The same day's rule: after 15:00, and after the closing of a half day, it is the next one.
        "25/03/2026 15:30": ("27/03/2026 17:00", "26/03/2026 17:00"),
        "24/03/2026 08:00": ("24/03/2026 11:30", "24/03/2026 17:00"),
        "27/03/2026 15:30": ("28/03/2026 11:30", "30/03/2026 17:00"),
    }
    rows = [
        row(2 * n + other, Mã_TTHC="2.000635", Cơ_quan=agency, Ngày_tiếp_nhận=at, Ngày_hẹn_trả="")
        for n, at in enumerate(received)
        for other, agency in enumerate((AGENCY, OTHER))
    ]

    report = filled.take(write_csv(tmp_path / "dossiers.csv", rows))

    assert report.saved, report.errors
    due = [each.due_at for each in filled.dossiers().values()]
    assert [f"{local(each):%d/%m/%Y %H:%M}" for each in due if each] == [
        moment for both in received.values() for moment in both
    ]


def test_a_bad_row_keeps_the_others_out_and_says_where_it_stands(
    filled: Importer, tmp_path: Path
) -> None:
    rows = [a_day(CLOSED, AGENCY), a_day(HALF, "AG-99999")]
    report = filled.take(write_csv(tmp_path / "own.csv", rows), Kind.CALENDAR)

    assert told(report.errors) == [(3, "Lịch", "import.no_such_calendar")]
    assert not report.saved
    assert calendar_of(filled, AGENCY).is_working_day(CLOSED)


def test_two_agencies_of_one_name_are_told_apart_by_code(filled: Importer, tmp_path: Path) -> None:
    unit = {"Mã đơn vị": "AG-2", "Tên đơn vị": "UBND phường Tam Kỳ", "Loại": "cơ quan"}
    units = write_csv(tmp_path / "units.csv", [unit | {"Từ ngày": "01/07/2025"}])
    filled.take(units, Kind.UNITS)
    path = write_csv(tmp_path / "own.csv", [a_day(CLOSED, "UBND phường Tam Kỳ")])

    assert told(filled.look(path, Kind.CALENDAR).errors) == [(2, "Lịch", "import.ambiguous_agency")]


def test_a_year_told_above_is_enough_and_one_told_below_is_not(
    filled: Importer, tmp_path: Path
) -> None:
    common, own = a_day(date(2031, 1, 1), "cơ quan"), a_day(date(2031, 1, 2), AGENCY)

    below = filled.look(write_csv(tmp_path / "below.csv", [own, common]), Kind.CALENDAR)
    assert told(below.errors) == [(2, "Lịch", "import.no_year_below")]

    above = write_csv(tmp_path / "above.csv", [common, own])
    assert saved(filled.take(above, Kind.CALENDAR)) == (2, 0, 0, 0)
    assert not calendar_of(filled, AGENCY).is_working_day(date(2031, 1, 2))


def test_a_changed_day_is_written_over_only_where_that_was_asked_for(
    filled: Importer, tmp_path: Path
) -> None:
    filled.take(SAMPLE, Kind.CALENDAR)
    later = a_day(HALF, AGENCY, Loại="làm việc", Giờ_làm_việc="07:00-10:00")
    later |= {"Tên": "Nghỉ chiều để họp toàn cơ quan"}
    path = write_csv(tmp_path / "own.csv", [later])

    refused = filled.take(path, Kind.CALENDAR)
    assert told(refused.errors) == [(2, "", "import.there_and_different")]
    assert refused.errors[0].facts == {"columns": "Giờ làm việc"}

    assert saved(filled.take(path, Kind.CALENDAR, mode=Mode.UPDATE)) == (0, 1, 0, 0)
    own = calendar_of(filled, AGENCY)
    assert own.work_sessions(HALF) == sessions("07:00-10:00")
    assert not own.is_working_day(CLOSED)  # days that the file does not tell stay


def test_a_further_announcement_leaves_hours_it_does_not_tell(
    filled: Importer, tmp_path: Path
) -> None:
    """A common day worked with hours of its own keeps them when another day of its year is told."""
    saturday = date(2026, 5, 9)
    hours = a_day(saturday, "chung", Loại="làm bù", Giờ_làm_việc="08:00-12:00", Ghi_chú="hai bên")
    filled.take(write_csv(tmp_path / "a.csv", [hours]), Kind.CALENDAR)

    silent = a_day(saturday, "chung", Loại="làm bù")
    later = write_csv(tmp_path / "b.csv", [silent, a_day(date(2026, 5, 10), "chung")])

    assert saved(filled.take(later, Kind.CALENDAR)) == (1, 0, 1, 0)
    for kind in (calendars.AGENCY, calendars.POST):
        kept = calendars.day_of(filled.session, kind, saturday)
        assert kept is not None
        assert (kept.hours, kept.note) == ("08:00-12:00", "hai bên")
