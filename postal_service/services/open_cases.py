"""What came to its end while a case was open stays a case until two staff settle it. Reading only.

The citizen has it and nobody holds it any more, so that it lies in nobody's list; whether the broken
seal or the missing paper was his is still to be found out. Whoever delivered it must act: his office.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.custody import ENDED, Standing
from postal_service.projections import holdings
from postal_service.services.half_handovers import units_of
from postal_service.storage.schema import DeviceRow, EntryRow, HoldingRow
from postal_service.storage.schema.ledger import OPEN_CASE


@dataclass(frozen=True, kw_only=True)
class EndedOpen:
    """Items with an open case that nobody carries any more, a page of them; `cut` where there are more."""

    standings: tuple[Standing, ...]
    cut: bool


def ended(session: Session, *, by: Actor) -> EndedOpen:
    """Those that were brought to their end at this person's unit, and under it if he oversees it."""
    rows = session.execute(
        select(HoldingRow.__table__)
        .join(EntryRow, EntryRow.event_id == HoldingRow.custody_event)
        .join(DeviceRow, DeviceRow.id == EntryRow.device)
        .where(
            OPEN_CASE,
            HoldingRow.state.in_([state.value for state in ENDED]),
            DeviceRow.unit.in_(units_of(by)),
        )
        .order_by(HoldingRow.item)
        .limit(holdings.PAGE)
    ).all()
    standings = tuple(holdings.standing_of(row) for row in rows)
    return EndedOpen(standings=standings, cut=len(standings) >= holdings.PAGE)
