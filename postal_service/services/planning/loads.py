"""What a call puts into a bag and a purse, what courier may take it, and how much he carries.

A purse only fills on the way, and so does the room kept for it: a call where cash is taken is
planned as if its cash lay in the purse from the office on, whether something is brought there or
fetched, so that no order of calls ever carries more than the limit.
"""

from collections.abc import Iterable
from typing import Final

from postal_service.domain.couriers import Permit
from postal_service.services.conditions import Conditions
from postal_service.services.orders import Kind, Order, Spot
from postal_service.services.workdays import Courier, Workday
from routing import StopKind

LOAD_NAMES: Final = ("documents", "grams", "cash_dong")
DOCUMENTS, GRAMS, CASH = range(3)
KINDS: Final = {Kind.DELIVER: StopKind.DELIVER, Kind.COLLECT: StopKind.COLLECT}
MOUNTAIN, ISLAND = "mountain", "island"


def kind_of(order: Order) -> StopKind:
    return StopKind.DELIVER if order.cash_dong else KINDS[order.kind]


def loads_of(order: Order, conditions: Conditions) -> tuple[int, ...]:
    """Documents, grams and cash of a call."""
    documents = len(order.references)
    grams = documents * conditions.envelope_grams + order.papers * conditions.paper_grams
    return documents, grams, order.cash_dong


def permits_for(order: Order, start: Spot) -> frozenset[str]:
    """What this call asks of a courier; nothing where he has the things in hand already."""
    asked: set[str] = set()
    if order.spot is not None and not order.bound_to:
        if order.spot.terrain == MOUNTAIN:
            asked.add(Permit.MOUNTAIN_ROAD.value)
        if order.spot.terrain == ISLAND and order.spot.area != start.area:
            asked.add(Permit.FERRY.value)
        if order.cash_dong:
            asked.add(Permit.CASH.value)
    return frozenset(asked)


def capacities_of(courier: Courier, day: Workday) -> tuple[int, ...]:
    """What his bag and purse hold by what was told of him, else by his vehicle."""
    riding = day.conditions.riding[courier.facts.vehicle]
    told = (riding.bag_documents, courier.facts.bag_grams, courier.facts.cash_limit_dong)
    usual = (riding.bag_documents, riding.bag_grams, riding.cash_limit_dong)
    return tuple(b if a is None else a for a, b in zip(told, usual, strict=True))


def carrying(courier: Courier, day: Workday, orders: Iterable[Order]) -> tuple[int, ...]:
    """The same, and never less than what he has in hand already: that does fit, he carries it."""
    held = [loads_of(order, day.conditions) for order in orders if order.bound_to == courier.staff]
    in_hand = [sum(each) for each in zip(*held, strict=True)] or [0] * len(LOAD_NAMES)
    return tuple(map(max, capacities_of(courier, day), in_hand))
