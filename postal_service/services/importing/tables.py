"""A table from outside is a stream of rows: whatever the format, cells under the file's own headings.

Nothing here knows what the columns mean. A cell is what stands in the file, not yet trusted; a row
that cannot be cut into cells says so itself, and the rows after it are still read.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol, TypeAlias

from postal_service.domain.legacy_text import Encoding
from postal_service.domain.refusals import Malformed
from postal_service.domain.text import search_key

MOST_BYTES = 512 * 1024 * 1024
MOST_ROWS = 1_000_000
MOST_COLUMNS = 200
LONGEST_CELL = 4_000
HEADING_WITHIN = 15  # exports put titles above the headings


class CannotBeRead(Malformed):
    """The file as a whole is not a table: `why` is the code of a sentence of its own."""

    code = "import.cannot_be_read"


class NotThere(Malformed):
    code = "import.no_such_file"


class TooLarge(Malformed):
    code = "import.too_large"


class NoTable(Malformed):
    """No line of the file holds the headings that must be there."""

    code = "import.no_headings"


class OldWorkbook(Malformed):
    code = "import.old_workbook"


class WorkbookTooLarge(Malformed):
    """A workbook that would unpack to more than any list of dossiers could be."""

    code = "import.workbook_too_large"


class BrokenAt(Malformed):
    """From this row on nobody can tell where cells begin and end."""

    code = "import.broken_at"


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that would compute something. It is never computed."""

    text: str


@dataclass(frozen=True, slots=True)
class Nested:
    """A list or an object where a value should stand."""


Cell: TypeAlias = str | int | float | bool | date | datetime | Formula | Nested | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row. `number` counts as the program that wrote the file counts: headings are a row too."""

    number: int
    cells: Mapping[str, Cell]
    fault: str = ""  # code of what is wrong with the row as a whole
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file, and what its sender said of it. What is not said is recognised."""

    path: Path
    format: Format | None = None
    encoding: Encoding | None = None


class Table(Protocol):
    """An opened table. `rows` may be gone through once."""

    format: Format
    encoding: Encoding | None
    certain: bool
    headings: list[str]

    def rows(self) -> Iterator[Row]:
        """Every row below the headings. Raises CannotBeRead, NoTable or BrokenAt."""

    def share(self) -> float | None:
        """How much of the file has been read, 0 to 1; None where nobody can tell."""


Recognised: TypeAlias = Callable[[Sequence[str]], int]


def heading(written: object) -> str:
    """A heading as it is compared: no marks, no case, no punctuation: "Mã hồ sơ (*)" is "ma ho so"."""
    key = search_key(str(written)[:200])
    return " ".join("".join(c if c.isalnum() else " " for c in key).split())


def is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def listed_rows(
    rows: Iterator[tuple[int, Sequence[Cell]]], headings: list[str], recognised: Recognised
) -> Iterator[Row]:
    """Rows of a sheet or a CSV file below its line of headings; fills `headings` with that line.

    Raises NoTable where the first lines hold no two headings that are known.
    """
    headings[:] = _find_headings(rows, recognised)
    width = len(headings)
    for number, cells in rows:
        if number > MOST_ROWS:
            raise TooLarge(what="rows", most=MOST_ROWS)
        if all(is_blank(cell) for cell in cells):
            continue
        surplus = [cell for cell in cells[width:] if not is_blank(cell)]
        named = {name: cell for name, cell in zip(headings, cells, strict=False) if name}
        if surplus:
            facts = {"cells": len(cells), "columns": width}
            yield Row(number=number, cells=named, fault="import.ragged_row", facts=facts)
            continue
        yield Row(number=number, cells=named)


def _find_headings(rows: Iterator[tuple[int, Sequence[Cell]]], recognised: Recognised) -> list[str]:
    for number, cells in rows:
        names = [" ".join(str(cell).split()) if isinstance(cell, str) else "" for cell in cells]
        if recognised(names) >= 2:
            if len(names) > MOST_COLUMNS:
                raise TooLarge(what="columns", most=MOST_COLUMNS)
            return names
        if number >= HEADING_WITHIN:
            break
    raise NoTable(lines=HEADING_WITHIN)
