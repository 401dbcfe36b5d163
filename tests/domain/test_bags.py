"""A bag ends when it is opened; what lies in it is in it until somebody tells that it came out."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal_service.domain import acts
from postal_service.domain import custody_rules as rules
from postal_service.domain.acts import Capacity, CodeProof, Condition, Leg, Receiver
from postal_service.domain.custody import Standing, State, Trouble, lies_in
from postal_service.domain.custody_rules import AlreadyOffered, InClosedBag, ItemEnded
from postal_service.domain.ids import ItemId, RoundId
from tests.domain.telling import (
    HOA,
    LAN,
    MINH,
    PAPERS,
    SECRET,
    TUAN,
    Post,
    result_on_the_way,
    stories,
)

BAG = ItemId("BT000000005VN")


def standing_of(post: Post) -> Standing:
    standing = post.story.standing
    assert standing is not None
    return standing


def bag() -> Post:
    """A sealed bag at the counter of Lan's office."""
    post = Post(item=BAG)
    post.accept(LAN, Leg.BAG)
    post.seal(LAN, serial="TUI-1")
    return post


def item_in_bag() -> Post:
    """A sealed package in that bag."""
    post = Post()
    post.accept(LAN)
    post.seal(LAN)
    post.tell(LAN, acts.Bag(bag=BAG))
    return post


def test_an_opened_bag_has_ended_and_still_has_a_holder() -> None:
    post = bag()
    post.tell(LAN, acts.Depart(run="XE-1", destination=HOA.unit))
    post.tell(LAN, rules.arrive(standing_of(post), by=LAN))

    opened = standing_of(post)

    assert opened.state is State.OPENED
    assert opened.ended
    assert opened.holder is not None
    assert opened.run == ""
    with pytest.raises(ItemEnded):
        rules.arrive(opened, by=LAN)
    with pytest.raises(ItemEnded):
        rules.pack(opened, by=LAN, seal="TUI-2", counts=PAPERS, witness=HOA.staff, why="torn")


def test_a_bag_that_waits_to_be_taken_over_is_not_opened() -> None:
    post = bag()
    post.offer(LAN, TUAN, seal="TUI-1")

    with pytest.raises(AlreadyOffered):
        rules.arrive(standing_of(post), by=LAN)


def test_an_opened_bag_is_taken_over_by_nobody_whatever_is_still_on_offer() -> None:
    post = bag()
    offer = post.offer(LAN, TUAN, seal="TUI-1")
    waiting = standing_of(post)

    with pytest.raises(ItemEnded):
        rules.take(
            replace(waiting, state=State.OPENED), by=TUAN, capacity=Capacity.COURIER,
            giver=post.of(offer).event.device, offered_by=LAN.staff,
            offer=post.of(offer).digest, offer_signature="",
        )  # fmt: skip


@given(st.randoms())
def test_a_late_hand_over_of_an_opened_bag_is_kept_and_disputed(order: random.Random) -> None:
    post = bag()
    offer = post.offer(LAN, MINH, seal="TUI-1")
    parent = post.custody
    post.tell(LAN, acts.Arrive())
    late = post.take(MINH, Capacity.COURIER, offer, seal="TUI-1", parent=parent)
    shuffled = list(post.told)
    order.shuffle(shuffled)

    for story in stories([post.told, shuffled]):
        assert late in story.disputed
        assert story.standing is not None
        assert story.standing.state is State.OPENED


def test_an_item_stays_in_its_bag_from_hand_to_hand_until_it_comes_out() -> None:
    post = item_in_bag()
    post.pass_on(LAN, MINH, Capacity.COURIER)
    assert standing_of(post).bag == BAG
    post.tell(MINH, acts.Arrive())

    assert standing_of(post).bag == ""
    assert not standing_of(post).troubles


def test_an_item_lies_in_a_closed_bag_in_the_same_hands_and_in_no_other() -> None:
    inside, closed = standing_of(item_in_bag()), standing_of(bag())
    assert inside.holder is not None
    elsewhere = replace(
        inside, holder=replace(inside.holder, staff=MINH.staff, capacity=Capacity.COURIER)
    )

    assert lies_in(inside, closed)
    assert not lies_in(elsewhere, closed)  # a courier of the same office carries it
    assert not lies_in(inside, replace(closed, state=State.OPENED))
    assert not lies_in(replace(inside, bag=ItemId("BT000000014VN")), closed)
    assert not lies_in(replace(inside, holder=None), closed)
    assert not lies_in(inside, None)


