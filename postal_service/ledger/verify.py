"""Check an exported ledger with nothing but the file, the public keys and this page of code.

    python -m postal_service.ledger.verify LEDGER KEYS [--known SIZE ROOT] [--workers N]

It shares no code with the program that writes the ledger, so that one mistake cannot hide in both;
copied alone to another machine it runs there (`python verify.py …`; needs `cryptography`).
The formats are those of docs/event-format.md, RFC 6962, RFC 8785 and C2SP's notes, checkpoints and
cosignatures. Exit status: 0 valid, 1 broken (says where and why), 2 the input cannot be read.
What it must remember of each event lies in a temporary file, so that memory does not follow the
ledger. The file takes an eighth of the room of the ledger, where SQLite puts it (SQLITE_TMPDIR).

A file that ends early, at an older checkpoint, is whole in itself. Only who knows a later one, from a
witness, a paper or an earlier check, can tell: `--known` is its size and root, and may be given again.

*Broken* is what an honest ledger never holds: other bytes than were signed, a gap, a false root.
What a device alone can cause by signing nonsense is a *finding*, which the ledger records on purpose
and a person looks at: a custody spent twice, a delivery code that opens no lock, an event that rests
on one that never came, a hand-over of which one person signed both halves, a checkpoint seen by a device
and unknown here (a sign of two histories), what a head of unit let in though its device was revoked and nobody had signed it with that device,
a witness of a second seal who is its maker, and times that cannot all be true: of a device against what
it had seen and when we heard of it, of our own against the order of the ledger and the witnesses' clocks.
"""

import argparse
import re
import sqlite3
import struct
import sys
from base64 import b64decode, b64encode
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from json import JSONEncoder, loads
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NoReturn
from unicodedata import is_normalized

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

FORMAT = "custody-ledger/1"
KEYS_FORMAT = "custody-keys/1"
LONGEST_LINE = 65_536  # bytes; an event has at most 16,384
LONGEST_EVENT = 16_384
LARGEST_INTEGER = 2**53 - 1
SHOWN_FINDINGS = 50
KEPT_KIB = 8_192  # of the temporary file, so much is in memory
CHUNK = 1_000  # signatures handed to a worker at once
NO_LEAF = bytes(32)
ONE_PERSON = "one person signed both halves of a hand-over"
ALONE = "its device was revoked before, and nobody countersigned"
OWN_WITNESS = "the witness of a second seal is who made it"
SHARED_KEY = "its key is another person's too"
CLOCKS_APART_MS = 600_000  # clocks of several machines differ; what is further apart is told
BEFORE_WHAT_IT_FOLLOWS = "it was received before what stands before it"
AFTER_IT_WAS_SIGNED = "it was received after a witness had signed it"
TOLD_BEFORE_IT_WAS = "its device says a time after it was received"
OLDER_THAN_IT_CAN_BE = "its device says a time before what it had seen"

_canonical = JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
).encode


class Unreadable(Exception):  # noqa: N818 - the input is at fault
    """The file or the keys are not what they should be; nothing can be said of the ledger."""


class Broken(Exception):  # noqa: N818 - the answer, not a fault of this program
    """The ledger is broken at this line of the file."""

    def __init__(self, why: str, *, index: int | None = None, event: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.index = index
        self.event = event

    def __str__(self) -> str:
        where = "" if self.index is None else f"leaf {self.index}: "
        which = f" (event {self.event})" if self.event else ""
        return f"{where}{self.why}{which}"


@dataclass(frozen=True)
class Finding:
    """Something the ledger records on purpose, for a person to look at."""

    index: int
    what: str


@dataclass(frozen=True)
class Verdict:
    """`broken` is None where the ledger is valid; the counts are of what was read until then."""

    size: int
    root: str
    counts: dict[str, int]
    broken: Broken | None = None
    findings: dict[str, int] = field(default_factory=dict)
    shown: tuple[Finding, ...] = ()

    @property
    def valid(self) -> bool:
        return self.broken is None


# --- Single values ---------------------------------------------------------------------------

Check = Callable[[Any], bool]
Known = tuple[int, str]  # the size and root of a checkpoint that somebody kept


def _text(pattern: str) -> Check:
    matches = re.compile(pattern).fullmatch
    return lambda value: isinstance(value, str) and matches(value) is not None


def _whole(least: int, most: int = LARGEST_INTEGER) -> Check:
    return lambda value: type(value) is int and least <= value <= most


def _some(each: Check, most: int) -> Check:
    return lambda value: isinstance(value, list) and len(value) <= most and all(map(each, value))


def _is_reason(value: object) -> bool:
    return (
        isinstance(value, str)
        and len(value) <= 200
        and not re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", value)
        and is_normalized("NFC", value)
    )


_few = _whole(0, 9_999)


def _is_counts(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"c", "o", "p"}
        and all(map(_few, value.values()))
    )


