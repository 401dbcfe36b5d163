"""A reason is given for every stop left out, and it is the constraint that really binds."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations_with_replacement

import numpy as np
import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from routing import (
    UNREACHABLE,
    Break,
    Budget,
    Courier,
    Lock,
    LockLevel,
    Matrix,
    Plan,
    PlanRules,
    Problem,
    Profile,
    Reason,
    Route,
    Shipment,
    SpeedPeriod,
    Stop,
    StopId,
    StopKind,
    Unserved,
    Window,
    check,
)
from routing.assembly import ImpossibleOrder, assemble, orders_of
from routing.baseline import current_order, nearest_neighbour
from routing.days import Orders, Scheduler, Tours
from routing.edits import Move, dry_run, reordered
from routing.explain import Alternative, Place, what_more_would_bring, why_here
from routing.insertion import Draft, TimeIsOver
from routing.reasons import explained, why_unserved
from routing.relaxing import only_with, relaxations
from routing.solve import explaining_seconds, solve
from routing.steps import Blocked
from tests.routing.courier_days import any_courier_day, courier_day
from tests.routing.small import LAN, MINH, S, courier, on_a_line, stop, window

FULL = stop("full", 1, service_seconds=3000, penalty=None)
SHORT = Window(opens_second=0, closes_second=3600)
LUNCH = Break(earliest_second=1000, latest_second=1200, duration_seconds=900)
# The rest covers the whole window, whenever it begins.
AT_NOON = stop("x", 1, windows=window(1210, 1290), penalty=10**6)
LATE = stop("late", 1, release_second=30_000)
LONG = stop("x", 1, service_seconds=25_000, penalty=10**6)


def open_until(second: int) -> PlanRules:
    return PlanRules(depot_hours={0: window(0, second)})


def the_reason(problem: Problem) -> Unserved:
    plan = solve(problem, budget=Budget(seconds=0.5), engines=[])
    left_out = [u for u in why_unserved(problem, plan) if u.stop != "to"]
    assert len(left_out) == 1, left_out
    return left_out[0]


def test_no_courier_with_the_permit_reaches_it_in_time() -> None:
    call = stop("desk", 10, windows=window(0, 300), skills=frozenset({"permit"}), penalty=10**6)

    found = the_reason(on_a_line([call], [courier(skills=frozenset({"permit"}))]))

    assert (found.reason, found.courier, found.misses_by_seconds) == (Reason.WINDOW, LAN, 300)
    assert found.detail == (
        "nobody with permit reaches it in its window; the nearest misses by 5 min"
    )


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (
            lambda: on_a_line([stop("x", 1, skills=frozenset({"permit"}), penalty=10**6)]),
            Reason.NO_SKILL,
        ),
        (
            lambda: on_a_line(
                [stop("x", 1, penalty=10**6)], rules=PlanRules(banned=((S("x"), LAN),))
            ),
            Reason.BANNED,
        ),
        (
            lambda: on_a_line(
                [stop("x", 1, loads=(9,), penalty=10**6)],
                [courier(capacities=(8,))],
                load_names=("kg",),
            ),
            Reason.TOO_LARGE,
        ),
        (
            lambda: on_a_line([stop("x", 9, penalty=10**6)], [courier(max_route_metres=900)]),
            Reason.ROUTE_METRES,
        ),
        (
            lambda: on_a_line([stop("x", 9, penalty=10**6)], [courier(max_route_seconds=900)]),
            Reason.ROUTE_SECONDS,
        ),
        (
            lambda: on_a_line([FULL, stop("x", 9, penalty=10**6)], [courier(shift=SHORT)]),
            Reason.SHIFT,
        ),
        (
            lambda: on_a_line(
                [FULL, stop("x", 1, windows=window(0, 30), penalty=10**6)], [courier()]
            ),
            Reason.WINDOW,
        ),
        (
            lambda: on_a_line(
                [stop("a", 1, loads=(5,)), stop("x", 1, loads=(5,), penalty=10**6)],
                [courier(capacities=(8,))],
                load_names=("kg",),
            ),
            Reason.CAPACITY,
        ),
        (
            lambda: on_a_line(
                [stop("a", 1), stop("x", 1, penalty=10**6)],
                rules=PlanRules(keep_apart=((S("a"), S("x")),)),
            ),
            Reason.RULES,
        ),
        (
            lambda: on_a_line(
                [stop("a", 10), stop("x", 1, service_seconds=2400, penalty=10**6)],
                [courier(shift=SHORT)],
                rules=PlanRules(
                    locks=(
                        Lock(
                            level=LockLevel.TIME,
                            courier=LAN,
                            stops=(S("a"),),
                            start_seconds=(2400,),
                        ),
                    )
                ),
            ),
            Reason.RULES,
        ),
        (lambda: on_a_line([LATE, LONG]), Reason.TOURS),
        (
            lambda: on_a_line([LATE, LONG], [courier(max_tours=2, reload_seconds=20_000)]),
            Reason.RELOAD,
        ),
        (lambda: on_a_line([AT_NOON], [courier(breaks=(LUNCH,))]), Reason.BREAK),
        (
            lambda: on_a_line([stop("x", 9, penalty=10**6)], rules=open_until(1000)),
            Reason.DEPOT_HOURS,
        ),
        (
            lambda: on_a_line([FULL, stop("x", 9, penalty=10**6)], rules=open_until(3600)),
            Reason.DEPOT_HOURS,
        ),
        (
            lambda: on_a_line(
                [stop("x", 1, windows=window(0, 500), penalty=10**6)],
                rules=PlanRules(depot_hours={0: window(600, 36_000)}),
            ),
            Reason.DEPOT_HOURS,
        ),
        (lambda: on_a_line([stop("x", 9, penalty=10)]), Reason.NOT_WORTH_IT),
        (
            lambda: on_a_line(
                [
                    stop("from", 1, kind=StopKind.PICKUP, penalty=10**6, windows=window(60, 60)),
                    stop("to", 2, kind=StopKind.DROPOFF, windows=window(900, 1000)),
                ],
                shipments=[Shipment(pickup=S("from"), dropoff=S("to"), max_ride_seconds=300)],
            ),
            Reason.RIDE,
        ),
    ],
)
def test_the_binding_constraint_is_named(problem: object, reason: Reason) -> None:
    assert the_reason(problem()).reason is reason  # type: ignore[operator]


def test_where_two_limits_bind_one_more_courier_is_what_it_takes() -> None:
    calls = [
        stop("full", 1, service_seconds=3000, loads=(5,), windows=window(60, 60)),
        stop("x", 9, loads=(5,), windows=window(600, 600), penalty=10**6),
    ]
    man = courier(capacities=(8,))

    assert the_reason(on_a_line(calls, [man], load_names=("kg",))).reason is Reason.FLEET_FULL


def test_the_shift_is_lifted_without_the_office_hours() -> None:
    calls = [FULL, stop("x", 9, penalty=10**6)]

    found = the_reason(on_a_line(calls, [courier(shift=SHORT)], rules=open_until(3600)))

    assert found.reason is Reason.FLEET_FULL
    assert found.detail == "one courier more would have room for it"


def test_a_break_that_keeps_one_stop_out_is_not_what_keeps_the_others_out() -> None:
    calls = [
        stop("a", 1, service_seconds=1100),
        AT_NOON,
        stop("y", 1, service_seconds=1560, penalty=10**6),
    ]
    problem = on_a_line(calls, [courier(shift=SHORT, breaks=(LUNCH,))])
    plan = assemble(Scheduler(problem), (((0,),),))

    found = {one.stop: one.reason for one in why_unserved(problem, plan)}

    assert found == {"x": Reason.BREAK, "y": Reason.SHIFT}


def test_where_even_one_courier_more_costs_too_much_that_is_said() -> None:
    calls = [
        stop("full", 1, service_seconds=3000, loads=(5,), windows=window(60, 60)),
        stop("x", 9, loads=(5,), windows=window(600, 600), penalty=1000),
    ]
    problem = on_a_line(calls, [courier(capacities=(8,))], load_names=("kg",))

    assert the_reason(problem).detail == (
        "even with one courier more serving it would cost 80 more than leaving it out"
    )


def test_a_shipment_whose_only_way_leads_past_another_call_is_explained() -> None:
    calls = [
        stop("from", 1, kind=StopKind.PICKUP),
        stop("to", 2, kind=StopKind.DROPOFF),
        stop("between", 3),
    ]
    plain = on_a_line(calls, places=4, shipments=[Shipment(pickup=S("from"), dropoff=S("to"))])
    seconds = [[60] * 4, [60, 0, UNREACHABLE, 60], [60] * 4, [60] * 4]
    problem = replace(plain, profiles=(Profile(travel=Matrix(seconds)),))

    def told(*tours: tuple[int, ...]) -> dict[str, tuple[Reason, str]]:
        plan = assemble(Scheduler(problem), (tours,))
        return {one.stop: (one.reason, one.detail) for one in why_unserved(problem, plan)}

    assert told((2,))["from"] == (
        Reason.NOT_EXPLAINED,
        "it fits and pays as the plan stands: the search ended too early",
    )
    assert told()["from"][0] is Reason.NO_ROAD


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000), couriers=st.integers(1, 2))
def test_every_reason_is_the_limit_whose_lifting_alone_makes_room(seed: int, couriers: int) -> None:
    problem = any_courier_day(seed, 9, couriers)
    plan = nearest_neighbour(problem)

    for unserved in why_unserved(problem, plan):
        call = problem.stops[problem.stop_index[unserved.stop]]
        if call.kind is StopKind.DROPOFF:
            continue
        room = lifted_room(problem, plan, call.id)
        as_it_is = room_for(problem, plan, call.id)
        worth = problem.unserved_cost(call)
        if unserved.reason is Reason.NOT_EXPLAINED:
            fits = as_it_is is not None and as_it_is <= worth
            assert ("it fits" in unserved.detail) is fits
            assert fits or {as_it_is, *room.values()} == {None}
        elif unserved.reason is Reason.NOT_WORTH_IT:
            dear = [extra for extra in (as_it_is, *room.values()) if extra is not None]
            assert dear
            assert as_it_is is None or as_it_is > worth
        elif "nothing else to do" in unserved.detail:
            small = only_with(problem, call)
            nobody = assemble(Scheduler(small), ((),) * len(small.couriers))
            extra = lifted_room(small, nobody, call.id)[unserved.reason]
            assert room_for(small, nobody, call.id) is None
            assert extra is not None
            assert extra <= worth
        else:
            extra = room[unserved.reason]
            assert as_it_is is None
            assert extra is not None
            assert extra <= worth


def room_for(problem: Problem, plan: Plan, name: StopId) -> int | None:
    """What the stop costs at its cheapest place: each order with it is timed and checked."""
    scheduler = Scheduler(problem)
    orders = orders_of(problem, plan)
    before = served_cost(assemble(scheduler, orders))
    costs = []
    for more in orders_with(problem, orders, name):
        try:
            tried = assemble(scheduler, more)
        except ImpossibleOrder:
            continue
        if all(violation.is_shortfall for violation in check(problem, tried)):
            costs.append(served_cost(tried) - before)
    return min(costs, default=None)


def served_cost(plan: Plan) -> int:
    return plan.cost - plan.cost_parts.unserved


def orders_with(problem: Problem, orders: Orders, name: StopId) -> Iterator[Orders]:
    """With everybody at every place, and as a tour of its own at every place among the tours."""
    shipment = problem.shipment_of.get(name)
    halves = [name] if shipment is None else [shipment.pickup, shipment.dropoff]
    call = tuple(problem.stop_index[half] for half in halves)
    for who, tours in enumerate(orders):
        days = [(*tours[:n], call, *tours[n:]) for n in range(len(tours) + 1)]
        for n, tour in enumerate(tours):
            for places in combinations_with_replacement(range(len(tour) + 1), len(call)):
                longer = list(tour)
                for place, number in reversed(list(zip(places, call, strict=True))):
                    longer.insert(place, number)
                days.append((*tours[:n], tuple(longer), *tours[n + 1 :]))
        for day in days:
            yield (*orders[:who], day, *orders[who + 1 :])


def lifted_room(problem: Problem, plan: Plan, name: StopId) -> dict[Reason, int | None]:
    """What the stop would cost with each limit lifted; too large for a bag is a matter of bags."""
    left_out = frozenset(unserved.stop for unserved in plan.unserved)
    lifted = relaxations(problem, left_out)
    room = {reason: room_for(make(), plan, name) for reason, make in lifted}
    return room | {Reason.TOO_LARGE: room[Reason.CAPACITY]}


def test_a_missing_permit_is_named_though_everybody_is_busy_as_well() -> None:
    call = stop("x", 9, skills=frozenset({"permit"}), penalty=10**6)

    found = the_reason(on_a_line([FULL, call], [courier(shift=SHORT)]))

    assert found.reason is Reason.NO_SKILL
    assert found.detail == "nobody has permit, even with nothing else to do"


PERMIT, BOAT = frozenset({"permit"}), frozenset({"boat"})


def fetched_and_brought(fetch: frozenset[str], bring: frozenset[str]) -> tuple[Stop, Stop]:
    """A shipment whose halves ask for these skills."""
    pickup = stop("P", 1, kind=StopKind.PICKUP, skills=fetch, service_seconds=1000, penalty=10**6)
    return pickup, stop("D", 2, kind=StopKind.DROPOFF, skills=bring)


@pytest.mark.parametrize(
    ("fetch", "bring", "has", "missing"),
    [
        (frozenset[str](), PERMIT, frozenset[str](), "permit"),
        (BOAT, PERMIT, BOAT, "permit"),
        (BOAT, PERMIT, frozenset[str](), "boat, permit"),
    ],
)
def test_a_permit_that_nobody_has_is_named_for_either_half_of_a_shipment(
    fetch: frozenset[str], bring: frozenset[str], has: frozenset[str], missing: str
) -> None:
    pickup, dropoff = fetched_and_brought(fetch, bring)
    problem = on_a_line(
        [pickup, dropoff],
        [courier(skills=has)],
        shipments=[Shipment(pickup=pickup.id, dropoff=dropoff.id)],
    )

    told = why_unserved(problem, assemble(Scheduler(problem), ((),)))

    assert {(one.stop, one.reason) for one in told} == {
        ("P", Reason.NO_SKILL),
        ("D", Reason.NO_SKILL),
    }
    assert {one.detail for one in told} == {f"nobody has {missing}"}


@pytest.mark.parametrize(
    ("crew", "rules"),
    [
        (
            [courier(LAN), courier(MINH, skills=PERMIT)],
            PlanRules(banned=((S("x"), MINH),)),
        ),
        ([courier(LAN, capacities=(9,)), courier(MINH, skills=PERMIT, capacities=(1,))], None),
    ],
)
def test_a_permit_that_somebody_has_who_may_or_can_not_take_it_is_not_said_to_be_nobodys(
    crew: list[Courier], rules: PlanRules | None
) -> None:
    call = stop("x", 1, skills=PERMIT, loads=(5,), penalty=10**6)

    found = the_reason(on_a_line([call], crew, rules=rules, load_names=("kg",)))

    assert found.reason is Reason.NO_SKILL
    assert found.detail == "nobody who could otherwise take it has permit"


def test_of_a_shipment_the_permits_of_both_halves_are_told_where_who_has_them_is_full() -> None:
    pickup, dropoff = fetched_and_brought(BOAT, PERMIT)
    kept_busy = replace(FULL, skills=PERMIT)
    problem = on_a_line(
        [kept_busy, pickup, dropoff],
        [courier(LAN, shift=SHORT, skills=PERMIT | BOAT), courier(MINH)],
        shipments=[Shipment(pickup=pickup.id, dropoff=dropoff.id)],
    )
    plan = assemble(Scheduler(problem), (((0,),), ()))

    told = {one.stop: one for one in why_unserved(problem, plan)}

    assert told[S("P")].reason is Reason.NO_SKILL
    assert told[S("P")].detail == (
        "the couriers with boat, permit are full or too far; without it the stop fits"
    )


def test_no_limit_is_named_where_two_bind_with_nothing_else_to_do() -> None:
    call = stop("x", 9, skills=frozenset({"permit"}), windows=window(0, 60), penalty=10**6)

    found = the_reason(on_a_line([call]))

    assert found.reason is Reason.NOT_EXPLAINED
    assert found.detail == (
        "no limit that was lifted alone makes room for it, nor do 4 hours more of every shift,"
        " nor one courier more, even with nothing else to do"
    )


def test_a_missing_road_is_the_reason_where_with_one_the_stop_would_fit() -> None:
    plain = on_a_line([stop("x", 2, penalty=10**6)], places=3)
    seconds = [[0, 60, UNREACHABLE], [60, 0, 60], [60, 60, 0]]
    problem = replace(plain, profiles=(Profile(travel=Matrix(seconds)),))

    assert the_reason(problem).reason is Reason.NO_ROAD


def test_a_route_locked_whole_is_what_keeps_a_stop_out_of_it() -> None:
    closed = Lock(level=LockLevel.ROUTE, courier=LAN, stops=(S("a"),))
    calls = [stop("a", 1), stop("x", 2, penalty=10**6)]

    assert the_reason(on_a_line(calls, rules=PlanRules(locks=(closed,)))).reason is Reason.RULES


def test_a_whole_route_of_which_a_call_is_missing_still_keeps_out_what_is_not_on_it() -> None:
    """b could be served by nobody else, nor x by anybody: what is lifted for b must not be refused."""
    whole = Lock(level=LockLevel.ROUTE, courier=LAN, stops=(S("a"), S("b")))
    calls = [stop("a", 1), stop("b", 2), stop("x", 9, penalty=10**6)]
    problem = on_a_line(calls, rules=PlanRules(locks=(whole,)))
    plan = assemble(Scheduler(problem), (((0,),),))

    found = {one.stop: (one.reason, one.detail) for one in why_unserved(problem, plan)}

    assert found == {
        "b": (
            Reason.NOT_EXPLAINED,
            "it fits and pays as the plan stands: the search ended too early",
        ),
        "x": (Reason.RULES, "a rule or a lock keeps it out of the routes where it would fit"),
    }


def gone_home(level: LockLevel) -> Problem:
    """x is locked to Lan, whose shift is over before he could be back; Minh would have the time."""
    lock = Lock(level=level, courier=LAN, stops=(S("x"),))
    men = [courier(LAN, shift=window(0, 500)[0], breaks=(LUNCH,)), courier(MINH)]
    return on_a_line([stop("x", 9)], men, rules=PlanRules(locks=(lock,)))


@pytest.mark.parametrize("level", [LockLevel.COURIER, LockLevel.ORDER])
def test_a_call_locked_to_somebody_whose_shift_is_over_is_kept_out_by_the_lock(
    level: LockLevel,
) -> None:
    found = the_reason(gone_home(level))

    assert (found.reason, found.courier) == (Reason.LOCKED, LAN)
    assert found.detail == "it is locked to Lan, who cannot serve it"


def test_a_lock_is_not_blamed_where_nobody_else_could_serve_the_call_either() -> None:
    problem = gone_home(LockLevel.COURIER)
    men = tuple(replace(man, shift=window(0, 500)[0]) for man in problem.couriers)

    found = the_reason(replace(problem, couriers=men))

    assert (found.reason, found.courier, found.misses_by_seconds) == (Reason.SHIFT, LAN, 580)


def test_a_lock_is_not_blamed_for_a_call_that_nobody_locked() -> None:
    calls = [stop("x", 1), stop("y", 9, penalty=10**6)]
    lock = Lock(level=LockLevel.COURIER, courier=LAN, stops=(S("x"),))
    problem = on_a_line(
        calls, [courier(LAN, shift=window(0, 500)[0])], rules=PlanRules(locks=(lock,))
    )

    assert the_reason(problem).reason is Reason.SHIFT


def test_half_a_shipment_that_is_locked_keeps_out_both() -> None:
    halves = [stop("from", 8, kind=StopKind.PICKUP), stop("to", 9, kind=StopKind.DROPOFF)]
    men = [courier(LAN, shift=window(0, 500)[0]), courier(MINH)]
    pair = Shipment(pickup=S("from"), dropoff=S("to"))
    lock = Lock(level=LockLevel.COURIER, courier=LAN, stops=(S("to"),))
    problem = on_a_line(halves, men, shipments=[pair], rules=PlanRules(locks=(lock,)))

    plan = solve(problem, budget=Budget(seconds=0.5), engines=[])

    reasons = {each.stop: (each.reason, each.courier) for each in why_unserved(problem, plan)}
    assert reasons == {"from": (Reason.LOCKED, LAN), "to": (Reason.LOCKED, LAN)}


def test_one_more_courier_or_hour_is_worth_what_it_brings() -> None:
    problem = on_a_line([FULL, stop("x", 9, penalty=10**6)], [courier(shift=SHORT)])
    plan = solve(problem, budget=Budget(seconds=0.5), engines=[])

    brought = {change.change: change for change in what_more_would_bring(problem, plan)}

    assert brought["one more courier like Lan"].served_more == 1
    assert brought["one more courier like Lan"].cost_change == 18 * 60 - 10**6
    assert brought["one hour more"].served_more == 1
    assert brought["one hour more"].cost_change == 16 * 60 - 10**6


def test_why_a_stop_is_with_this_courier_and_what_others_would_cost() -> None:
    problem = on_a_line(
        [stop("a", 3), stop("b", 4), stop("c", 10)],
        [courier(LAN), courier(MINH, start_location=11, end_location=11)],
    )
    plan = current_order(problem, {LAN: [S("a"), S("b")], MINH: [S("c")]})

    placed = why_here(problem, plan, S("b"))

    assert (placed.courier, placed.extra_cost) == (LAN, 120)
    assert (
        placed.place
        == placed.cheapest_here
        == Place(tour=1, after=S("a"), is_alone=False, extra_cost=120)
    )
    assert placed.alternatives == (
        Alternative(courier=MINH, place=Place(tour=1, after=None, is_alone=False, extra_cost=720)),
    )
    with pytest.raises(KeyError):
        why_here(problem, nearest_neighbour(on_a_line([])), S("b"))


def test_a_call_that_would_be_cheaper_elsewhere_is_said_to_be() -> None:
    problem = on_a_line(
        [stop("a", 5), stop("b", 2), stop("c", 3)],
        [courier(LAN), courier(MINH, shift=window(0, 100)[0])],
    )
    plan = assemble(Scheduler(problem), (((1, 2, 0),), ()))
    detour = reordered(problem, plan, (((0, 1, 2),), ())).plan

    placed = why_here(problem, detour, S("c"))

    assert placed.place == Place(tour=1, after=S("b"), is_alone=False, extra_cost=2 * 60)
    assert placed.cheapest_here == Place(tour=1, after=None, is_alone=False, extra_cost=0)
    assert placed.alternatives == (Alternative(courier=MINH, place=None),)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_what_another_place_would_cost_is_what_the_day_costs_with_the_call_there(seed: int) -> None:
    day = any_courier_day(seed, 12, 3)
    problem = replace(day, couriers=tuple(replace(man, max_tours=1) for man in day.couriers))
    plan = nearest_neighbour(problem)
    served = [name for route in plan.routes for name in route.stops]
    assume(served)
    name = served[seed % len(served)]

    placed = why_here(problem, plan, name)

    pair = problem.shipment_of.get(name)
    halves = [name] if pair is None else [pair.pickup, pair.dropoff]
    gone = {problem.stop_index[half] for half in halves}
    without = tuple(
        tuple(kept for tour in tours if (kept := tuple(s for s in tour if s not in gone)))
        for tours in orders_of(problem, plan)
    )
    left = sum(int(Scheduler(problem).arrays.unserved_cost[number]) for number in gone)
    rest = reordered(problem, plan, without)
    assert plan.cost - (rest.plan.cost - left) == placed.extra_cost
    assert placed.cheapest_here is not None
    assert placed.cheapest_here.extra_cost <= placed.extra_cost
    places = [(placed.courier, placed.cheapest_here)]
    places += [(one.courier, one.place) for one in placed.alternatives if one.place is not None]
    for courier_id, place in places:
        if pair is not None:
            continue  # where its other half goes is not told
        move = Move(stop=name, to_courier=courier_id, after=place.after)
        there = dry_run(problem, rest.plan, move)
        assert there.plan.cost - (rest.plan.cost - left) == place.extra_cost
        assert not {v for v in there.violations if v.courier == courier_id and not v.is_shortfall}


def test_the_current_order_leaves_out_what_makes_it_impossible() -> None:
    problem = on_a_line([stop("a", 5), stop("b", 1, windows=window(0, 100)), stop("c", 6)])

    plan = current_order(problem, {LAN: [S("a"), S("b"), S("c"), S("ghost")]})

    assert plan.routes[0].stops == ("a", "c")
    assert [unserved.stop for unserved in plan.unserved] == ["b"]


def test_a_shift_without_end_cannot_be_longer_and_is_explained_all_the_same() -> None:
    endless = Window(opens_second=0, closes_second=UNREACHABLE - 1)
    calls = [stop("a", 1, loads=(2,), penalty=10**6), stop("b", 2, loads=(2,), penalty=10**6)]
    problem = on_a_line(calls, [courier(shift=endless, capacities=(2,))], load_names=("letters",))
    plan = nearest_neighbour(problem)

    assert [one.reason for one in why_unserved(problem, plan)] == [Reason.CAPACITY]
    brought = {more.change: more.served_more for more in what_more_would_bring(problem, plan)}
    assert brought == {"one more courier like Lan": 1, "one hour more": 0}


def two_tours() -> Problem:
    """The bag holds one thing, so that each call is a tour of its own."""
    late = stop("late", 1, windows=window(2000, 2100), loads=(5,), penalty=10**7)
    before = stop("early", 2, windows=window(0, 600), loads=(5,), penalty=10**6)
    man = courier(capacities=(5,), max_tours=2)
    return on_a_line([late, before], [man], load_names=("kg",))


def test_a_tour_of_its_own_may_come_before_the_tours_there_are() -> None:
    problem = two_tours()

    first = solve(problem, budget=Budget(seconds=0.5), engines=[])

    assert (first.unserved, first.cost) == ((), 360)
    assert [unserved.detail for unserved in why_unserved(problem, only_late(problem))] == [
        "it fits and pays as the plan stands: the search ended too early"
    ]


def only_late(problem: Problem) -> Plan:
    return assemble(Scheduler(problem), (((0,),),))


def many_idle(places: int) -> tuple[Problem, Plan]:
    """Lan calls at one door minute by minute; x, behind it, is for Minh, who is far and idle."""
    calls = [
        stop(f"n{number}", 1, service_seconds=60, windows=window(60 * number, 60 * number))
        for number in range(1, places + 1)
    ]
    calls.append(stop("x", 1, windows=window(1000, 1100), service_seconds=60, penalty=10**6))
    crew = [courier(LAN), courier(MINH, start_location=9, end_location=9)]
    problem = on_a_line(calls, crew)
    return problem, assemble(Scheduler(problem), ((tuple(range(places)),), ()))


def test_no_place_is_said_to_be_left_only_after_every_place_was_looked_at() -> None:
    problem, plan = many_idle(70)

    (found,) = why_unserved(problem, plan)

    assert found.detail == "it fits and pays as the plan stands: the search ended too early"


def test_where_time_is_over_before_every_place_was_looked_at_that_is_said() -> None:
    problem, plan = many_idle(70)

    (found,) = explained(Scheduler(problem), plan, seconds=0).unserved
    told = replace(plan, unserved=why_unserved(problem, plan))
    kept = explained(Scheduler(problem), told, seconds=0)

    assert found.reason is Reason.NOT_EXPLAINED
    assert found.detail == "there was no time to look at every place where it might fit"
    assert kept.unserved == told.unserved


def test_who_cancels_while_reasons_are_looked_for_is_heard_at_the_next_place() -> None:
    problem, plan = many_idle(70)
    told = replace(plan, unserved=why_unserved(problem, plan))
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 1

    (found,) = explained(Scheduler(problem), plan, cancelled=cancelled).unserved
    kept = explained(Scheduler(problem), told, cancelled=lambda: True)

    assert 1 < asked < 5
    assert found.reason is Reason.NOT_EXPLAINED
    assert found.detail == "there was no time to look at every place where it might fit"
    assert kept.unserved == told.unserved


def test_a_search_that_is_cancelled_while_it_looks_for_reasons_answers_at_once() -> None:
    call = stop("x", 1, service_seconds=3000, penalty=9_000)
    problem = on_a_line([FULL, call], [courier(shift=SHORT)])
    budget = Budget(seconds=600, iterations=1)

    def planned(hears: int) -> Unserved:
        """Cancelled once it has been asked so often."""
        asked = iter(range(10**6))
        plan = solve(problem, budget=budget, engines=[], cancelled=lambda: next(asked) >= hears)
        return plan.unserved[0]

    assert planned(10**6).reason is Reason.SHIFT
    # The first question is whether reasons are to be looked for at all.
    assert planned(1).reason is Reason.NOT_EXPLAINED
    assert planned(1).detail == "there was no time to look at every place where it might fit"


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    couriers=st.integers(1, 3),
    percent=st.sampled_from([None, 60, 250]),
    duty=st.integers(0, 3),
    long_setups=st.booleans(),
)
def test_the_cheapest_place_of_all_is_found_without_timing_all_of_them(
    seed: int, couriers: int, percent: int | None, duty: int, *, long_setups: bool
) -> None:
    """Each order with the stop is timed and checked here: with two prices of time, at any speed."""
    problem = any_courier_day(seed, 10, couriers)
    if long_setups:
        # What comes to the same door right before saves more time than it takes.
        draw = np.random.default_rng(seed)
        setups = draw.choice([0, 600], len(problem.stops)).tolist()
        calls = zip(problem.stops, setups, strict=True)
        stops = tuple(replace(call, setup_seconds=setup) for call, setup in calls)
        problem = replace(problem, stops=stops)
    if percent is not None:
        rush = (SpeedPeriod(from_second=9 * 3600, speed_percent=percent),)
        profiles = tuple(replace(one, speed_periods=rush) for one in problem.profiles)
        problem = replace(problem, profiles=profiles)
    paid = tuple(
        replace(man, costs=replace(man.costs, per_duty_second=duty)) for man in problem.couriers
    )
    problem = replace(problem, couriers=paid)
    plan = nearest_neighbour(problem)
    served = [name for route in plan.routes for name in route.stops]
    # Of those that are served some are taken out, so that there are places.
    torn = set(served[seed % 3 :: 3])
    for shipment in problem.shipments:
        if not torn.isdisjoint((shipment.pickup, shipment.dropoff)):
            torn |= {shipment.pickup, shipment.dropoff}
    out = {problem.stop_index[name] for name in torn}
    orders = tuple(
        tuple(kept for tour in tours if (kept := tuple(s for s in tour if s not in out)))
        for tours in orders_of(problem, plan)
    )
    try:
        rest = assemble(Scheduler(problem), orders)
    except ImpossibleOrder:
        reject()
    draft = Draft(Scheduler(problem), orders_of(problem, rest))

    for unserved in rest.unserved:
        call = problem.stops[problem.stop_index[unserved.stop]]
        if call.kind is StopKind.DROPOFF:
            continue
        found = draft.cheapest_of_all(problem.stop_index[call.id])
        assert (found and found.extra_cost) == room_for(problem, rest, call.id), call.id


def from_p_to_d(fetch: Stop, bring: Stop, *calls: Stop) -> tuple[Problem, Plan]:
    """Lan's day with the calls, and a shipment that is left out."""
    pair = Shipment(pickup=fetch.id, dropoff=bring.id)
    problem = on_a_line([*calls, fetch, bring], shipments=[pair])
    return problem, assemble(Scheduler(problem), ((tuple(range(len(calls))),),))


