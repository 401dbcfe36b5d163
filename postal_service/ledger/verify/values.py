"""Every value has one form: canonical JSON (RFC 8785), strict Base64, whole numbers, hashes in hex."""

from base64 import b64decode, b64encode
from hashlib import sha256
from json import JSONEncoder, loads
from typing import Any

from .answer import Broken

LARGEST_INTEGER = 2**53 - 1

canonical = JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
).encode


def object_in(line: bytes, what: str) -> dict[str, Any]:
    """The object behind canonical bytes: what is parsed must be written as the same bytes again."""
    try:
        found = loads(line)
        if isinstance(found, dict) and canonical(found).encode() == line:
            return found
    except (ValueError, RecursionError):
        pass
    raise Broken(f"{what} is not JSON in canonical form")


def bytes_in(value: object, what: str) -> bytes:
    if not isinstance(value, str) or not is_base64(value):
        raise Broken(f"{what} is not Base64 in its one form")
    return b64decode(value)


def is_base64(value: object) -> bool:
    if not isinstance(value, str) or not value.isascii():
        return False
    try:
        return b64encode(b64decode(value, validate=True)).decode() == value
    except ValueError:
        return False


def is_number(value: object) -> bool:
    return type(value) is int and 0 <= value <= LARGEST_INTEGER


def hex_digest(value: bytes) -> str:
    return sha256(value).hexdigest()
