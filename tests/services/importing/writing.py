"""Tables as other people's programs write them: every format and encoding that the import reads."""

import csv
import io
import json
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook

from postal_service.domain.legacy_text import Encoding, UnreadableFile, decode_as

Rows = Sequence[Mapping[str, object]]

_TONES = "\u0300\u0301\u0303\u0309\u0323"


def _bytes_of(encoding: Encoding) -> dict[str, int]:
    found: dict[str, int] = {}
    for byte in range(256):
        try:
            found.setdefault(decode_as(bytes([byte]), encoding), byte)
        except UnreadableFile:
            continue
    return found


_LEGACY = {encoding: _bytes_of(encoding) for encoding in (Encoding.TCVN3, Encoding.WINDOWS_1258)}


def encoded(text: str, encoding: Encoding) -> bytes:
    """The text in an encoding; in an old one a letter it lacks is written as letter and tone."""
    if encoding not in _LEGACY:
        return text.encode(encoding.value)
    table, content = _LEGACY[encoding], bytearray()
    for letter in unicodedata.normalize("NFC", text):
        for part in (letter,) if letter in table else _apart(letter):
            content.append(table[part])
    return bytes(content)


def _apart(letter: str) -> tuple[str, ...]:
    decomposed = unicodedata.normalize("NFD", letter)
    tone = "".join(c for c in decomposed if c in _TONES)
    rest = "".join(c for c in decomposed if c not in _TONES)
    return (unicodedata.normalize("NFC", rest), tone)


def csv_text(rows: Rows, delimiter: str = ",") -> str:
    told = io.StringIO(newline="")
    writer = csv.DictWriter(told, fieldnames=list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows([{k: "" if v is None else v for k, v in row.items()} for row in rows])
    return told.getvalue()


def write_csv(
    path: Path, rows: Rows, *, encoding: Encoding = Encoding.UTF_8, delimiter: str = ","
) -> Path:
    path.write_bytes(encoded(csv_text(rows, delimiter), encoding))
    return path


def write_json(path: Path, rows: Rows, *, nfd: bool = False, lines: bool = False) -> Path:
    if lines:
        told = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    else:
        told = json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
    path.write_text(unicodedata.normalize("NFD", told) if nfd else told, encoding="utf-8")
    return path


def write_xlsx(path: Path, rows: Rows, *, titles: Sequence[str] = ()) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for title in titles:
        sheet.append([title])
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    book.save(path)
    return path
