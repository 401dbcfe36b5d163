"""A VROOM input, field by field: the plan its document asks for, or a refusal naming the field."""

import json
from typing import Any

import pytest

from routing import Budget, ContradictoryProblem, Plan, check
from routing.formats import read_vroom
from routing.formats.unreadable import UnreadableFile
from routing.solve import solve

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
        (text([], matrix=DURATIONS), "matrix"),
        (text([], matrices={"car": {"durations": DURATIONS, "costs": DURATIONS}}), "costs"),
        (text([job(1, 1, amount=[1])]), "/jobs/0: job 1 uses amount"),
        (text([job(1, 1, service_per_type={"van": 5})]), "service_per_type"),
        (text([job(1, 1, setup_per_type={"van": 5})]), "setup_per_type"),
        (text([job(1, 1, delivery=[1], pickup=[1])]), "both delivers and picks up"),
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
            text([], ROUND_TRIP | {"breaks": [LUNCH | {"time_windows": [[0, 1], [2, 3]]}]}),
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
