"""A workbook's first visible sheet, read as a stream. Nothing in it is computed, and its size is asked before it is unpacked."""

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO

from openpyxl.utils.datetime import from_excel

from postal_service.domain.legacy_text import Encoding
from postal_service.services.importing.spool import Spool
from postal_service.services.importing.tables import (
    BrokenAt,
    CannotBeRead,
    Cell,
    Format,
    Recognised,
    Row,
    TooLarge,
    WorkbookTooLarge,
    listed_rows,
)
from postal_service.services.importing.xlsx_sheet import Book, SharedTexts

MOST_UNPACKED_BYTES = 768 * 1024 * 1024
MOST_SHARED_TEXT_BYTES = 128 * 1024 * 1024  # they are read before the first row
MOST_PARTS = 2_000
LONGEST_ROW = 16 * 1024 * 1024  # bytes of one row; the reader holds it whole, several times over
_CHUNK = 1024 * 1024
_ROW = re.compile(rb"</?(?:[A-Za-z_][\w.-]{0,30}:)?row[\s/>]")
_LONGEST_TAG = 64  # bytes that the pattern may need
_EXCEL_DAYS = range(20_000, 80_000)  # 1954 to 2119


class XlsxTable:
    """An opened workbook."""

    format = Format.XLSX
    encoding: Encoding | None = None
    certain = True

    def __init__(self, path: Path, recognised: Recognised) -> None:
        self._path, self._recognised = path, recognised
        self.headings: list[str] = []

    def share(self) -> float | None:
        return None

    def rows(self) -> Iterator[Row]:
        _refuse_bombs(self._path)
        with self._path.open("rb") as raw, Spool() as spool:
            book = _opened(raw, SharedTexts(spool))
            sheet = book.first_sheet()
            if sheet is None:
                raise CannotBeRead(why="no sheet")
            yield from listed_rows(_records(book, sheet), self.headings, self._recognised)


def _opened(raw: IO[bytes], texts: SharedTexts) -> Book:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and validations nobody here looks at
            book = Book(raw, texts)
            book.read()
    except Exception as fault:  # what hostile workbooks make it raise has no base class
        raise CannotBeRead(why=type(fault).__name__) from fault
    return book


def as_moment(cell: float) -> datetime | None:
    """What a number means in a column of dates: days since 1900, as a sheet keeps them."""
    if int(cell) not in _EXCEL_DAYS:
        return None
    found = from_excel(cell)
    return found if isinstance(found, datetime) else None


def _records(book: Book, sheet: str) -> Iterator[tuple[int, Sequence[Cell]]]:
    rows, number = book.rows(sheet), 0
    while True:
        try:
            number, cells = next(rows)
        except StopIteration:
            return
        except Exception as fault:  # as above
            raise BrokenAt(row=number + 1, line=number + 1) from fault
        yield number, cells


def _refuse_bombs(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as fault:
        raise CannotBeRead(why="not a workbook") from fault
    # The reader takes no more from a part than its entry declares, so the declared sizes are enough.
    shared = max((p.file_size for p in parts if "sharedstrings" in p.filename.lower()), default=0)
    if (
        len(parts) > MOST_PARTS
        or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES
        or shared > MOST_SHARED_TEXT_BYTES
    ):
        raise WorkbookTooLarge(most=MOST_UNPACKED_BYTES // 1024**2)
    # Any part may be named as a sheet, whatever it is called.
    for part in parts:
        if part.file_size > LONGEST_ROW and "sharedstrings" not in part.filename.lower():
            _refuse_endless_row(path, part)


def _refuse_endless_row(path: Path, part: zipfile.ZipInfo) -> None:
    """A few hundred kilobytes may unpack to one cell of hundreds of megabytes."""
    since, tail = 0, b""
    try:
        with zipfile.ZipFile(path) as packed, packed.open(part) as content:
            while chunk := content.read(_CHUNK):
                window = tail + chunk
                ends = [each.end() for each in _ROW.finditer(window)]
                since = len(window) - ends[-1] if ends else since + len(chunk)
                if since > LONGEST_ROW:
                    raise TooLarge(what="line", most=LONGEST_ROW)
                tail = window[-_LONGEST_TAG:]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as fault:
        raise CannotBeRead(why="not a workbook") from fault
