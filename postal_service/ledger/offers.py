"""The offer that one phone shows another when neither has a network: 135 signed bytes in a QR.

`docs/event-format.md`, Offer QR, gives the bytes. What is offered is told by a hash alone; the
receiver counts the packages himself and compares. The hash is the root of a tree over the packages,
each with the custody that is given away: so a hand-over can show that its own package was offered,
and an offer fits no other package and no later custody of the same one.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from postal_service.domain.acts import Counts
from postal_service.domain.ids import DeviceId, EventId, ItemId
from postal_service.domain.refusals import Malformed
from postal_service.ledger import base64_strict, tree
from postal_service.ledger.encoding import canonical
from postal_service.ledger.shapes import DEVICE, LARGEST_INTEGER, EventMalformed
from postal_service.ledger.signing import PrivateKey, sign_message, verify_message

PREFIX = "BG3:"
OFFER = 1
DOMAIN = b"custody/offer/v1\0"
BYTES = 135
SIGNATURE_BYTES = 64

_LAYOUT = struct.Struct(">B8sIQ16sH32s")


class OfferCodeMalformed(Malformed):
    """What was scanned is not an offer QR. `fault` says why."""

    code = "offer_code.malformed"


@dataclass(frozen=True, kw_only=True)
class OfferCode:
    """What an offer QR says. It proves nothing before `is_true`."""

    device: DeviceId
    sequence: int
    wall_ms: int
    nonce: bytes
    count: int
    manifest: str  # hex
    signature: bytes

    @property
    def signed(self) -> bytes:
        return _LAYOUT.pack(
            OFFER,
            self.device.encode(),
            self.sequence,
            self.wall_ms,
            self.nonce,
            self.count,
            bytes.fromhex(self.manifest),
        )

    def __bytes__(self) -> bytes:
        return self.signed + self.signature

    def __str__(self) -> str:
        """The text in the QR."""
        return PREFIX + base64_strict.write_url(bytes(self))

    @property
    def digest(self) -> str:
        """How a hand-over names this offer, in `offer`."""
        return sha256(bytes(self)).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Package:
    """What is offered: a sealed package, and the custody of it that is given away."""

    item: ItemId
    custody: EventId
    seal: str
    counts: Counts

    @property
    def hash(self) -> bytes:
        counts = self.counts
        told = [counts.originals, counts.certified, counts.photocopies]
        return tree.leaf_hash(canonical([self.item, self.custody, self.seal, told]))


def root_of(packages: Iterable[Package]) -> str:
    """What an offer QR says of its packages: the root of the tree over them, sorted by item."""
    edge, _ = tree.grow(tree.Edge(), (each.hash for each in _sorted(packages)))
    return edge.root.hex()


def way_to(package: Package, packages: Iterable[Package]) -> tuple[int, tuple[str, ...]]:
    """The place of one package among the offered ones, and the hashes from it to the root."""
    leaves = [each.hash for each in _sorted(packages)]
    _, closed = tree.grow(tree.Edge(), leaves)
    known = {**{tree.Place(0, at): leaf for at, leaf in enumerate(leaves)}, **dict(closed)}
    place = leaves.index(package.hash)
    path = tree.inclusion(place, len(leaves), known.__getitem__)
    return place, tuple(each.hex() for each in path)


def _sorted(packages: Iterable[Package]) -> list[Package]:
    return sorted(packages, key=lambda each: each.item)


def offers_it(code: OfferCode, package: Package, place: int, path: Sequence[str]) -> bool:
    """Whether this very package stands in the offer."""
    return tree.is_included(
        package.hash,
        index=place,
        size=code.count,
        proof=[bytes.fromhex(each) for each in path],
        root=bytes.fromhex(code.manifest),
    )


def manifest_of(packages: Iterable[tuple[ItemId, str, Counts]]) -> str:
    """The hash over what is offered: each item with its seal and its papers."""
    told = sorted(
        [item, seal, [counts.originals, counts.certified, counts.photocopies]]
        for item, seal, counts in packages
    )
    return sha256(canonical(told)).hexdigest()


def make(
    private_key: PrivateKey,
    *,
    device: DeviceId,
    sequence: int,
    wall_ms: int,
    nonce: bytes,
    count: int,
    manifest: str,
) -> OfferCode:
    """An offer signed by the giver's device. `nonce` is 16 fresh random bytes."""
    if len(nonce) != 16:
        raise ValueError("The nonce of an offer has 16 bytes.")
    unsigned = OfferCode(
        device=device,
        sequence=sequence,
        wall_ms=wall_ms,
        nonce=nonce,
        count=count,
        manifest=manifest,
        signature=b"",
    )
    signature = sign_message(private_key, DOMAIN + unsigned.signed)
    return from_bytes(unsigned.signed + signature)


def read(scanned: str) -> OfferCode:
    """The offer in a scanned QR. Raises OfferCodeMalformed."""
    if not scanned.startswith(PREFIX):
        raise OfferCodeMalformed(fault="does not begin with BG3:")
    try:
        found = base64_strict.read_url(scanned.removeprefix(PREFIX))
    except ValueError as fault:
        raise OfferCodeMalformed(fault="is not Base64") from fault
    return from_bytes(found)


def from_bytes(found: bytes) -> OfferCode:
    """The offer in 135 bytes. Raises OfferCodeMalformed."""
    if len(found) != BYTES:
        raise OfferCodeMalformed(fault=f"has {len(found)} bytes, not {BYTES}")
    kind, device, sequence, wall_ms, nonce, count, manifest = _LAYOUT.unpack_from(found)
    if kind != OFFER:
        raise OfferCodeMalformed(fault=f"is of type {kind}, not {OFFER}")
    try:
        known = DEVICE.read("device", device.decode("ascii"))
    except (UnicodeDecodeError, EventMalformed) as fault:
        raise OfferCodeMalformed(fault="names no device") from fault
    if not sequence or not count or wall_ms > LARGEST_INTEGER:
        raise OfferCodeMalformed(fault="has a number out of range")
    return OfferCode(
        device=DeviceId(known),
        sequence=sequence,
        wall_ms=wall_ms,
        nonce=nonce,
        count=count,
        manifest=manifest.hex(),
        signature=found[-SIGNATURE_BYTES:],
    )


def is_true(code: OfferCode, algorithm: str, public_key: bytes) -> bool:
    """Whether the giver's device signed this offer."""
    return verify_message(algorithm, public_key, DOMAIN + code.signed, code.signature)