@pytest.mark.parametrize(
    ("fetch", "bring", "calls"),
    [
        # After P nobody has to set up at A, which is at the same door: D is reached in its window.
        (
            stop("P", 1, kind=StopKind.PICKUP, penalty=10**5),
            stop("D", 2, kind=StopKind.DROPOFF, windows=window(0, 200)),
            [stop("A", 1, setup_seconds=300, windows=window(0, 400)), stop("B", 3)],
        ),
        # After D nobody has to set up at B: there is time enough to fetch P before A.
        (
            stop(
                "P",
                1,
                kind=StopKind.PICKUP,
                service_seconds=60,
                windows=window(0, 60),
                penalty=10**5,
            ),
            stop("D", 2, kind=StopKind.DROPOFF),
            [
                stop("A", 1, service_seconds=10, windows=window(0, 130)),
                stop("B", 2, setup_seconds=300, windows=window(0, 460)),
            ],
        ),
    ],
)
def test_a_shipment_that_saves_a_setup_has_a_place_where_there_was_no_time(
    fetch: Stop, bring: Stop, calls: list[Stop]
) -> None:
    problem, plan = from_p_to_d(fetch, bring, *calls)

    found = Draft(Scheduler(problem), orders_of(problem, plan)).cheapest_of_all(2)

    assert found is not None
    assert found.extra_cost == room_for(problem, plan, S("P")) == 0


