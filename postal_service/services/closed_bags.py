"""What lies in a closed bag moves with its bag. An item's own story cannot say so: here both are looked at.

A phone without a network may tell otherwise. What it signed is recorded and counts; the item is
then held elsewhere than its bag, and whoever opens the bag finds it missing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from postal_service.domain.custody import Standing, lies_in
from postal_service.domain.ids import ItemId
from postal_service.projections import holdings


def as_they_lie(session: Session, found: Iterable[Standing]) -> list[Standing]:
    """The same standings; `bag` names a bag only while it is closed and the item lies in it."""
    standings = list(found)
    bags = holdings.standings(session, {each.bag for each in standings if each.bag})
    return [
        each if lies_in(each, bags.get(each.bag)) else replace(each, bag=ItemId(""))
        for each in standings
    ]


def inside(session: Session, bag: Standing) -> list[Standing]:
    """What lies in this bag now; nothing once it is opened."""
    return [each for each in holdings.in_bag(session, bag.item) if lies_in(each, bag)]


def together(found: Sequence[Standing]) -> list[Standing]:
    """The same standings as parts of one movement: whose bag moves too is held back by none."""
    moving = {each.item for each in found}
    return [replace(each, bag=ItemId("")) if each.bag in moving else each for each in found]
