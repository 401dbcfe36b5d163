"""What a courier signs on his phone for what an office has offered in the ledger, and what he offers himself."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from postal_service.demo.phone import Phone
from postal_service.domain import acts
from postal_service.domain.acts import Capacity, Condition, Offer, ReservedFor
from postal_service.domain.ids import EventId, ItemId, StaffId, UnitCode
from postal_service.ledger import base64_strict, reading
from postal_service.ledger.reading import Recorded
from postal_service.ledger.signing import digest
from postal_service.projections import holdings
from postal_service.services import handovers
from tests.clock import NOON
from tests.services.phones import statuses, upload


def newest_offer(session: Session, item: ItemId) -> tuple[Recorded, Offer]:
    """The last offer of an item, as its taker's phone hears of it."""
    told = [
        (entry, entry.event.act)
        for entry in reading.entries_of(session, item)
        if isinstance(entry.event.act, Offer)
    ]
    return told[-1]


def take(
    session: Session, phone: Phone, items: Sequence[ItemId], *, at: datetime = NOON
) -> list[EventId]:
    """Countersigned on the phone, complete and intact, and sent."""
    events = [_handover(session, phone, item) for item in items]
    send(session, phone, at=at)
    return events


def refuse(session: Session, phone: Phone, item: ItemId, why: ReservedFor) -> EventId:
    """Not taken, on the phone, because of `why`; sent."""
    entry, _ = newest_offer(session, item)
    act = acts.Refuse(offer=digest(entry.body), reserved_for=why, condition=Condition.TORN)
    event = phone.tell(item, act, parent=entry.event.parent)
    send(session, phone)
    return event


def offer(session: Session, phone: Phone, items: Sequence[ItemId], to_unit: UnitCode) -> str:
    """What the courier holds, put out for a unit in one act on his phone, and sent; the batch."""
    found = holdings.standings(session, list(items))
    batch, manifest = str(uuid7()), handovers.manifest_hash(list(found.values()))
    for item in items:
        standing = found[item]
        act = Offer(
            to_unit=to_unit,
            to_staff=StaffId(""),
            counts=standing.counts,
            condition=standing.condition,
            seal=standing.seal,
            batch=batch,
            manifest=manifest,
            batch_count=len(items),
        )
        phone.tell(item, act, parent=standing.custody)
    send(session, phone)
    return batch


def send(session: Session, phone: Phone, *, at: datetime = NOON) -> None:
    sending, phone.outbox = phone.outbox, []
    assert set(statuses(upload(session, phone, sending, at=at))) == {"accepted"}


def _handover(session: Session, phone: Phone, item: ItemId) -> EventId:
    entry, offered = newest_offer(session, item)
    act = acts.Handover(
        capacity=Capacity.COURIER,
        counts=offered.counts,
        condition=Condition.OK,
        seal=offered.seal,
        giver=entry.event.device,
        offer=digest(entry.body),
        offer_signature=base64_strict.write(entry.signature),
    )
    return phone.tell(item, act, parent=entry.event.parent)
