"""A hand-over has two halves, the giver's offer and the taker's word, and two persons sign them."""

import sqlite3
import struct
from base64 import b64decode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from .answer import Broken, Findings
from .devices import ALONE, Device, Devices
from .leaves import Leaf
from .memory import Kept
from .signatures import Job, Signatures
from .tree import folded, leaf_hash
from .values import bytes_in, canonical, hex_digest

ONE_PERSON = "one person signed both halves of a hand-over"


@dataclass(frozen=True, slots=True)
class _Half:
    """The giver's half of a hand-over, and who signed the half at hand."""

    device: str
    signature: bytes  # first half of a hash over it
    by: str


class Handovers:
    """Halves come in either order; each is known by the first half of the offer's hash."""

    def __init__(
        self,
        disk: sqlite3.Connection,
        devices: Devices,
        signatures: Signatures,
        findings: Findings,
    ) -> None:
        self.devices = devices
        self.signatures = signatures
        self.findings = findings
        self.offers = Kept(disk, "offers", "device", "signature", "staff")
        self.taken = Kept(disk, "taken")  # offers that a hand-over names
        self.unpaired: dict[bytes, list[tuple[int, _Half]]] = {}

    def offer(self, leaf: Leaf) -> None:
        event, key = leaf.event, leaf.digest[:16]
        given = _Half(event["dev"], _half_hash(leaf.beside["sig"]), event["op"])
        self.offers.put(key, given.device, given.signature, given.by)
        for index, taken in self.unpaired.pop(key, ()):
            self._pair(index, given, taken)

    def take(self, leaf: Leaf, taker: Device) -> None:
        event = leaf.event
        key = bytes.fromhex(event["offer"])[:16]
        self.taken.put(key)
        giver = self.devices.known.get(event["from"])
        if giver is None:
            raise Broken(f"its giver's device {event['from']} was never enrolled")
        if giver.staff == event["op"] and not taker.is_office:
            raise Broken(ONE_PERSON)
        if "ocode" in event:
            self._check_offer_code(leaf, giver)
            return
        half = _Half(event["from"], _half_hash(event["osig"]), event["op"])
        given = self.offers.get(key)
        if given is None:
            self.unpaired.setdefault(key, []).append((leaf.index, half))
        else:
            self._pair(leaf.index, _Half(*given), half)

    def end(self) -> None:
        for handovers in self.unpaired.values():
            for index, _ in handovers:
                self.findings.add(index, "the giver's half of a hand-over is not here")
        for key, index in self.devices.late_offers.items():
            if key not in self.taken:
                self.findings.add(index, ALONE)

    def _pair(self, index: int, given: _Half, taken: _Half) -> None:
        if (given.device, given.signature) != (taken.device, taken.signature):
            self.findings.add(index, "the giver's half of a hand-over is another")
        elif given.by == taken.by:
            self.findings.add(index, ONE_PERSON)

    def _check_offer_code(self, leaf: Leaf, giver: Device) -> None:
        """The giver's half that the taker read from a screen (docs/event-format.md, Offer QR)."""
        event = leaf.event
        code = b64decode(event["ocode"])
        if len(code) != 135 or hex_digest(code) != event["offer"]:
            raise Broken("its offer is not the hash of its offer code")
        kind, device = struct.unpack_from(">B8s", code)
        if kind != 1 or device != event["from"].encode():
            raise Broken("its offer code is not of the giver's device")
        if bytes_in(event["osig"], "its osig") != code[71:]:
            raise Broken("its osig is not the signature in its offer code")
        why = f"its offer code is not signed by the giver's device {event['from']}"
        _check_offered(event, code)
        message = b"custody/offer/v1\0" + code[:71]
        self.signatures.check(
            Job(leaf.index, event["id"], why, giver.algorithm, giver.key, message, code[71:])
        )


def _half_hash(signature: str) -> bytes:
    return sha256(signature.encode()).digest()[:16]


def _check_offered(event: dict[str, Any], code: bytes) -> None:
    """Whether this package, in the custody that it spends, stands in the offer (Offer QR)."""
    (count,) = struct.unpack_from(">H", code, 37)
    place, path = event.get("opos", 0), [bytes.fromhex(each) for each in event.get("opath", [])]
    papers = [event["n"][kind] for kind in ("o", "c", "p")]
    told = [event["item"], event["parent"], event["seal"], papers]
    leaf = leaf_hash(canonical(told).encode())
    if place >= count or folded(leaf, place, count, path) != code[39:71]:
        raise Broken("its package is not in its offer code")
