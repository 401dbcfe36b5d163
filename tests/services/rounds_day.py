"""A day of the small post with something to carry: results for homes, dossiers for a desk, a pick-up."""

from datetime import date, datetime, timedelta
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Grant, Role
from postal_service.domain.acts import Capacity, Counts
from postal_service.domain.codes import DeliveryCode
from postal_service.domain.ids import DossierId, ItemId, RoundId, StaffId
from postal_service.domain.persons import Address, read_address, read_person
from postal_service.domain.standing import Channel
from postal_service.domain.wording_dates import VIETNAM
from postal_service.services import (
    collecting,
    handovers,
    items,
    places,
    planning,
    plans,
    results,
    rounds,
    sealing,
    workdays,
)
from postal_service.services.plans import PlanId
from postal_service.storage.schema import RoleRow, RoundRow, StaffRow
from tests.services import world as w
from tests.services.in_hand import passed
from tests.services.registrations import SERVICE, register, registration
from tests.services.world import World

DAY = date(2026, 11, 25)  # the Wednesday after the day off
EARLY = datetime(2026, 11, 25, 6, 30, tzinfo=VIETNAM)
ONE = Counts(originals=1, certified=0, photocopies=0)
_serials = count(1)


def homes(number: int) -> list[Address]:
    """So many homes around the office, on a spiral, so that none are alike."""
    made = []
    for each in range(number):
        lat = 15.57 + (each % 6 - 2.5) * 0.006
        lon = 108.474 + (each // 6 - 2) * 0.007 + (each % 3) * 0.0011
        made.append(read_address(f"Số {each + 1} Trần Cao Vân", w.COMMUNE, lat=lat, lon=lon))
    return made


def results_at_office(
    session: Session, world: World, where: list[Address], *, at: datetime = w.MORNING
) -> list[ItemId]:
    """Sealed results at the office's counter, one for each of these homes."""
    made = [result_at_desk(session, world, home, at=at) for home in where]
    offered = handovers.offer(
        session, world.keys, made, to_unit=w.OFFICE, by=world.desk_clerk, at=at
    )
    handovers.take(
        session, world.keys, offered.batch, capacity=Capacity.COUNTER, reserved={},
        by=world.counter, at=at + timedelta(minutes=1),
    )  # fmt: skip
    return made


def licence_at_office(
    session: Session, world: World, *, at: datetime = w.MORNING
) -> tuple[ItemId, DeliveryCode]:
    """A sealed driving licence at the office's counter, for which the courier takes the old one; its code."""
    command = registration(session, w.LICENCE, channel=Channel.DIRECT)
    received = register(session, world, command, by=world.desk_clerk, at=at)
    assert received.delivery_code is not None
    made = results.register_ready(
        session, world.keys, received.dossier, ONE, by=world.desk_clerk, at=at
    )
    _seal(session, world, made.item, world.desk_clerk, at)
    passed(session, world, [made.item], world.desk_clerk, world.counter, Capacity.COUNTER, at=at)
    return made.item, received.delivery_code


def published(session: Session, world: World) -> RoundId:
    """The day as it lies, shared out and published; the round of the world's courier."""
    plan = rounds.managed_plan(session, shared_out(session, world), by=world.manager)
    rounds.publish(
        session, world.vault, plan.id, tag=plan.tag, knowing_faults=True, by=world.manager, at=EARLY
    )
    asked = select(RoundRow.id).filter_by(plan=plan.id, courier=world.courier.staff)
    return RoundId(session.scalars(asked).one())


def result_at_desk(
    session: Session, world: World, home: Address, *, at: datetime = w.MORNING
) -> ItemId:
    """A sealed result that lies at the desk, offered to nobody yet."""
    citizen = read_person("Nguyễn Thị Lan", phone="0905 123 456", address=home)
    command = registration(session, submitter=citizen, channel=Channel.DIRECT)
    dossier = register(session, world, command, by=world.desk_clerk, at=at)
    made = results.register_ready(
        session, world.keys, dossier.dossier, ONE, by=world.desk_clerk, at=at
    )
    _seal(session, world, made.item, world.desk_clerk, at)
    return made.item


def dossier_at_counter(session: Session, world: World, *, at: datetime = w.MORNING) -> ItemId:
    """A sealed dossier at the office's counter that is to go to DESK."""
    received = register(session, world, registration(session), at=at)
    assert received.item is not None
    _seal(session, world, received.item, world.counter, at)
    return received.item


def pickup(session: Session, world: World, *, hour: int = 9) -> DossierId:
    """A citizen near the office waits for the courier on DAY from this hour, for two hours."""
    opens = EARLY.replace(hour=hour, minute=0)
    command = registration(session)
    asked = collecting.request(
        session, world.keys, command, opens_at=opens, closes_at=opens + timedelta(hours=2),
        service=SERVICE, by=world.counter, at=w.MORNING,
    )  # fmt: skip
    return asked.dossier


def second_courier(session: Session, world: World) -> Actor:
    """Another courier of OFFICE."""
    return another_courier(session, world, 2)


def another_courier(session: Session, world: World, number: int) -> Actor:
    """The courier of OFFICE of this number, of whom the first is the world's own."""
    staff = StaffId(f"s-courier-{number}")
    session.add(
        StaffRow(
            id=staff, login=f"courier-{number}", name="Lê Văn Hai", search_name="le van hai", phone="",
            password_hash="", totp_secret=None, badge=f"B-courier-{number}", active=True,
            failed_sign_ins=0, locked_until=None,
        )
    )  # fmt: skip
    session.flush()
    session.add(RoleRow(staff=staff, role=Role.COURIER.value, unit=w.OFFICE))
    session.flush()
    path = world.courier.path
    grant = Grant(role=Role.COURIER, unit=w.OFFICE, path=path)
    return Actor(staff=staff, unit=w.OFFICE, path=path, grants=(grant,))


def shared_out(session: Session, world: World) -> PlanId:
    """A proposal in which each courier of OFFICE has his part of the day's calls, whoever searches."""
    office = places.place(session, w.OFFICE, day=DAY)
    workday = workdays.read(session, world.vault, office, DAY, at=EARLY)
    stops = [
        planning.PlannedStop(order=order.key, arrives=0, starts=0, departs=0)
        for order in workday.orders
    ]
    crew = workday.couriers
    decided = {
        courier.staff: tuple(stops[number :: len(crew)]) for number, courier in enumerate(crew)
    }
    solved = planning.retimed(workday, decided, seed=1, budget_seconds=1.0)
    return plans.add(session, workday, solved, made_by=world.manager.staff, at=EARLY)


def _seal(session: Session, world: World, item: ItemId, by: Actor, at: datetime) -> None:
    counts = items.standing(session, item).counts
    serial = f"RD{next(_serials):08d}"
    sealing.seal(session, world.keys, item, serial=serial, counts=counts, by=by, at=at)
