"""Who is at the keyboard: a login, a password and, where one is kept, a second factor; then a session.

A try is counted and committed before a password is compared, so that nobody can guess faster than
he is counted: the edge calls `count_try` in one transaction and `sign_in` in the next. One refusal
answers for a wrong login, a wrong password, a wrong code and a locked account, after the same work.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Grant, Role
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.domain.refusals import NotAllowed, RuleBroken
from postal_service.domain.text import nfc, search_key, tidy
from postal_service.domain.wording_dates import local
from postal_service.services import second_factor
from postal_service.services.vault import Vault
from postal_service.storage.schema import (
    AccessRow,
    DossierRow,
    RoleRow,
    StaffRow,
    UnitRow,
    WebSessionRow,
)

IDLE: Final = timedelta(minutes=30)
LIFETIME: Final = timedelta(hours=12)
NOTED_EVERY: Final = timedelta(minutes=1)  # how often a session's use is written down
TRIES: Final = 5
LOCKED_FOR: Final = timedelta(minutes=15)
SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 128  # argon2 would take more, an attacker's megabytes too
DIFFERENT_CHARACTERS: Final = 5
LISTED: Final = 20

_HASHER = PasswordHasher()  # argon2id with the library's own, RFC 9106, parameters


class SignInFailed(NotAllowed):
    """Wrong login, password or code, or locked: nobody is told which."""

    code = "access.sign_in_failed"


class NotSignedIn(NotAllowed):
    """No session, or one that has ended."""

    code = "access.not_signed_in"


class NoRole(NotAllowed):
    """The person may sign in but was given no role that stands today."""

    code = "access.no_role"


class PasswordTooShort(RuleBroken):
    code = "access.password_too_short"


class PasswordTooEasy(RuleBroken):
    """It holds the login, or almost no different characters."""

    code = "access.password_too_easy"


class PasswordIsGiven(NotAllowed):
    """An administrator gave it and knows it: it is changed before anything else is done."""

    code = "access.password_is_given"


class PasswordNotChanged(RuleBroken):
    """The new one is the one that an administrator gave."""

    code = "access.password_not_changed"


class OldPasswordWrong(NotAllowed):
    code = "access.old_password_wrong"


@dataclass(frozen=True, kw_only=True)
class WorkPlace:
    """A unit the person has a role over, to choose as the unit he works for."""

    unit: UnitCode
    name: str
    path: str


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A person with an open session."""

    actor: Actor
    name: str
    login: str
    work_places: tuple[WorkPlace, ...]
    # The session's last use was written down a while ago: call `note_use`.
    to_be_noted: bool
    password_is_given: bool

    @property
    def work_place(self) -> WorkPlace:
        return next(each for each in self.work_places if each.unit == self.actor.unit)


