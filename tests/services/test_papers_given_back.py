"""A dossier that ended without a result: its papers go back over the desk or by post, and it says why it ended."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from postal_service.domain.acts import (
    Capacity,
    CardProof,
    CodeProof,
    Counts,
    Leg,
    Receiver,
)
from postal_service.domain.administrative import StepKind, StepOutOfPlace
from postal_service.domain.custody import State
from postal_service.domain.custody_rules import NotForDelivery
from postal_service.domain.identity import Entitlement, NoAuthorisation
from postal_service.domain.money import Means
from postal_service.domain.public_steps import Bring, PublicStep, Status
from postal_service.domain.receivers import ReceivedBy
from postal_service.domain.standing import Administrative, Channel
from postal_service.domain.wording_dates import VIETNAM
from postal_service.projections import comparing
from postal_service.services import (
    administrative,
    charges,
    counter_delivery,
    delegates,
    delivery,
    digitisation,
    dossiers,
    erasing,
    items,
    overview,
    results,
    taking,
    tracking,
)
from postal_service.services.digitisation import NoSuchPaper
from postal_service.services.erasing import EraseReason
from postal_service.services.reception import Received
from postal_service.services.results import NotAskedByPost, NotCollectedBack, Ready
from postal_service.services.steps import steps_of
from postal_service.services.tracking import Tracked
from tests.services import journeys
from tests.services import world as w
from tests.services.in_hand import passed
from tests.services.registrations import LAN, register, registration
from tests.services.world import World

NONE = Counts(originals=0, certified=0, photocopies=0)
OWNER = Entitlement(receiver=Receiver.OWNER)
CAME = Entitlement(receiver=Receiver.ORGANISATION, name="Võ Đình Khải", paper="GGT 07/2026")
ENDS = [
    (StepKind.REFUSED, Administrative.REFUSED_RETURNED, Status.REFUSED_RETURNED),
    (StepKind.DISCONTINUED, Administrative.DISCONTINUED_RETURNED, Status.DISCONTINUED_RETURNED),
]
by_both_ends = pytest.mark.parametrize(("kind", "returned", "status"), ENDS)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=VIETNAM)


def ended(
    session: Session,
    world: World,
    kind: StepKind,
    *,
    by_post: bool,
    procedure: str = w.EXTRACT,
) -> Received:
    """The agency had it (C7) and ended it at ten; a withdrawal there is form 05 as well."""
    if procedure == w.LICENCE:  # not taken by post
        command = registration(
            session, procedure, submitter=LAN, channel=Channel.DIRECT, result_by_post=by_post
        )
        received = register(session, world, command, by=world.desk_clerk, at=at(9))
    else:
        received = journeys.received(session, world, procedure, result_by_post=by_post)
    end = administrative.refuse if kind is StepKind.REFUSED else administrative.discontinue
    end(session, received.dossier, why="Công dân xin rút", by=world.officer, at=at(10))
    return received


def give(
    session: Session, world: World, received: Received, came: Entitlement = OWNER
) -> Administrative:
    return results.give_at_desk(
        session, world.vault, received.dossier, entitlement=came, by=world.desk_clerk, at=at(14)
    ).state


def track(session: Session, world: World, received: Received) -> Tracked:
    return tracking.track(session, world.vault, received.code, received.pin, at=at(15))


def state(session: Session, received: Received) -> Administrative:
    return dossiers.load(session, received.dossier).administrative


def at_counter(session: Session, world: World, ready: Ready, received: Received) -> None:
    """Carried from the desk to the counter of OFFICE, and everything paid."""
    journeys.seal(session, world, ready.item, by=world.desk_clerk, at=at(11))
    passed(
        session, world, [ready.item], world.desk_clerk, world.counter, Capacity.COUNTER, at=at(11)
    )
    dossier = received.dossier
    for each in charges.owed(session, [dossier]).get(dossier, ()):
        taking.at_counter(
            session, dossier, each.id, Means.CASH, reference="", by=world.counter, at=at(12)
        )


@by_both_ends
def test_over_the_desk_it_stands_as_given_back_with_the_reason_and_who_received(
    session: Session, world: World, kind: StepKind, returned: Administrative, status: Status
) -> None:
    received = ended(session, world, kind, by_post=False)
    before = track(session, world, received)
    assert before.status.value == kind.value
    assert Bring.IDENTITY_PAPER in before.bring
    with pytest.raises(NoAuthorisation):
        give(session, world, received, Entitlement(receiver=Receiver.ORGANISATION))

    assert give(session, world, received, CAME) is returned

    steps = steps_of(session, received.dossier)
    assert [each.kind for each in steps][-2:] == [kind, StepKind.RETURNED]
    assert (steps[-1].staff, steps[-1].unit) == (world.desk_clerk.staff, world.desk_clerk.unit)
    view = overview.dossier(session, world.vault, received.dossier, by=world.desk_clerk)
    assert [each.received for each in view.received.values()] == [
        ReceivedBy(name="Võ Đình Khải", paper="GGT 07/2026")
    ]
    after = track(session, world, received)
    assert (after.status, after.holder, after.gives_back, after.bring) == (status, "", True, ())
    with pytest.raises(StepOutOfPlace):
        give(session, world, received)  # once


@by_both_ends
def test_by_post_they_are_delivered_and_it_stands_as_given_back(
    session: Session, world: World, kind: StepKind, returned: Administrative, status: Status
) -> None:
    received = ended(session, world, kind, by_post=True)
    ready = journeys.ready(session, world, received, at=at(11))
    assert (ready.gives_back, ready.collect_back) == (True, ())
    assert {paper.name for paper in ready.returns} == {
        paper.name for paper in dossiers.papers(session, received.dossier) if paper.counts.total
    }
    assert state(session, received).value == kind.value
    on_its_way = track(session, world, received)
    assert (on_its_way.status, on_its_way.gives_back) == (Status.RESULT_READY, True)
    with pytest.raises(results.AlreadyOnItsWay):
        give(session, world, received)
    journeys.with_courier(session, world, ready, at=at(12))

    code = received.delivery_code
    assert code is not None
    delivery.deliver(
        session, world.keys, ready.item, receiver=Receiver.OWNER,
        proof=CodeProof(rotation=1, secret=code.secret), by=world.courier, at=at(14),
    )  # fmt: skip
    assert results.note_delivered(session, [ready.item], at=at(15)) == (received.dossier,)
    assert results.note_delivered(session, [ready.item], at=at(15)) == ()

    assert state(session, received) is returned
    last = steps_of(session, received.dossier)[-1]
    assert (last.kind, last.at, last.staff) == (
        StepKind.RETURNED, at(14), world.courier.staff,
    )  # fmt: skip
    after = track(session, world, received)
    assert (after.status, after.holder, after.bring) == (status, "", ())
    assert PublicStep.DELIVERED in {each.step for each in after.timeline}
    assert list(comparing.differing(session)) == []


def test_fetched_at_a_counter_who_received_is_bound_and_nothing_is_exchanged(
    session: Session, world: World
) -> None:
    received = ended(session, world, StepKind.REFUSED, by_post=True, procedure=w.LICENCE)
    with pytest.raises(NotCollectedBack), session.begin_nested():
        results.register_ready(
            session, world.keys, received.dossier, journeys.ONE_PAPER,
            collect_back=["Giấy phép lái xe"], by=world.desk_clerk, at=at(11),
        )  # fmt: skip
    ready = journeys.ready(session, world, received, at=at(11))
    assert ready.collect_back == ()
    at_counter(session, world, ready, received)
    one = Counts(originals=1, certified=0, photocopies=0)

    def hand_out(recovered: Counts) -> None:
        counter_delivery.deliver(
            session, world.keys, ready.item, entitlement=CAME, proof=CardProof(last4="0011"),
            recovered=recovered, service="BR", by=world.counter, at=at(13),
        )  # fmt: skip

    with pytest.raises(NotForDelivery), session.begin_nested():
        hand_out(one)
    hand_out(NONE)

    assert state(session, received) is Administrative.REFUSED_RETURNED
    view = overview.dossier(session, world.vault, received.dossier, by=world.counter)
    assert len(view.received) == 1
    assert [each.leg for each in view.standings] == [Leg.OUT]


def test_who_asked_for_nothing_by_post_fetches_his_papers(session: Session, world: World) -> None:
    received = ended(session, world, StepKind.REFUSED, by_post=False)
    with pytest.raises(NotAskedByPost):
        journeys.ready(session, world, received, at=at(11))
    assert give(session, world, received) is Administrative.REFUSED_RETURNED


def test_what_nobody_took_at_the_door_is_given_back_at_the_desk(
    session: Session, world: World
) -> None:
    received = ended(session, world, StepKind.DISCONTINUED, by_post=True)
    item = journeys.sent_back(
        session, world, journeys.ready(session, world, received, at=at(11)), at=at(12)
    )
    assert track(session, world, received).status is Status.GOING_BACK
    passed(session, world, [item], world.counter, world.desk_clerk, Capacity.DESK, at=at(13))
    assert items.standing(session, item).state is State.RETURNED
    assert track(session, world, received).status is Status.BACK_AT_AGENCY
    assert results.note_delivered(session, [item], at=at(13)) == ()

    assert give(session, world, received) is Administrative.DISCONTINUED_RETURNED

    assert track(session, world, received).status is Status.DISCONTINUED_RETURNED


def test_a_result_that_came_back_and_was_fetched_is_told_as_handed_over(
    session: Session, world: World
) -> None:
    received = journeys.received(session, world)
    item = journeys.sent_back(
        session, world, journeys.ready(session, world, received, at=at(11)), at=at(12)
    )
    passed(session, world, [item], world.counter, world.desk_clerk, Capacity.DESK, at=at(13))
    assert give(session, world, received) is Administrative.RETURNED
    assert track(session, world, received).status is Status.DONE


def test_there_is_no_result_to_digitise_and_nobody_to_name_any_more(
    session: Session, world: World
) -> None:
    received = ended(session, world, StepKind.REFUSED, by_post=False)
    give(session, world, received)

    with pytest.raises(NoSuchPaper):
        digitisation.scan(
            session, world.vault, received.dossier, digitisation.RESULT, b"%PDF-1.7", pages=1,
            by=world.desk_clerk, at=at(15),
        )  # fmt: skip
    assert state(session, received) in delegates.OVER
    erased = erasing.erase(
        session, world.keys, received.dossier, reason=EraseReason.CITIZEN_ASKED,
        by=world.administrator, at=at(15) + timedelta(days=1),
    )  # fmt: skip
    assert erased.dossier == received.dossier


def test_a_dossier_in_process_gives_nothing_back(session: Session, world: World) -> None:
    received = journeys.received(session, world, result_by_post=False)
    with pytest.raises(StepOutOfPlace):
        give(session, world, received)
