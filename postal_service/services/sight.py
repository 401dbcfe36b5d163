"""Who may see an item. Somebody else's item and one that does not exist answer alike, everywhere."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.custody import Standing
from postal_service.domain.ids import ItemId, UnitCode
from postal_service.projections import holdings
from postal_service.services import closed_bags, dossiers, places
from postal_service.services.dossiers import SEEING, UnknownDossier
from postal_service.services.items import UnknownItem
from postal_service.storage.schema import DeviceRow, EntryRow, ItemRow


def item(session: Session, number: ItemId, *, by: Actor) -> Standing:
    """The standing of an item that this person has to do with.

    He holds it, it was offered to him, it begins, ends or lies in his part of the organisation or
    was delivered there, or its dossier is his to see. Raises UnknownItem.
    """
    # Looked at and not locked: who only sees must not wait for who decides.
    found = holdings.standings(session, [number])
    if number not in found:
        raise UnknownItem(item=number)
    (standing,) = closed_bags.as_they_lie(session, found.values())
    if standing.holder is not None and standing.holder.staff == by.staff:
        return standing
    offered = standing.offered
    if offered is not None and offered.to_unit == by.unit and offered.to_staff in {"", by.staff}:
        return standing
    if any(
        by.may(*SEEING, path=places.path_of(session, unit)) for unit in _units(session, standing)
    ):
        return standing
    dossier = dossiers.of_items(session, [number]).get(number)
    if dossier is not None:
        try:
            dossiers.visible(session, dossier, by=by)
        except UnknownDossier:
            raise UnknownItem(item=number) from None
        return standing
    raise UnknownItem(item=number)


def _units(session: Session, standing: Standing) -> set[UnitCode]:
    units = {standing.destination}
    if standing.holder is not None:
        units.add(standing.holder.unit)
    if standing.offered is not None:
        units.add(standing.offered.to_unit)
    if standing.holder is None:  # whoever gave it to the citizen answers for how
        units |= _delivered_at(session, standing)
    row = session.get(ItemRow, standing.item)
    if row is not None:
        units |= {UnitCode(row.origin_unit), UnitCode(row.destination_unit)}
    return {unit for unit in units if unit}


def _delivered_at(session: Session, standing: Standing) -> set[UnitCode]:
    """The unit whose device told the delivery."""
    told = select(EntryRow.device).where(EntryRow.event_id == standing.custody)
    return {
        UnitCode(unit)
        for unit in session.scalars(select(DeviceRow.unit).where(DeviceRow.id.in_(told)))
    }
