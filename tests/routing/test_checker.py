"""The checker finds every kind of planted violation, and finds nothing in a sound plan."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from routing import (
    Break,
    BreakTaken,
    CostParts,
    Lock,
    LockLevel,
    Plan,
    PlanRules,
    Problem,
    RejectedByChecker,
    Route,
    Shipment,
    StopKind,
    Tour,
    Unserved,
    ViolationKind,
    Visit,
    check,
)
from routing.assembly import assemble
from routing.days import Scheduler
from routing.feasibility import approved
from routing.tables import Matrix
from tests.routing.small import LAN, MINH, S, courier, on_a_line, stop, window

K = ViolationKind


def problem() -> Problem:
    """Two couriers, two tours, a break, a shipment and a desk with hours."""
    calls = [
        stop(
            "desk", 1, service_seconds=60, setup_seconds=30, windows=window(600, 1200), loads=(2,)
        ),
        stop("door", 3, service_seconds=60, loads=(1,), release_second=300),
        stop("from", 4, kind=StopKind.PICKUP, service_seconds=60, loads=(2,)),
        stop("to", 6, kind=StopKind.DROPOFF, service_seconds=60),
        stop("later", 2, kind=StopKind.COLLECT, service_seconds=60, loads=(1,)),
        stop("minh's", 5, service_seconds=60, skills=frozenset({"permit"})),
        stop("extra", 7, penalty=100),
    ]
    rest = Break(earliest_second=1500, latest_second=1800, duration_seconds=600)
    lan = courier(
        LAN,
        capacities=(3,),
        breaks=(rest,),
        max_tours=2,
        reload_seconds=120,
        max_route_seconds=9000,
        max_route_metres=5000,
        shift=replace(courier().shift, opens_second=100),
    )
    minh = courier(MINH, skills=frozenset({"permit"}))
    rides = [Shipment(pickup=S("from"), dropoff=S("to"), max_ride_seconds=1000)]
    rules = PlanRules(depot_hours={0: window(100, 30_000)})
    return on_a_line(calls, [lan, minh], shipments=rides, rules=rules, load_names=("letters",))


def sound(given: Problem | None = None) -> Plan:
    scheduler = Scheduler(given or problem())
    return assemble(scheduler, (((0, 1, 2, 3), (4,)), ((5,),)))


def change(plan: Plan, number: int, **changes: object) -> Plan:
    """The plan with one visit of Lan's first tour told differently."""
    route = plan.routes[0]
    visits = list(route.tours[0].visits)
    visits[number] = replace(visits[number], **changes)  # type: ignore[arg-type]
    return change_tour(plan, 0, visits=tuple(visits))


def change_tour(plan: Plan, number: int, **changes: object) -> Plan:
    tours = list(plan.routes[0].tours)
    tours[number] = replace(tours[number], **changes)  # type: ignore[arg-type]
    return change_route(plan, tours=tuple(tours))


def change_route(plan: Plan, **changes: object) -> Plan:
    route = replace(plan.routes[0], **changes)  # type: ignore[arg-type]
    return replace(plan, routes=(route, *plan.routes[1:]))


def shifted(plan: Plan, seconds: int) -> Plan:
    """Lan's whole day earlier or later."""

    def visit(one: Visit) -> Visit:
        return replace(
            one,
            arrival_second=one.arrival_second + seconds,
            start_second=one.start_second + seconds,
            departure_second=one.departure_second + seconds,
        )

    tours = tuple(
        replace(
            tour,
            leaves_second=tour.leaves_second + seconds,
            returns_second=tour.returns_second + seconds,
            visits=tuple(visit(one) for one in tour.visits),
        )
        for tour in plan.routes[0].tours
    )
    rests = tuple(
        BreakTaken(start_second=r.start_second + seconds, end_second=r.end_second + seconds)
        for r in plan.routes[0].breaks
    )
    return change_route(plan, tours=tours, breaks=rests)


def reordered(given: Problem, *, first: tuple[int, ...]) -> Plan:
    """Lan calls in another order, as late as it then gets."""
    scheduler = Scheduler(given)
    route = scheduler.forced_route(0, (first, (4,)))
    return replace(sound(), routes=(route, sound().routes[1]))


