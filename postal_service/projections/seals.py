"""A seal serial is the first item's that told it; who told it later is noted, in the order of the ledger.

What was known when an event was recorded follows from what stood before it, so both tables can be
dropped and told again.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from sqlalchemy import Table, delete, select, update
from sqlalchemy.orm import Session

from postal_service.domain import acts
from postal_service.domain.acts import Act
from postal_service.domain.event import Event
from postal_service.domain.ids import EventId, ItemId
from postal_service.ledger import reading
from postal_service.storage.bulk import insert_many, insert_missing
from postal_service.storage.schema import SealReuseRow, SealRow

TABLES = tuple(cast("Table", kind.__table__) for kind in (SealRow, SealReuseRow))


def keep(session: Session, events: Iterable[Event]) -> set[EventId]:
    """The first use keeps the serial; what another item tells of it later is noted, and answered.

    A phone may tell of a used seal, and the ledger keeps it: the note opens a case on that item
    (`domain/story.py`), as the counter's refusal would have.
    """
    packed = [event for event in events if isinstance(event.act, acts.Pack)]
    if not packed:
        return set()
    first: dict[str, Event] = {}
    for event in packed:
        first.setdefault(_serial(event), event)
    fresh = insert_missing(
        session,
        SealRow,
        [
            {"serial": serial, "item": event.item, "event_id": event.id}
            for serial, event in first.items()
        ],
    )
    worn_by = {serial: event.item for serial, event in first.items()}
    if fresh < len(first):
        asked = select(SealRow.serial, SealRow.item).where(SealRow.serial.in_(first))
        worn_by = {serial: ItemId(item) for serial, item in session.execute(asked)}
    reused = [event for event in packed if worn_by[_serial(event)] != event.item]
    insert_many(
        session,
        SealReuseRow,
        [{"event_id": event.id, "item": event.item, "serial": _serial(event)} for event in reused],
    )
    return {event.id for event in reused}


def free(session: Session, wrong: Event, replacements: Iterable[Act]) -> None:
    """A corrected event used no serial after all, unless what stands in its place tells the same."""
    if not isinstance(wrong.act, acts.Pack):
        return
    if any(isinstance(act, acts.Pack) and act.seal == wrong.act.seal for act in replacements):
        return
    session.execute(delete(SealReuseRow).where(SealReuseRow.event_id == wrong.id))
    # Whoever wore the serial too keeps it now: it is not free while an envelope bears it.
    heir = session.execute(
        select(SealReuseRow.item, SealReuseRow.event_id)
        .where(SealReuseRow.serial == wrong.act.seal, SealReuseRow.item != wrong.item)
        .order_by(SealReuseRow.event_id)
        .limit(1)
    ).one_or_none()
    worn = SealRow.event_id == wrong.id
    if heir is None:
        session.execute(delete(SealRow).where(worn))
        return
    session.execute(update(SealRow).where(worn).values(item=heir.item, event_id=heir.event_id))


def clear(session: Session) -> None:
    session.execute(delete(SealReuseRow))
    session.execute(delete(SealRow))


def tell_again(ledger: Session, into: Session) -> None:
    """Everything that the ledger tells of serials, into empty tables; pages of it are in memory."""
    for page in reading.pages_of_types(ledger, ("pack", "correct")):
        waiting: list[Event] = []
        for event, freed in _with_freed(ledger, page):
            if freed is None:
                waiting.append(event)
                continue
            keep(into, waiting)
            waiting = []
            free(into, *freed)
        keep(into, waiting)


def _with_freed(
    ledger: Session, page: Sequence[Event]
) -> Iterator[tuple[Event, tuple[Event, list[Act]] | None]]:
    """Each event of a page; beside a correction what it corrects and what stands in its place."""
    named = {
        each
        for event in page
        if isinstance(event.act, acts.Correct)
        for each in (event.act.corrects, *event.act.replacements)
    }
    found = reading.entries(ledger, named)
    for event in page:
        act = event.act
        if not isinstance(act, acts.Correct):
            yield event, None
        elif act.corrects in found:
            instead = [found[each].event.act for each in act.replacements if each in found]
            yield event, (found[act.corrects].event, instead)


def _serial(event: Event) -> str:
    assert isinstance(event.act, acts.Pack)  # the caller has looked
    return event.act.seal
