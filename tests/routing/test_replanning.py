"""Planning again keeps what is done and locked, and moves no more than its scope allows."""

from contextlib import suppress

import numpy as np
import pytest

from routing import (
    Budget,
    ContradictoryProblem,
    Lock,
    LockLevel,
    Plan,
    PlanRules,
    Problem,
    Route,
    Shipment,
    StopKind,
    ViolationKind,
    Window,
    check,
)
from routing.assembly import assemble
from routing.baseline import nearest_neighbour
from routing.days import Scheduler, Tours
from routing.edits import Move, UnknownInPlan, dry_run
from routing.problem import Stop
from routing.replan import Calm, DaySoFar, Scope, locked, narrowed_problem, replan, unlocked
from routing.steps import Blocked
from tests.routing.courier_days import courier_day
from tests.routing.small import LAN, MINH, S, courier, on_a_line, stop, window

# Lan goes out and back in a silly order; Minh has one stop that lies on Lan's way.
DAY_OF_AN_HOUR = Window(opens_second=0, closes_second=3600)
CALLS = [stop("a", 3), stop("b", 1), stop("c", 2), stop("d", 4)]
TWO = [courier(LAN), courier(MINH)]


def published(calls: list[Stop] | None = None) -> tuple[Problem, Plan]:
    problem = on_a_line(calls or CALLS, TWO)
    return problem, assemble(Scheduler(problem), (((0, 1, 2),), ((3,),)))


def with_new(**rules: object) -> Problem:
    return on_a_line([*CALLS, stop("new", 2)], TWO, rules=PlanRules(**rules))  # type: ignore[arg-type]


def again(problem: Problem, plan: Plan, scope: Scope, **more: object) -> Plan:
    return replan(problem, plan, scope=scope, budget=Budget(seconds=60, iterations=400), **more)  # type: ignore[arg-type]


def routes(plan: Plan) -> dict[str, tuple[str, ...]]:
    return {route.courier: route.stops for route in plan.routes}


def test_from_scratch_one_courier_does_it_all() -> None:
    plan = again(with_new(), published()[1], Scope.FROM_SCRATCH)

    assert plan.cost == 8 * 60


def test_a_courier_keeps_the_stops_but_not_their_order() -> None:
    plan = again(with_new(), published()[1], Scope.KEEP_COURIERS)

    assert set(routes(plan)["Lan"]) - {"new"} == {"a", "b", "c"}
    assert set(routes(plan)["Minh"]) - {"new"} == {"d"}
    assert plan.cost == 6 * 60 + 8 * 60


def test_inserting_moves_nothing_that_is_planned() -> None:
    plan = again(with_new(), published()[1], Scope.INSERT_ONLY)

    assert [stop for stop in routes(plan)["Lan"] if stop != "new"] == ["a", "b", "c"]
    assert "new" in routes(plan)["Lan"] + routes(plan)["Minh"]


def test_locks_hold_while_the_rest_is_planned_again() -> None:
    keep = Lock(level=LockLevel.ORDER, courier=MINH, stops=(S("d"), S("b")))

    plan = again(with_new(locks=(keep,)), published()[1], Scope.UNLOCKED)

    order = routes(plan)["Minh"]
    assert order.index(S("d")) < order.index(S("b"))


def test_a_price_on_changes_keeps_the_day_calm() -> None:
    _, plan = published()

    calm = again(with_new(), plan, Scope.UNLOCKED, calm=Calm(courier_change_cost=10_000))

    assert set(routes(calm)["Minh"]) - {"new"} == {"d"}
    assert calm.cost_parts.changes == 0


def test_what_is_done_comes_first_and_stays() -> None:
    problem = with_new()
    so_far = DaySoFar(now_second=400, done={LAN: [S("a"), S("b")]})

    plan = again(problem, published()[1], Scope.FROM_SCRATCH, so_far=so_far)

    assert routes(plan)["Lan"][:2] == ("a", "b")
    starts = {v.stop: v.start_second for route in plan.routes for v in route.visits}
    assert all(starts[S(name)] >= 400 for name in ("c", "d", "new"))
    narrowed = narrowed_problem(problem, plan, scope=Scope.FROM_SCRATCH, so_far=so_far)
    assert check(narrowed, plan) == ()


