"""A plan to look at: GeoJSON for maps, SVG for paper and screens, PNG for messages and documents
that take no SVG; nothing is computed anew.

Places on Earth are drawn north up. Those of a plane (`Location.x`, `Location.y`), as the classic
instances have them, are drawn as they are, and no map shows them. An office without coordinates is an
open end of a route and is not drawn.
"""

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape, quoteattr

from routing.plan import Plan, Route
from routing.problem import Location, Problem, Stop
from routing.terms import CourierId, StopId

if TYPE_CHECKING:
    from PIL import ImageDraw

# Ten hues that stay apart for most colour-blind readers (Okabe and Ito, 2008, and two greys).
COLOURS: Final = (
    *("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C564B", "#6A3D9A"),
    *("#444444", "#999999"),
)
LEFT_OUT: Final = "#B00020"
MARGIN: Final = 20
SHARPER: Final = 2
ARM: Final = 5
DOT: Final = 4
LEGEND_WIDTH, LEGEND_ROW = 260, 22

Point = tuple[float, float]


class NotDrawable(ValueError):  # noqa: N818 - a refusal is named as the clerk says it
    """A problem whose places are not known well enough for this kind of picture."""


def refuse_undrawable(problem: Problem, *, on_map: bool = False) -> None:
    """Raises `NotDrawable` where a stop has no point to be drawn at, or, on a map, none on Earth."""
    places = [place for place in problem.locations if place.lat is None]
    called_at = {problem.locations[n] for stop in problem.stops for n in _ends(stop)}
    lost = [place for place in places if place in called_at]
    if not lost:
        return
    flat = [place for place in lost if place.x is not None]
    if on_map and flat:
        raise NotDrawable(
            f"{len(flat)} locations are points of a plane, {flat[0].name} among them, and a map"
            " shows places on Earth"
        )
    if on_map or any(place.x is None for place in called_at):
        lost = [place for place in lost if place.x is None]
        raise NotDrawable(f"{len(lost)} locations without coordinates, {lost[0].name} among them")


def plan_geojson(problem: Problem, plan: Plan) -> str:
    """A FeatureCollection (RFC 7946): a line for each route, a point for each stop and office.

    Raises:
        NotDrawable: a stop's location has no latitude and longitude.
    """
    refuse_undrawable(problem, on_map=True)
    features: list[dict[str, Any]] = []
    for number, route in enumerate(plan.routes):
        passed = (problem.locations[n] for n in _numbers(problem, route))
        line = [_lon_lat(place) for place in passed if place.lat is not None]
        about: dict[str, Any] = {
            "courier": route.courier,
            "colour": COLOURS[number % len(COLOURS)],
            "leaves_second": route.leaves_second,
            "returns_second": route.returns_second,
            "distance_m": route.distance_m,
        }
        # A line has two points at least.
        features.append(_feature("LineString", line if len(line) > 1 else line * 2, about))
        for order, visit in enumerate(route.visits, 1):
            about = {
                "stop": visit.stop,
                "courier": route.courier,
                "order": order,
                "start_second": visit.start_second,
            }
            features.append(_feature("Point", _lon_lat(_place(problem, visit.stop)), about))
    for unserved in plan.unserved:
        about = {"stop": unserved.stop, "unserved": unserved.reason.value}
        features.append(_feature("Point", _lon_lat(_place(problem, unserved.stop)), about))
    for number, couriers in _offices(problem).items():
        office = problem.locations[number]
        if office.lat is not None:
            about = {"office": office.name, "couriers": couriers}
            features.append(_feature("Point", _lon_lat(office), about))
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def plan_svg(problem: Problem, plan: Plan, *, width: int = 900) -> str:
    """A drawing of at most this width, and a list of the couriers beside it.

    Routes are lines, stops dots, unserved ones crosses, offices squares; a number beside a courier
    says how many stops he has.

    Raises:
        NotDrawable: a stop's location has no coordinates.
    """
    sheet = _Sheet(problem, plan, width)
    drawn = [
        *(_svg_line(sheet, route, n) for n, route in enumerate(plan.routes)),
        *(_svg_cross(sheet.at_stop(u.stop), u.stop) for u in plan.unserved),
        *(
            f'<rect x="{x - ARM}" y="{y - ARM}" width="{2 * ARM}" height="{2 * ARM}"'
            f' stroke="white"><title>{escape(name)}</title></rect>'
            for name, (x, y) in sheet.offices
        ),
        *_svg_legend(sheet),
    ]
    wide, high = sheet.size
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}">'
    return "\n".join([head, *drawn, "</svg>"])


