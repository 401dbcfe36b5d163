"""Codes are drawn as vectors at a stated module size with their quiet zone, so that any printer keeps them readable."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

import qrcode
from qrcode import constants, util
from qrcode.exceptions import DataOverflowError
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.colors import black
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus.flowables import Flowable

QUIET_MODULES: Final = 4  # ISO/IEC 18004: four modules of white on every side
CODE128_QUIET_MODULES: Final = 10  # ISO/IEC 15417: ten narrow bars before and after


class Correction(Enum):
    """How much of a QR code may be lost and still be read."""

    LOW = constants.ERROR_CORRECT_L
    MEDIUM = constants.ERROR_CORRECT_M
    QUARTILE = constants.ERROR_CORRECT_Q
    HIGH = constants.ERROR_CORRECT_H


class CodeOverflowError(ValueError):
    """The content does not fit the largest version that the paper has room for."""


@dataclass(frozen=True, kw_only=True)
class QrSymbol:
    """The dark modules of one QR code, row by row from the top, without the quiet zone."""

    version: int
    rows: tuple[tuple[bool, ...], ...]

    def side_mm(self, module_mm: float) -> float:
        """The side of the printed square in millimetres, quiet zone included."""
        return (len(self.rows) + 2 * QUIET_MODULES) * module_mm


def qr_symbol(
    content: str, *, version: int, correction: Correction, largest: int | None = None
) -> QrSymbol:
    """Encode `content` at `version`, or at the next one that holds it up to `largest`.

    Upper-case letters, digits and ` $%*+-./:` are packed as alphanumeric, all else as bytes.

    Raises:
        CodeOverflowError: no version up to `largest` (default: `version` itself) holds it.
    """
    if not content:
        raise ValueError("a QR code says something")
    encoded = content.encode()
    mode = util.optimal_mode(encoded)
    for tried in range(version, (largest or version) + 1):
        code = qrcode.QRCode(version=tried, error_correction=correction.value)
        code.add_data(util.QRData(encoded, mode=mode), optimize=0)
        try:
            code.make(fit=False)
        except DataOverflowError:
            continue
        rows = tuple(tuple(bool(dark) for dark in row) for row in code.modules)
        return QrSymbol(version=tried, rows=rows)
    raise CodeOverflowError(
        f"{len(content)} characters do not fit QR version {largest or version}-{correction.name}"
    )


@dataclass(frozen=True, kw_only=True)
class BarSymbol:
    """One Code 128 symbol as dark stretches `(start, width)` counted in narrow bars."""

    bars: tuple[tuple[int, int], ...]
    modules: int

    def length_mm(self, module_mm: float) -> float:
        """The printed length in millimetres, quiet zones included."""
        return (self.modules + 2 * CODE128_QUIET_MODULES) * module_mm


def bar_symbol(content: str) -> BarSymbol:
    """Encode printable ASCII as Code 128; raises ValueError for anything else, which would be left out."""
    if not content or not (content.isascii() and content.isprintable()):
        raise ValueError(f"Code 128 carries printable ASCII only: {content!r}")
    code = Code128(content, quiet=0)
    code.validate()  # type: ignore[no-untyped-call]
    code.encode()  # type: ignore[no-untyped-call]
    at = 0
    bars: list[tuple[int, int]] = []
    # "A".."D" is a bar of one to four modules, "a".."d" a space.
    for stretch in code.decompose():  # type: ignore[no-untyped-call]
        width = ord(stretch.lower()) - ord("a") + 1
        if stretch.isupper():
            bars.append((at, width))
        at += width
    return BarSymbol(bars=tuple(bars), modules=at)


def draw_qr(canvas: Canvas, symbol: QrSymbol, *, x: float, y: float, module_mm: float) -> None:
    """Draw the symbol with the lower left corner of its quiet zone at `x`, `y` points.

    One filled path: separate squares leave hairlines between rows on some printers.
    """
    module = module_mm * mm
    top = y + symbol.side_mm(module_mm) * mm - QUIET_MODULES * module
    path = canvas.beginPath()
    for index, row in enumerate(symbol.rows):
        bottom = top - (index + 1) * module
        for start, width in _dark_runs(row):
            path.rect(x + (QUIET_MODULES + start) * module, bottom, width * module, module)
    canvas.setFillColor(black)
    canvas.drawPath(path, stroke=0, fill=1)


def draw_bars(
    canvas: Canvas, symbol: BarSymbol, *, x: float, y: float, module_mm: float, height_mm: float
) -> None:
    """Draw the symbol with the lower left corner of its quiet zone at `x`, `y` points."""
    module = module_mm * mm
    path = canvas.beginPath()
    for start, width in symbol.bars:
        left = x + (CODE128_QUIET_MODULES + start) * module
        path.rect(left, y, width * module, height_mm * mm)
    canvas.setFillColor(black)
    canvas.drawPath(path, stroke=0, fill=1)


class QrMark(Flowable):
    """A QR code standing in the text."""

    def __init__(self, symbol: QrSymbol, module_mm: float) -> None:
        super().__init__()
        self._symbol, self._module_mm = symbol, module_mm
        self.width = self.height = symbol.side_mm(module_mm) * mm

    def draw(self) -> None:
        draw_qr(self.canv, self._symbol, x=0, y=0, module_mm=self._module_mm)


class BarMark(Flowable):
    """A Code 128 symbol standing in the text."""

    def __init__(self, symbol: BarSymbol, *, module_mm: float, height_mm: float) -> None:
        super().__init__()
        self._symbol, self._module_mm, self._height_mm = symbol, module_mm, height_mm
        self.width, self.height = symbol.length_mm(module_mm) * mm, height_mm * mm

    def draw(self) -> None:
        draw_bars(
            self.canv,
            self._symbol,
            x=0,
            y=0,
            module_mm=self._module_mm,
            height_mm=self._height_mm,
        )


def _dark_runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Stretches of dark modules in a row as `(start, length)`."""
    runs: list[tuple[int, int]] = []
    for at, dark in enumerate(row):
        if not dark:
            continue
        if runs and sum(runs[-1]) == at:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((at, 1))
    return runs
