"""`postal new-master-key`: the service reads on under the new key, and an old backup tells nobody anything."""

import sqlite3
from base64 import b64encode
from collections import Counter
from collections.abc import Collection
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from postal_service import services
from postal_service.cli import main
from postal_service.domain.persons import Person
from postal_service.services import (
    administrative,
    erasing,
    evidence,
    outbox,
    persons,
    second_factor,
    uploads,
)
from postal_service.services.erasing import EraseReason
from postal_service.services.persons import Purpose
from postal_service.services.reception import Received
from postal_service.services.rekeying import SEALED, rekey
from postal_service.services.uploads import Upload
from postal_service.services.vault import SealedFieldDamagedError, Vault, open_sealed
from postal_service.settings import NEW_MASTER_KEY
from postal_service.storage.engine import open_engine
from postal_service.storage.schema import StaffRow
from postal_service.storage.transaction import Sessions, reading, sessions_on, transaction
from tests.services import journeys
from tests.services import world as w
from tests.services.registrations import LAN
from tests.services.world import World, build

Capture = pytest.CaptureFixture[str]
NEW = bytes(range(100, 132))
PHOTO = b"\xff\xd8\xff a photo of the door"
TABLE = b"code,name\n1,Lan\n"
LATER = w.MORNING + timedelta(days=2)
COMMAND = ["new-master-key"]


class Lived:
    """One of everything that the master key seals."""

    def __init__(self, session: Session) -> None:
        self.world: World = build(session)
        world = self.world
        self.received: Received = journeys.received(session, world)
        self.photo = sha256(PHOTO).hexdigest()
        evidence.keep(
            session, world.vault, self.photo, PHOTO, media_type="image/jpeg", by=world.courier,
            at=w.MORNING,
        )  # fmt: skip
        self.secret = second_factor.fresh_secret()
        second_factor.keep(session, world.vault, world.counter.staff, self.secret)
        self.upload: Upload = uploads.keep(
            session, world.vault, "people.csv", BytesIO(TABLE), by=world.administrator, at=w.MORNING
        )
        outbox.put(
            session, world.vault, key="sms-1", subject="code", unit=w.OFFICE, to="+84914222333",
            text="123456", expires_at=LATER, at=w.MORNING,
        )  # fmt: skip


@pytest.fixture
def lived(service: str, configured: pytest.MonkeyPatch, committed_sessions: Sessions) -> Lived:
    with transaction(committed_sessions) as session:
        lived = Lived(session)
    vault = lived.world.vault
    configured.setenv("POSTAL_MASTER_KEY", b64encode(vault.master).decode())
    configured.setenv("POSTAL_INDEX_KEY", b64encode(vault.index).decode())
    configured.setenv(NEW_MASTER_KEY, b64encode(NEW).decode())
    return lived


def opening(sessions: Sessions, key: bytes) -> Counter[str]:
    """How many fields of each table this key opens."""
    count: Counter[str] = Counter()
    with reading(sessions) as session:
        for sealed in SEALED:
            columns = [sealed.table.c[name] for name in (*sealed.name, sealed.column)]
            for *name, content in session.execute(select(*columns)):
                try:
                    open_sealed(key, content or b"", sealed.place(tuple(name)))
                except SealedFieldDamagedError:
                    continue
                count[sealed.table.name] += 1
    return count


def test_the_service_reads_on_under_the_new_key_and_the_old_one_opens_nothing(
    lived: Lived, committed_sessions: Sessions, capsys: Capture
) -> None:
    world, old = lived.world, lived.world.vault
    before = opening(committed_sessions, old.master)
    assert set(before) == {each.table.name for each in SEALED}

    assert main(COMMAND) == 0

    assert capsys.readouterr().out.startswith(
        f"{before.total()} sealed anew. Set POSTAL_MASTER_KEY"
    )
    assert opening(committed_sessions, old.master) == Counter()
    assert opening(committed_sessions, NEW) == before
    vault = replace(old, master=NEW)
    assert LAN in people_of(committed_sessions, vault, lived)
    with transaction(committed_sessions) as session:
        assert evidence.look(session, vault, lived.photo, by=world.courier).content == PHOTO
        with uploads.as_file(session, vault, lived.upload.id) as file:
            assert file.read_bytes() == TABLE
        row = session.get_one(StaffRow, world.counter.staff)
        code = pyotp.TOTP(lived.secret).at(LATER)
        assert second_factor.holds(session, vault, row, code, at=LATER)
        claimed = outbox.claim(session, at=w.MORNING)
        assert claimed is not None
        letter = outbox.opened(vault, claimed)
        assert letter is not None
        assert letter.text == "123456"
        keys = replace(world.keys, vault=vault)
        journeys.seal(
            session, replace(world, keys=keys),
            journeys.ready(session, replace(world, keys=keys), lived.received, at=LATER).item,
            by=world.desk_clerk, at=LATER,
        )  # fmt: skip


