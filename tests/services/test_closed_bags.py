"""What lies in a closed bag moves with its bag; what a phone signed otherwise is kept and is a case."""

import hashlib

import pytest
from sqlalchemy.orm import Session

from postal_service import projections
from postal_service.demo.phone import Phone
from postal_service.domain import acts
from postal_service.domain.actors import Actor
from postal_service.domain.acts import Capacity, Condition, ReservedFor
from postal_service.domain.custody import State, Trouble
from postal_service.domain.custody_rules import AlreadyOffered, InClosedBag, ItemEnded
from postal_service.domain.ids import ItemId
from postal_service.ledger import reading
from postal_service.projections import verdicts
from postal_service.services import (
    bags,
    corrections,
    exceptions,
    handing_over,
    handovers,
    overview,
    sealing,
    transport,
)
from postal_service.services.bags import OpenedAlready
from postal_service.services.handovers import Reservation
from postal_service.services.transport import Bagged
from tests.clock import Clock
from tests.services.in_hand import PAPERS, events, passed, sealed, standing
from tests.services.phones import known_phone, statuses, upload
from tests.services.world import FAR_OFFICE, MORNING, OFFICE, World


@pytest.fixture
def bagged(session: Session, world: World) -> Bagged:
    """Three sealed packages in a closed bag at the counter."""
    return transport.pack_bag(
        session, world.keys, sealed(session, world, 3), destination=FAR_OFFICE, seal="TUI-1",
        item_prefix="BT", by=world.counter, at=MORNING,
    )  # fmt: skip


def whole(bagged: Bagged) -> list[ItemId]:
    return [bagged.bag, *bagged.items]


def phone_alone_takes(
    session: Session, giver: Phone, taker: Phone, item: ItemId
) -> tuple[str, ...]:
    """The giver's phone offers one package, the other's takes it; both are uploaded afterwards."""
    found = standing(session, item)
    giver.custody[item] = taker.custody[item] = found.custody
    giver.tell(
        item,
        acts.Offer(
            to_unit=taker.unit, to_staff=taker.staff, counts=found.counts, condition=Condition.OK,
            seal=found.seal, batch="b", manifest="0" * 64, batch_count=1,
        ),
    )  # fmt: skip
    offer = giver.outbox[-1]
    taker.tell(
        item,
        acts.Handover(
            capacity=Capacity.COURIER, counts=found.counts, condition=Condition.OK,
            seal=found.seal, giver=giver.device, offer=hashlib.sha256(offer.body).hexdigest(),
            offer_signature="",
        ),
    )  # fmt: skip
    told = upload(session, giver, giver.outbox) + upload(session, taker, taker.outbox)
    return tuple(statuses(told))


def test_an_item_in_a_closed_bag_is_offered_by_nobody_alone_and_the_refusal_names_the_bag(
    session: Session, world: World, bagged: Bagged
) -> None:
    before = events(session)

    with pytest.raises(InClosedBag) as refused:
        handovers.offer(
            session, world.keys, [bagged.items[0]], to_unit=FAR_OFFICE, by=world.counter,
            at=MORNING,
        )  # fmt: skip

    assert refused.value.facts == {"item": bagged.items[0], "bag": bagged.bag}
    assert events(session) == before


def test_a_bag_is_not_offered_without_what_lies_in_it(
    session: Session, world: World, bagged: Bagged
) -> None:
    before = events(session)

    with pytest.raises(InClosedBag):
        handovers.offer(
            session, world.keys, whole(bagged)[:-1], to_unit=FAR_OFFICE, by=world.counter,
            at=MORNING,
        )  # fmt: skip

    assert events(session) == before


def test_nothing_in_a_closed_bag_is_sealed_again(
    session: Session, world: World, bagged: Bagged
) -> None:
    with pytest.raises(InClosedBag):
        sealing.seal(
            session, world.keys, bagged.items[0], serial="NP-2", counts=PAPERS,
            witness=world.second_counter.staff, why="torn", by=world.counter, at=MORNING,
        )  # fmt: skip


