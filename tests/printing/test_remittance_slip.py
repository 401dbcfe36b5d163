"""What the slip of a counting says, and what it never says."""

from dataclasses import replace

import pytest

from postal_service.printing import remittance_slip
from postal_service.printing.counted_money import CountedLine
from postal_service.printing.specimens import management
from tests.printing.read_back import page_texts, text_of

SLIP = management.REMITTANCE_SLIP
FEE = CountedLine(name="phí, lệ phí", taken_dong=23_000, counted_dong=24_000)
POSTAGE = CountedLine(name="cước bưu chính", taken_dong=52_000, counted_dong=51_000)


def test_a_surplus_of_one_line_does_not_hide_the_shortage_of_another() -> None:
    words = text_of(remittance_slip.render(replace(SLIP, lines=(FEE, POSTAGE))))

    assert "thừa 1.000 ₫" in words
    assert "thiếu 1.000 ₫" in words
    assert "Tổng cộng 75.000 ₫ 75.000 ₫ xem từng khoản" in words
    assert "CHƯA NHẬN" in words
    assert "khớp" not in words


def test_a_counting_that_agrees_says_who_answers_now() -> None:
    lines = tuple(replace(line, counted_dong=line.taken_dong) for line in (FEE, POSTAGE))
    words = text_of(remittance_slip.render(replace(SLIP, lines=lines)))

    assert words.count("khớp") == 2 * 3  # two lines and the total, in both copies
    assert "Bảy mươi lăm nghìn đồng" in words
    assert "CHƯA NHẬN" not in words


def test_both_sides_get_a_copy_with_two_places_to_sign() -> None:
    pages = page_texts(remittance_slip.render(SLIP))

    assert ["Bản giao người nộp tiền" in page for page in pages] == [True, False]
    assert ["Bản lưu thủ quỹ" in page for page in pages] == [False, True]
    for page in pages:
        for said in ("NGƯỜI NỘP TIỀN", "NGƯỜI NHẬN TIỀN", SLIP.payer_name, SLIP.cashier_name):
            assert said in page


def test_a_day_of_two_hundred_charges_keeps_its_head_and_its_signatures_together() -> None:
    charges = tuple(
        replace(SLIP.charges[0], dossier_code=f"H17.000-261123-{n:04}") for n in range(200)
    )
    pages = page_texts(remittance_slip.render(replace(SLIP, charges=charges)))
    first = pages[: len(pages) // 2]

    assert len(first) > 3
    assert all("Mã hồ sơ Khoản" in page for page in first if "H17.000-261123-" in page)
    assert sum("H17.000-261123-0199" in page for page in first) == 1
    assert "NGƯỜI NỘP TIỀN" in first[-1]
    assert "NGƯỜI NHẬN TIỀN" in first[-1]


def test_an_empty_purse_says_so() -> None:
    words = text_of(remittance_slip.render(replace(SLIP, lines=(), charges=())))

    assert "Không có khoản nào." in words
    assert "Không có khoản thu nào." in words


@pytest.mark.parametrize("amounts", [(-1, 0), (0, -1)])
def test_nobody_carries_less_than_nothing(amounts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="less than nothing"):
        CountedLine(name="phí", taken_dong=amounts[0], counted_dong=amounts[1])