def travelled(post: Post, *batches: str) -> Standing:
    """It went back and forth between Lan's counter and Minh, put out in these batches."""
    hands = [(LAN, MINH, Capacity.COURIER), (MINH, LAN, Capacity.COUNTER)]
    seal = standing_of(post).seal
    for number, batch in enumerate(batches):
        giver, taker, capacity = hands[number % 2]
        post.take(taker, capacity, post.offer(giver, taker, seal, batch=batch), seal=seal)
    return standing_of(post)


@pytest.mark.parametrize(
    ("item", "bag_itself", "is_inside"),
    [
        (["b1"], ["b1"], True),
        (["b1", "b2"], ["b1", "b2"], True),
        (["b1"], ["b2"], False),  # one after the other
        (["b1", "b2", "b3"], ["b1"], False),  # away and back
        (["b1"], ["b1", "b2", "b3"], False),
        (["b1", "b3"], ["b2", "b3"], False),  # apart, and then together: nobody opened it
    ],
)
def test_what_was_once_handed_over_apart_from_its_bag_is_in_it_no_more(
    item: list[str], bag_itself: list[str], is_inside: bool
) -> None:
    inside = travelled(item_in_bag(), *item)
    closed = travelled(bag(), *bag_itself)

    assert lies_in(inside, closed) is is_inside


def test_only_the_way_since_it_was_put_into_its_bag_is_compared() -> None:
    post = Post()
    post.accept(LAN)
    post.seal(LAN)
    travelled(post, "b1", "b2")
    post.tell(LAN, acts.Bag(bag=BAG))

    assert lies_in(standing_of(post), standing_of(bag()))
    assert lies_in(travelled(post, "b3"), travelled(bag(), "b3"))


def test_a_closed_bag_takes_nothing_in_again_whatever_a_phone_tells() -> None:
    post = item_in_bag()
    travelled(post, "b1")
    post.tell(MINH, acts.Bag(bag=BAG), of_phone=True)

    assert lies_in(standing_of(post), travelled(bag(), "b1"))  # it never left
    assert not lies_in(standing_of(post), travelled(bag(), "b2"))


@given(st.randoms())
def test_the_way_of_a_package_is_the_same_in_whatever_order_its_events_come(
    order: random.Random,
) -> None:
    post = item_in_bag()
    first = travelled(post, "b1", "b2")
    shuffled = list(post.told)
    order.shuffle(shuffled)

    (story,) = stories([shuffled])
    assert story.standing == first


def test_what_lies_in_a_closed_bag_is_told_of_only_with_its_bag() -> None:
    inside = standing_of(item_in_bag())
    with pytest.raises(InClosedBag) as refused:
        rules.offer(
            inside, by=LAN, to_unit=TUAN.unit, to_staff=TUAN.staff, batch="b", manifest="0" * 64,
            batch_count=1,
        )  # fmt: skip
    assert refused.value.facts == {"item": inside.item, "bag": BAG}
    with pytest.raises(InClosedBag):
        rules.depart(inside, by=LAN, run="XE-1", destination=TUAN.unit)
    with pytest.raises(InClosedBag):
        rules.go_out(inside, by=LAN, round_id=RoundId("r"))
    with pytest.raises(InClosedBag):
        rules.pack(inside, by=LAN, seal="S2", counts=PAPERS, witness=HOA.staff, why="torn")
    with pytest.raises(InClosedBag):
        rules.deliver(
            inside, by=LAN, receiver=Receiver.OWNER, proof=CodeProof(rotation=1, secret=SECRET)
        )
    # That it is lost or that the citizen withdraws can be said at any time.
    rules.lose(inside, by=LAN, why="")
    rules.cancel(inside, by=LAN, why="")


@pytest.mark.parametrize(
    "act",
    [
        acts.Pack(seal="S2", counts=PAPERS),
        acts.Out(round=RoundId("r")),
        acts.Attempt(reason="R01", action="A1", counted=True),
        acts.Hold(until="2026-12-08"),
        acts.Deliver(
            receiver=Receiver.OWNER,
            proof=CodeProof(rotation=1, secret=SECRET),
            counts=PAPERS,
            condition=Condition.OK,
        ),
    ],
    ids=lambda act: type(act).__name__,
)
def test_what_is_in_a_hand_though_nobody_took_it_out_of_its_bag_is_a_case(act: acts.Act) -> None:
    post = result_on_the_way()
    post.tell(MINH, acts.Bag(bag=BAG))
    told = post.tell(MINH, act)

    standing = standing_of(post)

    assert told in post.story.applied  # what happened, happened
    assert standing.troubles == {Trouble.SEAL}
    assert standing.bag == ""


def test_what_turns_up_again_is_in_no_bag() -> None:
    post = item_in_bag()
    post.tell(LAN, acts.Lost(why="not in the bag"))
    post.tell(TUAN, acts.Found(capacity=Capacity.COURIER, condition=Condition.OK))

    assert standing_of(post).bag == ""
