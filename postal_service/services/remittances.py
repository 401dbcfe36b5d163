"""The state's fees that the post took for an agency in some days: what they are, and that they reached the agency.

A fee is listed by the day on which it was paid, at the unit whose staff took it; what was given back is
not listed. Only cash that a cashier has counted goes on from here: a transfer went to the agency's own account.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import BigInteger, Row, Select, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from postal_service.domain.actors import Actor, Role
from postal_service.domain.ids import DossierId, UnitCode
from postal_service.domain.money import Line, Means, PaymentState
from postal_service.domain.procedures import NoFee, ProcedureVersion
from postal_service.domain.refusals import OutOfDate, RuleBroken
from postal_service.domain.standing import Channel
from postal_service.domain.wording_dates import local
from postal_service.services import cash, charges, procedures
from postal_service.services.charges import ChargeId
from postal_service.services.procedures import VersionId, fee_channel
from postal_service.storage.schema import DossierRow, MoneyRow, ProcedureRow, UnitRow

SEEING: Final = (Role.POSTAL_CLERK, Role.MANAGER, Role.AUDITOR)
REMITTING: Final = (Role.MANAGER,)
PAGE: Final = 200
MOST_PRINTED: Final = 2_000  # fees on one paper
MOST_AT_ONCE: Final = 500  # fees of one remittance
MOST_AGENCIES: Final = 1_000
LATEST: Final = 2**63 - 1  # every entry there is


class TooManyFees(RuleBroken):
    """More than one paper holds; fewer days have fewer."""

    code = "remittance.too_many"


class NothingToRemit(RuleBroken):
    """No cash of this list lies in the till."""

    code = "remittance.nothing"


class TillChanged(OutOfDate):
    """What the person was shown does not lie in the till any more."""

    code = "remittance.till_changed"


class FeesGoByAgency(RuleBroken):
    """The state's fees have as many owners as there are agencies."""

    code = "remittance.fees_by_agency"


@dataclass(frozen=True, kw_only=True)
class Days:
    """From an instant up to another one that is no more of them."""

    since: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True)
class OfAgency:
    """What was taken for one agency."""

    agency: UnitCode
    name: str
    count: int
    dong: int
    in_till_dong: int  # counted by a cashier, not remitted
    remitted_dong: int

    @property
    def elsewhere_dong(self) -> int:
        """Still with whoever took it, or transferred to a bank."""
        return self.dong - self.in_till_dong - self.remitted_dong


@dataclass(frozen=True, kw_only=True)
class Fee:
    """One fee: what for, who set it, how it was paid and how far it has come."""

    entry: int  # of the payment; lists go on after it
    charge: ChargeId
    dossier: DossierId
    dossier_code: str
    procedure_code: str
    procedure_name: str
    source: str
    amount_dong: int
    means: Means
    state: PaymentState
    paid_at: datetime


@dataclass(frozen=True, kw_only=True)
class Remittance:
    """What one step tells as handed on."""

    charges: tuple[ChargeId, ...]
    dong: int
    through: int  # the newest of their entries
    leaves_some: bool  # more lies there than one step takes

    @property
    def mark(self) -> str:
        """By which just these charges are found again; no charge changes its amount."""
        return f"{self.through}-{sha256(' '.join(self.charges).encode()).hexdigest()[:32]}"


def agencies(session: Session, days: Days, *, by: Actor) -> list[OfAgency]:
    """The agencies for which fees were paid in these days under this person, by name. Raises RoleNeeded."""
    by.need(*SEEING)
    newest = aliased(MoneyRow)
    in_till = and_(newest.state == PaymentState.HANDED_IN.value, newest.method == Means.CASH.value)
    remitted = newest.state == PaymentState.REMITTED.value
    rows = session.execute(
        _paid(days, by, newest)
        .join(UnitRow, UnitRow.code == DossierRow.competent_unit)
        .with_only_columns(
            UnitRow.code,
            UnitRow.name,
            func.count().label("fees"),
            _sum(MoneyRow.amount_dong).label("dong"),
            _sum(case((in_till, MoneyRow.amount_dong), else_=0)).label("in_till"),
            _sum(case((remitted, MoneyRow.amount_dong), else_=0)).label("remitted"),
        )
        .group_by(UnitRow.code, UnitRow.name, UnitRow.search_name)
        .order_by(UnitRow.search_name, UnitRow.code)
        .limit(MOST_AGENCIES)
    )
    return [
        OfAgency(
            agency=UnitCode(row.code),
            name=row.name,
            count=row.fees,
            dong=row.dong,
            in_till_dong=row.in_till,
            remitted_dong=row.remitted,
        )
        for row in rows
    ]


