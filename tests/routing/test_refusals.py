"""A contradictory problem is refused before any search, with every contradiction listed."""

import pickle
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from math import nan
from pathlib import Path
from random import Random

import numpy as np
import pytest

from routing import (
    UNREACHABLE,
    Balance,
    Break,
    Budget,
    ContradictionKind,
    ContradictoryProblem,
    CostRates,
    CourierId,
    Location,
    Lock,
    LockLevel,
    Matrix,
    PlanRules,
    Problem,
    Profile,
    Published,
    Reason,
    Route,
    Shipment,
    SpeedPeriod,
    Stop,
    StopId,
    StopKind,
    Window,
)
from routing.days import Scheduler
from routing.formats.euclidean import rounded
from routing.formats.unreadable import UnreadableFile
from routing.reasons import why_unserved
from routing.solve import solve
from routing.travel import DELTA, GeodesicTable
from tests.routing.small import DAY, LAN, MINH, S, courier, on_a_line, stop, window

K = ContradictionKind
A, B = stop("a", 1), stop("b", 2)
PAIR = (stop("from", 1, kind=StopKind.PICKUP), stop("to", 2, kind=StopKind.DROPOFF))
RIDE = Shipment(pickup=S("from"), dropoff=S("to"))


def with_matrix(seconds: object) -> Problem:
    places = (Location(name="office"), Location(name="desk"))
    profile = Profile(travel=Matrix(seconds))  # type: ignore[arg-type]
    return Problem(locations=places, profiles=(profile,), stops=(A,), couriers=(courier(),))


def with_locks(*locks: Lock, **rules: object) -> Problem:
    both = (courier(LAN), courier(MINH))
    return on_a_line([A, B], both, rules=PlanRules(locks=locks, **rules))  # type: ignore[arg-type]


def lock(level: LockLevel, who: object, *stops: str, at: tuple[int, ...] = ()) -> Lock:
    names = tuple(S(name) for name in stops)
    return Lock(level=level, courier=who, stops=names, start_seconds=at)  # type: ignore[arg-type]


def parted(
    *others: Stop, longest: int | None = None, direct: int = UNREACHABLE, penalty: int | None = None
) -> Problem:
    """A minute between any two places, but for the way from the pick-up to the drop-off."""
    seconds = np.full((4, 4), 60) - 60 * np.eye(4, dtype=int)
    seconds[1, 2] = direct
    pair = (replace(PAIR[0], penalty=penalty), PAIR[1])
    return replace(
        on_a_line([A]),
        locations=tuple(Location(name=str(place)) for place in range(4)),
        profiles=(Profile(travel=Matrix(seconds)),),
        stops=(*pair, *others),
        shipments=(replace(RIDE, max_ride_seconds=longest),),
    )


