"""A courier's phone signs with a key that never leaves it; the head of the unit says whose it is.

The head makes a one-time code, the phone shows it with its public key and proves that it has the
private half, and the head compares six characters with the phone in front of him before the key
enters the ledger. What a phone signs here names its own kind, so that no signature fits elsewhere.
"""

import hmac
import os
from base64 import b64encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, or_, select
from sqlalchemy.orm import Session

from postal_service.domain import crockford
from postal_service.domain.actors import Actor, Grant, Role
from postal_service.domain.acts import EnrolDevice, RevokeDevice
from postal_service.domain.ids import DeviceId, StaffId, UnitCode
from postal_service.domain.refusals import Malformed, NotAllowed, RuleBroken, Unknown
from postal_service.ledger import signing
from postal_service.services.directory import UnknownStaff
from postal_service.services.examining import PHONE, Key
from postal_service.services.office_events import (
    OfficeKeys,
    device_id,
    office_device,
    registry,
)
from postal_service.storage.schema import (
    DeviceRow,
    EnrolmentRow,
    NonceRow,
    RoleRow,
    StaffRow,
    TokenRow,
    UnitRow,
)

HEADS = (Role.MANAGER, Role.ADMINISTRATOR)
CODE_LIFETIME = timedelta(minutes=10)
NONCE_LIFETIME = timedelta(minutes=2)
TOKEN_LIFETIME = timedelta(minutes=15)
LISTED = 200  # devices of one answer

PENDING, ACTIVE, REVOKED = "pending", "active", "revoked"

_DEVICE, _TOKEN, _STAFF, _ROLE, _UNIT = (
    cast("Table", mapped.__table__) for mapped in (DeviceRow, TokenRow, StaffRow, RoleRow, UnitRow)
)
_GRANTED = _UNIT.alias("granted")
# Every request of a phone asks this: one question, made once, a row for each unit he rides for.
# A phone is a courier's: what else its owner may do, he does at a desk and not from here.
_BEHIND = (
    select(
        _DEVICE.c.id,
        _DEVICE.c.algorithm,
        _DEVICE.c.public_key,
        _DEVICE.c.kind,
        _DEVICE.c.staff,
        _DEVICE.c.unit,
        _UNIT.c.path,
        _GRANTED.c.code.label("granted"),
        _GRANTED.c.path.label("granted_path"),
    )
    .select_from(
        _TOKEN.join(_DEVICE, _DEVICE.c.id == _TOKEN.c.device)
        .join(_STAFF, _STAFF.c.id == _DEVICE.c.staff)
        .join(_UNIT, _UNIT.c.code == _DEVICE.c.unit)
        .outerjoin(
            _ROLE,
            and_(_ROLE.c.staff == _DEVICE.c.staff, _ROLE.c.role == Role.COURIER.value),
        )
        .outerjoin(_GRANTED, _GRANTED.c.code == _ROLE.c.unit)
    )
    .where(
        _TOKEN.c.token_hash == bindparam("token_hash"),
        _TOKEN.c.expires_at > bindparam("at"),
        _DEVICE.c.status == ACTIVE,
        _STAFF.c.active,
    )
)


class UnknownDevice(Unknown):
    code = "device.unknown"


class EnrolmentCodeUnknown(Unknown):
    """Never made, used, or too old: all the same to whoever guesses."""

    code = "device.enrolment_code_unknown"


class ProofWrong(Malformed):
    """The key cannot be used, or its owner did not sign with it."""

    code = "device.proof_wrong"


class FingerprintDiffers(RuleBroken):
    code = "device.fingerprint_differs"


class NotPending(RuleBroken):
    code = "device.not_pending"


class NotActive(RuleBroken):
    """The head of the unit has not confirmed the device yet, or has revoked it."""

    code = "device.not_active"


class SignInRefused(NotAllowed):
    code = "device.sign_in_refused"


class TokenRefused(NotAllowed):
    """No token, an unknown one, or one whose fifteen minutes are over."""

    code = "device.token_refused"


