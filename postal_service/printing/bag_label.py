"""P10, the label of a mail bag: from where to where, under which seal, holding how many items."""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from postal_service.printing.codes import (
    CODE128_QUIET_MODULES,
    CodeOverflowError,
    Correction,
    bar_symbol,
    draw_bars,
    draw_qr,
    qr_symbol,
)
from postal_service.printing.described import DescribedCanvas
from postal_service.printing.figures import clock, counted
from postal_service.printing.letters import (
    BOLD,
    REGULAR,
    fitted,
    printable,
    register_fonts,
    wrapped,
)

NAME: Final = "NHÃN TÚI THƯ"
BY_HAND: Final = "………………"
_WIDTH, _HEIGHT = 148 * mm, 105 * mm  # A6 across
_EDGE: Final = 6 * mm
_MODULE_MM: Final = 1.0
_BAR_MODULE_MM: Final = 0.5
_BAR_HEIGHT_MM: Final = 14
_TO: Final = 13 * mm
_DESTINATION_WIDTH: Final = _WIDTH - 2 * _EDGE - _TO
_DESTINATION: Final = (26, 22, 18)  # points: as large as the name allows
_MOST_LINES: Final = 2


@dataclass(frozen=True, kw_only=True)
class BagLabel:
    """One closed bag; `bag_code` is both its bars and its token, so that a camera and a wand agree."""

    bag_code: str
    dispatch_number: str
    from_office: str
    to_office: str
    seal_number: str
    item_count: int
    weight_grams: int | None  # none: written by hand
    closed_at: datetime


def render(view: BagLabel) -> bytes:
    """The label as PDF, A6 across."""
    register_fonts()
    written = io.BytesIO()
    title = f"{NAME} {printable(view.bag_code)}"
    canvas = DescribedCanvas(written, pagesize=(_WIDTH, _HEIGHT), paper_title=title)
    _draw_codes(canvas, view)
    _draw_words(canvas, view)
    canvas.showPage()
    canvas.save()
    return written.getvalue()


def _draw_codes(canvas: Canvas, view: BagLabel) -> None:
    canvas.setFont(BOLD, 13)
    canvas.drawString(_EDGE, _HEIGHT - _EDGE - 10, NAME)
    dispatch = fitted(printable(f"Chuyến thư {view.dispatch_number}"), BOLD, 11, 85 * mm)
    canvas.drawRightString(_WIDTH - _EDGE, _HEIGHT - _EDGE - 10, dispatch)
    token = qr_symbol(view.bag_code, version=2, correction=Correction.QUARTILE, largest=3)
    side = token.side_mm(_MODULE_MM) * mm
    draw_qr(canvas, token, x=_WIDTH - _EDGE - side, y=_EDGE, module_mm=_MODULE_MM)
    bars = bar_symbol(view.bag_code)
    # The first bar stands in line with the words; its quiet zone is the white margin.
    left = _EDGE - CODE128_QUIET_MODULES * _BAR_MODULE_MM * mm
    if left + bars.length_mm(_BAR_MODULE_MM) * mm > _WIDTH:
        raise CodeOverflowError(f"{view.bag_code} is wider than the label")
    bottom = _HEIGHT - _EDGE - 18 - _BAR_HEIGHT_MM * mm
    draw_bars(canvas, bars, x=left, y=bottom, module_mm=_BAR_MODULE_MM, height_mm=_BAR_HEIGHT_MM)
    canvas.setFont(BOLD, 16)
    canvas.drawString(_EDGE, bottom - 17, view.bag_code)


def _draw_words(canvas: Canvas, view: BagLabel) -> None:
    """Where it goes is read across a yard; the rest is read with the bag in hand."""
    width = _WIDTH - 2 * _EDGE
    baseline = _HEIGHT - _EDGE - 18 - _BAR_HEIGHT_MM * mm - 17 - 22
    canvas.setFont(REGULAR, 11)
    canvas.drawString(_EDGE, baseline, fitted(_said("Từ", view.from_office), REGULAR, 11, width))
    office = printable(view.to_office)
    size = next((size for size in _DESTINATION if _lines(office, size) <= _MOST_LINES), 14)
    baseline -= 12 + size
    canvas.drawString(_EDGE, baseline, "ĐẾN")
    canvas.setFont(BOLD, size)
    for part in wrapped(office, BOLD, size, _DESTINATION_WIDTH, most=_MOST_LINES):
        canvas.drawString(_EDGE + _TO, baseline, part)
        baseline -= size * 1.2
    baseline = _EDGE + 3 * 14
    for text in (
        _said("Niêm phong", view.seal_number),
        _said("Số bưu gửi", counted(view.item_count)),
        _said("Khối lượng", f"{BY_HAND if view.weight_grams is None else view.weight_grams} gam"),
        _said("Đóng túi", clock(view.closed_at)),
    ):
        canvas.setFont(BOLD, 10)
        canvas.drawString(_EDGE, baseline, fitted(text, BOLD, 10, 88 * mm))
        baseline -= 14


def _said(label: str, answer: str) -> str:
    return printable(f"{label}: {answer}")


def _lines(text: str, size: int) -> int:
    """How many lines the destination takes in this size; a word too wide is broken, which shows."""
    whole = wrapped(text, BOLD, size, _DESTINATION_WIDTH, most=9)
    return len(whole)
