"""A bank transfer that arrives after the citizen has left: found by its purpose, compared, and entered as paid.

A purpose is what services/transfers.py writes into a code: the line's mark and the dossier's code, whose
dots a bank's field may have been too short for. An amount that differs settles nothing.
"""

import re
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.ids import DossierId
from postal_service.domain.money import Line, Means
from postal_service.domain.refusals import Malformed, RuleBroken
from postal_service.services import charges, dossiers
from postal_service.services.charges import Account, BadReference
from postal_service.services.dossiers import Dossier, UnknownDossier
from postal_service.services.transfers import MARKS
from postal_service.storage.schema import DossierRow, UnitRow

TAKING: Final = (Role.DESK_CLERK, Role.POSTAL_CLERK, Role.MANAGER)
LONGEST_PURPOSE: Final = 200  # banks add words of their own
# The agency's identification, the day of reception and the serial; the dots may be lost.
_PURPOSE: Final = re.compile(
    r"(?<![A-Z0-9])(LP|CP|TH)[ .]*([0-9A-Z][0-9A-Z.]{2,20}-[0-9]{6}-[0-9]{4,6})(?![0-9])"
)
_OLD_AGENCY: Final = re.compile(r"([0-9]{3})([0-9]{2})([0-9]{2})([A-Z][0-9]{2})")


class BadPurpose(Malformed):
    """It names no line of money, or no dossier."""

    code = "transfer.bad_purpose"


class NothingDue(RuleBroken):
    """The dossier has no such charge, or it was paid, waived or given back."""

    code = "transfer.not_owed"


class AmountDiffers(RuleBroken):
    """The transfer is not what is due; whoever keeps the account has to ask the citizen."""

    code = "transfer.amount_differs"


def take_up(
    session: Session,
    purpose: str,
    amount_dong: int,
    *,
    reference: str,
    by: Actor,
    at: datetime,
) -> Account:
    """Enter the transfer as the payment of the charge that its purpose names; `reference` is the bank's.

    Raises RoleNeeded, BadPurpose, UnknownDossier, NothingDue, AmountDiffers or BadReference.
    """
    by.need(*TAKING)
    if not reference.strip():
        raise BadReference(most=charges.LONGEST_REFERENCE)
    line, dossier = find(session, purpose, by=by)
    # Two clerks do not enter one transfer: the second finds nothing due.
    session.execute(select(DossierRow.id).filter_by(id=dossier.id).with_for_update())
    owed = _owed(session, dossier.id, line)
    if not owed:
        raise NothingDue
    due = next((each for each in owed if each.charge.amount_dong == amount_dong), None)
    if due is None:
        raise AmountDiffers(came=amount_dong, due=owed[0].charge.amount_dong)
    return charges.pay(
        session, due.id, Means.TRANSFER_CODE, reference=reference, by=by, at=at
    )  # fmt: skip


def find(session: Session, purpose: str, *, by: Actor) -> tuple[Line, Dossier]:
    """Which line of which dossier a purpose names. Raises BadPurpose or UnknownDossier."""
    written = _PURPOSE.search(purpose[:LONGEST_PURPOSE].upper())
    if written is None:
        raise BadPurpose
    line = next(line for line, mark in MARKS.items() if mark == written[1])
    agency, _, serial = written[2].partition("-")
    codes = [f"{each}-{serial}" for each in _agencies(session, agency)]
    key = session.scalar(select(DossierRow.id).where(DossierRow.code.in_(codes)))
    if key is None:
        raise UnknownDossier(dossier=written[2])
    return line, dossiers.visible(session, DossierId(key), by=by)


def _agencies(session: Session, written: str) -> list[str]:
    """The identification as it was written, and those that it can be without their dots."""
    found = [written]
    old = _OLD_AGENCY.fullmatch(written)
    if old is not None:
        found.append(".".join(old.groups()))
    known = session.scalars(select(UnitRow.agency_id).where(UnitRow.agency_id.is_not(None)))
    found += [each for each in known if each and each.replace(".", "") == written]
    return found


def _owed(session: Session, dossier: DossierId, line: Line) -> list[Account]:
    return [
        each
        for each in charges.accounts(session, dossier)
        if each.charge.line is line and each.charge.is_owed
    ]
