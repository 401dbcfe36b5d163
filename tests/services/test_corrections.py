"""What was told wrongly is put right by a new event with two names; nothing is changed."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from postal_service import projections
from postal_service.demo.phone_offers import Parcel
from postal_service.domain import acts
from postal_service.domain.actors import Actor, RoleNeeded
from postal_service.domain.acts import (
    Capacity,
    CodeProof,
    Condition,
    CorrectionKind,
    Counts,
    Receiver,
)
from postal_service.domain.attempts import Reason
from postal_service.domain.custody import State, Trouble
from postal_service.domain.custody_rules import WrongDeliveryCode
from postal_service.domain.ids import EventId, ItemId, StaffId
from postal_service.domain.rewriting import Changes, NothingToPutRight, NotOfThisEvent
from postal_service.ledger import reading
from postal_service.projections import timelines, verdicts
from postal_service.services import (
    corrections,
    delivery,
    exceptions,
    handovers,
    sealing,
)
from postal_service.services.corrections import (
    CorrectedAlready,
    NotCorrectable,
    OwnCorrection,
    UnknownEvent,
)
from postal_service.services.recording import SealUsed
from tests.clock import Clock
from tests.services.in_hand import events, in_bag, passed, result, sealed, standing
from tests.services.phones import hand_over, known_phone, upload
from tests.services.world import MORNING, World


def last_event(session: Session, item: ItemId) -> EventId:
    return reading.entries_of(session, item)[-1].event.id


def test_a_hand_over_that_did_not_occur_gives_custody_back(session: Session, world: World) -> None:
    (item,) = sealed(session, world)
    passed(session, world, [item], world.counter, world.courier, Capacity.COURIER)
    count = events(session)

    corrections.correct(
        session, world.keys, last_event(session, item), kind=CorrectionKind.DID_NOT_OCCUR,
        maker=world.counter.staff, why="wrong envelope scanned", by=world.manager, at=MORNING,
    )  # fmt: skip

    found = standing(session, item)
    assert found.holder is not None
    assert found.holder.staff == world.counter.staff
    assert events(session) == count + 1  # added, not taken away


def test_after_a_hand_over_that_did_not_occur_the_next_giver_is_who_really_held_it(
    session: Session, world: World
) -> None:
    (item,) = sealed(session, world)
    passed(session, world, [item], world.counter, world.courier, Capacity.COURIER)
    corrections.correct(
        session, world.keys, last_event(session, item), kind=CorrectionKind.DID_NOT_OCCUR,
        maker=world.counter.staff, why="wrong envelope scanned", by=world.manager, at=MORNING,
    )  # fmt: skip
    offered = standing(session, item).offered
    assert offered is not None  # it stands again, and is taken back
    handovers.withdraw(session, world.keys, offered.batch, why="", by=world.counter, at=MORNING)
    passed(session, world, [item], world.counter, world.desk_clerk, Capacity.DESK)
    passed(session, world, [item], world.desk_clerk, world.courier, Capacity.COURIER)

    moved = [each for each in timelines.of_item(session, item) if each.moves_custody]

    counter, desk, courier = world.counter.staff, world.desk_clerk.staff, world.courier.staff
    assert [
        (each.giver and each.giver.staff, each.taker and each.taker.staff, each.counts)
        for each in moved
    ] == [
        (None, counter, True),
        (counter, courier, False),
        (counter, desk, True),
        (desk, courier, True),
    ]


def test_wrong_data_is_replaced(session: Session, world: World) -> None:
    (item,) = sealed(session, world)
    exceptions.report_damage(
        session, world.keys, item, condition=Condition.SEAL_BROKEN, why="", by=world.counter,
        at=MORNING,
    )  # fmt: skip
    corrections.correct(
        session, world.keys, last_event(session, item), kind=CorrectionKind.INCORRECT_DATA,
        replacements=[acts.Damage(condition=Condition.WET)], maker=world.counter.staff,
        why="the seal is whole", by=world.manager, at=MORNING,
    )  # fmt: skip

    assert standing(session, item).troubles == {Trouble.DAMAGE}


def test_a_seal_typed_wrongly_is_put_right_and_the_serial_is_free_again(
    session: Session, world: World
) -> None:
    first, second = sealed(session, world, 2)
    wrong = standing(session, first).seal
    corrections.rewrite(
        session, world.keys, last_event(session, first), Changes(seal="NP-RIGHT"),
        maker=world.counter.staff, why="a digit", by=world.manager, at=MORNING,
    )  # fmt: skip

    assert standing(session, first).seal == "NP-RIGHT"
    sealing.free(session, wrong)  # it was never put on anything
    with pytest.raises(SealUsed):
        corrections.rewrite(
            session, world.keys, last_event(session, second), Changes(seal="NP-RIGHT"),
            maker=world.counter.staff, why="", by=world.manager, at=MORNING,
        )  # fmt: skip


def test_wrong_counts_are_put_right_and_the_clerk_still_holds_the_item(
    session: Session, world: World
) -> None:
    (item,) = sealed(session, world)
    before = standing(session, item)
    accepting = corrections.told_of(session, item)[0]
    right = Counts(originals=2, certified=1, photocopies=0)
    corrections.rewrite(
        session, world.keys, accepting, Changes(counts=right), maker=world.counter.staff,
        why="one original lay under the other", by=world.manager, at=MORNING,
    )  # fmt: skip

    after = standing(session, item)

    assert after.counts == right
    assert after.holder == before.holder
    assert projections.rebuild(session) == 1
    assert standing(session, item) == after
    moments = timelines.of_item(session, item)
    (wrong,) = [each for each in moments if each.corrected]
    (instead,) = [each for each in moments if each.instead_of is not None]
    assert instead.instead_of == wrong.index
    assert instead.taker == wrong.taker  # whoever took it, not whoever signs the correction


def test_a_wrong_reason_put_right_no_longer_counts_as_an_attempt(
    session: Session, world: World
) -> None:
    item, _ = result(session, world)
    wrong = delivery.attempt(session, world.keys, item, reason="R01", by=world.counter, at=MORNING)
    corrections.rewrite(
        session, world.keys, wrong, Changes(reason=Reason.BAD_ADDRESS),
        maker=world.counter.staff, why="", by=world.manager, at=MORNING + timedelta(days=2),
    )  # fmt: skip

    (tried,) = delivery.history(session, item).attempts

    assert tried.reason is Reason.BAD_ADDRESS
    assert tried.on == MORNING.date()  # when the door was tried, not when it was put right
    assert standing(session, item).attempts == 0


def test_what_was_corrected_is_not_corrected_again_but_what_stands_instead_can_be(
    session: Session, world: World
) -> None:
    (item,) = sealed(session, world)
    wrong = last_event(session, item)

    def put_right(event: EventId, seal: str) -> corrections.Corrected:
        return corrections.rewrite(
            session, world.keys, event, Changes(seal=seal), maker=world.counter.staff, why="",
            by=world.manager, at=MORNING,
        )  # fmt: skip

    (instead,) = put_right(wrong, "NP-2").replacements
    before = events(session)
    with pytest.raises(CorrectedAlready):
        put_right(wrong, "NP-3")
    assert events(session) == before
    put_right(instead, "NP-4")

    assert standing(session, item).seal == "NP-4"


def test_who_and_what_does_not_put_data_right(session: Session, world: World) -> None:
    (item,) = sealed(session, world)
    event = last_event(session, item)
    before = events(session)

    def put_right(wrong: EventId, changes: Changes, maker: StaffId, by: Actor) -> None:
        corrections.rewrite(
            session, world.keys, wrong, changes, maker=maker, why="", by=by, at=MORNING
        )

    maker, seal = world.counter.staff, Changes(seal="NP-2")
    with pytest.raises(RoleNeeded):
        put_right(event, seal, maker, world.second_counter)
    with pytest.raises(OwnCorrection):
        put_right(event, seal, world.manager.staff, world.manager)
    with pytest.raises(UnknownEvent):
        put_right(EventId("nothing"), seal, maker, world.manager)
    with pytest.raises(NotOfThisEvent):
        put_right(event, Changes(run="XE-1"), maker, world.manager)
    with pytest.raises(NothingToPutRight):
        put_right(event, Changes(), maker, world.manager)
    assert events(session) == before


def test_rebuilding_gives_the_same_after_a_correction(session: Session, world: World) -> None:
    moved = sealed(session, world, 3)
    passed(session, world, moved, world.counter, world.courier, Capacity.COURIER)
    corrections.correct(
        session, world.keys, last_event(session, moved[1]), kind=CorrectionKind.DID_NOT_OCCUR,
        maker=world.counter.staff, why="", by=world.manager, at=MORNING,
    )  # fmt: skip
    before = [standing(session, item) for item in moved]

    assert projections.rebuild(session) == 3

    assert [standing(session, item) for item in moved] == before
    assert before[0].state is State.WITH_COURIER


def renewed(session: Session, world: World, item: ItemId) -> CodeProof:
    """The citizen reports his slip as stolen, and gets a new code."""
    code = delivery.renew_code(
        session, world.keys, item, why="stolen", by=world.counter, at=MORNING
    )
    return CodeProof(rotation=code.rotation, secret=code.secret)


def deliver(session: Session, world: World, item: ItemId, proof: CodeProof) -> None:
    delivery.deliver(
        session, world.keys, item, receiver=Receiver.OWNER, proof=proof, by=world.counter,
        at=MORNING,
    )  # fmt: skip


def test_a_stolen_code_does_not_open_again_when_the_hand_over_before_its_end_did_not_occur(
    session: Session, world: World
) -> None:
    item, stolen = result(session, world)
    passed(session, world, [item], world.counter, world.courier, Capacity.COURIER)
    wrong = last_event(session, item)
    new = renewed(session, world, item)
    corrections.correct(
        session, world.keys, wrong, kind=CorrectionKind.DID_NOT_OCCUR, maker=world.counter.staff,
        why="wrong courier", by=world.manager, at=MORNING,
    )  # fmt: skip

    found = standing(session, item)
    assert found.rotation == new.rotation
    assert verdicts.of_item(session, item) == []
    with pytest.raises(WrongDeliveryCode):
        deliver(session, world, item, CodeProof(rotation=stolen.rotation, secret=stolen.secret))
    projections.rebuild(session)
    assert standing(session, item) == found
    newest = renewed(session, world, item)
    with pytest.raises(WrongDeliveryCode):
        deliver(session, world, item, new)
    deliver(session, world, item, newest)
    assert standing(session, item).state is State.DELIVERED


def test_a_stolen_code_does_not_open_again_when_a_late_hand_over_wins(
    session: Session, world: World, clock: Clock
) -> None:
    item, _ = in_bag(session, world)
    giver = known_phone(session, world.courier, clock, item)
    taker = known_phone(session, world.far_courier, clock)
    lying = standing(session, item)
    parcel = Parcel(item=item, seal=lying.seal, counts=lying.counts)
    (late,) = hand_over(giver, taker, [parcel])  # on the road, and not heard yet
    giver.tell(item, acts.Postpone(why=""))
    upload(session, giver, giver.outbox)  # whose phone it is, the ledger knows
    passed(session, world, [item], world.courier, world.counter, Capacity.COUNTER)
    lost = last_event(session, item)
    new = renewed(session, world, item)

    upload(session, taker, taker.outbox)

    found = standing(session, item)
    assert (found.custody, found.rotation) == (late, new.rotation)
    assert {each.event: each.verdict for each in verdicts.of_item(session, item)} == {
        lost: "conflict"
    }
    projections.rebuild(session)
    assert standing(session, item) == found


def test_who_may_not_correct(session: Session, world: World) -> None:
    (item,) = sealed(session, world)
    event = last_event(session, item)

    def correct(
        wrong: EventId, maker: StaffId, by: Actor, replacements: Sequence[acts.Act] = ()
    ) -> None:
        corrections.correct(
            session, world.keys, wrong, kind=CorrectionKind.DID_NOT_OCCUR,
            replacements=replacements, maker=maker, why="", by=by, at=MORNING,
        )  # fmt: skip

    maker = world.counter.staff
    with pytest.raises(RoleNeeded):
        correct(event, maker, world.second_counter)
    with pytest.raises(OwnCorrection):
        correct(event, world.manager.staff, world.manager)
    with pytest.raises(UnknownEvent):
        correct(EventId("nothing"), maker, world.manager)
    with pytest.raises(NotCorrectable):
        correct(event, maker, world.manager, [acts.Damage(condition=Condition.WET)])
