"""Locks that contradict one another are refused by name, and nothing is refused that has a plan."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations, pairwise, permutations, product

import numpy as np
import pytest

from routing import (
    ContradictionKind,
    ContradictoryProblem,
    Courier,
    Lock,
    PlanRules,
    Problem,
    Profile,
    Shipment,
    StopKind,
)
from routing.days import Scheduler, Tours
from routing.plan import Route
from routing.problem import Stop
from routing.rules import LockLevel as Level
from routing.tables import Matrix, SpeedPeriod
from routing.terms import CourierId, StopId, Window
from tests.routing.small import LAN, MINH, S, courier, on_a_line, stop, window

BOTH = (courier(LAN), courier(MINH))
A, B, C = stop("a", 1), stop("b", 2), stop("c", 3)


def locked(who: CourierId, level: Level, *stops: str, at: tuple[int, ...] = ()) -> Lock:
    return Lock(level=level, courier=who, stops=tuple(map(S, stops)), start_seconds=at)


def timed(*starts: tuple[str, int]) -> tuple[Lock, ...]:
    """A lock of its own for each of Lan's calls."""
    return tuple(locked(LAN, Level.TIME, name, at=(second,)) for name, second in starts)


def day(*stops: Stop, locks: tuple[Lock, ...], **rules: object) -> Problem:
    return on_a_line(stops, BOTH, rules=PlanRules(locks=locks, **rules))  # type: ignore[arg-type]


def together(*groups: str) -> tuple[tuple[StopId, ...], ...]:
    return tuple(tuple(map(S, group)) for group in groups)


HALVES = (stop("from", 1, kind=StopKind.PICKUP), stop("to", 2, kind=StopKind.DROPOFF))
BUSY = stop("b", 2, service_seconds=60)
WHOLE = (locked(LAN, Level.ROUTE, "a", "b"),)
TWO_KEEPERS = (locked(LAN, Level.COURIER, "a"), locked(MINH, Level.COURIER, "c"))

