"""Numbers read aloud are heard as the same numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal_service.domain.wording_numbers import in_words

_WORTH = {"nghìn": 1_000, "triệu": 1_000_000, "tỷ": 1_000_000_000}
_DIGITS = {
    word: value
    for value, words in enumerate(
        ("không", "một mốt", "hai", "ba", "bốn tư", "năm lăm", "sáu", "bảy", "tám", "chín")
    )
    for word in words.split()
}


def heard(words: str) -> int:
    """The number a listener writes down, word by word."""
    billions, total, group, digit = 0, 0, 0, 0
    for word in words.split():
        if word in _DIGITS:
            digit = _DIGITS[word]
        elif word == "mười":
            group += 10
        elif word in {"mươi", "trăm"}:
            group, digit = group + digit * (10 if word == "mươi" else 100), 0
        elif word == "tỷ":
            billions, total, group, digit = total + group + digit, 0, 0, 0
        elif word != "linh":
            total, group, digit = total + (group + digit) * _WORTH[word], 0, 0
    return billions * _WORTH["tỷ"] + total + group + digit


@given(st.integers(min_value=0, max_value=999_999_999_999))
def test_a_number_read_aloud_is_heard_as_the_same_number(number: int) -> None:
    assert heard(in_words(number)) == number


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (4, "bốn"),
        (10, "mười"),
        (14, "mười bốn"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (24, "hai mươi tư"),
        (55, "năm mươi lăm"),
        (101, "một trăm linh một"),
        (1_005, "một nghìn không trăm linh năm"),
        (38_000, "ba mươi tám nghìn"),
        (1_000_001, "một triệu không trăm linh một"),
        (2_000_000_105, "hai tỷ một trăm linh năm"),
    ],
)
def test_numbers_follow_the_spoken_rules(number: int, words: str) -> None:
    assert in_words(number) == words


def test_a_count_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be counted"):
        in_words(-1)
