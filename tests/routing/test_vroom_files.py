"""A VROOM input, field by field: the plan its document asks for, or a refusal naming the field."""

import json
from collections.abc import Sequence
from itertools import pairwise
from tempfile import NamedTemporaryFile
from typing import Any, Final

import numpy as np
import pytest

from routing import Budget, ContradictoryProblem, Location, Matrix, Plan, StopKind, check
from routing.formats import plan_to_vroom, read_vroom
from routing.formats.unreadable import UnreadableFile
from routing.formats.vroom import told_by
from routing.formats.vroom_plan import NotSayable
from routing.solve import solve
from routing.travel import DELTA, geodesic_matrix
from tests.routing.small import courier, on_a_line, stop

Part = dict[str, Any]
# Places n minutes apart on a line; a hundred and fifty metres a minute.
DURATIONS = [[60 * abs(a - b) for b in range(6)] for a in range(6)]
DISTANCES = [[150 * abs(a - b) for b in range(6)] for a in range(6)]
ROUND_TRIP = {"id": 1, "start_index": 0, "end_index": 0}
LUNCH = {"id": 1, "time_windows": [[0, 50]], "service": 10}


def job(number: int, place: int, **more: Any) -> Part:  # noqa: ANN401 - any field of it
    return {"id": number, "location_index": place} | more


def shipment(**more: Any) -> Part:  # noqa: ANN401 - any field of it
    return {"pickup": job(1, 1), "delivery": job(1, 2), "amount": [1]} | more


def text(
    jobs: list[Part],
    *vehicles: Part,
    distances: bool = False,
    **more: Any,  # noqa: ANN401 - any field of it
) -> str:
    car: Part = {"durations": DURATIONS}
    if distances:
        car["distances"] = DISTANCES
    matrices = {"car": car, "bike": {"durations": [[2 * d for d in row] for row in DURATIONS]}}
    given = {"jobs": jobs, "vehicles": list(vehicles) or [ROUND_TRIP], "matrices": matrices}
    return json.dumps(given | more)


def planned(given: str) -> Plan:
    problem = read_vroom(given)
    plan = solve(problem, budget=Budget(seconds=0.3), seed=1)
    assert check(problem, plan) == ()
    return plan


def left_out(given: str) -> list[str]:
    return [unserved.stop for unserved in planned(given).unserved]


def test_a_route_may_end_at_its_last_call_or_begin_at_its_first() -> None:
    jobs = [job(1, 2), job(2, 5)]

    assert planned(text(jobs, {"id": 1, "start_index": 0})).cost == 300
    assert planned(text(jobs, {"id": 1, "end_index": 0})).cost == 300
    assert planned(text(jobs, ROUND_TRIP)).cost == 600


def test_a_slow_vehicle_takes_longer_on_every_road() -> None:
    plan = planned(text([job(1, 1)], ROUND_TRIP | {"speed_factor": 0.7}))

    assert plan.cost == 2 * 86  # 60 / 0.7 is 85.7 seconds, of which nothing is cut off


def test_each_profile_has_its_matrix() -> None:
    assert planned(text([job(1, 1)], ROUND_TRIP | {"profile": "bike"})).cost == 240


def test_prices_an_hour_and_a_km_count_exactly() -> None:
    costs = {"fixed": 7, "per_hour": 1000, "per_km": 3}

    plan = planned(text([job(1, 1)], ROUND_TRIP | {"costs": costs}, distances=True))

    # In parts of 1 / 9,000: a second at 1000 an hour is 2,500 of them, a metre at 3 a km is 27.
    assert plan.cost == 9000 * 7 + 2500 * 120 + 27 * 300


