"""The one way in: signed events go to the ledger, then to every projection, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service import projections
from postal_service.domain import acts
from postal_service.domain.event import Event
from postal_service.domain.ids import EventId, ItemId
from postal_service.domain.refusals import RuleBroken
from postal_service.domain.story import Told
from postal_service.ledger.append import Entry, Signed, append, receipt
from postal_service.storage.bulk import insert_many, insert_missing
from postal_service.storage.schema import SealReuseRow, SealRow

__all__ = ["Entry", "Recorded", "SealUsed", "Signed", "receipt", "record"]


class SealUsed(RuleBroken):
    """A seal serial is used once."""

    code = "custody.seal_used"


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """Where an event stands now; `verdict` is "" when it counts."""

    entry: Entry
    verdict: str

    @property
    def event(self) -> EventId:
        return self.entry.event_id


def record(session: Session, signed: Sequence[Signed], *, received_ms: int) -> list[Recorded]:
    """Append these events in this order and fold what they change.

    The caller has checked signatures and device chains. Raises nothing of its own: what the rules
    of the story do not admit is logged and kept for a person.
    """
    if not signed:
        return []
    appended = append(session, signed, received_ms=received_ms)
    told = _marked(appended.told, _keep_seals(session, signed))
    odd = projections.fold(session, told)
    return [
        Recorded(entry=entry, verdict=odd.get(entry.event_id, "")) for entry in appended.entries
    ]


def _keep_seals(session: Session, signed: Sequence[Signed]) -> set[EventId]:
    """The first use keeps the serial; what another item tells of it later is noted, and answered.

    A phone may tell of a used seal, and the ledger keeps it: the note opens a case on that item
    (`domain/story.py`), as the counter's refusal would have.
    """
    packed = [each.event for each in signed if isinstance(each.event.act, acts.Pack)]
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


def _marked(
    told: Mapping[ItemId, Sequence[Told]], reused: set[EventId]
) -> Mapping[ItemId, Sequence[Told]]:
    """What was told, with what was noted just now; the ledger's reading knows what was before."""
    if not reused:
        return told
    return {
        item: [
            replace(each, seal_reused=True) if each.event.id in reused else each for each in events
        ]
        for item, events in told.items()
    }


def _serial(event: Event) -> str:
    assert isinstance(event.act, acts.Pack)  # the caller has looked
    return event.act.seal