def ruled(**rules: object) -> Problem:
    given = problem()
    return replace(given, rules=replace(given.rules, **rules))  # type: ignore[arg-type]


def locked(level: LockLevel, *stops: str, who: object = LAN, at: tuple[int, ...] = ()) -> Problem:
    names = tuple(S(name) for name in stops)
    return ruled(locks=(Lock(level=level, courier=who, stops=names, start_seconds=at),))  # type: ignore[arg-type]


def no_road() -> Problem:
    """The road from the desk (place 1) to the door (place 3) is gone."""
    given = problem()
    table = given.profiles[0].travel
    assert isinstance(table, Matrix)
    seconds = table.travel_seconds.copy()
    seconds[1, 3] = 1_000_000_000
    profile = replace(given.profiles[0], travel=Matrix(seconds, table.distance_m))
    return replace(given, profiles=(profile,))


def limited(**limits: object) -> Problem:
    given = problem()
    lan = replace(given.couriers[0], **limits)  # type: ignore[arg-type]
    return replace(given, couriers=(lan, given.couriers[1]))


def without(plan: Plan, name: str) -> Plan:
    """The stop is no longer visited and not listed either."""
    routes = tuple(
        replace(
            route,
            tours=tuple(
                replace(tour, visits=tuple(v for v in tour.visits if v.stop != name))
                for tour in route.tours
            ),
        )
        for route in plan.routes
    )
    return replace(plan, routes=routes)


def swapped_skill() -> Problem:
    given = problem()
    stops = tuple(
        replace(s, skills=frozenset({"permit"})) if s.id == "door" else s for s in given.stops
    )
    return replace(given, stops=stops)


def short_ride() -> Problem:
    given = problem()
    return replace(given, shipments=(replace(given.shipments[0], max_ride_seconds=120),))


def late_first(plan: Plan) -> Plan:
    """Lan leaves with the door's letter before it is released."""
    return change_tour(plan, 0, leaves_second=plan.routes[0].leaves_second - 100)


Planted = Callable[[], tuple[Problem, Plan]]
UNKNOWN_ROUTE = Route(courier=S("ghost"), tours=())  # type: ignore[arg-type]
PLANTED: dict[K, Planted] = {
    K.UNKNOWN_COURIER: lambda: (
        problem(),
        replace(sound(), routes=(*sound().routes, UNKNOWN_ROUTE)),
    ),
    K.UNKNOWN_STOP: lambda: (problem(), change(sound(), 0, stop=S("ghost"))),
    K.COURIER_TWICE: lambda: (
        problem(),
        replace(sound(), routes=(*sound().routes, sound().routes[1])),
    ),
    K.STOP_TWICE: lambda: (
        problem(),
        replace(sound(), unserved=(*sound().unserved, Unserved(stop=S("desk")))),
    ),
    K.STOP_FORGOTTEN: lambda: (problem(), replace(sound(), unserved=())),
    K.MANDATORY_UNSERVED: lambda: (
        problem(),
        assemble(Scheduler(problem()), (((0, 1, 2, 3), (4,)), ())),
    ),
    K.NO_ROAD: lambda: (no_road(), sound()),
    K.TRAVEL: lambda: (problem(), change(sound(), 1, travel_seconds=1)),
    K.DISTANCE: lambda: (problem(), change(sound(), 1, distance_m=1)),
    K.SETUP: lambda: (problem(), change(sound(), 0, setup_seconds=0)),
    K.WAITING: lambda: (problem(), change(sound(), 0, waiting_seconds=0)),
    K.SERVICE: lambda: (
        problem(),
        change(sound(), 0, departure_second=sound().routes[0].visits[0].start_second),
    ),
    K.WINDOW: lambda: (problem(), shifted(sound(), 3000)),
    K.RELEASE: lambda: (problem(), late_first(sound())),
    K.SHIFT: lambda: (problem(), shifted(sound(), -250)),
    K.DEPOT_HOURS: lambda: (ruled(depot_hours={0: window(100, 2000)}), sound()),
    K.RELOAD: lambda: (limited(reload_seconds=900), sound()),
    K.TOURS: lambda: (limited(max_tours=1), sound()),
    K.ROUTE_SECONDS: lambda: (limited(max_route_seconds=500), sound()),
    K.ROUTE_METRES: lambda: (limited(max_route_metres=500), sound()),
    K.BREAK: lambda: (problem(), change_route(sound(), breaks=())),
    K.LOADS: lambda: (problem(), change(sound(), 0, loads_after=(9,))),
    K.CAPACITY: lambda: (limited(capacities=(2,)), sound()),
    K.SKILL: lambda: (swapped_skill(), sound()),
    K.BANNED: lambda: (ruled(banned=((S("door"), LAN),)), sound()),
    K.SHIPMENT: lambda: (problem(), reordered(problem(), first=(0, 1, 3, 2))),
    K.RIDE: lambda: (short_ride(), reordered(problem(), first=(2, 0, 1, 3))),
    K.LOCK_COURIER: lambda: (locked(LockLevel.COURIER, "door", who=MINH), sound()),
    K.LOCK_ORDER: lambda: (locked(LockLevel.ORDER, "door", "desk"), sound()),
    K.LOCK_TIME: lambda: (locked(LockLevel.TIME, "door", at=(5000,)), sound()),
    K.LOCK_ROUTE: lambda: (locked(LockLevel.ROUTE, "desk", "door"), sound()),
    K.KEPT_APART: lambda: (ruled(keep_apart=((S("door"), S("desk")),)), sound()),
    K.KEPT_TOGETHER: lambda: (ruled(keep_together=((S("door"), S("minh's")),)), sound()),
    K.COST: lambda: (problem(), replace(sound(), cost_parts=CostParts(travel_time=1))),
}


