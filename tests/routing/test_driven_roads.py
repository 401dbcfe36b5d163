"""A road closed during the day is closed ahead, not behind: what was driven was driven."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from routing import (
    UNREACHABLE,
    Budget,
    ContradictionKind,
    ContradictoryProblem,
    Matrix,
    Plan,
    Problem,
    Profile,
    Route,
    Shipment,
    StopId,
    StopKind,
    TravelTable,
    check,
)
from routing.assembly import assemble
from routing.baseline import nearest_neighbour
from routing.days import Scheduler
from routing.problem import Stop
from routing.replan import DaySoFar, Scope, narrowed_problem, replan
from routing.tables import IntArray
from tests.routing.courier_days import courier_day
from tests.routing.small import LAN, MINH, S, courier, line, on_a_line, stop, window

CALLS = [stop("a", 1), stop("b", 2), stop("c", 3), stop("d", 4, penalty=50_000)]
TWO = [courier(LAN, max_tours=2), courier(MINH)]
PLACES = 6


def closed(*roads: tuple[int, int], profile: Profile | None = None) -> Profile:
    """The line's roads without these."""
    profile = profile or line(PLACES)
    every = np.arange(profile.travel.size)
    seconds, metres = (table.copy() for table in profile.travel.block(every, every))
    for origin, goal in roads:
        seconds[origin, goal] = UNREACHABLE
    return replace(profile, travel=Matrix(seconds, metres))


def both_ways(*places: int, of: int = PLACES) -> list[tuple[int, int]]:
    """Every road into and out of these places."""
    inside = set(places)
    return [(a, b) for a in range(of) for b in range(of) if (a in inside) != (b in inside)]


def published(calls: list[Stop] | None = None) -> tuple[Problem, Plan]:
    """Lan goes to a, b, c, Minh to d where there is one."""
    problem = on_a_line(calls or CALLS, TWO, places=PLACES)
    of_minh = ((3,),) if len(problem.stops) > 3 else ()
    return problem, assemble(Scheduler(problem), (((0, 1, 2),), of_minh))


def again(
    problem: Problem,
    plan: Plan,
    so_far: DaySoFar,
    scope: Scope = Scope.UNLOCKED,
    *,
    loosen: bool = False,
) -> Plan:
    budget = Budget(seconds=60, iterations=200)
    later = replan(problem, plan, scope=scope, budget=budget, so_far=so_far, loosen=loosen)
    narrowed = narrowed_problem(problem, plan, scope=scope, so_far=so_far, loosen=loosen)
    assert [v for v in check(narrowed, later) if not v.is_shortfall] == []
    return later


def starts(plan: Plan) -> dict[str, int]:
    return {visit.stop: visit.start_second for route in plan.routes for visit in route.visits}


def stops_of(plan: Plan) -> dict[str, tuple[str, ...]]:
    return {route.courier: route.stops for route in plan.routes}


@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize("are_now", [False, True], ids=["in the problem", "told as roads"])
def test_a_road_closed_behind_a_courier_does_not_stop_his_day(
    scope: Scope, *, are_now: bool
) -> None:
    problem, plan = published()
    storm = closed((1, 2), (2, 1))
    so_far = DaySoFar(now_second=130, done={LAN: [S("a"), S("b")]})
    if are_now:
        so_far = replace(so_far, roads=(storm,))
    else:
        problem = replace(problem, profiles=(storm,))

    later = again(problem, plan, so_far, scope)

    assert stops_of(later)["Lan"][:2] == ("a", "b")
    assert [unserved.stop for unserved in later.unserved] == []
    assert {name: starts(later)[name] for name in "ab"} == {"a": 60, "b": 120}


def test_a_call_that_is_cut_off_by_now_and_done_is_done() -> None:
    """As a problem by itself the day is refused: the mandatory call lies behind the flood."""
    problem, plan = published()
    flood = closed(*both_ways(1))
    with pytest.raises(ContradictoryProblem):
        replace(problem, profiles=(flood,))

    later = again(
        problem, plan, DaySoFar(now_second=130, done={LAN: [S("a"), S("b")]}, roads=(flood,))
    )

    assert stops_of(later)["Lan"][:2] == ("a", "b")
    assert later.routes[0].visits[1].travel_seconds == 60
    assert later.unserved == ()


