"""Sign the ledger as it stands, let the witnesses sign beneath, and hand it out to whoever checks.

A witness is another office with a key of its own, reached by the tlog-witness protocol: it signs
only a tree that begins with the one it saw last, so that even we could not show two histories.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.ids import DeviceId
from postal_service.domain.refusals import RuleBroken, Unknown
from postal_service.ledger import checkpoint, export, notes, reading, witness
from postal_service.ledger.checkpoint import Kept
from postal_service.ledger.notes import NoteInvalid, NoteKey
from postal_service.ledger.witness import Policy
from postal_service.storage.schema import CosignatureRow, DeviceRow
from postal_service.storage.transaction import Sessions, transaction
from postal_service.storage.transaction import reading as reading_of

QUORUM = 2  # of three independent offices
WITNESS_SECONDS = 10
LARGEST_ANSWER = 65_536


class RootMissingError(RuntimeError):
    """The device on which all others hang is not in the store, though the ledger has events."""


# What signing or writing out a ledger meets whose rows were changed behind our back.
DAMAGED = (checkpoint.HistoryChanged, NoteInvalid, reading.LeavesMissingError, RootMissingError)

_log = logging.getLogger(__name__)

# Sends the body of an `add-checkpoint` call to one witness; its status and answer.
Ask = Callable[[bytes], tuple[int, bytes]]


class NothingRecorded(RuleBroken):
    """The ledger is empty: there is nothing to sign or to hand out."""

    code = "ledger.empty"


class NotWitnessed(RuleBroken):
    """Under no checkpoint stand enough of the witnesses that are trusted today."""

    code = "ledger.not_witnessed"


class NoCheckpoint(Unknown):
    """What phones hear of the same: only an office can ask the witnesses again."""

    code = "ledger.no_checkpoint"


@dataclass(frozen=True, kw_only=True)
class Witness:
    """An office that signs beneath our checkpoints."""

    key: NoteKey
    ask: Ask


def make(session: Session, *, origin: str, log_key: Ed25519PrivateKey, at: datetime) -> Kept:
    """The newest checkpoint, made now if the ledger grew. Raises NothingRecorded."""
    made = checkpoint.make(session, origin=origin, log_key=log_key, at=at)
    newest = made or checkpoint.newest(session)
    if newest is None:
        raise NothingRecorded
    return newest


def sign_if_due(
    sessions: Sessions,
    *,
    origin: str,
    log_key: Ed25519PrivateKey,
    witnesses: Sequence[Witness],
    at: datetime,
) -> Kept | None:
    """Sign the ledger if it grew enough, or long enough ago, and ask the witnesses.

    Opens its own transactions, as `cosign` does. Raises HistoryChanged or LeavesMissingError of a
    damaged ledger.
    """
    with transaction(sessions) as session:
        kept = checkpoint.make_if_due(session, origin=origin, log_key=log_key, at=at)
    if kept is not None:
        cosign(sessions, kept, witnesses, at=at)
    return kept


def requests(
    session: Session, kept: Kept, witnesses: Sequence[Witness]
) -> Mapping[Witness, witness.Request]:
    """What to ask each witness that has not signed this checkpoint, or a later one, yet.

    Read in one transaction, sent outside of any: a slow witness must not hold up the ledger.
    """
    asked: dict[Witness, witness.Request] = {}
    for each in witnesses:
        last = session.scalar(
            select(func.max(CosignatureRow.size)).where(CosignatureRow.witness == each.key.name)
        )
        if last is None or last < kept.size:
            asked[each] = _request(session, kept, last or 0)
    return asked


def keep_answers(
    session: Session, kept: Kept, answers: Mapping[Witness, bytes], *, at: datetime
) -> int:
    """Keep the cosignatures that are true; how many new ones there were.

    An answer that is false or cannot be read is logged: it must not cost the others theirs.
    """
    text = notes.read(kept.note).text
    count = 0
    for each, answer in answers.items():
        try:
            true = witness.read_answer(answer, text, [each.key])
        except NoteInvalid as fault:
            _log.warning("the answer of %s is not kept: %s", each.key.name, fault)
            continue
        for key, signature in true.items():
            count += checkpoint.add_cosignature(
                session, size=kept.size, signature=signature, witness=key, at=at
            )
    return count


def cosign(sessions: Sessions, kept: Kept, witnesses: Sequence[Witness], *, at: datetime) -> int:
    """Ask every witness and keep what is true; how many new signatures stand beneath.

    Opens its own transactions, because nothing may wait for a witness inside one. A witness that
    does not answer, or declines, is asked again at the next checkpoint.
    """
    with reading_of(sessions) as session:
        asked = requests(session, kept, witnesses)
    answers: dict[Witness, bytes] = {}
    for each, request in asked.items():
        try:
            status, answer = each.ask(bytes(request))
            if status == HTTPStatus.CONFLICT:
                again = _from_what_it_saw(sessions, kept, request, answer)
                status, answer = each.ask(bytes(again)) if again else (status, answer)
        except (OSError, HTTPException) as fault:
            _log.warning("%s does not answer: %s", each.key.name, fault)
            continue
        if status == HTTPStatus.OK:
            answers[each] = answer
    with transaction(sessions) as session:
        return keep_answers(session, kept, answers, at=at)


def _request(session: Session, kept: Kept, old: int) -> witness.Request:
    proof = tuple(reading.consistency(session, old, kept.size)) if old else ()
    return witness.Request(old, proof, kept.note)


def _from_what_it_saw(
    sessions: Sessions, kept: Kept, request: witness.Request, answer: bytes
) -> witness.Request | None:
    """The request that goes on from the size in a witness's 409 (C2SP tlog-witness).

    A witness that remembered a tree and whose answer was lost has seen more than we know of; asked
    as before, it would decline for ever.
    """
    told = answer.decode("ascii", "replace").removesuffix("\n")
    if not checkpoint.NUMBER.fullmatch(told) or not request.old < int(told) <= kept.size:
        return None
    with reading_of(sessions) as session:
        return _request(session, kept, int(told))


def ask_by_http(url: str) -> Ask:
    """A witness behind a URL; `add-checkpoint` is the protocol's name for the call."""

    def ask(body: bytes) -> tuple[int, bytes]:
        call = f"{url.rstrip('/')}/add-checkpoint"
        request = Request(call, data=body, method="POST")  # noqa: S310 - http(s), see settings
        try:
            with urlopen(request, timeout=WITNESS_SECONDS) as answer:  # noqa: S310
                return answer.status, answer.read(LARGEST_ANSWER)
        except HTTPError as fault:
            return fault.code, fault.read(LARGEST_ANSWER)

    return ask


