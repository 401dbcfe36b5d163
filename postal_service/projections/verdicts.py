"""Events of the ledger that do not count, each with its reason, for a person to look at."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from postal_service.domain.ids import EventId, ItemId
from postal_service.domain.story import Story
from postal_service.storage.schema import VerdictRow


@dataclass(frozen=True, kw_only=True)
class Verdict:
    event: EventId
    item: ItemId
    verdict: str  # conflict, disputed, waiting


def write(session: Session, stories: Mapping[ItemId, Story]) -> None:
    session.execute(delete(VerdictRow).where(VerdictRow.item.in_(stories)))
    rows = [
        {"event_id": event, "item": item, "verdict": verdict}
        for item, story in stories.items()
        for verdict, events in (
            ("conflict", story.conflicts),
            ("disputed", story.disputed),
            ("waiting", story.waiting),
        )
        for event in events
    ]
    if rows:
        session.execute(insert(VerdictRow), rows)


def clear(session: Session) -> None:
    session.execute(delete(VerdictRow))


def of_events(session: Session, events: list[EventId]) -> dict[EventId, str]:
    """The verdict on each of these events that does not count."""
    rows = session.execute(
        select(VerdictRow.event_id, VerdictRow.verdict).where(VerdictRow.event_id.in_(events))
    )
    return {EventId(event): verdict for event, verdict in rows}


def of_item(session: Session, item: ItemId) -> list[Verdict]:
    rows = session.scalars(select(VerdictRow).where(VerdictRow.item == item))
    return [
        Verdict(event=EventId(row.event_id), item=ItemId(row.item), verdict=row.verdict)
        for row in rows
    ]


def open_ones(session: Session, limit: int = 200) -> list[Verdict]:
    rows = session.scalars(select(VerdictRow).order_by(VerdictRow.event_id.desc()).limit(limit))
    return [
        Verdict(event=EventId(row.event_id), item=ItemId(row.item), verdict=row.verdict)
        for row in rows
    ]
