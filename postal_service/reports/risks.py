"""Dossiers that are late now, or will be within two days if nobody does anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, case, cast, func, select
from sqlalchemy.orm import Session

from postal_service.domain.standing import Administrative
from postal_service.reports.subtree import Subtree
from postal_service.storage.schema import DossierRow

SOON = timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class Risks:
    """Dossiers whose legal clock runs at this moment. Counted where they were taken in."""

    past_date: int = 0  # the promised date has passed
    due_soon: int = 0  # within SOON, by the calendar's clock, not by working days


def by_unit(session: Session, area: Subtree, *, at: datetime) -> Mapping[str, Risks]:
    """Open dossiers at risk by the unit that took them in."""
    taken_in = func.coalesce(DossierRow.helped_unit, DossierRow.received_unit)
    past, soon = DossierRow.due_at < at, DossierRow.due_at >= at
    rows = session.execute(
        select(
            taken_in.label("unit"),
            cast(func.sum(case((past, 1), else_=0)), Integer).label("past"),
            cast(func.sum(case((soon, 1), else_=0)), Integer).label("soon"),
        )
        .where(
            DossierRow.administrative == Administrative.RECEIVED.value,
            DossierRow.due_at <= at + SOON,
            taken_in.in_(area.units),
        )
        .group_by(taken_in)
    )
    return {row.unit: Risks(past_date=row.past, due_soon=row.soon) for row in rows}