CASES: dict[str, tuple[Callable[[], Problem], K, str]] = {
    "more stops than allowed": (lambda: on_a_line([A, B], max_stops=1), K.TOO_MANY_STOPS, ""),
    "more couriers than allowed": (
        lambda: on_a_line([A], [courier(LAN), courier(MINH)], max_couriers=1),
        K.TOO_MANY_COURIERS,
        "",
    ),
    "no courier": (
        lambda: Problem(
            locations=(Location(name="office"),),
            profiles=(Profile(travel=Matrix([[0]])),),
            stops=(),
            couriers=(),
        ),
        K.NO_COURIER,
        "",
    ),
    "no location": (
        lambda: Problem(locations=(), profiles=(), stops=(), couriers=(courier(),)),
        K.NO_LOCATION,
        "",
    ),
    "one name twice": (lambda: on_a_line([A, A]), K.DUPLICATE, "a"),
    "a rule names nobody": (
        lambda: on_a_line([A], rules=PlanRules(banned=((S("ghost"), LAN),))),
        K.UNKNOWN_NAME,
        "ghost",
    ),
    "a stop nowhere": (lambda: on_a_line([stop("far", 99)]), K.UNKNOWN_NAME, "far"),
    "a profile nobody drew": (
        lambda: on_a_line([A], [courier(profile="boat")]),
        K.UNKNOWN_NAME,
        "Lan",
    ),
    "a matrix that is not square": (
        lambda: with_matrix([[0, 1, 2], [1, 0, 2]]),
        K.BAD_MATRIX,
        "default",
    ),
    "a negative matrix": (lambda: with_matrix([[0, -1], [1, 0]]), K.BAD_MATRIX, "default"),
    "an infinite matrix": (
        lambda: with_matrix([[0, np.inf], [1, 0]]),
        K.BAD_MATRIX,
        "default",
    ),
    "a matrix of NaN": (lambda: with_matrix([[0, np.nan], [1, 0]]), K.BAD_MATRIX, "default"),
    "a fractional matrix": (lambda: with_matrix([[0, 0.5], [1, 0]]), K.BAD_MATRIX, "default"),
    "a matrix of words": (lambda: with_matrix([["0", "x"], ["1", "0"]]), K.BAD_MATRIX, "default"),
    "a matrix of another size": (lambda: with_matrix([[0]]), K.BAD_MATRIX, "default"),
    "no speed at all": (
        lambda: Problem(
            locations=(Location(name="office"), Location(name="desk")),
            profiles=(
                Profile(
                    travel=Matrix([[0, 1], [1, 0]]),
                    speed_periods=(SpeedPeriod(from_second=0, speed_percent=0),),
                ),
            ),
            stops=(A,),
            couriers=(courier(),),
        ),
        K.BAD_MATRIX,
        "default",
    ),
    "a window that closes before it opens": (
        lambda: on_a_line([stop("a", 1, windows=window(20, 10))]),
        K.BAD_WINDOW,
        "a",
    ),
    "windows that overlap": (
        lambda: on_a_line([stop("a", 1, windows=(*window(0, 20), *window(20, 30)))]),
        K.BAD_WINDOW,
        "a",
    ),
    "a window beyond all time": (
        lambda: on_a_line([stop("a", 1, windows=window(0, UNREACHABLE))]),
        K.BAD_WINDOW,
        "a",
    ),
    "a shift that ends before it begins": (
        lambda: on_a_line([A], [courier(shift=Window(opens_second=9, closes_second=8))]),
        K.BAD_WINDOW,
        "Lan",
    ),
    "breaks out of order": (
        lambda: on_a_line(
            [A],
            [
                courier(
                    breaks=(
                        Break(earliest_second=10, latest_second=20, duration_seconds=5),
                        Break(earliest_second=22, latest_second=30, duration_seconds=5),
                    )
                )
            ],
        ),
        K.BAD_WINDOW,
        "Lan",
    ),
    "depot hours backwards": (
        lambda: on_a_line([A], rules=PlanRules(depot_hours={0: window(9, 8)})),
        K.BAD_WINDOW,
        "km 0",
    ),
    "depot hours without a window": (
        lambda: on_a_line([A], rules=PlanRules(depot_hours={1: ()})),
        K.BAD_WINDOW,
        "km 1",
    ),
    "depot hours of nowhere": (
        lambda: on_a_line([A], rules=PlanRules(depot_hours={99: window(8, 9)})),
        K.UNKNOWN_NAME,
        "",
    ),
    "service of minus a minute": (
        lambda: on_a_line([stop("a", 1, service_seconds=-60)]),
        K.BAD_NUMBER,
        "a",
    ),
    "a stop without a name": (lambda: on_a_line([stop("", 1)]), K.DUPLICATE, ""),
    "half a second of service": (
        lambda: on_a_line([stop("a", 1, service_seconds=0.5)]),
        K.WRONG_TYPE,
        "a",
    ),
    "a latitude without its longitude": (
        lambda: replace(on_a_line([A], places=2), locations=(Location(name="x", lat=1.0),) * 2),
        K.BAD_NUMBER,
        "x",
    ),
    "a place above the pole": (
        lambda: replace(
            on_a_line([A], places=2), locations=(Location(name="x", lat=91.0, lon=0.0),) * 2
        ),
        K.BAD_NUMBER,
        "x",
    ),
    "a place too far for any number with a point": (
        lambda: replace(
            on_a_line([A], places=2), locations=(Location(name="x", lat=10**310, lon=0),) * 2
        ),
        K.BAD_NUMBER,
        "x",
    ),
    "a place nowhere": (
        lambda: replace(
            on_a_line([A], places=2), locations=(Location(name="x", lat=nan, lon=0.0),) * 2
        ),
        K.BAD_NUMBER,
        "x",
    ),
    "a negative penalty": (lambda: on_a_line([stop("a", 1, penalty=-1)]), K.BAD_NUMBER, "a"),
    "a courier without a tour": (
        lambda: on_a_line([A], [courier(max_tours=0)]),
        K.BAD_NUMBER,
        "Lan",
    ),
    "a courier with half a tour": (
        lambda: on_a_line([A], [courier(max_tours=1.5)]),
        K.WRONG_TYPE,
        "Lan",
    ),
    "a courier with a list of breaks": (
        lambda: on_a_line([A], [courier(breaks=[])]),
        K.WRONG_TYPE,
        "Lan",
    ),
    "a courier without a number of tours": (
        lambda: on_a_line([A], [courier(max_tours=None)]),
        K.WRONG_TYPE,
        "Lan",
    ),
    "more loads than dimensions": (
        lambda: on_a_line([stop("a", 1, loads=(1, 2))], load_names=("letters",)),
        K.BAD_LOADS,
        "a",
    ),
    "a negative capacity": (
        lambda: on_a_line([A], [courier(capacities=(-1,))], load_names=("letters",)),
        K.BAD_LOADS,
        "Lan",
    ),
    "a pick-up without its drop-off": (lambda: on_a_line([PAIR[0]]), K.BAD_SHIPMENT, "from"),
    "a shipment the wrong way round": (
        lambda: on_a_line(PAIR, shipments=[Shipment(pickup=S("to"), dropoff=S("from"))]),
        K.BAD_SHIPMENT,
        "to",
    ),
    "a shipment that cannot ride so fast": (
        lambda: on_a_line(
            PAIR,
            shipments=[Shipment(pickup=S("from"), dropoff=S("to"), max_ride_seconds=59)],
        ),
        K.BAD_SHIPMENT,
        "from",
    ),
    "a shipment that comes too late": (
        lambda: on_a_line(
            [
                stop("from", 1, kind=StopKind.PICKUP, windows=window(100, 200)),
                stop("to", 2, kind=StopKind.DROPOFF, windows=window(0, 100)),
            ],
            shipments=[RIDE],
        ),
        K.BAD_SHIPMENT,
        "from",
    ),
    "a shipment that would wait on board too long": (
        lambda: on_a_line(
            [
                stop("from", 1, kind=StopKind.PICKUP, windows=window(0, 60)),
                stop("to", 2, kind=StopKind.DROPOFF, windows=window(900, 1000)),
            ],
            shipments=[replace(RIDE, max_ride_seconds=300)],
        ),
        K.BAD_SHIPMENT,
        "from",
    ),
    "a shipment without a way": (parted, K.BAD_SHIPMENT, "from"),
    "a permit nobody has": (
        lambda: on_a_line([stop("a", 1, skills=frozenset({"permit"}))]),
        K.NOBODY_MAY,
        "a",
    ),
    "larger than any bag": (
        lambda: on_a_line(
            [stop("a", 1, loads=(9,))], [courier(capacities=(8,))], load_names=("letters",)
        ),
        K.NOBODY_MAY,
        "a",
    ),
    "no road to it": (
        lambda: with_matrix([[0, UNREACHABLE], [UNREACHABLE, 0]]),
        K.UNREACHABLE,
        "a",
    ),
    "locked to two couriers": (
        lambda: with_locks(lock(LockLevel.COURIER, LAN, "a"), lock(LockLevel.COURIER, MINH, "a")),
        K.LOCKS,
        "a",
    ),
    "locked in a circle": (
        lambda: with_locks(
            lock(LockLevel.ORDER, LAN, "a", "b"), lock(LockLevel.ORDER, LAN, "b", "a")
        ),
        K.LOCKS,
        "a",
    ),
    "locked outside its window": (
        lambda: on_a_line(
            [stop("a", 1, windows=window(100, 200))],
            rules=PlanRules(locks=(lock(LockLevel.TIME, LAN, "a", at=(300,)),)),
        ),
        K.LOCKS,
        "a",
    ),
    "a time lock without times": (
        lambda: with_locks(lock(LockLevel.TIME, LAN, "a")),
        K.LOCKS,
        "Lan",
    ),
    "a whole route locked without one of its stops": (
        lambda: with_locks(lock(LockLevel.ROUTE, LAN, "a"), lock(LockLevel.COURIER, LAN, "b")),
        K.LOCKS,
        "b",
    ),
    "together and apart": (
        lambda: with_locks(keep_together=((S("a"), S("b")),), keep_apart=((S("a"), S("b")),)),
        K.LOCKS,
        "a",
    ),
    "locked to who is banned": (
        lambda: with_locks(lock(LockLevel.COURIER, LAN, "a"), banned=((S("a"), LAN),)),
        K.LOCKS,
        "a",
    ),
}


