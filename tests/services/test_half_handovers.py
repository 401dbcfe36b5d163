"""A hand-over that stays half done names who must act; and a long list is seen to its end."""

from datetime import timedelta

from sqlalchemy.orm import Session

from postal_service.domain.acts import Capacity
from postal_service.domain.custody import Standing
from postal_service.domain.ids import ItemId
from postal_service.ledger import signing
from postal_service.projections import holdings
from postal_service.services import (
    bags,
    half_handovers,
    handing_over,
    handovers,
    overview,
    transport,
)
from postal_service.services.half_handovers import LIMIT
from postal_service.storage.transaction import Sessions, reading, transaction
from tests.clock import NOON, Clock
from tests.mobile_api.phones import collected, custody_of, number
from tests.services import world as w
from tests.services.in_hand import passed, sealed
from tests.services.phones import known_phone, upload
from tests.services.signed_phones import offer
from tests.services.world import World, build

MORE_THAN_A_PAGE = holdings.PAGE + 3
LATE = timedelta(milliseconds=1)


def _offer(session: Session, world: World, items: list[ItemId]) -> str:
    offered = handovers.offer(
        session, world.keys, items, to_unit=w.DESK, by=world.counter, at=w.MORNING
    )
    return offered.batch


# --- Halves ------------------------------------------------------------------------------------


def test_an_offer_nobody_answered_for_a_day_names_who_must_act(
    session: Session, world: World
) -> None:
    batch = _offer(session, world, sealed(session, world, 2))

    for who in (world.desk_clerk, world.counter, world.manager):
        assert half_handovers.alarms(session, by=who, at=w.MORNING + LIMIT).offers == ()
        (late,) = half_handovers.alarms(session, by=who, at=w.MORNING + LIMIT + LATE).offers
        assert (late.batch, late.count, late.overdue) == (batch, 2, True)
        assert (late.to_unit, late.to_staff, late.giver) == (w.DESK, "", world.counter.staff)
        assert late.since == w.MORNING
    far = half_handovers.alarms(session, by=world.far_counter, at=w.MORNING + LIMIT + LATE)
    assert far.offers == ()


def test_an_offer_signed_in_ten_years_is_late_a_day_after_it_was_received(
    session: Session, world: World, clock: Clock
) -> None:
    (item,) = sealed(session, world)
    passed(session, world, [item], world.counter, world.courier, Capacity.COURIER)
    clock.forward(timedelta(days=3652))
    phone = known_phone(session, world.courier, clock)
    batch = offer(session, phone, [item], w.DESK)  # the server has it at NOON

    assert half_handovers.alarms(session, by=world.manager, at=NOON + LIMIT).offers == ()
    (late,) = half_handovers.alarms(session, by=world.manager, at=NOON + LIMIT + LATE).offers
    assert (late.batch, late.since, late.overdue) == (batch, NOON, True)
    (shown,) = half_handovers.incoming(session, by=world.desk_clerk, at=NOON).batches
    assert (shown.since, shown.overdue) == (NOON, False)


def test_an_offer_signed_ten_years_ago_is_late_a_day_after_it_can_have_been(
    session: Session, world: World, clock: Clock
) -> None:
    (item,) = sealed(session, world)
    passed(session, world, [item], world.counter, world.courier, Capacity.COURIER)
    clock.forward(-timedelta(days=3652))
    offer(session, known_phone(session, world.courier, clock), [item], w.DESK)
    taken = w.MORNING + timedelta(minutes=1)  # by the courier, of the counter

    assert half_handovers.alarms(session, by=world.manager, at=taken + LIMIT).offers == ()
    (late,) = half_handovers.alarms(session, by=world.manager, at=taken + LIMIT + LATE).offers
    assert (late.since, late.overdue) == (taken, True)


def test_an_answered_offer_is_no_alarm(session: Session, world: World) -> None:
    batch = _offer(session, world, sealed(session, world))
    handovers.take(
        session, world.keys, batch, capacity=Capacity.DESK, reserved={}, by=world.desk_clerk,
        at=w.MORNING,
    )  # fmt: skip

    found = half_handovers.alarms(session, by=world.manager, at=w.MORNING + 2 * LIMIT)

    assert (found.offers, found.unpaired) == ((), ())


