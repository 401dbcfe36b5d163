"""How a confirmed phone asks for anything: it signs a nonce, gets a token for fifteen minutes, and is a courier by it."""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import cast

from sqlalchemy import Table, and_, bindparam, delete, select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Grant, Role
from postal_service.domain.ids import DeviceId, StaffId, UnitCode
from postal_service.domain.refusals import NotAllowed
from postal_service.ledger import signing
from postal_service.ledger.reading import PHONE
from postal_service.services.devices import (
    ACTIVE,
    REVOKED,
    NotActive,
    UnknownDevice,
    is_couriers,
)
from postal_service.services.examining import Key
from postal_service.storage.schema import (
    DeviceRow,
    NonceRow,
    RoleRow,
    StaffRow,
    TokenRow,
    UnitRow,
)

NONCE_LIFETIME = timedelta(minutes=2)
TOKEN_LIFETIME = timedelta(minutes=15)

_DEVICE, _TOKEN, _STAFF, _ROLE, _UNIT = (
    cast("Table", mapped.__table__) for mapped in (DeviceRow, TokenRow, StaffRow, RoleRow, UnitRow)
)
_GRANTED = _UNIT.alias("granted")
# Every request of a phone asks this: one question, made once, a row for each unit he rides for.
# A phone is a courier's: what else its owner may do, he does at a desk and not from here, and when
# he is a courier no more there is nothing.
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
        .join(
            _ROLE,
            and_(_ROLE.c.staff == _DEVICE.c.staff, _ROLE.c.role == Role.COURIER.value),
        )
        .join(_GRANTED, _GRANTED.c.code == _ROLE.c.unit)
    )
    .where(
        _TOKEN.c.token_hash == bindparam("token_hash"),
        _TOKEN.c.expires_at > bindparam("at"),
        _DEVICE.c.status == ACTIVE,
        _STAFF.c.active,
    )
)


class SignInRefused(NotAllowed):
    code = "device.sign_in_refused"


class TokenRefused(NotAllowed):
    """No token, an unknown one, one whose fifteen minutes are over, or whose holder rides here no more."""

    code = "device.token_refused"


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


def challenge(session: Session, device: DeviceId, *, at: datetime) -> Challenge:
    """A nonce for the phone to sign. Raises UnknownDevice."""
    row = session.get(DeviceRow, device)
    if row is None or row.kind != PHONE or row.status == REVOKED:
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

    Raises NotActive while the head has not confirmed the phone, SignInRefused for everything else:
    also where its holder is no courier of its unit any more.
    """
    row = session.get(DeviceRow, device)
    if row is None or row.kind != PHONE:
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
    still = select(DeviceRow.id).where(DeviceRow.id == device, is_couriers())
    if session.scalar(still) is None:
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
        ),
    )
    if not actor.may(Role.COURIER):  # of the phone's unit: who rides for another has no phone here
        raise TokenRefused
    key = Key(row.algorithm, row.public_key, row.staff, row.unit, row.kind == PHONE)
    return SignedIn(device=DeviceId(row.id), actor=actor, key=key)


def sign_in_message(device: DeviceId, nonce: str) -> bytes:
    """What a phone signs to get a token."""
    return f"custody/token/v1\0{device}\0{nonce}".encode()


def _secret() -> str:
    return os.urandom(32).hex()


def _hash(secret: str) -> bytes:
    # 128 random bits and more: no salt and no slow hash would make them harder to find.
    return sha256(secret.encode()).digest()
