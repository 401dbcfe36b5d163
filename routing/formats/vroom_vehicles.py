"""The vehicles of a VROOM input become couriers, their prices whole cost units."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import gcd, lcm
from typing import Final

from routing.formats.unreadable import UnreadableFile
from routing.formats.vroom_parts import (
    LAST_SECOND,
    Json,
    breaks_of,
    only,
    skills_of,
    whole_of,
    window_of,
)
from routing.formats.vroom_roads import (
    Roads,
    named,
    percent_of,
    profile_of,
)
from routing.problem import CostRates, Courier
from routing.terms import CourierId

HOUR_SECONDS: Final = 3600
KM_METRES: Final = 1000
_VEHICLE: Final = {
    *("id", "profile", "start", "start_index", "end", "end_index", "capacity", "skills"),
    *("time_window", "breaks", "costs", "description", "type", "speed_factor"),
    *("max_tasks", "max_travel_time", "max_distance"),
}
_COSTS: Final = {"fixed", "per_hour", "per_km", "per_task_hour"}


def check_vehicle(vehicle: Json) -> None:
    """Refuses what is not read, before one vehicle is looked at because of another."""
    name = f"vehicle {vehicle['id']}"
    only(vehicle, _VEHICLE, name)
    if "start_index" not in vehicle and "end_index" not in vehicle:
        raise UnreadableFile(f"{name} has neither start_index nor end_index (nor start nor end)")
    costs = vehicle.get("costs", {})
    only(costs, _COSTS, f"the costs of {name}")
    if costs.get("per_task_hour", 0):
        raise UnreadableFile(f"the costs of {name} use per_task_hour, which is not read")
    for price in ("fixed", "per_hour", "per_km"):
        whole_of(costs, price, 0)
    percent_of(vehicle)


@dataclass(frozen=True)
class Fleet:
    """All vehicles, with what one of them needs to know of the rest of the input."""

    vehicles: Sequence[Json]
    roads: Roads
    width: int  # amounts of a task
    countable_tasks: int | None  # how many tasks there are, where a load dimension counts them

    @cached_property
    def parts_of_a_unit(self) -> int:
        """Into how many parts VROOM's cost unit is cut so that every price is whole."""
        parts = 1
        for vehicle in self.vehicles:
            costs = vehicle.get("costs", {})
            an_hour, a_km = costs.get("per_hour", HOUR_SECONDS), costs.get("per_km", 0)
            parts = lcm(parts, HOUR_SECONDS // gcd(an_hour, HOUR_SECONDS))
            parts = lcm(parts, KM_METRES // gcd(a_km, KM_METRES))
        return parts

    def courier(self, vehicle: Json) -> Courier:
        shift = window_of(vehicle.get("time_window", [0, LAST_SECOND]))
        capacities = vehicle.get("capacity", [0] * self.width)
        if self.countable_tasks is not None:
            capacities = [*capacities, vehicle.get("max_tasks", self.countable_tasks)]
        return Courier(
            id=CourierId(str(vehicle["id"])),
            start_location=vehicle.get("start_index", self.roads.anywhere),
            end_location=vehicle.get("end_index", self.roads.anywhere),
            shift=shift,
            profile=named(profile_of(vehicle), percent_of(vehicle)),
            capacities=tuple(capacities),
            skills=skills_of(vehicle),
            max_route_metres=self._longest(vehicle),
            breaks=breaks_of(vehicle, shift),
            costs=self._rates(vehicle),
        )

    def _longest(self, vehicle: Json) -> int | None:
        """In metres; in seconds of travel where no distances are given, which stand for them."""
        is_measured = profile_of(vehicle) in self.roads.measured
        if "max_distance" in vehicle and not is_measured:
            raise UnreadableFile("max_distance needs distances beside the durations")
        if "max_travel_time" in vehicle and is_measured:
            raise UnreadableFile("max_travel_time beside distances is not read")
        longest: int | None = vehicle.get("max_distance", vehicle.get("max_travel_time"))
        return longest

    def _rates(self, vehicle: Json) -> CostRates:
        costs, parts = vehicle.get("costs", {}), self.parts_of_a_unit
        if costs.get("per_km", 0) and profile_of(vehicle) not in self.roads.measured:
            raise UnreadableFile("a cost per_km needs distances beside the durations")
        return CostRates(
            fixed=costs.get("fixed", 0) * parts,
            per_metre=costs.get("per_km", 0) * parts // KM_METRES,
            per_travel_second=costs.get("per_hour", HOUR_SECONDS) * parts // HOUR_SECONDS,
        )
