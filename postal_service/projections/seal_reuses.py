"""Which events told a serial that another item wore already: known at their recording, so that it is never decided again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from postal_service.domain.ids import ItemId
from postal_service.domain.story import Told
from postal_service.storage.schema import SealReuseRow

_REUSES = cast("Table", SealReuseRow.__table__)
_OF_ITEMS = select(_REUSES.c.event_id).where(_REUSES.c.item.in_(bindparam("items", expanding=True)))


def noted(
    session: Session, told: Mapping[ItemId, Sequence[Told]]
) -> Mapping[ItemId, Sequence[Told]]:
    """The same events, those marked that told such a serial."""
    reused = set(session.scalars(_OF_ITEMS, {"items": list(told)}))
    if not reused:
        return told
    return {
        item: [
            replace(each, seal_reused=True) if each.event.id in reused else each for each in events
        ]
        for item, events in told.items()
    }
