"""What a plan assumes: vehicles, bags, purses, permits, rush hours, roads; each kept by the search and named where a hand breaks it."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from postal_service.domain.couriers import CourierFacts, Permit, Vehicle
from postal_service.domain.ids import DossierId, StaffId, UnitCode
from postal_service.services import conditions_file, planning
from postal_service.services.conditions import ASSUMED, Conditions, Roads, RushHour
from postal_service.services.conditions_file import BadAssumptionsError
from postal_service.services.orders import Kind, Order, Reference, Spot, Thing
from postal_service.services.planning import NoRoadTimes, PlannedStop, Solved
from postal_service.services.planning.problems import posed
from postal_service.services.planning.retiming import plan_of
from postal_service.services.workdays import Courier, Rest, Workday
from routing import StopKind, check
from tests.ports import free_port
from tests.services import rounds_day as d
from tests.services import world as w

pytestmark = pytest.mark.usefixtures("warm_search")

OFFICE_SPOT = Spot(lat=15.57, lon=108.474, terrain="town", area=w.COMMUNE)
LAN, HAI = StaffId("s-lan"), StaffId("s-hai")
MORNING, EVENING = 27_000, 61_200
CALM = replace(ASSUMED, rush_hours=())


def home(
    number: int,
    *,
    kind: Kind = Kind.DELIVER,
    terrain: str = "town",
    area: UnitCode = w.COMMUNE,
    cash: int = 0,
    papers: int = 2,
    bound_to: str = "",
    km: float = 1.0,
) -> Order:
    """A call so many kilometres east of the office, and a little north of the one before."""
    spot = Spot(
        lat=15.57 + number / 2_000, lon=108.474 + km / 107, terrain=terrain, area=area
    )  # fmt: skip
    return Order(
        kind=kind, unit=None, dossier=None, spot=spot, service_seconds=300, penalty_seconds=70_000,
        references=(Reference(reference=f"D{number}", kind=Thing.ITEM),), papers=papers,
        cash_dong=cash, bound_to=StaffId(bound_to),
    )  # fmt: skip


def named(orders: list[Order]) -> tuple[Order, ...]:
    """Each at a door of its own."""
    return tuple(
        replace(order, dossier=order.dossier or DossierId(order.references[0].reference))
        for order in orders
    )


def day(
    orders: list[Order],
    *crew: CourierFacts,
    conditions: Conditions = ASSUMED,
    start: Spot = OFFICE_SPOT,
) -> Workday:
    facts = crew or (CourierFacts(),)
    return Workday(
        office=w.OFFICE, day=d.DAY, start=start, shift=(MORNING, EVENING),
        rests=(Rest(earliest=41_400, latest=42_300, seconds=7_200),),
        couriers=tuple(
            Courier(staff=staff, name=staff, facts=told)
            for staff, told in zip((LAN, HAI), facts, strict=False)
        ),
        orders=named(orders), conditions=conditions,
    )  # fmt: skip


def solved(workday: Workday, *, seconds: float = 1.5) -> Solved:
    return planning.solve(workday, budget_seconds=seconds, seed=1)


def left_by_baseline(found: Solved) -> int:
    assert found.baseline is not None
    return found.baseline.left


def served(found: Solved) -> dict[StaffId, set[str]]:
    return {each.courier: {stop.order for stop in each.stops} for each in found.rounds}


def reasons(found: Solved) -> dict[str, str]:
    return {each.order: each.reason for each in found.left}


def by_hand(workday: Workday, courier: StaffId, *orders: int) -> set[str]:
    """The kinds of faults of a round in which this courier does these calls."""
    stops = tuple(
        PlannedStop(order=workday.orders[number].key, arrives=0, starts=0, departs=0)
        for number in orders
    )
    found = planning.retimed(workday, {courier: stops}, seed=1, budget_seconds=1)
    return {fault.kind for fault in found.faults}


def test_a_call_counts_its_envelopes_its_papers_and_its_cash() -> None:
    problem = posed(day([home(1, papers=4, cash=38_000)]), {}).problem
    [stop] = problem.stops
    assert problem.load_names == ("documents", "grams", "cash_dong")
    assert stop.loads == (1, 30 + 4 * 10, 38_000)
    [courier] = problem.couriers
    assert courier.capacities == (300, 30_000, 20_000_000)


def test_a_purse_is_never_fuller_than_its_limit_whatever_is_brought_and_fetched() -> None:
    limit = CourierFacts(cash_limit_dong=100_000)
    orders = [
        home(1, cash=60_000), home(2, kind=Kind.COLLECT, cash=60_000),
        home(3, cash=40_000), home(4, kind=Kind.COLLECT, cash=40_000),
    ]  # fmt: skip
    workday = day(orders, limit, limit)
    cash = {order.key: order.cash_dong for order in workday.orders}

    found = solved(workday)

    assert found.left == ()
    # A purse is handed in where a tour ends; whether one courier goes twice is the planner's to say.
    in_purse: Counter[tuple[StaffId, int]] = Counter()
    for each in found.rounds:
        for stop in each.stops:
            in_purse[each.courier, stop.tour] += cash[stop.order]
    assert set(in_purse.values()) == {100_000}
    # A fetched thing with cash is planned as one that is brought, and is still told as fetched.
    assert {stop.kind for stop in posed(workday, {}).problem.stops} == {StopKind.DELIVER}
    assert by_hand(workday, LAN, 0, 1) == {"capacity"}
    assert by_hand(workday, LAN, 0, 2) == set()


def test_a_call_with_more_cash_than_anybody_may_carry_is_left_with_its_reason() -> None:
    workday = day(
        [home(1, cash=5_000), home(2, cash=900_000)], CourierFacts(cash_limit_dong=100_000)
    )
    found = solved(workday)
    assert reasons(found) == {workday.orders[1].key: "cash_above_limit"}
    assert by_hand(workday, LAN, 1) == {"capacity"}


def test_a_call_heavier_than_every_bag_is_left_with_its_reason() -> None:
    workday = day([home(1), home(2, papers=500)], CourierFacts(bag_grams=4_000))
    assert reasons(solved(workday)) == {workday.orders[1].key: "too_large"}
    van = day(
        [home(1), home(2, papers=500)],
        CourierFacts(bag_grams=4_000),
        CourierFacts(vehicle=Vehicle.VAN),
    )
    assert solved(van).left == ()
    assert van.orders[1].key in served(solved(van))[HAI]


@pytest.mark.parametrize(
    ("order", "permit"),
    [
        (home(1, terrain="mountain"), Permit.MOUNTAIN_ROAD),
        (home(1, cash=1_000), Permit.CASH),
        (home(1, terrain="island", area=UnitCode("20413")), Permit.FERRY),
    ],
)
def test_only_who_is_permitted_is_sent(order: Order, permit: Permit) -> None:
    crossing = replace(ASSUMED, crossing_seconds=1_800)
    without = CourierFacts(permits=frozenset(Permit) - {permit})
    alone = day([order], without, conditions=crossing)
    assert reasons(solved(alone)) == {alone.orders[0].key: f"needs_{permit}"}
    assert by_hand(alone, LAN, 0) == {"skill"}

    both = day([order], without, CourierFacts(permits=frozenset({permit})), conditions=crossing)
    assert served(solved(both)) == {HAI: {both.orders[0].key}}


def test_nobody_crosses_to_an_island_while_no_crossing_is_told() -> None:
    order = home(1, terrain="island", area=UnitCode("20413"))
    workday = day([order])
    assert reasons(solved(workday)) == {workday.orders[0].key: "no_road"}
    boats = replace(CALM, crossing_seconds=1_800)
    walking = CourierFacts(vehicle=Vehicle.ON_FOOT)
    for crew in (CourierFacts(), walking):
        assert solved(day([order], crew, conditions=boats)).seconds == 3_600


def test_what_a_courier_has_in_hand_is_never_refused_to_him() -> None:
    told = CourierFacts(permits=frozenset(), bag_grams=100, cash_limit_dong=0)
    orders = [home(n, terrain="mountain", cash=50_000, papers=9, bound_to=LAN) for n in (1, 2)]
    found = solved(day(orders, told))
    assert found.left == ()
    assert found.faults == ()


def test_who_walks_is_slower_than_who_rides_and_goes_less_far() -> None:
    near = [home(1, km=1.0)]
    walking, riding = CourierFacts(vehicle=Vehicle.ON_FOOT), CourierFacts()
    slow, fast = (solved(day(near, who, conditions=CALM)).seconds for who in (walking, riding))
    assert slow == pytest.approx(fast * 5, rel=0.01)
    far = day([home(1, km=6.0)], walking)
    assert reasons(solved(far)) == {far.orders[0].key: "route_metres"}
    assert by_hand(far, LAN, 0) == {"route_metres"}


def test_the_longest_day_of_a_vehicle_is_kept() -> None:
    riding = {**ASSUMED.riding}
    riding[Vehicle.MOTORBIKE] = replace(riding[Vehicle.MOTORBIKE], longest_seconds=1_500)
    workday = day(
        [home(n) for n in range(1, 8)], conditions=replace(ASSUMED, riding=riding, rush_hours=())
    )
    found = solved(workday, seconds=6)  # several are left, and each has its reason looked for
    [round_] = found.rounds
    assert round_.returns - round_.leaves <= 1_500
    assert set(reasons(found).values()) == {"route_seconds"}
    assert by_hand(workday, LAN, *range(7)) == {"route_seconds"}


def test_in_town_a_rush_hour_makes_the_way_longer_and_not_for_who_walks() -> None:
    jam = (RushHour(from_second=MORNING, to_second=MORNING + 7_200, speed_percent=50),)
    calm, full = CALM, replace(ASSUMED, rush_hours=jam)
    orders = [home(1)]

    def seconds(facts: CourierFacts, conditions: Conditions, terrain: str = "town") -> int:
        start = replace(OFFICE_SPOT, terrain=terrain)
        return solved(day(orders, facts, conditions=conditions, start=start)).seconds

    ride, walk = CourierFacts(), CourierFacts(vehicle=Vehicle.ON_FOOT)
    assert seconds(ride, full) == 2 * seconds(ride, calm)
    assert seconds(walk, full) == seconds(walk, calm)
    assert seconds(ride, full, "delta") == seconds(ride, calm, "delta")


def test_who_knows_the_place_goes_there_and_everybody_knows_his_own_offices() -> None:
    knows_far = CourierFacts(areas=frozenset({w.FAR_COMMUNE}))
    knows_own = CourierFacts(areas=frozenset({w.COMMUNE}))
    orders = [home(1, area=w.FAR_COMMUNE), home(2)]
    workday = day(orders, knows_own, knows_far)
    assert workday.orders[0].key in served(solved(workday))[HAI]
    swapped = day(orders, knows_far, knows_own)
    assert swapped.orders[0].key in served(solved(swapped))[LAN]


def test_a_plan_of_everything_passes_the_checker_and_knows_a_floor() -> None:
    van = CourierFacts(vehicle=Vehicle.VAN, cash_limit_dong=300_000)
    orders = [
        home(n, cash=20_000 * (n % 3), terrain="mountain" if n % 5 == 0 else "town", km=n / 3)
        for n in range(1, 16)
    ]  # fmt: skip
    workday = day(orders, van, CourierFacts(permits=frozenset({Permit.CASH}), bag_grams=2_000))
    found = solved(workday)
    assert found.left == ()
    decided = {each.courier: each.stops for each in found.rounds}
    problem = posed(workday, {}).problem
    assert check(problem, plan_of(problem, decided)) == ()
    assert found.lower_bound is not None
    assert 0 < found.lower_bound <= found.cost
    mountain = {
        order.key for order in workday.orders if order.spot and order.spot.terrain == "mountain"
    }
    assert mountain <= served(found)[LAN]


def dead_port() -> str:
    return f"http://127.0.0.1:{free_port()}"


def silent(*, may_guess: bool) -> Conditions:
    return replace(
        ASSUMED, road_server=dead_port(), may_guess=may_guess, road_attempts=1,
        road_timeout_seconds=2.0,
    )  # fmt: skip


def test_a_silent_road_server_is_a_refusal_and_no_guess() -> None:
    with pytest.raises(NoRoadTimes) as refused:
        solved(day([home(1)], conditions=silent(may_guess=False)))
    assert "no answer" in str(refused.value.facts["why"])


def test_where_guessing_is_allowed_the_plan_says_that_it_guessed() -> None:
    guessed = solved(day([home(1)], conditions=silent(may_guess=True)))
    plain = solved(day([home(1)]))
    assert (guessed.roads, plain.roads) == (Roads.GUESSED, Roads.GREAT_CIRCLE)
    assert guessed.seconds == plain.seconds


def test_a_road_server_that_is_too_slow_for_a_day_is_a_refusal_that_says_how_far_it_came() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Dripping) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            asked = f"http://127.0.0.1:{server.server_port}"
            slow = replace(ASSUMED, road_server=asked, road_table_seconds=0.5)
            with pytest.raises(NoRoadTimes) as refused:
                solved(day([home(1)], conditions=slow))
            guessed = solved(day([home(1)], conditions=replace(slow, may_guess=True)))
        finally:
            server.shutdown()
            serving.join()
    assert "0 of 1 blocks came in 0.5 s" in str(refused.value.facts["why"])
    assert guessed.roads == Roads.GUESSED


class Dripping(BaseHTTPRequestHandler):
    """Goes on for half a minute, a byte at a time."""

    def do_GET(self) -> None:
        with suppress(OSError):  # who asked may have gone
            self.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
            for _ in range(600):
                self.wfile.write(b" ")
                time.sleep(0.05)

    def log_message(self, *_: object) -> None:
        """Quiet."""


Written = Callable[[str], Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(text: str) -> Path:
        path = tmp_path / "planning.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_installations_file_overrules_what_is_shipped(written: Written) -> None:
    text = """
        envelope_grams = 25
        crossing_seconds = 2400
        [van]
        speed_percent = 80
        longest_seconds = 30000
        [[rush_hours]]
        from = 07:00:00
        to = 08:30:00
        speed_percent = 65
    """
    found = conditions_file.read(written(text))
    assert (found.envelope_grams, found.paper_grams, found.crossing_seconds) == (25, 10, 2_400)
    van = found.riding[Vehicle.VAN]
    assert (van.speed_percent, van.longest_seconds, van.bag_grams) == (80, 30_000, 500_000)
    assert found.riding[Vehicle.MOTORBIKE] == ASSUMED.riding[Vehicle.MOTORBIKE]
    assert found.rush_hours == (RushHour(from_second=25_200, to_second=30_600, speed_percent=65),)


OVERLAPPING = """
    [[rush_hours]]
    from = 07:00:00
    to = 08:00:00
    speed_percent = 50
    [[rush_hours]]
    from = 07:30:00
    to = 09:00:00
    speed_percent = 50
"""


@pytest.mark.parametrize(
    "text",
    [
        "envelope_grams = -1", "envelope_grams = true", "envelope_grams = '30'", "bogus = 1",
        "van = 3", "[van]\nwings = 2", "[van]\nbag_grams = 0", "[motorbike]\nspeed_percent = 0",
        "[on_foot]\ncash_limit_dong = -5", "rush_hours = 7", "rush_hours = [1]",
        "[[rush_hours]]\nfrom = 08:00:00\nto = 07:00:00\nspeed_percent = 50",
        "[[rush_hours]]\nfrom = 07:00:00\nto = 08:00:00",
        OVERLAPPING,
        "not toml at all",
    ],
)  # fmt: skip
def test_a_file_that_says_nonsense_is_refused(written: Written, text: str) -> None:
    with pytest.raises(BadAssumptionsError):
        conditions_file.read(written(text))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadAssumptionsError):
        conditions_file.read(tmp_path / "none.toml")
