"""An event as bytes, the same bytes for ever: signatures and hashes depend on them.

RFC 8785 (JCS) on a narrow profile: ASCII keys, NFC strings, integers within ±(2^53−1), no floats,
no unknown keys. `docs/event-format.md` lists every key. A fact that has its default value is left
out, so an event has exactly one form: `decode` refuses bytes that `encode` would not write.
"""

import json
from dataclasses import MISSING, fields
from typing import Any

from postal_service.domain import acts
from postal_service.domain.acts import Act, Proof
from postal_service.domain.event import NO_ITEM, Event
from postal_service.ledger.shapes import (
    BASE64,
    COUNTS,
    DATE,
    DEVICE,
    EVENT,
    FLAG,
    HASH,
    HASHES,
    ITEM,
    MAYBE_HASH,
    MAYBE_STAFF,
    MAYBE_WORD,
    NUMBER,
    PARENT,
    REASON,
    SEAL,
    SMALL,
    STAFF,
    UNIT,
    WORD,
    EventMalformed,
    Json,
    Shape,
    integer,
    list_of,
    one_of,
    refuse,
    text,
)

__all__ = ["EventMalformed", "canonical", "decode", "encode", "parse", "pre_authentication"]

VERSION = 1
PAYLOAD_TYPE = "application/vnd.custody.event.v1+json"
LARGEST_EVENT = 16_384  # bytes


_PROOFS: dict[str, tuple[type[Any], dict[str, tuple[str, Shape]]]] = {
    "qr": (
        acts.CodeProof,
        {"rot": ("rotation", integer(1, 999)), "s": ("secret", text(r"[0-9A-HJKMNP-TV-Z]{26}"))},
    ),
    "otp": (acts.MessageProof, {"ref": ("reference", WORD)}),
    "card": (acts.CardProof, {"last4": ("last4", text(r"[0-9]{4}"))}),
    "two": (acts.OverrideProof, {"chk": ("witness", STAFF)}),
}
_METHODS = {kind: method for method, (kind, _) in _PROOFS.items()}


def _read_proof(key: str, value: object) -> Proof:
    if not isinstance(value, dict):
        raise refuse(key, "is not an object")
    method = value.get("m")
    if not isinstance(method, str) or method not in _PROOFS:
        raise refuse(key, f"names none of the methods {', '.join(_PROOFS)}")
    kind, shapes = _PROOFS[method]
    if value.keys() != {"m", *shapes}:
        raise refuse(key, f"of method {method} has exactly the keys m, {', '.join(shapes)}")
    told = {name: shape.read(key, value[each]) for each, (name, shape) in shapes.items()}
    proof: Proof = kind(**told)
    return proof


def _write_proof(proof: Proof) -> Json:
    method = _METHODS[type(proof)]
    _, shapes = _PROOFS[method]
    told = {key: shape.write(getattr(proof, name)) for key, (name, shape) in shapes.items()}
    return {"m": method, **told}


PROOF = Shape(_read_proof, _write_proof)

_COMMON: dict[str, tuple[str, Shape]] = {
    "id": ("id", EVENT),
    "dev": ("device", DEVICE),
    "op": ("staff", STAFF),
    "unit": ("unit", UNIT),
    "seq": ("sequence", integer(1)),
    "prev": ("previous", HASH),
    "cp": ("checkpoint", text(r"(?:[0-9a-f]{32})?")),
    "item": ("item", ITEM),
    "parent": ("parent", PARENT),
    "t": ("wall_ms", NUMBER),
    "mono": ("monotonic_ms", NUMBER),
    "boot": ("boot", text(r"[0-9a-f]{8}")),
    "loc": ("place", text(r"(?:[0-9b-hjkmnp-z]{5})?")),
}

_CAPACITY = ("capacity", one_of(acts.Capacity))
_CONDITION = ("condition", one_of(acts.Condition))
_COUNTS = ("counts", COUNTS)
_WHY = ("why", REASON)
_PC = ("commitment", MAYBE_HASH)
_XID = ("exchange", MAYBE_WORD)

