"""What a Vietnamese paper writes of numbers, money and times, in the words of the domain; and numbers masked.

Personal numbers are masked here, whatever the caller hands over, so that no paper can forget it.
"""

from datetime import date, datetime

from postal_service.domain.wording_dates import (
    VIETNAM,
    local,
    official_date,
    short_date,
)
from postal_service.domain.wording_dates import official_moment as official_clock
from postal_service.domain.wording_dates import short_moment as clock
from postal_service.domain.wording_numbers import dong, dong_in_words, in_figures, in_words

__all__ = [
    "VIETNAM",
    "clock",
    "counted",
    "day_of",
    "dong",
    "dong_in_words",
    "masked_id",
    "masked_phone",
    "official_clock",
    "official_date",
    "short_date",
    "time_of_day",
]


def counted(number: int) -> str:
    """A count in figures and words: "12 (mười hai)"."""
    return f"{in_figures(number)} ({in_words(number)})"


def day_of(at: datetime) -> date:
    return local(at).date()


def time_of_day(at: datetime) -> str:
    return f"{local(at):%H:%M}"


def masked_id(number: str) -> str:
    """A personal number with its middle hidden: "049*****1234". Masking twice changes nothing."""
    bare = "".join(number.split())
    if len(bare) == 12:
        return f"{bare[:3]}*****{bare[-4:]}"
    if len(bare) >= 8:
        return f"*****{bare[-4:]}"
    return "*" * len(bare)


def masked_phone(number: str) -> str:
    """A telephone number as people dial it, with three digits hidden: "0905***456"."""
    bare = "".join(number.split()).replace(".", "").replace("-", "")
    if bare.startswith("+84"):
        bare = f"0{bare.removeprefix('+84')}"
    if len(bare) < 9:
        return "*" * len(bare)
    return f"{bare[:-6]}***{bare[-3:]}"
