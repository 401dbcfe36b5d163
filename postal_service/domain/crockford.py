"""130 bits as 26 characters of Crockford's base 32, which a person can read out and a scanner can type."""

import re
from typing import NewType

from postal_service.domain.refusals import Malformed

Token = NewType("Token", str)  # 26 characters, canonical

TOKEN_LENGTH = 26
TOKEN_BITS = 130
ENTROPY_BYTES = 17  # 136 bits, of which the last six are not used
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CANONICAL = re.compile(f"[{_ALPHABET}]{{{TOKEN_LENGTH}}}")
# Crockford: letters that look like digits are read as those digits.
_LOOKALIKES = str.maketrans("ILO", "110")


class NotAToken(Malformed):
    """Not repeated in its facts: a token may be a citizen's secret."""

    code = "token.malformed"


def token_from(entropy: bytes) -> Token:
    """A token from random bytes the caller drew.

    Raises:
        ValueError: too few bytes; a short secret is a mistake of the program.
    """
    if len(entropy) < ENTROPY_BYTES:
        raise ValueError(f"A token needs {ENTROPY_BYTES} random bytes.")
    bits = int.from_bytes(entropy[:ENTROPY_BYTES], "big") >> (ENTROPY_BYTES * 8 - TOKEN_BITS)
    return Token("".join(_ALPHABET[bits >> shift & 31] for shift in range(TOKEN_BITS - 5, -1, -5)))


def read_token(written: str) -> Token:
    """The canonical form of a token typed or scanned: hyphens and blanks skipped, I and L read as 1, O as 0.

    Raises:
        NotAToken: a character outside the alphabet, or another length.
    """
    text = re.sub(r"[\s-]", "", written[:80])
    if not text.isascii():
        raise NotAToken(length=len(written))
    canonical = text.upper().translate(_LOOKALIKES)
    if not _CANONICAL.fullmatch(canonical):
        raise NotAToken(length=len(written))
    return Token(canonical)


def is_token(text: str) -> bool:
    """Whether a text is a token in its canonical form already."""
    return _CANONICAL.fullmatch(text) is not None
