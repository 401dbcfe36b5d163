"""Tables as files for a spreadsheet. What a person once typed never becomes a formula in somebody else's program."""

import csv
import io
from fractions import Fraction
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from postal_service.domain.wording import Language
from postal_service.reports.report import Report
from postal_service.reports.tables import DEFINITIONS, Column, Kind, Table, Value, every, made_of

# What spreadsheet programs take for the beginning of something to compute (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_FORMATS = {
    Kind.SHARE: "0.0%",
    Kind.HOURS: "0.0",
    Kind.KILOMETRES: "0.0",
    Kind.DONG: "#,##0",
    Kind.COUNT: "#,##0",
}
_BYTE_ORDER = "\N{ZERO WIDTH NO-BREAK SPACE}"  # by which a spreadsheet knows UTF-8


def as_csv(table: Table, language: Language) -> bytes:
    """Comma-separated UTF-8 (RFC 4180) with points in numbers; a share is a number of per cent."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([inert(_heading(column, language)) for column in table.columns])
    for row in table.rows:
        writer.writerow(
            [_plain(column.kind, value) for column, value in zip(table.columns, row, strict=True)]
        )
    return (_BYTE_ORDER + written.getvalue()).encode()


def as_workbook(report: Report, language: Language) -> bytes:
    """An XLSX file with a sheet for each table, and one that says what the figures mean."""
    book = Workbook(write_only=True)
    for table in every(report, language):
        sheet = book.create_sheet(_name(table.title, language))
        sheet.freeze_panes = "B2"
        for number, column in enumerate(table.columns, start=1):
            width = 40 if number == 1 or column.key == "name" else 16
            sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.append([_text(sheet, each.heading(language), bold=True) for each in table.columns])
        for row in table.rows:
            sheet.append(
                [
                    _cell(sheet, column.kind, value)
                    for column, value in zip(table.columns, row, strict=True)
                ]
            )
    notes = book.create_sheet("Định nghĩa" if language == "vi" else "Definitions")
    notes.column_dimensions["A"].width = 140
    notes.append([_text(notes, made_of(report, language), bold=True)])
    for pair in DEFINITIONS:
        notes.append([_text(notes, pair[0] if language == "vi" else pair[1])])
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def inert(text: str) -> str:
    """A text that no spreadsheet computes: an apostrophe stands before what would begin a formula."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    return f"'{shown}" if text.startswith(_FORMULA) else shown


def _heading(column: Column, language: Language) -> str:
    heading = column.heading(language)
    return f"{heading} (%)" if column.kind is Kind.SHARE else heading


def _plain(kind: Kind, value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return inert(value)
        case int():
            return str(value)
        case Fraction() if kind is Kind.SHARE:
            return f"{float(value * 100):.1f}"
        case Fraction():
            return f"{float(value):.1f}"


def _cell(sheet: Any, kind: Kind, value: Value) -> Any:  # noqa: ANN401 - openpyxl's stubs know no write-only sheets
    if isinstance(value, str):
        return _text(sheet, value)
    number = float(value) if isinstance(value, Fraction) else value
    cell = WriteOnlyCell(sheet, value=number)
    cell.number_format = _FORMATS.get(kind, "General")
    return cell


def _text(sheet: Any, text: str, *, bold: bool = False) -> Any:  # noqa: ANN401 - as above
    cell = WriteOnlyCell(sheet, value=inert(text))
    cell.data_type = "s"
    cell.font = Font(bold=bold)
    return cell


def _name(title: tuple[str, str], language: Language) -> str:
    return (title[0] if language == "vi" else title[1])[:31]
