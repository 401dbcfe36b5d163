"""Letters of the highland languages (ĕ ŏ ŭ ĭ, and a breve over ê ô ơ ư) put together from what the font has.

Names in Ê-đê, Gia-rai, Cơ-tu and Mnông stand on papers of Quảng Nam. The font draws ă but not these,
so a base letter and the same breve become one new letter, placed as the font places its own.
"""

from io import BytesIO
from math import radians, tan
from typing import Any, Final

from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph, GlyphComponent

BREVE: Final = 0x306
COMPOSED: Final = dict(zip("ĕŏŭĭĔŎŬĬ", "eouıEOUI", strict=True))
# No single letter exists for these: the breve follows, without width, over the letter before it.
TAKE_A_BREVE: Final = frozenset("êôơư")
_GAP = 40  # thousandths of the letter height between a circumflex and the breve over it
_OWN_NAME = "Postal Sans"  # an altered font goes by another name than the one it was made from
_NAMES = {1: _OWN_NAME, 3: _OWN_NAME, 4: _OWN_NAME, 16: _OWN_NAME}
_POSTSCRIPT_NAME = 6


def completed(path: str, *, name: str) -> BytesIO:
    """The font file with the letters it lacks; `name` is its PostScript name from now on."""
    # The moment of saving would be in the font, hence in every paper: other bytes in each process.
    font = TTFont(path, recalcTimestamp=False)
    drawing = _Drawing(font)
    for letter, base in COMPOSED.items():
        drawing.compose(letter, base)
    drawing.set_combining_breve()
    for number, told in {**_NAMES, _POSTSCRIPT_NAME: name}.items():
        font["name"].setName(told, number, 3, 1, 0x409)
        font["name"].removeNames(nameID=number, platformID=1)
    written = BytesIO()
    font.save(written)
    written.seek(0)
    return written


class _Drawing:
    def __init__(self, font: Any) -> None:  # noqa: ANN401 - the tables of a font have no types
        self.font, self.glyphs, self.widths = font, font["glyf"], font["hmtx"]
        self.named: dict[int, str] = font.getBestCmap()
        self.breve = self.named[BREVE]
        self.slant = tan(radians(-font["post"].italicAngle))

    def compose(self, letter: str, base: str) -> None:
        """A letter that is the base with a breve, as wide as the base."""
        rise = 0
        if base.isupper():
            rise = self._box("Ă").yMax - self._box("ă").yMax
        below = self.named[ord(base)]
        across = self._centre(self.glyphs[below], self._height(rise)) - self._breve_centre()
        glyph = Glyph()
        glyph.numberOfContours = -1
        glyph.components = [self._part(below, 0, 0), self._part(self.breve, round(across), rise)]
        name = f"uni{ord(letter):04X}"
        self._add(name, glyph, self.widths[below][0])
        self._map(ord(letter), name)

    def set_combining_breve(self) -> None:
        """The breve that stands over the letter before it: its drawing reaches back behind the pen."""
        rise = self._box("ê").yMax + _GAP - self.glyphs[self.breve].yMin
        backs = [
            self._centre(self._box(letter), self._height(rise))
            - self.widths[self.named[ord(letter)]][0]
            for letter in TAKE_A_BREVE
        ]
        across = sum(backs) / len(backs) - self._breve_centre()
        glyph = Glyph()
        glyph.numberOfContours = -1
        glyph.components = [self._part(self.breve, round(across), rise)]
        self._add("breve.over", glyph, 0)
        self._map(BREVE, "breve.over")

    def _box(self, letter: str) -> Any:  # noqa: ANN401 - as above
        return self.glyphs[self.named[ord(letter)]]

    def _height(self, rise: int) -> float:
        mark = self.glyphs[self.breve]
        return float((mark.yMin + mark.yMax) / 2 + rise)

    def _centre(self, box: Any, height: float) -> float:  # noqa: ANN401 - as above
        """The middle of a letter at a height: an italic leans to the right."""
        middle = (box.yMin + box.yMax) / 2
        return float((box.xMin + box.xMax) / 2 + self.slant * (height - middle))

    def _breve_centre(self) -> float:
        mark = self.glyphs[
            self.breve
        ]  # it is moved straight up: its middle stays where it was drawn
        return float((mark.xMin + mark.xMax) / 2)

    def _part(self, name: str, x: int, y: int) -> GlyphComponent:
        part = GlyphComponent()
        part.glyphName, part.x, part.y = name, x, y
        part.flags = 0x0002 | 0x0004  # the arguments are offsets, on the grid
        return part

    def _add(self, name: str, glyph: Glyph, width: int) -> None:
        self.glyphs[name] = glyph
        glyph.recalcBounds(self.glyphs)
        self.widths[name] = (width, glyph.xMin)

    def _map(self, code: int, name: str) -> None:
        for table in self.font["cmap"].tables:
            if table.isUnicode():
                table.cmap[code] = name