def _is_proof(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    checks = _PROOFS.get(str(value.get("m")))
    return (
        checks is not None
        and value.keys() == {"m", *checks}
        and all(check(value[key]) for key, check in checks.items())
    )


def _is_base64(value: object) -> bool:
    if not isinstance(value, str) or not value.isascii():
        return False
    try:
        return b64encode(b64decode(value, validate=True)).decode() == value
    except ValueError:
        return False


_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_number = _whole(0)
_event = _text(_UUID)
_device = _text("[A-Z2-7]{8}")
_staff = _text("[a-z0-9][a-z0-9._-]{0,31}")
_maybe_staff = _text("([a-z0-9][a-z0-9._-]{0,31})?")
_unit = _text("[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_item = _text("([A-Z]{2}[0-9]{9}[A-Z]{2})?")
_hash = _text("[0-9a-f]{64}")
_seal = _text("([A-Z0-9][A-Z0-9-]{0,23})?")
_word = _text("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_reason = _is_reason
_capacity = _text("courier|counter|desk")
_condition = _text("ok|torn|wet|seal_broken")
_hashes = _some(_hash, 16)

_PROOFS: dict[str, dict[str, Check]] = {
    "qr": {"rot": _whole(1, 999), "s": _text("[0-9A-HJKMNP-TV-Z]{26}")},
    "otp": {"ref": _word},
    "card": {"last4": _text("[0-9]{4}")},
    "two": {"chk": _staff},
}

_EVERY: dict[str, Check] = {
    "v": lambda value: type(value) is int and value == 1,
    "id": _event,
    "dev": _device,
    "op": _staff,
    "unit": _unit,
    "seq": _whole(1),
    "prev": _hash,
    "cp": _text("([0-9a-f]{32})?"),
    "type": lambda value: isinstance(value, str),
    "item": _item,
    "parent": _text(f"({_UUID})?"),
    "t": _whole(0),
    "mono": _whole(0),
    "boot": _text("[0-9a-f]{8}"),
    "loc": _text("([0-9b-hjkmnp-z]{5})?"),
}

# Of each type: the keys it must have, and those it may have, which are left out when they would
# hold their default.
_MUST: dict[str, dict[str, Check]] = {
    "accept": {"as": _capacity, "leg": _text("IN|SUP|OUT|RET|BAG"), "n": _is_counts, "dest": _unit},
    "handover": {
        "as": _capacity,
        "n": _is_counts,
        "cond": _condition,
        "seal": _seal,
        "from": _device,
        "offer": _hash,
        "osig": _text("[A-Za-z0-9+/]*={0,2}"),
    },
    "deliver": {
        "idm": _text("owner|authorised|organisation"),
        "proof": _is_proof,
        "n": _is_counts,
        "cond": _condition,
    },
    "found": {"as": _capacity, "cond": _condition},
    "pack": {"seal": _text("[A-Z0-9][A-Z0-9-]{0,23}"), "n": _is_counts},
    "offer": {
        "to": _unit,
        "toop": _maybe_staff,
        "n": _is_counts,
        "cond": _condition,
        "seal": _seal,
        "batch": _word,
        "man": _hash,
        "cnt": _whole(1, 65_535),
    },
    "withdraw": {"why": _reason},
    "refuse": {
        "offer": _hash,
        "rsv": _text("missing|count|seal|damaged|not_ours"),
        "cond": _condition,
    },
    "bag": {"bag": _item},
    "depart": {"run": _word, "dest": _unit},
    "arrive": {},
    "out": {"rnd": _word},
    "attempt": {
        "why": _text("R[0-9]{2}"),
        "act": _text("A[0-9]"),
        "door": lambda value: isinstance(value, bool),
    },
    "hold": {"until": _text("[0-9]{4}-[0-9]{2}-[0-9]{2}")},
    "invite": {"nth": _whole(1, 9)},
    "return": {"why": _reason},
    "lost": {"why": _reason},
    "damage": {"cond": _condition},
    "postpone": {"why": _reason},
    "cancel": {"why": _reason},
    "clear": {"chk": _staff, "why": _reason, "n": _is_counts},
    "rotate": {"rot": _whole(1, 999), "lock": _hash, "why": _reason},
    "correct": {
        "ref": _event,
        "kind": _text("did_not_occur|incorrect_data"),
        "repl": _some(_event, 8),
        "mk": _staff,
        "why": _reason,
    },
    "dev_enrol": {
        "subj": _device,
        "alg": _text("ed25519|p256"),
        "key": _is_base64,
        "subop": _staff,
        "subunit": _unit,
    },
    "dev_revoke": {"subj": _device, "why": _reason},
    "erase": {"subj": _word, "why": _reason},
}
_MAY: dict[str, dict[str, tuple[Check, object]]] = {
    "accept": {
        "lock": (_hash, ""),
        "ret": (_item, ""),
        "xid": (_word, ""),
        "pc": (_hash, ""),
    },
    "handover": {
        "ocode": (_is_base64, ""),
        "opos": (_whole(0, 65_534), 0),
        "opath": (_hashes, []),
        "pc": (_hash, ""),
    },
    "deliver": {
        "xid": (_word, ""),
        "rec": (_few, 0),
        "ev": (_hashes, []),
        "pc": (_hash, ""),
    },
    "found": {"why": (_reason, "")},
    "pack": {
        "cond": (_condition, "ok"),
        "chk": (_staff, ""),
        "why": (_reason, ""),
        "man": (_hash, ""),
    },
    "attempt": {"ev": (_hashes, []), "pc": (_hash, "")},
    "damage": {"why": (_reason, ""), "ev": (_hashes, [])},
    "rotate": {"pc": (_hash, "")},
}
_TRANSFERS = {"accept", "handover", "deliver", "found"}
_REGISTRY = {"dev_enrol", "dev_revoke", "erase"}
# What a courier's phone may tell of; all the rest is told at an office, by the office's key.
_OF_PHONES = {
    *("accept", "handover", "deliver", "found", "pack", "offer", "withdraw", "refuse"),
    *("bag", "depart", "arrive", "out", "attempt", "lost", "damage", "postpone"),
}


def _check_keys(event: dict[str, Any]) -> None:
    """Whether these are the keys and values of one event, as docs/event-format.md lists them."""
    kind = event.get("type")
    must = _MUST.get(kind) if isinstance(kind, str) else None
    if must is None:
        raise Broken(f"its type {kind!r} is not known")
    may = _MAY.get(str(kind), {})
    for key, check in (*_EVERY.items(), *must.items()):
        if key not in event or not check(event[key]):
            raise Broken(f"its key {key} is missing or malformed")
    if len(event) == len(_EVERY) + len(must):
        return
    for key in event.keys() - _EVERY.keys() - must.keys():
        if key not in may:
            raise Broken(f"its key {key} is not known")
        check, default = may[key]
        if not check(event[key]) or event[key] == default:
            raise Broken(f"its key {key} is malformed, or says what is left out")


def _check_teller(event: dict[str, Any]) -> None:
    """Whether a courier's phone may say this, as docs/event-format.md lists it."""
    kind = event["type"]
    may = kind in _OF_PHONES and event.get("as", "courier") == "courier"
    if kind == "accept":
        may = may and event["leg"] != "OUT"
    if not may:
        raise Broken(f"a courier's phone may not tell this {kind}")


def _object(line: bytes, what: str) -> dict[str, Any]:
    """The object behind canonical bytes: what is parsed must be written as the same bytes again."""
    try:
        found = loads(line)
        if isinstance(found, dict) and _canonical(found).encode() == line:
            return found
    except (ValueError, RecursionError):
        pass
    raise Broken(f"{what} is not JSON in canonical form")


def _bytes(value: object, what: str) -> bytes:
    if not isinstance(value, str) or not _is_base64(value):
        raise Broken(f"{what} is not Base64 in its one form")
    return b64decode(value)


# --- Signatures ------------------------------------------------------------------------------


@lru_cache(maxsize=8192)
def _key(algorithm: str, key: bytes) -> Ed25519PublicKey | EllipticCurvePublicKey:
    if algorithm == "ed25519":
        return Ed25519PublicKey.from_public_bytes(key)
    if len(key) != 65:
        raise ValueError("A P-256 key is an uncompressed point.")
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key)


def _signed(algorithm: str, key: bytes, message: bytes, signature: bytes) -> bool:
    if len(signature) != 64:
        return False
    try:
        known = _key(algorithm, key)
        if isinstance(known, Ed25519PublicKey):
            known.verify(signature, message)
        else:
            r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
            known.verify(encode_dss_signature(r, s), message, ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def _envelope(body: bytes) -> bytes:
    """DSSE's pre-authentication encoding."""
    return b"DSSEv1 37 application/vnd.custody.event.v1+json %d %b" % (len(body), body)


@dataclass(frozen=True)
class _Job:
    """A signature to be checked, by this process or another, and what is broken if it is false."""

    index: int | None
    event: str
    why: str
    algorithm: str
    key: bytes
    message: bytes
    signature: bytes


def _first_false(jobs: list[_Job]) -> int | None:
    """The place of the first job whose signature is false."""
    for place, job in enumerate(jobs):
        if not _signed(job.algorithm, job.key, job.message, job.signature):
            return place
    return None


class _Signatures:
    """Checks signatures here or in other processes; the first false one is raised first."""

    def __init__(self, workers: int) -> None:
        self.pool = (
            ProcessPoolExecutor(workers, mp_context=get_context("spawn")) if workers > 1 else None
        )
        self.most_waiting = workers * 4
        self.jobs: list[_Job] = []
        self.waiting: deque[tuple[list[_Job], Future[int | None]]] = deque()

    def check(self, job: _Job) -> None:
        self.jobs.append(job)
        if self.pool is None:
            self.finish()
        elif len(self.jobs) >= CHUNK:
            self._send()
            while len(self.waiting) > self.most_waiting:
                self._take()

    def finish(self) -> None:
        """Wait for all that was given. Raises Broken for the first false signature."""
        if self.pool is None:
            jobs, self.jobs = self.jobs, []
            self._judge(jobs, _first_false(jobs))
            return
        self._send()
        while self.waiting:
            self._take()

    def close(self) -> None:
        if self.pool is not None:
            self.pool.shutdown(cancel_futures=True)

    def _send(self) -> None:
        if self.jobs and self.pool is not None:
            self.waiting.append((self.jobs, self.pool.submit(_first_false, self.jobs)))
            self.jobs = []

    def _take(self) -> None:
        jobs, answer = self.waiting.popleft()
        self._judge(jobs, answer.result())

    @staticmethod
    def _judge(jobs: list[_Job], place: int | None) -> None:
        if place is not None:
            job = jobs[place]
            raise Broken(job.why, index=job.index, event=job.event)


# --- Notes: keys, checkpoints, witnesses -------------------------------------------------------


@dataclass(frozen=True)
class _NoteKey:
    """A public key of signed notes; kind 1 signs the text, kind 4 is a witness."""

    name: str
    id: bytes
    kind: int
    key: bytes


@dataclass(frozen=True)
class _Keys:
    log: _NoteKey
    witnesses: tuple[_NoteKey, ...]
    quorum: int
    root_device: str
    root_algorithm: str
    root_key: bytes


def _note_key(vkey: object, kind: int) -> _NoteKey:
    try:
        name, key_id, key = str(vkey).split("+", 2)
        material = b64decode(key, validate=True)
    except ValueError as fault:
        raise Unreadable(f"{vkey!r} is not a key for notes") from fault
    told = sha256(name.encode() + b"\n" + material).digest()[:4]
    if len(material) != 33 or material[0] != kind or told.hex() != key_id:
        raise Unreadable(f"{vkey!r} is not a key for notes of kind {kind}")
    return _NoteKey(name, told, kind, material[1:])


def _read_keys(path: Path) -> _Keys:
    try:
        found = loads(path.read_bytes())
        if found["format"] != KEYS_FORMAT:
            raise Unreadable(f"{path} is not of the format {KEYS_FORMAT}")
        root = found["root"]
        keys = _Keys(
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


@dataclass(frozen=True)
class _Checkpoint:
    size: int
    root: bytes
    witnesses: int
    witnessed_ms: int | None  # by the clock in the middle, so that no single one decides


def _check_note(note: object, keys: _Keys, signatures: _Signatures) -> _Checkpoint:
    """One checkpoint: its three lines, the log's signature, then witnesses in order of name."""
    if not isinstance(note, str) or "\n\n" not in note:
        raise Broken("a checkpoint is not a signed note")
    text, _, below = note.rpartition("\n\n")
    text += "\n"
    lines = text.split("\n")
    if len(lines) != 4 or lines[0] != keys.log.name or not re.fullmatch("[1-9][0-9]*", lines[1]):
        raise Broken("a checkpoint does not tell origin, size and root of this log")
    root = _bytes(lines[2], "the root of a checkpoint")
    signers = [_read_signer(line, keys) for line in below.split("\n")[:-1]]
    names = [key.name for key, _ in signers[1:]]
    if not below.endswith("\n") or not signers or signers[0][0] != keys.log:
        raise Broken("the log did not sign a checkpoint")
    if keys.log.name in names or any(one >= next_ for one, next_ in pairwise(names)):
        raise Broken("the witnesses under a checkpoint are not in order, or one stands twice")
    witnessed_ms: list[int] = []
    for key, value in signers:
        message, signature = text.encode(), value
        if key.kind == 4:
            seconds, signature = int.from_bytes(value[:8], "big"), value[8:]
            witnessed_ms.append(seconds * 1_000)
            message = b"cosignature/v1\ntime %d\n%b" % (seconds, message)
        why = f"the signature of {key.name} under the checkpoint of size {lines[1]} is false"
        signatures.check(_Job(None, "", why, "ed25519", key.key, message, signature))
    middle = sorted(witnessed_ms)[len(witnessed_ms) // 2] if witnessed_ms else None
    return _Checkpoint(int(lines[1]), root, len(names), middle)


def _read_signer(line: str, keys: _Keys) -> tuple[_NoteKey, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    value = _bytes(encoded, "a signature under a checkpoint")
    if dash == "\N{EM DASH}":
        for key in (keys.log, *keys.witnesses):
            if (key.name, key.id) == (name, value[:4]):
                return key, value[4:]
    raise Broken("a checkpoint is signed by someone whom the file of keys does not know")


# --- The ledger --------------------------------------------------------------------------------


@dataclass
class _Device:
    algorithm: str
    key: bytes
    staff: str
    unit: str
    is_office: bool  # else a courier's phone
    sequence: int = 0
    last: str = ""
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class _Half:
    """The giver's half of a hand-over, and who signed the half at hand."""

    device: str
    signature: bytes  # first half of a hash over it
    by: str


@dataclass(frozen=True)
class _Header:
    leaves: int
    checkpoints: int


def _digest(value: bytes) -> str:
    return sha256(value).hexdigest()


class _Kept:
    """What is remembered by its key; a later value takes the place of an earlier one."""

    def __init__(self, disk: sqlite3.Connection, table: str, *columns: str) -> None:
        values = ", ".join("?" * (1 + len(columns)))
        self.disk = disk
        # Names are this page's own; whatever the file says is a value.
        self.asking = f"SELECT {', '.join(columns) or 1} FROM {table} WHERE key = ?"  # noqa: S608
        self.storing = f"REPLACE INTO {table} VALUES ({values})"  # noqa: S608
        self._run(
            f"CREATE TABLE {table} ({', '.join(('key PRIMARY KEY', *columns))}) WITHOUT ROWID"
        )

    def get(self, key: bytes | str) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._run(self.asking, key).fetchone()
        return row

    def put(self, key: bytes | str, *values: object) -> None:
        self._run(self.storing, key, *values)

    def __contains__(self, key: bytes | str) -> bool:
        return self.get(key) is not None

    def _run(self, statement: str, *values: object) -> sqlite3.Cursor:
        try:
            return self.disk.execute(statement, values)
        except sqlite3.Error as fault:
            raise Unreadable(f"what must be remembered finds no room: {fault}") from fault


def _temporary_file() -> sqlite3.Connection:
    """One that nobody else sees and that ends with its connection; nothing in it is taken back."""
    disk = sqlite3.connect("")
    disk.execute("PRAGMA journal_mode = OFF")
    disk.execute(f"PRAGMA cache_size = -{KEPT_KIB}")
    return disk


class _Ledger:
    """What has to be remembered while the leaves pass by."""

    def __init__(self, keys: _Keys, signatures: _Signatures) -> None:
        self.keys = keys
        self.signatures = signatures
        self.size = 0
        self.event = ""  # the id of the event at hand
        self.number = 0  # of its item: the index of the first leaf that tells of it
        self.edge: list[bytes] = []
        self.counts: Counter[str] = Counter()
        self.found: Counter[str] = Counter()
        self.shown: list[Finding] = []
        self.devices: dict[str, _Device] = {}
        self.keys_of: dict[bytes, str] = {}  # whose each key is
        self.disk = disk = _temporary_file()
        self.items = _Kept(disk, "items", "number", "last_iseq", "last_leaf_hash")
        self.events = _Kept(disk, "events", "number_of_item")
        self.spent = _Kept(disk, "spent")
        self.waiting: dict[bytes, list[tuple[int, int]]] = {}  # parent: leaf, number of its item
        self.locks = _Kept(disk, "locks")  # by item, rotation and lock
        self.unopened: list[tuple[int, str]] = []  # leaf, the lock that its code would open
        self.offers = _Kept(disk, "offers", "device", "signature", "staff")  # by digest
        self.unpaired: dict[bytes, list[tuple[int, _Half]]] = {}
        self.late_offers: dict[bytes, int] = {}
        self.taken = _Kept(disk, "taken")  # offers that a hand-over names
        self.seen_roots: dict[str, int] = {}  # what devices saw first at which leaf
        self.latest, self.latest_ms = 0, 0  # the leaf received last, and the newest time till now
        self.not_before: dict[str, int] = {}  # when what a device may have seen was signed

    def add(self, line: bytes) -> None:
        """One leaf. Raises Broken with its index."""
        self.event = ""
        try:
            leaf, event, body = self._open(line)
            _check_keys(event)
            self._check_leaf(leaf, event, line)
            signature = _bytes(leaf["sig"], "its signature")
            self._check_device(event, body, signature)
            self._check_facts(event, body, signature)
            self._check_times(event, leaf["rx"])
        except Broken as broken:
            if broken.index is None:
                broken.index, broken.event = self.size, self.event
            raise
        self.counts[event["type"]] += 1
        self._grow(sha256(b"\0" + line).digest())

    @property
    def root(self) -> bytes:
        root = self.edge[-1] if self.edge else sha256().digest()
        for left in reversed(self.edge[:-1]):
            root = sha256(b"\1" + left + root).digest()
        return root

    def end(self) -> None:
        """What can be said only when all leaves are known."""
        for index, opened in self.unopened:
            if opened not in self.locks:
                self._find(index, "a delivery code opens no lock")
        for children in self.waiting.values():
            for index, _ in children:
                self._find(index, "it rests on an event that is not here")
        for handovers in self.unpaired.values():
            for index, _ in handovers:
                self._find(index, "the giver's half of a hand-over is not here")
        for digest, index in self.late_offers.items():
            if digest not in self.taken:
                self._find(index, ALONE)

    def pass_checkpoint(self, checkpoint: _Checkpoint) -> None:
        """What is signed was there before, and what follows came later: whatever a leaf says."""
        witnessed_ms = checkpoint.witnessed_ms
        if witnessed_ms is not None:
            if self.latest_ms > witnessed_ms + CLOCKS_APART_MS:
                self._find(self.latest, AFTER_IT_WAS_SIGNED)
            self.latest_ms = witnessed_ms
        self.not_before[checkpoint.root[:16].hex()] = self.latest_ms

    def know_roots(self, roots: set[str]) -> None:
        """Compare what devices saw with the checkpoints that are here."""
        for root, index in self.seen_roots.items():
            if root not in roots:
                self._find(index, "its device saw a checkpoint that is not here")

    def _open(self, line: bytes) -> tuple[dict[str, Any], dict[str, Any], bytes]:
        leaf = _object(line, "the leaf")
        if leaf.keys() != {"event", "iprev", "iseq", "rx", "sig"}:
            raise Broken("the leaf has other keys than event, iprev, iseq, rx and sig")
        body = _bytes(leaf["event"], "its event")
        if len(body) > LONGEST_EVENT:
            raise Broken(f"its event is longer than {LONGEST_EVENT} bytes")
        event = _object(body, "its event")
        self.event = str(event.get("id", ""))
        return leaf, event, body

    def _grow(self, hashed: bytes) -> None:
        size = self.size
        while size & 1:
            hashed = sha256(b"\1" + self.edge.pop() + hashed).digest()
            size >>= 1
        self.edge.append(hashed)
        self.size += 1

    def _find(self, index: int, what: str) -> None:
        self.found[what] += 1
        if len(self.shown) < SHOWN_FINDINGS:
            self.shown.append(Finding(index, what))

    def _check_leaf(self, leaf: dict[str, Any], event: dict[str, Any], line: bytes) -> None:
        if not _number(leaf["rx"]) or not _number(leaf["iseq"]):
            raise Broken("its iseq or rx is not a number")
        item = event["item"]
        if (item == "") != (event["type"] in _REGISTRY):
            raise Broken("an event of the registry concerns no item, and any other does")
        self.number, last, previous = self.items.get(item) or (self.size, 0, NO_LEAF)
        if leaf["iseq"] != last + 1:
            raise Broken(f"its iseq is {leaf['iseq']}; the item's last was {last}")
        if leaf["iprev"] != previous.hex():
            raise Broken("its iprev is not the item's previous leaf")
        self.items.put(item, self.number, last + 1, sha256(b"\0" + line).digest())
        key = _key_of(event["id"])
        if key in self.events:
            raise Broken("its id stands in the ledger already")
        self.events.put(key, self.number)
        for index, other in self.waiting.pop(key, ()):
            if other != self.number:
                self._find(index, "it rests on an event of another item")

    def _check_device(self, event: dict[str, Any], body: bytes, signature: bytes) -> None:
        """The device is enrolled, its chain has no gap, and it signed exactly these bytes."""
        name = event["dev"]
        if self.size == 0:
            self._check_root(event)
        device = self.devices.get(name)
        if device is None:
            raise Broken(f"its device {name} was never enrolled")
        if event["seq"] != device.sequence + 1:
            raise Broken(f"its seq is {event['seq']}; its device's last was {device.sequence}")
        if event["prev"] != (device.last or _digest(b"genesis" + name.encode())):
            raise Broken("its prev is not its device's previous event")
        # A phone is one courier's; behind an office's key stands whoever is on duty there.
        if event["unit"] != device.unit or not (device.is_office or event["op"] == device.staff):
            raise Broken(f"its op or unit is not of its device {name}")
        if device.revoked:
            self._look_at_late(event, body)
        device.sequence, device.last = event["seq"], _digest(body)
        why = f"it is not signed by its device {name}"
        message = _envelope(body)
        self.signatures.check(
            _Job(self.size, event["id"], why, device.algorithm, device.key, message, signature)
        )

    def _check_root(self, event: dict[str, Any]) -> None:
        keys = self.keys
        expected = (keys.root_device, keys.root_device, keys.root_algorithm)
        found = (event["dev"], event.get("subj"), event.get("alg"))
        if event["type"] != "dev_enrol" or found != expected:
            raise Broken("the first leaf is not the enrolment of the root device by itself")
        if b64decode(event["key"]) != keys.root_key:
            raise Broken("the root device has another key than the file of keys says")
        self.devices[event["dev"]] = _Device(
            keys.root_algorithm, keys.root_key, event["subop"], event["subunit"], is_office=True
        )

    def _look_at_late(self, event: dict[str, Any], body: bytes) -> None:
        """What a revoked device told alone entered only because a person let it in."""
        if event["type"] == "offer":
            self.late_offers[sha256(body).digest()[:16]] = self.size
        elif event["type"] != "handover":
            self._find(self.size, ALONE)

    def _check_facts(self, event: dict[str, Any], body: bytes, signature: bytes) -> None:
        kind = event["type"]
        if not self.devices[event["dev"]].is_office:
            _check_teller(event)
        self._check_second(event)
        if event["cp"]:
            self.seen_roots.setdefault(event["cp"], self.size)
        if kind == "dev_enrol":
            self._enrol(event)
        elif kind == "dev_revoke":
            self._revoke(event)
        elif kind == "handover":
            self._check_handover(event)
        elif kind == "offer":
            self._keep_offer(event, body, signature)
        elif kind in {"accept", "rotate"}:
            self._keep_lock(event)
        elif kind == "deliver":
            self._check_delivery(event)
        if kind not in _REGISTRY:
            self._check_parent(event, kind)

    def _check_second(self, event: dict[str, Any]) -> None:
        """Whether what needs two was told by two; a phone may say what it likes of a second seal."""
        kind, teller = event["type"], event["op"]
        if kind == "deliver" and event["proof"].get("chk") == teller:
            raise Broken("who delivers it vouches for himself")
        if kind == "clear" and event["chk"] == teller:
            raise Broken("one person alone settled an exception")
        if kind == "correct" and event["mk"] == teller:
            raise Broken("one person made a correction and checked it")
        if kind == "pack" and event.get("chk") == teller:
            self._find(self.size, OWN_WITNESS)

    def _check_times(self, event: dict[str, Any], received_ms: int) -> None:
        if received_ms < self.latest_ms - CLOCKS_APART_MS:
            self._find(self.size, BEFORE_WHAT_IT_FOLLOWS)
        elif received_ms > self.latest_ms:
            self.latest, self.latest_ms = self.size, received_ms
        if event["t"] > received_ms + CLOCKS_APART_MS:
            self._find(self.size, TOLD_BEFORE_IT_WAS)
        elif event["t"] < self.not_before.get(event["cp"], 0) - CLOCKS_APART_MS:
            self._find(self.size, OLDER_THAN_IT_CAN_BE)

    def _enrol(self, event: dict[str, Any]) -> None:
        subject, first = event["subj"], self.size == 0
        if subject in self.devices and not first:
            raise Broken(f"the device {subject} was enrolled before")
        key = b64decode(event["key"])
        try:
            _key(event["alg"], key)
        except ValueError:
            raise Broken(f"the key of the device {subject} is none") from None
        if self.keys_of.setdefault(key, event["subop"]) != event["subop"]:
            self._find(self.size, SHARED_KEY)
        if not first:
            # The root enrols the offices, the offices enrol the phones, a phone enrols nobody.
            of_root = event["dev"] == self.keys.root_device
            self.devices[subject] = _Device(
                event["alg"], key, event["subop"], event["subunit"], is_office=of_root
            )

    def _revoke(self, event: dict[str, Any]) -> None:
        subject = self.devices.get(event["subj"])
        if subject is None:
            raise Broken(f"the device {event['subj']} was never enrolled")
        if subject.is_office and event["dev"] != self.keys.root_device:
            raise Broken("an office revokes phones and no other office")
        subject.revoked = True

    def _check_parent(self, event: dict[str, Any], kind: str) -> None:
        moves, parent = kind in _TRANSFERS, event["parent"]
        if parent:
            key = _key_of(parent)
            known = self.events.get(key)
            if known is None:
                self.waiting.setdefault(key, []).append((self.size, self.number))
            elif known != (self.number,):
                self._find(self.size, "it rests on an event of another item")
        elif kind != "accept":  # which alone rests on nothing
            self._find(self.size, "it rests on an event that is not here")
        if moves:
            spends = f"{event['item']}/{parent}"
            if spends in self.spent:
                self._find(self.size, "a custody is spent twice")
            self.spent.put(spends)

    def _check_handover(self, event: dict[str, Any]) -> None:
        digest = bytes.fromhex(event["offer"])
        self.taken.put(digest[:16])
        giver, osig = self.devices.get(event["from"]), event["osig"]
        if giver is None:
            raise Broken(f"its giver's device {event['from']} was never enrolled")
        if giver.staff == event["op"] and not self.devices[event["dev"]].is_office:
            raise Broken(ONE_PERSON)
        if "ocode" in event:
            self._check_offer_code(event, b64decode(event["ocode"]), osig, giver)
            return
        half = _Half(event["from"], sha256(osig.encode()).digest()[:16], event["op"])
        given = self.offers.get(digest[:16])
        if given is None:
            self.unpaired.setdefault(digest[:16], []).append((self.size, half))
        else:
            self._pair(self.size, _Half(*given), half)

    def _check_offer_code(
        self, event: dict[str, Any], code: bytes, osig: str, giver: _Device
    ) -> None:
        if len(code) != 135 or _digest(code) != event["offer"]:
            raise Broken("its offer is not the hash of its offer code")
        kind, device = struct.unpack_from(">B8s", code)
        if kind != 1 or device != event["from"].encode():
            raise Broken("its offer code is not of the giver's device")
        if _bytes(osig, "its osig") != code[71:]:
            raise Broken("its osig is not the signature in its offer code")
        why = f"its offer code is not signed by the giver's device {event['from']}"
        _check_offered(event, code)
        message = b"custody/offer/v1\0" + code[:71]
        self.signatures.check(
            _Job(self.size, event["id"], why, giver.algorithm, giver.key, message, code[71:])
        )

    def _keep_offer(self, event: dict[str, Any], body: bytes, signature: bytes) -> None:
        digest = sha256(body).digest()[:16]
        given = _Half(event["dev"], sha256(b64encode(signature)).digest()[:16], event["op"])
        self.offers.put(digest, given.device, given.signature, given.by)
        for index, taken in self.unpaired.pop(digest, ()):
            self._pair(index, given, taken)

    def _pair(self, index: int, given: "_Half", taken: "_Half") -> None:
        if (given.device, given.signature) != (taken.device, taken.signature):
            self._find(index, "the giver's half of a hand-over is another")
        elif given.by == taken.by:
            self._find(index, ONE_PERSON)

    def _keep_lock(self, event: dict[str, Any]) -> None:
        if event["type"] == "rotate":
            item, rotation = event["item"], event["rot"]
        else:  # on the way in, the lock is that of the result's number
            item, rotation = event["item"] if event["leg"] == "OUT" else event.get("ret", ""), 1
        if "lock" in event:
            self.locks.put(f"{item}/{rotation}/{event['lock']}")

    def _check_delivery(self, event: dict[str, Any]) -> None:
        proof = event["proof"]
        if proof["m"] != "qr":
            return
        item, rotation = event["item"], proof["rot"]
        told = f"custody/delivery/v1\0{item}\0{rotation}\0{proof['s']}"
        opened = f"{item}/{rotation}/{_digest(told.encode())}"
        if opened not in self.locks:
            self.unopened.append((self.size, opened))


def _key_of(event_id: str) -> bytes:
    return bytes.fromhex(event_id.replace("-", ""))


# --- The file ----------------------------------------------------------------------------------


def _check_offered(event: dict[str, Any], code: bytes) -> None:
    """Whether this package, in the custody that it spends, stands in the offer (Offer QR)."""
    (count,) = struct.unpack_from(">H", code, 37)
    place, path = event.get("opos", 0), [bytes.fromhex(each) for each in event.get("opath", [])]
    papers = [event["n"][kind] for kind in ("o", "c", "p")]
    told = [event["item"], event["parent"], event["seal"], papers]
    leaf = sha256(b"\0" + _canonical(told).encode()).digest()
    if place >= count or _folded(leaf, place, count, path) != code[39:71]:
        raise Broken("its package is not in its offer code")


def _folded(leaf: bytes, place: int, count: int, path: list[bytes]) -> bytes:
    """The root over so many leaves (RFC 6962, 2.1.1), or nothing when the path does not fit."""
    if count == 1 or not path:
        return leaf if count == 1 and not path else b""
    left = 1 << (count - 1).bit_length() - 1
    if place < left:
        return sha256(b"\1" + _folded(leaf, place, left, path[:-1]) + path[-1]).digest()
    under = _folded(leaf, place - left, count - left, path[:-1])
    return sha256(b"\1" + path[-1] + under).digest()


def _lines(path: Path) -> Iterator[bytes]:
    """Each line without its end. A last line without an end, or an endless one, is broken."""
    try:
        with path.open("rb") as file:
            while line := file.readline(LONGEST_LINE + 1):
                if not line.endswith(b"\n"):
                    raise Broken("a line has no end, or none within reach")
                yield line[:-1]
    except OSError as fault:
        raise Unreadable(f"{path} cannot be read: {fault}") from fault


def _read_header(path: Path, keys: _Keys) -> _Header:
    try:
        header = _object(next(_lines(path), b""), "the header")
    except Broken as fault:
        raise Unreadable(f"{path} is not a ledger: {fault}") from fault
    if header.get("format") != FORMAT:
        raise Unreadable(f"{path} is not of the format {FORMAT}")
    known = header.keys() == {"checkpoints", "format", "leaves", "origin"}
    if not known or not (_number(header["checkpoints"]) and _number(header["leaves"])):
        raise Broken("the header is malformed")
    if header["origin"] != keys.log.name:
        raise Broken(f"this is the ledger of {header['origin']}, not of {keys.log.name}")
    return _Header(header["leaves"], header["checkpoints"])


def _read_checkpoints(
    path: Path, header: _Header, keys: _Keys, signatures: _Signatures
) -> dict[int, _Checkpoint]:
    """What was signed, by size. It stands at the end and is wanted from the start."""
    signed: dict[int, _Checkpoint] = {}
    last = _Checkpoint(0, b"", 0, None)
    count = 0
    for place, line in enumerate(_lines(path)):
        if place <= header.leaves:
            continue
        told = _object(line, "a checkpoint")
        if told.keys() != {"checkpoint"}:
            raise Broken("after the leaves there is something that is not a checkpoint")
        found = _check_note(told["checkpoint"], keys, signatures)
        if found.size <= last.size:
            raise Broken("the checkpoints are not in the order of their sizes")
        last, count = found, count + 1
        signed[found.size] = found
    signatures.finish()
    if count != header.checkpoints:
        raise Broken(f"{count} checkpoints follow; the header says {header.checkpoints}")
    if last.size != header.leaves:
        raise Broken(f"the newest checkpoint is over {last.size} leaves, not {header.leaves}")
    if last.witnesses < keys.quorum:
        raise Broken(f"{last.witnesses} witnesses signed; {keys.quorum} are needed")
    return signed


def _read_leaves(
    path: Path,
    header: _Header,
    ledger: _Ledger,
    signed: dict[int, _Checkpoint],
    known: Sequence[Known],
) -> None:
    largest = max((size for size, _ in known), default=0)
    if largest > header.leaves:
        raise Broken(f"it ends after {header.leaves} leaves; you know of {largest}")
    lines = _lines(path)
    next(lines)
    for _ in range(header.leaves):
        line = next(lines, None)
        if line is None:
            raise Broken(f"the file ends after {ledger.size} leaves of {header.leaves}")
        ledger.add(line)
        checkpoint = signed.get(ledger.size)
        if checkpoint is not None:
            if checkpoint.root != ledger.root:
                raise Broken(f"the first {ledger.size} leaves do not have the root that was signed")
            ledger.pass_checkpoint(checkpoint)
        for size, root in known:
            if size == ledger.size and root != ledger.root.hex():
                raise Broken(f"the first {size} leaves do not have the root that you know")
    ledger.end()


def verify(
    path: Path | str, keys_path: Path | str, *, known: Sequence[Known] = (), workers: int = 1
) -> Verdict:
    """The verdict on an exported ledger. Raises Unreadable; everything else is in the verdict.

    `known` are sizes and roots from elsewhere, which the ledger must have had.
    """
    path = Path(path)
    keys = _read_keys(Path(keys_path))
    signatures = _Signatures(workers)
    ledger = _Ledger(keys, signatures)
    broken: Broken | None = None
    try:
        header = _read_header(path, keys)
        signed = _read_checkpoints(path, header, keys, signatures)
        try:
            _read_leaves(path, header, ledger, signed, known)
        except Broken as fault:
            broken = fault
        signatures.finish()  # a false signature stands before whatever else was found
        ledger.know_roots({each.root[:16].hex() for each in signed.values()})
    except Broken as fault:
        broken = fault
    finally:
        signatures.close()
        ledger.disk.close()
    return Verdict(
        size=ledger.size,
        root=ledger.root.hex(),
        counts=dict(sorted(ledger.counts.items())),
        broken=broken,
        findings=dict(sorted(ledger.found.items())),
        shown=tuple(ledger.shown),
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check an exported custody ledger.")
    parser.add_argument("ledger", type=Path)
    parser.add_argument("keys", type=Path)
    add_options(parser)
    asked = parser.parse_args(arguments)
    try:
        known = [_known(size, root) for size, root in asked.known]
        verdict = verify(asked.ledger, asked.keys, known=known, workers=asked.workers)
    except Unreadable as fault:
        return _say(2, f"unreadable: {fault}")
    for finding in verdict.shown:
        _say(0, f"finding: leaf {finding.index}: {finding.what}")
    for what, count in verdict.findings.items():
        _say(0, f"findings: {count} × {what}")
    if verdict.broken is not None:
        return _say(1, f"broken: {verdict.broken}")
    counts = ", ".join(f"{kind} {count}" for kind, count in verdict.counts.items())
    return _say(0, f"valid: size {verdict.size}, root {verdict.root} ({counts})")


def add_options(parser: argparse.ArgumentParser) -> None:
    """What may be asked beside the two files."""
    parser.add_argument(
        "--known",
        nargs=2,
        action="append",
        default=[],
        metavar=("SIZE", "ROOT"),
        help="a checkpoint known from elsewhere, which the ledger must contain; may be given again",
    )
    parser.add_argument("--workers", type=int, default=1, help="processes that check signatures")


def _known(size: str, root: str) -> Known:
    root = root.replace(" ", "")  # papers print it in groups
    if not re.fullmatch("[1-9][0-9]{0,15}", size) or not re.fullmatch("[0-9a-fA-F]{64}", root):
        raise Unreadable(f"{size!r} and {root!r} are not the size and root of a checkpoint")
    return int(size), root.lower()


def _say(status: int, line: str) -> int:
    sys.stdout.write(line + "\n")
    return status


def _end() -> NoReturn:
    sys.exit(main())


if __name__ == "__main__":
    _end()
