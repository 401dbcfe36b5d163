"""What the OR-Tools model takes for sound has a timetable."""

from dataclasses import replace
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ortools.constraint_solver import pywrapcp

from routing import Courier, Problem, StopKind, Window
from routing.days import Scheduler, Tours
from routing.model.building import RoutingModel
from routing.steps import Blocked
from tests.routing.courier_days import any_courier_day
from tests.routing.small import courier, on_a_line, stop, window

# Twice out from an office that opens at 5000.
TWICE: Courier = courier(
    shift=Window(opens_second=5_000, closes_second=20_000), max_tours=2, reload_seconds=60
)


def closed(model: RoutingModel) -> RoutingModel:
    model.routing.CloseModelWithParameters(pywrapcp.DefaultRoutingSearchParameters())
    return model


def accepts(model: RoutingModel, courier: int, tours: Tours) -> bool:
    """Whether the model takes a plan for sound in which only this courier leaves."""
    orders = tuple(tours if n == courier else () for n in range(len(model.problem.couriers)))
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
