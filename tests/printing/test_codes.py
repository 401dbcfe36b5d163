"""Codes drawn as vectors are read back from dots."""

from pathlib import Path

import pytest

from postal_service.printing.codes import (
    CodeOverflowError,
    Correction,
    bar_symbol,
    qr_symbol,
)
from postal_service.printing.specimens import desk, movement
from tests.printing.papers import PAPERS
from tests.printing.read_back import ReadCode, codes_of

ITEM = "ET000000005VN"
TOKEN = "0123456789ABCDEFGHJKMNPQRS"


def bars(text: str) -> ReadCode:
    return ReadCode(symbology="Code 128", text=text, version="", correction="")


def qr(text: str, version: str, correction: str) -> ReadCode:
    return ReadCode(symbology="QR Code", text=text, version=version, correction=correction)


STATUS = qr(f"HTTPS://POST.INVALID/{ITEM}/{TOKEN}", "3", "M")
ROOT = qr("https://POST.INVALID/ledger/1234567", "3", "M")
DOSSIER = desk.APPOINTMENT_SLIP.dossier_code
BAG = movement.BAG_LABEL.bag_code


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("p01-phieu-huong-dan", [set()]),
        ("p02-phieu-gui-ho-so", [{bars(ITEM)}] * 2),
        ("p03-giay-tiep-nhan-va-hen-tra", [{bars(DOSSIER), qr(f"BG1:{ITEM}:1:{TOKEN}", "3", "Q")}]),
        ("p04-bien-nhan-phi", [set()]),
        ("p04-bien-nhan-cuoc", [{bars(ITEM)}]),
        ("p05-phieu-chuyen-khoan", [{qr(desk.TRANSFER_SLIP.payload, "6", "M")}]),
        ("p06-phieu-dang-ky-nhan-ket-qua", [set(), set()]),
        ("p07-giay-moi-lan-1", [{bars(ITEM)}]),
        ("p08-giay-uy-quyen", [set()]),
        ("p09-nhan-niem-phong-100x50", [{bars(ITEM), STATUS}] * 2),
        ("p09-nhan-niem-phong-a6", [{bars(ITEM), STATUS}] * 2),
        ("p10-nhan-tui", [{bars(BAG), qr(BAG, "2", "Q")}]),
        ("p10-ban-ke-dong-tui", [{bars(BAG)}, {ROOT}]),
        ("p11-bien-ban-giao-nhan-ho-so", [set(), {STATUS, ROOT}] * 2),
        ("p12-bien-ban-giao-nhan-ket-qua", [set(), {STATUS}] * 2),
        ("p13-ban-ke-phat", [set(), {ROOT}]),
        ("p14-phieu-xac-nhan-phat", [{bars(ITEM)}]),
        ("p15-bien-ban-bat-thuong", [{bars(ITEM)}]),
        ("p16-bien-ban-chuyen-hoan", [{bars(ITEM)}] * 2),
        ("p22-trich-luc-chuoi-luu-giu", [set(), {STATUS}]),
        ("co-quan-yeu-cau-bo-sung", [{bars(DOSSIER)}]),
        ("co-quan-tu-choi", [{bars(DOSSIER)}]),
        ("co-quan-phieu-kiem-soat", [{bars(DOSSIER), STATUS}]),
    ],
)
def test_every_code_on_a_paper_is_read_back_at_a_label_printers_resolution(
    key: str, expected: list[set[ReadCode]], tmp_path: Path
) -> None:
    paper = PAPERS[key]

    assert codes_of(paper.render(paper.view), tmp_path) == expected


def test_the_longest_host_of_the_smallest_token_has_twelve_characters() -> None:
    fits = f"HTTPS://ABC.POST.VN1/{ITEM}/{TOKEN}"
    too_long = f"HTTPS://ABCD.POST.VN1/{ITEM}/{TOKEN}"

    assert len(qr_symbol(fits, version=3, correction=Correction.MEDIUM).rows) == 29
    assert qr_symbol(too_long, version=3, correction=Correction.MEDIUM, largest=4).version == 4
    with pytest.raises(CodeOverflowError):
        qr_symbol(too_long, version=3, correction=Correction.MEDIUM)


def test_a_citizens_code_of_ninety_nine_rotations_still_fits_version_three() -> None:
    symbol = qr_symbol(f"BG1:{ITEM}:99:{TOKEN}", version=3, correction=Correction.QUARTILE)

    assert symbol.version == 3
    assert symbol.side_mm(0.75) == pytest.approx(37 * 0.75)


def test_an_empty_token_is_refused() -> None:
    with pytest.raises(ValueError, match="says something"):
        qr_symbol("", version=3, correction=Correction.MEDIUM)


@pytest.mark.parametrize("content", ["", "ĐN1", "A\tB", "A\x00"])
def test_bars_refuse_what_they_would_leave_out(content: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        bar_symbol(content)
