"""A generated day of three offices, each with streets of its own, of any size."""

import numpy as np

from routing import (
    Courier,
    CourierId,
    Location,
    PlanRules,
    Problem,
    Profile,
    Shipment,
    Stop,
    StopId,
    StopKind,
    Window,
)
from routing.travel import DELTA, GeodesicTable

SHIFT = Window(opens_second=7 * 3600 + 1800, closes_second=17 * 3600)
OFFICES = ((15.57, 108.47), (15.88, 108.33), (15.35, 108.20))


def province(stops: int, crew: int, *, rules: PlanRules | None = None) -> Problem:
    """Three offices some forty kilometres apart, each with its crew; every tenth call is a pair."""
    draw = np.random.default_rng(1)
    places = [Location(name=f"o{n}", lat=lat, lon=lon) for n, (lat, lon) in enumerate(OFFICES)]
    calls: list[Stop] = []
    pairs: list[Shipment] = []
    for number in range(stops):
        lat, lon = np.array(OFFICES[number // 2 % 3]) + draw.normal(0, 0.03, 2)
        places.append(Location(name=f"p{number}", lat=float(lat), lon=float(lon)))
        kind = (StopKind.PICKUP, StopKind.DROPOFF)[number % 2] if number % 20 < 2 else None
        opens = int(draw.integers(7 * 3600 + 1800, 15 * 3600))
        calls.append(
            Stop(
                id=StopId(f"s{number}"),
                location=len(OFFICES) + number,
                kind=kind or (StopKind.COLLECT if number % 3 else StopKind.DELIVER),
                service_seconds=240,
                windows=()
                if kind or number % 2
                else (Window(opens_second=opens, closes_second=opens + 7200),),
                penalty=0 if kind is StopKind.DROPOFF else int(draw.integers(2000, 20_000)),
            )
        )
        if kind is StopKind.DROPOFF:
            pairs.append(Shipment(pickup=StopId(f"s{number - 1}"), dropoff=StopId(f"s{number}")))
    men = [
        Courier(id=CourierId(f"c{n}"), start_location=n % 3, end_location=n % 3, shift=SHIFT)
        for n in range(3 * crew)
    ]
    table = GeodesicTable(tuple(places), (DELTA,) * len(places))
    return Problem(
        locations=tuple(places),
        profiles=(Profile(travel=table),),
        stops=tuple(calls),
        couriers=tuple(men),
        shipments=tuple(pairs),
        rules=rules or PlanRules(),
    )
