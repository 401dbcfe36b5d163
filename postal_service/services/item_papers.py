"""What the papers of one item's end are made of: its delivery, its way back to the agency, its whole chain for a court.

Each is read at one instant. They name citizens in full, so reading them is a look that is logged;
of the chain only where somebody has received.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain import acts
from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import Capacity, Deliver, Leg
from postal_service.domain.custody import State
from postal_service.domain.ids import DossierId, ItemId, StaffId, UnitCode
from postal_service.domain.money import Line, Means, PaymentState
from postal_service.domain.persons import Person, PersonRole
from postal_service.domain.refusals import RuleBroken
from postal_service.domain.wording_dates import local
from postal_service.ledger import checkpoint, notes
from postal_service.ledger.checkpoint import Kept
from postal_service.ledger.witness import Policy
from postal_service.projections.timelines import Moment
from postal_service.services import directory, dossiers, overview, persons, receivers
from postal_service.services.items import UnknownItem
from postal_service.services.overview import ItemView
from postal_service.services.persons import Purpose
from postal_service.services.receivers import Words
from postal_service.services.vault import Vault
from postal_service.storage.schema import MoneyRow

RECORDING = (Role.POSTAL_CLERK, Role.MANAGER, Role.DESK_CLERK)
EXTRACTING = (Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)


class NotDelivered(RuleBroken):
    """No delivery of this item counts, so nobody confirms one."""

    code = "record.not_delivered"


class NotSentBack(RuleBroken):
    """The way of this result back to its agency was never begun."""

    code = "record.not_sent_back"


class NotSignedYet(RuleBroken):
    """No witnessed checkpoint covers the item's newest event yet; the next one will."""

    code = "record.not_signed_yet"


@dataclass(frozen=True, kw_only=True)
class TakenThen:
    """One charge that was paid into the hand that gave the result out."""

    line: Line
    means: Means
    reference: str
    amount_dong: int


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A result in the citizen's hand. `names` of old papers were agreed on; the event tells how many came."""

    view: ItemView
    moment: Moment
    act: Deliver
    at_door: bool
    people: Mapping[PersonRole, Person]
    communes: Mapping[UnitCode, str]  # the names of those that they live in
    received: Mapping[str, Words]  # whoever received for another, by what the delivery binds
    witness: str  # who vouched beside the giver; "" where a proof was shown
    old_papers: tuple[str, ...]
    taken: tuple[TakenThen, ...]


@dataclass(frozen=True, kw_only=True)
class WayBack:
    """A result on its way back. `taken` is the agency's signature, None before it."""

    view: ItemView
    begun: Moment
    taken: Moment | None
    people: Mapping[PersonRole, Person]
    communes: Mapping[UnitCode, str]  # the names of those that they live in


@dataclass(frozen=True, kw_only=True)
class Chain:
    """Every event of an item, beneath the newest checkpoint that enough witnesses signed."""

    view: ItemView
    origin: str
    signed: Kept
    people: Mapping[PersonRole, Person]  # to whom it may have been given; nobody before a delivery
    received: Mapping[str, Words]


def delivery(
    session: Session, vault: Vault, number: ItemId, *, by: Actor, at: datetime
) -> Delivery:
    """The delivery of a result, with one logged look. Raises UnknownItem, NotDelivered or DossierErased."""
    view, dossier = _of_dossier(session, number, by=by)
    moment = _newest(view, Deliver)
    if moment is None or not isinstance(moment.act, Deliver):
        raise NotDelivered(item=number)
    proof = moment.act.proof
    vouched = proof.witness if isinstance(proof, acts.OverrideProof) else ""
    own = dossiers.items_of(session, dossier)
    people = _look(session, vault, dossier, by=by, at=at)
    return Delivery(
        view=view,
        moment=moment,
        act=moment.act,
        at_door=_capacity_before(view, moment) is Capacity.COURIER,
        people=people,
        communes=overview.communes_of(session, people.values()),
        received=_received(session, vault, view),
        witness=directory.names(session, [StaffId(vouched)]).get(StaffId(vouched), vouched),
        old_papers=next((each.collect_back for each in own if each.item == number), ()),
        taken=_taken_then(session, dossier, moment),
    )


