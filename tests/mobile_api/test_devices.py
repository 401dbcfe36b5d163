"""A phone gets in by a code, a key and six characters, and by nothing less."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from postal_service.demo.phone import Phone, ServerSaidNoError
from postal_service.domain.actors import Actor, Role, RoleNeeded
from postal_service.domain.acts import EnrolDevice, RevokeDevice
from postal_service.domain.ids import UnitCode
from postal_service.ledger import base64_strict, reading, signing
from postal_service.runtime import Runtime
from postal_service.services import devices, directory, enrolling, phone_access, staffing
from postal_service.services.directory import UnknownStaff
from postal_service.services.staffing import Decision
from postal_service.storage.transaction import transaction
from tests.clock import NOON, Clock
from tests.mobile_api.phones import Couriers, collected, custody_of, line_to, numbers
from tests.services.world import FAR_OFFICE, OFFICE, OPERATOR, World


def code_of(caught: pytest.ExceptionInfo[ServerSaidNoError]) -> tuple[int, str]:
    return caught.value.status, caught.value.code


def shown(couriers: Couriers, code: str, public: bytes, proof: bytes) -> TestResponse:
    """A code and a key as anybody could send them."""
    told = {
        "code": code,
        "algorithm": "ed25519",
        "public_key": base64_strict.write(public),
        "proof": base64_strict.write(proof),
    }
    return couriers.app.test_client().post("/api/v1/devices/enrolments", json=told)


def test_a_confirmed_phone_signs_in_and_is_its_courier(couriers: Couriers, world: World) -> None:
    phone = couriers.phone(world.courier)

    me = phone.call("GET", "/me")

    assert me == {"staff": world.courier.staff, "unit": world.courier.unit, "device": phone.device}


def test_a_phone_with_a_p256_key_gets_in_as_well(couriers: Couriers, world: World) -> None:
    phone = couriers.phone(world.courier, generate_private_key(SECP256R1()))
    assert phone.call("GET", "/me")["device"] == phone.device


def test_enrolment_and_revocation_stand_in_the_ledger_in_the_name_of_the_head(
    couriers: Couriers, world: World, runtime: Runtime
) -> None:
    phone = couriers.phone(world.courier)
    couriers.revoke(phone)

    with transaction(runtime.sessions) as session:
        told = [each.event for each in reading.everything(session)]
    enrolled = [e for e in told if isinstance(e.act, EnrolDevice) and e.act.device == phone.device]
    revoked = [e for e in told if isinstance(e.act, RevokeDevice) and e.act.device == phone.device]
    assert [each.staff for each in enrolled + revoked] == [world.administrator.staff] * 2


def test_nobody_signs_in_before_the_head_has_confirmed(couriers: Couriers, world: World) -> None:
    phone, _ = couriers.presented(world.courier)
    with pytest.raises(ServerSaidNoError) as caught:
        phone.sign_in()
    assert code_of(caught) == (409, "device.not_active")


def test_other_characters_do_not_confirm(couriers: Couriers, world: World) -> None:
    phone, fingerprint = couriers.presented(world.courier)
    other = ("0" if fingerprint[0] != "0" else "1") + fingerprint[1:]
    with pytest.raises(enrolling.FingerprintDiffers):
        couriers.confirm(phone, other)


def test_the_head_may_type_the_characters_as_he_reads_them(
    couriers: Couriers, world: World
) -> None:
    phone, fingerprint = couriers.presented(world.courier)
    couriers.confirm(phone, f" {fingerprint.lower().replace('0', 'o')} ")
    phone.sign_in()


def test_a_code_is_used_once(couriers: Couriers, world: World) -> None:
    code = couriers.code_for(world.courier)
    line = line_to(couriers.app)
    Phone(line, couriers.runtime.clock).enrol(code)
    with pytest.raises(ServerSaidNoError) as caught:
        Phone(line, couriers.runtime.clock).enrol(code)
    assert code_of(caught) == (404, "device.enrolment_code_unknown")


def test_a_key_that_is_shown_again_is_the_same_phone_while_its_code_is_good(
    couriers: Couriers, world: World, runtime: Runtime, clock: Clock
) -> None:
    code = couriers.code_for(world.courier)
    phone = Phone(line_to(couriers.app), clock)
    fingerprint, device = phone.enrol(code), phone.device

    # its answer was lost
    assert (phone.enrol(code), phone.device) == (fingerprint, device)
    with transaction(runtime.sessions) as session:
        waiting = devices.phones(session, status=devices.PENDING, by=world.administrator)
    assert [each.id for each in waiting] == [device]

    # and once more after the head has looked
    couriers.confirm(phone, fingerprint)
    assert (phone.enrol(code), phone.device) == (fingerprint, device)

    clock.forward(timedelta(minutes=10))
    with pytest.raises(ServerSaidNoError) as caught:
        phone.enrol(code)
    assert code_of(caught) == (404, "device.enrolment_code_unknown")


def test_a_key_that_was_shown_is_told_to_nobody_without_its_private_half(
    couriers: Couriers, world: World
) -> None:
    code = couriers.code_for(world.courier)
    key = Ed25519PrivateKey.generate()
    Phone(line_to(couriers.app), couriers.runtime.clock, key).enrol(code)
    public = signing.public_bytes(key)
    message = enrolling.enrolment_message(code, "ed25519", public)

    got = shown(couriers, code, public, Ed25519PrivateKey.generate().sign(message))

    assert (got.status_code, got.get_json()["code"]) == (422, "device.proof_wrong")


def test_a_code_is_good_for_ten_minutes(couriers: Couriers, world: World, clock: Clock) -> None:
    code = couriers.code_for(world.courier)
    clock.forward(timedelta(minutes=10))
    with pytest.raises(ServerSaidNoError) as caught:
        Phone(line_to(couriers.app), clock).enrol(code)
    assert code_of(caught) == (404, "device.enrolment_code_unknown")


def test_a_key_is_not_taken_without_its_private_half(couriers: Couriers, world: World) -> None:
    code = couriers.code_for(world.courier)
    mine, victims = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    public = signing.public_bytes(victims)
    message = enrolling.enrolment_message(code, "ed25519", public)
    got = shown(couriers, code, public, mine.sign(message))
    assert (got.status_code, got.get_json()["code"]) == (422, "device.proof_wrong")
    assert Phone(line_to(couriers.app), couriers.runtime.clock).enrol(code)  # it did not burn


def test_a_key_of_another_courier_is_not_taken(couriers: Couriers, world: World) -> None:
    key = Ed25519PrivateKey.generate()
    couriers.phone(world.courier, key)

    with pytest.raises(ServerSaidNoError) as caught:
        couriers.presented(world.far_courier, key)

    assert code_of(caught) == (409, "device.key_of_another")
    couriers.presented(world.courier, key)  # his own he may enrol anew


@pytest.mark.parametrize(
    ("told", "pointer", "code"),
    [
        ({}, "/code", "field.missing"),
        ({"code": "ĐƯỜNG" * 6}, "/code", "field.wrong_form"),
        ({"code": None}, "/code", "field.null"),
        ({"code": "0" * 26, "algorithm": "rsa"}, "/algorithm", "field.no_choice"),
        ({"code": "0" * 26, "public_key": "=A=="}, "/public_key", "field.not_base64"),
        ({"code": "0" * 26, "proof": "A" * 129}, "/proof", "field.not_base64"),
        ({"code": 7}, "/code", "field.wrong_type"),
        ({"code": "0" * 26, "surprise": 1}, "/surprise", "field.unknown"),
        ([], "", "field.wrong_type"),
    ],
)
def test_a_malformed_enrolment_names_its_field(
    client: FlaskClient, told: object, pointer: str, code: str
) -> None:
    got = client.post("/api/v1/devices/enrolments", json=told)
    assert got.status_code == 422
    assert got.mimetype == "application/problem+json"
    assert (pointer, code) in [(each["pointer"], each["code"]) for each in got.get_json()["errors"]]


def test_a_nonce_is_used_once_and_soon(couriers: Couriers, world: World, clock: Clock) -> None:
    phone = couriers.phone(world.courier)

    def sign_in(nonce: str, key: Ed25519PrivateKey) -> int:
        message = phone_access.sign_in_message(phone.device, nonce)
        told = {
            "device": phone.device,
            "nonce": nonce,
            "signature": base64_strict.write(key.sign(message)),
        }
        return couriers.app.test_client().post("/api/v1/tokens", json=told).status_code

    key = phone._key
    assert isinstance(key, Ed25519PrivateKey)
    nonce = phone.call("POST", f"/devices/{phone.device}/nonces")["nonce"]
    assert sign_in(nonce, Ed25519PrivateKey.generate()) == 401
    assert sign_in("0" * 64, key) == 401
    assert sign_in(nonce, key) == 201
    assert sign_in(nonce, key) == 401
    late = phone.call("POST", f"/devices/{phone.device}/nonces")["nonce"]
    clock.forward(timedelta(minutes=2))
    assert sign_in(late, key) == 401


def test_a_nonce_of_one_phone_does_not_let_another_in(couriers: Couriers, world: World) -> None:
    mine, other = couriers.phone(world.courier), couriers.phone(world.far_courier)
    nonce = other.call("POST", f"/devices/{other.device}/nonces")["nonce"]
    signature = signing.sign_message(mine._key, phone_access.sign_in_message(mine.device, nonce))
    told = {"device": mine.device, "nonce": nonce, "signature": base64_strict.write(signature)}
    assert couriers.app.test_client().post("/api/v1/tokens", json=told).status_code == 401


def test_an_unknown_device_gets_no_nonce(client: FlaskClient) -> None:
    got = client.post("/api/v1/devices/AAAAAAAA/nonces")
    assert (got.status_code, got.get_json()["code"]) == (404, "device.unknown")


def test_a_token_is_good_for_fifteen_minutes(
    couriers: Couriers, world: World, clock: Clock
) -> None:
    phone = couriers.phone(world.courier)
    clock.forward(timedelta(minutes=15))
    with pytest.raises(ServerSaidNoError) as caught:
        phone.call("GET", "/me")
    assert code_of(caught) == (401, "device.token_refused")


def test_a_revoked_phone_is_out_at_once(couriers: Couriers, world: World) -> None:
    phone = couriers.phone(world.courier)
    couriers.revoke(phone)
    for act in (lambda: phone.call("GET", "/me"), phone.sign_in):
        with pytest.raises(ServerSaidNoError) as caught:
            act()
        assert caught.value.status in {401, 404}


def take_role(runtime: Runtime, world: World, courier: Actor) -> None:
    with transaction(runtime.sessions) as session:
        staffing.take_role(session, courier.staff, Role.COURIER, courier.unit, decided(world))


def give_role(runtime: Runtime, world: World, courier: Actor, over: UnitCode) -> None:
    with transaction(runtime.sessions) as session:
        directory.grant(session, courier.staff, Role.COURIER, over, by=world.administrator)


def decided(world: World) -> Decision:
    return Decision(why="chuyển việc", by=world.administrator, at=NOON)


def is_out(phone: Phone) -> bool:
    """Neither the token that it has nor a new one opens anything."""
    codes = []
    for act in (lambda: phone.call("GET", "/me"), phone.sign_in):
        with pytest.raises(ServerSaidNoError) as caught:
            act()
        codes.append(code_of(caught))
    return codes == [(401, "device.token_refused"), (401, "device.sign_in_refused")]


def test_whoever_is_no_courier_any_more_is_out_at_once(
    couriers: Couriers, world: World, runtime: Runtime
) -> None:
    phone = couriers.phone(world.courier)
    give_role(runtime, world, couriers.world.counter, FAR_OFFICE)  # somebody else's changes nothing
    assert phone.call("GET", "/me")["device"] == phone.device

    take_role(runtime, world, world.courier)
    assert is_out(phone)

    give_role(runtime, world, world.courier, OFFICE)
    phone.sign_in()


def test_another_role_does_not_open_a_phone(
    couriers: Couriers, world: World, runtime: Runtime
) -> None:
    phone = couriers.phone(world.courier)
    with transaction(runtime.sessions) as session:
        for role in set(Role) - {Role.COURIER}:
            directory.grant(session, world.courier.staff, role, OFFICE, by=world.administrator)

    take_role(runtime, world, world.courier)

    assert is_out(phone)


def test_whoever_is_dismissed_gets_no_token_that_opens_nothing(
    couriers: Couriers, world: World, runtime: Runtime
) -> None:
    phone = couriers.phone(world.courier)
    with transaction(runtime.sessions) as session:
        staffing.dismiss(session, world.courier.staff, decided(world))
    assert is_out(phone)


def test_whoever_rides_for_another_office_enrols_there(
    couriers: Couriers, world: World, runtime: Runtime
) -> None:
    phone = couriers.phone(world.courier)
    give_role(runtime, world, world.courier, FAR_OFFICE)
    assert phone.call("GET", "/me")["unit"] == OFFICE  # he rides for both

    take_role(runtime, world, world.courier)
    assert is_out(phone)
    there = couriers.phone(world.courier)
    assert there.call("GET", "/me")["unit"] == FAR_OFFICE


def test_a_courier_of_what_lies_above_his_office_keeps_his_phone(
    couriers: Couriers, world: World, runtime: Runtime
) -> None:
    phone = couriers.phone(world.courier)
    give_role(runtime, world, world.courier, OPERATOR)
    take_role(runtime, world, world.courier)
    phone.sign_in()
    assert phone.call("GET", "/me")["unit"] == OFFICE


def test_what_a_former_courier_handed_over_is_told_by_who_took_it(
    couriers: Couriers, world: World, runtime: Runtime
) -> None:
    phone, colleague = couriers.phone(world.courier), couriers.phone(world.far_courier)
    (item,) = numbers(runtime, 1)
    parcel = collected(phone, item, "S1")
    key = ("ed25519", signing.public_bytes(phone._key))
    colleague.take(phone.offer_code([parcel]), [parcel], custody_of(phone, item), key)
    take_role(runtime, world, world.courier)

    outcomes = colleague.send([*phone.outbox, *colleague.outbox])

    assert [each["status"] for each in outcomes] == ["accepted"] * 3


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x", "Basic YTpi", f"Bearer {'0' * 64}", f"bearer{'0' * 64}"]
)
def test_without_a_good_token_there_is_nothing_to_see(client: FlaskClient, header: str) -> None:
    got = client.get("/api/v1/me", headers={"Authorization": header})
    assert (got.status_code, got.get_json()["code"]) == (401, "device.token_refused")
    assert got.headers["WWW-Authenticate"].startswith("Bearer")


def test_only_a_head_over_the_courier_makes_codes(couriers: Couriers, world: World) -> None:
    assert couriers.code_for(world.courier, by=world.manager)
    with pytest.raises(UnknownStaff):
        couriers.code_for(world.far_courier, by=world.manager)
    with pytest.raises(UnknownStaff):
        couriers.code_for(world.counter, by=world.manager)  # no courier
    with pytest.raises(RoleNeeded):
        couriers.code_for(world.courier, by=world.counter)


def test_a_head_neither_sees_nor_confirms_phones_of_other_offices(
    couriers: Couriers, world: World, runtime: Runtime
) -> None:
    phone, fingerprint = couriers.presented(world.far_courier)
    mine, _ = couriers.presented(world.courier)
    with transaction(runtime.sessions) as session:
        seen = devices.phones(session, status="pending", by=world.manager)
        assert [each.id for each in seen] == [mine.device]
        with pytest.raises(devices.UnknownDevice):
            enrolling.confirm(
                session, world.keys, phone.device, fingerprint, by=world.manager, at=runtime.clock()
            )
