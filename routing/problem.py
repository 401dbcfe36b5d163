"""A problem says everything a plan must obey, and refuses to exist while it contradicts itself.

Units, everywhere in this library:

* times are whole seconds after a zero the caller chooses (mostly local midnight of the round's day),
* distances are whole metres, loads whole amounts in the caller's own unit for each dimension,
* costs are whole *cost units* (`CostRates` says what one is worth), so sums are exact.

The cost of a plan is, for every courier who leaves, `fixed + per_metre * metres +
per_travel_second * travel seconds + per_duty_second * seconds from leaving to being back`, plus the
penalty of every unserved stop, plus what `PlanRules` charges for unknown areas, changes of the
published plan and work above the fair share. A courier is back as early as the order of his calls
allows and leaves as late as that allows; duty is what lies between. With the defaults only travel
seconds count, so that on the classic instances the cost is the total distance in the instance's
integer convention.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from routing.rules import PlanRules
from routing.tables import Profile
from routing.terms import DEFAULT_PROFILE, CourierId, StopId, Window


class StopKind(Enum):
    """What happens to the load at a stop."""

    DELIVER = "deliver"  # on board when the tour leaves the office, handed over here
    COLLECT = "collect"  # taken here, brought back to the office at the end of the tour
    PICKUP = "pickup"  # first half of a shipment: taken here ...
    DROPOFF = "dropoff"  # ... and handed over here, by the same courier on the same tour
    LEG = "leg"  # a leg of a fixed timetable: the courier is carried from one place to another


@dataclass(frozen=True, kw_only=True)
class Location:
    """A place; the index in `Problem.locations` is its row and column in every matrix.

    `x` and `y` are for places that are points of a plane and nowhere on Earth, as in the classic
    instances; they are for drawing only.
    """

    name: str
    lat: float | None = None
    lon: float | None = None
    x: float | None = None
    y: float | None = None


@dataclass(frozen=True, kw_only=True)
class CostRates:
    """What a courier's day costs, in cost units."""

    fixed: int = 0
    per_metre: int = 0
    per_travel_second: int = 1
    per_duty_second: int = 0

    # The least common unit of dong per km and dong per hour: 1 dong = 18,000 cost units.
    UNITS_PER_DONG = 18_000

    @classmethod
    def of_dong(
        cls, *, fixed_dong: int = 0, per_km_dong: int = 0, per_duty_hour_dong: int = 0
    ) -> "CostRates":
        """Rates in dong, exact: a cost divided by `UNITS_PER_DONG` is dong again."""
        return cls(
            fixed=fixed_dong * cls.UNITS_PER_DONG,
            per_metre=per_km_dong * cls.UNITS_PER_DONG // 1000,
            per_travel_second=0,
            per_duty_second=per_duty_hour_dong * cls.UNITS_PER_DONG // 3600,
        )


