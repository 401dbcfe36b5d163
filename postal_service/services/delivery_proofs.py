"""What only the server can know of the proof that a phone's delivery names; docs/adr/0022.

The delivery code is the story's to judge: its lock is in the ledger. A message code must have been
redeemed, a witness must be a manager over the courier's office, and a card must be that of whom the
office knows. It is asked only of what the events name, so that an upload without such a proof asks
nothing more.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain import acts
from postal_service.domain.clock import claimed
from postal_service.domain.event import Event
from postal_service.domain.ids import DossierId, ItemId
from postal_service.domain.wording_dates import local
from postal_service.services import persons, vouching
from postal_service.services.persons import ShownCard
from postal_service.services.vault import Vault
from postal_service.services.vouching import Vouched
from postal_service.storage.schema import MessageCodeRow


@dataclass(frozen=True)
class Known:
    """What the store knows of the proofs of some deliveries."""

    dossiers: Mapping[ItemId, DossierId | None]
    today: date
    redeemed: frozenset[tuple[str, str]] = frozenset()  # message codes: reference, item
    vouched: frozenset[Vouched] = frozenset()
    of_others: frozenset[ShownCard] = frozenset()

    @classmethod
    def of(
        cls,
        session: Session,
        vault: Vault,
        events: Sequence[Event],
        *,
        dossiers: Mapping[ItemId, DossierId | None],
        at: datetime,
    ) -> "Known":
        """Of these events' deliveries; `dossiers` says whose papers the items are."""
        blank = cls(dossiers, local(at).date())
        told = [(each, each.act) for each in events if isinstance(each.act, acts.Deliver)]
        references = {
            act.proof.reference for _, act in told if isinstance(act.proof, acts.MessageProof)
        }
        vouched = {
            blank.vouched_of(event, act.proof)
            for event, act in told
            if isinstance(act.proof, acts.OverrideProof)
        }
        cards = {card for event, act in told if (card := blank.card_of(event, act)) is not None}
        return cls(
            dossiers,
            blank.today,
            redeemed=_redeemed(session, references) if references else frozenset(),
            vouched=vouching.able(session, vouched),
            of_others=persons.cards_of_others(session, vault, cards) if cards else frozenset(),
        )

    def proves(self, event: Event, act: acts.Deliver) -> bool:
        """Whether the proof that this delivery names holds as far as the server can know."""
        if isinstance(act.proof, acts.MessageProof):
            return (act.proof.reference, event.item) in self.redeemed
        if isinstance(act.proof, acts.OverrideProof):
            return self.vouched_of(event, act.proof) in self.vouched
        return self.card_of(event, act) not in self.of_others

    def vouched_of(self, event: Event, proof: acts.OverrideProof) -> Vouched:
        # Nothing happens after the ledger hears of it, whatever a phone's clock said.
        day = min(local(claimed(event.wall_ms)).date(), self.today)
        return proof.witness, event.unit, day

    def card_of(self, event: Event, act: acts.Deliver) -> ShownCard | None:
        dossier = self.dossiers.get(event.item)
        if dossier is None or not isinstance(act.proof, acts.CardProof):
            return None
        if act.receiver is not acts.Receiver.OWNER and act.commitment:
            return None  # whoever came with a letter, though another may be named; docs/adr/0023
        return ShownCard(dossier, act.receiver, act.proof.last4)


def _redeemed(session: Session, references: Collection[str]) -> frozenset[tuple[str, str]]:
    rows = session.execute(
        select(MessageCodeRow.reference, MessageCodeRow.item).where(
            MessageCodeRow.reference.in_(references), MessageCodeRow.used_at.is_not(None)
        )
    )
    return frozenset((reference, item) for reference, item in rows)
