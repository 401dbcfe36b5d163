"""Lines, ticks and dotted blanks as pieces of a page; text is set letter for letter and never parsed as markup."""

import functools
from typing import Final

from reportlab.lib.colors import Color, black
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus.flowables import Flowable
from reportlab.platypus.paragraph import Paragraph
from reportlab.platypus.paraparser import ParaFrag

from postal_service.printing.letters import BOLD, ITALIC, REGULAR, printable, text_width

GREY: Final = Color(0.35, 0.35, 0.35)


def _style(name: str, font: str, size: float, **more: object) -> ParagraphStyle:
    style = ParagraphStyle(name, fontName=font, fontSize=size, leading=size * 1.35)
    for key, value in more.items():
        setattr(style, key, value)
    return style


TITLE: Final = _style("title", BOLD, 15, alignment=1)
SUBTITLE: Final = _style("subtitle", ITALIC, 9.5, alignment=1)
MOTTO: Final = _style("motto", BOLD, 9.5, alignment=1)
ISSUER: Final = _style("issuer", REGULAR, 9.5, alignment=1)
SMALL_MOTTO: Final = _style("small-motto", BOLD, 7.5, alignment=1)
SMALL_ISSUER: Final = _style("small-issuer", REGULAR, 7.5, alignment=1)
BODY: Final = _style("body", REGULAR, 10, spaceAfter=2)
STRONG: Final = _style("strong", BOLD, 10, spaceBefore=5, spaceAfter=3, keepWithNext=1)
DATED: Final = _style("dated", ITALIC, 9.5, alignment=2)
NOTE: Final = _style("note", ITALIC, 8.5, textColor=GREY, spaceAfter=2)
CELL: Final = _style("cell", REGULAR, 9)
CELL_CENTER: Final = _style("cell-center", REGULAR, 9, alignment=1)
CELL_RIGHT: Final = _style("cell-right", REGULAR, 9, alignment=2)
CELL_SMALL: Final = _style("cell-small", REGULAR, 7.5)
CELL_BIG: Final = _style("cell-big", BOLD, 20, alignment=1)
HEADING: Final = _style("heading", BOLD, 8.5, alignment=1)
SIGNED: Final = _style("signed", BOLD, 9.5, alignment=1)
SIGNING_HINT: Final = _style("signing-hint", ITALIC, 8.5, alignment=1)
CAPTION: Final = _style("caption", REGULAR, 8.5, alignment=1)


def line(text: str, style: ParagraphStyle = BODY) -> Paragraph:
    """A paragraph of plain text in one face."""
    return _paragraph([(text, style.fontName)], style)


def labelled(label: str, value: str, style: ParagraphStyle = BODY) -> Paragraph:
    """One line: what is asked in the light face, the answer in the heavy one."""
    return _paragraph([(f"{label}: ", REGULAR), (value, BOLD)], style)


def embolden(style: ParagraphStyle) -> ParagraphStyle:
    return _bold_twin(style.name, style)


@functools.cache
def _bold_twin(name: str, style: ParagraphStyle) -> ParagraphStyle:
    return style.clone(f"{name}-bold", fontName=BOLD)


def _paragraph(pieces: list[tuple[str, str]], style: ParagraphStyle) -> Paragraph:
    """Set the pieces as they stand; reportlab's own markup parser is not involved."""
    frags = [
        ParaFrag(
            text=printable(text) + (" " if text.endswith(" ") else ""),
            fontName=font,
            fontSize=style.fontSize,
            textColor=style.textColor,
            bold=int(font == BOLD),
            italic=int(font == ITALIC),
            rise=0,
            greek=0,
            link=[],
            us_lines=[],
        )
        for text, font in pieces
    ]
    return Paragraph("", style, frags=frags)


class TickBox(Flowable):
    """A drawn box, ticked or not: the font has no glyph for either."""

    def __init__(self, *, ticked: bool, side: float = 9) -> None:
        super().__init__()
        self._ticked = ticked
        self.width = self.height = side

    def draw(self) -> None:
        side = self.width
        self.canv.setStrokeColor(black)
        self.canv.setLineWidth(0.7)
        self.canv.rect(0, 0, side, side)
        if self._ticked:
            self.canv.setLineWidth(1.4)
            self.canv.lines(
                [
                    (side * 0.2, side * 0.5, side * 0.42, side * 0.2),
                    (side * 0.42, side * 0.2, side * 0.85, side * 0.85),
                ]
            )


class Blank(Flowable):
    """A dotted line to write on, after its label."""

    def __init__(self, label: str = "", *, height: float = 20) -> None:
        super().__init__()
        self._label = printable(label)
        self.height = height

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        self.width = available_width
        return self.width, self.height

    def draw(self) -> None:
        start = 0.0
        self.canv.setFillColor(black)
        if self._label:
            self.canv.setFont(REGULAR, BODY.fontSize)
            self.canv.drawString(0, 4, f"{self._label}:")
            start = text_width(f"{self._label}: ", REGULAR, BODY.fontSize)
        self.canv.setStrokeColor(GREY)
        self.canv.setLineWidth(0.6)
        self.canv.setDash(0.6, 2.2)
        self.canv.line(start, 3, self.width, 3)
        self.canv.setDash()
