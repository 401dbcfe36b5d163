"""An event has the keys of its type and no others, and each value has its shape.

The list is written apart from the writer's, from docs/event-format.md.
"""

import re
from collections.abc import Callable
from typing import Any
from unicodedata import is_normalized

from .answer import Broken
from .values import LARGEST_INTEGER, is_base64

Check = Callable[[Any], bool]


def check_keys(event: dict[str, Any]) -> None:
    """Whether these are the keys and values of one event, as docs/event-format.md lists them."""
    kind = event.get("type")
    must = _MUST.get(kind) if isinstance(kind, str) else None
    if must is None:
        raise Broken(f"its type {kind!r} is not known")
    may = _MAY.get(str(kind), {})
    for key, check in must.items():
        if key not in event or not check(event[key]):
            raise Broken(f"its key {key} is missing or malformed")
    if (event["item"] == "") != (kind in REGISTRY):
        raise Broken("an event of the registry concerns no item, and any other does")
    if len(event) == len(must):
        return
    for key in event.keys() - must.keys():
        if key not in may:
            raise Broken(f"its key {key} is not known")
        check, default = may[key]
        if not check(event[key]) or event[key] == default:
            raise Broken(f"its key {key} is malformed, or says what is left out")


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


_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_event = _text(_UUID)
_device = _text("[A-Z2-7]{8}")
_staff = _text("[a-z0-9][a-z0-9._-]{0,31}")
_maybe_staff = _text("([a-z0-9][a-z0-9._-]{0,31})?")
_unit = _text("[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_item = _text("([A-Z]{2}[0-9]{9}[A-Z]{2})?")
_hash = _text("[0-9a-f]{64}")
_seal = _text("([A-Z0-9][A-Z0-9-]{0,23})?")
_word = _text("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_date = _text("[0-9]{4}-[0-9]{2}-[0-9]{2}")
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

# Of each type: the keys of its own that it must have, and those it may have, which are left out when
# they would hold their default.
_OWN: dict[str, dict[str, Check]] = {
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
    "hold": {"until": _date},
    "invite": {"nth": _whole(1, 9)},
    "return": {"why": _reason},
    "forward": {"dest": _unit, "why": _reason},
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
        "key": is_base64,
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
        "ocode": (is_base64, ""),
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
    "attempt": {"day": (_date, ""), "ev": (_hashes, []), "pc": (_hash, "")},
    "damage": {"why": (_reason, ""), "ev": (_hashes, [])},
    "rotate": {"pc": (_hash, "")},
}
_MUST = {kind: _EVERY | own for kind, own in _OWN.items()}
TRANSFERS = {"accept", "handover", "deliver", "found"}
REGISTRY = {"dev_enrol", "dev_revoke", "erase"}