def test_the_whole_bag_goes_on_from_office_to_courier_to_office(
    session: Session, world: World, bagged: Bagged
) -> None:
    passed(session, world, whole(bagged), world.counter, world.courier, Capacity.COURIER)
    offered = transport.offer_bag(
        session, world.keys, bagged.bag, to_unit=FAR_OFFICE, by=world.courier, at=MORNING
    )
    assert set(offered.items) == set(whole(bagged))  # still in it after the first hand-over
    handovers.take(
        session, world.keys, offered.batch, capacity=Capacity.COUNTER, reserved={},
        by=world.far_counter, at=MORNING,
    )  # fmt: skip

    with pytest.raises(InClosedBag):
        handovers.offer(
            session, world.keys, list(bagged.items), to_unit=OFFICE, by=world.far_counter,
            at=MORNING,
        )  # fmt: skip


def test_an_opened_bag_leaves_every_stack_and_frees_what_lay_in_it(
    session: Session, world: World, bagged: Bagged
) -> None:
    passed(session, world, whole(bagged), world.counter, world.far_counter, Capacity.COUNTER)
    stack = overview.stacks(session, by=world.far_counter).waiting
    assert [line.standing.item for line in stack] == [bagged.bag]

    bags.open_bag(
        session, world.keys, bagged.bag, bagged.items, seal="TUI-1", by=world.far_counter,
        at=MORNING,
    )  # fmt: skip

    assert standing(session, bagged.bag).state is State.OPENED
    stack = overview.stacks(session, by=world.far_counter).waiting
    assert {line.standing.item for line in stack} == set(bagged.items)
    assert bags.of_unit(session, by=world.far_counter) == []
    ready = handing_over.ready(session, by=world.far_counter).lines
    assert {line.standing.item for line in ready} == set(bagged.items)
    with pytest.raises(OpenedAlready):
        bags.open_bag(
            session, world.keys, bagged.bag, [], seal="TUI-1", by=world.far_counter, at=MORNING
        )
    with pytest.raises(ItemEnded):
        transport.offer_bag(
            session, world.keys, bagged.bag, to_unit=OFFICE, by=world.far_counter, at=MORNING
        )
    before = {item: standing(session, item) for item in whole(bagged)}
    projections.rebuild(session)
    assert {item: standing(session, item) for item in whole(bagged)} == before


def test_a_bag_on_offer_is_opened_by_nobody(session: Session, world: World, bagged: Bagged) -> None:
    transport.offer_bag(
        session, world.keys, bagged.bag, to_unit=FAR_OFFICE, by=world.counter, at=MORNING
    )
    before = events(session)

    with pytest.raises(AlreadyOffered):
        bags.open_bag(
            session, world.keys, bagged.bag, bagged.items, seal="TUI-1", by=world.counter,
            at=MORNING,
        )  # fmt: skip

    assert events(session) == before


def test_an_opening_that_did_not_occur_closes_the_bag_again(
    session: Session, world: World, bagged: Bagged
) -> None:
    bags.open_bag(
        session, world.keys, bagged.bag, bagged.items, seal="TUI-1", by=world.counter, at=MORNING
    )
    opening = corrections.told_of(session, bagged.bag)[-1]
    corrections.correct(
        session, world.keys, opening, kind=acts.CorrectionKind.DID_NOT_OCCUR,
        maker=world.counter.staff, why="wrong bag", by=world.manager, at=MORNING,
    )  # fmt: skip

    assert standing(session, bagged.bag).state is State.SEALED


def test_who_reserves_a_bag_reserves_what_lies_in_it(
    session: Session, world: World, bagged: Bagged
) -> None:
    offered = transport.offer_bag(
        session, world.keys, bagged.bag, to_unit=FAR_OFFICE, by=world.counter, at=MORNING
    )
    taken = handovers.take(
        session, world.keys, offered.batch, capacity=Capacity.COUNTER,
        reserved={bagged.bag: Reservation(reserved_for=ReservedFor.SEAL)}, by=world.far_counter,
        at=MORNING,
    )  # fmt: skip

    assert taken.taken == ()
    assert set(taken.reserved) == set(whole(bagged))
    assert {Trouble.SEAL} == standing(session, bagged.items[0]).troubles


