"""A courier's phone signs with a key that never leaves it; the head of the unit says whose it is.

The head makes a one-time code, the phone shows it with its public key and proves that it has the
private half, and the head compares six characters with the phone in front of him before the key
enters the ledger. What a phone signs here names its own kind, so that no signature fits elsewhere.
"""

import hmac
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain import crockford
from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import EnrolDevice
from postal_service.domain.ids import DeviceId, StaffId, UnitCode
from postal_service.domain.refusals import Malformed, RuleBroken, Unknown
from postal_service.ledger import signing
from postal_service.services.devices import (
    ACTIVE,
    HEADS,
    PENDING,
    Device,
    device_under,
    fingerprint_of,
    told,
)
from postal_service.services.directory import UnknownStaff
from postal_service.services.office_events import (
    OfficeKeys,
    device_id,
    office_device,
    registry,
)
from postal_service.storage.schema import DeviceRow, EnrolmentRow, RoleRow, StaffRow, UnitRow

CODE_LIFETIME = timedelta(minutes=10)


class EnrolmentCodeUnknown(Unknown):
    """Never made, used for another key, or too old: all the same to whoever guesses."""

    code = "device.enrolment_code_unknown"


class ProofWrong(Malformed):
    """The key cannot be used, or its owner did not sign with it."""

    code = "device.proof_wrong"


class FingerprintDiffers(RuleBroken):
    code = "device.fingerprint_differs"


class KeyOfAnother(RuleBroken):
    """With one key of two persons, one of them could sign both halves of a hand-over."""

    code = "device.key_of_another"


class NotPending(RuleBroken):
    code = "device.not_pending"


@dataclass(frozen=True, kw_only=True)
class EnrolmentCode:
    """To be typed or scanned on the courier's phone. Nobody can read it a second time."""

    code: str
    staff: StaffId
    unit: UnitCode
    expires_at: datetime


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

    `proof` is its signature over `enrolment_message`. Whoever did not hear the answer shows the same
    key again and is the same phone; another key needs another code. Raises EnrolmentCodeUnknown,
    ProofWrong or KeyOfAnother.
    """
    found = _open_enrolment(session, code, at)
    presented = session.get(DeviceRow, found.device) if found.device else None
    if presented and (presented.algorithm, presented.public_key) != (algorithm, public_key):
        raise EnrolmentCodeUnknown
    message = enrolment_message(crockford.read_token(code), algorithm, public_key)
    if not signing.verify_message(algorithm, public_key, message, proof):
        raise ProofWrong
    if presented:
        return told(presented)
    others = select(DeviceRow.id).where(
        DeviceRow.public_key == public_key, DeviceRow.staff != found.staff
    )
    if session.scalar(others.limit(1)) is not None:
        raise KeyOfAnother
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
    return told(row)


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
    row = device_under(session, device, by)
    if row.status != PENDING:
        raise NotPending(device=device, status=row.status)
    typed = fingerprint.strip().upper().translate(_LOOKALIKES)
    if not hmac.compare_digest(fingerprint_of(row).encode(), typed.encode()):
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
    return told(row)


def enrolment_message(code: str, algorithm: str, public_key: bytes) -> bytes:
    """What a phone signs to show that the key is its own; `code` in its canonical form."""
    return b"custody/enrol/v1\0" + f"{code}\0{algorithm}\0".encode() + public_key


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
    if found is None or found.expires_at <= at:
        raise EnrolmentCodeUnknown
    return found


def _hash(secret: str) -> bytes:
    # 128 random bits and more: no salt and no slow hash would make them harder to find.
    return sha256(secret.encode()).digest()
