"""Vietnamese text is kept as written, in NFC; it is searched without its marks."""

import re
import unicodedata

_BLANKS = re.compile(r"\s+")
# Controls, marks without width and halves of letters: nobody sees them, no search finds a word with
# one inside, and on paper they turn the letters after them around.
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
# U+0111 and U+0110 have no decomposition, so stripping marks alone would leave "đang" for "Đặng".
_BARRED_D = str.maketrans("đĐ", "dD")


def nfc(text: str) -> str:
    """The one form in which text is stored, compared and signed."""
    return unicodedata.normalize("NFC", text)


def tidy(text: str) -> str:
    """NFC, without blanks at the ends and with single blanks inside, and without what nobody sees."""
    told = _BLANKS.sub(" ", text)
    if not told.isprintable():
        told = "".join(c for c in told if unicodedata.category(c) not in _UNSEEN)
        told = _BLANKS.sub(" ", told)
    return nfc(told).strip()


def without_marks(text: str) -> str:
    """The same letters without tone and vowel marks, in their own case: "Đặng Thị Lý" to "Dang Thi Ly"."""
    decomposed = unicodedata.normalize("NFD", text)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare).translate(_BARRED_D)


def search_key(text: str) -> str:
    """What a search compares: no marks, lower case, single blanks.

    Both places of a tone mark ("hòa", "hoà") give the same key.
    """
    return _BLANKS.sub(" ", without_marks(text).lower()).strip()


def ascii_only(text: str) -> str:
    """For bank transfers and plain text messages, which carry ASCII alone; what has no letter there is left out."""
    return _BLANKS.sub(" ", without_marks(text).encode("ascii", "ignore").decode("ascii")).strip()


def matches_with_marks(text: str, query: str) -> bool:
    """True where the query stands in the text with its marks: such hits are listed first."""
    return tidy(query).lower() in tidy(text).lower()
