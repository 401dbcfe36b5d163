"""One row's cells, read as what their columns mean. Every cell that cannot be taken is named; none stops the next.

Text is kept as written, in NFC. A formula is never computed, and what a spreadsheet would take for
one is refused, so that what is exported again later is harmless.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from math import isfinite
from typing import TypeVar

from postal_service.domain.refusals import Refusal
from postal_service.domain.text import nfc, search_key
from postal_service.domain.wording_dates import VIETNAM, local
from postal_service.services.importing.columns import Column, Matched
from postal_service.services.importing.findings import Finding, glimpsed, shown
from postal_service.services.importing.tables import LONGEST_CELL, Cell, Formula, Nested, Row
from postal_service.services.importing.text_files import MARK
from postal_service.services.importing.xlsx_files import as_moment

T = TypeVar("T")

_BLANKS = re.compile(r"[^\S\n]+")
_TEXT_AS_FORMULA = re.compile(r'="([^"]*)"')  # how spreadsheets are told to keep leading zeros
_NUMBER_LIKE = re.compile(r"[+-]?[\d\s.,()/-]+")
_VIETNAMESE_DAY = re.compile(
    r"(?:(\d{1,2})[:hg](\d{2})(?::\d{2})?\s+)?(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})"
    r"(?:[ T,]+(\d{1,2})[:hg](\d{2})(?::\d{2})?)?"
)
# A column holds the same few words a hundred thousand times.
_word = lru_cache(maxsize=4096)(search_key)
_YES = frozenset({"1", "co", "yes", "true", "x", "y", "dung"})
_NO = frozenset({"0", "khong", "no", "false", "n", "sai"})


class NotACellError(Exception):
    """A cell is not what its column holds; becomes a finding in the same row."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


class RowCells:
    """A row under known headings."""

    def __init__(self, row: Row, matched: Matched) -> None:
        self.number = row.number
        self.findings: list[Finding] = []
        self._cells: dict[str, Cell] = {}
        self._matched = matched
        for written, cell in row.cells.items():
            matched.add(written)
            column = matched.column(written)
            if column is not None and not column.ignored:
                self._cells[column.key] = cell
        if row.fault:
            self.refuse("", row.fault, **row.facts)

    @property
    def refused(self) -> bool:
        return any(finding.stops for finding in self.findings)

    def glimpse(self) -> dict[str, str]:
        """The row by the headings of the file, as far as a preview may show it."""
        told = {}
        for key, cell in self._cells.items():
            column, value = self._matched.columns.by_key[key], _shown_value(cell)
            text = nfc(value) if isinstance(value, str) else value
            told[self._matched.by_key[key]] = glimpsed(text, personal=column.personal)
        return told

    def refuse(self, key: str, code: str, **facts: object) -> None:
        """This cell, or the row where `key` is "", cannot be taken."""
        self.findings.append(self._finding(key, code, facts, stops=True))

    def remark(self, key: str, code: str, **facts: object) -> None:
        """This cell was left out, or something was assumed."""
        self.findings.append(self._finding(key, code, facts, stops=False))

    def given(self, key: str) -> bool:
        """Whether something stands there."""
        cell = self._cells.get(key)
        return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))

    def is_number(self, key: str) -> bool:
        """Whether the file holds a number there, which cannot keep zeros in front."""
        cell = self._cells.get(key)
        return isinstance(cell, int | float) and not isinstance(cell, bool)

    def text(self, key: str, *, longest: int = 500, digits: int = 0) -> str:
        """The text of a cell; "" where there is none. `digits`: a number is filled up with zeros."""
        return self.read(key, lambda cell: _bounded(_text(cell, digits), longest)) or ""

    def lines(self, key: str, *, longest: int = LONGEST_CELL) -> str:
        """Text in which line breaks count."""
        return self.read(key, lambda cell: _bounded(_text(cell, 0, lines=True), longest)) or ""

    def moment(self, key: str, *, at_time: time = time()) -> datetime | None:
        """A point in time in Viet Nam; `at_time` where only the day is written."""
        return self.read(key, lambda cell: _told_here(_moment(cell, at_time)))

    def day(self, key: str) -> date | None:
        found = self.moment(key)
        return local(found).date() if found else None

    def whole(self, key: str, *, least: int, most: int) -> int | None:
        return self.read(key, lambda cell: _whole(cell, least, most))

    def decimal(self, key: str, *, least: float, most: float) -> float | None:
        return self.read(key, lambda cell: _decimal(cell, least, most))

    def flag(self, key: str) -> bool | None:
        return self.read(key, _flag)

    def choice(self, key: str, words: Mapping[str, T]) -> T | None:
        """One of these words, compared without marks and case."""
        return self.read(key, lambda cell: _choice(cell, words))

    def read(self, key: str, meaning: Callable[[Cell], T]) -> T | None:
        """What the cell means; None where it is empty or cannot be taken."""
        cell = self._cells.get(key)
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            if self._required(key):
                self.refuse(key, "import.cell_empty")
            return None
        if isinstance(cell, float) and not isfinite(cell):  # 1e400 is one
            self.refuse(key, "import.endless_number")
            return None
        try:
            return meaning(cell)
        except NotACellError as fault:
            self.refuse(key, fault.code, **fault.facts)
        except Refusal as refusal:
            self.refuse(key, refusal.code, **refusal.facts)
        return None

    def _required(self, key: str) -> bool:
        column = self._column(key)
        return column is not None and column.required

    def _column(self, key: str) -> Column | None:
        return self._matched.columns.by_key.get(key)

    def _finding(self, key: str, code: str, facts: Mapping[str, object], *, stops: bool) -> Finding:
        column = self._column(key)
        name = self._matched.by_key.get(key) or (column.title if column else "")
        value = _shown_value(self._cells.get(key))
        personal = column is not None and column.personal
        return Finding(
            row=self.number,
            column=name,
            value=shown(value, personal=personal),
            code=code,
            facts=facts,
            stops=stops,
        )


