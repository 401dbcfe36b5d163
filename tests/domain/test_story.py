"""Where an item stands is told from the set of its events, in whatever order they came."""

from dataclasses import replace
from itertools import permutations

import pytest

from postal_service.domain import acts
from postal_service.domain.acts import (
    Capacity,
    CodeProof,
    Condition,
    CorrectionKind,
    Counts,
    Leg,
    Receiver,
    ReservedFor,
)
from postal_service.domain.custody import State, Trouble
from postal_service.domain.ids import EventId
from postal_service.domain.story import tell
from tests.domain.telling import (
    DESK,
    HOA,
    LAN,
    LOCK,
    MINH,
    PAPERS,
    SECRET,
    TUAN,
    Post,
    result_on_the_way,
    stories,
)  # fmt: skip


def delivered(secret: str = SECRET, rotation: int = 1) -> acts.Deliver:
    return acts.Deliver(
        receiver=Receiver.OWNER,
        proof=CodeProof(rotation=rotation, secret=secret),
        counts=PAPERS,
        condition=Condition.OK,
    )


def test_an_item_without_events_is_still_with_the_citizen() -> None:
    assert Post().story.standing is None


def test_a_dossier_goes_from_the_citizen_to_the_agency() -> None:
    post, seen = Post(), []

    def look() -> None:
        standing = post.story.standing
        assert standing is not None
        seen.append(standing.state)

    post.accept()
    look()
    post.seal()
    look()
    post.pass_on(LAN, HOA, Capacity.COUNTER)
    look()
    post.pass_on(HOA, MINH, Capacity.COURIER)
    look()
    post.pass_on(MINH, DESK, Capacity.DESK)
    look()

    assert seen == [
        State.ACCEPTED,
        State.SEALED,
        State.AT_ORIGIN_OFFICE,
        State.WITH_COURIER,
        State.WITH_AGENCY,
    ]


def test_custody_does_not_move_by_an_offer_alone() -> None:
    post = Post()
    post.accept()
    post.seal()
    post.offer(LAN, MINH)

    standing = post.story.standing

    assert standing is not None
    assert standing.holder is not None
    assert standing.holder.staff == LAN.staff
    assert standing.offered is not None
    assert standing.offered.to_staff == MINH.staff


def test_what_nobody_offered_cannot_be_taken() -> None:
    post = Post()
    custody = post.accept()
    post.seal()
    stranger = post.offer(TUAN, MINH)  # Tuan does not hold it
    post.take(MINH, Capacity.COURIER, stranger, parent=custody)

    story = post.story

    assert story.standing is not None
    assert story.standing.custody == custody
    assert len(story.disputed) == 2


def test_what_was_offered_to_one_is_not_another_s_to_take() -> None:
    post = Post()
    custody = post.accept()
    post.seal()
    offer = post.offer(LAN, MINH)
    theirs = post.take(TUAN, Capacity.COURIER, offer, parent=custody)
    mine = post.take(MINH, Capacity.COURIER, offer, parent=custody)

    story = post.story

    assert story.standing is not None
    assert story.standing.custody == mine
    assert (story.disputed, story.conflicts) == ((theirs,), ())


@pytest.mark.parametrize(
    ("again", "is_a_case"),
    [
        (acts.Pack(seal="S2", counts=PAPERS), True),
        (acts.Pack(seal="S2", counts=PAPERS, witness=HOA.staff), True),
        (acts.Pack(seal="S2", counts=PAPERS, witness=LAN.staff, why="torn"), True),
        (acts.Pack(seal="S2", counts=PAPERS, witness=HOA.staff, why="torn"), False),
        (
            acts.Pack(
                seal="S2",
                counts=Counts(originals=0, certified=2, photocopies=3),
                witness=HOA.staff,
                why="torn",
            ),
            True,
        ),
    ],
    ids=["alone", "no reason", "his own witness", "witnessed", "other papers"],
)
def test_a_second_seal_without_a_witness_or_with_other_papers_opens_a_case(
    again: acts.Pack, *, is_a_case: bool
) -> None:
    post = Post()
    post.accept()
    post.seal()
    post.tell(LAN, again)

    standing = post.story.standing

    assert standing is not None
    assert standing.seal == "S2"
    assert (Trouble.SEAL in standing.troubles) is is_a_case


def test_nobody_takes_what_he_offered_himself() -> None:
    post = Post()
    custody = post.accept()
    post.seal()
    offer = post.offer(LAN, LAN)
    taken = post.take(LAN, Capacity.COURIER, offer)

    story = post.story

    assert story.standing is not None
    assert story.standing.custody == custody
    assert story.disputed == (taken,)


