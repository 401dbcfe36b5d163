"""Which event spent which custody.

The table's key (item, parent) makes double custody impossible even if two writers raced: one of
them fails and its transaction is rolled back whole.
"""

from collections.abc import Mapping

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from postal_service.domain.event import NO_PARENT
from postal_service.domain.ids import EventId, ItemId
from postal_service.domain.story import Story
from postal_service.storage.schema import SpendRow


def write(session: Session, stories: Mapping[ItemId, Story]) -> None:
    session.execute(delete(SpendRow).where(SpendRow.item.in_(stories)))
    rows = [
        {"item": item, "parent": parent, "event_id": event}
        for item, story in stories.items()
        for parent, event in _path(story)
    ]
    if rows:
        session.execute(insert(SpendRow), rows)


def _path(story: Story) -> list[tuple[EventId, EventId]]:
    return list(zip((NO_PARENT, *story.transfers), story.transfers, strict=False))


def clear(session: Session) -> None:
    session.execute(delete(SpendRow))
