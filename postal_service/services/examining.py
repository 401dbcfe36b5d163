"""Look at what a phone sent before anything is written: is each thing an event, and did its device sign it?

This costs most of a batch's time and needs no lock, so it is done in a reading session; what is
true only at the moment of writing (the chain, a revocation, a duplicate) is `syncing`'s to ask.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from postal_service.domain import phone_rules
from postal_service.domain.acts import Handover
from postal_service.domain.event import Event
from postal_service.domain.ids import DeviceId, EventId
from postal_service.ledger import base64_strict, offers, reading, signing
from postal_service.ledger.encoding import EventMalformed
from postal_service.ledger.reading import PHONE
from postal_service.services.recording import Signed
from postal_service.storage.among import among
from postal_service.storage.schema import DeviceRow

LARGEST_BATCH = 500  # events

_DEVICES = cast("Table", DeviceRow.__table__)
_KEYS = select(
    _DEVICES.c.id,
    _DEVICES.c.algorithm,
    _DEVICES.c.public_key,
    _DEVICES.c.staff,
    _DEVICES.c.unit,
    _DEVICES.c.kind,
    _DEVICES.c.status,
).where(among(_DEVICES.c.id, "devices"))


class Reason(StrEnum):
    """Why bytes are kept apart for a person instead of entering the ledger."""

    MALFORMED = "malformed"
    UNKNOWN_DEVICE = "unknown_device"
    BAD_SIGNATURE = "bad_signature"
    BAD_OFFER = "bad_offer"
    NOT_FOR_PHONES = "not_for_phones"
    WRONG_STAFF = "wrong_staff"
    ID_REUSED = "id_reused"
    SEQUENCE_FORK = "sequence_fork"
    CHAIN_BROKEN = "chain_broken"
    TOO_FAR_AHEAD = "too_far_ahead"
    REVOKED = "revoked"
    UNKNOWN_ITEM = "unknown_item"
    UNPROVED = "unproved"


# What nobody's key is known to have signed: what such bytes say of their device is hearsay.
UNSIGNED = frozenset({Reason.MALFORMED, Reason.UNKNOWN_DEVICE, Reason.BAD_SIGNATURE})


@dataclass(frozen=True)
class Sent:
    """One event as it came over the line."""

    body: bytes
    signature: bytes


@dataclass(frozen=True)
class Sound:
    """An event whose device signed it and who may say it."""

    signed: Signed
    digest: str

    @property
    def event(self) -> Event:
        return self.signed.event


@dataclass(frozen=True)
class Unsound:
    """What will never be an event of ours; `signer` is the device whose key signed it, where one did."""

    sent: Sent
    reason: Reason
    event: EventId | None
    signer: DeviceId | None


@dataclass(frozen=True)
class Batch:
    """What one device uploaded, looked at. It may carry what other devices signed."""

    uploader: DeviceId
    examined: tuple[Sound | Unsound, ...]


@dataclass(frozen=True)
class Key:
    """What a device's signature is checked with, and who speaks through it."""

    algorithm: str
    public: bytes
    staff: str
    unit: str
    phone: bool


NOBODY_KNOWN: Mapping[str, Key] = MappingProxyType({})


def examine(
    session: Session,
    sent: Sequence[Sent],
    *,
    uploader: DeviceId,
    known: Mapping[str, Key] = NOBODY_KNOWN,
) -> Batch:
    """Decode each event and check who signed it. Writes nothing and raises nothing of its own.

    `known` are devices that were looked up a moment ago; nothing more is asked about them.
    """
    read = [(each, decoded(each.body)) for each in sent]
    keys = _keys(session, (event for _, event in read if event is not None), known)
    return Batch(uploader, tuple(_judged(each, event, keys) for each, event in read))


def decoded(body: bytes) -> Event | None:
    """What bytes say; None where they are no event."""
    try:
        return reading.meaning(body)
    except EventMalformed:
        return None


def _keys(session: Session, events: Iterable[Event], known: Mapping[str, Key]) -> Mapping[str, Key]:
    devices: set[str] = set()
    for event in events:
        devices.add(event.device)
        if isinstance(event.act, Handover):
            devices.add(event.act.giver)
    unknown = devices - known.keys()
    if not unknown:
        return known
    rows = session.execute(_KEYS, {"devices": sorted(unknown)})
    found = {
        row.id: Key(row.algorithm, row.public_key, row.staff, row.unit, row.kind == PHONE)
        for row in rows
        if row.status != "pending"  # a revoked one's late events may still pass
    }
    return {**known, **found}


def _judged(sent: Sent, event: Event | None, keys: Mapping[str, Key]) -> Sound | Unsound:
    if event is None:
        return Unsound(sent, Reason.MALFORMED, None, None)
    reason = _fault(sent, event, keys)
    if reason is not None:
        signer = None if reason in UNSIGNED else event.device
        return Unsound(sent, reason, event.id, signer)
    return Sound(Signed(event, sent.body, sent.signature), signing.digest(sent.body))


def _fault(sent: Sent, event: Event, keys: Mapping[str, Key]) -> Reason | None:
    key = keys.get(event.device)
    if key is None or not key.phone:
        return Reason.UNKNOWN_DEVICE
    if not signing.verify(key.algorithm, key.public, sent.body, sent.signature):
        return Reason.BAD_SIGNATURE
    if (event.staff, event.unit) != (key.staff, key.unit):
        return Reason.WRONG_STAFF
    if not phone_rules.may_tell(event):
        return Reason.NOT_FOR_PHONES
    if isinstance(event.act, Handover) and not _offer_holds(event, event.act, keys):
        return Reason.BAD_OFFER
    return None


def _offer_holds(event: Event, act: Handover, keys: Mapping[str, Key]) -> bool:
    """An offer code must be true; an offer that is an event is looked up by the story.

    Nobody takes from himself: else one person could sign both halves of a hand-over.
    """
    giver = keys.get(act.giver)
    if giver is None or giver.staff == event.staff:
        return False
    if not act.offer_code:
        return True
    try:
        code = offers.from_bytes(base64_strict.read(act.offer_code))
        signature = base64_strict.read(act.offer_signature)
    except (ValueError, offers.OfferCodeMalformed):
        return False
    if (code.device, code.digest, code.signature) != (act.giver, act.offer, signature):
        return False
    package = offers.Package(
        item=event.item, custody=event.parent, seal=act.seal, counts=act.counts
    )
    # Else an offer of one package could be shown again for another.
    if not offers.offers_it(code, package, act.offer_place, act.offer_path):
        return False
    return offers.is_true(code, giver.algorithm, giver.public)
