"""What the tests of the import share: the samples, a table that can be taken, and one call to take it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.ids import DossierId
from postal_service.domain.persons import Person, PersonRole
from postal_service.domain.wording_dates import VIETNAM
from postal_service.services import importing, persons
from postal_service.services.importing import (
    Finding,
    ImportReport,
    Kind,
    Mode,
    Outcome,
    Preview,
    Rules,
    Source,
)
from postal_service.services.persons import Purpose
from postal_service.services.vault import Vault
from postal_service.storage.schema import DossierRow

SAMPLES = Path(__file__).parents[3] / "docs" / "samples"
AT = datetime(2026, 11, 23, 9, 0, tzinfo=VIETNAM)


@dataclass(frozen=True, kw_only=True)
class Importer:
    """Who imports, with which keys, into which store."""

    session: Session
    vault: Vault
    by: Actor

    def look(self, path: Path, kind: Kind = Kind.DOSSIERS, *, mode: Mode = Mode.CREATE) -> Preview:
        return importing.preview(
            self.session, self.vault, Source(path=path), Rules(kind=kind, mode=mode),
            service="BH", by=self.by, at=AT,
        )  # fmt: skip

    def take(
        self,
        path: Path,
        kind: Kind = Kind.DOSSIERS,
        *,
        mode: Mode = Mode.CREATE,
        good_rows_alone: bool = False,
    ) -> ImportReport:
        rules = Rules(kind=kind, mode=mode, good_rows_alone=good_rows_alone)
        report = importing.run(
            self.session, self.vault, Source(path=path), rules, service="BH", by=self.by, at=AT
        )
        self.session.expire_all()
        return report

    def dossiers(self) -> dict[str, DossierRow]:
        rows = self.session.scalars(select(DossierRow).order_by(DossierRow.code))
        return {row.code: row for row in rows}

    def people(self, code: str) -> dict[PersonRole, Person]:
        dossier = DossierId(self.dossiers()[code].id)
        return persons.look(
            self.session, self.vault, dossier, purpose=Purpose.AUDIT, by=self.by, at=AT
        )


def row(number: int = 1, **changes: object) -> dict[str, object]:
    """A row that can be taken; `changes` by heading, with "_" for a blank."""
    told: dict[str, object] = {
        "Mã hồ sơ": f"H17.132-261110-{number:04d}",
        "Mã TTHC": "1.004859",
        "Tên người nộp": "Nguyễn Thị Ánh",
        "Số CCCD": "049185000011",
        "Điện thoại": "0905000011",
        "Địa chỉ": "12 Phan Châu Trinh, phường Tam Kỳ",
        "Cơ quan": "UBND phường Tam Kỳ",
        "Ngày tiếp nhận": "10/11/2026 08:30",
        "Ngày hẹn trả": "17/11/2026 17:00",
    }
    return told | {name.replace("_", " "): value for name, value in changes.items()}


def saved(report: Preview) -> tuple[int, int, int, int]:
    """Created, updated, unchanged, refused."""
    created, updated, unchanged, refused = (report.counts[outcome] for outcome in Outcome)
    return created, updated, unchanged, refused


def told(errors: Sequence[Finding]) -> list[tuple[int, str, str]]:
    """Row, column and code of each error."""
    return [(error.row, error.column, error.code) for error in errors]
