"""What was read once is saved as it was read, lies sealed in between, and is gone afterwards."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from postal_service.domain.persons import read_address, read_person
from postal_service.services import importing, persons
from postal_service.services.importing import Kind, Outcome, RowsRefused, Rules, Source, Spool
from postal_service.storage.schema import DossierRow
from tests.services import world as w
from tests.services.importing.files import AT, SAMPLES, Importer

WHO = read_person("Nguyễn Thị Ánh", phone="0905000011", address=read_address("12 Hùng Vương", w.COMMUNE))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    number: int
    who: object


def test_batches_come_back_in_order() -> None:
    told = [[Told(number, WHO) for number in range(n, n + 3)] for n in (0, 3, 6)]

    with Spool() as spool:
        for batch in told:
            spool.add(batch)
        assert (list(spool.batches()), spool.records) == (told, 9)
        assert list(spool.batches()) == told


def test_nobodys_name_lies_open_on_disk() -> None:
    with Spool() as spool:
        spool.add([Told(1, WHO)])
        spool._file.seek(0)
        written = spool._file.read()
    assert WHO.name.encode() not in written
    assert b"0905" not in written


def test_what_was_kept_is_saved_without_reading_the_file_again(office: Importer) -> None:
    source, rules = Source(path=SAMPLES / "dossiers.csv"), Rules(kind=Kind.DOSSIERS)
    common: dict[str, Any] = {"service": "BH", "by": office.by, "at": AT}
    with Spool() as spool:
        told = importing.preview(office.session, office.vault, source, rules, spool=spool, **common)
        done = importing.run(
            office.session, office.vault, source, rules, checked=told, spool=spool, **common
        )  # fmt: skip
    once = {code: (row.received_at, row.due_at, row.administrative) for code, row in office.dossiers().items()}  # fmt: skip

    assert (done.saved, done.counts[Outcome.CREATED], done.rows) == (True, 5, 5)
    assert len(once) == 5
    # Told again from the file itself, nothing differs: people, dates and states are the same.
    again = office.take(SAMPLES / "dossiers.csv")
    assert again.counts[Outcome.UNCHANGED] == 5


def test_a_dossier_that_came_in_between_refuses_all(office: Importer) -> None:
    source, rules = Source(path=SAMPLES / "dossiers.csv"), Rules(kind=Kind.DOSSIERS)
    common: dict[str, Any] = {"service": "BH", "by": office.by, "at": AT}
    session: Session = office.session
    with Spool() as spool:
        told = importing.preview(session, office.vault, source, rules, spool=spool, **common)
        assert office.take(SAMPLES / "dossiers.csv").saved
        first = next(iter(office.dossiers().values()))
        session.get_one(DossierRow, first.id).due_at = AT
        session.flush()
        with pytest.raises(RowsRefused):
            importing.run(session, office.vault, source, rules, checked=told, spool=spool, **common)


def test_a_file_that_changed_is_not_saved_from_memory(office: Importer, tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_bytes((SAMPLES / "dossiers.csv").read_bytes())
    source, rules = Source(path=path), Rules(kind=Kind.DOSSIERS)
    common: dict[str, Any] = {"service": "BH", "by": office.by, "at": AT}
    with Spool() as spool:
        told = importing.preview(office.session, office.vault, source, rules, spool=spool, **common)
        path.write_bytes(b"something else")
        with pytest.raises(importing.FileChanged):
            importing.run(
                office.session, office.vault, source, rules, checked=told, spool=spool, **common
            )


def test_one_seal_for_many_roles_is_the_seal_of_each(office: Importer) -> None:
    office.take(SAMPLES / "dossiers.csv")
    codes = list(office.dossiers())

    assert all(office.people(code) for code in codes)
    assert persons.with_phone(office.session, office.vault, "+84905000022", limit=5)
