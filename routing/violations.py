"""What can be wrong with a plan, a name for each."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from routing.terms import CourierId, StopId


class ViolationKind(Enum):
    UNKNOWN_COURIER = "unknown_courier"
    UNKNOWN_STOP = "unknown_stop"
    COURIER_TWICE = "courier_twice"
    STOP_TWICE = "stop_twice"
    STOP_FORGOTTEN = "stop_forgotten"
    MANDATORY_UNSERVED = "mandatory_unserved"
    NO_ROAD = "no_road"
    TRAVEL = "travel"
    DISTANCE = "distance"
    SETUP = "setup"
    WAITING = "waiting"
    SERVICE = "service"
    WINDOW = "window"
    RELEASE = "release"
    SHIFT = "shift"
    DEPOT_HOURS = "depot_hours"
    RELOAD = "reload"
    TOURS = "tours"
    ROUTE_SECONDS = "route_seconds"
    ROUTE_METRES = "route_metres"
    BREAK = "break"
    LOADS = "loads"
    CAPACITY = "capacity"
    SKILL = "skill"
    BANNED = "banned"
    SHIPMENT = "shipment"
    RIDE = "ride"
    LOCK_COURIER = "lock_courier"
    LOCK_ORDER = "lock_order"
    LOCK_TIME = "lock_time"
    LOCK_ROUTE = "lock_route"
    KEPT_APART = "kept_apart"
    KEPT_TOGETHER = "kept_together"
    COST = "cost"


# A plan may show that not everything can be done; it may not show anything that is wrong.
SHORTFALL: Final = frozenset({ViolationKind.MANDATORY_UNSERVED})


@dataclass(frozen=True, kw_only=True)
class Violation:
    """`amount` is by how much (seconds, metres, load units, cost units), where that has a sense.

    `load` names the dimension of a load that is too large.
    """

    kind: ViolationKind
    detail: str
    courier: CourierId | None = None
    stop: StopId | None = None
    amount: int | None = None
    load: str = ""

    @property
    def is_shortfall(self) -> bool:
        return self.kind in SHORTFALL
