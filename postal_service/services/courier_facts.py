"""What is known of couriers, told by their manager or an administrator, read by whoever plans their day."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain import couriers
from postal_service.domain.actors import Actor, Role
from postal_service.domain.couriers import CourierFacts
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.domain.refusals import Unknown
from postal_service.domain.units import UnitNotEntered
from postal_service.storage.schema import CourierFactsRow, RoleRow, UnitRow

UNTOLD = CourierFacts()


class NotACourier(Unknown):
    """Nobody of this name carries for an office of this person's."""

    code = "courier.not_a_courier"


def put(session: Session, staff: StaffId, facts: CourierFacts, *, by: Actor) -> None:
    """Write down what is known of a courier, in place of what was.

    Raises NotACourier, alike for another office's, and UnitNotEntered for an area that is none.
    """
    offices = session.scalars(
        select(UnitRow.path)
        .join(RoleRow, RoleRow.unit == UnitRow.code)
        .where(RoleRow.staff == staff, RoleRow.role == Role.COURIER.value)
    )
    if not any(by.may(Role.MANAGER, Role.ADMINISTRATOR, path=path) for path in offices):
        raise NotACourier(staff=staff)
    known = set(session.scalars(select(UnitRow.code).where(UnitRow.code.in_(facts.areas))))
    for area in sorted(facts.areas - known):
        raise UnitNotEntered(unit=area)
    session.merge(
        CourierFactsRow(
            staff=staff,
            vehicle=facts.vehicle.value,
            permits=None if facts.permits is None else sorted(facts.permits),
            areas=sorted(facts.areas),
            bag_grams=facts.bag_grams,
            cash_limit_dong=facts.cash_limit_dong,
        )
    )
    session.flush()


def of(session: Session, asked: Iterable[StaffId]) -> dict[StaffId, CourierFacts]:
    """What is known of each of these couriers; `UNTOLD` where nobody has told anything."""
    wanted = list(asked)
    rows = session.scalars(select(CourierFactsRow).where(CourierFactsRow.staff.in_(wanted)))
    return dict.fromkeys(wanted, UNTOLD) | {StaffId(row.staff): _facts(row) for row in rows}


def _facts(row: CourierFactsRow) -> CourierFacts:
    return CourierFacts(
        vehicle=couriers.vehicle(row.vehicle),
        permits=None if row.permits is None else frozenset(map(couriers.permit, row.permits)),
        areas=frozenset(map(UnitCode, row.areas)),
        bag_grams=row.bag_grams,
        cash_limit_dong=row.cash_limit_dong,
    )
