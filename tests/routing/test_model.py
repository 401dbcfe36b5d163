"""What the OR-Tools model takes for sound has a timetable."""

import pytest
from ortools.constraint_solver import pywrapcp

from routing import Courier, Problem, Window
from routing.days import Orders, Scheduler
from routing.model.building import RoutingModel
from routing.schedule import Blocked
from tests.routing.small import courier, on_a_line, stop, window

# Twice out from an office that opens at 5000.
TWICE: Courier = courier(
    shift=Window(opens_second=5_000, closes_second=20_000), max_tours=2, reload_seconds=60
)


def accepts(problem: Problem, orders: Orders) -> bool:
    model = RoutingModel(Scheduler(problem).arrays)
    model.routing.CloseModelWithParameters(pywrapcp.DefaultRoutingSearchParameters())
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
    tours: tuple[tuple[int, ...], ...], is_sound: bool
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
    assert accepts(problem, (tours,)) is is_sound