def test_a_vehicle_without_prices_pays_its_seconds_beside_one_with() -> None:
    cheap = ROUND_TRIP | {"id": 2, "costs": {"per_hour": 1800}, "skills": [1]}
    jobs = [job(1, 1), job(2, 1, skills=[1])]

    # In halves of a unit: two minutes at one half for the cheap one, who takes both.
    assert planned(text(jobs, ROUND_TRIP, cheap)).cost == 120
    assert planned(text(jobs[:1], ROUND_TRIP, cheap | {"end_index": 5})).cost == 240


def test_no_vehicle_has_more_tasks_than_it_may() -> None:
    jobs = [job(number, 1, delivery=[1]) for number in range(1, 6)]
    one = ROUND_TRIP | {"capacity": [9], "max_tasks": 2}

    plan = planned(text(jobs, one, one | {"id": 2, "max_tasks": 3}))

    assert sorted(len(route.stops) for route in plan.routes) == [2, 3]


def test_no_vehicle_travels_longer_than_it_may_however_long_it_waits() -> None:
    jobs = [job(1, 1, time_windows=[[5000, 6000]]), job(2, 5)]

    assert left_out(text(jobs, ROUND_TRIP | {"max_travel_time": 599})) == ["job-2"]
    assert left_out(text(jobs, ROUND_TRIP | {"max_travel_time": 600})) == []


def test_no_vehicle_goes_further_than_it_may() -> None:
    jobs = [job(1, 1), job(2, 5)]

    given = text(jobs, ROUND_TRIP | {"max_distance": 1499}, distances=True)

    assert left_out(given) == ["job-2"]


def test_a_window_binds_the_beginning_of_setup() -> None:
    # There at 60, in time; setup and service go on after the window has closed.
    plan = planned(text([job(1, 1, setup=500, service=40, time_windows=[[0, 60]])]))

    assert plan.routes[0].returns_second == 60 + 540 + 60


def test_setup_falls_away_where_the_vehicle_already_is() -> None:
    neighbours = planned(text([job(1, 1, setup=100), job(2, 1, setup=100)]))
    at_home = planned(text([job(3, 0, setup=100)]))

    assert neighbours.routes[0].duty_seconds == 120 + 100
    assert at_home.routes[0].duty_seconds == 0


def test_priorities_count_first_then_tasks_then_cost() -> None:
    urgent, near, nearer = job(1, 5, priority=1), job(2, 1, service=290), job(3, 1)

    short = ROUND_TRIP | {"time_window": [0, 600]}
    assert left_out(text([urgent, near, nearer], short)) == ["job-2"]
    two = [job(1, 5, priority=3), job(2, 1, priority=2), job(3, 1, priority=2)]
    assert left_out(text([*two, job(4, 2)], ROUND_TRIP | {"max_tasks": 2})) in (
        ["job-2", "job-4"],
        ["job-3", "job-4"],
    )
    one = job(1, 5, priority=3, service=1)
    assert left_out(text([one, *two[1:]], short)) == ["job-1"]


def test_a_shipment_weighs_as_much_as_its_two_tasks() -> None:
    van = ROUND_TRIP | {"time_window": [0, 1000], "capacity": [1]}
    pair = shipment(pickup=job(1, 1, service=500), priority=1)
    jobs = [job(1, 1, service=500, priority=1), job(2, 2, priority=0)]

    assert left_out(text(jobs, van, shipments=[pair])) == ["job-1"]


def test_a_break_is_held_within_the_working_hours() -> None:
    rest = {"id": 1, "time_windows": [[0, 1000]], "service": 300}
    vehicle = ROUND_TRIP | {"time_window": [500, 1500], "breaks": [rest]}

    assert left_out(text([job(1, 1, service=580)], vehicle)) == []
    assert left_out(text([job(1, 1, service=581)], vehicle)) == ["job-1"]


def test_a_break_without_windows_may_be_held_at_any_time() -> None:
    rest = {"id": 1, "service": 300, "description": "lunch"}
    vehicle = ROUND_TRIP | {"time_window": [0, 420], "breaks": [rest]}

    assert left_out(text([job(1, 1)], vehicle)) == []
    assert left_out(text([job(1, 1, service=1)], vehicle)) == ["job-1"]


