"""A scan counts after a second pair of eyes, and lies under its dossier's key."""

from hashlib import sha256

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, RoleNeeded
from postal_service.domain.ids import DossierId
from postal_service.domain.standing import Digitisation
from postal_service.services import administrative, digitisation, dossiers, persons
from postal_service.services.digitisation import RESULT, Fault, Scan, ScanId, ScanState
from postal_service.services.dossiers import UnknownDossier
from postal_service.services.persons import Purpose
from postal_service.storage.schema import ScanRow
from tests.services import journeys
from tests.services import world as w
from tests.services.world import World

PDF = b"%PDF-1.7 a declaration"


@pytest.fixture
def dossier(session: Session, world: World) -> DossierId:
    return journeys.received(session, world).dossier


def make(
    session: Session,
    world: World,
    dossier: DossierId,
    position: int = 1,
    *,
    content: bytes = PDF,
    pages: int = 1,
    by: Actor | None = None,
) -> Scan:
    return digitisation.scan(
        session, world.vault, dossier, position, content, pages=pages,
        by=by or world.desk_clerk, at=w.MORNING,
    )  # fmt: skip


def check(session: Session, scan: Scan, by: Actor, *, good: bool = True) -> Scan:
    fault = None if good else Fault.ILLEGIBLE
    return digitisation.check(session, scan.id, fault=fault, by=by, at=w.AFTER_CUT)


def test_a_dossier_is_digitised_when_every_paper_was_checked_by_another(
    session: Session, world: World, dossier: DossierId
) -> None:
    def state() -> Digitisation:
        return dossiers.load(session, dossier).digitisation

    assert state() is Digitisation.NONE
    form, card = make(session, world, dossier, 1), make(session, world, dossier, 2)
    assert state() is Digitisation.PARTIAL
    check(session, form, world.second_desk_clerk)
    assert state() is Digitisation.PARTIAL
    checked = check(session, card, world.officer)
    assert state() is Digitisation.COMPLETE
    assert (checked.state, checked.checked_by) == (ScanState.ACCEPTED, world.officer.staff)


def test_whoever_scanned_does_not_check(session: Session, world: World, dossier: DossierId) -> None:
    scan = make(session, world, dossier)
    with pytest.raises(digitisation.ChecksHimself):
        check(session, scan, world.desk_clerk)
    assert digitisation.waiting(session, [dossier], by=world.desk_clerk) == []
    assert digitisation.waiting(session, [dossier], by=world.second_desk_clerk) == [scan]


def test_a_rejected_scan_does_not_count_and_is_judged_once(
    session: Session, world: World, dossier: DossierId
) -> None:
    scan = make(session, world, dossier)
    back = check(session, scan, world.second_desk_clerk, good=False)
    assert (back.state, back.fault) == (ScanState.REJECTED, Fault.ILLEGIBLE)
    assert dossiers.load(session, dossier).digitisation is Digitisation.NONE
    with pytest.raises(digitisation.CheckedAlready):
        check(session, scan, world.second_desk_clerk)
    again = make(session, world, dossier, content=PDF + b" again")
    assert check(session, again, world.second_desk_clerk).state is ScanState.ACCEPTED


@pytest.mark.parametrize(
    ("content", "pages"),
    [(b"", 1), (b"GIF89a", 1), (b"<html>", 1), (PDF, 0), (PDF, -1), (PDF, 501)],
)
def test_what_is_no_scan_is_refused(
    session: Session, world: World, dossier: DossierId, content: bytes, pages: int
) -> None:
    with pytest.raises(digitisation.NotAScan):
        make(session, world, dossier, content=content, pages=pages)


def test_a_file_that_is_too_large_is_refused(
    session: Session, world: World, dossier: DossierId
) -> None:
    with pytest.raises(digitisation.NotAScan):
        make(session, world, dossier, content=PDF + bytes(digitisation.LARGEST_FILE))


@pytest.mark.parametrize("position", [RESULT, 3, 99, -1])
def test_there_is_no_scan_of_a_paper_that_is_not_there(
    session: Session, world: World, dossier: DossierId, position: int
) -> None:
    with pytest.raises(digitisation.NoSuchPaper):
        make(session, world, dossier, position)


def test_the_result_is_digitised_once_there_is_one(
    session: Session, world: World, dossier: DossierId
) -> None:
    administrative.resolve(session, dossier, by=world.officer, at=w.AFTER_CUT)
    assert make(session, world, dossier, RESULT).position == RESULT


def test_others_neither_scan_nor_see(session: Session, world: World, dossier: DossierId) -> None:
    scan = make(session, world, dossier)
    with pytest.raises(RoleNeeded):
        make(session, world, dossier, by=world.manager)
    with pytest.raises(UnknownDossier):
        make(session, world, dossier, by=world.far_desk_clerk)
    for scan_id, by in ((scan.id, world.far_desk_clerk), (ScanId(10**6), world.desk_clerk)):
        with pytest.raises(digitisation.UnknownScan):
            digitisation.check(session, scan_id, fault=None, by=by, at=w.AFTER_CUT)
        with pytest.raises(digitisation.UnknownScan):
            digitisation.open_scan(
                session, world.vault, scan_id, purpose=Purpose.AUDIT, by=by, at=w.AFTER_CUT
            )


def test_a_scan_is_kept_sealed_and_every_look_is_logged(
    session: Session, world: World, dossier: DossierId
) -> None:
    scan = make(session, world, dossier)
    row = session.scalars(select(ScanRow)).one()
    assert row.content is not None
    assert PDF not in row.content

    _, content = digitisation.open_scan(
        session, world.vault, scan.id, purpose=Purpose.PROCESSING, by=world.officer, at=w.AFTER_CUT
    )
    assert content == PDF
    assert scan.sha256 == sha256(PDF).hexdigest()
    look = persons.looks(session, dossier)[0]
    assert (look.staff, look.what, look.purpose) == (world.officer.staff, "scan 1", "processing")
    with pytest.raises(DatabaseError):
        session.execute(text("DELETE FROM access_log"))