HUGE = 10**30
BEYOND: dict[str, Callable[[], Problem]] = {
    "a longest day": lambda: on_a_line([A], [courier(max_route_seconds=HUGE)]),
    "a longest way": lambda: on_a_line([A], [courier(max_route_metres=HUGE)]),
    "a reload": lambda: on_a_line([A], [courier(reload_seconds=HUGE)]),
    "a capacity": lambda: on_a_line([A], [courier(capacities=(HUGE,))], load_names=("kg",)),
    "a load": lambda: on_a_line([stop("a", 1, loads=(HUGE,))], load_names=("kg",)),
    "penalty": lambda: on_a_line([stop("a", 1, penalty=HUGE)]),
    "all penalties": lambda: on_a_line([stop(str(n), 1, penalty=10**15) for n in range(1_001)]),
    "a fixed cost": lambda: on_a_line([A], [courier(costs=CostRates(fixed=HUGE))]),
    "each metre": lambda: on_a_line([A], [courier(costs=CostRates(per_metre=HUGE))]),
    "of travel": lambda: on_a_line([A], [courier(costs=CostRates(per_travel_second=HUGE))]),
    "of duty": lambda: on_a_line([A], [courier(costs=CostRates(per_duty_second=HUGE))]),
    "unknown area": lambda: on_a_line([A], rules=PlanRules(unknown_area_cost=HUGE)),
    "fair share": lambda: on_a_line(
        [A], rules=PlanRules(balance=Balance(fair_share_seconds=HUGE, cost_per_second_above=1))
    ),
    "above the share": lambda: on_a_line(
        [A], rules=PlanRules(balance=Balance(fair_share_seconds=1, cost_per_second_above=HUGE))
    ),
    "change of courier": lambda: on_a_line(
        [A], rules=PlanRules(published=Published(routes={}, courier_change_cost=HUGE))
    ),
    "change of order": lambda: on_a_line(
        [A], rules=PlanRules(published=Published(routes={}, order_change_cost=HUGE))
    ),
    "longest ride": lambda: on_a_line(PAIR, shipments=[replace(RIDE, max_ride_seconds=HUGE)]),
    "a break of": lambda: on_a_line(
        [A],
        [courier(breaks=(Break(earliest_second=0, latest_second=1, duration_seconds=HUGE),))],
    ),
    "a speed of": lambda: with_speed(SpeedPeriod(from_second=0, speed_percent=HUGE)),
    "a period from": lambda: with_speed(SpeedPeriod(from_second=HUGE, speed_percent=50)),
}