def test_an_offer_code_of_somebody_who_does_not_hold_it_moves_nothing() -> None:
    post = Post()
    custody = post.accept()
    post.seal()
    for giver, counts in ((TUAN, False), (LAN, True)):
        offer = post.offer(giver, MINH)
        taken = post.take(MINH, Capacity.COURIER, offer, parent=custody)
        proved = [
            replace(told, offer_proved=told.event.id == taken)
            for told in post.told
            if told.event.id != offer
        ]

        (story,) = stories([proved])

        assert (story.transfers[-1] == taken) is counts


def test_a_hand_over_waits_for_the_offer_it_rests_on() -> None:
    post = Post()
    post.accept()
    post.seal()
    offer = post.offer(LAN, MINH)
    taken = post.take(MINH, Capacity.COURIER, offer)
    without = [told for told in post.told if told.event.id != offer]

    (story,) = stories([without])

    assert story.waiting == (taken,)
    assert post.story.waiting == ()


def test_two_phones_cannot_both_have_it() -> None:
    post = Post()
    custody = post.accept()
    post.seal()
    first, second = post.offer(LAN, MINH), post.offer(LAN, TUAN)
    minh = post.take(MINH, Capacity.COURIER, first, parent=custody)
    tuan = post.take(TUAN, Capacity.COURIER, second, parent=custody)

    for story in stories(permutations(post.told)):
        assert story.transfers == (custody, min(minh, tuan))
        assert story.conflicts == (max(minh, tuan),)


def test_the_order_of_arrival_changes_nothing() -> None:
    post = Post()
    post.accept()
    post.seal()
    post.pass_on(LAN, MINH, Capacity.COURIER)
    post.tell(MINH, acts.Damage(condition=Condition.WET))

    told = stories(permutations(post.told))

    assert all(story == told[0] for story in told)


def test_the_citizens_code_opens_the_delivery() -> None:
    post = result_on_the_way()
    post.tell(MINH, delivered())

    standing = post.story.standing

    assert standing is not None
    assert standing.state is State.DELIVERED
    assert standing.holder is None


@pytest.mark.parametrize(("secret", "rotation"), [("Z" * 26, 1), (SECRET, 2), (SECRET[::-1], 1)])
def test_a_courier_cannot_make_up_a_delivery(secret: str, rotation: int) -> None:
    post = result_on_the_way()
    made_up = post.tell(MINH, delivered(secret, rotation))

    story = post.story

    assert story.disputed == (made_up,)
    assert story.standing is not None
    assert story.standing.holder is not None
    assert story.standing.holder.staff == MINH.staff


PROOFS = [
    CodeProof(rotation=1, secret=SECRET),
    acts.MessageProof(reference="otp-1"),
    acts.CardProof(last4="3456"),
    acts.OverrideProof(witness=HOA.staff),
]


@pytest.mark.parametrize("leg", [Leg.IN, Leg.SUP, Leg.RET, Leg.BAG])
@pytest.mark.parametrize("proof", PROOFS)
def test_nobody_ends_by_a_delivery_what_is_not_for_a_citizen(leg: Leg, proof: acts.Proof) -> None:
    post = Post()
    post.accept(LAN, leg)
    post.seal()
    custody = post.pass_on(LAN, MINH, Capacity.COURIER)
    false = post.tell(MINH, replace(delivered(), proof=proof))

    for story in stories([post.told, post.told[::-1], sorted(post.told, key=lambda t: t.digest)]):
        assert story.disputed == (false,)
        assert story.standing is not None
        assert (story.standing.custody, story.standing.ended) == (custody, False)


@pytest.mark.parametrize("proof", PROOFS)
def test_a_result_is_delivered_by_every_proof(proof: acts.Proof) -> None:
    post = result_on_the_way()
    post.tell(MINH, replace(delivered(), proof=proof))

    story = post.story

    assert story.disputed == ()
    assert story.standing is not None
    assert story.standing.state is State.DELIVERED


@pytest.mark.parametrize("proof", PROOFS)
def test_a_result_that_goes_back_is_delivered_by_its_code_alone(proof: acts.Proof) -> None:
    post = result_on_the_way()
    post.tell(MINH, acts.Return(why="refused"))
    event = post.tell(MINH, replace(delivered(), proof=proof))

    for story in stories([post.told, post.told[::-1]]):
        assert story.standing is not None
        by_code = isinstance(proof, CodeProof)
        assert (story.standing.state is State.DELIVERED) is by_code
        assert story.disputed == (() if by_code else (event,))


