"""A phone may tell what is odd: an absurd time, a reason of no list, a visit it never made. Nobody is stopped by it."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from postal_service.demo.phone import Kept, Phone
from postal_service.domain import acts
from postal_service.domain.acts import Leg
from postal_service.domain.attempts import DeliveryPolicy, Step
from postal_service.domain.calendar import WorkingCalendar
from postal_service.domain.clock import LATEST, claimed
from postal_service.domain.ids import ItemId
from postal_service.domain.standing import Administrative
from postal_service.domain.wording_dates import VIETNAM
from postal_service.ledger import signing
from postal_service.ledger.encoding import decode, encode
from postal_service.projections import timelines
from postal_service.services import (
    calendars,
    collecting,
    delivery,
    dossiers,
    items,
    places,
    tracking,
)
from tests.clock import NOON, Clock
from tests.services import world as w
from tests.services.in_hand import in_bag
from tests.services.phones import known_phone, statuses, upload
from tests.services.registrations import register, registration
from tests.services.test_collecting import request
from tests.services.world import World

LARGEST = 2**53 - 1  # the largest number an event can hold


@pytest.fixture
def phone(session: Session, world: World, clock: Clock) -> Phone:
    return known_phone(session, world.courier, clock)


@pytest.fixture
def calendar(session: Session, world: World) -> WorkingCalendar:
    return calendars.of_unit(session, places.place(session, w.OFFICE, day=NOON.date()))


def said_at(phone: Phone, wall_ms: int) -> Kept:
    """The last event of a phone as it would be if its clock had shown this."""
    event = replace(decode(phone.outbox[-1].body), wall_ms=wall_ms)
    body = encode(event)
    return Kept(event.id, body, signing.sign(phone._key, body))


def carried(session: Session, world: World, phone: Phone) -> ItemId:
    """A result that lies in the courier's bag."""
    item, _ = in_bag(session, world)
    phone.custody[item] = items.standing(session, item).custody
    return item


@pytest.mark.parametrize("wall_ms", [0, 253_402_300_799_999, 253_402_300_800_000, LARGEST])
def test_whatever_a_clock_says_is_a_moment_that_can_be_told(wall_ms: int) -> None:
    assert claimed(wall_ms).astimezone(VIETNAM).year <= LATEST.year


def test_a_collection_signed_in_the_year_287396_posts_its_dossier_all_the_same(
    session: Session, world: World, phone: Phone
) -> None:
    received = request(session, world)
    assert received.item is not None
    given = collecting.expected(session, [received.dossier])[received.dossier]
    phone.accept(given.item, Leg.IN, given.counts, given.destination, lock=given.lock,
                 result_item=given.result_item or ItemId(""))  # fmt: skip

    assert statuses(upload(session, phone, [said_at(phone, LARGEST)])) == ["accepted"]

    found = dossiers.load(session, received.dossier)
    assert (found.administrative, found.posted_at) == (Administrative.POSTED, NOON)


def test_what_happened_in_the_year_287396_is_shown_to_clerk_and_citizen(
    session: Session, world: World, phone: Phone
) -> None:
    received = register(session, world, registration(session))
    assert received.item is not None
    phone.custody[received.item] = items.standing(session, received.item).custody
    phone.tell(received.item, acts.Damage(condition=acts.Condition.WET, why="mưa"))
    upload(session, phone, [said_at(phone, LARGEST)])

    assert timelines.of_item(session, received.item)[-1].claimed_at == LATEST
    assert timelines.of_item(session, received.item)[-1].time.clock_is_off
    assert received.pin is not None
    tracking.track(session, world.vault, received.code, received.pin, at=NOON)


def test_an_attempt_with_a_reason_of_no_list_does_not_keep_the_item_for_ever(
    session: Session, world: World, phone: Phone, calendar: WorkingCalendar
) -> None:
    item = carried(session, world, phone)
    phone.tell(item, acts.Attempt(reason="R99", action="A1", counted=True))
    assert statuses(upload(session, phone, phone.outbox)) == ["accepted"]

    step = delivery.next_step(session, item, policy=DeliveryPolicy(), calendar=calendar, at=NOON)

    assert step.step is Step.DELIVER


def test_a_refusal_told_by_a_courier_who_does_not_carry_it_sends_nothing_back(
    session: Session, world: World, phone: Phone, calendar: WorkingCalendar, clock: Clock
) -> None:
    item = carried(session, world, phone)
    stranger = known_phone(session, world.far_courier, clock, item)
    stranger.tell(item, acts.Attempt(reason="R05", action="A5", counted=False))
    (outcome,) = upload(session, stranger, stranger.outbox)
    assert outcome.verdict == "disputed"

    step = delivery.next_step(session, item, policy=DeliveryPolicy(), calendar=calendar, at=NOON)

    assert step.step is Step.DELIVER


def test_an_attempt_in_a_year_without_calendar_is_as_old_as_the_ledger_knows_it(
    session: Session, world: World, phone: Phone, calendar: WorkingCalendar
) -> None:
    item = carried(session, world, phone)
    phone.tell(item, acts.Attempt(reason="R01", action="A1", counted=True))
    upload(session, phone, [said_at(phone, LARGEST)])

    step = delivery.next_step(session, item, policy=DeliveryPolicy(), calendar=calendar, at=NOON)

    assert step.not_before == calendar.next_working_day(NOON.date())