def test_a_desk_that_has_closed_meanwhile_is_left_out_with_its_reason() -> None:
    calls = [*CALLS[:3], stop("d", 4, windows=window(0, 300))]
    problem, plan = published(calls)

    later = again(
        problem, plan, Scope.UNLOCKED, so_far=DaySoFar(now_second=1000, done={LAN: [S("a")]})
    )

    assert [(u.stop, u.reason.value) for u in later.unserved] == [("d", "window")]


def test_an_absent_courier_and_a_cancelled_stop_are_passed_over() -> None:
    _, plan = published()
    left = on_a_line([CALLS[0], CALLS[1], CALLS[3]], [courier(LAN)])

    for scope in Scope:
        assert set(again(left, plan, scope).routes[0].stops) == {"a", "b", "d"}


def test_locking_and_unlocking_a_stop_of_the_plan() -> None:
    problem, plan = published()

    once = locked(problem, plan, [S("a")], LockLevel.ORDER)
    twice = locked(once, plan, [S("c")], LockLevel.ORDER)
    timed = locked(problem, plan, [S("b")], LockLevel.TIME)
    whole = locked(problem, plan, [S("b")], LockLevel.ROUTE)

    assert [lock.stops for lock in twice.rules.locks] == [("a", "c")]
    assert timed.rules.locks[0].start_seconds == (300,)
    assert whole.rules.locks[0].stops == ("a", "b", "c")
    assert [lock.stops for lock in unlocked(twice, [S("a")]).rules.locks] == [("c",)]
    assert unlocked(whole, [S("a")]).rules.locks[0].level is LockLevel.ORDER
    assert check(twice, plan) == check(timed, plan) == check(whole, plan) == ()


def test_a_move_is_tried_with_its_price() -> None:
    problem, plan = published()

    tried = dry_run(problem, plan, Move(stop=S("d"), to_courier=LAN, after=S("a")))

    assert routes(tried.plan)["Lan"] == ("a", "d", "b", "c")
    assert tried.violations == ()
    assert tried.cost_change == tried.duty_seconds_change == (10 - 8 - 8) * 60
    assert tried.distance_m_change == -600


def test_a_move_that_breaks_something_says_what_and_by_how_much() -> None:
    calls = [*CALLS[:3], stop("d", 4, windows=window(0, 300))]
    problem, plan = published(calls)

    tried = dry_run(problem, plan, Move(stop=S("d"), to_courier=LAN, after=S("c")))

    late = [v for v in tried.violations if v.kind is ViolationKind.WINDOW]
    assert [(v.stop, v.amount) for v in late] == [("d", 360 + 120 - 300)]


def test_taking_a_stop_out_is_a_shortfall() -> None:
    problem, plan = published()

    tried = dry_run(problem, plan, Move(stop=S("d"), to_courier=None))

    assert [v.kind for v in tried.violations] == [ViolationKind.MANDATORY_UNSERVED]
    assert "Minh" not in routes(tried.plan)


def shipped() -> tuple[Problem, Plan]:
    calls = [stop("from", 1, kind=StopKind.PICKUP), stop("to", 2, kind=StopKind.DROPOFF)]
    ride = Shipment(pickup=S("from"), dropoff=S("to"), max_ride_seconds=600)
    problem = on_a_line([*calls, stop("x", 3)], TWO, shipments=[ride])
    return problem, assemble(Scheduler(problem), (((0, 1),), ((2,),)))


def test_half_a_shipment_with_another_courier_is_a_violation() -> None:
    problem, plan = shipped()

    tried = dry_run(problem, plan, Move(stop=S("from"), to_courier=MINH))

    assert ViolationKind.SHIPMENT in {v.kind for v in tried.violations}


