"""Numbers, money, times and masked numbers as a Vietnamese paper writes them.

Personal numbers are masked here, whatever the caller hands over, so that no paper can forget it.
"""

from datetime import date, datetime, timedelta, timezone
from typing import Final

VIETNAM: Final = timezone(timedelta(hours=7))  # one zone, no summer time

_DIGITS: Final = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_THOUSANDS: Final = ((1_000_000, "triệu"), (1_000, "nghìn"), (1, ""))
_BILLION: Final = 1_000_000_000


def in_words(number: int) -> str:
    """The number read aloud: 105 is "một trăm linh năm". Raises ValueError below zero."""
    if number < 0:
        raise ValueError(f"a count on paper is not negative: {number}")
    return "không" if number == 0 else " ".join(_words(number, padded=False))


def counted(number: int) -> str:
    """A count in figures and words: "12 (mười hai)"."""
    return f"{grouped(number)} ({in_words(number)})"


def grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def dong(amount_dong: int) -> str:
    return f"{grouped(amount_dong)} ₫"


def dong_in_words(amount_dong: int) -> str:
    words = in_words(amount_dong)
    return f"{words[0].upper()}{words[1:]} đồng"


def clock(at: datetime) -> str:
    """The short form in Vietnam's time: "09:05 23/11/2026"."""
    return f"{_local(at):%H:%M %d/%m/%Y}"


def official_clock(at: datetime) -> str:
    """As records write a time: "09 giờ 05 phút, ngày 23 tháng 11 năm 2026"."""
    local = _local(at)
    return f"{local:%H} giờ {local:%M} phút, {official_date(local.date())}"


def official_date(day: date) -> str:
    """The long date; days below ten and the months one and two take a nought against forgery."""
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def day_of(at: datetime) -> date:
    return _local(at).date()


def short_date(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def time_of_day(at: datetime) -> str:
    return f"{_local(at):%H:%M}"


def masked_id(number: str) -> str:
    """A personal number with its middle hidden: "049*****1234". Masking twice changes nothing."""
    bare = "".join(number.split())
    if len(bare) == 12:
        return f"{bare[:3]}*****{bare[-4:]}"
    if len(bare) >= 8:
        return f"*****{bare[-4:]}"
    return "*" * len(bare)


def masked_phone(number: str) -> str:
    """A telephone number with three digits hidden: "0905***456"."""
    bare = "".join(number.split()).replace(".", "").replace("-", "")
    if len(bare) < 9:
        return "*" * len(bare)
    return f"{bare[:-6]}***{bare[-3:]}"


def _local(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a time on paper needs its zone")
    return at.astimezone(VIETNAM)


def _words(number: int, *, padded: bool) -> list[str]:
    """The words of a number above zero; `padded` says that a greater group was read before it."""
    if number >= _BILLION:
        rest = number % _BILLION
        billions = [*_words(number // _BILLION, padded=padded), "tỷ"]
        return billions + (_words(rest, padded=True) if rest else [])
    words: list[str] = []
    for worth, name in _THOUSANDS:
        group = number // worth % 1_000
        if group:
            words += _group(group, padded=padded or bool(words))
            words += [name] if name else []
    return words


def _group(group: int, *, padded: bool) -> list[str]:
    hundreds, rest = divmod(group, 100)
    tens, ones = divmod(rest, 10)
    words = [_DIGITS[hundreds], "trăm"] if hundreds or padded else []
    if tens == 0:
        if ones and words:
            words.append("linh")
        return [*words, _DIGITS[ones]] if ones else words
    words += ["mười"] if tens == 1 else [_DIGITS[tens], "mươi"]
    if ones:
        words.append(_unit_after_ten(ones, tens))
    return words


def _unit_after_ten(ones: int, tens: int) -> str:
    if ones == 5:
        return "lăm"
    if tens > 1 and ones in {1, 4}:
        return "mốt" if ones == 1 else "tư"
    return _DIGITS[ones]
