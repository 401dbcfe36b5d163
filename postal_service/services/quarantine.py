"""What phones sent and the ledger could not take, for a person to look at and settle.

Bytes whose signature or chain does not hold can never enter. An event that is sound but names an
unknown item, an unproved delivery or a revoked phone can be let in by the head of the unit; what
its phone told after it, and was held, then follows by itself. The chain of a phone has no gap, so a
sound event that comes next in it cannot be put on file: it is let in and, if it did not occur,
corrected by two people like anything else in the ledger.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.ids import DeviceId, EventId
from postal_service.domain.refusals import RuleBroken, Unknown
from postal_service.services import directory
from postal_service.services.arrival import ACTIVE, chains
from postal_service.services.examining import Batch, Reason, Sent, Sound, examine
from postal_service.services.syncing import Outcome, Status, receive
from postal_service.services.vault import Vault
from postal_service.storage.schema import DeviceRow, QuarantineRow, UnitRow

HEADS = (Role.MANAGER, Role.ADMINISTRATOR)
LISTED = 200
ADMITTED, DISMISSED = "admitted", "dismissed"
ADMISSIBLE = frozenset({Reason.UNKNOWN_ITEM, Reason.UNPROVED, Reason.REVOKED})


class UnknownQuarantine(Unknown):
    code = "sync.quarantine_unknown"


class CannotBeAdmitted(RuleBroken):
    code = "sync.cannot_be_admitted"


class AdmitsHimself(RuleBroken):
    """Whoever signed an event is not the one to judge whether it may enter."""

    code = "sync.admits_himself"


class StillAwaited(RuleBroken):
    """Everything this phone tells from now on waits for it: on file, it would silence the phone."""

    code = "sync.still_awaited"


@dataclass(frozen=True, kw_only=True)
class KeptApart:
    """One thing that waits for a person; `uploader` is the phone that sent it."""

    id: int
    uploader: DeviceId
    reason: str
    size_bytes: int
    received_ms: int
    admissible: bool


def open_ones(session: Session, *, by: Actor, after: int = 0) -> list[KeptApart]:
    """What waits in `by`'s part of the organisation, oldest first, a page at a time."""
    rows = session.scalars(
        select(QuarantineRow)
        .join(DeviceRow, DeviceRow.id == QuarantineRow.device)
        .join(UnitRow, UnitRow.code == DeviceRow.unit)
        .where(_under(by), QuarantineRow.settled_at.is_(None), QuarantineRow.id > after)
        .order_by(QuarantineRow.id)
        .limit(LISTED)
    )
    return [
        KeptApart(
            id=row.id,
            uploader=DeviceId(row.device),
            reason=row.reason,
            size_bytes=len(row.body),
            received_ms=row.received_ms,
            admissible=row.reason in ADMISSIBLE,
        )
        for row in rows
    ]


def admit(session: Session, vault: Vault, kept: int, *, by: Actor, at: datetime) -> Outcome:
    """Let a sound event in after all, and with it what waited for it.

    Raises UnknownQuarantine, AdmitsHimself, or CannotBeAdmitted when it is not sound or its place
    is taken.
    """
    row = _open(session, kept, by)
    batch = examine(session, [Sent(row.body, row.signature)], uploader=DeviceId(row.device))
    if any(isinstance(each, Sound) and each.event.staff == by.staff for each in batch.examined):
        raise AdmitsHimself(id=kept)
    outcome = _let_in(session, vault, batch, at)
    if outcome.status in {Status.QUARANTINED, Status.HELD}:
        raise CannotBeAdmitted(reason=outcome.reason or outcome.status)
    _settle(row, ADMITTED, by, at)
    return outcome


def dismiss(session: Session, kept: int, *, why: str, by: Actor, at: datetime) -> None:
    """Put it on file with a reason; the bytes are kept.

    Raises UnknownQuarantine, or StillAwaited when an active phone's later events wait for it.
    """
    row = _open(session, kept, by)
    if row.reason in ADMISSIBLE:
        _refuse_if_awaited(session, row)
    _settle(row, f"{DISMISSED}: {why}", by, at)


def _refuse_if_awaited(session: Session, row: QuarantineRow) -> None:
    batch = examine(session, [Sent(row.body, row.signature)], uploader=DeviceId(row.device))
    for each in batch.examined:
        if not isinstance(each, Sound):
            continue
        chain = chains(session, [each.event.device])[each.event.device]
        if chain.status == ACTIVE and chain.next == each.event.sequence and chain.follows(each):
            raise StillAwaited(device=each.event.device)


def _let_in(session: Session, vault: Vault, batch: Batch, at: datetime) -> Outcome:
    sound = [each.event.id for each in batch.examined if isinstance(each, Sound)]
    forgiven: frozenset[EventId] = frozenset(sound)
    return receive(session, vault, [batch], at=at, forgiven=forgiven)[0][0]


def _settle(row: QuarantineRow, how: str, by: Actor, at: datetime) -> None:
    row.settled_at, row.settled_by, row.settled_how = at, by.staff, how


def _open(session: Session, kept: int, by: Actor) -> QuarantineRow:
    by.need(*HEADS)
    row = session.scalar(
        select(QuarantineRow)
        .join(DeviceRow, DeviceRow.id == QuarantineRow.device)
        .join(UnitRow, UnitRow.code == DeviceRow.unit)
        .where(_under(by), QuarantineRow.id == kept, QuarantineRow.settled_at.is_(None))
        .with_for_update(of=QuarantineRow)
    )
    if row is None:
        raise UnknownQuarantine(id=kept)
    return row


def _under(by: Actor) -> ColumnElement[bool]:
    by.need(*HEADS)
    return directory.below(by, HEADS)
