"""What happened, happened: a phone's signed events are recorded, in its own order, whatever the rules say.

Nothing acknowledged is lost, a duplicate is no error, and the order in which batches arrive never
changes what is true in the end. What cannot enter the ledger is kept as it came, for a person.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import cast

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.orm import Session

from postal_service.domain.ids import DeviceId, EventId, ItemId
from postal_service.ledger import reading
from postal_service.projections import verdicts
from postal_service.services import arrival, consequences
from postal_service.services.arrival import Chain, Facts
from postal_service.services.examining import Batch, Reason, Sound, Unsound
from postal_service.services.office_events import milliseconds
from postal_service.services.recording import Entry, Recorded, Signed, record
from postal_service.services.vault import Vault
from postal_service.storage.among import among
from postal_service.storage.bulk import insert_many
from postal_service.storage.schema import HeldRow, QuarantineRow

RESENT = "recorded when it was sent again"

_HELD = cast("Table", HeldRow.__table__)
_LEAVE_THE_TABLE = delete(_HELD).where(
    _HELD.c.device == bindparam("of"), _HELD.c.device_sequence == bindparam("number")
)
_APART = cast("Table", QuarantineRow.__table__)
_SETTLE = (
    update(_APART)
    .where(
        among(_APART.c.device, "devices"),
        among(_APART.c.digest, "digests"),
        _APART.c.settled_at.is_(None),
    )
    .values(settled_at=bindparam("at"), settled_by="", settled_how=RESENT)
)


class Status(StrEnum):
    """What became of one event of a batch."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"  # recorded, but it does not count, or not yet: see its verdict
    HELD = "held"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One event's answer. With an entry it is in the ledger, and a receipt is due."""

    status: Status
    event: EventId | None
    entry: Entry | None = None
    verdict: str = ""  # conflict, disputed, waiting
    reason: str = ""


def receive(
    session: Session,
    vault: Vault,
    batches: Sequence[Batch],
    *,
    at: datetime,
    forgiven: frozenset[EventId] = frozenset(),
) -> list[tuple[Outcome, ...]]:
    """Record what several devices uploaded, in the caller's one transaction.

    Per batch one outcome per event, in the order sent. Events of a device are recorded in the order
    it made them; one that comes too early is held, and recorded with whatever closes the gap.
    What a card must show is compared under `vault`; nobody looks at a person.
    `forgiven` are events that a person decided to let in (services/quarantine.py). Raises nothing
    of its own.
    """
    door = _Door(session, vault, batches, at=at, forgiven=forgiven)
    waiting = [[door.take(batch.uploader, each) for each in batch.examined] for batch in batches]
    fates = door.close()
    leaving = [each.event for each in door.leaving]
    consequences.after_arrival(session, leaving, of_dossiers=door.of_dossiers, at=at)
    return [tuple(_answers(each, fates)) for each in waiting]


def _answers(
    waiting: Iterable[Outcome | EventId], fates: "dict[EventId, Outcome]"
) -> Iterator[Outcome]:
    for each in waiting:
        if isinstance(each, Outcome):
            yield each
            continue
        fate = fates[each]
        yield fate
        if fate.status in {Status.ACCEPTED, Status.CONFLICT}:
            # Sent twice in one go: only the first one was news.
            fates[each] = Outcome(
                status=Status.DUPLICATE, event=each, entry=fate.entry, verdict=fate.verdict
            )