def way_back(session: Session, vault: Vault, number: ItemId, *, by: Actor, at: datetime) -> WayBack:
    """A result that goes back or is back, with one logged look. On its way it may still be delivered.

    Raises UnknownItem, NotSentBack or DossierErased.
    """
    view, dossier = _of_dossier(session, number, by=by)
    begun, standing = _newest(view, acts.Return), view.standing
    went_back = standing.returning and standing.state is not State.DELIVERED
    if begun is None or standing.leg is not Leg.OUT or not went_back:
        raise NotSentBack(item=number)
    last = _newest(view, acts.Handover)
    people = _look(session, vault, dossier, by=by, at=at)
    return WayBack(
        view=view,
        begun=begun,
        taken=last if view.standing.ended else None,
        people=people,
        communes=overview.communes_of(session, people.values()),
    )


def chain(
    session: Session, vault: Vault, number: ItemId, *, policy: Policy, by: Actor, at: datetime
) -> Chain:
    """The whole chain of an item, with one logged look where it tells who received.

    Raises RoleNeeded, UnknownItem or NotSignedYet.
    """
    by.need(*EXTRACTING)
    view = overview.item(session, number, by=by)
    signed = checkpoint.newest_witnessed(session, policy.quorum, policy.witnesses)
    if signed is None or signed.size <= max((each.index for each in view.moments), default=-1):
        raise NotSignedYet(item=number)
    head = checkpoint.read(notes.read(signed.note).text)
    people: Mapping[PersonRole, Person] = {}
    was_given = any(isinstance(each.act, Deliver) for each in view.moments)
    if was_given and view.dossier is not None and view.dossier.erased_at is None:
        people = _look(session, vault, view.dossier.id, by=by, at=at)
    received = _received(session, vault, view)
    return Chain(view=view, origin=head.origin, signed=signed, people=people, received=received)


def _of_dossier(session: Session, number: ItemId, *, by: Actor) -> tuple[ItemView, DossierId]:
    view = overview.item(session, number, by=by)
    if view.dossier is None:
        raise UnknownItem(item=number)
    return view, view.dossier.id


def _look(
    session: Session, vault: Vault, dossier: DossierId, *, by: Actor, at: datetime
) -> Mapping[PersonRole, Person]:
    return persons.look(session, vault, dossier, purpose=Purpose.PRINTING, by=by, at=at)


def _received(session: Session, vault: Vault, view: ItemView) -> Mapping[str, Words]:
    if view.dossier is None:
        return {}
    bound = {each.act.commitment for each in view.moments if isinstance(each.act, Deliver)} - {""}
    return receivers.words_of(session, vault, view.dossier.id, bound)


def _newest(view: ItemView, kind: type) -> Moment | None:
    counting = [each for each in view.moments if isinstance(each.act, kind) and each.counts]
    return counting[-1] if counting else None


def _capacity_before(view: ItemView, moment: Moment) -> Capacity | None:
    """In which office the giver held it. What was put right stands where the wrong one stood."""
    held = [
        each.act.capacity
        for each in sorted(view.moments, key=lambda each: each.place)
        if each.place < moment.place
        and each.counts
        and isinstance(each.act, (acts.Accept, acts.Handover, acts.Found))
    ]
    return held[-1] if held else None


def _taken_then(session: Session, dossier: DossierId, moment: Moment) -> tuple[TakenThen, ...]:
    """What whoever delivered it took for its dossier on that day, charge by charge."""
    rows = session.scalars(
        select(MoneyRow)
        .filter_by(dossier=dossier, staff=moment.by.staff, state=PaymentState.PAID.value)
        .order_by(MoneyRow.id)
    )
    return tuple(
        TakenThen(
            line=Line(row.line),
            means=Means(row.method),
            reference=row.reference,
            amount_dong=row.amount_dong,
        )
        for row in rows
        if local(row.at).date() in moment.time.days
    )