def _shown_value(cell: Cell) -> object:
    if isinstance(cell, Formula):
        return cell.text
    return "{…}" if isinstance(cell, Nested) else cell


def _text(cell: Cell, digits: int, *, lines: bool = False) -> str:
    match cell:
        case str():  # first, since it is what nearly every cell is
            return _clean(cell, lines=lines)
        case Formula():
            raise NotACellError("import.formula")
        case Nested():
            raise NotACellError("import.nested")
        case bool():
            raise NotACellError("import.not_text")
        case int() | float():
            if cell != int(cell):
                return str(cell)
            return str(int(cell)).zfill(digits)
        case datetime() | date():
            raise NotACellError("import.a_date")
        case _:
            return ""


def _clean(written: str, *, lines: bool) -> str:
    if len(written) > LONGEST_CELL:
        raise NotACellError("import.cell_too_long", most=LONGEST_CELL)
    if written.isascii() and written.isprintable() and written[:1].isalnum():
        # Codes, numbers and dates: nothing below could find anything in them but double blanks.
        return _BLANKS.sub(" ", written).strip() if "  " in written else written.strip()
    if written[:1] == "=" and (kept := _TEXT_AS_FORMULA.fullmatch(written.strip())):
        written = kept[1]
    if MARK in written:
        raise NotACellError("import.damaged_text")
    text = nfc(written).strip()
    if "\r" in text or "\n" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        text = text if lines else text.replace("\n", " ")
    if "  " in text or "\t" in text or "\u00a0" in text:
        text = _BLANKS.sub(" ", text)
    if not text.replace("\n", "").isprintable():
        text = _without_invisible(text)
    if text[:1] in {"=", "@"} or (text[:1] in {"+", "-"} and not _NUMBER_LIKE.fullmatch(text)):
        raise NotACellError("import.formula")
    return text


def _without_invisible(text: str) -> str:
    """Soft hyphens, byte order marks and zero-width marks go unseen; control characters do not."""
    visible = "".join(c for c in text if c not in "\u00ad\ufeff\u200b\u200c\u200d\u200e\u200f")
    if not visible.replace("\n", "").isprintable():
        raise NotACellError("import.control_characters")
    return visible


def _bounded(text: str, longest: int) -> str:
    if len(text) > longest:
        raise NotACellError("import.cell_too_long", most=longest)
    return text


def _told_here(moment: datetime) -> datetime:
    """The same moment; refused where the calendar ends before it is told in our zone, or in the store's."""
    try:
        local(moment)
        moment.astimezone(UTC)
    except OverflowError:
        raise NotACellError("import.beyond_calendar") from None
    return moment


def _moment(cell: Cell, at_time: time) -> datetime:
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=VIETNAM)
    if isinstance(cell, date):
        return datetime.combine(cell, at_time, tzinfo=VIETNAM)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        found = as_moment(float(cell))
        if found is None:
            raise NotACellError("import.not_a_date")
        return found.replace(tzinfo=VIETNAM)
    return _written_moment(_text(cell, 0), at_time)


@lru_cache(maxsize=4096)
def _written_moment(text: str, at_time: time) -> datetime:
    try:
        if parts := _VIETNAMESE_DAY.fullmatch(text):
            before_hour, before_minute, day, month, year, hour, minute = parts.groups()
            hour, minute = hour or before_hour, minute or before_minute
            clock = time(int(hour), int(minute)) if hour else at_time
            return datetime.combine(date(int(year), int(month), int(day)), clock, tzinfo=VIETNAM)
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), at_time, tzinfo=VIETNAM)
        found = datetime.fromisoformat(text) if len(text) >= 16 else None
    except ValueError:
        found = None
    if found is None:
        raise NotACellError("import.not_a_date")
    return found if found.tzinfo else found.replace(tzinfo=VIETNAM)


def _whole(cell: Cell, least: int, most: int) -> int:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    written = str(cell) if isinstance(cell, int) else _text(cell, 0)
    # "1.000.000" and "1 000" are how whole numbers are written in Viet Nam.
    digits = re.sub(r"(?<=\d)[.\s](?=\d{3}(?:\D|$))", "", written)
    if isinstance(cell, bool) or not re.fullmatch(r"-?\d{1,15}", digits):
        raise NotACellError("import.not_a_number", least=least, most=most)
    if not least <= int(digits) <= most:
        raise NotACellError("import.not_a_number", least=least, most=most)
    return int(digits)


def _decimal(cell: Cell, least: float, most: float) -> float:
    try:
        found = (
            float(cell)
            if isinstance(cell, int | float)
            else float(_text(cell, 0).replace(",", "."))
        )
    except ValueError:
        raise NotACellError("import.not_a_number", least=least, most=most) from None
    if isinstance(cell, bool) or not least <= found <= most:  # also what is no number at all
        raise NotACellError("import.not_a_number", least=least, most=most)
    return found


def _flag(cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    word = _word(_text(cell, 0))
    if word not in _YES | _NO:
        raise NotACellError("import.not_yes_or_no")
    return word in _YES


def _choice(cell: Cell, words: Mapping[str, T]) -> T:
    word = _word(_text(cell, 0))
    if word not in words:
        raise NotACellError("import.not_a_choice", choices=", ".join(words))
    return words[word]
