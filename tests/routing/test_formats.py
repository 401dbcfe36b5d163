"""Other people's files are read in their own integer convention, or refused with the line."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from math import nan
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from routing import (
    Budget,
    ContradictoryProblem,
    Matrix,
    Problem,
    Profile,
    StopKind,
    check,
)
from routing.baseline import current_order, nearest_neighbour
from routing.formats import read_lilim, read_solomon, read_vroom, read_vrplib
from routing.formats.unreadable import UnreadableFile
from routing.pictures import (
    COLOURS,
    LEGEND_WIDTH,
    NotDrawable,
    plan_geojson,
    plan_png,
    plan_svg,
)
from routing.solve import solve
from routing.travel import TOWN, geodesic_matrix
from routing.wire import (
    UnreadableJson,
    plan_from_json,
    plan_to_json,
    problem_from_json,
    problem_to_json,
)
from tests.routing.small import LAN, S, courier, on_a_line, stop
from tests.shared_data import shared

SOLOMON = """TINY

VEHICLE
NUMBER CAPACITY
2 10

CUSTOMER
CUST NO. XCOORD. YCOORD. DEMAND READY DUE SERVICE

0 0 0 0 0 100 0
1 3 4 5 0 50 10
2 1 1 5 0 50 10
"""
LILIM = """2\t10\t1
0\t0\t0\t0\t0\t100\t0\t0\t0
1\t3\t4\t5\t0\t50\t10\t0\t2
2\t1\t1\t-5\t0\t90\t10\t1\t0
"""
VRPLIB = """NAME : tiny
COMMENT : "by hand"
TYPE : CVRP
DIMENSION : 3
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 10
NODE_COORD_SECTION
1 0 0
2 3 4
3 1 1
DEMAND_SECTION
1 0
2 6
3 5
DEPOT_SECTION
1
-1
EOF
"""
VROOM = {
    "vehicles": [{"id": 1, "start_index": 0, "end_index": 0, "capacity": [4], "skills": [1]}],
    "jobs": [{"id": 7, "location_index": 1, "service": 300, "delivery": [1], "skills": [1]}],
    "shipments": [
        {
            "amount": [2],
            "pickup": {"id": 1, "location_index": 1},
            "delivery": {"id": 1, "location_index": 2, "time_windows": [[0, 9000]]},
        }
    ],
    "matrices": {"car": {"durations": [[0, 10, 20], [10, 0, 15], [20, 15, 0]]}},
}


def test_solomon_counts_tenths_truncated() -> None:
    problem = read_solomon(SOLOMON)

    assert problem.profiles[0].travel.seconds(0, 2) == 14
    assert problem.stops[0].service_seconds == 100
    assert nearest_neighbour(problem).cost == 14 + 36 + 50


def test_lilim_counts_thousandths_rounded() -> None:
    problem = read_lilim(LILIM)

    assert problem.profiles[0].travel.seconds(0, 2) == 1414
    assert [s.kind for s in problem.stops] == [StopKind.PICKUP, StopKind.DROPOFF]
    assert nearest_neighbour(problem).cost == 5000 + 3606 + 1414


def test_vrplib_rounds_and_has_vehicles_enough() -> None:
    problem = read_vrplib(VRPLIB)

    assert problem.profiles[0].travel.seconds(0, 2) == 1
    assert nearest_neighbour(problem).cost == 2 * 5 + 2 * 1


def test_vroom_input_is_read_whole() -> None:
    plan = solve(read_vroom(json.dumps(VROOM)), budget=Budget(seconds=60, iterations=200))

    assert sorted(plan.routes[0].stops) == ["delivery-1", "job-7", "pickup-1"]
    assert plan.cost == 10 + 15 + 20


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_solomon, ""),
        (read_solomon, "2 10\n0 0 0 0"),
        (read_solomon, "2 10\n0 0 x 0 0 1 0"),
        (read_lilim, ""),
        (read_lilim, "2 10 1\n0 0 0\n"),
        (read_lilim, "two ten one"),
        (read_vrplib, ""),
        (read_vrplib, VRPLIB.replace("EUC_2D", "EXPLICIT")),
        (read_vrplib, VRPLIB.replace("2 3 4", "2 three 4")),
        (read_vrplib, VRPLIB.replace("2 6\n", "")),
        (read_vrplib, VRPLIB.replace("CAPACITY : 10", "CAPACITY : ten")),
        (read_vrplib, "NAME : x\nHELLO\n"),
        (read_vroom, "{"),
        (read_vroom, "[]"),
        (read_vroom, "{}"),
        (read_vroom, json.dumps(VROOM | {"options": {}})),
    ],
)
def test_a_file_of_another_kind_is_refused(read: Callable[[str], Problem], text: str) -> None:
    with pytest.raises(UnreadableFile):
        read(text)


def vroom(**more: object) -> str:
    return json.dumps(VROOM | more)


def vroom_job(**more: object) -> str:
    return vroom(jobs=[{"id": 7, "location_index": 1} | more])


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (read_solomon, SOLOMON.replace("3 4 5", "nan 4 5"), "line 11.*finite"),
        (read_solomon, SOLOMON.replace("3 4 5", "1e400 4 5"), "line 11.*finite"),
        (read_solomon, SOLOMON.replace("3 4 5", "1e12 4 5"), "further apart"),
        (read_solomon, SOLOMON.replace("3 4 5", "3 4 5.5"), "line 11: a demand of 5.5"),
        (read_solomon, SOLOMON.replace("2 10", "2.5 10"), "line 5: a fleet of 2.5"),
        (read_solomon, SOLOMON.replace("2 1 1 5", "Z 1 1 5"), "line 12: not a row of numbers"),
        (read_solomon, SOLOMON.replace("0 0 0 0", "O 0 0 0"), "line 10: not a row of numbers"),
        (read_solomon, SOLOMON.replace("50 10\n2", "50 10 0 0\n2"), "line 11.*seven numbers"),
        (read_lilim, LILIM.replace("3\t4", "inf\t4"), "line 3.*finite"),
        (read_lilim, LILIM.replace("3\t4", "3.5\t4"), "line 3.*3.5 is not whole"),
        (read_lilim, LILIM.replace("-5", "-4"), "task 1 takes 5"),
        (read_lilim, LILIM.replace("0\t2\n", "0\t9\n"), "other half 9"),
        (read_vrplib, VRPLIB.replace("2 6\n3 5", "3 5\n2 6"), "in order"),
        (read_vrplib, VRPLIB.replace("DIMENSION : 3", "DIMENSION : 999999999999"), "in order"),
        (read_vrplib, VRPLIB.replace("2 6", "2 6.5"), "DEMAND_SECTION of 6.5"),
        (read_vrplib, VRPLIB.replace("2 3 4", "2 nan 4"), "line 9.*finite"),
        (read_vrplib, VRPLIB.replace("2 3 4", "2 3"), "line 9: 3 numbers"),
        (read_vrplib, VRPLIB.replace("CAPACITY : 10", "CAPACITY : 0"), "CAPACITY is 0"),
        (read_vrplib, VRPLIB.replace("\n1\n-1", "\n2\n-1"), "one depot"),
        (read_vroom, vroom(matrices={}), "/matrices"),
        (read_vroom, vroom(matrices={"car": {"durations": [[0, 1], [1]]}}), "/matrices/car"),
        (read_vroom, vroom(vehicles=[{"id": 1}]), "/vehicles/0: vehicle 1 has neither"),
        (read_vroom, vroom(jobs=7), "/jobs: a list"),
        (read_vroom, vroom_job(time_windows=[[5]]), "/jobs/0"),
        (read_vroom, vroom_job(delivery=1), "/jobs/0"),
        (read_vroom, vroom_job(priority=101), "a priority of 101"),
        (read_vroom, vroom_job(colour=1), "/jobs/0: job 7 uses colour"),
        (read_vroom, "[" * 100_000, "not JSON"),
        (read_vroom, vroom_job(service=1).replace("1}", "9" * 5_000 + "}"), "not JSON"),
    ],
    ids=lambda given: given if isinstance(given, str) and len(given) < 40 else "",
)
def test_what_is_wrong_in_a_file_is_said_with_the_place(
    read: Callable[[str], Problem], text: str, words: str
) -> None:
    with pytest.raises(UnreadableFile, match=words):
        read(text)


@pytest.mark.parametrize(("read", "text"), [(read_solomon, SOLOMON), (read_lilim, LILIM)])
def test_of_a_million_vehicles_no_more_are_made_than_there_is_work(
    read: Callable[[str], Problem], text: str
) -> None:
    many = text.replace("2 10", "1000000 10", 1).replace("2\t10", "1000000\t10", 1)

    assert len(read(many).couriers) == 2


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"stops": ' + "9" * 5_000 + "}", '{"load_names": ["\\ud800"]}'],
    ids=["deep", "long", "half a character"],
)
def test_json_that_no_program_can_hold_is_refused(text: str) -> None:
    with pytest.raises(UnreadableJson):
        problem_from_json(text)


def test_whole_numbers_of_numpy_are_written_as_numbers() -> None:
    hour, two = np.int64(3_600), np.int64(2)
    call = stop("a", 1, service_seconds=hour, loads=(two,))
    problem = on_a_line([call], [courier(capacities=(two,))], load_names=("letters",))

    plan = plan_from_json(plan_to_json(nearest_neighbour(problem)))

    assert check(problem_from_json(problem_to_json(problem)), plan) == ()
    assert plan.routes[0].service_seconds == 3_600


def test_the_published_instances_are_read_in_their_conventions() -> None:
    folder = shared("instances")
    known = json.loads((folder / "best_known.json").read_text(encoding="utf-8"))
    readers = {"vrptw": read_solomon, "pdptw": read_lilim, "cvrp": read_vrplib}
    for about in known.values():
        if about["set"] not in {"Solomon100", "Li100", "X"}:
            continue
        problem = readers[about["kind"]]((folder / about["file"]).read_text(encoding="utf-8"))
        plan = nearest_neighbour(problem)

        assert [v for v in check(problem, plan) if not v.is_shortfall] == []
        assert plan.unserved or plan.cost >= about["best_known_cost"]


def drawn() -> Problem:
    problem = on_a_line([stop("a & b", 1), stop("c", 2, penalty=1)], places=3)
    places = tuple(
        replace(place, lat=15.5 + n / 100, lon=108.4) for n, place in enumerate(problem.locations)
    )
    roads = Profile(travel=geodesic_matrix(places, [TOWN] * 3))
    return replace(problem, locations=places, profiles=(roads,))


def test_a_plan_is_drawn_for_maps_and_for_paper() -> None:
    problem = drawn()
    plan = current_order(problem, {LAN: [S("a & b")]})

    features = json.loads(plan_geojson(problem, plan))["features"]
    picture = plan_svg(problem, plan)

    assert [f["geometry"]["type"] for f in features] == ["LineString", "Point", "Point", "Point"]
    assert features[0]["geometry"]["coordinates"][0] == [108.4, 15.5]
    assert features[-1]["properties"] == {"office": "km 0", "couriers": ["Lan"]}
    assert features[-1]["geometry"]["coordinates"] == [108.4, 15.5]
    assert "a &amp; b" in picture
    assert "<title>km 0</title></rect>" in picture
    assert ">Lan  1</text>" in picture
    assert ">×  1</text>" in picture
    assert ET.fromstring(picture).tag.endswith("svg")
    assert picture.count("<circle") == 1
    assert picture.count("<path") == 1
    with pytest.raises(ValueError, match="coordinates"):
        plan_svg(on_a_line([stop("a", 1)]), plan)


def test_a_plan_is_drawn_in_pixels_with_who_goes_where() -> None:
    problem = drawn()
    plan = current_order(problem, {LAN: [S("a & b")]})

    image = Image.open(BytesIO(plan_png(problem, plan, width=300)))

    assert image.format == "PNG"
    red, green, blue = (int(COLOURS[0][n : n + 2], 16) for n in (1, 3, 5))
    seen = {pixel for _, pixel in image.getcolors(image.width * image.height) or []}
    assert {(red, green, blue), (0xB0, 0x00, 0x20), (0, 0, 0), (255, 255, 255)} <= seen


def test_one_place_alone_is_a_picture_too() -> None:
    problem = drawn()
    here = tuple(replace(place, lat=15.5, lon=108.4) for place in problem.locations)
    problem = replace(problem, locations=here)

    image = Image.open(BytesIO(plan_png(problem, current_order(problem, {LAN: [S("c")]}))))

    assert min(image.size) > 20


def test_what_has_no_coordinates_cannot_be_drawn() -> None:
    problem = on_a_line([stop("a", 1)])
    plan = current_order(problem, {LAN: [S("a")]})

    for draw in (plan_svg, plan_geojson, plan_png):
        with pytest.raises(ValueError, match="coordinates"):
            draw(problem, plan)


def flat(**places: Any) -> Problem:  # noqa: ANN401 - any field of the last one
    problem = on_a_line([stop("a", 1), stop("b", 2)], places=3)
    spots = [(0.0, 0.0), (300.0, 0.0), (0.0, 100.0)]
    on_plane = tuple(
        replace(place, x=x, y=y) for place, (x, y) in zip(problem.locations, spots, strict=True)
    )
    return replace(problem, locations=(*on_plane[:2], replace(on_plane[2], **places)))


def test_points_of_a_plane_are_drawn_as_they_are_and_on_no_map() -> None:
    problem = flat()
    plan = current_order(problem, {LAN: [S("a"), S("b")]})

    drawing = plan_svg(problem, plan, width=340)

    (line,) = re.findall(r'<polyline points="([^"]*)"', drawing)
    assert line == "20.0,120.0 320.0,120.0 20.0,20.0 20.0,120.0"
    assert Image.open(BytesIO(plan_png(problem, plan, width=340))).width == 340 + LEGEND_WIDTH
    with pytest.raises(NotDrawable, match="2 locations are points of a plane"):
        plan_geojson(problem, plan)
    assert problem_from_json(problem_to_json(problem)) == problem


def test_an_office_that_is_nowhere_is_an_open_end() -> None:
    problem = drawn()
    nowhere = replace(problem.locations[0], lat=None, lon=None)
    matrix = Matrix(np.full((3, 3), 60))
    problem = replace(
        problem,
        locations=(nowhere, *problem.locations[1:]),
        profiles=(Profile(travel=matrix),),
    )
    plan = current_order(problem, {LAN: [S("a & b")]})

    features = json.loads(plan_geojson(problem, plan))["features"]

    assert not [f for f in features if "office" in f["properties"]]
    assert features[0]["geometry"]["coordinates"] == [[108.4, 15.51], [108.4, 15.51]]
    assert "<polyline" in plan_svg(problem, plan)


@pytest.mark.parametrize(
    ("places", "words"),
    [({"y": None}, "x and y belong together"), ({"x": nan}, "cannot be drawn")],
)
def test_half_a_point_and_none_are_refused(places: dict[str, float], words: str) -> None:
    with pytest.raises(ContradictoryProblem, match=words):
        flat(**places)


def test_a_drawn_problem_survives_the_wire() -> None:
    problem = drawn()

    assert problem_from_json(problem_to_json(problem)) == problem


GOOD = json.loads(problem_to_json(on_a_line([stop("a", 1)], places=2)))
FAR = {"name": "x", "lat": 10**310, "lon": 0}
RAGGED = [{"travel": {"travel_seconds": [[0], [1, 2]]}}]


@pytest.mark.parametrize(
    ("broken", "pointer"),
    [
        ({**GOOD, "wheels": 4}, "/wheels"),
        ({k: v for k, v in GOOD.items() if k != "stops"}, "/stops"),
        ({**GOOD, "stops": {}}, "/stops"),
        ({**GOOD, "stops": [{"id": "a", "location": "one"}]}, "/stops/0/location"),
        ({**GOOD, "stops": [{"id": "a", "location": True}]}, "/stops/0/location"),
        ({**GOOD, "stops": [{"id": "a", "location": 1, "kind": "fly"}]}, "/stops/0/kind"),
        ({**GOOD, "rules": {"depot_hours": {"one": []}}}, "/rules/depot_hours/one"),
        ({**GOOD, "rules": {"keep_apart": [["a"]]}}, "/rules/keep_apart/0"),
        ({**GOOD, "profiles": [{"travel": {}}]}, "/profiles/0/travel/travel_seconds"),
        ({**GOOD, "profiles": RAGGED}, "/profiles/0/travel/travel_seconds"),
        ({**GOOD, "locations": [FAR]}, "/locations/0/lat"),
        ([], ""),
    ],
)
def test_broken_json_is_refused_where_it_is_broken(broken: object, pointer: str) -> None:
    with pytest.raises(UnreadableJson) as refusal:
        problem_from_json(json.dumps(broken))

    assert refusal.value.pointer == pointer


def test_a_plan_of_another_format_is_refused() -> None:
    text = plan_to_json(nearest_neighbour(on_a_line([stop("a", 1)])))

    for broken in (text.replace('"format":1', '"format":2'), "[1]", '{"format":1}'):
        with pytest.raises(UnreadableJson):
            plan_from_json(broken)


def test_numbered_stops_are_numbers_in_the_summary() -> None:
    numbered = json.loads(plan_to_json(nearest_neighbour(read_solomon(SOLOMON))))
    named = json.loads(plan_to_json(nearest_neighbour(on_a_line([stop("a", 1)]))))

    assert (numbered["cost"], numbered["routes"]) == (100, [[2, 1]])
    assert named["routes"] == [["a"]]