def test_a_shipment_under_way_stays_with_its_courier() -> None:
    problem, plan = shipped()

    later = again(
        problem, plan, Scope.FROM_SCRATCH, so_far=DaySoFar(now_second=70, done={LAN: [S("from")]})
    )

    assert routes(later)["Lan"][0] == "from"
    assert "to" in routes(later)["Lan"]


@pytest.mark.parametrize(
    "move",
    [
        Move(stop=S("ghost"), to_courier=LAN),
        Move(stop=S("a"), to_courier=S("ghost")),  # type: ignore[arg-type]
        Move(stop=S("a"), to_courier=MINH, after=S("b")),
    ],
)
def test_a_move_of_what_is_not_there_is_refused(move: Move) -> None:
    problem, plan = published()

    with pytest.raises(UnknownInPlan):
        dry_run(problem, plan, move)


def test_a_move_in_a_plan_with_a_stop_that_is_gone_passes_it_over() -> None:
    _, plan = published()
    left = on_a_line([CALLS[0], *CALLS[2:]], TWO)

    tried = dry_run(left, plan, Move(stop=S("d"), to_courier=LAN, after=S("c")))

    assert tried.violations == ()
    assert [route.stops for route in tried.plan.routes] == [("a", "c", "d")]


def test_a_whole_route_begun_in_another_order_goes_on() -> None:
    whole = Lock(level=LockLevel.ROUTE, courier=LAN, stops=(S("a"), S("b"), S("c")))
    problem = on_a_line(CALLS, TWO, rules=PlanRules(locks=(whole,)))
    so_far = DaySoFar(now_second=100, done={LAN: [S("b")]})

    for scope in Scope:
        plan = again(problem, published()[1], scope, so_far=so_far)

        assert plan.unserved == ()
        assert routes(plan)["Lan"][0] == "b"
    assert routes(again(problem, published()[1], Scope.UNLOCKED, so_far=so_far))["Lan"] == tuple(
        "bac"
    )


def test_a_whole_route_goes_on_without_what_another_has_done() -> None:
    whole = Lock(level=LockLevel.ROUTE, courier=LAN, stops=(S("a"), S("b"), S("c")))
    problem = on_a_line(CALLS, TWO, rules=PlanRules(locks=(whole,)))
    so_far = DaySoFar(now_second=100, done={MINH: [S("b")]})

    plan = again(problem, published()[1], Scope.UNLOCKED, so_far=so_far)

    assert routes(plan) == {"Lan": ("a", "c"), "Minh": ("b", "d")}


def test_two_tours_done_faster_than_the_tables_are_two_tours() -> None:
    calls = [stop("a", 1, loads=(5,)), stop("b", 2, loads=(5,)), stop("c", 3, loads=(1,))]
    van = courier(LAN, capacities=(5,), max_tours=3, reload_seconds=600)
    problem = on_a_line(calls, [van], load_names=("kg",))
    plan = assemble(Scheduler(problem), (((0,), (1,), (2,)),))
    so_far = DaySoFar(now_second=700, done={LAN: [S("a"), S("b")]})

    later = again(problem, plan, Scope.UNLOCKED, so_far=so_far)

    assert [[v.stop for v in tour.visits] for tour in later.routes[0].tours] == [
        ["a"],
        ["b"],
        ["c"],
    ]


def test_what_was_to_be_kept_apart_and_has_happened_is_forgiven() -> None:
    problem = with_new(keep_apart=((S("a"), S("b")), (S("b"), S("c"))))
    so_far = DaySoFar(now_second=400, done={LAN: [S("a"), S("b")]})

    plan = again(problem, published()[1], Scope.UNLOCKED, so_far=so_far)

    assert routes(plan)["Lan"][:2] == ("a", "b")
    assert "c" not in routes(plan)["Lan"]