_ACTS: dict[str, tuple[type[Act], dict[str, tuple[str, Shape]]]] = {
    "accept": (
        acts.Accept,
        {
            "as": _CAPACITY,
            "leg": ("leg", one_of(acts.Leg)),
            "n": _COUNTS,
            "dest": ("destination", UNIT),
            "lock": ("lock", MAYBE_HASH),
            "ret": ("result_item", ITEM),
            "xid": _XID,
            "pc": _PC,
        },
    ),
    "handover": (
        acts.Handover,
        {
            "as": _CAPACITY,
            "n": _COUNTS,
            "cond": _CONDITION,
            "seal": ("seal", SEAL),
            "from": ("giver", DEVICE),
            "offer": ("offer", HASH),
            "osig": ("offer_signature", BASE64),
            "ocode": ("offer_code", BASE64),
            "opos": ("offer_place", integer(0, 65_534)),
            "opath": ("offer_path", HASHES),
            "pc": _PC,
        },
    ),
    "deliver": (
        acts.Deliver,
        {
            "idm": ("receiver", one_of(acts.Receiver)),
            "proof": ("proof", PROOF),
            "n": _COUNTS,
            "cond": _CONDITION,
            "xid": _XID,
            "rec": ("recovered", SMALL),
            "ev": ("evidence", HASHES),
            "pc": _PC,
        },
    ),
    "found": (acts.Found, {"as": _CAPACITY, "cond": _CONDITION, "why": _WHY}),
    "pack": (
        acts.Pack,
        {
            "seal": ("seal", text(r"[A-Z0-9][A-Z0-9-]{0,23}")),
            "n": _COUNTS,
            "cond": _CONDITION,
            "chk": ("witness", MAYBE_STAFF),
            "why": _WHY,
            "man": ("manifest", MAYBE_HASH),
        },
    ),
    "offer": (
        acts.Offer,
        {
            "to": ("to_unit", UNIT),
            "toop": ("to_staff", MAYBE_STAFF),
            "n": _COUNTS,
            "cond": _CONDITION,
            "seal": ("seal", SEAL),
            "batch": ("batch", WORD),
            "man": ("manifest", HASH),
            "cnt": ("batch_count", integer(1, 65_535)),
        },
    ),
    "withdraw": (acts.Withdraw, {"why": _WHY}),
    "refuse": (
        acts.Refuse,
        {
            "offer": ("offer", HASH),
            "rsv": ("reserved_for", one_of(acts.ReservedFor)),
            "cond": _CONDITION,
        },
    ),
    "bag": (acts.Bag, {"bag": ("bag", ITEM)}),
    "depart": (acts.Depart, {"run": ("run", WORD), "dest": ("destination", UNIT)}),
    "arrive": (acts.Arrive, {}),
    "out": (acts.Out, {"rnd": ("round", WORD)}),
    "attempt": (
        acts.Attempt,
        {
            "why": ("reason", text(r"R[0-9]{2}")),
            "act": ("action", text(r"A[0-9]")),
            "door": ("counted", FLAG),
            "day": ("agreed_for", DATE),
            "ev": ("evidence", HASHES),
            "pc": _PC,
        },
    ),
    "hold": (acts.Hold, {"until": ("until", DATE)}),
    "invite": (acts.Invite, {"nth": ("ordinal", integer(1, 9))}),
    "return": (acts.Return, {"why": _WHY}),
    "forward": (acts.Forward, {"dest": ("destination", UNIT), "why": _WHY}),
    "lost": (acts.Lost, {"why": _WHY}),
    "damage": (acts.Damage, {"cond": _CONDITION, "why": _WHY, "ev": ("evidence", HASHES)}),
    "postpone": (acts.Postpone, {"why": _WHY}),
    "cancel": (acts.Cancel, {"why": _WHY}),
    "clear": (acts.Clear, {"chk": ("witness", STAFF), "why": _WHY, "n": _COUNTS}),
    "rotate": (
        acts.Rotate,
        {"rot": ("rotation", integer(1, 999)), "lock": ("lock", HASH), "why": _WHY, "pc": _PC},
    ),
    "correct": (
        acts.Correct,
        {
            "ref": ("corrects", EVENT),
            "kind": ("kind", one_of(acts.CorrectionKind)),
            "repl": ("replacements", list_of(EVENT, 8)),
            "mk": ("maker", STAFF),
            "why": _WHY,
        },
    ),
    "dev_enrol": (
        acts.EnrolDevice,
        {
            "subj": ("device", DEVICE),
            "alg": ("algorithm", text(r"ed25519|p256")),
            "key": ("public_key", BASE64),
            "subop": ("holder", STAFF),
            "subunit": ("holder_unit", UNIT),
        },
    ),
    "dev_revoke": (acts.RevokeDevice, {"subj": ("device", DEVICE), "why": _WHY}),
    "erase": (acts.Erase, {"subj": ("subject", WORD), "why": _WHY}),
}
TYPES = {kind: name for name, (kind, _) in _ACTS.items()}
_DEFAULTS: dict[type[Act], dict[str, Any]] = {
    kind: {each.name: each.default for each in fields(kind) if each.default is not MISSING}
    for kind in TYPES
}


