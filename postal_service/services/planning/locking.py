"""What is decided already, as locks that a search keeps."""

from collections.abc import Sequence

from postal_service.domain.ids import StaffId
from postal_service.services.orders import Order
from postal_service.services.planning.answers import Lock, PlannedStop, Sequences
from postal_service.services.workdays import Workday
from routing import CourierId, LockLevel, StopId
from routing import Lock as RoutingLock


def locks(day: Workday, orders: Sequence[Order], decided: Sequences) -> list[RoutingLock]:
    """The locks of the stops that are decided, and of what a courier has in hand."""
    known = {order.key: order for order in orders}
    crew = {each.staff for each in day.couriers}
    locked_with: dict[str, StaffId] = {}
    made: list[RoutingLock] = []
    for courier, stops in decided.items():
        kept = [stop for stop in stops if stop.order in known and courier in crew]
        locked_with.update({s.order: courier for s in kept if s.locked is not Lock.NONE})
        made += [lock for level in Lock if (lock := _lock(level, courier, kept)) is not None]
    # What a courier has in his bag stays with him, whoever planned what.
    for staff in sorted(crew):
        bound = [o.key for o in orders if o.bound_to == staff and locked_with.get(o.key) != staff]
        if bound:
            made.append(_routing_lock(LockLevel.COURIER, staff, bound))
    return made


def _lock(level: Lock, courier: StaffId, stops: Sequence[PlannedStop]) -> RoutingLock | None:
    chosen = [stop for stop in stops if stop.locked is level]
    if level is Lock.NONE or not chosen:
        return None
    keys = [stop.order for stop in chosen]
    if level is Lock.COURIER:
        return _routing_lock(LockLevel.COURIER, courier, keys)
    if level is Lock.ORDER:
        return _routing_lock(LockLevel.ORDER, courier, keys)
    return RoutingLock(
        level=LockLevel.TIME,
        courier=CourierId(courier),
        stops=tuple(StopId(key) for key in keys),
        start_seconds=tuple(stop.starts for stop in chosen),
    )


def _routing_lock(level: LockLevel, courier: StaffId, keys: Sequence[str]) -> RoutingLock:
    return RoutingLock(
        level=level, courier=CourierId(courier), stops=tuple(StopId(key) for key in keys)
    )
