"""When a result is due by law. Computed from the receipt, the term and the stops of the clock; never edited in place.

Civil Code 2015, Article 147: the first day is not counted. Article 148(3): a term of months ends
on the same day of its last month, or on that month's last day. Article 148(5): a term that ends on
a rest day ends with the next working day.

What it does not do: it does not say when the Post was asked. The legal clock starts when the
agency accepts, which may be later than the posting.
"""

import calendar as month_lengths
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import assert_never

from postal_service.domain.calendar import WorkingCalendar
from postal_service.domain.refusals import Malformed, RuleBroken
from postal_service.domain.wording_dates import local, short_moment


class TimeUnit(StrEnum):
    """The words "ngày" and "ngày làm việc" both occur in the catalogue and are not the same."""

    WORKING_HOUR = "working_hour"
    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    MONTH = "month"
    SAME_DAY = "same_day"


class BadTerm(Malformed):
    code = "deadline.bad_term"


class BadStop(Malformed):
    code = "deadline.stop_ends_before_it_begins"


class NoBasis(RuleBroken):
    code = "deadline.change_without_basis"


class TooManyChanges(RuleBroken):
    code = "deadline.too_many_changes"


@dataclass(frozen=True, kw_only=True)
class Term:
    """How long the procedure may take. A same-day term has no amount."""

    amount: int
    unit: TimeUnit

    def __post_init__(self) -> None:
        if (self.amount == 0) != (self.unit is TimeUnit.SAME_DAY) or self.amount < 0:
            raise BadTerm(amount=self.amount, unit=self.unit.value)


class StopReason(StrEnum):
    SUPPLEMENT = "supplement"  # the citizen was asked for papers
    FINANCIAL_DUTY = "financial_duty"  # a tax or fee is to be paid first
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class ClockStop:
    """An interval in which the legal clock stands; open while `resumed_at` is None."""

    stopped_at: datetime
    resumed_at: datetime | None
    reason: StopReason
    basis: str

    def __post_init__(self) -> None:
        if self.resumed_at is not None and local(self.resumed_at) < local(self.stopped_at):
            raise BadStop(
                stopped_at=short_moment(self.stopped_at), resumed_at=short_moment(self.resumed_at)
            )


@dataclass(frozen=True, kw_only=True)
class LegalClock:
    """All that decides a due date."""

    received_at: datetime
    term: Term
    stops: tuple[ClockStop, ...] = ()


def due(clock: LegalClock, on: WorkingCalendar) -> datetime | None:
    """When the result is due on this agency's calendar; None while the clock stands.

    Days end with the last session of the office, which is what the appointment slip prints.

    Raises:
        NoCalendar: the term reaches into a year whose days off are not known.
    """
    stops = _merged(clock.stops)
    term = clock.term
    match term.unit:
        case TimeUnit.SAME_DAY:
            return _same_day(clock.received_at, stops, on)
        case TimeUnit.WORKING_HOUR:
            return _working_hours(clock.received_at, timedelta(hours=term.amount), stops, on)
        case TimeUnit.WORKING_DAY | TimeUnit.CALENDAR_DAY | TimeUnit.MONTH:
            return _days(clock, stops, on)
        case _:
            assert_never(term.unit)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    length = month_lengths.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, length))


class Timeliness(StrEnum):
    """How a dossier stands against its due date; the first three are resolved."""

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"
    IN_TIME = "in_time"  # in process, not yet due
    OVERDUE = "overdue"  # in process, past due
    STOPPED = "stopped"  # the clock stands


def timeliness(
    due_at: datetime | None, *, resolved_at: datetime | None, now: datetime
) -> Timeliness:
    """Compare with the due moment. Early means on an earlier day than the one appointed."""
    if due_at is None:
        # A result that came while the clock stood cannot have come too late.
        return Timeliness.STOPPED if resolved_at is None else Timeliness.EARLY
    if resolved_at is None:
        return Timeliness.OVERDUE if now > due_at else Timeliness.IN_TIME
    if resolved_at > due_at:
        return Timeliness.LATE
    if local(resolved_at).date() < local(due_at).date():
        return Timeliness.EARLY
    return Timeliness.ON_TIME


def slack_working_days(due_at: datetime, *, day: date, on: WorkingCalendar) -> int:
    """Working days left after `day`: 0 on the due day itself, negative when that has passed.

    Raises NoCalendar for a year between the two whose days off nobody has entered.
    """
    return on.working_days_between(day, local(due_at).date())


@dataclass(frozen=True, kw_only=True)
class DueChange:
    """A due date moved by decision. The computed one stays; this is the history beside it."""

    due_at: datetime
    stage: str
    basis: str
    approved_by: str
    decided_at: datetime


