"""An erased person is nowhere: not in a table, not in a file; and the ledger is still whole."""

import threading
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, event, select, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session

from postal_service.domain.actors import RoleNeeded
from postal_service.domain.acts import Attempt, CodeProof, Deliver, Erase, Receiver
from postal_service.domain.ids import DeviceId, DossierId
from postal_service.domain.persons import read_person
from postal_service.ledger import checkpoint, export, notes, reading
from postal_service.ledger.verify import verify
from postal_service.ledger.witness import Policy
from postal_service.services import (
    administrative,
    consequences,
    delegates,
    delivery,
    digitisation,
    dossiers,
    erasing,
    evidence,
    jobs,
    message_codes,
    persons,
    results,
    tracking,
)
from postal_service.services.delegates import Ground, Shown
from postal_service.services.erasing import EraseReason
from postal_service.services.job_runner import Context, JobCancelledError, Runner
from postal_service.services.office_events import Told, tell
from postal_service.services.persons import DossierErased, Purpose
from postal_service.services.reception import Received
from postal_service.services.tracking import NothingFound
from postal_service.storage.engine import LOCK_TIMEOUT_MS, forget_deleted
from postal_service.storage.schema import (
    CommitmentRow,
    DelegationRow,
    DeviceRow,
    DossierKeyRow,
    DossierRow,
    EvidenceRow,
    JobRow,
    MessageCodeRow,
    OutboxRow,
    PersonRow,
    ScanRow,
)
from postal_service.storage.transaction import Sessions, transaction
from postal_service.storage.transaction import reading as looking
from tests.services import journeys
from tests.services import world as w
from tests.services.registrations import BINH, LAN, register, registration
from tests.services.world import World, build

LATER = w.MORNING + timedelta(days=2)
PHOTO = b"\xff\xd8\xff a photo of the door"
PDF = b"%PDF-1.7 with her name in it"
MAI = read_person("Trần Thị Mai", phone="0914 222 333", citizen="049190123457")
ORIGIN = "log.example/custody"


def _lived(session: Session, world: World) -> Received:
    """A dossier that has everything: scan, delegate, message, photo, delivery."""
    received = journeys.received(session, world)
    code = delegates.name(
        session, world.keys, received.dossier, MAI,
        shown=Shown(ground=Ground.PAPER, paper="UQ 12"), instead_of=delegates.NEVER,
        by=world.desk_clerk, at=w.MORNING,
    )  # fmt: skip
    digitisation.scan(
        session, world.vault, received.dossier, 1, PDF, pages=1, by=world.desk_clerk, at=w.MORNING
    )
    ready = journeys.ready(session, world, received, at=w.AFTER_CUT)
    journeys.with_courier(session, world, ready, at=w.AFTER_CUT)
    message_codes.send(
        session, world.vault, ready.item, phone=LAN.phone, can_send=True, by=world.courier,
        at=w.AFTER_CUT,
    )  # fmt: skip
    digest = evidence_of(session, world)
    assert code is not None
    delivery.deliver(
        session, world.keys, ready.item, receiver=Receiver.AUTHORISED,
        proof=CodeProof(rotation=code.rotation, secret=code.secret),
        evidence=(digest,), by=world.courier, at=w.AFTER_CUT + timedelta(minutes=9),
    )  # fmt: skip
    results.note_delivered(session, [ready.item], at=w.AFTER_CUT + timedelta(hours=1))
    return received


def evidence_of(session: Session, world: World) -> str:
    digest = sha256(PHOTO).hexdigest()
    evidence.keep(
        session, world.vault, digest, PHOTO, media_type="image/jpeg", by=world.courier,
        at=w.AFTER_CUT,
    )  # fmt: skip
    return digest


def _erase(session: Session, world: World, dossier: DossierId) -> None:
    erasing.erase(
        session, world.keys, dossier, reason=EraseReason.RETENTION_OVER, by=world.administrator,
        at=LATER,
    )  # fmt: skip


