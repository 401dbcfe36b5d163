"""Tell the figures of a period and a part of the organisation: a table to read, and a file to go on with."""

import argparse
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from postal_service.cli.installation import INSTALLER
from postal_service.cli.opening import opened
from postal_service.cli.output import Commands, complain, say
from postal_service.domain.ids import UnitCode
from postal_service.domain.wording import Language
from postal_service.domain.wording_dates import local
from postal_service.reports import Period, Report, files, make, subtree, tables
from postal_service.reports.tables import Column, Kind, Table, shown
from postal_service.storage.transaction import reading

WIDEST = 34  # characters of a name
REFUSED = 1


def add_commands(commands: Commands) -> None:
    """`report`."""
    parser = commands.add_parser(
        "report", help="tell how many dossiers were in time, what is held, what is outstanding"
    )
    parser.add_argument(
        "--from", dest="first", type=_day, help="first day, YYYY-MM-DD; else the first of the month"
    )
    parser.add_argument("--to", dest="last", type=_day, help="last day; else today")
    parser.add_argument("--unit", help="code of the unit; else the one that is above all")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write the table by unit")
    parser.add_argument("--language", choices=["vi", "en"], default="vi")
    parser.set_defaults(run=_report)


def _report(arguments: argparse.Namespace) -> int:
    language: Language = arguments.language
    with opened() as runtime, reading(runtime.sessions) as session:
        at = runtime.clock()
        today = local(at).date()
        last = arguments.last or today
        period = Period(first=arguments.first or last.replace(day=1), last=last)
        tops = subtree.tops(session, day=today)
        if not arguments.unit and len(tops) != 1:
            listed = ", ".join(f"{code} ({name})" for code, name in tops.items())
            complain(f"Name the unit with --unit: {listed or 'no unit is entered yet'}.")
            return REFUSED
        unit = UnitCode(arguments.unit or next(iter(tops)))
        report = make(session, unit, period, by=INSTALLER, at=at)
    for line in lines(report, language):
        say(line)
    if arguments.csv is None:
        return 0
    try:
        arguments.csv.write_bytes(files.as_csv(tables.units(report, language), language))
    except OSError as fault:
        complain(f"Cannot write to {arguments.csv}: {fault.strerror or fault}.")
        return REFUSED
    return 0


def lines(report: Report, language: Language) -> Iterator[str]:
    """The report as text: the total in full, then the tables with their brief columns."""
    whole = tables.units(report, language)
    yield tables.made_of(report, language)
    yield ""
    listed = list(zip(whole.columns, whole.rows[0], strict=True))[2:]
    widest = max(len(column.heading(language)) for column, _ in listed)
    for column, value in listed:
        heading = column.heading(language)
        yield f"  {heading}{' ' * (widest - len(heading))}  {shown(column.kind, value, language)}"
    for table in tables.every(report, language):
        if table.rows:
            yield ""
            yield from _table(table, language)
    yield ""
    for pair in tables.DEFINITIONS:
        yield f"  * {pair[0] if language == 'vi' else pair[1]}"


def _table(table: Table, language: Language) -> Iterator[str]:
    yield table.title[0] if language == "vi" else table.title[1]
    places = [place for place, column in enumerate(table.columns) if column.brief]
    columns = [table.columns[place] for place in places]
    cells = [[column.heading(language) for column in columns]]
    cells += [
        [_cut(shown(table.columns[place].kind, row[place], language)) for place in places]
        for row in table.rows
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "  " + "  ".join(_aligned(*each) for each in zip(columns, row, widths, strict=True))


def _aligned(column: Column, text: str, width: int) -> str:
    return text.ljust(width) if column.kind is Kind.TEXT else text.rjust(width)


def _cut(text: str) -> str:
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise argparse.ArgumentTypeError("a day is written YYYY-MM-DD") from None
