"""A hand-over's record is read from both sides' events, wherever they signed, and is the same for ever."""

from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from postal_service.domain import acts
from postal_service.domain.acts import Capacity, Condition, Leg, ReservedFor
from postal_service.domain.ids import EventId, ItemId
from postal_service.ledger import reading, signing
from postal_service.ledger.witness import Policy
from postal_service.projections import timelines
from postal_service.services import checkpoints, handover_records, handovers, signed_handovers
from postal_service.services.handover_records import HalfSigned, Record, UnknownRecord
from postal_service.services.handovers import Reservation
from postal_service.services.places import DESK, POST_OFFICE
from tests.clock import NOON, Clock
from tests.mobile_api.phones import collected, custody_of, number
from tests.services import signed_phones
from tests.services import world as w
from tests.services.in_hand import PAPERS, sealed
from tests.services.phones import known_phone, upload
from tests.services.world import World

LOG_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
ORIGIN = "post.example/custody"
LATER = w.MORNING + timedelta(days=400)


@pytest.fixture
def policy() -> Policy:
    return checkpoints.policy(ORIGIN, LOG_KEY, [])


def offered_to_courier(session: Session, world: World, items: list[ItemId]) -> str:
    return handovers.offer(
        session, world.keys, items, to_unit=world.courier.unit, to_staff=world.courier.staff,
        by=world.counter, at=w.MORNING,
    ).batch  # fmt: skip


def at_desk(
    session: Session,
    world: World,
    items: list[ItemId],
    reserved: dict[ItemId, Reservation] | None = None,
) -> EventId:
    """Offered by the counter, answered by the desk ten minutes later; one of the answers."""
    batch = handovers.offer(
        session, world.keys, items, to_unit=w.DESK, by=world.counter, at=w.MORNING
    ).batch
    return handovers.take(
        session, world.keys, batch, capacity=Capacity.DESK, reserved=reserved or {},
        by=world.desk_clerk, at=w.MORNING + timedelta(minutes=10),
    ).events[0]  # fmt: skip


def hashes(session: Session, item: ItemId, kind: type) -> list[str]:
    return [
        each.leaf_hash for each in timelines.of_item(session, item) if isinstance(each.act, kind)
    ]


def test_what_a_counter_offered_and_a_phone_took_is_one_record(
    session: Session, world: World, policy: Policy, clock: Clock
) -> None:
    items = sealed(session, world, 3)
    batch = offered_to_courier(session, world, items)
    phone = known_phone(session, world.courier, clock)
    taken = signed_phones.take(session, phone, items[:2])
    refused = signed_phones.refuse(session, phone, items[2], ReservedFor.SEAL)

    record = handover_records.of_event(session, taken[0], policy=policy, by=world.counter)

    assert (record.giver.staff, record.giver.unit) == (world.counter.staff, w.OFFICE)
    assert (record.taker.staff, record.taker.device) == (world.courier.staff, phone.device)
    assert record.giver.device != phone.device
    assert (record.giver.unit_kind, record.taker.unit_kind) == (POST_OFFICE, POST_OFFICE)
    assert record.giver.time.estimated_at == w.MORNING
    assert record.taker.time.estimated_at == clock()
    assert len(record.giver.fingerprint) == len(record.taker.fingerprint) == 6
    assert record.number == batch[-12:].upper()
    assert {line.item for line in record.taken} == set(items[:2])
    (line,) = record.refused
    assert (line.item, line.answer, line.condition) == (items[2], refused, Condition.TORN)
    assert line.refused is not None
    assert line.refused.reserved_for is ReservedFor.SEAL
    assert line.counts == PAPERS
    for each in record.taken:
        assert [each.offered] == hashes(session, each.item, acts.Offer)
        assert [each.answered] == hashes(session, each.item, acts.Handover)
    assert record.chain_head == line.answered
    assert record.put_out == 3