def test_breaks_are_held_in_the_order_of_their_windows() -> None:
    breaks = [LUNCH | {"id": 2, "time_windows": [[2000, 2100]]}, LUNCH]

    courier = read_vroom(text([], ROUND_TRIP | {"breaks": breaks})).couriers[0]

    assert [rest.earliest_second for rest in courier.breaks] == [0, 2000]


def test_coordinates_are_kept_for_the_map() -> None:
    at_home = ROUND_TRIP | {"start": [108.4, 15.5], "end": [108.4, 15.5]}

    places = read_vroom(text([job(1, 1, location=[108.5, 15.6])], at_home)).locations[:2]

    assert [(place.lat, place.lon) for place in places] == [(15.5, 108.4), (15.6, 108.5)]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (text([], options={}), "options"),
        (text([], matrix=DURATIONS), "uses matrix"),
        (text([], matrices={"car": {"durations": DURATIONS, "costs": DURATIONS}}), "costs"),
        (text([job(1, 1, amount=[1])]), "/jobs/0: job 1 uses amount"),
        (text([job(1, 1, service_per_type={"van": 5})]), "service_per_type"),
        (text([job(1, 1, setup_per_type={"van": 5})]), "setup_per_type"),
        (
            text([job(1, 1, delivery=[1], pickup=[1])], ROUND_TRIP | {"capacity": [1]}),
            "/jobs/0: job 1 both delivers and picks up",
        ),
        (
            text(
                [job(1, 1, delivery=[1], pickup=[1])],
                ROUND_TRIP | {"capacity": [9], "max_tasks": 1},
            ),
            "/jobs/0: max_tasks beside jobs",
        ),
        (text([{"id": 1, "location": [108.4, 15.5]}]), "/jobs/0: location_index is missing"),
        (text([job(1, 1), job(2, 1, priority=101)]), "/jobs/1: a priority of 101"),
        (
            text([job(1, 1, setup=9, time_windows=[[0, 9]]), job(2, 1)]),
            "/jobs/0: job-1 has setup and time_windows",
        ),
        (text([job(1, 1, time_windows=[[1764547200, 1764550800]])]), "dates are not"),
        (text([job(1, 1, location=[1, 2]), job(2, 1, location=[2, 1])]), "place 1 has two"),
        (text([job(1, 1, location=["east", "north"])]), "location of place 1"),
        (text([job(1, 1, location=[10**310, 15])]), "location of place 1"),
        (text([], shipments=[shipment(colour=1)]), "/shipments/0: a shipment uses colour"),
        (
            text([], shipments=[shipment(pickup=job(1, 1, skills=[1]))]),
            "shipment task 1 uses skills",
        ),
        (text([], ROUND_TRIP | {"steps": []}), "/vehicles/0: vehicle 1 uses steps"),
        (text([], {"id": 1}), "neither start_index nor end_index"),
        (text([], ROUND_TRIP | {"costs": {"per_task_hour": 5}}), "per_task_hour"),
        (text([], ROUND_TRIP, ROUND_TRIP | {"id": 2, "costs": 5}), "/vehicles/1"),
        (text([], ROUND_TRIP | {"costs": {"per_hour": 0.5}}), "per_hour of 0.5"),
        (text([], ROUND_TRIP | {"costs": {"per_km": 5}}), "per_km needs distances"),
        (text([], ROUND_TRIP | {"max_distance": 5}), "max_distance needs distances"),
        (text([], ROUND_TRIP | {"max_travel_time": 5}, distances=True), "max_travel_time beside"),
        (text([], ROUND_TRIP | {"speed_factor": 0}), "speed_factor of 0"),
        (text([], ROUND_TRIP | {"speed_factor": 5.1}), "speed_factor of 5.1"),
        (
            text([job(1, 1, delivery=[1]), job(2, 1, pickup=[1])], ROUND_TRIP | {"max_tasks": 1}),
            "max_tasks beside jobs that deliver and jobs that pick up",
        ),
        (
            text([], ROUND_TRIP | {"max_tasks": 1}, shipments=[shipment()]),
            "max_tasks beside shipments",
        ),
        (text([], ROUND_TRIP | {"breaks": [LUNCH | {"max_load": [1]}]}), "break 1 uses max_load"),
        (
            text([], ROUND_TRIP | {"breaks": [LUNCH | {"time_windows": [[0, 1], [5, 6]]}]}),
            "break 1 has several windows",
        ),
        (
            text([], ROUND_TRIP | {"time_window": [60, 900], "breaks": [LUNCH]}),
            "break 1 does not fit",
        ),
    ],
    ids=lambda given: given if len(given) < 60 else "",
)
def test_what_this_library_cannot_say_is_refused_by_name(given: str, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        read_vroom(given)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (text([], ROUND_TRIP | {"profile": "boat"}), "no travel profile boat"),
        (text([job(1, 6)]), "location 6 does not exist"),
        (text([job(1, 6)], {"id": 1, "start_index": 0}), "location 6 does not exist"),
        (text([job(1, 1), job(1, 2)]), "two stops have this name"),
        (text([job(1, 1, delivery=[1])], ROUND_TRIP | {"capacity": [1, 2]}), "loads for 2"),
    ],
)
def test_what_contradicts_itself_is_refused_with_the_part(given: str, words: str) -> None:
    with pytest.raises((UnreadableFile, ContradictoryProblem), match=words):
        read_vroom(given)


