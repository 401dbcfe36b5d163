"""Letters, numbers, money and times as a Vietnamese paper writes them."""

import unicodedata
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from postal_service.printing.figures import (
    clock,
    counted,
    dong,
    dong_in_words,
    masked_id,
    masked_phone,
    official_clock,
    official_date,
)
from postal_service.printing.letters import (
    BOLD,
    ITALIC,
    REGULAR,
    fitted,
    printable,
    register_fonts,
    text_width,
    wrapped,
)


def test_money_has_points_between_thousands_and_words_with_a_capital() -> None:
    assert dong(1_234_567) == "1.234.567 ₫"
    assert dong_in_words(26_000) == "Hai mươi sáu nghìn đồng"
    assert counted(1_012) == "1.012 (một nghìn không trăm mười hai)"


def test_a_time_is_printed_in_vietnam_whatever_zone_it_came_in() -> None:
    utc = datetime(2026, 11, 22, 18, 5, tzinfo=UTC)

    assert clock(utc) == "01:05 23/11/2026"
    assert official_clock(utc) == "01 giờ 05 phút, ngày 23 tháng 11 năm 2026"
    assert official_date(date(2026, 2, 3)) == "ngày 03 tháng 02 năm 2026"
    assert official_date(date(2026, 3, 10)) == "ngày 10 tháng 3 năm 2026"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        clock(datetime(2026, 11, 23, 9, 5))  # noqa: DTZ001 (the point of the test)


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("049201001234", "049*****1234"),
        ("049 201 001 234", "049*****1234"),
        ("205123456", "*****3456"),
        ("B1234567", "*****4567"),
        ("1234", "****"),
        ("", ""),
    ],
)
def test_a_personal_number_keeps_only_its_ends(number: str, masked: str) -> None:
    assert masked_id(number) == masked


@given(st.text(alphabet="0123456789ABC*", max_size=20))
def test_masking_twice_is_masking_once(number: str) -> None:
    assert masked_id(masked_id(number)) == masked_id(number)


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("0905123456", "0905***456"),
        ("+84 905 123 456", "0905***456"),
        ("0905.123.456", "0905***456"),
        ("113", "***"),
    ],
)
def test_a_telephone_number_hides_its_middle(number: str, masked: str) -> None:
    assert masked_phone(number) == masked


@pytest.mark.parametrize(
    ("given_text", "printed"),
    [
        ("Nguye\u0302\u0303n", "Nguyễn"),
        ("một\u00a0hai\n ba\t", "một hai ba"),
        ("Y \u014eng, e\u0306, ê\u0306", "Y Ŏng, ĕ, ê\u0306"),
        ("Ê\u0306, x\u0306, \u0306", "Ê[U+0306], x[U+0306], [U+0306]"),
        ("số № 5 → 漢", "số [U+2116] 5 [U+2192] [U+6F22]"),
        ("ab\u202ecd\u200be", "abcde"),
        ("x\ud800y", "x[U+D800]y"),
    ],
    ids=[
        "NFD",
        "spaces",
        "highland letters",
        "marks that nothing takes",
        "not in the font",
        "direction marks",
        "surrogate",
    ],
)
def test_letters_are_composed_and_what_the_font_lacks_is_spelt_out(
    given_text: str, printed: str
) -> None:
    assert printable(given_text) == printed


def test_every_vietnamese_letter_is_in_the_font() -> None:
    letters = (
        "".join(map(chr, range(0x1EA0, 0x1EFA))) + "ĂÂĐÊÔƠƯăâđêôơưÀÁÃÈÉÌÍÒÓÕÙÚÝàáãèéìíòóõùúýĨĩŨũ₫"
    )

    assert printable(letters) == letters


@given(st.text(alphabet="aăâ bcđ eê", max_size=80), st.integers(min_value=40, max_value=200))
def test_text_cut_for_a_fixed_place_stays_inside_it(text: str, room: int) -> None:
    assert text_width(fitted(text, BOLD, 9, room), BOLD, 9) <= room
    lines = wrapped(text, BOLD, 9, room, most=2)
    assert len(lines) <= 2
    assert all(text_width(line, BOLD, 9) <= room for line in lines)


@pytest.mark.parametrize("font", [REGULAR, BOLD, ITALIC])
@pytest.mark.parametrize("letter", "ĕŏŭĭĔŎŬĬ")
def test_a_highland_letter_is_as_wide_as_its_base(font: str, letter: str) -> None:
    base = unicodedata.normalize("NFD", letter)[0].replace(
        "i", "ı"
    )  # the breve takes the dot's place

    assert printable(letter) == letter
    assert text_width(letter, font, 10) == text_width(base, font, 10)


def test_a_breve_over_a_circumflex_takes_no_room() -> None:
    assert text_width("Krô\u0306", REGULAR, 10) == text_width("Krô", REGULAR, 10)


def test_a_highland_name_is_read_back_from_paper_as_it_was_written() -> None:
    name = "H’Bĕ Kpŏr, Siŭ Nĭn, Drê\u0306 Ŏng"
    kept = BytesIO()
    register_fonts()
    canvas = Canvas(kept)
    for font in (REGULAR, BOLD, ITALIC):
        canvas.setFont(font, 12)
        canvas.drawString(50, 700, printable(name))
        canvas.showPage()
    canvas.save()

    read = [page.extract_text() for page in PdfReader(kept).pages]

    assert [" ".join(text.split()) for text in read] == [name] * 3
