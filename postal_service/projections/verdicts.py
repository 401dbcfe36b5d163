"""Events of the ledger that do not count, each with its reason, for a person to look at."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from postal_service.domain.ids import EventId, ItemId
from postal_service.domain.story import Story
from postal_service.storage.among import among
from postal_service.storage.schema import VerdictRow

LISTED = 200  # of one answer
_VERDICTS = cast("Table", VerdictRow.__table__)
_TAKE_BACK = delete(_VERDICTS).where(among(_VERDICTS.c.item, "items"))
_OF_EVENTS = select(_VERDICTS.c.event_id, _VERDICTS.c.verdict).where(
    among(_VERDICTS.c.event_id, "events")
)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    event: EventId
    item: ItemId
    verdict: str  # conflict, disputed, waiting


def take_back(session: Session, items: Collection[ItemId]) -> None:
    session.execute(_TAKE_BACK, {"items": list(items)})


def rows(stories: Mapping[ItemId, Story]) -> list[dict[str, str]]:
    """What is kept of these stories."""
    return [
        {"event_id": event, "item": item, "verdict": verdict}
        for item, story in stories.items()
        for verdict, events in (
            ("conflict", story.conflicts),
            ("disputed", story.disputed),
            ("waiting", story.waiting),
        )
        for event in events
    ]


def clear(session: Session) -> None:
    session.execute(delete(VerdictRow))


def of_events(session: Session, events: list[EventId]) -> dict[EventId, str]:
    """The verdict on each of these events that does not count."""
    if not events:
        return {}
    rows = session.execute(_OF_EVENTS, {"events": events})
    return {EventId(event): verdict for event, verdict in rows}


def of_item(session: Session, item: ItemId) -> list[Verdict]:
    rows = session.scalars(select(VerdictRow).where(VerdictRow.item == item))
    return [
        Verdict(event=EventId(row.event_id), item=ItemId(row.item), verdict=row.verdict)
        for row in rows
    ]


def open_ones(session: Session, after: str = "") -> list[Verdict]:
    """All of them, the newest event first, LISTED at a time; they go on after the event `after`."""
    asked = select(VerdictRow).order_by(VerdictRow.event_id.desc()).limit(LISTED)
    rows = session.scalars(asked.where(VerdictRow.event_id < after) if after else asked)
    return [
        Verdict(event=EventId(row.event_id), item=ItemId(row.item), verdict=row.verdict)
        for row in rows
    ]
