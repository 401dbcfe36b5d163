"""How a file is to be taken, how far that is, and what became of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from postal_service.domain.legacy_text import Encoding
from postal_service.services.importing.findings import Finding
from postal_service.services.importing.subject import Kind, Mode, Outcome
from postal_service.services.importing.tables import Format

MOST_FINDINGS = 100


class Stage(StrEnum):
    CHECKING = "checking"
    SAVING = "saving"


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a pass is. `total` is an estimate while a file is read for the first time."""

    stage: Stage
    rows: int
    total: int | None


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """How a file is taken: what rows may do, and whether the good ones are taken without the bad."""

    kind: Kind
    mode: Mode = Mode.CREATE
    good_rows_alone: bool = False
    most_findings: int = MOST_FINDINGS


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What an import would do, or did."""

    kind: Kind
    format: Format
    encoding: Encoding | None  # none for a workbook
    certain: bool  # False: the encoding is a guess, look at the rows before it is used
    columns: Mapping[str, str]  # heading in the file: what it was read as
    unknown_columns: tuple[str, ...]
    rows: int
    counts: Mapping[Outcome, int]
    first_rows: tuple[Mapping[str, str], ...]  # by heading, people's data masked
    errors: tuple[Finding, ...]  # the first of them
    error_count: int
    remarks: tuple[Finding, ...]
    remark_count: int
    fingerprint: tuple[int, int]  # size and time of the file that was looked at
    read_to_its_end: bool  # what is half read is not half saved

    @property
    def clean(self) -> bool:
        """Whether every row can be taken."""
        return not self.error_count


@dataclass(frozen=True, kw_only=True)
class ImportReport(Preview):
    """What was done; `saved` is False when nothing was."""

    saved: bool
