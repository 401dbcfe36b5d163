"""Give numbers out: item numbers, dossier codes, label tokens, delivery codes.

A number is taken within the transaction that uses it, so one that is rolled back takes its number
back with it: a series has no gaps and no doubles. Secrets are returned once and kept nowhere.
"""

import os
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from postal_service.domain import dossier_code, s10
from postal_service.domain.codes import DeliveryCode, token_digest
from postal_service.domain.crockford import ENTROPY_BYTES, Token, token_from
from postal_service.domain.ids import ItemId
from postal_service.domain.refusals import RuleBroken
from postal_service.services.places import Place
from postal_service.storage.schema import DossierRow

SERIALS = 100_000_000  # S10 has eight digits
LAST_OF_DAY = 999_999  # a dossier code has six
PIN_LENGTH = 4
# Crockford without letters a Vietnamese input method rewrites, or people take for each other.
PIN_ALPHABET = "23456789CFHJKMNPRTVX"

# One statement that both databases know: whoever comes second waits for the first one's commit.
_TAKE = text(
    "INSERT INTO counter (name, next) VALUES (:name, :first + :count) "
    "ON CONFLICT (name) DO UPDATE SET next = counter.next + :count RETURNING next"
)


class NumbersExhausted(RuleBroken):
    """The series has no further number."""

    code = "number.exhausted"


class NoAgencyId(RuleBroken):
    """The agency's identification code is not entered, so it cannot give out dossier codes."""

    code = "number.no_agency_id"


@dataclass(frozen=True)
class Label:
    """An envelope's token, for printing, and what is kept of it."""

    token: Token

    @property
    def digest(self) -> bytes:
        return token_digest(self.token)

    def __repr__(self) -> str:
        return "Label(…)"


def take(session: Session, series: str, *, count: int = 1, first: int = 0) -> int:
    """The first of the next `count` numbers of a series, which begins at `first`."""
    taken = session.execute(_TAKE, {"name": series, "count": count, "first": first})
    return int(taken.scalar_one()) - count


def item_number(session: Session, service: str) -> ItemId:
    """A fresh S10 number with this service indicator ("BH"). Raises NumbersExhausted."""
    serial = take(session, f"item:{service}")
    if serial >= SERIALS:
        raise NumbersExhausted(series=service)
    return s10.make(serial, service=service).id


def dossier_number(session: Session, agency: Place, *, day: date) -> str:
    """The code of a new dossier: agency, day of registration, daily serial from 1.

    Codes that were imported or typed are passed over. Raises NoAgencyId, or NumbersExhausted after
    999,999 dossiers of one day.
    """
    if agency.agency_id is None:
        raise NoAgencyId(unit=agency.code)
    series = f"dossier:{agency.agency_id}:{day:%y%m%d}"
    first = take(session, series, first=1)
    serial, code = _first_free(session, agency.agency_id, day, first)
    if serial > first:
        take(session, series, count=serial - first)  # so that nobody looks at these again
    return code


def label() -> Label:
    """A fresh envelope label: 130 random bits."""
    return Label(token_from(os.urandom(ENTROPY_BYTES)))


def delivery_code(item: ItemId, *, rotation: int) -> DeliveryCode:
    """A fresh delivery code: 130 random bits. Only its lock may be stored or logged."""
    secret = token_from(os.urandom(ENTROPY_BYTES))
    return DeliveryCode(item=item, rotation=rotation, secret=secret)


def pin() -> str:
    """A look-up PIN for the slip: four characters, 17 bits; guessing is throttled at the edge."""
    # 240 is the largest multiple of 20 below 256: a byte above it would favour some characters.
    characters: list[str] = []
    while len(characters) < PIN_LENGTH:
        characters += [PIN_ALPHABET[byte % 20] for byte in os.urandom(8) if byte < 240]
    return "".join(characters[:PIN_LENGTH])


def _first_free(session: Session, agency: str, day: date, first: int) -> tuple[int, str]:
    """The first serial from `first` on whose code no dossier has, and that code."""
    together = 1  # mostly it is free; after an import thousands in a row are not
    while first <= LAST_OF_DAY:
        serials = range(first, min(first + together, LAST_OF_DAY + 1))
        codes = [
            dossier_code.make(agency=agency, received_on=day, serial=serial).canonical
            for serial in serials
        ]
        taken = set(session.scalars(select(DossierRow.code).where(DossierRow.code.in_(codes))))
        for serial, code in zip(serials, codes, strict=True):
            if code not in taken:
                return serial, code
        first, together = first + together, min(together * 16, 4096)
    raise NumbersExhausted(series=agency)
