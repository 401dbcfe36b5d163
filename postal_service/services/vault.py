"""Personal data under lock: encrypted field by field, found by blind index, erased with its key.

AES-256-GCM under a key per dossier, which is wrapped by the master key. A sealed field is
1 byte key version ‖ 12 bytes nonce ‖ ciphertext ‖ 16 bytes tag, bound to its table, row and column.
An unkeyed hash of a citizen number falls in hours, so search goes by HMAC.
"""

import hmac
import os
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from postal_service.ledger.encoding import canonical

KEY_VERSION = b"\x01"
KEY_BYTES = 32
NONCE_BYTES = 12
INDEX_BYTES = 16


class SealedFieldDamagedError(RuntimeError):
    """A sealed field does not open: the wrong key, or changed bytes."""


@dataclass(frozen=True)
class Vault:
    """Seals and opens. `master` wraps the dossiers' keys, `index` keys the blind indexes."""

    master: bytes = field(repr=False)  # a traceback must not tell the keys
    index: bytes = field(repr=False)

    def new_key(self, dossier: str) -> tuple[bytes, bytes]:
        """A fresh data key and its wrapped form."""
        key = os.urandom(KEY_BYTES)
        return key, seal(self.master, key, f"dossier_key|{dossier}|wrapped")

    def unwrap(self, dossier: str, wrapped: bytes) -> bytes:
        """The data key behind its wrapped form. Raises SealedFieldDamagedError."""
        return open_sealed(self.master, wrapped, f"dossier_key|{dossier}|wrapped")

    def blind(self, purpose: str, value: str) -> bytes:
        """What a value is found by: equal values give equal bytes, and nobody can go back."""
        told = f"{purpose}\0{value}".encode()
        return hmac.digest(self.index, told, "sha256")[:INDEX_BYTES]


class Lock:
    """Seals many fields under one key."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, content: bytes, place: str) -> bytes:
        """Encrypt for one place, named `table|row|column`."""
        nonce = os.urandom(NONCE_BYTES)
        return KEY_VERSION + nonce + self._cipher.encrypt(nonce, content, place.encode())


def seal(key: bytes, content: bytes, place: str) -> bytes:
    """Encrypt for one place, named `table|row|column`."""
    return Lock(key).seal(content, place)


def open_sealed(key: bytes, sealed: bytes, place: str) -> bytes:
    """What was sealed for this place. Raises SealedFieldDamagedError."""
    nonce, ciphertext = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    if sealed[:1] != KEY_VERSION:
        raise SealedFieldDamagedError(place)
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, place.encode())
    except (InvalidTag, ValueError) as fault:
        raise SealedFieldDamagedError(place) from fault


def commitment(salt: bytes, content: object) -> str:
    """What an event says of personal data without telling it; see docs/event-format.md."""
    return sha256(b"custody/pii/v1\0" + salt + canonical(content)).hexdigest()