CONTRADICTORY: dict[str, tuple[Callable[[], Problem], str]] = {
    "two times for one stop": (lambda: day(A, B, locks=timed(("a", 100), ("a", 500))), "a"),
    "two calls in one second": (
        lambda: day(replace(A, service_seconds=60), BUSY, locks=timed(("a", 500), ("b", 500))),
        "b",
    ),
    "eight minutes in one second": (
        lambda: day(A, stop("b", 9), locks=timed(("a", 1000), ("b", 1001))),
        "b",
    ),
    "after every shift": (lambda: day(A, locks=timed(("a", 900_000))), "a"),
    "too late to be back": (lambda: day(stop("a", 9), locks=timed(("a", 35_900))), "a"),
    "before the place can be reached": (lambda: day(stop("a", 9), locks=timed(("a", 5))), "a"),
    "before it is at the office": (
        lambda: day(stop("a", 1, release_second=5000), locks=timed(("a", 5000))),
        "a",
    ),
    "while the office is closed before him": (
        lambda: day(stop("a", 9), locks=timed(("a", 2000)), depot_hours={0: window(1800, 30_000)}),
        "a",
    ),
    "with no office to leave any more": (
        lambda: day(
            stop("a", 1, release_second=5000),
            locks=timed(("a", 6000)),
            depot_hours={0: window(0, 4000)},
        ),
        "a",
    ),
    "too late for the office to be open": (
        lambda: day(stop("a", 9), locks=timed(("a", 20_000)), depot_hours={0: window(0, 20_500)}),
        "a",
    ),
    "a collection before its release": (
        lambda: day(
            stop("a", 1, release_second=5000, kind=StopKind.COLLECT), locks=timed(("a", 4000))
        ),
        "a",
    ),
    "an order against the times": (
        lambda: day(
            A, B, locks=(locked(LAN, Level.ORDER, "a", "b"), *timed(("a", 2000), ("b", 1000)))
        ),
        "a",
    ),
    "half a shipment": (
        lambda: on_a_line(
            HALVES,
            BOTH,
            shipments=[Shipment(pickup=S("from"), dropoff=S("to"))],
            rules=PlanRules(locks=(locked(LAN, Level.ROUTE, "from"),)),
        ),
        "to",
    ),
    "a route against its windows": (
        lambda: day(
            stop("a", 1, windows=window(1000, 1000)),
            stop("b", 2, windows=window(0, 500)),
            locks=WHOLE,
        ),
        "b",
    ),
    "a route larger than the bag": (
        lambda: on_a_line(
            [stop("a", 1, loads=(5,)), stop("b", 2, loads=(5,))],
            [courier(LAN, capacities=(8,)), courier(MINH, capacities=(8,))],
            load_names=("kg",),
            rules=PlanRules(locks=WHOLE),
        ),
        "a",
    ),
    "a route longer than the longest day": (
        lambda: on_a_line([A, B], [courier(max_route_seconds=200)], rules=PlanRules(locks=WHOLE)),
        "Lan",
    ),
    "a mandatory stop beside whole routes only": (
        lambda: on_a_line([A, B, C], rules=PlanRules(locks=WHOLE)),
        "c",
    ),
    "together through a third": (
        lambda: day(A, B, C, locks=TWO_KEEPERS, keep_together=together("ab", "bc")),
        "a",
    ),
    "together through a third and apart": (
        lambda: day(
            A,
            B,
            C,
            locks=(),
            keep_together=together("ab", "bc"),
            keep_apart=((S("a"), S("c")),),
        ),
        "a",
    ),
    "apart from the companion of a companion": (
        lambda: day(
            A,
            B,
            C,
            locks=(locked(LAN, Level.COURIER, "a"), locked(LAN, Level.COURIER, "c")),
            keep_together=together("ab"),
            keep_apart=((S("b"), S("c")),),
        ),
        "b",
    ),
    "together with a whole route that lacks it": (
        lambda: day(A, B, locks=(locked(LAN, Level.ROUTE, "a"),), keep_together=together("ab")),
        "b",
    ),
    "together with a stop of somebody banned": (
        lambda: day(
            A,
            B,
            locks=(locked(LAN, Level.COURIER, "a"),),
            keep_together=together("ab"),
            banned=((S("b"), LAN),),
        ),
        "b",
    ),
}


@pytest.mark.parametrize("name", CONTRADICTORY)
def test_contradictory_locks_are_refused_and_named(name: str) -> None:
    build, subject = CONTRADICTORY[name]

    with pytest.raises(ContradictoryProblem) as refusal:
        build()

    found = [(finding.kind, finding.subject) for finding in refusal.value.findings]
    assert (ContradictionKind.LOCKS, subject) in found


def test_an_optional_stop_between_two_couriers_is_left_out_not_refused() -> None:
    optional = stop("b", 2, penalty=10)

    problem = day(A, optional, C, locks=TWO_KEEPERS, keep_together=together("ab", "bc"))

    assert not problem.is_mandatory(optional)


def test_a_way_round_that_is_shorter_than_the_road_is_known() -> None:
    """The straight road to b takes an hour, by a it takes two minutes."""
    table = Matrix([[0, 60, 3600], [60, 0, 60], [3600, 60, 0]])
    problem = on_a_line([A, B], places=3)

    replace(
        problem,
        profiles=(Profile(travel=table),),
        rules=PlanRules(locks=timed(("b", 120))),
    )

    with pytest.raises(ContradictoryProblem, match="b: locked to start at 119"):
        replace(
            problem,
            profiles=(Profile(travel=table),),
            rules=PlanRules(locks=timed(("b", 119))),
        )


