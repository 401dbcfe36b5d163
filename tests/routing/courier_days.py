"""Generated courier days that use every constraint of the problem, from a named seed."""

from dataclasses import replace

import numpy as np
from hypothesis import reject

from routing import (
    Balance,
    Break,
    ContradictoryProblem,
    CostRates,
    Courier,
    CourierId,
    Location,
    Lock,
    LockLevel,
    Matrix,
    Plan,
    PlanRules,
    Problem,
    Profile,
    Published,
    Route,
    Shipment,
    SpeedPeriod,
    Stop,
    StopId,
    StopKind,
    Window,
)
from routing.assembly import assemble, orders_of
from routing.baseline import nearest_neighbour
from routing.days import Scheduler

OPENS, CLOSES = 7 * 3600 + 1800, 17 * 3600
AREAS = ("Tam Kỳ", "Phú Ninh", "Núi Thành")


def courier_day(seed: int, stops: int, couriers: int, *, rich: bool = True) -> Problem:
    """A day of a district office; `rich` adds everything a plain vehicle routing problem lacks."""
    draw = np.random.default_rng(seed)
    places = stops + 2 if not rich else max(3, stops * 3 // 4 + 2)
    points = draw.integers(0, 8_000, (places, 2))
    metres = np.rint(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)) * 1.3)
    seconds = np.rint(metres / 7).astype(int)
    profiles = [Profile(travel=Matrix(seconds, metres))]
    if rich:
        rush = (
            SpeedPeriod(from_second=7 * 3600, speed_percent=60),
            SpeedPeriod(from_second=8 * 3600 + 1800, speed_percent=100),
        )
        walking = Matrix(np.rint(metres / 1.4).astype(int), metres)
        van = Profile(name="van", travel=Matrix(seconds, metres), speed_periods=rush)
        profiles += [van, Profile(name="foot", travel=walking)]
    calls, shipments = _calls(draw, stops, places, rich=rich)
    staff = tuple(_courier(draw, number, rich=rich) for number in range(couriers))
    return Problem(
        locations=tuple(Location(name=f"p{n}") for n in range(places)),
        profiles=tuple(profiles),
        stops=tuple(calls),
        couriers=staff,
        shipments=tuple(shipments),
        rules=_rules(draw, calls, staff) if rich else PlanRules(),
        load_names=("letters", "grams"),
    )


def any_courier_day(seed: int, stops: int, couriers: int, *, rich: bool = True) -> Problem:
    """The same for tests that draw the seed: a day that contradicts itself is drawn again."""
    try:
        return courier_day(seed, stops, couriers, rich=rich)
    except ContradictoryProblem:
        reject()


def with_locks_of_a_plan(problem: Problem, seed: int) -> tuple[Problem, Plan]:
    """The day with locks of every level, many of them for the same calls, and a plan that keeps all.

    None are added where that plan leaves a mandatory call out: beside it they might contradict.
    """
    draw = np.random.default_rng(seed)
    plan = nearest_neighbour(problem)
    left_out = (problem.stops[problem.stop_index[each.stop]] for each in plan.unserved)
    if any(map(problem.is_mandatory, left_out)):
        return problem, plan
    locks = [lock for route in plan.routes for lock in _locks_of(draw, route)]
    rules = replace(problem.rules, locks=(*problem.rules.locks, *locks))
    return replace(problem, rules=rules), plan


def _locks_of(draw: np.random.Generator, route: Route) -> list[Lock]:
    whole = Lock(level=LockLevel.ROUTE, courier=route.courier, stops=route.stops)
    locks = [whole] if draw.random() < 0.2 else []
    for _ in range(int(draw.integers(0, 4))):
        level = (LockLevel.ORDER, LockLevel.ORDER, LockLevel.TIME)[int(draw.integers(0, 3))]
        visits = [visit for visit in route.visits if draw.random() < 0.5]
        starts = [visit.start_second for visit in visits if level is LockLevel.TIME]
        stops = tuple(visit.stop for visit in visits)
        if stops:
            locks.append(replace(whole, level=level, stops=stops, start_seconds=tuple(starts)))
    return locks


def _calls(
    draw: np.random.Generator, stops: int, places: int, *, rich: bool
) -> tuple[list[Stop], list[Shipment]]:
    calls: list[Stop] = []
    shipments: list[Shipment] = []
    while len(calls) < stops:
        number = len(calls)
        place = int(draw.integers(2, places))
        opens = int(draw.integers(OPENS, CLOSES - 5400))
        windows: tuple[Window, ...] = (Window(opens_second=opens, closes_second=opens + 5400),)
        if draw.random() < 0.3:
            windows = (
                Window(opens_second=OPENS, closes_second=11 * 3600),
                Window(opens_second=13 * 3600 + 1800, closes_second=16 * 3600 + 1800),
            )
        kind = StopKind.COLLECT if draw.random() < 0.3 else StopKind.DELIVER
        stop = Stop(
            id=StopId(f"s{number}"),
            location=place,
            kind=kind,
            service_seconds=int(draw.integers(60, 600)),
            setup_seconds=int(draw.integers(0, 180)) if rich else 0,
            windows=windows if draw.random() < 0.6 else (),
            loads=(int(draw.integers(1, 4)), int(draw.integers(10, 500))),
            skills=frozenset({"permit"}) if rich and draw.random() < 0.15 else frozenset(),
            release_second=9 * 3600 if rich and draw.random() < 0.15 else 0,
            penalty=int(draw.integers(200, 4000)) if rich and draw.random() < 0.6 else None,
            area=AREAS[place % 3],
        )
        if rich and draw.random() < 0.2 and number + 1 < stops:
            calls += _shipment(draw, stop, places, shipments)
        else:
            calls.append(stop)
    return calls, shipments