@dataclass(frozen=True, kw_only=True)
class Break:
    """A rest that starts within its window; driving may pause for it, a service may not.

    It is owed unless it fits before leaving (earliest + duration) or after being back (latest).
    """

    earliest_second: int
    latest_second: int
    duration_seconds: int


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One call. Service starts inside one of `windows` (none given: any time of the shift).

    `setup_seconds` (park, walk to the desk) pass on arrival, before the service and before the
    window is asked; they fall away when the courier is already at the same location.
    `release_second`: a DELIVER may not leave the office before it, any other stop may not start
    before it. `penalty` None means mandatory; otherwise the cost units of leaving it unserved.
    The two halves of a shipment are one decision: loads and penalty stand on its PICKUP.
    """

    id: StopId
    location: int
    kind: StopKind = StopKind.DELIVER
    service_seconds: int = 0
    setup_seconds: int = 0
    windows: tuple[Window, ...] = ()
    loads: tuple[int, ...] = ()
    skills: frozenset[str] = frozenset()
    release_second: int = 0
    penalty: int | None = None
    area: str | None = None
    leaves_from: int | None = None  # LEG only: where the courier stands afterwards

    @property
    def exit_location(self) -> int:
        return self.location if self.leaves_from is None else self.leaves_from


@dataclass(frozen=True, kw_only=True)
class Shipment:
    """Collect here, deliver there: same courier, same tour, in order.

    The ride runs from the end of the pick-up's service to the start of the drop-off's.
    """

    pickup: StopId
    dropoff: StopId
    max_ride_seconds: int | None = None


@dataclass(frozen=True, kw_only=True)
class Courier:
    """Leaves within the shift and is back within it.

    Every tour starts at `start_location`; between tours the courier returns there and reloads;
    the last tour ends at `end_location`. Both limits run over the whole day, reloads, waiting and
    breaks included. Empty `capacities`: no limit; empty `known_areas`: knows all.
    """

    id: CourierId
    start_location: int
    end_location: int
    shift: Window
    profile: str = DEFAULT_PROFILE
    capacities: tuple[int, ...] = ()
    skills: frozenset[str] = frozenset()
    max_route_seconds: int | None = None
    max_route_metres: int | None = None
    breaks: tuple[Break, ...] = ()
    max_tours: int = 1
    reload_seconds: int = 0
    costs: CostRates = CostRates()
    known_areas: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Everything a plan must obey. Construction raises `ContradictoryProblem` with every finding.

    `load_names` names the load dimensions; `loads` and `capacities` follow its order.
    """

    locations: tuple[Location, ...]
    profiles: tuple[Profile, ...]
    stops: tuple[Stop, ...]
    couriers: tuple[Courier, ...]
    shipments: tuple[Shipment, ...] = ()
    rules: PlanRules = field(default_factory=PlanRules)
    load_names: tuple[str, ...] = ()
    max_stops: int = 50_000
    max_couriers: int = 20_000

    def __post_init__(self) -> None:
        from routing.contradictions import refuse_contradictions  # noqa: PLC0415 - it reads Problem

        refuse_contradictions(self)

    @cached_property
    def stop_index(self) -> Mapping[StopId, int]:
        return {stop.id: number for number, stop in enumerate(self.stops)}

    @cached_property
    def courier_index(self) -> Mapping[CourierId, int]:
        return {courier.id: number for number, courier in enumerate(self.couriers)}

    @cached_property
    def profile_of(self) -> Mapping[str, Profile]:
        return {profile.name: profile for profile in self.profiles}

    @cached_property
    def shipment_of(self) -> Mapping[StopId, Shipment]:
        """By either half."""
        by_pickup = {shipment.pickup: shipment for shipment in self.shipments}
        return by_pickup | {shipment.dropoff: shipment for shipment in self.shipments}

    def halves(self, shipment: Shipment) -> tuple[Stop, Stop]:
        """Its pick-up and its drop-off."""
        index = self.stop_index
        return self.stops[index[shipment.pickup]], self.stops[index[shipment.dropoff]]

    @cached_property
    def locked_stops(self) -> frozenset[StopId]:
        return frozenset(stop for lock in self.rules.locks for stop in lock.stops)

    @cached_property
    def banned_pairs(self) -> frozenset[tuple[StopId, CourierId]]:
        return frozenset(self.rules.banned)

    def loads_of(self, stop: Stop) -> tuple[int, ...]:
        """What the stop puts on or takes off, one amount a dimension (a DROPOFF: its pick-up's)."""
        if stop.kind is StopKind.DROPOFF:
            stop = self.stops[self.stop_index[self.shipment_of[stop.id].pickup]]
        return stop.loads or (0,) * len(self.load_names)

    def is_mandatory(self, stop: Stop) -> bool:
        if stop.kind is StopKind.LEG or stop.id in self.locked_stops:
            return True
        shipment = self.shipment_of.get(stop.id)
        if shipment is None:
            return stop.penalty is None
        pickup = self.stops[self.stop_index[shipment.pickup]]
        return pickup.penalty is None or not self.locked_stops.isdisjoint(
            (shipment.pickup, shipment.dropoff)
        )

    def unserved_cost(self, stop: Stop) -> int:
        """Cost units for leaving the stop out; a DROPOFF costs nothing beside its pick-up.

        A plan may leave out a mandatory stop only because nothing else is possible, so it costs
        more than everything else together could.
        """
        if stop.kind is StopKind.DROPOFF:
            return 0
        if self.is_mandatory(stop):
            return self.mandatory_cost
        return stop.penalty or 0

    @cached_property
    def mandatory_cost(self) -> int:
        from routing.contradictions import cost_ceiling  # noqa: PLC0415 - it reads Problem

        # Kept far below 2**63 even when every stop of the largest problem is left out.
        return min(cost_ceiling(self) + 1, 10**17 // max(1, len(self.stops)))
