"""Someone of a dossier, as typed at a desk and normalised once. What is shown of him is masked."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from postal_service.domain.identity import (
    CardComparison,
    CitizenCard,
    CitizenNumber,
    Compared,
    Contradiction,
    compare_written,
    read_number,
)
from postal_service.domain.ids import UnitCode
from postal_service.domain.phones import e164, masked_phone
from postal_service.domain.refusals import Malformed
from postal_service.domain.text import search_key, tidy

LONGEST_NAME = 120
LONGEST_ADDRESS = 300


class BadName(Malformed):
    """Not repeated: refusals are logged."""

    code = "person.bad_name"


class BadAddress(Malformed):
    code = "person.bad_address"


class PersonRole(StrEnum):
    """What somebody is to a dossier."""

    SUBMITTER = "submitter"
    OWNER = "owner"
    RECEIVER = "receiver"  # to whom, and where, the result is brought
    DELEGATE = "delegate"  # named later by the owner, to receive in his place


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where somebody is found. `unit` is the commune or ward of today."""

    text: str
    unit: UnitCode
    lat: float | None = None
    lon: float | None = None

    def __post_init__(self) -> None:
        if not 0 < len(self.text) <= LONGEST_ADDRESS or self.text != tidy(self.text):
            raise BadAddress(part="text")
        if not self.unit:
            raise BadAddress(part="unit")
        if (self.lat is None) != (self.lon is None):
            raise BadAddress(part="position")
        # The country's islands and borders, generously: what lies outside was typed wrongly.
        if self.lat is not None and not 6 <= self.lat <= 24:
            raise BadAddress(part="lat")
        if self.lon is not None and not 101 <= self.lon <= 118:
            raise BadAddress(part="lon")

    def in_full(self, communes: Mapping[UnitCode, str]) -> str:
        """As a paper tells it: the commune stands last, unless the text names it already."""
        commune = communes.get(self.unit, "")
        if not commune or search_key(commune) in search_key(self.text):
            return self.text
        return f"{self.text}, {commune}"

    def __repr__(self) -> str:
        return f"Address(unit={self.unit!r}, …)"


@dataclass(frozen=True, kw_only=True)
class Person:
    """A name, and what else is known. An empty phone or citizen number is one that nobody gave."""

    name: str
    phone: str = ""  # E.164
    citizen: str = ""  # twelve digits
    address: Address | None = None

    def __post_init__(self) -> None:
        if not 0 < len(self.name) <= LONGEST_NAME or self.name != tidy(self.name):
            raise BadName(length=len(self.name))
        if self.phone and e164(self.phone) != self.phone:
            raise ValueError("A phone number is kept as E.164; read_person makes it so.")
        if self.citizen:
            CitizenNumber(digits=self.citizen)

    def __repr__(self) -> str:
        # A person must not reach a log by way of a traceback.
        return "Person(…)"

    @property
    def masked(self) -> "Masked":
        return Masked(
            name=self.name,
            phone=masked_phone(self.phone) if self.phone else "",
            citizen=CitizenNumber(digits=self.citizen).masked if self.citizen else "",
            unit=self.address.unit if self.address else UnitCode(""),
        )


def owner_of(people: Mapping[PersonRole, Person]) -> Person | None:
    """Whose dossier it is: the owner, or whoever brought it where no other owner was named."""
    return people.get(PersonRole.OWNER) or people.get(PersonRole.SUBMITTER)


def compare_kept(card: CitizenCard, who: Person | None) -> CardComparison:
    """What a card says otherwise of whoever is meant to show it; where nobody is known it is another's.

    Where no number of his is kept, the name alone is compared.
    """
    if who is None:
        return CardComparison(compared=Compared.NAME, found=(Contradiction.NAME,))
    return compare_written(card, name=who.name, last4=who.citizen[-4:])


@dataclass(frozen=True, kw_only=True)
class Masked:
    """What lists and prints show of a person."""

    name: str
    phone: str  # "090****456"
    citizen: str  # "049*****1234"
    unit: UnitCode


def read_address(
    text: str, unit: str, *, lat: float | None = None, lon: float | None = None
) -> Address:
    """An address as typed. Raises BadAddress."""
    return Address(text=tidy(text[: LONGEST_ADDRESS + 1]), unit=UnitCode(unit), lat=lat, lon=lon)


def read_person(
    name: str, *, phone: str = "", citizen: str = "", address: Address | None = None
) -> Person:
    """A person as typed or scanned from a card.

    Raises BadName, NotAPhoneNumber or NotACitizenNumber.
    """
    return Person(
        name=tidy(name[: LONGEST_NAME + 1]),
        phone=e164(phone) if phone.strip() else "",
        citizen=read_number(citizen).digits if citizen.strip() else "",
        address=address,
    )
