"""Another day was agreed at the door: it is kept, planned not before that day, and due on it."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from postal_service import projections
from postal_service.domain.acts import Capacity
from postal_service.domain.attempts import (
    AgreedDayDoesNotFit,
    AgreedDayMissing,
    DeliveryPolicy,
    UnknownReason,
)
from postal_service.domain.custody_rules import NotTheHolder
from postal_service.domain.ids import ItemId
from postal_service.projections import comparing
from postal_service.services import delivery, places, round_loading, workdays
from postal_service.services.orders import Order
from postal_service.services.orders_reading import PROMISED_PENALTY_SECONDS
from tests.services import rounds_day as d
from tests.services import world as w
from tests.services.in_hand import events, passed, standing
from tests.services.world import World

MONDAY = w.MORNING.date()  # 23 November; the 24th is a day off
FRIDAY = date(2026, 11, 27)
AT = w.MORNING + timedelta(hours=1)


@pytest.fixture
def item(session: Session, world: World) -> ItemId:
    """A licence, due in December, that a courier has out on the Monday."""
    made, _ = d.licence_at_office(session, world)
    passed(session, world, [made], world.counter, world.courier, Capacity.COURIER, at=AT)
    return made


def agree(
    session: Session, world: World, item: ItemId, day: date | None, reason: str = "R06"
) -> None:
    delivery.attempt(
        session, world.keys, item, reason=reason, agreed_for=day, by=world.courier, at=AT
    )


def back_at_counter(session: Session, world: World, item: ItemId) -> None:
    at = AT + timedelta(hours=1)
    passed(session, world, [item], world.courier, world.counter, Capacity.COUNTER, at=at)


def orders(session: Session, world: World, day: date) -> list[Order]:
    office = places.place(session, w.OFFICE, day=day)
    at = d.EARLY + (day - d.DAY)
    return list(workdays.read(session, world.vault, office, day, at=at).orders)


def test_the_day_is_kept_and_told_again_by_the_ledger_alone(
    session: Session, world: World, item: ItemId
) -> None:
    agree(session, world, item, FRIDAY)

    assert standing(session, item).agreed_for == "2026-11-27"
    assert delivery.history(session, item).attempts[-1].agreed_for == FRIDAY
    assert list(comparing.differing(session)) == []
    projections.rebuild(session)
    assert standing(session, item).agreed_for == "2026-11-27"


def test_it_is_planned_not_before_that_day_and_due_on_it(
    session: Session, world: World, item: ItemId
) -> None:
    agree(session, world, item, FRIDAY)
    back_at_counter(session, world, item)

    for day in (d.DAY, d.DAY + timedelta(days=1)):
        assert orders(session, world, day) == []
    for day in (FRIDAY, FRIDAY + timedelta(days=1)):  # missed, it is due all the more
        (order,) = orders(session, world, day)
        assert (order.slack_days, order.penalty_seconds) == (0, PROMISED_PENALTY_SECONDS)


def test_what_nobody_agreed_is_no_more_urgent_than_before(
    session: Session, world: World, item: ItemId
) -> None:
    agree(session, world, item, None, reason="R01")
    back_at_counter(session, world, item)

    (order,) = orders(session, world, d.DAY)
    assert order.slack_days is not None
    assert order.slack_days > 0
    assert order.penalty_seconds < PROMISED_PENALTY_SECONDS


@pytest.mark.parametrize(
    "day",
    [
        MONDAY,  # today is no other day
        MONDAY - timedelta(days=1),
        date(2026, 11, 24),  # a day off
        date(2026, 11, 29),  # a Sunday
        date(2026, 12, 7),  # the eleventh working day: longer than it is kept
        date(2027, 1, 4),
        date(1, 1, 1),
        date(9999, 12, 31),
    ],
)
def test_a_day_the_post_cannot_keep_is_refused_and_nothing_recorded(
    session: Session, world: World, item: ItemId, day: date
) -> None:
    before = events(session)
    with pytest.raises(AgreedDayDoesNotFit):
        agree(session, world, item, day)
    assert (events(session), standing(session, item).tried) == (before, False)


def test_the_last_day_of_the_hold_can_still_be_agreed(
    session: Session, world: World, item: ItemId
) -> None:
    agree(session, world, item, date(2026, 12, 5))
    assert standing(session, item).agreed_for == "2026-12-05"


def test_the_reason_and_the_day_go_together(session: Session, world: World, item: ItemId) -> None:
    before = events(session)
    with pytest.raises(AgreedDayMissing):
        agree(session, world, item, None)
    with pytest.raises(AgreedDayDoesNotFit):
        agree(session, world, item, FRIDAY, reason="R01")
    with pytest.raises(UnknownReason):
        agree(session, world, item, FRIDAY, reason="R99")
    with pytest.raises(NotTheHolder):
        delivery.attempt(
            session, world.keys, item, reason="R06", agreed_for=FRIDAY, by=world.far_courier, at=AT
        )
    assert events(session) == before


def test_the_contract_says_how_long_an_item_is_kept(
    session: Session, world: World, item: ItemId
) -> None:
    short = DeliveryPolicy(hold_working_days=2)
    with pytest.raises(AgreedDayDoesNotFit) as refused:
        delivery.attempt(
            session, world.keys, item, reason="R06", agreed_for=FRIDAY, policy=short,
            by=world.courier, at=AT,
        )  # fmt: skip
    assert refused.value.facts["working_days"] == 2


def test_at_the_end_of_the_years_that_are_known_no_further_day_is_agreed(
    session: Session, world: World, item: ItemId
) -> None:
    late = w.MORNING.replace(month=12, day=30)
    delivery.attempt(
        session, world.keys, item, reason="R06", agreed_for=date(2026, 12, 31), by=world.courier,
        at=late,
    )  # fmt: skip
    with pytest.raises(AgreedDayDoesNotFit):
        delivery.attempt(
            session, world.keys, item, reason="R06", agreed_for=date(2027, 1, 4),
            by=world.courier, at=late,
        )  # fmt: skip


def test_the_next_attempt_ends_what_was_agreed(
    session: Session, world: World, item: ItemId
) -> None:
    agree(session, world, item, FRIDAY)
    agree(session, world, item, None, reason="R01")
    assert standing(session, item).agreed_for == ""


def test_who_puts_it_off_before_the_round_leaves_is_not_called_at_that_day(
    session: Session, world: World
) -> None:
    stays, put_off = d.results_at_office(session, world, d.homes(2))
    mine = d.published(session, world)
    delivery.attempt(
        session, world.keys, put_off, reason="R06", agreed_for=FRIDAY, by=world.counter, at=d.EARLY
    )

    assert round_loading.to_load(session, mine) == {1: [stays]}
