"""What its citizen has withdrawn goes back to him and no further towards the agency."""

import pytest

from postal_service.domain import acts
from postal_service.domain import custody_rules as rules
from postal_service.domain.actors import Actor
from postal_service.domain.acts import Capacity, CardProof, CodeProof, Receiver
from postal_service.domain.custody import Standing, State, Trouble
from postal_service.domain.custody_rules import NotForDelivery, Withdrawn, WrongDeliveryCode
from tests.domain.telling import DESK, LAN, MINH, SECRET, Post, result_on_the_way, stories

CARD = CardProof(last4="3456")


@pytest.fixture
def post() -> Post:
    """A sealed dossier at Lan's counter, withdrawn."""
    made = Post()
    made.accept()
    made.seal()
    made.tell(LAN, rules.cancel(standing(made), by=LAN, why="withdrawn"))
    return made


def standing(post: Post) -> Standing:
    found = post.story.standing
    assert found is not None
    return found


def offer(post: Post, by: Actor, to: Actor) -> acts.Offer:
    return rules.offer(
        standing(post), by=by, to_unit=to.unit, to_staff=to.staff, batch="b1", manifest="0" * 64,
        batch_count=1,
    )  # fmt: skip


def take(post: Post, by: Actor, capacity: Capacity) -> acts.Handover:
    offered = standing(post).offered
    assert offered is not None
    told = post.of(offered.event)
    return rules.take(
        standing(post), by=by, capacity=capacity, giver=told.event.device,
        offered_by=told.event.staff, offer=told.digest, offer_signature="",
    )  # fmt: skip


def test_nobody_offers_it_to_the_agency_but_the_post_may_move_it(post: Post) -> None:
    with pytest.raises(Withdrawn):
        offer(post, LAN, DESK)

    post.tell(LAN, offer(post, LAN, MINH))
    post.tell(MINH, take(post, MINH, Capacity.COURIER))
    with pytest.raises(Withdrawn):
        offer(post, MINH, DESK)


def test_the_agency_does_not_take_what_was_on_offer_when_it_was_withdrawn() -> None:
    post = Post()
    post.accept()
    post.seal()
    post.tell(LAN, offer(post, LAN, DESK))
    assert take(post, DESK, Capacity.DESK).capacity is Capacity.DESK
    post.tell(LAN, rules.cancel(standing(post), by=LAN, why="withdrawn"))

    with pytest.raises(Withdrawn):
        take(post, DESK, Capacity.DESK)


def test_its_citizen_gets_it_back_and_that_is_its_end(post: Post) -> None:
    act = rules.deliver(standing(post), by=LAN, receiver=Receiver.OWNER, proof=CARD)
    back = post.tell(LAN, act)

    for story in stories([post.told, post.told[::-1]]):
        assert story.standing is not None
        assert (story.standing.state, story.standing.holder) == (State.DELIVERED, None)
        assert story.standing.troubles == {Trouble.CANCELLED}
        assert (story.transfers[-1], story.disputed) == (back, ())


def test_without_a_withdrawal_or_with_the_code_of_the_result_it_is_not_given_out(
    post: Post,
) -> None:
    code = CodeProof(rotation=1, secret=SECRET)
    with pytest.raises(WrongDeliveryCode):
        rules.deliver(standing(post), by=LAN, receiver=Receiver.OWNER, proof=code)
    other = Post()
    other.accept()
    with pytest.raises(NotForDelivery):
        rules.deliver(standing(other), by=LAN, receiver=Receiver.OWNER, proof=CARD)
    back = result_on_the_way()
    back.tell(MINH, acts.Return(why="refused"))
    with pytest.raises(NotForDelivery):
        rules.deliver(standing(back), by=MINH, receiver=Receiver.OWNER, proof=CARD)
