"""UPU S10 item numbers: two letters of service, eight digits, a check digit, two letters of country.

The check digit misses about one typing error in sixty, so a typed number needs a second check;
scanned ones do not. Numbers may be given out again after twelve months: keep the issue date too.
"""

import re
from dataclasses import dataclass

from postal_service.domain.ids import ItemId
from postal_service.domain.refusals import Malformed

_SHAPE = re.compile(r"([A-Z]{2})([0-9]{8})([0-9])([A-Z]{2})")
_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_BLANKS = re.compile(r"\s")
# A domestic-use prefix for demonstration; the prefix of public postal items is configuration.
DEMO_SERVICE = "BH"
VIET_NAM = "VN"


class NotAnItemNumber(Malformed):
    """What was scanned is not repeated: it may have been somebody's card or delivery code."""

    code = "item_number.malformed"


class WrongCheckDigit(Malformed):
    code = "item_number.wrong_check_digit"


@dataclass(frozen=True, kw_only=True)
class ItemNumber:
    service: str
    serial: str  # eight digits
    country: str

    def __post_init__(self) -> None:
        if not _SHAPE.fullmatch(f"{self.service}{self.serial}0{self.country}"):
            raise NotAnItemNumber(length=len(self.service + self.serial + self.country) + 1)

    @property
    def id(self) -> ItemId:
        return ItemId(f"{self.service}{self.serial}{check_digit(self.serial)}{self.country}")

    def __str__(self) -> str:
        return self.id

    @property
    def printed(self) -> str:
        """In groups, as on a label: "ET 05 117 490 7 VN"."""
        s = self.serial
        return f"{self.service} {s[:2]} {s[2:5]} {s[5:]} {check_digit(s)} {self.country}"


def check_digit(serial: str) -> int:
    """UPU S10: weights 8 6 4 2 3 5 9 7; 11 minus the sum modulo 11; 10 becomes 0, 11 becomes 5.

    Raises:
        NotAnItemNumber: not eight digits.
    """
    if not re.fullmatch("[0-9]{8}", serial):
        raise NotAnItemNumber(length=len(serial))
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, serial, strict=True))
    check = 11 - total % 11
    return {10: 0, 11: 5}.get(check, check)


def parse(written: str) -> ItemNumber:
    """Read an item number; blanks and small letters are forgiven, a wrong check digit is not.

    Raises:
        NotAnItemNumber: not the shape of one.
        WrongCheckDigit: the shape is right and the number is not.
    """
    text = _BLANKS.sub("", written[:40]).upper()
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise NotAnItemNumber(length=len(written))
    service, serial, check, country = found.groups()
    if int(check) != check_digit(serial):
        raise WrongCheckDigit(written=text)
    return ItemNumber(service=service, serial=serial, country=country)


def make(serial: int, *, service: str, country: str = VIET_NAM) -> ItemNumber:
    """The item number of a serial from the office's range.

    Raises:
        NotAnItemNumber: a serial outside 0 to 99999999, or a service that is not two capitals.
    """
    return ItemNumber(service=service, serial=f"{serial:08d}", country=country)
