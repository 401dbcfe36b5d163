"""Items in somebody's hands, made the way the service makes them."""

import os
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain import custody_rules as rules
from postal_service.domain.actors import Actor
from postal_service.domain.acts import Capacity, Counts, Leg
from postal_service.domain.codes import DeliveryCode
from postal_service.domain.custody import Standing
from postal_service.domain.event import NO_PARENT
from postal_service.domain.ids import ItemId
from postal_service.services import handovers, items, numbers, sealing
from postal_service.services.office_events import Told, tell
from postal_service.storage.schema import EntryRow, ItemRow
from tests.services.world import DESK, MORNING, World

PAPERS = Counts(originals=1, certified=0, photocopies=2)


def accepted(
    session: Session,
    world: World,
    count: int = 1,
    *,
    by: Actor | None = None,
    at: datetime = MORNING,
) -> list[ItemId]:
    """Dossiers taken over the counter, not sealed yet."""
    clerk = by or world.counter
    made = [_numbered(session, clerk, Leg.IN) for _ in range(count)]
    act = rules.accept(capacity=Capacity.COUNTER, leg=Leg.IN, counts=PAPERS, destination=DESK)
    told = [Told(item=item, parent=NO_PARENT, act=act) for item in made]
    tell(session, world.keys, told, by=clerk, at=at)
    return made


def sealed(
    session: Session,
    world: World,
    count: int = 1,
    *,
    by: Actor | None = None,
    at: datetime = MORNING,
) -> list[ItemId]:
    """Dossiers taken over the counter and sealed."""
    clerk = by or world.counter
    made = accepted(session, world, count, by=clerk, at=at)
    for item in made:
        serial = f"NP-{os.urandom(5).hex().upper()}"
        sealing.seal(session, world.keys, item, serial=serial, counts=PAPERS, by=clerk, at=at)
    return made


def result(
    session: Session, world: World, *, at: datetime = MORNING
) -> tuple[ItemId, DeliveryCode]:
    """A sealed result that the post office holds, and the citizen's code for it."""
    item = _numbered(session, world.desk_clerk, Leg.OUT)
    code = numbers.delivery_code(item, rotation=1)
    act = rules.accept(
        capacity=Capacity.DESK, leg=Leg.OUT, counts=PAPERS, destination=DESK, lock=code.lock
    )
    told = Told(item=item, parent=NO_PARENT, act=act)
    tell(session, world.keys, [told], by=world.desk_clerk, at=at)
    sealing.seal(
        session, world.keys, item, serial=f"KQ-{item}", counts=PAPERS, by=world.desk_clerk, at=at
    )
    passed(session, world, [item], world.desk_clerk, world.counter, Capacity.COUNTER, at=at)
    return item, code


def in_bag(
    session: Session, world: World, courier: Actor | None = None
) -> tuple[ItemId, DeliveryCode]:
    """A result in the courier's bag since a minute after MORNING, and the citizen's code for it."""
    item, code = result(session, world)
    passed(session, world, [item], world.counter, courier or world.courier, Capacity.COURIER)
    return item, code


def passed(
    session: Session,
    world: World,
    moved: list[ItemId],
    giver: Actor,
    receiver: Actor,
    capacity: Capacity,
    *,
    at: datetime = MORNING,
) -> None:
    """Handed over, both sides."""
    offered = handovers.offer(
        session, world.keys, moved, to_unit=receiver.unit, to_staff=receiver.staff, by=giver, at=at
    )
    handovers.take(
        session, world.keys, offered.batch, capacity=capacity, reserved={}, by=receiver,
        at=at + timedelta(minutes=1),
    )  # fmt: skip


def standing(session: Session, item: ItemId) -> Standing:
    return items.standing(session, item)


def events(session: Session) -> int:
    """How many events the ledger has: a refusal must not add to it."""
    return session.scalar(select(func.count()).select_from(EntryRow)) or 0


def _numbered(session: Session, by: Actor, leg: Leg) -> ItemId:
    item = numbers.item_number(session, "BH")
    session.add(
        ItemRow(
            item=item, issued_on=MORNING.date(), leg=leg.value, dossier=None, origin_unit=by.unit,
            destination_unit=DESK, token_hash=numbers.label().digest, made_by=by.staff,
        )
    )  # fmt: skip
    session.flush()
    return item
