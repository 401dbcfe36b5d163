"""What anybody is told of an item's way says what happened, and not more."""

import pytest

from postal_service.domain import acts
from postal_service.domain.actors import Actor
from postal_service.domain.acts import Capacity, CodeProof, Leg, Receiver
from postal_service.domain.ids import UnitCode
from postal_service.domain.public_steps import PublicStep, public_steps
from tests.domain.telling import DESK, LAN, MINH, PAPERS, SECRET, Post, result_on_the_way


def told(post: Post) -> list[PublicStep]:
    events = {each.event.id: each.event for each in post.told}
    return [each.step for each in public_steps(events[each] for each in post.story.applied)]


def deliver(post: Post, by: Actor) -> None:
    proof = CodeProof(rotation=1, secret=SECRET)
    post.tell(
        by,
        acts.Deliver(
            receiver=Receiver.OWNER, proof=proof, counts=PAPERS, condition=acts.Condition.OK
        ),
    )


def test_a_result_brought_to_a_door_was_delivered() -> None:
    post = result_on_the_way()
    deliver(post, MINH)
    assert told(post)[-1] is PublicStep.DELIVERED


def test_a_result_fetched_at_the_counter_was_not_brought() -> None:
    post = result_on_the_way()
    post.pass_on(MINH, LAN, Capacity.COUNTER)
    deliver(post, LAN)
    assert told(post)[-1] is PublicStep.FETCHED
    assert PublicStep.DELIVERED not in told(post)


@pytest.mark.parametrize("capacity", [Capacity.COUNTER, Capacity.COURIER])
def test_what_was_withdrawn_is_given_back_by_whoever_has_it(capacity: Capacity) -> None:
    by = LAN if capacity is Capacity.COUNTER else MINH
    post = Post()
    post.accept(by, Leg.IN, capacity)
    post.seal(by)
    post.tell(by, acts.Cancel(why="withdrawn"))
    proof = acts.CardProof(last4="3456")
    post.tell(
        by,
        acts.Deliver(
            receiver=Receiver.OWNER, proof=proof, counts=PAPERS, condition=acts.Condition.OK
        ),
    )
    assert told(post)[-1] is PublicStep.GIVEN_BACK


def test_old_papers_come_to_the_agency_and_a_result_that_nobody_took_comes_back_to_it() -> None:
    old = Post()
    old.accept(MINH, Leg.RET, Capacity.COURIER)
    old.seal(MINH)
    old.pass_on(MINH, DESK, Capacity.DESK)
    assert told(old) == [PublicStep.ACCEPTED, PublicStep.WITH_AGENCY]

    result = result_on_the_way()
    result.pass_on(MINH, LAN, Capacity.COUNTER)
    result.tell(LAN, acts.Return(why="refused"))
    result.pass_on(LAN, DESK, Capacity.DESK)
    assert told(result)[-2:] == [PublicStep.GOING_BACK, PublicStep.BACK_AT_AGENCY]


def test_what_is_sent_on_says_so() -> None:
    post = result_on_the_way()
    post.pass_on(MINH, LAN, Capacity.COUNTER)
    post.tell(LAN, acts.Forward(destination=UnitCode("po-2"), why="moved"))
    assert told(post)[-1] is PublicStep.FORWARDED
