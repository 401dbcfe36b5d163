"""Money of dossiers: due, paid, exempt, refunded, remitted. Entries are added; no line is ever netted with another.

A charge is told by its entries: the newest one says how far it has come. Its way as cash is cash.py's.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from postal_service.domain.actors import Actor, Role
from postal_service.domain.ids import DossierId, StaffId
from postal_service.domain.money import (
    Charge,
    Line,
    Means,
    PaymentState,
    refuse_bad_amount,
)
from postal_service.domain.refusals import Malformed, Unknown
from postal_service.domain.standing import Money
from postal_service.domain.text import tidy
from postal_service.services import dossiers
from postal_service.storage.schema import DossierRow, MoneyRow

ChargeId = NewType("ChargeId", str)

COLLECTORS = (Role.POSTAL_CLERK, Role.DESK_CLERK, Role.COURIER, Role.MANAGER)
LONGEST_REFERENCE = 120


class UnknownCharge(Unknown):
    code = "charge.unknown"


class BadReference(Malformed):
    code = "charge.bad_reference"


@dataclass(frozen=True, kw_only=True)
class Due:
    """What is to be paid on one line; an exemption names its rule, a payment its means."""

    line: Line
    amount_dong: int
    basis: str = ""  # for a fee the catalogue cannot confirm: which decision sets it
    exempt: str = ""  # the rule that exempts
    paid_by: Means | None = None
    reference: str = ""  # receipt or transfer number

    def __post_init__(self) -> None:
        refuse_bad_amount(self.amount_dong)


@dataclass(frozen=True, kw_only=True)
class Account:
    """One charge of a dossier, and how far it has come."""

    id: ChargeId
    dossier: DossierId
    charge: Charge
    since: datetime
    staff: StaffId  # who made the newest entry
    reference: str


def open_due(
    session: Session, dossier: DossierId, due: Due, *, by: Actor, at: datetime
) -> ChargeId:
    """Enter what is due, and at once its exemption or payment where there is one.

    Raises UnknownDossier, BadAmount, WithoutBasis or BadReference.
    """
    row = dossiers.row_of(session, dossier)
    charge_id = ChargeId(str(uuid7()))
    charge = Charge(line=due.line, amount_dong=due.amount_dong)
    _enter(session, charge_id, row, charge, reference=due.basis, by=by, at=at)
    if due.exempt:
        exempted = charge.exempt(basis=due.exempt)
        _enter(session, charge_id, row, exempted, reference=due.exempt, by=by, at=at)
    elif due.paid_by is not None:
        paid = charge.pay(due.paid_by)
        _enter(session, charge_id, row, paid, reference=due.reference, by=by, at=at)
    return charge_id


def pay(
    session: Session, charge: ChargeId, means: Means, *, reference: str, by: Actor, at: datetime
) -> Account:
    """Take the money of a charge that is due. `by` answers for cash until he hands it in.

    Raises RoleNeeded, UnknownCharge, WrongStep (not due) or BadReference.
    """
    by.need(*COLLECTORS)
    found = _locked(session, charge)
    return follow(session, found, found.charge.pay(means), reference, by=by, at=at)


def exempt(session: Session, charge: ChargeId, *, basis: str, by: Actor, at: datetime) -> Account:
    """Waive a charge that is due. Raises RoleNeeded, UnknownCharge, WithoutBasis or WrongStep."""
    by.need(Role.POSTAL_CLERK, Role.DESK_CLERK, Role.MANAGER)
    found = _locked(session, charge)
    return follow(session, found, found.charge.exempt(basis=basis), basis, by=by, at=at)


def refund(session: Session, charge: ChargeId, *, basis: str, by: Actor, at: datetime) -> Account:
    """Give back what was paid. Raises RoleNeeded (manager), UnknownCharge, WithoutBasis, WrongStep."""
    by.need(Role.MANAGER)
    found = _locked(session, charge)
    return follow(session, found, found.charge.refund(basis=basis), basis, by=by, at=at)


def remit(
    session: Session, charges: Iterable[ChargeId], *, reference: str, by: Actor, at: datetime
) -> int:
    """Tell that charges have reached their owner; how many. Cash must have been handed in.

    Raises RoleNeeded (manager), UnknownCharge, WrongStep or BadReference; then nothing is entered.
    """
    by.need(Role.MANAGER)
    chosen = list(charges)
    lock(session, chosen)
    found = [account(session, charge) for charge in chosen]
    remitted = [each.charge.remit() for each in found]
    for each, charge in zip(found, remitted, strict=True):
        follow(session, each, charge, reference, by=by, at=at)
    return len(found)


def lock(session: Session, charges: Collection[ChargeId]) -> None:
    """Hold the dossiers of these charges: who comes second reads what the first has entered."""
    of = select(MoneyRow.dossier).where(MoneyRow.charge.in_(charges))
    held = select(DossierRow.id).where(DossierRow.id.in_(of)).order_by(DossierRow.id)
    session.execute(held.with_for_update())


def account(session: Session, charge: ChargeId) -> Account:
    """One charge as it stands. Raises UnknownCharge."""
    row = session.scalar(
        select(MoneyRow).filter_by(charge=charge).order_by(MoneyRow.id.desc()).limit(1)
    )
    if row is None:
        raise UnknownCharge(charge=charge[:40])
    return as_account(row)


def accounts(session: Session, dossier: DossierId) -> list[Account]:
    """The charges of a dossier as they stand, oldest first."""
    rows = session.scalars(newest_entries().where(MoneyRow.dossier == dossier))
    return sorted((as_account(row) for row in rows), key=lambda each: each.id)


def owed(session: Session, asked: Iterable[DossierId]) -> dict[DossierId, tuple[Account, ...]]:
    """The charges that are still to be paid for each of these dossiers, the oldest first.

    Dossiers that owe nothing are left out.
    """
    rows = session.scalars(
        newest_entries()
        .where(
            MoneyRow.dossier.in_(set(asked)),
            MoneyRow.state == PaymentState.DUE.value,
            MoneyRow.amount_dong > 0,
        )
        .order_by(MoneyRow.id)
    )
    found: dict[DossierId, tuple[Account, ...]] = {}
    for each in map(as_account, rows):
        found[each.dossier] = (*found.get(each.dossier, ()), each)
    return found


def due_or_taken_by(session: Session, asked: Iterable[DossierId], staff: StaffId) -> list[ChargeId]:
    """The charges of these dossiers that are still to be paid, or that this member of staff took.

    What he took and a cashier has counted is no longer among them.
    """
    taken = and_(MoneyRow.state == PaymentState.PAID.value, MoneyRow.staff == staff)
    found = newest_entries().where(
        MoneyRow.dossier.in_(set(asked)),
        or_(MoneyRow.state == PaymentState.DUE.value, taken),
        MoneyRow.amount_dong > 0,
    )
    return [ChargeId(row.charge) for row in session.scalars(found)]


def due_dong(session: Session, asked: Iterable[DossierId]) -> dict[DossierId, int]:
    """What is still to be paid for each of these dossiers; those that owe nothing are left out."""
    return {
        dossier: sum(each.charge.amount_dong for each in found)
        for dossier, found in owed(session, asked).items()
    }


def newest_entries() -> Select[MoneyRow]:
    """The newest entry of every charge, to be narrowed down."""
    # An index on the charge makes the newest entry of each a short look.
    later = MoneyRow.__table__.alias("later")
    is_newest = (
        ~select(later.c.id)
        .where(later.c.charge == MoneyRow.charge, later.c.id > MoneyRow.id)
        .exists()
    )
    return select(MoneyRow).where(is_newest)


def follow(
    session: Session, found: Account, charge: Charge, reference: str, *, by: Actor, at: datetime
) -> Account:
    """Enter how far a charge has come now, and answer how it stands."""
    row = dossiers.row_of(session, found.dossier)
    _enter(session, found.id, row, charge, reference=reference, by=by, at=at)
    return account(session, found.id)


def _locked(session: Session, charge: ChargeId) -> Account:
    """One charge to be decided on. Raises UnknownCharge."""
    lock(session, [charge])
    return account(session, charge)


def _enter(
    session: Session,
    charge_id: ChargeId,
    row: DossierRow,
    charge: Charge,
    *,
    reference: str,
    by: Actor,
    at: datetime,
) -> None:
    written = tidy(reference[: LONGEST_REFERENCE + 1])
    if len(written) > LONGEST_REFERENCE:
        raise BadReference(most=LONGEST_REFERENCE)
    session.add(
        MoneyRow(
            dossier=row.id,
            charge=charge_id,
            line=charge.line.value,
            state=charge.state.value,
            method=charge.means.value if charge.means else "",
            amount_dong=charge.amount_dong,
            at=at,
            staff=by.staff,
            unit=by.unit,
            reference=written,
        )
    )
    session.flush()
    row.money = _summary(accounts(session, DossierId(row.id))).value
    session.flush()


def _summary(charges: Iterable[Account]) -> Money:
    """How a list shows a dossier's money: what is still due comes before everything."""
    told = [each.charge for each in charges]
    if any(charge.is_owed for charge in told):
        return Money.DUE
    states = {charge.state for charge in told}
    if states & {PaymentState.PAID, PaymentState.HANDED_IN, PaymentState.REMITTED}:
        return Money.PAID
    return Money.EXEMPT if PaymentState.EXEMPT in states else Money.NONE


def as_account(row: MoneyRow) -> Account:
    """A charge by its newest entry."""
    return Account(
        id=ChargeId(row.charge),
        dossier=DossierId(row.dossier),
        charge=Charge(
            line=Line(row.line),
            amount_dong=row.amount_dong,
            state=PaymentState(row.state),
            means=Means(row.method) if row.method else None,
            basis=row.reference if row.state in {"exempt", "refunded"} else "",
        ),
        since=row.at,
        staff=StaffId(row.staff),
        reference=row.reference,
    )
