"""How far a phone has heard: a place in the ledger, and which rounds it was given."""

import json
from collections.abc import Collection
from dataclasses import dataclass

from postal_service.domain import acts
from postal_service.domain.event import Event
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.domain.refusals import Malformed, OutOfDate
from postal_service.ledger import base64_strict

PAGE = 500  # events looked at in one answer
OLDEST = 20_000  # events; whoever is farther behind loads everything anew
LONGEST = 200  # characters


class CursorMalformed(Malformed):
    code = "sync.cursor_malformed"


class CursorExpired(OutOfDate):
    code = "sync.cursor_expired"


@dataclass(frozen=True)
class Cursor:
    """The size of the ledger when the phone last listened, and a hash over its rounds."""

    size: int
    rounds: str

    @property
    def written(self) -> str:
        told = json.dumps([self.size, self.rounds], separators=(",", ":"))
        return base64_strict.write_url(told.encode())

    @property
    def stretch(self) -> int:
        """Which part of the ledger it is from: no cursor expires before a later part has begun."""
        return self.size // (OLDEST // 2)


def read(written: str) -> Cursor:
    """The cursor a phone sends back. Raises CursorMalformed."""
    try:
        told = json.loads(base64_strict.read_url(written[:LONGEST]))
    except (ValueError, RecursionError):
        raise CursorMalformed from None
    match told:
        case [int() as size, str() as rounds] if not isinstance(size, bool) and size >= 0:
            return Cursor(size, rounds)
        case _:
            raise CursorMalformed


def refuse_if_too_old(cursor: Cursor, size: int) -> None:
    """Raises CursorExpired for one far behind, or from a ledger that knew more than this one."""
    if not 0 <= size - cursor.size <= OLDEST:
        raise CursorExpired


def ends(event: Event, courier: StaffId, devices: Collection[str]) -> bool:
    """Whether it can end this courier's business with an item: he told it, or somebody took it from him."""
    act = event.act
    return event.staff == courier or (isinstance(act, acts.Handover) and act.giver in devices)


def may_end(event: Event, unit: UnitCode, devices: Collection[str]) -> bool:
    """Whether others told what can end it: an offer to his unit was answered or taken back, his counter
    gave something away, a story is told differently. `concerns` says whether the item was his at all.
    """
    act = event.act
    if isinstance(act, acts.Handover) and act.giver in devices:
        return True
    if isinstance(act, acts.Handover | acts.Deliver):
        return event.unit == unit
    return isinstance(act, acts.Withdraw | acts.Refuse | acts.Correct | acts.Found)


def concerns(told: Event, later: Event, courier: StaffId, unit: UnitCode) -> bool:
    """Whether `told` had made the item this courier's business before `later`: he held it, or it was put out
    for him. Both speak of one custody; only a correction may be of anything that was ever told.
    """
    put_out = _puts_out(told.act, courier, unit)
    if isinstance(later.act, acts.Correct):
        return put_out or told.staff == courier
    if put_out:
        return told.parent == later.parent
    return told.staff == courier and told.id == later.parent


def _puts_out(act: acts.Act, courier: StaffId, unit: UnitCode) -> bool:
    """For this courier, or for whoever of his unit comes first."""
    if not isinstance(act, acts.Offer):
        return False
    return act.to_unit == unit and act.to_staff in {StaffId(""), courier}
