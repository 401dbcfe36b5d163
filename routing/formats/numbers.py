"""Numbers of a text file: finite, and whole where a part of something makes no sense."""

from math import isfinite

from routing.formats.unreadable import UnreadableFile


def finite(words: list[str], *, line: int) -> list[float]:
    """The words of a line as numbers.

    Raises:
        UnreadableFile: one is none, or not finite.
    """
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        raise UnreadableFile(f"not a row of numbers: {' '.join(words)!r}", line=line) from None
    if not all(isfinite(number) for number in numbers):
        raise UnreadableFile(f"a number that is not finite: {' '.join(words)!r}", line=line)
    return numbers


def whole(number: float, what: str, *, line: int = 0) -> int:
    """The number, which must be whole.

    Raises:
        UnreadableFile: it has a part after the point.
    """
    if number != int(number):
        raise UnreadableFile(f"{what} of {number} is not whole", line=line)
    return int(number)
