"""Cash from hand to hand: who took it answers for it until a cashier of his unit has counted it, line by line."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Select, cast, func, select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.domain.money import Line, Means, PaymentState, cash_in_hand
from postal_service.domain.refusals import RuleBroken
from postal_service.services import charges, directory
from postal_service.services.charges import ChargeId
from postal_service.storage.schema import MoneyRow, RoleRow, StaffRow, UnitRow

CASHIERS = (Role.POSTAL_CLERK, Role.MANAGER)


class CashDiffers(RuleBroken):
    """What was counted is not what was taken; nothing is handed in before the difference is found."""

    code = "charge.cash_differs"


class NothingToHandIn(RuleBroken):
    code = "charge.nothing_to_hand_in"


class TakesFromHimself(RuleBroken):
    """Cash is handed in to somebody else."""

    code = "charge.takes_from_himself"


@dataclass(frozen=True, kw_only=True)
class ShiftCash:
    """The cash a member of staff has taken and not handed in, line by line."""

    staff: StaffId
    by_line: Mapping[Line, int]
    charges: tuple[ChargeId, ...]


def of(session: Session, staff: StaffId, among: Collection[ChargeId] | None = None) -> ShiftCash:
    """What this member of staff must have in his purse; of these charges alone where they are named."""
    newest = charges.newest_entries().where(
        MoneyRow.staff == staff,
        MoneyRow.state == PaymentState.PAID.value,
        MoneyRow.method == Means.CASH.value,
    )
    if among is not None:
        newest = newest.where(MoneyRow.charge.in_(among))
    held = [charges.as_account(row) for row in session.scalars(newest.order_by(MoneyRow.id))]
    return ShiftCash(
        staff=staff,
        by_line=cash_in_hand(each.charge for each in held),
        charges=tuple(each.id for each in held),
    )


def carrying(staff: Select[str]) -> Select[str]:
    """Which of these members of staff carry cash now, by their pseudonyms."""
    newest = charges.newest_entries().where(
        MoneyRow.staff.in_(staff),
        MoneyRow.state == PaymentState.PAID.value,
        MoneyRow.method == Means.CASH.value,
    )
    return newest.with_only_columns(MoneyRow.staff).distinct().order_by(MoneyRow.staff)


def till_of(session: Session, unit: UnitCode) -> Mapping[Line, int]:
    """The cash that was handed in at a unit and has not gone on to its owners, line by line."""
    summed = in_till(unit).with_only_columns(
        MoneyRow.line, cast(func.sum(MoneyRow.amount_dong), BigInteger)
    )
    return {Line(line): dong for line, dong in session.execute(summed.group_by(MoneyRow.line))}


def in_till(unit: UnitCode) -> Select[MoneyRow]:
    """The entries by which cash lies in a unit's till, to be narrowed down."""
    return charges.newest_entries().where(
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
    found = of(session, staff).charges
    charges.lock(session, found)
    held = of(session, staff, found)  # read after the lock: some may have been given back meanwhile
    if not held.charges:
        raise NothingToHandIn
    for line in Line:
        there, wanted = counted.get(line, 0), held.by_line.get(line, 0)
        if there != wanted:
            raise CashDiffers(line=line.value, counted=there, taken=wanted)
    for charge_id in held.charges:
        found_account = charges.account(session, charge_id)
        charges.follow(session, found_account, found_account.charge.hand_in(), staff, by=by, at=at)
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