def test_a_sound_plan_has_no_violation() -> None:
    plan = sound()

    assert check(problem(), plan) == ()
    assert plan.routes[0].breaks
    assert len(plan.routes[0].tours) == 2
    assert approved(problem(), plan) is plan


@pytest.mark.parametrize("kind", list(ViolationKind), ids=lambda kind: kind.value)
def test_a_planted_violation_is_found(kind: ViolationKind) -> None:
    given, plan = PLANTED[kind]()

    found = check(given, plan)

    assert kind in {violation.kind for violation in found}


@pytest.mark.parametrize(
    "kind", [k for k in ViolationKind if k is not K.MANDATORY_UNSERVED], ids=lambda kind: kind.value
)
def test_nothing_wrong_is_approved(kind: ViolationKind) -> None:
    given, plan = PLANTED[kind]()

    with pytest.raises(RejectedByChecker) as rejection:
        approved(given, plan)

    assert rejection.value.violations


def test_a_plan_may_admit_that_not_everything_can_be_done() -> None:
    given, plan = PLANTED[K.MANDATORY_UNSERVED]()

    assert approved(given, plan) is plan
    assert plan.cost > given.mandatory_cost


def test_a_stop_that_vanished_from_its_tour_is_missed() -> None:
    assert K.STOP_FORGOTTEN in {v.kind for v in check(problem(), without(sound(), "door"))}


def test_a_break_during_a_service_is_no_break() -> None:
    plan = sound()
    start = plan.routes[0].visits[2].start_second
    busy = BreakTaken(start_second=start, end_second=start + 600)

    kinds = {v.kind for v in check(problem(), change_route(plan, breaks=(busy,)))}

    assert K.BREAK in kinds


def test_an_empty_tour_is_no_tour() -> None:
    plan = sound()
    empty = Tour(
        leaves_second=0,
        visits=(),
        returns_second=0,
        return_travel_seconds=0,
        return_distance_m=0,
    )

    kinds = {v.kind for v in check(problem(), change_route(plan, tours=(empty,)))}

    assert K.TOURS in kinds


def test_a_lower_bound_above_the_cost_is_a_lie() -> None:
    plan = replace(sound(), lower_bound=10**9)

    assert K.COST in {v.kind for v in check(problem(), plan)}
