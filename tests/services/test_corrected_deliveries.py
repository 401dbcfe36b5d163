"""What moved a dossier on and did not occur: the dossier stands where it stood, until it is true."""

from dataclasses import dataclass
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from postal_service.demo.phone_offers import Parcel
from postal_service.domain.acts import (
    Capacity,
    CardProof,
    CodeProof,
    Condition,
    CorrectionKind,
    Deliver,
    Out,
    Receiver,
)
from postal_service.domain.administrative import StepKind, StepOutOfPlace
from postal_service.domain.custody import State
from postal_service.domain.identity import Entitlement
from postal_service.domain.ids import EventId, ItemId, RoundId
from postal_service.domain.public_steps import Status
from postal_service.domain.rewriting import Changes
from postal_service.domain.standing import Administrative
from postal_service.domain.wording_dates import VIETNAM
from postal_service.ledger import reading
from postal_service.services import (
    administrative,
    corrections,
    delivery,
    dossiers,
    items,
    results,
    tracking,
)
from postal_service.services.reception import Received
from postal_service.services.results import WayOut
from postal_service.services.steps import steps_of
from tests.clock import NOON, Clock
from tests.services import journeys
from tests.services.in_hand import passed
from tests.services.phones import hand_over, known_phone, upload
from tests.services.world import World

OWNER = Entitlement(receiver=Receiver.OWNER)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=VIETNAM)


@dataclass(frozen=True)
class Carried:
    """A result, or papers given back, in the courier's bag since the 23rd at noon."""

    received: Received
    item: ItemId


def carried(session: Session, world: World, end: StepKind = StepKind.RESOLVED) -> Carried:
    received = journeys.received(session, world)
    if end is StepKind.REFUSED:
        administrative.refuse(session, received.dossier, why="Sai", by=world.officer, at=at(23, 10))
    if end is StepKind.DISCONTINUED:
        administrative.discontinue(
            session, received.dossier, why="Xin rút", by=world.officer, at=at(23, 10)
        )
    ready = journeys.ready(session, world, received, at=at(23, 11))
    journeys.with_courier(session, world, ready, at=at(23, 12))
    return Carried(received, ready.item)


def delivered(session: Session, world: World, found: Carried, when: datetime) -> EventId:
    code = found.received.delivery_code
    assert code is not None
    told = delivery.deliver(
        session, world.keys, found.item, receiver=Receiver.OWNER,
        proof=CodeProof(rotation=1, secret=code.secret), by=world.courier, at=when,
    )  # fmt: skip
    results.note_delivered(session, [found.item], at=when)
    return told.event


def untrue(session: Session, world: World, event: EventId, when: datetime) -> None:
    corrections.correct(
        session, world.keys, event, kind=CorrectionKind.DID_NOT_OCCUR, maker=world.courier.staff,
        why="quét nhầm", by=world.manager, at=when,
    )  # fmt: skip


def state(session: Session, found: Carried) -> Administrative:
    return dossiers.load(session, found.received.dossier).administrative


def kinds(session: Session, found: Carried) -> list[StepKind]:
    return [step.kind for step in steps_of(session, found.received.dossier)]


@pytest.mark.parametrize(
    ("end", "before", "after"),
    [
        (StepKind.RESOLVED, Administrative.RESOLVED, Administrative.RETURNED),
        (StepKind.REFUSED, Administrative.REFUSED, Administrative.REFUSED_RETURNED),
        (StepKind.DISCONTINUED, Administrative.DISCONTINUED, Administrative.DISCONTINUED_RETURNED),
    ],
)
def test_a_delivery_that_did_not_occur_leaves_its_dossier_open_until_the_true_one(
    session: Session, world: World, end: StepKind, before: Administrative, after: Administrative
) -> None:
    found = carried(session, world, end)
    wrong = delivered(session, world, found, at(23, 14))
    assert state(session, found) is after

    untrue(session, world, wrong, at(25, 8))

    assert state(session, found) is before
    step = steps_of(session, found.received.dossier)[-1]
    assert (step.kind, step.staff, step.at) == (
        StepKind.RETURN_CORRECTED, world.manager.staff, at(25, 8),
    )  # fmt: skip
    delivered(session, world, found, at(25, 9))
    assert state(session, found) is after
    step = steps_of(session, found.received.dossier)[-1]
    assert (step.kind, step.at) == (StepKind.RETURNED, at(25, 9))


