"""When an event of a phone happened, as the ledger can tell: by what it saw, when it came, and what else it signed."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from postal_service.demo.phone import Phone
from postal_service.domain import acts
from postal_service.domain.acts import CardProof, Condition, Receiver
from postal_service.domain.administrative import Step, StepKind
from postal_service.domain.ids import ItemId
from postal_service.domain.legal_time import LegalTime
from postal_service.domain.money import Means
from postal_service.domain.timeliness import Timeliness
from postal_service.ledger import checkpoint
from postal_service.projections import timelines
from postal_service.services import charges, handovers, item_papers, items, taking
from postal_service.services.hops import hops
from tests.clock import NOON, Clock
from tests.questions import questions
from tests.services import journeys
from tests.services.in_hand import in_bag, result, sealed
from tests.services.phones import known_phone
from tests.services.signed_phones import send, take
from tests.services.world import MORNING, World

LOG_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def item(session: Session, world: World) -> ItemId:
    """A result that lies in the courier's bag since a minute after MORNING."""
    carried, _ = in_bag(session, world)
    return carried


def sign(phone: Phone, item: ItemId) -> None:
    phone.tell(item, acts.Damage(condition=Condition.WET, why="mưa"))


def seen(session: Session, at: datetime) -> str:
    """A checkpoint of that time, as a phone's event names it."""
    kept = checkpoint.make(session, origin="post.example/custody", log_key=LOG_KEY, at=at)
    assert kept is not None
    return kept.root[:16].hex()


def times(session: Session, item: ItemId, count: int = 1) -> list[LegalTime]:
    """Of the newest events of an item."""
    return [each.time for each in timelines.of_item(session, item)[-count:]]


def test_a_courier_who_syncs_late_from_the_mountains_is_not_accused(
    session: Session, world: World, item: ItemId
) -> None:
    phone = known_phone(session, world.courier, Clock(NOON - 6 * HOUR), item)
    sign(phone, item)
    send(session, phone, at=NOON)

    (time,) = times(session, item)

    assert time.estimated_at == time.claimed_at == NOON - 6 * HOUR
    assert (time.clock_is_off, time.contradicts_itself) == (False, False)
    assert time.hours_until_sent == 6


def test_a_clock_that_is_hours_fast_is_told_by_what_the_phone_signed_later(
    session: Session, world: World, item: ItemId
) -> None:
    clock = Clock(NOON - 1 * HOUR)  # in truth it is six hours before noon
    phone = known_phone(session, world.courier, clock, item)
    sign(phone, item)
    clock.forward(6 * HOUR - MINUTE)
    sign(phone, item)
    send(session, phone, at=NOON)

    first, last = times(session, item, 2)

    assert first.latest == NOON - 6 * HOUR + MINUTE
    assert first.estimated_at == first.latest
    assert first.clock_is_off
    assert last.estimated_at == NOON


def test_an_event_is_no_older_than_the_checkpoint_its_phone_had_seen(
    session: Session, world: World, item: ItemId
) -> None:
    phone = known_phone(session, world.courier, Clock(NOON - 5 * HOUR), item)
    phone._checkpoint = seen(session, NOON - HOUR)
    sign(phone, item)
    send(session, phone, at=NOON)

    (time,) = times(session, item)

    assert (time.estimated_at, time.clock_is_off) == (NOON - HOUR, True)


def test_a_checkpoint_that_an_earlier_event_saw_bounds_the_later_ones(
    session: Session, world: World, item: ItemId
) -> None:
    clock = Clock(NOON - 5 * HOUR)
    phone = known_phone(session, world.courier, clock, item)
    phone._checkpoint = seen(session, NOON - 3 * HOUR)
    sign(phone, item)
    phone._checkpoint = "ab" * 16  # of another log
    clock.forward(2 * HOUR)
    sign(phone, item)
    send(session, phone, at=NOON)

    (time,) = times(session, item)

    assert (time.earliest, time.estimated_at) == (NOON - HOUR, NOON - HOUR)


@pytest.mark.parametrize("named", ["", "ab" * 16])
def test_without_a_checkpoint_of_ours_an_event_is_no_older_than_the_custody_it_tells_of(
    session: Session, world: World, item: ItemId, named: str
) -> None:
    phone = known_phone(session, world.courier, Clock(datetime(1970, 1, 2, tzinfo=UTC)), item)
    phone._checkpoint = named
    sign(phone, item)
    send(session, phone, at=NOON)

    (time,) = times(session, item)

    assert (time.earliest, time.estimated_at) == (MORNING + MINUTE, MORNING + MINUTE)
    assert time.clock_is_off


def test_a_phone_whose_counter_runs_backwards_contradicts_itself(
    session: Session, world: World, item: ItemId
) -> None:
    phone = known_phone(session, world.courier, Clock(NOON - HOUR), item)
    phone._started -= HOUR
    sign(phone, item)
    phone._started += HOUR
    sign(phone, item)
    send(session, phone, at=NOON)

    found = times(session, item, 2)

    assert [time.contradicts_itself for time in found] == [True, True]
    assert {(time.earliest, time.latest) for time in found} == {(MORNING + MINUTE, NOON)}


