"""A checkpoint says how large the ledger is and what its root is, and the log signs it (C2SP
tlog-checkpoint). The log never signs a tree that does not begin with the last one it signed.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import ColumnElement, Table, and_, func, insert, or_, select
from sqlalchemy.orm import Session

from postal_service.ledger import base64_strict, notes, reading, tree
from postal_service.ledger.notes import NoteInvalid, NoteKey, Signature
from postal_service.storage.schema.ledger import CheckpointRow, CosignatureRow, EdgeRow
from postal_service.storage.upsert import insert_or_leave

NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
EVERY = timedelta(seconds=60)
EVERY_LEAVES = 1_000
SEEN_BYTES = 16  # of a root, in the events of a device that has seen it
LARGEST = 2**63 - 1  # size that a database can be asked for

_COSIGNATURES = cast("Table", CosignatureRow.__table__)
# Of two processes that sign at the same moment the second finds it signed. Before the first event
# there is no edge, and nothing to sign.
_LOCK_EDGE = select(EdgeRow.id).with_for_update()


class HistoryChanged(RuntimeError):  # noqa: N818 - the one thing that must never be
    """The ledger no longer has the root that was signed for its earlier size."""


@dataclass(frozen=True)
class Checkpoint:
    """The head of one log's tree."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64_strict.write(self.root)}\n"


@dataclass(frozen=True)
class Kept:
    """A checkpoint as the log keeps it, with all signatures it has by now."""

    size: int
    root: bytes
    note: str
    made_at: datetime


