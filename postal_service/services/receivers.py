"""Who received in the owner's place, and by which paper: bound by the delivery's `pc`, kept under the dossier's key.

The owner is told by reference to the dossier, and so is a delegate who was named in it
(services/delegates.py). Of anybody else the name and the paper are written down where it is given
out; a courier's phone signs the binding without a network, and its words follow.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.acts import Deliver, Receiver
from postal_service.domain.identity import Entitlement, refuse_unless_entitled
from postal_service.domain.ids import DossierId, EventId
from postal_service.domain.receivers import ReceivedBy, read_received
from postal_service.domain.refusals import RuleBroken, Unknown
from postal_service.services import delegated, dossiers, own_events, persons
from postal_service.services.vault import Vault, commitment
from postal_service.storage.schema import CommitmentRow

NAMES: Final = {"name", "paper"}


class UnknownDelivery(Unknown):
    """The ledger has no delivery of this courier under this id, or it does not count there."""

    code = "receiver.unknown_delivery"


class NobodyElse(RuleBroken):
    """The owner himself received: nobody's name is asked."""

    code = "receiver.nobody_else"


class OtherReceiver(RuleBroken):
    """The delivery binds something else than what is told now, or nothing."""

    code = "receiver.other"


@dataclass(frozen=True, kw_only=True)
class Words:
    """What stands behind a delivery's `pc`: it is made of the salt and these two words, as they came."""

    name: str = field(repr=False)
    paper: str = field(repr=False)
    salt: bytes = field(repr=False)

    @property
    def received(self) -> ReceivedBy:
        """Raises BadName or BadPaper."""
        return ReceivedBy(name=self.name, paper=self.paper)

    @property
    def commitment(self) -> str:
        return commitment(self.salt, self.received.content)


def bind(session: Session, vault: Vault, dossier: DossierId, claimed: Entitlement) -> str:
    """Keep who receives, for the event that tells it; its commitment, "" where the dossier tells it.

    The caller has asked `dossiers.visible` or may see the item. Raises NoAuthorisation,
    ReceiverNotNamed, OwnerNeedsNoPaper, BadName, BadPaper or DossierErased.
    """
    if is_the_delegate(session, dossier, claimed):
        return ""
    refuse_unless_entitled(claimed)
    if claimed.receiver is Receiver.OWNER:
        return ""
    received = read_received(claimed)
    return persons.commit(session, persons.key_of(session, vault, dossier), received.content)


def is_the_delegate(session: Session, dossier: DossierId, claimed: Entitlement) -> bool:
    """Whoever was named needs no paper once more; somebody else may come by one nevertheless."""
    authorised = claimed.receiver is Receiver.AUTHORISED and not claimed.tells
    return authorised and dossier in delegated.all_named(session, [dossier])


def as_reason(receiver: Receiver, bound: str) -> str:
    """What the step of a result given over a desk says: who came, and what binds him."""
    return f"{receiver.value}: {bound}" if bound else receiver.value


def read_reason(reason: str) -> tuple[str, str]:
    """The right and the commitment in what `as_reason` wrote; "" where nobody is bound."""
    right, _, bound = reason.partition(": ")
    return right, bound


def tell(session: Session, vault: Vault, delivery: EventId, told: Words, *, by: Actor) -> bool:
    """Enter the words of a delivery that a phone has signed; False where they were entered before.

    Raises UnknownDelivery, NobodyElse, BadName, BadPaper, OtherReceiver or DossierErased; then
    nothing is kept.
    """
    found = own_events.counting(session, delivery, by=by)
    if found is None or not isinstance(act := found.event.act, Deliver):
        raise UnknownDelivery(event=delivery)
    if act.receiver is Receiver.OWNER:
        raise NobodyElse
    if told.commitment != act.commitment:
        raise OtherReceiver
    dossier = dossiers.of_items(session, [found.event.item]).get(found.event.item)
    if dossier is None:
        raise UnknownDelivery(event=delivery)
    dossiers.row_of(session, dossier)  # sent twice at once, they are entered once
    key = persons.key_of(session, vault, dossier)
    kept = session.get(CommitmentRow, act.commitment)
    if kept is not None and kept.dossier != dossier:
        raise OtherReceiver  # one salt for two dossiers: the words are kept with the first
    if kept is not None:
        return False
    persons.keep_committed(session, key, act.commitment, told.salt, told.received.content)
    return True


def words_of(
    session: Session, vault: Vault, dossier: DossierId, commitments: Collection[str]
) -> Mapping[str, Words]:
    """The words that have come, by commitment; none of an erased dossier.

    The caller has asked `visible`.
    """
    kept = persons.committed(session, vault, dossier, commitments)
    return {
        pledged: Words(**content, salt=salt)
        for pledged, (salt, content) in kept.items()
        if content.keys() == NAMES  # what another kind of event binds is not told as a receiver
    }
