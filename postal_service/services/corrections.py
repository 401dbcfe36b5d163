"""Put right what was told wrongly: by a new event, with a maker and a checker. Nothing is changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from postal_service.domain import acts
from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import Act, CorrectionKind
from postal_service.domain.event import Event
from postal_service.domain.identity import Entitlement
from postal_service.domain.ids import EventId, ItemId, StaffId
from postal_service.domain.refusals import NotAllowed, RuleBroken, Unknown
from postal_service.domain.rewriting import Changes, first_told, in_place, rewritten
from postal_service.ledger import reading
from postal_service.projections import exchanges, seals
from postal_service.services import (
    consequences,
    dossiers,
    items,
    receivers,
    return_envelopes,
    sealing,
)
from postal_service.services.office_events import OfficeKeys, Told, tell


class UnknownEvent(Unknown):
    code = "correction.unknown_event"


class OwnCorrection(NotAllowed):
    code = "correction.own"


class WitnessChecks(NotAllowed):
    """Whoever vouched for what happened does not check what is told of it instead: two would be one."""

    code = "correction.witness_checks"


class NotCorrectable(RuleBroken):
    code = "correction.not_correctable"


class CorrectedAlready(RuleBroken):
    """Another correction of this event stands; what it put in its place can be put right."""

    code = "correction.corrected_already"


@dataclass(frozen=True, kw_only=True)
class Corrected:
    correction: EventId
    replacements: tuple[EventId, ...]


def correct(
    session: Session,
    keys: OfficeKeys,
    event: EventId,
    *,
    kind: CorrectionKind,
    replacements: Sequence[Act] = (),
    maker: StaffId,
    why: str,
    by: Actor,
    at: datetime,
) -> Corrected:
    """Say that an event did not occur or told wrong data; `by` checks what `maker` found.

    Replacements stand where the corrected event stood. A seal serial that was not used after all
    is free again. Raises RoleNeeded, UnknownEvent, OwnCorrection, WitnessChecks, CorrectedAlready, and
    NotCorrectable for a correction or an event of the registry.
    """
    by.need(Role.MANAGER, Role.ADMINISTRATOR)
    found = reading.entry(session, event)
    if found is None:
        raise UnknownEvent(event=event)
    if maker == by.staff:
        raise OwnCorrection(event=event)
    if by.staff in map(_witness, replacements):
        raise WitnessChecks(event=event)
    wrong = found.event
    if not wrong.item or isinstance(wrong.act, acts.Correct):
        raise NotCorrectable(event=event)
    if bool(replacements) != (kind is CorrectionKind.INCORRECT_DATA):
        raise NotCorrectable(event=event)
    items.lock(session, [wrong.item])
    if event not in told_of(session, wrong.item):
        raise CorrectedAlready(event=event)
    seals.free(session, wrong, replacements)
    standing_in = [Told(item=wrong.item, parent=wrong.parent, act=act) for act in replacements]
    told = tell(session, keys, standing_in, by=by, at=at)
    act = acts.Correct(
        corrects=event,
        kind=kind,
        replacements=tuple(each.event for each in told),
        maker=maker,
        why=why,
    )
    custody = items.standing(session, wrong.item).custody
    recorded = tell(session, keys, [Told(item=wrong.item, parent=custody, act=act)], by=by, at=at)
    consequences.after_correction(session, wrong.item, by=by, at=at)
    return Corrected(correction=recorded[0].event, replacements=act.replacements)


def _witness(act: Act) -> StaffId | None:
    """Who vouched beside whoever tells it; what replaces an event is told by the checker."""
    match act:
        case acts.Deliver(proof=acts.OverrideProof(witness=witness)):
            return witness
        case acts.Clear(witness=witness) | acts.Pack(witness=witness):
            return witness
        case _:
            return None


def rewrite(
    session: Session,
    keys: OfficeKeys,
    event: EventId,
    changes: Changes,
    *,
    maker: StaffId,
    why: str,
    received: Entitlement | None = None,
    by: Actor,
    at: datetime,
) -> Corrected:
    """Say what an event should have told; the same person did it, at the same time and place.

    `received` is who came at a delivery, where that was told wrongly or not at all. A delivery that
    is put right bears the exchange of the papers that were taken back with it.

    Raises what `correct` raises, NotOfThisEvent, NothingToPutRight, SealUsed for a serial that
    stands on another item, and what `receivers.bind` raises.
    """
    found = reading.entry(session, event)
    if found is None:
        raise UnknownEvent(event=event)
    if isinstance(found.event.act, acts.Deliver):
        changes = _bound(session, keys, found.event.item, found.event.act, changes, received)
        exchange = _exchange(session, found.event.item, found.event.act, changes)
        changes = replace(changes, exchange=exchange)
    act = rewritten(found.event.act, changes)
    if isinstance(act, acts.Pack):
        sealing.free(session, act.seal)
    return correct(
        session,
        keys,
        event,
        kind=CorrectionKind.INCORRECT_DATA,
        replacements=[act],
        maker=maker,
        why=why,
        by=by,
        at=at,
    )


def _bound(
    session: Session,
    keys: OfficeKeys,
    item: ItemId,
    wrong: acts.Deliver,
    changes: Changes,
    received: Entitlement | None,
) -> Changes:
    """Whoever received is bound anew where the right he came in, his name or his paper is another."""
    right = changes.receiver or wrong.receiver
    claimed = received or Entitlement(receiver=right)
    if right is wrong.receiver and not claimed.tells:
        return changes
    dossier = dossiers.of_items(session, [item]).get(item)
    if dossier is None:
        raise UnknownEvent(event="")
    pledged = receivers.bind(session, keys.vault, dossier, replace(claimed, receiver=right))
    return replace(changes, commitment=pledged)


def _exchange(session: Session, item: ItemId, wrong: acts.Deliver, changes: Changes) -> str:
    """What the papers that were taken back name, for both halves to be one exchange.

    Certified copies alone are papers too: only where nobody signed for any does nothing go with it.
    """
    back = return_envelopes.of(session, [item]).get(item)
    taken = exchanges.taken(session, wrong.exchange, back.envelope if back else ItemId(""))
    if taken:
        return taken
    return "" if changes.recovered == 0 else wrong.exchange


def told_of(session: Session, item: ItemId) -> list[EventId]:
    """The events of an item that could be corrected, oldest first."""
    return _correctable([each.event for each in reading.entries_of(session, item)])


def counting(events: Iterable[Event]) -> list[Event]:
    """The events of an item without what was corrected, in the order in which the ledger got them.

    What stands in for another event has that one's time, hands and place, in this order too.
    """
    told = {each.id: each for each in events}
    instead_of: dict[EventId, EventId] = {}
    for each in told.values():
        if isinstance(each.act, acts.Correct):
            instead_of.update(dict.fromkeys(each.act.replacements, each.act.corrects))
    order = list(told)
    first = {event: first_told(event, instead_of) for event in _correctable(told.values())}
    standing = sorted(first, key=lambda event: order.index(first[event]))
    return [in_place(told[event], told[first[event]]) for event in standing]


def _correctable(events: Iterable[Event]) -> list[EventId]:
    told = list(events)
    corrected = {each.act.corrects for each in told if isinstance(each.act, acts.Correct)}
    return [
        each.id
        for each in told
        if not isinstance(each.act, acts.Correct) and each.id not in corrected
    ]