def test_windows_of_a_break_that_touch_are_one_and_those_out_of_hours_are_none() -> None:
    rest = LUNCH | {"time_windows": [[300, 400], [0, 50], [51, 90]]}
    morning = ROUND_TRIP | {"time_window": [0, 200], "breaks": [rest]}

    (held,) = read_vroom(text([], morning)).couriers[0].breaks

    assert (held.earliest_second, held.latest_second) == (0, 90)


def test_a_job_that_delivers_and_picks_up_is_read_where_bags_are_large_enough() -> None:
    jobs = [job(1, 1, delivery=[1], pickup=[2]), job(2, 2, delivery=[3])]

    assert left_out(text(jobs, ROUND_TRIP | {"capacity": [6]})) == []
    with pytest.raises(UnreadableFile, match="could carry all"):
        read_vroom(text(jobs, ROUND_TRIP | {"capacity": [5]}))


HOME, NEAR, FAR = [108.48, 15.57], [108.49, 15.58], [108.60, 15.70]


def usual(**more: Any) -> str:  # noqa: ANN401 - any part of it
    """As most VROOM inputs are: coordinates, and the ways are somebody else's business."""
    given: Part = {
        "vehicles": [{"id": 1, "start": HOME, "end": HOME, "time_window": [0, 36_000]}],
        "jobs": [
            {"id": 1, "location": NEAR, "service": 300},
            {"id": 2, "location": FAR, "priority": 9, "description": "the desk"},
            {"id": 3, "location": NEAR},
        ],
        "shipments": [
            {"pickup": {"id": 4, "location": FAR}, "delivery": {"id": 5, "location": HOME}}
        ],
    }
    return json.dumps(given | more)


