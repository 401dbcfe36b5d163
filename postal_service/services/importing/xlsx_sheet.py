"""The rows of a workbook's sheet, and the texts its cells share, neither of them held in memory.

The library keeps the husk of every row it has read, and all the texts; a long list would take
hundreds of megabytes. So its own reader of a row is given one row at a time here, and the texts lie
in a spool, of which the last blocks are at hand: a sheet uses its texts in the order of its rows.
"""

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import IO, Any, cast

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.worksheet._reader import DATA_TAG, ROW_TAG, WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from postal_service.services.importing.spool import Spool
from postal_service.services.importing.tables import Cell, Formula

_TEXT_TAG = f"{{{SHEET_MAIN_NS}}}si"
_BLOCK, _BLOCKS_AT_HAND = 1_000, 32


class SharedTexts:
    """The texts of a workbook by their number."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._block = lru_cache(maxsize=_BLOCKS_AT_HAND)(spool.batch)

    def __getitem__(self, number: int) -> str:
        if number < 0:
            raise IndexError(number)
        block, place = divmod(number, _BLOCK)
        text: str = self._block(block)[place]
        return text

    def fill(self, source: IO[bytes]) -> None:
        """Take the texts of a workbook's part."""
        begun: list[str] = []
        for element, above in _ended(source, within=None):
            if element.tag != _TEXT_TAG:
                continue
            text = Text.from_tree(element)
            begun.append(text.content.replace("x005F_", "") if text else "")
            above.clear()
            if len(begun) == _BLOCK:
                self._spool.add(begun)
                begun = []
        self._spool.add(begun)


class Book(ExcelReader):
    """A workbook to be read row by row. Opening it reads its texts, and none of its sheets."""

    def __init__(self, raw: IO[bytes], texts: SharedTexts) -> None:
        super().__init__(raw, read_only=True, keep_links=False)
        self._texts = texts
        self._sheets: list[tuple[str, bool]] = []  # where each lies, and whether it is shown

    def read_strings(self) -> None:
        """Called by the library when it opens the book."""
        part = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]  # the stubs leave it out
        if part is not None:
            with self.archive.open(part.PartName[1:]) as source:
                self._texts.fill(source)

    def read_worksheets(self) -> None:
        """Called by the library, which would look through a whole sheet for its size here."""
        self._sheets = [
            (told.target, sheet.state == "visible")
            for sheet, told in self.parser.find_sheets()
            if told.target in self.valid_files and "chartsheet" not in told.Type
        ]

    def first_sheet(self) -> str | None:
        """The first one that is not hidden, or the first where all are."""
        visible = [part for part, is_shown in self._sheets if is_shown]
        return next(iter(visible or [part for part, _ in self._sheets]), None)

    def rows(self, sheet: str) -> Iterator[tuple[int, list[Cell]]]:
        """Every row with its number in the sheet; what the sheet leaves out is left out here."""
        book: Any = self.wb  # openpyxl's stubs do not know what its own reader of a row asks for
        last = 0
        with self.archive.open(sheet) as source:
            parser = WorkSheetParser(
                source, cast("list[str]", self._texts), epoch=book.epoch,
                date_formats=book._date_formats, timedelta_formats=book._timedelta_formats,  # noqa: SLF001
            )  # fmt: skip
            for element, above in _ended(source, within=DATA_TAG):
                if element.tag != ROW_TAG:
                    continue
                number, cells = parser.parse_row(element)
                above.clear()
                parser.row_dimensions.clear()
                if number > last:  # a row that is told again, or out of order, is none
                    last = number
                    yield number, _in_order(cells)


def _ended(source: IO[bytes], *, within: str | None) -> Iterator[tuple[Any, Any]]:
    """Each element of a part when it is read whole, and the one whose children may be forgotten then.

    That is the one called `within`, or the outermost.
    """
    above: Any = None
    for event, element in iterparse(source, events=("start", "end")):
        if event == "end":
            yield element, above
        elif element.tag == within or (within is None and above is None):
            above = element


def _in_order(cells: list[dict[str, Any]]) -> list[Cell]:
    width = cells[-1]["column"] if cells else 0
    made: list[Cell] = [None] * width
    for cell in cells:
        if cell["column"] <= width:
            made[cell["column"] - 1] = _cell(cell["value"], cell["data_type"])
    return made


def _cell(value: object, kind: str) -> Cell:
    if isinstance(value, str):
        return Formula(value) if kind == "f" else value
    if value is None or isinstance(value, bool | int | float | datetime | date):
        return value
    return str(value)  # times of day, durations
