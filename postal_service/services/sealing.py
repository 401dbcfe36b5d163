"""Seal an item in front of whoever handed it in; seal it again only before a witness."""

from datetime import datetime

from sqlalchemy.orm import Session

from postal_service.domain import custody_rules as rules
from postal_service.domain.actors import Actor
from postal_service.domain.acts import Counts
from postal_service.domain.ids import EventId, ItemId, StaffId
from postal_service.services import items
from postal_service.services.office_events import OfficeKeys, Told, tell
from postal_service.services.recording import SealUsed
from postal_service.storage.schema import SealRow


def seal(
    session: Session,
    keys: OfficeKeys,
    item: ItemId,
    *,
    serial: str,
    counts: Counts,
    witness: StaffId = StaffId(""),
    why: str = "",
    by: Actor,
    at: datetime,
) -> EventId:
    """Put the seal `serial` on an item after counting its papers.

    Raises UnknownItem, NotTheHolder, CountsDiffer, SealUsed, ResealNeedsWitness or
    WitnessIsHimself; then nothing is recorded.
    """
    standing = items.standing(session, item)
    act = rules.pack(standing, by=by, seal=serial, counts=counts, witness=witness, why=why)
    free(session, serial)
    told = Told(item=item, parent=standing.custody, act=act)
    return tell(session, keys, [told], by=by, at=at)[0].event


def free(session: Session, serial: str) -> None:
    """Raises SealUsed when the serial was used, on whatever item."""
    used = session.get(SealRow, serial)
    if used is not None:
        raise SealUsed(serial=serial, item=used.item)
