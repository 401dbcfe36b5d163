"""Keep a file that somebody sent in until it is imported: encrypted, in pieces, for a day at most."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final, NewType

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from postal_service.domain.actors import Actor
from postal_service.domain.refusals import Malformed, OutOfDate
from postal_service.domain.text import tidy
from postal_service.services.vault import Vault, open_sealed, seal
from postal_service.storage.schema import UploadPieceRow, UploadRow

UploadId = NewType("UploadId", str)

LARGEST_FILE: Final = 64_000_000  # bytes; more than a hundred thousand dossiers of text
PIECE_BYTES: Final = 1_000_000
KEPT_FOR: Final = timedelta(days=1)
LONGEST_NAME: Final = 120


class NoFile(Malformed):
    """Nothing was chosen, or the file is empty."""

    code = "upload.no_file"


class FileTooLarge(Malformed):
    code = "upload.too_large"


class UploadGone(OutOfDate):
    """The file was imported already, or was removed after a day."""

    code = "upload.gone"


@dataclass(frozen=True, kw_only=True)
class Upload:
    id: UploadId
    name: str
    size_bytes: int


def keep(
    session: Session, vault: Vault, name: str, content: IO[bytes], *, by: Actor, at: datetime
) -> Upload:
    """Keep what was sent, and remove what nobody came back for. The caller has asked whether `by` may.

    `name` is what its sender called it; only its last part is kept. Raises NoFile or FileTooLarge.
    """
    _remove(session, select(UploadRow.id).where(UploadRow.made_at < at - KEPT_FOR))
    key = UploadId(str(uuid7()))
    called = tidy(name.replace("\\", "/").rpartition("/")[2])[-LONGEST_NAME:]
    row = UploadRow(
        id=key, name=called or "?", size_bytes=0, unit=by.unit, made_by=by.staff, made_at=at
    )
    session.add(row)
    session.flush()
    size = 0
    for position, piece in enumerate(iter(lambda: content.read(PIECE_BYTES), b"")):
        size += len(piece)
        if size > LARGEST_FILE:
            raise FileTooLarge(most=LARGEST_FILE // 1_000_000)
        sealed = seal(vault.master, piece, _place(key, position))
        session.add(UploadPieceRow(upload=key, position=position, content=sealed))
        session.flush()
    if not size:
        raise NoFile
    row.size_bytes = size
    session.flush()
    return Upload(id=key, name=row.name, size_bytes=size)


def refuse_if_gone(session: Session, upload: UploadId) -> None:
    """Raises UploadGone."""
    if session.get(UploadRow, upload) is None:
        raise UploadGone


@contextmanager
def as_file(session: Session, vault: Vault, upload: UploadId) -> Iterator[Path]:
    """The file on disk, readable by this process's user alone, while the block runs. Raises UploadGone."""
    refuse_if_gone(session, upload)
    pieces = session.execute(
        select(UploadPieceRow.position, UploadPieceRow.content)
        .where(UploadPieceRow.upload == upload)
        .order_by(UploadPieceRow.position)
        .execution_options(yield_per=1)
    )
    # A name of our own: the sender's may be anything. What the file is, its bytes tell.
    with TemporaryDirectory(prefix="postal-import-") as folder:
        path = Path(folder, "upload")
        with path.open("wb") as written:
            for position, content in pieces:
                written.write(open_sealed(vault.master, content, _place(upload, position)))
        yield path


def remove(session: Session, upload: UploadId) -> None:
    """Forget a file; nothing happens where it is gone."""
    _remove(session, select(UploadRow.id).where(UploadRow.id == upload))


def _remove(session: Session, meant: Select[str]) -> None:
    gone = list(session.scalars(meant))
    session.execute(delete(UploadPieceRow).where(UploadPieceRow.upload.in_(gone)))
    session.execute(delete(UploadRow).where(UploadRow.id.in_(gone)))


def _place(upload: UploadId, position: int) -> str:
    return f"upload_piece|{upload}/{position}|content"