def test_where_no_place_is_worth_timing_the_clock_is_asked_all_the_same() -> None:
    """Whoever asks for a thousand stops of a full day would otherwise never hear it."""
    late = stop("x", 9, windows=window(0, 60), penalty=10**6)
    problem = on_a_line([FULL, late], [courier(shift=SHORT)])
    draft = Draft(Scheduler(problem), (((0,),),))

    assert draft.cheapest_of_all(1, over=lambda: False) is None
    with pytest.raises(TimeIsOver):
        draft.cheapest_of_all(1, over=lambda: True)
    with pytest.raises(TimeIsOver):
        list(draft.insertions(1, most=10**6, over=lambda: True))


def test_hardly_any_place_of_a_full_day_has_to_be_timed() -> None:
    problem = courier_day(7, 120, 8)
    plan = nearest_neighbour(problem)
    scheduler = Scheduler(problem)
    orders = orders_of(problem, plan)
    timed: list[Tours] = []

    class Counting(Scheduler):
        def route(
            self, courier: int, tours: Tours, *, not_before: tuple[int, int] | None = None
        ) -> Route | Blocked:
            timed.append(tours)
            return super().route(courier, tours, not_before=not_before)

    counting = Counting(problem)
    draft = Draft(counting, orders)
    out = [problem.stop_index[u.stop] for u in plan.unserved]
    pickups = [n for n in out if problem.stops[n].kind is not StopKind.DROPOFF]
    places = sum(
        1
        for number in pickups
        for orders_there in orders_with(problem, orders, problem.stops[number].id)
        for who, tours in enumerate(orders_there)
        if tours != orders[who] and scheduler.arrays.allowed[number, who]
    )
    timed.clear()

    for number in pickups:
        draft.cheapest_of_all(number)

    assert places > 2_000
    assert len(timed) < places / 10


