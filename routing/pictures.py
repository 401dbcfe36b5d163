"""A plan to look at: GeoJSON for maps, SVG for paper and terminals; nothing is computed anew."""

import json
from collections.abc import Iterable
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from routing.plan import Plan, Route
from routing.problem import Location, Problem

# Ten hues that stay apart for most colour-blind readers (Okabe and Ito, 2008, and two greys).
COLOURS: Final = (
    *("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C564B", "#6A3D9A"),
    *("#444444", "#999999"),
)


def plan_geojson(problem: Problem, plan: Plan) -> str:
    """A FeatureCollection (RFC 7946): a line for each route, a point for each stop and office.

    Raises:
        ValueError: a location has no coordinates.
    """
    features: list[dict[str, Any]] = []
    for number, route in enumerate(plan.routes):
        line = [_lon_lat(place) for place in _path(problem, route)]
        about = {
            "courier": route.courier,
            "colour": COLOURS[number % len(COLOURS)],
            "leaves_second": route.leaves_second,
            "returns_second": route.returns_second,
            "distance_m": route.distance_m,
        }
        features.append(_feature("LineString", line, about))
        for order, visit in enumerate(route.visits, 1):
            place = problem.locations[problem.stops[problem.stop_index[visit.stop]].location]
            about = {
                "stop": visit.stop,
                "courier": route.courier,
                "order": order,
                "start_second": visit.start_second,
            }
            features.append(_feature("Point", _lon_lat(place), about))
    for unserved in plan.unserved:
        place = problem.locations[problem.stops[problem.stop_index[unserved.stop]].location]
        about = {"stop": unserved.stop, "unserved": unserved.reason.value}
        features.append(_feature("Point", _lon_lat(place), about))
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def plan_svg(problem: Problem, plan: Plan, *, width: int = 900) -> str:
    """A drawing, north up: routes as lines, stops as dots, unserved ones as crosses.

    Raises:
        ValueError: a location has no coordinates.
    """
    points = [_lon_lat(place) for place in problem.locations]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    span = max(east - west, north - south) or 1.0
    scale = (width - 40) / span
    height = round((north - south) * scale) + 40

    def at(place: Location) -> tuple[float, float]:
        lon, lat = _lon_lat(place)
        return round(20 + (lon - west) * scale, 1), round(20 + (north - lat) * scale, 1)

    drawn = [
        *(_line(problem, route, n, at) for n, route in enumerate(plan.routes)),
        *(
            _cross(
                at(problem.locations[problem.stops[problem.stop_index[u.stop]].location]), u.stop
            )
            for u in plan.unserved
        ),
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
    return "\n".join([head, *drawn, "</svg>"])


def _line(problem: Problem, route: Route, number: int, at: Any) -> str:  # noqa: ANN401 - a closure
    colour = COLOURS[number % len(COLOURS)]
    places = _path(problem, route)
    points = " ".join(f"{x},{y}" for x, y in map(at, places))
    dots = "".join(
        f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"><title>{escape(stop)}</title></circle>'
        for stop, (x, y) in zip(
            route.stops,
            (
                at(problem.locations[problem.stops[problem.stop_index[stop]].location])
                for stop in route.stops
            ),
            strict=True,
        )
    )
    return (
        f"<g aria-label={quoteattr(route.courier)}>"
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}</g>'
    )


def _cross(point: tuple[float, float], stop: str) -> str:
    x, y = point
    arms = f"M{x - 5},{y - 5}L{x + 5},{y + 5}M{x - 5},{y + 5}L{x + 5},{y - 5}"
    return (
        f'<path d="{arms}" stroke="#B00020" stroke-width="2"><title>{escape(stop)}</title></path>'
    )


def _path(problem: Problem, route: Route) -> list[Location]:
    """Where the courier passes, office to office; a timetable leg shows both its ends."""
    courier = problem.couriers[problem.courier_index[route.courier]]
    numbers = [courier.start_location]
    for tour_number, tour in enumerate(route.tours):
        for visit in tour.visits:
            stop = problem.stops[problem.stop_index[visit.stop]]
            numbers += _without_repeats((stop.location, stop.exit_location))
        is_last = tour_number == len(route.tours) - 1
        numbers.append(courier.end_location if is_last else courier.start_location)
    return [problem.locations[number] for number in numbers]


def _without_repeats(numbers: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(numbers))


def _feature(kind: str, coordinates: object, about: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": about}


def _lon_lat(place: Location) -> tuple[float, float]:
    if place.lat is None or place.lon is None:
        raise ValueError(f"location {place.name} has no coordinates")
    return place.lon, place.lat