def test_nobody_reserves_a_part_of_a_bag_that_he_takes(
    session: Session, world: World, bagged: Bagged
) -> None:
    offered = transport.offer_bag(
        session, world.keys, bagged.bag, to_unit=FAR_OFFICE, by=world.counter, at=MORNING
    )
    before = events(session)

    with pytest.raises(InClosedBag):
        handovers.take(
            session, world.keys, offered.batch, capacity=Capacity.COUNTER,
            reserved={bagged.items[0]: Reservation(reserved_for=ReservedFor.MISSING)},
            by=world.far_counter, at=MORNING,
        )  # fmt: skip

    assert events(session) == before


def test_what_two_phones_handed_over_out_of_a_closed_bag_counts_and_is_found_at_the_opening(
    session: Session, world: World, bagged: Bagged, clock: Clock
) -> None:
    giver, taker = (known_phone(session, who, clock) for who in (world.courier, world.far_courier))
    passed(session, world, whole(bagged), world.counter, world.courier, Capacity.COURIER)
    strayed, *rest = bagged.items

    assert phone_alone_takes(session, giver, taker, strayed) == ("accepted", "accepted")

    holder = standing(session, strayed).holder
    assert holder is not None
    assert holder.staff == world.far_courier.staff  # what two people signed is where the item is
    assert not standing(session, strayed).bag  # not in it, so it is free to go on
    passed(session, world, [bagged.bag, *rest], world.courier, world.far_counter, Capacity.COUNTER)
    (line,) = bags.of_unit(session, by=world.far_counter)
    assert (line.inside, line.astray) == (2, 1)
    opened = bags.open_bag(
        session, world.keys, bagged.bag, rest, seal="TUI-1", by=world.far_counter, at=MORNING
    )
    assert (opened.astray, opened.missing) == ((strayed,), ())
    assert standing(session, bagged.bag).troubles == {Trouble.SEAL}
    assert not standing(session, strayed).troubles
    exceptions.settle(
        session, world.keys, bagged.bag, witness=world.far_counter.staff,
        counts=transport.EMPTY, why="handed over on the road", by=world.manager, at=MORNING,
    )  # fmt: skip
    assert not standing(session, bagged.bag).troubles


@pytest.mark.parametrize("first", ["bag", "item"])
def test_what_came_apart_from_its_bag_is_not_in_it_again_when_both_reach_one_counter(
    session: Session, world: World, bagged: Bagged, clock: Clock, first: str
) -> None:
    giver, taker = (known_phone(session, who, clock) for who in (world.courier, world.far_courier))
    passed(session, world, whole(bagged), world.counter, world.courier, Capacity.COURIER)
    strayed, *rest = bagged.items
    phone_alone_takes(session, giver, taker, strayed)

    def arrive(moved: list[ItemId], by: Actor) -> None:
        passed(session, world, moved, by, world.far_counter, Capacity.COUNTER)

    arrivals = [([bagged.bag, *rest], world.courier), ([strayed], world.far_courier)]
    for moved, by in arrivals if first == "bag" else reversed(arrivals):
        arrive(moved, by)

    found = standing(session, strayed)
    assert (found.bag, found.state) == ("", State.AT_DESTINATION_OFFICE)
    (line,) = bags.of_unit(session, by=world.far_counter)
    assert (line.inside, line.astray) == (2, 1)
    ready = handing_over.ready(session, by=world.far_counter).lines
    assert strayed in {line.standing.item for line in ready}
    opened = bags.open_bag(
        session, world.keys, bagged.bag, rest, seal="TUI-1", by=world.far_counter, at=MORNING
    )
    assert (opened.astray, opened.missing) == ((strayed,), ())
    assert not standing(session, strayed).troubles
    before = {item: standing(session, item) for item in whole(bagged)}
    projections.rebuild(session)
    assert {item: standing(session, item) for item in whole(bagged)} == before


@pytest.fixture
def strayed(session: Session, world: World, bagged: Bagged, clock: Clock) -> ItemId:
    """One of the packages, which the courier's colleague took out of the courier's closed bag by phone."""
    giver, taker = (known_phone(session, who, clock) for who in (world.courier, world.far_courier))
    passed(session, world, whole(bagged), world.counter, world.courier, Capacity.COURIER)
    phone_alone_takes(session, giver, taker, bagged.items[0])
    return bagged.items[0]


def without(bagged: Bagged, strayed: ItemId) -> list[ItemId]:
    return [item for item in whole(bagged) if item != strayed]


