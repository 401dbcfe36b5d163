"""Load items for a decision: the standing of each, or a refusal that names what is not known."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from postal_service.domain.custody import Standing
from postal_service.domain.ids import ItemId
from postal_service.domain.refusals import Unknown
from postal_service.projections import holdings


class UnknownItem(Unknown):
    """No such item has been accepted; or it is not this person's to see."""

    code = "item.unknown"


def standing(session: Session, item: ItemId) -> Standing:
    """One item's standing. Raises UnknownItem."""
    found = holdings.standings(session, [item])
    if item not in found:
        raise UnknownItem(item=item)
    return found[item]


def standings(session: Session, items: Iterable[ItemId]) -> list[Standing]:
    """The standings in the order asked for. Raises UnknownItem for the first that is missing."""
    wanted = list(dict.fromkeys(items))
    found = holdings.standings(session, wanted)
    for item in wanted:
        if item not in found:
            raise UnknownItem(item=item)
    return [found[item] for item in wanted]
