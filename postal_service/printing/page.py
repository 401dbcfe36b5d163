"""A paper is set here and nowhere else: its running head, national header, tables, signatures and page count.

The same view always gives the same bytes. reportlab writes no tag tree: a PDF says its title, its
author and its language (described.py), and reads from top to bottom.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from reportlab.lib.colors import black
from reportlab.lib.pagesizes import A4, A5, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus.doctemplate import BaseDocTemplate, NextPageTemplate, PageTemplate
from reportlab.platypus.flowables import (
    CondPageBreak,
    Flowable,
    HRFlowable,
    KeepTogether,
    PageBreak,
    Spacer,
)
from reportlab.platypus.frames import Frame
from reportlab.platypus.tables import Table

from postal_service.printing.codes import BarMark, CodeOverflowError, QrMark, QrSymbol, bar_symbol
from postal_service.printing.counting import CountingCanvas
from postal_service.printing.letters import (
    BOLD,
    ITALIC,
    REGULAR,
    fitted,
    printable,
    register_fonts,
    text_width,
)
from postal_service.printing.tables import Cell, Column, ruled_table, side_by_side
from postal_service.printing.typesetting import (
    BODY,
    CAPTION,
    DATED,
    GREY,
    ISSUER,
    MOTTO,
    SIGNED,
    SIGNING_HINT,
    SMALL_ISSUER,
    SMALL_MOTTO,
    STRONG,
    SUBTITLE,
    TITLE,
    Blank,
    TickBox,
    labelled,
    line,
)

A4_UPRIGHT: Final[tuple[float, float]] = A4
A4_ACROSS: Final[tuple[float, float]] = landscape(A4)
A5_UPRIGHT: Final[tuple[float, float]] = A5

# Stands where a law would be cited: which form is the issued one is the office's configuration.
ILLUSTRATIVE_FORM: Final = "mẫu minh họa — dùng mẫu do cơ quan ban hành"

# So much smaller may a copy be set that would else need a second page: text of 10 points stays above 8.5.
_SCALES: Final = (1.0, 0.94, 0.88)
_SIDE: Final = 15 * mm
_NARROWEST_BAR_MM: Final = 0.19
_HEAD: Final = 16 * mm
_FOOT: Final = 15 * mm
_HEADED_MM: Final = 28  # a heading, the head of a table and its first row
_SIGNING_ROOM: Final = 17 * mm
_SMALL_SIGNING_ROOM: Final = 10 * mm


@dataclass(frozen=True, kw_only=True)
class Signature:
    """One place to sign; `name` is printed under it when it is known."""

    role: str
    name: str = ""
    hint: str = "(Ký, ghi rõ họ tên)"


class Paper:
    """One paper being set from top to bottom, in one or more copies that count their own pages."""

    def __init__(
        self,
        *,
        name: str,
        number: str = "",
        size: tuple[float, float] = A4_UPRIGHT,
        basis_line: str = "",
    ) -> None:
        register_fonts()
        self.name = printable(name)
        self._number = printable(number)
        self._basis_line = printable(basis_line)
        self._size = size
        self._copies: list[tuple[str, list[Flowable]]] = [("", [])]
        self._scale = 1.0
        self._pages = 0

    @property
    def width(self) -> float:
        """The width of the text in points."""
        return (self._size[0] - 2 * _SIDE) / self._scale

    @property
    def _small(self) -> bool:
        return self._size[0] < A4_UPRIGHT[0]

    def in_copies(
        self, keepers: Sequence[str], put_copy: Callable[[], None], *, may_shrink: bool = False
    ) -> bytes:
        """The same put once for each keeper, as PDF; each copy says who keeps it and counts its own pages.

        A copy that `may_shrink` is set a little smaller where that leaves it one page.
        """
        for scale in _SCALES if may_shrink else ():
            self._scale = scale
            written = self._in_copies(keepers, put_copy)
            if self._pages == len(keepers):
                return written
        self._scale = 1.0
        return self._in_copies(keepers, put_copy)

    def _in_copies(self, keepers: Sequence[str], put_copy: Callable[[], None]) -> bytes:
        self._copies = []
        for kept_by in keepers:
            self._copies.append((printable(kept_by), []))
            put_copy()
        return self.pdf()

    def put(self, *pieces: Flowable) -> None:
        self._copies[-1][1].extend(pieces)

    def national_header(self, issuer: Sequence[str]) -> None:
        """The issuer on the left, the state's name and motto on the right."""
        heavy, light = (SMALL_MOTTO, SMALL_ISSUER) if self._small else (MOTTO, ISSUER)
        left = [line(part, heavy if part is issuer[-1] else light) for part in issuer]
        right = [
            line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", heavy),
            line("Độc lập - Tự do - Hạnh phúc", heavy),
            _rule(38 * mm),
        ]
        widths = (self.width * 0.44, self.width * 0.56)
        self.put(
            side_by_side([[*left, _rule(20 * mm)], right], widths, align="CENTER"),
            Spacer(0, 4 * mm),
        )

    def title(self, *under: str) -> None:
        """The paper's name in large letters and the lines that belong under it."""
        self.put(line(self.name, TITLE), *(line(part, SUBTITLE) for part in under if part))
        self.put(Spacer(0, 3 * mm))

    def section(self, heading: str) -> None:
        """A heading; it goes on to the next page with what it heads."""
        self.room(_HEADED_MM)
        self.put(line(heading, STRONG))

    def say(self, text: str, style: ParagraphStyle = BODY) -> None:
        self.put(line(text, style))

    def facts(self, *pairs: tuple[str, str]) -> None:
        """One line for each label and answer; what was not given is left to be written by hand."""
        for label, value in pairs:
            self.put(labelled(label, value) if value else Blank(label, height=16))

    def pairs(self, *pairs: tuple[str, str]) -> None:
        """Short labels and answers in two columns; those without an answer are left out."""
        set_pairs = [labelled(label, value) for label, value in pairs if value]
        half = self.width / 2
        for index in range(0, len(set_pairs), 2):
            groups = [[piece] for piece in set_pairs[index : index + 2]]
            self.put(side_by_side(groups, [half] * len(groups)), Spacer(0, 2))

    def table(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[Cell]],
        *,
        empty: str,
        total: Sequence[Cell] | None = None,
    ) -> None:
        table = ruled_table(columns, rows, width=self.width, empty=empty, total=total)
        self.put(Spacer(0, 1 * mm), table, Spacer(0, 2 * mm))

    def ticks(self, *choices: tuple[str, bool]) -> None:
        """Drawn boxes, one line each, those that apply ticked."""
        for label, ticked in choices:
            box: list[Flowable] = [Spacer(0, 2), TickBox(ticked=ticked)]
            self.put(side_by_side([box, [line(label)]], [6 * mm, self.width - 6 * mm]))

    def blanks(self, count: int) -> None:
        """Empty dotted lines to write on."""
        self.put(*(Blank() for _ in range(count)))

    def gap(self, height_mm: float = 2) -> None:
        self.put(Spacer(0, height_mm * mm))

    def together(self, put: Callable[[], None]) -> None:
        """What is put stays on one page, where one holds it."""
        pieces = self._copies[-1][1]
        before = len(pieces)
        put()
        taken = pieces[before:]
        del pieces[before:]
        self.put(_Group(_single(taken)))

    def room(self, height_mm: float) -> None:
        """Go on on the next page unless so much of this one is left: a heading stays with what it heads."""
        self.put(CondPageBreak(height_mm * mm))

    def bars(self, content: str, *, module_mm: float = 0.3, height_mm: float = 9) -> None:
        """A Code 128 in the middle of the page with its content in clear below.

        Long codes get narrower bars; CodeOverflowError when scanners could no longer read them.
        """
        symbol = bar_symbol(content)
        fitting_mm = min(module_mm, module_mm * self.width / (symbol.length_mm(module_mm) * mm))
        if fitting_mm < _NARROWEST_BAR_MM:
            raise CodeOverflowError(f"{len(content)} characters are too many for one line of bars")
        mark = BarMark(symbol, module_mm=fitting_mm, height_mm=height_mm)
        mark.hAlign = "CENTER"
        self.put(mark, Spacer(0, 1 * mm), line(content, CAPTION), Spacer(0, 2 * mm))

    def qr_with(self, symbol: QrSymbol, *, module_mm: float, beside: Sequence[Flowable]) -> None:
        """A QR code on the left and what it is for on its right; both stay on one page."""
        mark = QrMark(symbol, module_mm)
        widths = [mark.width + 3 * mm, self.width - mark.width - 3 * mm]
        self.put(_Group([side_by_side([[mark], beside], widths)]))

    def signatures(self, *signatures: Signature, attest: str = "", dated: str = "") -> None:
        """Places to sign next to each other, kept on one page with what is attested and the date."""
        above: list[Flowable] = [Spacer(0, 2 * mm), line(attest)] if attest else []
        if dated:
            above += [Spacer(0, 2 * mm), line(dated, DATED)]
        groups: list[list[Flowable]] = [
            [
                line(signature.role, SIGNED),
                line(signature.hint, SIGNING_HINT),
                Spacer(0, _SMALL_SIGNING_ROOM if self._small else _SIGNING_ROOM),
                line(signature.name, SIGNED),
            ]
            for signature in signatures
        ]
        if len(groups) == 1:  # who signs alone signs on the right
            groups.insert(0, [])
        share = self.width / len(groups)
        block = side_by_side(groups, [share] * len(groups))
        self.put(_Group([*self._last_said(), *above, Spacer(0, 2 * mm), block]))

    def _last_said(self) -> list[Flowable]:
        """What stands right above, taken from the page: nobody signs a page that says nothing else.

        A table is left where it is, since it may be longer than a page.
        """
        pieces = self._copies[-1][1]
        taken: list[Flowable] = []
        while pieces and not isinstance(pieces[-1], Table):
            last = pieces.pop()
            taken = [*_single([last]), *taken]
            if not isinstance(last, Spacer):
                break
        return taken

    def pdf(self) -> bytes:
        """The paper as PDF bytes."""
        written = io.BytesIO()
        template = BaseDocTemplate(written, pagesize=self._size)
        story: list[Flowable] = []
        for index, (kept_by, pieces) in enumerate(self._copies):
            template.addPageTemplates(self._page_template(index, kept_by))
            if index:
                story += [NextPageTemplate(str(index)), PageBreak()]
            story += pieces
        title = self.name if not self._number else f"{self.name} {self._number}"
        template.build(story, canvasmaker=partial(CountingCanvas, paper_title=title))
        self._pages = template.page
        return written.getvalue()

    def _page_template(self, index: int, kept_by: str) -> PageTemplate:
        width, height = self._size
        frame = Frame(
            _SIDE / self._scale,
            _FOOT / self._scale,
            self.width,
            (height - _HEAD - _FOOT) / self._scale,
            leftPadding=0,
            rightPadding=0,
            topPadding=0,
            bottomPadding=0,
        )

        def head(canvas: Canvas, _template: object) -> None:
            if isinstance(canvas, CountingCanvas):
                canvas.copy_index, canvas.right_edge = index, width - _SIDE
            self._draw_running_head(canvas, kept_by)
            canvas.saveState()
            canvas.scale(self._scale, self._scale)

        def foot(canvas: Canvas, _template: object) -> None:
            canvas.restoreState()

        return PageTemplate(
            id=str(index), frames=[frame], onPage=head, onPageEnd=foot, pagesize=self._size
        )

    def _draw_running_head(self, canvas: Canvas, kept_by: str) -> None:
        width, height = self._size
        canvas.setFillColor(GREY)
        canvas.setFont(BOLD, 8)
        canvas.drawString(_SIDE, height - 10 * mm, self.name)
        room = width - 2 * _SIDE - text_width(self.name, BOLD, 8) - 5 * mm
        right = " · ".join(
            part for part in (self._number and f"Số {self._number}", kept_by) if part
        )
        canvas.setFont(REGULAR, 8)
        canvas.drawRightString(width - _SIDE, height - 10 * mm, fitted(right, REGULAR, 8, room))
        canvas.setFont(ITALIC, 7.5)
        basis = fitted(self._basis_line, ITALIC, 7.5, width - 2 * _SIDE - 25 * mm)
        canvas.drawString(_SIDE, 9 * mm, basis)
        canvas.setFillColor(black)


class _Group(KeepTogether):
    """Pieces that stay on one page, and can still be told apart."""

    def __init__(self, pieces: list[Flowable]) -> None:
        super().__init__(pieces)
        self.pieces = pieces


def _single(pieces: list[Flowable]) -> list[Flowable]:
    """The pieces out of their groups: a group cannot stand inside another one."""
    return [
        single
        for piece in pieces
        for single in (piece.pieces if isinstance(piece, _Group) else [piece])
    ]


def _rule(length: float) -> HRFlowable:
    return HRFlowable(
        width=length, thickness=0.7, color=black, spaceBefore=2, spaceAfter=2, hAlign="CENTER"
    )
