"""What a citizen pays by bank transfer: one code for one charge, so that two lines are never netted."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.bank_accounts import BankAccount, NoAccount, NotByTransfer, account_for
from postal_service.domain.ids import DossierId
from postal_service.domain.money import Line
from postal_service.domain.refusals import RuleBroken
from postal_service.domain.vietqr import LONGEST_PURPOSE, Transfer, payload
from postal_service.services import charges, dossiers, places
from postal_service.services.charges import Account, ChargeId, UnknownCharge
from postal_service.services.dossiers import Dossier

ASKING: Final = (Role.DESK_CLERK, Role.POSTAL_CLERK, Role.MANAGER)
MARKS: Final = {Line.STATE_FEE: "LP", Line.POSTAGE: "CP", Line.COLLECTED_FOR_OTHERS: "TH"}


class NothingToTransfer(RuleBroken):
    """The charge is paid, exempt, refunded, or nothing at all."""

    code = "transfer.nothing_due"


@dataclass(frozen=True, kw_only=True)
class TransferAsked:
    """One charge that is due, the account it goes to, and the text of its code."""

    dossier: Dossier
    charge: Account
    into: BankAccount
    purpose: str
    payload: str


def asked(
    session: Session,
    dossier: DossierId,
    charge: ChargeId,
    accounts: Iterable[BankAccount],
    *,
    by: Actor,
) -> TransferAsked:
    """The transfer that settles this charge.

    Raises UnknownDossier, RoleNeeded, UnknownCharge, NothingToTransfer, NotByTransfer, NoAccount, or
    TextTooLong for a dossier code that no transfer's purpose holds.
    """
    found = dossiers.visible(session, dossier, by=by)
    by.need(*ASKING)
    due = next((each for each in charges.accounts(session, found.id) if each.id == charge), None)
    if due is None:
        raise UnknownCharge(charge=charge[:40])
    if not due.charge.is_owed:
        raise NothingToTransfer(state=due.charge.state.value)
    into = _into(session, found, due, accounts)
    purpose = purpose_of(due.charge.line, found.code)
    told = Transfer(
        bank_bin=into.bank_bin,
        account=into.number,
        amount_dong=due.charge.amount_dong,
        name=into.holder,
        purpose=purpose,
    )
    return TransferAsked(
        dossier=found, charge=due, into=into, purpose=purpose, payload=payload(told)
    )


def payable(
    session: Session,
    dossier: Dossier,
    found: Iterable[Account],
    accounts: Iterable[BankAccount],
) -> frozenset[ChargeId]:
    """Which of a dossier's charges have a transfer code: due, and an account is entered for them."""
    entered, ready = list(accounts), set()
    for each in found:
        if each.charge.is_owed:
            try:
                _into(session, dossier, each, entered)
            except (NoAccount, NotByTransfer):
                continue
            ready.add(each.id)
    return frozenset(ready)


def purpose_of(line: Line, dossier_code: str) -> str:
    """What the payment is matched by: the line's mark and the dossier's code, without its dots where too long."""
    written = f"{MARKS[line]} {dossier_code}"
    return written if len(written) <= LONGEST_PURPOSE else written.replace(".", "")


def _into(
    session: Session, dossier: Dossier, due: Account, accounts: Iterable[BankAccount]
) -> BankAccount:
    # The state's fee goes to the agency that settles; postage to whoever took the dossier in.
    is_fee = due.charge.line is Line.STATE_FEE
    taker = dossier.helped_unit or dossier.received_unit
    unit = dossier.competent_unit if is_fee else taker
    path = places.path_of(session, unit)
    return account_for(accounts, due.charge.line, unit=unit, path=path)
