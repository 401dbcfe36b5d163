"""Several tours a day, the van's hour, pick-ups that go on to a desk, roads that are closed: each kept, and named where it is broken."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from postal_service.domain.couriers import CourierFacts, Permit, Vehicle
from postal_service.domain.ids import DossierId, UnitCode
from postal_service.services import conditions_file, planning
from postal_service.services.conditions import Closure, Conditions
from postal_service.services.conditions_file import BadAssumptionsError
from postal_service.services.orders import Kind, Order, Reference, Spot, Thing
from postal_service.services.planning import PlannedStop, Scope
from postal_service.services.planning.problems import posed
from postal_service.services.workdays import Workday
from postal_service.web.rounds import words
from routing import StopKind, ViolationKind
from tests.services import rounds_day as d
from tests.services import world as w
from tests.services.test_planning_conditions import (
    CALM,
    EVENING,
    LAN,
    OFFICE_SPOT,
    day,
    home,
    left_by_baseline,
    reasons,
    served,
    solved,
)

pytestmark = pytest.mark.usefixtures("warm_search")

NINE, NOON, THREE = 32_400, 43_200, 54_000
DESK_SPOT = Spot(lat=15.575, lon=108.48, terrain="town", area=w.COMMUNE)
Written = Callable[[str], Path]


def pair(
    number: int, *, cash: int = 0, window: tuple[int, int] = (NINE, NOON), until: int = THREE
) -> list[Order]:
    """A pick-up in this window whose dossier is to be at the desk by a second of the day."""
    collect = home(number, kind=Kind.COLLECT, cash=cash)
    dossier = DossierId(f"D{number}")
    return [
        replace(collect, dossier=dossier, windows=(window,)),
        Order(
            kind=Kind.BRING, unit=w.DESK, dossier=dossier, spot=DESK_SPOT, service_seconds=260,
            references=(Reference(reference=f"I{number}", kind=Thing.ITEM),), setup_seconds=180,
            windows=((25_200, until),), penalty_seconds=0,
        ),
    ]  # fmt: skip


def of(orders: list[Order], *crew: CourierFacts, conditions: Conditions = CALM) -> Workday:
    return day(orders, *crew, conditions=conditions)


def two_tours(workday: Workday) -> planning.Solved:
    """Everything of the day by hand, the first half of it on the first tour."""
    half = len(workday.orders) // 2
    stops = tuple(
        PlannedStop(order=order.key, arrives=0, starts=0, departs=0, tour=1 + (number >= half))
        for number, order in enumerate(workday.orders)
    )
    return planning.retimed(workday, {LAN: stops}, seed=1, budget_seconds=1)


def with_tours(most: int) -> Conditions:
    riding = {who: replace(each, tours=most) for who, each in CALM.riding.items()}
    return replace(CALM, riding=riding)


def test_a_bag_that_is_too_small_for_the_day_is_filled_twice() -> None:
    small = CourierFacts(bag_grams=250)  # five items of 50 grams
    found = solved(of([home(n) for n in range(1, 9)], small))
    [round_] = found.rounds
    assert found.left == ()
    first, second = round_.tours
    assert {stop.tour for stop in round_.stops} == {1, 2}
    assert second.leaves - first.returns >= CALM.riding[Vehicle.MOTORBIKE].reload_seconds
    assert (round_.leaves, round_.returns) == (first.leaves, second.returns)
    assert [stop.tour for stop in round_.stops] == sorted(stop.tour for stop in round_.stops)


def test_who_may_leave_once_leaves_the_rest_for_another_day() -> None:
    workday = of(
        [home(n) for n in range(1, 9)], CourierFacts(bag_grams=250), conditions=with_tours(1)
    )
    found = solved(workday)
    assert len(found.rounds[0].tours) == 1
    assert set(reasons(found).values()) == {"capacity"}
    assert {fault.kind for fault in two_tours(workday).faults} == {"tours"}


def test_tours_made_by_hand_stay_as_they_were_made() -> None:
    found = two_tours(of([home(n) for n in range(1, 7)]))
    assert found.faults == ()
    assert [stop.tour for stop in found.rounds[0].stops] == [1, 1, 1, 2, 2, 2]


def test_a_tour_whose_calls_are_gone_is_not_ridden() -> None:
    workday = of([home(n) for n in range(1, 7)])
    decided = {LAN: two_tours(workday).rounds[0].stops[3:]}
    found = planning.retimed(workday, decided, seed=1, budget_seconds=1)
    assert len(found.rounds[0].tours) == 1
    assert {stop.tour for stop in found.rounds[0].stops} == {1}


def test_what_comes_with_the_van_leaves_after_it_and_the_rest_does_not_wait() -> None:
    van = NOON + 7_200
    late = [replace(home(n), there_from=van) for n in (5, 6)]
    promised = [replace(home(n), windows=((27_000, NINE),)) for n in (1, 2)]
    workday = of([*promised, *late])
    [round_] = solved(workday).rounds
    tour_of = {stop.order: stop.tour for stop in round_.stops}
    assert [tour_of[order.key] for order in workday.orders] == [1, 1, 2, 2]
    assert round_.tours[0].leaves < NINE
    assert round_.tours[1].leaves >= van

    keys = [order.key for order in workday.orders]
    at_once = tuple(PlannedStop(order=key, arrives=0, starts=0, departs=0) for key in keys)
    broken = planning.retimed(workday, {LAN: at_once}, seed=1, budget_seconds=1).faults
    assert {fault.kind for fault in broken} == {"window"}  # it waits for the van and is too late


def test_what_comes_too_late_to_be_back_from_in_the_shift_is_left() -> None:
    workday = of([replace(home(1), there_from=61_000)])
    assert reasons(solved(workday)) == {workday.orders[0].key: "shift"}


def test_what_only_the_rest_at_noon_stands_against_is_left_for_the_rest() -> None:
    workday = of([replace(home(1), windows=((43_000, 43_900),))])
    assert reasons(solved(workday)) == {workday.orders[0].key: "break"}


def test_what_is_due_today_is_collected_and_then_at_the_desk_in_time_with_the_same_courier() -> (
    None
):
    workday = of([*pair(1), *pair(2), home(3)], CourierFacts(), CourierFacts())
    found = solved(workday)
    assert found.left == ()
    for round_ in found.rounds:
        place = {stop.order: (stop.tour, number) for number, stop in enumerate(round_.stops)}
        for each in place:
            if each.startswith("collect:"):
                tour, number = place[each.replace("collect", "bring")]
                assert tour == place[each][0]
                assert number > place[each][1]
    starts = {s.order: s.starts for each in found.rounds for s in each.stops}
    assert all(starts[key] <= THREE for key in starts if key.startswith("bring:"))


LATE = (53_900, 57_600)  # who comes in this window is at no desk before three


def test_what_cannot_be_at_the_desk_in_time_is_fetched_for_the_counter_and_the_plan_says_so() -> (
    None
):
    workday = of([*pair(1, window=LATE), *pair(2), home(3)])
    found = solved(workday)
    assert served(found) == {LAN: {"collect:D1", "collect:D2", "bring:D2", "deliver:D3"}}
    assert reasons(found) == {"bring:D1": "to_counter"}
    assert (found.unserved, found.faults, left_by_baseline(found)) == ((), (), 0)
    assert "mang tới bộ phận Một cửa" in words.REASONS["to_counter"][0]


@pytest.mark.parametrize("cash", [0, 1_000])
def test_a_pair_whose_desk_takes_a_permit_that_nobody_has_names_it(cash: int) -> None:
    collect, bring = pair(1, cash=cash)
    up_there = replace(bring, spot=replace(DESK_SPOT, terrain="mountain"))
    lowlander = CourierFacts(permits=frozenset(Permit) - {Permit.MOUNTAIN_ROAD})

    # Whoever stops the search at once is not told of the counter.
    found = planning.solve(
        of([collect, up_there], lowlander), budget_seconds=1.5, seed=1, cancelled=lambda: True
    )

    assert reasons(found) == {"collect:D1": "needs_mountain_road"}


def test_of_several_permits_that_nobody_has_together_none_is_said_to_be_missing() -> None:
    collect, bring = pair(1, cash=1_000)
    up_there = replace(bring, spot=replace(DESK_SPOT, terrain="mountain"))
    crew = [CourierFacts(permits=frozenset({one})) for one in (Permit.CASH, Permit.MOUNTAIN_ROAD)]

    found = planning.solve(
        of([collect, up_there], *crew), budget_seconds=1.5, seed=1, cancelled=lambda: True
    )

    assert reasons(found) == {"collect:D1": "no_skill"}


def test_what_nobody_reaches_even_for_the_counter_is_one_call_left_with_one_reason() -> None:
    workday = of(pair(1, window=(EVENING - 60, EVENING)))
    found = solved(workday)
    assert reasons(found) == {"collect:D1": "shift"}
    assert (len(found.unserved), left_by_baseline(found)) == (1, 1)


def test_a_pair_left_by_hand_says_that_the_desk_is_the_reason() -> None:
    workday = of(pair(1, window=LATE))
    found = planning.retimed(workday, {}, seed=1, budget_seconds=1)
    assert set(reasons(found)) == {"collect:D1"}
    assert len(found.unserved) == 1


def test_a_plan_with_something_for_the_counter_keeps_it_so_until_it_begins_from_scratch() -> None:
    workday = of([*pair(1, window=LATE), *pair(2), home(3)])
    decided = solved(workday).sequences
    by_hand = planning.retimed(workday, decided, seed=1, budget_seconds=1)
    assert (reasons(by_hand), by_hand.faults) == ({"bring:D1": "to_counter"}, ())
    for scope in (Scope.UNLOCKED, Scope.KEEP_COURIERS, Scope.INSERT_ONLY):
        again = planning.solve(workday, budget_seconds=1.2, seed=1, decided=decided, scope=scope)
        assert reasons(again) == {"bring:D1": "to_counter"}
    early = of([*pair(1), *pair(2), home(3)])
    anew = planning.solve(early, budget_seconds=1.2, seed=1, decided=decided)
    assert anew.left == ()


def test_a_new_pair_that_cannot_be_kept_is_put_into_the_plan_that_is_there() -> None:
    before = of([*pair(2), home(3)])
    workday = of([*pair(2), home(3), *pair(1, window=LATE)])
    decided = solved(before).sequences
    for scope in (Scope.UNLOCKED, Scope.KEEP_COURIERS, Scope.INSERT_ONLY):
        found = planning.solve(workday, budget_seconds=1.2, seed=1, decided=decided, scope=scope)
        assert reasons(found) == {"bring:D1": "to_counter"}
        assert "collect:D1" in served(found)[LAN]


def test_a_pair_ridden_the_wrong_way_round_is_named() -> None:
    workday = of(pair(1))
    stops = tuple(
        PlannedStop(order=key, arrives=0, starts=0, departs=0) for key in ("bring:D1", "collect:D1")
    )
    found = planning.retimed(workday, {LAN: stops}, seed=1, budget_seconds=1)
    assert "shipment" in {fault.kind for fault in found.faults}
    assert "mang tới" in words.FAULTS["shipment"][0]


def test_where_the_way_on_is_shut_the_dossier_is_collected_all_the_same() -> None:
    shut = Closure(
        name="Một cửa sửa chữa", first_day=d.DAY, last_day=d.DAY, desks=frozenset({w.DESK})
    )
    workday = of(pair(1), conditions=replace(CALM, closures=(shut,)))
    found = solved(workday)
    assert (found.left, served(found)) == ((), {LAN: {"collect:D1"}})
    [stop] = posed(workday, {}).problem.stops
    assert stop.kind is StopKind.COLLECT


def test_cash_of_pairs_stays_in_the_purse_after_the_desk() -> None:
    orders = [*pair(1, cash=60_000), *pair(2, cash=30_000), home(3, cash=20_000)]
    rich, poor = CourierFacts(cash_limit_dong=100_000), CourierFacts(cash_limit_dong=80_000)
    problem = posed(of(orders, rich, poor), {}).problem
    # 90,000 of 100,000 are kept for the pairs; whose purse cannot hold them all goes for none.
    assert [courier.capacities[2] for courier in problem.couriers] == [10_000, 80_000]
    assert {(stop, courier) for stop, courier in problem.rules.banned} == {
        ("collect:D1", "s-hai"), ("collect:D2", "s-hai"),
    }  # fmt: skip
    [collect] = [stop for stop in problem.stops if stop.id == "collect:D1"]
    assert (collect.kind, collect.loads[2]) == (StopKind.PICKUP, 0)
    # For the counter their cash is any other: he is at the office with the first before he fetches the second.
    alone = solved(of(orders[:4], poor))
    assert (alone.unserved, set(reasons(alone).values())) == ((), {"to_counter"})
    assert len(alone.rounds[0].tours) == 2


STORM = Closure(
    name="bão số 12", first_day=d.DAY, last_day=d.DAY + timedelta(days=1),
    areas=frozenset({w.FAR_COMMUNE}),
)  # fmt: skip


def closed(*closures: Closure) -> Conditions:
    return replace(CALM, closures=closures)


def test_nobody_rides_into_a_closed_commune_and_the_reason_says_why() -> None:
    orders = [home(1), home(2, area=w.FAR_COMMUNE)]
    workday = of(orders, conditions=closed(STORM))
    found = solved(workday)
    [left] = found.left
    assert (left.order, left.reason, left.because) == ("deliver:D2", "closed", "bão số 12")
    assert words.REASONS[left.reason][0].startswith("đường tới nơi")
    assert served(found) == {LAN: {"deliver:D1"}}


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"first_day": d.DAY + timedelta(days=1)}, set()),
        ({"last_day": d.DAY}, {"deliver:D2"}),
        ({"areas": frozenset({w.COMMUNE})}, {"deliver:D2"}),
        ({"areas": frozenset({w.COMMUNE}), "inside": True}, {"deliver:D1", "deliver:D2"}),
        ({"towards": frozenset({UnitCode("20999")})}, set()),
        ({"towards": frozenset({w.COMMUNE})}, {"deliver:D2"}),
    ],
)
def test_a_closure_holds_on_its_days_between_its_communes(
    change: dict[str, object], left: set[str]
) -> None:
    orders = [home(1), home(2, area=w.FAR_COMMUNE)]
    workday = of(orders, conditions=closed(replace(STORM, **change)))  # type: ignore[arg-type]
    assert set(reasons(solved(workday))) == left


def test_a_detour_takes_what_it_takes() -> None:
    round_about = replace(STORM, detour_seconds=3_000, detour_metres=30_000)
    found = solved(of([home(2, area=w.FAR_COMMUNE)], conditions=closed(round_about)))
    assert (found.left, found.seconds, found.metres) == ((), 6_000, 60_000)


def test_a_closed_ferry_overrules_its_crossing() -> None:
    island = UnitCode("20413")
    boats = replace(closed(replace(STORM, areas=frozenset({island}))), crossing_seconds=1_800)
    workday = of([home(1, terrain="island", area=island)], conditions=boats)
    assert reasons(solved(workday)) == {"deliver:D1": "closed"}


def test_a_desk_that_is_shut_on_the_day_is_left_with_what_was_written_down() -> None:
    shut = Closure(name="lũ", first_day=d.DAY, last_day=d.DAY, desks=frozenset({w.DESK}))
    order = replace(
        home(1), unit=w.DESK, windows=((27_000, 57_600),), spot=replace(OFFICE_SPOT, lat=15.58)
    )
    found = solved(of([order], conditions=closed(shut)))
    assert [(each.reason, each.because) for each in found.left] == [("closed", "lũ")]


def test_every_fault_a_hand_can_make_of_tours_and_pairs_has_its_words() -> None:
    told = {ViolationKind.TOURS, ViolationKind.SHIPMENT, ViolationKind.RELEASE}
    assert {kind.value for kind in told} <= set(words.FAULTS)


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(text: str) -> Path:
        path = tmp_path / "planning.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_file_tells_tours_vans_and_closures(written: Written) -> None:
    text = """
        [motorbike]
        tours = 3
        reload_seconds = 600
        [van_arrives]
        554210 = 09:30:00
        [[closures]]
        name = "bão số 12"
        first_day = 2026-11-25
        last_day = 2026-11-26
        areas = ["20413"]
        towards = ["20419"]
        detour_seconds = 5400
        detour_metres = 41000
        [[closures]]
        name = "lũ"
        first_day = 2026-11-25
        last_day = 2026-11-25
        desks = ["D1"]
    """
    found = conditions_file.read(written(text))
    motorbike = found.riding[Vehicle.MOTORBIKE]
    assert (motorbike.tours, motorbike.reload_seconds) == (3, 600)
    assert found.van_arrives == {"554210": 34_200}
    storm, flood = found.closures
    assert (storm.name, storm.first_day, storm.last_day) == (
        "bão số 12", date(2026, 11, 25), date(2026, 11, 26),
    )  # fmt: skip
    assert (*storm.areas, *storm.towards) == ("20413", "20419")
    assert (storm.detour_seconds, storm.detour_metres, storm.inside) == (5_400, 41_000, False)
    assert (*flood.areas, *flood.desks) == ("D1",)


def closure(**changes: str) -> str:
    told = {
        "name": '"lũ"', "first_day": "2026-11-25", "last_day": "2026-11-26", "areas": '["20413"]',
    } | changes  # fmt: skip
    return "[[closures]]\n" + "\n".join(f"{key} = {value}" for key, value in told.items() if value)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[van]\ntours = 0", "van.tours"), ("[van]\ntours = 99", "van.tours"),
        ("[van]\ntours = 'two'", "van.tours"), ("[van]\nreload_seconds = -1", "van.reload_seconds"),
        ("van_arrives = 7", "van_arrives"), ("[van_arrives]\n554210 = 9", "van_arrives"),
        ("[van_arrives]\n554210 = '09:30'", "van_arrives"), ("closures = 'all'", "closures"),
        ("closures = [1]", "closures"), (closure(name=""), "closures.name"),
        (closure(name='"  "'), "closures.name"), (closure(name='"' + "x" * 81 + '"'), "closures.name"),
        (closure(first_day=""), "closures.first_day"), (closure(last_day="2026-11-24"), "last_day"),
        (closure(first_day="2026-11-25T07:00:00"), "first_day"), (closure(areas="[]"), "closures.areas"),
        (closure(areas="[20413]"), "closures.areas"), (closure(areas='"20413"'), "closures.areas"),
        (closure(areas="", desks='["D1"]', inside="true"), "closures.areas"),
        (closure(towards="[1]"), "closures.towards"), (closure(inside="1"), "closures.inside"),
        (closure(detour_seconds="5"), "closures.detour_seconds"),
        (closure(detour_metres="500"), "closures.detour_metres"),
        (closure(desks='[""]'), "closures.desks"), (closure(until="2026-11-26"), "until"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_the_key_it_stands_at(
    written: Written, text: str, key: str
) -> None:
    with pytest.raises(BadAssumptionsError, match=key):
        conditions_file.read(written(text))
