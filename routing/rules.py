"""What the office decided beyond stops and couriers: locks, groupings, balance, calm."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from routing.frozen import FrozenMapping
from routing.terms import CourierId, StopId, Window


class LockLevel(Enum):
    """How much of a locked sequence must stay; each level includes the ones before it."""

    COURIER = "courier"  # these stops stay with this courier
    ORDER = "order"  # ... in this order; other stops may come between
    TIME = "time"  # ... and each service starts at its given second
    ROUTE = "route"  # the courier's day is exactly this sequence, nothing is added


@dataclass(frozen=True, kw_only=True)
class Lock:
    """Keeps `stops` with `courier` as far as `level` says. A locked stop is mandatory.

    `start_seconds` is given at level TIME only, one for each stop.
    """

    level: LockLevel
    courier: CourierId
    stops: tuple[StopId, ...]
    start_seconds: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Balance:
    """Every second of work (travel, setup, service) of a route above the share costs."""

    fair_share_seconds: int
    cost_per_second_above: int


@dataclass(frozen=True, kw_only=True)
class Published:
    """The plan people already know, stops in order for each courier, and what departing costs.

    `courier_change_cost` for each stop now served by another courier; `order_change_cost` for each
    stop still with its courier but not directly after the same stop as before (None: the office).
    """

    routes: Mapping[CourierId, tuple[StopId, ...]]
    courier_change_cost: int = 0
    order_change_cost: int = 0

    def __post_init__(self) -> None:
        _freeze(self, "routes")


@dataclass(frozen=True, kw_only=True)
class PlanRules:
    """What the office decided beyond stops and couriers.

    `keep_apart`: two stops not on one courier. `keep_together`: those served are on one courier.
    `depot_hours`: a courier leaves, reloads and returns at this location only within one of its
    windows, of which there is at least one. `unknown_area_cost`: each stop in an area its courier
    does not know.
    """

    locks: tuple[Lock, ...] = ()
    banned: tuple[tuple[StopId, CourierId], ...] = ()
    keep_apart: tuple[tuple[StopId, StopId], ...] = ()
    keep_together: tuple[tuple[StopId, ...], ...] = ()
    balance: Balance | None = None
    published: Published | None = None
    depot_hours: Mapping[int, tuple[Window, ...]] = field(default_factory=dict)
    unknown_area_cost: int = 0

    def __post_init__(self) -> None:
        _freeze(self, "depot_hours")


def _freeze(rules: object, name: str) -> None:
    """What is no mapping at all stays as it came, for the problem to refuse."""
    given = getattr(rules, name)
    if isinstance(given, Mapping) and not isinstance(given, FrozenMapping):
        object.__setattr__(rules, name, FrozenMapping(given))
