"""Codes on paper: item numbers, labels, delivery codes, desk codes; and what an input method does to them."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal_service.domain import crockford, desk_codes, s10
from postal_service.domain.codes import (
    BadHost,
    DeliveryCode,
    NotADeliveryCode,
    NotALabel,
    delivery_lock,
    envelope_label,
    is_genuine,
    opens,
    read_delivery_code,
    read_label,
    token_digest,
)
from postal_service.domain.crockford import NotAToken, Token, read_token, token_from
from postal_service.domain.desk_codes import (
    InputMethodIsOn,
    NotADeskCode,
    ScanDamage,
    WrongCheckCharacters,
    damage,
    desk_code,
    read_desk_code,
)
from postal_service.domain.ids import ItemId
from postal_service.domain.s10 import NotAnItemNumber, WrongCheckDigit
from tests.domain.input_methods import telex, vni

ITEM = ItemId("ET051174907VN")
TOKENS = st.binary(min_size=17, max_size=17).map(token_from)
SERIALS = st.integers(0, 99_999_999)
NUMBERS = st.integers(0, desk_codes.CAPACITY - 1)


@pytest.mark.parametrize(
    ("serial", "check"),
    [
        ("05117490", 7),
        ("10328083", 2),
        ("47312482", 9),
        ("12345678", 5),
        ("00000008", 0),
        ("00000000", 5),
        ("00000003", 1),
        ("00000019", 5),
    ],
)
def test_the_check_digit_of_the_postal_union(serial: str, check: int) -> None:
    assert s10.check_digit(serial) == check


@pytest.mark.parametrize("real", ["ET051174907VN", "EU103280832VN", "et 05117490 7 vn"])
def test_real_item_numbers_are_read(real: str) -> None:
    assert s10.parse(real).id == real.upper().replace(" ", "")


def test_an_item_number_is_printed_in_groups() -> None:
    assert s10.parse("ET051174907VN").printed == "ET 05 117 490 7 VN"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "ET05117490VN",
        "ET0511749071VN",
        "E1051174907VN",
        "ÊT051174907VN",
        "ET٠٥١١٧٤٩٠٧VN",
        "x" * 5000,
    ],
)
def test_what_is_no_item_number_is_refused_and_not_repeated(written: str) -> None:
    with pytest.raises(NotAnItemNumber) as refusal:
        s10.parse(written)
    assert refusal.value.facts == {"length": len(written)}


def test_a_wrong_check_digit_is_refused() -> None:
    with pytest.raises(WrongCheckDigit):
        s10.parse("ET051174908VN")


@pytest.mark.parametrize(
    ("serial", "service"), [(-1, "BH"), (100_000_000, "BH"), (1, "B"), (1, "bh")]
)
def test_an_office_cannot_make_a_number_outside_its_range(serial: int, service: str) -> None:
    with pytest.raises(NotAnItemNumber):
        s10.make(serial, service=service)


@given(SERIALS, st.sampled_from(["BH", "EA", "RZ"]))
def test_a_made_item_number_reads_back(serial: int, service: str) -> None:
    made = s10.make(serial, service=service)
    assert s10.parse(made.id) == made
    assert s10.parse(made.printed.lower()) == made


@given(SERIALS, st.integers(0, 6))
def test_two_different_neighbours_exchanged_are_noticed_or_lie_in_the_gap_of_ten_and_nought(
    serial: int, place: int
) -> None:
    digits = f"{serial:08d}"
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    if swapped != digits and s10.check_digit(swapped) == s10.check_digit(digits):
        # 10 and 0 share a digit, and so do 11 and 5; nothing else may slip through.
        assert s10.check_digit(digits) in {0, 5}


@given(TOKENS)
def test_a_token_reads_back_however_it_was_written(token: Token) -> None:
    spoken = "-".join(token[i : i + 5] for i in range(0, 26, 5)).lower()
    assert len(token) == crockford.TOKEN_LENGTH
    assert read_token(spoken.replace("1", "l").replace("0", "o")) == token


@pytest.mark.parametrize("written", ["", "A" * 25, "A" * 27, "U" * 26, "Á" * 26, "A" * 4000])
def test_what_is_no_token_is_refused_and_not_repeated(written: str) -> None:
    with pytest.raises(NotAToken) as refusal:
        read_token(written)
    assert refusal.value.facts == {"length": len(written)}


def test_a_token_needs_all_its_entropy() -> None:
    with pytest.raises(ValueError, match="17"):
        token_from(b"short")
    assert token_from(b"\xff" * 17) == "Z" * 26
    assert token_from(b"\0" * 17) == "0" * 26


@given(TOKENS)
def test_a_label_reads_back_and_fits_the_alphanumeric_mode_of_its_symbol(token: Token) -> None:
    label = envelope_label(host="bg.danang.vn", item=ITEM, token=token)
    assert read_label(label.payload) == label
    assert read_label(label.payload.lower()) == label
    assert set(label.payload) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
    # Version 3-M holds 61 alphanumeric characters, and a host of twelve fits.
    assert len(label.payload) <= 61


@given(TOKENS, TOKENS)
def test_only_the_label_the_manifest_knows_is_genuine(token: Token, other: Token) -> None:
    label = envelope_label(host="bg.vn", item=ITEM, token=token)
    assert is_genuine(label, token_digest(token))
    assert is_genuine(label, token_digest(other)) == (token == other)
    assert len(token_digest(token)) == 16


@pytest.mark.parametrize(
    "host", ["", "localhost", "bg danang.vn", "-bg.vn", "bg.vn/x", "đà.vn", "a" * 60 + ".vn"]
)
def test_a_label_needs_the_name_of_a_server(host: str) -> None:
    with pytest.raises(BadHost):
        envelope_label(host=host, item=ITEM, token=Token("0" * 26))


@pytest.mark.parametrize(
    "scanned",
    [
        "",
        "https://bg.vn/",
        f"HTTPS://BG.VN/{ITEM}/" + "U" * 26,
        f"HTTP://BG.VN/{ITEM}/" + "0" * 26,
        f"HTTPS://BG.VN/{ITEM}/" + "0" * 26 + "/x",
        f"BG1:{ITEM}:1:" + "0" * 26,
        f"HTTPS://BG.VN/{ITEM}/" + "Ô" + "0" * 25,
    ],
)
def test_what_is_no_label_is_refused_and_not_repeated(scanned: str) -> None:
    with pytest.raises(NotALabel) as refusal:
        read_label(scanned)
    assert refusal.value.facts == {"length": len(scanned)}


def test_a_label_with_a_damaged_number_is_refused() -> None:
    with pytest.raises(WrongCheckDigit):
        read_label("HTTPS://BG.VN/ET051174908VN/" + "0" * 26)


def test_the_lock_is_the_hash_the_specification_spells_out() -> None:
    secret = Token("0123456789ABCDEFGHJKMNPQRS")
    expected = hashlib.sha256(
        b"custody/delivery/v1\x00ET051174907VN\x001\x000123456789ABCDEFGHJKMNPQRS"
    ).hexdigest()
    assert delivery_lock(ITEM, rotation=1, secret=secret) == expected


@given(TOKENS, st.integers(1, 999_999), st.integers(1, 999_999), TOKENS)
def test_a_delivery_code_opens_its_own_lock_and_no_other(
    secret: Token, rotation: int, later: int, other: Token
) -> None:
    code = DeliveryCode(item=ITEM, rotation=rotation, secret=secret)
    assert read_delivery_code(code.payload) == code
    assert opens(code, code.lock)
    assert opens(code, delivery_lock(ITEM, rotation=later, secret=other)) == (
        (rotation, secret) == (later, other)
    )
    assert not opens(code, delivery_lock(ItemId("EU103280832VN"), rotation=rotation, secret=secret))
    assert secret not in repr(code)


@pytest.mark.parametrize(
    "scanned",
    [
        "",
        f"BG1:{ITEM}:0:" + "0" * 26,
        f"BG1:{ITEM}:01:" + "0" * 26,
        f"BG1:{ITEM}:1000000:" + "0" * 26,
        f"BG2:{ITEM}:1:" + "0" * 26,
        f"BG1:{ITEM}:1:" + "0" * 25,
        f"BG1:{ITEM}:1:" + "L" * 26,
        f"BG1:{ITEM}:1:" + "0" * 26 + "\n" + "0",
    ],
)
def test_what_is_no_delivery_code_is_refused_and_not_repeated(scanned: str) -> None:
    with pytest.raises(NotADeliveryCode) as refusal:
        read_delivery_code(scanned)
    assert refusal.value.facts == {"length": len(scanned)}


@pytest.mark.parametrize(
    ("rotation", "secret"), [(0, "0" * 26), (1, "0" * 25), (1_000_000, "0" * 26)]
)
def test_no_lock_is_made_of_what_could_not_be_scanned(rotation: int, secret: str) -> None:
    with pytest.raises(NotADeliveryCode):
        delivery_lock(ITEM, rotation=rotation, secret=Token(secret))


@given(NUMBERS)
def test_a_desk_code_reads_back_and_survives_both_input_methods(number: int) -> None:
    code = desk_code(number)
    assert len(code) == desk_codes.CODE_LENGTH
    assert telex(code) == code
    assert vni(code) == code
    assert damage(telex(code), expected_length=desk_codes.CODE_LENGTH) is None
    assert read_desk_code(code.lower()) == number


@given(st.text(desk_codes.ALPHABET, max_size=40))
def test_no_text_of_the_desk_alphabet_is_ever_rewritten(text: str) -> None:
    assert telex(text) == text
    assert vni(text) == text


@given(NUMBERS, st.integers(0, 9), st.sampled_from(desk_codes.ALPHABET))
def test_every_single_wrong_character_is_noticed(number: int, place: int, symbol: str) -> None:
    code = desk_code(number)
    changed = code[:place] + symbol + code[place + 1 :]
    if changed != code:
        with pytest.raises(WrongCheckCharacters):
            read_desk_code(changed)


@given(NUMBERS, st.integers(0, 8))
def test_every_exchange_of_neighbours_is_noticed(number: int, place: int) -> None:
    code = desk_code(number)
    changed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if changed != code:
        with pytest.raises(WrongCheckCharacters):
            read_desk_code(changed)


@pytest.mark.parametrize("written", ["", "2222222", "0000000000", "22222222222", "AAAAAAAAAA"])
def test_what_is_no_desk_code_is_refused(written: str) -> None:
    with pytest.raises(NotADeskCode):
        read_desk_code(written)


@pytest.mark.parametrize("number", [-1, desk_codes.CAPACITY])
def test_a_number_that_does_not_fit_makes_no_desk_code(number: int) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        desk_code(number)


def test_the_input_methods_write_what_every_clerk_knows() -> None:
    assert telex("TIEENGS VIEETJ DDOONGF") == "TIẾNG VIỆT ĐỒNG"
    assert vni("TIE6NG1 VIE6T5 D9O6NG2") == "TIẾNG VIỆT ĐỒNG"
    assert telex("AAA DDD ASS WW [") == "AA DD AS W Ơ"
    assert vni("A11 D99 AS6") == "A1 D9 ÂS"


def test_an_item_number_is_rewritten_by_vni_and_the_scan_says_so() -> None:
    typed = vni("EA100000008VN")
    assert typed != "EA100000008VN"
    with pytest.raises(InputMethodIsOn):
        read_desk_code(typed if not typed.isascii() else "\b" + typed)


@given(TOKENS)
def test_a_token_that_was_rewritten_on_the_way_is_always_noticed(token: Token) -> None:
    for typed in (telex(token), vni(token)):
        if typed != token:
            assert damage(typed, expected_length=crockford.TOKEN_LENGTH) is not None


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=30))
def test_what_either_method_rewrites_shows_a_mark_or_is_shorter(sent: str) -> None:
    for typed in (telex(sent), vni(sent)):
        assert (typed == sent) == (damage(typed, expected_length=len(sent)) is None)


@pytest.mark.parametrize(
    ("burst", "found"),
    [
        ("A\bÁ", ScanDamage.ERASED),
        ("ÊT051174907VN", ScanDamage.MARKED),
        ("ET05117490", ScanDamage.LENGTH),
        ("ET051174907VN\r", None),
    ],
)
def test_the_traces_of_an_input_method(burst: str, found: ScanDamage | None) -> None:
    assert damage(burst, expected_length=13) is found