@dataclass(frozen=True, kw_only=True)
class EnrolmentCode:
    """To be typed or scanned on the courier's phone. Nobody can read it a second time."""

    code: str
    staff: StaffId
    unit: UnitCode
    expires_at: datetime


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


@dataclass(frozen=True, kw_only=True)
class Challenge:
    """What the phone signs next to get a token; used once."""

    nonce: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class AccessToken:
    token: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Whose phone is asking."""

    device: DeviceId
    actor: Actor
    key: Key


def issue_code(
    session: Session, courier: StaffId, *, entropy: bytes, by: Actor, at: datetime
) -> EnrolmentCode:
    """A one-time code for a courier of `by`'s unit, good for ten minutes.

    Args:
        session: the open transaction.
        courier: whose phone it is for.
        entropy: at least 17 fresh random bytes; the code has 130 bits.
        by: a head over the courier's unit.
        at: now.

    Raises UnknownStaff for somebody who is no courier in service, or not of `by`'s subtree.
    """
    unit = _unit_of_courier(session, courier, by)
    code = crockford.token_from(entropy)
    session.add(
        EnrolmentRow(
            code_hash=_hash(code),
            staff=courier,
            unit=unit,
            made_by=by.staff,
            expires_at=at + CODE_LIFETIME,
            device=None,
        )
    )
    session.flush()
    return EnrolmentCode(code=code, staff=courier, unit=unit, expires_at=at + CODE_LIFETIME)


def present_key(
    session: Session,
    code: str,
    *,
    algorithm: str,
    public_key: bytes,
    proof: bytes,
    at: datetime,
) -> Device:
    """The phone shows its code and its key; it waits, pending, for the head of the unit.

    `proof` is its signature over `enrolment_message`. Raises EnrolmentCodeUnknown or ProofWrong.
    """
    found = _open_enrolment(session, code, at)
    message = enrolment_message(crockford.read_token(code), algorithm, public_key)
    if not signing.verify_message(algorithm, public_key, message, proof):
        raise ProofWrong
    device = device_id()
    row = DeviceRow(
        id=device,
        kind="phone",
        algorithm=algorithm,
        public_key=public_key,
        private_key=None,
        staff=found.staff,
        unit=found.unit,
        status=PENDING,
        last_sequence=0,
        last_digest=signing.genesis(device),
        enrolled_at=at,
        revoked_at=None,
    )
    session.add(row)
    found.device = device
    session.flush()
    return _told(row)


def confirm(
    session: Session,
    keys: OfficeKeys,
    device: DeviceId,
    fingerprint: str,
    *,
    by: Actor,
    at: datetime,
) -> Device:
    """The head has compared the six characters: the key enters the ledger and may sign.

    Raises UnknownDevice, NotPending or FingerprintDiffers.
    """
    row = _device_under(session, device, by)
    if row.status != PENDING:
        raise NotPending(device=device, status=row.status)
    typed = fingerprint.strip().upper().translate(_LOOKALIKES)
    if not hmac.compare_digest(_fingerprint(row).encode(), typed.encode()):
        raise FingerprintDiffers(device=device)
    act = EnrolDevice(
        device=device,
        algorithm=row.algorithm,
        public_key=b64encode(row.public_key).decode(),
        holder=StaffId(row.staff),
        holder_unit=UnitCode(row.unit),
    )
    # Signed by the office's key in the name of the head who looked.
    office = office_device(session, keys, by.unit, at=at)
    registry(session, keys, office, act, staff=by.staff, at=at)
    row.status = ACTIVE
    row.enrolled_at = at
    session.flush()
    return _told(row)


def revoke(
    session: Session, keys: OfficeKeys, device: DeviceId, *, why: str, by: Actor, at: datetime
) -> Device:
    """From now on the phone gets no token, and what it signed and nobody countersigned waits.

    One that was never confirmed is turned away without an event: the ledger never knew it.
    Raises UnknownDevice, or NotActive when it is revoked already.
    """
    row = _device_under(session, device, by)
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
    return _told(row)


def phones(session: Session, *, status: str, by: Actor, after: str = "") -> list[Device]:
    """The phones of this status in `by`'s part of the organisation, newest first, LISTED at most.

    They go on after the phone `after`; a phone that never was ends the list.
    """
    asked = (
        select(DeviceRow)
        .join(UnitRow, UnitRow.code == DeviceRow.unit)
        .where(DeviceRow.kind == "phone", DeviceRow.status == status, _under(by))
    )
    if after:
        since = select(DeviceRow.enrolled_at).filter_by(id=after).scalar_subquery()
        same = and_(DeviceRow.enrolled_at == since, DeviceRow.id > after)
        asked = asked.where(or_(DeviceRow.enrolled_at < since, same))
    rows = session.scalars(asked.order_by(DeviceRow.enrolled_at.desc(), DeviceRow.id).limit(LISTED))
    return [_told(row) for row in rows]


def of_ids(session: Session, devices: Collection[DeviceId]) -> list[Device]:
    """These phones, for a caller who has asked whether what they sent may be seen."""
    rows = session.scalars(select(DeviceRow).where(DeviceRow.id.in_(sorted(devices))))
    return [_told(row) for row in rows]


def challenge(session: Session, device: DeviceId, *, at: datetime) -> Challenge:
    """A nonce for the phone to sign. Raises UnknownDevice."""
    row = session.get(DeviceRow, device)
    if row is None or row.kind != "phone" or row.status == REVOKED:
        raise UnknownDevice(device=device)
    nonce = _secret()
    session.execute(delete(NonceRow).where(NonceRow.device == device, NonceRow.expires_at <= at))
    expires_at = at + NONCE_LIFETIME
    session.add(NonceRow(nonce_hash=_hash(nonce), device=device, expires_at=expires_at))
    session.flush()
    return Challenge(nonce=nonce, expires_at=expires_at)


def sign_in(
    session: Session, device: DeviceId, *, nonce: str, signature: bytes, at: datetime
) -> AccessToken:
    """A token for a signed nonce. `signature` is over `sign_in_message`.

    Raises NotActive while the head has not confirmed the phone, SignInRefused for everything else.
    """
    row = session.get(DeviceRow, device)
    if row is None or row.kind != "phone":
        raise SignInRefused(device=device)
    message = sign_in_message(device, nonce)
    if not signing.verify_message(row.algorithm, row.public_key, message, signature):
        raise SignInRefused(device=device)
    if row.status != ACTIVE:
        raise NotActive(device=device, status=row.status)
    used = session.execute(
        delete(NonceRow)
        .where(
            NonceRow.nonce_hash == _hash(nonce),
            NonceRow.device == device,
            NonceRow.expires_at > at,
        )
        .returning(NonceRow.device)
    )
    if used.scalar_one_or_none() is None:
        raise SignInRefused(device=device)
    session.execute(delete(TokenRow).where(TokenRow.device == device, TokenRow.expires_at <= at))
    token, expires_at = _secret(), at + TOKEN_LIFETIME
    session.add(
        TokenRow(
            token_hash=_hash(token),
            device=device,
            staff=row.staff,
            unit=row.unit,
            expires_at=expires_at,
        )
    )
    session.flush()
    return AccessToken(token=token, expires_at=expires_at)


def signed_in(session: Session, token: str, *, at: datetime) -> SignedIn:
    """Who stands behind a token. Raises TokenRefused."""
    rows = session.execute(_BEHIND, {"token_hash": _hash(token), "at": at}).all()
    if not rows:
        raise TokenRefused
    row = rows[0]
    actor = Actor(
        staff=StaffId(row.staff),
        unit=UnitCode(row.unit),
        path=row.path,
        grants=tuple(
            Grant(role=Role.COURIER, unit=UnitCode(each.granted), path=each.granted_path)
            for each in rows
            if each.granted is not None
        ),
    )
    key = Key(row.algorithm, row.public_key, row.staff, row.unit, row.kind == PHONE)
    return SignedIn(device=DeviceId(row.id), actor=actor, key=key)


def enrolment_message(code: str, algorithm: str, public_key: bytes) -> bytes:
    """What a phone signs to show that the key is its own; `code` in its canonical form."""
    return b"custody/enrol/v1\0" + f"{code}\0{algorithm}\0".encode() + public_key


def sign_in_message(device: DeviceId, nonce: str) -> bytes:
    """What a phone signs to get a token."""
    return f"custody/token/v1\0{device}\0{nonce}".encode()


def fingerprint(device: DeviceId, algorithm: str, public_key: bytes) -> str:
    """Six characters that the head compares: 30 bits of a hash over the device and its key.

    The server draws the device's id after the key is fixed, so nobody can search for a key that
    looks like another's.
    """
    told = f"custody/fingerprint/v1\0{device}\0{algorithm}\0".encode() + public_key
    bits = int.from_bytes(sha256(told).digest()[:4], "big") >> 2
    return "".join(_ALPHABET[bits >> shift & 31] for shift in range(25, -1, -5))


_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("ILO", "110")


def _unit_of_courier(session: Session, courier: StaffId, by: Actor) -> UnitCode:
    by.need(*HEADS)
    units = session.execute(
        select(UnitRow.code, UnitRow.path)
        .join(RoleRow, RoleRow.unit == UnitRow.code)
        .join(StaffRow, StaffRow.id == RoleRow.staff)
        .where(RoleRow.staff == courier, RoleRow.role == Role.COURIER.value, StaffRow.active)
        .order_by(UnitRow.path)
    )
    for code, path in units:
        if by.may(*HEADS, path=path):
            return UnitCode(code)
    raise UnknownStaff(staff=courier)


def _open_enrolment(session: Session, code: str, at: datetime) -> EnrolmentRow:
    try:
        canonical = crockford.read_token(code)
    except crockford.NotAToken:
        raise EnrolmentCodeUnknown from None
    found = session.scalar(
        select(EnrolmentRow)
        .where(EnrolmentRow.code_hash == _hash(canonical))
        .with_for_update()  # two phones that show it at once: one of them finds it used
    )
    if found is None or found.device is not None or found.expires_at <= at:
        raise EnrolmentCodeUnknown
    return found


def _device_under(session: Session, device: DeviceId, by: Actor) -> DeviceRow:
    """A phone of `by`'s part of the organisation, locked. Raises RoleNeeded or UnknownDevice."""
    by.need(*HEADS)
    found = session.execute(
        select(DeviceRow, UnitRow.path)
        .join(UnitRow, UnitRow.code == DeviceRow.unit)
        .where(DeviceRow.id == device, DeviceRow.kind == "phone")
        .with_for_update(of=DeviceRow)
    ).one_or_none()
    if found is None or not by.may(*HEADS, path=found.path):
        raise UnknownDevice(device=device)
    row: DeviceRow = found[0]
    return row


def _under(by: Actor) -> ColumnElement[bool]:
    by.need(*HEADS)
    paths = sorted({grant.path for grant in by.grants if grant.role in HEADS})
    return or_(*(UnitRow.path.startswith(path, autoescape=True) for path in paths))


def _told(row: DeviceRow) -> Device:
    return Device(
        id=DeviceId(row.id),
        staff=StaffId(row.staff),
        unit=UnitCode(row.unit),
        algorithm=row.algorithm,
        status=row.status,
        fingerprint=_fingerprint(row),
        presented_at=row.enrolled_at,
    )


def _fingerprint(row: DeviceRow) -> str:
    return fingerprint(DeviceId(row.id), row.algorithm, row.public_key)


def _secret() -> str:
    return os.urandom(32).hex()


def _hash(secret: str) -> bytes:
    # 128 random bits and more: no salt and no slow hash would make them harder to find.
    return sha256(secret.encode()).digest()