def plan_png(problem: Problem, plan: Plan, *, width: int = 1200) -> bytes:
    """The same drawing as `plan_svg` in pixels.

    Raises:
        NotDrawable: a stop's location has no coordinates.
    """
    # Whoever only solves, checks or draws an SVG needs neither pictures nor fonts.
    from PIL import Image, ImageDraw  # noqa: PLC0415

    sheet = _Sheet(problem, plan, width)
    # Drawn larger and made smaller at the end: that is how Pillow's lines get smooth.
    wide, high = sheet.size
    image = Image.new("RGB", (wide * SHARPER, high * SHARPER), "white")
    draw = ImageDraw.Draw(image)

    def larger(point: Point) -> Point:
        return point[0] * SHARPER, point[1] * SHARPER

    for number, route in enumerate(plan.routes):
        colour = COLOURS[number % len(COLOURS)]
        way = [larger(point) for point in sheet.way(route)]
        draw.line(way, fill=colour, width=2 * SHARPER)
        for stop in route.stops:
            draw.ellipse(_around(larger(sheet.at_stop(stop)), DOT), fill=colour, outline="white")
    for unserved in plan.unserved:
        left, top, right, bottom = _around(larger(sheet.at_stop(unserved.stop)), ARM)
        for ends in (((left, top), (right, bottom)), ((left, bottom), (right, top))):
            draw.line(ends, fill=LEFT_OUT, width=2 * SHARPER)
    for _, point in sheet.offices:
        draw.rectangle(_around(larger(point), ARM), fill="black", outline="white")
    _png_legend(draw, sheet)
    sharp = image.resize((wide, high), Image.Resampling.LANCZOS)
    with BytesIO() as file:
        sharp.save(file, format="PNG", optimize=True)
        return file.getvalue()


@dataclass(frozen=True)
class _Sheet:
    """Where everything lies on a sheet whose map is at most so wide."""

    problem: Problem
    plan: Plan
    width: int

    def __post_init__(self) -> None:
        refuse_undrawable(self.problem)

    @property
    def size(self) -> tuple[int, int]:
        wide, high = self._map[1]
        return wide + LEGEND_WIDTH, max(high, 2 * MARGIN + len(self.legend) * LEGEND_ROW)

    @property
    def legend_left(self) -> int:
        return self._map[1][0]

    @cached_property
    def legend(self) -> list[tuple[str, str]]:
        """Colour and words of every line."""
        lines = [
            (COLOURS[number % len(COLOURS)], f"{route.courier}  {len(route.stops)}")
            for number, route in enumerate(self.plan.routes)
        ]
        if self.plan.unserved:
            lines.append((LEFT_OUT, f"×  {len(self.plan.unserved)}"))
        return lines

    @cached_property
    def offices(self) -> list[tuple[str, Point]]:
        numbers = [n for n in _offices(self.problem) if n in self._points]
        return [(self.problem.locations[n].name, self.at(n)) for n in numbers]

    def at_stop(self, stop: StopId) -> Point:
        return self.at(self.problem.stops[self.problem.stop_index[stop]].location)

    def way(self, route: Route) -> list[Point]:
        return [self.at(n) for n in _numbers(self.problem, route) if n in self._points]

    def at(self, location: int) -> Point:
        place, _ = self._map
        return place(*self._points[location])

    @cached_property
    def _points(self) -> dict[int, Point]:
        """Of each location that has one its point, all on Earth or all on a plane."""
        places = list(enumerate(self.problem.locations))
        if self._is_on_earth:
            return {n: _lon_lat(place) for n, place in places if place.lat is not None}
        return {
            n: (place.x, place.y)
            for n, place in places
            if place.x is not None and place.y is not None
        }

    @property
    def _is_on_earth(self) -> bool:
        calls = (self.problem.locations[n] for stop in self.problem.stops for n in _ends(stop))
        return all(place.lat is not None for place in calls)

    @cached_property
    def _map(self) -> tuple[Callable[[float, float], Point], tuple[int, int]]:
        """Where a point lies on the map, and how wide and high the map is."""
        points = list(self._points.values()) or [(0.0, 0.0)]
        west, east = min(p[0] for p in points), max(p[0] for p in points)
        south, north = min(p[1] for p in points), max(p[1] for p in points)
        # A degree of longitude is shorter than one of latitude by the cosine of the latitude.
        squeeze = math.cos(math.radians((south + north) / 2)) if self._is_on_earth else 1.0
        span = max((east - west) * squeeze, north - south) or 1.0
        scale = (self.width - 2 * MARGIN) / span
        sides = (east - west) * squeeze, north - south
        used = round(sides[0] * scale) + 2 * MARGIN, round(sides[1] * scale) + 2 * MARGIN

        def at(x: float, y: float) -> Point:
            return (
                round(MARGIN + (x - west) * squeeze * scale, 1),
                round(MARGIN + (north - y) * scale, 1),
            )

        return at, used


