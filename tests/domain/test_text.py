"""Vietnamese text, telephone numbers, forms and old files."""

import codecs
import unicodedata
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal_service.domain import legacy_text
from postal_service.domain.legacy_text import (
    Encoding,
    UnreadableFile,
    decode,
    decode_as,
    is_syllable,
    likeness,
)
from postal_service.domain.phones import NotAPhoneNumber, e164, is_mobile, masked_phone
from postal_service.domain.text import (
    ascii_only,
    matches_with_marks,
    nfc,
    search_key,
    tidy,
    without_marks,
)
from postal_service.domain.wording_dates import (
    local,
    official_date,
    official_moment,
    short_date,
    short_moment,
    short_window,
    weekday_date,
)
from postal_service.domain.wording_numbers import dong, in_figures, in_words
from postal_service.reference.units import units_2025
from tests.domain.offices import at

SENTENCE = (
    "Cộng hòa xã hội chủ nghĩa Việt Nam: Độc lập, Tự do, Hạnh phúc. Phường Điện Bàn Đông, số 12"
)
TCVN_LETTERS = [c for c in legacy_text._TCVN.values() if not unicodedata.combining(c)]
TCVN_TEXTS = st.text(st.sampled_from([*TCVN_LETTERS, *"abcXYZ 0123,.\r\n"]))
_TO_TCVN = {letter: byte for byte, letter in legacy_text._TCVN.items()}


def to_tcvn3(text: str) -> bytes:
    return bytes(_TO_TCVN.get(c, ord(c) if ord(c) < 128 else 0x3F) for c in text)


def to_cp1258(text: str) -> bytes:
    """As Windows writes it: the vowel with its own mark in one byte, the tone in the next."""
    written = b""
    for letter in nfc(text):
        try:
            written += letter.encode("cp1258")
        except UnicodeEncodeError:
            tone = next(c for c in unicodedata.normalize("NFD", letter) if c in legacy_text._TONES)
            rest = "".join(c for c in unicodedata.normalize("NFD", letter) if c != tone)
            written += nfc(rest).encode("cp1258") + tone.encode("cp1258")
    return written


def test_a_search_finds_names_without_their_marks() -> None:
    assert search_key("  Đặng   THỊ Lý ") == "dang thi ly"
    assert search_key("hòa") == search_key("hoà") == search_key("ho\u0300a") == "hoa"
    assert without_marks("Đỗ Ước Ở Điện Bàn") == "Do Uoc O Dien Ban"


def test_a_hit_with_marks_is_told_from_one_without() -> None:
    assert matches_with_marks("Nguyễn Thị Ánh", "ánh")
    assert not matches_with_marks("Nguyễn Thị Ánh", "anh")
    assert search_key("anh") in search_key("Nguyễn Thị Ánh")


def test_what_carries_only_ascii_gets_only_ascii() -> None:
    assert ascii_only("Lệ phí – 8.000 ₫  hộ tịch") == "Le phi 8.000 hộ tịch".replace(
        "hộ tịch", "ho tich"
    )


@given(st.text())
def test_keys_and_tidied_text_are_settled(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)
    assert tidy(tidy(text)) == tidy(text)
    assert ascii_only(text).isascii()
    assert search_key(nfc(text)) == search_key(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0905 123 456", "+84905123456"),
        ("+84 905.123.456", "+84905123456"),
        ("84905123456", "+84905123456"),
        ("0084905123456", "+84905123456"),
        ("+84 (0) 905 123 456", "+84905123456"),
        ("01689 123 456", "+84389123456"),
        ("0120 3456789", "+84703456789"),
        ("0235 3852 345", "+842353852345"),
        ("0281 234 5678", "+842812345678"),
    ],
)
def test_telephone_numbers_as_people_write_them(written: str, number: str) -> None:
    assert e164(written) == number
    assert e164(number) == number


@pytest.mark.parametrize(
    "written",
    [
        "",
        "113",
        "905123456",
        "0405123456",
        "09051234567",
        "0905 123 45",
        "+1 905 123 4567",
        "0130 1234567",
        "٠٩٠٥١٢٣٤٥٦",
        "090512345a",
    ],
)
def test_what_is_no_vietnamese_number_is_refused_and_not_repeated(written: str) -> None:
    with pytest.raises(NotAPhoneNumber) as refusal:
        e164(written)
    assert set(refusal.value.facts) == {"digits"}


def test_a_number_is_shown_masked_and_only_mobiles_get_messages() -> None:
    assert masked_phone("+84905123456") == "090****456"
    assert is_mobile("+84905123456")
    assert not is_mobile("+842353852345")


@given(st.from_regex("0[35789][0-9]{8}", fullmatch=True))
def test_every_mobile_number_is_settled_once_read(written: str) -> None:
    assert e164(e164(written)) == e164(written) == f"+84{written[1:]}"


def test_dates_as_a_form_prints_them() -> None:
    moment = datetime(2026, 11, 23, 2, 5, tzinfo=UTC)
    assert official_moment(moment) == "09 giờ 05 phút, ngày 23 tháng 11 năm 2026"
    assert official_date(date(2026, 9, 2)) == "ngày 02 tháng 9 năm 2026"
    assert official_date(date(2027, 2, 6)) == "ngày 06 tháng 02 năm 2027"
    assert short_date(date(2026, 9, 2)) == "02/09/2026"
    assert short_moment(at("2026-11-23 15:20")) == "15:20 23/11/2026"
    opens, closes = at("2026-11-25 08:00"), at("2026-11-25 10:30")
    assert short_window(opens, closes) == "08:00–10:30 25/11/2026"
    assert weekday_date(date(2026, 11, 25)) == "Thứ Tư, 25/11/2026"
    assert weekday_date(date(2026, 11, 22)).startswith("Chủ Nhật")
    with pytest.raises(ValueError, match="time zone"):
        local(datetime(2026, 11, 23))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (12, "mười hai"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (11, "mười một"),
        (55, "năm mươi lăm"),
        (101, "một trăm linh một"),
        (110, "một trăm mười"),
        (1_000, "một nghìn"),
        (1_005, "một nghìn không trăm linh năm"),
        (1_000_000, "một triệu"),
        (3_000_000_000, "ba tỷ"),
    ],
)
def test_counts_in_words(number: int, words: str) -> None:
    assert in_words(number) == words


