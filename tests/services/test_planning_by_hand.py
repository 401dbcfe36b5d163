"""Before a change by hand is saved it is told what it does; a call tells why it is where it is; a whole round is locked."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from postal_service.domain.couriers import CourierFacts, Vehicle
from postal_service.domain.ids import StaffId
from postal_service.services import planning
from postal_service.services.orders import Kind
from postal_service.services.planning import Lock, PlannedStop, Scope, Sequences, Solved
from postal_service.services.planning.problems import COST_OF_TRAVEL_SECOND, posed
from postal_service.services.planning.retiming import orders_in
from postal_service.services.workdays import Workday
from routing import Route
from routing.costs import route_cost
from routing.days import Scheduler
from tests.services.test_planning_conditions import CALM, HAI, LAN, day, home, reasons, served

pytestmark = pytest.mark.usefixtures("warm_search")

BOTH = (CourierFacts(), CourierFacts())
Rounds = Mapping[StaffId, tuple[int, ...]]


def decided(workday: Workday, rounds: Rounds, locked: Lock = Lock.NONE) -> Sequences:
    """Who makes which calls of the day, by their numbers."""
    return {
        courier: tuple(
            PlannedStop(
                order=workday.orders[n].key, arrives=0, starts=0, departs=0, locked=locked
            )
            for n in numbers
        )
        for courier, numbers in rounds.items()
    }  # fmt: skip


def driven(workday: Workday, rounds: Rounds) -> Solved:
    return planning.retimed(workday, decided(workday, rounds), seed=1, budget_seconds=1)


def spread(number: int) -> Workday:
    """So many homes, each further from the office than the one before."""
    return day([home(n, km=float(n)) for n in range(1, number + 1)], *BOTH, conditions=CALM)


def test_a_change_that_is_tried_tells_what_saving_it_does() -> None:
    workday = spread(4)
    before, after = {LAN: (0, 1), HAI: (2, 3)}, {LAN: (3, 0, 1), HAI: (2,)}

    tried = planning.tried(workday, decided(workday, before), decided(workday, after))

    was, now = driven(workday, before), driven(workday, after)
    assert (tried.metres, tried.seconds) == (now.metres - was.metres, now.seconds - was.seconds)
    assert tried.worth == round((now.cost - was.cost) / COST_OF_TRAVEL_SECOND)
    assert (tried.left, tried.faults, tried.added) == (0, (), ())
    arrives = [{s.order: s.arrives for r in plan.rounds for s in r.stops} for plan in (was, now)]
    told = {each.order: (each.before, each.now) for each in tried.new_times}
    assert told == {
        key: (arrives[0][key], arrives[1][key])
        for key in arrives[0]
        if arrives[0][key] != arrives[1][key]
    }
    assert {each.courier for each in tried.new_times if each.order == "deliver:D4"} == {LAN}


def test_what_a_change_breaks_is_told_and_what_was_broken_before_is_not_told_as_new() -> None:
    small = CourierFacts(cash_limit_dong=100_000)
    orders = [home(1, cash=90_000), home(2, cash=80_000), home(3, cash=30_000), home(4)]
    workday = day(orders, small, small, conditions=CALM)
    full = decided(workday, {LAN: (0, 1), HAI: (2, 3)})

    more = planning.tried(workday, full, decided(workday, {LAN: (0, 1, 3), HAI: (2,)}))
    worse = planning.tried(workday, full, decided(workday, {LAN: (0, 1, 2), HAI: (3,)}))

    assert (more.added, {each.kind for each in more.faults}) == ((), {"capacity"})
    assert {(f.kind, f.courier, f.load, f.amount) for f in worse.added} >= {
        ("capacity", LAN, "cash_dong", 100_000)
    }


def test_a_call_taken_out_has_a_price_unless_it_is_in_somebodys_bag() -> None:
    workday = day([home(1), home(2, bound_to=LAN)], *BOTH, conditions=CALM)
    before = decided(workday, {LAN: (0, 1)})

    free = planning.tried(workday, before, decided(workday, {LAN: (1,)}))
    bound = planning.tried(workday, before, decided(workday, {LAN: (0,)}))

    assert (free.left, free.added) == (1, ())
    assert free.worth is not None
    assert free.worth > 0  # to leave it costs more than to ride there
    assert (bound.left, bound.worth) == (1, None)
    assert [each.kind for each in bound.added] == ["mandatory_unserved"]


def cost_of(workday: Workday, courier: StaffId, numbers: tuple[int, ...]) -> int | None:
    """What the scheduler has for a round of one tour; None where it breaks something."""
    task = posed(workday, {})
    scheduler = Scheduler(task.problem)
    place = {each.id: n for n, each in enumerate(task.problem.couriers)}[courier]  # type: ignore[index]
    tours = orders_in(task.problem, decided(workday, {courier: numbers}))[place]
    route = scheduler.route(place, tours)
    return route_cost(scheduler.arrays, route).total if isinstance(route, Route) else None


def cheapest(workday: Workday, courier: StaffId, others: tuple[int, ...], call: int) -> int | None:
    """The least that a round of one tour costs more with this call, by trying every place."""
    alone = cost_of(workday, courier, others) if others else 0
    assert alone is not None
    costs = [
        cost
        for n in range(len(others) + 1)
        if (cost := cost_of(workday, courier, (*others[:n], call, *others[n:]))) is not None
    ]
    return round((min(costs) - alone) / COST_OF_TRAVEL_SECOND) if costs else None


@pytest.mark.parametrize("call", range(6))
def test_why_a_call_is_here_tells_the_schedulers_own_figures(call: int) -> None:
    once = {v: replace(r, tours=1) for v, r in CALM.riding.items()}
    orders = [home(n, km=float(n % 3 + 1)) for n in range(1, 6)]
    tight = replace(home(6, km=4.0), windows=((27_000, 29_000),))
    workday = day([*orders, tight], *BOTH, conditions=replace(CALM, riding=once))
    rounds = {LAN: (5, 0, 1, 2), HAI: (3, 4)}
    holder = LAN if call in rounds[LAN] else HAI
    without = {who: tuple(n for n in mine if n != call) for who, mine in rounds.items()}

    why = planning.why_here(workday, decided(workday, rounds), workday.orders[call].key)

    assert why is not None
    with_it = cost_of(workday, holder, rounds[holder])
    left = cost_of(workday, holder, without[holder])
    assert with_it is not None
    assert left is not None
    here = round((with_it - left) / COST_OF_TRAVEL_SECOND)
    assert (why.here.courier, why.here.worth, why.is_sound) == (holder, here, True)
    truth = {who: cheapest(workday, who, mine, call) for who, mine in without.items()}
    assert {each.courier: each.worth for each in why.cheapest} == {
        who: worth for who, worth in truth.items() if worth is not None
    }
    assert set(why.nowhere) == {who for who, worth in truth.items() if worth is None}
    assert [each.worth for each in why.cheapest] == sorted(each.worth for each in why.cheapest)
    for each in why.cheapest:
        mine = [workday.orders[n].key for n in without[each.courier]]
        place = 0 if each.after is None else mine.index(each.after) + 1
        stops = [*without[each.courier]]
        stops.insert(place, call)
        cost, alone = (
            cost_of(workday, each.courier, tuple(numbers))
            for numbers in (stops, without[each.courier])
        )
        assert cost is not None
        assert alone is not None
        assert each.worth == round((cost - alone) / COST_OF_TRAVEL_SECOND)


def test_why_a_locked_call_is_here_is_told_as_if_it_were_free_and_what_is_in_hand_is_nobody_elses() -> (
    None
):
    workday = day([home(1), home(2, bound_to=LAN), home(3)], *BOTH, conditions=CALM)
    held = decided(workday, {LAN: (0, 1), HAI: (2,)}, Lock.ORDER)

    locked = planning.why_here(workday, held, workday.orders[0].key)
    in_hand = planning.why_here(workday, held, workday.orders[1].key)

    assert locked is not None
    assert (locked.locked, locked.in_hand) == (Lock.ORDER, "")
    assert {each.courier for each in locked.cheapest} == {LAN, HAI}
    assert in_hand is not None
    assert in_hand.in_hand == LAN
    assert [each.courier for each in in_hand.cheapest] == [LAN]
    assert in_hand.nowhere == ()


def test_a_round_that_breaks_something_is_not_called_the_cheapest_place() -> None:
    late = replace(home(1, km=1.0), windows=((27_000, 28_000),))
    workday = day([late, home(2, km=9.0)], CourierFacts(), conditions=CALM)

    why = planning.why_here(workday, decided(workday, {LAN: (1, 0)}), "deliver:D1")

    assert why is not None
    assert not why.is_sound
    [place] = why.cheapest
    assert (place.after, place.is_alone) == (None, False)


def test_nobody_is_told_why_of_a_call_that_is_not_planned_or_gone() -> None:
    workday = spread(2)
    rounds = decided(workday, {LAN: (0,)})
    gone = replace(workday, orders=workday.orders[1:])

    assert planning.why_here(workday, rounds, workday.orders[1].key) is None
    assert planning.why_here(workday, rounds, "deliver:nothing") is None
    assert planning.why_here(gone, rounds, workday.orders[0].key) is None
    alone = replace(workday, couriers=workday.couriers[1:])  # Lan is not on duty any more
    assert planning.why_here(alone, rounds, workday.orders[0].key) is None


def again(workday: Workday, kept: Sequences, scope: Scope) -> Solved:
    return planning.solve(workday, budget_seconds=1.2, seed=1, decided=kept, scope=scope)


@pytest.mark.parametrize("scope", [Scope.UNLOCKED, Scope.KEEP_COURIERS, Scope.INSERT_ONLY])
def test_a_round_locked_whole_is_kept_as_it_is_and_nothing_is_added_to_it(scope: Scope) -> None:
    workday = spread(5)
    # A round nobody would make: the furthest first and back again, and Hai has nothing yet.
    kept = decided(workday, {LAN: (3, 0, 2)}, Lock.ROUTE)

    found = again(workday, kept, scope)

    rounds = {each.courier: [stop.order for stop in each.stops] for each in found.rounds}
    assert rounds[LAN] == [workday.orders[n].key for n in (3, 0, 2)]
    assert set(rounds[HAI]) == {workday.orders[1].key, workday.orders[4].key}
    assert found.loosened == ()
    locks = {each.courier: {stop.locked for stop in each.stops} for each in found.rounds}
    assert locks == {LAN: {Lock.ROUTE}, HAI: {Lock.NONE}}


def test_who_begins_from_scratch_forgets_that_a_round_was_locked_whole() -> None:
    workday = spread(4)

    found = again(workday, decided(workday, {LAN: (3, 0, 2)}, Lock.ROUTE), Scope.FROM_SCRATCH)

    assert {stop.locked for each in found.rounds for stop in each.stops} == {Lock.NONE}
    assert sum(len(keys) for keys in served(found).values()) == 4


def test_a_round_locked_whole_gives_way_to_what_its_courier_was_given_since() -> None:
    workday = day([home(1), home(2), home(3, bound_to=LAN)], *BOTH, conditions=CALM)
    kept = decided(workday, {LAN: (0, 1)}, Lock.ROUTE)

    found = again(workday, kept, Scope.UNLOCKED)

    assert {(e.was, e.left, e.reason) for e in found.loosened} == {
        (Lock.ROUTE, Lock.ORDER, "others")
    }
    assert served(found)[LAN] >= {order.key for order in workday.orders}


def test_a_call_added_by_hand_to_a_round_locked_whole_would_be_told_as_a_fault() -> None:
    workday = spread(3)
    whole = decided(workday, {LAN: (0, 1)}, Lock.ROUTE)
    added = {LAN: (*whole[LAN], *decided(workday, {LAN: (2,)})[LAN])}

    found = planning.retimed(workday, added, seed=1, budget_seconds=1)

    assert [(each.kind, each.order) for each in found.faults] == [
        ("lock_route", workday.orders[2].key)
    ]


def test_what_is_in_the_bag_of_somebody_too_slow_is_left_because_it_is_there() -> None:
    on_foot = CourierFacts(vehicle=Vehicle.ON_FOOT)
    workday = day([home(1, km=30.0, bound_to=LAN), home(2)], on_foot, CourierFacts())

    found = planning.solve(workday, budget_seconds=1.5, seed=1)

    assert reasons(found) == {workday.orders[0].key: "in_hand"}
    assert [each.courier for each in found.left] == [LAN]


def test_both_halves_of_a_pair_are_told_as_one() -> None:
    door = home(1, kind=Kind.COLLECT)
    desk = replace(home(2, kind=Kind.BRING), references=door.references)
    workday = day([door, desk, home(3)], *BOTH, conditions=CALM)
    pair = [order.key for order in workday.orders[:2]]

    why = planning.why_here(workday, decided(workday, {LAN: (0, 1), HAI: (2,)}), pair[1])
    out = planning.tried(
        workday, decided(workday, {LAN: (0, 1), HAI: (2,)}), decided(workday, {HAI: (2,)})
    )

    assert why is not None
    assert (why.here.after, why.here.is_alone, why.is_pair) == (pair[0], True, True)
    assert {each.courier for each in why.cheapest} == {LAN, HAI}
    assert out.left == 1
