"""An empty envelope for the papers that come back has its number and label before the courier leaves."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from postal_service.domain.actors import RoleNeeded
from postal_service.domain.acts import CodeProof, Leg, Receiver
from postal_service.domain.identity import Entitlement
from postal_service.domain.ids import ItemId, RoundId
from postal_service.domain.money import Means
from postal_service.domain.standing import Channel
from postal_service.domain.wording_dates import VIETNAM
from postal_service.projections import holdings
from postal_service.services import (
    charges,
    counter_delivery,
    dossiers,
    return_envelopes,
    round_loading,
    rounds_out,
    tracking,
)
from postal_service.services.acknowledging import UnknownRound
from postal_service.services.items import UnknownItem
from postal_service.services.results import Ready
from postal_service.services.return_envelopes import NothingToTakeBack, ReturnEnvelope, TakenBack
from postal_service.services.round_loading import Loaded, NothingToLoad
from tests.services import journeys
from tests.services import rounds_day as d
from tests.services import world as w
from tests.services.registrations import register, registration
from tests.services.world import World

AT = datetime(2026, 11, 23, 11, tzinfo=VIETNAM)


@pytest.fixture
def licence(session: Session, world: World) -> Ready:
    """A new driving licence, for which the courier takes the old one."""
    command = registration(session, w.LICENCE, channel=Channel.DIRECT)
    received = register(session, world, command, by=world.desk_clerk)
    return journeys.ready(session, world, received, at=AT)


def issued(session: Session, world: World, item: ItemId) -> ReturnEnvelope:
    return return_envelopes.issue(session, item, service="BR", by=world.counter, at=AT)


def test_the_envelope_goes_back_to_where_the_result_was_made(
    session: Session, world: World, licence: Ready
) -> None:
    envelope = issued(session, world, licence.item)

    assert envelope.papers == ("Giấy phép lái xe cũ",)
    assert envelope.destination == w.DESK
    kept = {each.item: each for each in dossiers.items_of(session, licence.dossier)}
    assert kept[envelope.item].leg is Leg.RET
    assert dossiers.of_items(session, [envelope.item]) == {envelope.item: licence.dossier}


def test_it_is_empty_until_a_phone_signs_the_exchange_and_its_label_says_so(
    session: Session, world: World, licence: Ready
) -> None:
    envelope = issued(session, world, licence.item)

    assert holdings.standings(session, [envelope.item]) == {}
    told = tracking.by_label(session, envelope.item, envelope.label)
    assert (told.leg, told.step, told.time) == (Leg.RET, None, None)


def test_each_envelope_has_a_number_and_a_label_of_its_own(
    session: Session, world: World, licence: Ready
) -> None:
    one, other = (issued(session, world, licence.item) for _ in range(2))

    assert one.item != other.item
    assert one.item.startswith("BR")
    with pytest.raises(tracking.NothingFound):
        tracking.by_label(session, one.item, other.label)


def test_where_nothing_is_taken_back_there_is_no_envelope(session: Session, world: World) -> None:
    ready = journeys.ready(session, world, journeys.received(session, world), at=AT)

    with pytest.raises(NothingToTakeBack):
        issued(session, world, ready.item)


def test_an_unknown_result_has_none_and_only_the_post_gives_them_out(
    session: Session, world: World, licence: Ready
) -> None:
    with pytest.raises(UnknownItem):
        issued(session, world, ItemId("BH999999999VN"))
    for by in (world.desk_clerk, world.courier):
        with pytest.raises(RoleNeeded):
            return_envelopes.issue(session, licence.item, service="BR", by=by, at=AT)
    assert len(dossiers.items_of(session, licence.dossier)) == 1


def test_a_round_that_is_loaded_has_the_envelopes_go_along_once(
    session: Session, world: World
) -> None:
    licence, _ = d.licence_at_office(session, world)
    d.results_at_office(session, world, d.homes(2))
    mine = d.published(session, world)
    assert return_envelopes.of(session, [licence])[licence].envelope == ""

    (given,) = load(session, world, mine).envelopes

    assert (given.result, given.papers) == (licence, ("Giấy phép lái xe cũ",))
    assert return_envelopes.of(session, [licence]) == {
        licence: TakenBack(papers=given.papers, envelope=given.item)
    }
    (tour,) = rounds_out.from_today(session, by=world.counter, at=d.EARLY)[d.DAY][0].tours
    assert (tour.to_load, tour.envelopes) == (0, 0)
    # Tried in vain and loaded once more, it takes the same envelope along.
    assert (
        return_envelopes.issue_missing(
            session, [licence], service="BR", by=world.counter, at=d.EARLY
        )
        == ()
    )


def test_before_it_is_loaded_the_round_says_how_many_envelopes_go_along(
    session: Session, world: World
) -> None:
    d.licence_at_office(session, world)
    d.results_at_office(session, world, d.homes(2))
    d.published(session, world)

    (tour,) = rounds_out.from_today(session, by=world.counter, at=d.EARLY)[d.DAY][0].tours

    assert (tour.to_load, tour.envelopes) == (3, 1)


def test_what_cannot_be_loaded_gives_out_no_envelope(session: Session, world: World) -> None:
    licence, _ = d.licence_at_office(session, world)
    mine = d.published(session, world)
    for by, tour in ((world.courier, 1), (world.far_counter, 1), (world.counter, 2)):
        with pytest.raises((RoleNeeded, UnknownRound, NothingToLoad)):
            round_loading.load(
                session, world.keys, mine, tour=tour, service="BR", by=by, at=d.EARLY
            )
    assert return_envelopes.of(session, [licence])[licence].envelope == ""


def test_a_lost_label_is_replaced_and_the_new_envelope_is_the_one_that_counts(
    session: Session, world: World, licence: Ready
) -> None:
    issued(session, world, licence.item)
    second = issued(session, world, licence.item)

    assert return_envelopes.of(session, [licence.item])[licence.item].envelope == second.item
    assert return_envelopes.empty(session, licence.item) == second.item


def test_what_came_back_empty_is_filled_at_the_counter(session: Session, world: World) -> None:
    licence, code = d.licence_at_office(session, world)
    envelope = issued(session, world, licence)
    dossier = dossiers.of_items(session, [licence])[licence]
    for due in charges.owed(session, [dossier]).get(dossier, ()):
        charges.pay(session, due.id, Means.CASH, reference="BL-1", by=world.counter, at=AT)

    done = counter_delivery.deliver(
        session, world.keys, licence, entitlement=Entitlement(receiver=Receiver.OWNER, paper=""),
        proof=CodeProof(rotation=1, secret=code.secret), recovered=d.ONE, service="BR",
        by=world.counter, at=AT,
    )  # fmt: skip

    assert (done.recovered_item, done.label) == (envelope.item, None)
    assert return_envelopes.empty(session, licence) == ""
    assert holdings.standings(session, [envelope.item])[envelope.item].destination == w.DESK


def load(session: Session, world: World, round_id: RoundId) -> Loaded:
    return round_loading.load(
        session, world.keys, round_id, tour=1, service="BR", by=world.counter, at=d.EARLY
    )
