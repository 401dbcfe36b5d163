"""Both shapes of the dossier code are read, printed as received, and checked as far as they can be."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal_service.domain.dossier_code import (
    CodeScheme,
    FromTheFuture,
    NoSuchDay,
    NotADossierCode,
    make,
    parse,
)

TODAY = date(2026, 11, 23)
AGENCIES = st.one_of(
    st.from_regex(r"[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.H[0-9]{2}", fullmatch=True),
    st.from_regex(r"H[0-9]{2}(\.[0-9]{1,3}){0,4}", fullmatch=True),
)


@pytest.mark.parametrize(
    ("written", "scheme", "agency", "province", "day", "serial"),
    [
        (
            "000.00.16.H47-221216-0001",
            CodeScheme.OLD,
            "000.00.16.H47",
            "H47",
            date(2022, 12, 16),
            "0001",
        ),
        (
            "000.00.19.H47-260105-0001",
            CodeScheme.OLD,
            "000.00.19.H47",
            "H47",
            date(2026, 1, 5),
            "0001",
        ),
        ("H57.132-260804-0583", CodeScheme.NEW, "H57.132", "H57", date(2026, 8, 4), "0583"),
        ("H17-261123-123456", CodeScheme.NEW, "H17", "H17", date(2026, 11, 23), "123456"),
    ],
)
def test_codes_as_they_are_printed(
    written: str, scheme: CodeScheme, agency: str, province: str, day: date, serial: str
) -> None:
    code = parse(written, today=TODAY)
    assert (code.scheme, code.agency, code.province) == (scheme, agency, province)
    assert (code.received_on, code.serial) == (day, serial)
    assert code.canonical == code.as_received == written
    assert not code.repaired


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("OOO.O0.16.H47-2212l6-0001".replace("l", "1"), "000.00.16.H47-221216-0001"),
        ("h57.132-26O8O4-O583", "H57.132-260804-0583"),
        ("  H57.132 – 260804 – 0583 ", "H57.132-260804-0583"),
        ("H57.1O2−260804‐0583", "H57.102-260804-0583"),
    ],
)
def test_a_letter_o_is_a_nought_where_only_digits_stand_and_print_keeps_what_came(
    written: str, canonical: str
) -> None:
    code = parse(written, today=TODAY)
    assert code.canonical == canonical
    assert code.as_received == written.strip()
    assert code.repaired


@pytest.mark.parametrize(
    "written",
    [
        "",
        "H57.132-260804-058",
        "H57.132-260804-0583-1",
        "O57.132-260804-0583",
        "057.132-260804-0583",
        "H57.132.1.2.3.4-260804-0583",
        "H57.1320-260804-0583",
        "00.00.16.H47-221216-0001",
        "H57.132-260804-I583",
        "H57.132-२६०८०४-0583",
        "001090123456|012345678|NGUYEN VAN A|01011990|Nam|x|15042021",
        "H" * 9000,
    ],
)
def test_what_is_no_dossier_code_is_refused_and_not_repeated(written: str) -> None:
    with pytest.raises(NotADossierCode) as refusal:
        parse(written, today=TODAY)
    assert refusal.value.facts == {"length": len(written)}


@pytest.mark.parametrize("written", ["H57-260230-0001", "H57-261301-0001", "H57-000000-0001"])
def test_a_day_that_does_not_exist_is_refused(written: str) -> None:
    with pytest.raises(NoSuchDay):
        parse(written, today=TODAY)


def test_a_code_from_tomorrow_is_refused() -> None:
    with pytest.raises(FromTheFuture):
        parse("H57.132-261124-0001", today=TODAY)


@pytest.mark.parametrize(
    ("agency", "serial"), [("H57", 0), ("H57", 1_000_000), ("X", 1), ("H57-1", 1)]
)
def test_an_office_makes_no_code_it_could_not_read(agency: str, serial: int) -> None:
    with pytest.raises(NotADossierCode):
        make(agency=agency, received_on=TODAY, serial=serial)


@given(AGENCIES, st.dates(date(2000, 1, 1), TODAY), st.integers(1, 999_999))
def test_a_made_code_reads_back(agency: str, day: date, serial: int) -> None:
    code = make(agency=agency, received_on=day, serial=serial)
    assert parse(code.canonical, today=TODAY) == code
    assert (code.agency, code.received_on, int(code.serial)) == (agency, day, serial)
    misread = code.canonical.replace("0", "O")
    assert parse(misread, today=TODAY).canonical == code.canonical
