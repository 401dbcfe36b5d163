"""Which event spent which custody.

The table's key (item, parent) makes double custody impossible even if two writers raced: one of
them fails and its transaction is rolled back whole.
"""

from collections.abc import Collection, Mapping
from typing import cast

from sqlalchemy import Table, delete
from sqlalchemy.orm import Session

from postal_service.domain.event import NO_PARENT
from postal_service.domain.ids import EventId, ItemId
from postal_service.domain.story import Story
from postal_service.storage.among import among
from postal_service.storage.schema import SpendRow

_SPENDS = cast("Table", SpendRow.__table__)
_TAKE_BACK = delete(_SPENDS).where(among(_SPENDS.c.item, "items"))


def take_back(session: Session, items: Collection[ItemId]) -> None:
    session.execute(_TAKE_BACK, {"items": list(items)})


def rows(stories: Mapping[ItemId, Story]) -> list[dict[str, object]]:
    """What is kept of these stories."""
    return [
        {"item": item, "parent": parent, "event_id": event}
        for item, story in stories.items()
        for parent, event in _path(story)
    ]


def _path(story: Story) -> list[tuple[EventId, EventId]]:
    return list(zip((NO_PARENT, *story.transfers), story.transfers, strict=False))


def clear(session: Session) -> None:
    session.execute(delete(SpendRow))
