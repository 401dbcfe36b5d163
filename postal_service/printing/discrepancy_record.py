"""P15, Biên bản bất thường: what was found against what was listed, said the same by all who were there."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import assert_never

from postal_service.printing.figures import day_of, official_clock, official_date
from postal_service.printing.page import ILLUSTRATIVE_FORM, Paper, Signature
from postal_service.printing.tables import Column
from postal_service.printing.typesetting import CELL_CENTER


class Irregularity(Enum):
    """What is not as it should be."""

    SEAL = "seal"
    DAMAGE = "damage"
    MISSING = "missing"
    SURPLUS = "surplus"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One kind of paper: counts as listed and as found, in the order original, certified, photocopy."""

    paper_name: str
    listed: tuple[int, int, int]
    found: tuple[int, int, int]


@dataclass(frozen=True, kw_only=True)
class Witness:
    """One person who was there and signs."""

    role: str
    name: str


@dataclass(frozen=True, kw_only=True)
class DiscrepancyRecord:
    """One irregular item at one place and time."""

    number: str
    office_name: str
    operator_name: str
    place: str
    found_at: datetime
    item_code: str
    dossier_code: str
    irregularities: frozenset[Irregularity]
    seal_expected: str
    seal_found: str
    differences: tuple[Difference, ...]
    description: str
    measures: str
    witnesses: tuple[Witness, ...]
    basis_line: str = ILLUSTRATIVE_FORM

    def __post_init__(self) -> None:
        if not self.irregularities:
            raise ValueError("a discrepancy record names what is irregular")
        if not 2 <= len(self.witnesses) <= 4:
            raise ValueError("two to four people sign a discrepancy record")


def render(view: DiscrepancyRecord) -> bytes:
    """The record as PDF, A4."""
    paper = Paper(name="BIÊN BẢN BẤT THƯỜNG", number=view.number, basis_line=view.basis_line)
    paper.national_header((view.operator_name, view.office_name))
    paper.title("về niêm phong, tình trạng hoặc số lượng giấy tờ trong bưu gửi")
    paper.bars(view.item_code)
    paper.facts(
        ("Mã hồ sơ", view.dossier_code),
        ("Phát hiện lúc", official_clock(view.found_at)),
        ("Địa điểm", view.place),
    )
    paper.section("1. Loại bất thường")
    paper.ticks(*((_worded(kind), kind in view.irregularities) for kind in Irregularity))
    paper.section("2. Niêm phong")
    paper.facts(("Số ghi trên phiếu", view.seal_expected), ("Số thấy thực tế", view.seal_found))
    paper.section("3. Đối chiếu giấy tờ (bản chính / bản chứng thực / bản photo)")
    paper.table(
        (
            Column(heading="STT", share=10, style=CELL_CENTER),
            Column(heading="Tên giấy tờ", share=86),
            Column(heading="Theo danh mục", share=28, style=CELL_CENTER),
            Column(heading="Thực tế", share=28, style=CELL_CENTER),
            Column(heading="Chênh lệch", share=28, style=CELL_CENTER),
        ),
        [
            (
                str(index),
                difference.paper_name,
                _slashed(difference.listed),
                _slashed(difference.found),
                _signed_difference(difference),
            )
            for index, difference in enumerate(view.differences, start=1)
        ],
        empty="Không có chênh lệch về số lượng giấy tờ.",
    )
    paper.section("4. Mô tả và biện pháp")
    paper.facts(("Mô tả", view.description), ("Biện pháp xử lý", view.measures))
    paper.section("5. Ý kiến khác của người chứng kiến")
    paper.blanks(2)
    paper.signatures(
        *(Signature(role=witness.role.upper(), name=witness.name) for witness in view.witnesses),
        attest="Bưu gửi được giữ nguyên trạng tới khi có quyết định xử lý. Những người có mặt đã đọc lại "
        "và cùng ký.",
        dated=f"{view.place}, {official_date(day_of(view.found_at))}",
    )
    return paper.pdf()


def _worded(kind: Irregularity) -> str:
    match kind:
        case Irregularity.SEAL:
            return "Niêm phong rách, hở, sai số hoặc không có"
        case Irregularity.DAMAGE:
            return "Bưu gửi ướt, rách, hư hại"
        case Irregularity.MISSING:
            return "Thiếu giấy tờ so với danh mục"
        case Irregularity.SURPLUS:
            return "Thừa giấy tờ so với danh mục"
        case Irregularity.OTHER:
            return "Bất thường khác (ghi ở phần mô tả)"
        case _:
            assert_never(kind)


def _slashed(counts: tuple[int, int, int]) -> str:
    return " / ".join(map(str, counts))


def _signed_difference(difference: Difference) -> str:
    pairs = zip(difference.found, difference.listed, strict=True)
    return " / ".join(f"{found - listed:+d}" if found != listed else "0" for found, listed in pairs)