class _Door:
    """Sorts what arrives into what is recorded now, held, known already, or kept apart."""

    def __init__(
        self,
        session: Session,
        vault: Vault,
        batches: Sequence[Batch],
        *,
        at: datetime,
        forgiven: frozenset[EventId],
    ) -> None:
        self._session, self._at = session, at
        sound = [each for batch in batches for each in batch.examined if isinstance(each, Sound)]
        self._chains = arrival.chains(session, {each.event.device for each in sound})
        held = [each for chain in self._chains.values() for each in chain.waiting.values()]
        self._uploaders = {batch.uploader for batch in batches}
        self._known = reading.entries(session, {each.event.id for each in (*sound, *held)})
        events = [each.event for each in (*sound, *held)]
        self._facts = Facts.of(session, vault, events, forgiven, at=at)
        self._bodies = {each.event.id: each.signed.body for each in held}
        self._apart: dict[tuple[DeviceId, bytes], _Apart] = {}
        self._reasons: dict[EventId, Reason] = {}  # of what turned out unfit when its turn came
        self._left_the_table: list[tuple[DeviceId, int]] = []
        self.leaving: list[Signed] = []

    @property
    def of_dossiers(self) -> set[ItemId]:
        """The items that belong to a dossier."""
        return self._facts.of_dossiers

    def take(self, uploader: DeviceId, examined: Sound | Unsound) -> Outcome | EventId:
        """The answer where it is clear at once; else the event whose fate `close` will tell."""
        if isinstance(examined, Unsound):
            sent, whose = examined.sent, examined.signer or uploader
            return self._keep_apart(
                whose, examined.event, sent.body, sent.signature, examined.reason
            )
        event, body = examined.event, examined.signed.body
        recorded = self._known.get(event.id)
        seen = recorded.body if recorded else self._bodies.get(event.id)
        if seen is not None:
            if seen != body:
                return self._refuse(examined, Reason.ID_REUSED)
            return event.id
        chain = self._chains[event.device]
        reason = chain.fault_of_place(examined) or self._facts.fault(self._session, event, chain)
        if reason is not None:
            return self._refuse(examined, reason)
        chain.waiting[event.sequence] = examined
        self._bodies[event.id] = body
        return event.id

    def close(self) -> dict[EventId, Outcome]:
        """Record what is in turn, hold the rest; the fate of every event that was taken."""
        for chain in self._chains.values():
            self._let_through(chain)
        arrival.write_ends(self._session, self._chains)
        recorded = record(
            self._session,
            self.leaving,
            received_ms=milliseconds(self._at),
            of_phones=True,  # nothing else is sound: examining.py
            listed=self._facts.listed,
        )
        self._clear_the_table()
        self._hold_the_rest()
        self._write_apart()
        self._settle_what_came_after_all()
        return {**self._fates_of_known(), **self._fates(recorded)}

    def _let_through(self, chain: Chain) -> None:
        while (sound := chain.waiting.pop(chain.next, None)) is not None:
            event = sound.event
            if event.sequence in chain.kept:
                self._left_the_table.append((event.device, event.sequence))
            reason = self._fault_in_turn(sound, chain)
            if reason is not None:
                self._refuse(sound, reason)
                self._reasons[event.id] = reason
                return
            self.leaving.append(sound.signed)
            chain.advance(sound)

    def _fault_in_turn(self, sound: Sound, chain: Chain) -> Reason | None:
        if sound.event.id in self._known:
            return Reason.ID_REUSED  # while it was held, another device used its id
        if not chain.follows(sound):
            return Reason.CHAIN_BROKEN
        return self._facts.fault(self._session, sound.event, chain)

    def _refuse(self, sound: Sound, reason: Reason) -> Outcome:
        # Whose phone signed it, whichever carried it: his head knows him, and looks at it once.
        event, signed = sound.event, sound.signed
        return self._keep_apart(event.device, event.id, signed.body, signed.signature, reason)

    def _keep_apart(
        self,
        whose: DeviceId,
        event: EventId | None,
        body: bytes,
        signature: bytes,
        reason: Reason,
    ) -> Outcome:
        digest = sha256(body).digest()
        self._apart.setdefault((whose, digest), _Apart(body, signature, reason))
        return Outcome(status=Status.QUARANTINED, event=event, reason=reason)

    def _clear_the_table(self) -> None:
        if self._left_the_table:
            # One by one, not as a list of pairs: for that SQLite reads the whole table.
            self._session.execute(
                _LEAVE_THE_TABLE,
                [{"of": device, "number": number} for device, number in self._left_the_table],
            )

    def _hold_the_rest(self) -> None:
        """Keep what waits for a missing number; an id that waits for another device is taken."""
        fresh = [
            (chain, sound)
            for chain in self._chains.values()
            for number, sound in chain.waiting.items()
            if number not in chain.kept
        ]
        if not fresh:
            return
        ids = [sound.event.id for _, sound in fresh]
        taken = set(
            self._session.scalars(select(HeldRow.event_id).where(HeldRow.event_id.in_(ids)))
        )
        rows = []
        for _, sound in fresh:
            event = sound.event
            if event.id in taken:
                self._reasons[event.id] = Reason.ID_REUSED
                self._refuse(sound, Reason.ID_REUSED)
                continue
            rows.append(
                {
                    "device": event.device,
                    "device_sequence": event.sequence,
                    "event_id": event.id,
                    "body": sound.signed.body,
                    "signature": sound.signed.signature,
                    "received_ms": milliseconds(self._at),
                }
            )
        insert_many(self._session, HeldRow, rows)

    def _write_apart(self) -> None:
        if not self._apart:
            return
        # Its digest names what was sent; which pairs are meant is sorted out here, for asked as
        # pairs SQLite would read the whole table.
        asked = select(QuarantineRow.device, QuarantineRow.digest).where(
            QuarantineRow.device.in_({device for device, _ in self._apart}),
            QuarantineRow.digest.in_({digest for _, digest in self._apart}),
        )
        seen = {(device, digest) for device, digest in self._session.execute(asked)}
        rows = [
            {
                "device": device,
                "digest": digest,
                "body": each.body,
                "signature": each.signature,
                "reason": each.reason.value,
                "received_ms": milliseconds(self._at),
            }
            for (device, digest), each in self._apart.items()
            if (device, digest) not in seen
        ]
        insert_many(self._session, QuarantineRow, rows)

    def _settle_what_came_after_all(self) -> None:
        """Kept apart once and recorded now: nobody need look at it any more.

        It stands under the phone that signed it, or, signed by nobody known then, that carried it.
        """
        if self.leaving:
            signers = {each.event.device for each in self.leaving}
            self._session.execute(
                _SETTLE,
                {
                    "at": self._at,
                    "devices": sorted(self._uploaders | signers),
                    "digests": [sha256(each.body).digest() for each in self.leaving],
                },
            )

    def _fates_of_known(self) -> dict[EventId, Outcome]:
        if not self._known:
            return {}
        odd = verdicts.of_events(self._session, sorted(self._known))
        return {
            event: Outcome(
                status=Status.DUPLICATE,
                event=event,
                entry=Entry(each.index, event, each.leaf_hash, each.received_ms),
                verdict=odd.get(event, ""),
            )
            for event, each in self._known.items()
        }

    def _fates(self, recorded: Sequence[Recorded]) -> Mapping[EventId, Outcome]:
        fates = {
            each.event: Outcome(
                status=Status.CONFLICT if each.verdict else Status.ACCEPTED,
                event=each.event,
                entry=each.entry,
                verdict=each.verdict,
            )
            for each in recorded
        }
        for event in self._bodies.keys() - fates.keys() - self._known.keys():
            reason = self._reasons.get(event)
            fates[event] = Outcome(
                status=Status.QUARANTINED if reason else Status.HELD,
                event=event,
                reason=reason or "",
            )
        return fates


@dataclass(frozen=True)
class _Apart:
    body: bytes
    signature: bytes
    reason: Reason
