"""A signed note (C2SP signed-note): a text, and below it who signed it.

The text is believed only where a key that was known before has signed it. Signatures of unknown
keys are passed over; a false one of a known key condemns the whole note. Two kinds of keys are
known: Ed25519 over the text, and the witnesses' cosignature/v1 (C2SP tlog-cosignature).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from postal_service.ledger import base64_strict
from postal_service.ledger.signing import ED25519, public_bytes, verify_message

DASH = "\N{EM DASH} "
MOST_SIGNATURES = 64
LARGEST_NOTE = 65_536  # bytes


class NoteInvalid(ValueError):  # noqa: N818 - named as the auditor says it
    """The note cannot be read, or nobody known vouches for it."""


class Kind(IntEnum):
    """The signature type byte of C2SP signed-note."""

    SIGNATURE = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True)
class NoteKey:
    """A public key that is known by name."""

    name: str
    kind: Kind
    public: bytes

    def __post_init__(self) -> None:
        if not _is_name(self.name) or len(self.public) != 32:
            raise NoteInvalid(f"{self.name!r} does not name a key of 32 bytes.")

    @property
    def id(self) -> bytes:
        told = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return sha256(told).digest()[:4]

    def __str__(self) -> str:
        """The key as it is published: a vkey, name+id+key."""
        key = base64_strict.write(bytes([self.kind]) + self.public)
        return f"{self.name}+{self.id.hex()}+{key}"


@dataclass(frozen=True)
class Signature:
    """One line below a note."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        return f"{DASH}{self.name} {base64_strict.write(self.key_id + self.value)}\n"


@dataclass(frozen=True)
class Note:
    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n" + "".join(map(str, self.signatures))


def known_key(vkey: str) -> NoteKey:
    """A published key. Raises NoteInvalid where the id is not that of the key."""
    try:
        name, key_id, key = vkey.split("+", 2)
        material = base64_strict.read(key)
        known = NoteKey(name, Kind(material[0]), material[1:])
    except (ValueError, IndexError) as fault:
        raise NoteInvalid(f"{vkey!r} is not a key for notes.") from fault
    if known.id.hex() != key_id:
        raise NoteInvalid(f"{vkey!r} has another id.")
    return known


def public_key(name: str, private_key: Ed25519PrivateKey, kind: Kind = Kind.SIGNATURE) -> NoteKey:
    return NoteKey(name, kind, public_bytes(private_key))


def sign(text: str, name: str, private_key: Ed25519PrivateKey) -> Note:
    """A note under one signature."""
    if not text.endswith("\n") or not _is_plain(text):
        raise NoteInvalid("A note is lines of text, each with its end.")
    key = public_key(name, private_key)
    return Note(text, (Signature(name, key.id, private_key.sign(text.encode())),))


def cosign(text: str, name: str, private_key: Ed25519PrivateKey, *, at_seconds: int) -> Signature:
    """A witness's line: at this time it saw no larger tree of this log than the one in the text."""
    key = public_key(name, private_key, Kind.COSIGNATURE)
    value = private_key.sign(_cosigned(text, at_seconds))
    return Signature(name, key.id, at_seconds.to_bytes(8, "big") + value)


def read(written: str) -> Note:
    """The note as it is written; nothing is believed yet. Raises NoteInvalid."""
    if len(written.encode()) > LARGEST_NOTE or not _is_plain(written):
        raise NoteInvalid("This is no note: too long, or with control characters.")
    text, parted, below = written.rpartition("\n\n")
    if not parted or not below:
        raise NoteInvalid("A note is a text, an empty line and signatures.")
    return Note(text + "\n", read_signatures(below))


def read_signatures(written: str) -> tuple[Signature, ...]:
    """Lines of signatures, as below a note. Raises NoteInvalid."""
    *lines, end = written.split("\n")
    if end or not lines or len(lines) > MOST_SIGNATURES:
        raise NoteInvalid(f"There is no line, more than {MOST_SIGNATURES}, or one without its end.")
    return tuple(map(_read_signature, lines))


def believe(written: str, keys: Iterable[NoteKey]) -> tuple[Note, tuple[NoteKey, ...]]:
    """The note and which of the known keys signed it: at least one. Raises NoteInvalid."""
    note = read(written)
    signers = signers_of(note.text, note.signatures, keys)
    if not signers:
        raise NoteInvalid("Nobody known signed this note.")
    return note, signers


def signers_of(
    text: str, signatures: Sequence[Signature], keys: Iterable[NoteKey]
) -> tuple[NoteKey, ...]:
    """Which of the known keys signed the text. A false signature of one raises NoteInvalid."""
    known = {(key.name, key.id): key for key in keys}
    signers: dict[NoteKey, None] = {}
    for signature in signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            continue
        if not _is_true(text, signature, key):
            raise NoteInvalid(f"The signature of {key.name} is false.")
        signers[key] = None
    return tuple(signers)


def _is_true(text: str, signature: Signature, key: NoteKey) -> bool:
    if key.kind is Kind.SIGNATURE:
        return verify_message(ED25519, key.public, text.encode(), signature.value)
    at_seconds, value = int.from_bytes(signature.value[:8], "big"), signature.value[8:]
    return at_seconds < 2**63 and verify_message(
        ED25519, key.public, _cosigned(text, at_seconds), value
    )


def _cosigned(text: str, at_seconds: int) -> bytes:
    return f"cosignature/v1\ntime {at_seconds}\n{text}".encode()


def _read_signature(line: str) -> Signature:
    if not line.startswith(DASH):
        raise NoteInvalid("A line of signatures begins with a dash.")
    name, parted, value = line[len(DASH) :].partition(" ")
    try:
        signed = base64_strict.read(value)
    except ValueError as fault:
        raise NoteInvalid(f"The signature of {name!r} is not Base64.") from fault
    if not parted or not _is_name(name) or len(signed) < 5:
        raise NoteInvalid("A line of signatures is a dash, a name and a signature.")
    return Signature(name, signed[:4], signed[4:])


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(sign.isspace() for sign in name)


def _is_plain(text: str) -> bool:
    return all(sign >= " " or sign == "\n" for sign in text)
