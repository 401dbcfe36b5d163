"""A CSV file, whatever separates its cells. What cannot be cut into cells is refused, not guessed."""

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from postal_service.domain.legacy_text import Encoding
from postal_service.services.importing.tables import (
    HEADING_WITHIN,
    LONGEST_CELL,
    BrokenAt,
    Cell,
    Format,
    Recognised,
    Row,
    listed_rows,
)
from postal_service.services.importing.text_files import TextFile, TextTable

DELIMITERS = (",", ";", "\t", "|")
_LONG_LINE = 100_000  # the csv module refuses a cell of 131,072 characters without saying which
_LONG_RUN = re.compile(rf'[^",;\t|\r\n]{{{LONGEST_CELL + 2},}}')


class CsvTable(TextTable):
    """An opened CSV file."""

    format = Format.CSV

    def __init__(self, path: Path, said: Encoding | None, recognised: Recognised) -> None:
        super().__init__(path, said)
        self._recognised = recognised

    def rows(self) -> Iterator[Row]:
        delimiter = self._delimiter()
        with TextFile(self._path, self._writing) as self._file:
            records = _records(self._file, delimiter)
            yield from listed_rows(records, self.headings, self._recognised)

    def _delimiter(self) -> str:
        """The separator under which most headings are known."""
        with TextFile(self._path, self._writing) as opened:
            first = [line[:_LONG_LINE] for line in islice(opened.lines(), HEADING_WITHIN)]
        if first and (said := re.fullmatch(r"sep=(.)\s*", first[0])):
            return said[1]

        def known(delimiter: str) -> int:
            # Quotes do not matter here: a heading is compared without punctuation.
            return max((self._recognised(line.split(delimiter)) for line in first), default=0)

        return max(DELIMITERS, key=known)


def _records(file: TextFile, delimiter: str) -> Iterator[tuple[int, Sequence[Cell]]]:
    reader = csv.reader(_bounded(file), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            raise BrokenAt(row=number, line=reader.line_num) from fault
        yield number, cells


def _bounded(file: TextFile) -> Iterator[str]:
    """Lines in which a cell that is far too long is cut to one that is just too long."""
    for line in file.lines():
        if len(line) < _LONG_LINE:
            yield line
        else:
            yield _LONG_RUN.sub(lambda run: run[0][: LONGEST_CELL + 1], line)
