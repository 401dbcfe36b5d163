"""Who of a cashier's staff carries cash, how much on which line, and what he has handed in. Reading only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.ids import DossierId, StaffId
from postal_service.domain.money import Line, Means, PaymentState
from postal_service.services import cash, charges, directory
from postal_service.services.cash import CASHIERS
from postal_service.services.charges import Account
from postal_service.storage.schema import DossierRow, MoneyRow, RoleRow, UnitRow

LISTED_STAFF = 200  # of one answer
LISTED = 50  # of one answer
COUNTINGS = 3


@dataclass(frozen=True, kw_only=True)
class Taken:
    """One charge that somebody took in cash."""

    dossier: DossierId
    dossier_code: str
    account: Account


@dataclass(frozen=True, kw_only=True)
class Purse:
    """What a member of staff must have in his purse, and where it came from, oldest first."""

    staff: StaffId
    name: str
    by_line: Mapping[Line, int]
    taken: tuple[Taken, ...]

    @property
    def total_dong(self) -> int:
        return sum(self.by_line.values())

    @property
    def since(self) -> datetime | None:
        """When the oldest of it was taken."""
        return min((each.account.since for each in self.taken), default=None)


@dataclass(frozen=True, kw_only=True)
class HandedIn:
    """One charge that reached a cashier."""

    entry: int  # the list goes on before it
    dossier_code: str
    line: Line
    amount_dong: int
    at: datetime
    cashier: StaffId
    taken_at: datetime | None  # when the citizen paid


@dataclass(frozen=True, kw_only=True)
class HandIn:
    """What reached a cashier in one counting."""

    at: datetime
    cashier: StaffId
    by_line: Mapping[Line, int]
    charges: tuple[HandedIn, ...]

    @property
    def total_dong(self) -> int:
        return sum(self.by_line.values())


@dataclass(frozen=True, kw_only=True)
class LineCount:
    """What was counted on one line beside what was taken on it."""

    line: Line
    counted_dong: int
    taken_dong: int

    @property
    def difference_dong(self) -> int:
        """Above zero: too much. Below: too little."""
        return self.counted_dong - self.taken_dong


def purses(session: Session, *, by: Actor, after: str = "") -> tuple[list[Purse], str]:
    """The staff under this cashier who carry cash, and after whom the list goes on, "" at its end.

    LISTED_STAFF at a time by their pseudonyms, of these whoever carries it longest first. Raises RoleNeeded.
    """
    by.need(*CASHIERS)
    scopes = [grant.path for grant in by.grants if grant.role in CASHIERS]
    under = (
        select(RoleRow.staff)
        .join(UnitRow, UnitRow.code == RoleRow.unit)
        .where(or_(*(UnitRow.path.startswith(scope, autoescape=True) for scope in scopes)))
    )
    carrying = session.scalars(
        cash.carrying(under).where(MoneyRow.staff > after).limit(LISTED_STAFF)
    ).all()
    full = _purses(session, [StaffId(staff) for staff in carrying])
    following = carrying[-1] if len(carrying) == LISTED_STAFF else ""
    return sorted(full, key=lambda each: (each.taken[0].account.since, each.staff)), following


def purse(session: Session, staff: StaffId, *, by: Actor) -> Purse:
    """One of them, empty or not. Raises RoleNeeded, or UnknownStaff for anybody else's staff."""
    by.need(*CASHIERS)
    cash.refuse_unless_under(session, staff, by)
    return _purses(session, [staff])[0]


def compare(taken: Mapping[Line, int], counted: Mapping[Line, int]) -> Sequence[LineCount]:
    """Every line beside its count; a line with neither is left out."""
    lines = [
        LineCount(line=line, counted_dong=counted.get(line, 0), taken_dong=taken.get(line, 0))
        for line in Line
    ]
    return [each for each in lines if each.counted_dong or each.taken_dong]