def test_the_citizen_reads_where_it_is_and_of_the_true_delivery_alone(
    session: Session, world: World
) -> None:
    found = carried(session, world)
    wrong = delivered(session, world, found, at(23, 14))
    untrue(session, world, wrong, at(25, 8))

    def shown() -> tracking.Tracked:
        received = found.received
        return tracking.track(session, world.vault, received.code, received.pin, at=at(25, 10))

    assert (shown().status, shown().holder) == (Status.ON_THE_WAY_HOME, "Bưu cục Tam Kỳ")
    assert StepKind.RETURNED not in [line.step for line in shown().timeline]
    delivered(session, world, found, at(25, 9))
    assert shown().status is Status.DONE
    told = [line for line in shown().timeline if line.step.startswith("return")]
    assert [(line.step, line.at) for line in told] == [(StepKind.RETURNED, at(25, 9))]


def test_the_true_delivery_may_have_been_before_the_false_one_was_put_right(
    session: Session, world: World
) -> None:
    found = carried(session, world)
    wrong = delivered(session, world, found, at(23, 14))
    untrue(session, world, wrong, at(25, 8))

    delivered(session, world, found, at(23, 13))

    step = steps_of(session, found.received.dossier)[-1]
    assert (step.kind, step.at) == (StepKind.RETURNED, at(23, 13))


def test_what_came_back_after_a_false_delivery_is_given_over_the_desk(
    session: Session, world: World
) -> None:
    found = carried(session, world)
    untrue(session, world, delivered(session, world, found, at(23, 14)), at(23, 15))
    passed(session, world, [found.item], world.courier, world.counter, Capacity.COUNTER)
    journeys.go_back(session, world, found.item)
    passed(session, world, [found.item], world.counter, world.desk_clerk, Capacity.DESK)

    def give() -> None:
        results.give_at_desk(
            session, world.vault, found.received.dossier, entitlement=OWNER, by=world.desk_clerk,
            at=at(25, 9),
        )  # fmt: skip

    give()
    assert state(session, found) is Administrative.RETURNED
    with pytest.raises(StepOutOfPlace):
        give()


def test_a_delivery_of_which_only_the_data_is_put_right_leaves_its_dossier_closed(
    session: Session, world: World
) -> None:
    found = carried(session, world)
    wrong = delivered(session, world, found, at(23, 14))
    before = kinds(session, found)

    corrections.rewrite(
        session, world.keys, wrong, Changes(receiver=Receiver.ORGANISATION), maker=world.courier.staff,
        why="nhầm tư cách", by=world.manager, at=at(25, 8),
        received=Entitlement(receiver=Receiver.ORGANISATION, name="Võ Đình Khải", paper="GGT 7"),
    )  # fmt: skip

    assert state(session, found) is Administrative.RETURNED
    assert kinds(session, found) == before


def test_what_the_desk_gave_stays_given_whatever_is_put_right_of_its_envelope(
    session: Session, world: World
) -> None:
    found = carried(session, world)
    passed(session, world, [found.item], world.courier, world.counter, Capacity.COUNTER)
    journeys.go_back(session, world, found.item)
    passed(session, world, [found.item], world.counter, world.desk_clerk, Capacity.DESK)
    results.give_at_desk(
        session, world.vault, found.received.dossier, entitlement=OWNER, by=world.desk_clerk,
        at=at(23, 16),
    )  # fmt: skip
    taken = reading.entries_of(session, found.item)[-1].event.id

    untrue(session, world, taken, at(25, 8))

    assert items.standing(session, found.item).state is not State.RETURNED
    assert state(session, found) is Administrative.RETURNED


