"""Digitise what was handed in: one file for each paper, and a second pair of eyes before it counts.

Files lie under the dossier's key and are erased with it; their hash remains. A scan that was
checked is not an electronic copy in the sense of the law: for that its officer must sign it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import NewType

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.ids import DossierId, StaffId
from postal_service.domain.refusals import Malformed, RuleBroken, Unknown
from postal_service.domain.standing import Administrative, Digitisation
from postal_service.services import dossiers, persons
from postal_service.services.evidence import media_type_of
from postal_service.services.vault import Vault, open_sealed, seal
from postal_service.storage.schema import DossierRow, PaperRow, ScanRow

ScanId = NewType("ScanId", int)

RESULT = 0  # the position of the result, which is digitised too
LARGEST_FILE = 20_000_000  # bytes
MOST_PAGES = 500
LISTED = 100
MEDIA_TYPES = ("application/pdf", "image/jpeg", "image/png")
SCANNERS = (Role.POSTAL_CLERK, Role.DESK_CLERK, Role.AGENCY)
HAS_RESULT = frozenset({Administrative.RESOLVED, Administrative.RETURNED})


class UnknownScan(Unknown):
    code = "scan.unknown"


class NotAScan(Malformed):
    """Not a file of a kind that is kept, or too large, or without pages."""

    code = "scan.not_a_scan"


class EmptyScan(NotAScan):
    """No file was chosen, or it has no bytes."""

    code = "scan.empty"


class ScanTooLarge(NotAScan):
    code = "scan.too_large"


class BadPageCount(NotAScan):
    code = "scan.bad_page_count"


class NoSuchPaper(RuleBroken):
    """The dossier holds no such paper, or no result yet."""

    code = "scan.no_such_paper"


class ChecksHimself(RuleBroken):
    """Whoever scanned does not check."""

    code = "scan.checks_himself"


class CheckedAlready(RuleBroken):
    code = "scan.checked_already"


class ScanState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Fault(StrEnum):
    """Why a scan is sent back. A closed list: free text could not be erased."""

    ILLEGIBLE = "illegible"
    PAGES_MISSING = "pages_missing"
    WRONG_PAPER = "wrong_paper"
    CUT_OFF = "cut_off"
    UNREADABLE_FILE = "unreadable_file"


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What is known of a scan without opening it."""

    id: ScanId
    dossier: DossierId
    position: int
    sha256: str
    media_type: str
    pages: int
    state: ScanState
    fault: Fault | None  # of one that was sent back
    scanned_by: StaffId
    scanned_at: datetime
    checked_by: StaffId | None
    checked_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A scan that waits for its check. `paper` is "" for the result."""

    scan: Scan
    dossier_code: str
    paper: str


def scan(
    session: Session,
    vault: Vault,
    dossier: DossierId,
    position: int,
    content: bytes,
    *,
    pages: int,
    by: Actor,
    at: datetime,
) -> Scan:
    """Keep the file of one paper (its place on the list, or RESULT); it waits for its check.

    Raises UnknownDossier, RoleNeeded, NoSuchPaper, DossierErased, EmptyScan, ScanTooLarge,
    BadPageCount, or NotAScan for a file that is none of MEDIA_TYPES by its first bytes.
    """
    found = dossiers.visible(session, dossier, by=by)
    by.need(*SCANNERS)
    held = {paper.position for paper in dossiers.papers(session, dossier)}
    if found.administrative in HAS_RESULT:
        held.add(RESULT)
    if position not in held:
        raise NoSuchPaper(position=position)
    if not content:
        raise EmptyScan
    if len(content) > LARGEST_FILE:
        raise ScanTooLarge(most_megabytes=LARGEST_FILE // 1_000_000)
    media_type = media_type_of(content[:16])
    if media_type not in MEDIA_TYPES:
        raise NotAScan
    if not 0 < pages <= MOST_PAGES:
        raise BadPageCount(most=MOST_PAGES)
    digest = sha256(content).hexdigest()
    key = persons.key_of(session, vault, dossier)
    row = ScanRow(
        dossier=dossier,
        position=position,
        evidence=digest,
        media_type=media_type,
        content=seal(key.key, content, _place(dossier, digest)),
        pages=pages,
        state=ScanState.WAITING.value,
        fault="",
        scanned_by=by.staff,
        scanned_at=at,
    )
    session.add(row)
    session.flush()
    _summarise(session, dossier)
    return _scan(row)


def check(
    session: Session, scan_id: ScanId, *, fault: Fault | None, by: Actor, at: datetime
) -> Scan:
    """Look at a scan and accept it, or send it back with a fault; it must then be made again.

    Raises UnknownScan, RoleNeeded, ChecksHimself or CheckedAlready.
    """
    row = _row(session, scan_id, by)
    by.need(*SCANNERS)
    if row.scanned_by == by.staff:
        raise ChecksHimself
    if row.state != ScanState.WAITING:
        raise CheckedAlready(state=row.state)
    row.state = (ScanState.REJECTED if fault else ScanState.ACCEPTED).value
    row.fault = fault.value if fault else ""
    row.checked_by, row.checked_at = by.staff, at
    session.flush()
    _summarise(session, DossierId(row.dossier))
    return _scan(row)


def open_scan(
    session: Session,
    vault: Vault,
    scan_id: ScanId,
    *,
    purpose: persons.Purpose,
    by: Actor,
    at: datetime,
) -> tuple[Scan, bytes]:
    """A scan with its file; the look is logged. Raises UnknownScan or DossierErased."""
    row = _row(session, scan_id, by)
    dossier = DossierId(row.dossier)
    key = persons.key_of(session, vault, dossier)
    if row.content is None:
        raise persons.DossierErased(dossier=dossier)
    content = open_sealed(key.key, row.content, _place(dossier, row.evidence))
    persons.log_look(session, dossier, f"scan {row.position}", purpose=purpose, by=by, at=at)
    session.flush()
    return _scan(row), content


def scans(session: Session, dossier: DossierId) -> list[Scan]:
    """The scans of a dossier by paper, oldest first. Who asks for a person asks `visible` first."""
    asked = select(ScanRow).filter_by(dossier=dossier).order_by(ScanRow.position, ScanRow.id)
    return [_scan(row) for row in session.scalars(asked)]


def waiting(session: Session, asked: Iterable[DossierId], *, by: Actor) -> list[Scan]:
    """What of these dossiers waits for a check that `by` may make."""
    rows = session.scalars(
        select(ScanRow)
        .where(
            ScanRow.dossier.in_(list(asked)),
            ScanRow.state == ScanState.WAITING.value,
            ScanRow.scanned_by != by.staff,
        )
        .order_by(ScanRow.id)
    )
    return [_scan(row) for row in rows]


def to_check(session: Session, *, by: Actor) -> list[Waiting]:
    """What waits for a check that `by` may make: scans of dossiers that came to or belong to his unit.

    The oldest first, LISTED at most. Raises RoleNeeded.
    """
    by.need(*SCANNERS)
    own = or_(
        DossierRow.received_unit == by.unit,
        DossierRow.competent_unit == by.unit,
        DossierRow.helped_unit == by.unit,
    )
    rows = session.execute(
        select(ScanRow, DossierRow.code, PaperRow.name)
        .join(DossierRow, DossierRow.id == ScanRow.dossier)
        .outerjoin(
            PaperRow,
            and_(PaperRow.dossier == ScanRow.dossier, PaperRow.position == ScanRow.position),
        )
        .where(ScanRow.state == ScanState.WAITING.value, ScanRow.scanned_by != by.staff, own)
        .order_by(ScanRow.id)
        .limit(LISTED)
    )
    return [
        Waiting(scan=_scan(row), dossier_code=code, paper=name or "") for row, code, name in rows
    ]


def _row(session: Session, scan_id: ScanId, by: Actor) -> ScanRow:
    row = session.get(ScanRow, scan_id)
    if row is None:
        raise UnknownScan(scan=scan_id)
    try:
        dossiers.visible(session, DossierId(row.dossier), by=by)
    except dossiers.UnknownDossier:
        raise UnknownScan(scan=scan_id) from None
    return row


def _summarise(session: Session, dossier: DossierId) -> None:
    """Complete when every paper that lies in the dossier has a scan that was accepted."""
    held = {paper.position for paper in dossiers.papers(session, dossier)}
    made = [each for each in scans(session, dossier) if each.state is not ScanState.REJECTED]
    accepted = {each.position for each in made if each.state is ScanState.ACCEPTED}
    state = Digitisation.PARTIAL if made else Digitisation.NONE
    if held and held <= accepted:
        state = Digitisation.COMPLETE
    dossiers.row_of(session, dossier).digitisation = state.value
    session.flush()


def _place(dossier: DossierId, digest: str) -> str:
    return f"scan|{dossier}/{digest}|content"


def _scan(row: ScanRow) -> Scan:
    return Scan(
        id=ScanId(row.id),
        dossier=DossierId(row.dossier),
        position=row.position,
        sha256=row.evidence,
        media_type=row.media_type,
        pages=row.pages,
        state=ScanState(row.state),
        fault=Fault(row.fault) if row.fault else None,
        scanned_by=StaffId(row.scanned_by),
        scanned_at=row.scanned_at,
        checked_by=StaffId(row.checked_by) if row.checked_by else None,
        checked_at=row.checked_at,
    )
