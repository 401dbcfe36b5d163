"""Where an item stands once it came back from a door in vain, or was lost and turned up."""

import pytest

from postal_service.domain import acts
from postal_service.domain import custody_rules as rules
from postal_service.domain.actors import Actor
from postal_service.domain.acts import Capacity, Condition, Leg
from postal_service.domain.attempts import REASONS, Reason, counts
from postal_service.domain.custody import Standing, State, Trouble
from postal_service.domain.custody_rules import NothingToClear
from postal_service.domain.ids import ItemId
from tests.domain.telling import (
    DESK,
    HOA,
    LAN,
    MINH,
    PAPERS,
    TUAN,
    Post,
    result_on_the_way,
    stories,
)


def standing(post: Post) -> Standing:
    found = post.story.standing
    assert found is not None
    return found


def failed(post: Post, reason: Reason) -> None:
    action = REASONS[reason].default_action
    post.tell(MINH, acts.Attempt(reason=reason, action=action, counted=counts(reason)))


def turned_up(post: Post, by: Actor, capacity: Capacity) -> Standing:
    """Its holder cannot find it, and somebody does."""
    holder = standing(post).holder
    assert holder is not None
    post.tell(DESK if holder.staff == DESK.staff else MINH, acts.Lost(why="not in the stack"))
    post.tell(by, acts.Found(capacity=capacity, condition=Condition.OK))
    return standing(post)


@pytest.mark.parametrize("reason", Reason)
def test_what_comes_back_from_a_door_in_vain_is_undelivered_whatever_counts(reason: Reason) -> None:
    post = result_on_the_way()
    failed(post, reason)
    post.pass_on(MINH, LAN, Capacity.COUNTER)

    back = standing(post)
    assert (back.state, back.attempts) == (State.UNDELIVERED, int(counts(reason)))
    assert all(story.standing == back for story in stories([post.told[::-1], post.told * 2]))

    post.pass_on(LAN, MINH, Capacity.COURIER)
    assert standing(post).state is State.WITH_COURIER  # to be tried again
    post.pass_on(MINH, LAN, Capacity.COUNTER)
    assert standing(post).state is State.UNDELIVERED


def test_what_comes_back_without_a_try_is_not_undelivered() -> None:
    post = result_on_the_way()
    post.pass_on(MINH, LAN, Capacity.COUNTER)

    assert (standing(post).state, standing(post).tried) == (State.AT_ORIGIN_OFFICE, False)


def test_a_try_that_did_not_occur_leaves_no_trace() -> None:
    post = result_on_the_way()
    wrong = post.tell(MINH, acts.Attempt(reason="R07", action="A2", counted=False))
    post.pass_on(MINH, LAN, Capacity.COUNTER)
    kind = acts.CorrectionKind.DID_NOT_OCCUR
    why = "another item"
    act = acts.Correct(corrects=wrong, kind=kind, replacements=(), maker=MINH.staff, why=why)
    post.tell(HOA, act)

    assert (standing(post).state, standing(post).tried) == (State.AT_ORIGIN_OFFICE, False)


def test_what_was_sent_on_after_a_try_lies_at_the_office_it_arrived_at() -> None:
    post = result_on_the_way()
    failed(post, Reason.MISSENT)
    post.pass_on(MINH, LAN, Capacity.COUNTER)
    post.tell(LAN, acts.Bag(bag=ItemId("BT000000005VN")))
    post.tell(LAN, acts.Arrive())

    assert standing(post).state is State.AT_DESTINATION_OFFICE


@pytest.mark.parametrize(
    ("leg", "state"),
    [
        (Leg.IN, State.WITH_AGENCY),
        (Leg.SUP, State.WITH_AGENCY),
        (Leg.OUT, State.RESULT_AT_AGENCY),
    ],
)
def test_what_a_desk_lost_and_found_is_at_the_desk(leg: Leg, state: State) -> None:
    post = Post()
    post.accept(LAN, leg)
    post.seal()
    post.pass_on(LAN, DESK, Capacity.DESK)
    assert standing(post).state is state

    found = turned_up(post, DESK, Capacity.DESK)

    assert (found.state, found.troubles) == (state, frozenset())
    assert found.holder is not None
    assert (found.holder.staff, found.holder.capacity) == (DESK.staff, Capacity.DESK)


@pytest.mark.parametrize(
    ("by", "capacity"),
    [(LAN, Capacity.COUNTER), (TUAN, Capacity.COURIER), (DESK, Capacity.DESK)],
)
def test_what_goes_back_goes_back_wherever_it_is_found(by: Actor, capacity: Capacity) -> None:
    post = result_on_the_way()
    failed(post, Reason.REFUSED)
    post.tell(MINH, acts.Return(why="refused"))

    assert turned_up(post, by, capacity).state is State.GOING_BACK


@pytest.mark.parametrize(
    ("by", "capacity", "tried", "state"),
    [
        (LAN, Capacity.COUNTER, False, State.AT_DESTINATION_OFFICE),
        (LAN, Capacity.COUNTER, True, State.UNDELIVERED),
        (TUAN, Capacity.COURIER, True, State.WITH_COURIER),
        (DESK, Capacity.DESK, True, State.RESULT_AT_AGENCY),
    ],
)
def test_what_a_courier_lost_is_where_its_finder_is(
    by: Actor, capacity: Capacity, tried: bool, state: State
) -> None:
    post = result_on_the_way()
    if tried:
        failed(post, Reason.WILL_COLLECT)

    assert turned_up(post, by, capacity).state is state


def test_only_what_froze_an_item_is_settled_by_two() -> None:
    post = Post()
    post.accept()
    post.seal()
    post.tell(LAN, acts.Postpone(why="flood"))
    post.tell(LAN, acts.Cancel(why="withdrawn"))
    waits = {Trouble.POSTPONED, Trouble.CANCELLED}
    with pytest.raises(NothingToClear):
        rules.clear(standing(post), by=LAN, witness=HOA.staff, why="", counts=PAPERS)

    post.tell(LAN, acts.Damage(condition=Condition.WET))
    assert standing(post).troubles == {Trouble.DAMAGE, *waits}
    post.tell(LAN, rules.clear(standing(post), by=LAN, witness=HOA.staff, why="", counts=PAPERS))

    assert standing(post).troubles == waits