def test_the_right_code_of_its_result_does_not_open_what_goes_to_the_agency() -> None:
    post = Post()
    post.tell(
        MINH,
        acts.Accept(
            capacity=Capacity.COURIER, leg=Leg.IN, counts=PAPERS, destination=DESK.unit, lock=LOCK,
            result_item=post.item,
        ),
    )  # fmt: skip
    false = post.tell(MINH, delivered())

    assert post.story.disputed == (false,)


@pytest.mark.parametrize(
    "trouble",
    [acts.Damage(condition=Condition.SEAL_BROKEN), acts.Damage(condition=Condition.TORN),
     acts.Lost(why="?")],
)  # fmt: skip
def test_what_was_delivered_in_trouble_stays_a_case_until_two_staff_settle_it(
    trouble: acts.Act,
) -> None:
    post = result_on_the_way()
    post.tell(MINH, trouble)
    post.tell(MINH, delivered())
    for story in stories([post.told, post.told[::-1]]):
        assert story.standing is not None
        assert (story.standing.state, story.standing.frozen) == (State.DELIVERED, True)

    post.tell(LAN, acts.Clear(witness=HOA.staff, why="asked the citizen", counts=PAPERS))

    for story in stories([post.told, post.told[::-1]]):
        assert story.standing is not None
        assert (story.standing.state, story.standing.frozen) == (State.DELIVERED, False)
        assert story.disputed == ()


def test_nobody_delivers_what_another_carries() -> None:
    post = result_on_the_way()
    stolen = post.tell(TUAN, delivered())

    assert post.story.disputed == (stolen,)


def test_a_new_delivery_code_replaces_the_old_one() -> None:
    post = result_on_the_way()
    post.tell(LAN, acts.Rotate(rotation=2, lock="1" * 64, why="lost slip"))
    old = post.tell(MINH, delivered())

    assert post.story.disputed == (old,)


def test_a_reserved_line_stays_with_the_giver_and_is_frozen() -> None:
    post = Post()
    custody = post.accept()
    post.seal()
    offer = post.offer(LAN, DESK)
    refuse = acts.Refuse(
        offer=post.of(offer).digest, reserved_for=ReservedFor.COUNT, condition=Condition.OK
    )
    post.tell(DESK, refuse)

    for story in stories(permutations(post.told)):
        standing = story.standing
        assert standing is not None
        assert standing.custody == custody
        assert standing.offered is None
        assert standing.troubles == {Trouble.SEAL}


def test_other_counts_at_a_hand_over_open_a_case() -> None:
    post = Post()
    post.accept()
    post.seal()
    fewer = Counts(originals=0, certified=2, photocopies=3)
    post.take(DESK, Capacity.DESK, post.offer(LAN, DESK), counts=fewer)

    standing = post.story.standing

    assert standing is not None
    assert standing.frozen
    assert standing.counts == PAPERS  # what both agreed on last; `clear` tells the new count


def test_another_seal_at_a_hand_over_opens_a_case() -> None:
    post = Post()
    post.accept()
    post.seal()
    post.take(DESK, Capacity.DESK, post.offer(LAN, DESK), seal="S2")

    standing = post.story.standing

    assert standing is not None
    assert standing.troubles == {Trouble.SEAL}


def test_two_staff_settle_a_case() -> None:
    post = result_on_the_way()
    post.tell(MINH, acts.Damage(condition=Condition.SEAL_BROKEN))
    assert (standing := post.story.standing) is not None
    assert standing.frozen

    post.tell(LAN, acts.Clear(witness=HOA.staff, why="counted together", counts=PAPERS))

    assert (standing := post.story.standing) is not None
    assert not standing.frozen


def test_a_lost_item_is_answered_for_until_it_is_found() -> None:
    post = result_on_the_way()
    post.tell(MINH, acts.Lost(why="not in the bag"))
    lost = post.story.standing
    post.tell(LAN, acts.Found(capacity=Capacity.COUNTER, condition=Condition.OK))
    found = post.story.standing

    assert lost is not None
    assert lost.holder is not None
    assert lost.holder.staff == MINH.staff
    assert found is not None
    assert found.holder is not None
    assert found.holder.staff == LAN.staff
    assert not found.frozen


def test_what_is_not_lost_cannot_be_found_away_from_its_holder() -> None:
    post = result_on_the_way()
    grabbed = post.tell(LAN, acts.Found(capacity=Capacity.COUNTER, condition=Condition.OK))

    assert post.story.disputed == (grabbed,)


