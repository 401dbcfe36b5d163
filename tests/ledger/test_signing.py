"""What a device's signature proves, and that no garbage makes the check fail."""

import json
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from postal_service.domain.ids import DeviceId
from postal_service.ledger.signing import (
    ED25519,
    P256,
    PrivateKey,
    digest,
    genesis,
    public_bytes,
    sign,
    verify,
    verify_message,
)
from postal_service.ledger.verify.signatures import signed as verifier_signed
from tests.shared_data import shared

KEYS: list[tuple[str, PrivateKey]] = [
    (ED25519, Ed25519PrivateKey.generate()),
    (P256, generate_private_key(SECP256R1())),
]


@pytest.mark.parametrize(("algorithm", "key"), KEYS, ids=[ED25519, P256])
class TestASignature:
    def test_holds_for_its_body_alone(self, algorithm: str, key: PrivateKey) -> None:
        signature = sign(key, b"body")

        assert len(signature) == 64
        assert verify(algorithm, public_bytes(key), b"body", signature)
        assert not verify(algorithm, public_bytes(key), b"bodY", signature)

    def test_does_not_fit_bytes_of_another_kind(self, algorithm: str, key: PrivateKey) -> None:
        assert not verify_message(algorithm, public_bytes(key), b"body", sign(key, b"body"))

    def test_does_not_hold_under_another_algorithm(self, algorithm: str, key: PrivateKey) -> None:
        signature = sign(key, b"body")
        for other in {ED25519, P256, "rsa", ""} - {algorithm}:
            assert not verify(other, public_bytes(key), b"body", signature)

    def test_any_other_signature_is_a_plain_no(self, algorithm: str, key: PrivateKey) -> None:
        @given(st.binary(max_size=80) | st.binary(min_size=64, max_size=64))
        def is_no(signature: bytes) -> None:
            assert not verify(algorithm, public_bytes(key), b"body", signature)

        is_no()

    def test_any_other_key_is_a_plain_no(self, algorithm: str, key: PrivateKey) -> None:
        signature = sign(key, b"body")

        @given(st.binary(max_size=70) | st.binary(min_size=32, max_size=32))
        def is_no(public: bytes) -> None:
            assert not verify(algorithm, public, b"body", signature)

        is_no()

    def test_a_changed_bit_is_found_by_writer_and_verifier(
        self, algorithm: str, key: PrivateKey
    ) -> None:
        signature = sign(key, b"body")

        @given(st.integers(0, 511))
        def is_found(bit: int) -> None:
            changed = bytearray(signature)
            changed[bit // 8] ^= 1 << bit % 8
            assert not verify(algorithm, public_bytes(key), b"body", bytes(changed))
            assert not verifier_signed(algorithm, public_bytes(key), b"body", bytes(changed))

        is_found()


def test_the_ed25519_vectors_of_wycheproof() -> None:
    told = json.loads(shared("vectors/ed25519/ed25519_test.json").read_bytes())
    checked = 0
    for group in told["testGroups"]:
        public = bytes.fromhex(group["publicKey"]["pk"])
        for test in group["tests"]:
            message, signature = bytes.fromhex(test["msg"]), bytes.fromhex(test["sig"])
            wanted = test["result"] == "valid"
            assert verify_message(ED25519, public, message, signature) == wanted, test
            assert verifier_signed(ED25519, public, message, signature) == wanted, test
            checked += 1
    assert checked == told["numberOfTests"]


def test_an_event_is_known_by_the_hash_of_its_bytes() -> None:
    assert digest(b"{}") == sha256(b"{}").hexdigest()


def test_a_device_s_first_event_follows_on_its_name() -> None:
    assert genesis(DeviceId("ABCDEFGH")) == sha256(b"genesisABCDEFGH").hexdigest()