# By what holds them: the subject of the refusal, and its words.
OF_ANOTHER_KIND: dict[str, tuple[Callable[[], Problem], str, str]] = {
    "windows": (
        lambda: on_a_line([stop("a", 1, windows=[*window(0, 9)])]),
        "a",
        "windows is given as list, not as tuple",
    ),
    "a window of two numbers": (
        lambda: on_a_line([stop("a", 1, windows=((0, 9),))]),
        "a",
        "windows[0] is given as tuple, not as Window",
    ),
    "loads": (
        lambda: on_a_line([stop("a", 1, loads=[1])], load_names=("kg",)),
        "a",
        "loads is given as list, not as tuple",
    ),
    "what a stop asks for": (
        lambda: on_a_line([stop("a", 1, skills={"permit"})]),
        "a",
        "skills is given as set, not as frozenset",
    ),
    "what a courier may do": (
        lambda: on_a_line([A], [courier(skills="permit")]),
        "Lan",
        "skills is given as str, not as frozenset",
    ),
    "known areas": (
        lambda: on_a_line([A], [courier(known_areas=["Tam Kỳ"])]),
        "Lan",
        "known_areas is given as list, not as frozenset",
    ),
    "capacities": (
        lambda: on_a_line([A], [courier(capacities=[8])], load_names=("kg",)),
        "Lan",
        "capacities is given as list, not as tuple",
    ),
    "no capacities at all": (
        lambda: on_a_line([A], [courier(capacities=None)]),
        "Lan",
        "capacities is given as NoneType, not as tuple",
    ),
    "stops": (
        lambda: replace(on_a_line([A]), stops=[A]),  # type: ignore[arg-type]
        "",
        "stops is given as list, not as tuple",
    ),
    "the calls of a lock": (
        lambda: with_locks(
            Lock(level=LockLevel.ORDER, courier=LAN, stops=[S("a")])  # type: ignore[arg-type]
        ),
        "",
        "rules.locks[0].stops is given as list, not as tuple",
    ),
    "a group": (
        lambda: with_locks(keep_together=([S("a"), S("b")],)),
        "",
        "rules.keep_together[0] is given as list, not as tuple",
    ),
    "office hours": (
        lambda: on_a_line([A], rules=PlanRules(depot_hours={0: [*window(0, 9)]})),  # type: ignore[dict-item]
        "",
        "rules.depot_hours[0] is given as list, not as tuple",
    ),
    "published rounds": (
        lambda: on_a_line(
            [A],
            rules=PlanRules(published=Published(routes={LAN: [S("a")]})),  # type: ignore[dict-item]
        ),
        "",
        "rules.published.routes[Lan] is given as list, not as tuple",
    ),
    "periods": (
        lambda: with_periods([SpeedPeriod(from_second=0, speed_percent=50)]),  # type: ignore[arg-type]
        "",
        "profiles[0].speed_periods is given as list, not as tuple",
    ),
    "a word for a level": (
        lambda: with_locks(lock("route", LAN, "a")),  # type: ignore[arg-type]
        "",
        "rules.locks[0].level is given as str, not as LockLevel",
    ),
    "a word for a kind": (
        lambda: on_a_line([stop("a", 1, kind="deliver")]),
        "a",
        "kind is given as str, not as StopKind",
    ),
    "yes for a number of seconds": (
        lambda: on_a_line([stop("a", 1, service_seconds=True)]),
        "a",
        "service_seconds is given as bool, not as int",
    ),
    "yes for a load": (
        lambda: on_a_line([stop("a", 1, loads=(True,))], load_names=("kg",)),
        "a",
        "loads[0] is given as bool, not as int",
    ),
    "yes for a penalty": (
        lambda: on_a_line([stop("a", 1, penalty=True)]),
        "a",
        "penalty is given as bool, not as int",
    ),
    "a window from no time on": (
        lambda: on_a_line([stop("a", 1, windows=window(None, 9))]),  # type: ignore[arg-type]
        "a",
        "windows[0].opens_second is given as NoneType, not as int",
    ),
    "a list for a name": (
        lambda: on_a_line([A, Stop(id=["x"], location=1)]),  # type: ignore[arg-type]
        "",
        "stops[1].id is given as list, not as str",
    ),
    "a number for a courier's name": (
        lambda: on_a_line([A], [courier(7)]),  # type: ignore[arg-type]
        "",
        "couriers[0].id is given as int, not as str",
    ),
    "a number among the skills": (
        lambda: on_a_line([stop("a", 1, skills=frozenset({7}))]),
        "a",
        "skills[0] is given as int, not as str",
    ),
    "a word for a place": (
        lambda: on_a_line([Stop(id=S("a"), location="desk")]),  # type: ignore[arg-type]
        "a",
        "location is given as str, not as int",
    ),
    "a word for a latitude": (
        lambda: replace(
            on_a_line([A], places=2),
            locations=(Location(name="x", lat="15", lon=108.0),) * 1,  # type: ignore[arg-type]
        ),
        "",
        "locations[0].lat is given as str, not as float",
    ),
    "a table that is none": (
        lambda: replace(on_a_line([A]), profiles=(Profile(travel=[[0]]),)),  # type: ignore[arg-type]
        "",
        "profiles[0].travel is given as list, not as TravelTable",
    ),
    "three that are kept apart": (
        lambda: with_locks(keep_apart=((S("a"), S("b"), S("a")),)),
        "",
        "rules.keep_apart[0] holds 3, not 2",
    ),
    "office hours by name": (
        lambda: on_a_line([A], rules=PlanRules(depot_hours={"km 0": window(0, 9)})),  # type: ignore[dict-item]
        "",
        "rules.depot_hours has a key that is given as str, not as int",
    ),
    "office hours as pairs": (
        lambda: on_a_line([A], rules=PlanRules(depot_hours=((0, window(0, 9)),))),  # type: ignore[arg-type]
        "",
        "rules.depot_hours is given as tuple, not as Mapping",
    ),
    "no rules": (
        lambda: replace(on_a_line([A]), rules=None),  # type: ignore[arg-type]
        "",
        "rules is given as NoneType, not as PlanRules",
    ),
}


