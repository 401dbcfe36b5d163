"""P9, the seal label of one envelope: the item's number twice (bars and token) and the seal's own number.

A stranger's phone that reads the token reaches a page without personal data.
"""

import io
from dataclasses import dataclass
from enum import Enum
from typing import Final

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from postal_service.printing.codes import (
    CodeOverflowError,
    Correction,
    bar_symbol,
    draw_bars,
    draw_qr,
    qr_symbol,
)
from postal_service.printing.described import DescribedCanvas
from postal_service.printing.letters import (
    BOLD,
    REGULAR,
    fitted,
    printable,
    register_fonts,
    text_width,
    wrapped,
)

NAME: Final = "NHÃN NIÊM PHONG"
# A host of up to 12 characters fits version 3-M; a longer one costs four more modules a side.
_VERSION: Final = 3
_LARGEST_VERSION: Final = 4


class LabelStock(Enum):
    """Width and height of one label in millimetres."""

    ROLL_100_BY_50 = (100, 50)
    A6 = (148, 105)


@dataclass(frozen=True, kw_only=True)
class EnvelopeLabel:
    """One envelope; `status_link` is the content of its token, in capitals."""

    item_code: str
    status_link: str
    seal_number: str
    heading: str
    sender: str
    addressee: str
    address: str


@dataclass(frozen=True, kw_only=True)
class EnvelopeLabels:
    """The labels of one print run, a page each."""

    labels: tuple[EnvelopeLabel, ...]
    stock: LabelStock = LabelStock.ROLL_100_BY_50

    def __post_init__(self) -> None:
        if not self.labels:
            raise ValueError("a print run has at least one label")


@dataclass(frozen=True, kw_only=True)
class _Layout:
    """Sizes in millimetres except the type, which is in points; 0.125 mm is a dot at 203 dpi."""

    margin: float
    qr_module: float
    bar_module: float
    bar_height: float
    small: float
    body: float
    large: float


_LAYOUTS: Final = {
    # 41 modules of version 4 with its quiet zone are 30.75 mm here and 51.25 mm on A6.
    LabelStock.ROLL_100_BY_50: _Layout(
        margin=2, qr_module=0.75, bar_module=0.375, bar_height=11, small=6.5, body=8, large=12
    ),
    LabelStock.A6: _Layout(
        margin=6, qr_module=1.25, bar_module=0.5, bar_height=22, small=10, body=13, large=20
    ),
}


def render(view: EnvelopeLabels) -> bytes:
    """The labels as PDF, one page of the stock's size for each."""
    register_fonts()
    width_mm, height_mm = view.stock.value
    size = (width_mm * mm, height_mm * mm)
    written = io.BytesIO()
    canvas = DescribedCanvas(written, pagesize=size, paper_title=NAME)
    for label in view.labels:
        _draw(canvas, label, size=size, layout=_LAYOUTS[view.stock])
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def _draw(
    canvas: Canvas, label: EnvelopeLabel, *, size: tuple[float, float], layout: _Layout
) -> None:
    """Token on the left under the name, bars on the right, the address below them."""
    width, height = size
    edge = layout.margin * mm
    top = height - edge - layout.small
    canvas.setFont(BOLD, layout.small)
    canvas.drawString(edge, top, NAME)
    heading = fitted(printable(label.heading), BOLD, layout.small, width * 0.6)
    canvas.drawRightString(width - edge, top, heading)

    token = qr_symbol(
        label.status_link,
        version=_VERSION,
        correction=Correction.MEDIUM,
        largest=_LARGEST_VERSION,
    )
    side = token.side_mm(layout.qr_module) * mm
    draw_qr(canvas, token, x=edge, y=top - 1 * mm - side, module_mm=layout.qr_module)
    bars = bar_symbol(label.item_code)
    bars_left = width - edge - bars.length_mm(layout.bar_module) * mm
    # The two quiet zones may lie on each other, the bars may not lie in either.
    if bars_left + edge < side:
        raise CodeOverflowError(f"{label.item_code} leaves no room for the token beside it")
    bars_bottom = top - (2 + layout.bar_height) * mm
    draw_bars(
        canvas,
        bars,
        x=bars_left,
        y=bars_bottom,
        module_mm=layout.bar_module,
        height_mm=layout.bar_height,
    )
    middle = bars_left + bars.length_mm(layout.bar_module) * mm / 2
    canvas.setFont(BOLD, layout.large)
    canvas.drawCentredString(middle, bars_bottom - layout.large, label.item_code)

    seal_y = edge + 0.5 * mm
    seal = printable(f"Niêm phong {label.seal_number}")
    room = width - 2 * edge
    seal_size = layout.large if text_width(seal, BOLD, layout.large) <= room else layout.small
    canvas.setFont(BOLD, seal_size)
    canvas.drawString(edge, seal_y, fitted(seal, BOLD, seal_size, room))
    _draw_address(
        canvas,
        label,
        layout=layout,
        left=edge + side + 1 * mm,
        top=bars_bottom - layout.large * 1.5,
        right=width - edge,
        bottom=seal_y + layout.large * 1.1,
    )


def _draw_address(
    canvas: Canvas,
    label: EnvelopeLabel,
    *,
    layout: _Layout,
    left: float,
    top: float,
    right: float,
    bottom: float,
) -> None:
    """As many whole lines as the place holds; each part ends in an ellipsis if more was said."""
    room = right - left
    baseline = top
    for text, font, size, most in (
        (f"Gửi: {label.sender}", REGULAR, layout.small, 1),
        (f"Nhận: {label.addressee}", BOLD, layout.body, 2),
        (label.address, REGULAR, layout.body, 9),
    ):
        leading = size * 1.25
        fitting = max(int((baseline - bottom) // leading), 0)
        for part in wrapped(printable(text), font, size, room, most=min(most, fitting)):
            baseline -= leading
            canvas.setFont(font, size)
            canvas.drawString(left, baseline, part)
