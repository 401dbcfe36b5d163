"""Delivery over a counter: who came, by what right, on which proof; a result closes its dossier.

The citizen's card is compared with the dossier and forgotten. The one-time code is counted in one
transaction and redeemed in the next (services/message_codes.py).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import Capacity, Counts, Leg, OverrideProof, Proof, Receiver
from postal_service.domain.crockford import Token
from postal_service.domain.custody import Standing
from postal_service.domain.custody_rules import NotForDelivery
from postal_service.domain.identity import (
    CardComparison,
    CitizenCard,
    Entitlement,
    compare_written,
    contradictions,
    refuse_contradictions,
    refuse_unless_entitled,
)
from postal_service.domain.ids import DossierId, ItemId, UnitCode
from postal_service.domain.persons import Person, PersonRole, compare_kept, owner_of
from postal_service.domain.refusals import Malformed, RuleBroken
from postal_service.domain.wording_dates import local
from postal_service.services import (
    charges,
    delivery,
    directory,
    dossiers,
    message_codes,
    numbers,
    persons,
    receivers,
    results,
    return_envelopes,
    sight,
)
from postal_service.services.delivery import Delivered, Recovered
from postal_service.services.door_codes import ADDRESSEES
from postal_service.services.items import UnknownItem
from postal_service.services.office_events import OfficeKeys
from postal_service.services.persons import Purpose
from postal_service.services.vault import Vault
from postal_service.storage.schema import ItemRow


class StillDue(RuleBroken):
    """Something of the dossier is to be paid, or waived by its rule, before its result is given out."""

    code = "delivery.still_due"


class NotTakenBack(Malformed):
    """The result is given for old papers: they are taken back, or the citizen cannot give them."""

    code = "delivery.not_taken_back"


class WitnessFromElsewhere(RuleBroken):
    """Whoever vouches beside the manager belongs to his office, and was there."""

    code = "delivery.witness_from_elsewhere"


DELIVERING = (Role.POSTAL_CLERK, Role.MANAGER, Role.DESK_CLERK)


@dataclass(frozen=True, kw_only=True)
class HandedOver:
    """A delivery over the counter; the recovered papers' item, where there are any, with its label."""

    delivered: Delivered
    recovered_item: ItemId | None
    label: Token | None


def deliver(
    session: Session,
    keys: OfficeKeys,
    item: ItemId,
    *,
    entitlement: Entitlement,
    proof: Proof,
    recovered: Counts,
    cannot_give_back: bool = False,
    service: str,
    by: Actor,
    at: datetime,
) -> HandedOver:
    """Give the citizen a result, or back what he withdrew.

    Papers taken back for a result become an item that goes to the agency. Where the citizen
    `cannot_give_back` what the result is given for, the delivery tells that nothing was taken back.

    Raises UnknownItem, NotTakenBack, StillDue, NotTheHolder, NotForDelivery, ItemFrozen,
    WrongDeliveryCode, WitnessIsHimself, WitnessFromElsewhere, RoleNeeded, and what `receivers.bind`
    raises; then nothing is recorded.
    """
    standing = sight.item(session, item, by=by)
    dossier = dossiers.of_items(session, [item]).get(item)
    if dossier is None:
        raise UnknownItem(item=item)
    commitment = receivers.bind(session, keys.vault, dossier, entitlement)
    _refuse_unless_taken_back(session, standing, recovered, cannot_give_back=cannot_give_back)
    if isinstance(proof, OverrideProof) and not directory.works_under(
        session, proof.witness, by.path
    ):
        raise WitnessFromElsewhere(unit=by.unit)
    if not standing.withdrawn:
        _refuse_while_due(session, item)
    if recovered.total and (standing.withdrawn or _gives_back(session, dossier, by)):
        raise NotForDelivery(item=item, leg=standing.leg)  # nothing is exchanged without a result
    back, label = None, None
    if recovered.total:
        back, label = _item_back(session, item, service=service, by=by, at=at)
    delivered = delivery.deliver(
        session,
        keys,
        item,
        receiver=entitlement.receiver,
        proof=proof,
        recovered=Recovered(item=back, counts=recovered) if back else None,
        commitment=commitment,
        by=by,
        at=at,
    )
    results.note_delivered(session, [item], at=at)
    return HandedOver(delivered=delivered, recovered_item=back, label=label)


def refuse_unless_taken_back(
    session: Session, item: ItemId, recovered: Counts, *, cannot_give_back: bool, by: Actor
) -> None:
    """Say before a proof is used up whether the old papers are missing. Raises UnknownItem or NotTakenBack."""
    standing = sight.item(session, item, by=by)
    _refuse_unless_taken_back(session, standing, recovered, cannot_give_back=cannot_give_back)