def test_what_a_phone_offered_and_a_desk_took_is_one_record(
    session: Session, world: World, policy: Policy, clock: Clock
) -> None:
    items = sealed(session, world, 2)
    offered_to_courier(session, world, items)
    phone = known_phone(session, world.courier, clock)
    signed_phones.take(session, phone, items)
    batch = signed_phones.offer(session, phone, items, w.DESK)
    taken = handovers.take(
        session, world.keys, batch, capacity=Capacity.DESK, reserved={}, by=world.desk_clerk,
        at=w.MORNING + timedelta(hours=12),
    )  # fmt: skip

    record = handover_records.of_event(session, taken.events[1], policy=policy, by=world.desk_clerk)

    assert (record.giver.staff, record.giver.device) == (world.courier.staff, phone.device)
    assert (record.taker.unit, record.taker.unit_kind) == (w.DESK, DESK)
    assert [line.item for line in record.lines] == sorted(items)
    assert {line.leg for line in record.lines} == {Leg.IN}


def test_two_phones_without_a_network_have_one_record_of_all_that_lay_on_the_table(
    session: Session, world: World, policy: Policy, clock: Clock
) -> None:
    giver = known_phone(session, world.courier, clock)
    taker = known_phone(session, world.far_courier, clock)
    parcels = [collected(giver, number(session), f"S{n}") for n in (1, 2, 3)]
    key = ("ed25519", signing.public_bytes(giver._key))
    items = [parcel.item for parcel in parcels]
    events = taker.take(giver.offer_code(parcels), parcels, custody_of(giver, *items), key)
    upload(session, giver, giver.outbox)
    upload(session, taker, taker.outbox)

    record = handover_records.of_event(session, events[1], policy=policy, by=world.far_counter)

    assert (record.giver.staff, record.taker.staff) == (
        world.courier.staff, world.far_courier.staff,
    )  # fmt: skip
    assert [line.item for line in record.lines] == sorted(items)
    assert {line.offered for line in record.lines} == {""}
    entry = reading.entry(session, events[0])
    assert entry is not None
    assert isinstance(entry.event.act, acts.Handover)
    assert record.code_digest == entry.event.act.offer
    assert record.put_out == 3


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (timedelta(days=2), (NOON, NOON)),  # nothing was signed after the ledger had it
        (timedelta(days=-2), (w.MORNING, w.MORNING)),  # nor before what it names
    ],
)
def test_it_tells_when_both_sides_can_have_signed_and_not_their_phones_clocks_alone(
    session: Session, world: World, policy: Policy, ahead: timedelta, said: tuple[datetime, ...]
) -> None:
    items = sealed(session, world, 1)
    offered_to_courier(session, world, items)
    clock = Clock(NOON - timedelta(hours=1) + ahead)
    taker = known_phone(session, world.courier, clock)
    (event,) = signed_phones.take(session, taker, items)
    batch = signed_phones.offer(session, taker, items, w.DESK)
    answer = handovers.take(
        session, world.keys, batch, capacity=Capacity.DESK, reserved={}, by=world.desk_clerk,
        at=NOON + timedelta(hours=1),
    ).events[0]  # fmt: skip

    took = handover_records.of_event(session, event, policy=policy, by=world.counter).taker
    gave = handover_records.of_event(session, answer, policy=policy, by=world.desk_clerk).giver
    (lately,) = signed_handovers.of_counter(session, by=world.counter).handovers

    assert (took.time.estimated_at, gave.time.estimated_at) == said
    assert took.time.claimed_at == gave.time.claimed_at == clock()
    assert lately.time == took.time


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (timedelta(days=2), NOON),  # it was taken by then
        (timedelta(days=-2), NOON - timedelta(hours=2)),  # its packages were not there before
    ],
)
def test_a_code_was_shown_after_the_custody_it_gives_and_before_it_was_taken(
    session: Session, world: World, policy: Policy, ahead: timedelta, said: datetime
) -> None:
    sealed(session, world)
    seen = checkpoints.make(
        session, origin=ORIGIN, log_key=LOG_KEY, at=NOON - timedelta(hours=2)
    ).root[:16].hex()  # fmt: skip
    giver = known_phone(session, world.courier, Clock(NOON + ahead))
    giver._checkpoint = seen
    taker = known_phone(session, world.far_courier, Clock(NOON))
    parcel = collected(giver, number(session), "S1")
    key = ("ed25519", signing.public_bytes(giver._key))
    custody = custody_of(giver, parcel.item)
    (event,) = taker.take(giver.offer_code([parcel]), [parcel], custody, key)
    upload(session, giver, giver.outbox)
    upload(session, taker, taker.outbox)

    record = handover_records.of_event(session, event, policy=policy, by=world.far_counter)

    assert record.giver.time.estimated_at == said
    assert record.giver.time.claimed_at == NOON + ahead