def _what_must_go(session: Session, dossier: DossierId) -> list[bytes]:
    """Every byte string by which the person could be found or read again."""
    people = session.scalars(select(PersonRow).filter_by(dossier=dossier)).all()
    gone = [
        value
        for row in people
        for value in (
            row.name, row.phone, row.citizen, row.address, row.name_index, row.phone_index,
            row.phone_tail_index, row.citizen_index,
        )
    ]  # fmt: skip
    gone += list(session.scalars(select(DossierKeyRow.wrapped).filter_by(dossier=dossier)))
    for salt, content in session.execute(
        select(CommitmentRow.salt, CommitmentRow.content).filter_by(dossier=dossier)
    ):
        gone += [salt, content]
    gone += [each for each in session.scalars(select(ScanRow.content)) if each]
    gone += [each for each in session.scalars(select(DelegationRow.content)) if each]
    gone += list(session.scalars(select(EvidenceRow.content)))
    gone += list(session.scalars(select(OutboxRow.payload)))
    gone += list(session.scalars(select(MessageCodeRow.code_hash)))
    gone += list(session.scalars(select(DossierRow.pin_hash).filter_by(id=dossier)))
    assert len(gone) > 20
    return gone


def _files(engine: Engine) -> Callable[[], bytes]:
    """Reads every byte of the database's files: on SQLite the file and its journal, on PostgreSQL
    the tables and their indexes as they lie on the disk.
    """
    if engine.dialect.name == "sqlite":
        path = Path(engine.url.database or "")
        return lambda: b"".join(
            each.read_bytes() for each in sorted(path.parent.glob(f"{path.name}*"))
        )

    def on_disk() -> bytes:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CHECKPOINT"))
            relations = connection.scalars(
                text(
                    "SELECT pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r', 'i', 't')"
                    " AND relnamespace <> 'pg_catalog'::regnamespace"
                    " AND pg_relation_size(oid) > 0"
                )
            ).all()
            return b"".join(
                connection.scalar(text("SELECT pg_read_binary_file(:path)"), {"path": path}) or b""
                for path in relations
            )

    return on_disk


def test_after_erasing_no_byte_is_left_and_the_ledger_is_whole(
    committed_sessions: Sessions, committed_engine: Engine, tmp_path: Path
) -> None:
    with transaction(committed_sessions) as session:
        world = build(session)
        received = _lived(session, world)
        kept = register(session, world, registration(session, submitter=BINH))
        needles = _what_must_go(session, received.dossier)
        others = _what_others_keep(session, kept.dossier)
    on_disk = _files(committed_engine)
    before = on_disk()
    assert all(needle in before for needle in needles)

    with transaction(committed_sessions) as session:
        _erase(session, world, received.dossier)
    forget_deleted(committed_engine, erasing.TABLES)

    after = on_disk()
    assert [needle for needle in needles if needle in after] == []
    assert all(needle in after for needle in others)
    with transaction(committed_sessions) as session:
        verdict = verify(*_exported(session, world, tmp_path))
    assert verdict.valid, verdict.broken
    with looking(committed_sessions) as session:
        assert persons.masked(session, world.vault, [kept.dossier])[kept.dossier]


def test_the_overwriting_waits_for_whoever_still_reads_and_holds_nobody_up(
    committed_sessions: Sessions, committed_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "PAUSE_SECONDS", 0.05)

    @event.listens_for(committed_engine, "checkout")
    def _impatient(connection: DBAPIConnection, *_: object) -> None:
        if committed_engine.dialect.name == "sqlite":
            connection.cursor().execute("PRAGMA busy_timeout=50")

    with transaction(committed_sessions) as session:
        world = build(session)
        received = _lived(session, world)
        (needle,) = session.scalars(
            select(DossierKeyRow.wrapped).filter_by(dossier=received.dossier)
        )
    on_disk = _files(committed_engine)
    runner = Runner(
        committed_sessions, clock=lambda: LATER, kinds={erasing.OVERWRITE: erasing.overwrite}
    )
    at_it = threading.Thread(target=runner.run_one)
    with looking(committed_sessions) as reader:
        reader.scalars(select(PersonRow)).all()
        with transaction(committed_sessions) as session:
            _erase(session, world, received.dossier)
        at_it.start()
        at_it.join(timeout=LOCK_TIMEOUT_MS / 1_000 + 0.5)
        assert at_it.is_alive()
        with looking(committed_sessions) as another:
            assert another.scalars(select(PersonRow)).all() == []

    at_it.join(timeout=30)

    assert needle not in on_disk()
    with looking(committed_sessions) as session:
        assert session.scalars(select(JobRow.state)).all() == ["done"]


