"""A workday becomes a routing problem: places, roads by terrain, shifts with their rest, calls, locks.

Speeds and road factors are those of `routing.travel`, assumptions until a road server is asked.
"""

from collections.abc import Sequence
from typing import Final

from postal_service.domain.ids import StaffId
from postal_service.domain.refusals import RuleBroken
from postal_service.services.orders import Kind, Order, Spot
from postal_service.services.planning.answers import Left, Lock, PlannedStop, Sequences
from postal_service.services.workdays import Workday
from routing import (
    Balance,
    Break,
    ContradictoryProblem,
    CostRates,
    Courier,
    CourierId,
    Location,
    LockLevel,
    Matrix,
    PlanRules,
    Problem,
    Profile,
    Stop,
    StopId,
    StopKind,
    Window,
)
from routing import Lock as RoutingLock
from routing.travel import DELTA, MOUNTAIN, TOWN, RoadNotice, Terrain, geodesic_matrix, with_notices

TERRAINS: Final = {"town": TOWN, "delta": DELTA, "mountain": MOUNTAIN, "island": DELTA}
ISLAND: Final = "island"
# One second of travel costs as much as four seconds of work above the fair share: the day is shared
# out among who is there, but not by driving twice through the same street.
COST_OF_TRAVEL_SECOND: Final = 4
COST_OF_UNFAIR_SECOND: Final = 1
TRAVEL_SECONDS_A_CALL: Final = 240  # a guess of the way between two calls, for the fair share only
NO_POSITION, DESK_CLOSED = "no_position", "desk_closed"
KINDS: Final = {Kind.DELIVER: StopKind.DELIVER, Kind.COLLECT: StopKind.COLLECT}


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


def problem_of(day: Workday, decided: Sequences) -> Problem:
    """The problem of a day with what is decided already locked as its stops say.

    Raises routing's ContradictoryProblem when the locks cannot all be kept.
    """
    orders, _ = possible(day)
    spots = [day.start, *(order.spot for order in orders if order.spot is not None)]
    places = {(spot.lat, spot.lon): spot for spot in reversed(spots)}
    where = {point: number for number, point in enumerate(places)}
    profile = Profile(travel=_roads(day, list(places.values())))
    office = where[day.start.lat, day.start.lon]
    return Problem(
        locations=tuple(
            Location(name=str(n), lat=s.lat, lon=s.lon) for n, s in enumerate(places.values())
        ),
        profiles=(profile,),
        stops=tuple(_stop(order, where) for order in orders),
        couriers=tuple(_courier(day, each.staff, office) for each in day.couriers),
        rules=PlanRules(locks=tuple(_locks(day, orders, decided)), balance=_balance(day, orders)),
    )


class Contradictory(RuleBroken):
    """The locks and what the couriers have in hand cannot all be kept."""

    code = "planning.contradictory"


def contradictory(found: ContradictoryProblem) -> Contradictory:
    return Contradictory(findings="; ".join(str(finding) for finding in found.findings[:5]))


def _roads(day: Workday, spots: Sequence[Spot]) -> Matrix:
    locations = [Location(name=str(n), lat=s.lat, lon=s.lon) for n, s in enumerate(spots)]
    terrains: list[Terrain] = [TERRAINS.get(spot.terrain, DELTA) for spot in spots]
    roads = geodesic_matrix(locations, terrains)
    # Boats go by their own timetable and not at all in rough sea: no courier is sent by road.
    islands = {spot.area for spot in spots if spot.terrain == ISLAND}
    cut = [
        RoadNotice(
            origins=frozenset(n for n, spot in enumerate(spots) if spot.area == island),
            destinations=frozenset(n for n, spot in enumerate(spots) if spot.area != island),
            reason=island,
        )
        for island in sorted(islands)
    ]
    return with_notices(roads, cut, day=day.day)


def _stop(order: Order, where: dict[tuple[float, float], int]) -> Stop:
    assert order.spot is not None  # only possible orders come here
    return Stop(
        id=StopId(order.key),
        location=where[order.spot.lat, order.spot.lon],
        kind=KINDS[order.kind],
        service_seconds=order.service_seconds,
        setup_seconds=order.setup_seconds,
        windows=tuple(Window(opens_second=a, closes_second=b) for a, b in order.windows),
        penalty=order.penalty_seconds * COST_OF_TRAVEL_SECOND,
    )


def _courier(day: Workday, staff: StaffId, office: int) -> Courier:
    return Courier(
        id=CourierId(staff),
        start_location=office,
        end_location=office,
        costs=CostRates(per_travel_second=COST_OF_TRAVEL_SECOND),
        shift=Window(opens_second=day.shift[0], closes_second=day.shift[1]),
        breaks=tuple(
            Break(earliest_second=r.earliest, latest_second=r.latest, duration_seconds=r.seconds)
            for r in day.rests
        ),
    )


def _balance(day: Workday, orders: Sequence[Order]) -> Balance | None:
    if not orders:
        return None
    work = sum(o.service_seconds + o.setup_seconds + TRAVEL_SECONDS_A_CALL for o in orders)
    return Balance(
        fair_share_seconds=-(-work // len(day.couriers)),
        cost_per_second_above=COST_OF_UNFAIR_SECOND,
    )


def _locks(day: Workday, orders: Sequence[Order], decided: Sequences) -> list[RoutingLock]:
    known = {order.key: order for order in orders}
    crew = {each.staff for each in day.couriers}
    locked_with: dict[str, StaffId] = {}
    made: list[RoutingLock] = []
    for courier, stops in decided.items():
        kept = [stop for stop in stops if stop.order in known and courier in crew]
        locked_with.update({s.order: courier for s in kept if s.locked is not Lock.NONE})
        made += [lock for level in Lock if (lock := _lock(level, courier, kept)) is not None]
    # What a courier has in his bag stays with him, whoever planned what.
    for staff in sorted(crew):
        bound = [o.key for o in orders if o.bound_to == staff and locked_with.get(o.key) != staff]
        if bound:
            made.append(_routing_lock(LockLevel.COURIER, staff, bound))
    return made


def _lock(level: Lock, courier: StaffId, stops: Sequence[PlannedStop]) -> RoutingLock | None:
    chosen = [stop for stop in stops if stop.locked is level]
    if level is Lock.NONE or not chosen:
        return None
    keys = [stop.order for stop in chosen]
    if level is Lock.COURIER:
        return _routing_lock(LockLevel.COURIER, courier, keys)
    if level is Lock.ORDER:
        return _routing_lock(LockLevel.ORDER, courier, keys)
    return RoutingLock(
        level=LockLevel.TIME,
        courier=CourierId(courier),
        stops=tuple(StopId(key) for key in keys),
        start_seconds=tuple(stop.starts for stop in chosen),
    )


def _routing_lock(level: LockLevel, courier: StaffId, keys: Sequence[str]) -> RoutingLock:
    return RoutingLock(
        level=level, courier=CourierId(courier), stops=tuple(StopId(key) for key in keys)
    )
