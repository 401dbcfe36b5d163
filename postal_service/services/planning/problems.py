"""A workday becomes a routing problem: places and roads, couriers with their vehicles, bags, purses and rest, calls, locks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from postal_service.domain.ids import UnitCode
from postal_service.domain.refusals import RuleBroken
from postal_service.domain.wording_rounds import CONTRADICTIONS
from postal_service.services import workdays
from postal_service.services.conditions import Roads
from postal_service.services.orders import Kind, Order, other_half
from postal_service.services.planning import loads, locking, roads
from postal_service.services.planning.answers import Left, Loosened, Sequences
from postal_service.services.workdays import Workday
from routing import (
    Balance,
    Break,
    ContradictoryProblem,
    CostRates,
    Courier,
    CourierId,
    Location,
    Lock,
    PlanRules,
    Problem,
    Reason,
    Shipment,
    Stop,
    StopId,
    StopKind,
    Window,
)
from routing.loosening import with_possible_locks
from routing.reach import REASON_OF, obstacle

# One second of travel costs as much as four seconds of work above the fair share: the day is shared
# out among who is there, but not by driving twice through the same street.
COST_OF_TRAVEL_SECOND: Final = 4
COST_OF_UNFAIR_SECOND: Final = 1
TRAVEL_SECONDS_A_CALL: Final = 240  # a guess of the way between two calls, for the fair share only
MOST_TOLD: Final = 5  # findings of one day that contradicts itself
NO_POSITION, DESK_CLOSED, CLOSED = "no_position", "desk_closed", "closed"


class Contradictory(RuleBroken):
    """The day contradicts itself, whatever is locked."""

    code = "planning.contradictory"


@dataclass(frozen=True, kw_only=True)
class Posed:
    """A day's problem, and whose road times it was posed with.

    `to_counter` are the pick-ups whose dossiers could go on to a desk and are brought to the counter.
    `held` is what a courier has in hand and cannot bring, with what is in the way; nobody else could.
    """

    problem: Problem
    roads: Roads
    to_counter: frozenset[str] = frozenset()
    held: Mapping[str, Reason] = field(default_factory=dict)
    loosened: tuple[Loosened, ...] = ()


def possible(day: Workday) -> tuple[list[Order], list[Left]]:
    """The orders somebody could be sent to, and the others with the reason.

    What is collected and cannot be brought on is collected all the same, and has no reason.
    """
    go: list[Order] = []
    left: list[Left] = []
    for order in day.orders:
        reason = _impossible(day, order)
        if reason is None:
            go.append(order)
        elif order.kind is not Kind.BRING:
            left.append(reason)
    known = {order.key for order in go}
    go = [each for each in go if each.kind is not Kind.BRING or other_half(each.key) in known]
    return go, left


def _impossible(day: Workday, order: Order) -> Left | None:
    if order.spot is None:
        return Left(order=order.key, reason=NO_POSITION)
    shut = [
        closure.name
        for closure in day.conditions.closures
        if closure.holds_on(day.day) and order.unit in closure.desks
    ]
    if shut:
        return Left(order=order.key, reason=CLOSED, because=shut[0])
    return Left(order=order.key, reason=DESK_CLOSED) if order.is_closed else None


def posed(day: Workday, decided: Sequences, to_counter: Collection[str] = ()) -> Posed:
    """The problem of a day with what is decided already locked as its stops say, where that can be kept.

    A pair of which only the collecting is decided, and one of `to_counter`, is no pair: its dossier is
    brought to the counter. Raises Contradictory and NoRoadTimes.
    """
    orders, _ = possible(day)
    alone = frozenset(to_counter) | _without_second_half(orders, decided)
    orders = [o for o in orders if o.kind is not Kind.BRING or other_half(o.key) not in alone]
    spots = [day.start, *(order.spot for order in orders if order.spot is not None)]
    places = {(spot.lat, spot.lon): spot for spot in reversed(spots)}
    where = {point: number for number, point in enumerate(places)}
    ways = roads.ways_of(day, list(places.values()))
    pairs = loads.pairs_of(orders)
    purses = {each.staff: loads.purse_of(each, day, orders) for each in day.couriers}
    office = where[day.start.lat, day.start.lon]
    try:
        problem = Problem(
            locations=tuple(
                Location(name=str(n), lat=s.lat, lon=s.lon) for n, s in enumerate(places.values())
            ),
            profiles=ways.profiles,
            stops=tuple(_stop(day, order, where, pairs) for order in orders),
            couriers=tuple(
                _courier(day, each, office, purses[each.staff]) for each in day.couriers
            ),
            shipments=tuple(
                Shipment(pickup=StopId(pickup), dropoff=StopId(other_half(pickup)))
                for pickup in sorted(pairs)
            ),
            rules=PlanRules(
                banned=tuple(
                    (StopId(pickup), CourierId(staff))
                    for staff, purse in purses.items()
                    for pickup in sorted(purse.too_small_for)
                ),
                balance=_balance(day, orders),
                unknown_area_cost=day.conditions.unknown_area_seconds * COST_OF_TRAVEL_SECOND,
            ),
            load_names=loads.LOAD_NAMES,
        )
        in_hand = locking.in_hand(day, orders)
        held = _held(problem, in_hand)
        problem = _bound(problem, in_hand, held)
        problem, told = with_possible_locks(problem, locking.wished(decided))
    except ContradictoryProblem as found:
        raise contradictory(found) from found
    return Posed(
        problem=problem,
        roads=ways.roads,
        to_counter=alone,
        held=held,
        loosened=locking.loosened(told),
    )


def _held(problem: Problem, in_hand: Sequence[Lock]) -> dict[str, Reason]:
    """What nobody brings today: its courier cannot, and nobody else has it."""
    return {
        stop: REASON_OF[hindrance]
        for lock in in_hand
        for stop in lock.stops
        if (
            hindrance := obstacle(
                problem,
                problem.stops[problem.stop_index[stop]],
                problem.couriers[problem.courier_index[lock.courier]],
            )
        )
        is not None
    }


def _bound(problem: Problem, in_hand: Sequence[Lock], held: Collection[str]) -> Problem:
    """The problem without what is held, and all else in hand with who has it."""
    locks = (
        replace(lock, stops=tuple(stop for stop in lock.stops if stop not in held))
        for lock in in_hand
    )
    banned = tuple(pair for pair in problem.rules.banned if pair[0] not in held)
    return replace(
        problem,
        stops=tuple(stop for stop in problem.stops if stop.id not in held),
        rules=replace(problem.rules, locks=tuple(locks), banned=banned),
    )


def _without_second_half(orders: Sequence[Order], decided: Sequences) -> frozenset[str]:
    planned = {stop.order for stops in decided.values() for stop in stops}
    pairs = loads.pairs_of(orders)
    return frozenset(key for key in pairs if key in planned and other_half(key) not in planned)


def contradictory(found: ContradictoryProblem) -> Contradictory:
    told = found.findings[:MOST_TOLD]
    words = [(each.subject, CONTRADICTIONS[each.kind.value]) for each in told]
    return Contradictory(
        findings="; ".join(str(each) for each in told),
        findings_vi="; ".join(f"{of}: {word}" if of else word for of, word in words),
    )


def _stop(
    day: Workday,
    order: Order,
    where: dict[tuple[float, float], int],
    pairs: Collection[str],
) -> Stop:
    assert order.spot is not None  # only possible orders come here
    kind = StopKind.PICKUP if order.key in pairs else loads.kind_of(order)
    brought = kind is StopKind.DROPOFF  # its loads and its penalty are the pick-up's
    return Stop(
        id=StopId(order.key),
        location=where[order.spot.lat, order.spot.lon],
        kind=kind,
        service_seconds=order.service_seconds,
        setup_seconds=order.setup_seconds,
        windows=tuple(Window(opens_second=a, closes_second=b) for a, b in order.windows),
        loads=()
        if brought
        else loads.loads_of(order, day.conditions, is_paired=order.key in pairs),
        skills=loads.permits_for(order, day.start),
        release_second=order.there_from,
        penalty=None if brought else order.penalty_seconds * COST_OF_TRAVEL_SECOND,
        area=order.spot.area,
    )


def _courier(day: Workday, courier: workdays.Courier, office: int, purse: loads.Purse) -> Courier:
    riding = day.conditions.riding[courier.facts.vehicle]
    return Courier(
        id=CourierId(courier.staff),
        start_location=office,
        end_location=office,
        costs=CostRates(per_travel_second=COST_OF_TRAVEL_SECOND),
        shift=Window(opens_second=day.shift[0], closes_second=day.shift[1]),
        profile=courier.facts.vehicle.value,
        capacities=purse.capacities,
        skills=frozenset(permit.value for permit in courier.facts.held_permits),
        max_route_seconds=riding.longest_seconds,
        max_route_metres=riding.longest_metres,
        max_tours=riding.tours,
        reload_seconds=riding.reload_seconds,
        breaks=tuple(
            Break(earliest_second=r.earliest, latest_second=r.latest, duration_seconds=r.seconds)
            for r in day.rests
        ),
        known_areas=_areas(day, courier),
    )


def _areas(day: Workday, courier: workdays.Courier) -> frozenset[UnitCode]:
    """The communes he knows; his office's own he does in any case."""
    areas = courier.facts.areas
    return areas | {UnitCode(day.start.area)} if areas else areas


def _balance(day: Workday, orders: Sequence[Order]) -> Balance | None:
    if not orders:
        return None
    work = sum(o.service_seconds + o.setup_seconds + TRAVEL_SECONDS_A_CALL for o in orders)
    return Balance(
        fair_share_seconds=-(-work // len(day.couriers)),
        cost_per_second_above=COST_OF_UNFAIR_SECOND,
    )
