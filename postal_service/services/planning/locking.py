"""What is decided already: what couriers have in hand binds a search, what a manager locked it keeps where it can."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from postal_service.domain.ids import StaffId
from postal_service.services.orders import Order
from postal_service.services.planning.answers import Lock, Loosened, PlannedStop, Sequences
from postal_service.services.workdays import Workday
from routing import CourierId, LockLevel, StopId
from routing import Lock as RoutingLock
from routing import Loosened as RoutingLoosened

LEVELS: Final = {
    Lock.COURIER: LockLevel.COURIER,
    Lock.ORDER: LockLevel.ORDER,
    Lock.TIME: LockLevel.TIME,
    Lock.ROUTE: LockLevel.ROUTE,
}
_NAMES: Final = {level: lock for lock, level in LEVELS.items()}


def in_hand(day: Workday, orders: Sequence[Order]) -> list[RoutingLock]:
    """What a courier has in his bag stays with him, whoever planned what."""
    made = []
    for staff in sorted({each.staff for each in day.couriers}):
        bound = tuple(StopId(order.key) for order in orders if order.bound_to == staff)
        if bound:
            lock = RoutingLock(level=LockLevel.COURIER, courier=CourierId(staff), stops=bound)
            made.append(lock)
    return made


def wished(decided: Sequences) -> list[RoutingLock]:
    """The locks of the stops that are decided."""
    return [
        lock
        for courier, stops in decided.items()
        for level in LEVELS
        if (lock := _lock(level, courier, stops)) is not None
    ]


def _lock(level: Lock, courier: StaffId, stops: Sequence[PlannedStop]) -> RoutingLock | None:
    chosen = [stop for stop in stops if stop.locked is level]
    if not chosen:
        return None
    return RoutingLock(
        level=LEVELS[level],
        courier=CourierId(courier),
        stops=tuple(StopId(stop.order) for stop in chosen),
        start_seconds=tuple(stop.starts for stop in chosen) if level is Lock.TIME else (),
    )


def loosened(told: Iterable[RoutingLoosened]) -> tuple[Loosened, ...]:
    """What routing could not keep, in the post's own words."""
    return tuple(
        Loosened(
            order=each.stop,
            courier=StaffId(each.courier),
            was=_NAMES[each.was],
            left=Lock.NONE if each.left is None else _NAMES[each.left],
            reason=each.because.value,
        )
        for each in told
    )


def levels(decided: Sequences, let_go: Iterable[Loosened]) -> Mapping[str, Lock]:
    """How each stop is locked now."""
    were = {stop.order: stop.locked for stops in decided.values() for stop in stops}
    now = {each.order: each.left for each in let_go if were.get(each.order) is each.was}
    return were | now
