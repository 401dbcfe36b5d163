"""Tables as other people's programs write them: every format and encoding that the import reads."""

import csv
import io
import json
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

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


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_BOOK = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/'
        'vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KINDS}.sheet.main+xml"/>'
        f'<Override PartName="/xl/sheet1.xml" ContentType="{_KINDS}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_KINDS}.sharedStrings+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1"'
        f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1"'
        f' Type="{_OFFICE}/worksheet" Target="sheet1.xml"/></Relationships>'
    ),
}


def write_shared_xlsx(path: Path, rows: Iterable[Sequence[object]]) -> Path:
    """A workbook as Excel saves it: a cell tells the number of its text, the texts stand in a part of their own."""
    texts: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, told in _BOOK.items():
            book.writestr(name, told)
        with book.open("xl/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for row in rows:
                numbers = [texts.setdefault(str(cell), len(texts)) for cell in row]
                cells = "".join(f'<c t="s"><v>{number}</v></c>' for number in numbers)
                sheet.write(f'<row spans="1:{len(numbers)}" ht="15">{cells}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
        with book.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            part.write(f'<sst xmlns="{_MAIN}">'.encode())
            for text in texts:
                part.write(f"<si><t>{escape(text)}</t></si>".encode())
            part.write(b"</sst>")
    return path
