"""Who lost his telephone and his recovery codes gets his second factor taken off by two other people.

One who stands over him has looked at him and says why; another one, an administrator, takes it off.
Every session of his ends, in browsers and on phones. Each step is a row that nobody can change.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from postal_service.domain.actors import Actor, Role
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.domain.refusals import NotAllowed, RuleBroken, Unknown
from postal_service.services import directory
from postal_service.services.directory import UnknownStaff
from postal_service.services.second_factor import SecondFactorIsOff
from postal_service.services.staffing import StandsHigher
from postal_service.storage.schema import (
    FactorResetRow,
    RecoveryCodeRow,
    StaffRow,
    TokenRow,
    WebSessionRow,
)

ResetId = NewType("ResetId", str)

ASKING: Final = (Role.MANAGER, Role.ADMINISTRATOR)
DECIDING: Final = (Role.ADMINISTRATOR,)
SEEING: Final = (Role.MANAGER, Role.ADMINISTRATOR, Role.AUDITOR)
LISTED: Final = 200  # resets of one answer


class UnknownReset(Unknown):
    code = "factor_reset.unknown"


class OwnFactor(NotAllowed):
    """Nobody asks for it, or grants it, for himself."""

    code = "factor_reset.own"


class DecidesOwn(NotAllowed):
    """Whoever asked for a reset does not grant it."""

    code = "factor_reset.decides_own"


class AnotherWaits(RuleBroken):
    code = "factor_reset.another_waits"


class DecidedAlready(RuleBroken):
    code = "factor_reset.decided_already"


class Step(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Taken:
    """One step of a reset: who took it, where and when."""

    step: Step
    by: StaffId
    unit: UnitCode
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Reset:
    """A reset that was asked for, and what came of it."""

    id: ResetId
    staff: StaffId
    why: str
    asked: Taken
    decided: Taken | None

    @property
    def waits(self) -> bool:
        return self.decided is None


def ask(session: Session, login: str, *, why: str, by: Actor, at: datetime) -> Reset:
    """Say that somebody of one's own staff has lost every way in, and how one knows that it is he.

    Nothing changes yet. Raises RoleNeeded, UnknownStaff for whoever is not under `by`, StandsHigher
    for whoever has a role elsewhere too, OwnFactor, SecondFactorIsOff or AnotherWaits.
    """
    by.need(*ASKING)
    row = session.scalar(select(StaffRow).filter_by(login=login, active=True).with_for_update())
    if row is None or not _is_partly_under(session, by, StaffId(row.id), ASKING):
        raise UnknownStaff(staff=login[:40])
    staff = StaffId(row.id)
    if staff == by.staff:
        raise OwnFactor
    _refuse_unless_over(session, by, row, ASKING)
    if row.totp_secret is None:
        raise SecondFactorIsOff
    if any(each.waits for each in _resets(session, _rows_of(session, staff))):
        raise AnotherWaits
    asked = ResetId(str(uuid7()))
    _write(session, asked, Step.ASKED, staff, why, by=by, at=at)
    return _one(session, asked)


def decide(session: Session, reset: ResetId, *, grant: bool, by: Actor, at: datetime) -> Reset:
    """Take the second factor off and end every session of that person; or refuse, and nothing changes.

    The caller has compared the password of `by`. Raises RoleNeeded, UnknownReset, StandsHigher,
    DecidesOwn, OwnFactor, DecidedAlready, or SecondFactorIsOff where the person switched it off meanwhile.
    """
    by.need(*DECIDING)
    rows = session.scalars(select(FactorResetRow).filter_by(asked=reset)).all()
    if not rows or not _is_partly_under(session, by, StaffId(rows[0].staff), DECIDING):
        raise UnknownReset(reset=reset[:40])
    staff = session.scalars(select(StaffRow).filter_by(id=rows[0].staff).with_for_update()).one()
    found = _one(session, reset)  # read after the lock: somebody else may have decided meanwhile
    if by.staff == found.asked.by:
        raise DecidesOwn
    if by.staff == found.staff:
        raise OwnFactor
    _refuse_unless_over(session, by, staff, DECIDING)
    if not found.waits:
        raise DecidedAlready
    if grant:
        if staff.totp_secret is None:
            raise SecondFactorIsOff
        _take_off(session, staff)
    step = Step.GRANTED if grant else Step.REFUSED
    _write(session, reset, step, found.staff, found.why, by=by, at=at)
    return _one(session, reset)


def listed(session: Session, *, by: Actor, after: str = "") -> tuple[list[Reset], str]:
    """The resets of everybody under `by`, the newest asked first, and the one after which they go on.

    LISTED at a time; "" at their end. Raises RoleNeeded.
    """
    by.need(*SEEING)
    asked = select(FactorResetRow).where(
        FactorResetRow.staff.in_(directory.under(by, SEEING)),
        FactorResetRow.step == Step.ASKED.value,
    )
    if after:  # a reset's name is a UUIDv7, so that their order is that of their asking
        asked = asked.where(FactorResetRow.asked < after)
    rows = session.scalars(asked.order_by(FactorResetRow.asked.desc()).limit(LISTED)).all()
    return _resets(session, rows), rows[-1].asked if len(rows) == LISTED else ""


def of_person(session: Session, by: Actor) -> list[Reset]:
    """The resets of one's own second factor, the newest first: whoever it was done to can see it."""
    return _resets(session, _rows_of(session, by.staff))


