"""A serial that a phone tells a second time opens a case on the second item, as the counter would have refused it."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from postal_service.demo.phone import Phone
from postal_service.domain.custody import Trouble
from postal_service.domain.ids import EventId, ItemId
from postal_service.domain.rewriting import Changes
from postal_service.ledger import reading
from postal_service.projections import holdings, rebuild
from postal_service.services import corrections, exceptions, handovers, sealing
from postal_service.services.recording import SealUsed
from tests.clock import NOON, Clock
from tests.mobile_api.phones import TWO, collected, number
from tests.services import world as w
from tests.services.in_hand import PAPERS, accepted, sealed, standing
from tests.services.phones import known_phone, statuses, upload
from tests.services.world import World

LATER = NOON + timedelta(days=1)  # by the clocks of phones and offices, which order what is told


@pytest.fixture
def phone(session: Session, world: World, clock: Clock) -> Phone:
    return known_phone(session, world.courier, clock)


def troubles(session: Session, item: ItemId) -> set[Trouble]:
    return set(standing(session, item).troubles)


def last_pack(session: Session, item: ItemId) -> EventId:
    return reading.entries_of(session, item)[-1].event.id


def test_a_serial_of_another_item_opens_a_case_on_the_second_one_alone(
    session: Session, world: World, phone: Phone
) -> None:
    (first,) = sealed(session, world)
    serial = standing(session, first).seal
    second = collected(phone, number(session), serial).item

    assert statuses(upload(session, phone, phone.outbox)) == ["accepted"] * 2

    assert troubles(session, second) == {Trouble.SEAL}
    assert standing(session, second).frozen
    assert troubles(session, first) == set()
    offered = handovers.offer(
        session, world.keys, [first], to_unit=w.DESK, by=world.counter, at=LATER
    )
    assert offered.items == (first,)


def test_two_items_of_one_upload_are_told_apart_by_their_order(
    session: Session, phone: Phone
) -> None:
    first, second = (collected(phone, number(session), "S1").item for _ in range(2))

    upload(session, phone, phone.outbox)

    assert troubles(session, first) == set()
    assert troubles(session, second) == {Trouble.SEAL}


def test_what_was_sent_twice_is_no_second_use(session: Session, phone: Phone) -> None:
    item = collected(phone, number(session), "S1").item

    for _ in range(2):
        upload(session, phone, phone.outbox)

    assert troubles(session, item) == set()


def test_a_rebuild_finds_the_same_case(session: Session, world: World, phone: Phone) -> None:
    (first,) = sealed(session, world)
    collected(phone, number(session), standing(session, first).seal)
    upload(session, phone, phone.outbox)
    before = holdings.held_by_staff(session, phone.staff)

    rebuild(session)

    assert holdings.held_by_staff(session, phone.staff) == before
    assert {Trouble.SEAL} in [set(each.troubles) for each in before]


def test_two_staff_settle_it_as_any_case(session: Session, world: World, phone: Phone) -> None:
    (first,) = sealed(session, world)
    second = collected(phone, number(session), standing(session, first).seal).item
    upload(session, phone, phone.outbox)

    exceptions.settle(
        session, world.keys, second, witness=world.counter.staff, why="đã niêm phong lại",
        counts=TWO, by=world.manager, at=LATER,
    )  # fmt: skip

    assert troubles(session, second) == set()
    rebuild(session)
    assert troubles(session, second) == set()


def test_the_right_serial_of_a_slip_of_the_hand_ends_the_case(
    session: Session, world: World, phone: Phone
) -> None:
    (first,) = sealed(session, world)
    serial = standing(session, first).seal
    second = collected(phone, number(session), serial).item
    upload(session, phone, phone.outbox)

    corrections.rewrite(
        session, world.keys, last_pack(session, second), Changes(seal="S-RIGHT"),
        maker=world.courier.staff, why="gõ nhầm", by=world.manager, at=LATER,
    )  # fmt: skip

    assert troubles(session, second) == set()
    assert standing(session, second).seal == "S-RIGHT"
    with pytest.raises(SealUsed):
        sealing.free(session, serial)  # the first one still wears it


def test_a_serial_is_not_free_while_a_second_envelope_bears_it(
    session: Session, world: World, phone: Phone
) -> None:
    (first,) = sealed(session, world)
    serial = standing(session, first).seal
    second = collected(phone, number(session), serial).item
    upload(session, phone, phone.outbox)

    corrections.rewrite(
        session, world.keys, last_pack(session, first), Changes(seal="NP-RIGHT"),
        maker=world.counter.staff, why="gõ nhầm", by=world.manager, at=LATER,
    )  # fmt: skip

    with pytest.raises(SealUsed) as refused:
        sealing.free(session, serial)
    assert refused.value.facts["item"] == second


def test_the_counter_is_refused_a_used_serial_and_nothing_is_noted(
    session: Session, world: World
) -> None:
    (first,) = sealed(session, world)
    (second,) = accepted(session, world)

    with pytest.raises(SealUsed):
        sealing.seal(
            session, world.keys, second, serial=standing(session, first).seal, counts=PAPERS,
            by=world.counter, at=LATER,
        )  # fmt: skip

    assert troubles(session, second) == set()