def policy(origin: str, log_key: Ed25519PrivateKey, witnesses: Sequence[NoteKey]) -> Policy:
    """Whom an auditor believes: the log, and two of its witnesses where there are three."""
    return Policy(
        log=notes.public_key(origin, log_key),
        witnesses=tuple(witnesses),
        quorum=min(QUORUM, len(witnesses)),
    )


def witnessed(session: Session, policy: Policy) -> Kept:
    """The newest checkpoint that this policy believes, for a phone. Raises NoCheckpoint."""
    newest = checkpoint.newest_witnessed(session, policy.quorum, policy.witnesses)
    if newest is None:
        raise NoCheckpoint
    return newest


def export_to(session: Session, policy: Policy, *, ledger: Path, keys: Path) -> Kept:
    """Write the ledger up to its newest witnessed checkpoint, and the public keys.

    Raises NothingRecorded or NotWitnessed; RootMissingError of a damaged store.
    """
    if not reading.size(session):
        raise NothingRecorded
    newest = checkpoint.newest_witnessed(session, policy.quorum, policy.witnesses)
    if newest is None:
        raise NotWitnessed(needed=policy.quorum)
    root = session.scalar(select(DeviceRow).filter_by(kind="root"))
    if root is None:
        raise RootMissingError("The root device is not there.")
    export.write(session, ledger, origin=policy.log.name, upto=newest)
    device = export.RootDevice(DeviceId(root.id), root.algorithm, root.public_key)
    keys.write_bytes(export.keys(policy, device))
    return newest
