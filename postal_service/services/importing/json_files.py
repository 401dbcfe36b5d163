"""A JSON array of objects, or one object a line, read object by object."""

import json
import re
from collections.abc import Iterator
from typing import Any

from postal_service.services.importing.tables import (
    MOST_COLUMNS,
    MOST_ROWS,
    BrokenAt,
    CannotBeRead,
    Cell,
    Format,
    Nested,
    Row,
    TooLarge,
)
from postal_service.services.importing.text_files import TextFile, TextTable

_PIECE = 64 * 1024
LONGEST_OBJECT = 16 * 1024 * 1024
_BETWEEN = re.compile(r"[\s,]*")
_SPACE = re.compile(r"\s*")


class _Doubled(dict[str, Any]):
    """An object that names a key twice."""


class _Unreadable(ValueError):  # noqa: N818  # never leaves this module
    """A number no column could hold."""


class JsonTable(TextTable):
    """An opened JSON file. Its headings are the keys met so far."""

    format = Format.JSON

    def rows(self) -> Iterator[Row]:
        known: set[str] = set()
        with TextFile(self._path, self._writing) as self._file:
            for number, told in enumerate(_objects(self._file), start=1):
                if number > MOST_ROWS:
                    raise TooLarge(what="rows", most=MOST_ROWS)
                if not isinstance(told, dict):
                    yield Row(number=number, cells={}, fault="import.not_an_object")
                    continue
                fresh = [key for key in told if key not in known]
                known.update(fresh)
                self.headings += fresh
                if len(known) > MOST_COLUMNS:
                    raise TooLarge(what="columns", most=MOST_COLUMNS)
                cells = {key: _cell(value) for key, value in told.items()}
                fault = "import.key_twice" if isinstance(told, _Doubled) else ""
                yield Row(number=number, cells=cells, fault=fault)


def _objects(file: TextFile) -> Iterator[Any]:
    """Values of the array, or of the lines, one by one. Raises CannotBeRead or BrokenAt."""
    decoder = json.JSONDecoder(
        object_pairs_hook=_object, parse_int=_whole, parse_float=_decimal, parse_constant=_constant
    )
    text, ended, number = file.piece(_PIECE), False, 0
    begins = _SPACE.match(text).end()  # type: ignore[union-attr]  # it matches nothing, too
    if text[begins : begins + 1] not in {"[", "{"}:
        raise CannotBeRead(why="no JSON array")
    in_array = text[begins] == "["
    at, needed = begins + in_array, 0
    while True:
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]
        if in_array and text[at : at + 1] == "]":
            _refuse_more(file, text[at + 1 :], number)
            return
        if not ended and len(text) - at < needed:
            text, at, ended = _more(file, text[at:], needed)
            continue
        if at == len(text) and ended:
            if in_array:
                raise BrokenAt(row=number + 1, line=number + 1)  # the file was cut off
            return
        try:
            value, after = decoder.raw_decode(text, at)
        except _Unreadable as fault:
            raise BrokenAt(row=number + 1, line=number + 1) from fault
        except (ValueError, RecursionError) as fault:
            if ended or len(text) - at > LONGEST_OBJECT:
                raise BrokenAt(row=number + 1, line=number + 1) from fault
            # Twice as much before the next try, so that a long object is not read over and over.
            needed = 2 * (len(text) - at) + _PIECE
            continue
        at, needed, number = after, 0, number + 1
        yield value


def _more(file: TextFile, rest: str, needed: int) -> tuple[str, int, bool]:
    piece = file.piece(max(needed - len(rest), _PIECE))
    return rest + piece, 0, not piece


def _refuse_more(file: TextFile, rest: str, number: int) -> None:
    if rest.strip() or file.piece(_PIECE).strip():
        raise BrokenAt(row=number + 1, line=number + 1)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    return told if len(told) == len(pairs) else _Doubled(told)


def _whole(digits: str) -> int:
    if len(digits) > 30:
        raise _Unreadable
    return int(digits)


def _decimal(digits: str) -> float:
    return float(digits[:400])


def _constant(_: str) -> float:
    raise _Unreadable


def _cell(value: Any) -> Cell:  # noqa: ANN401  # whatever JSON can hold
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return Nested()
