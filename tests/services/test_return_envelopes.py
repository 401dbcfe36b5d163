"""An empty envelope for the papers that come back has its number and label before the courier leaves."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from postal_service.domain.actors import RoleNeeded
from postal_service.domain.acts import Leg
from postal_service.domain.ids import ItemId
from postal_service.domain.standing import Channel
from postal_service.domain.wording_dates import VIETNAM
from postal_service.projections import holdings
from postal_service.services import dossiers, return_envelopes, tracking
from postal_service.services.items import UnknownItem
from postal_service.services.results import Ready
from postal_service.services.return_envelopes import NothingToTakeBack, ReturnEnvelope
from tests.services import journeys
from tests.services import world as w
from tests.services.registrations import register, registration
from tests.services.world import World, build

AT = datetime(2026, 11, 23, 11, tzinfo=VIETNAM)


@pytest.fixture
def world(session: Session) -> World:
    return build(session)


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
    assert (told.leg, told.step, told.since) == (Leg.RET, None, None)


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
