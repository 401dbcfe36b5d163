"""What a Vietnamese input method does to key strokes: enough of Telex and VNI to show which codes survive.

Written from the published rules of the two methods, for capitals. Letters are rewritten within one
word; anything but a letter or digit ends it. A mark tapped twice is undone and its key stays.
"""

import unicodedata
from collections.abc import Callable

_TELEX_TONES = {"S": "\u0301", "F": "\u0300", "R": "\u0309", "X": "\u0303", "J": "\u0323"}
_VNI_TONES = dict(zip("12345", _TELEX_TONES.values(), strict=True))
_TONES = frozenset(_TELEX_TONES.values())
_CIRCUMFLEX, _BREVE, _HORN = "\u0302", "\u0306", "\u031b"
_VOWELS = "AEIOUYƠƯ"  # the last two: typed by one key


def telex(keys: str) -> str:
    """What stands in the field after these keys with Telex on."""
    return _by_words(keys, _telex_key)


def vni(keys: str) -> str:
    """What stands in the field after these keys with VNI on."""
    return _by_words(keys, _vni_key)


def _by_words(keys: str, press: Callable[[list[str], str], None]) -> str:
    words: list[list[str]] = [[]]  # a letter and its marks, decomposed, per entry
    for key in keys:
        if key.isalnum() or key in "[]":
            press(words[-1], key)
        else:
            words.extend(([key], []))
    return unicodedata.normalize("NFC", "".join(letter for word in words for letter in word))


def _telex_key(word: list[str], key: str) -> None:
    if key in "[]W":
        if key == "W" and word and word[-1] == "Ư":
            word[-1] = key
        elif key != "W" or not (_mark(word, "A", _BREVE, key) or _mark(word, "OU", _HORN, key)):
            word.append("Ơ" if key == "[" else "Ư")
        return
    handled = (
        (key in "AEO" and _mark(word, key, _CIRCUMFLEX, key))
        or (key == "D" and _bar(word, key))
        or (key in _TELEX_TONES and _tone(word, _TELEX_TONES[key], key))
        or (key == "Z" and _untone(word))
    )
    if not handled:
        word.append(key)


def _vni_key(word: list[str], key: str) -> None:
    handled = (
        (key in _VNI_TONES and _tone(word, _VNI_TONES[key], key))
        or (key == "6" and _mark(word, "AEO", _CIRCUMFLEX, key))
        or (key == "7" and _mark(word, "OU", _HORN, key))
        or (key == "8" and _mark(word, "A", _BREVE, key))
        or (key == "9" and _bar(word, key))
        or (key == "0" and _untone(word))
    )
    if not handled:
        word.append(key)


def _mark(word: list[str], letters: str, mark: str, key: str) -> bool:
    """Put a vowel mark on the last such vowel, or take it off again and keep the key."""
    for i in reversed(range(len(word))):
        if word[i][0] in letters:
            if mark in word[i]:
                word[i] = word[i].replace(mark, "")
                word.append(key)
            else:
                word[i] += mark
            return True
    return False


def _tone(word: list[str], tone: str, key: str) -> bool:
    for i in reversed(range(len(word))):
        if word[i][0] in _VOWELS:
            had = tone in word[i]
            word[i] = "".join(c for c in word[i] if c not in _TONES) + ("" if had else tone)
            if had:
                word.append(key)
            return True
    return False


def _untone(word: list[str]) -> bool:
    for i in reversed(range(len(word))):
        if _TONES & set(word[i]):
            word[i] = "".join(c for c in word[i] if c not in _TONES)
            return True
    return False


def _bar(word: list[str], key: str) -> bool:
    for i in reversed(range(len(word))):
        if word[i] in {"D", "Đ"}:
            if word[i] == "Đ":
                word[i] = "D"
                word.append(key)
            else:
                word[i] = "Đ"
            return True
    return False
