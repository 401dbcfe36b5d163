"""A line of the ledger is one leaf: one event in canonical form, and what the ledger wrote beside it."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from .answer import Broken
from .shapes import check_keys
from .tree import leaf_hash
from .values import bytes_in, is_number, object_in

LONGEST_EVENT = 16_384  # bytes


@dataclass(frozen=True, slots=True)
class Leaf:
    """What is told at one place of the ledger."""

    index: int
    hash: bytes
    beside: dict[str, Any]  # iprev, iseq, rx and sig
    event: dict[str, Any]
    body: bytes  # the event as it was signed
    digest: bytes  # of the body

    @property
    def event_id(self) -> str:
        """Told of a leaf whose event may have any shape."""
        return str(self.event.get("id", ""))


def open_leaf(index: int, line: bytes) -> Leaf:
    """What stands in the line, whatever its event says."""
    leaf = object_in(line, "the leaf")
    if leaf.keys() != {"event", "iprev", "iseq", "rx", "sig"}:
        raise Broken("the leaf has other keys than event, iprev, iseq, rx and sig")
    body = bytes_in(leaf["event"], "its event")
    if len(body) > LONGEST_EVENT:
        raise Broken(f"its event is longer than {LONGEST_EVENT} bytes")
    event = object_in(body, "its event")
    return Leaf(index, leaf_hash(line), leaf, event, body, sha256(body).digest())


def check_shape(leaf: Leaf) -> None:
    """Whether the values of the event and beside it are what they should be, each for itself."""
    check_keys(leaf.event)
    if not is_number(leaf.beside["rx"]) or not is_number(leaf.beside["iseq"]):
        raise Broken("its iseq or rx is not a number")