def handed_in(
    session: Session, staff: StaffId, *, by: Actor, before: int = 0
) -> tuple[list[HandedIn], int]:
    """What this member of staff handed in at the cashier's unit, the newest first; where it goes on, 0 at its end.

    LISTED at a time. Raises RoleNeeded or UnknownStaff.
    """
    by.need(*CASHIERS)
    cash.refuse_unless_under(session, staff, by)
    asked = _handed_in(staff, by)
    if before:
        asked = asked.where(MoneyRow.id < before)
    found = _entries(session, asked.order_by(MoneyRow.id.desc()).limit(LISTED))
    return found, found[-1].entry if len(found) == LISTED else 0


def hand_ins(session: Session, staff: StaffId, *, by: Actor) -> list[HandIn]:
    """The last countings of this member of staff at the cashier's unit, whole, the newest first.

    Raises RoleNeeded or UnknownStaff.
    """
    by.need(*CASHIERS)
    cash.refuse_unless_under(session, staff, by)
    moments = session.scalars(
        _handed_in(staff, by)
        .with_only_columns(MoneyRow.at)
        .distinct()
        .order_by(MoneyRow.at.desc())
        .limit(COUNTINGS)
    ).all()
    asked = _handed_in(staff, by).where(MoneyRow.at.in_(moments)).order_by(MoneyRow.id)
    found = _entries(session, asked)
    return [_hand_in([each for each in found if each.at == at]) for at in moments]


def _hand_in(entries: Sequence[HandedIn]) -> HandIn:
    by_line: dict[Line, int] = {}
    for each in entries:
        by_line[each.line] = by_line.get(each.line, 0) + each.amount_dong
    return HandIn(
        at=entries[0].at, cashier=entries[0].cashier, by_line=by_line, charges=tuple(entries)
    )


def _handed_in(staff: StaffId, by: Actor) -> Select[MoneyRow, str]:
    return (
        select(MoneyRow, DossierRow.code)
        .join(DossierRow, DossierRow.id == MoneyRow.dossier)
        .where(
            MoneyRow.unit == by.unit,
            MoneyRow.state == PaymentState.HANDED_IN.value,
            MoneyRow.method == Means.CASH.value,
            MoneyRow.reference == staff,
        )
    )


def _entries(session: Session, asked: Select[MoneyRow, str]) -> list[HandedIn]:
    rows = session.execute(asked).all()
    taken_at = _taken_at(session, [row.charge for row, _ in rows])
    return [
        HandedIn(
            entry=row.id,
            dossier_code=code,
            line=Line(row.line),
            amount_dong=row.amount_dong,
            at=row.at,
            cashier=StaffId(row.staff),
            taken_at=taken_at.get(row.charge),
        )
        for row, code in rows
    ]


def _taken_at(session: Session, asked: Sequence[str]) -> Mapping[str, datetime]:
    """When each of these charges was paid."""
    rows = session.execute(
        select(MoneyRow.charge, MoneyRow.at).where(
            MoneyRow.charge.in_(asked), MoneyRow.state == PaymentState.PAID.value
        )
    )
    return {charge: at for charge, at in rows}  # noqa: C416 - a row is no pair to the type checker


def _purses(session: Session, asked: Iterable[StaffId]) -> list[Purse]:
    wanted = list(asked)
    names = directory.names(session, wanted)
    made: list[Purse] = []
    for staff in wanted:
        held = cash.of(session, staff)
        accounts = [charges.account(session, charge) for charge in held.charges]
        codes = _codes(session, {each.dossier for each in accounts})
        made.append(
            Purse(
                staff=staff,
                name=names.get(staff, staff),
                by_line=held.by_line,
                taken=tuple(
                    Taken(dossier=each.dossier, dossier_code=codes[each.dossier], account=each)
                    for each in accounts
                ),
            )
        )
    return made


def _codes(session: Session, asked: Iterable[DossierId]) -> dict[DossierId, str]:
    rows = session.execute(
        select(DossierRow.id, DossierRow.code).where(DossierRow.id.in_(list(asked)))
    )
    return {DossierId(key): code for key, code in rows}