def encode(event: Event) -> bytes:
    """The bytes that the device signs."""
    name = TYPES[type(event.act)]
    document: Json = {"v": VERSION, "type": name}
    for key, (field, shape) in _COMMON.items():
        document[key] = shape.write(getattr(event, field))
    defaults = _DEFAULTS[type(event.act)]
    for key, (field, shape) in _ACTS[name][1].items():
        value = getattr(event.act, field)
        if field not in defaults or value != defaults[field]:
            document[key] = shape.write(value)
    return canonical(document)


def decode(body: bytes) -> Event:
    """The event behind signed bytes. Raises EventMalformed; never guesses."""
    document = parse(body)
    if document.get("v") != VERSION or isinstance(document.get("v"), bool):
        raise refuse("v", f"is not {VERSION}")
    name = document.get("type")
    if not isinstance(name, str) or name not in _ACTS:
        raise refuse("type", "is not known")
    kind, shapes = _ACTS[name]
    if unknown := document.keys() - _COMMON.keys() - shapes.keys() - {"v", "type"}:
        raise refuse(min(unknown), f"is not a key of {name}")
    act = kind(**_read(document, shapes, _DEFAULTS[kind]))
    event = Event(act=act, **_read(document, _COMMON, {}))
    # The verifier believes no ledger that holds another one, so none may come as far as a person.
    if (event.item == NO_ITEM) != isinstance(act, acts.REGISTRY):
        raise refuse("item", "is left empty by an event of the registry, and by no other")
    # A shape reads a value only in the form in which it would write it, and a default is left out:
    # so these are the bytes that `encode` would write, without writing them.
    if canonical(document) != body:
        raise refuse("", "the bytes are not in canonical form")
    return event


def _read(
    document: Json, shapes: dict[str, tuple[str, Shape]], defaults: dict[str, Any]
) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for key, (field, shape) in shapes.items():
        if key in document:
            told[field] = value = shape.read(key, document[key])
            if field in defaults and value == defaults[field]:
                raise refuse(key, "has its default value, which is left out")
        elif field not in defaults:
            raise refuse(key, "is missing")
    return told


def canonical(document: object) -> bytes:
    """JCS on this profile: what the standard library writes with sorted keys (RFC 8785, 3.2)."""
    return _WRITER.encode(document).encode()


def parse(body: bytes) -> Json:
    """A JSON object with no key twice, no float and no trailing bytes."""
    if len(body) > LARGEST_EVENT:
        raise refuse("", f"is longer than {LARGEST_EVENT} bytes")
    try:
        document = _READER.decode(body.decode())
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError, ValueError) as fault:
        raise refuse("", "is not JSON in UTF-8") from fault
    if not isinstance(document, dict):
        raise refuse("", "is not a JSON object")
    return document


def _once(pairs: list[tuple[str, Any]]) -> Json:
    document = dict(pairs)
    if len(document) != len(pairs):  # json.loads alone would keep the last one silently
        raise refuse("", "has a key twice")
    return document


def _no_float(text: str) -> object:
    raise refuse("", f"has the number {text}, which is not an integer")


# Made once, as json.loads and json.dumps would make them at every call.
_READER = json.JSONDecoder(object_pairs_hook=_once, parse_float=_no_float, parse_constant=_no_float)
_WRITER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def pre_authentication(body: bytes) -> bytes:
    """DSSE's PAE (v1.0.0): what is signed names its own kind, so no signature fits elsewhere."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(body), body)
