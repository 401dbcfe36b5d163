"""What lies in a bag travels with it, keeps its own chain, and comes out where the bag is opened."""

import pytest
from sqlalchemy.orm import Session

from postal_service.domain.acts import Capacity
from postal_service.domain.custody import State
from postal_service.domain.custody_rules import NotSealed, NotTheHolder
from postal_service.domain.ids import ItemId
from postal_service.services import handovers, transport
from postal_service.services.items import UnknownItem
from postal_service.services.recording import SealUsed
from postal_service.services.transport import BagEmpty, Bagged, NotABag
from tests.services.in_hand import accepted, events, sealed, standing
from tests.services.world import FAR_OFFICE, MORNING, World


def packed(session: Session, world: World, contents: list[ItemId], seal: str = "TUI-1") -> Bagged:
    return transport.pack_bag(
        session, world.keys, contents, destination=FAR_OFFICE, seal=seal, item_prefix="BT",
        by=world.counter, at=MORNING,
    )  # fmt: skip


def test_a_bag_travels_and_is_emptied_at_the_other_office(session: Session, world: World) -> None:
    contents = sealed(session, world, 3)
    bagged = packed(session, world, contents)
    transport.depart(
        session, world.keys, bagged.bag, run="XE-TK-HL-1", by=world.counter, at=MORNING
    )
    assert {standing(session, item).state for item in contents} == {State.IN_DISPATCH}

    offered = transport.offer_bag(
        session, world.keys, bagged.bag, to_unit=FAR_OFFICE, by=world.counter, at=MORNING
    )
    handovers.take(
        session, world.keys, offered.batch, capacity=Capacity.COUNTER, reserved={},
        by=world.far_counter, at=MORNING,
    )  # fmt: skip
    out = transport.arrive(session, world.keys, bagged.bag, by=world.far_counter, at=MORNING)

    assert set(out) == set(contents)
    for item in contents:
        found = standing(session, item)
        assert found.state is State.AT_DESTINATION_OFFICE
        assert found.holder is not None
        assert found.holder.unit == FAR_OFFICE


def test_a_bag_cannot_be_emptied_before_it_was_handed_over(session: Session, world: World) -> None:
    bagged = packed(session, world, sealed(session, world, 2))

    with pytest.raises(NotTheHolder):
        transport.arrive(session, world.keys, bagged.bag, by=world.far_counter, at=MORNING)


def test_a_bag_with_an_unsealed_item_is_not_made(session: Session, world: World) -> None:
    contents = [*sealed(session, world), *accepted(session, world)]

    with pytest.raises(NotSealed):
        packed(session, world, contents)


def test_a_bag_seal_is_used_once(session: Session, world: World) -> None:
    packed(session, world, sealed(session, world))
    more = sealed(session, world)
    before = events(session)

    with pytest.raises(SealUsed):
        packed(session, world, more)

    assert events(session) == before


def test_bags_that_are_none(session: Session, world: World) -> None:
    (item,) = sealed(session, world)
    with pytest.raises(BagEmpty):
        packed(session, world, [])
    with pytest.raises(UnknownItem):
        packed(session, world, [ItemId("BH999999996VN")])
    with pytest.raises(NotABag):
        transport.arrive(session, world.keys, item, by=world.counter, at=MORNING)
    with pytest.raises(NotABag):
        transport.offer_bag(
            session, world.keys, item, to_unit=FAR_OFFICE, by=world.counter, at=MORNING
        )
