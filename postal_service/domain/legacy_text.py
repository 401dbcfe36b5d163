"""Files from old office machines are read in the encoding they were written in, and a guess says that it is one."""

import codecs
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from postal_service.domain.refusals import Malformed
from postal_service.domain.text import nfc

# TCVN 5712:1993, 0xA1 to 0xFF. The ABC fonts know the same codes; capitals with tones they have none.
_TCVN_UPPER_HALF = (
    "ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽ"
    "éẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"
)
_TCVN = {0xA1 + i: c for i, c in enumerate(_TCVN_UPPER_HALF)}

_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT = "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"
_CIRCUMFLEX, _BREVE = "\u0302", "\u0306"
# VNI writes the vowel, then one Latin-1 letter that stands for all its marks.
_VNI_MARKS = {
    "ù": _ACUTE, "ø": _GRAVE, "û": _HOOK, "õ": _TILDE, "ï": _DOT,
    "â": _CIRCUMFLEX, "á": _CIRCUMFLEX + _ACUTE, "à": _CIRCUMFLEX + _GRAVE,
    "å": _CIRCUMFLEX + _HOOK, "ã": _CIRCUMFLEX + _TILDE, "ä": _CIRCUMFLEX + _DOT,
    "ê": _BREVE, "é": _BREVE + _ACUTE, "è": _BREVE + _GRAVE,
    "ú": _BREVE + _HOOK, "ü": _BREVE + _TILDE, "ë": _BREVE + _DOT,
}  # fmt: skip
_VNI_LETTERS = {"ô": "ơ", "ö": "ư", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ñ": "đ"}  # fmt: skip
_VNI_CARRIERS = {"a", "e", "o", "u", "y", "ô", "ö"}

_WORD = re.compile(r"[^\W\d_]+")
_TONES = {_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT}
_SYLLABLE = re.compile(
    "(?:ngh|gh|kh|ng|nh|ch|ph|th|tr|gi|qu|[bcdđghklmnpqrstvx])?"
    "(?:uyê|uya|uyu|oai|oao|oay|oeo|iêu|yêu|uây|uôi|ươi|ươu|ai|ao|au|ay|âu|ây|eo|êu|ia|iê|iu|oa|oă"
    "|oe|oi|oo|ôi|ơi|ua|uâ|uê|ui|uô|uơ|uy|ưa|ưi|ươ|ưu|yê|[aăâeêioôơuưy])"
    "(?:ch|ng|nh|[cmnpt])?"
)


class Encoding(StrEnum):
    UTF_8 = "utf-8"
    UTF_8_BOM = "utf-8-sig"
    UTF_16 = "utf-16"
    WINDOWS_1258 = "cp1258"
    TCVN3 = "tcvn3"
    VNI = "vni"


class UnreadableFile(Malformed):
    code = "file.unreadable_text"


class UnknownEncoding(UnreadableFile):
    """No encoding that the post knows gives text."""

    code = "file.unknown_encoding"


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """The text in NFC. `certain` is False where an old encoding was guessed: show it before it is used."""

    text: str
    encoding: Encoding
    certain: bool


def decode(content: bytes) -> Decoded:
    """Read a file of unknown origin.

    Marks at the head and well-formed UTF-8 are certain. Otherwise the three old encodings are
    tried, and the one whose words look most like Vietnamese syllables is the guess.

    Raises:
        UnreadableFile: no encoding the post knows gives text.
    """
    modern = _modern(content)
    if modern is not None:
        return modern
    guesses: list[tuple[float, Encoding, str]] = []
    for encoding in (Encoding.TCVN3, Encoding.WINDOWS_1258, Encoding.VNI):
        try:
            text = decode_as(content, encoding)
        except UnreadableFile:
            continue
        guesses.append((likeness(text), encoding, text))
    if not guesses:
        raise UnknownEncoding
    _, encoding, text = max(guesses, key=lambda guess: guess[0])
    return Decoded(text=text, encoding=encoding, certain=False)


def decode_as(content: bytes, encoding: Encoding) -> str:
    """Read a file in the encoding a person chose after looking at the preview.

    Raises:
        UnreadableFile: a byte that this encoding does not have.
    """
    try:
        match encoding:
            case Encoding.TCVN3:
                text = _from_tcvn3(content)
            case Encoding.VNI:
                text = _from_vni(content.decode("cp1252"))
            case _:
                text = content.decode(encoding.value)
    except (UnicodeDecodeError, KeyError) as error:
        raise UnreadableFile(encoding=encoding.value) from error
    return nfc(text)


def likeness(text: str) -> float:
    """From -1 to 1: how far the words that carry marks are Vietnamese syllables; 0 where there are none."""
    marked = [word for word in _WORD.findall(nfc(text)) if not word.isascii()]
    if not marked:
        return 0.0
    good = sum(1 if is_syllable(word) else -1 for word in marked)
    return good / len(marked)


def is_syllable(word: str) -> bool:
    """Whether a word is spelt as one Vietnamese syllable: onset, vowel, ending, at most one tone."""
    decomposed = unicodedata.normalize("NFD", word.lower())
    if sum(c in _TONES for c in decomposed) > 1:
        return False
    toneless = nfc("".join(c for c in decomposed if c not in _TONES))
    return _SYLLABLE.fullmatch(toneless) is not None


def _modern(content: bytes) -> Decoded | None:
    if content.startswith(codecs.BOM_UTF8):
        text = decode_as(content, Encoding.UTF_8_BOM)
        return Decoded(text=text, encoding=Encoding.UTF_8_BOM, certain=True)
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = decode_as(content, Encoding.UTF_16)
        return Decoded(text=text, encoding=Encoding.UTF_16, certain=True)
    if 0 in content:
        return _utf16_without_mark(content)
    try:
        return Decoded(text=nfc(content.decode("utf-8")), encoding=Encoding.UTF_8, certain=True)
    except UnicodeDecodeError:
        return None


def _utf16_without_mark(content: bytes) -> Decoded:
    # Blanks, digits and ASCII letters leave a zero in every pair, on the side that tells the byte order.
    little = content[1::2].count(0) >= content[0::2].count(0)
    try:
        text = content.decode("utf-16-le" if little else "utf-16-be")
    except UnicodeDecodeError as error:
        raise UnreadableFile(encoding=Encoding.UTF_16.value) from error
    return Decoded(text=nfc(text), encoding=Encoding.UTF_16, certain=False)


def _from_tcvn3(content: bytes) -> str:
    return "".join(chr(byte) if byte < 0x80 else _TCVN[byte] for byte in content)


def _from_vni(glyphs: str) -> str:
    text: list[str] = []
    carrier = ""  # the letter just written, if it can still take marks
    for glyph in glyphs:
        mark = _VNI_MARKS.get(glyph.lower())
        if mark and carrier:
            text.append(mark)
            carrier = ""
            continue
        letter = _VNI_LETTERS.get(glyph.lower(), glyph.lower())
        text.append(letter.upper() if glyph.isupper() else letter if glyph.islower() else glyph)
        carrier = glyph.lower() if glyph.lower() in _VNI_CARRIERS else ""
    return "".join(text)
