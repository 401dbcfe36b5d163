"""A workday becomes a routing problem: places and roads, couriers with their vehicles, bags, purses and rest, calls, locks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from postal_service.domain.ids import UnitCode
from postal_service.domain.refusals import RuleBroken
from postal_service.services import workdays
from postal_service.services.conditions import Roads
from postal_service.services.orders import Order
from postal_service.services.planning import loads, roads
from postal_service.services.planning.answers import Left, Sequences
from postal_service.services.planning.locking import locks
from postal_service.services.workdays import Workday
from routing import (
    Balance,
    Break,
    ContradictoryProblem,
    CostRates,
    Courier,
    CourierId,
    Location,
    PlanRules,
    Problem,
    Stop,
    StopId,
    Window,
)

# One second of travel costs as much as four seconds of work above the fair share: the day is shared
# out among who is there, but not by driving twice through the same street.
COST_OF_TRAVEL_SECOND: Final = 4
COST_OF_UNFAIR_SECOND: Final = 1
TRAVEL_SECONDS_A_CALL: Final = 240  # a guess of the way between two calls, for the fair share only
NO_POSITION, DESK_CLOSED = "no_position", "desk_closed"


class Contradictory(RuleBroken):
    """The locks and what the couriers have in hand cannot all be kept."""

    code = "planning.contradictory"


@dataclass(frozen=True, kw_only=True)
class Posed:
    """A day's problem, and whose road times it was posed with."""

    problem: Problem
    roads: Roads


def possible(day: Workday) -> tuple[list[Order], list[Left]]:
    """The orders somebody could be sent to, and the others with the reason."""
    go: list[Order] = []
    left: list[Left] = []
    for order in day.orders:
        if order.spot is None:
            left.append(Left(order=order.key, reason=NO_POSITION))
        elif order.is_closed:
            left.append(Left(order=order.key, reason=DESK_CLOSED))
        else:
            go.append(order)
    return go, left


def posed(day: Workday, decided: Sequences) -> Posed:
    """The problem of a day with what is decided already locked as its stops say.

    Raises Contradictory when the locks cannot all be kept, and NoRoadTimes.
    """
    orders, _ = possible(day)
    spots = [day.start, *(order.spot for order in orders if order.spot is not None)]
    places = {(spot.lat, spot.lon): spot for spot in reversed(spots)}
    where = {point: number for number, point in enumerate(places)}
    ways = roads.ways_of(day, list(places.values()))
    office = where[day.start.lat, day.start.lon]
    try:
        problem = Problem(
            locations=tuple(
                Location(name=str(n), lat=s.lat, lon=s.lon) for n, s in enumerate(places.values())
            ),
            profiles=ways.profiles,
            stops=tuple(_stop(day, order, where) for order in orders),
            couriers=tuple(_courier(day, each, office, orders) for each in day.couriers),
            rules=PlanRules(
                locks=tuple(locks(day, orders, decided)),
                balance=_balance(day, orders),
                unknown_area_cost=day.conditions.unknown_area_seconds * COST_OF_TRAVEL_SECOND,
            ),
            load_names=loads.LOAD_NAMES,
        )
    except ContradictoryProblem as found:
        raise contradictory(found) from found
    return Posed(problem=problem, roads=ways.roads)


def contradictory(found: ContradictoryProblem) -> Contradictory:
    return Contradictory(findings="; ".join(str(finding) for finding in found.findings[:5]))


def _stop(day: Workday, order: Order, where: dict[tuple[float, float], int]) -> Stop:
    assert order.spot is not None  # only possible orders come here
    return Stop(
        id=StopId(order.key),
        location=where[order.spot.lat, order.spot.lon],
        kind=loads.kind_of(order),
        service_seconds=order.service_seconds,
        setup_seconds=order.setup_seconds,
        windows=tuple(Window(opens_second=a, closes_second=b) for a, b in order.windows),
        loads=loads.loads_of(order, day.conditions),
        skills=loads.permits_for(order, day.start),
        penalty=order.penalty_seconds * COST_OF_TRAVEL_SECOND,
        area=order.spot.area,
    )


def _courier(
    day: Workday, courier: workdays.Courier, office: int, orders: Sequence[Order]
) -> Courier:
    riding = day.conditions.riding[courier.facts.vehicle]
    return Courier(
        id=CourierId(courier.staff),
        start_location=office,
        end_location=office,
        costs=CostRates(per_travel_second=COST_OF_TRAVEL_SECOND),
        shift=Window(opens_second=day.shift[0], closes_second=day.shift[1]),
        profile=courier.facts.vehicle.value,
        capacities=loads.carrying(courier, day, orders),
        skills=frozenset(permit.value for permit in courier.facts.held_permits),
        max_route_seconds=riding.longest_seconds,
        max_route_metres=riding.longest_metres,
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
