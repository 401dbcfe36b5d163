"""Phones that are known to the store without having gone through enrolment: for tests of syncing alone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from postal_service.demo.phone import Answer, Kept, Phone
from postal_service.demo.phone_offers import Parcel
from postal_service.domain.actors import Actor
from postal_service.domain.ids import EventId, ItemId
from postal_service.ledger import signing
from postal_service.services import items
from postal_service.services.examining import Sent, examine
from postal_service.services.office_events import device_id
from postal_service.services.syncing import Outcome, receive
from postal_service.storage.schema import DeviceRow
from tests.clock import NOON, Clock
from tests.mobile_api.phones import custody_of
from tests.services.world import VAULT


def no_line(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
    raise ConnectionError("There is no network here.")


def known_phone(session: Session, courier: Actor, clock: Clock, *carrying: ItemId) -> Phone:
    """An active phone of a courier, offline, that knows the custody of what he carries."""
    phone = Phone(no_line, clock)
    device = device_id()
    session.add(
        DeviceRow(
            id=device,
            kind="phone",
            algorithm="ed25519",
            public_key=signing.public_bytes(phone._key),
            private_key=None,
            staff=courier.staff,
            unit=courier.unit,
            status="active",
            last_sequence=0,
            last_digest=signing.genesis(device),
            enrolled_at=NOON,
            revoked_at=None,
        )
    )
    session.flush()
    phone.enrolled(device, courier.staff, courier.unit)
    phone.custody |= {each.item: each.custody for each in items.standings(session, carrying)}
    return phone


def key_of(phone: Phone) -> tuple[str, bytes]:
    return "ed25519", signing.public_bytes(phone._key)


def hand_over(giver: Phone, receiver: Phone, parcels: Sequence[Parcel]) -> list[EventId]:
    """Two phones without a network: one shows an offer, the other countersigns."""
    code = giver.offer_code(parcels)
    custody = custody_of(giver, *(each.item for each in parcels))
    return receiver.take(code, parcels, custody, key_of(giver))


def upload(
    session: Session, uploader: Phone, kept: Iterable[Kept], *, at: datetime = NOON
) -> tuple[Outcome, ...]:
    """One batch, as the edge would hand it over."""
    sent = [Sent(each.body, each.signature) for each in kept]
    return receive(session, VAULT, [examine(session, sent, uploader=uploader.device)], at=at)[0]


def statuses(outcomes: Sequence[Outcome]) -> list[str]:
    return [outcome.status.value for outcome in outcomes]
