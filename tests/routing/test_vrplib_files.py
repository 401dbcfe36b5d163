"""VRPLIB files in every convention in use: the distances of the definition, or a refusal by name."""

import numpy as np
import pytest

from routing import Budget, check
from routing.assembly import assemble
from routing.days import Scheduler
from routing.formats import read_vrplib
from routing.formats.unreadable import UnreadableFile
from routing.solve import solve
from tests.routing.test_formats import VRPLIB

EXPLICIT = """TYPE : CVRP
DIMENSION : 4
VEHICLES : 2
CAPACITY : 10
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT : {form}
EDGE_WEIGHT_SECTION
{weights}
DEMAND_SECTION
1 0
2 6
3 5
4 4
DEPOT_SECTION
1
-1
EOF
"""
# As published by Christofides and Eilon (CVRPLIB, set E); the best plan costs 247.
E_N13_K4 = """NAME : E-n13-k4
COMMENT : (Eilon et al, Min no of trucks: 4, Optimal value: 247)
TYPE : CVRP
DIMENSION : 13
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT: LOWER_ROW
DISPLAY_DATA_TYPE: NO_DISPLAY
CAPACITY : 6000
EDGE_WEIGHT_SECTION
 9 14 21 23 22 25 32 36 38 42 50 52 5 12 22 21 24 31 35 37
 41 49 51 7 17 16 23 26 30 36 36 44 46 10 21 30 27 37 43 31
 37 39 19 28 25 35 41 29 31 29 9 10 16 22 20 28 30 7 11 13
 17 25 27 10 16 10 18 20 6 6 14 16 12 12 20 8 10 10
DEMAND_SECTION
1 0
2 1200
3 1700
4 1500
5 1400
6 1700
7 1400
8 1200
9 1900
10 1800
11 1600
12 1700
13 1100
DEPOT_SECTION
1
-1
EOF
"""
WINDOWS = """TIME_WINDOW_SECTION
1 0 100
2 20 30
3 0 90
SERVICE_TIME_SECTION
1 0
2 4
3 3
DEPOT_SECTION"""


def explicit(form: str, weights: str) -> str:
    return EXPLICIT.format(form=form, weights=weights)


@pytest.mark.parametrize(
    ("form", "weights"),
    [
        ("FULL_MATRIX", "0 1 2 4\n1 0 3 5\n2 3 0 6\n4 5 6 0"),
        ("LOWER_ROW", "1\n2 3\n4 5 6"),
        ("LOWER_ROW", "1 2 3 4\n5 6"),
        ("UPPER_ROW", "1 2 4\n3 5\n6"),
        ("LOWER_COL", "1 2 4 3 5 6"),
        ("UPPER_COL", "1 2 3 4 5 6"),
        ("LOWER_DIAG_ROW", "0\n1 0\n2 3 0\n4 5 6 0"),
        ("UPPER_DIAG_ROW", "0 1 2 4\n0 3 5\n0 6\n0"),
        ("LOWER_DIAG_COL", "0 1 2 4 0 3 5 0 6 0"),
        ("UPPER_DIAG_COL", "0 1 0 2 3 0 4 5 6 0"),
    ],
)
def test_a_given_table_is_read_in_every_order(form: str, weights: str) -> None:
    travel = read_vrplib(explicit(form, weights)).profiles[0].travel

    every = np.arange(4)
    table, _ = travel.block(every, every)
    assert table.tolist() == [[0, 1, 2, 4], [1, 0, 3, 5], [2, 3, 0, 6], [4, 5, 6, 0]]


def test_a_full_table_may_differ_by_direction() -> None:
    text = explicit("FULL_MATRIX", "9 1 2 4 7 0 3 5 2 3 0 6 4 5 6 0")

    travel = read_vrplib(text).profiles[0].travel

    assert [travel.seconds(*way) for way in ((0, 0), (0, 1), (1, 0))] == [0, 1, 7]


def test_a_published_instance_with_a_given_table_comes_to_its_published_cost() -> None:
    plan = solve(read_vrplib(E_N13_K4), budget=Budget(seconds=60, iterations=20_000), seed=1)

    assert plan.cost == 247


@pytest.mark.parametrize(
    ("kind", "distances"),
    [
        ("EUC_2D", (5, 1)),
        ("CEIL_2D", (5, 2)),
        ("FLOOR_2D", (5, 1)),
        ("MAN_2D", (7, 2)),
        ("MAX_2D", (4, 1)),
        ("ATT", (2, 1)),
    ],
)
def test_distances_are_computed_as_the_type_says(kind: str, distances: tuple[int, int]) -> None:
    travel = read_vrplib(VRPLIB.replace("EUC_2D", kind)).profiles[0].travel

    assert (travel.seconds(0, 1), travel.seconds(0, 2)) == distances
    assert travel.seconds(1, 1) == 0


def test_places_on_earth_are_as_far_apart_as_in_tsplib() -> None:
    burma = VRPLIB.replace("EUC_2D", "GEO").replace(
        "1 0 0\n2 3 4\n3 1 1", "1 16.47 96.10\n2 16.47 94.44\n3 20.09 92.54"
    )

    travel = read_vrplib(burma).profiles[0].travel

    # The first distances of burma14's published table.
    assert [travel.seconds(*way) for way in ((0, 1), (0, 2), (1, 2))] == [153, 510, 422]


def test_windows_and_services_are_read_by_node() -> None:
    text = VRPLIB.replace("CVRP", "VRPTW").replace("DEPOT_SECTION", WINDOWS, 1)

    problem = read_vrplib(text)

    window = problem.stops[0].windows[0]
    assert (window.opens_second, window.closes_second) == (20, 30)
    assert [stop.service_seconds for stop in problem.stops] == [4, 3]
    assert {courier.shift.closes_second for courier in problem.couriers} == {100}