def test_a_result_whose_envelope_was_never_made_is_given_over_the_desk(
    session: Session, world: World
) -> None:
    received = journeys.received(session, world)
    item = journeys.ready(session, world, received, at=at(23, 11)).item
    untrue(session, world, reading.entries_of(session, item)[0].event.id, at(23, 12))
    found = dossiers.load(session, received.dossier)
    ways = results.ways_out(session, found, by=world.desk_clerk, at=at(23, 13))
    assert ways == {WayOut.AT_DESK}

    given = results.give_at_desk(
        session, world.vault, received.dossier, entitlement=OWNER, by=world.desk_clerk,
        at=at(23, 14),
    )  # fmt: skip

    assert given.state is Administrative.RETURNED


def test_a_delivery_that_counts_after_a_correction_closes_its_dossier(
    session: Session, world: World, clock: Clock
) -> None:
    found = carried(session, world)
    phone = known_phone(session, world.courier, clock, found.item)
    code = found.received.delivery_code
    assert code is not None
    # A colleague scans the wrong envelope and takes this one; the phone comes later, and loses to him.
    passed(session, world, [found.item], world.courier, world.counter, Capacity.COUNTER)
    taken = reading.entries_of(session, found.item)[-1].event.id
    signed = Deliver(
        receiver=Receiver.OWNER, proof=CodeProof(rotation=1, secret=code.secret),
        counts=journeys.ONE_PAPER, condition=Condition.OK,
    )  # fmt: skip
    phone.tell(found.item, signed)
    upload(session, phone, phone.outbox)
    assert state(session, found) is Administrative.RESOLVED

    corrections.correct(
        session, world.keys, taken, kind=CorrectionKind.DID_NOT_OCCUR, maker=world.counter.staff,
        why="quét nhầm", by=world.manager, at=at(25, 8),
    )  # fmt: skip

    assert items.standing(session, found.item).state is State.DELIVERED
    assert state(session, found) is Administrative.RETURNED
    step = steps_of(session, found.received.dossier)[-1]
    assert (step.staff, step.at) == (world.courier.staff, NOON)


def test_a_hand_over_that_comes_late_and_counts_before_a_delivery_opens_the_dossier(
    session: Session, world: World, clock: Clock
) -> None:
    found = carried(session, world)
    seal = items.standing(session, found.item).seal
    giver = known_phone(session, world.courier, clock, found.item)
    taker = known_phone(session, world.far_courier, clock)
    giver.tell(found.item, Out(round=RoundId("r")))
    hand_over(giver, taker, [Parcel(item=found.item, seal=seal, counts=journeys.ONE_PAPER)])
    delivery.deliver(
        session, world.keys, found.item, receiver=Receiver.OWNER, proof=CardProof(last4="3456"),
        by=world.courier, at=at(23, 14),
    )  # fmt: skip
    results.note_delivered(session, [found.item], at=at(23, 14))
    assert state(session, found) is Administrative.RETURNED

    upload(session, taker, [*giver.outbox, *taker.outbox])

    standing = items.standing(session, found.item)
    assert standing.holder is not None
    assert standing.holder.staff == world.far_courier.staff
    assert state(session, found) is Administrative.RESOLVED
    assert steps_of(session, found.received.dossier)[-1].staff == world.far_courier.staff


def test_nothing_is_opened_by_a_correction_of_what_is_not_a_delivery(
    session: Session, world: World
) -> None:
    found = carried(session, world)
    tried = delivery.attempt(
        session, world.keys, found.item, reason="R01", by=world.courier, at=at(23, 13)
    )
    delivered(session, world, found, at(23, 14))
    before = kinds(session, found)

    untrue(session, world, tried, at(25, 8))

    assert kinds(session, found) == before
    assert state(session, found) is Administrative.RETURNED
