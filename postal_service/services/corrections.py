"""Put right what was told wrongly: by a new event, with a maker and a checker. Nothing is changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from postal_service.domain import acts
from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import Act, CorrectionKind
from postal_service.domain.ids import EventId, ItemId, StaffId
from postal_service.domain.refusals import NotAllowed, RuleBroken, Unknown
from postal_service.ledger import reading
from postal_service.services import items
from postal_service.services.office_events import OfficeKeys, Told, tell


class UnknownEvent(Unknown):
    code = "correction.unknown_event"


class OwnCorrection(NotAllowed):
    code = "correction.own"


class NotCorrectable(RuleBroken):
    code = "correction.not_correctable"


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

    Replacements stand where the corrected event stood. Raises RoleNeeded, UnknownEvent,
    OwnCorrection, and NotCorrectable for a correction or an event of the registry.
    """
    by.need(Role.MANAGER, Role.ADMINISTRATOR)
    found = reading.entry(session, event)
    if found is None:
        raise UnknownEvent(event=event)
    if maker == by.staff:
        raise OwnCorrection(event=event)
    wrong = found.event
    if not wrong.item or isinstance(wrong.act, acts.Correct):
        raise NotCorrectable(event=event)
    if bool(replacements) != (kind is CorrectionKind.INCORRECT_DATA):
        raise NotCorrectable(event=event)
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
    return Corrected(correction=recorded[0].event, replacements=act.replacements)


def told_of(session: Session, item: ItemId) -> list[EventId]:
    """The events of an item that could be corrected, oldest first."""
    return [
        each.event.id
        for each in reading.entries_of(session, item)
        if not isinstance(each.event.act, acts.Correct)
    ]