def read(text: str) -> Checkpoint:
    """The checkpoint in a note's text. Extension lines are refused: nobody could audit them."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0]:
        raise NoteInvalid("A checkpoint is three lines: origin, size and root.")
    origin, size, root, _ = lines
    if not NUMBER.fullmatch(size):
        raise NoteInvalid("The size of a checkpoint is a plain number.")
    try:
        hashed = base64_strict.read(root)
    except ValueError as fault:
        raise NoteInvalid("The root of a checkpoint is Base64.") from fault
    if len(hashed) != tree.HASH_BYTES:
        raise NoteInvalid(f"The root of a checkpoint has {tree.HASH_BYTES} bytes.")
    return Checkpoint(origin, int(size), hashed)


def is_due(*, size: int, now: datetime, last_size: int, last_made_at: datetime | None) -> bool:
    """Whether the log grew, and by enough or since long enough, to sign a new checkpoint."""
    if size <= last_size:
        return False
    if last_made_at is None:
        return True
    return size - last_size >= EVERY_LEAVES or now - last_made_at >= EVERY


def make_if_due(
    session: Session, *, origin: str, log_key: Ed25519PrivateKey, at: datetime
) -> Kept | None:
    """A new checkpoint over the ledger as it is now, kept; None where none is due."""
    last = newest(session)
    size = reading.size(session)
    last_size, last_made_at = (last.size, last.made_at) if last else (0, None)
    if not is_due(size=size, now=at, last_size=last_size, last_made_at=last_made_at):
        return None
    return make(session, origin=origin, log_key=log_key, at=at)


def make(session: Session, *, origin: str, log_key: Ed25519PrivateKey, at: datetime) -> Kept | None:
    """A new checkpoint, kept; None where the ledger did not grow since the last.

    Waits for whoever signs or appends, and holds the others up until this transaction ends.
    Raises HistoryChanged when the ledger no longer has the root that the last one signed.
    """
    session.execute(_LOCK_EDGE)
    last = newest(session)
    if last is not None and reading.root(session, last.size) != last.root:
        raise HistoryChanged(f"The first {last.size} leaves are not those that were signed.")
    size = reading.size(session)
    if size == (last.size if last else 0):
        return None
    head = Checkpoint(origin, size, reading.root(session, size))
    note = str(notes.sign(str(head), origin, log_key))
    session.execute(insert(CheckpointRow).values(size=size, root=head.root, note=note, made_at=at))
    return Kept(size, head.root, note, at)


def newest(session: Session) -> Kept | None:
    """The largest checkpoint, or None before the first."""
    last = select(CheckpointRow.size).order_by(CheckpointRow.size.desc()).limit(1)
    size = session.execute(last).scalar_one_or_none()
    return None if size is None else at_size(session, size)


def last_before(session: Session, moment: datetime) -> int:
    """The size of the last checkpoint that was made before a moment, 0 where there is none."""
    asked = (
        select(CheckpointRow.size)
        .where(CheckpointRow.made_at < moment)
        .order_by(CheckpointRow.made_at.desc(), CheckpointRow.size.desc())
        .limit(1)
    )
    return session.execute(asked).scalar_one_or_none() or 0


def made_at(
    session: Session, seen: Collection[str], spans: Collection[tuple[datetime, datetime]]
) -> dict[str, datetime]:
    """When those checkpoints were made whose roots begin with these 16 bytes, hex.

    Looked for in these spans of time only, by the index of times: roots have none. What names no
    checkpoint of this log, or one that was made at another time, is not in the answer.
    """
    if not seen or not spans:
        return {}
    begin = func.substr(CheckpointRow.root, 1, SEEN_BYTES)
    within = or_(*(CheckpointRow.made_at.between(since, until) for since, until in spans))
    wanted = [bytes.fromhex(each) for each in sorted(seen)]
    rows = session.execute(select(begin, CheckpointRow.made_at).where(within, begin.in_(wanted)))
    return {bytes(root).hex(): made for root, made in rows}


def last_upto(session: Session, size: int) -> Kept | None:
    """The largest checkpoint over no more than so many leaves."""
    asked = select(func.max(CheckpointRow.size)).where(CheckpointRow.size <= size)
    found = session.execute(asked).scalar_one_or_none()
    return None if found is None else at_size(session, found)


def newest_witnessed(
    session: Session,
    quorum: int,
    witnesses: Sequence[NoteKey],
    *,
    above: int = 0,
    upto: int | None = None,
) -> Kept | None:
    """The largest checkpoint under which at least this many of these witnesses stand.

    Others may stand there too, from the time when they were asked: nobody counts them any more.
    Looked for among those larger than `above` and no larger than `upto`.
    """
    if quorum == 0:
        found = newest(session) if upto is None else last_upto(session, upto)
        return found if found is not None and found.size > above else None
    asked = (
        select(CosignatureRow.size)
        .where(or_(*(_lines_of(key) for key in witnesses)), CosignatureRow.size > above)
        .group_by(CosignatureRow.size)
        .having(func.count() >= quorum)
        .order_by(CosignatureRow.size.desc())
        .limit(1)
    )
    if upto is not None:
        asked = asked.where(CosignatureRow.size <= upto)
    size = session.execute(asked).scalar_one_or_none()
    return None if size is None else at_size(session, size)


def at_size(session: Session, size: int) -> Kept | None:
    """The checkpoint of this size with its cosignatures in the order of their names."""
    found = session.execute(
        select(CheckpointRow.root, CheckpointRow.note, CheckpointRow.made_at).where(
            CheckpointRow.size == size
        )
    ).one_or_none()
    if found is None:
        return None
    rows = session.execute(
        select(CosignatureRow.witness, CosignatureRow.line).where(CosignatureRow.size == size)
    )
    # Sorted here: each database has an order of its own, and the file has one.
    lines = [line for _, line in sorted(tuple(row) for row in rows)]
    return Kept(size, found.root, found.note + "".join(lines), found.made_at)


def _lines_of(key: NoteKey) -> ColumnElement[bool]:
    """The lines that name this key. A witness with another key has another id behind its name.

    The id's four bytes are five signs of Base64, and two bits of a sixth that the signature shares.
    """
    begins = f"{notes.DASH}{key.name} {base64_strict.write(key.id)[:5]}"
    named = CosignatureRow.witness == key.name
    return and_(named, CosignatureRow.line.startswith(begins, autoescape=True))


def add_cosignature(
    session: Session, *, size: int, signature: Signature, witness: NoteKey, at: datetime
) -> bool:
    """Keep a witness's line under a checkpoint. False where it stood there already.

    Raises NoteInvalid when the line is not the witness's true signature of that checkpoint.
    """
    kept = at_size(session, size)
    if kept is None:
        raise NoteInvalid(f"There is no checkpoint of size {size}.")
    note = notes.read(kept.note)
    if notes.signers_of(note.text, [signature], [witness]) != (witness,):
        raise NoteInvalid(f"This is not the signature of {witness.name}.")
    if any(each.name == witness.name for each in note.signatures):
        return False
    # Another process may have asked the same witness, and be keeping the same answer.
    kept_now = session.execute(
        insert_or_leave(session, _COSIGNATURES)
        .values(size=size, witness=witness.name, line=str(signature), received_at=at)
        .returning(_COSIGNATURES.c.witness)
    )
    return kept_now.one_or_none() is not None
