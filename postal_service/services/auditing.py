"""What an auditor asks of the ledger: how it stands, whether it is whole, a fair sample, a proof to take away.

The check itself is `ledger/verify/`, which shares no code with the writer: it is given an export
and public keys, as a stranger would be.
"""

import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import assert_never

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain import acts
from postal_service.domain.actors import Actor, Role
from postal_service.domain.event import Event
from postal_service.domain.ids import EventId, ItemId
from postal_service.domain.refusals import Malformed, RuleBroken, Unknown
from postal_service.ledger import checkpoint, columns, notes, proof, reading, verify
from postal_service.ledger.checkpoint import Kept
from postal_service.ledger.witness import Policy
from postal_service.projections import comparing, verdicts
from postal_service.projections.verdicts import Verdict
from postal_service.services import checkpoints, evidence, jobs
from postal_service.services.checkpoints import Witness
from postal_service.services.job_runner import Context, Work
from postal_service.services.jobs import Job
from postal_service.services.vault import Vault
from postal_service.storage.schema import EntryRow
from postal_service.storage.transaction import reading as reading_of

VERIFY = "verify-ledger"
AUDITING = (Role.AUDITOR, Role.ADMINISTRATOR)
LARGEST_SAMPLE = 200
LONGEST_PERIOD = timedelta(days=366)  # every delivery of it is read
TRIES = 20  # a drawn event may belong to an item that was drawn before


MOST_DIFFERENCES = 50  # that are told at once
WRONG_COLUMN = "the store says another thing than the signed event"
WRONG_PROJECTION = "what pages show is not what the events tell; a rebuild tells it anew"
WRONG_FILE = "the kept file is not the one that the events name"


class UnknownEvent(Unknown):
    code = "audit.unknown_event"


class NotSignedYet(RuleBroken):
    """No checkpoint covers the event yet; the next one will."""

    code = "audit.not_signed_yet"


class BadSample(Malformed):
    code = "audit.bad_sample"


class PeriodTooLong(Malformed):
    """Deliveries are counted for a year at most."""

    code = "audit.period_too_long"


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


class UncodedBy(StrEnum):
    """How it was proved who received, where the citizen told no code."""

    TWO_STAFF = "two"
    CARD = "card"


@dataclass(frozen=True, kw_only=True)
class Stratum:
    """The deliveries of a period by one kind of proof: how many there were, and those that were drawn."""

    proof: UncodedBy
    of: int
    drawn: tuple[ItemId, ...]


@dataclass(frozen=True, kw_only=True)
class Uncoded:
    """What was drawn from the deliveries without a code, of how many deliveries in all."""

    deliveries: int
    strata: tuple[Stratum, ...]


@dataclass(frozen=True)
class Difference:
    """Something of the store that does not say what the ledger says."""

    what: str
    where: str


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


def differences(session: Session, vault: Vault) -> Iterator[Difference]:
    """Where the store beside the ledger does not say what the ledger says, which was found valid.

    No export tells it: these rows are what pages show and proofs are made of.
    """
    yield from (Difference(WRONG_COLUMN, where) for where in columns.differing(session))
    yield from (Difference(WRONG_PROJECTION, where) for where in comparing.differing(session))
    yield from (Difference(WRONG_FILE, where) for where in evidence.damaged(session, vault))


def check_work(
    *, origin: str, log_key: Ed25519PrivateKey, witnesses: Sequence[Witness], vault: Vault
) -> Work:
    """What a runner does for a check: sign, export, give both files to the verifier, and compare."""
    policy = checkpoints.policy(origin, log_key, [each.key for each in witnesses])

    def work(context: Context) -> Mapping[str, object]:
        at = context.clock()
        try:
            kept = context.save(
                lambda session: checkpoints.make(session, origin=origin, log_key=log_key, at=at)
            )
            checkpoints.cosign(context.sessions, kept, witnesses, at=at)
            verdict = _verdict(context, policy)
        except checkpoints.DAMAGED as fault:
            return _told(broken=str(fault))
        context.refuse_if_cancelled()
        if verdict.broken:
            return _told(verdict, broken=str(verdict.broken))
        with reading_of(context.sessions) as session:
            found = list(islice(differences(session, vault), MOST_DIFFERENCES))
        return _told(verdict, differences=found)

    return work