def test_coordinates_without_matrices_are_places_of_a_table_that_is_made() -> None:
    asked: list[tuple[int, str]] = []

    def tables(places: Sequence[Location], profile: str) -> Matrix:
        asked.append((len(places), profile))
        return Matrix(np.full((len(places), len(places)), 70), np.full((3, 3), 800))

    by_default, made = read_vroom(usual()), read_vroom(usual(), tables=tables)

    crow = geodesic_matrix(by_default.locations, [DELTA] * 3)
    assert by_default.profiles[0].travel == crow
    assert asked == [(3, "car")]
    assert made.profiles[0].travel.seconds(0, 2) == 70
    assert [stop.location for stop in made.stops] == [1, 2, 1, 2, 0]
    assert (made.locations[2].lat, made.locations[2].lon) == (15.70, 108.60)
    assert planned(usual()).unserved == ()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (usual(jobs=[{"id": 1}]), "/jobs/0: location is missing, and there are no matrices"),
        (usual(jobs=[job(1, 1)]), "/jobs/0: location is missing"),
        (usual(jobs=[{"id": 1, "location": ["a", 1]}]), "/jobs/0: the location"),
        (usual(vehicles=[ROUND_TRIP]), "/vehicles/0: start is missing"),
        (usual(vehicles=[{"id": 1}], jobs=[], shipments=[]), "nowhere to go"),
        (usual(vehicles=[]), "there is no vehicle"),
    ],
)
def test_what_has_neither_matrices_nor_coordinates_is_refused(given: str, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        read_vroom(given)


def written(given: str) -> Part:
    problem = read_vroom(given)
    plan = solve(problem, budget=Budget(seconds=0.3), seed=1)
    read: Part = json.loads(plan_to_vroom(problem, plan, told_by(given, problem)))
    return read


WITH_EVERYTHING: Part = {
    "jobs": [
        job(7, 1, delivery=[1], service=30, setup=5, description="the desk", priority=3),
        job(8, 3, pickup=[2], time_windows=[[900, 1200]], service=1500),
        job(9, 2, skills=[4]),
    ],
    "shipments": [shipment(priority=2, delivery=job(1, 2, service=11))],
    "vehicles": [
        ROUND_TRIP
        | {
            "id": 31,
            "capacity": [3],
            "description": "Lan",
            "time_window": [0, 10_000],
            "breaks": [{"id": 4, "time_windows": [[1100, 2000]], "service": 90}],
        }
    ],
    "matrices": {"car": {"durations": DURATIONS, "distances": DISTANCES}},
}


def test_a_plan_is_written_as_vroom_writes_it() -> None:
    """Field by field as its own library answers the same input."""
    vroom = pytest.importorskip("vroom")
    given = json.dumps(WITH_EVERYTHING)

    ours = written(given)

    theirs = theirs_of(vroom, given)
    assert ours["code"] == theirs["code"] == 0
    assert set(ours) == set(theirs)
    assert set(theirs["summary"]) <= set(ours["summary"])
    for key in ("cost", "routes", "unassigned", "delivery", "pickup", "setup", "service"):
        assert ours["summary"][key] == theirs["summary"][key], key
    for key in ("duration", "priority"):
        assert ours["summary"][key] == theirs["summary"][key], key
    assert ours["unassigned"] == theirs["unassigned"]
    (route,), (peer,) = ours["routes"], theirs["routes"]
    assert set(peer) <= set(route)
    assert route["vehicle"] == peer["vehicle"]
    kinds = {step["type"]: step for step in route["steps"]}
    for step in peer["steps"]:
        assert set(step) <= set(kinds[step["type"]]) | {"description"}, step["type"]
    assert sum(step["setup"] for step in route["steps"]) == route["setup"] == 5


def theirs_of(vroom: Any, given: str) -> Part:  # noqa: ANN401 - their library
    with NamedTemporaryFile("w", suffix=".json") as file:
        file.write(given)
        file.flush()
        answer: Part = vroom.Input.from_json(file.name).solve(5, 1).to_dict()
    return answer


def test_every_step_says_when_and_what_is_on_board() -> None:
    steps = written(json.dumps(WITH_EVERYTHING))["routes"][0]["steps"]

    assert (steps[0]["type"], steps[-1]["type"]) == ("start", "end")
    assert [step["id"] for step in steps if step["type"] == "break"] == [4]
    (rest,) = (step for step in steps if step["type"] == "break")
    assert 1100 <= rest["arrival"] + rest["waiting_time"] <= 2000
    assert rest["service"] == 90
    arrivals = [step["arrival"] for step in steps]
    assert arrivals == sorted(arrivals)
    for before, after in pairwise(steps):
        took = before["setup"] + before["service"] + before["waiting_time"]
        driven = after["duration"] - before["duration"]
        assert after["arrival"] == before["arrival"] + took + driven, after["type"]
    (desk,) = (step for step in steps if step.get("id") == 7)
    assert desk["description"] == "the desk"
    assert steps[0]["load"] == [1]
    assert steps[-1]["load"] == [2]


# Whatever is on board at once, every vehicle could carry it.
EXCHANGED: Final[Part] = {
    "jobs": [
        job(1, 1, delivery=[3, 0], pickup=[0, 2], time_windows=[[0, 60]]),
        job(2, 2, delivery=[1, 0], time_windows=[[100, 120]]),
        job(3, 3, delivery=[0, 1], pickup=[4, 0], time_windows=[[150, 180]]),
        job(4, 4, pickup=[0, 5], time_windows=[[200, 240]]),
    ],
    "vehicles": [ROUND_TRIP | {"capacity": [20, 20]}],
    "matrices": {"car": {"durations": DURATIONS}},
}


def test_what_a_job_hands_over_and_takes_is_on_board_before_and_after() -> None:
    given = json.dumps(EXCHANGED)

    answer = written(given)

    (route,) = answer["routes"]
    assert [step["load"] for step in route["steps"]] == [
        [4, 1],
        [1, 3],
        [0, 3],
        [4, 2],
        [4, 7],
        [4, 7],
    ]
    assert (route["delivery"], route["pickup"]) == ([4, 1], [4, 7])
    assert (answer["summary"]["delivery"], answer["summary"]["pickup"]) == ([4, 1], [4, 7])


def test_their_own_library_has_the_same_on_board() -> None:
    vroom = pytest.importorskip("vroom")
    given = json.dumps(EXCHANGED)

    (ours,), (theirs,) = written(given)["routes"], theirs_of(vroom, given)["routes"]

    for key in ("delivery", "pickup"):
        assert ours[key] == theirs[key], key
    loads = [[step["load"] for step in route["steps"]] for route in (ours, theirs)]
    assert loads[0] == loads[1]


def test_an_open_route_is_written_without_the_place_that_is_nowhere() -> None:
    given = json.loads(text([job(1, 2), job(2, 5)], {"id": 1, "start_index": 0}))

    (route,) = written(json.dumps(given))["routes"]

    assert route["steps"][-1]["location_index"] == 5
    assert route["cost"] == route["duration"] == 300


def test_without_an_input_of_theirs_names_stand_for_numbers() -> None:
    problem = on_a_line([stop("12", 1), stop("desk", 2), stop("x", 9, penalty=1)])
    plan = solve(problem, budget=Budget(seconds=0.2), engines=[])

    answer = json.loads(plan_to_vroom(problem, plan))

    calls = [step for step in answer["routes"][0]["steps"] if step["type"] == "job"]
    assert sorted((step["id"], step.get("description")) for step in calls) == [
        (2, "desk"),
        (12, None),
    ]
    assert answer["routes"][0]["description"] == "Lan"
    assert [left["description"] for left in answer["unassigned"]] == ["x"]


def test_what_vroom_has_no_words_for_is_refused_by_name() -> None:
    tours = on_a_line([stop("a", 1)], [courier(max_tours=2)])
    leg = on_a_line([stop("ferry", 1, kind=StopKind.LEG, leaves_from=2)])

    for problem, words in ((tours, "as Lan may ride"), (leg, "as ferry is")):
        with pytest.raises(NotSayable, match=words):
            plan_to_vroom(problem, solve(problem, budget=Budget(seconds=0.1), engines=[]))
