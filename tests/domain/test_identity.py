"""A card is compared, contradictions are told, and nothing personal leaves by way of a refusal."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal_service.domain.acts import Receiver
from postal_service.domain.identity import (
    CardComparison,
    CitizenNumber,
    Compared,
    Contradiction,
    ContradictsDossier,
    Entitlement,
    IdentityContradicts,
    NameMatch,
    NoAuthorisation,
    NotACitizenCard,
    NotACitizenNumber,
    OwnerNeedsNoPaper,
    ReceiverNotNamed,
    Sex,
    compare_names,
    compare_written,
    contradictions,
    given_name,
    read_card,
    read_number,
    refuse_another,
    refuse_contradictions,
    refuse_unless_entitled,
    stops_delivery,
)
from postal_service.domain.persons import Person, compare_kept

TODAY = date(2026, 11, 23)
CARD = "049190001234|205123456|Nguyễn Thị Ánh|02091990|Nữ|Tổ 3, phường Hội An, Đà Nẵng|15042021"


def card(**fields: str) -> str:
    names = ("number", "old", "name", "born", "sex", "address", "issued")
    told = dict(zip(names, CARD.split("|"), strict=True)) | fields
    return "|".join(told.values())


def test_a_number_tells_province_sex_and_year_of_birth() -> None:
    number = read_number("049 190 001 234")
    assert (number.prefix, number.sex, number.birth_year) == ("049", Sex.FEMALE, 1990)
    assert number.prefix_is_a_province
    assert CitizenNumber(digits="048204001234").birth_year == 2004
    assert CitizenNumber(digits="048204001234").sex is Sex.MALE


def test_lists_and_logs_show_the_number_masked() -> None:
    number = read_number("049190001234")
    assert number.masked == "049*****1234"
    assert "190001" not in repr(number)
    assert "190001" not in repr(read_card(CARD))
    assert "Ánh" not in repr(read_card(CARD))


@pytest.mark.parametrize(
    "written", ["", "04919000123", "0491900012345", "04919000123A", "٠٤٩١٩٠٠٠١٢٣٤", "0" * 900]
)
def test_what_is_no_citizen_number_is_refused_and_not_repeated(written: str) -> None:
    with pytest.raises(NotACitizenNumber) as refusal:
        read_number(written)
    assert set(refusal.value.facts) == {"length"}


def test_a_card_is_read_in_nfc_and_further_fields_are_ignored() -> None:
    read = read_card(card(name="Nguye\u0302\u0303n Thi\u0323 A\u0301nh") + "|new|fields")
    assert read.name == "Nguyễn Thị Ánh"
    assert (read.born_on, read.issued_on) == (date(1990, 9, 2), date(2021, 4, 15))
    assert read.sex is Sex.FEMALE
    assert contradictions(read, today=TODAY) == ()
    assert read_card(card(old="")).old_number == ""


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"born": "02/09/1990"}, "born_on"),
        ({"born": "31021990"}, "born_on"),
        ({"issued": ""}, "issued_on"),
        ({"issued": "15042021x"}, "issued_on"),
        ({"sex": "F"}, "sex"),
        ({"old": "1234"}, "old_number"),
        ({"name": "  "}, "name"),
    ],
)
def test_a_card_that_was_rewritten_on_the_way_is_refused_by_its_field(
    fields: dict[str, str], field: str
) -> None:
    with pytest.raises(NotACitizenCard) as refusal:
        read_card(card(**fields))
    assert refusal.value.facts == {"field": field}


@pytest.mark.parametrize("scanned", ["", "|||||", CARD.replace("|", ","), "x" * 5000])
def test_what_is_no_card_is_refused(scanned: str) -> None:
    with pytest.raises(NotACitizenCard):
        read_card(scanned)


@pytest.mark.parametrize("scanned", ["||||||", card(number="04919000123")])
def test_a_card_without_a_number_is_refused(scanned: str) -> None:
    with pytest.raises((NotACitizenNumber, NotACitizenCard)):
        read_card(scanned)


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"sex": "Nam"}, Contradiction.SEX),
        ({"born": "02091991"}, Contradiction.BIRTH_YEAR),
        ({"issued": "01091990"}, Contradiction.ISSUED_BEFORE_BIRTH),
        ({"issued": "24112026"}, Contradiction.ISSUED_IN_FUTURE),
        ({"number": "003190001234"}, Contradiction.PREFIX),
    ],
)
def test_a_card_that_contradicts_itself(fields: dict[str, str], found: Contradiction) -> None:
    assert contradictions(read_card(card(**fields)), today=TODAY) == (found,)


def test_a_number_from_abroad_is_remarked_and_does_not_stop_a_delivery() -> None:
    assert not stops_delivery((Contradiction.PREFIX,))
    refuse_contradictions((Contradiction.PREFIX,))
    with pytest.raises(IdentityContradicts):
        refuse_contradictions((Contradiction.PREFIX, Contradiction.SEX))


def test_the_card_is_compared_with_the_dossier() -> None:
    read = read_card(CARD)
    both = (Contradiction.NAME, Contradiction.NUMBER)
    assert compare_written(read, name="NGUYỄN THỊ ÁNH", last4="1234").found == ()
    assert compare_written(read, name="Nguyen Thi Anh", last4="1234").found == ()
    assert compare_written(read, name="Trần Văn Bình", last4="9999").found == both
    assert compare_written(read, name="Nguyen Thi Anh", last4="").found == ()
    assert compare_written(read, name="Trần Văn Bình", last4="").found == (Contradiction.NAME,)

    other = compare_kept(read, Person(name="Trần Văn Bình", citizen="049190009999"))
    assert other == CardComparison(compared=Compared.NAME_AND_NUMBER, found=both)
    with pytest.raises(ContradictsDossier) as refused:
        refuse_another(other)
    assert refused.value.facts == {"found": "name, number", "compared": "name_and_number"}


def test_where_no_number_is_kept_the_name_alone_is_compared_and_a_strangers_card_is_nobodys() -> (
    None
):
    read = read_card(CARD)
    same = compare_kept(read, Person(name="Nguyễn Thị Ánh"))
    assert same == CardComparison(compared=Compared.NAME, found=())
    refuse_another(same)

    for who in (Person(name="Trần Văn Bình"), None):
        with pytest.raises(ContradictsDossier) as refused:
            refuse_another(compare_kept(read, who))
        assert refused.value.facts == {"found": "name", "compared": "name"}


@pytest.mark.parametrize(
    ("one", "other", "match"),
    [
        ("Nguyễn Văn Hòa", "NGUYỄN  VĂN HOÀ", NameMatch.EXACT),
        ("Đặng Thị Lý", "DANG THI LY", NameMatch.WITHOUT_MARKS),
        ("Nguyễn Văn An", "Nguyễn Văn Ân", NameMatch.WITHOUT_MARKS),
        ("Nguyễn Văn An", "Nguyễn Văn Anh", NameMatch.DIFFERENT),
        ("Nguyễn Văn An", "", NameMatch.DIFFERENT),
    ],
)
def test_names_are_compared_as_people_write_them(one: str, other: str, match: NameMatch) -> None:
    assert compare_names(one, other) is match
    assert compare_names(other, one) is match


def test_people_are_addressed_by_the_last_word_of_their_name() -> None:
    assert given_name(" Tôn Nữ  Thị Ninh ") == "Ninh"
    assert given_name("Ninh") == "Ninh"


def test_the_owner_needs_no_further_paper_and_everybody_else_does() -> None:
    refuse_unless_entitled(Entitlement(receiver=Receiver.OWNER))
    for receiver in (Receiver.AUTHORISED, Receiver.ORGANISATION):
        refuse_unless_entitled(Entitlement(receiver=receiver, name="Mai", paper="GUQ 12/2026"))
        with pytest.raises(NoAuthorisation):
            refuse_unless_entitled(Entitlement(receiver=receiver, name="Mai", paper=" "))
        with pytest.raises(ReceiverNotNamed):
            refuse_unless_entitled(Entitlement(receiver=receiver, name=" ", paper="GUQ 12/2026"))


@pytest.mark.parametrize("told", [{"name": "Mai"}, {"paper": "GUQ 12/2026"}])
def test_who_names_another_does_not_say_that_the_owner_came(told: dict[str, str]) -> None:
    with pytest.raises(OwnerNeedsNoPaper):
        refuse_unless_entitled(Entitlement(receiver=Receiver.OWNER, **told))


@given(st.from_regex("[0-9]{3}[0-3][0-9]{8}", fullmatch=True))
def test_every_number_is_consistent_with_the_person_it_tells_of(digits: str) -> None:
    number = CitizenNumber(digits=digits)
    assert number.digits[3] == str(
        2 * ((number.birth_year - 1900) // 100) + (number.sex is Sex.FEMALE)
    )
    assert f"{number.birth_year % 100:02d}" == digits[4:6]
    assert len(number.masked) == 12
