"""Ruled tables that repeat their head on every page, and say so when they are empty."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from reportlab.lib.colors import Color, black
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus.flowables import Flowable
from reportlab.platypus.tables import Table

from postal_service.printing.typesetting import CELL, CELL_CENTER, HEADING, embolden, line

Cell = str | Flowable | list[Flowable]

_SHADE: Final = Color(0.92, 0.92, 0.92)
_RULE: Final = 0.5
_PADDING: Final = 3
_TALLEST_ROW: Final = 300  # points; the shortest page has room for more than this


@dataclass(frozen=True, kw_only=True)
class Column:
    """`share` is this column's part of the table's width, against the sum of all shares."""

    heading: str
    share: float
    style: ParagraphStyle = CELL


def ruled_table(
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    *,
    width: float,
    empty: str,
    total: Sequence[Cell] | None = None,
) -> Table:
    """A table `width` points wide; `empty` stands in it when there are no rows.

    `total` is a last row in the heavy face; its first cell spans two columns, so it has one cell
    fewer than there are columns.
    """
    body: list[list[Any]] = [[line(column.heading, HEADING) for column in columns]]
    style: list[Any] = [
        ("GRID", (0, 0), (-1, -1), _RULE, black),
        ("BACKGROUND", (0, 0), (-1, 0), _SHADE),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), _PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    whole = sum(column.share for column in columns)
    widths = [width * column.share / whole for column in columns]
    for row in rows:
        cells = [_set(cell, column.style) for cell, column in zip(row, columns, strict=True)]
        body += _page_high(cells, widths)
    if not rows:
        style.append(("SPAN", (0, 1), (-1, 1)))
        body.append([line(empty, CELL_CENTER), *[""] * (len(columns) - 1)])
    if total is not None:
        style.append(("SPAN", (0, len(body)), (1, len(body))))
        figures = zip(total[1:], columns[2:], strict=True)
        body.append(
            [
                _set(total[0], embolden(CELL_CENTER)),
                "",
                *(_set(cell, embolden(column.style)) for cell, column in figures),
            ]
        )
    return Table(body, colWidths=widths, style=style, repeatRows=1)


def side_by_side(
    cells: Sequence[Sequence[Flowable]], widths: Sequence[float], align: str = "LEFT"
) -> Table:
    """Groups of pieces next to each other, without rules."""
    return Table(
        [[list(group) for group in cells]],
        colWidths=list(widths),
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("ALIGN", (0, 0), (-1, -1), align),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
        ],
        splitInRow=1,
    )


def _set(cell: Cell, style: ParagraphStyle) -> list[Flowable]:
    if isinstance(cell, str):
        return [line(cell, style)]
    return cell if isinstance(cell, list) else [cell]


def _page_high(cells: list[list[Flowable]], widths: Sequence[float]) -> list[list[list[Flowable]]]:
    """The row as it is, or as several rows when one of its cells would not fit on a page."""
    rows: list[list[list[Flowable]]] = []
    rest = cells
    while any(rest) or not rows:
        cut = [_cut(cell, width - 2 * _PADDING) for cell, width in zip(rest, widths, strict=True)]
        rows.append([head for head, _ in cut])
        rest = [tail for _, tail in cut]
    return rows


def _cut(cell: list[Flowable], width: float) -> tuple[list[Flowable], list[Flowable]]:
    """What of a cell stands in `_TALLEST_ROW` points, and what is left for the next row."""
    room: float = _TALLEST_ROW
    for index, piece in enumerate(cell):
        _, height = piece.wrap(width, room)
        if height > room:
            parts = piece.split(width, room)
            if parts:
                return [*cell[:index], parts[0]], [*parts[1:], *cell[index + 1 :]]
            kept = max(index, 1)  # what cannot be split stands alone rather than never
            return cell[:kept], cell[kept:]
        room -= height
    return cell, []