def test_a_phones_half_without_the_givers_names_the_giver_after_a_day(
    session: Session, world: World, clock: Clock
) -> None:
    giver = known_phone(session, world.courier, clock)
    taker = known_phone(session, world.far_courier, clock)
    parcel = collected(giver, number(session), "S1")
    key = ("ed25519", signing.public_bytes(giver._key))
    taker.take(giver.offer_code([parcel]), [parcel], custody_of(giver, parcel.item), key)
    upload(session, taker, taker.outbox)

    # The taker's own office and whoever oversees it; nobody before a day is over.
    assert half_handovers.alarms(session, by=world.far_counter, at=NOON + LIMIT).unpaired == ()
    found = half_handovers.alarms(session, by=world.far_counter, at=NOON + LIMIT + LATE)
    (half,) = found.unpaired
    assert (half.item, half.taker, half.giver) == (
        parcel.item, world.far_courier.staff, world.courier.staff,
    )  # fmt: skip
    assert found.names.person(half.giver) != half.giver  # told by his name

    upload(session, giver, giver.outbox)
    after = half_handovers.alarms(session, by=world.far_counter, at=NOON + LIMIT + LATE)
    assert after.unpaired == ()


# --- Long lists --------------------------------------------------------------------------------


def test_whoever_holds_more_than_a_page_sees_and_hands_over_all_of_it(
    committed_sessions: Sessions,
) -> None:
    with transaction(committed_sessions) as session:
        world = build(session)
        moved = sealed(session, world, MORE_THAN_A_PAGE)

    with reading(committed_sessions) as session:
        first = handing_over.ready(session, by=world.counter)
        rest = handing_over.ready(session, by=world.counter, after=first.following)
        assert [len(first.lines), len(rest.lines)] == [holdings.PAGE, 3]
        assert _items(first.lines) + _items(rest.lines) == sorted(moved)
        assert rest.following == ""
        one = overview.stacks(session, by=world.counter)
        two = overview.stacks(session, by=world.counter, after=one.following)
        assert _items(one.waiting) + _items(two.waiting) == sorted(moved)
        assert two.following == ""

    with transaction(committed_sessions) as session:
        batch = _offer(session, world, moved)
    with reading(committed_sessions) as session:
        (incoming,) = half_handovers.incoming(session, by=world.desk_clerk, at=w.MORNING).batches
        (outgoing,) = half_handovers.outgoing(session, by=world.counter, at=w.MORNING).batches
        assert (incoming.batch, incoming.count) == (batch, MORE_THAN_A_PAGE)
        assert (incoming.mine_to_take, incoming.overdue) == (True, False)
        assert (outgoing.batch, outgoing.count) == (batch, MORE_THAN_A_PAGE)
        assert len(handing_over.batch(session, batch, by=world.desk_clerk).lines) == len(moved)


def test_more_open_batches_than_a_page_are_seen_to_the_last(session: Session, world: World) -> None:
    items = sealed(session, world, MORE_THAN_A_PAGE)
    made = [_offer(session, world, [item]) for item in items]

    first = half_handovers.incoming(session, by=world.desk_clerk, at=w.MORNING)
    rest = half_handovers.incoming(
        session, by=world.desk_clerk, at=w.MORNING, after=first.following
    )

    assert [each.batch for each in (*first.batches, *rest.batches)] == sorted(made)
    assert rest.following == ""
    late = half_handovers.alarms(session, by=world.desk_clerk, at=w.MORNING + 2 * LIMIT)
    assert (len(late.offers), late.cut) == (holdings.PAGE, True)


def test_bags_behind_a_page_of_other_items_are_seen(session: Session, world: World) -> None:
    moved = sealed(session, world, MORE_THAN_A_PAGE)
    packed = transport.pack_bag(
        session, world.keys, moved[-2:], destination=w.FAR_OFFICE, seal="TUI-1",
        item_prefix="TU", by=world.counter, at=w.MORNING,
    )  # fmt: skip
    assert packed.bag > max(moved)  # behind them in the order of lists

    (bag,) = bags.of_unit(session, by=world.counter)

    assert (bag.standing.item, bag.inside) == (packed.bag, 2)


def _items(lines: tuple[overview.Line, ...]) -> list[ItemId]:
    standings: list[Standing] = [line.standing for line in lines]
    return [each.item for each in standings]
