"""The tours of rounds: when a courier leaves the office and stands there again, in their order."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.ids import RoundId
from postal_service.storage.schema import RoundTourRow


@dataclass(frozen=True, kw_only=True)
class Tour:
    """Out of the office loaded, and back. The first of a round is number 1."""

    number: int
    leaves_at: datetime
    returns_at: datetime


def of_rounds(session: Session, rounds: Collection[RoundId]) -> dict[RoundId, tuple[Tour, ...]]:
    """The tours of each of these rounds."""
    found: dict[RoundId, list[Tour]] = {each: [] for each in rounds}
    for row in session.scalars(
        select(RoundTourRow)
        .where(RoundTourRow.round.in_(list(rounds)))
        .order_by(RoundTourRow.round, RoundTourRow.tour)
    ):
        tour = Tour(number=row.tour, leaves_at=row.leaves_at, returns_at=row.returns_at)
        found[RoundId(row.round)].append(tour)
    return {each: tuple(tours) for each, tours in found.items()}
