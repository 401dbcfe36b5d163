"""Load items for a decision: the standing of each, or a refusal that names what is not known.

Who decides about an item is alone with it until his transaction ends: of two who reach for one
package at the same moment the second decides on what the first has done.
"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.custody import Standing
from postal_service.domain.ids import ItemId
from postal_service.domain.refusals import Unknown
from postal_service.projections import holdings
from postal_service.services import closed_bags
from postal_service.storage.schema import ItemRow


class UnknownItem(Unknown):
    """No such item has been accepted; or it is not this person's to see."""

    code = "item.unknown"


def standing(session: Session, item: ItemId) -> Standing:
    """One item's standing. Raises UnknownItem."""
    return standings(session, [item])[0]


def standings(session: Session, items: Iterable[ItemId]) -> list[Standing]:
    """The standings in the order asked for. Raises UnknownItem for the first that is missing."""
    wanted = list(dict.fromkeys(items))
    lock(session, wanted)
    found = holdings.standings(session, wanted)
    for item in wanted:
        if item not in found:
            raise UnknownItem(item=item)
    return closed_bags.as_they_lie(session, [found[item] for item in wanted])


def lock(session: Session, items: Iterable[ItemId]) -> None:
    """Wait until nobody else decides about these items, and keep others waiting until the commit.

    In one order, so that two who want the same items cannot embrace. On SQLite there is one writer
    anyway. Rows that refer to an item can still be written by others.
    """
    session.execute(
        select(ItemRow.item)
        .where(ItemRow.item.in_(sorted(set(items))))
        .order_by(ItemRow.item)
        .with_for_update(key_share=True)
    )