@pytest.mark.parametrize("closes", [20_540, 36_000])
def test_a_second_that_the_office_hours_just_allow_is_locked(closes: int) -> None:
    """Nine minutes out from the opening on, nine minutes back before the closing."""
    hours = {0: (*window(0, 10), *window(1800, closes))}

    for start in (2340, 20_000):
        problem = day(stop("a", 9), locks=timed(("a", start)), depot_hours=hours)

        assert isinstance(Scheduler(problem).route(0, ((0,),)), Route)


def test_a_whole_route_may_be_cut_into_tours() -> None:
    bag = courier(capacities=(5,), max_tours=2)

    problem = on_a_line(
        [stop("a", 1, loads=(5,)), stop("b", 2, loads=(5,))],
        [bag],
        load_names=("kg",),
        rules=PlanRules(locks=WHOLE),
    )

    assert problem.locked_stops == {"a", "b"}


def orders(problem: Problem, number: int) -> Iterator[Tours]:
    """Everything this courier can drive where nothing is locked."""
    scheduler = Scheduler(problem)
    yield ()
    for size in range(1, len(problem.stops) + 1):
        for order in permutations(range(len(problem.stops)), size):
            for count in range(min(problem.couriers[number].max_tours, size)):
                for places in combinations(range(1, size), count):
                    cut = (0, *places, size)
                    tours = tuple(order[a:b] for a, b in pairwise(cut))
                    if isinstance(scheduler.route(number, tours), Route):
                        yield tours


def has_a_plan(problem: Problem, rules: PlanRules, start_of: Mapping[StopId, set[int]]) -> bool:
    """Whether some plan serves all that is mandatory and keeps every lock and group: all tried."""
    held = {stop_id for lock in rules.locks for stop_id in lock.stops}
    stops = []
    for call in problem.stops:
        starts = start_of.get(call.id, set())
        fits = [
            s
            for s in starts
            if not call.windows or any(w.opens_second <= s <= w.closes_second for w in call.windows)
        ]
        if len(starts) > 1 or len(fits) < len(starts):
            return False
        windows = tuple(Window(opens_second=s, closes_second=s) for s in fits if s >= 0)
        if starts and not windows:
            return False
        stops.append(replace(call, windows=windows or call.windows))
    try:
        free = replace(problem, stops=tuple(stops))
    except ContradictoryProblem:  # a shipment whose halves are locked the wrong way round
        return False
    halves = [{pair.pickup, pair.dropoff} for pair in problem.shipments]
    needed = {call.id for call in stops if problem.is_mandatory(call)} | held
    needed |= {half for pair in halves if pair & needed for half in pair}
    days = [list(orders(free, number)) for number in range(len(free.couriers))]
    for chosen in product(*days):
        routes = {
            man.id: [free.stops[n].id for tour in tours for n in tour]
            for man, tours in zip(free.couriers, chosen, strict=True)
        }
        served = [one for route in routes.values() for one in route]
        if len(served) == len(set(served)) and needed <= set(served) and keeps(routes, rules):
            return True
    return False


def keeps(routes: Mapping[CourierId, list[StopId]], rules: PlanRules) -> bool:
    holder = {one: man for man, route in routes.items() for one in route}
    for lock in rules.locks:
        route = routes[lock.courier]
        if not set(lock.stops) <= set(route):
            return False
        if lock.level is not Level.COURIER:
            places = [route.index(one) for one in lock.stops]
            if places != sorted(places):
                return False
        if lock.level is Level.ROUTE and len(route) != len(lock.stops):
            return False
    if any(
        left in holder and holder[left] == holder.get(right) for left, right in rules.keep_apart
    ):
        return False
    return all(len({holder[s] for s in group if s in holder}) < 2 for group in rules.keep_together)