def _take_off(session: Session, staff: StaffRow) -> None:
    staff.totp_secret, staff.totp_step = None, None
    for table in (RecoveryCodeRow, WebSessionRow, TokenRow):
        session.execute(delete(table).where(table.staff == staff.id))
    session.flush()


def _is_partly_under(session: Session, by: Actor, staff: StaffId, roles: Sequence[Role]) -> bool:
    grants = directory.grants(session, [staff])[staff]
    return any(by.may(*roles, path=each.path) for each in grants)


def _refuse_unless_over(session: Session, by: Actor, row: StaffRow, roles: Sequence[Role]) -> None:
    """A role that somebody is given under `by` opens no way into the powers that he has elsewhere."""
    staff = StaffId(row.id)
    if not directory.stands_over(by, directory.grants(session, [staff])[staff], *roles):
        raise StandsHigher(name=row.name)


def _rows_of(session: Session, staff: StaffId) -> list[FactorResetRow]:
    rows = session.scalars(
        select(FactorResetRow)
        .filter_by(staff=staff)
        .order_by(FactorResetRow.id.desc())
        .limit(LISTED)
    )
    return list(rows)


def _one(session: Session, reset: ResetId) -> Reset:
    rows = session.scalars(
        select(FactorResetRow).filter_by(asked=reset).order_by(FactorResetRow.id)
    ).all()
    return _reset(rows)


def _resets(session: Session, rows: Sequence[FactorResetRow]) -> list[Reset]:
    """Whole resets, in the order of these steps of theirs."""
    whole = session.scalars(
        select(FactorResetRow)
        .where(FactorResetRow.asked.in_({row.asked for row in rows}))
        .order_by(FactorResetRow.id)
    )
    steps: dict[str, list[FactorResetRow]] = defaultdict(list)
    for row in whole:
        steps[row.asked].append(row)
    return [_reset(steps[asked]) for asked in dict.fromkeys(row.asked for row in rows)]


def _reset(rows: Sequence[FactorResetRow]) -> Reset:
    asked, *decided = rows
    return Reset(
        id=ResetId(asked.asked),
        staff=StaffId(asked.staff),
        why=asked.why,
        asked=_taken(asked),
        decided=_taken(decided[0]) if decided else None,
    )


def _taken(row: FactorResetRow) -> Taken:
    return Taken(step=Step(row.step), by=StaffId(row.by), unit=UnitCode(row.unit), at=row.at)


def _write(
    session: Session,
    reset: ResetId,
    step: Step,
    staff: StaffId,
    why: str,
    *,
    by: Actor,
    at: datetime,
) -> None:
    session.add(
        FactorResetRow(
            asked=reset, step=step.value, staff=staff, why=why, by=by.staff, unit=by.unit, at=at
        )
    )
    session.flush()


def names(session: Session, found: Iterable[Reset]) -> dict[StaffId, str]:
    """The names of everybody in these resets."""
    people: set[StaffId] = set()
    for each in found:
        people |= {each.staff, each.asked.by}
        if each.decided is not None:
            people.add(each.decided.by)
    return directory.names(session, people)
