"""Items that go nowhere until people have looked: frozen by an exception, or fetched after their citizen withdrew.

Reading only. A case stands here wherever its item lies, in a courier's bag too, and for every unit above.
"""

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Row, Table, or_, select, union_all
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.acts import Leg
from postal_service.domain.custody import ENDED, FREEZING, Standing, State, Trouble
from postal_service.domain.standing import Administrative
from postal_service.projections import holdings
from postal_service.services import directory, overview
from postal_service.services.overview import Names
from postal_service.storage.schema import DossierRow, HoldingRow, ItemRow

MOST = 50
_HOLDINGS = cast("Table", HoldingRow.__table__)  # rows as they are: a fold writes past objects
_OVER = sorted({*ENDED, State.WITH_AGENCY})


@dataclass(frozen=True, kw_only=True)
class Case:
    """One item, and the dossier it belongs to; "" for a bag."""

    standing: Standing
    dossier_code: str
    fetched_in_vain: bool  # its citizen had withdrawn; it goes back to him


@dataclass(frozen=True, kw_only=True)
class Cases:
    """The oldest cases first, MOST at once; `cut` says that there are more."""

    cases: tuple[Case, ...]
    names: Names
    cut: bool


def open_ones(session: Session, *, by: Actor) -> Cases:
    """What waits for people at this person's unit, and under it if he oversees it."""
    # Each half by an index of its own: what is over lies at desks for ever, and is not read.
    frozen = select(HoldingRow.item).where(
        HoldingRow.troubles > "",
        or_(*(HoldingRow.troubles.contains(each.value) for each in sorted(FREEZING))),
    )
    in_vain = (
        select(HoldingRow.item)
        .join(ItemRow, ItemRow.item == HoldingRow.item)
        .join(DossierRow, DossierRow.id == ItemRow.dossier)
        .where(
            DossierRow.administrative == Administrative.WITHDRAWN.value,
            ItemRow.leg == Leg.IN.value,
            HoldingRow.state.not_in(_OVER),
            HoldingRow.troubles.not_like(f"%{Trouble.CANCELLED.value}%"),
        )
    )
    rows = session.execute(
        select(_HOLDINGS, DossierRow.code, DossierRow.administrative)
        .outerjoin(ItemRow, ItemRow.item == HoldingRow.item)
        .outerjoin(DossierRow, DossierRow.id == ItemRow.dossier)
        .where(
            HoldingRow.item.in_(union_all(frozen, in_vain)),
            HoldingRow.holder_unit.in_(directory.watched(by)),
        )
        .order_by(HoldingRow.since_ms, HoldingRow.item)
        .limit(MOST + 1)
    ).all()
    cases = tuple(_case(row) for row in rows[:MOST])
    return Cases(
        cases=cases,
        names=overview.names(session, (), [each.standing for each in cases]),
        cut=len(rows) > MOST,
    )


def is_fetched_in_vain(standing: Standing, administrative: Administrative) -> bool:
    """Whether its citizen had withdrawn before the courier came, and nobody has told its ledger."""
    return (
        administrative is Administrative.WITHDRAWN
        and standing.leg is Leg.IN
        and standing.state not in _OVER
        and not standing.withdrawn
    )


def _case(row: Row[Any]) -> Case:
    standing = holdings.standing_of(row)
    state = row.administrative
    return Case(
        standing=standing,
        dossier_code=row.code or "",
        fetched_in_vain=bool(state) and is_fetched_in_vain(standing, Administrative(state)),
    )
