"""Announced days off and swapped working days from a file. Days that are entered and not told of stay."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.reference.holidays import DayKind, HolidayRow
from postal_service.services import calendars
from postal_service.services.importing.cells import RowCells
from postal_service.services.importing.columns import Column, Columns
from postal_service.services.importing.subject import Mode, Numbered, Outcome, Verdict, judged
from postal_service.storage.schema import CalendarDayRow, CalendarYearRow

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


@dataclass(frozen=True, kw_only=True)
class DayRecord:
    """A day, and the calendars it is a day of."""

    day: HolidayRow
    kinds: tuple[str, ...]
    source: str


class CalendarDays:
    """One pass over a file of announced days: of agencies and post alike unless a row says which."""

    columns = Columns(
        (
            Column(key="day", required=True, names=("Ngày", "Date")),
            Column(key="kind", required=True, names=("Loại", "Loại ngày", "Kind")),
            Column(key="name", required=True, names=("Tên", "Tên ngày", "Lý do", "Name")),
            Column(key="note", names=("Ghi chú", "Note")),
            Column(key="calendar", names=("Lịch", "Calendar")),
            Column(key="source", names=("Nguồn", "Căn cứ", "Source")),
            Column(key="_number", ignored=True, names=("STT", "TT", "No")),
        )
    )

    def __init__(self, session: Session, by: Actor, *, source: str) -> None:
        self._by, self._source = by, source
        self._years: dict[tuple[str, int], dict[date, HolidayRow]] = defaultdict(dict)
        self._sources: dict[tuple[str, int], str] = {}
        self._known_years = {
            (row.calendar, row.year) for row in session.scalars(select(CalendarYearRow))
        }

    def read(self, cells: RowCells) -> DayRecord | None:
        day, kind = cells.day("day"), cells.choice("kind", KINDS)
        name, note = cells.text("name", longest=200), cells.text("note", longest=300)
        kinds = cells.choice("calendar", CALENDARS) or BOTH
        source = cells.text("source", longest=200) or self._source
        if cells.refused or day is None or kind is None:
            return None
        return DayRecord(
            day=HolidayRow(day=day, kind=kind, name=name, note=note), kinds=kinds, source=source
        )

    def key(self, record: DayRecord) -> str:
        return f"{record.day.day} {' '.join(record.kinds)}"

    def judge(
        self, session: Session, batch: Sequence[Numbered[DayRecord]], mode: Mode
    ) -> list[Verdict]:
        return [self._judge(session, each.record, mode) for each in batch]

    def save(self, session: Session, batch: Sequence[tuple[DayRecord, Outcome]]) -> None:
        """Keep the days for `finish`: a year is entered with all its days at once."""
        del session
        for record, _ in batch:
            for calendar in record.kinds:
                year = (calendar, record.day.day.year)
                self._years[year][record.day.day] = record.day
                self._sources.setdefault(year, record.source)

    def finish(self, session: Session) -> None:
        for (calendar, year), days in self._years.items():
            stored = {
                row.day: HolidayRow(
                    day=row.day, kind=DayKind(row.kind), name=row.name, note=row.note
                )
                for row in session.scalars(select(CalendarDayRow).filter_by(calendar=calendar))
                if row.day.year == year
            }
            calendars.import_year(
                session, calendar, year, (stored | days).values(),
                source=self._sources[calendar, year], by=self._by,
            )  # fmt: skip

    def _judge(self, session: Session, record: DayRecord, mode: Mode) -> Verdict:
        told = record.day
        rows = [session.get(CalendarDayRow, (kind, told.day)) for kind in record.kinds]
        known = all((kind, told.day.year) in self._known_years for kind in record.kinds)
        if not known or all(row is None for row in rows):
            return judged(mode, exists=False)
        same = all(
            row is not None
            and (row.kind, row.name, row.note) == (told.kind.value, told.name, told.note)
            for row in rows
        )
        return judged(mode, exists=True, differing=() if same else ("Tên", "Loại"))
