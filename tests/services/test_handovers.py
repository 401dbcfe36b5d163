"""A bulk hand-over moves what is taken, freezes what is reserved, and nothing moves on one side's word."""

import pytest
from sqlalchemy.orm import Session

from postal_service.domain.acts import Capacity, ReservedFor
from postal_service.domain.custody import State, Trouble
from postal_service.domain.custody_rules import (
    AlreadyOffered,
    ItemFrozen,
    NotOffered,
    NotSealed,
    NotTheHolder,
    TakesFromHimself,
)
from postal_service.domain.ids import ItemId
from postal_service.services import exceptions, handovers
from postal_service.services.handovers import NothingToHandOver, Reservation, TooManyAtOnce
from postal_service.services.items import UnknownItem
from tests.services.in_hand import PAPERS, accepted, events, sealed, standing
from tests.services.world import DESK, MORNING, World


def test_the_desk_takes_twelve_and_reserves_two(session: Session, world: World) -> None:
    moved = sealed(session, world, 14)
    offered = handovers.offer(
        session, world.keys, moved, to_unit=DESK, by=world.counter, at=MORNING
    )
    reserved = {
        moved[3]: Reservation(reserved_for=ReservedFor.COUNT),
        moved[8]: Reservation(reserved_for=ReservedFor.MISSING),
    }

    taken = handovers.take(
        session, world.keys, offered.batch, capacity=Capacity.DESK, reserved=reserved,
        by=world.desk_clerk, at=MORNING,
    )  # fmt: skip

    assert len(taken.taken) == 12
    assert set(taken.reserved) == {moved[3], moved[8]}
    for item in taken.taken:
        assert standing(session, item).state is State.WITH_AGENCY
    assert standing(session, moved[3]).troubles == {Trouble.SEAL}
    assert standing(session, moved[8]).troubles == {Trouble.LOST}
    for item in taken.reserved:
        holder = standing(session, item).holder
        assert holder is not None
        assert holder.unit == world.counter.unit


def test_an_offer_alone_moves_nothing(session: Session, world: World) -> None:
    (item,) = sealed(session, world)
    handovers.offer(session, world.keys, [item], to_unit=DESK, by=world.counter, at=MORNING)

    found = standing(session, item)

    assert found.holder is not None
    assert found.holder.staff == world.counter.staff
    assert found.offered is not None


def test_a_courier_cannot_take_what_was_offered_to_another(session: Session, world: World) -> None:
    (item,) = sealed(session, world)
    offered = handovers.offer(
        session, world.keys, [item], to_unit=world.courier.unit, to_staff=world.courier.staff,
        by=world.counter, at=MORNING,
    )  # fmt: skip
    before = events(session)

    with pytest.raises(NotOffered):
        handovers.take(
            session, world.keys, offered.batch, capacity=Capacity.COURIER, reserved={},
            by=world.far_courier, at=MORNING,
        )  # fmt: skip

    assert events(session) == before


def test_nobody_takes_what_he_offered_himself(session: Session, world: World) -> None:
    (item,) = sealed(session, world)
    counter = world.counter
    offered = handovers.offer(
        session, world.keys, [item], to_unit=counter.unit, by=counter, at=MORNING
    )
    before = standing(session, item)

    with pytest.raises(TakesFromHimself):
        handovers.take(
            session, world.keys, offered.batch, capacity=Capacity.COUNTER, reserved={},
            by=counter, at=MORNING,
        )  # fmt: skip

    assert standing(session, item) == before


def test_one_bad_line_keeps_the_whole_offer_back(session: Session, world: World) -> None:
    good = sealed(session, world, 3)
    unsealed = accepted(session, world)
    before = events(session)

    with pytest.raises(NotSealed):
        handovers.offer(
            session, world.keys, [*good, *unsealed], to_unit=DESK, by=world.counter, at=MORNING
        )

    assert events(session) == before


def test_nobody_offers_what_another_holds(session: Session, world: World) -> None:
    (item,) = sealed(session, world)

    with pytest.raises(NotTheHolder):
        handovers.offer(session, world.keys, [item], to_unit=DESK, by=world.far_counter, at=MORNING)


def test_a_colleague_behind_the_same_counter_may_offer(session: Session, world: World) -> None:
    (item,) = sealed(session, world)

    offered = handovers.offer(
        session, world.keys, [item], to_unit=DESK, by=world.second_counter, at=MORNING
    )

    assert offered.items == (item,)


def test_what_waits_for_one_is_not_offered_to_another(session: Session, world: World) -> None:
    (item,) = sealed(session, world)
    handovers.offer(session, world.keys, [item], to_unit=DESK, by=world.counter, at=MORNING)

    with pytest.raises(AlreadyOffered):
        handovers.offer(session, world.keys, [item], to_unit=DESK, by=world.counter, at=MORNING)


def test_an_offer_taken_back_can_be_made_elsewhere(session: Session, world: World) -> None:
    (item,) = sealed(session, world)
    first = handovers.offer(session, world.keys, [item], to_unit=DESK, by=world.counter, at=MORNING)
    handovers.withdraw(
        session, world.keys, first.batch, why="wrong desk", by=world.counter, at=MORNING
    )
    again = handovers.offer(
        session, world.keys, [item], to_unit=world.courier.unit, by=world.counter, at=MORNING
    )

    with pytest.raises(NothingToHandOver):
        handovers.take(
            session, world.keys, first.batch, capacity=Capacity.DESK, reserved={},
            by=world.desk_clerk, at=MORNING,
        )  # fmt: skip
    assert again.items == (item,)


def test_a_frozen_item_is_settled_by_two_before_it_moves(session: Session, world: World) -> None:
    (item,) = sealed(session, world)
    exceptions.report_lost(
        session, world.keys, item, why="not in the tray", by=world.counter, at=MORNING
    )
    with pytest.raises(ItemFrozen):
        handovers.offer(session, world.keys, [item], to_unit=DESK, by=world.counter, at=MORNING)

    exceptions.settle(
        session, world.keys, item, witness=world.counter.staff, counts=PAPERS,
        why="found behind the tray", by=world.manager, at=MORNING,
    )  # fmt: skip

    assert handovers.offer(
        session, world.keys, [item], to_unit=DESK, by=world.counter, at=MORNING
    ).items == (item,)


@pytest.mark.parametrize("count", [0, 501])
def test_a_hand_over_has_a_size(session: Session, world: World, count: int) -> None:
    listed = [ItemId(f"BH{number:08d}5VN") for number in range(count)]

    with pytest.raises((NothingToHandOver, TooManyAtOnce)):
        handovers.offer(session, world.keys, listed, to_unit=DESK, by=world.counter, at=MORNING)


def test_an_unknown_item_is_named(session: Session, world: World) -> None:
    with pytest.raises(UnknownItem) as refused:
        handovers.offer(
            session,
            world.keys,
            [ItemId("BH999999996VN")],
            to_unit=DESK,
            by=world.counter,
            at=MORNING,
        )

    assert refused.value.facts == {"item": "BH999999996VN"}


def test_a_reservation_outside_the_batch_is_refused(session: Session, world: World) -> None:
    moved = sealed(session, world, 2)
    offered = handovers.offer(
        session, world.keys, moved[:1], to_unit=DESK, by=world.counter, at=MORNING
    )

    with pytest.raises(UnknownItem):
        handovers.take(
            session, world.keys, offered.batch, capacity=Capacity.DESK,
            reserved={moved[1]: Reservation(reserved_for=ReservedFor.SEAL)},
            by=world.desk_clerk, at=MORNING,
        )  # fmt: skip
