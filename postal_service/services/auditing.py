"""What an auditor asks of the ledger: how it stands, whether it is whole, a fair sample, a proof to take away.

The check itself is `ledger/verify.py`, which shares no code with the writer: it is given an export
and public keys, as a stranger would be.
"""

import random
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.ids import EventId, ItemId
from postal_service.domain.refusals import Malformed, RuleBroken, Unknown
from postal_service.ledger import checkpoint, notes, proof, reading, verify
from postal_service.ledger.checkpoint import Kept
from postal_service.projections import verdicts
from postal_service.projections.verdicts import Verdict
from postal_service.services import checkpoints, jobs
from postal_service.services.checkpoints import Witness
from postal_service.services.job_runner import Context, Work
from postal_service.services.jobs import Job
from postal_service.storage.schema import EntryRow
from postal_service.storage.transaction import reading as reading_of
from postal_service.storage.transaction import transaction

VERIFY = "verify-ledger"
AUDITING = (Role.AUDITOR, Role.ADMINISTRATOR)
LARGEST_SAMPLE = 200
TRIES = 20  # a drawn event may belong to an item that was drawn before


class UnknownEvent(Unknown):
    code = "audit.unknown_event"


class NotSignedYet(RuleBroken):
    """No checkpoint covers the event yet; the next one will."""

    code = "audit.not_signed_yet"


class BadSample(Malformed):
    code = "audit.bad_sample"


@dataclass(frozen=True, kw_only=True)
class Overview:
    """How the ledger stands. `witnesses` signed beneath the newest checkpoint.

    `following` is the event after which the open cases go on, "" at their end.
    """

    size: int
    signed: Kept | None
    witnesses: tuple[str, ...]
    open_cases: tuple[Verdict, ...]
    following: str
    checks: tuple[Job, ...]


def overview(session: Session, *, by: Actor, after: str = "") -> Overview:
    """Raises RoleNeeded."""
    by.need(*AUDITING)
    signed = checkpoint.newest(session)
    names = [each.name for each in notes.read(signed.note).signatures][1:] if signed else []
    cases = verdicts.open_ones(session, after)
    return Overview(
        size=reading.size(session),
        signed=signed,
        witnesses=tuple(names),
        open_cases=tuple(cases),
        following=cases[-1].event if len(cases) >= verdicts.LISTED else "",
        checks=tuple(jobs.recent(session, by.unit, (VERIFY,))),
    )


def ask_for_check(session: Session, *, by: Actor, at: datetime) -> Job:
    """Have the whole ledger checked; a check that waits or runs is answered instead. Raises RoleNeeded."""
    by.need(*AUDITING)
    return jobs.enqueue(session, VERIFY, {}, unit=by.unit, by=by, at=at)


def check_work(*, origin: str, log_key: Ed25519PrivateKey, witnesses: Sequence[Witness]) -> Work:
    """What a runner does for a check: sign, export, and give both files to the verifier."""
    policy = checkpoints.policy(origin, log_key, [each.key for each in witnesses])

    def work(context: Context) -> Mapping[str, object]:
        at = context.clock()
        with transaction(context.sessions) as session:
            kept = checkpoints.make(session, origin=origin, log_key=log_key, at=at)
        checkpoints.cosign(context.sessions, kept, witnesses, at=at)
        with tempfile.TemporaryDirectory() as folder:
            ledger, keys = Path(folder, "ledger.jsonl"), Path(folder, "keys.json")
            with reading_of(context.sessions) as session:
                checkpoints.export_to(session, policy, ledger=ledger, keys=keys)
            context.refuse_if_cancelled()
            verdict = verify.verify(ledger, keys)
        return {
            "valid": verdict.valid,
            "size": verdict.size,
            "root": verdict.root,
            "broken": str(verdict.broken or ""),
            "findings": dict(verdict.findings),
        }

    return work


def sample(
    session: Session, *, seed: int, count: int, since_ms: int, until_ms: int, by: Actor
) -> list[ItemId]:
    """Items drawn at random from the events received in a period; the same seed draws the same.

    Each event is equally likely, so an item with more events is drawn more often. Fewer are
    answered when the period has fewer. Raises RoleNeeded, BadSample.
    """
    by.need(*AUDITING)
    if not 1 <= count <= LARGEST_SAMPLE or since_ms >= until_ms:
        raise BadSample(most=LARGEST_SAMPLE)
    first = reading.first_since(session, since_ms)
    last = reading.first_since(session, until_ms)
    if first >= last:
        return []
    draw = random.Random(seed)  # noqa: S311 - fair and repeatable, not secret
    wanted = [draw.randrange(first, last) for _ in range(count * TRIES)]
    rows = session.execute(
        select(EntryRow.index, EntryRow.item).where(EntryRow.index.in_(set(wanted)))
    )
    items = {index: item for index, item in rows if item}
    drawn = dict.fromkeys(ItemId(items[index]) for index in wanted if index in items)
    return list(drawn)[:count]


def proof_of(session: Session, event: EventId, *, quorum: int, by: Actor) -> str:
    """The proof that an event stands in the ledger, to be checked without us (C2SP tlog-proof).

    Raises RoleNeeded, UnknownEvent, NotSignedYet.
    """
    by.need(*AUDITING)
    recorded = reading.entry(session, event)
    if recorded is None:
        raise UnknownEvent(event=event)
    kept = checkpoint.newest_witnessed(session, quorum)
    if kept is None or kept.size <= recorded.index:
        raise NotSignedYet(event=event)
    return str(proof.of(session, recorded, kept))
