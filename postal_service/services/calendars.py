"""The working calendars as entered: an office's own days over those of its kind, a desk's over its agency's.

A year counts only once somebody has entered its announcement; there is no default for lunar
holidays and swapped days, because they are decided anew each year.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from postal_service.domain.actors import SHARED, Actor
from postal_service.domain.calendar import (
    AGENCY_WEEK,
    POSTAL_WEEK,
    DayChange,
    WeeklyHours,
    WorkingCalendar,
    announced_change,
    with_overrides,
)
from postal_service.domain.ids import UnitCode
from postal_service.domain.refusals import Malformed
from postal_service.reference.holidays import DayKind, HolidayRow
from postal_service.services.places import DESK, Place
from postal_service.storage.schema import CalendarDayRow, CalendarYearRow, UnitRow

AGENCY, POST = "agency", "post"
WEEKS: Final[Mapping[str, WeeklyHours]] = {AGENCY: AGENCY_WEEK, POST: POSTAL_WEEK}


class UnknownCalendar(Malformed):
    """A calendar is the agencies', the post's, or that of one unit by its code."""

    code = "calendar.unknown"


class DayOfAnotherYear(Malformed):
    code = "calendar.day_of_another_year"


class NoSource(Malformed):
    code = "calendar.no_source"


def common(session: Session, kind: str) -> WorkingCalendar:
    """The calendar of all agencies, or of the post. Raises UnknownCalendar."""
    if kind not in WEEKS:
        raise UnknownCalendar(calendar=kind[:40])
    years = _years(session, kind)
    return WorkingCalendar(
        name=kind,
        version=_version(years),
        week=WEEKS[kind],
        years=frozenset(years),
        changes={each.day: each for each in _changes(session, [kind], WEEKS[kind])},
    )


def of_unit(session: Session, unit: Place) -> WorkingCalendar:
    """The calendar a unit works by: its kind's, and on some days its own hours.

    A desk keeps the days of its agency, and on some days hours of its own.
    """
    shared = common(session, unit.calendar)
    agency = [unit.serves] if unit.kind == DESK and unit.serves else []
    own = _changes(session, [*agency, unit.code], shared.week)
    if not own:
        return shared
    return with_overrides(shared, name=unit.code, version=shared.version, changes=own)


def days_of(session: Session, calendar: str, year: int) -> dict[date, HolidayRow]:
    """The days that are entered in one calendar for one year."""
    rows = session.scalars(select(CalendarDayRow).where(*_within(calendar, year)))
    return {row.day: _announced(row) for row in rows}


def day_of(session: Session, calendar: str, day: date) -> HolidayRow | None:
    """The day as it is entered in one calendar; None where it is not."""
    row = session.get(CalendarDayRow, (calendar, day))
    return None if row is None else _announced(row)


def import_year(
    session: Session,
    calendar: str,
    year: int,
    days: Iterable[HolidayRow],
    *,
    source: str,
    by: Actor,
) -> int:
    """Enter the announcement of a year, in place of what was entered for it before; days entered.

    `calendar` is "agency", "post" or a unit's code. Raises RoleNeeded unless `by` administers that
    unit, or all where the calendar is a common one; UnknownCalendar, DayOfAnotherYear, BadHours, or NoSource when the announcement is not named.
    """
    week = _week(session, calendar)
    _refuse_unless_his(session, calendar, by)
    if not source.strip():
        raise NoSource(year=year)
    announced = {row.day: row for row in days}
    for day, row in announced.items():
        if day.year != year:
            raise DayOfAnotherYear(day=day.isoformat(), year=year)
        announced_change(row, week)  # refuses hours that cannot be
    session.execute(delete(CalendarDayRow).where(*_within(calendar, year)))
    session.add_all(_day_row(calendar, row) for row in announced.values())
    session.merge(CalendarYearRow(calendar=calendar, year=year, source=source.strip()))
    session.flush()
    return len(announced)


def set_day(
    session: Session, calendar: str, day: date, *, hours: str, name: str, note: str, by: Actor
) -> None:
    """Enter one day by hand: "" closes it, "07:30-11:30,13:30-17:00" works it.

    `calendar` is "agency", "post" or a unit's code. Raises RoleNeeded, UnknownCalendar or BadHours.
    """
    week = _week(session, calendar)
    _refuse_unless_his(session, calendar, by)
    kind = DayKind.WORKING if hours else DayKind.OFF
    entered = HolidayRow(day=day, kind=kind, name=name, note=note, hours=hours)
    announced_change(entered, week)
    session.merge(_day_row(calendar, entered))
    session.flush()


def _week(session: Session, calendar: str) -> WeeklyHours:
    """The ordinary week under a calendar."""
    unit = None if calendar in WEEKS else session.get(UnitRow, calendar)
    kind = unit.calendar if unit is not None else calendar
    if kind not in WEEKS:
        raise UnknownCalendar(calendar=calendar[:40])
    return WEEKS[kind]


def _refuse_unless_his(session: Session, calendar: str, by: Actor) -> None:
    unit = None if calendar in WEEKS else session.get(UnitRow, calendar)
    by.need_to_administer(unit.path if unit else SHARED, UnitCode(calendar))


def _within(calendar: str, year: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    days = CalendarDayRow.day.between(date(year, 1, 1), date(year, 12, 31))
    return CalendarDayRow.calendar == calendar, days


def _day_row(calendar: str, row: HolidayRow) -> CalendarDayRow:
    return CalendarDayRow(
        calendar=calendar, day=row.day, kind=row.kind.value, name=row.name, sessions=row.hours,
        note=row.note,
    )  # fmt: skip


def _announced(row: CalendarDayRow) -> HolidayRow:
    return HolidayRow(
        day=row.day, kind=DayKind(row.kind), name=row.name, note=row.note, hours=row.sessions
    )


def _years(session: Session, kind: str) -> dict[int, str]:
    rows = session.scalars(select(CalendarYearRow).filter_by(calendar=kind))
    return {row.year: row.source for row in rows}


def _version(years: Mapping[int, str]) -> str:
    return "; ".join(f"{year}: {years[year]}" for year in sorted(years))


def _changes(session: Session, calendars: Sequence[str], week: WeeklyHours) -> list[DayChange]:
    """What the calendars change, those of the last one last, which hold over the others."""
    rows = session.scalars(select(CalendarDayRow).where(CalendarDayRow.calendar.in_(calendars)))
    ordered = sorted(rows, key=lambda row: calendars.index(row.calendar))
    return [announced_change(_announced(row), week) for row in ordered]
