"""The one way in: signed events go to the ledger, then to every projection, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service import projections
from postal_service.domain import acts
from postal_service.domain.event import Event
from postal_service.domain.ids import EventId
from postal_service.domain.refusals import RuleBroken
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
    _keep_seals(session, signed)
    odd = projections.fold(session, appended.told)
    return [
        Recorded(entry=entry, verdict=odd.get(entry.event_id, "")) for entry in appended.entries
    ]


def _keep_seals(session: Session, signed: Sequence[Signed]) -> None:
    """The first use keeps the serial; what another item tells of it later is noted.

    A phone may tell of a used seal, and the ledger keeps it: the note opens a case on that item
    (projections), as the counter's refusal would have.
    """
    packed = [each.event for each in signed if isinstance(each.event.act, acts.Pack)]
    if not packed:
        return
    first: dict[str, Event] = {}
    for event in packed:
        first.setdefault(_serial(event), event)
    insert_missing(
        session,
        SealRow,
        [
            {"serial": serial, "item": event.item, "event_id": event.id}
            for serial, event in first.items()
        ],
    )
    rows = session.execute(
        select(SealRow.serial, SealRow.item).where(SealRow.serial.in_(first))
    ).all()
    worn_by = {serial: item for serial, item in rows}  # noqa: C416 - a row is no pair to the type checker
    insert_many(
        session,
        SealReuseRow,
        [
            {"event_id": event.id, "item": event.item, "serial": _serial(event)}
            for event in packed
            if worn_by[_serial(event)] != event.item
        ],
    )


def _serial(event: Event) -> str:
    assert isinstance(event.act, acts.Pack)  # the caller has looked
    return event.act.seal