@pytest.mark.parametrize(
    ("budget", "share"), [(2, 0.2), (10, 1.0), (20, 1.0), (60, 2.4), (600, 24)]
)
def test_a_longer_search_keeps_more_back_for_reasons(budget: float, share: float) -> None:
    assert explaining_seconds(budget) == pytest.approx(share)


def test_how_many_reasons_are_known_is_told_as_it_gets_on() -> None:
    calls = [FULL, *(stop(name, 1, service_seconds=3000, penalty=9_000) for name in "xy")]
    problem = on_a_line(calls, [courier(shift=SHORT)])
    plan = solve(problem, budget=Budget(seconds=0.5), engines=[])
    told: list[tuple[int, int]] = []

    explained(Scheduler(problem), plan, on_progress=lambda done, of: told.append((done, of)))

    assert told[-1] == (2, 2)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_what_a_change_brings_is_said_whole_or_not_at_all() -> None:
    call = stop("x", 1, service_seconds=3000, penalty=9_000)
    problem = on_a_line([FULL, call], [courier(shift=SHORT)])
    plan = solve(problem, budget=Budget(seconds=0.5), engines=[])

    assert what_more_would_bring(problem, plan, seconds=0) == ()
    assert [one.like for one in what_more_would_bring(problem, plan)] == [None, LAN]
