"""Events that an office tells through its browsers, signed by the office's own key.

Each unit has one office key, enrolled in the ledger by the service's root key. Its private half
lies in the database, encrypted under the master key.
"""

import os
import time
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from postal_service.domain.actors import Actor
from postal_service.domain.acts import Act, EnrolDevice
from postal_service.domain.event import NO_ITEM, NO_PARENT, Event
from postal_service.domain.ids import DeviceId, EventId, ItemId, StaffId, UnitCode
from postal_service.ledger import signing
from postal_service.ledger.encoding import encode
from postal_service.services import numbers
from postal_service.services.recording import Recorded, Signed, record
from postal_service.services.vault import Vault, open_sealed, seal
from postal_service.storage.schema import CheckpointRow, DeviceRow

BOOT = os.urandom(4).hex()
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
ROOT_STAFF = StaffId("root")
ROOT_UNIT = UnitCode("ROOT")


@dataclass(frozen=True, kw_only=True)
class Told:
    """An act of an item, resting on the custody event `parent`."""

    item: ItemId
    parent: EventId
    act: Act


@dataclass(frozen=True)
class OfficeKeys:
    """What an office needs to sign: the vault that keeps its key and the root that enrols it."""

    vault: Vault
    root: Ed25519PrivateKey


def tell(
    session: Session, keys: OfficeKeys, told: Sequence[Told], *, by: Actor, at: datetime
) -> list[Recorded]:
    """Sign these acts for `by` with his unit's office key and record them, in this order."""
    if not told:
        return []
    device = office_device(session, keys, by.unit, at=at)
    signed = _sign(session, keys, device, told, by=by.staff, at=at)
    return record(session, signed, received_ms=milliseconds(at))


def milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def office_device(session: Session, keys: OfficeKeys, unit: UnitCode, *, at: datetime) -> DeviceRow:
    """The unit's office key, made and enrolled at its first use."""
    asked = select(DeviceRow).filter_by(unit=unit, kind="office", status="active")
    found = _locked(session, asked) or _made_meanwhile(session, asked, f"office:{unit}")
    if found is not None:
        return found
    root = root_device(session, keys, at=at)
    key = Ed25519PrivateKey.generate()
    device = _insert(session, key, keys.vault, "office", unit, at=at)
    enrol(session, keys, root, device, at=at)
    return device


def root_device(session: Session, keys: OfficeKeys, *, at: datetime) -> DeviceRow:
    """The key that every other key's enrolment goes back to. It enrols itself first."""
    asked = select(DeviceRow).filter_by(kind="root")
    found = _locked(session, asked) or _made_meanwhile(session, asked, "root")
    if found is not None:
        return found
    root = _insert(session, keys.root, None, "root", ROOT_UNIT, at=at)
    enrol(session, keys, root, root, at=at)
    return root


def enrol(
    session: Session, keys: OfficeKeys, by: DeviceRow, device: DeviceRow, *, at: datetime
) -> Recorded:
    """Write a device into the ledger, signed by a key that is there already."""
    act = EnrolDevice(
        device=DeviceId(device.id),
        algorithm=device.algorithm,
        public_key=b64encode(device.public_key).decode(),
        holder=StaffId(device.staff),
        holder_unit=UnitCode(device.unit),
    )
    return registry(session, keys, by, act, staff=StaffId(by.staff), at=at)


def registry(
    session: Session, keys: OfficeKeys, by: DeviceRow, act: Act, *, staff: StaffId, at: datetime
) -> Recorded:
    """Record an act that concerns no item."""
    told = Told(item=NO_ITEM, parent=NO_PARENT, act=act)
    signed = _sign(session, keys, by, [told], by=staff, at=at)
    return record(session, signed, received_ms=milliseconds(at))[0]


def device_id() -> DeviceId:
    """A fresh device id: 8 base32 characters, 40 random bits."""
    return DeviceId("".join(ALPHABET[byte % 32] for byte in os.urandom(8)))


def raw_public_key(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def newest_checkpoint(session: Session) -> str:
    """What an event says of the newest checkpoint its device has seen."""
    newest = select(CheckpointRow.root).order_by(CheckpointRow.size.desc()).limit(1)
    root = session.scalar(newest)
    return root[:16].hex() if root else ""


def _locked(session: Session, query: Select[DeviceRow]) -> DeviceRow | None:
    # The device's counter is read and raised: on PostgreSQL the row is locked until commit.
    return session.scalar(query.with_for_update())


def _made_meanwhile(session: Session, query: Select[DeviceRow], name: str) -> DeviceRow | None:
    """What another made first: two roots would be two ledgers, and no verifier would believe either."""
    numbers.take(session, f"key:{name}")  # whoever comes second waits for the first one's commit
    return _locked(session, query)


def _place(device: str) -> str:
    return f"device|{device}|private_key"


def _private_key(keys: OfficeKeys, device: DeviceRow) -> Ed25519PrivateKey:
    if device.private_key is None:
        return keys.root
    raw = open_sealed(keys.vault.master, device.private_key, _place(device.id))
    return Ed25519PrivateKey.from_private_bytes(raw)


def _insert(
    session: Session,
    key: Ed25519PrivateKey,
    vault: Vault | None,
    kind: str,
    unit: UnitCode,
    *,
    at: datetime,
) -> DeviceRow:
    """A new key's row; its private half only where a vault is given: the root's stays outside."""
    device = device_id()
    private = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    row = DeviceRow(
        id=device,
        kind=kind,
        algorithm="ed25519",
        public_key=raw_public_key(key),
        private_key=seal(vault.master, private, _place(device)) if vault else None,
        staff=ROOT_STAFF if kind == "root" else f"office-{unit.lower()}"[:32],
        unit=unit,
        status="active",
        last_sequence=0,
        last_digest=signing.genesis(device),
        enrolled_at=at,
    )
    session.add(row)
    session.flush()
    return row


def _sign(
    session: Session,
    keys: OfficeKeys,
    device: DeviceRow,
    told: Sequence[Told],
    *,
    by: StaffId,
    at: datetime,
) -> list[Signed]:
    key = _private_key(keys, device)
    seen = newest_checkpoint(session)
    signed: list[Signed] = []
    for each in told:
        event = Event(
            id=EventId(str(uuid7())),
            device=DeviceId(device.id),
            staff=by,
            unit=UnitCode(device.unit),
            sequence=device.last_sequence + 1,
            previous=device.last_digest,
            checkpoint=seen,
            item=each.item,
            parent=each.parent,
            wall_ms=milliseconds(at),
            monotonic_ms=time.monotonic_ns() // 1_000_000,
            boot=BOOT,
            place="",
            act=each.act,
        )
        body = encode(event)
        signed.append(Signed(event=event, body=body, signature=signing.sign(key, body)))
        device.last_sequence = event.sequence
        device.last_digest = signing.digest(body)
    return signed
