"""The one way in: signed events go to the ledger, then to every projection, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from postal_service import projections
from postal_service.domain.acts import Accept, Counts
from postal_service.domain.ids import EventId, ItemId
from postal_service.domain.refusals import RuleBroken
from postal_service.domain.story import Told
from postal_service.ledger import reading
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


def record(
    session: Session,
    signed: Sequence[Signed],
    *,
    received_ms: int,
    of_phones: bool = False,
    listed: Mapping[ItemId, Counts] | None = None,
) -> list[Recorded]:
    """Append these events in this order and fold what they change.

    `of_phones` where couriers' own devices signed all of them; `listed` is `reading.listed_of` the
    items, if the caller has it. The caller has checked signatures and device chains. Raises nothing
    of its own: what the rules of the story do not admit is logged and kept for a person.
    """
    if not signed:
        return []
    appended = append(session, signed, received_ms=received_ms, of_phones=of_phones)
    reused = seals.keep(session, (each.event for each in signed))
    accepted = {each.event.item for each in signed if isinstance(each.event.act, Accept)}
    if listed is None:
        listed = reading.listed_of(session, accepted)
    told = _marked(appended.told, reused, {item: listed[item] for item in accepted & listed.keys()})
    odd = projections.fold(session, told)
    return [
        Recorded(entry=entry, verdict=odd.get(entry.event_id, "")) for entry in appended.entries
    ]


def _marked(
    told: Mapping[ItemId, Sequence[Told]], reused: set[EventId], listed: Mapping[ItemId, Counts]
) -> Mapping[ItemId, Sequence[Told]]:
    """What was told, with what is noted of it just now; the ledger's reading knows what was before."""
    if not reused and not listed:
        return told
    return {
        item: [_noted(each, reused, listed.get(item)) for each in events]
        for item, events in told.items()
    }


def _noted(told: Told, reused: set[EventId], listed: Counts | None) -> Told:
    if told.event.id in reused:
        return replace(told, seal_reused=True)
    first = listed is not None and isinstance(told.event.act, Accept)
    return replace(told, listed=listed) if first else told
