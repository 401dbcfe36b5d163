"""A citizen card is compared, not believed: its code is unsigned text without a check digit.

What these checks can find is contradiction: within the number, between number and card, between
card and dossier. They prove nothing by themselves; the person looks from face to card.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from postal_service.domain.acts import Receiver
from postal_service.domain.refusals import Malformed, RuleBroken
from postal_service.domain.text import search_key, tidy

_NUMBER = re.compile("[0-9]{12}")
_OLD_NUMBER = re.compile("[0-9]{9}|[0-9]{12}|")
_CARD_DATE = re.compile("[0-9]{8}")
# The provinces of the first three digits. Other values exist: births abroad carry a country's number.
_PROVINCES = frozenset(
    f"{code:03d}"
    for code in (
        *(1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35),
        *(36, 37, 38, 40, 42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70),
        *(72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96),
    )
)


class NotACitizenNumber(Malformed):
    """The number is not repeated: refusals are logged."""

    code = "identity.malformed_number"


class NotACitizenCard(Malformed):
    code = "identity.malformed_card"


class CardPart(StrEnum):
    """Where the code on a card cannot be read. What stands there is never told."""

    ALL = "all"
    OLD_NUMBER = "old_number"
    NAME = "name"
    BORN_ON = "born_on"
    SEX = "sex"
    ISSUED_ON = "issued_on"


class NoAuthorisation(RuleBroken):
    """Somebody else came for the owner, without the paper that lets him."""

    code = "identity.no_authorisation"


class ReceiverNotNamed(RuleBroken):
    """Somebody else came for the owner, and his name was not written down."""

    code = "identity.receiver_not_named"


class OwnerNeedsNoPaper(RuleBroken):
    """It is said that the owner came, and another person's name or paper with it."""

    code = "identity.owner_needs_no_paper"


class IdentityContradicts(RuleBroken):
    code = "identity.contradicts"


class ContradictsDossier(IdentityContradicts):
    """The card is not whose the dossier says; the look at the dossier stays logged."""

    code = "identity.contradicts_dossier"


class Sex(StrEnum):
    MALE = "Nam"
    FEMALE = "Nữ"


