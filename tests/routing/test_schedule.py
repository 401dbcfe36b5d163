"""A sequence gets the earliest timetable that keeps everything, or the reason why there is none."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from routing import (
    Break,
    CostRates,
    Matrix,
    PlanRules,
    Problem,
    Profile,
    Reason,
    Route,
    Shipment,
    SpeedPeriod,
    StopKind,
    Window,
)
from routing.days import Scheduler, Tours
from routing.steps import Blocked
from tests.routing.courier_days import any_courier_day
from tests.routing.small import S, courier, on_a_line, stop, window


def timed(problem: Problem, *tours: tuple[int, ...]) -> Route:
    found = Scheduler(problem).route(0, tours)
    assert isinstance(found, Route), found
    return found


def blocked(problem: Problem, *tours: tuple[int, ...]) -> Blocked:
    found = Scheduler(problem).route(0, tours)
    assert isinstance(found, Blocked), found
    return found


def starts(route: Route) -> list[int]:
    return [visit.start_second for visit in route.visits]


def test_a_courier_waits_for_a_desk_to_open() -> None:
    route = timed(on_a_line([stop("desk", 2, windows=window(600, 900))]), (0,))

    assert starts(route) == [600]
    assert route.waiting_seconds == 480


def test_a_courier_too_late_for_the_morning_takes_the_afternoon_window() -> None:
    hours = (*window(0, 60), *window(600, 900))

    assert starts(timed(on_a_line([stop("desk", 2, windows=hours)]), (0,))) == [600]


def test_a_missed_window_says_by_how_much() -> None:
    late = blocked(on_a_line([stop("desk", 5, windows=window(0, 200))]), (0,))

    assert (late.reason, late.stop, late.misses_by) == (Reason.WINDOW, 0, 100)


def test_setup_passes_once_where_two_stops_share_a_door() -> None:
    calls = [stop(n, 3, setup_seconds=90, service_seconds=60) for n in ("first", "second")]

    route = timed(on_a_line(calls), (0, 1))

    assert [visit.setup_seconds for visit in route.visits] == [90, 0]
    assert route.duty_seconds == 180 + 90 + 60 + 60 + 180


def test_a_tour_does_not_leave_before_the_mail_van_has_come() -> None:
    route = timed(on_a_line([stop("letter", 1, release_second=500)]), (0,))

    assert route.leaves_second == 500


def test_a_second_tour_reloads_and_waits_for_its_release() -> None:
    calls = [stop("early", 1), stop("noon", 1, release_second=5000)]
    man = courier(max_tours=2, reload_seconds=300)

    quick = timed(on_a_line([calls[0], stop("also", 1)], [man]), (0,), (1,))
    patient = timed(on_a_line(calls, [man]), (0,), (1,))

    assert [tour.leaves_second for tour in quick.tours] == [0, 120 + 300]
    assert [tour.leaves_second for tour in patient.tours] == [0, 5000]


def test_a_break_is_taken_while_waiting_and_costs_no_time() -> None:
    rest = Break(earliest_second=100, latest_second=400, duration_seconds=300)
    problem = on_a_line([stop("desk", 1, windows=window(600, 900))], [courier(breaks=(rest,))])

    route = timed(problem, (0,))

    assert starts(route) == [600]
    assert [(one.start_second, one.end_second) for one in route.breaks] == [(100, 400)]


def test_a_break_waits_until_after_a_stop_that_would_be_missed() -> None:
    rest = Break(earliest_second=0, latest_second=200, duration_seconds=300)
    problem = on_a_line(
        [stop("soon", 1, windows=window(0, 100)), stop("far", 9)], [courier(breaks=(rest,))]
    )

    route = timed(problem, (0, 1))

    assert starts(route) == [60, 60 + 300 + 480]
    assert route.breaks[0].start_second == 60


def test_a_day_over_before_the_break_is_due_owes_none() -> None:
    rest = Break(earliest_second=1000, latest_second=2000, duration_seconds=300)

    assert timed(on_a_line([stop("near", 1)], [courier(breaks=(rest,))]), (0,)).breaks == ()


def test_a_pick_up_is_delayed_so_that_the_ride_is_short() -> None:
    calls = [
        stop("from", 1, kind=StopKind.PICKUP),
        stop("to", 2, kind=StopKind.DROPOFF, windows=window(1000, 1100)),
    ]
    ride = Shipment(pickup=S("from"), dropoff=S("to"), max_ride_seconds=100)

    assert starts(timed(on_a_line(calls, shipments=[ride]), (0, 1))) == [900, 1000]


def test_the_break_is_where_the_day_with_its_ride_is_over_soonest() -> None:
    # As early as it may be it would part the two halves, and the pick-up would wait for it.
    calls = [
        stop("from", 1, kind=StopKind.PICKUP),
        stop("to", 6, kind=StopKind.DROPOFF, windows=window(900, 2000)),
    ]
    ride = Shipment(pickup=S("from"), dropoff=S("to"), max_ride_seconds=600)
    rest = Break(earliest_second=800, latest_second=900, duration_seconds=600)

    route = timed(on_a_line(calls, [courier(breaks=(rest,))], shipments=[ride]), (0, 1))

    assert route.returns_second == 900 + 600 + 360
    assert [one.start_second for one in route.breaks] == [900]


def rested_day(draw: Random) -> Problem:
    """A shipment and a letter, and a break that meets the ride or the longest day."""
    opens, rests = draw.randrange(0, 1500, 100), draw.randrange(0, 1000, 100)
    calls = [
        stop("from", draw.randint(1, 6), kind=StopKind.PICKUP),
        stop("to", draw.randint(1, 6), kind=StopKind.DROPOFF, windows=window(opens, 3000)),
        stop("letter", draw.randint(1, 6)),
    ]
    rest = Break(
        earliest_second=rests,
        latest_second=rests + draw.randrange(100, 900, 100),
        duration_seconds=draw.choice([200, 300, 600]),
    )
    man = courier(breaks=(rest,), max_route_seconds=draw.choice([None, 1500]))
    ride = Shipment(
        pickup=S("from"), dropoff=S("to"), max_ride_seconds=draw.choice([400, 600, 800])
    )
    return on_a_line(calls, [man], shipments=[ride])


@settings(max_examples=100)
@given(
    draw=st.randoms(use_true_random=False),
    order=st.sampled_from([(0, 1, 2), (0, 2, 1), (2, 0, 1)]),
)
def test_nobody_could_be_back_sooner_with_the_break_elsewhere(
    draw: Random, order: tuple[int, ...]
) -> None:
    problem = rested_day(draw)

    found = Scheduler(problem).route(0, (order,))

    assert (found.returns_second if isinstance(found, Route) else None) == soonest(problem, order)


def soonest(problem: Problem, order: tuple[int, ...]) -> int | None:
    """When a solver of constraints, left to choose every second, has the courier back."""
    (man,) = problem.couriers
    (rest,) = man.breaks
    places = [0, *(problem.stops[number].location for number in order), 0]
    model = cp_model.CpModel()
    at = [model.new_int_var(0, man.shift.closes_second, f"at {n}") for n in range(len(places))]
    rests = model.new_int_var(rest.earliest_second, rest.latest_second, "rests")
    before, after, *gaps = (model.new_bool_var(f"gap {n}") for n in range(len(places) + 1))
    model.add_exactly_one(before, after, *gaps)
    model.add(at[0] >= rest.earliest_second + rest.duration_seconds).only_enforce_if(before)
    model.add(at[-1] <= rest.latest_second).only_enforce_if(after)
    for gap, here, there, origin, enter in zip(gaps, at, at[1:], places, places[1:], strict=False):
        road = problem.profiles[0].travel.seconds(origin, enter)
        model.add(there >= here + road + rest.duration_seconds * gap)
        model.add(rests >= here).only_enforce_if(gap)
        model.add(rests + rest.duration_seconds <= there).only_enforce_if(gap)
    start = {problem.stops[number].id: at[place] for place, number in enumerate(order, 1)}
    for name, second in start.items():
        for hours in problem.stops[problem.stop_index[name]].windows:
            model.add_linear_constraint(second, hours.opens_second, hours.closes_second)
    (ride,) = problem.shipments
    assert ride.max_ride_seconds is not None
    model.add(start[ride.dropoff] - start[ride.pickup] <= ride.max_ride_seconds)
    if man.max_route_seconds is not None:
        model.add(at[-1] - at[0] <= man.max_route_seconds)
    model.minimize(at[-1])
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.catch_sigint_signal = False  # else Ctrl-C kills whatever runs after it
    answer = solver.solve(model)
    assert answer in {cp_model.OPTIMAL, cp_model.INFEASIBLE}
    return solver.value(at[-1]) if answer == cp_model.OPTIMAL else None


def test_a_ride_that_no_delay_shortens_blocks() -> None:
    calls = [
        stop("from", 1, kind=StopKind.PICKUP),
        stop("to", 2, kind=StopKind.DROPOFF),
        stop("way round", 11),
    ]
    ride = Shipment(pickup=S("from"), dropoff=S("to"), max_ride_seconds=100)

    assert blocked(on_a_line(calls, shipments=[ride]), (0, 2, 1)).reason is Reason.RIDE


def test_the_longest_day_makes_a_courier_leave_later() -> None:
    calls = [stop("desk", 1, windows=window(1000, 1100))]

    route = timed(on_a_line(calls, [courier(max_route_seconds=200)]), (0,))

    assert route.duty_seconds <= 200
    assert blocked(on_a_line(calls, [courier(max_route_seconds=100)]), (0,)).reason is (
        Reason.ROUTE_SECONDS
    )


def test_paid_waiting_makes_a_courier_leave_as_late_as_possible() -> None:
    calls = [stop("desk", 1, windows=window(1000, 1100))]
    paid = courier(costs=CostRates(per_duty_second=1))

    route = timed(on_a_line(calls, [paid]), (0,))

    assert (route.leaves_second, route.returns_second) == (940, 1060)


def drawn_day(seed: int, draw: Random) -> tuple[Problem, Tours]:
    """A day with everything, an office that shuts for a while, and some tours of its first courier."""
    problem = any_courier_day(seed, 8, 2)
    opens, closes = 7 * 3600 + 1800, 18 * 3600
    hours = (*window(opens, 9 * 3600), *window(9 * 3600 + draw.randint(1, 3600), closes))
    rules = replace(problem.rules, locks=(), depot_hours={0: hours})
    problem = replace(problem, rules=rules)
    partner = Scheduler(problem).arrays.partner
    calls = [n for n, one in enumerate(problem.stops) if one.kind is not StopKind.DROPOFF]
    order = draw.sample(calls, draw.randint(1, min(4, len(calls))))
    for call in order[:]:
        if partner[call] >= 0:
            order.insert(draw.randint(order.index(call) + 1, len(order)), int(partner[call]))
    cut = draw.randint(0, len(order) - 1)
    return problem, tuple(tour for tour in (tuple(order[:cut]), tuple(order[cut:])) if tour)


@settings(max_examples=60)
@given(
    seed=st.integers(0, 10_000),
    draw=st.randoms(use_true_random=False),
    profile=st.sampled_from(["default", "van", "foot"]),
)
def test_nobody_who_is_paid_could_leave_later_and_be_back_as_early(
    seed: int, draw: Random, profile: str
) -> None:
    problem, tours = drawn_day(seed, draw)

    def routed(opens: int, paid: int) -> Route | Blocked:
        man = problem.couriers[0]
        shift = replace(man.shift, opens_second=opens)
        costs = CostRates(per_duty_second=paid)
        same = replace(man, shift=shift, profile=profile, costs=costs, skills=frozenset({"permit"}))
        if any(pair.max_ride_seconds is not None for pair in problem.shipments):
            same = replace(same, breaks=())  # both together are searched for, not found for sure
        crew = (same, *problem.couriers[1:])
        return Scheduler(replace(problem, couriers=crew)).route(0, tours)

    opens = problem.couriers[0].shift.opens_second
    unpaid, paid = routed(opens, 0), routed(opens, 1)
    assert isinstance(unpaid, Route) is isinstance(paid, Route)
    if isinstance(unpaid, Blocked) or isinstance(paid, Blocked):
        return
    assert paid.returns_second == unpaid.returns_second
    assert paid.leaves_second >= unpaid.leaves_second
    # As one who begins no earlier would drive; a second later it is too late.
    assert routed(paid.leaves_second, 0) == paid
    later = routed(paid.leaves_second + 1, 0)
    assert isinstance(later, Blocked) or later.returns_second > paid.returns_second


def test_the_office_is_left_and_entered_only_while_it_is_open() -> None:
    rules = PlanRules(depot_hours={0: (*window(100, 150), *window(3000, 4000))})

    route = timed(on_a_line([stop("near", 1)], rules=rules), (0,))

    assert (route.leaves_second, route.returns_second) == (100, 3000)


@pytest.mark.parametrize(
    ("calls", "man", "reason"),
    [
        ([stop("big", 1, loads=(9,)), stop("b", 1, loads=(9,))], {"capacities": (10,)}, "capacity"),
        ([stop("a", 5), stop("b", 6)], {"max_route_metres": 100}, "route_metres"),
        (
            [stop("a", 5), stop("b", 6)],
            {"shift": Window(opens_second=0, closes_second=99)},
            "shift",
        ),
        ([stop("a", 5, penalty=1, skills=frozenset({"x"})), stop("b", 6)], {}, "rules"),
    ],
)
def test_what_blocks_a_sequence_is_named(
    calls: list[object], man: dict[str, object], reason: str
) -> None:
    problem = on_a_line(calls, [courier(**man)], load_names=("kg",))  # type: ignore[arg-type]

    assert blocked(problem, (0, 1)).reason.value == reason


def test_a_leg_of_the_mail_van_carries_the_courier_along() -> None:
    leg = stop(
        "van", 2, kind=StopKind.LEG, leaves_from=9, service_seconds=100, windows=window(300, 300)
    )

    route = timed(on_a_line([leg, stop("there", 10)]), (0, 1))

    assert starts(route) == [300, 460]
    assert route.travel_seconds == 120 + 60 + 600


def rush_hour(*periods: tuple[int, int]) -> Profile:
    return Profile(
        travel=Matrix([[0, 100], [100, 0]]),
        speed_periods=tuple(SpeedPeriod(from_second=a, speed_percent=b) for a, b in periods),
    )


@pytest.mark.parametrize(
    ("departure", "seconds"), [(0, 100), (450, 150), (500, 200), (900, 150), (1000, 100)]
)
def test_speed_is_that_of_the_period_one_is_in(departure: int, seconds: int) -> None:
    slow = rush_hour((500, 50), (1000, 100))

    assert slow.travel_seconds(0, 1, departure) == seconds


@given(arrival=st.integers(0, 1_400))
def test_the_last_departure_is_the_last_that_arrives_in_time(arrival: int) -> None:
    wild = rush_hour((100, 30), (200, 180), (260, 45), (400, 100), (900, 10))

    last = wild.last_departure(0, 1, arrival)

    assert last + wild.travel_seconds(0, 1, last) <= arrival
    assert last + 1 + wild.travel_seconds(0, 1, last + 1) > arrival


def test_leaving_later_never_means_arriving_earlier() -> None:
    wild = rush_hour((100, 30), (200, 180), (260, 45), (400, 100))
    arrivals = [second + wild.travel_seconds(0, 1, second) for second in range(500)]

    assert arrivals == sorted(arrivals)


def test_a_forced_route_shows_how_late_it_would_be() -> None:
    problem = on_a_line([stop("desk", 5, windows=window(0, 200))])

    route = Scheduler(problem).forced_route(0, ((0,),))

    assert starts(route) == [300]
    assert replace(route).travel_seconds == 600
