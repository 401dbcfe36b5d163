"""What an administrator does to the accounts of his staff: gives a password, dismisses, takes back, takes a role away.

Only whoever stands over every role of a person may: else a password would lend him powers that he
was not given. Each step is a row that nobody can change.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Grant, Role
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.domain.refusals import NotAllowed, RuleBroken
from postal_service.domain.text import search_key
from postal_service.services import access, directory
from postal_service.services.directory import UnknownStaff
from postal_service.storage.schema import (
    StaffChangeRow,
    StaffRow,
    TokenRow,
    WebSessionRow,
)

LISTED: Final = 50
LATEST: Final = 3  # changes told beside each person
# Without what is read as another sign; four groups of four are 79 bits.
SIGNS: Final = "23456789abcdefghjkmnpqrstuvwxyz"
GROUPS: Final = 4


class OwnAccount(NotAllowed):
    """One's own account is another administrator's to change."""

    code = "staffing.own_account"


class StandsHigher(NotAllowed):
    """The person has a role that is not under this administrator."""

    code = "staffing.stands_higher"


class Dismissed(RuleBroken):
    code = "staffing.dismissed"


class NotDismissed(RuleBroken):
    code = "staffing.not_dismissed"


class Step(StrEnum):
    GIVEN = "password_given"
    DISMISSED = "dismissed"
    TAKEN_BACK = "taken_back"
    ROLE_TAKEN = "role_taken"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Whose it is, when, and why. His password has been compared: a session alone is not enough."""

    why: str
    by: Actor
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Change:
    """One step: what was done, by whom, when and why."""

    step: Step
    about: str
    why: str
    by: StaffId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Account:
    """A member of staff as an administrator sees him, with the latest changes, the newest first."""

    staff: StaffId
    login: str
    name: str
    active: bool
    signs_in: bool  # a password was ever given
    password_is_given: bool
    grants: tuple[Grant, ...]
    may_change: bool
    changes: tuple[Change, ...]


def listed(
    session: Session, *, by: Actor, named: str = "", after: str = ""
) -> tuple[list[Account], str]:
    """The staff under `by`, by login, and the login after which they go on; "" at their end.

    `named` is part of a login or name, with or without accents. Raises RoleNeeded.
    """
    by.need(Role.ADMINISTRATOR)
    under = directory.under(by, {Role.ADMINISTRATOR})
    asked = select(StaffRow).where(StaffRow.id.in_(under), StaffRow.login > after)
    if named:
        asked = asked.where(
            or_(
                StaffRow.search_name.contains(search_key(named), autoescape=True),
                StaffRow.login.contains(named.lower(), autoescape=True),
            )
        )
    rows = session.scalars(asked.order_by(StaffRow.login).limit(LISTED)).all()
    return _accounts(session, rows, by), rows[-1].login if len(rows) == LISTED else ""


def give_password(session: Session, staff: StaffId, decision: Decision) -> str:
    """A fresh password for somebody who has none or forgot it; it is told this once.

    Every session of his ends, and he has to change it when he signs in. Raises RoleNeeded,
    UnknownStaff, OwnAccount, StandsHigher or Dismissed.
    """
    row = _of(session, staff, decision.by)
    if not row.active:
        raise Dismissed(name=row.name)
    password = _fresh_password(row.login)
    access.set_password(session, staff, password, is_given=True)
    _write(session, Step.GIVEN, staff, decision)
    return password


def dismiss(session: Session, staff: StaffId, decision: Decision) -> None:
    """He is shut out of pages and phones at once; what he signed and holds stays his.

    Raises RoleNeeded, UnknownStaff, OwnAccount, StandsHigher or Dismissed.
    """
    row = _of(session, staff, decision.by)
    if not row.active:
        raise Dismissed(name=row.name)
    directory.dismiss(session, staff, by=decision.by)
    for table in (WebSessionRow, TokenRow):
        session.execute(delete(table).where(table.staff == staff))
    _write(session, Step.DISMISSED, staff, decision)


def take_back(session: Session, staff: StaffId, decision: Decision) -> None:
    """He is of the staff again, with the roles he had; he signs in once he is given a password.

    Raises RoleNeeded, UnknownStaff, OwnAccount, StandsHigher or NotDismissed.
    """
    row = _of(session, staff, decision.by)
    if row.active:
        raise NotDismissed(name=row.name)
    row.active, row.password_hash = True, ""
    _write(session, Step.TAKEN_BACK, staff, decision)


def take_role(
    session: Session, staff: StaffId, role: Role, over: UnitCode, decision: Decision
) -> None:
    """Take one role away.

    Raises RoleNeeded, UnknownStaff (also for a role that he does not have), OwnAccount or
    StandsHigher.
    """
    _of(session, staff, decision.by)
    directory.revoke(session, staff, role, over, by=decision.by)
    _write(session, Step.ROLE_TAKEN, staff, decision, about=f"{role.value} {over}")


def names(session: Session, accounts: Iterable[Account]) -> dict[StaffId, str]:
    """The names of whoever changed these accounts."""
    return directory.names(session, {each.by for account in accounts for each in account.changes})


def _of(session: Session, staff: StaffId, by: Actor) -> StaffRow:
    by.need(Role.ADMINISTRATOR)
    row = session.scalars(select(StaffRow).filter_by(id=staff).with_for_update()).one_or_none()
    grants = directory.grants(session, [staff])[staff]
    if row is None or not any(by.may(Role.ADMINISTRATOR, path=each.path) for each in grants):
        raise UnknownStaff(staff=staff[:40])
    if staff == by.staff:
        raise OwnAccount
    if not directory.stands_over(by, grants, Role.ADMINISTRATOR):
        raise StandsHigher(name=row.name)
    return row


def _accounts(session: Session, rows: Sequence[StaffRow], by: Actor) -> list[Account]:
    staff = [StaffId(row.id) for row in rows]
    grants, changes = directory.grants(session, staff), _changes(session, staff)
    return [
        Account(
            staff=own,
            login=row.login,
            name=row.name,
            active=row.active,
            signs_in=bool(row.password_hash),
            password_is_given=row.password_is_given,
            grants=tuple(grants[own]),
            may_change=own != by.staff
            and directory.stands_over(by, grants[own], Role.ADMINISTRATOR),
            changes=tuple(changes[own][:LATEST]),
        )
        for own, row in zip(staff, rows, strict=True)
    ]


def _changes(session: Session, staff: Sequence[StaffId]) -> Mapping[StaffId, list[Change]]:
    rows = session.scalars(
        select(StaffChangeRow)
        .where(StaffChangeRow.staff.in_(staff))
        .order_by(StaffChangeRow.id.desc())
    )
    found: dict[StaffId, list[Change]] = defaultdict(list)
    for row in rows:
        found[StaffId(row.staff)].append(
            Change(step=Step(row.step), about=row.about, why=row.why, by=StaffId(row.by), at=row.at)
        )
    return found


def _fresh_password(login: str) -> str:
    while True:
        groups = ("".join(secrets.choice(SIGNS) for _ in range(4)) for _ in range(GROUPS))
        password = "-".join(groups)
        # The rules of any password hold for it: a login of one letter is easily in it.
        if search_key(login) not in search_key(password):
            return password


def _write(
    session: Session, step: Step, staff: StaffId, decision: Decision, *, about: str = ""
) -> None:
    session.add(
        StaffChangeRow(
            staff=staff,
            step=step.value,
            about=about,
            why=decision.why,
            by=decision.by.staff,
            unit=decision.by.unit,
            at=decision.at,
        )
    )
    session.flush()