def test_a_file_without_a_type_of_edges_may_give_them() -> None:
    text = explicit("LOWER_ROW", "1 2 3 4 5 6").replace("EDGE_WEIGHT_TYPE : EXPLICIT\n", "")

    assert read_vrplib(text).profiles[0].travel.seconds(3, 2) == 6


def test_given_vehicles_are_all_there_are() -> None:
    assert len(read_vrplib(explicit("LOWER_ROW", "1 2 3 4 5 6")).couriers) == 2


def without_vehicles(demands: list[int], capacity: int, *, more: str = "") -> str:
    """The depot and a customer for each demand, on a line."""
    nodes = range(1, len(demands) + 2)
    places = "\n".join(f"{node} {node} 0" for node in nodes)
    asked = "\n".join(f"{node} {load}" for node, load in zip(nodes, [0, *demands], strict=True))
    return (
        f"TYPE : CVRP\nDIMENSION : {len(nodes)}\nCAPACITY : {capacity}\nEDGE_WEIGHT_TYPE : EUC_2D\n"
        f"NODE_COORD_SECTION\n{places}\nDEMAND_SECTION\n{asked}\n{more}DEPOT_SECTION\n1\n-1\nEOF\n"
    )


@pytest.mark.parametrize(
    ("demands", "capacity", "least", "most"),
    [
        ([60] * 100, 100, 100, 100),  # no two fit together
        ([51, 49, *[51] * 40], 100, 41, 42),
        ([1] * 100, 100, 1, 3),
        ([0] * 20, 100, 1, 3),
        ([100], 100, 1, 1),
        ([34] * 300, 100, 150, 207),  # two fit together, three do not
    ],
)
def test_where_no_vehicles_are_given_there_are_as_many_as_any_plan_could_need(
    demands: list[int], capacity: int, least: int, most: int
) -> None:
    couriers = read_vrplib(without_vehicles(demands, capacity)).couriers

    assert least <= len(couriers) <= most


def test_where_the_ways_are_given_each_customer_may_be_worth_a_tour_of_its_own() -> None:
    """A table may say that the way between two customers is longer than by the depot."""
    free = explicit("LOWER_ROW", "1 1 9 1 9 9").replace("VEHICLES : 2\n", "")
    free = free.replace("CAPACITY : 10", "CAPACITY : 1000")

    problem = read_vrplib(free)
    plan = assemble(Scheduler(problem), (((0,),), ((1,),), ((2,),)))

    assert (plan.cost, check(problem, plan)) == (6, ())


def test_the_longest_route_counts_service_as_well() -> None:
    long = VRPLIB.replace("CAPACITY : 10", "CAPACITY : 99\nDISTANCE : 18\nSERVICE_TIME : 4")
    short = long.replace("DISTANCE : 18", "DISTANCE : 17")

    plans = [
        solve(read_vrplib(text), budget=Budget(seconds=60, iterations=200))
        for text in (long, short)
    ]

    # 0-1-2-0 is 5 + 4 + 1 of travel and twice 4 of service.
    assert [len(plan.routes) for plan in plans] == [1, 2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (VRPLIB.replace("EUC_2D", "XRAY1"), "EDGE_WEIGHT_TYPE XRAY1 is not read; EUC_2D"),
        (VRPLIB.replace(": CVRP", ": VRPB"), "TYPE VRPB is not read"),
        (VRPLIB.replace(": CVRP", ": PDP"), "TYPE PDP is not read"),
        (VRPLIB.replace("DEPOT_S", "BACKHAUL_SECTION\n3\nDEPOT_S"), "line 15.*BACKHAUL_SECTION"),
        (VRPLIB.replace("CAPACITY", "VEHICLES_MAX_DISTANCE : 9\nCAPACITY"), "MAX_DISTANCE"),
        (VRPLIB.replace("CAPACITY : 10", "CAPACITY : 10\nDISTANCE : 1.5"), "DISTANCE is 1.5"),
        (VRPLIB.replace("1 0\n2 6", "1 3\n2 6"), "the depot itself asks for 3"),
        (VRPLIB.replace("EDGE_WEIGHT_TYPE : EUC_2D\n", ""), "EDGE_WEIGHT_TYPE is missing"),
        (VRPLIB.replace("DEMAND_S", "NODE_COORD_S"), "NODE_COORD_SECTION is given twice"),
        (VRPLIB.replace("DEPOT_SECTION", WINDOWS.replace("2 20 30\n", "")), "WINDOW_SECTION: a"),
        (VRPLIB.replace("DEPOT_SECTION", WINDOWS.replace("20 30", "20 30.5")), "30.5 is not"),
        (VRPLIB.replace("DEPOT_SECTION", WINDOWS.replace("1 0\n2 4", "1 9\n2 4")), "takes time"),
        (explicit("LOWER_ROW", "1 2 3 4 5"), "LOWER_ROW of 4 nodes has 6 numbers, not 5"),
        (explicit("LOWER_ROW", "1 2 3 4 5 -6"), "an edge weight of -6"),
        (explicit("LOWER_ROW", "1 2 3 4 5 1e300"), "an edge weight of 1000"),
        (explicit("LOWER_ROW", "1 2 3 4 5 6.5"), "an edge weight of 6.5"),
        (explicit("FUNCTION", "1"), "EDGE_WEIGHT_FORMAT FUNCTION is not read"),
    ],
    ids=lambda given: given if len(given) < 60 else "",
)
def test_what_would_make_it_another_problem_is_refused_by_name(text: str, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        read_vrplib(text)