def fees(
    session: Session, agency: UnitCode, days: Days, *, by: Actor, after: int = 0, most: int = PAGE
) -> tuple[list[Fee], int]:
    """The fees of an agency in the order of their payment, and where they go on, 0 at their end.

    Raises RoleNeeded.
    """
    by.need(*SEEING)
    newest = aliased(MoneyRow)
    rows = session.execute(
        _paid(days, by, newest)
        .join(ProcedureRow, ProcedureRow.id == DossierRow.procedure)
        .where(DossierRow.competent_unit == agency, MoneyRow.id > after)
        .with_only_columns(MoneyRow, newest.state, DossierRow, ProcedureRow.code, ProcedureRow.name)
        .order_by(MoneyRow.id)
        .limit(most)
    ).all()
    bases = _bases(session, [row[0].charge for row in rows])
    known = _Sources(session)
    found = [
        Fee(
            entry=paid.id,
            charge=ChargeId(paid.charge),
            dossier=DossierId(dossier.id),
            dossier_code=dossier.code,
            procedure_code=code,
            procedure_name=name,
            source=bases.get(paid.charge) or known.of(dossier),
            amount_dong=paid.amount_dong,
            means=Means(paid.method),
            state=PaymentState(state),
            paid_at=paid.at,
        )
        for paid, state, dossier, code, name in rows
    ]
    return found, found[-1].entry if len(found) == most else 0


def whole(session: Session, agency: UnitCode, days: Days, *, by: Actor) -> list[Fee]:
    """All of them, for a paper. Raises RoleNeeded or TooManyFees."""
    found, _ = fees(session, agency, days, by=by, most=MOST_PRINTED + 1)
    if len(found) > MOST_PRINTED:
        raise TooManyFees(most=MOST_PRINTED)
    return found


def fees_to_remit(
    session: Session, agency: UnitCode, days: Days, *, by: Actor, through: int = LATEST
) -> Remittance:
    """The fees that one step tells, of those counted up to the entry `through`. Raises RoleNeeded."""
    by.need(*REMITTING)
    newest = aliased(MoneyRow)
    rows = session.execute(
        _paid(days, by, newest, roles=REMITTING)
        .where(
            DossierRow.competent_unit == agency,
            newest.state == PaymentState.HANDED_IN.value,
            newest.method == Means.CASH.value,
            newest.id <= through,
        )
        .with_only_columns(newest.id, MoneyRow.charge, MoneyRow.amount_dong)
        .order_by(MoneyRow.id)
        .limit(MOST_AT_ONCE + 1)
    )
    return _remittance(rows)


def remit(
    session: Session,
    agency: UnitCode,
    days: Days,
    *,
    shown: str,
    reference: str,
    by: Actor,
    at: datetime,
) -> tuple[int, int]:
    """Tell that the counted cash of this list has reached the agency: how many fees, and how much.

    `shown` is the mark of what the person was shown: just that is told, whatever was counted since.
    MOST_AT_ONCE at a time, the oldest first. Raises RoleNeeded, NothingToRemit, TillChanged or
    BadReference.
    """

    def asked() -> Remittance:
        return fees_to_remit(session, agency, days, by=by, through=_through(shown))

    if not fees_to_remit(session, agency, days, by=by).charges:
        raise NothingToRemit(unit=agency[:40])
    return _tell(session, asked, shown, reference, by=by, at=at)


def till_to_empty(session: Session, line: Line, *, by: Actor, through: int = LATEST) -> Remittance:
    """What one step tells of a line, of that counted up to the entry `through`.

    Raises RoleNeeded or FeesGoByAgency.
    """
    by.need(*REMITTING)
    if line is Line.STATE_FEE:
        raise FeesGoByAgency
    rows = session.execute(
        cash.in_till(by.unit)
        .where(MoneyRow.line == line.value, MoneyRow.id <= through)
        .with_only_columns(MoneyRow.id, MoneyRow.charge, MoneyRow.amount_dong)
        .order_by(MoneyRow.id)
        .limit(MOST_AT_ONCE + 1)
    )
    return _remittance(rows)


