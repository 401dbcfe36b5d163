"""A real road server answers for a day's places, in the planner as in the library; and what it cannot say is not made up."""

from dataclasses import replace
from pathlib import Path

import pytest

from postal_service.domain.couriers import CourierFacts, Vehicle
from postal_service.services import planning
from postal_service.services.conditions import ASSUMED, Conditions, Roads
from postal_service.services.orders import Spot
from postal_service.services.planning import NoRoadTimes
from postal_service.services.planning.problems import posed
from postal_service.services.workdays import Workday
from tests.routing.test_real_osrm import ISLAND, MOST_COORDINATES, PLACES, Server, osrm, roads
from tests.services import world as w
from tests.services.test_planning_conditions import day, home

pytestmark = pytest.mark.usefixtures("warm_search")

__all__ = ["osrm", "roads"]  # fixtures of the library's own test
CALM = replace(ASSUMED, rush_hours=())


def asked(server: Server, **others: object) -> Conditions:
    made = replace(CALM, road_server=server.url, road_block=MOST_COORDINATES // 2)
    return replace(made, road_attempts=1, **others)  # type: ignore[arg-type]


def in_town(conditions: Conditions, *crew: CourierFacts, island: bool = False) -> Workday:
    """Homes at street corners, the office at one of them; and one across the water."""
    places = [*PLACES[1:9], *([ISLAND] if island else [])]
    orders = [
        replace(
            home(number),
            spot=Spot(lat=place.lat or 0, lon=place.lon or 0, terrain="town", area=w.COMMUNE),
        )
        for number, place in enumerate(places)
    ]
    start = Spot(lat=PLACES[0].lat or 0, lon=PLACES[0].lon or 0, terrain="town", area=w.COMMUNE)
    return day(orders, *crew, conditions=conditions, start=start)


def test_a_day_is_planned_by_the_streets_and_the_plan_says_so(osrm: Server) -> None:
    by_streets = planning.solve(in_town(asked(osrm)), budget_seconds=1.2, seed=1)
    by_crow = planning.solve(in_town(CALM), budget_seconds=1.2, seed=1)

    assert by_streets.left == ()
    assert (by_streets.roads, by_crow.roads) == (Roads.ROAD_SERVER, Roads.GREAT_CIRCLE)
    assert by_streets.metres != by_crow.metres


def test_who_walks_needs_five_times_as_long_on_the_same_streets(osrm: Server) -> None:
    problem = posed(
        in_town(asked(osrm), CourierFacts(), CourierFacts(vehicle=Vehicle.ON_FOOT)), {}
    ).problem
    riding, walking = (problem.profile_of[each.profile] for each in problem.couriers)
    assert walking.travel_seconds(0, 3, 30_000) == 5 * riding.travel_seconds(0, 3, 30_000)


def test_a_home_without_a_road_to_it_is_left_with_its_reason(osrm: Server) -> None:
    workday = in_town(asked(osrm), island=True)
    found = planning.solve(workday, budget_seconds=1.2, seed=1)
    assert [(each.order, each.reason) for each in found.left] == [
        (workday.orders[-1].key, "no_road")
    ]


def test_what_was_answered_is_kept_and_what_was_not_is_refused(roads: Path, tmp_path: Path) -> None:
    server = Server(roads)
    conditions = asked(server, road_cache=tmp_path)
    try:
        first = posed(in_town(conditions), {})
    finally:
        server.end()

    again = posed(in_town(conditions), {})
    assert again.problem.profiles[0].travel == first.problem.profiles[0].travel
    with pytest.raises(NoRoadTimes):
        posed(in_town(conditions, island=True), {})
