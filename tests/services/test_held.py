"""What waits at a counter says what the law asks next of it, and what is due stands first."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy.orm import Session

from postal_service.domain.acts import Capacity
from postal_service.domain.attempts import REASONS, DeliveryPolicy, Reason, Step, asks_day
from postal_service.domain.calendar import WorkingCalendar
from postal_service.domain.ids import ItemId
from postal_service.domain.refusals import Refusal
from postal_service.projections import holdings
from postal_service.services import calendars, delivery, held
from postal_service.services.held import Page
from tests.questions import questions
from tests.services import journeys
from tests.services.in_hand import result
from tests.services.world import MORNING, World

POLICY = DeliveryPolicy()
# The Tuesday between is Culture Day: nobody works.
WEDNESDAY, THURSDAY = MORNING + timedelta(days=2), MORNING + timedelta(days=3)


@pytest.fixture
def calendar(session: Session, world: World) -> WorkingCalendar:
    return calendars.common(session, calendars.POST)


def tried(session: Session, world: World, *reasons: str) -> ItemId:
    item, _ = result(session, world)
    for reason in reasons:
        delivery.attempt(session, world.keys, item, reason=reason, by=world.counter, at=MORNING)
    return item


def invited(
    session: Session, world: World, calendar: WorkingCalendar, days: Iterable[datetime]
) -> ItemId:
    item = tried(session, world, "R01", "R01")
    for at in days:
        delivery.invite(
            session, world.keys, item, policy=POLICY, calendar=calendar, by=world.counter, at=at
        )
    return item


def seen(
    session: Session, world: World, calendar: WorkingCalendar, at: datetime, after: str = ""
) -> Page:
    return held.page(
        session, policy=POLICY, calendar=calendar, by=world.counter, at=at, after=after
    )


def counted(session: Session, world: World, calendar: WorkingCalendar, at: datetime) -> int:
    return held.due(session, policy=POLICY, calendar=calendar, by=world.counter, at=at)


def test_the_second_invitation_is_due_two_working_days_after_the_first(
    session: Session, world: World, calendar: WorkingCalendar
) -> None:
    item = invited(session, world, calendar, [MORNING])

    for at, is_due in ((MORNING, False), (WEDNESDAY, False), (THURSDAY, True)):
        (line,) = seen(session, world, calendar, at).waiting
        assert line.line.standing.item == item
        assert line.following is not None
        assert (line.following.step, line.following.ordinal) == (Step.INVITE, 2)
        assert (line.day, line.is_due) == (THURSDAY.date(), is_due)
        assert counted(session, world, calendar, at) == int(is_due)


def test_a_hold_that_has_run_out_says_that_it_goes_back(
    session: Session, world: World, calendar: WorkingCalendar
) -> None:
    invited(session, world, calendar, [MORNING, THURSDAY])
    (line,) = seen(session, world, calendar, THURSDAY).waiting
    assert line.following is not None
    assert (line.following.step, line.is_due) == (Step.HOLD, False)
    until = line.day
    assert until == calendar.add_working_days(THURSDAY.date(), POLICY.hold_working_days)

    last, over = (THURSDAY + (until - THURSDAY.date()) + timedelta(days=n) for n in (0, 1))
    assert counted(session, world, calendar, last) == 0
    (line,) = seen(session, world, calendar, last).waiting
    assert not line.is_due
    assert counted(session, world, calendar, over) == 1
    week_later = over + timedelta(days=7)
    (line,) = seen(session, world, calendar, week_later).waiting
    assert line.following is not None
    assert (line.following.step, line.is_due) == (Step.RETURN, True)


def test_what_is_due_stands_before_what_is_not_and_the_longest_overdue_first(
    session: Session, world: World, calendar: WorkingCalendar
) -> None:
    result(session, world)  # nothing was tried yet, and nobody waits for it
    kept = invited(session, world, calendar, [MORNING, THURSDAY])
    again = invited(session, world, calendar, [WEDNESDAY])
    late = invited(session, world, calendar, [MORNING])
    first = tried(session, world, "R01", "R01")
    once = tried(session, world, "R01")

    page = seen(session, world, calendar, THURSDAY)

    order = [each.line.standing.item for each in page.waiting]
    assert order[:2] == [first, late]  # since Monday, since today
    assert [each.is_due for each in page.waiting] == [True, True, False, False, False]
    assert set(order[2:]) == {kept, again, once}
    assert counted(session, world, calendar, THURSDAY) == 2


@pytest.mark.parametrize(
    ("reasons", "step"),
    [
        (["R05"], Step.RETURN),  # refused: nobody is invited any more
        (["R07"], Step.INVITE),  # counts as no attempt, and he will collect
        (["R08"], Step.INVITE),
        (["R03"], Step.VERIFY_ADDRESS),
        (["R01", "R01"], Step.INVITE),
    ],
)
def test_what_is_due_for_whatever_reason_is_counted_and_stands_first(
    session: Session, world: World, calendar: WorkingCalendar, reasons: list[str], step: Step
) -> None:
    tried(session, world, "R01")
    item = tried(session, world, *reasons)

    first, other = seen(session, world, calendar, MORNING).waiting

    assert first.line.standing.item == item
    assert first.following is not None
    assert (first.following.step, first.is_due, other.is_due) == (step, True, False)
    assert counted(session, world, calendar, MORNING) == 1


def test_after_two_attempts_nobody_is_invited_while_the_road_is_cut(
    session: Session, world: World, calendar: WorkingCalendar
) -> None:
    tried(session, world, "R01", "R01", "R11")

    (line,) = seen(session, world, calendar, THURSDAY).waiting

    assert line.following is not None
    assert (line.following.step, line.is_due) == (Step.POSTPONE, False)
    assert counted(session, world, calendar, THURSDAY) == 0


@pytest.mark.parametrize("seed", range(3))
def test_the_count_the_list_and_each_items_own_page_agree_whatever_happened(
    session: Session, world: World, calendar: WorkingCalendar, seed: int
) -> None:
    all_of_them = {lived(session, world, calendar, Random(100 * seed + n)) for n in range(12)}
    made = {item for item in all_of_them if delivery.history(session, item).attempts}
    by_itself = {Step.DELIVER, Step.POSTPONE, Step.HOLD}

    for days in (0, 3, 7, 30):
        at = THURSDAY + timedelta(days=days)
        page = seen(session, world, calendar, at)
        shown = {each.line.standing.item: each for each in page.waiting}
        assert shown.keys() == made
        due = 0
        for item, line in shown.items():
            own = delivery.next_step(session, item, policy=POLICY, calendar=calendar, at=at)
            assert line.following == own
            is_due = own.step not in by_itself and own.not_before <= at.date()
            assert line.is_due is is_due
            due += is_due
        assert counted(session, world, calendar, at) == due
        assert [each.is_due for each in page.waiting] == [True] * due + [False] * (len(made) - due)


def lived(session: Session, world: World, calendar: WorkingCalendar, chance: Random) -> ItemId:
    """A result with some of what can befall one between Monday and Thursday."""
    item, _ = result(session, world)
    for at in (MORNING, MORNING + timedelta(hours=1), WEDNESDAY, THURSDAY):
        if chance.random() < 0.3:
            continue
        with suppress(Refusal), session.begin_nested():
            if chance.random() < 0.4:
                delivery.invite(
                    session, world.keys, item, policy=POLICY, calendar=calendar,
                    by=world.counter, at=at,
                )  # fmt: skip
                continue
            reason = chance.choice(list(Reason))
            agreed = THURSDAY.date() + timedelta(days=1) if asks_day(reason) else None
            delivery.attempt(
                session, world.keys, item, reason=reason.value, agreed_for=agreed,
                action=chance.choice(REASONS[reason].actions).value, by=world.counter, at=at,
            )  # fmt: skip
    return item


def test_a_shift_that_takes_it_over_keeps_its_invitations(
    session: Session, world: World, calendar: WorkingCalendar
) -> None:
    item = invited(session, world, calendar, [MORNING])
    journeys.hand_over(
        session, world, item, giver=world.counter, receiver=world.second_counter,
        capacity=Capacity.COUNTER, at=WEDNESDAY,
    )  # fmt: skip
    assert counted(session, world, calendar, THURSDAY) == 1


def test_what_a_courier_still_has_does_not_wait_at_the_counter(
    session: Session, world: World, calendar: WorkingCalendar
) -> None:
    item = invited(session, world, calendar, [MORNING])
    journeys.hand_over(
        session, world, item, giver=world.counter, receiver=world.courier,
        capacity=Capacity.COURIER, at=WEDNESDAY,
    )  # fmt: skip
    assert seen(session, world, calendar, THURSDAY).waiting == ()


def test_the_list_goes_on_in_pages_without_losing_or_repeating_anything(
    session: Session, world: World, calendar: WorkingCalendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {invited(session, world, calendar, [MORNING]) for _ in range(2)}
    made |= {tried(session, world, "R01") for _ in range(3)}
    monkeypatch.setattr(holdings, "PAGE", 2)

    found: list[ItemId] = []
    after, dues = "", []
    while True:
        page = seen(session, world, calendar, THURSDAY, after)
        found += [each.line.standing.item for each in page.waiting]
        dues += [each.is_due for each in page.waiting]
        if not page.following:
            break
        after = page.following

    assert len(found) == len(set(found)) == 5
    assert set(found) == made
    assert dues == [True, True, False, False, False]
    assert seen(session, world, calendar, THURSDAY, "<script>.'.").waiting


def test_many_are_as_few_questions_as_one(
    session: Session, world: World, calendar: WorkingCalendar
) -> None:
    invited(session, world, calendar, [MORNING])
    for_one = questions(session, lambda: seen(session, world, calendar, THURSDAY))
    for _ in range(4):
        invited(session, world, calendar, [MORNING])
    assert questions(session, lambda: seen(session, world, calendar, THURSDAY)) == for_one <= 6
    assert questions(session, lambda: counted(session, world, calendar, THURSDAY)) == 4


def test_a_year_without_a_calendar_hides_no_result(
    session: Session, world: World, calendar: WorkingCalendar
) -> None:
    invited(session, world, calendar, [MORNING])
    later = datetime.combine(date(2027, 3, 1), MORNING.timetz())

    (line,) = seen(session, world, calendar, later).waiting

    # When the second invitation was due is told by the year that is known.
    assert (line.day, line.is_due) == (THURSDAY.date(), True)
    assert counted(session, world, calendar, later) == 1
