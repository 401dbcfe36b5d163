"""Items that go nowhere until people have looked: frozen by an exception, or fetched after their citizen withdrew.

Reading only. A case stands here wherever its item lies, in a courier's bag too, and for every unit
above. What came to its end while it was open stays one: the citizen has it and it lies in nobody's
list, but whether the broken seal was his is still to be found out, by the office that delivered it.
"""

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Row, Table, select, union_all
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.acts import Leg
from postal_service.domain.custody import ENDED, Standing, State, Trouble
from postal_service.domain.standing import Administrative
from postal_service.projections import holdings
from postal_service.services import directory, overview
from postal_service.services.overview import Names
from postal_service.storage.schema import DeviceRow, DossierRow, EntryRow, HoldingRow, ItemRow
from postal_service.storage.schema.ledger import OPEN_CASE

MOST = 50
_HOLDINGS = cast("Table", HoldingRow.__table__)  # rows as they are: a fold writes past objects


@dataclass(frozen=True, kw_only=True)
class Case:
    """One item, and the dossier it belongs to; "" for a bag."""

    standing: Standing
    dossier_code: str
    fetched_in_vain: bool  # its citizen had withdrawn; it goes back to him
    at_agency: bool = False  # brought there in vain: the desk hands it back to the post


@dataclass(frozen=True, kw_only=True)
class Cases:
    """The oldest cases first, MOST at once; `cut` says that there are more."""

    cases: tuple[Case, ...]
    names: Names
    cut: bool


def open_ones(session: Session, *, by: Actor) -> Cases:
    """What waits for people at this person's unit, and under it if he oversees it."""
    # Each half by an index of its own. What lies at a desk is read only where its citizen withdrew,
    # which he could not once it lay there: no agency waits for it, and it does not stay.
    frozen = select(HoldingRow.item).where(OPEN_CASE)
    in_vain = (
        select(HoldingRow.item)
        .join(ItemRow, ItemRow.item == HoldingRow.item)
        .join(DossierRow, DossierRow.id == ItemRow.dossier)
        .where(
            DossierRow.administrative == Administrative.WITHDRAWN.value,
            ItemRow.leg == Leg.IN.value,
            HoldingRow.troubles.not_like(f"%{Trouble.CANCELLED.value}%"),
        )
    )
    rows = session.execute(
        select(_HOLDINGS, DossierRow.code, DossierRow.administrative)
        .outerjoin(ItemRow, ItemRow.item == HoldingRow.item)
        .outerjoin(DossierRow, DossierRow.id == ItemRow.dossier)
        .where(
            HoldingRow.item.in_(union_all(frozen, in_vain)),
            HoldingRow.state.not_in(sorted(ENDED)),  # those are `ended`
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


@dataclass(frozen=True, kw_only=True)
class EndedOpen:
    """Items with an open case that nobody carries any more, a page of them; `cut` where there are more."""

    standings: tuple[Standing, ...]
    cut: bool


def ended(session: Session, *, by: Actor) -> EndedOpen:
    """Those that were brought to their end at this person's unit, and under it if he oversees it."""
    rows = session.execute(
        select(_HOLDINGS)
        .join(EntryRow, EntryRow.event_id == HoldingRow.custody_event)
        .join(DeviceRow, DeviceRow.id == EntryRow.device)
        .where(
            OPEN_CASE,
            HoldingRow.state.in_([state.value for state in ENDED]),
            DeviceRow.unit.in_(directory.watched(by)),
        )
        .order_by(HoldingRow.item)
        .limit(holdings.PAGE)
    ).all()
    standings = tuple(holdings.standing_of(row) for row in rows)
    return EndedOpen(standings=standings, cut=len(standings) >= holdings.PAGE)


def is_fetched_in_vain(standing: Standing, administrative: Administrative) -> bool:
    """Whether its citizen had withdrawn before the courier came, and nobody has told its ledger.

    A courier without a network may have brought it to the agency's desk before anybody knew.
    """
    return (
        administrative is Administrative.WITHDRAWN
        and standing.leg is Leg.IN
        and not standing.ended
        and not standing.withdrawn
    )


def _case(row: Row[Any]) -> Case:
    standing = holdings.standing_of(row)
    state = row.administrative
    in_vain = bool(state) and is_fetched_in_vain(standing, Administrative(state))
    return Case(
        standing=standing,
        dossier_code=row.code or "",
        fetched_in_vain=in_vain,
        at_agency=in_vain and standing.state is State.WITH_AGENCY,
    )