def drawn(seed: int) -> tuple[Problem, PlanRules]:
    """Four calls and two couriers without locks, and rules that may or may not fit."""
    draw = np.random.default_rng(seed)
    table = draw.integers(0, 400, (6, 6))
    np.fill_diagonal(table, 0)
    speed = (SpeedPeriod(from_second=300, speed_percent=int(draw.choice([50, 200]))),)
    profile = Profile(travel=Matrix(table), speed_periods=speed if draw.random() < 0.3 else ())
    calls = [
        stop(
            name,
            int(draw.integers(1, 6)),
            service_seconds=int(draw.choice([0, 0, 120])),
            setup_seconds=int(draw.choice([0, 60])),
            windows=window(opens, opens + 600) if draw.random() < 0.3 else (),
            release_second=int(draw.choice([0, 0, 500])),
            penalty=5 if draw.random() < 0.4 else None,
            loads=(int(draw.integers(1, 4)),),
        )
        for name, opens in zip("abcd", draw.integers(0, 900, 4).tolist(), strict=True)
    ]
    shipments = []
    if draw.random() < 0.4:
        calls[0] = replace(calls[0], kind=StopKind.PICKUP)
        calls[1] = replace(calls[1], kind=StopKind.DROPOFF, loads=())
        shipments = [Shipment(pickup=S("a"), dropoff=S("b"))]
    men: list[Courier] = [
        courier(
            man,
            shift=Window(opens_second=0, closes_second=int(draw.integers(900, 3000))),
            capacities=(int(draw.integers(4, 9)),),
            max_tours=int(draw.integers(1, 3)),
            reload_seconds=60,
            max_route_seconds=int(draw.integers(600, 2500)) if draw.random() < 0.3 else None,
        )
        for man in (LAN, MINH)
    ]
    free = on_a_line(calls, men, places=6, shipments=shipments, load_names=("kg",))
    free = replace(free, profiles=(profile,))
    rules = _rules(draw)
    if draw.random() < 0.3:
        opens, closes = int(draw.integers(0, 600)), int(draw.integers(900, 2000))
        rules = replace(rules, depot_hours={0: window(opens, closes)})
        free = replace(free, rules=PlanRules(depot_hours=rules.depot_hours))
    return free, rules


def _rules(draw: np.random.Generator) -> PlanRules:
    def some(least: int) -> tuple[StopId, ...]:
        size = int(draw.integers(least, 4))
        return tuple(S(str(name)) for name in draw.permutation(list("abcd"))[:size])

    locks = []
    for _ in range(int(draw.integers(0, 4))):
        level = list(Level)[int(draw.integers(0, 4))]
        stops = some(1)
        starts = tuple(int(s) for s in sorted(draw.integers(0, 1500, len(stops))))
        who = LAN if draw.random() < 0.7 else MINH
        at = starts if level is Level.TIME else ()
        locks.append(Lock(level=level, courier=who, stops=stops, start_seconds=at))
    groups = tuple(some(2)[:2] for _ in range(int(draw.integers(0, 3))))
    apart = tuple((pair[0], pair[1]) for pair in (some(2) for _ in range(int(draw.integers(0, 2)))))
    return PlanRules(locks=tuple(locks), keep_together=groups, keep_apart=apart)


@pytest.mark.parametrize("chunk", range(4))
def test_what_is_refused_has_no_plan_that_keeps_its_locks(chunk: int) -> None:
    refused = 0
    for seed in range(chunk * 60, chunk * 60 + 60):
        try:
            free, rules = drawn(seed)
        except ContradictoryProblem:  # without any lock: not what is asked here
            continue
        if refusal_of(free, rules) is None:
            continue
        refused += 1
        starts: dict[StopId, set[int]] = {}
        for lock in rules.locks:
            for one, second in zip(lock.stops, lock.start_seconds, strict=False):
                starts.setdefault(one, set()).add(second)
        assert not has_a_plan(free, rules, starts), f"seed {seed}: {refusal_of(free, rules)}"

    assert refused > 10


def refusal_of(free: Problem, rules: PlanRules) -> str | None:
    try:
        replace(free, rules=rules)
    except ContradictoryProblem as refusal:
        return str(refusal)
    return None