def test_attempts_are_counted_only_when_the_law_counts_them() -> None:
    post = result_on_the_way()
    post.tell(MINH, acts.Attempt(reason="R01", action="A1", counted=True))
    post.tell(MINH, acts.Attempt(reason="R11", action="A7", counted=False))

    standing = post.story.standing

    assert standing is not None
    assert (standing.attempts, standing.state) == (1, State.UNDELIVERED)


def test_an_undelivered_result_ends_at_its_agency() -> None:
    post = result_on_the_way()
    post.tell(MINH, acts.Attempt(reason="R05", action="A5", counted=False))
    post.tell(MINH, acts.Return(why="refused"))
    post.pass_on(MINH, LAN, Capacity.COUNTER)
    going_back = post.story.standing
    post.pass_on(LAN, DESK, Capacity.DESK)
    returned = post.story.standing

    assert going_back is not None
    assert going_back.state is State.GOING_BACK
    assert returned is not None
    assert returned.state is State.RETURNED
    assert returned.ended


def correction(event: EventId, kind: CorrectionKind, *replacements: EventId) -> acts.Correct:
    return acts.Correct(
        corrects=event, kind=kind, replacements=replacements, maker=LAN.staff, why="wrong item"
    )


def test_what_did_not_occur_no_longer_counts() -> None:
    post = Post()
    custody = post.accept()
    post.seal()
    taken = post.pass_on(LAN, MINH, Capacity.COURIER)
    post.tell(HOA, correction(taken, CorrectionKind.DID_NOT_OCCUR))

    for story in stories(permutations(post.told)):
        assert story.standing is not None
        assert story.standing.custody == custody


def test_a_replacement_stands_where_the_wrong_event_stood() -> None:
    post = Post()
    custody = post.accept()
    post.seal()
    offer = post.offer(LAN, MINH)
    wrong = post.take(MINH, Capacity.COUNTER, offer)
    post.tell(MINH, acts.Damage(condition=Condition.WET))
    right = post.take(MINH, Capacity.COURIER, offer, parent=custody)
    post.tell(HOA, correction(wrong, CorrectionKind.INCORRECT_DATA, right))

    standing = post.story.standing

    assert standing is not None
    assert standing.custody == right
    assert standing.state is State.WITH_COURIER
    assert standing.troubles == {Trouble.DAMAGE}  # what was told of the old custody still holds


def test_the_checker_tells_the_right_reason_in_the_couriers_place() -> None:
    post = result_on_the_way()
    custody = post.custody
    wrong = post.tell(MINH, acts.Attempt(reason="R01", action="A1", counted=True))
    offer = post.offer(MINH, LAN)
    post.take(LAN, Capacity.COUNTER, offer)
    right = acts.Attempt(reason="R03", action="A4", counted=False)
    told = post.tell(TUAN, right, parent=custody)  # the head of another place, who does not hold it
    assert told in post.story.disputed
    post.tell(TUAN, correction(wrong, CorrectionKind.INCORRECT_DATA, told))

    standing = post.story.standing

    assert told in post.story.applied
    assert standing is not None
    assert standing.attempts == 0


def test_nobody_checks_his_own_correction() -> None:
    post = Post()
    post.accept()
    sealed = post.seal()
    own = post.tell(LAN, correction(sealed, CorrectionKind.DID_NOT_OCCUR))

    assert own in post.story.disputed
    assert post.story.standing is not None
    assert post.story.standing.seal == "S1"


def test_a_second_first_custody_is_a_conflict() -> None:
    post = Post()
    first = post.accept()
    second = post.tell(
        TUAN,
        acts.Accept(
            capacity=Capacity.COURIER, leg=Leg.IN, counts=PAPERS, destination=DESK.unit, lock=LOCK
        ),
        parent=EventId(""),
    )

    assert post.story.transfers == (first,)
    assert post.story.conflicts == (second,)


def test_a_first_count_that_differs_from_the_list_is_a_case_in_whatever_order_it_is_heard() -> None:
    listed = Counts(originals=1, certified=0, photocopies=0)
    post = Post()
    post.accept()
    post.seal()
    post.pass_on(LAN, HOA, Capacity.COUNTER)
    first, *rest = post.told
    heard = [replace(first, listed=listed), *rest]
    found = {tell(order).standing for order in permutations(heard)}

    (standing,) = found
    assert standing is not None
    assert (standing.troubles, standing.counts) == (frozenset({Trouble.SEAL}), PAPERS)
    as_listed = tell([replace(first, listed=PAPERS), *rest]).standing
    assert as_listed is not None
    assert not as_listed.troubles
