"""How single values of an event look in JSON, each read strictly and written in one way."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from unicodedata import is_normalized

from postal_service.domain.acts import Counts
from postal_service.domain.refusals import Malformed

LARGEST_INTEGER = 2**53 - 1

Json = dict[str, Any]


class EventMalformed(Malformed):
    """The bytes are not one event in its one form. `fault` says what is wrong, `key` where."""

    code = "event.malformed"


@dataclass(frozen=True)
class Shape:
    """How one value looks in JSON and what it is inside."""

    read: Callable[[str, Any], Any]
    write: Callable[[Any], Any]


def refuse(key: str, fault: str) -> EventMalformed:
    return EventMalformed(key=key, fault=fault)


def text(pattern: str) -> Shape:
    known = re.compile(pattern)

    def read(key: str, value: object) -> str:
        if not isinstance(value, str) or not known.fullmatch(value):
            raise refuse(key, f"does not match {pattern}")
        if not is_normalized("NFC", value):
            raise refuse(key, "is not in Unicode normal form C")
        return value

    return Shape(read, str)


def integer(least: int, most: int = LARGEST_INTEGER) -> Shape:
    def read(key: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise refuse(key, f"is not an integer between {least} and {most}")
        return value

    return Shape(read, int)


def one_of(kind: type[StrEnum]) -> Shape:
    def read(key: str, value: object) -> StrEnum:
        if not isinstance(value, str) or value not in set(kind):
            raise refuse(key, f"is none of {', '.join(kind)}")
        return kind(value)

    return Shape(read, lambda value: value.value)


def list_of(shape: Shape, most: int) -> Shape:
    def read(key: str, value: object) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) > most:
            raise refuse(key, f"is not a list of at most {most}")
        return tuple(shape.read(key, each) for each in value)

    return Shape(read, lambda value: [shape.write(each) for each in value])


def _read_flag(key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise refuse(key, "is neither true nor false")
    return value


def _read_counts(key: str, value: object) -> Counts:
    if not isinstance(value, dict) or value.keys() != {"c", "o", "p"}:
        raise refuse(key, 'is not {"c":…,"o":…,"p":…}')
    told = {name: SMALL.read(key, each) for name, each in value.items()}
    return Counts(originals=told["o"], certified=told["c"], photocopies=told["p"])


def _write_counts(counts: Counts) -> Json:
    return {"c": counts.certified, "o": counts.originals, "p": counts.photocopies}


UUID7 = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
SMALL = integer(0, 9_999)
NUMBER = integer(0)
EVENT = text(UUID7)
PARENT = text(f"(?:{UUID7})?")
DEVICE = text(r"[A-Z2-7]{8}")
STAFF = text(r"[a-z0-9][a-z0-9._-]{0,31}")
MAYBE_STAFF = text(r"(?:[a-z0-9][a-z0-9._-]{0,31})?")
UNIT = text(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
ITEM = text(r"(?:[A-Z]{2}[0-9]{9}[A-Z]{2})?")
HASH = text(r"[0-9a-f]{64}")
MAYBE_HASH = text(r"(?:[0-9a-f]{64})?")
LONGEST_SEAL = 24
SEAL = text(rf"(?:[A-Z0-9][A-Z0-9-]{{0,{LONGEST_SEAL - 1}}})?")
WORD = text(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
MAYBE_WORD = text(r"(?:[A-Za-z0-9][A-Za-z0-9._-]{0,63})?")
DATE = text(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Free text is for staff to tell a reason, never for personal data: short, and no control signs.
LONGEST_REASON = 200
REASON = text(rf"[^\x00-\x1f\x7f\ud800-\udfff]{{0,{LONGEST_REASON}}}")
BASE64 = text(r"[A-Za-z0-9+/]*={0,2}")
FLAG = Shape(_read_flag, bool)
COUNTS = Shape(_read_counts, _write_counts)
HASHES = list_of(HASH, 16)
