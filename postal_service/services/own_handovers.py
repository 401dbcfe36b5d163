"""The hand-overs on one side of which a courier, or his phone, has signed: nobody else's are there for him. Reading only."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.acts import Handover
from postal_service.domain.ids import DeviceId, EventId, ItemId
from postal_service.domain.legal_time import LegalTime
from postal_service.ledger.witness import Policy
from postal_service.projections import legal_times
from postal_service.services import handover_records
from postal_service.services.handover_records import Answered, Record, UnknownRecord
from postal_service.services.items import UnknownItem


@dataclass(frozen=True, kw_only=True)
class OwnAnswer:
    """One taking or refusal of an item, by which its record is asked for."""

    event: EventId
    at: datetime  # as far as the ledger can tell
    is_taken: bool  # and not refused
    is_mine: bool  # he answered; else he had put it out
    is_whole: bool  # both halves are in the ledger, so that there is a record


def of_item(session: Session, item: ItemId, *, by: Actor, device: DeviceId) -> list[OwnAnswer]:
    """How this item changed hands, or did not, with this courier on one side; the oldest first.

    Raises UnknownItem where it never did.
    """
    answers = handover_records.answers_of_item(session, item)
    own = [each for each in answers if each.has(by.staff, device)]
    if not own:
        raise UnknownItem(item=item)
    times = legal_times.of_entries(session, [each.asked for each in own])
    return [_own(each, times[each.asked.event.id], by, device) for each in own]


def record(
    session: Session, event: EventId, *, policy: Policy, by: Actor, device: DeviceId
) -> Record:
    """The record of which this answer is a line. Raises UnknownRecord or HalfSigned."""
    both = handover_records.answered(session, event)
    if not both.has(by.staff, device):
        raise UnknownRecord(event=event)
    return handover_records.record_of(session, both, policy=policy)


def _own(both: Answered, time: LegalTime, by: Actor, device: DeviceId) -> OwnAnswer:
    event = both.asked.event
    return OwnAnswer(
        event=event.id,
        at=time.estimated_at,
        is_taken=isinstance(event.act, Handover),
        is_mine=event.staff == by.staff or event.device == device,
        is_whole=both.put_out is not None,
    )