def test_whoever_was_erased_is_in_no_old_backup_that_somebody_can_read(
    lived: Lived,
    committed_engine: Engine,
    committed_sessions: Sessions,
    dialect: str,
    tmp_path: Path,
) -> None:
    if dialect != "sqlite":
        pytest.skip("a backup of SQLite is one file")
    world, old = lived.world, lived.world.vault
    backup = tmp_path / "backup.db"
    with (
        closing(sqlite3.connect(committed_engine.url.database or "")) as live,
        closing(sqlite3.connect(backup)) as copy,
    ):
        live.backup(copy)
    with transaction(committed_sessions) as session:
        dossier = lived.received.dossier
        administrative.discontinue(session, dossier, why="rút", by=world.desk_clerk, at=LATER)
        erasing.erase(
            session, world.keys, dossier, reason=EraseReason.CITIZEN_ASKED, by=world.administrator,
            at=LATER,
        )  # fmt: skip

    assert main(COMMAND) == 0

    engine = open_engine(f"sqlite:///{backup}")
    aged = sessions_on(engine)
    assert opening(aged, NEW) == Counter()
    assert LAN in people_of(aged, old, lived)  # with the old key that backup is whole
    with pytest.raises(SealedFieldDamagedError):
        people_of(aged, replace(old, master=NEW), lived)
    engine.dispose()
    assert LAN.name.encode() not in backup.read_bytes()


def test_it_goes_on_where_it_was_stopped_and_does_nothing_twice(
    lived: Lived, committed_sessions: Sessions, capsys: Capture
) -> None:
    old = lived.world.vault.master
    everything = opening(committed_sessions, old).total()
    begun = next(rekey(committed_sessions, old, NEW))
    assert 0 < begun < everything

    assert [main(COMMAND), main(COMMAND)] == [0, 0]

    first, _, second, _ = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{everything - begun} sealed anew")
    assert second.startswith("0 sealed anew")


def test_what_neither_key_opens_is_named_and_what_was_done_stays(
    lived: Lived, committed_sessions: Sessions, capsys: Capture
) -> None:
    old = lived.world.vault.master
    with transaction(committed_sessions) as session:
        session.execute(update(StaffRow).where(StaffRow.totp_secret.is_not(None)).values(
            totp_secret=b"\x01" + bytes(60)
        ))  # fmt: skip

    assert main(COMMAND) == 1

    told = capsys.readouterr().err
    assert f"staff|{lived.world.counter.staff}|totp_secret" in told
    assert "run it again once" in told
    assert "chạy lại khi" in told
    assert set(opening(committed_sessions, NEW)) == {"dossier_key"}
    assert "dossier_key" not in opening(committed_sessions, old)


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        (None, 2, f"Not set: {NEW_MASTER_KEY}"),
        ("short", 2, f"{NEW_MASTER_KEY} must be 32 bytes in base64"),
        (b64encode(bytes(range(32))).decode(), 1, "The new key is the one in use."),
    ],
)
def test_a_key_that_cannot_be_the_new_one_changes_nothing(
    lived: Lived,
    committed_sessions: Sessions,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
    given: str | None,
    status: int,
    said: str,
) -> None:
    before = opening(committed_sessions, lived.world.vault.master)
    if given is None:
        monkeypatch.delenv(NEW_MASTER_KEY)
    else:
        monkeypatch.setenv(NEW_MASTER_KEY, given)

    assert main(COMMAND) == status

    assert said in capsys.readouterr().err
    assert opening(committed_sessions, lived.world.vault.master) == before


def test_nothing_else_is_sealed_under_the_master_key() -> None:
    """A module that begins to seal under it needs a line in SEALED."""
    folder = Path(services.__file__).parent
    using = {
        each.stem for each in folder.rglob("*.py") if "vault.master" in each.read_text("utf-8")
    }

    assert using == {"evidence", "office_events", "outbox", "second_factor", "uploads"}


def people_of(sessions: Sessions, vault: Vault, lived: Lived) -> Collection[Person]:
    with transaction(sessions) as session:
        dossier, by = lived.received.dossier, lived.world.counter
        return persons.look(
            session, vault, dossier, purpose=Purpose.DELIVERY, by=by, at=LATER
        ).values()