@dataclass(frozen=True, kw_only=True)
class CitizenNumber:
    """Twelve digits: 3 province or country, 1 sex and century, 2 year of birth, 6 at random."""

    digits: str

    def __post_init__(self) -> None:
        if not _NUMBER.fullmatch(self.digits):
            raise NotACitizenNumber(length=len(self.digits))

    def __repr__(self) -> str:
        return f"CitizenNumber({self.masked})"

    @property
    def prefix(self) -> str:
        return self.digits[:3]

    @property
    def sex(self) -> Sex:
        return Sex.FEMALE if int(self.digits[3]) % 2 else Sex.MALE

    @property
    def birth_year(self) -> int:
        return 1900 + 100 * (int(self.digits[3]) // 2) + int(self.digits[4:6])

    @property
    def last4(self) -> str:
        return self.digits[-4:]

    @property
    def masked(self) -> str:
        """`049*****1234`: what lists and prints show."""
        return f"{self.digits[:3]}*****{self.last4}"

    @property
    def prefix_is_a_province(self) -> bool:
        return self.prefix in _PROVINCES


def read_number(written: str) -> CitizenNumber:
    """A typed number; blanks and points between the digits are forgiven.

    Raises:
        NotACitizenNumber: not twelve digits.
    """
    return CitizenNumber(digits=re.sub(r"[\s.]", "", written[:40]))


@dataclass(frozen=True, kw_only=True)
class CitizenCard:
    """What the code of a citizen card says. Never stored: compared, then forgotten."""

    number: CitizenNumber
    old_number: str
    name: str
    born_on: date
    sex: Sex
    address: str
    issued_on: date

    def __repr__(self) -> str:
        return f"CitizenCard({self.number.masked})"


def read_card(scanned: str) -> CitizenCard:
    """The seven fields `number|old|name|ddmmyyyy|Nam/Nữ|address|ddmmyyyy`; further fields are ignored.

    Raises:
        NotACitizenCard: fewer fields, commas for bars, a date written another way or a day that
            does not exist. The field's name is told, never its content.
        NotACitizenNumber: a first field that is not twelve digits.
    """
    fields = [tidy(field) for field in unicodedata.normalize("NFC", scanned[:2000]).split("|")]
    if len(fields) < 7:
        raise NotACitizenCard(field=CardPart.ALL.value)
    number, old, name, born, sex, address, issued = fields[:7]
    if not _OLD_NUMBER.fullmatch(old):
        raise NotACitizenCard(field=CardPart.OLD_NUMBER.value)
    if sex not in {Sex.MALE.value, Sex.FEMALE.value}:
        raise NotACitizenCard(field=CardPart.SEX.value)
    if not name:
        raise NotACitizenCard(field=CardPart.NAME.value)
    return CitizenCard(
        number=CitizenNumber(digits=number),
        old_number=old,
        name=name,
        born_on=_card_date(born, part=CardPart.BORN_ON),
        sex=Sex(sex),
        address=address,
        issued_on=_card_date(issued, part=CardPart.ISSUED_ON),
    )


class Contradiction(StrEnum):
    """What does not fit. A person decides what it means."""

    PREFIX = "prefix"  # no province of ours; births abroad have such numbers
    SEX = "sex"
    BIRTH_YEAR = "birth_year"
    ISSUED_BEFORE_BIRTH = "issued_before_birth"
    ISSUED_IN_FUTURE = "issued_in_future"
    NAME = "name"
    NUMBER = "number"


# A number from abroad is rare and real, so it is shown and does not stop a delivery.
_REMARKS_ONLY = frozenset({Contradiction.PREFIX})


def contradictions(card: CitizenCard, *, today: date) -> tuple[Contradiction, ...]:
    """Where a card contradicts itself."""
    checks = (
        (Contradiction.PREFIX, card.number.prefix_is_a_province),
        (Contradiction.SEX, card.number.sex is card.sex),
        (Contradiction.BIRTH_YEAR, card.number.birth_year == card.born_on.year),
        (Contradiction.ISSUED_BEFORE_BIRTH, card.issued_on > card.born_on),
        (Contradiction.ISSUED_IN_FUTURE, card.issued_on <= today),
    )
    return tuple(found for found, fits in checks if not fits)


class Compared(StrEnum):
    """What of somebody a card was compared with."""

    NAME_AND_NUMBER = "name_and_number"
    NAME = "name"  # no citizen number of his was written down


@dataclass(frozen=True, kw_only=True)
class CardComparison:
    """What of somebody a card was compared with, and what it says otherwise."""

    compared: Compared
    found: tuple[Contradiction, ...]


def compare_written(card: CitizenCard, *, name: str, last4: str) -> CardComparison:
    """A card, and what was written down of whoever shows it.

    An empty `last4` is a number that nobody gave: then the name alone is compared.
    """
    found = []
    if compare_names(card.name, name) is NameMatch.DIFFERENT:
        found.append(Contradiction.NAME)
    if last4 and card.number.last4 != last4:
        found.append(Contradiction.NUMBER)
    return CardComparison(
        compared=Compared.NAME_AND_NUMBER if last4 else Compared.NAME, found=tuple(found)
    )


def stops_delivery(found: tuple[Contradiction, ...]) -> bool:
    return not _REMARKS_ONLY.issuperset(found)


class NameMatch(StrEnum):
    EXACT = "exact"
    WITHOUT_MARKS = "without_marks"  # "NGUYEN VAN AN" and "Nguyễn Văn Ân": a person must look
    DIFFERENT = "different"


def compare_names(one: str, other: str) -> NameMatch:
    """Compare two written names; capitals, blanks and the place of a tone mark do not matter."""
    if _toned(one) == _toned(other):
        return NameMatch.EXACT
    if search_key(one) == search_key(other):
        return NameMatch.WITHOUT_MARKS
    return NameMatch.DIFFERENT


def given_name(name: str) -> str:
    """The last word, by which people are addressed. The other words are one name and stay together."""
    return tidy(name).rpartition(" ")[2]


@dataclass(frozen=True, kw_only=True)
class Entitlement:
    """Who stands at the door, and by which paper. Of the owner and a named delegate the dossier tells both."""

    receiver: Receiver
    name: str = ""
    paper: str = ""  # number or date of the letter of authorisation or introduction

    @property
    def tells(self) -> bool:
        """Whether anybody's name or paper was written down."""
        return bool(self.name.strip() or self.paper.strip())


def refuse_unless_entitled(entitlement: Entitlement) -> None:
    """The owner needs no further paper; an authorised person needs a written authorisation, an organisation a letter of introduction.

    Raises:
        NoAuthorisation: the paper was not shown.
        ReceiverNotNamed: whoever showed it was not asked for his name.
        OwnerNeedsNoPaper: the owner came, and somebody else is named.
    """
    if entitlement.receiver is Receiver.OWNER:
        if entitlement.tells:
            raise OwnerNeedsNoPaper
        return
    if not entitlement.paper.strip():
        raise NoAuthorisation(receiver=entitlement.receiver.value)
    if not entitlement.name.strip():
        raise ReceiverNotNamed(receiver=entitlement.receiver.value)


def refuse_contradictions(found: tuple[Contradiction, ...]) -> None:
    """Raises IdentityContradicts where something found stops a delivery."""
    if stops_delivery(found):
        raise IdentityContradicts(found=_listed(found))


def refuse_another(comparison: CardComparison) -> None:
    """The same of a card that was compared with a dossier. Raises ContradictsDossier."""
    if stops_delivery(comparison.found):
        raise ContradictsDossier(
            found=_listed(comparison.found), compared=comparison.compared.value
        )


def _listed(found: tuple[Contradiction, ...]) -> str:
    return ", ".join(each.value for each in found)


def _toned(name: str) -> tuple[str, ...]:
    """Each word as its letters and its tone, so that "Hòa" and "Hoà" are one name."""
    words = []
    for word in tidy(name).lower().split(" "):
        decomposed = unicodedata.normalize("NFD", word)
        tones = "".join(c for c in decomposed if c in "\u0300\u0301\u0303\u0309\u0323")
        words.append("".join(c for c in decomposed if c not in tones) + tones)
    return tuple(words)


def _card_date(written: str, *, part: CardPart) -> date:
    """Exactly ddmmyyyy: a scanner that writes slashes has rewritten the rest too."""
    if not _CARD_DATE.fullmatch(written):
        raise NotACitizenCard(field=part.value)
    try:
        return date(int(written[4:]), int(written[2:4]), int(written[:2]))
    except ValueError as error:
        raise NotACitizenCard(field=part.value) from error
