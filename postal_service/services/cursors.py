"""How far a phone has heard: a place in the ledger, and which rounds it was given."""

import json
from collections.abc import Collection
from dataclasses import dataclass

from postal_service.domain import acts
from postal_service.domain.event import Event
from postal_service.domain.ids import StaffId
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


def may_take(event: Event, courier: StaffId, devices: Collection[str]) -> bool:
    """Whether this event can end a courier's business with an item."""
    act = event.act
    if isinstance(act, acts.Handover) and act.giver in devices:
        return True
    if event.staff == courier:
        return True
    # Told by others: an offer taken back or answered, a story told differently.
    return isinstance(act, acts.Withdraw | acts.Refuse | acts.Correct | acts.Found)
