"""What follows when phones' events have arrived: lines of the dossier that custody alone moves on.

It looks at what is true after the arrival, not at single events, so that it does not matter which
phone was first. Every step is taken once.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.acts import Leg
from postal_service.domain.custody import Standing, State
from postal_service.domain.event import Event
from postal_service.domain.ids import ItemId
from postal_service.domain.standing import Administrative
from postal_service.projections import holdings
from postal_service.storage.schema import DossierRow, ItemRow, PickupRow, StepRow

REGISTERED, COLLECTED = "registered", "collected"


def after_arrival(session: Session, recorded: Sequence[Event], *, at: datetime) -> None:
    """Move on what rests on custody: a pick-up is collected, a delivered result is returned."""
    moved = {event.item for event in recorded if event.moves_custody}
    if not moved:
        return
    standings = holdings.standings(session, moved)
    collected = [each for each in standings.values() if each.leg in {Leg.IN, Leg.SUP}]
    delivered = [
        each for each in standings.values() if each.leg is Leg.OUT and each.state is State.DELIVERED
    ]
    if collected:
        _note_collected(session, collected)
    if delivered:
        _note_returned(session, delivered, at)


def _note_collected(session: Session, collected: Iterable[Standing]) -> None:
    rows = session.scalars(
        select(PickupRow)
        .join(ItemRow, ItemRow.dossier == PickupRow.dossier)
        .where(ItemRow.item.in_([each.item for each in collected]), PickupRow.state == REGISTERED)
    )
    for row in rows:
        row.state = COLLECTED


def _note_returned(session: Session, delivered: Iterable[Standing], at: datetime) -> None:
    since_ms = {each.item: each.since_ms for each in delivered}
    rows = session.execute(
        select(DossierRow, ItemRow.item)
        .join(ItemRow, ItemRow.dossier == DossierRow.id)
        .where(
            ItemRow.item.in_(list(since_ms)),
            DossierRow.administrative != Administrative.RETURNED.value,
        )
    )
    for dossier, item in rows:
        claimed = datetime.fromtimestamp(since_ms[ItemId(item)] / 1000, UTC)
        dossier.administrative = Administrative.RETURNED.value
        session.add(
            StepRow(
                dossier=dossier.id,
                kind=Administrative.RETURNED.value,
                at=min(claimed, at),  # a phone whose clock runs ahead returns nothing tomorrow
                recorded_at=at,
                staff="",
                unit=dossier.competent_unit,
                why=item,
                due_at=dossier.due_at,
            )
        )
