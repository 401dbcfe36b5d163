"""Travel between the places of a day: by a road server where one is named, else great circle by terrain; then what is cut off.

A silent road server is never made up for in secret: the day is refused, or the plan says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from postal_service.domain.refusals import OutOfDate
from postal_service.services.conditions import Conditions, Riding, Roads
from postal_service.services.orders import Spot
from postal_service.services.workdays import Workday
from routing import Location, Matrix, Profile, SpeedPeriod
from routing.notices import RoadNotice, with_notices
from routing.road_server import RoadServer, RoadServerError
from routing.travel import DELTA, MOUNTAIN, TOWN, geodesic_matrix

TERRAINS: Final = {"town": TOWN, "delta": DELTA, "mountain": MOUNTAIN, "island": DELTA}
ISLAND: Final = "island"


class NoRoadTimes(OutOfDate):
    """The road server gave no table, and nobody allowed to guess."""

    code = "planning.no_road_times"


@dataclass(frozen=True, kw_only=True)
class Ways:
    """A profile for every vehicle that rides; and whose road times they are."""

    profiles: tuple[Profile, ...]
    roads: Roads


def ways_of(day: Workday, spots: Sequence[Spot]) -> Ways:
    """How the couriers of the day get from each of these places to each other.

    Raises NoRoadTimes.
    """
    locations = [Location(name=str(n), lat=s.lat, lon=s.lon) for n, s in enumerate(spots)]
    table, roads = _table(day.conditions, locations, spots)
    in_town = day.start.terrain == "town"
    profiles = []
    for vehicle in sorted({courier.facts.vehicle for courier in day.couriers}):
        riding = day.conditions.riding[vehicle]
        notices = [
            *_islands(day.conditions, spots, riding),
            *_closures(day.conditions, spots),
        ]
        profiles.append(
            Profile(
                name=vehicle.value,
                travel=with_notices(table, notices, day=day.day),
                speed_periods=tuple(_periods(day.conditions, riding, in_town=in_town)),
            )
        )
    return Ways(profiles=tuple(profiles), roads=roads)


def _table(
    conditions: Conditions, locations: Sequence[Location], spots: Sequence[Spot]
) -> tuple[Matrix, Roads]:
    roads = Roads.GREAT_CIRCLE
    if conditions.road_server:
        try:
            return _server(conditions).matrix(locations), Roads.ROAD_SERVER
        except RoadServerError as silent:
            if not conditions.may_guess:
                raise NoRoadTimes(why=str(silent)) from silent
            roads = Roads.GUESSED
    return geodesic_matrix(locations, [TERRAINS.get(s.terrain, DELTA) for s in spots]), roads


def _server(conditions: Conditions) -> RoadServer:
    return RoadServer(
        url=conditions.road_server,
        profile=conditions.road_profile,
        cache=conditions.road_cache,
        attempts=conditions.road_attempts,
        timeout_seconds=conditions.road_timeout_seconds,
        table_seconds=conditions.road_table_seconds,
        block=conditions.road_block,
    )


def _islands(conditions: Conditions, spots: Sequence[Spot], riding: Riding) -> list[RoadNotice]:
    """Boats go by their own timetable and not at all in rough sea: nobody is sent by road."""
    crossing = conditions.crossing_seconds
    # A boat is as fast for who walks; the table's seconds are a motorbike's.
    seconds = None if crossing is None else crossing * riding.speed_percent // 100
    return [
        RoadNotice(
            origins=frozenset(n for n, spot in enumerate(spots) if spot.area == island),
            destinations=frozenset(n for n, spot in enumerate(spots) if spot.area != island),
            reason=island,
            seconds=seconds,
        )
        for island in sorted({spot.area for spot in spots if spot.terrain == ISLAND})
    ]


def _closures(conditions: Conditions, spots: Sequence[Spot]) -> list[RoadNotice]:
    """Storms and floods, on their days; a detour's seconds are a motorbike's, as the table's."""
    notices = []
    for closure in conditions.closures:
        inside = frozenset(n for n, spot in enumerate(spots) if spot.area in closure.areas)
        others = frozenset(n for n, spot in enumerate(spots) if spot.area not in closure.areas)
        if closure.towards:
            others = frozenset(n for n in others if spots[n].area in closure.towards)
        notices += [
            RoadNotice(
                origins=inside,
                destinations=there,
                reason=closure.name,
                first_day=closure.first_day,
                last_day=closure.last_day,
                seconds=closure.detour_seconds,
                metres=closure.detour_metres,
            )
            for there in (others, inside if closure.inside else frozenset[int]())
            if inside and there
        ]
    return notices


def _periods(conditions: Conditions, riding: Riding, *, in_town: bool) -> list[SpeedPeriod]:
    usual = riding.speed_percent
    rush = conditions.rush_hours if in_town and riding.is_in_traffic else ()
    if usual == 100 and not rush:
        return []
    changes = {0: usual}
    for hour in rush:
        changes[hour.from_second] = max(1, usual * hour.speed_percent // 100)
        changes[hour.to_second] = usual
    return [SpeedPeriod(from_second=at, speed_percent=changes[at]) for at in sorted(changes)]
