"""A checkpoint is a note that the log signed; beneath it the witnesses whom the file of keys knows count.

A line by anybody else counts for nothing and breaks nothing, as C2SP signed-note says: a witness whom
nobody asks any more stands under what was signed in its time. Who it is becomes a finding. A false
line of a known key condemns the note.
"""

import re
from base64 import b64decode
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from json import loads
from pathlib import Path

from .answer import Broken, Unreadable
from .signatures import Job, Signatures
from .values import bytes_in

KEYS_FORMAT = "custody-keys/1"
STRANGER = "under its checkpoint stands somebody whom the file of keys does not know"


@dataclass(frozen=True)
class NoteKey:
    """A public key of signed notes; kind 1 signs the text, kind 4 is a witness."""

    name: str
    id: bytes
    kind: int
    key: bytes


@dataclass(frozen=True)
class Keys:
    log: NoteKey
    witnesses: tuple[NoteKey, ...]
    quorum: int
    root_device: str
    root_algorithm: str
    root_key: bytes


@dataclass(frozen=True)
class Checkpoint:
    size: int
    root: bytes
    witnesses: int  # that the file of keys knows
    witnessed_ms: int | None  # by the clock in the middle, so that no single one decides
    strangers: tuple[str, ...]  # who else stands there, for what it is worth


def read_keys(path: Path) -> Keys:
    try:
        found = loads(path.read_bytes())
        if found["format"] != KEYS_FORMAT:
            raise Unreadable(f"{path} is not of the format {KEYS_FORMAT}")
        root = found["root"]
        keys = Keys(
            log=_note_key(found["log"], 1),
            witnesses=tuple(_note_key(each, 4) for each in found["witnesses"]),
            quorum=found["quorum"],
            root_device=root["dev"],
            root_algorithm=root["alg"],
            root_key=b64decode(root["key"], validate=True),
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as fault:
        raise Unreadable(f"{path} does not hold the public keys: {fault}") from fault
    if type(keys.quorum) is not int or not 0 <= keys.quorum <= len(keys.witnesses):
        raise Unreadable(f"a quorum of {keys.quorum!r} can never be")
    return keys


def check_note(note: object, keys: Keys, signatures: Signatures) -> Checkpoint:
    """One checkpoint: its three lines, the log's signature, then witnesses in order of name."""
    if not isinstance(note, str) or "\n\n" not in note:
        raise Broken("a checkpoint is not a signed note")
    text, _, below = note.rpartition("\n\n")
    text += "\n"
    lines = text.split("\n")
    if len(lines) != 4 or lines[0] != keys.log.name or not re.fullmatch("[1-9][0-9]*", lines[1]):
        raise Broken("a checkpoint does not tell origin, size and root of this log")
    root = bytes_in(lines[2], "the root of a checkpoint")
    signers = [_read_signer(line, keys) for line in below.split("\n")[:-1]]
    names = [name for name, _, _ in signers[1:]]
    if not below.endswith("\n") or not signers or signers[0][1] != keys.log:
        raise Broken("the log did not sign a checkpoint")
    if keys.log.name in names or any(one >= next_ for one, next_ in pairwise(names)):
        raise Broken("the witnesses under a checkpoint are not in order, or one stands twice")
    strangers: list[str] = []
    standing: set[bytes] = set()
    witnessed_ms: list[int] = []
    for name, key, value in signers:
        if key is None:
            strangers.append(name)
            continue
        message, signature = text.encode(), value
        if key.kind == 4:
            seconds, signature = int.from_bytes(value[:8], "big"), value[8:]
            witnessed_ms.append(seconds * 1_000)
            standing.add(key.key)
            message = b"cosignature/v1\ntime %d\n%b" % (seconds, message)
        why = f"the signature of {key.name} under the checkpoint of size {lines[1]} is false"
        signatures.check(Job(None, "", why, "ed25519", key.key, message, signature))
    middle = sorted(witnessed_ms)[len(witnessed_ms) // 2] if witnessed_ms else None
    return Checkpoint(int(lines[1]), root, len(standing), middle, tuple(strangers))


def _note_key(vkey: object, kind: int) -> NoteKey:
    try:
        name, key_id, key = str(vkey).split("+", 2)
        material = b64decode(key, validate=True)
    except ValueError as fault:
        raise Unreadable(f"{vkey!r} is not a key for notes") from fault
    told = sha256(name.encode() + b"\n" + material).digest()[:4]
    if len(material) != 33 or material[0] != kind or told.hex() != key_id:
        raise Unreadable(f"{vkey!r} is not a key for notes of kind {kind}")
    return NoteKey(name, told, kind, material[1:])


def _read_signer(line: str, keys: Keys) -> tuple[str, NoteKey | None, bytes]:
    """Name, key and signature of one line; no key where the file of keys does not know it."""
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    value = bytes_in(encoded, "a signature under a checkpoint")
    if dash != "\N{EM DASH}" or not name or len(value) < 5:
        raise Broken("a line under a checkpoint is not a signature")
    for key in (keys.log, *keys.witnesses):
        if (key.name, key.id) == (name, value[:4]):
            return name, key, value[4:]
    return name, None, value[4:]
