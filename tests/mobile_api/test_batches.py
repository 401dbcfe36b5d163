"""An upload is all or nothing to the store, and one answer for each event to the phone."""

import gzip
import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from mobile_api.requests import LARGEST_BATCH
from postal_service.demo.phone import AT_ONCE, LARGEST_UPLOAD, Phone
from postal_service.ledger import base64_strict, reading, signing
from postal_service.projections import holdings
from postal_service.runtime import Runtime
from postal_service.services import consequences
from postal_service.storage.transaction import transaction
from tests.mobile_api.phones import Couriers, collected, custody_of, numbers
from tests.services.world import World

Upload = Callable[..., TestResponse]


@pytest.fixture
def upload(client: FlaskClient, phone: Phone) -> Upload:
    def send(body: bytes, **headers: str) -> TestResponse:
        told = {"Authorization": f"Bearer {phone._token}", "Content-Type": "application/json"}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        return client.post("/api/v1/batches", data=body, headers=told)

    return send


def as_json(phone: Phone) -> bytes:
    events = [
        {"body": base64_strict.write(each.body), "sig": base64_strict.write(each.signature)}
        for each in phone.outbox
    ]
    return json.dumps({"events": events}).encode()


def size(runtime: Runtime) -> int:
    with transaction(runtime.sessions) as session:
        return reading.size(session)


def test_what_is_accepted_has_a_receipt_that_the_log_signed(phone: Phone, runtime: Runtime) -> None:
    (item,) = numbers(runtime, 1)
    collected(phone, item, "S1")
    sent = list(phone.outbox)

    outcomes = phone.send()

    assert [each["status"] for each in outcomes] == ["accepted", "accepted"]
    assert phone.outbox == []
    log: Ed25519PublicKey = runtime.log_key.public_key()
    for each, outcome in zip(sent, outcomes, strict=True):
        body = base64_strict.read(outcome["receipt"]["body"])
        log.verify(base64_strict.read(outcome["receipt"]["sig"]), body)
        told = json.loads(body)
        assert (told["id"], told["idx"]) == (each.id, outcome["index"])


def test_a_phone_that_heard_no_answer_sends_again_and_gets_its_receipts(
    phone: Phone, runtime: Runtime
) -> None:
    (item,) = numbers(runtime, 1)
    collected(phone, item, "S1")
    kept = list(phone.outbox)
    first = phone.send()
    phone.outbox = kept

    again = phone.send()

    assert [each["status"] for each in again] == ["duplicate", "duplicate"]
    assert [each["receipt"] for each in again] == [each["receipt"] for each in first]
    assert phone.outbox == []


def test_two_phones_meet_without_a_network_and_the_receiver_sends_for_both(
    couriers: Couriers, world: World, runtime: Runtime, phone: Phone
) -> None:
    other = couriers.phone(world.far_courier)
    items = numbers(runtime, 3)
    parcels = [collected(phone, item, f"S{n}") for n, item in enumerate(items)]
    giver_key = ("ed25519", signing.public_bytes(phone._key))
    other.take(phone.offer_code(parcels), parcels, custody_of(phone, *items), giver_key)

    other.send([*phone.outbox, *other.outbox])

    with transaction(runtime.sessions) as session:
        held = [each.item for each in holdings.held_by_staff(session, other.staff)]
    assert held == sorted(items)
    assert other.outbox == []


def test_more_bytes_than_an_upload_holds_go_in_several(
    couriers: Couriers, world: World, runtime: Runtime, phone: Phone
) -> None:
    # Given a courier who took over what another had collected, all of it without a network:
    # each hand-over has the offer and the way to its root in it.
    other = couriers.phone(world.far_courier)
    items = numbers(runtime, 400)
    parcels = [collected(phone, item, f"S{n}") for n, item in enumerate(items)]
    while phone.outbox:
        phone.send()
    giver_key = ("ed25519", signing.public_bytes(phone._key))
    other.take(phone.offer_code(parcels), parcels, custody_of(phone, *items), giver_key)
    assert len(other.outbox) <= AT_ONCE
    assert len(as_json(other)) > LARGEST_UPLOAD == LARGEST_BATCH

    first = other.send()
    rest = other.send()

    assert len(first) > len(rest) > 0
    assert {each["status"] for each in [*first, *rest]} == {"accepted"}
    assert (other.outbox, len(other.receipts)) == ([], 400)


