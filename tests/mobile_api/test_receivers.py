"""A courier gives a result to somebody who was not named: his delivery binds who and by which paper, the words follow."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unicodedata import normalize

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from postal_service.demo.phone import Phone, ServerSaidNoError
from postal_service.domain import acts
from postal_service.domain.acts import CardProof, Condition, Receiver
from postal_service.domain.custody import State
from postal_service.domain.ids import DossierId, EventId, ItemId
from postal_service.domain.receivers import ReceivedBy
from postal_service.projections import holdings
from postal_service.runtime import Runtime
from postal_service.services import overview
from postal_service.services.receivers import Words
from postal_service.storage.schema import CommitmentRow, DossierKeyRow, ItemRow
from postal_service.storage.transaction import transaction
from tests.clock import Clock
from tests.mobile_api.phones import Couriers
from tests.services.world import World
from tests.services.wrong_doors import carried

NAME, PAPER = "Võ Đình Khải", "GGT 07/2026"


@pytest.fixture
def phone(couriers: Couriers, world: World, item: ItemId) -> Phone:
    return couriers.phone(world.courier, carrying=item)


def act(runtime: Runtime, item: ItemId, receiver: Receiver = Receiver.ORGANISATION) -> acts.Deliver:
    with transaction(runtime.sessions) as session:
        counts = holdings.standings(session, [item])[item].counts
    proof = CardProof(last4="0011")
    return acts.Deliver(receiver=receiver, proof=proof, counts=counts, condition=Condition.OK)


@pytest.fixture
def given(phone: Phone, item: ItemId, runtime: Runtime) -> EventId:
    """Signed without a network and uploaded; the words are not told yet."""
    event = phone.deliver_to_another(item, act(runtime, item), name=NAME, paper=PAPER)
    assert [each["status"] for each in phone.send()] == ["accepted"]
    return event


def told(words: Words, **other: object) -> dict[str, object]:
    return {**words.received.content, "salt": words.salt.hex(), **other}


def put(phone: Phone, client: FlaskClient, event: str, body: object) -> Any:  # noqa: ANN401 - werkzeug's answer
    known = {"Authorization": f"Bearer {phone._token}"}
    return client.put(f"/api/v1/deliveries/{event}/receiver", json=body, headers=known)


def kept(runtime: Runtime) -> int:
    with transaction(runtime.sessions) as session:
        return session.scalar(select(func.count()).select_from(CommitmentRow)) or 0


@pytest.fixture
def nothing_kept(runtime: Runtime, given: EventId) -> Iterator[None]:
    before = kept(runtime)
    yield
    assert kept(runtime) == before


def dossier_of(runtime: Runtime, item: ItemId) -> DossierId:
    with transaction(runtime.sessions) as session:
        return DossierId(session.get_one(ItemRow, item).dossier or "")


def received(runtime: Runtime, world: World, item: ItemId) -> list[ReceivedBy]:
    dossier = dossier_of(runtime, item)
    with transaction(runtime.sessions) as session:
        view = overview.dossier(session, world.vault, dossier, by=world.counter)
        return [each.received for each in view.received.values()]


def test_who_received_stands_in_the_dossier_when_the_words_have_come(
    phone: Phone, given: EventId, item: ItemId, runtime: Runtime, world: World
) -> None:
    assert received(runtime, world, item) == []

    phone.tell_receivers()

    assert (phone.receivers, phone.refused_receivers) == ({}, {})
    assert received(runtime, world, item) == [ReceivedBy(name=NAME, paper=PAPER)]
    with transaction(runtime.sessions) as session:
        assert holdings.standings(session, [item])[item].state is State.DELIVERED


def test_told_again_after_a_lost_answer_days_later_it_is_entered_once(
    phone: Phone, given: EventId, client: FlaskClient, runtime: Runtime, clock: Clock
) -> None:
    body, before = told(phone.receivers[given]), kept(runtime)
    first = put(phone, client, given, body)
    clock.forward(timedelta(days=6))
    phone.sign_in()
    second = put(phone, client, given, body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json() == second.get_json() == {"event": given}
    assert kept(runtime) == before + 1


@pytest.mark.parametrize("receiver", [Receiver.AUTHORISED, Receiver.ORGANISATION])
def test_a_delivery_that_does_not_say_to_whom_is_kept_apart_for_a_person(
    phone: Phone, item: ItemId, runtime: Runtime, receiver: Receiver
) -> None:
    phone.tell(item, act(runtime, item, receiver))
    (outcome,) = phone.send()
    assert (outcome["status"], outcome["reason"]) == ("quarantined", "unproved")
    with transaction(runtime.sessions) as session:
        assert holdings.standings(session, [item])[item].state is State.WITH_COURIER


def test_the_owner_needs_no_binding(phone: Phone, item: ItemId, runtime: Runtime) -> None:
    phone.tell(item, act(runtime, item, Receiver.OWNER))
    assert [each["status"] for each in phone.send()] == ["accepted"]


@pytest.mark.usefixtures("nothing_kept")
def test_before_its_delivery_is_in_the_ledger_it_is_not_taken_and_stays_on_the_phone(
    couriers: Couriers, world: World, client: FlaskClient, runtime: Runtime, phone: Phone
) -> None:
    phone.receivers.clear()
    with transaction(runtime.sessions) as session:
        other = carried(session, world)
        phone.custody[other] = holdings.standings(session, [other])[other].custody
    event = phone.deliver_to_another(other, act(runtime, other), name=NAME, paper=PAPER)
    phone.tell_receivers()
    assert list(phone.receivers) == [event]
    got = put(phone, client, event, told(phone.receivers[event]))
    assert (got.status_code, got.get_json()["code"]) == (404, "receiver.unknown_delivery")
    assert got.get_json()["title"].startswith("Sổ chưa có lần phát này")


@pytest.mark.usefixtures("nothing_kept")
def test_another_courier_tells_nothing_of_it(
    phone: Phone, given: EventId, client: FlaskClient, couriers: Couriers, world: World
) -> None:
    other = couriers.phone(world.far_courier)
    got = put(other, client, given, told(phone.receivers[given]))
    assert (got.status_code, got.get_json()["code"]) == (404, "receiver.unknown_delivery")


def test_who_does_not_carry_the_item_gave_it_to_nobody(
    item: ItemId, client: FlaskClient, couriers: Couriers, world: World, runtime: Runtime
) -> None:
    stranger = couriers.phone(world.far_courier, carrying=item)
    before = kept(runtime)
    event = stranger.deliver_to_another(item, act(runtime, item), name=NAME, paper=PAPER)
    (outcome,) = stranger.send()
    assert outcome["status"] == "conflict"
    got = put(stranger, client, event, told(stranger.receivers[event]))
    assert (got.status_code, got.get_json()["code"]) == (404, "receiver.unknown_delivery")
    stranger.tell_receivers()
    assert list(stranger.receivers) == [event]  # it may count once more has arrived
    assert kept(runtime) == before


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize(
    ("other", "status", "code"),
    [
        ({"name": "Người khác"}, 409, "receiver.other"),
        ({"paper": "GGT 08/2026"}, 409, "receiver.other"),
        ({"salt": "0" * 64}, 409, "receiver.other"),
        ({"name": f" {NAME}"}, 422, "person.bad_name"),
        ({"name": normalize("NFD", NAME)}, 422, "person.bad_name"),
        ({"name": "\ud800"}, 422, "person.bad_name"),
        ({"name": "A\u202eB"}, 422, "person.bad_name"),
        ({"paper": "\u200b"}, 422, "receiver.bad_paper"),
        ({"paper": "GGT\n7"}, 422, "receiver.bad_paper"),
        ({"name": ""}, 422, "request.malformed"),
        ({"name": "x" * 121}, 422, "request.malformed"),
        ({"name": 7}, 422, "request.malformed"),
        ({"paper": "x" * 121}, 422, "request.malformed"),
        ({"paper": None}, 422, "request.malformed"),
        ({"salt": "0" * 63}, 422, "request.malformed"),
        ({"card": "049…"}, 422, "request.malformed"),
    ],
)
def test_what_is_not_what_was_signed_is_refused_with_its_reason(
    phone: Phone,
    given: EventId,
    client: FlaskClient,
    other: dict[str, object],
    status: int,
    code: str,
) -> None:
    got = put(phone, client, given, told(phone.receivers[given], **other))
    assert (got.status_code, got.get_json()["code"]) == (status, code), got.text


def test_of_the_owners_own_delivery_nobody_else_is_told(
    phone: Phone, item: ItemId, client: FlaskClient, runtime: Runtime
) -> None:
    bound = act(runtime, item, Receiver.OWNER)
    event = phone.deliver_to_another(item, bound, name=NAME, paper=PAPER)
    phone.send()
    before = kept(runtime)
    got = put(phone, client, event, told(phone.receivers[event]))
    assert (got.status_code, got.get_json()["code"]) == (409, "receiver.nobody_else")
    phone.tell_receivers()
    assert (phone.receivers, phone.refused_receivers) == ({}, {event: "receiver.nobody_else"})
    assert kept(runtime) == before


def test_of_an_erased_dossier_nothing_is_kept(
    phone: Phone, given: EventId, item: ItemId, client: FlaskClient, runtime: Runtime
) -> None:
    before = kept(runtime)
    with transaction(runtime.sessions) as session:
        session.delete(session.get_one(DossierKeyRow, session.get_one(ItemRow, item).dossier))
    got = put(phone, client, given, told(phone.receivers[given]))
    assert (got.status_code, got.get_json()["code"]) == (404, "dossier.erased")
    assert kept(runtime) == before


@pytest.mark.parametrize("event", ["nothing", "0193a000-0000-7000-8000-000000000000"])
def test_of_what_is_no_delivery_nothing_is_kept(
    phone: Phone, client: FlaskClient, event: str
) -> None:
    body = {"name": NAME, "paper": PAPER, "salt": "0" * 64}
    assert put(phone, client, event, body).status_code == 404


def test_another_type_than_json_is_told_so(
    phone: Phone, given: EventId, client: FlaskClient
) -> None:
    known = {"Authorization": f"Bearer {phone._token}"}
    got = client.put(
        f"/api/v1/deliveries/{given}/receiver",
        data=b"a=1",
        content_type="text/plain",
        headers=known,
    )
    assert (got.status_code, got.get_json()["code"]) == (415, "request.unsupported_media_type")


def test_without_a_token_it_is_not_taken(client: FlaskClient, given: EventId) -> None:
    assert client.put(f"/api/v1/deliveries/{given}/receiver", json={}).status_code == 401


def test_a_phone_that_is_told_to_wait_keeps_who_received(phone: Phone, given: EventId) -> None:
    phone._token = "0" * 64
    with pytest.raises(ServerSaidNoError, match="401"):
        phone.tell_receivers()
    assert list(phone.receivers) == [given]
