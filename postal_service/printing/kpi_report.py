"""P20, Báo cáo định kỳ: the figures of a unit in a month, quarter or year, and under them how each is counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from postal_service.printing.figures import clock, day_of, official_date
from postal_service.printing.page import A4_ACROSS, Paper, Signature
from postal_service.printing.periods import of_days
from postal_service.printing.tables import Column
from postal_service.printing.typesetting import CELL, CELL_RIGHT, NOTE

_WORDS, _NUMBER, _LONG_WORDS = 26, 16, 40  # shares of a table's width


@dataclass(frozen=True, kw_only=True)
class FigureColumn:
    """A heading; numbers stand to the right."""

    heading: str
    is_number: bool
    is_long: bool = False  # names of people, places and procedures


@dataclass(frozen=True, kw_only=True)
class FigureTable:
    """Values are written out already, one for each column."""

    title: str
    columns: tuple[FigureColumn, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class KpiReport:
    """The figures of one unit and all below it, `first` and `last` being days that both count."""

    number: str
    operator_name: str
    unit_name: str
    place: str
    first: date
    last: date
    figures: tuple[tuple[str, str], ...]  # of the whole: name, value
    tables: tuple[FigureTable, ...]
    definitions: tuple[str, ...]
    figures_at: datetime
    printed_by: str


def render(view: KpiReport) -> bytes:
    """The report as PDF, A4 across."""
    paper = Paper(name="BÁO CÁO CHỈ TIÊU ĐỊNH KỲ", number=view.number, size=A4_ACROSS)
    paper.national_header((view.operator_name, view.unit_name))
    paper.title(of_days(view.first, view.last))
    paper.facts(
        ("Đơn vị", view.unit_name), ("Số liệu đến", f"{clock(view.figures_at)} (giờ Việt Nam)")
    )
    paper.section("1. Toàn đơn vị")
    paper.pairs(*view.figures)
    for number, table in enumerate(view.tables, start=2):
        paper.section(f"{number}. {table.title}")
        paper.table([_column(each) for each in table.columns], table.rows, empty="Không có gì.")
    paper.section(f"{len(view.tables) + 2}. Cách tính")
    _put_definitions(paper, view.definitions)
    paper.signatures(
        Signature(role="NGƯỜI LẬP BÁO CÁO", name=view.printed_by),
        Signature(role="THỦ TRƯỞNG ĐƠN VỊ", hint="(Ký, ghi rõ họ tên, đóng dấu)"),
        dated=f"{view.place}, {official_date(day_of(view.figures_at))}",
    )
    return paper.pdf()


def _column(column: FigureColumn) -> Column:
    if column.is_number:
        return Column(heading=column.heading, share=_NUMBER, style=CELL_RIGHT)
    share = _LONG_WORDS if column.is_long else _WORDS
    return Column(heading=column.heading, share=share, style=CELL)


def _put_definitions(paper: Paper, definitions: Sequence[str]) -> None:
    for each in definitions:
        paper.say(f"– {each}", NOTE)
