"""A courier at the door asks that the citizen be sent a code, and tells the code he hears.

The courier never sees the number it goes to. What he redeems is named in his phone's delivery
event by its reference.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.acts import Leg
from postal_service.domain.custody import Standing
from postal_service.domain.custody_rules import NotForDelivery
from postal_service.domain.ids import DossierId, ItemId
from postal_service.domain.persons import PersonRole
from postal_service.services import dossiers, items, message_codes, outbox, persons, sight
from postal_service.services.items import UnknownItem
from postal_service.services.outbox import Message, UnknownMessage
from postal_service.services.persons import Purpose
from postal_service.services.vault import Vault

# A named delegate receives in the owner's place; else whoever the result is brought to.
ADDRESSEES = (
    PersonRole.DELEGATE,
    PersonRole.RECEIVER,
    PersonRole.OWNER,
    PersonRole.SUBMITTER,
)


def send(
    session: Session, vault: Vault, item: ItemId, *, can_send: bool, by: Actor, at: datetime
) -> str:
    """Send the item's citizen a one-time code; the reference that names it.

    Raises UnknownItem unless this courier holds the item, NotForDelivery, DossierErased, NoGateway,
    NoPhone or TooManyCodes.
    """
    standing = _held(session, item, by)
    if standing.leg is not Leg.OUT or standing.returning:
        raise NotForDelivery(item=item, leg=standing.leg)
    dossier = dossiers.of_items(session, [item]).get(item)
    if dossier is None:
        raise UnknownItem(item=item)
    phone = _phone(session, vault, dossier, by, at)
    return message_codes.send(session, vault, item, phone=phone, can_send=can_send, by=by, at=at)


def sent(session: Session, item: ItemId, *, by: Actor) -> Message:
    """How the newest message about an item stands.

    Raises UnknownItem unless this courier holds the item, or UnknownMessage where there is none.
    """
    # Looked at and not locked: a phone that asks must not wait for who decides.
    _refuse_unless_held(sight.item(session, item, by=by), by)
    found = outbox.newest(session, item)
    if found is None:
        raise UnknownMessage
    return found


def count_try(session: Session, item: ItemId, *, by: Actor, at: datetime) -> str:
    """Count a try before the code is compared; commit, then `redeem`.

    Raises UnknownItem or MessageCodeWrong.
    """
    _held(session, item, by)
    return message_codes.count_try(session, item, at=at, told_again=True)


def redeem(session: Session, vault: Vault, reference: str, code: str, *, at: datetime) -> None:
    """Use the code; told again, it is answered the same: at a door an answer is easily lost.

    A counter delivers in the very transaction that uses a code, so that none is told there again.
    Raises MessageCodeWrong.
    """
    message_codes.redeem(session, vault, reference, code, at=at, told_again=True)


def _held(session: Session, item: ItemId, by: Actor) -> Standing:
    standing = items.standing(session, item)
    _refuse_unless_held(standing, by)
    return standing


def _refuse_unless_held(standing: Standing, by: Actor) -> None:
    if standing.holder is None or standing.holder.staff != by.staff:
        raise UnknownItem(item=standing.item)


def _phone(session: Session, vault: Vault, dossier: DossierId, by: Actor, at: datetime) -> str:
    found = persons.look_many(
        session, vault, [dossier], purpose=Purpose.DELIVERY, by=by, at=at, roles=ADDRESSEES
    )[dossier]
    return message_codes.mobile_of(found[role].phone for role in ADDRESSEES if role in found)
