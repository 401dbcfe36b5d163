"""The working calendars as entered: an office's own days over those of its kind.

A year counts only once somebody has entered its announcement; there is no default for lunar
holidays and swapped days, because they are decided anew each year.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.calendar import (
    AGENCY_WEEK,
    POSTAL_WEEK,
    DayChange,
    WeeklyHours,
    WorkingCalendar,
    sessions,
    with_overrides,
)
from postal_service.domain.refusals import Malformed
from postal_service.reference.holidays import DayKind, HolidayRow
from postal_service.services.places import Place
from postal_service.storage.schema import CalendarDayRow, CalendarYearRow

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
        changes={change.day: change for change in _changes(session, kind, WEEKS[kind])},
    )


def of_unit(session: Session, unit: Place) -> WorkingCalendar:
    """The calendar a unit works by: its kind's, and on some days its own hours."""
    shared = common(session, unit.calendar)
    own = _changes(session, unit.code, shared.week)
    if not own:
        return shared
    return with_overrides(shared, name=unit.code, version=shared.version, changes=own)


def import_year(
    session: Session,
    kind: str,
    year: int,
    days: Iterable[HolidayRow],
    *,
    source: str,
    by: Actor,
) -> int:
    """Enter the announcement of a year, in place of what was entered for it before; days entered.

    Raises RoleNeeded (administrator), UnknownCalendar, DayOfAnotherYear, or NoSource when the
    announcement is not named.
    """
    by.need(Role.ADMINISTRATOR)
    if kind not in WEEKS:
        raise UnknownCalendar(calendar=kind[:40])
    if not source.strip():
        raise NoSource(year=year)
    announced = {row.day: row for row in days}
    for day in announced:
        if day.year != year:
            raise DayOfAnotherYear(day=day.isoformat(), year=year)
    session.execute(
        delete(CalendarDayRow).where(
            CalendarDayRow.calendar == kind,
            CalendarDayRow.day.between(date(year, 1, 1), date(year, 12, 31)),
        )
    )
    for row in announced.values():
        session.add(_day_row(kind, row))
    session.merge(CalendarYearRow(calendar=kind, year=year, source=source.strip()))
    session.flush()
    return len(announced)


def set_day(
    session: Session, calendar: str, day: date, *, hours: str, name: str, note: str, by: Actor
) -> None:
    """Enter one day by hand: "" closes it, "07:30-11:30,13:30-17:00" works it.

    `calendar` is "agency", "post" or a unit's code. Raises RoleNeeded or BadHours.
    """
    by.need(Role.ADMINISTRATOR)
    if hours:
        sessions(*hours.split(","))  # refuses hours that cannot be
    kind = DayKind.WORKING if hours else DayKind.OFF
    session.merge(
        CalendarDayRow(
            calendar=calendar, day=day, kind=kind.value, name=name, sessions=hours, note=note
        )
    )
    session.flush()


def _day_row(kind: str, row: HolidayRow) -> CalendarDayRow:
    return CalendarDayRow(
        calendar=kind, day=row.day, kind=row.kind.value, name=row.name, sessions="", note=row.note
    )


def _years(session: Session, kind: str) -> dict[int, str]:
    rows = session.scalars(select(CalendarYearRow).filter_by(calendar=kind))
    return {row.year: row.source for row in rows}


def _version(years: Mapping[int, str]) -> str:
    return "; ".join(f"{year}: {years[year]}" for year in sorted(years))


def _changes(session: Session, calendar: str, week: WeeklyHours) -> list[DayChange]:
    rows = session.scalars(select(CalendarDayRow).filter_by(calendar=calendar))
    return [_change(row, week) for row in rows]


def _change(row: CalendarDayRow, week: WeeklyHours) -> DayChange:
    if row.kind == DayKind.OFF:
        return DayChange(day=row.day, reason=row.name)
    # An announced swap names no hours: it is worked like an ordinary Monday.
    hours = sessions(*row.sessions.split(",")) if row.sessions else week.work[0]
    return DayChange(day=row.day, sessions=hours, reason=row.name)
