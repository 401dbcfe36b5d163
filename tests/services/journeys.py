"""Items on their way, for the tests that begin where the post has done its part."""

from datetime import datetime, timedelta
from itertools import count

from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.acts import Capacity, Counts
from postal_service.domain.attempts import DeliveryPolicy, Reason
from postal_service.domain.ids import ItemId
from postal_service.services import (
    administrative,
    calendars,
    delivery,
    handovers,
    items,
    places,
    results,
    sealing,
)
from postal_service.services.reception import Received
from postal_service.services.results import Ready
from tests.services import world as w
from tests.services.registrations import LAN, register, registration
from tests.services.world import World

ONE_PAPER = Counts(originals=1, certified=0, photocopies=0)
REFUSED = Reason.REFUSED.value
_serials = count(1)


def seal(session: Session, world: World, item: ItemId, *, by: Actor, at: datetime) -> None:
    """Seal with a fresh serial and the counts that are listed."""
    counts = items.standing(session, item).counts
    serial = f"NP{next(_serials):08d}"
    sealing.seal(session, world.keys, item, serial=serial, counts=counts, by=by, at=at)


def hand_over(
    session: Session,
    world: World,
    item: ItemId,
    *,
    giver: Actor,
    receiver: Actor,
    capacity: Capacity,
    at: datetime,
) -> None:
    """One side offers, the other takes, a minute apart."""
    offered = handovers.offer(
        session, world.keys, [item], to_unit=receiver.unit, to_staff=receiver.staff, by=giver, at=at
    )
    handovers.take(
        session, world.keys, offered.batch, capacity=capacity, reserved={}, by=receiver,
        at=at + timedelta(minutes=1),
    )  # fmt: skip


def to_desk(session: Session, world: World, item: ItemId, *, at: datetime = w.MORNING) -> None:
    """From the counter of OFFICE by courier to DESK, within ten minutes of `at`."""
    seal(session, world, item, by=world.counter, at=at)
    hand_over(
        session, world, item, giver=world.counter, receiver=world.courier,
        capacity=Capacity.COURIER, at=at + timedelta(minutes=2),
    )  # fmt: skip
    hand_over(
        session, world, item, giver=world.courier, receiver=world.desk_clerk,
        capacity=Capacity.DESK, at=at + timedelta(minutes=5),
    )  # fmt: skip


def received(
    session: Session,
    world: World,
    procedure: str = w.EXTRACT,
    *,
    at: datetime = w.MORNING,
    result_by_post: bool = True,
) -> Received:
    """Posted at the counter, carried to the desk and legally received there at `at`."""
    command = registration(session, procedure, submitter=LAN, result_by_post=result_by_post)
    posted = register(session, world, command, at=at - timedelta(minutes=30))
    assert posted.item is not None
    to_desk(session, world, posted.item, at=at - timedelta(minutes=20))
    administrative.receive(session, posted.dossier, by=world.desk_clerk, at=at)
    return posted


def ready(session: Session, world: World, dossier: Received, *, at: datetime) -> Ready:
    """The result, made and in its envelope at DESK."""
    return results.register_ready(
        session, world.keys, dossier.dossier, ONE_PAPER, by=world.desk_clerk, at=at
    )


def with_courier(session: Session, world: World, made: Ready, *, at: datetime) -> None:
    """The courier has taken the result from the desk and sealed it before."""
    seal(session, world, made.item, by=world.desk_clerk, at=at)
    hand_over(
        session, world, made.item, giver=world.desk_clerk, receiver=world.courier,
        capacity=Capacity.COURIER, at=at + timedelta(minutes=1),
    )  # fmt: skip


def sent_back(session: Session, world: World, made: Ready, *, at: datetime = w.MORNING) -> ItemId:
    """The receiver refused the result at the counter of OFFICE, and its way back to the agency has begun."""
    seal(session, world, made.item, by=world.desk_clerk, at=at)
    hand_over(
        session, world, made.item, giver=world.desk_clerk, receiver=world.counter,
        capacity=Capacity.COUNTER, at=at,
    )  # fmt: skip
    go_back(session, world, made.item, at=at)
    return made.item


def go_back(session: Session, world: World, item: ItemId, *, at: datetime = w.MORNING) -> None:
    """Who refuses is invited no more: what lies at the counter of OFFICE goes back at once."""
    delivery.attempt(session, world.keys, item, reason=REFUSED, by=world.counter, at=at)
    office = places.place(session, w.OFFICE, day=at.date())
    delivery.send_back(
        session, world.keys, item, why="người nhận từ chối", policy=DeliveryPolicy(),
        calendar=calendars.of_unit(session, office), by=world.counter, at=at,
    )  # fmt: skip