def test_what_a_phone_sends_later_changes_no_record(
    session: Session, world: World, policy: Policy
) -> None:
    (item,) = sealed(session, world)
    offered_to_courier(session, world, [item])
    clock = Clock(NOON + timedelta(hours=5))
    phone = known_phone(session, world.courier, clock)
    (event,) = signed_phones.take(session, phone, [item])
    before = handover_records.of_event(session, event, policy=policy, by=world.counter)
    clock.forward(timedelta(hours=2))
    phone.tell(item, acts.Damage(condition=Condition.WET, why="mưa"))
    signed_phones.send(session, phone, at=NOON + timedelta(hours=1))

    assert handover_records.of_event(session, event, policy=policy, by=world.counter) == before
    known_now = timelines.of_item(session, item)[-2].time
    assert (before.taker.time.latest, known_now.latest) == (NOON, NOON - timedelta(hours=1))


def test_it_reads_the_same_whatever_happened_to_its_items_afterwards(
    session: Session, world: World, policy: Policy
) -> None:
    items = sealed(session, world, 3)
    checkpoints.make(session, origin=ORIGIN, log_key=LOG_KEY, at=w.MORNING)
    reserved = {items[1]: Reservation(reserved_for=ReservedFor.COUNT)}
    event = at_desk(session, world, items, reserved)
    before = handover_records.of_event(session, event, policy=policy, by=world.desk_clerk)

    checkpoints.make(session, origin=ORIGIN, log_key=LOG_KEY, at=w.MORNING + timedelta(hours=1))
    moved = [items[0], items[2]]
    batch = handovers.offer(
        session, world.keys, moved, to_unit=w.OFFICE, by=world.desk_clerk, at=LATER
    ).batch
    handovers.take(
        session, world.keys, batch, capacity=Capacity.COUNTER, reserved={}, by=world.counter,
        at=LATER,
    )  # fmt: skip
    checkpoints.make(session, origin=ORIGIN, log_key=LOG_KEY, at=LATER)

    after = handover_records.of_event(session, event, policy=policy, by=world.counter)

    assert after == before
    assert after.before is not None
    assert after.before.size <= _first_index(session, after)


def _first_index(session: Session, record: Record) -> int:
    return min(
        each.index
        for line in record.lines
        for each in timelines.of_item(session, line.item)
        if each.leaf_hash in {line.offered, line.answered}
    )


def test_two_takers_of_one_offer_have_a_record_each(
    session: Session, world: World, policy: Policy, clock: Clock
) -> None:
    items = sealed(session, world, 3)
    handovers.offer(session, world.keys, items, to_unit=w.OFFICE, by=world.counter, at=w.MORNING)
    phone = known_phone(session, world.courier, clock)
    by_phone = signed_phones.take(session, phone, items[:1])
    batch = signed_phones.newest_offer(session, items[1])[1].batch
    by_colleague = handovers.take(
        session, world.keys, batch, capacity=Capacity.COUNTER, reserved={},
        by=world.second_counter, at=w.MORNING + timedelta(minutes=5),
    ).events  # fmt: skip

    one = handover_records.of_event(session, by_phone[0], policy=policy, by=world.manager)
    two = handover_records.of_event(session, by_colleague[0], policy=policy, by=world.manager)

    assert [line.item for line in one.lines] == items[:1]
    assert {line.item for line in two.lines} == set(items[1:])
    assert one.put_out == two.put_out == 3


def test_both_sides_and_who_oversees_them_read_it_and_nobody_else(
    session: Session, world: World, policy: Policy
) -> None:
    items = sealed(session, world, 2)
    event = at_desk(session, world, items)
    moments = timelines.of_item(session, items[0])

    for who in (
        world.counter, world.second_counter, world.manager, world.desk_clerk,
        world.second_desk_clerk, world.officer, world.auditor, world.administrator,
    ):  # fmt: skip
        assert handover_records.of_event(session, event, policy=policy, by=who).lines
        assert handover_records.printable(session, moments, by=who)
    for who in (world.far_counter, world.far_desk_clerk, world.courier, world.far_courier):
        with pytest.raises(UnknownRecord):
            handover_records.of_event(session, event, policy=policy, by=who)
        assert not handover_records.printable(session, moments, by=who)


