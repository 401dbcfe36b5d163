"""A day that is too long is left later until it is short enough, exactly as trying every second would."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.plan import Reason
from routing.problem import Break, Courier
from routing.schedule import Timetable, timetable
from routing.steps import OFFICE_BACK, Blocked, Day, Span, Step
from routing.tables import Matrix, Profile, SpeedPeriod
from routing.terms import CourierId, Window

SHIFT = 4_000
PLACES = 4
# In town: slow from the 500th second to the 1,500th, and again later.
RUSH = (
    SpeedPeriod(from_second=500, speed_percent=60),
    SpeedPeriod(from_second=1_500, speed_percent=100),
    SpeedPeriod(from_second=2_300, speed_percent=35),
    SpeedPeriod(from_second=3_000, speed_percent=110),
)


def day_of(
    roads: list[int],
    *,
    longest: int | None,
    spans: list[Span | None],
    periods: tuple[SpeedPeriod, ...] = RUSH,
    rests: tuple[Break, ...] = (),
    service: int = 60,
    leave: tuple[Span, ...] | None = None,
) -> Day:
    """Out over these roads, a call at the end of each but the last, which leads back."""
    places = len(roads)
    table = [[0] * places for _ in range(places)]
    for number, seconds in enumerate(roads):
        table[number][(number + 1) % places] = seconds
    courier = Courier(
        id=CourierId("Lan"), start_location=0, end_location=0, max_route_seconds=longest,
        shift=Window(opens_second=0, closes_second=SHIFT), breaks=rests,
    )  # fmt: skip
    calls = [
        Step(number, number, number + 1, seconds, 20, service, (span,) if span else None, 0)
        for number, (seconds, span) in enumerate(zip(roads[:-1], spans, strict=True))
    ]
    back = Step(OFFICE_BACK, places - 1, 0, roads[-1], 0, 0, ((0, SHIFT),), 0)
    return Day(
        courier=courier, profile=Profile(travel=Matrix(table), speed_periods=periods),
        leave_spans=leave, leave_not_before=0, steps=(*calls, back), rides=(),
    )  # fmt: skip


def tried_second_by_second(day: Day) -> Timetable | None:
    """The first second of leaving with which the day is short enough; None where there is none."""
    longest = day.courier.max_route_seconds
    assert longest is not None
    free = replace(day, courier=replace(day.courier, max_route_seconds=None))
    for second in range(SHIFT + 1):
        found = timetable(replace(free, leave_not_before=second))
        if isinstance(found, Blocked):
            return None
        if found.returns_second - found.leaves_second <= longest:
            return found
    return None


def said(found: Timetable | Blocked | None) -> tuple[int, int] | None:
    if found is None or isinstance(found, Blocked):
        return None
    return found.leaves_second, found.returns_second


spans = st.one_of(
    st.none(),
    st.tuples(st.integers(0, 3_000), st.integers(0, 1_500)).map(lambda ab: (ab[0], sum(ab))),
)
rests = st.one_of(
    st.just(()),
    st.tuples(st.integers(0, 2_500), st.integers(0, 800), st.integers(1, 600)).map(
        lambda told: (
            Break(
                earliest_second=told[0],
                latest_second=told[0] + told[1],
                duration_seconds=told[2],
            ),
        )
    ),
)
periods = st.lists(
    st.tuples(st.integers(0, SHIFT), st.integers(20, 180)), max_size=4, unique_by=lambda at: at[0]
).map(
    lambda told: tuple(
        SpeedPeriod(from_second=at, speed_percent=percent) for at, percent in sorted(told)
    )
)
offices = st.one_of(
    st.none(),
    st.tuples(st.integers(0, 800), st.integers(0, 800), st.integers(1, 900)).map(
        lambda told: ((0, told[0]), (sum(told[:2]) + 1, sum(told) + 1))
    ),
)


@settings(max_examples=150, deadline=None)
@given(
    roads=st.lists(st.integers(0, 700), min_size=PLACES, max_size=PLACES),
    windows=st.lists(spans, min_size=PLACES - 1, max_size=PLACES - 1),
    longest=st.integers(200, 2_400), speeds=periods, resting=rests, leave=offices,
)  # fmt: skip
def test_every_day_is_left_as_late_as_trying_every_second_says(
    roads: list[int],
    windows: list[Span | None],
    longest: int,
    speeds: tuple[SpeedPeriod, ...],
    resting: tuple[Break, ...],
    leave: tuple[Span, ...] | None,
) -> None:
    day = day_of(roads, longest=longest, spans=windows, periods=speeds, rests=resting, leave=leave)
    tried = tried_second_by_second(day)
    found = timetable(day)
    if resting and tried is None:
        return  # then breaks are also placed where the earliest way would not have them
    assert said(found) == said(tried)


def test_a_rush_hour_is_waited_out_although_it_takes_more_tries_than_there_are() -> None:
    day = day_of(
        [400, 400, 400, 400], longest=1_800 + 3 * 80, spans=[None] * 3,
        periods=(
            SpeedPeriod(from_second=0, speed_percent=99),
            SpeedPeriod(from_second=1_900, speed_percent=400),
        ),
        service=60,
    )  # fmt: skip
    short = replace(day, courier=replace(day.courier, max_route_seconds=1_800))
    found = timetable(short)
    assert said(found) == said(tried_second_by_second(short)) is not None


def test_a_day_that_never_gets_shorter_is_refused_for_its_length() -> None:
    day = day_of([500, 500, 500, 500], longest=900, spans=[None] * 3, periods=())
    found = timetable(day)
    assert isinstance(found, Blocked)
    assert found.reason is Reason.ROUTE_SECONDS


@pytest.mark.parametrize("percent", [20, 60, 99, 101, 300])
def test_leaving_before_or_after_a_change_of_speed_makes_no_difference_to_the_answer(
    percent: int,
) -> None:
    for longest in range(600, 2_000, 70):
        day = day_of(
            [300, 200, 100, 300], longest=longest, spans=[None, (900, 2_000), None],
            periods=(SpeedPeriod(from_second=700, speed_percent=percent),),
        )  # fmt: skip
        assert said(timetable(day)) == said(tried_second_by_second(day))
