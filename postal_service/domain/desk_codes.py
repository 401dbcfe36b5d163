"""Short codes a keyboard scanner can type into a Vietnamese desk PC, and any change on the way is noticed.

A scanner that acts as a keyboard goes through the input method. Telex turns `AA`, `DD`, `OW` and
a vowel followed by S F R X J Z into letters with marks; VNI does it with digits after a vowel or D.
The alphabet has no vowel, no Y, D or W, no look-alikes, no 0 or 1: neither method has anything to
do. Two check characters (ISO 7064, MOD 97-10) notice what happens all the same.
"""

from enum import StrEnum

from postal_service.domain.refusals import Malformed

ALPHABET = "23456789CFHJKMNPRTVX"
PAYLOAD_LENGTH = 8
CODE_LENGTH = PAYLOAD_LENGTH + 2
CAPACITY = len(ALPHABET) ** PAYLOAD_LENGTH

_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}
_MODULUS, _RADIX = 97, 10


class NotADeskCode(Malformed):
    """What was scanned is not repeated: it may have been somebody's card or delivery code."""

    code = "desk_code.malformed"


class WrongCheckCharacters(Malformed):
    code = "desk_code.wrong_check"


class InputMethodIsOn(Malformed):
    """Shown as "Bộ gõ tiếng Việt đang bật – chuyển sang E"."""

    code = "scan.input_method_on"


class ScanDamage(StrEnum):
    """What happened to a burst of key strokes between the scanner and the page."""

    ERASED = "erased"  # the input method sent Backspace to replace what it had typed
    MARKED = "marked"  # letters with marks, or anything else no code of ours holds
    LENGTH = "length"  # characters were swallowed: two taps of a Telex key undo a mark


def desk_code(number: int) -> str:
    """The code of a number from 0 up to `CAPACITY`, ten characters with the check.

    Raises:
        ValueError: a number that does not fit; the office has counted wrongly.
    """
    if not 0 <= number < CAPACITY:
        raise ValueError(f"{number} does not fit into {PAYLOAD_LENGTH} characters.")
    symbols = ""
    for _ in range(PAYLOAD_LENGTH):
        number, value = divmod(number, len(ALPHABET))
        symbols = ALPHABET[value] + symbols
    return symbols + check_characters(symbols)


def read_desk_code(written: str) -> int:
    """The number behind a code typed or scanned.

    Raises:
        InputMethodIsOn: the burst carries the traces of a Vietnamese input method.
        NotADeskCode: another length, or a character outside the alphabet.
        WrongCheckCharacters: something was changed on the way.
    """
    refuse_if_transformed(written)
    code = written.strip().upper()
    if len(code) != CODE_LENGTH or not set(code) <= set(ALPHABET):
        raise NotADeskCode(length=len(written))
    payload, check = code[:PAYLOAD_LENGTH], code[PAYLOAD_LENGTH:]
    if check_characters(payload) != check:
        raise WrongCheckCharacters(written=code)
    number = 0
    for symbol in payload:
        number = number * len(ALPHABET) + _VALUES[symbol]
    return number


def check_characters(payload: str) -> str:
    """ISO 7064 MOD 97-10 over the symbols' places in the alphabet, its two digits written in the same alphabet.

    Every symbol is below 97 and 10 generates distinct weights modulo 97, so each single change
    and each exchange of neighbours is noticed.
    """
    total = 0
    for symbol in payload:
        total = (total * _RADIX + _VALUES[symbol]) % _MODULUS
    tens, units = divmod((1 - total * _RADIX * _RADIX) % _MODULUS, 10)
    return ALPHABET[tens] + ALPHABET[units]


def damage(burst: str, *, expected_length: int | None = None) -> ScanDamage | None:
    """Traces of an input method in what arrived, or None.

    All our codes are ASCII of known length. A method that rewrites leaves Backspaces, or letters
    outside ASCII, or (where it undid its own mark) fewer characters than were sent.
    """
    if "\b" in burst or "\x7f" in burst:
        return ScanDamage.ERASED
    if not burst.isascii():
        return ScanDamage.MARKED
    if expected_length is not None and len(burst.strip()) != expected_length:
        return ScanDamage.LENGTH
    return None


def refuse_if_transformed(burst: str) -> None:
    """Raises InputMethodIsOn where the burst holds Backspaces or letters with marks."""
    found = damage(burst)
    if found is not None:
        raise InputMethodIsOn(damage=found.value)
