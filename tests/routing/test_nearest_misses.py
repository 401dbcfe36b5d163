"""What a stop misses is told by the smallest amount there is, whichever place is cheapest."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from routing import Courier, Plan, Problem, Reason, Stop, Unserved, Window
from routing.assembly import assemble
from routing.days import Scheduler
from routing.reasons import explained
from tests.routing.small import LAN, MINH, S, courier, on_a_line, stop, window

Gap = tuple[int, tuple[Stop, ...]]  # a courier, and his calls with the stop among them


def planned(problem: Problem, *tours: tuple[int, ...]) -> Plan:
    return assemble(Scheduler(problem), tuple((tour,) if tour else () for tour in tours))


def reason_of(problem: Problem, plan: Plan) -> Unserved:
    return explained(Scheduler(problem), plan).unserved[0]


def test_the_nearest_is_told_not_the_cheapest() -> None:
    """Minh passes x on his way, 130 seconds early or 110 late; Lan would come out for it, 80 late."""
    calls = [
        stop("b", 5, windows=window(600, 600)),
        stop("m", 10, windows=window(690, 690)),
        stop("x", 8, windows=window(700, 700), penalty=10**6),
    ]
    problem = on_a_line(calls, [courier(LAN), courier(MINH)])
    plan = planned(problem, (0,), (1,))

    found = reason_of(problem, plan)

    assert (found.reason, found.courier, found.misses_by_seconds) == (Reason.WINDOW, LAN, 80)
    assert nearest(problem, plan) == (Reason.WINDOW, LAN, 80)
    assert found.detail == "nobody reaches it in its window; the nearest misses by 2 min"


def test_who_would_have_to_leave_before_it_opens_is_told_by_how_long_he_cannot_wait() -> None:
    """Lan must be at far by 600: at x from 60 on he can wait until 120, and it opens at 300."""
    calls = [
        stop("far", 9, windows=window(0, 600)),
        stop("x", 1, windows=window(300, 400), penalty=10**6),
    ]
    day = courier(LAN, max_tours=1, max_route_seconds=1080 + 60)
    problem = on_a_line(calls, [day])
    plan = planned(problem, (0,))

    found = reason_of(problem, plan)

    assert (found.reason, found.courier, found.misses_by_seconds) == (Reason.WINDOW, LAN, 180)


def test_the_least_overtime_is_told() -> None:
    hour = Window(opens_second=0, closes_second=1500)
    calls = [
        stop("full", 10, service_seconds=100),
        stop("near", 2, service_seconds=1100),
        stop("x", 3, service_seconds=400, penalty=10**6),
    ]
    problem = on_a_line(calls, [courier(LAN, shift=hour), courier(MINH, shift=hour)])
    plan = planned(problem, (0,), (1,))

    found = reason_of(problem, plan)

    assert (found.reason, found.misses_by_seconds) == (Reason.SHIFT, 1200 + 500 - 1500)
    assert found.courier == LAN


def test_what_does_not_pay_is_nobodys_nearest_miss() -> None:
    """Minh would miss it by a minute only, and the way there costs more than leaving it out."""
    calls = [
        stop("b", 2, windows=window(1500, 1500)),
        stop("x", 9, windows=window(0, 480), penalty=900),
        stop("m", 8, windows=window(2000, 2000)),
    ]
    problem = on_a_line(calls, [courier(LAN), courier(MINH)])
    plan = planned(problem, (0,), (2,))

    found = reason_of(problem, plan)

    assert found.reason is not Reason.NOT_EXPLAINED
    assert found.misses_by_seconds == nearest(problem, plan)[2]


def gaps(problem: Problem, plan: Plan, call: Stop) -> list[Gap]:
    orders = {route.courier: route.stops for route in plan.routes}
    found = []
    for number, man in enumerate(problem.couriers):
        names = orders.get(man.id, ())
        calls = [problem.stops[problem.stop_index[name]] for name in names]
        found += [
            (number, (*calls[:place], call, *calls[place:])) for place in range(len(calls) + 1)
        ]
    return found


def is_driven(man: Courier, calls: tuple[Stop, ...], overtime: int = 0) -> bool:
    """A minute for each place on the line; one window a call; nothing else is in these problems."""
    now, here = man.shift.opens_second, 0
    for call in calls:
        now += 60 * abs(call.location - here)
        here = call.location
        if call.windows:
            now = max(now, call.windows[0].opens_second)
            if now > call.windows[0].closes_second:
                return False
        now += call.service_seconds
    return now + 60 * here <= man.shift.closes_second + overtime


def way(calls: tuple[Stop, ...]) -> int:
    places = [0, *(call.location for call in calls), 0]
    return sum(60 * abs(a - b) for a, b in pairwise(places))


def nearest(problem: Problem, plan: Plan) -> tuple[Reason | None, str | None, int | None]:
    """By how many seconds the window, else the shift, must give way at least: second by second."""
    call = problem.stops[problem.stop_index[plan.unserved[0].stop]]
    for number, calls in gaps(problem, plan, call):
        assert not is_driven(problem.couriers[number], calls)
    worth = [
        (number, calls)
        for number, calls in gaps(problem, plan, call)
        if way(calls) - way(tuple(c for c in calls if c is not call)) <= (call.penalty or 0)
    ]
    least: dict[Reason, tuple[int, str]] = {}
    for number, calls in worth:
        man = problem.couriers[number]
        for amount in range(0, 6000, 10):
            wider = _wider(call, amount)
            as_wide = tuple(wider if c is call else c for c in calls)
            for reason, fits in (
                (Reason.WINDOW, is_driven(man, as_wide)),
                (Reason.SHIFT, is_driven(man, calls, amount)),
            ):
                if fits and (reason not in least or amount < least[reason][0]):
                    least[reason] = amount, man.id
    for reason in (Reason.WINDOW, Reason.SHIFT):
        if reason in least:
            return reason, least[reason][1], least[reason][0]
    return None, None, None


def _wider(call: Stop, amount: int) -> Stop:
    if not call.windows:
        return call
    span = call.windows[0]
    opens = max(0, span.opens_second - amount)
    return replace(call, windows=window(opens, span.closes_second + amount))


def drawn(seed: int) -> tuple[Problem, Plan] | None:
    """Two couriers on their way, everything in tens of seconds, and a call that fits nowhere."""
    draw = np.random.default_rng(seed)
    calls = []
    for name in "abcde":
        opens = int(draw.integers(0, 200)) * 10
        hours = window(opens, opens + int(draw.integers(0, 60)) * 10)
        calls.append(
            stop(
                name,
                int(draw.integers(1, 11)),
                windows=hours if draw.random() < 0.7 else (),
                service_seconds=int(draw.integers(0, 30)) * 10,
            )
        )
    opens = int(draw.integers(0, 240)) * 10
    hours = window(opens, opens + int(draw.integers(0, 12)) * 10)
    calls.append(stop("x", int(draw.integers(1, 11)), windows=hours, penalty=10**6))
    men = [
        courier(man, shift=Window(opens_second=0, closes_second=int(draw.integers(150, 320)) * 10))
        for man in (LAN, MINH)
    ]
    problem = on_a_line(calls, men)
    order = [int(n) for n in draw.permutation(5)]
    cut = int(draw.integers(1, 5))
    tours = [tuple(order[:cut]), tuple(order[cut:])]
    sequences = [tuple(calls[n] for n in tour) for tour in tours]
    sound = all(is_driven(m, calls) for m, calls in zip(men, sequences, strict=True))
    if not sound:
        return None
    plan = planned(problem, *tours)
    if any(is_driven(problem.couriers[n], one) for n, one in gaps(problem, plan, calls[-1])):
        return None
    if not any(is_driven(man, (calls[-1],)) for man in men):
        return None  # nobody could with nothing else to do either: that is told instead
    return problem, plan


def test_no_second_less_would_do() -> None:
    asked = {Reason.WINDOW: 0, Reason.SHIFT: 0}
    for seed in range(6000):
        case = drawn(seed)
        if case is None:
            continue
        reason, _, misses = nearest(*case)
        if reason is None:
            continue
        found = reason_of(*case)
        assert (found.reason, found.misses_by_seconds) == (reason, misses), f"seed {seed}"
        asked[reason] += 1

    assert asked[Reason.WINDOW] > 30


@pytest.mark.parametrize("seconds", [1e-9, 1e-4])
def test_where_there_is_no_time_no_number_is_guessed(seconds: float) -> None:
    calls = [
        stop("b", 5, windows=window(600, 600)),
        stop("x", 8, windows=window(700, 700), penalty=10**6),
    ]
    problem = on_a_line(calls)
    plan = planned(problem, (0,))

    found = explained(Scheduler(problem), plan, seconds=seconds).unserved[0]

    assert found.misses_by_seconds in {None, nearest(problem, plan)[2]}
    assert found.stop == S("x")
