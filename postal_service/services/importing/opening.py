"""A file is opened by what it holds, not by what it is called."""

from postal_service.services.importing.csv_files import CsvTable
from postal_service.services.importing.json_files import JsonTable
from postal_service.services.importing.tables import (
    MOST_BYTES,
    CannotBeRead,
    Format,
    NotThere,
    OldWorkbook,
    Recognised,
    Source,
    Table,
    TooLarge,
)
from postal_service.services.importing.xlsx_files import XlsxTable

_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_BLANKS = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"


def open_table(source: Source, recognised: Recognised) -> Table:
    """The table in a file; `recognised` says how many of some headings are known.

    Raises NotThere, TooLarge, OldWorkbook, CannotBeRead or UnreadableFile; the rows may raise more.
    """
    head = _head(source)
    if head.startswith(_OLD_OFFICE):
        raise OldWorkbook
    wanted = source.format or _format_of(head)
    if (wanted is Format.XLSX) != head.startswith(_ZIP):
        raise CannotBeRead(why=f"not {wanted.value}")
    if wanted is Format.XLSX:
        return XlsxTable(source.path, recognised)
    if wanted is Format.JSON:
        return JsonTable(source.path, source.encoding)
    return CsvTable(source.path, source.encoding, recognised)


def _head(source: Source) -> bytes:
    if not source.path.is_file():
        raise NotThere(path=str(source.path))
    size = source.path.stat().st_size
    if size > MOST_BYTES:
        raise TooLarge(what="bytes", most=MOST_BYTES)
    if size == 0:
        raise CannotBeRead(why="empty")
    try:
        with source.path.open("rb") as raw:
            return raw.read(4096)
    except OSError as fault:
        raise NotThere(path=str(source.path)) from fault


def _format_of(head: bytes) -> Format:
    if head.startswith(_ZIP):
        return Format.XLSX
    return Format.JSON if head.lstrip(_BLANKS)[:1] in {b"[", b"{"} else Format.CSV