def test_more_than_the_bag_holds_and_longer_than_the_day_is_done_all_the_same() -> None:
    calls = [stop(name, 9, loads=(5,), service_seconds=600) for name in "abcd"]
    small = courier(
        LAN, capacities=(5,), max_route_seconds=1700, max_route_metres=1800, shift=DAY_OF_AN_HOUR
    )
    problem = on_a_line(calls, [small, courier(MINH)], load_names=("kg",))
    so_far = DaySoFar(now_second=100, done={LAN: [S("c"), S("a"), S("b"), S("d")]})

    plan = again(problem, published()[1], Scope.UNLOCKED, so_far=so_far)

    assert routes(plan) == {"Lan": ("c", "a", "b", "d")}


def test_what_was_handed_over_before_it_was_taken_is_done_all_the_same() -> None:
    problem, plan = shipped()

    for done in (
        {LAN: [S("to")]},
        {LAN: [S("to"), S("from")]},
        {LAN: [S("to")], MINH: [S("from")]},
    ):
        later = again(problem, plan, Scope.UNLOCKED, so_far=DaySoFar(now_second=300, done=done))

        assert {man: routes(later)[man][: len(stops)] for man, stops in done.items()} == {
            man: tuple(stops) for man, stops in done.items()
        }


def test_a_drop_off_that_has_closed_does_not_take_the_pick_up_away() -> None:
    calls = [
        stop("from", 1, kind=StopKind.PICKUP),
        stop("to", 2, kind=StopKind.DROPOFF, windows=window(0, 500)),
    ]
    problem = on_a_line(calls, TWO, shipments=[Shipment(pickup=S("from"), dropoff=S("to"))])
    plan = assemble(Scheduler(problem), (((0, 1),), ()))

    later = again(
        problem, plan, Scope.UNLOCKED, so_far=DaySoFar(now_second=600, done={LAN: [S("from")]})
    )

    assert routes(later) == {"Lan": ("from",)}
    assert [(u.stop, u.reason.value) for u in later.unserved] == [("to", "window")]


def test_a_shipment_it_has_become_too_late_for_is_left_out_not_refused() -> None:
    calls = [
        stop("from", 9, kind=StopKind.PICKUP),
        stop("to", 2, kind=StopKind.DROPOFF, windows=window(0, 1500)),
        stop("x", 3),
    ]
    problem = on_a_line(calls, TWO, shipments=[Shipment(pickup=S("from"), dropoff=S("to"))])
    plan = assemble(Scheduler(problem), (((0, 1),), ((2,),)))

    later = again(problem, plan, Scope.UNLOCKED, so_far=DaySoFar(now_second=1400, done={}))

    assert {u.stop for u in later.unserved} == {"from", "to"}
    assert [route.stops for route in later.routes] == [("x",)]


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize(
    ("taken", "given", "longest", "now"),
    [
        (window(0, 1300), (), None, 1400),
        ((*window(0, 700), *window(1500, 1600)), (*window(0, 900), *window(2400, 2500)), 500, 1000),
    ],
    ids=["the pick-up has closed", "what is left would wait on board too long"],
)
def test_a_shipment_whose_hours_are_over_is_left_out_not_refused(
    scope: Scope,
    taken: tuple[Window, ...],
    given: tuple[Window, ...],
    longest: int | None,
    now: int,
) -> None:
    calls = [
        stop("from", 9, kind=StopKind.PICKUP, windows=taken),
        stop("to", 7, kind=StopKind.DROPOFF, windows=given),
        stop("x", 3),
    ]
    ride = Shipment(pickup=S("from"), dropoff=S("to"), max_ride_seconds=longest)
    problem = on_a_line(calls, TWO, shipments=[ride])
    plan = assemble(Scheduler(problem), (((0, 1),), ((2,),)))

    later = again(problem, plan, scope, so_far=DaySoFar(now_second=now, done={}))

    assert [(u.stop, u.reason.value) for u in later.unserved] == [
        ("from", "window"),
        ("to", "window"),
    ]
    assert [route.stops for route in later.routes] == [("x",)]