def test_an_overwriting_that_is_asked_to_stop_stops(
    committed_sessions: Sessions,
) -> None:
    with transaction(committed_sessions) as session:
        world = build(session)
        received = _lived(session, world)
        _erase(session, world, received.dossier)
        job = jobs.claim(session, (erasing.OVERWRITE,), at=LATER)
    assert job is not None
    context = Context(job=job, sessions=committed_sessions, clock=lambda: LATER)
    context.stop()

    with pytest.raises(JobCancelledError):
        erasing.overwrite(context)


def test_a_photo_of_two_deliveries_stays_until_both_are_erased(
    committed_sessions: Sessions, committed_engine: Engine
) -> None:
    with transaction(committed_sessions) as session:
        world = build(session)
        dossiers_of_it = [_lived(session, world).dossier for _ in range(2)]  # one photo for both
        (needle,) = session.scalars(select(EvidenceRow.content))
    on_disk = _files(committed_engine)

    for dossier, stays in zip(dossiers_of_it, (True, False), strict=True):
        with transaction(committed_sessions) as session:
            _erase(session, world, dossier)
        forget_deleted(committed_engine, erasing.TABLES)
        assert (needle in on_disk()) is stays
        with looking(committed_sessions) as session:
            kept = session.scalars(select(EvidenceRow.sha256)).all()
        assert kept == ([sha256(PHOTO).hexdigest()] if stays else [])


def test_a_photo_that_a_phone_sends_after_the_erasing_is_not_kept(
    session: Session, world: World
) -> None:
    received = _lived(session, world)
    _erase(session, world, received.dossier)

    digest = evidence_of(session, world)

    with pytest.raises(evidence.UnknownEvidence):
        evidence.look(session, world.vault, digest, by=world.administrator)
    needed = _lived(session, world)  # another delivery names the same photo
    evidence_of(session, world)
    assert evidence.look(session, world.vault, digest, by=world.administrator).content == PHOTO
    _erase(session, world, needed.dossier)
    assert session.scalars(select(EvidenceRow)).all() == []


def test_an_event_that_comes_after_the_erasing_keeps_no_photo(
    session: Session, world: World
) -> None:
    received = _lived(session, world)
    (late,) = (
        each.event
        for item in dossiers.items_of(session, received.dossier)
        for each in reading.entries_of(session, item.item)
        if isinstance(each.event.act, Deliver)
    )
    _erase(session, world, received.dossier)
    other = b"\xff\xd8\xff another photo"
    digest = sha256(other).hexdigest()
    evidence.keep(
        session, world.vault, digest, other, media_type="image/jpeg", by=world.courier, at=LATER
    )
    told = Told(
        item=late.item,
        parent=late.parent,
        act=Attempt(reason="R13", action="A1", counted=True, evidence=(digest,)),
    )
    tell(session, world.keys, [told], by=world.courier, at=LATER)
    (named,) = (
        each.event
        for each in reading.entries_of(session, late.item)
        if isinstance(each.event.act, Attempt)
    )

    consequences.after_arrival(session, [named], of_dossiers={late.item}, at=LATER)

    assert session.scalars(select(EvidenceRow)).all() == []


def _what_others_keep(session: Session, dossier: DossierId) -> list[bytes]:
    return list(session.scalars(select(PersonRow.name).filter_by(dossier=dossier)))