def _shipment(
    draw: np.random.Generator, stop: Stop, places: int, shipments: list[Shipment]
) -> list[Stop]:
    pickup = Stop(
        id=StopId(f"{stop.id}-from"),
        location=stop.location,
        kind=StopKind.PICKUP,
        service_seconds=120,
        loads=stop.loads,
        release_second=stop.release_second,
        penalty=stop.penalty,
    )
    dropoff = Stop(
        id=StopId(f"{stop.id}-to"),
        location=int(draw.integers(2, places)),
        kind=StopKind.DROPOFF,
        service_seconds=180,
        windows=stop.windows,
        penalty=0,
    )
    longest = int(draw.integers(5400, 9000)) if draw.random() < 0.7 else None
    shipments.append(Shipment(pickup=pickup.id, dropoff=dropoff.id, max_ride_seconds=longest))
    return [pickup, dropoff]


def _courier(draw: np.random.Generator, number: int, *, rich: bool) -> Courier:
    shift = Window(opens_second=OPENS, closes_second=CLOSES)
    name = CourierId(f"c{number}")
    if not rich:
        return Courier(
            id=name, start_location=0, end_location=0, shift=shift, capacities=(40, 9000)
        )
    rest = Break(earliest_second=11 * 3600, latest_second=12 * 3600, duration_seconds=3600)
    return Courier(
        id=name,
        start_location=0,
        end_location=number % 2,
        shift=shift,
        profile=("default", "van", "default", "foot")[number % 4],
        capacities=(int(draw.integers(8, 20)), 9000),
        skills=frozenset({"permit"}) if number == 0 else frozenset(),
        max_route_seconds=9 * 3600 if draw.random() < 0.5 else None,
        max_route_metres=90_000 if draw.random() < 0.5 else None,
        breaks=(rest,) if draw.random() < 0.7 else (),
        max_tours=int(draw.integers(1, 4)),
        reload_seconds=600,
        costs=CostRates(fixed=300, per_travel_second=2, per_duty_second=number % 2),
        known_areas=frozenset({AREAS[number % 3]}),
    )


def _rules(draw: np.random.Generator, calls: list[Stop], staff: tuple[Courier, ...]) -> PlanRules:
    single = [stop for stop in calls if stop.kind in {StopKind.DELIVER, StopKind.COLLECT}]
    single = [stop for stop in single if not stop.skills]
    if len(single) < 6:
        return PlanRules()
    one, two, three, four, five, six = (
        single[int(n)].id for n in draw.choice(len(single), 6, replace=False)
    )
    level = LockLevel.ORDER if draw.random() < 0.5 else LockLevel.COURIER
    return PlanRules(
        locks=(Lock(level=level, courier=staff[0].id, stops=(one, two)),),
        banned=((three, staff[-1].id),) if len(staff) > 1 else (),
        keep_apart=((three, four),),
        keep_together=((five, six),),
        balance=Balance(fair_share_seconds=4 * 3600, cost_per_second_above=1),
        published=Published(
            routes={staff[0].id: (four, one), CourierId("gone"): (five,)},
            courier_change_cost=50,
            order_change_cost=20,
        ),
        depot_hours={0: (Window(opens_second=OPENS, closes_second=CLOSES + 1800),)},
        unknown_area_cost=30,
    )


def day_with_legs_and_keepers(seed: int, stops: int, couriers: int) -> tuple[Problem, Plan]:
    """A rich day with legs of a fixed timetable and calls locked to their courier; a plan that keeps all.

    Nothing is locked where that plan leaves a mandatory call out: beside it the locks might contradict.
    """
    problem = any_courier_day(seed, stops, couriers)
    draw = np.random.default_rng([seed, 1])
    places = len(problem.locations)
    calls = tuple(_perhaps_a_leg(draw, problem, stop, places) for stop in problem.stops)
    try:
        problem = replace(problem, stops=calls)
    except ContradictoryProblem:
        reject()
    plan = nearest_neighbour(problem)
    left_out = (problem.stops[problem.stop_index[each.stop]] for each in plan.unserved)
    if any(map(problem.is_mandatory, left_out)):
        return problem, plan
    keepers = []
    for route in plan.routes:
        kept = tuple(stop for stop in route.stops if draw.random() < 0.4)
        if kept:
            keepers.append(Lock(level=LockLevel.COURIER, courier=route.courier, stops=kept))
    rules = replace(problem.rules, locks=(*problem.rules.locks, *keepers))
    problem = replace(problem, rules=rules)
    return problem, assemble(Scheduler(problem), orders_of(problem, plan))


def _perhaps_a_leg(draw: np.random.Generator, problem: Problem, stop: Stop, places: int) -> Stop:
    """The courier is carried from this place to another: a van, a ferry, a cable car."""
    is_single = stop.kind in {StopKind.DELIVER, StopKind.COLLECT}
    is_leg, leaves_from = draw.random() < 0.25, int(draw.integers(0, places))
    if not (is_leg and is_single) or stop.id in problem.locked_stops:
        return stop
    return replace(
        stop,
        kind=StopKind.LEG,
        leaves_from=leaves_from,
        loads=(),
        skills=frozenset(),
        release_second=0,
        penalty=None,
    )