def change_due(
    earlier: Sequence[DueChange], new: DueChange, *, limit: int
) -> tuple[DueChange, ...]:
    """Add a decided change to the history.

    Args:
        earlier: the changes so far.
        new: the change.
        limit: how many changes the form set allows; configuration, since the rules of different
            years differ.

    Raises:
        NoBasis: nobody answers for it, or no basis is named.
        TooManyChanges: the limit is reached.
    """
    if not new.basis.strip() or not new.approved_by.strip():
        raise NoBasis(due_at=short_moment(new.due_at))
    if len(earlier) >= limit:
        raise TooManyChanges(limit=limit)
    return (*earlier, new)


def appointed(computed: datetime | None, changes: Iterable[DueChange]) -> datetime | None:
    """The due moment that binds: the one decided last, or else the computed one."""
    latest = max(changes, key=lambda change: change.decided_at, default=None)
    return computed if latest is None else latest.due_at


def moved_on(due_at: datetime, stops: Iterable[ClockStop], on: WorkingCalendar) -> datetime | None:
    """A due moment that was decided, later by the working days that each stop before it cost.

    None while the clock stands. Raises NoCalendar like `due`.
    """
    for stop in _merged(stops):
        if stop.stopped_at > due_at:
            break
        if stop.resumed_at is None:
            return None
        runs_again = _runs_again(stop.stopped_at, stop.resumed_at, on)
        if runs_again is None:
            continue
        days = on.working_days_between(local(stop.stopped_at).date(), runs_again.date())
        if days:
            due_at = on.closing(on.add_working_days(local(due_at).date(), days))
    return due_at


def _same_day(
    received: datetime, stops: Sequence[ClockStop], on: WorkingCalendar
) -> datetime | None:
    due_at = _end_of_same_day(received, on)
    for stop in stops:
        if stop.stopped_at > due_at:
            break
        if stop.resumed_at is None:
            return None
        # What was completed by the citizen is as if it were received afresh then.
        due_at = max(due_at, _end_of_same_day(stop.resumed_at, on))
    return due_at


def _end_of_same_day(received: datetime, on: WorkingCalendar) -> datetime:
    starts = on.clock_starts(received)
    # Same-day procedures received after 15:00 fall due the next working day, never 24 hours later.
    if starts.time() >= on.same_day_cut:
        return on.closing(on.next_working_day(starts.date()))
    return on.closing(starts.date())


def _working_hours(
    received: datetime, length: timedelta, stops: Sequence[ClockStop], on: WorkingCalendar
) -> datetime | None:
    runs_from, left = received, length
    for stop in stops:
        if stop.stopped_at > runs_from:
            run = on.working_time_between(runs_from, stop.stopped_at)
            if run >= left:
                break
            left -= run
        if stop.resumed_at is None:
            return None
        runs_from = max(runs_from, stop.resumed_at)
    return on.add_working_time(runs_from, left)


def _runs_again(stopped_at: datetime, resumed_at: datetime, on: WorkingCalendar) -> datetime | None:
    """When time counts again; None where it stood only while the office was closed."""
    runs_again = on.clock_starts(resumed_at)
    return None if runs_again == on.clock_starts(stopped_at) else runs_again


def _days(clock: LegalClock, stops: Sequence[ClockStop], on: WorkingCalendar) -> datetime | None:
    """The end of the term, moved by each stop that began before it.

    A stop costs the days after the one on which it began, up to and including the one on which
    time counts again: that one is a first day once more, and first days are not counted. A stop
    within one day's hours costs nothing.
    """
    start = on.clock_starts(clock.received_at).date()
    working = clock.term.unit is TimeUnit.WORKING_DAY
    last = _last_day(start, clock.term, on)
    due_at = on.closing(on.working_day_at_or_after(last))
    for stop in stops:
        if stop.stopped_at > due_at:
            break
        if stop.resumed_at is None:
            return None
        runs_again = _runs_again(stop.stopped_at, stop.resumed_at, on)
        if runs_again is None:
            continue
        began = max(local(stop.stopped_at).date(), start)
        resumed = max(runs_again.date(), began)
        if working:
            last = on.add_working_days(last, on.working_days_between(began, resumed))
        else:
            last += resumed - began
        due_at = on.closing(on.working_day_at_or_after(last))
    return due_at


def _last_day(start: date, term: Term, on: WorkingCalendar) -> date:
    if term.unit is TimeUnit.WORKING_DAY:
        return on.add_working_days(start, term.amount)
    if term.unit is TimeUnit.MONTH:
        return months_after(start, term.amount)
    return start + timedelta(days=term.amount)


def _merged(stops: Iterable[ClockStop]) -> list[ClockStop]:
    """Stops in order, with those that overlap made one."""
    merged: list[ClockStop] = []
    for stop in sorted(stops, key=lambda stop: stop.stopped_at):
        last = merged[-1] if merged else None
        if last is None or (last.resumed_at is not None and stop.stopped_at > last.resumed_at):
            merged.append(stop)
        elif last.resumed_at is not None and (
            stop.resumed_at is None or stop.resumed_at > last.resumed_at
        ):
            merged[-1] = replace(last, resumed_at=stop.resumed_at)
    return merged
