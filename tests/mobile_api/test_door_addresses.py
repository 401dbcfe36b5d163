"""A courier at a wrong door tells where the receiver is said to live: bound by his attempt, compared by a clerk."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from unicodedata import normalize

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.demo.phone import Phone, ServerSaidNoError
from postal_service.domain import acts
from postal_service.domain.acts import Capacity
from postal_service.domain.attempts import Reason
from postal_service.domain.ids import DossierId, EventId, ItemId
from postal_service.domain.persons import PersonRole
from postal_service.domain.refusals import Refusal
from postal_service.runtime import Runtime
from postal_service.services import door_addresses, particulars, persons
from postal_service.services.door_addresses import Heard
from postal_service.services.particulars import Basis, Changes
from postal_service.services.persons import Purpose
from postal_service.storage.schema import CommitmentRow, DossierKeyRow, ItemRow, ParticularsRow
from postal_service.storage.transaction import Sessions, transaction
from tests.clock import Clock
from tests.mobile_api.phones import Couriers
from tests.services import world as w
from tests.services import wrong_doors
from tests.services.in_hand import passed
from tests.services.world import MORNING, World, build
from tests.services.wrong_doors import HEARD, carried

SAID = "Gần chợ Hà Lam, nhà sau trạm bơm"


@pytest.fixture
def phone(couriers: Couriers, world: World, item: ItemId) -> Phone:
    return couriers.phone(world.courier, carrying=item)


@pytest.fixture
def tried(phone: Phone, item: ItemId) -> EventId:
    """Heard without a network; the attempt is uploaded, the words are not told yet."""
    event = phone.hear_address(item, Reason.MOVED, SAID, w.FAR_COMMUNE)
    assert [each["status"] for each in phone.send()] == ["accepted"]
    return event


def told(heard: Heard, **other: object) -> dict[str, object]:
    return {
        "address": heard.address,
        "commune": heard.commune,
        "salt": heard.salt.hex(),
        **other,
    }


def put(phone: Phone, client: FlaskClient, event: str, body: object) -> Any:  # noqa: ANN401 - werkzeug's answer
    known = {"Authorization": f"Bearer {phone._token}"}
    return client.put(f"/api/v1/attempts/{event}/address", json=body, headers=known)


def kept(runtime: Runtime) -> tuple[int, int]:
    with transaction(runtime.sessions) as session:
        return (
            session.scalar(select(func.count()).select_from(ParticularsRow)) or 0,
            session.scalar(select(func.count()).select_from(CommitmentRow)) or 0,
        )


@pytest.fixture
def nothing_kept(runtime: Runtime, tried: EventId) -> Iterator[None]:
    before = kept(runtime)
    yield
    assert kept(runtime) == before


def receiver(session: Session, world: World, item: ItemId) -> tuple[str, str]:
    dossier = DossierId(session.get_one(ItemRow, item).dossier or "")
    people = persons.look(
        session, world.vault, dossier, purpose=Purpose.AUDIT, by=world.auditor, at=w.MORNING
    )
    address = people[PersonRole.RECEIVER].address
    assert address is not None
    return address.text, address.unit


def test_what_was_heard_waits_for_a_clerk_and_stands_when_he_has_compared_it(
    phone: Phone, tried: EventId, item: ItemId, runtime: Runtime, world: World
) -> None:
    with transaction(runtime.sessions) as session:
        before = receiver(session, world, item)

    phone.tell_addresses()

    assert (phone.addresses, phone.refused_addresses) == ({}, {})
    with transaction(runtime.sessions) as session:
        (waiting,) = particulars.waiting_from_doors(session, by=world.counter).heard
        assert particulars.waiting_from_doors(session, by=world.far_counter).heard == ()
        assert (waiting.item, waiting.correction.basis) == (item, Basis.DOOR)
        assert waiting.correction.made_by == world.courier.staff
        assert receiver(session, world, item) == before
        particulars.decide(
            session, world.vault, waiting.correction.id, right=True, by=world.counter,
            at=runtime.clock(),
        )  # fmt: skip
        assert receiver(session, world, item) == (SAID, w.FAR_COMMUNE)
        assert particulars.waiting_from_doors(session, by=world.counter).heard == ()
        looks = persons.looks(session, waiting.correction.dossier)
    assert (world.courier.staff, "receiver", "delivery") in {
        (look.staff, look.what, look.purpose) for look in looks
    }


def test_told_again_after_a_lost_answer_it_is_entered_once_even_when_it_was_decided(
    phone: Phone, tried: EventId, client: FlaskClient, runtime: Runtime, world: World
) -> None:
    body = told(phone.addresses[tried])
    first, second = (put(phone, client, tried, body) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json() == second.get_json() == {"event": tried}
    with transaction(runtime.sessions) as session:
        (waiting,) = particulars.waiting_from_doors(session, by=world.counter).heard
        particulars.decide(
            session, world.vault, waiting.correction.id, right=False, by=world.counter,
            at=runtime.clock(),
        )  # fmt: skip
    once = kept(runtime)
    assert put(phone, client, tried, body).status_code == 200
    assert kept(runtime) == once
    assert once[0] == 1


def test_days_later_and_with_the_item_long_back_at_the_counter_it_is_taken(
    phone: Phone, tried: EventId, item: ItemId, runtime: Runtime, world: World, clock: Clock
) -> None:
    with transaction(runtime.sessions) as session:
        passed(
            session, world, [item], world.courier, world.counter, Capacity.COUNTER,
            at=MORNING + timedelta(hours=1),
        )  # fmt: skip
    clock.forward(timedelta(days=6))
    phone.sign_in()

    phone.tell_addresses()

    assert phone.refused_addresses == {}
    assert kept(runtime)[0] == 1


@pytest.mark.usefixtures("nothing_kept")
def test_before_its_attempt_is_in_the_ledger_it_is_not_taken_and_stays_on_the_phone(
    phone: Phone, item: ItemId, client: FlaskClient
) -> None:
    phone.addresses.clear()
    event = phone.hear_address(item, Reason.MOVED, SAID, w.FAR_COMMUNE)
    phone.tell_addresses()
    assert list(phone.addresses) == [event]
    got = put(phone, client, event, told(phone.addresses[event]))
    assert (got.status_code, got.get_json()["code"]) == (404, "door_address.unknown_attempt")
    assert got.get_json()["title"].startswith("Sổ chưa có lần phát này")


@pytest.mark.usefixtures("nothing_kept")
def test_nobody_tells_it_for_anothers_attempt(
    phone: Phone, tried: EventId, client: FlaskClient, couriers: Couriers, world: World
) -> None:
    other = couriers.phone(world.far_courier)
    got = put(other, client, tried, told(phone.addresses[tried]))
    assert (got.status_code, got.get_json()["code"]) == (404, "door_address.unknown_attempt")


def test_who_does_not_carry_the_item_was_at_nobodys_door(
    item: ItemId, client: FlaskClient, couriers: Couriers, world: World, runtime: Runtime
) -> None:
    stranger = couriers.phone(world.far_courier, carrying=item)
    before = kept(runtime)
    event = stranger.hear_address(item, Reason.MOVED, SAID, w.FAR_COMMUNE)
    (outcome,) = stranger.send()
    assert outcome["status"] == "conflict"
    got = put(stranger, client, event, told(stranger.addresses[event]))
    assert (got.status_code, got.get_json()["code"]) == (404, "door_address.unknown_attempt")
    assert kept(runtime) == before


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize(
    ("other", "status", "code"),
    [
        ({"address": "Nơi khác"}, 409, "door_address.other"),
        ({"commune": w.COMMUNE}, 409, "door_address.other"),
        ({"salt": "0" * 64}, 409, "door_address.other"),
        ({"address": f" {SAID}"}, 422, "person.bad_address"),
        (
            {"address": normalize("NFD", "Hà Lam")},
            422,
            "person.bad_address",
        ),  # marks apart from their letters
        ({"address": "\ud800"}, 422, "person.bad_address"),
        ({"address": ""}, 422, "request.malformed"),
        ({"address": "x" * 301}, 422, "request.malformed"),
        ({"address": 7}, 422, "request.malformed"),
        ({"commune": "../.."}, 422, "request.malformed"),
        ({"commune": None}, 422, "request.malformed"),
        ({"salt": "0" * 63}, 422, "request.malformed"),
        ({"told_by": "a neighbour"}, 422, "request.malformed"),
    ],
)
def test_what_is_not_what_was_signed_is_refused_with_its_reason(
    phone: Phone,
    tried: EventId,
    client: FlaskClient,
    other: dict[str, object],
    status: int,
    code: str,
) -> None:
    got = put(phone, client, tried, told(phone.addresses[tried], **other))
    assert (got.status_code, got.get_json()["code"]) == (status, code), got.text


@pytest.mark.usefixtures("nothing_kept")
def test_an_address_that_stands_already_or_in_no_commune_is_refused(
    phone: Phone, item: ItemId, client: FlaskClient, runtime: Runtime, world: World
) -> None:
    with transaction(runtime.sessions) as session:
        stands = receiver(session, world, item)
    for (text, commune), status, code in (
        (stands, 422, "particulars.nothing_changes"),
        ((SAID, w.FAR_OFFICE), 404, "unit.unknown"),
        ((SAID, "99999"), 404, "unit.unknown"),
    ):
        event = phone.hear_address(item, Reason.BAD_ADDRESS, text, commune)
        assert phone.send()[0]["status"] == "accepted"
        got = put(phone, client, event, told(phone.addresses[event]))
        assert (got.status_code, got.get_json()["code"]) == (status, code)


@pytest.mark.usefixtures("nothing_kept")
def test_an_attempt_for_another_reason_takes_no_address(
    phone: Phone, item: ItemId, client: FlaskClient
) -> None:
    heard = Heard(address=SAID, commune=w.FAR_COMMUNE, salt=os.urandom(32))
    bound = phone.tell(
        item,
        acts.Attempt(reason="R01", action="A1", counted=True, commitment=heard.commitment),
    )
    phone.send()
    got = put(phone, client, bound, told(heard))
    assert (got.status_code, got.get_json()["code"]) == (409, "door_address.not_asked")


@pytest.mark.usefixtures("nothing_kept")
def test_an_attempt_that_bound_nothing_takes_no_address(
    phone: Phone, item: ItemId, client: FlaskClient
) -> None:
    heard = Heard(address=SAID, commune=w.FAR_COMMUNE, salt=os.urandom(32))
    bare = phone.tell(item, acts.Attempt(reason="R04", action="A3", counted=False))
    phone.send()
    got = put(phone, client, bare, told(heard))
    assert (got.status_code, got.get_json()["code"]) == (409, "door_address.other")


def test_while_another_correction_waits_it_stays_refused_and_can_be_told_later(
    phone: Phone, tried: EventId, item: ItemId, client: FlaskClient, runtime: Runtime, world: World
) -> None:
    with transaction(runtime.sessions) as session:
        dossier = DossierId(session.get_one(ItemRow, item).dossier or "")
        other = particulars.propose(
            session, world.vault, dossier, PersonRole.RECEIVER, Changes(phone="0914000777"),
            basis=Basis.CITIZEN, by=world.counter, at=runtime.clock(),
        )  # fmt: skip
    body = told(phone.addresses[tried])
    got = put(phone, client, tried, body)
    assert (got.status_code, got.get_json()["code"]) == (409, "particulars.another_waits")
    phone.tell_addresses()
    assert list(phone.addresses) == [tried]
    with transaction(runtime.sessions) as session:
        particulars.decide(
            session, world.vault, other.id, right=False, by=world.desk_clerk, at=runtime.clock()
        )
    assert put(phone, client, tried, body).status_code == 201


def test_of_an_erased_dossier_nothing_is_kept(
    phone: Phone, tried: EventId, item: ItemId, client: FlaskClient, runtime: Runtime
) -> None:
    before = kept(runtime)
    with transaction(runtime.sessions) as session:
        dossier = session.get_one(ItemRow, item).dossier
        session.delete(session.get_one(DossierKeyRow, dossier))
    got = put(phone, client, tried, told(phone.addresses[tried]))
    assert (got.status_code, got.get_json()["code"]) == (404, "dossier.erased")
    assert kept(runtime) == before


@pytest.mark.parametrize("event", ["nothing", "0193a000-0000-7000-8000-000000000000"])
def test_of_what_is_no_attempt_nothing_is_kept(
    phone: Phone, client: FlaskClient, event: str
) -> None:
    body = {"address": SAID, "commune": w.FAR_COMMUNE, "salt": "0" * 64}
    assert put(phone, client, event, body).status_code == 404


def test_another_type_than_json_is_told_so(
    phone: Phone, tried: EventId, client: FlaskClient
) -> None:
    known = {"Authorization": f"Bearer {phone._token}"}
    got = client.put(
        f"/api/v1/attempts/{tried}/address", data=b"a=1", content_type="text/plain", headers=known
    )
    assert (got.status_code, got.get_json()["code"]) == (415, "request.unsupported_media_type")


def test_without_a_token_it_is_not_taken(client: FlaskClient, tried: EventId) -> None:
    assert client.put(f"/api/v1/attempts/{tried}/address", json={}).status_code == 401


def test_a_refusal_that_is_final_is_shown_on_the_phone(
    phone: Phone, item: ItemId, runtime: Runtime
) -> None:
    event = phone.hear_address(item, Reason.MOVED, SAID, "99999")
    phone.send()
    phone.tell_addresses()
    assert phone.addresses == {}
    assert phone.refused_addresses == {event: "unit.unknown"}


def test_a_phone_that_is_told_to_wait_keeps_what_it_heard(
    phone: Phone, tried: EventId, couriers: Couriers
) -> None:
    phone._token = "0" * 64
    with pytest.raises(ServerSaidNoError, match="401"):
        phone.tell_addresses()
    assert list(phone.addresses) == [tried]


def test_sent_twice_at_once_it_is_entered_once(committed_sessions: Sessions) -> None:
    with transaction(committed_sessions) as session:
        world = build(session)
        item = carried(session, world)
        event = wrong_doors.tried(session, world, item)
    both = Barrier(2)

    def one(_: int) -> bool | str:
        both.wait(10)
        try:
            with transaction(committed_sessions) as session:
                return door_addresses.tell(
                    session, world.vault, event, HEARD, by=world.courier, at=w.MORNING
                )
        except Refusal as refused:
            return refused.code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(map(str, pool.map(one, range(2)))) == ["False", "True"]
    with transaction(committed_sessions) as session:
        assert session.scalar(select(func.count()).select_from(ParticularsRow)) == 1
