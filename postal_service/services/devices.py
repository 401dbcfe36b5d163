"""The registry of couriers' phones: whose each is, how it stands, and the end of its trust.

A phone comes in by services/enrolling.py and asks for anything by services/phone_access.py.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session, aliased

from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import RevokeDevice
from postal_service.domain.ids import DeviceId, StaffId, UnitCode
from postal_service.domain.refusals import RuleBroken, Unknown
from postal_service.ledger.reading import PHONE
from postal_service.services import directory
from postal_service.services.office_events import OfficeKeys, office_device, registry
from postal_service.storage.schema import (
    DeviceRow,
    NonceRow,
    RoleRow,
    StaffRow,
    TokenRow,
    UnitRow,
)

HEADS = (Role.MANAGER, Role.ADMINISTRATOR)
LISTED = 200  # devices of one answer

PENDING, ACTIVE, REVOKED = "pending", "active", "revoked"
TO_REVOKE = "to_revoke"  # no status of a row: active, and its holder is no courier there any more


class UnknownDevice(Unknown):
    code = "device.unknown"


class NotActive(RuleBroken):
    """The head of the unit has not confirmed the device yet, or has revoked it."""

    code = "device.not_active"


@dataclass(frozen=True, kw_only=True)
class Device:
    """A phone's key as the registry has it."""

    id: DeviceId
    staff: StaffId
    unit: UnitCode
    algorithm: str
    status: str
    fingerprint: str
    presented_at: datetime


def revoke(
    session: Session, keys: OfficeKeys, device: DeviceId, *, why: str, by: Actor, at: datetime
) -> Device:
    """From now on the phone gets no token, and what it signed and nobody countersigned waits.

    One that was never confirmed is turned away without an event: the ledger never knew it.
    Raises UnknownDevice, or NotActive when it is revoked already.
    """
    row = device_under(session, device, by)
    if row.status == REVOKED:
        raise NotActive(device=device, status=row.status)
    if row.status == ACTIVE:
        office = office_device(session, keys, by.unit, at=at)
        act = RevokeDevice(device=device, why=why)
        registry(session, keys, office, act, staff=by.staff, at=at)
    row.status = REVOKED
    row.revoked_at = at
    session.execute(delete(TokenRow).where(TokenRow.device == device))
    session.execute(delete(NonceRow).where(NonceRow.device == device))
    session.flush()
    return told(row)


def phones(session: Session, *, status: str, by: Actor, after: str = "") -> list[Device]:
    """The phones of this status in `by`'s part of the organisation, newest first, LISTED at most.

    An active one is listed as ACTIVE or as TO_REVOKE. They go on after the phone `after`; a phone
    that never was ends the list.
    """
    asked = (
        select(DeviceRow)
        .join(UnitRow, UnitRow.code == DeviceRow.unit)
        .where(DeviceRow.kind == PHONE, _listed_as(status), _under(by))
    )
    if after:
        since = select(DeviceRow.enrolled_at).filter_by(id=after).scalar_subquery()
        same = and_(DeviceRow.enrolled_at == since, DeviceRow.id > after)
        asked = asked.where(or_(DeviceRow.enrolled_at < since, same))
    rows = session.scalars(asked.order_by(DeviceRow.enrolled_at.desc(), DeviceRow.id).limit(LISTED))
    return [told(row) for row in rows]


def is_couriers() -> ColumnElement[bool]:
    """Of DeviceRow: its holder is in service, and a courier of the phone's unit or of one above it.

    A phone is a courier's. Whoever is one no more, or of another office, has lost it with his role,
    though its key is trusted until the head revokes it.
    """
    own, over = aliased(UnitRow), aliased(UnitRow)
    return (
        select(RoleRow.staff)
        .join(StaffRow, StaffRow.id == RoleRow.staff)
        .join(over, over.code == RoleRow.unit)
        .join(own, own.code == DeviceRow.unit)
        .where(
            RoleRow.staff == DeviceRow.staff,
            RoleRow.role == Role.COURIER.value,
            StaffRow.active,
            func.substr(own.path, 1, func.length(over.path)) == over.path,
        )
        .correlate(DeviceRow)
        .exists()
    )


def of_ids(session: Session, devices: Collection[DeviceId]) -> list[Device]:
    """These phones, for a caller who has asked whether what they sent may be seen."""
    rows = session.scalars(select(DeviceRow).where(DeviceRow.id.in_(sorted(devices))))
    return [told(row) for row in rows]


def fingerprint(device: DeviceId, algorithm: str, public_key: bytes) -> str:
    """Six characters that the head compares: 30 bits of a hash over the device and its key.

    The server draws the device's id after the key is fixed, so nobody can search for a key that
    looks like another's.
    """
    told = f"custody/fingerprint/v1\0{device}\0{algorithm}\0".encode() + public_key
    bits = int.from_bytes(sha256(told).digest()[:4], "big") >> 2
    return "".join(_ALPHABET[bits >> shift & 31] for shift in range(25, -1, -5))


_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def device_under(session: Session, device: DeviceId, by: Actor) -> DeviceRow:
    """A phone of `by`'s part of the organisation, locked. Raises RoleNeeded or UnknownDevice."""
    by.need(*HEADS)
    found = session.execute(
        select(DeviceRow, UnitRow.path)
        .join(UnitRow, UnitRow.code == DeviceRow.unit)
        .where(DeviceRow.id == device, DeviceRow.kind == PHONE)
        .with_for_update(of=DeviceRow)
    ).one_or_none()
    if found is None or not by.may(*HEADS, path=found.path):
        raise UnknownDevice(device=device)
    row: DeviceRow = found[0]
    return row


def told(row: DeviceRow) -> Device:
    """A row of the registry as others see it."""
    return Device(
        id=DeviceId(row.id),
        staff=StaffId(row.staff),
        unit=UnitCode(row.unit),
        algorithm=row.algorithm,
        status=row.status,
        fingerprint=fingerprint_of(row),
        presented_at=row.enrolled_at,
    )


def fingerprint_of(row: DeviceRow) -> str:
    """The six characters of a phone that is in the registry."""
    return fingerprint(DeviceId(row.id), row.algorithm, row.public_key)


def _listed_as(status: str) -> ColumnElement[bool]:
    if status == TO_REVOKE:
        return and_(DeviceRow.status == ACTIVE, ~is_couriers())
    if status == ACTIVE:
        return and_(DeviceRow.status == ACTIVE, is_couriers())
    return DeviceRow.status == status


def _under(by: Actor) -> ColumnElement[bool]:
    by.need(*HEADS)
    return directory.below(by, HEADS)