@pytest.mark.parametrize("name", OF_ANOTHER_KIND)
def test_what_is_not_of_the_declared_kind_is_refused_by_owner_and_field(name: str) -> None:
    build, subject, detail = OF_ANOTHER_KIND[name]

    with pytest.raises(ContradictoryProblem) as refusal:
        build()

    found = [(each.kind, each.subject, each.detail) for each in refusal.value.findings]
    assert found == [(K.WRONG_TYPE, subject, detail)]


def test_every_fault_of_one_stop_is_told() -> None:
    with pytest.raises(ContradictoryProblem) as refusal:
        on_a_line([stop("a", 1, kind="deliver", service_seconds=1.5, windows=window(0.5, 9))])  # type: ignore[arg-type]

    assert sorted(finding.detail for finding in refusal.value.findings) == [
        "kind is given as str, not as StopKind",
        "service_seconds is given as float, not as int",
        "windows[0].opens_second is given as float, not as int",
    ]


def test_numpy_s_numbers_are_numbers() -> None:
    problem = on_a_line([stop("a", np.int32(1), service_seconds=np.int64(60))])  # type: ignore[arg-type]

    assert problem.stops[0].service_seconds == 60


def test_what_the_caller_changes_afterwards_changes_no_problem() -> None:
    hours = {0: window(0, 9_000)}
    routes: dict[CourierId, tuple[StopId, ...]] = {LAN: (S("a"),)}
    rules = PlanRules(depot_hours=hours, published=Published(routes=routes))
    problem = on_a_line([A], rules=rules)

    hours[0] = window(20, 10)
    routes[LAN] = ()

    assert problem.rules.depot_hours == {0: window(0, 9_000)}
    assert problem.rules.published is not None
    assert problem.rules.published.routes == {LAN: (S("a"),)}
    with pytest.raises(TypeError):
        problem.rules.depot_hours[0] = ()  # type: ignore[index]


