"""What of an event may be put right without saying that it did not occur: a closed list for each act.

Who acted, on what, and whom it was meant for is not data that was told wrongly: such an event did
not occur, and another one did. What rests on a signature inside the event stays as it was signed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from postal_service.domain import acts, attempts
from postal_service.domain.acts import Act, Condition, Counts, Leg, Receiver, ReservedFor
from postal_service.domain.attempts import Reason
from postal_service.domain.event import Event
from postal_service.domain.ids import EventId
from postal_service.domain.refusals import Malformed, RuleBroken

_FIELDS: Final[dict[type, tuple[str, ...]]] = {
    acts.Accept: ("counts",),
    acts.Handover: ("seal", "counts", "condition"),
    acts.Deliver: ("receiver", "condition", "recovered"),
    acts.Found: ("condition", "why"),
    acts.Pack: ("seal",),
    acts.Withdraw: ("why",),
    acts.Refuse: ("reserved_for", "condition"),
    acts.Depart: ("run",),
    acts.Attempt: ("reason",),
    acts.Hold: ("until",),
    acts.Return: ("why",),
    acts.Forward: ("why",),
    acts.Lost: ("why",),
    acts.Damage: ("condition", "why"),
    acts.Postpone: ("why",),
    acts.Cancel: ("why",),
    acts.Clear: ("counts", "why"),
}
# What no form shows as it was told: it follows from what is written beside it.
_BOUND: Final[dict[type, tuple[str, ...]]] = {acts.Deliver: ("commitment", "exchange")}


class NothingToPutRight(Malformed):
    """Everything is as it was told already."""

    code = "correction.nothing_changes"


class NotOfThisEvent(RuleBroken):
    """The event does not tell this, or a signature inside it holds what it tells."""

    code = "correction.not_of_this_event"


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What the event should have told; what is left out stays as it was told."""

    seal: str | None = None
    counts: Counts | None = None
    condition: Condition | None = None
    receiver: Receiver | None = None
    commitment: str | None = None  # who received, where the receiver is another; "" for the owner
    recovered: int | None = None
    exchange: str | None = None  # shared with the papers' first custody; "" where there is none
    reserved_for: ReservedFor | None = None
    run: str | None = None
    reason: Reason | None = None
    until: date | None = None
    why: str | None = None

    @property
    def told(self) -> dict[str, Any]:
        """The changes by field."""
        return {name: value for name, value in vars(self).items() if value is not None}


def fields_of(act: Act, *, of_bag: bool = False) -> tuple[str, ...]:
    """Which fields of this act can be put right; () where there is none. A bag has no papers to count."""
    if isinstance(act, acts.Accept) and act.leg is Leg.BAG:
        return ()
    if isinstance(act, acts.Handover) and act.offer_code:
        return ("condition",)  # seal and counts stand in the offer that the giver signed
    told = _FIELDS.get(type(act), ())
    return tuple(name for name in told if not (of_bag and name == "counts"))


def rewritten(act: Act, changes: Changes) -> Act:
    """The act as it should have been told. Raises NotOfThisEvent or NothingToPutRight."""
    told = changes.told
    strange = told.keys() - set(fields_of(act)) - set(_BOUND.get(type(act), ()))
    if strange:
        raise NotOfThisEvent(field=min(strange))
    if "reason" in told:
        rule = attempts.REASONS[told["reason"]]
        told |= {
            "reason": told["reason"].value,
            "action": rule.default_action.value,
            "counted": attempts.counts(told["reason"]),
            "agreed_for": "",  # it went with the reason
        }
        if isinstance(act, acts.Attempt) and told["reason"] == act.reason:
            raise NothingToPutRight
    if "until" in told:
        told["until"] = told["until"].isoformat()
    made: Act = replace(act, **told)
    if made == act:
        raise NothingToPutRight
    return made


def first_told(event: EventId, instead_of: Mapping[EventId, EventId]) -> EventId:
    """The event in whose place this one stands, itself where it stands for no other.

    `instead_of` names the wrong event for each right one; what put something right may be wrong too.
    """
    seen = {event}
    while (wrong := instead_of.get(event)) is not None and wrong not in seen:
        seen.add(wrong)
        event = wrong
    return event


def in_place(event: Event, wrong: Event) -> Event:
    """The right data in the hands, at the place and at the time of what was told wrongly.

    Another act than the wrong one has hands and a time of its own.
    """
    if type(event.act) is not type(wrong.act):
        return event
    return replace(
        event, staff=wrong.staff, unit=wrong.unit, wall_ms=wrong.wall_ms, sequence=wrong.sequence
    )
