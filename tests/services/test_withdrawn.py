"""A citizen withdraws while the post has the papers: nobody carries them on, and he gets them back."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from postal_service import projections
from postal_service.domain.acts import (
    Capacity,
    CardProof,
    Counts,
    Receiver,
    ReservedFor,
)
from postal_service.domain.custody import State, Trouble
from postal_service.domain.custody_rules import NotForDelivery, Withdrawn
from postal_service.domain.identity import Entitlement
from postal_service.domain.ids import ItemId
from postal_service.domain.standing import Administrative
from postal_service.projections import comparing
from postal_service.services import administrative, counter_delivery, dossiers, handovers
from postal_service.services.counter_delivery import StillDue
from postal_service.services.handovers import Reservation
from postal_service.services.reception import Received
from tests.services import journeys
from tests.services import world as w
from tests.services.in_hand import events, standing
from tests.services.registrations import SERVICE, register, registration
from tests.services.world import World

NOTHING = Counts(originals=0, certified=0, photocopies=0)
LATER = w.MORNING + timedelta(hours=1)


def posted(session: Session, world: World) -> tuple[Received, ItemId]:
    """A dossier sealed at the counter."""
    made = register(session, world, registration(session), at=w.MORNING)
    assert made.item is not None
    journeys.seal(session, world, made.item, by=world.counter, at=w.MORNING)
    return made, made.item


def withdraw(session: Session, world: World, made: Received) -> None:
    administrative.withdraw(
        session, world.keys, made.dossier, why="Đổi ý", by=world.counter, at=LATER
    )


def give_back(session: Session, world: World, item: ItemId, recovered: Counts = NOTHING) -> None:
    counter_delivery.deliver(
        session, world.keys, item, entitlement=Entitlement(receiver=Receiver.OWNER),
        proof=CardProof(last4="3456"), recovered=recovered, service=SERVICE, by=world.manager,
        at=LATER,
    )  # fmt: skip


def test_what_is_withdrawn_is_not_offered_to_the_agency(session: Session, world: World) -> None:
    made, item = posted(session, world)
    withdraw(session, world, made)
    before = events(session)

    with pytest.raises(Withdrawn):
        handovers.offer(
            session, world.keys, [item], to_unit=w.DESK, by=world.counter, at=LATER
        )  # fmt: skip
    assert events(session) == before
    handovers.offer(
        session, world.keys, [item], to_unit=w.FAR_OFFICE, by=world.counter, at=LATER
    )  # the citizen may fetch it elsewhere


def test_the_desk_reserves_what_was_withdrawn_under_its_hands(
    session: Session, world: World
) -> None:
    (gone, item), (_, other) = posted(session, world), posted(session, world)
    offered = handovers.offer(
        session, world.keys, [item, other], to_unit=w.DESK, by=world.counter, at=w.MORNING
    )
    withdraw(session, world, gone)

    def take(*reserved: ItemId) -> None:
        handovers.take(
            session, world.keys, offered.batch, capacity=Capacity.DESK, by=world.desk_clerk, at=LATER,
            reserved=dict.fromkeys(reserved, Reservation(reserved_for=ReservedFor.NOT_OURS)),
        )  # fmt: skip

    with pytest.raises(Withdrawn):
        take()
    take(item)
    assert standing(session, other).state is State.WITH_AGENCY
    found = standing(session, item)
    assert found.troubles == {Trouble.CANCELLED}
    assert found.holder is not None
    assert found.holder.staff == world.counter.staff


def test_the_citizen_gets_his_papers_back_and_owes_nothing_for_it(
    session: Session, world: World
) -> None:
    made, item = posted(session, world)
    with pytest.raises(StillDue):  # the procedure's fee
        give_back(session, world, item)
    withdraw(session, world, made)
    with pytest.raises(NotForDelivery):  # nothing is taken back from him
        give_back(session, world, item, Counts(originals=1, certified=0, photocopies=0))

    give_back(session, world, item)

    found = standing(session, item)
    assert (found.state, found.holder) == (State.DELIVERED, None)
    dossier = dossiers.load(session, made.dossier)
    assert dossier.administrative is Administrative.WITHDRAWN
    assert list(comparing.differing(session)) == []
    projections.rebuild(session)
    assert standing(session, item) == found
