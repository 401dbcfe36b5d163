"""What a phone says of its office's counter, what was told under a custody that fell away, and what came in too late."""

from dataclasses import replace
from itertools import permutations

import pytest

from postal_service.domain import acts
from postal_service.domain.acts import (
    Act,
    Capacity,
    CodeProof,
    Condition,
    CorrectionKind,
    Counts,
    Receiver,
    ReservedFor,
)
from postal_service.domain.codes import delivery_lock
from postal_service.domain.crockford import Token
from postal_service.domain.custody import Standing, State, Trouble
from postal_service.domain.ids import EventId
from postal_service.domain.story import Story, tell
from tests.domain.telling import (
    HOA,
    ITEM,
    LAN,
    MINH,
    PAPERS,
    SECRET,
    TUAN,
    Post,
    result_at_the_counter,
    result_on_the_way,
    stories,
)  # fmt: skip

DAY_MS = 86_400_000
NEW_SECRET = SECRET[::-1]


def delivered(secret: str = SECRET, rotation: int = 1) -> acts.Deliver:
    return acts.Deliver(
        receiver=Receiver.OWNER,
        proof=CodeProof(rotation=rotation, secret=secret),
        counts=PAPERS,
        condition=Condition.OK,
    )


def renewed(secret: str = NEW_SECRET, rotation: int = 2) -> acts.Rotate:
    lock = delivery_lock(ITEM, rotation=rotation, secret=Token(secret))
    return acts.Rotate(rotation=rotation, lock=lock, why="stolen slip")


def did_not_occur(event: EventId) -> acts.Correct:
    return acts.Correct(
        corrects=event, kind=CorrectionKind.DID_NOT_OCCUR, replacements=(), maker=LAN.staff,
        why="wrong envelope",
    )  # fmt: skip


def the_story(post: Post) -> Story:
    """What every order of the same events tells."""
    told = stories([post.told, post.told[::-1], sorted(post.told, key=lambda each: each.digest)])
    assert all(story == told[0] for story in told)
    return told[0]


def standing_of(post: Post) -> Standing:
    standing = the_story(post).standing
    assert standing is not None
    return standing


# --- A courier's phone is behind no counter ----------------------------------------------------


@pytest.mark.parametrize(
    "act",
    [
        delivered(),
        replace(delivered(), proof=acts.CardProof(last4="3456")),
        acts.Attempt(reason="R01", action="A1", counted=True),
        acts.Attempt(reason="R05", action="A5", counted=False),
        acts.Damage(condition=Condition.WET),
        acts.Lost(why="?"),
        acts.Pack(seal="S2", counts=PAPERS),
        acts.Arrive(),
        acts.Postpone(why="flood"),
    ],
)
def test_a_couriers_phone_says_nothing_of_what_lies_at_his_offices_counter(act: Act) -> None:
    post = result_at_the_counter()
    before = post.story.standing
    said = post.tell(MINH, act, of_phone=True)

    story = the_story(post)

    assert (story.disputed, story.standing) == ((said,), before)


def test_what_was_not_handed_to_him_no_courier_puts_out_for_a_colleague() -> None:
    post = result_at_the_counter()
    custody = post.custody
    offer = post.offer(MINH, TUAN, of_phone=True)
    taken = post.take(TUAN, Capacity.COURIER, offer, parent=custody)

    assert the_story(post).disputed == (offer, taken)

    proved = [
        replace(told, offer_proved=told.event.id == taken)
        for told in post.told
        if told.event.id != offer
    ]  # the same by a code on his phone's screen
    (story,) = stories([proved])
    assert story.disputed == (taken,)
    assert story.standing is not None
    assert story.standing.custody == custody


def test_any_clerk_of_the_counter_and_whoever_took_it_over_there_speak_for_it() -> None:
    post = result_at_the_counter()
    post.tell(HOA, acts.Damage(condition=Condition.WET))  # on duty, with the office's key
    post.tell(LAN, acts.Postpone(why="flood"), of_phone=True)  # hers, and she is a courier too

    assert the_story(post).disputed == ()
    assert standing_of(post).troubles == {Trouble.DAMAGE, Trouble.POSTPONED}


# --- Codes told under a custody that fell away -------------------------------------------------


def handed_to_the_wrong_one() -> tuple[Post, EventId]:
    """Minh is told to have it while its citizen gets a new code."""
    post = result_at_the_counter()
    wrong = post.pass_on(LAN, MINH, Capacity.COURIER)
    post.tell(LAN, renewed())
    return post, wrong


def test_a_code_given_up_stays_given_up_when_the_hand_over_before_it_did_not_occur() -> None:
    post, wrong = handed_to_the_wrong_one()
    post.tell(HOA, did_not_occur(wrong))

    story = the_story(post)

    assert standing_of(post).rotation == 2
    assert story.waiting == ()
    old = post.tell(LAN, delivered())
    assert old in the_story(post).disputed
    post.tell(LAN, delivered(NEW_SECRET, 2))
    assert standing_of(post).state is State.DELIVERED


def test_codes_of_two_custodies_that_fell_away_count_in_the_order_of_their_numbers() -> None:
    post, wrong = handed_to_the_wrong_one()
    post.pass_on(MINH, TUAN, Capacity.COURIER)
    post.tell(LAN, renewed("A" * 26, 3))
    post.tell(HOA, did_not_occur(wrong))

    assert standing_of(post).rotation == 3
    post.tell(LAN, delivered("A" * 26, 3))
    assert standing_of(post).state is State.DELIVERED