def test_rules_come_through_another_process_as_they_were() -> None:
    rules = PlanRules(depot_hours={0: window(0, 9)}, published=Published(routes={LAN: (S("a"),)}))

    assert pickle.loads(pickle.dumps(rules)) == rules


def test_a_table_is_nobody_else_s_to_change() -> None:
    numbers = np.array([[0, 60], [60, 0]], dtype=np.int32)
    view = numbers.view()
    view.flags.writeable = False
    bytewise = bytearray(numbers.tobytes())
    borrowed = np.frombuffer(memoryview(bytewise).toreadonly(), dtype=np.int32).reshape(2, 2)
    tables = [Matrix(table) for table in (numbers, view, view.T, borrowed)]

    numbers[0, 1] = -5
    bytewise[4] = 99

    assert [table.seconds(0, 1) for table in tables] == [60] * 4


def test_a_table_that_nobody_can_change_is_not_copied(tmp_path: Path) -> None:
    numbers = np.array([[0, 60], [60, 0]], dtype=np.int32)
    np.save(tmp_path / "table.npy", numbers)
    mapped = np.load(tmp_path / "table.npy", mmap_mode="r")
    frozen = numbers.copy()
    frozen.flags.writeable = False

    for table in (
        frozen,
        frozen.T,
        mapped,
        np.frombuffer(frozen.tobytes(), np.int32).reshape(2, 2),
    ):
        assert np.shares_memory(Matrix(table).travel_seconds, table)


