"""A result whose receiver has moved: the courier heard where to, told it, and is back at the counter with it."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from postal_service.domain.acts import Attempt, Capacity
from postal_service.domain.ids import EventId, ItemId
from postal_service.projections import holdings
from postal_service.services import door_addresses
from postal_service.services.door_addresses import Heard
from postal_service.services.office_events import Told, tell
from tests.services import world as w
from tests.services.in_hand import passed
from tests.services.rounds_day import homes, results_at_office
from tests.services.world import MORNING, World

HEARD = Heard(address="Gần chợ Hà Lam, sau trạm bơm", commune=w.FAR_COMMUNE, salt=b"s" * 32)
TRIED = MORNING + timedelta(minutes=40)


def carried(session: Session, world: World) -> ItemId:
    """A result in the courier's hands."""
    (made,) = results_at_office(session, world, homes(1))
    at = MORNING + timedelta(minutes=10)
    passed(session, world, [made], world.counter, world.courier, Capacity.COURIER, at=at)
    return made


def tried(session: Session, world: World, item: ItemId, heard: Heard = HEARD) -> EventId:
    """The attempt that binds what was heard."""
    standing = holdings.standings(session, [item])[item]
    act = Attempt(reason="R04", action="A3", counted=False, commitment=heard.commitment)
    told = Told(item=item, parent=standing.custody, act=act)
    return tell(session, world.keys, [told], by=world.courier, at=TRIED)[0].event


def back_at_counter(
    session: Session, world: World, *, at: datetime = TRIED + timedelta(hours=1)
) -> ItemId:
    """Told by the courier and handed over; nobody has compared it yet."""
    item = carried(session, world)
    event = tried(session, world, item)
    door_addresses.tell(session, world.vault, event, HEARD, by=world.courier, at=TRIED)
    passed(session, world, [item], world.courier, world.counter, Capacity.COUNTER, at=at)
    return item
