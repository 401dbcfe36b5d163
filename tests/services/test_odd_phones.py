"""A phone may tell what is odd: an absurd time, a reason of no list, a visit it never made. Nobody is stopped by it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from postal_service.demo.phone import Kept, Phone
from postal_service.demo.phone_offers import Parcel
from postal_service.domain import acts
from postal_service.domain.acts import Leg
from postal_service.domain.attempts import DeliveryPolicy, Step
from postal_service.domain.calendar import WorkingCalendar
from postal_service.domain.clock import LATEST, claimed
from postal_service.domain.custody import Trouble
from postal_service.domain.ids import ItemId
from postal_service.domain.standing import Administrative
from postal_service.domain.wording_dates import VIETNAM
from postal_service.ledger import signing
from postal_service.ledger.encoding import decode, encode
from postal_service.projections import rebuild, timelines, verdicts
from postal_service.projections.comparing import differing
from postal_service.services import (
    calendars,
    collecting,
    delivery,
    dossiers,
    exceptions,
    items,
    places,
    tracking,
)
from postal_service.storage.schema import DeviceRow
from tests.clock import NOON, Clock
from tests.services import world as w
from tests.services.in_hand import in_bag, result
from tests.services.phones import hand_over, known_phone, statuses, upload
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


def test_a_phone_speaks_for_nothing_that_lies_at_its_own_offices_counter(
    session: Session, world: World, phone: Phone, calendar: WorkingCalendar, clock: Clock
) -> None:
    item, code = result(session, world)  # on his round, and not handed to him yet
    lying = items.standing(session, item)
    phone.custody[item] = lying.custody
    for reason, action, counted in (("R01", "A1", True), ("R01", "A1", True), ("R05", "A5", False)):
        phone.tell(item, acts.Attempt(reason=reason, action=action, counted=counted))
    colleague = known_phone(session, world.far_courier, clock)
    hand_over(phone, colleague, [Parcel(item=item, seal=lying.seal, counts=lying.counts)])
    phone.tell(
        item,
        acts.Deliver(
            receiver=acts.Receiver.OWNER,
            proof=acts.CodeProof(rotation=code.rotation, secret=code.secret),
            counts=lying.counts,
            condition=acts.Condition.OK,
        ),
    )

    outcomes = upload(session, phone, [*phone.outbox, *colleague.outbox])

    assert [each.verdict for each in outcomes] == ["disputed"] * 5
    assert items.standing(session, item) == lying
    step = delivery.next_step(session, item, policy=DeliveryPolicy(), calendar=calendar, at=NOON)
    assert step.step is Step.DELIVER
    told = {each.event: each.verdict for each in verdicts.of_item(session, item)}
    assert not [each for each in differing(session) if not each.startswith("device ")]
    rebuild(session)
    assert items.standing(session, item) == lying
    assert {each.event: each.verdict for each in verdicts.of_item(session, item)} == told


def test_a_clerk_on_duty_speaks_for_his_counter_whatever_became_of_its_key(
    session: Session, world: World
) -> None:
    item, _ = result(session, world)
    exceptions.report_damage(
        session, world.keys, item, condition=acts.Condition.WET, why="", by=world.second_counter,
        at=NOON,
    )  # fmt: skip
    wet = items.standing(session, item)
    assert wet.troubles == {Trouble.DAMAGE}
    session.execute(delete(DeviceRow).where(DeviceRow.unit == w.OFFICE, DeviceRow.kind == "office"))

    rebuild(session)

    assert items.standing(session, item) == wet


def test_a_phone_whose_clock_is_fast_freezes_nothing_for_good(
    session: Session, world: World, phone: Phone, clock: Clock
) -> None:
    item = carried(session, world, phone)
    phone.tell(item, acts.Damage(condition=acts.Condition.WET, why="mưa"))
    upload(session, phone, [said_at(phone, phone._now_ms() + 86_400_000)])
    standing = items.standing(session, item)
    assert standing.frozen

    settled(session, world, item)

    assert not items.standing(session, item).frozen
    rebuild(session)
    assert not items.standing(session, item).frozen


def test_what_a_phone_sends_after_a_case_was_settled_is_a_case_of_its_own(
    session: Session, world: World, phone: Phone
) -> None:
    item = carried(session, world, phone)
    phone.tell(item, acts.Damage(condition=acts.Condition.WET, why="mưa"))  # and is not heard yet
    exceptions.report_damage(
        session, world.keys, item, condition=acts.Condition.SEAL_BROKEN, why="", by=world.courier,
        at=NOON + timedelta(hours=1),
    )  # fmt: skip
    settled(session, world, item)
    assert not items.standing(session, item).frozen

    assert statuses(upload(session, phone, phone.outbox)) == ["accepted"]

    late = items.standing(session, item)
    assert (late.troubles, late.condition) == (frozenset({Trouble.DAMAGE}), acts.Condition.WET)
    rebuild(session)
    assert items.standing(session, item) == late
    settled(session, world, item)
    assert not items.standing(session, item).frozen


def settled(session: Session, world: World, item: ItemId) -> None:
    exceptions.settle(
        session, world.keys, item, witness=world.counter.staff,
        counts=items.standing(session, item).counts, why="counted together", by=world.manager,
        at=NOON + timedelta(hours=2),
    )  # fmt: skip


def test_an_attempt_in_a_year_without_calendar_is_as_old_as_the_ledger_knows_it(
    session: Session, world: World, phone: Phone, calendar: WorkingCalendar
) -> None:
    item = carried(session, world, phone)
    phone.tell(item, acts.Attempt(reason="R01", action="A1", counted=True))
    upload(session, phone, [said_at(phone, LARGEST)])

    step = delivery.next_step(session, item, policy=DeliveryPolicy(), calendar=calendar, at=NOON)

    assert step.not_before == calendar.next_working_day(NOON.date())
