"""When a result is due: the examples of the law, then what must hold for every receipt, term and stop."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal_service.domain.calendar import NoCalendar
from postal_service.domain.deadlines import (
    BadStop,
    BadTerm,
    ClockStop,
    DueChange,
    LegalClock,
    NoBasis,
    StopReason,
    Term,
    Timeliness,
    TimeUnit,
    TooManyChanges,
    appointed,
    change_due,
    due,
    months_after,
    slack_working_days,
    timeliness,
)
from postal_service.domain.wording_dates import local
from tests.domain.offices import AGENCY, at

SAME_DAY = Term(amount=0, unit=TimeUnit.SAME_DAY)
RECEIPTS = st.datetimes(datetime(2022, 1, 1), datetime(2026, 6, 30), timezones=st.just(UTC))  # noqa: DTZ001
TERMS = st.one_of(
    st.just(SAME_DAY),
    st.builds(
        Term,
        amount=st.integers(1, 20),
        unit=st.sampled_from([TimeUnit.WORKING_DAY, TimeUnit.WORKING_HOUR, TimeUnit.CALENDAR_DAY]),
    ),
    st.builds(Term, amount=st.integers(1, 3), unit=st.just(TimeUnit.MONTH)),
)


def clock(received: str, term: Term, *stops: tuple[str, str | None]) -> LegalClock:
    return LegalClock(
        received_at=at(received),
        term=term,
        stops=tuple(
            ClockStop(
                stopped_at=at(began),
                resumed_at=at(ended) if ended else None,
                reason=StopReason.SUPPLEMENT,
                basis="Phiếu yêu cầu bổ sung",
            )
            for began, ended in stops
        ),
    )


def days(amount: int) -> Term:
    return Term(amount=amount, unit=TimeUnit.WORKING_DAY)


def calendar_days(amount: int) -> Term:
    return Term(amount=amount, unit=TimeUnit.CALENDAR_DAY)


def hours(amount: int) -> Term:
    return Term(amount=amount, unit=TimeUnit.WORKING_HOUR)


def months(amount: int) -> Term:
    return Term(amount=amount, unit=TimeUnit.MONTH)


@pytest.mark.parametrize(
    ("received", "term", "due_at"),
    [
        # Taken on Monday after 15:00; Tuesday 24 November is Culture Day.
        ("2026-11-23 15:20", SAME_DAY, "2026-11-25 17:00"),
        ("2026-11-23 15:00", SAME_DAY, "2026-11-25 17:00"),
        ("2026-11-23 14:59", SAME_DAY, "2026-11-23 17:00"),
        ("2026-11-23 11:45", SAME_DAY, "2026-11-23 17:00"),
        ("2026-11-21 09:00", SAME_DAY, "2026-11-23 17:00"),
        # The first day is not counted (Art. 147), and the day off is not a working day.
        ("2026-11-23 08:00", days(1), "2026-11-25 17:00"),
        ("2026-11-23 16:30", days(3), "2026-11-27 17:00"),
        # Received on a Saturday morning: Monday is the first day.
        ("2026-11-21 09:00", days(1), "2026-11-25 17:00"),
        # Calendar days count through; an end on a Sunday moves to Monday (Art. 148(5)).
        ("2026-11-17 08:00", calendar_days(5), "2026-11-23 17:00"),
        ("2026-11-19 08:00", calendar_days(5), "2026-11-25 17:00"),
        # Months end on the same day, or on the last one (Art. 148(3)); that Monday is worked.
        ("2026-08-28 08:00", months(1), "2026-09-28 17:00"),
        ("2026-03-31 08:00", months(1), "2026-05-04 17:00"),
        ("2026-11-20 15:00", hours(4), "2026-11-23 09:00"),
        ("2026-11-19 10:00", hours(8), "2026-11-20 10:00"),
        # Tết: off from Saturday 14 to Sunday 22 February.
        ("2026-02-13 08:00", days(2), "2026-02-24 17:00"),
    ],
)
def test_the_due_moment(received: str, term: Term, due_at: str) -> None:
    assert due(clock(received, term), AGENCY) == at(due_at)


@pytest.mark.parametrize(
    ("term", "stop", "due_at"),
    [
        # Without the stop: Friday 6 November. Wednesday and Thursday are lost.
        (days(4), ("2026-11-03 10:00", "2026-11-05 09:00"), "2026-11-10 17:00"),
        # Stopped and resumed within the day: nothing is lost.
        (days(4), ("2026-11-03 10:00", "2026-11-03 16:00"), "2026-11-06 17:00"),
        # A stop that began on the last day moves it: the office cannot be late while it waits.
        (days(4), ("2026-11-06 10:00", "2026-11-09 08:00"), "2026-11-09 17:00"),
        # Papers that came on a Sunday count from Monday.
        (days(4), ("2026-11-06 10:00", "2026-11-08 08:00"), "2026-11-09 17:00"),
        # Papers that came on the last day after closing could not be worked on that day.
        (days(4), ("2026-11-06 10:00", "2026-11-06 17:30"), "2026-11-09 17:00"),
        (days(4), ("2026-11-05 18:00", "2026-11-05 19:30"), "2026-11-06 17:00"),
        (calendar_days(4), ("2026-11-03 10:00", "2026-11-05 09:00"), "2026-11-09 17:00"),
        (hours(8), ("2026-11-02 09:00", "2026-11-05 09:00"), "2026-11-06 08:00"),
        # A stop after the end changes nothing.
        (days(1), ("2026-11-05 10:00", None), "2026-11-03 17:00"),
    ],
)
def test_a_stop_moves_the_due_moment_by_what_it_cost(
    term: Term, stop: tuple[str, str | None], due_at: str
) -> None:
    assert due(clock("2026-11-02 08:00", term, stop), AGENCY) == at(due_at)


@pytest.mark.parametrize("term", [days(4), calendar_days(4), hours(24), months(1)])
def test_while_the_clock_stands_nothing_is_due(term: Term) -> None:
    assert due(clock("2026-11-02 08:00", term, ("2026-11-03 10:00", None)), AGENCY) is None


def test_a_same_day_dossier_completed_later_is_as_if_received_then() -> None:
    stopped = clock("2026-11-17 08:00", SAME_DAY, ("2026-11-17 09:00", "2026-11-19 15:30"))
    assert due(stopped, AGENCY) == at("2026-11-20 17:00")
    waiting = clock("2026-11-17 08:00", SAME_DAY, ("2026-11-17 09:00", None))
    assert due(waiting, AGENCY) is None


def test_stops_that_overlap_are_not_counted_twice() -> None:
    once = clock("2026-11-02 08:00", days(4), ("2026-11-03 10:00", "2026-11-05 09:00"))
    twice = clock(
        "2026-11-02 08:00",
        days(4),
        ("2026-11-03 10:00", "2026-11-05 09:00"),
        ("2026-11-04 10:00", "2026-11-04 16:00"),
    )
    assert due(twice, AGENCY) == due(once, AGENCY)


def test_a_term_that_reaches_into_an_unannounced_year_is_refused() -> None:
    with pytest.raises(NoCalendar):
        due(clock("2026-12-28 08:00", days(10)), AGENCY)


@pytest.mark.parametrize(
    ("amount", "unit"),
    [(0, TimeUnit.WORKING_DAY), (-1, TimeUnit.MONTH), (1, TimeUnit.SAME_DAY)],
)
def test_a_term_that_cannot_be_is_refused(amount: int, unit: TimeUnit) -> None:
    with pytest.raises(BadTerm):
        Term(amount=amount, unit=unit)


def test_a_stop_cannot_end_before_it_begins() -> None:
    with pytest.raises(BadStop):
        clock("2026-11-02 08:00", days(1), ("2026-11-03 10:00", "2026-11-03 09:00"))


@pytest.mark.parametrize(
    ("resolved", "now", "standing"),
    [
        ("2026-11-20 16:00", "2026-12-01 08:00", Timeliness.EARLY),
        ("2026-11-25 08:00", "2026-12-01 08:00", Timeliness.ON_TIME),
        ("2026-11-25 17:00", "2026-12-01 08:00", Timeliness.ON_TIME),
        ("2026-11-25 17:01", "2026-12-01 08:00", Timeliness.LATE),
        (None, "2026-11-25 17:00", Timeliness.IN_TIME),
        (None, "2026-11-25 17:01", Timeliness.OVERDUE),
    ],
)
def test_how_a_dossier_stands(resolved: str | None, now: str, standing: Timeliness) -> None:
    resolved_at = at(resolved) if resolved else None
    assert timeliness(at("2026-11-25 17:00"), resolved_at=resolved_at, now=at(now)) is standing


def test_while_the_clock_stands_a_dossier_is_neither_in_time_nor_late() -> None:
    now = at("2026-11-25 08:00")
    assert timeliness(None, resolved_at=None, now=now) is Timeliness.STOPPED
    assert timeliness(None, resolved_at=now, now=now) is Timeliness.EARLY


@pytest.mark.parametrize(
    ("now", "slack"),
    [
        ("2026-11-23 08:00", 1),
        ("2026-11-24 08:00", 1),
        ("2026-11-25 08:00", 0),
        ("2026-11-27 08:00", -2),
        ("2026-11-20 08:00", 2),  # Friday: Monday is the next working day
    ],
)
def test_slack_is_counted_in_working_days(now: str, slack: int) -> None:
    assert slack_working_days(at("2026-11-25 17:00"), day=at(now).date(), on=AGENCY) == slack


def change(due_at: str, decided: str, **other: str) -> DueChange:
    told = {"stage": "resolving", "basis": "Mẫu 04", "approved_by": "G-17"} | other
    return DueChange(due_at=at(due_at), decided_at=at(decided), **told)


def test_a_moved_due_date_keeps_its_history_and_the_last_decision_binds() -> None:
    first = change("2026-11-27 17:00", "2026-11-25 10:00")
    second = change("2026-12-02 17:00", "2026-11-27 10:00")
    history = change_due(change_due((), first, limit=2), second, limit=2)
    assert history == (first, second)
    assert appointed(at("2026-11-25 17:00"), history) == second.due_at
    assert appointed(at("2026-11-25 17:00"), ()) == at("2026-11-25 17:00")


def test_a_due_date_is_moved_no_oftener_than_the_form_set_allows() -> None:
    first = change("2026-11-27 17:00", "2026-11-25 10:00")
    with pytest.raises(TooManyChanges):
        change_due((first,), first, limit=1)


@pytest.mark.parametrize("missing", ["basis", "approved_by"])
def test_a_due_date_is_not_moved_by_nobody_or_for_no_reason(missing: str) -> None:
    with pytest.raises(NoBasis):
        change_due((), change("2026-11-27 17:00", "2026-11-25 10:00", **{missing: " "}), limit=1)


@given(RECEIPTS, TERMS)
def test_a_result_is_due_after_receipt_and_when_the_office_is_open(
    received: datetime, term: Term
) -> None:
    due_at = due(LegalClock(received_at=received, term=term), AGENCY)
    assert due_at is not None
    assert due_at > received
    assert AGENCY.is_working_day(local(due_at).date())
    if term.unit is not TimeUnit.WORKING_HOUR:
        assert due_at == AGENCY.closing(due_at.date())


@given(RECEIPTS, TERMS, st.timedeltas(timedelta(), timedelta(days=10)))
def test_what_came_later_is_never_due_earlier(
    received: datetime, term: Term, later: timedelta
) -> None:
    first = due(LegalClock(received_at=received, term=term), AGENCY)
    second = due(LegalClock(received_at=received + later, term=term), AGENCY)
    assert first is not None
    assert second is not None
    assert first <= second


@given(
    RECEIPTS,
    TERMS,
    st.timedeltas(timedelta(), timedelta(days=30)),
    st.timedeltas(timedelta(), timedelta(days=30)),
)
def test_a_stop_never_brings_the_due_moment_nearer(
    received: datetime, term: Term, after: timedelta, length: timedelta
) -> None:
    stop = ClockStop(
        stopped_at=received + after,
        resumed_at=received + after + length,
        reason=StopReason.FINANCIAL_DUTY,
        basis="Thông báo thuế",
    )
    plain = due(LegalClock(received_at=received, term=term), AGENCY)
    stopped = due(LegalClock(received_at=received, term=term, stops=(stop,)), AGENCY)
    assert plain is not None
    assert stopped is not None
    assert stopped >= plain


@given(RECEIPTS, TERMS, st.timedeltas(timedelta(), timedelta(days=90)))
def test_nobody_is_overdue_while_the_clock_stands(
    received: datetime, term: Term, after: timedelta
) -> None:
    stop = ClockStop(
        stopped_at=received + after, resumed_at=None, reason=StopReason.OTHER, basis="Mẫu 02"
    )
    due_at = due(LegalClock(received_at=received, term=term, stops=(stop,)), AGENCY)
    assert due_at is None or due_at <= stop.stopped_at


@given(RECEIPTS, st.integers(1, 30))
def test_as_many_working_days_lie_between_as_the_term_says(received: datetime, amount: int) -> None:
    due_at = due(LegalClock(received_at=received, term=days(amount)), AGENCY)
    assert due_at is not None
    starts = AGENCY.clock_starts(received).date()
    assert AGENCY.working_days_between(starts, due_at.date()) == amount


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 60))
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day: date, count: int) -> None:
    later = months_after(day, count)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == count
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)
