"""A photo or a file is kept under the hash of its content, encrypted; an event may name it before it arrives."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import cast

from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.refusals import Malformed, Unknown
from postal_service.services.vault import SealedFieldDamagedError, Vault, open_sealed, seal
from postal_service.storage.schema import (
    DossierRow,
    EvidenceRow,
    EvidenceUseRow,
    ItemRow,
    UnitRow,
)
from postal_service.storage.upsert import insert_or_leave

LARGEST_FILE = 5_000_000  # bytes
MEDIA_TYPES = ("image/jpeg", "image/png", "image/webp", "application/pdf")
_EVIDENCE = cast("Table", EvidenceRow.__table__)
LOOKERS = (Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)


class UnknownEvidence(Unknown):
    code = "evidence.unknown"


class WrongHash(Malformed):
    code = "evidence.wrong_hash"


class WrongType(Malformed):
    code = "evidence.wrong_type"


class FileTooLarge(Malformed):
    code = "evidence.too_large"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is known of a file without opening it. `fresh` is False when it was there already."""

    sha256: str
    media_type: str
    size_bytes: int
    fresh: bool


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A file, opened for somebody who may look."""

    sha256: str
    media_type: str
    content: bytes


def keep(
    session: Session,
    vault: Vault,
    digest: str,
    content: bytes,
    *,
    media_type: str,
    by: Actor,
    at: datetime,
) -> Kept:
    """Keep a file under its own SHA-256 (hex). A second time changes nothing.

    What only erased dossiers name is not kept again, though a phone may still send it.

    Raises FileTooLarge, WrongHash, or WrongType for anything that is not what it says it is.
    """
    if len(content) > LARGEST_FILE:
        raise FileTooLarge(most=LARGEST_FILE)
    if sha256(content).hexdigest() != digest:
        raise WrongHash(digest=digest)
    if media_type not in MEDIA_TYPES or media_type_of(content) != media_type:
        raise WrongType(media_type=media_type)
    known = session.execute(
        select(EvidenceRow.media_type, EvidenceRow.size_bytes).where(EvidenceRow.sha256 == digest)
    ).one_or_none()
    if known is not None:
        return Kept(
            sha256=digest, media_type=known.media_type, size_bytes=known.size_bytes, fresh=False
        )
    if _of_nobody(session, [digest]):
        return Kept(sha256=digest, media_type=media_type, size_bytes=len(content), fresh=False)
    # A phone that heard no answer sends again, perhaps while its first try is still being kept.
    kept = session.execute(
        insert_or_leave(session, _EVIDENCE)
        .values(
            sha256=digest,
            media_type=media_type,
            size_bytes=len(content),
            content=seal(vault.master, content, _place(digest)),
            staff=by.staff,
            unit=by.unit,
            received_at=at,
        )
        .returning(_EVIDENCE.c.sha256)
    ).one_or_none()
    return Kept(
        sha256=digest, media_type=media_type, size_bytes=len(content), fresh=kept is not None
    )


def look(session: Session, vault: Vault, digest: str, *, by: Actor) -> Evidence:
    """Open a file: whoever took it may, and who answers for his unit. Raises UnknownEvidence."""
    found = session.execute(
        select(EvidenceRow, UnitRow.path)
        .join(UnitRow, UnitRow.code == EvidenceRow.unit)
        .where(EvidenceRow.sha256 == digest)
    ).one_or_none()
    if found is None:
        raise UnknownEvidence(digest=digest)
    row, path = found
    if row.staff != by.staff and not by.may(*LOOKERS, path=path):
        raise UnknownEvidence(digest=digest)
    content = open_sealed(vault.master, row.content, _place(digest))
    return Evidence(sha256=digest, media_type=row.media_type, content=content)


def damaged(session: Session, vault: Vault) -> Iterator[str]:
    """The SHA-256 of every kept file that does not open, or is another file. One is in memory at a time."""
    asked = select(EvidenceRow.sha256, EvidenceRow.content).order_by(EvidenceRow.sha256)
    for digest, sealed in session.execute(asked.execution_options(yield_per=1)):
        try:
            content = open_sealed(vault.master, sealed, _place(digest))
        except SealedFieldDamagedError:
            yield digest
            continue
        if sha256(content).hexdigest() != digest:
            yield digest


def forget(session: Session, digests: Collection[str]) -> None:
    """Delete of these files what only erased dossiers name."""
    gone = _of_nobody(session, digests)
    if gone:
        session.execute(delete(EvidenceRow).where(EvidenceRow.sha256.in_(gone)))


def _of_nobody(session: Session, digests: Collection[str]) -> set[str]:
    """Those that events name, and no event of a dossier whose people are still known."""
    if not digests:
        return set()
    rows = session.execute(
        select(EvidenceUseRow.sha256, DossierRow.erased_at)
        .outerjoin(ItemRow, ItemRow.item == EvidenceUseRow.item)
        .outerjoin(DossierRow, DossierRow.id == ItemRow.dossier)
        .where(EvidenceUseRow.sha256.in_(sorted(set(digests))))
    ).all()
    needed = {digest for digest, erased_at in rows if erased_at is None}
    return {digest for digest, _ in rows} - needed


def media_type_of(content: bytes) -> str:
    """What the first bytes say a file is; "" for everything that is not taken."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    return ""


def _place(digest: str) -> str:
    return f"evidence|{digest}|content"
