"""What phones sent and the ledger could not take, for a person to look at and settle.

Bytes whose signature or chain does not hold can never enter. An event that is sound but names an
unknown item, an unproved delivery or a revoked phone can be let in by the head of the unit; what
its phone told after it, and was held, then follows by itself. The chain of a phone has no gap, so a
sound event that comes next in it cannot be put on file: it is let in and, if it did not occur,
corrected by two people like anything else in the ledger.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.clock import claimed
from postal_service.domain.custody import Standing
from postal_service.domain.event import Event
from postal_service.domain.ids import DeviceId, EventId, ItemId
from postal_service.domain.refusals import RuleBroken, Unknown
from postal_service.projections import holdings
from postal_service.services import directory
from postal_service.services.arrival import ACTIVE, chains
from postal_service.services.examining import (
    UNSIGNED,
    Batch,
    Reason,
    Sent,
    Sound,
    decoded,
    examine,
)
from postal_service.services.syncing import Outcome, Status, receive
from postal_service.services.vault import Vault
from postal_service.storage.schema import DeviceRow, HeldRow, QuarantineRow, UnitRow

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
    """One thing that waits for a person, with what he has to know before he lets it in.

    `phone` is the one whose key signed it; where no key we know did, the one that sent it.
    """

    id: int
    phone: DeviceId
    is_signed: bool
    reason: Reason
    size_bytes: int
    received_ms: int
    event: Event | None  # what the bytes say; of what is not signed it is hearsay
    standing: Standing | None  # of its item; None where the ledger has none, and there is no page
    behind: int  # later events of its phone that follow it into the ledger once it is let in

    @property
    def admissible(self) -> bool:
        return self.reason in ADMISSIBLE

    @property
    def is_of_bag(self) -> bool:
        return self.standing is not None and self.standing.is_bag

    @property
    def claimed_at(self) -> datetime | None:
        """What the signing phone's clock said."""
        return claimed(self.event.wall_ms) if self.event else None


def open_ones(session: Session, *, by: Actor, after: int = 0) -> list[KeptApart]:
    """What waits in `by`'s part of the organisation, oldest first, a page at a time.

    It is looked at by the head over whoever signed it, whichever phone carried it.
    """
    rows = session.scalars(
        select(QuarantineRow)
        .join(DeviceRow, DeviceRow.id == QuarantineRow.device)
        .join(UnitRow, UnitRow.code == DeviceRow.unit)
        .where(_under(by), QuarantineRow.settled_at.is_(None), QuarantineRow.id > after)
        .order_by(QuarantineRow.id)
        .limit(LISTED)
    ).all()
    said = {row.id: decoded(row.body) for row in rows}
    events = [event for event in said.values() if event is not None]
    standings = holdings.standings(session, {event.item for event in events})
    behind = _behind(session, {event.device for event in events})
    return [_told(row, said[row.id], standings, behind) for row in rows]


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


def _told(
    row: QuarantineRow,
    event: Event | None,
    standings: Mapping[ItemId, Standing],
    behind: Mapping[tuple[DeviceId, int], int],
) -> KeptApart:
    reason = Reason(row.reason)
    is_signed = event is not None and reason not in UNSIGNED
    is_awaited = event is not None and reason in ADMISSIBLE
    return KeptApart(
        id=row.id,
        phone=event.device if event and is_signed else DeviceId(row.device),
        is_signed=is_signed,
        reason=reason,
        size_bytes=len(row.body),
        received_ms=row.received_ms,
        event=event,
        standing=standings.get(event.item) if event else None,
        behind=behind.get((event.device, event.sequence), 0) if event and is_awaited else 0,
    )


def _behind(session: Session, devices: Collection[DeviceId]) -> dict[tuple[DeviceId, int], int]:
    """How many events of each of these devices are held, by the device and the number they wait for."""
    rows = session.execute(
        select(DeviceRow.id, DeviceRow.last_sequence, func.count(HeldRow.device_sequence))
        .join(HeldRow, HeldRow.device == DeviceRow.id)
        .where(DeviceRow.id.in_(devices))
        .group_by(DeviceRow.id, DeviceRow.last_sequence)
    )
    return {(DeviceId(device), last + 1): waiting for device, last, waiting in rows}


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