def test_what_an_office_signed_has_the_servers_time(session: Session, world: World) -> None:
    (item,) = sealed(session, world)

    for time in times(session, item, 2):
        assert time.claimed_at == time.estimated_at == time.received_at == MORNING
        assert (time.clock_is_off, time.contradicts_itself) == (False, False)


def test_a_neighbour_of_another_item_bounds_an_event(
    session: Session, world: World, item: ItemId
) -> None:
    other, _ = in_bag(session, world)
    clock = Clock(NOON - 6 * HOUR)
    phone = known_phone(session, world.courier, clock, item, other)
    sign(phone, item)
    for _ in range(4):
        clock.forward(HOUR)
        sign(phone, other)
    send(session, phone, at=NOON)

    (time,) = times(session, item)

    assert time.latest == NOON - 4 * HOUR  # by the event that stands four places after it


def test_many_events_of_a_phone_ask_no_more_than_one(
    session: Session, world: World, item: ItemId
) -> None:
    clock = Clock(NOON - 6 * HOUR)
    phone = known_phone(session, world.courier, clock, item)
    phone._checkpoint = seen(session, NOON - 7 * HOUR)
    sign(phone, item)
    send(session, phone, at=NOON)
    for_one = questions(session, lambda: timelines.of_item(session, item))
    for _ in range(60):
        clock.forward(MINUTE)
        sign(phone, item)
    send(session, phone, at=NOON)

    assert questions(session, lambda: timelines.of_item(session, item)) == for_one


def test_many_items_of_several_phones_ask_no_more_than_one(
    session: Session, world: World, item: ItemId
) -> None:
    other, _ = in_bag(session, world, world.far_courier)
    for carried, courier, hours in ((item, world.courier, 6), (other, world.far_courier, 3)):
        phone = known_phone(session, courier, Clock(NOON + hours * HOUR), carried)
        phone._checkpoint = seen(session, NOON - hours * HOUR)
        sign(phone, carried)
        send(session, phone, at=NOON)

    for_one = questions(session, lambda: timelines.of_items(session, [item]))

    assert questions(session, lambda: timelines.of_items(session, [item, other])) == for_one
    both = timelines.of_items(session, [item, other])
    assert both == {each: timelines.of_item(session, each) for each in (item, other)}


def test_a_hop_is_judged_by_when_it_can_have_been_and_not_by_the_phones_clock(
    session: Session, world: World
) -> None:
    item, _ = result(session, world)
    handovers.offer(
        session, world.keys, [item], to_unit=world.courier.unit, to_staff=world.courier.staff,
        by=world.counter, at=MORNING,
    )  # fmt: skip
    due = MORNING + 2 * HOUR
    steps = [Step(kind=StepKind.RECEIVED, at=MORNING, due_at=due)]
    phone = known_phone(session, world.courier, Clock(due - HOUR))
    phone._checkpoint = seen(session, due + HOUR)
    take(session, phone, [item])

    taken = hops(timelines.of_item(session, item), steps, {})[-1]

    assert taken.moment.claimed_at == due - HOUR
    assert taken.standing is Timeliness.AFTER


@pytest.mark.parametrize("behind", [timedelta(0), timedelta(days=1)])
def test_cash_told_with_a_delivery_is_taken_and_printed_whatever_day_the_phone_names(
    session: Session, world: World, behind: timedelta
) -> None:
    received = journeys.received(session, world, at=MORNING)
    made = journeys.ready(session, world, received, at=MORNING)
    day = MORNING + timedelta(days=2)
    journeys.with_courier(session, world, made, at=day)
    clock = Clock(day + 2 * HOUR - behind)
    phone = known_phone(session, world.courier, clock, made.item)
    standing = items.standing(session, made.item)
    phone.tell(
        made.item,
        acts.Deliver(
            receiver=Receiver.OWNER, proof=CardProof(last4="3456"), counts=standing.counts,
            condition=Condition.OK,
        ),
    )  # fmt: skip
    send(session, phone, at=day + 6 * HOUR)
    owed = charges.owed(session, [received.dossier])[received.dossier]
    assert owed

    for each in owed:
        taking.at_door(
            session,
            taking.Told(
                charge=each.id, amount_dong=each.charge.amount_dong, means=Means.CASH,
                taken_at=clock.at,
            ),
            by=world.courier, at=day + 6 * HOUR,
        )  # fmt: skip

    slip = item_papers.delivery(
        session, world.vault, made.item, by=world.manager, at=day + 6 * HOUR
    )
    assert sum(each.amount_dong for each in slip.taken) == sum(
        each.charge.amount_dong for each in owed
    )