def test_a_code_given_up_stays_given_up_when_a_late_hand_over_wins() -> None:
    post = result_at_the_counter()
    custody = post.custody
    to_tuan, to_minh = post.offer(LAN, TUAN), post.offer(LAN, MINH)
    late = post.take(TUAN, Capacity.COURIER, to_tuan, parent=custody)  # signed first, heard last
    taken = post.take(MINH, Capacity.COURIER, to_minh, parent=custody)
    post.tell(LAN, renewed(), parent=taken)

    story = the_story(post)

    assert (story.conflicts, story.waiting) == ((taken,), ())
    assert standing_of(post).rotation == 2
    old = post.tell(TUAN, delivered(), parent=late)
    new = post.tell(TUAN, delivered(NEW_SECRET, 2), parent=late)
    assert the_story(post).disputed == (old,)
    assert the_story(post).transfers[-1] == new


def test_a_code_told_under_what_is_disputed_now_opens_the_item_where_it_is() -> None:
    post = result_at_the_counter()
    custody = post.custody
    taken = post.take(TUAN, Capacity.COURIER, post.offer(MINH, TUAN, of_phone=True), parent=custody)
    post.tell(LAN, renewed(), parent=taken)

    assert standing_of(post).rotation == 2
    post.tell(LAN, delivered(NEW_SECRET, 2), parent=custody)
    assert standing_of(post).state is State.DELIVERED


def test_a_new_code_that_did_not_occur_leaves_the_old_one() -> None:
    post, wrong = handed_to_the_wrong_one()
    rotated = post.told[-1].event.id
    post.tell(HOA, did_not_occur(rotated))
    post.tell(HOA, did_not_occur(wrong))

    assert standing_of(post).rotation == 1


def test_a_delivery_by_its_code_of_then_is_not_undone_by_a_code_told_beside_it() -> None:
    post = result_on_the_way()
    custody = post.custody
    offer = post.offer(MINH, LAN)
    given = post.tell(MINH, delivered())  # his phone tells of it late
    taken = post.take(LAN, Capacity.COUNTER, offer, parent=custody)
    post.tell(LAN, renewed(), parent=taken)

    story = the_story(post)

    assert (story.transfers[-1], story.conflicts) == (given, (taken,))


# --- Settled is what was there -----------------------------------------------------------------


def settled() -> acts.Clear:
    return acts.Clear(witness=HOA.staff, why="counted together", counts=PAPERS)


@pytest.mark.parametrize(
    "trouble",
    [
        acts.Damage(condition=Condition.SEAL_BROKEN),
        acts.Lost(why="?"),
        acts.Pack(seal="S2", counts=PAPERS),
    ],
)
def test_a_phone_whose_clock_is_fast_freezes_nothing_for_good(trouble: Act) -> None:
    post = result_on_the_way()
    post.tell(MINH, trouble, wall_ms=post.clock_ms + DAY_MS, of_phone=True)
    assert standing_of(post).frozen
    post.tell(LAN, settled())

    standing = standing_of(post)

    assert (standing.frozen, standing.condition) == (False, Condition.OK)


def test_a_refusal_by_a_fast_phone_is_settled_too() -> None:
    post = result_at_the_counter()
    offer = post.offer(LAN, MINH)
    refused = acts.Refuse(
        offer=post.of(offer).digest, reserved_for=ReservedFor.COUNT, condition=Condition.OK
    )
    post.tell(MINH, refused, wall_ms=post.clock_ms + DAY_MS, of_phone=True)
    assert standing_of(post).frozen
    post.tell(LAN, settled())

    assert not standing_of(post).frozen


def test_two_staff_settle_nothing_that_came_in_later() -> None:
    post = result_on_the_way()
    post.tell(MINH, acts.Damage(condition=Condition.SEAL_BROKEN))
    early_ms = post.clock_ms
    post.tell(LAN, settled())
    post.tell(MINH, acts.Damage(condition=Condition.WET), wall_ms=early_ms, of_phone=True)

    standing = standing_of(post)

    assert (standing.troubles, standing.condition) == (frozenset({Trouble.DAMAGE}), Condition.WET)
    post.tell(LAN, settled())
    assert not standing_of(post).frozen


def test_what_is_told_late_of_a_custody_before_is_not_settled_by_who_could_not_know_it() -> None:
    post = result_on_the_way()
    minhs, early_ms = post.custody, post.clock_ms
    post.pass_on(MINH, LAN, Capacity.COUNTER)
    post.tell(LAN, acts.Damage(condition=Condition.SEAL_BROKEN))
    post.tell(LAN, settled())
    post.tell(MINH, acts.Damage(condition=Condition.WET), parent=minhs, wall_ms=early_ms)

    assert standing_of(post).troubles == {Trouble.DAMAGE}


def test_what_puts_a_settled_damage_right_is_settled_with_it() -> None:
    post = result_on_the_way()
    custody = post.custody
    wrong = post.tell(MINH, acts.Damage(condition=Condition.SEAL_BROKEN))
    post.tell(LAN, settled())
    right = post.tell(HOA, acts.Damage(condition=Condition.WET), parent=custody)
    act = acts.Correct(
        corrects=wrong, kind=CorrectionKind.INCORRECT_DATA, replacements=(right,), maker=LAN.staff,
        why="wet, not broken",
    )  # fmt: skip
    post.tell(HOA, act)

    assert not standing_of(post).frozen


def test_settled_counts_stand_in_whatever_order_they_are_heard() -> None:
    fewer = Counts(originals=0, certified=2, photocopies=3)
    post = Post()
    post.accept()
    post.seal()
    post.tell(LAN, acts.Damage(condition=Condition.TORN))
    post.tell(LAN, replace(settled(), counts=fewer))
    post.tell(MINH, acts.Damage(condition=Condition.WET), of_phone=True)  # he never had it

    found = {tell(order).standing for order in permutations(post.told)}

    (standing,) = found
    assert standing is not None
    assert (standing.frozen, standing.counts) == (False, fewer)