def test_a_call_cut_off_before_it_is_done_is_left_out_with_its_reason() -> None:
    problem, plan = published()
    so_far = DaySoFar(now_second=70, done={LAN: [S("a")]}, roads=(closed(*both_ways(3)),))

    for scope in Scope:
        later = again(problem, plan, so_far, scope)

        assert [(u.stop, u.reason.value) for u in later.unserved] == [("c", "no_road")]


def test_what_is_on_board_for_a_call_that_is_cut_off_comes_back() -> None:
    calls = [
        stop("from", 1, kind=StopKind.PICKUP, penalty=9_000),
        stop("to", 3, kind=StopKind.DROPOFF),
        stop("x", 2),
    ]
    ride = Shipment(pickup=S("from"), dropoff=S("to"), max_ride_seconds=600)
    problem = on_a_line(calls, TWO, places=PLACES, shipments=[ride])
    plan = assemble(Scheduler(problem), (((0, 1),), ((2,),)))
    so_far = DaySoFar(now_second=70, done={LAN: [S("from")]})

    island = again(problem, plan, replace(so_far, roads=(closed(*both_ways(3)),)))
    one_road = again(problem, plan, replace(so_far, roads=(closed((1, 3)),)))

    assert [(u.stop, u.reason.value) for u in island.unserved] == [("to", "no_road")]
    assert one_road.unserved == ()
    assert "to" in stops_of(one_road)["Lan"]


def test_the_driven_road_is_open_to_nobody_else() -> None:
    """New calls lie where Lan has been: Minh may not follow him there, and Lan not go back."""
    calls = [*CALLS, stop("e", 2, penalty=90_000)]
    problem, plan = published()
    problem = replace(problem, stops=tuple(calls))

    later = again(
        problem,
        plan,
        DaySoFar(
            now_second=200, done={LAN: [S("a"), S("b"), S("c")]}, roads=(closed(*both_ways(2)),)
        ),
    )

    assert [(u.stop, u.reason.value) for u in later.unserved] == [("e", "no_road")]
    assert stops_of(later)["Lan"][:3] == ("a", "b", "c")


def test_who_cannot_come_straight_home_goes_round() -> None:
    problem, plan = published(CALLS[:3])
    so_far = DaySoFar(now_second=200, done={LAN: [S("a"), S("c")]}, roads=(closed((3, 0), (3, 1)),))

    later = again(problem, plan, so_far)

    lan = later.routes[0]
    assert lan.stops[:2] == ("a", "c")
    # From c home by km 2, where b lies; where that is closed as well, by km 4.
    assert starts(later)["b"] >= 200
    far = closed((3, 0), (3, 1), (3, 2))
    round_about = again(problem, plan, replace(so_far, roads=(far,)))
    assert round_about.routes[0].tours[0].return_travel_seconds == 60 + 240
    assert round_about.routes[0].tours[0].return_distance_m == 500


def test_who_is_cut_off_is_sent_nowhere_and_others_do_the_rest() -> None:
    problem, plan = published(CALLS[:3])
    island = closed(*both_ways(2))
    so_far = DaySoFar(now_second=130, done={LAN: [S("a"), S("b")]}, roads=(island,))

    for scope in (Scope.UNLOCKED, Scope.FROM_SCRATCH):
        later = again(problem, plan, so_far, scope)

        assert stops_of(later) == {"Lan": ("a", "b"), "Minh": ("c",)}
        assert later.routes[0].returns_second > TWO[0].shift.closes_second


def test_a_closed_road_in_the_problem_is_as_long_as_it_was_published() -> None:
    problem, plan = published()
    blocked = replace(problem, profiles=(closed((1, 2)),))
    # Not as published: nobody knows how long a and c lie apart by now.
    other = replace(problem, profiles=(closed((1, 3)),))

    known = again(blocked, plan, DaySoFar(now_second=10, done={LAN: [S("a"), S("b")]}))
    unknown = again(other, plan, DaySoFar(now_second=10, done={LAN: [S("a"), S("c")]}))

    assert [v.travel_seconds for v in known.routes[0].visits[:2]] == [60, 60]
    assert [v.distance_m for v in known.routes[0].visits[:2]] == [100, 100]
    assert [v.travel_seconds for v in unknown.routes[0].visits[:2]] == [60, 0]


