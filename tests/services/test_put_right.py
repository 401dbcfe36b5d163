"""A delivery that was put right: its papers tell who gave it out and when, the timeline who corrected it."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from postal_service.domain import acts
from postal_service.domain.acts import Capacity, CardProof, Counts, Receiver
from postal_service.domain.identity import Entitlement
from postal_service.domain.ids import EventId, ItemId
from postal_service.domain.money import Means
from postal_service.domain.public_steps import PublicStep
from postal_service.domain.rewriting import Changes
from postal_service.ledger import reading
from postal_service.projections import timelines
from postal_service.services import (
    charges,
    corrections,
    counter_delivery,
    hops,
    item_papers,
    taking,
    tracking,
)
from postal_service.services.reception import Received
from postal_service.web.records import ends
from tests.services import journeys
from tests.services import world as w
from tests.services.in_hand import in_bag, passed
from tests.services.world import MORNING, World

NONE = Counts(originals=0, certified=0, photocopies=0)
LATER = w.AFTER_CUT + timedelta(days=3)
CAME = Entitlement(receiver=Receiver.ORGANISATION, name="Võ Đình Khải", paper="GGT 7")


@dataclass(frozen=True)
class PutRight:
    """Given out at the counter in the afternoon; three days later its head corrects the receiver."""

    item: ItemId
    received: Received
    wrong: EventId


@pytest.fixture
def put_right(session: Session, world: World) -> PutRight:
    received = journeys.received(session, world)
    ready = journeys.ready(session, world, received, at=MORNING)
    journeys.seal(session, world, ready.item, by=world.desk_clerk, at=MORNING)
    passed(session, world, [ready.item], world.desk_clerk, world.counter, Capacity.COUNTER)
    for each in charges.owed(session, [received.dossier]).get(received.dossier, ()):
        taking.at_counter(
            session, received.dossier, each.id, Means.CASH, reference="", by=world.counter,
            at=w.AFTER_CUT,
        )  # fmt: skip
    counter_delivery.deliver(
        session, world.keys, ready.item, entitlement=Entitlement(receiver=Receiver.OWNER),
        proof=CardProof(last4="3456"), recovered=NONE, service="BR", by=world.counter,
        at=w.AFTER_CUT,
    )  # fmt: skip
    wrong = reading.entries_of(session, ready.item)[-1].event.id
    corrections.rewrite(
        session, world.keys, wrong, Changes(receiver=Receiver.ORGANISATION), received=CAME,
        maker=world.counter.staff, why="nhầm tư cách", by=world.manager, at=LATER,
    )  # fmt: skip
    return PutRight(ready.item, received, wrong)


def test_its_paper_tells_who_gave_it_out_when_and_what_he_took(
    session: Session, world: World, put_right: PutRight
) -> None:
    found = item_papers.delivery(session, world.vault, put_right.item, by=world.manager, at=LATER)
    slip = ends.delivery_slip(found)

    assert slip.receiver_name == "Võ Đình Khải"
    assert (slip.delivered_at, slip.giver_name) == (w.AFTER_CUT, "Nhân viên counter")
    assert slip.taken != ()


def test_its_hop_is_judged_on_the_day_it_was_given_out(
    session: Session, put_right: PutRight
) -> None:
    moments = timelines.of_item(session, put_right.item)

    last = hops.hops(moments, (), {})[-1].moment

    assert isinstance(last.act, acts.Deliver)
    assert (last.happened_at, last.act.receiver) == (w.AFTER_CUT, Receiver.ORGANISATION)


def test_the_citizen_reads_the_day_it_was_given_out(
    session: Session, world: World, put_right: PutRight
) -> None:
    received = put_right.received
    found = tracking.track(session, world.vault, received.code, received.pin, at=LATER)

    delivered = next(each for each in found.timeline if each.step == PublicStep.FETCHED)
    assert delivered.at == w.AFTER_CUT


def test_the_timeline_still_tells_who_corrected_and_when(
    session: Session, world: World, put_right: PutRight
) -> None:
    _, instead, correction = timelines.of_item(session, put_right.item)[-3:]

    assert isinstance(correction.act, acts.Correct)
    assert (correction.by.staff, correction.happened_at) == (world.manager.staff, LATER)
    assert instead.by.staff == world.counter.staff
    assert (instead.signed_by.staff, instead.signed_time.claimed_at) == (world.manager.staff, LATER)


def test_a_hand_over_put_right_after_others_followed_keeps_its_giver_and_moves_nothing(
    session: Session, world: World
) -> None:
    item, _ = in_bag(session, world)
    wrong = reading.entries_of(session, item)[-1].event.id
    passed(session, world, [item], world.courier, world.counter, Capacity.COUNTER)
    corrections.rewrite(
        session, world.keys, wrong, Changes(condition=acts.Condition.WET),
        maker=world.courier.staff, why="ướt từ trước", by=world.manager, at=LATER,
    )  # fmt: skip

    told = [each for each in timelines.of_item(session, item) if each.moves_custody]

    parties = [(each.giver and each.giver.staff, each.taker and each.taker.staff) for each in told]
    counter, courier = world.counter.staff, world.courier.staff
    assert parties[-3:] == [(counter, courier), (courier, counter), (counter, courier)]
