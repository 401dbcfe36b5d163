"""The couriers whose phones a head may enrol, by name. Reading only."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.services import directory
from postal_service.services.devices import HEADS
from postal_service.storage.schema import RoleRow, StaffRow, UnitRow

LISTED = 1_000  # couriers of one answer


@dataclass(frozen=True, kw_only=True)
class Holder:
    """A courier in service, and the unit he carries for."""

    staff: StaffId
    name: str
    unit: UnitCode
    unit_name: str


def couriers(session: Session, *, by: Actor) -> list[Holder]:
    """The couriers in service in `by`'s part of the organisation, by unit and name.

    Raises RoleNeeded for whoever is no head.
    """
    by.need(*HEADS)
    rows = session.execute(
        select(StaffRow.id, StaffRow.name, UnitRow.code, UnitRow.name)
        .join(RoleRow, RoleRow.staff == StaffRow.id)
        .join(UnitRow, UnitRow.code == RoleRow.unit)
        .where(
            RoleRow.role == Role.COURIER.value,
            StaffRow.active,
            directory.below(by, HEADS),
        )
        .order_by(UnitRow.search_name, StaffRow.search_name, StaffRow.id)
        .limit(LISTED)
    )
    return [
        Holder(staff=StaffId(staff), name=name, unit=UnitCode(unit), unit_name=unit_name)
        for staff, name, unit, unit_name in rows
    ]