def test_a_longer_road_is_longer_from_now_on_only() -> None:
    problem, plan = published()
    seconds = np.asarray(line(PLACES).travel.block(np.arange(PLACES), np.arange(PLACES))[0])
    jam = Profile(travel=Matrix(seconds * 10))
    so_far = DaySoFar(now_second=130, done={LAN: [S("a"), S("b")]}, roads=(jam,))

    later = again(problem, plan, so_far)

    assert [v.travel_seconds for v in later.routes[0].visits[:2]] == [60, 60]
    ahead = [v.travel_seconds for route in later.routes for v in route.visits][2:]
    assert ahead
    assert all(seconds % 600 == 0 for seconds in ahead)


def test_between_two_tours_the_closed_road_home_was_driven() -> None:
    calls = [stop("a", 1, loads=(5,)), stop("b", 2, loads=(5,)), stop("c", 3, loads=(1,))]
    van = courier(LAN, capacities=(5,), max_tours=3, reload_seconds=600)
    problem = on_a_line(calls, [van], places=PLACES, load_names=("kg",))
    plan = assemble(Scheduler(problem), (((0,), (1,), (2,)),))
    flood = closed((1, 0), (0, 2))
    so_far = DaySoFar(now_second=700, done={LAN: [S("a"), S("b")]}, roads=(flood,))

    later = again(problem, plan, so_far)

    tours = later.routes[0].tours
    assert [[v.stop for v in tour.visits] for tour in tours] == [["a"], ["b"], ["c"]]
    assert (tours[0].returns_second, tours[1].leaves_second) == (120, 720)


class Asked:
    """A table that is no matrix in memory."""

    def __init__(self, matrix: TravelTable) -> None:
        self._matrix = matrix

    @property
    def size(self) -> int:
        return self._matrix.size

    def seconds(self, origin: int, destination: int) -> int:
        return self._matrix.seconds(origin, destination)

    def metres(self, origin: int, destination: int) -> int:
        return self._matrix.metres(origin, destination)

    def block(self, origins: IntArray, destinations: IntArray) -> tuple[IntArray, IntArray]:
        return self._matrix.block(origins, destinations)


def test_a_ferry_that_has_brought_him_over_is_not_asked_for_again() -> None:
    """The leg ended where no road leads to any more; what lies there is called at all the same."""
    ferry = stop("ferry", 1, kind=StopKind.LEG, leaves_from=3, service_seconds=600)
    problem = on_a_line([ferry, stop("b", 4), stop("c", 1)], TWO, places=PLACES)
    plan = assemble(Scheduler(problem), (((0, 1),), ((2,),)))
    no_boat = closed(*both_ways(1), (4, 0))
    so_far = DaySoFar(now_second=700, done={LAN: [S("ferry")]}, roads=(no_boat,))

    for scope in Scope:
        later = again(problem, plan, so_far, scope)

        assert stops_of(later)["Lan"][0] == "ferry"
        assert {u.stop for u in later.unserved} == {"b", "c"}

    back = replace(so_far, roads=(closed(*both_ways(1)),))
    assert stops_of(again(problem, plan, back))["Lan"] == ("ferry", "b")


def test_a_table_that_is_asked_part_by_part_gives_the_same_plan() -> None:
    problem, plan = published()
    flood = closed(*both_ways(1))
    asked = Profile(travel=Asked(flood.travel))  # type: ignore[arg-type]
    so_far = DaySoFar(now_second=130, done={LAN: [S("a"), S("b")]})

    plans = [again(problem, plan, replace(so_far, roads=(roads,))) for roads in (flood, asked)]

    assert plans[0].routes == plans[1].routes


