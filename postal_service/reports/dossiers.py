"""How many dossiers came, how many were settled in time, and how many of them the post carried.

A dossier is counted where it was taken from the citizen: at the office that helped, else at the desk that
received. It is counted once, whatever the channel.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import ColumnElement, Integer, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import Label

from postal_service.domain.standing import Administrative, Channel
from postal_service.reports.adding import share
from postal_service.reports.period import Period
from postal_service.reports.subtree import Subtree
from postal_service.storage.schema import DossierRow, ProcedureRow

MOST_PROCEDURES = 1_000


@dataclass(frozen=True, kw_only=True)
class Dossiers:
    """Counts of dossiers in a period.

    The national formula of on-time settling (Decision 766/QĐ-TTg, group "progress and result") has what
    was settled in the period, and what is overdue and still open at its end, for its denominator; what
    was received is none of it. A day on which the clock stands still is no day of delay: a dossier
    that waits for the citizen or for a tax is not overdue.
    """

    received: int = 0  # legally, in the period
    received_by_post: int = (
        0  # of these: filed by post, or papers taken in by a post office or courier
    )
    settled: int = 0  # in the period: resolved, refused or discontinued
    settled_home: int = 0  # of these: the result is carried home
    on_time: int = 0  # settled in the period, not after the date promised
    late: int = 0  # settled in the period, after it
    overdue: int = 0  # open at the end of the period (or now), past its date, the clock running

    @property
    def with_a_date(self) -> int:
        """The denominator of the on-time share."""
        return self.on_time + self.late + self.overdue

    @property
    def on_time_share(self) -> Fraction | None:
        return share(self.on_time, self.with_a_date)

    @property
    def in_by_post_share(self) -> Fraction | None:
        """How much of what was received the post had carried in: of `received`."""
        return share(self.received_by_post, self.received)

    @property
    def out_by_post_share(self) -> Fraction | None:
        """How many results the post carries home: of `settled`."""
        return share(self.settled_home, self.settled)


@dataclass(frozen=True, kw_only=True)
class OfProcedure:
    """The dossiers of one procedure; `tier` is the level that settles it: province, district, commune."""

    tier: str
    code: str
    name: str
    dossiers: Dossiers


def by_unit(
    session: Session, area: Subtree, period: Period, *, at: datetime
) -> Mapping[str, Dossiers]:
    """Dossiers by the unit that took them in."""
    rows = session.execute(
        select(_TAKEN_IN.label("unit"), *_counts(period, at))
        .where(_concerned(period, at), _TAKEN_IN.in_(area.units))
        .group_by(_TAKEN_IN)
    )
    return {row.unit: _dossiers(row) for row in rows}


def by_procedure(
    session: Session, area: Subtree, period: Period, *, at: datetime
) -> tuple[OfProcedure, ...]:
    """Dossiers by tier and procedure, whatever version of it; MOST_PROCEDURES at most."""
    rows = session.execute(
        select(
            ProcedureRow.level,
            ProcedureRow.code,
            func.max(ProcedureRow.name).label("name"),
            *_counts(period, at),
        )
        .join(ProcedureRow, ProcedureRow.id == DossierRow.procedure)
        .where(_concerned(period, at), _TAKEN_IN.in_(area.units))
        .group_by(ProcedureRow.level, ProcedureRow.code)
        .order_by(ProcedureRow.level, ProcedureRow.code)
        .limit(MOST_PROCEDURES)
    )
    return tuple(
        OfProcedure(tier=row.level, code=row.code, name=row.name, dossiers=_dossiers(row))
        for row in rows
    )


_TAKEN_IN = func.coalesce(DossierRow.helped_unit, DossierRow.received_unit)


def _received(period: Period) -> ColumnElement[bool]:
    return and_(DossierRow.received_at >= period.since, DossierRow.received_at < period.until)


def _settled(period: Period) -> ColumnElement[bool]:
    return and_(DossierRow.resolved_at >= period.since, DossierRow.resolved_at < period.until)


def _overdue(period: Period, at: datetime) -> ColumnElement[bool]:
    cut = period.cut(at)
    past_date = and_(DossierRow.due_at < cut, DossierRow.received_at < cut)
    # Each alternative has an index of its own; whatever is neither is not read.
    return or_(
        and_(DossierRow.administrative == Administrative.RECEIVED.value, past_date),
        and_(DossierRow.resolved_at >= cut, past_date),
    )


def _concerned(period: Period, at: datetime) -> ColumnElement[bool]:
    return or_(_received(period), _settled(period), _overdue(period, at))


def _counts(period: Period, at: datetime) -> list[Label[int]]:
    received, settled = _received(period), _settled(period)
    by_post = or_(DossierRow.channel == Channel.POST.value, DossierRow.helped_unit.is_not(None))
    counted = {
        "received": received,
        "received_by_post": and_(received, by_post),
        "settled": settled,
        "settled_home": and_(settled, DossierRow.result_by_post),
        "on_time": and_(settled, DossierRow.resolved_at <= DossierRow.due_at),
        "late": and_(settled, DossierRow.resolved_at > DossierRow.due_at),
        "overdue": _overdue(period, at),
    }
    # PostgreSQL sums whole numbers to a decimal.
    return [
        cast(func.sum(case((meant, 1), else_=0)), Integer).label(name)
        for name, meant in counted.items()
    ]


def _dossiers(row: object) -> Dossiers:
    return Dossiers(**{name: getattr(row, name) for name in Dossiers.__dataclass_fields__})
