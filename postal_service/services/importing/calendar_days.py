"""Days off, swapped working days and hours of their own: everybody's as announced, or one office's over them.

Days that are entered and not told of stay, and so does what an empty cell does not tell.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import SHARED, Actor, OverAllNeeded, Role, RoleNeeded
from postal_service.domain.calendar import sessions
from postal_service.domain.ids import UnitCode
from postal_service.domain.text import search_key
from postal_service.domain.units import UnknownUnit
from postal_service.reference.holidays import DayKind, HolidayRow
from postal_service.services import calendars
from postal_service.services.importing import gazetteer
from postal_service.services.importing.cells import NotACellError, RowCells
from postal_service.services.importing.columns import Column, Columns
from postal_service.services.importing.subject import Mode, Numbered, Outcome, Verdict, judged
from postal_service.storage.schema import CalendarYearRow

KINDS = {
    **dict.fromkeys(("nghi", "nghi le", "ngay nghi", "off"), DayKind.OFF),
    **dict.fromkeys(("lam bu", "lam viec", "ngay lam viec", "working"), DayKind.WORKING),
}
CALENDARS = {
    **dict.fromkeys(("co quan", "hanh chinh", "agency"), (calendars.AGENCY,)),
    **dict.fromkeys(("buu chinh", "buu dien", "post"), (calendars.POST,)),
    **dict.fromkeys(("ca hai", "chung", "both"), (calendars.AGENCY, calendars.POST)),
}
BOTH = (calendars.AGENCY, calendars.POST)
_STRETCH = re.compile(r"(\d{1,2})(?:[:hg](\d{2})?)?\s*[-–—]\s*(\d{1,2})(?:[:hg](\d{2})?)?")
_BETWEEN_STRETCHES = re.compile(r"[,;+]|\bvà\b|\band\b")


@dataclass(frozen=True, kw_only=True)
class DayRecord:
    """A day, and the calendars it is a day of."""

    day: HolidayRow
    calendars: tuple[str, ...]
    source: str


class CalendarDays:
    """One pass over a file of days: of agencies and post alike unless a row says which, or whose."""

    columns = Columns(
        (
            Column(key="day", required=True, names=("Ngày", "Date")),
            Column(key="kind", required=True, names=("Loại", "Loại ngày", "Kind")),
            Column(key="name", required=True, names=("Tên", "Tên ngày", "Lý do", "Name")),
            Column(key="hours", names=("Giờ làm việc", "Giờ", "Hours")),
            Column(key="note", names=("Ghi chú", "Note")),
            Column(key="calendar", names=("Lịch", "Lịch của", "Cơ quan", "Đơn vị", "Calendar")),
            Column(key="source", names=("Nguồn", "Căn cứ", "Source")),
            Column(key="_number", ignored=True, names=("STT", "TT", "No")),
        )
    )

    def __init__(self, session: Session, by: Actor, *, source: str) -> None:
        self._by, self._source = by, source
        self._book = gazetteer.load(session)
        self._years: dict[tuple[str, int], dict[date, HolidayRow]] = defaultdict(dict)
        self._sources: dict[tuple[str, int], str] = {}
        self._known_years = {
            (row.calendar, row.year) for row in session.scalars(select(CalendarYearRow))
        }
        self._years_above: set[tuple[str, int]] = set()  # told by rows that stand above

    def read(self, cells: RowCells) -> DayRecord | None:
        day, kind = cells.day("day"), cells.choice("kind", KINDS)
        name, note = cells.text("name", longest=200), cells.text("note", longest=300)
        hours = cells.read("hours", lambda _: _hours(cells.text("hours", longest=100))) or ""
        source = cells.text("source", longest=200) or self._source
        if kind is DayKind.OFF and hours:
            cells.refuse("hours", "import.hours_of_a_day_off")
        if day is None or kind is None:
            return None
        named = self._calendars(cells, day)
        if cells.refused:
            return None
        told = HolidayRow(day=day, kind=kind, name=name, note=note, hours=hours)
        return DayRecord(day=told, calendars=named, source=source)

    def key(self, record: DayRecord) -> str:
        return f"{record.day.day} {' '.join(record.calendars)}"

    def judge(
        self, session: Session, batch: Sequence[Numbered[DayRecord]], mode: Mode
    ) -> list[Verdict]:
        return [self._judge(session, each.record, mode) for each in batch]

    def save(self, session: Session, batch: Sequence[tuple[DayRecord, Outcome]]) -> None:
        """Keep the days for `finish`: a year is entered with all its days at once."""
        del session
        for record, _ in batch:
            for calendar in record.calendars:
                year = (calendar, record.day.day.year)
                self._years[year][record.day.day] = record.day
                self._sources.setdefault(year, record.source)

    def finish(self, session: Session) -> None:
        for (calendar, year), told in self._years.items():
            stored = calendars.days_of(session, calendar, year)
            days = {day: _over(row, stored.get(day)) for day, row in told.items()}
            calendars.import_year(
                session, calendar, year, (stored | days).values(),
                source=self._sources[calendar, year], by=self._by,
            )  # fmt: skip

    def _calendars(self, cells: RowCells, day: date) -> tuple[str, ...]:
        """The common calendars, or that of one unit, which lies over one of them."""
        found = cells.read(
            "calendar",
            lambda _: self._named(cells.text("calendar", longest=200, digits=5), day),
        )
        named = BOTH if found is None else found
        if found is not None or not cells.given("calendar"):
            self._refuse_unless_his(cells, named)
        self._years_above |= {(each, day.year) for each in named if each in calendars.WEEKS}
        return named

    def _refuse_unless_his(self, cells: RowCells, named: tuple[str, ...]) -> None:
        key = "calendar" if cells.given("calendar") else ""
        for each in named:
            unit = self._book.units.get(UnitCode(each))
            if each in calendars.WEEKS:
                if not self._by.administers(SHARED):
                    cells.refuse(key, OverAllNeeded.code)
                    return
            elif unit is not None and not self._by.administers(unit.place.path):
                cells.refuse(key, RoleNeeded.code, roles=Role.ADMINISTRATOR.value, unit=each)

    def _named(self, written: str, day: date) -> tuple[str, ...]:
        """Raises NotACellError, UnknownUnit, NotAWorkplace or AmbiguousName."""
        if not written or search_key(written) in CALENDARS:
            return CALENDARS.get(search_key(written), BOTH)
        try:
            unit = self._book.workplace(written, day=day)
        except UnknownUnit:
            if written in self._book.units:
                raise  # it is there, on other days
            raise NotACellError("import.no_such_calendar") from None
        if (unit.calendar, day.year) not in self._known_years | self._years_above:
            raise NotACellError("import.no_year_below", year=day.year)
        return (unit.code,)

    def _judge(self, session: Session, record: DayRecord, mode: Mode) -> Verdict:
        told = record.day
        rows = [calendars.day_of(session, each, told.day) for each in record.calendars]
        known = all((each, told.day.year) in self._known_years for each in record.calendars)
        if not known or all(row is None for row in rows):
            return judged(mode, exists=False)
        differing = {
            self.columns.by_key[key].title
            for row in rows
            for key in ("kind", "name", "hours", "note")
            if row is None or getattr(_over(told, row), key) != getattr(row, key)
        }
        return judged(mode, exists=True, differing=sorted(differing))


def _over(told: HolidayRow, stored: HolidayRow | None) -> HolidayRow:
    """A day as told, with what is stored where nothing is told."""
    if stored is None:
        return told
    hours = stored.hours if told.kind is stored.kind else ""
    return replace(told, note=told.note or stored.note, hours=told.hours or hours)


def _hours(written: str) -> str:
    """Stretches of work as the store keeps them: "7h - 11h30, 13h30 - 17h" is "07:00-11:30,13:30-17:00"."""
    if not written:
        return ""
    stretches = []
    for part in _BETWEEN_STRETCHES.split(written.casefold()):
        found = _STRETCH.fullmatch(part.strip())
        if found is None:
            raise NotACellError("import.not_hours")
        opens, past_opening, closes, past_closing = found.groups(default="00")
        stretches.append(f"{opens:0>2}:{past_opening}-{closes:0>2}:{past_closing}")
    sessions(*stretches)  # refuses hours that cannot be
    return ",".join(stretches)
