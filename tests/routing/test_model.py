"""What the OR-Tools model takes for sound has a timetable."""

from dataclasses import replace
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ortools.constraint_solver import pywrapcp

from routing import Budget, Courier, PlanRules, Problem, Shipment, StopKind, Window
from routing.days import Orders, Scheduler, Tours
from routing.model import MODEL_ENGINE
from routing.model.building import RoutingModel
from routing.solve import solve
from routing.steps import Blocked
from tests.routing.courier_days import any_courier_day
from tests.routing.small import LAN, MINH, S, courier, on_a_line, stop, window

# Twice out from an office that opens at 5000.
TWICE: Courier = courier(
    shift=Window(opens_second=5_000, closes_second=20_000), max_tours=2, reload_seconds=60
)


def closed(model: RoutingModel) -> RoutingModel:
    model.routing.CloseModelWithParameters(pywrapcp.DefaultRoutingSearchParameters())
    return model


def accepts(model: RoutingModel, courier: int, tours: Tours) -> bool:
    """Whether the model takes a plan for sound in which only this courier leaves."""
    return accepts_all(
        model, tuple(tours if n == courier else () for n in range(len(model.problem.couriers)))
    )


def accepts_all(model: RoutingModel, orders: Orders) -> bool:
    routes = [[model.index(node) for node in day] for day in model.layout.node_routes(orders)]
    ignore_inactive = True
    return model.routing.ReadAssignmentFromRoutes(routes, ignore_inactive) is not None


@pytest.mark.parametrize(
    ("tours", "is_sound"),
    [
        (((0,), (1, 2)), False),
        (((0,), (2, 1)), False),
        (((0, 1, 2),), False),
        (((0, 2), (1,)), True),
        (((2,), (1, 0)), True),
    ],
)
def test_a_second_tour_does_not_leave_before_what_it_carries_has_come(
    tours: Tours, is_sound: bool
) -> None:
    """The desk closes before the mail van comes, so the letter cannot ride on its tour."""
    calls = [
        stop("door", 1),
        stop("letter", 1, release_second=7_000),
        stop("desk", 2, windows=window(5_000, 6_500)),
    ]
    problem = on_a_line(calls, [TWICE])

    timed = Scheduler(problem).route(0, tours)

    assert isinstance(timed, Blocked) is not is_sound
    assert accepts(closed(RoutingModel(Scheduler(problem).arrays)), 0, tours) is is_sound


def test_who_is_left_out_of_a_group_still_binds_the_others_to_one_another() -> None:
    """The desk between them has closed; each alone lies at the door of another courier."""
    calls = [stop("a", 1), stop("desk", 5, windows=window(0, 10), penalty=1), stop("c", 10)]
    couriers = [courier(LAN), courier(MINH, start_location=11, end_location=11)]
    rules = PlanRules(keep_together=((S("a"), S("desk"), S("c")),))
    problem = on_a_line(calls, couriers, rules=rules)
    model = closed(RoutingModel(Scheduler(problem).arrays))

    plan = solve(problem, budget=Budget(seconds=60, iterations=500), engines=[MODEL_ENGINE])

    assert [set(route.stops) for route in plan.routes] == [{"a", "c"}]
    assert plan.cost == 20 * 60 + 1
    assert accepts_all(model, (((0, 2),), ()))
    assert not accepts_all(model, (((0,),), ((2,),)))


@pytest.mark.parametrize(
    ("taken", "given", "ride"),
    [(window(60, 60), window(900, 1000), 300), (window(900, 1000), window(0, 400), None)],
    ids=["rides too long", "is due before it is there"],
)
def test_a_shipment_that_nobody_can_carry_does_not_keep_the_rest_from_being_planned(
    taken: tuple[Window, ...], given: tuple[Window, ...], ride: int | None
) -> None:
    calls = [
        *(stop("one side", 6), stop("other side", 4), stop("far", 9)),
        stop("from", 6, kind=StopKind.PICKUP, penalty=1_000_000, windows=taken),
        stop("to", 7, kind=StopKind.DROPOFF, windows=given),
    ]
    shipment = Shipment(pickup=S("from"), dropoff=S("to"), max_ride_seconds=ride)
    man = courier(start_location=5, end_location=5)
    problem = on_a_line(calls, [man], shipments=[shipment])

    plan = solve(problem, budget=Budget(seconds=60, iterations=500), engines=[MODEL_ENGINE])

    # The nearest stop next goes to and fro: only the model's own answer is the shortest way.
    assert (plan.engine, plan.cost) == ("model", 10 * 60 + 1_000_000)


def days_without_groups_or_rush_hours(seed: int) -> Problem:
    """Groups bind several routes and the model drives at the mean speed: both on purpose."""
    problem = any_courier_day(seed, 9, 2)
    steady = tuple(replace(profile, speed_periods=()) for profile in problem.profiles)
    rules = replace(problem.rules, keep_apart=(), keep_together=())
    return replace(problem, profiles=steady, rules=rules)


def drawn_tours(draw: Random, problem: Problem, scheduler: Scheduler, man: int) -> Tours:
    """Some stops the courier may serve, pick-ups before their drop-offs, cut into tours."""
    partner, windows = scheduler.arrays.partner, scheduler.arrays.windows
    may = np.flatnonzero(scheduler.arrays.allowed[:, man]).tolist()
    chosen = draw.sample(may, draw.randint(1, min(5, len(may))))
    whole = {*chosen, *(int(partner[stop]) for stop in chosen if partner[stop] >= 0)}
    order = sorted(whole, key=lambda n: windows[n][0][0] if draw.random() < 0.7 else draw.random())
    for call in order[:]:
        if problem.stops[call].kind is StopKind.DROPOFF:
            order.remove(int(partner[call]))
            order.insert(order.index(call), int(partner[call]))
    most = min(problem.couriers[man].max_tours, len(order))
    cuts = sorted(draw.sample(range(1, len(order)), draw.randint(1, most) - 1))
    return tuple(tuple(order[a:b]) for a, b in pairwise([0, *cuts, len(order)]))


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), draw=st.randoms(use_true_random=False))
def test_the_model_takes_for_sound_exactly_what_has_a_timetable(seed: int, draw: Random) -> None:
    problem = days_without_groups_or_rush_hours(seed)
    scheduler = Scheduler(problem)
    model = closed(RoutingModel(scheduler.arrays))

    for man in (0, 1) * 8:
        tours = drawn_tours(draw, problem, scheduler, man)
        timed = scheduler.route(man, tours)

        assert accepts(model, man, tours) is not isinstance(timed, Blocked), tours