def _exported(session: Session, world: World, folder: Path) -> tuple[Path, Path]:
    log_key = Ed25519PrivateKey.generate()
    made = checkpoint.make(session, origin=ORIGIN, log_key=log_key, at=LATER)
    assert made is not None
    root = session.scalars(select(DeviceRow).filter_by(kind="root")).one()
    device = export.RootDevice(DeviceId(root.id), root.algorithm, root.public_key)
    policy = Policy(notes.public_key(ORIGIN, log_key), (), quorum=0)
    ledger, keys = folder / "ledger.jsonl", folder / "keys.json"
    export.write(session, ledger, origin=ORIGIN, upto=made)
    keys.write_bytes(export.keys(policy, device))
    return ledger, keys


def test_an_erased_dossier_keeps_its_facts_and_forgets_its_people(
    session: Session, world: World
) -> None:
    received = _lived(session, world)
    before = dossiers.load(session, received.dossier)
    _erase(session, world, received.dossier)

    found = dossiers.load(session, received.dossier)
    assert (found.erased_at, found.code, found.resolved_at) == (
        LATER, before.code, before.resolved_at,
    )  # fmt: skip
    assert persons.masked(session, world.vault, [received.dossier]) == {received.dossier: {}}
    with pytest.raises(DossierErased):
        persons.look(
            session,
            world.vault,
            received.dossier,
            purpose=Purpose.AUDIT,
            by=world.auditor,
            at=LATER,
        )
    with pytest.raises(DossierErased):
        _erase(session, world, received.dossier)
    for factor in (received.pin, LAN.phone[-4:], ""):
        with pytest.raises(NothingFound):
            tracking.track(session, world.vault, received.code, factor, at=LATER)
    assert dossiers.find(session, world.vault, LAN.phone, by=world.administrator).dossiers == ()
    scan = digitisation.scans(session, received.dossier)[0]
    with pytest.raises(DossierErased):
        digitisation.open_scan(
            session, world.vault, scan.id, purpose=Purpose.AUDIT, by=world.desk_clerk, at=LATER
        )


def test_the_ledger_says_that_it_was_erased_and_not_who_it_was(
    session: Session, world: World
) -> None:
    received = _lived(session, world)
    erased = erasing.erase(
        session, world.keys, received.dossier, reason=EraseReason.CITIZEN_ASKED,
        by=world.administrator, at=LATER,
    )  # fmt: skip
    entry = reading.entry(session, erased.event)
    assert entry is not None
    assert entry.event.act == Erase(subject=received.dossier, why="citizen_asked")


def test_nobody_is_erased_while_the_dossier_needs_him(session: Session, world: World) -> None:
    posted = register(session, world, registration(session))
    with pytest.raises(erasing.NotOver):
        _erase(session, world, posted.dossier)

    refused = journeys.received(session, world)
    administrative.refuse(
        session, refused.dossier, why="Không đủ điều kiện", by=world.officer, at=w.AFTER_CUT
    )
    journeys.ready(session, world, refused, at=w.AFTER_CUT)  # the papers still go home
    with pytest.raises(erasing.NotOver):
        _erase(session, world, refused.dossier)


def test_only_an_administrator_erases_and_only_what_there_is(
    session: Session, world: World
) -> None:
    received = _lived(session, world)
    for by in (world.manager, world.desk_clerk, world.auditor, world.courier):
        with pytest.raises(RoleNeeded):
            erasing.erase(
                session, world.keys, received.dossier, reason=EraseReason.RETENTION_OVER, by=by,
                at=LATER,
            )  # fmt: skip
    with pytest.raises(dossiers.UnknownDossier):
        _erase(session, world, DossierId("?"))


def test_a_refused_dossier_whose_papers_stayed_may_be_erased(
    session: Session, world: World
) -> None:
    received = journeys.received(session, world, result_by_post=False)
    administrative.refuse(
        session, received.dossier, why="Không đủ điều kiện", by=world.officer, at=w.AFTER_CUT
    )
    _erase(session, world, received.dossier)
    assert session.get(DossierKeyRow, received.dossier) is None
