"""A plan to look at: GeoJSON for maps, SVG for paper and screens, PNG for messages and documents
that take no SVG; nothing is computed anew.
"""

import json
import math
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

import fontpkg
from PIL import Image, ImageDraw, ImageFont

from routing.plan import Plan, Route
from routing.problem import Courier, Location, Problem

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
    at, (_, height) = _sheet(problem, width)
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


def plan_png(problem: Problem, plan: Plan, *, width: int = 1200) -> bytes:
    """The same drawing as `plan_svg` in pixels, with a list of the couriers beside it.

    Offices are squares; a number beside a courier says how many stops he has.

    Raises:
        ValueError: a location has no coordinates.
    """
    at, (width, height) = _sheet(problem, width)
    # Drawn larger and made smaller at the end: that is how Pillow's lines get smooth.
    rows = len(plan.routes) + bool(plan.unserved)
    size = (width + LEGEND_WIDTH, max(height, 2 * MARGIN + rows * LEGEND_ROW))
    image = Image.new("RGB", (size[0] * SHARPER, size[1] * SHARPER), "white")
    draw = ImageDraw.Draw(image)

    def pixel(number: int) -> tuple[float, float]:
        x, y = at(problem.locations[number])
        return x * SHARPER, y * SHARPER

    for number, route in enumerate(plan.routes):
        colour = COLOURS[number % len(COLOURS)]
        draw.line([pixel(n) for n in _numbers(problem, route)], fill=colour, width=2 * SHARPER)
        for stop in route.stops:
            _dot(draw, pixel(problem.stops[problem.stop_index[stop]].location), colour)
    for unserved in plan.unserved:
        x, y = pixel(problem.stops[problem.stop_index[unserved.stop]].location)
        for rise in (-ARM, ARM):
            draw.line([(x - ARM, y - rise), (x + ARM, y + rise)], fill=LEFT_OUT, width=2 * SHARPER)
    for office in sorted({place for man in problem.couriers for place in _offices(man)}):
        x, y = pixel(office)
        draw.rectangle((x - ARM, y - ARM, x + ARM, y + ARM), fill="black", outline="white")
    _legend(draw, plan, width * SHARPER)
    sharp = image.resize(size, Image.Resampling.LANCZOS)
    with BytesIO() as file:
        sharp.save(file, format="PNG", optimize=True)
        return file.getvalue()


MARGIN: Final = 20
SHARPER: Final = 2
ARM: Final = 5 * SHARPER
LEGEND_WIDTH, LEGEND_ROW = 260, 22
LEFT_OUT: Final = "#B00020"


def _legend(draw: ImageDraw.ImageDraw, plan: Plan, left: float) -> None:
    # Pillow's own font has no Vietnamese letters.
    font = ImageFont.truetype(str(fontpkg.path("Be Vietnam Pro", weight=400)), 13 * SHARPER)
    lines = [
        (COLOURS[number % len(COLOURS)], f"{route.courier}  {len(route.stops)}")
        for number, route in enumerate(plan.routes)
    ]
    if plan.unserved:
        lines.append((LEFT_OUT, f"×  {len(plan.unserved)}"))
    for row, (colour, words) in enumerate(lines):
        y = (MARGIN + row * LEGEND_ROW) * SHARPER
        draw.rectangle((left, y, left + 14 * SHARPER, y + 14 * SHARPER), fill=colour)
        draw.text((left + 22 * SHARPER, y + 7 * SHARPER), words, "black", font, anchor="lm")


def _dot(draw: ImageDraw.ImageDraw, point: tuple[float, float], colour: str) -> None:
    x, y = point
    reach = 4 * SHARPER
    draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=colour, outline="white")


def _offices(courier: Courier) -> tuple[int, int]:
    return courier.start_location, courier.end_location


def _sheet(
    problem: Problem, width: int
) -> tuple[Callable[[Location], tuple[float, float]], tuple[int, int]]:
    """Where a location lies on a sheet of at most this width, and how wide and high the sheet is."""
    points = [_lon_lat(place) for place in problem.locations]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    # A degree of longitude is shorter than one of latitude by the cosine of the latitude.
    squeeze = math.cos(math.radians((south + north) / 2))
    span = max((east - west) * squeeze, north - south) or 1.0
    scale = (width - 2 * MARGIN) / span
    sides = (east - west) * squeeze, north - south
    used = round(sides[0] * scale) + 2 * MARGIN, round(sides[1] * scale) + 2 * MARGIN

    def at(place: Location) -> tuple[float, float]:
        lon, lat = _lon_lat(place)
        x = MARGIN + (lon - west) * squeeze * scale
        return round(x, 1), round(MARGIN + (north - lat) * scale, 1)

    return at, used


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
    return [problem.locations[number] for number in _numbers(problem, route)]


def _numbers(problem: Problem, route: Route) -> list[int]:
    """Where the courier passes, office to office; a timetable leg shows both its ends."""
    courier = problem.couriers[problem.courier_index[route.courier]]
    numbers = [courier.start_location]
    for tour_number, tour in enumerate(route.tours):
        for visit in tour.visits:
            stop = problem.stops[problem.stop_index[visit.stop]]
            numbers += _without_repeats((stop.location, stop.exit_location))
        is_last = tour_number == len(route.tours) - 1
        numbers.append(courier.end_location if is_last else courier.start_location)
    return numbers


def _without_repeats(numbers: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(numbers))


def _feature(kind: str, coordinates: object, about: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": about}


def _lon_lat(place: Location) -> tuple[float, float]:
    if place.lat is None or place.lon is None:
        raise ValueError(f"location {place.name} has no coordinates")
    return place.lon, place.lat
