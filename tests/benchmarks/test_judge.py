"""The judge of the benchmark finds what is wrong with anybody's sequences, and agrees with the checker."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.routing.days import courier_day, day_name
from benchmarks.routing.judge import Orders, bare_cost, driven, faults_of, judged_cost
from routing import (
    Break,
    Budget,
    CostRates,
    Courier,
    Lock,
    LockLevel,
    PlanRules,
    Problem,
    Shipment,
    SpeedPeriod,
    Stop,
    StopKind,
    check,
)
from routing.assembly import ImpossibleOrder, assemble, orders_of
from routing.days import Scheduler
from routing.solve import solve
from tests.routing.small import LAN, MINH, S, courier, line, on_a_line, stop, window

PERMIT = frozenset({"permit"})
RUSH = (
    SpeedPeriod(from_second=0, speed_percent=50),
    SpeedPeriod(from_second=600, speed_percent=100),
)


def said(problem: Problem, orders: Orders) -> str:
    return "; ".join(faults_of(problem, orders))


def by_the_hour(stops: list[Stop], man: Courier) -> Problem:
    """Places on a line, at half the speed for the first ten minutes."""
    plain = on_a_line(stops, [man])
    return replace(plain, profiles=(replace(plain.profiles[0], speed_periods=RUSH),))


def test_a_sound_day_costs_its_way_and_what_is_left_out() -> None:
    problem = on_a_line([stop("a", 3), stop("b", 5, penalty=70), stop("c", 9, penalty=800)])

    assert judged_cost(problem, [[[0, 1]]]) == 2 * 5 * 60 + 800


def test_a_tour_home_to_another_office_costs_that_way() -> None:
    problem = on_a_line([stop("a", 3)], [courier(end_location=10)])

    assert judged_cost(problem, [[[0]]]) == 600


def test_two_tours_come_home_in_between() -> None:
    problem = on_a_line([stop("a", 3), stop("b", 3)], [courier(max_tours=2)])

    assert judged_cost(problem, [[[0], [1]]]) == 4 * 180


@pytest.mark.parametrize(
    ("stops", "man", "orders", "fault"),
    [
        ([stop("a", 1)], courier(), [[]], "1 mandatory stops unserved"),
        ([stop("a", 1)], courier(), [[[0, 0]]], "1 stops served twice"),
        ([stop("a", 5, windows=window(0, 299))], courier(), [[[0]]], "a is served too late"),
        ([stop("a", 5, setup_seconds=9, windows=window(0, 308))], courier(), [[[0]]], "too late"),
        ([stop("a", 5)], courier(shift=window(0, 599)[0]), [[[0]]], "back after the shift"),
        ([stop("a", 5, release_second=1)], courier(shift=window(0, 600)[0]), [[[0]]], "after the"),
        (
            [stop("a", 1, loads=(2,)), stop("b", 1, loads=(1,))],
            courier(capacities=(2,)),
            [[[0, 1]]],
            "3 letters on board",
        ),
        ([stop("a", 1, skills=PERMIT, penalty=5)], courier(), [[[0]]], "needs permit"),
        ([stop("a", 1), stop("b", 1)], courier(), [[[0], [1]]], "2 tours, 1 allowed"),
        (
            [stop("a", 1), stop("b", 5, windows=window(0, 519))],
            courier(max_tours=2, reload_seconds=100),
            [[[0], [1]]],
            "b is served too late",
        ),
    ],
)
def test_what_is_wrong_is_said(
    stops: list[object], man: Courier, orders: Orders, fault: str
) -> None:
    problem = on_a_line(stops, [man], load_names=("letters",))  # type: ignore[arg-type]

    assert fault in said(problem, orders)
    with pytest.raises(ValueError, match=fault.split(";", maxsplit=1)[0]):
        judged_cost(problem, orders)


def test_setup_falls_away_where_one_already_is() -> None:
    stops = [stop(name, 5, setup_seconds=50, windows=window(0, 350)) for name in ("a", "b")]

    assert said(on_a_line(stops), [[[0, 1]]]) == ""


def test_what_was_collected_fills_the_bag_until_the_end() -> None:
    stops = [
        stop("a", 1, kind=StopKind.COLLECT, loads=(2,)),
        stop("b", 2, kind=StopKind.DELIVER, loads=(2,)),
    ]
    problem = on_a_line(stops, [courier(capacities=(3,))], load_names=("letters",))

    assert "4 letters on board" in said(problem, [[[0, 1]]])
    assert said(problem, [[[1, 0]]]) == ""


@pytest.mark.parametrize("orders", [[[[1, 0]], []], [[[0]], [[1]]], [[[0]], []], [[[0], [1]], []]])
def test_a_pair_rides_in_order_on_one_tour(orders: Orders) -> None:
    halves = [
        stop("from", 1, kind=StopKind.PICKUP, penalty=5),
        stop("to", 2, kind=StopKind.DROPOFF),
    ]
    pair = Shipment(pickup=S("from"), dropoff=S("to"))
    men = [courier(LAN, max_tours=2), courier(MINH)]
    problem = on_a_line(halves, men, shipments=[pair])

    assert "not in order on one tour" in said(problem, orders)
    assert said(problem, [[[0, 1]], []]) == ""
    assert judged_cost(problem, [[], []]) == 5


@pytest.mark.parametrize(
    ("windows", "fault"),
    [
        ((), ""),
        # Served just before the latest start of the rest, which then still fits behind it.
        (window(1000, 1000), ""),
        # The service covers all seconds at which the rest may start.
        (window(400, 400), "no room for the break"),
    ],
)
def test_a_break_needs_a_gap(windows: tuple[object, ...], fault: str) -> None:
    rest = Break(earliest_second=500, latest_second=1500, duration_seconds=600)
    stops = [stop("a", 5, service_seconds=500 if not fault else 1200, windows=windows)]
    problem = on_a_line(stops, [courier(breaks=(rest,))])

    assert fault in said(problem, [[[0]]])


def test_no_break_is_owed_by_who_is_back_before_it() -> None:
    rest = Break(earliest_second=500, latest_second=1500, duration_seconds=35_000)
    problem = on_a_line([stop("a", 5)], [courier(breaks=(rest,))])

    assert said(problem, [[[0]]]) == ""


@pytest.mark.parametrize(
    "problem",
    [
        on_a_line([stop("a", 1)], rules=PlanRules(depot_hours={0: window(0, 900)})),
        on_a_line([stop("a", 1)], rules=PlanRules(unknown_area_cost=1)),
        on_a_line([stop("a", 1)], [courier(costs=CostRates(per_duty_second=1))]),
        # What it costs in seconds then depends on when one leaves.
        by_the_hour([stop("a", 1)], courier()),
    ],
)
def test_a_problem_with_more_than_the_judge_knows_is_not_judged(problem: Problem) -> None:
    with pytest.raises(NotImplementedError):
        judged_cost(problem, [[[0]]])


def test_a_longest_way_and_a_longest_day_are_kept() -> None:
    far = [stop("a", 5)]

    assert said(on_a_line(far, [courier(max_route_metres=1_000)]), [[[0]]]) == ""
    assert "1000 m, 999 allowed" in said(on_a_line(far, [courier(max_route_metres=999)]), [[[0]]])
    assert said(on_a_line(far, [courier(max_route_seconds=600)]), [[[0]]]) == ""
    assert "back after" in said(on_a_line(far, [courier(max_route_seconds=599)]), [[[0]]])


def test_who_would_wait_leaves_later_where_his_day_may_not_be_long() -> None:
    late = [stop("a", 5, windows=window(3_000, 3_100))]

    assert said(on_a_line(late, [courier(max_route_seconds=600)]), [[[0]]]) == ""
    early_too = [*late, stop("b", 1, windows=window(0, 100))]
    assert said(on_a_line(early_too, [courier(max_route_seconds=3_300)]), [[[1, 0]]]) == ""
    assert "too late" in said(on_a_line(early_too, [courier(max_route_seconds=3_000)]), [[[1, 0]]])


def test_what_would_ride_too_long_is_fetched_later_if_that_can_be() -> None:
    def riding(fetched_until: int) -> str:
        halves = [
            stop("from", 1, kind=StopKind.PICKUP, penalty=5, windows=window(0, fetched_until)),
            stop("to", 2, kind=StopKind.DROPOFF, windows=window(3_000, 3_100)),
        ]
        pair = Shipment(pickup=S("from"), dropoff=S("to"), max_ride_seconds=300)
        return said(on_a_line(halves, shipments=[pair]), [[[0, 1]]])

    assert riding(2_700) == ""
    assert riding(2_699) == "Lan: from is served too late"


def test_half_the_speed_takes_twice_as_long_until_it_ends() -> None:
    paid_by_metre = courier(costs=CostRates(per_metre=1, per_travel_second=0))
    near, far = ([stop("a", km, windows=window(0, at))] for km, at in ((5, 600), (8, 780)))

    assert said(by_the_hour(near, paid_by_metre), [[[0]]]) == ""
    assert said(by_the_hour(far, paid_by_metre), [[[0]]]) == ""
    sooner = [stop("a", 8, windows=window(0, 779))]
    assert "a is served too late" in said(by_the_hour(sooner, paid_by_metre), [[[0]]])
    assert judged_cost(by_the_hour(far, paid_by_metre), [[[0]]]) == 2 * 800


@pytest.mark.parametrize("at", range(0, 2_000, 137))
def test_the_judge_drives_as_long_as_the_roads_say(at: int) -> None:
    profile = replace(
        line(12), speed_periods=(*RUSH, SpeedPeriod(from_second=900, speed_percent=70))
    )

    for origin, destination in ((0, 1), (0, 7), (11, 0), (3, 3)):
        assert driven(profile, origin, destination, at) == profile.travel_seconds(
            origin, destination, at
        )


def locked(level: LockLevel, *stops: str, starts: tuple[int, ...] = ()) -> PlanRules:
    names = tuple(map(S, stops))
    return PlanRules(locks=(Lock(level=level, courier=LAN, stops=names, start_seconds=starts),))


@pytest.mark.parametrize(
    ("rules", "sound", "broken", "fault"),
    [
        (locked(LockLevel.COURIER, "a"), [[[1, 0]], [[2]]], [[[1]], [[0, 2]]], "a is locked to Lan"),
        (locked(LockLevel.ORDER, "a", "b"), [[[0, 2, 1]], []], [[[1, 0]], [[2]]], "locked order"),
        (locked(LockLevel.TIME, "a", starts=(900,)), [[[0], [1, 2]], []], [[[1, 2], [0]], []], "late"),
        (locked(LockLevel.ROUTE, "a", "b"), [[[0], [1]], [[2]]], [[[0, 2, 1]], []], "is added to"),
        (locked(LockLevel.ROUTE), [[], [[0, 1, 2]]], [[[0]], [[1, 2]]], "is added to"),
        (
            PlanRules(keep_apart=((S("a"), S("b")),)),
            [[[0]], [[1, 2]]],
            [[[0, 1]], [[2]]],
            "a and b are with one courier",
        ),
        (
            PlanRules(keep_together=((S("a"), S("b")),)),
            [[[0, 1]], [[2]]],
            [[[0]], [[1, 2]]],
            "a, b are with several couriers",
        ),
    ],
)  # fmt: skip
def test_locks_and_groups_are_kept(
    rules: PlanRules, sound: Orders, broken: Orders, fault: str
) -> None:
    men = [courier(LAN, max_tours=2), courier(MINH)]
    calls = [stop("a", 1), stop("b", 8), stop("c", 9)]
    problem = on_a_line(calls, men, rules=rules)

    assert said(problem, sound) == ""
    assert fault in said(problem, broken)


def test_a_locked_second_must_be_one_at_which_the_desk_is_open() -> None:
    at_noon = locked(LockLevel.TIME, "a", starts=(900,))
    problem = on_a_line([stop("a", 1, windows=window(0, 1_000))], rules=at_noon)

    assert said(problem, [[[0]]]) == ""


def test_what_is_locked_must_be_served_whatever_it_is_worth() -> None:
    problem = on_a_line([stop("a", 1, penalty=5)], rules=locked(LockLevel.COURIER, "a"))

    assert said(problem, [[]]) == "1 mandatory stops unserved"


@pytest.mark.parametrize(
    "name",
    [
        "full-50-tam-ky", "breakless-50-hoi-an", "mandatory-50-hoi-an", "everything-50-tam-ky",
        "everything-50-hiep-duc",
    ],
)  # fmt: skip
def test_judge_and_checker_agree_on_sound_days_and_on_spoilt_ones(name: str) -> None:
    problem = courier_day(day_name(name))
    plan = solve(problem, budget=Budget(seconds=1.5))
    scheduler, draw = Scheduler(problem), np.random.default_rng(7)
    orders = orders_of(problem, plan)
    verdicts = []
    for _ in range(200):
        spoilt = _with_one_stop_elsewhere(orders, draw)
        sound = not list(faults_of(problem, spoilt))

        assert sound is _is_sound(problem, scheduler, spoilt)
        if sound:
            assert bare_cost(problem, spoilt) == assemble(scheduler, spoilt).cost
        verdicts.append(sound)
    assert 10 < sum(verdicts) < 190


Day = tuple[tuple[int, ...], ...]


def _with_one_stop_elsewhere(orders: tuple[Day, ...], draw: np.random.Generator) -> tuple[Day, ...]:
    days = [[list(tour) for tour in tours] for tours in orders]
    tours = [tour for day in days for tour in day]
    giver, taker = (tours[int(draw.integers(len(tours)))] for _ in range(2))
    if giver:
        stop_number = giver.pop(int(draw.integers(len(giver))))
        taker.insert(int(draw.integers(len(taker) + 1)), stop_number)
    return tuple(tuple(tuple(tour) for tour in day if tour) for day in days)


def _is_sound(
    problem: Problem, scheduler: Scheduler, orders: tuple[tuple[tuple[int, ...], ...], ...]
) -> bool:
    try:
        plan = assemble(scheduler, orders)
    except ImpossibleOrder:
        return False
    return not check(problem, plan)
