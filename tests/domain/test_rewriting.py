"""Wrong data is put right where it was told: the hands, the place and the time stay."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal_service.domain import acts
from postal_service.domain.acts import Capacity, Condition, CorrectionKind, Counts, Leg
from postal_service.domain.attempts import REASONS, Reason
from postal_service.domain.custody import State
from postal_service.domain.ids import DeviceId, EventId
from postal_service.domain.rewriting import (
    Changes,
    NothingToPutRight,
    NotOfThisEvent,
    fields_of,
    rewritten,
)
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

FOUR = Counts(originals=2, certified=2, photocopies=0)


def put_right(post: Post, wrong: EventId, changes: Changes) -> EventId:
    """The head of another place, who holds nothing here, tells what should have been told."""
    target = post.of(wrong).event
    right = post.tell(TUAN, rewritten(target.act, changes), parent=target.parent)
    post.tell(
        TUAN,
        acts.Correct(
            corrects=wrong, kind=CorrectionKind.INCORRECT_DATA, replacements=(right,),
            maker=LAN.staff, why="typed wrongly",
        ),
        parent=post.custody,
    )  # fmt: skip
    return right


def test_counts_put_right_leave_the_first_holder_and_his_time() -> None:
    post = Post()
    first = post.accept(LAN)
    post.seal(LAN)
    before = post.story.standing
    put_right(post, first, Changes(counts=FOUR))

    after = post.story.standing

    assert before is not None
    assert after is not None
    assert after.counts == FOUR
    assert (after.holder, after.since_ms, after.seal) == (before.holder, before.since_ms, "S1")


def test_a_hand_over_put_right_is_still_the_receivers_and_what_follows_still_follows() -> None:
    post = Post()
    post.accept(LAN)
    post.seal(LAN)
    taken = post.take(MINH, Capacity.COURIER, post.offer(LAN, MINH), seal="S7")
    post.pass_on(MINH, DESK, Capacity.DESK)
    assert post.story.standing is not None
    assert post.story.standing.troubles  # another seal than the one that was put on
    put_right(post, taken, Changes(seal="S1"))

    for story in stories([post.told, post.told[::-1]]):
        assert story.standing is not None
        assert story.standing.state is State.WITH_AGENCY
        assert story.standing.holder is not None
        assert story.standing.holder.staff == DESK.staff
        assert not story.standing.troubles
        assert story.disputed == story.conflicts == ()


def test_a_reason_put_right_days_later_still_stands_before_what_followed_it() -> None:
    post = result_on_the_way()
    wrong = post.tell(MINH, acts.Attempt(reason="R01", action="A1", counted=True))
    post.tell(MINH, acts.Hold(until="2026-12-08"))
    post.clock_ms += 3 * 86_400_000
    put_right(post, wrong, Changes(reason=Reason.BAD_ADDRESS))

    standing = post.story.standing

    assert standing is not None
    assert standing.attempts == 0
    assert standing.state is State.HELD


def test_what_put_right_something_can_be_put_right_in_its_turn() -> None:
    post = Post()
    first = post.accept(LAN)
    post.seal(LAN)
    post.pass_on(LAN, HOA, Capacity.COUNTER)
    second = put_right(post, first, Changes(counts=FOUR))
    put_right(post, second, Changes(counts=PAPERS))

    for story in stories([post.told, post.told[::-1]]):
        assert story.standing is not None
        assert story.standing.counts == PAPERS
        assert story.standing.holder is not None
        assert story.standing.holder.staff == HOA.staff


def test_two_corrections_that_point_at_each_other_do_not_hang() -> None:
    post = Post()
    first = post.accept(LAN)
    second = post.tell(HOA, post.of(first).event.act, parent=EventId(""))
    for wrong, right in ((first, second), (second, first)):
        post.tell(
            HOA,
            acts.Correct(
                corrects=wrong, kind=CorrectionKind.INCORRECT_DATA, replacements=(right,),
                maker=LAN.staff, why="",
            ),
        )  # fmt: skip

    assert post.story.standing is None


def test_nothing_is_put_right_that_is_right() -> None:
    with pytest.raises(NothingToPutRight):
        rewritten(acts.Pack(seal="S1", counts=PAPERS), Changes())
    with pytest.raises(NothingToPutRight):
        rewritten(acts.Pack(seal="S1", counts=PAPERS), Changes(seal="S1"))
    told = acts.Attempt(reason="R01", action="A2", counted=True)
    with pytest.raises(NothingToPutRight):
        rewritten(told, Changes(reason=Reason.ABSENT))


def test_what_an_event_does_not_tell_or_another_signed_is_not_put_right() -> None:
    with pytest.raises(NotOfThisEvent):
        rewritten(acts.Pack(seal="S1", counts=PAPERS), Changes(until=date(2026, 12, 8)))
    with pytest.raises(NotOfThisEvent):
        rewritten(acts.Arrive(), Changes(why="x"))
    handed = acts.Handover(
        capacity=Capacity.COURIER, counts=PAPERS, condition=Condition.OK, seal="S1",
        giver=DeviceId("AAAAAAAA"), offer="0" * 64, offer_signature="", offer_code="QkcK",
    )  # fmt: skip
    with pytest.raises(NotOfThisEvent):
        rewritten(handed, Changes(seal="S2"))
    assert rewritten(handed, Changes(condition=Condition.WET)) == replace(
        handed, condition=Condition.WET
    )
    bag = acts.Accept(capacity=Capacity.COUNTER, leg=Leg.BAG, counts=PAPERS, destination=DESK.unit)
    assert fields_of(bag) == ()
    typed = replace(handed, offer_code="")
    assert fields_of(typed) == ("seal", "counts", "condition")
    assert fields_of(typed, of_bag=True) == ("seal", "condition")


@given(st.sampled_from(Reason))
def test_a_reason_brings_its_own_action_and_counting(reason: Reason) -> None:
    told = acts.Attempt(reason="R99", action="A9", counted=False)

    right = rewritten(told, Changes(reason=reason))

    assert isinstance(right, acts.Attempt)
    assert right.action == REASONS[reason].default_action
