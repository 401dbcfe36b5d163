"""The one way in: signed events go to the ledger, then to every projection, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from postal_service import projections
from postal_service.domain.ids import EventId, ItemId
from postal_service.domain.refusals import RuleBroken
from postal_service.domain.story import Told
from postal_service.ledger.append import Entry, Signed, append, receipt
from postal_service.projections import seals

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
    told = _marked(appended.told, seals.keep(session, (each.event for each in signed)))
    odd = projections.fold(session, told)
    return [
        Recorded(entry=entry, verdict=odd.get(entry.event_id, "")) for entry in appended.entries
    ]


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