@pytest.mark.parametrize(
    ("roads", "kind"),
    [
        ((Profile(name="boat", travel=Matrix(np.zeros((6, 6)))),), ContradictionKind.UNKNOWN_NAME),
        ((line(PLACES - 1),), ContradictionKind.BAD_MATRIX),
        ((Profile(travel=Matrix(np.full((6, 6), -1))),), ContradictionKind.BAD_MATRIX),
        ((line(PLACES), line(PLACES)), ContradictionKind.DUPLICATE),
    ],
)
def test_roads_that_are_none_of_this_problem_are_refused(
    roads: tuple[Profile, ...], kind: ContradictionKind
) -> None:
    problem, plan = published()

    with pytest.raises(ContradictoryProblem) as refusal:
        again(problem, plan, DaySoFar(now_second=0, done={LAN: [S("a")]}, roads=roads))

    assert kind in {finding.kind for finding in refusal.value.findings}


def flooded(seed: int) -> tuple[Problem, Plan, Scope, DaySoFar]:
    """A rich day in which some have done a part of theirs when roads are closed, a third of them."""
    draw = np.random.default_rng(seed)
    problem = courier_day(seed, int(draw.integers(8, 14)), 3)
    optional = (replace(s, penalty=s.penalty or 90_000) for s in problem.stops)
    problem = replace(problem, stops=tuple(optional))
    plan = nearest_neighbour(problem)
    done = {
        route.courier: list(route.stops[: int(draw.integers(0, len(route.stops) + 1))])
        for route in plan.routes
    }
    size = len(problem.locations)
    shut = [(a, b) for a in range(size) for b in range(size) if a != b and draw.random() < 0.3]
    roads = tuple(closed(*shut, profile=profile) for profile in problem.profiles)
    scope = list(Scope)[int(draw.integers(0, 4))]
    now = int(draw.integers(8 * 3600, 15 * 3600))
    return problem, plan, scope, DaySoFar(now_second=now, done=done, roads=roads)


@pytest.mark.parametrize("seed", range(20))
def test_ahead_only_open_roads_are_taken_and_behind_nothing_moves(seed: int) -> None:
    problem, plan, scope, so_far = flooded(seed)
    over = {stop for stops in so_far.done.values() for stop in stops}

    refused: set[str] = set()
    try:
        again(problem, plan, so_far, scope)
    except ContradictoryProblem as refusal:  # by locks and groups of what is still to be done
        refused = {finding.subject for finding in refusal.findings}
    later = again(problem, plan, so_far, scope, loosen=True)

    assert refused.isdisjoint(over)
    roads = {profile.name: profile.travel for profile in so_far.roads}
    for courier_id, stops in so_far.done.items():
        assert stops_of(later).get(courier_id, ())[: len(stops)] == tuple(stops)
    for route in later.routes:
        man = problem.couriers[problem.courier_index[route.courier]]
        for origin, goal in ahead(problem, route, over):
            assert roads[man.profile].seconds(origin, goal) < UNREACHABLE


def ahead(problem: Problem, route: Route, done: set[StopId]) -> Iterator[tuple[int, int]]:
    """The legs still to be driven, by the problem's own places; not his way home from what is done."""
    man = problem.couriers[problem.courier_index[route.courier]]
    for number, tour in enumerate(route.tours):
        here = man.start_location
        for visit in tour.visits:
            call = problem.stops[problem.stop_index[visit.stop]]
            if visit.stop not in done:
                yield here, call.location
            here = call.exit_location
        if tour.visits[-1].stop not in done:
            is_last = number == len(route.tours) - 1
            yield here, man.end_location if is_last else man.start_location


def test_an_open_desk_stays_open_to_who_stands_before_a_closed_road() -> None:
    calls = [stop("a", 1), stop("b", 2, windows=window(0, 4000)), stop("c", 3)]
    problem, plan = published([*calls, CALLS[3]])
    so_far = DaySoFar(now_second=70, done={LAN: [S("a")]}, roads=(closed((0, 1), (1, 0)),))

    later = again(problem, plan, so_far)

    assert later.unserved == ()
    assert starts(later)["b"] <= 4000
