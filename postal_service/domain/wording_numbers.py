"""Numbers as a Vietnamese form prints them: in figures with points, and in words."""

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_SCALES = ("", "nghìn", "triệu")


def in_figures(number: int) -> str:
    """1234567 to "1.234.567"."""
    return f"{number:,}".replace(",", ".")


def dong(amount: int) -> str:
    """38000 to "38.000 ₫"."""
    return f"{in_figures(amount)} ₫"


def in_words(number: int) -> str:
    """12 to "mười hai"; 24 to "hai mươi tư"; 1005 to "một nghìn không trăm linh năm".

    Raises:
        ValueError: a negative number; no form counts below nothing.
    """
    if number < 0:
        raise ValueError(f"{number} cannot be counted on a form.")
    if number == 0:
        return _DIGITS[0]
    billions, rest = divmod(number, 10**9)
    said: list[str] = []
    if billions:
        said.append(f"{in_words(billions)} tỷ")
    if rest:
        said.append(_below_a_billion(rest, padded=billions > 0))
    return " ".join(said)


def dong_in_words(amount: int) -> str:
    """38000 to "Ba mươi tám nghìn đồng", as a receipt has it."""
    said = f"{in_words(amount)} đồng"
    return said[0].upper() + said[1:]


def _below_a_billion(number: int, *, padded: bool) -> str:
    said: list[str] = []
    for scale in (2, 1, 0):
        group = number // 1000**scale % 1000
        if group:
            # A group that follows a greater one is read in full: "một triệu không trăm linh năm nghìn".
            said.append(_group(group, padded=padded or bool(said)))
            said.append(_SCALES[scale])
    return " ".join(word for word in said if word)


def _group(number: int, *, padded: bool) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds and not padded:
        return _below_a_hundred(rest)
    said = f"{_DIGITS[hundreds]} trăm"
    if not rest:
        return said
    if rest < 10:
        return f"{said} linh {_DIGITS[rest]}"
    return f"{said} {_below_a_hundred(rest)}"


def _below_a_hundred(number: int) -> str:
    tens, units = divmod(number, 10)
    if tens == 0:
        return _DIGITS[units]
    said = "mười" if tens == 1 else f"{_DIGITS[tens]} mươi"
    if units == 0:
        return said
    if units in {1, 4} and tens > 1:
        return f"{said} {'mốt' if units == 1 else 'tư'}"
    if units == 5:
        return f"{said} lăm"
    return f"{said} {_DIGITS[units]}"