def test_a_held_event_stays_in_the_outbox(phone: Phone, runtime: Runtime) -> None:
    (item,) = numbers(runtime, 1)
    collected(phone, item, "S1")
    outcomes = phone.send(phone.outbox[1:])
    assert [each["status"] for each in outcomes] == ["held"]
    assert len(phone.outbox) == 2
    phone.send()
    assert phone.send() == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 60_000, 400),
        (b'{"events":' + b"9" * 60_000 + b"}", 400),
        (b'{"events":[{"body":1e999,"sig":NaN}]}', 422),
        (b'{"events":[{"body":"\\u0000","sig":"\x00"}]}', 400),
        (b"null", 422),
        (b"[]", 422),
        (b'{"events":[]}', 422),
        (b'{"events":{}}', 422),
        (b'{"events":[7]}', 422),
        (b'{"events":[{"body":"e30="}]}', 422),
        (b'{"events":[{"body":"e30","sig":""}]}', 422),
        (b'{"events":[{"body":"e31=","sig":""}]}', 422),
        (b'{"events":[{"body":"e30=","sig":"","more":1}]}', 422),
        (b'{"events":[{"body":"\\ud800","sig":""}]}', 422),
        (json.dumps({"events": [{"body": "e30=", "sig": ""}] * 501}).encode(), 422),
        (json.dumps({"events": [{"body": "A" * 24_004, "sig": ""}]}).encode(), 422),
        (b" " * (512 * 1024 + 1), 413),
    ],
)
def test_a_malformed_batch_stores_nothing_and_says_what_is_wrong(
    upload: Upload, runtime: Runtime, body: bytes, status: int
) -> None:
    before = size(runtime)
    got = upload(body)
    assert got.status_code == status
    assert got.mimetype == "application/problem+json"
    assert got.get_json()["code"]
    assert size(runtime) == before


def test_the_pointer_names_the_event(upload: Upload) -> None:
    got = upload(b'{"events":[{"body":"e30=","sig":""},{"body":"?","sig":""}]}')
    assert [each["pointer"] for each in got.get_json()["errors"]] == ["/events/1/body"]


def test_a_packed_batch_is_unpacked_up_to_the_limit_and_no_further(
    upload: Upload, phone: Phone, runtime: Runtime
) -> None:
    (item,) = numbers(runtime, 1)
    collected(phone, item, "S1")
    packed = gzip.compress(as_json(phone))
    bomb = gzip.compress(b" " * 50_000_000)

    assert upload(bomb, Content_Encoding="gzip").status_code == 413
    assert upload(packed[:-9], Content_Encoding="gzip").status_code == 400
    assert upload(packed + b"x", Content_Encoding="gzip").status_code == 400
    assert upload(zlib.compress(as_json(phone)), Content_Encoding="gzip").status_code == 400
    assert upload(packed, Content_Encoding="br").status_code == 415
    assert upload(packed, Content_Encoding="gzip").status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json_is_taken(upload: Upload, kind: str) -> None:
    got = upload(b'{"events":[]}', Content_Type=kind)
    assert (got.status_code, got.get_json()["code"]) == (415, "request.unsupported_media_type")


@pytest.mark.parametrize("body", [b"{}", b"{", b" " * 600_000])
def test_without_a_token_nothing_is_looked_at(client: FlaskClient, body: bytes) -> None:
    got = client.post("/api/v1/batches", data=body, content_type="application/json")
    assert (got.status_code, got.get_json()["code"]) == (401, "device.token_refused")


def test_when_something_breaks_half_way_nothing_at_all_is_recorded(
    monkeypatch: pytest.MonkeyPatch, app: Flask, upload: Upload, phone: Phone, runtime: Runtime
) -> None:
    (item,) = numbers(runtime, 1)
    collected(phone, item, "S1")
    before = size(runtime)

    def breaks(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        # The last thing done before the commit; a full disk can strike anywhere.
        broken.setattr(consequences, "after_arrival", breaks)
        got = upload(as_json(phone))
    assert (got.status_code, got.get_json()["code"]) == (500, "server.fault")
    assert "disk" not in got.text
    assert size(runtime) == before

    assert [each["status"] for each in phone.send()] == ["accepted", "accepted"]


EVENT_LIKE = st.one_of(
    st.binary(max_size=300),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda below: (
            st.lists(below, max_size=4)
            | st.dictionaries(
                st.sampled_from(["v", "id", "dev", "type", "item", "seq", "prev", "n", "proof"])
                | st.text(max_size=5),
                below,
                max_size=9,
            )
        ),
        max_leaves=20,
    ).map(lambda told: json.dumps(told).encode()),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    bodies=st.lists(st.tuples(EVENT_LIKE, st.binary(max_size=70)), min_size=1, max_size=5),
    cut=st.integers(0, 600),
    flipped=st.integers(0, 255),
)
def test_whatever_is_sent_the_answer_is_no_fault_and_the_ledger_stands_still(
    upload: Upload,
    runtime: Runtime,
    phone: Phone,
    bodies: list[tuple[bytes, bytes]],
    cut: int,
    flipped: int,
) -> None:
    if not phone.outbox:
        (item,) = numbers(runtime, 1)
        collected(phone, item, "S1")
    genuine = bytearray(phone.outbox[0].body)
    genuine[cut % len(genuine)] ^= flipped or 1
    before = size(runtime)
    events: list[dict[str, Any]] = [
        {"body": base64_strict.write(body), "sig": base64_strict.write(signature)}
        for body, signature in [*bodies, (bytes(genuine), phone.outbox[0].signature)]
    ]

    got = upload(json.dumps({"events": events}).encode())

    assert got.status_code == 200
    assert {each["status"] for each in got.get_json()["outcomes"]} == {"quarantined"}
    assert size(runtime) == before