def _verdict(context: Context, policy: Policy) -> verify.Verdict:
    with tempfile.TemporaryDirectory() as folder:
        ledger, keys = Path(folder, "ledger.jsonl"), Path(folder, "keys.json")
        with reading_of(context.sessions) as session:
            checkpoints.export_to(session, policy, ledger=ledger, keys=keys)
        context.refuse_if_cancelled()
        return verify.verify(ledger, keys)


def _told(
    verdict: verify.Verdict | None = None,
    *,
    broken: str = "",
    differences: Sequence[Difference] = (),
) -> Mapping[str, object]:
    return {
        "valid": not broken and not differences,
        "size": verdict.size if verdict else 0,
        "root": verdict.root if verdict else "",
        "broken": broken,
        "findings": dict(verdict.findings) if verdict else {},
        "differences": [{"what": each.what, "where": each.where} for each in differences],
    }


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


def sample_of_uncoded(
    session: Session, *, seed: int, count: int, since_ms: int, until_ms: int, by: Actor
) -> Uncoded:
    """Deliveries of a period without a code that the citizen told, drawn from the same seed as `sample`.

    Each kind of proof is drawn from by itself, `count` of each or all where there are fewer: those
    that two staff vouched for would else drown among the cards. What does not count, or was
    corrected, is no delivery; what stands in its place is one, of the day on which it was recorded.
    Raises RoleNeeded, BadSample, or PeriodTooLong.
    """
    by.need(*AUDITING)
    if not 1 <= count <= LARGEST_SAMPLE or since_ms >= until_ms:
        raise BadSample(most=LARGEST_SAMPLE)
    if until_ms - since_ms > LONGEST_PERIOD // timedelta(milliseconds=1):
        raise PeriodTooLong(days=LONGEST_PERIOD.days)
    first = reading.first_since(session, since_ms)
    last = reading.first_since(session, until_ms)
    found: dict[UncodedBy, list[ItemId]] = {kind: [] for kind in UncodedBy}
    deliveries = 0
    for told in reading.pages_between(session, ["deliver"], first, last):
        for event in _counting(session, told):
            deliveries += 1
            kind = _uncoded_by(event.act)
            if kind is not None:
                found[kind].append(event.item)
    return Uncoded(
        deliveries=deliveries,
        strata=tuple(
            Stratum(proof=kind, of=len(items), drawn=_drawn(items, seed=seed, count=count))
            for kind, items in found.items()
        ),
    )


def _counting(session: Session, told: Sequence[Event]) -> list[Event]:
    """Those with no verdict against them, and that no correction names, whenever it came."""
    against = verdicts.of_events(session, [each.id for each in told])
    corrections = reading.of_types(session, {each.item for each in told}, ["correct"])
    corrected = {
        each.event.act.corrects for each in corrections if isinstance(each.event.act, acts.Correct)
    }
    return [each for each in told if each.id not in against and each.id not in corrected]


def _uncoded_by(act: acts.Act) -> UncodedBy | None:
    if not isinstance(act, acts.Deliver):
        return None
    match act.proof:
        case acts.OverrideProof():
            return UncodedBy.TWO_STAFF
        case acts.CardProof():
            return UncodedBy.CARD
        case acts.CodeProof() | acts.MessageProof():
            return None
        case _:
            assert_never(act.proof)


def _drawn(items: Sequence[ItemId], *, seed: int, count: int) -> tuple[ItemId, ...]:
    draw = random.Random(seed)  # noqa: S311 - fair and repeatable, not secret
    return tuple(dict.fromkeys(draw.sample(items, min(count, len(items)))))


def proof_of(session: Session, event: EventId, *, policy: Policy, by: Actor) -> str:
    """The proof that an event stands in the ledger, to be checked without us (C2SP tlog-proof).

    Raises RoleNeeded, UnknownEvent, NotSignedYet.
    """
    by.need(*AUDITING)
    recorded = reading.entry(session, event)
    if recorded is None:
        raise UnknownEvent(event=event)
    kept = _witnessed(session, policy)
    if kept is None or kept.size <= recorded.index:
        raise NotSignedYet(event=event)
    return str(proof.of(session, recorded, kept))


def provable(session: Session, *, policy: Policy, by: Actor) -> int | None:
    """Of how many events, from the first, a proof can be made now; None for whoever may have none."""
    if not by.may(*AUDITING):
        return None
    kept = _witnessed(session, policy)
    return kept.size if kept else 0


def _witnessed(session: Session, policy: Policy) -> Kept | None:
    return checkpoint.newest_witnessed(session, policy.quorum, policy.witnesses)