def send_code(
    session: Session, vault: Vault, item: ItemId, *, can_send: bool, by: Actor, at: datetime
) -> str:
    """Send the citizen a one-time code; the look at his number is logged.

    Raises UnknownItem, NotForDelivery, DossierErased, NoGateway, NoPhone or TooManyCodes.
    """
    standing = held_here(session, item, by=by)
    if standing.leg is not Leg.OUT or standing.returning:
        raise NotForDelivery(item=item, leg=standing.leg)
    people = _people(session, vault, item, by=by, at=at)
    phone = message_codes.mobile_of(people[role].phone for role in ADDRESSEES if role in people)
    return message_codes.send(session, vault, item, phone=phone, can_send=can_send, by=by, at=at)


def count_try(session: Session, item: ItemId, *, by: Actor, at: datetime) -> str:
    """Count a try of a one-time code. Commit before `message_codes.redeem`.

    Raises UnknownItem or MessageCodeWrong.
    """
    held_here(session, item, by=by)
    return message_codes.count_try(session, item, at=at)


def compare_card(
    session: Session,
    vault: Vault,
    item: ItemId,
    card: CitizenCard,
    claimed: Entitlement,
    *,
    by: Actor,
    at: datetime,
) -> CardComparison:
    """Compare a card with itself, and the owner's or the named delegate's with the dossier; the look is logged.

    Anybody else's is compared with the name that was written down for him, and nobody looks.
    What it contradicts is the answer and no refusal: that would take the log of the look back.
    Raises UnknownItem or DossierErased; NoAuthorisation or ReceiverNotNamed where nobody else was
    named, and IdentityContradicts where the card contradicts itself or that name: then nobody has
    looked yet.
    """
    refuse_contradictions(contradictions(card, today=local(at).date()))
    is_owner = claimed.receiver is Receiver.OWNER
    if not is_owner and not receivers.is_the_delegate(
        session, _dossier(session, item, by=by), claimed
    ):
        refuse_unless_entitled(claimed)
        compared = compare_written(card, name=claimed.name, last4="")
        refuse_contradictions(compared.found)
        return compared
    people = _people(session, vault, item, by=by, at=at)
    return compare_kept(card, owner_of(people) if is_owner else people.get(PersonRole.DELEGATE))


def held_here(session: Session, item: ItemId, *, by: Actor) -> Standing:
    """An item that lies in this person's hands or at his counter. Raises UnknownItem."""
    standing = sight.item(session, item, by=by)
    holder = standing.holder
    at_counter = (
        holder is not None and holder.unit == by.unit and holder.capacity is not Capacity.COURIER
    )
    if holder is None or not (holder.staff == by.staff or at_counter):
        raise UnknownItem(item=item)
    return standing


def _gives_back(session: Session, dossier: DossierId, by: Actor) -> bool:
    return dossiers.visible(session, dossier, by=by).gives_back


def _refuse_unless_taken_back(
    session: Session, standing: Standing, recovered: Counts, *, cannot_give_back: bool
) -> None:
    back = return_envelopes.of(session, [standing.item]).get(standing.item)
    if back is None or standing.withdrawn or recovered.total or cannot_give_back:
        return
    raise NotTakenBack(papers="; ".join(back.papers))


def _refuse_while_due(session: Session, item: ItemId) -> None:
    # At a door nothing is refused (docs/adr/0010): what the citizen has in hand, he has.
    if charges.owed(session, dossiers.of_items(session, [item]).values()):
        raise StillDue(item=item)


def _item_back(
    session: Session, item: ItemId, *, service: str, by: Actor, at: datetime
) -> tuple[ItemId, Token | None]:
    row = session.get(ItemRow, item)
    dossier = dossiers.of_items(session, [item]).get(item)
    if row is None or dossier is None:
        raise UnknownItem(item=item)
    empty = return_envelopes.empty(session, item)
    if empty:  # it was out with the courier, and came back as it went
        return empty, None
    back, label = numbers.item_number(session, service), numbers.label()
    dossiers.give_item(
        session,
        back,
        Leg.RET,
        dossier,
        origin=by.unit,
        destination=UnitCode(row.origin_unit),
        token_hash=label.digest,
        made_by=by.staff,
        day=local(at).date(),
    )
    return back, label.token


def _people(
    session: Session, vault: Vault, item: ItemId, *, by: Actor, at: datetime
) -> dict[PersonRole, Person]:
    dossier = _dossier(session, item, by=by)
    return persons.look(session, vault, dossier, purpose=Purpose.DELIVERY, by=by, at=at)


def _dossier(session: Session, item: ItemId, *, by: Actor) -> DossierId:
    dossier = dossiers.of_items(session, [item]).get(item)
    if dossier is None:
        raise UnknownItem(item=item)
    dossiers.visible(session, dossier, by=by)
    return dossier
