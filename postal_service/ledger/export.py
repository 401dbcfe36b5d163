"""The whole ledger as one file that anyone can keep and check, and the keys to check it with.

One JSON text a line: a header, every leaf byte for byte as it was hashed, then every checkpoint as
its signed note. `verify/` reads it and shares no code with this module. Nothing here is secret:
events hold no personal data.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.ids import DeviceId
from postal_service.ledger import base64_strict, checkpoint, reading
from postal_service.ledger.checkpoint import Kept
from postal_service.ledger.encoding import canonical
from postal_service.ledger.witness import Policy
from postal_service.storage.schema.ledger import CheckpointRow

FORMAT = "custody-ledger/1"
KEYS_FORMAT = "custody-keys/1"
PAGE = 500  # checkpoints in memory at a time


@dataclass(frozen=True)
class RootDevice:
    """The first device: its own enrolment is the first leaf, and all others hang on it."""

    device: DeviceId
    algorithm: str
    public_key: bytes


def lines(session: Session, *, origin: str, upto: Kept) -> Iterator[bytes]:
    """The file, line by line, with the leaves that this checkpoint covers. Memory is bounded.

    The session must look at one state of the store from the first line to the last.
    """
    counted = select(func.count()).where(CheckpointRow.size <= upto.size)
    yield _line(
        {
            "checkpoints": session.execute(counted).scalar_one(),
            "format": FORMAT,
            "leaves": upto.size,
            "origin": origin,
        }
    )
    for written in reading.leaves(session, upto.size):
        yield written + b"\n"
    for kept in _checkpoints(session, upto.size):
        yield _line({"checkpoint": kept.note})


def write(session: Session, path: Path, *, origin: str, upto: Kept) -> None:
    """The file, written in full or not at all. Raises OSError."""
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("wb") as file:
            file.writelines(lines(session, origin=origin, upto=upto))
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def keys(policy: Policy, root: RootDevice) -> bytes:
    """The file of public keys. Whoever checks has to get it from somewhere he trusts."""
    return _line(
        {
            "format": KEYS_FORMAT,
            "log": str(policy.log),
            "quorum": policy.quorum,
            "root": {
                "alg": root.algorithm,
                "dev": root.device,
                "key": base64_strict.write(root.public_key),
            },
            "witnesses": [str(witness) for witness in policy.witnesses],
        }
    )


def _checkpoints(session: Session, most: int) -> Iterator[Kept]:
    last = 0
    while True:
        sizes = session.scalars(
            select(CheckpointRow.size)
            .where(CheckpointRow.size > last, CheckpointRow.size <= most)
            .order_by(CheckpointRow.size)
            .limit(PAGE)
        ).all()
        if not sizes:
            return
        for size in sizes:
            kept = checkpoint.at_size(session, size)
            if kept is not None:
                yield kept
        last = sizes[-1]


def _line(document: object) -> bytes:
    return canonical(document) + b"\n"