def test_what_left_a_bag_is_not_in_it_again_when_its_courier_takes_the_bag_too(
    session: Session, world: World, bagged: Bagged, strayed: ItemId
) -> None:
    rest = without(bagged, strayed)
    passed(session, world, rest, world.courier, world.far_courier, Capacity.COURIER)

    assert not standing(session, strayed).bag  # free to go to its door
    view = bags.view(session, bagged.bag, by=world.far_courier)
    assert view.inside == set(rest[1:])
    offered = transport.offer_bag(
        session, world.keys, bagged.bag, to_unit=FAR_OFFICE, by=world.far_courier, at=MORNING
    )
    assert set(offered.items) == set(rest)
    handovers.take(
        session, world.keys, offered.batch, capacity=Capacity.COUNTER, reserved={},
        by=world.far_counter, at=MORNING,
    )  # fmt: skip
    opened = bags.open_bag(
        session, world.keys, bagged.bag, rest[1:], seal="TUI-1", by=world.far_counter, at=MORNING
    )
    assert (opened.astray, opened.missing) == ((strayed,), ())
    held = standing(session, strayed)
    assert held.holder is not None
    assert held.holder.staff == world.far_courier.staff
    assert not held.troubles


def test_what_left_a_bag_is_not_in_it_again_when_it_comes_back_to_who_has_the_bag(
    session: Session, world: World, bagged: Bagged, strayed: ItemId
) -> None:
    passed(session, world, [strayed], world.far_courier, world.courier, Capacity.COURIER)

    assert not standing(session, strayed).bag
    assert bags.with_contents(session, [bagged.bag]) == without(bagged, strayed)


def test_what_left_a_bag_is_not_in_it_again_when_both_are_handed_over_together(
    session: Session, world: World, bagged: Bagged, strayed: ItemId
) -> None:
    passed(session, world, [strayed], world.far_courier, world.courier, Capacity.COURIER)
    passed(session, world, whole(bagged), world.courier, world.far_counter, Capacity.COUNTER)

    (line,) = bags.of_unit(session, by=world.far_counter)
    assert (line.inside, line.astray) == (2, 1)
    # The counter has told that it came out, so that nobody opens a case who has it in hand.
    told = reading.of_types(session, [strayed], ["arrive"])
    assert [each.event.staff for each in told] == [world.far_counter.staff]
    before = {item: standing(session, item) for item in whole(bagged)}
    projections.rebuild(session)
    assert {item: standing(session, item) for item in whole(bagged)} == before


def test_a_counter_that_takes_a_bag_with_all_that_lies_in_it_opens_nothing(
    session: Session, world: World, bagged: Bagged
) -> None:
    passed(session, world, whole(bagged), world.counter, world.far_counter, Capacity.COUNTER)

    assert reading.of_types(session, whole(bagged), ["arrive"]) == []
    assert all(standing(session, item).bag == bagged.bag for item in bagged.items)


def test_a_courier_who_takes_an_item_to_a_door_out_of_a_closed_bag_is_recorded_as_a_case(
    session: Session, world: World, bagged: Bagged, clock: Clock
) -> None:
    phone = known_phone(session, world.courier, clock)
    passed(session, world, whole(bagged), world.counter, world.courier, Capacity.COURIER)
    item = bagged.items[0]
    phone.custody[item] = standing(session, item).custody
    phone.tell(item, acts.Attempt(reason="R01", action="A1", counted=True))

    assert statuses(upload(session, phone, phone.outbox)) == ["accepted"]

    assert standing(session, item).troubles == {Trouble.SEAL}
    assert verdicts.of_item(session, item) == []


def test_a_phones_late_hand_over_of_an_opened_bag_is_in_the_ledger_for_a_person_to_see(
    session: Session, world: World, bagged: Bagged, clock: Clock
) -> None:
    giver, taker = (known_phone(session, who, clock) for who in (world.courier, world.far_courier))
    passed(session, world, whole(bagged), world.counter, world.courier, Capacity.COURIER)
    bags.open_bag(
        session, world.keys, bagged.bag, bagged.items, seal="TUI-1", by=world.courier, at=MORNING
    )

    assert phone_alone_takes(session, giver, taker, bagged.bag) == ("accepted", "conflict")

    assert standing(session, bagged.bag).state is State.OPENED
    assert [each.verdict for each in verdicts.of_item(session, bagged.bag)] == ["disputed"]
