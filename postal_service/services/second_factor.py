"""A code that changes every thirty seconds, asked for besides the password; each code opens once.

RFC 6238, section 5.2: a code that was accepted is not accepted again. Whoever loses his telephone
has ten recovery codes, of which each opens once too.
"""

import hmac
import secrets
from datetime import datetime
from typing import Final

import pyotp
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.ids import StaffId
from postal_service.domain.refusals import NotAllowed, RuleBroken
from postal_service.services.vault import Vault, open_sealed, seal
from postal_service.storage.schema import RecoveryCodeRow, StaffRow

STEP_SECONDS: Final = 30
DIGITS: Final = 6
ISSUER: Final = "Buu chinh cong ich"  # plain letters: some telephones show others wrongly
RECOVERY_CODES: Final = 10
# No letter that is read as another one, and none that a Vietnamese input method turns into another.
ALPHABET: Final = "23456789CFHJKMNPRTVX"
RECOVERY_LENGTH: Final = 12  # 51 bits


class SecondFactorIsOn(RuleBroken):
    code = "second_factor.is_on"


class SecondFactorIsOff(RuleBroken):
    code = "second_factor.is_off"


class CodeWrong(NotAllowed):
    """Not the code of now, or one that was used before."""

    code = "second_factor.code_wrong"


def fresh_secret() -> str:
    """A new secret in base32, 160 bits as RFC 4226 recommends."""
    return pyotp.random_base32()


def address_of(secret: str, login: str) -> str:
    """What the telephone's app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def is_on(session: Session, by: Actor) -> bool:
    return session.get_one(StaffRow, by.staff).totp_secret is not None


def recovery_codes_left(session: Session, by: Actor) -> int:
    """How many of the person's recovery codes are unused."""
    asked = select(func.count()).select_from(RecoveryCodeRow).filter_by(staff=by.staff)
    return session.scalar(asked) or 0


def switch_on(
    session: Session, vault: Vault, secret: str, code: str, *, by: Actor, at: datetime
) -> tuple[str, ...]:
    """Ask for the factor from now on; the recovery codes, which are shown once and kept nowhere.

    `code` proves that the telephone has the secret. The caller has compared the password. Raises
    SecondFactorIsOn or CodeWrong.
    """
    row = _locked(session, by)
    if row.totp_secret is not None:
        raise SecondFactorIsOn
    step = _step_of(secret, code, at)
    if step is None:
        raise CodeWrong
    keep(session, vault, by.staff, secret)
    row.totp_step = step
    return _new_codes(session, vault, by.staff)


def switch_off(session: Session, vault: Vault, code: str, *, by: Actor, at: datetime) -> None:
    """Ask no more. The caller has compared the password. Raises SecondFactorIsOff or CodeWrong."""
    row = _proved(session, vault, code, by=by, at=at)
    row.totp_secret, row.totp_step = None, None
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.staff == by.staff))
    session.flush()


def renew_recovery_codes(
    session: Session, vault: Vault, code: str, *, by: Actor, at: datetime
) -> tuple[str, ...]:
    """Ten new ones; the old ones open nothing any more. Raises like `switch_off`."""
    _proved(session, vault, code, by=by, at=at)
    return _new_codes(session, vault, by.staff)


def keep(session: Session, vault: Vault, staff: StaffId, secret: str) -> None:
    """Keep a secret in place of what was kept; `secret` is base32."""
    row = session.get_one(StaffRow, staff)
    row.totp_secret = seal(vault.master, secret.encode("ascii"), _place(staff))
    row.totp_step = None
    session.flush()


def holds(session: Session, vault: Vault, row: StaffRow, code: str, *, at: datetime) -> bool:
    """Whether this code opens now, for somebody who was locked by the caller; it is used up then."""
    if row.totp_secret is None:
        return True
    secret = open_sealed(vault.master, row.totp_secret, _place(StaffId(row.id))).decode("ascii")
    step = _step_of(secret, code, at)
    if step is None:
        return _use_recovery_code(session, vault, StaffId(row.id), code)
    if row.totp_step is not None and step <= row.totp_step:
        return False  # seen over a shoulder, or sent again
    row.totp_step = step
    session.flush()
    return True


def _step_of(secret: str, code: str, at: datetime) -> int | None:
    """The thirty seconds this code belongs to: now, or one step either way, as clocks are not exact."""
    written = "".join(code.split())
    if len(written) != DIGITS or not (written.isascii() and written.isdigit()):
        return None
    now, made = int(at.timestamp()) // STEP_SECONDS, pyotp.TOTP(secret)
    steps = (now, now - 1, now + 1)
    return next((s for s in steps if hmac.compare_digest(made.generate_otp(s), written)), None)


def _use_recovery_code(session: Session, vault: Vault, staff: StaffId, code: str) -> bool:
    kept = session.get(RecoveryCodeRow, _hash(vault, staff, code))
    if kept is None:
        return False
    session.delete(kept)
    session.flush()
    return True


def _new_codes(session: Session, vault: Vault, staff: StaffId) -> tuple[str, ...]:
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.staff == staff))
    made = tuple(_new_code() for _ in range(RECOVERY_CODES))
    session.add_all(
        RecoveryCodeRow(code_hash=_hash(vault, staff, code), staff=staff) for code in made
    )
    session.flush()
    return made


def _new_code() -> str:
    letters = "".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, RECOVERY_LENGTH, 4))


def _hash(vault: Vault, staff: StaffId, code: str) -> bytes:
    letters = "".join(letter for letter in code.upper() if letter in ALPHABET)
    return vault.blind("recovery_code", f"{staff}\0{letters}")


def _proved(session: Session, vault: Vault, code: str, *, by: Actor, at: datetime) -> StaffRow:
    row = _locked(session, by)
    if row.totp_secret is None:
        raise SecondFactorIsOff
    if not holds(session, vault, row, code, at=at):
        raise CodeWrong
    return row


def _locked(session: Session, by: Actor) -> StaffRow:
    return session.scalars(select(StaffRow).filter_by(id=by.staff).with_for_update()).one()


def _place(staff: StaffId) -> str:
    return f"staff|{staff}|totp_secret"