def with_speed(period: SpeedPeriod) -> Problem:
    return with_periods((period,))


def with_periods(periods: tuple[SpeedPeriod, ...]) -> Problem:
    problem = on_a_line([A])
    slow = replace(problem.profiles[0], speed_periods=periods)
    return replace(problem, profiles=(slow,))


@pytest.mark.parametrize("words", BEYOND)
def test_a_number_whose_sums_would_overflow_is_refused_by_name(words: str) -> None:
    with pytest.raises(ContradictoryProblem, match=words):
        BEYOND[words]()


@pytest.mark.parametrize("name", CASES)
def test_a_contradiction_is_found_and_named(name: str) -> None:
    build, kind, subject = CASES[name]

    with pytest.raises(ContradictoryProblem) as refusal:
        build()

    assert (kind, subject) in [(f.kind, f.subject) for f in refusal.value.findings]


def test_every_kind_of_contradiction_has_a_case() -> None:
    assert {kind for _, kind, _ in CASES.values()} == set(ContradictionKind)


BETWEEN = stop("between", 3)


@pytest.mark.parametrize(
    ("build", "detail"),
    [
        (parted, "there is no road from the pick-up to the drop-off"),
        (
            lambda: parted(longest=300),
            "there is no road from the pick-up to the drop-off",
        ),
        (
            lambda: parted(BETWEEN, longest=119),
            "the ride takes 120 s at least, at most allowed 119 s",
        ),
        (
            lambda: parted(replace(BETWEEN, service_seconds=10), longest=120, direct=900),
            "the ride takes 130 s at least, at most allowed 120 s",
        ),
        (
            CASES["a shipment that comes too late"][0],
            "the drop-off closes before the shipment can be there",
        ),
        (
            CASES["a shipment that would wait on board too long"][0],
            "its windows leave no ride of at most 300 s: it would wait on board too long",
        ),
    ],
)
def test_a_shipment_that_cannot_fit_is_refused_in_true_words(
    build: Callable[[], Problem], detail: str
) -> None:
    with pytest.raises(ContradictoryProblem) as refusal:
        build()

    assert [(f.subject, f.detail) for f in refusal.value.findings] == [("from", detail)]


def test_a_shorter_way_past_a_third_call_is_a_way() -> None:
    for problem in (parted(BETWEEN), parted(BETWEEN, longest=120, direct=900)):
        route = Scheduler(problem).route(0, ((0, 2, 1),))

        assert isinstance(route, Route)
        assert route.stops == ("from", "between", "to")


def test_an_optional_shipment_that_cannot_fit_is_left_out_with_its_reason() -> None:
    reasons = {}
    for name, problem in (
        ("road", parted(penalty=9_000)),
        ("ride", parted(longest=59, direct=60, penalty=9_000)),
    ):
        plan = solve(problem, budget=Budget(seconds=0.5), engines=[])
        assert plan.routes == ()
        reasons[name] = {one.reason for one in why_unserved(problem, plan)}

    assert reasons == {"road": {Reason.NO_ROAD}, "ride": {Reason.RIDE}}


