"""A working calendar is a value: weekly sessions, closed days, swapped days. A year it does not know refuses to compute.

The postal calendar and each agency's calendar are instances of the same thing: the Post works
longer and on Saturdays, and the legal clock runs on the agency's calendar only.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from types import MappingProxyType

from postal_service.domain.refusals import Malformed, RuleBroken
from postal_service.domain.wording_dates import VIETNAM, local
from postal_service.reference.holidays import DayKind, HolidayRow

_ONE_DAY = timedelta(days=1)
# Longer than any closure that was ever announced; a calendar closed for longer is a mistake.
_LONGEST_CLOSURE_DAYS = 366


class NoCalendar(RuleBroken):
    """The year's calendar was not announced or not entered yet."""

    code = "calendar.no_year"


class NeverOpen(RuleBroken):
    """A calendar without any working session for a year."""

    code = "calendar.never_open"


class BadHours(Malformed):
    code = "calendar.bad_hours"


@dataclass(frozen=True, kw_only=True, order=True)
class Session:
    """One stretch of work within a day, for example the morning."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise BadHours(opens=self.opens.isoformat(), closes=self.closes.isoformat())


def sessions(*hours: str) -> tuple[Session, ...]:
    """Sessions written as a door sign has them: `sessions("07:00-11:30", "13:30-17:00")`.

    Raises:
        BadHours: a session that ends before it begins, or begins before the one before it ends.
    """
    made = tuple(_session(*hour.partition("-")[::2]) for hour in hours)
    _refuse_overlap(made)
    return made


@dataclass(frozen=True, kw_only=True)
class DayChange:
    """What is different on one date. No sessions: closed. Sessions: worked, with these hours."""

    day: date
    sessions: tuple[Session, ...] = ()
    reason: str

    def __post_init__(self) -> None:
        _refuse_overlap(self.sessions)


@dataclass(frozen=True, kw_only=True)
class WeeklyHours:
    """The ordinary week, Monday first."""

    work: tuple[tuple[Session, ...], ...]

    def __post_init__(self) -> None:
        if len(self.work) != 7:
            raise ValueError("A week has seven days.")
        for day in self.work:
            _refuse_overlap(day)


@dataclass(frozen=True, kw_only=True)
class WorkingCalendar:
    """Which moments count. `version` is printed under every figure computed with it."""

    name: str
    version: str
    week: WeeklyHours
    years: frozenset[int]
    changes: Mapping[date, DayChange] = field(default_factory=dict)
    same_day_cut: time = time(
        15
    )  # received later, a same-day procedure falls due the next working day

    def __post_init__(self) -> None:
        object.__setattr__(self, "changes", MappingProxyType(dict(self.changes)))

    def __hash__(self) -> int:
        return hash((self.name, self.version, self.years, len(self.changes)))

    def work_sessions(self, day: date) -> tuple[Session, ...]:
        """The sessions in which time counts on this date.

        Raises:
            NoCalendar: nobody has announced that year's days off.
        """
        if day.year not in self.years:
            raise NoCalendar(year=day.year, calendar=self.name)
        change = self.changes.get(day)
        return self.week.work[day.weekday()] if change is None else change.sessions

    def is_working_day(self, day: date) -> bool:
        return bool(self.work_sessions(day))

    def clock_starts(self, received: datetime) -> datetime:
        """When time begins to count: at once within a session, else at the next working session.

        A dossier taken in on a Saturday morning, or online in the night, starts then.
        """
        at = local(received)
        for day in self._days_from(at.date()):
            for session in self.work_sessions(day):
                if at < _on(day, session.closes):
                    return max(at, _on(day, session.opens))
        raise NeverOpen(calendar=self.name)

    def next_working_day(self, day: date) -> date:
        """The first working day after this one."""
        return self.working_day_at_or_after(day + _ONE_DAY)

    def working_day_at_or_after(self, day: date) -> date:
        for candidate in self._days_from(day):
            if self.is_working_day(candidate):
                return candidate
        raise NeverOpen(calendar=self.name)

    def add_working_days(self, day: date, count: int) -> date:
        """The count-th working day after `day`, which is not itself counted."""
        for _ in range(count):
            day = self.next_working_day(day)
        return day

    def working_days_between(self, earlier: date, later: date) -> int:
        """Working days after `earlier` up to and including `later`; negative the other way round."""
        if later < earlier:
            return -self.working_days_between(later, earlier)
        days = (later - earlier).days
        return sum(self.is_working_day(earlier + timedelta(days=i + 1)) for i in range(days))

    def opening(self, day: date) -> datetime:
        """When work begins on a working day."""
        return _on(day, self._sessions_of_working_day(day)[0].opens)

    def closing(self, day: date) -> datetime:
        """When work ends on a working day."""
        return _on(day, self._sessions_of_working_day(day)[-1].closes)

    def add_working_time(self, start: datetime, length: timedelta) -> datetime:
        """The moment at which `length` of working time has passed since `start`."""
        left = length
        at = self.clock_starts(start)
        for day in self._days_from(at.date()):
            for opens, closes in self._spans(day):
                if closes <= at:
                    continue
                begins = max(opens, at)
                if closes - begins >= left:
                    return begins + left
                left -= closes - begins
        raise NeverOpen(calendar=self.name)

    def working_time_between(self, earlier: datetime, later: datetime) -> timedelta:
        """Working time from one moment to another; nothing when `later` is not later."""
        first, last = local(earlier), local(later)
        total = timedelta()
        day = first.date()
        while day <= last.date():
            for opens, closes in self._spans(day):
                total += max(min(closes, last) - max(opens, first), timedelta())
            day += _ONE_DAY
        return total

    def _spans(self, day: date) -> list[tuple[datetime, datetime]]:
        return [(_on(day, s.opens), _on(day, s.closes)) for s in self.work_sessions(day)]

    def _sessions_of_working_day(self, day: date) -> tuple[Session, ...]:
        hours = self.work_sessions(day)
        if not hours:
            raise ValueError(f"{day} is not a working day of {self.name}.")
        return hours

    def _days_from(self, day: date) -> Iterator[date]:
        for offset in range(_LONGEST_CLOSURE_DAYS):
            yield day + timedelta(days=offset)


def calendar_from_holidays(
    name: str, *, version: str, week: WeeklyHours, rows: Iterable[HolidayRow]
) -> WorkingCalendar:
    """A calendar of every year that has at least one announced day.

    An office with other hours on one of these days overrides it.
    """
    announced = list(rows)
    return WorkingCalendar(
        name=name,
        version=version,
        week=week,
        years=frozenset(row.day.year for row in announced),
        changes={row.day: announced_change(row, week) for row in announced},
    )


def announced_change(row: HolidayRow, week: WeeklyHours) -> DayChange:
    """What an announced day changes. A worked day that names no hours takes those of an ordinary Monday.

    Raises:
        BadHours: hours that cannot be.
    """
    if row.kind is DayKind.OFF:
        return DayChange(day=row.day, reason=row.name)
    hours = sessions(*row.hours.split(",")) if row.hours else week.work[0]
    return DayChange(day=row.day, sessions=hours, reason=row.name)


def with_overrides(
    calendar: WorkingCalendar, *, name: str, version: str, changes: Iterable[DayChange]
) -> WorkingCalendar:
    """The calendar of one office: the common one, and on these dates its own hours."""
    own = {change.day: change for change in changes}
    return replace(calendar, name=name, version=version, changes={**calendar.changes, **own})


def _on(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=VIETNAM)


def _session(opens: str, closes: str) -> Session:
    try:
        return Session(opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))
    except ValueError as error:
        raise BadHours(opens=opens, closes=closes) from error


def _refuse_overlap(hours: tuple[Session, ...]) -> None:
    for before, after in pairwise(hours):
        if after.opens < before.closes:
            raise BadHours(opens=after.opens.isoformat(), closes=before.closes.isoformat())


# 07:00-11:30 and 13:30-17:00 make the eight hours in which the one-stop rules count a day.
AGENCY_WEEK = WeeklyHours(
    work=(sessions("07:00-11:30", "13:30-17:00"),) * 5 + ((), ()),
)
POSTAL_WEEK = WeeklyHours(
    work=(sessions("07:00-11:30", "13:00-18:00"),) * 5 + (sessions("07:00-11:30"), ())
)