def test_what_was_taken_too_early_is_brought_all_the_same() -> None:
    calls = [
        stop("from", 1, kind=StopKind.PICKUP),
        stop("to", 2, kind=StopKind.DROPOFF, windows=window(900, 1000)),
    ]
    ride = Shipment(pickup=S("from"), dropoff=S("to"), max_ride_seconds=300)
    problem = on_a_line(calls, TWO, shipments=[ride])
    plan = assemble(Scheduler(problem), (((0, 1),), ()))
    so_far = DaySoFar(now_second=100, done={LAN: [S("from")]})

    later = again(problem, plan, Scope.UNLOCKED, so_far=so_far)

    assert (routes(later), later.unserved) == ({"Lan": ("from", "to")}, ())


def begun_somehow(seed: int) -> tuple[Problem, Plan, Scope, DaySoFar]:
    """A rich day, part of it done: often in the planned order, at times in any, by anybody."""
    draw = np.random.default_rng(seed)
    problem = courier_day(seed, int(draw.integers(8, 16)), int(draw.integers(2, 4)))
    plan = nearest_neighbour(problem)
    if draw.random() < 0.3:
        with suppress(ContradictoryProblem):  # where the plan had to leave out what it must not
            problem = locked(problem, plan, [plan.routes[0].stops[0]], LockLevel.ROUTE)
    lists = {route.courier: list(route.stops) for route in plan.routes}
    done = {
        man: list(stops[: int(draw.integers(0, len(stops) + 1))]) for man, stops in lists.items()
    }
    for stops in done.values():
        if draw.random() < 0.4:
            draw.shuffle(stops)
    if draw.random() < 0.4:
        taken = [stop_id for stops in done.values() for stop_id in stops]
        free = [one.id for one in problem.stops if one.id not in taken]
        man = problem.couriers[int(draw.integers(0, len(problem.couriers)))].id
        done.setdefault(man, []).extend(free[:2])
    scope = list(Scope)[int(draw.integers(0, 4))]
    now = int(draw.integers(7 * 3600, 17 * 3600))
    return problem, plan, scope, DaySoFar(now_second=now, done=done)


@pytest.mark.parametrize("seed", range(30))
def test_whatever_is_done_stays_with_its_courier_and_in_its_order(seed: int) -> None:
    problem, plan, scope, so_far = begun_somehow(seed)

    begun = {man: tuple(stops) for man, stops in so_far.done.items() if stops}
    later = None
    refused: set[str] = set()
    try:
        later = again(problem, plan, scope, so_far=so_far)
    except ContradictoryProblem as refusal:
        refused = {finding.detail.split(" is impossible")[0] for finding in refusal.findings}

    # A whole route may be over for what is not done of it; then the lock is named, nothing else.
    assert refused <= {
        f"the whole route locked to {lock.courier}"
        for lock in problem.rules.locks
        if lock.level is LockLevel.ROUTE and set(lock.stops) - set(begun.get(lock.courier, ()))
    }
    if later is not None:
        assert {man: routes(later).get(man, ())[: len(begun[man])] for man in begun} == begun


class Counting(Scheduler):
    """Notes whom it times."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.timed: list[int] = []

    def route(
        self, courier: int, tours: Tours, *, not_before: tuple[int, int] | None = None
    ) -> Route | Blocked:
        self.timed.append(courier)
        return super().route(courier, tours, not_before=not_before)


def test_a_move_among_three_hundred_stops_times_only_the_two_it_touches() -> None:
    problem = courier_day(1, 300, 12)
    plan = nearest_neighbour(problem)
    scheduler = Counting(problem)
    giver, taker, *others = plan.routes
    move = Move(stop=giver.stops[0], to_courier=taker.courier)

    tried = dry_run(problem, plan, move, scheduler=scheduler)

    touched = {problem.courier_index[giver.courier], problem.courier_index[taker.courier]}
    assert len(others) > 5
    assert sorted(scheduler.timed) == sorted(touched)
    assert all(any(route is same for same in tried.plan.routes) for route in others)