def some_shipment(draw: Random) -> Problem:
    """On a line the direct way is the shortest, and every place is reached before a window opens."""

    def half(name: str, kind: StopKind, **more: object) -> Stop:
        opens = sorted(draw.sample(range(700, 3700, 50), draw.choice([0, 2, 4])))
        spans = tuple(window(a, b)[0] for a, b in pairwise(opens))[::2]
        return stop(
            name,
            draw.randint(1, 9),
            kind=kind,
            windows=spans,
            release_second=draw.choice([0, 0, 1400, 2700]),
            service_seconds=draw.choice([0, 200]),
            setup_seconds=draw.choice([0, 90]),
            **more,
        )

    pair = replace(RIDE, max_ride_seconds=draw.choice([None, 0, 100, 300, 600]))
    halves = [half("from", StopKind.PICKUP, penalty=5), half("to", StopKind.DROPOFF)]
    return on_a_line(halves, shipments=[pair])


def test_a_shipment_is_refused_where_no_timetable_brings_it_and_nowhere_else() -> None:
    seen = {True: 0, False: 0}
    for seed in range(1500):
        problem = some_shipment(Random(seed))
        fits = isinstance(Scheduler(problem).route(0, ((0, 1),)), Route)
        must = replace(problem.stops[0], penalty=None)
        try:
            replace(problem, stops=(must, problem.stops[1]))
        except ContradictoryProblem:
            is_refused = True
        else:
            is_refused = False
        assert is_refused is not fits, f"seed {seed}"
        seen[fits] += 1

    assert min(seen.values()) > 200


def test_all_contradictions_are_listed_in_one_refusal() -> None:
    wrong = [stop("a", 1, windows=window(20, 10)), stop("b", 99, service_seconds=-1)]

    with pytest.raises(ContradictoryProblem) as refusal:
        on_a_line(wrong, [courier(max_tours=0)])

    subjects = [finding.subject for finding in refusal.value.findings]
    assert sorted(subjects) == ["Lan", "a", "b", "b"]
    assert "window closes" in str(refusal.value)


def test_a_hundred_thousand_stops_by_accident_are_refused_with_the_number() -> None:
    calls = [stop(f"s{number}", 1) for number in range(100_000)]

    with pytest.raises(ContradictoryProblem) as refusal:
        on_a_line(calls)

    assert [(f.kind, f.detail) for f in refusal.value.findings] == [
        (K.TOO_MANY_STOPS, "100000 stops, the limit is 50000")
    ]


def test_thirty_thousand_couriers_by_accident_are_refused_with_the_number() -> None:
    men = [courier(CourierId(f"c{number}")) for number in range(30_000)]

    with pytest.raises(ContradictoryProblem) as refusal:
        on_a_line([A], men)

    assert [(f.kind, f.detail) for f in refusal.value.findings] == [
        (K.TOO_MANY_COURIERS, "30000 couriers, the limit is 20000")
    ]


def test_a_hundred_thousand_places_of_a_file_are_refused_before_their_table_is_made() -> None:
    points = np.zeros((100_000, 2))

    with pytest.raises(UnreadableFile, match="100000 places"):
        rounded(points)


def test_a_road_longer_than_all_time_is_refused() -> None:
    with pytest.raises(ContradictoryProblem, match="not whole or above"):
        with_matrix(np.array([[0, 2_000_000_000], [1, 0]], dtype=np.int32))


def test_a_computed_table_of_another_size_is_refused() -> None:
    places = (Location(name="office", lat=15, lon=108), Location(name="desk", lat=15, lon=108))
    table = GeodesicTable(places[:1], (DELTA,))

    with pytest.raises(ContradictoryProblem, match="knows 1 places"):
        Problem(
            locations=places, profiles=(Profile(travel=table),), stops=(A,), couriers=(courier(),)
        )


def test_an_optional_stop_nobody_may_serve_is_no_contradiction() -> None:
    problem = on_a_line([stop("a", 1, skills=frozenset({"permit"}), penalty=5)])

    assert not problem.is_mandatory(problem.stops[0])


def test_a_mandatory_stop_costs_more_than_everything_else() -> None:
    problem = on_a_line([A, stop("b", 2, penalty=10_000)])

    assert problem.mandatory_cost > 10_000 + 60 * 11 * 4
    assert DAY.closes_second < UNREACHABLE
