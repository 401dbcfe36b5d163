"""What lies in each bag: the items of which an office told that it put them there.

A phone may say so too, and its word moves nothing into a bag that an office sealed. An item that was
lost on the way or taken out stays listed: the list is what the bag was sealed with.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete
from sqlalchemy.orm import Session

from postal_service.domain import acts
from postal_service.domain.ids import ItemId
from postal_service.domain.story import Told
from postal_service.storage.bulk import insert_missing
from postal_service.storage.schema import BagContentRow


def rows(
    told: Mapping[ItemId, Sequence[Told]], offices: Collection[str]
) -> list[dict[str, object]]:
    """The rows of these items; `offices` are the devices whose word counts."""
    put = {
        (each.event.act.bag, item): None
        for item, events in told.items()
        for each in events
        if isinstance(each.event.act, acts.Bag) and each.event.device in offices
    }
    return [{"bag": bag, "item": item} for bag, item in put]


def write(
    session: Session, told: Mapping[ItemId, Sequence[Told]], offices: Collection[str]
) -> None:
    insert_missing(session, BagContentRow, rows(told, offices))


def clear(session: Session) -> None:
    session.execute(delete(BagContentRow))
