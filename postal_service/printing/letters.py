"""Every letter that reaches paper is NFC, visible and in the font; what is not is spelt out, never dropped in silence.

Nothing here knows a page.
"""

import functools
import threading
import unicodedata
from itertools import pairwise
from typing import Final

import fontpkg
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from postal_service.printing import highland_letters
from postal_service.printing.highland_letters import BREVE, TAKE_A_BREVE

REGULAR: Final = "BeVietnamPro"
BOLD: Final = "BeVietnamPro-Bold"
ITALIC: Final = "BeVietnamPro-Italic"

_FACES: Final = ((REGULAR, 400, "normal"), (BOLD, 700, "normal"), (ITALIC, 400, "italic"))
_registering = threading.Lock()


def register_fonts() -> None:
    """Make the three faces known to reportlab, whose registry is one per program.

    Done once: replacing a face while another thread sets a page in it would mix two subsets.
    """
    with _registering:
        _registered()


def printable(text: str) -> str:
    r"""`text` on one line, composed, with each letter the font lacks written as its code point.

    >>> printable("A\u0301nh  \n 🎉")
    'Ánh [U+1F389]'
    """
    composed = unicodedata.normalize("NFC", text)
    # A breve that nothing composes is drawn over the few letters that take one, and over no other.
    printed = (
        letter if ord(letter) == BREVE and before in TAKE_A_BREVE else _printed(letter)
        for before, letter in pairwise(f" {composed}")
    )
    return " ".join("".join(printed).split())


def text_width(text: str, font: str, size: float) -> float:
    """The width of `text` set in `font`, in points."""
    register_fonts()
    return pdfmetrics.stringWidth(text, font, size)


def fitted(text: str, font: str, size: float, room: float) -> str:
    """`text` cut with an ellipsis to `room` points, for places of a fixed size."""
    if text_width(text, font, size) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(text[:middle].rstrip() + "…", font, size) <= room:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…"


def wrapped(text: str, font: str, size: float, room: float, *, most: int) -> list[str]:
    """`text` broken at spaces into at most `most` lines of `room` points; the last one is cut to fit."""
    lines: list[str] = []
    words = text.split() if most > 0 else []
    while words and len(lines) < most - 1:
        taken = 1
        while taken < len(words) and text_width(" ".join(words[: taken + 1]), font, size) <= room:
            taken += 1
        lines.append(fitted(" ".join(words[:taken]), font, size, room))
        words = words[taken:]
    return [*lines, fitted(" ".join(words), font, size, room)] if words else lines


@functools.cache
def _registered() -> frozenset[int]:
    """The code points that all three faces can print."""
    covered: list[frozenset[int]] = []
    for name, weight, style in _FACES:
        path = str(fontpkg.path("Be Vietnam Pro", weight=weight, style=style))
        font = TTFont(name, highland_letters.completed(path, name=f"Postal{name}"))
        pdfmetrics.registerFont(font)
        covered.append(frozenset(font.face.charToGlyph))
    return frozenset.intersection(*covered)


@functools.lru_cache(maxsize=4096)
def _printed(letter: str) -> str:
    category = unicodedata.category(letter)
    if category in {"Cc", "Zl", "Zp", "Zs"}:
        return " "
    if category == "Cf":  # direction marks and zero-width joints would disguise a name
        return ""
    with _registering:
        in_font = _registered()
    # A mark that stays apart after composition would be set over the next letter, since nothing here
    # shapes text: a name spelt out is better than another name.
    if ord(letter) in in_font and not category.startswith("M"):
        return letter
    return f"[U+{ord(letter):04X}]"
