"""A dossier code is printed as it was received. It has no check digit, so everything else about it is checked."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from postal_service.domain.refusals import Malformed, RuleBroken
from postal_service.domain.text import nfc
from postal_service.domain.wording_dates import short_date

# Circular 01/2018/TT-VPCP: the agency's 13 characters of QCVN 102:2016, YYMMDD, daily serial.
_OLD = re.compile(r"([0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2})-([0-9]{6})-([0-9]{4,6})")
# Since Decision 20/2020/QĐ-TTg the province comes first and the parts below it follow.
_NEW = re.compile(r"([A-Z][0-9]{2}(?:\.[0-9]{1,3}){0,4})-([0-9]{6})-([0-9]{4,6})")
_DASHES = re.compile(r"\s*[-\u2010-\u2015\u2212]\s*")
_LETTER_OF_PROVINCE = re.compile(r"(?:^|\.)([A-Z])(?=[0-9O]{2}(?:\.|$))")
LONGEST = 60


class NotADossierCode(Malformed):
    """What was scanned is not repeated: it may have been somebody's card or delivery code."""

    code = "dossier_code.malformed"


class NoSuchDay(Malformed):
    code = "dossier_code.no_such_day"


class FromTheFuture(RuleBroken):
    code = "dossier_code.from_the_future"


class CodeScheme(StrEnum):
    OLD = "old"
    NEW = "new"


@dataclass(frozen=True, kw_only=True)
class DossierCode:
    """A code taken apart. `canonical` is for comparing, `as_received` is for printing."""

    as_received: str
    scheme: CodeScheme
    agency: str
    received_on: date
    serial: str

    @property
    def canonical(self) -> str:
        day = self.received_on
        return f"{self.agency}-{day.year % 100:02d}{day.month:02d}{day.day:02d}-{self.serial}"

    @property
    def province(self) -> str:
        """The first-level code: H47 for Quảng Nam, H17 for Đà Nẵng."""
        parts = self.agency.split(".")
        return parts[-1] if self.scheme is CodeScheme.OLD else parts[0]

    @property
    def repaired(self) -> bool:
        """Whether reading it needed more than taking it as it stands."""
        return self.canonical != self.as_received


def parse(written: str, *, today: date) -> DossierCode:
    """Read a code typed, scanned or recognised from print.

    The letter O is read as zero where only digits can stand; nothing else is guessed. Whether the
    agency existed that day, and whether the serial is free, only the directory and the store know.

    Raises:
        NotADossierCode: neither the old nor the new shape.
        NoSuchDay: its six digits are not a date.
        FromTheFuture: it was given out after today.
    """
    if len(written) > LONGEST:
        raise NotADossierCode(length=len(written))
    received = nfc(written).strip()
    text = _repaired(_DASHES.sub("-", received.upper()))
    old, new = _OLD.fullmatch(text), _NEW.fullmatch(text)
    found = old or new
    if found is None:
        raise NotADossierCode(length=len(written))
    agency, day, serial = found.groups()
    received_on = _day(day)
    if received_on > today:
        raise FromTheFuture(written=written, day=short_date(received_on))
    return DossierCode(
        as_received=received,
        scheme=CodeScheme.OLD if old else CodeScheme.NEW,
        agency=agency,
        received_on=received_on,
        serial=serial,
    )


def make(*, agency: str, received_on: date, serial: int) -> DossierCode:
    """The code of a new dossier; at least four digits of serial.

    Raises:
        NotADossierCode: an agency id that is not one, or a serial outside 1 to 999999.
    """
    written = f"{agency}-{received_on:%y%m%d}-{serial:04d}"
    if serial < 1:
        raise NotADossierCode(length=len(written))
    return parse(written, today=received_on)


def _repaired(text: str) -> str:
    """Zero for the letter O, except where a province's letter may stand."""
    agency, dash, rest = text.partition("-")
    letter = _LETTER_OF_PROVINCE.search(agency)
    kept = letter.start(1) if letter and letter.group(1) != "O" else -1
    digits = "".join("0" if c == "O" and i != kept else c for i, c in enumerate(agency))
    return digits + dash + rest.replace("O", "0")


def _day(six: str) -> date:
    try:
        return date(2000 + int(six[:2]), int(six[2:4]), int(six[4:]))
    except ValueError as error:
        raise NoSuchDay(day=six) from error
