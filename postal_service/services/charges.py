"""Money of dossiers: due, paid, exempt, handed in, refunded. Entries are added; no line is ever netted with another.

A charge is told by its entries: the newest one says how far it has come.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from sqlalchemy import BigInteger, Select, cast, func, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from postal_service.domain.actors import Actor, Role
from postal_service.domain.ids import DossierId, StaffId, UnitCode
from postal_service.domain.money import (
    Charge,
    Line,
    Means,
    PaymentState,
    cash_in_hand,
    refuse_bad_amount,
)
from postal_service.domain.refusals import Malformed, RuleBroken, Unknown
from postal_service.domain.standing import Money
from postal_service.domain.text import tidy
from postal_service.services import directory, dossiers
from postal_service.storage.schema import DossierRow, MoneyRow, RoleRow, StaffRow, UnitRow

ChargeId = NewType("ChargeId", str)

COLLECTORS = (Role.POSTAL_CLERK, Role.DESK_CLERK, Role.COURIER, Role.MANAGER)
CASHIERS = (Role.POSTAL_CLERK, Role.MANAGER)
LONGEST_REFERENCE = 120


class UnknownCharge(Unknown):
    code = "charge.unknown"


class CashDiffers(RuleBroken):
    """What was counted is not what was taken; nothing is handed in before the difference is found."""

    code = "charge.cash_differs"


class NothingToHandIn(RuleBroken):
    code = "charge.nothing_to_hand_in"


class TakesFromHimself(RuleBroken):
    """Cash is handed in to somebody else."""

    code = "charge.takes_from_himself"


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


@dataclass(frozen=True, kw_only=True)
class ShiftCash:
    """The cash a member of staff has taken and not handed in, line by line."""

    staff: StaffId
    by_line: Mapping[Line, int]
    charges: tuple[ChargeId, ...]


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
    found = account(session, charge)
    return _follow(session, found, found.charge.pay(means), reference, by=by, at=at)


def exempt(session: Session, charge: ChargeId, *, basis: str, by: Actor, at: datetime) -> Account:
    """Waive a charge that is due. Raises RoleNeeded, UnknownCharge, WithoutBasis or WrongStep."""
    by.need(Role.POSTAL_CLERK, Role.DESK_CLERK, Role.MANAGER)
    found = account(session, charge)
    return _follow(session, found, found.charge.exempt(basis=basis), basis, by=by, at=at)


def refund(session: Session, charge: ChargeId, *, basis: str, by: Actor, at: datetime) -> Account:
    """Give back what was paid. Raises RoleNeeded (manager), UnknownCharge, WithoutBasis, WrongStep."""
    by.need(Role.MANAGER)
    found = account(session, charge)
    return _follow(session, found, found.charge.refund(basis=basis), basis, by=by, at=at)


def remit(
    session: Session, charges: Iterable[ChargeId], *, reference: str, by: Actor, at: datetime
) -> int:
    """Tell that charges have reached their owner; how many. Cash must have been handed in.

    Raises RoleNeeded (manager), UnknownCharge, WrongStep or BadReference; then nothing is entered.
    """
    by.need(Role.MANAGER)
    found = [account(session, charge) for charge in charges]
    remitted = [each.charge.remit() for each in found]
    for each, charge in zip(found, remitted, strict=True):
        _follow(session, each, charge, reference, by=by, at=at)
    return len(found)


def cash_of(session: Session, staff: StaffId) -> ShiftCash:
    """What this member of staff must have in his purse."""
    newest = _newest_entries().where(
        MoneyRow.staff == staff,
        MoneyRow.state == PaymentState.PAID.value,
        MoneyRow.method == Means.CASH.value,
    )
    held = [_account(row) for row in session.scalars(newest.order_by(MoneyRow.id))]
    return ShiftCash(
        staff=staff,
        by_line=cash_in_hand(each.charge for each in held),
        charges=tuple(each.id for each in held),
    )


def carrying(staff: Select[str]) -> Select[str]:
    """Which of these members of staff carry cash now, by their pseudonyms."""
    newest = _newest_entries().where(
        MoneyRow.staff.in_(staff),
        MoneyRow.state == PaymentState.PAID.value,
        MoneyRow.method == Means.CASH.value,
    )
    return newest.with_only_columns(MoneyRow.staff).distinct().order_by(MoneyRow.staff)


def till_of(session: Session, unit: UnitCode) -> Mapping[Line, int]:
    """The cash that was handed in at a unit and has not gone on to its owners, line by line."""
    summed = _in_till(unit).with_only_columns(
        MoneyRow.line, cast(func.sum(MoneyRow.amount_dong), BigInteger)
    )
    return {Line(line): dong for line, dong in session.execute(summed.group_by(MoneyRow.line))}


def in_till(session: Session, unit: UnitCode, line: Line, *, most: int) -> list[Account]:
    """The charges whose cash that is, on one line, the oldest first."""
    rows = session.scalars(
        _in_till(unit).where(MoneyRow.line == line.value).order_by(MoneyRow.id).limit(most)
    )
    return [_account(row) for row in rows]


def _in_till(unit: UnitCode) -> Select[MoneyRow]:
    return _newest_entries().where(
        MoneyRow.unit == unit,
        MoneyRow.state == PaymentState.HANDED_IN.value,
        MoneyRow.method == Means.CASH.value,
    )


def hand_in(
    session: Session, staff: StaffId, counted: Mapping[Line, int], *, by: Actor, at: datetime
) -> ShiftCash:
    """Take a member of staff's cash at the end of his shift, counted line by line.

    `by` is the cashier of his unit. Raises RoleNeeded, UnknownStaff for anybody else's staff,
    TakesFromHimself, NothingToHandIn, or CashDiffers when any line's count is not what was taken on it: a surplus of one line never fills another.
    """
    by.need(*CASHIERS)
    if by.staff == staff:
        raise TakesFromHimself
    refuse_unless_under(session, staff, by)
    # Two cashiers do not take the same purse: the second finds it empty.
    session.execute(select(StaffRow.id).filter_by(id=staff).with_for_update())
    held = cash_of(session, staff)
    if not held.charges:
        raise NothingToHandIn
    for line in Line:
        found, wanted = counted.get(line, 0), held.by_line.get(line, 0)
        if found != wanted:
            raise CashDiffers(line=line.value, counted=found, taken=wanted)
    for charge_id in held.charges:
        found_account = account(session, charge_id)
        _follow(session, found_account, found_account.charge.hand_in(), staff, by=by, at=at)
    return held


def refuse_unless_under(session: Session, staff: StaffId, by: Actor) -> None:
    """Raises UnknownStaff unless `by` is cashier over a unit this person works in.

    Whoever was dismissed still owes what he carries, so he is found too.
    """
    paths = session.scalars(
        select(UnitRow.path)
        .join(RoleRow, RoleRow.unit == UnitRow.code)
        .where(RoleRow.staff == staff)
    )
    if not any(by.may(*CASHIERS, path=path) for path in paths):
        raise directory.UnknownStaff(staff=staff)


def account(session: Session, charge: ChargeId) -> Account:
    """One charge as it stands. Raises UnknownCharge."""
    row = session.scalar(
        select(MoneyRow).filter_by(charge=charge).order_by(MoneyRow.id.desc()).limit(1)
    )
    if row is None:
        raise UnknownCharge(charge=charge[:40])
    return _account(row)


def accounts(session: Session, dossier: DossierId) -> list[Account]:
    """The charges of a dossier as they stand, oldest first."""
    rows = session.scalars(_newest_entries().where(MoneyRow.dossier == dossier))
    return sorted((_account(row) for row in rows), key=lambda each: each.id)


def owed(session: Session, asked: Iterable[DossierId]) -> dict[DossierId, tuple[Account, ...]]:
    """The charges that are still to be paid for each of these dossiers, the oldest first.

    Dossiers that owe nothing are left out.
    """
    rows = session.scalars(
        _newest_entries()
        .where(
            MoneyRow.dossier.in_(set(asked)),
            MoneyRow.state == PaymentState.DUE.value,
            MoneyRow.amount_dong > 0,
        )
        .order_by(MoneyRow.id)
    )
    found: dict[DossierId, tuple[Account, ...]] = {}
    for each in map(_account, rows):
        found[each.dossier] = (*found.get(each.dossier, ()), each)
    return found


def due_dong(session: Session, asked: Iterable[DossierId]) -> dict[DossierId, int]:
    """What is still to be paid for each of these dossiers; those that owe nothing are left out."""
    return {
        dossier: sum(each.charge.amount_dong for each in found)
        for dossier, found in owed(session, asked).items()
    }


def _newest_entries() -> Select[MoneyRow]:
    # An index on the charge makes the newest entry of each a short look.
    later = MoneyRow.__table__.alias("later")
    is_newest = (
        ~select(later.c.id)
        .where(later.c.charge == MoneyRow.charge, later.c.id > MoneyRow.id)
        .exists()
    )
    return select(MoneyRow).where(is_newest)


def _follow(
    session: Session, found: Account, charge: Charge, reference: str, *, by: Actor, at: datetime
) -> Account:
    row = dossiers.row_of(session, found.dossier)
    _enter(session, found.id, row, charge, reference=reference, by=by, at=at)
    return account(session, found.id)


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
    states = {each.charge.state for each in charges}
    if PaymentState.DUE in states:
        return Money.DUE
    if states & {PaymentState.PAID, PaymentState.HANDED_IN, PaymentState.REMITTED}:
        return Money.PAID
    return Money.EXEMPT if PaymentState.EXEMPT in states else Money.NONE


def _account(row: MoneyRow) -> Account:
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