def _svg_line(sheet: _Sheet, route: Route, number: int) -> str:
    colour = COLOURS[number % len(COLOURS)]
    points = " ".join(f"{x},{y}" for x, y in sheet.way(route))
    dots = "".join(
        f'<circle cx="{x}" cy="{y}" r="{DOT}" fill="{colour}" stroke="white">'
        f"<title>{escape(stop)}</title></circle>"
        for stop, (x, y) in ((stop, sheet.at_stop(stop)) for stop in route.stops)
    )
    return (
        f"<g aria-label={quoteattr(route.courier)}>"
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}</g>'
    )


def _svg_cross(point: Point, stop: str) -> str:
    x, y = point
    arms = f"M{x - ARM},{y - ARM}L{x + ARM},{y + ARM}M{x - ARM},{y + ARM}L{x + ARM},{y - ARM}"
    return f'<path d="{arms}" stroke="{LEFT_OUT}" stroke-width="2"><title>{escape(stop)}</title></path>'


def _svg_legend(sheet: _Sheet) -> list[str]:
    left = sheet.legend_left
    lines = ['<g font-family="Be Vietnam Pro, sans-serif" font-size="13" xml:space="preserve">']
    for row, (colour, words) in enumerate(sheet.legend):
        y = MARGIN + row * LEGEND_ROW
        lines.append(
            f'<rect x="{left}" y="{y}" width="14" height="14" fill="{colour}"/>'
            f'<text x="{left + 22}" y="{y + 12}">{escape(words)}</text>'
        )
    return [*lines, "</g>"]


def _png_legend(draw: "ImageDraw.ImageDraw", sheet: _Sheet) -> None:
    import fontpkg  # noqa: PLC0415
    from PIL import ImageFont  # noqa: PLC0415

    # Pillow's own font has no Vietnamese letters.
    font = ImageFont.truetype(str(fontpkg.path("Be Vietnam Pro", weight=400)), 13 * SHARPER)
    left = sheet.legend_left * SHARPER
    for row, (colour, words) in enumerate(sheet.legend):
        y = (MARGIN + row * LEGEND_ROW) * SHARPER
        draw.rectangle((left, y, left + 14 * SHARPER, y + 14 * SHARPER), fill=colour)
        draw.text((left + 22 * SHARPER, y + 7 * SHARPER), words, "black", font, anchor="lm")


def _around(point: Point, reach: int) -> tuple[float, float, float, float]:
    x, y = point
    return x - reach * SHARPER, y - reach * SHARPER, x + reach * SHARPER, y + reach * SHARPER


def _offices(problem: Problem) -> dict[int, list[CourierId]]:
    """Where somebody's day begins or ends, and whose."""
    offices: dict[int, list[CourierId]] = {}
    for man in problem.couriers:
        for place in dict.fromkeys((man.start_location, man.end_location)):
            offices.setdefault(place, []).append(man.id)
    return dict(sorted(offices.items()))


def _place(problem: Problem, stop: StopId) -> Location:
    return problem.locations[problem.stops[problem.stop_index[stop]].location]


def _ends(stop: Stop) -> tuple[int, int]:
    return stop.location, stop.exit_location


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
        raise NotDrawable(f"location {place.name} has no coordinates")
    return place.lon, place.lat