@dataclass(frozen=True, kw_only=True)
class OpenSession:
    """One of a person's own sessions, as the account page lists it."""

    made_at: datetime
    seen_at: datetime


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look at personal data by this person."""

    at: datetime
    unit: UnitCode
    dossier: str
    code: str  # of the dossier; "" for one that is gone
    what: str
    why: str


def count_try(session: Session, login: str, *, at: datetime) -> None:
    """Count one try to sign in. Commit before `sign_in`.

    After five wrong tries in a row the next one locks the account for fifteen minutes; an unknown
    login counts nowhere. Raises nothing.
    """
    row = _by_login(session, login)
    if row is None or _locked(row, at):
        return
    if row.locked_until is not None:
        row.failed_sign_ins, row.locked_until = 0, None
    if row.failed_sign_ins >= TRIES:
        row.locked_until = at + LOCKED_FOR
    row.failed_sign_ins += 1
    session.flush()


def sign_in(
    session: Session, vault: Vault, login: str, password: str, *, totp: str = "", at: datetime
) -> str:
    """Open a session; its token, which stands in the cookie and nowhere else.

    `totp` is the six digits of the second factor or a recovery code, needed where the staff row
    keeps a secret; either is used up.
    Raises SignInFailed.
    """
    row = _by_login(session, login)
    # An unknown login costs the same work as a known one.
    kept = row.password_hash if row is not None and row.password_hash else _nobodys_hash()
    right = _is_right(kept, password)
    if row is None or not row.password_hash or not row.active or _locked(row, at):
        raise SignInFailed
    if not right or not second_factor.holds(session, vault, row, totp, at=at):
        raise SignInFailed
    if _HASHER.check_needs_rehash(row.password_hash):
        row.password_hash = _HASHER.hash(nfc(password))
    row.failed_sign_ins, row.locked_until = 0, None
    return open_session(session, StaffId(row.id), at=at)


def open_session(session: Session, staff: StaffId, *, at: datetime) -> str:
    """Open a session for somebody who has proved who he is; its token. His ended ones are cleared."""
    ended = WebSessionRow.expires_at <= at
    session.execute(delete(WebSessionRow).where(WebSessionRow.staff == staff, ended))
    token = secrets.token_urlsafe(32)
    session.add(
        WebSessionRow(
            token_hash=_token_hash(token),
            staff=staff,
            made_at=at,
            seen_at=at,
            expires_at=at + LIFETIME,
        )
    )
    session.flush()
    return token


def actor_of(session: Session, token: str, *, unit: str = "", at: datetime) -> SignedIn:
    """Who holds this token, working for `unit` where he has a role over it, else for his first.

    Raises NotSignedIn for an unknown token, after thirty idle minutes or twelve hours, and for a
    person who was taken off duty; NoRole for one without a role.
    """
    row = session.get(WebSessionRow, _token_hash(token))
    if row is None or row.expires_at <= at or row.seen_at + IDLE <= at:
        raise NotSignedIn
    staff = session.get_one(StaffRow, row.staff)
    if not staff.active:
        raise NotSignedIn
    grants, places = _grants(session, StaffId(staff.id), at)
    if not grants:
        raise NoRole(login=staff.login)
    place = next((each for each in places if each.unit == unit), places[0])
    actor = Actor(staff=StaffId(staff.id), unit=place.unit, path=place.path, grants=grants)
    return SignedIn(
        actor=actor,
        name=staff.name,
        login=staff.login,
        work_places=places,
        to_be_noted=row.seen_at + NOTED_EVERY <= at,
        password_is_given=staff.password_is_given,
    )


def note_use(session: Session, token: str, *, at: datetime) -> None:
    """Write down that a session is in use. Raises nothing: it may have ended meanwhile."""
    session.execute(
        update(WebSessionRow)
        .where(WebSessionRow.token_hash == _token_hash(token))
        .values(seen_at=at)
    )


def sign_out(session: Session, token: str) -> None:
    """End a session; one that has ended already is no error."""
    session.execute(delete(WebSessionRow).where(WebSessionRow.token_hash == _token_hash(token)))


def set_password(
    session: Session, staff: StaffId, password: str, *, is_given: bool = False
) -> None:
    """Give a person a password and end all his sessions.

    The caller has established that he may: an administrator, or the person himself with his old
    one. One that `is_given` has to be changed. Raises PasswordTooShort or PasswordTooEasy.
    """
    row = session.get_one(StaffRow, staff)
    composed = nfc(password)
    if not SHORTEST_PASSWORD <= len(composed) <= LONGEST_PASSWORD:
        raise PasswordTooShort(least=SHORTEST_PASSWORD, most=LONGEST_PASSWORD)
    if search_key(row.login) in search_key(composed) or len(set(composed)) < DIFFERENT_CHARACTERS:
        raise PasswordTooEasy(least=DIFFERENT_CHARACTERS)
    row.password_hash, row.password_is_given = _HASHER.hash(composed), is_given
    row.failed_sign_ins, row.locked_until = 0, None
    session.execute(delete(WebSessionRow).where(WebSessionRow.staff == staff))
    session.flush()


def change_own_password(session: Session, *, old: str, new: str, by: Actor) -> None:
    """Change one's own password; every session of his ends, this one too.

    Raises OldPasswordWrong, PasswordNotChanged, PasswordTooShort or PasswordTooEasy.
    """
    refuse_unless_own_password(session, old, by=by)
    if session.get_one(StaffRow, by.staff).password_is_given and nfc(new) == nfc(old):
        raise PasswordNotChanged
    set_password(session, by.staff, new)


def refuse_unless_own_password(session: Session, password: str, *, by: Actor) -> None:
    """Raises OldPasswordWrong: a session alone does not change how one signs in."""
    row = session.get_one(StaffRow, by.staff)
    if not _is_right(row.password_hash or _nobodys_hash(), password) or not row.password_hash:
        raise OldPasswordWrong


def sessions_of(session: Session, by: Actor, *, at: datetime) -> tuple[OpenSession, ...]:
    """One's own open sessions, the newest first."""
    rows = session.scalars(
        select(WebSessionRow)
        .where(
            WebSessionRow.staff == by.staff,
            WebSessionRow.expires_at > at,
            WebSessionRow.seen_at > at - IDLE,
        )
        .order_by(WebSessionRow.made_at.desc())
        .limit(LISTED)
    )
    return tuple(OpenSession(made_at=row.made_at, seen_at=row.seen_at) for row in rows)


def looks_of(session: Session, by: Actor) -> tuple[Look, ...]:
    """One's own last looks at personal data, the newest first."""
    rows = session.execute(
        select(AccessRow, DossierRow.code)
        .outerjoin(DossierRow, DossierRow.id == AccessRow.dossier)
        .where(AccessRow.staff == by.staff)
        .order_by(AccessRow.at.desc(), AccessRow.id.desc())
        .limit(LISTED)
    )
    return tuple(
        Look(
            at=row.at,
            unit=UnitCode(row.unit),
            dossier=row.dossier,
            code=code or "",
            what=row.what,
            why=row.why,
        )
        for row, code in rows
    )


def _by_login(session: Session, login: str) -> StaffRow | None:
    written = tidy(login[:100]).lower()
    return session.scalar(select(StaffRow).where(StaffRow.login == written).with_for_update())


def _locked(row: StaffRow, at: datetime) -> bool:
    return row.locked_until is not None and row.locked_until > at


def _is_right(kept: str, password: str) -> bool:
    try:
        return _HASHER.verify(kept, nfc(password[: LONGEST_PASSWORD + 1]))
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))


def _token_hash(token: str) -> bytes:
    return sha256(token.encode()).digest()


def _grants(
    session: Session, staff: StaffId, at: datetime
) -> tuple[tuple[Grant, ...], tuple[WorkPlace, ...]]:
    rows = session.execute(
        select(RoleRow.role, UnitRow.code, UnitRow.name, UnitRow.path)
        .join(UnitRow, UnitRow.code == RoleRow.unit)
        .where(
            RoleRow.staff == staff,
            UnitRow.valid_to.is_(None) | (UnitRow.valid_to >= local(at).date()),
        )
        .order_by(UnitRow.code, RoleRow.role)
    ).all()
    grants = tuple(
        Grant(role=Role(row.role), unit=UnitCode(row.code), path=row.path) for row in rows
    )
    places = {
        row.code: WorkPlace(unit=UnitCode(row.code), name=row.name, path=row.path) for row in rows
    }
    return grants, tuple(places.values())