def empty_till(
    session: Session, line: Line, *, shown: str, reference: str, by: Actor, at: datetime
) -> tuple[int, int]:
    """Tell that the till's postage, or what was collected for others, has reached its owner: how many, how much.

    As `remit` does; the state's fees go agency by agency. Raises FeesGoByAgency, and what it raises.
    """

    def asked() -> Remittance:
        return till_to_empty(session, line, by=by, through=_through(shown))

    if not till_to_empty(session, line, by=by).charges:
        raise NothingToRemit(unit=by.unit)
    return _tell(session, asked, shown, reference, by=by, at=at)


def _tell(
    session: Session,
    asked: Callable[[], Remittance],
    shown: str,
    reference: str,
    *,
    by: Actor,
    at: datetime,
) -> tuple[int, int]:
    charges.lock(session, asked().charges)
    found = asked()  # read after the lock: another manager may have told it meanwhile
    if found.mark != shown:
        raise TillChanged
    count = charges.remit(session, found.charges, reference=reference, by=by, at=at)
    return count, found.dong


def _through(shown: str) -> int:
    """The newest entry of what was shown; 0 where nothing was."""
    written = shown.partition("-")[0]
    return int(written) if written.isascii() and written.isdigit() and len(written) < 19 else 0


def _remittance(rows: Iterable[Row[int, str, int]]) -> Remittance:
    """Of the newest entry, the charge and its amount."""
    found = list(rows)
    taken = found[:MOST_AT_ONCE]
    return Remittance(
        charges=tuple(ChargeId(charge) for _, charge, _ in taken),
        dong=sum(dong for _, _, dong in taken),
        through=max((entry for entry, _, _ in taken), default=0),
        leaves_some=len(found) > len(taken),
    )


def _paid(
    days: Days, by: Actor, newest: type[MoneyRow], *, roles: Sequence[Role] = SEEING
) -> Select[Any]:
    """Payments of fees in these days under this person, each with the newest entry of its charge."""
    scopes = {grant.path for grant in by.grants if grant.role in roles}
    under = select(UnitRow.code).where(
        or_(*(UnitRow.path.startswith(scope, autoescape=True) for scope in sorted(scopes)))
    )
    later = aliased(MoneyRow)
    is_newest = (
        ~select(later.id).where(later.charge == newest.charge, later.id > newest.id).exists()
    )
    return (
        select(MoneyRow)
        .join(newest, and_(newest.charge == MoneyRow.charge, is_newest))
        .join(DossierRow, DossierRow.id == MoneyRow.dossier)
        .where(
            MoneyRow.line == Line.STATE_FEE.value,
            MoneyRow.state == PaymentState.PAID.value,
            MoneyRow.at >= days.since,
            MoneyRow.at < days.until,
            MoneyRow.amount_dong > 0,
            MoneyRow.unit.in_(under),
            newest.state != PaymentState.REFUNDED.value,
        )
    )


def _sum(of: Any) -> Any:  # noqa: ANN401 - a column or an expression of the database
    # PostgreSQL sums whole numbers to a decimal.
    return cast(func.sum(of), BigInteger)


def _bases(session: Session, asked: Sequence[str]) -> dict[str, str]:
    """Which decision set a fee, where whoever entered it had to say so."""
    rows = session.execute(
        select(MoneyRow.charge, MoneyRow.reference).where(
            MoneyRow.charge.in_(asked), MoneyRow.state == PaymentState.DUE.value
        )
    )
    return {charge: basis for charge, basis in rows if basis}


class _Sources:
    """Where the catalogue has a fee from; each version is read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._versions: dict[int, ProcedureVersion] = {}

    def of(self, dossier: DossierRow) -> str:
        """Empty where the catalogue has no fee for the dossier's channel and day."""
        if dossier.procedure not in self._versions:
            version = procedures.version(self._session, VersionId(dossier.procedure))
            self._versions[dossier.procedure] = version
        version = self._versions[dossier.procedure]
        day = local(dossier.received_at or dossier.posted_at or dossier.made_at).date()
        try:
            return version.fee_on(fee_channel(Channel(dossier.channel)), day).source
        except NoFee:
            return ""