def test_figures_have_points_and_the_sign_stands_behind() -> None:
    assert in_figures(1_234_567) == "1.234.567"
    assert dong(38_000) == "38.000 ₫"
    with pytest.raises(ValueError, match="-1"):
        in_words(-1)


@given(st.integers(0, 10**13), st.integers(0, 10**13))
def test_two_numbers_never_share_their_words(one: int, other: int) -> None:
    assert (in_words(one) == in_words(other)) == (one == other)


@pytest.mark.parametrize(
    ("content", "encoding", "certain"),
    [
        (SENTENCE.encode(), Encoding.UTF_8, True),
        (unicodedata.normalize("NFD", SENTENCE).encode(), Encoding.UTF_8, True),
        (SENTENCE.encode("utf-8-sig"), Encoding.UTF_8_BOM, True),
        (SENTENCE.encode("utf-16"), Encoding.UTF_16, True),
        (codecs.BOM_UTF16_BE + SENTENCE.encode("utf-16-be"), Encoding.UTF_16, True),
        (SENTENCE.encode("utf-16-le"), Encoding.UTF_16, False),
        (SENTENCE.encode("utf-16-be"), Encoding.UTF_16, False),
        (to_tcvn3(SENTENCE), Encoding.TCVN3, False),
        (to_cp1258(SENTENCE), Encoding.WINDOWS_1258, False),
    ],
)
def test_a_file_is_read_in_the_encoding_it_was_written_in(
    content: bytes, encoding: Encoding, certain: bool
) -> None:
    read = decode(content)
    assert (read.encoding, read.certain) == (encoding, certain)
    assert read.text == SENTENCE


@pytest.mark.parametrize(
    ("glyphs", "encoding", "text"),
    [
        # What the bytes look like in a Western font, as published samples show them.
        (
            "B¶o Th¾ng, M\xadêng Kh\xad¬ng, B¸t X¸t",
            Encoding.TCVN3,
            "Bảo Thắng, Mường Khương, Bát Xát",
        ),
        ("Xin chaøo caùc baïn", Encoding.VNI, "Xin chào các bạn"),
        (
            "Quaûng Nam, Ñaø Naüng, Ñieän Baøn, phöôøng Hoäi An",
            Encoding.VNI,
            "Quảng Nam, Đà Nẵng, Điện Bàn, phường Hội An",
        ),
        ("TÆNH QUAÛNG NAM, HUYEÄN ÑOÂNG GIANG", Encoding.VNI, "TỈNH QUẢNG NAM, HUYỆN ĐÔNG GIANG"),
        (
            "nghæ heø, kyõ sö, kyø laï, theá kyû, lyù do, tî naïnh",
            Encoding.VNI,
            "nghỉ hè, kỹ sư, kỳ lạ, thế kỷ, lý do, tỵ nạnh",
        ),
    ],
)
def test_published_samples_of_the_old_encodings(glyphs: str, encoding: Encoding, text: str) -> None:
    content = glyphs.encode("cp1252")
    assert decode_as(content, encoding) == text
    assert decode(content).text == text
    assert decode(content).encoding is encoding


@given(TCVN_TEXTS)
def test_tcvn3_round_trips_every_letter_it_has(text: str) -> None:
    assert decode_as(to_tcvn3(text), Encoding.TCVN3) == text


def test_the_names_of_all_units_survive_each_old_encoding() -> None:
    names = "\n".join(f"{unit.level} {unit.name}" for unit in units_2025())
    for content in (to_tcvn3(names), to_cp1258(names)):
        assert decode(content).text == names


@pytest.mark.parametrize(
    "content", [b"\xff\x00\xd8", b"\xef\xbb\xbf\xff", b"\xff\xfea", b"\x81\x80\x9d\xff"]
)
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        decode(content)


def test_an_encoding_a_person_chose_wrongly_is_refused() -> None:
    with pytest.raises(UnreadableFile):
        decode_as(b"\x85", Encoding.TCVN3)
    with pytest.raises(UnreadableFile):
        decode_as(b"\xff", Encoding.UTF_8)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        read = decode(content)
    except UnreadableFile:
        return
    assert read.text == nfc(read.text)


def test_syllables_tell_vietnamese_from_its_misreadings() -> None:
    for word in ("nguyễn", "Quảng", "giếng", "gì", "khuya", "ngoằn", "đường", "thuyền", "kỹ"):
        assert is_syllable(word), word
    for word in ("mêng", "chaøo"):
        assert likeness(f"{word}ø") < 1
    assert not is_syllable("chaøo")
    assert likeness("plain words") == 0
    assert likeness("Quảng Nam") == 1


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ngu\u200byễn\ufeff Thị\u00ad Mai", "Nguyễn Thị Mai"),
        ("\u202eiaM ịhT", "iaM ịhT"),
        ("Mai \u200b Thị", "Mai Thị"),
        ("A\x00\x07\ud800B\tC\nD", "AB C D"),
        ("\u200b\u2060", ""),
        ("Lê\u0301", "Lế"),
        ("🏠 số 5", "🏠 số 5"),
    ],
)
def test_what_nobody_sees_is_not_kept_in_a_line(typed: str, kept: str) -> None:
    assert tidy(typed) == kept
