"""A calendar counts sessions, knows swapped days, and refuses a year it was not told about."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal_service.domain.calendar import (
    AGENCY_WEEK,
    BadHours,
    DayChange,
    NeverOpen,
    NoCalendar,
    Session,
    WeeklyHours,
    WorkingCalendar,
    sessions,
    with_overrides,
)
from tests.domain.offices import AGENCY, POST, at

DAYS = st.dates(date(2022, 1, 1), date(2026, 10, 31))
MOMENTS = st.datetimes(datetime(2022, 1, 1), datetime(2026, 10, 31), timezones=st.just(UTC))  # noqa: DTZ001
HOURS = st.integers(0, 80).map(lambda quarters: timedelta(minutes=15 * quarters))


def test_a_year_without_a_calendar_refuses_to_compute() -> None:
    with pytest.raises(NoCalendar) as refusal:
        AGENCY.add_working_days(date(2026, 12, 30), 3)
    assert refusal.value.facts == {"year": 2027, "calendar": "agency"}


def test_tet_and_its_neighbouring_weekends_are_one_long_rest() -> None:
    assert AGENCY.next_working_day(date(2026, 2, 13)) == date(2026, 2, 23)


def test_a_saturday_swapped_for_a_friday_is_worked_with_full_hours() -> None:
    assert not AGENCY.is_working_day(date(2026, 1, 2))
    assert AGENCY.is_working_day(date(2026, 1, 10))
    assert AGENCY.closing(date(2026, 1, 10)) == at("2026-01-10 17:00")


def test_culture_day_is_a_day_off() -> None:
    assert not AGENCY.is_working_day(date(2026, 11, 24))
    assert AGENCY.next_working_day(date(2026, 11, 23)) == date(2026, 11, 25)


def test_the_post_works_on_a_saturday_when_the_agency_does_not() -> None:
    saturday = date(2026, 11, 21)
    assert POST.is_working_day(saturday)
    assert not AGENCY.is_working_day(saturday)


def test_what_came_on_saturday_morning_begins_to_count_on_monday_morning() -> None:
    assert AGENCY.clock_starts(at("2026-11-21 09:00")) == at("2026-11-23 07:00")


@pytest.mark.parametrize(
    ("received", "starts"),
    [
        ("2026-11-23 06:00", "2026-11-23 07:00"),
        ("2026-11-23 11:30", "2026-11-23 13:30"),
        ("2026-11-23 12:10", "2026-11-23 13:30"),
        ("2026-11-23 16:59", "2026-11-23 16:59"),
        ("2026-11-23 17:00", "2026-11-25 07:00"),
    ],
)
def test_time_begins_within_a_session_or_at_the_next(received: str, starts: str) -> None:
    assert AGENCY.clock_starts(at(received)) == at(starts)


def test_eight_working_hours_are_one_working_day() -> None:
    assert AGENCY.add_working_time(at("2026-11-19 10:00"), timedelta(hours=8)) == at(
        "2026-11-20 10:00"
    )


def test_an_agency_may_close_a_day_the_others_work() -> None:
    flood = DayChange(day=date(2026, 11, 20), reason="Lũ trên sông Thu Bồn")
    own = with_overrides(AGENCY, name="Hội An", version="2026-11b", changes=[flood])
    assert not own.is_working_day(date(2026, 11, 20))
    assert not own.is_working_day(date(2026, 11, 24))
    assert AGENCY.is_working_day(date(2026, 11, 20))


def test_a_changed_day_has_the_hours_on_its_own_row() -> None:
    half = DayChange(day=date(2026, 11, 20), sessions=sessions("08:00-10:00"), reason="Họp")
    own = with_overrides(AGENCY, name="Hội An", version="b", changes=[half])
    assert own.opening(half.day) == at("2026-11-20 08:00")
    assert own.closing(half.day) == at("2026-11-20 10:00")


def test_a_calendar_cannot_be_changed_once_made() -> None:
    with pytest.raises(TypeError):
        AGENCY.changes[date(2026, 11, 20)] = DayChange(  # type: ignore[index]
            day=date(2026, 11, 20), reason="x"
        )


@pytest.mark.parametrize("hours", [("11:30-07:00",), ("07:00-12:00", "11:00-17:00"), ("seven",)])
def test_hours_that_cannot_be_are_refused(hours: tuple[str, ...]) -> None:
    with pytest.raises(BadHours):
        sessions(*hours)


def test_a_week_without_work_is_noticed_instead_of_searched_for_ever() -> None:
    idle = WorkingCalendar(
        name="idle",
        version="1",
        week=WeeklyHours(work=((),) * 7),
        years=frozenset(range(2020, 2030)),
    )
    with pytest.raises(NeverOpen):
        idle.next_working_day(date(2026, 1, 1))
    with pytest.raises(NeverOpen):
        idle.clock_starts(at("2026-01-01 08:00"))


def test_a_time_without_a_zone_is_nowhere() -> None:
    with pytest.raises(ValueError, match="time zone"):
        AGENCY.clock_starts(datetime(2026, 11, 23, 8))  # noqa: DTZ001


def test_a_day_off_has_no_closing_hour() -> None:
    with pytest.raises(ValueError, match="not a working day"):
        AGENCY.closing(date(2026, 11, 24))
    assert AGENCY_WEEK.work[0][0] == Session(opens=time(7), closes=time(11, 30))


@given(DAYS, st.integers(0, 40))
def test_adding_working_days_and_counting_them_agree(day: date, count: int) -> None:
    later = AGENCY.add_working_days(day, count)
    assert AGENCY.working_days_between(day, later) == count
    assert AGENCY.working_days_between(later, day) == -count


@given(MOMENTS, HOURS)
def test_working_time_added_is_the_working_time_between(
    moment: datetime, length: timedelta
) -> None:
    assert AGENCY.working_time_between(moment, AGENCY.add_working_time(moment, length)) == length


@given(MOMENTS, MOMENTS, MOMENTS)
def test_working_time_adds_up(a: datetime, b: datetime, c: datetime) -> None:
    first, second, third = sorted(
        (a, min(b, a + timedelta(days=30)), min(c, a + timedelta(days=60)))
    )
    whole = AGENCY.working_time_between(first, third)
    parts = AGENCY.working_time_between(first, second) + AGENCY.working_time_between(second, third)
    assert parts == whole


@given(MOMENTS)
def test_the_clock_starts_in_a_session_and_never_in_the_past(moment: datetime) -> None:
    starts = AGENCY.clock_starts(moment)
    assert starts >= moment
    assert any(s.opens <= starts.time() < s.closes for s in AGENCY.work_sessions(starts.date()))
