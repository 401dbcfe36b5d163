"""Rounds that managers published for the days of a period: how many, how far, how long."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.orm import Session

from postal_service.reports.period import Period
from postal_service.reports.subtree import Subtree
from postal_service.storage.schema import RoundRow

PUBLISHED = ("published", "acknowledged")


@dataclass(frozen=True, kw_only=True)
class Rounds:
    """As planned, not as ridden: the post does not follow its couriers. At the office that planned."""

    rounds: int = 0
    metres: int = 0
    seconds: int = 0  # on the road and at the doors

    @property
    def kilometres(self) -> Fraction:
        return Fraction(self.metres, 1000)


def by_unit(session: Session, area: Subtree, period: Period) -> Mapping[str, Rounds]:
    """Rounds by office. A revision supersedes the rounds before it, so nothing is counted twice."""
    rows = session.execute(
        select(
            RoundRow.office,
            func.count().label("rounds"),
            # PostgreSQL sums whole numbers to a decimal.
            cast(func.sum(RoundRow.metres), BigInteger).label("metres"),
            cast(func.sum(RoundRow.seconds), BigInteger).label("seconds"),
        )
        .where(
            RoundRow.office.in_(area.units),
            RoundRow.day >= period.first,
            RoundRow.day <= period.last,
            RoundRow.state.in_(PUBLISHED),
        )
        .group_by(RoundRow.office)
    )
    return {
        row.office: Rounds(rounds=row.rounds, metres=row.metres, seconds=row.seconds)
        for row in rows
    }
