"""A courier at a wrong door tells where the receiver is said to live; the office compares it, and sends the item on.

His phone signs the attempt at the door without a network and binds in its `pc` what he heard; the
words follow later and are kept apart from the ledger, erasable. He does not forward: what a
neighbour says neither moves an item nor takes back what was tried (docs/adr/0018).
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from postal_service.domain import attempts
from postal_service.domain.actors import Actor
from postal_service.domain.acts import Attempt
from postal_service.domain.attempts import Reason
from postal_service.domain.ids import EventId, UnitCode
from postal_service.domain.persons import BadAddress
from postal_service.domain.refusals import RuleBroken, Unknown
from postal_service.domain.text import tidy
from postal_service.domain.units import UnknownUnit
from postal_service.domain.wording_dates import local, short_date
from postal_service.services import dossiers, own_events, particulars, persons, places
from postal_service.services.particulars import Changes
from postal_service.services.vault import Vault, commitment
from postal_service.storage.schema import CommitmentRow


class UnknownAttempt(Unknown):
    """The ledger has no attempt of this courier under this id, or it does not count there."""

    code = "door_address.unknown_attempt"


class NoAddressAsked(RuleBroken):
    """The attempt failed for another reason than that the receiver does not live there."""

    code = "door_address.not_asked"


class OtherAddress(RuleBroken):
    """The attempt binds something else than what is told now, or nothing."""

    code = "door_address.other"


@dataclass(frozen=True, kw_only=True)
class Heard:
    """Where the receiver is said to live. `salt` and the two words make the `pc` of the attempt."""

    address: str = field(repr=False)
    commune: str
    salt: bytes = field(repr=False)

    @property
    def commitment(self) -> str:
        return commitment(self.salt, {"address": self.address, "commune": self.commune})


def tell(
    session: Session, vault: Vault, attempt: EventId, heard: Heard, *, by: Actor, at: datetime
) -> bool:
    """Enter what was heard, for a clerk to compare; False where it was entered before.

    Raises UnknownAttempt, NoAddressAsked, OtherAddress, BadAddress, UnknownUnit of what is no commune
    of that day, DossierErased, and NothingChanges, AnotherWaits or NobodyInThisRole of
    services/particulars.py; then nothing is kept.
    """
    tried = own_events.counting(session, attempt, by=by)
    if tried is None or not isinstance(act := tried.event.act, Attempt):
        raise UnknownAttempt(event=attempt)
    if act.reason not in set(Reason) or not attempts.asks_address(Reason(act.reason)):
        raise NoAddressAsked(reason=act.reason)
    if heard.address != tidy(heard.address):
        raise BadAddress(part="text")
    if heard.commitment != act.commitment:
        raise OtherAddress
    dossier = dossiers.of_items(session, [tried.event.item]).get(tried.event.item)
    if dossier is None:
        raise UnknownAttempt(event=attempt)
    dossiers.row_of(session, dossier)  # sent twice at once, it is entered once
    if session.get(CommitmentRow, act.commitment) is not None:
        return False
    _refuse_unless_commune(session, UnitCode(heard.commune), at)
    key = persons.key_of(session, vault, dossier)
    told = {"address": heard.address, "commune": heard.commune}
    particulars.heard_at_door(session, vault, dossier, Changes(**told), by=by, at=at)
    persons.keep_committed(session, key, act.commitment, heard.salt, told)
    return True


def _refuse_unless_commune(session: Session, code: UnitCode, at: datetime) -> None:
    day = local(at).date()
    if places.place(session, code, day=day).kind != places.COMMUNE:
        raise UnknownUnit(unit=code, day=short_date(day))
