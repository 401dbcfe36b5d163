"""What was told wrongly is put right by a new event with two names; nothing is changed."""

from collections.abc import Sequence

import pytest
from sqlalchemy.orm import Session

from postal_service import projections
from postal_service.domain import acts
from postal_service.domain.actors import Actor, RoleNeeded
from postal_service.domain.acts import Capacity, Condition, CorrectionKind
from postal_service.domain.custody import State, Trouble
from postal_service.domain.ids import EventId, ItemId, StaffId
from postal_service.ledger import reading
from postal_service.services import corrections, exceptions
from postal_service.services.corrections import NotCorrectable, OwnCorrection, UnknownEvent
from tests.services.in_hand import events, passed, sealed, standing
from tests.services.world import MORNING, World, build


@pytest.fixture
def world(session: Session) -> World:
    return build(session)


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
