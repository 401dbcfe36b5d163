"""What a call puts into a bag and a purse, what courier may take it, and how much he carries.

A purse only fills on the way, and so does the room kept for it: a call where cash is taken is
planned as if its cash lay in the purse from the office on, whether something is brought there or
fetched, so that no order of calls ever carries more than the limit.

What is collected and brought on to a desk leaves the bag there, but its cash stays in the purse: room
for the cash of all of them is kept in the purse of everybody who may be sent for one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from postal_service.domain.couriers import Permit
from postal_service.services.conditions import Conditions
from postal_service.services.orders import Kind, Order, Spot, other_half
from postal_service.services.workdays import Courier, Workday
from routing import StopKind

LOAD_NAMES: Final = ("documents", "grams", "cash_dong")
DOCUMENTS, GRAMS, CASH = range(3)
KINDS: Final = {
    Kind.DELIVER: StopKind.DELIVER,
    Kind.COLLECT: StopKind.COLLECT,
    Kind.BRING: StopKind.DROPOFF,
}
MOUNTAIN, ISLAND = "mountain", "island"


def kind_of(order: Order) -> StopKind:
    return StopKind.DELIVER if order.cash_dong else KINDS[order.kind]


def pairs_of(orders: Iterable[Order]) -> frozenset[str]:
    """The calls that are collected to be brought on."""
    return frozenset(other_half(order.key) for order in orders if order.kind is Kind.BRING)


def loads_of(order: Order, conditions: Conditions, *, is_paired: bool = False) -> tuple[int, ...]:
    """Documents, grams and cash of a call; a pair's cash has its room elsewhere."""
    documents = len(order.references)
    grams = documents * conditions.envelope_grams + order.papers * conditions.paper_grams
    return documents, grams, 0 if is_paired else order.cash_dong


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


@dataclass(frozen=True, kw_only=True)
class Purse:
    """What a courier carries, room for the cash of pairs kept; or he goes for none of these."""

    capacities: tuple[int, ...]
    too_small_for: frozenset[str] = frozenset()


def purse_of(courier: Courier, day: Workday, orders: Sequence[Order]) -> Purse:
    """Never less than what he has in hand already: that does fit, he carries it."""
    held = [loads_of(order, day.conditions) for order in orders if order.bound_to == courier.staff]
    in_hand = [sum(each) for each in zip(*held, strict=True)] or [0] * len(LOAD_NAMES)
    room = tuple(map(max, capacities_of(courier, day), in_hand))
    pairs = pairs_of(orders)
    cash = {each.key: each.cash_dong for each in orders if each.key in pairs and each.cash_dong}
    left_dong = room[CASH] - sum(cash.values())
    if left_dong < in_hand[CASH]:
        return Purse(capacities=room, too_small_for=frozenset(cash))
    return Purse(capacities=(*room[:CASH], left_dong))