def test_who_signed_reads_it_though_he_is_a_courier(
    session: Session, world: World, policy: Policy, clock: Clock
) -> None:
    items = sealed(session, world, 1)
    offered_to_courier(session, world, items)
    phone = known_phone(session, world.courier, clock)
    (event,) = signed_phones.take(session, phone, items)

    assert handover_records.of_event(session, event, policy=policy, by=world.courier).lines


def test_what_is_no_taking_has_no_record(session: Session, world: World, policy: Policy) -> None:
    (item,) = sealed(session, world)
    handovers.offer(session, world.keys, [item], to_unit=w.DESK, by=world.counter, at=w.MORNING)
    told = [each.event for each in timelines.of_item(session, item)]
    assert len(told) == 3

    for event in (*told, EventId("01900000-0000-7000-8000-000000000000"), EventId("x" * 500)):
        with pytest.raises(UnknownRecord):
            handover_records.of_event(session, event, policy=policy, by=world.counter)
    assert signed_handovers.of_counter(session, by=world.counter).handovers == ()


def test_a_taking_whose_offer_has_not_arrived_is_half_signed(
    session: Session, world: World, policy: Policy, clock: Clock
) -> None:
    items = sealed(session, world, 1)
    offered_to_courier(session, world, items)
    giver = known_phone(session, world.courier, clock)
    signed_phones.take(session, giver, items)
    taker = known_phone(session, world.far_courier, clock)
    entry, offered = signed_phones.newest_offer(session, items[0])
    act = acts.Handover(
        capacity=Capacity.COURIER, counts=offered.counts, condition=Condition.OK,
        seal=offered.seal, giver=giver.device, offer="ab" * 32, offer_signature="A" * 86 + "==",
    )  # fmt: skip
    event = taker.tell(items[0], act, parent=EventId(giver.custody[items[0]]))
    upload(session, taker, taker.outbox)

    with pytest.raises(HalfSigned):
        handover_records.of_event(session, event, policy=policy, by=world.far_counter)
    moments = timelines.of_item(session, items[0])
    assert event in {each.event for each in moments}
    assert event not in handover_records.printable(session, moments, by=world.manager)
    assert entry.event.id not in handover_records.printable(session, moments, by=world.manager)


def test_a_counter_finds_what_it_gave_and_what_it_took_newest_first(
    session: Session, world: World, policy: Policy, clock: Clock
) -> None:
    mine, others = sealed(session, world, 3), sealed(session, world, 1, by=world.far_counter)
    at_desk(session, world, mine[:2], {mine[1]: Reservation(reserved_for=ReservedFor.MISSING)})
    offered_to_courier(session, world, mine[2:])
    signed_phones.take(session, known_phone(session, world.courier, clock), mine[2:])

    found = signed_handovers.of_counter(session, by=world.counter)

    assert [(each.taker.staff, each.taken, each.refused) for each in found.handovers] == [
        (world.courier.staff, 1, 0), (world.desk_clerk.staff, 1, 1),
    ]  # fmt: skip
    for each in found.handovers:
        record = handover_records.of_event(session, each.answer, policy=policy, by=world.counter)
        assert (len(record.taken), len(record.refused)) == (each.taken, each.refused)
    desk = signed_handovers.of_counter(session, by=world.desk_clerk)
    assert [each.answer for each in desk.handovers] == [found.handovers[1].answer]
    assert others
    assert signed_handovers.of_counter(session, by=world.far_counter).handovers == ()
    assert signed_handovers.of_counter(session, by=world.auditor).handovers == ()


def test_a_list_never_tells_a_hand_over_in_part(session: Session, world: World) -> None:
    for count in (3, 2):
        at_desk(session, world, sealed(session, world, count))

    def told(looked_at: int) -> list[int]:
        found = signed_handovers.of_counter(session, by=world.counter, looked_at=looked_at)
        return [each.taken for each in found.handovers]

    assert sorted(told(6)) == [2, 3]
    assert told(5) == told(4) == told(3) == [2]
    assert told(2) == told(1) == []
