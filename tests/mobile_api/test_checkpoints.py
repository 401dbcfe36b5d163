"""A phone sees the ledger's head as witnesses signed it, and forgets only what lies beneath it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mobile_api.app import create_app
from postal_service.cli.witness import WitnessOffice
from postal_service.demo.phone import Answer, Phone
from postal_service.demo.phone_offers import OfferDoesNotMatchError
from postal_service.domain.actors import Role
from postal_service.ledger import notes
from postal_service.ledger.checkpoint import Kept
from postal_service.ledger.encoding import decode
from postal_service.ledger.notes import NoteInvalid
from postal_service.ledger.verify import OLDER_THAN_IT_CAN_BE, verify
from postal_service.runtime import Runtime
from postal_service.services import checkpoints
from postal_service.services.checkpoints import Witness
from postal_service.storage.transaction import transaction
from tests.clock import Clock
from tests.mobile_api.phones import Couriers, collected, custody_of, line_to, numbers
from tests.services import world as w
from tests.services.world import World


@pytest.fixture
def offices(runtime: Runtime, clock: Clock, tmp_path: Path) -> list[WitnessOffice]:
    def seconds() -> float:
        return clock().timestamp()

    log = notes.public_key(runtime.settings.origin, runtime.log_key)
    return [WitnessOffice(f"w{n}", log, tmp_path / f"w{n}", seconds) for n in (1, 2, 3)]


@pytest.fixture
def witnessed(runtime: Runtime, offices: list[WitnessOffice]) -> Runtime:
    witnesses = tuple(Witness(key=each.key, ask=each.add_checkpoint) for each in offices)
    return replace(runtime, witnesses=witnesses)


@pytest.fixture
def app(witnessed: Runtime) -> Flask:
    return create_app(witnessed)


@pytest.fixture
def signed(witnessed: Runtime) -> Callable[[int], Kept]:
    """Signs the ledger as it stands and lets so many of its witnesses sign beneath."""
    return lambda how_many: signed_by(witnessed, how_many)


def signed_by(runtime: Runtime, how_many: int) -> Kept:
    with transaction(runtime.sessions) as session:
        kept = checkpoints.make(
            session, origin=runtime.settings.origin, log_key=runtime.log_key, at=runtime.clock()
        )
    asked = runtime.witnesses[:how_many]
    checkpoints.cosign(runtime.sessions, kept, asked, at=runtime.clock())
    return kept


def asked(client: FlaskClient, phone: Phone, **headers: str) -> tuple[int, dict[str, object], str]:
    told = {"Authorization": f"Bearer {phone._token}"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    got = client.get("/api/v1/checkpoints/newest", headers=told)
    return got.status_code, got.get_json(silent=True) or {}, got.headers.get("ETag", "")


def test_before_enough_witnesses_have_signed_there_is_none(
    client: FlaskClient, phone: Phone, signed: Callable[[int], Kept]
) -> None:
    assert asked(client, phone)[1]["code"] == "ledger.no_checkpoint"
    signed(1)
    status, told, _ = asked(client, phone)
    assert (status, told["code"]) == (404, "ledger.no_checkpoint")

    kept = signed(2)
    status, told, etag = asked(client, phone)
    assert (status, told["size"], told["root"]) == (200, kept.size, kept.root.hex())
    assert asked(client, phone, If_None_Match=etag) == (304, {}, etag)


def test_a_phone_forgets_what_was_recorded_once_it_lies_beneath_a_checkpoint(
    witnessed: Runtime, phone: Phone, signed: Callable[[int], Kept]
) -> None:
    first, second, third = numbers(witnessed, 3)
    collected(phone, first, "S1")
    phone.send()
    before = set(phone.recorded)
    kept = signed(3)
    collected(phone, second, "S2")
    phone.send()
    assert len(before) == 2
    assert before < phone.recorded.keys() == phone.receipts.keys()

    phone.see_checkpoint()

    assert phone.recorded.keys() == phone.receipts.keys() - before
    # What it still has, it can send again, should the server have lost it.
    again = phone.send(list(phone.recorded.values()))
    assert {each["status"] for each in again} == {"duplicate"}
    collected(phone, third, "S3")
    assert decode(phone.outbox[-1].body).checkpoint == kept.root[:16].hex()


def test_what_a_phone_has_seen_is_what_an_auditor_finds(
    witnessed: Runtime,
    phone: Phone,
    signed: Callable[[int], Kept],
    clock: Clock,
    tmp_path: Path,
) -> None:
    signed(3)
    phone.see_checkpoint()
    clock.forward(timedelta(hours=1))
    phone.sign_in()
    collected(phone, numbers(witnessed, 1)[0], "S1")
    phone.send()
    # Its wall clock is set back; its count of what has passed since it was switched on cannot be.
    back = timedelta(hours=3)
    clock.forward(-back)
    phone._started -= back
    collected(phone, numbers(witnessed, 1)[0], "S2")  # told to be before what the phone had seen
    clock.forward(back)
    phone._started += back
    phone.send()
    signed(3)

    ledger, keys = tmp_path / "ledger.jsonl", tmp_path / "keys.json"
    with transaction(witnessed.sessions) as session:
        checkpoints.export_to(session, witnessed.policy, ledger=ledger, keys=keys)
    told = verify(ledger, keys)
    assert told.valid
    # Its second package, and only that, it says it took before it saw what it names: two events.
    assert told.findings == {OLDER_THAN_IT_CAN_BE: 2}


def test_a_checkpoint_that_was_tampered_with_makes_a_phone_forget_nothing(
    witnessed: Runtime, phone: Phone, signed: Callable[[int], Kept]
) -> None:
    (item,) = numbers(witnessed, 1)
    collected(phone, item, "S1")
    phone.send()
    kept = signed(3)
    phone.see_checkpoint()
    collected(phone, numbers(witnessed, 1)[0], "S2")
    phone.send()
    true, line = dict(phone.recorded), phone._transport

    def tampering(method: str, path: str, headers: object, body: bytes) -> Answer:
        answer = line(method, path, headers, body)  # type: ignore[arg-type]
        told = answer.told
        told["note"] = told["note"].replace(f"\n{kept.size}\n", f"\n{kept.size + 2}\n")
        told["quorum"] = 0
        return replace(answer, body=json.dumps(told).encode())

    phone._transport = tampering
    with pytest.raises(NoteInvalid):
        phone.see_checkpoint()
    assert phone.recorded == true


def test_other_keys_than_those_seen_first_are_not_believed(
    witnessed: Runtime, couriers: Couriers, phone: Phone, signed: Callable[[int], Kept]
) -> None:
    signed(3)
    phone.see_checkpoint()
    line = phone._transport

    def another_log(method: str, path: str, headers: object, body: bytes) -> Answer:
        answer = line(method, path, headers, body)  # type: ignore[arg-type]
        told = answer.told
        key = witnessed.keys.root
        text = "\n".join(told["note"].split("\n")[:3]) + "\n"
        told["note"] = str(notes.sign(text, witnessed.settings.origin, key))
        told |= {"log": str(notes.public_key(witnessed.settings.origin, key)), "witnesses": []}
        return replace(answer, body=json.dumps(told | {"quorum": 0}).encode())

    phone._transport = another_log
    with pytest.raises(NoteInvalid):
        phone.see_checkpoint()


@pytest.mark.parametrize(("replaced", "believed"), [(1, True), (2, False)])
def test_a_phone_goes_on_without_one_of_the_witnesses_it_saw_first_and_not_without_two(
    witnessed: Runtime, phone: Phone, clock: Clock, tmp_path: Path, replaced: int, *, believed: bool
) -> None:
    signed_by(witnessed, 3)
    phone.see_checkpoint()
    log = notes.public_key(witnessed.settings.origin, witnessed.log_key)
    fresh = [
        WitnessOffice(f"n{n}", log, tmp_path / f"n{n}", lambda: clock().timestamp())
        for n in range(replaced)
    ]
    new = [Witness(key=each.key, ask=each.add_checkpoint) for each in fresh]
    today = replace(witnessed, witnesses=(*new, *witnessed.witnesses[replaced:]))
    collected(phone, numbers(witnessed, 1)[0], "S1")
    phone.send()
    kept, recorded = signed_by(today, 3), dict(phone.recorded)
    phone._transport = line_to(create_app(today))

    if believed:
        phone.see_checkpoint()
        assert phone._checkpoint == kept.root[:16].hex()
        assert phone.recorded == {}
        return
    with pytest.raises(NoteInvalid):
        phone.see_checkpoint()
    assert phone.recorded == recorded  # nothing is lost, and nothing forgotten


def test_a_colleagues_key_is_believed_for_twelve_hours_after_the_last_word_from_the_server(
    witnessed: Runtime, couriers: Couriers, phone: Phone, world: World, clock: Clock
) -> None:
    clock.forward(timedelta(hours=13))  # eight in the morning in Vietnam
    with transaction(witnessed.sessions) as session:
        paths = {w.OFFICE: world.counter.path}
        colleague = w._staff(session, "rider", w.OFFICE, Role.COURIER, w.OFFICE, paths)
    other = couriers.phone(colleague)

    def meet() -> None:
        (item,) = numbers(witnessed, 1)
        parcel = collected(phone, item, f"S-{item}")
        other.take(phone.offer_code([parcel]), [parcel], custody_of(phone, item))

    with pytest.raises(OfferDoesNotMatchError):  # it has not loaded a day yet
        meet()
    assert other.pull()
    assert other.shift["good_for_seconds"] == 12 * 3600
    clock.forward(timedelta(hours=12))
    meet()
    clock.forward(timedelta(seconds=1))
    with pytest.raises(OfferDoesNotMatchError):
        meet()

    other.sign_in()
    assert not other.pull()  # nothing is new, and that is a word from the server too
    meet()
