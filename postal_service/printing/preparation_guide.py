"""P1, Phiếu hướng dẫn chuẩn bị hồ sơ: the closed list of a procedure, to be ticked at home before anything is handed in.

It is of the catalogue, of no dossier and of nobody. What the catalogue is not sure of is not given
as a figure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from reportlab.lib.units import mm
from reportlab.platypus.tables import Table

from postal_service.printing.figures import official_clock, short_date
from postal_service.printing.page import Paper
from postal_service.printing.tables import Column, side_by_side
from postal_service.printing.typesetting import CELL_CENTER, NOTE, TickBox


@dataclass(frozen=True, kw_only=True)
class NeededPaper:
    """One line of the list; `remarks` say what is only shown, comes back, or is brought where there is one."""

    name: str
    originals: int
    certified_copies: int
    photocopies: int
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GuidedFee:
    """What one way of filing costs, in words: an amount only where it is confirmed."""

    channel: str
    amount: str
    basis: str


@dataclass(frozen=True, kw_only=True)
class PreparationGuide:
    """One version of a procedure, as the desk would ask for it on the day of the print."""

    operator_name: str
    office_name: str
    procedure_code: str
    procedure_name: str
    field: str
    authority: str
    valid_from: date
    papers: tuple[NeededPaper, ...]
    terms: tuple[str, ...]
    fees: tuple[GuidedFee, ...]
    ways: tuple[str, ...]
    printed_at: datetime


def render(view: PreparationGuide) -> bytes:
    """The guide as PDF, A4."""
    paper = Paper(name="PHIẾU HƯỚNG DẪN CHUẨN BỊ HỒ SƠ", number=view.procedure_code)
    paper.national_header((view.operator_name, view.office_name))
    paper.title(view.procedure_name)
    paper.facts(
        ("Mã thủ tục", view.procedure_code),
        ("Lĩnh vực", view.field),
        ("Cơ quan giải quyết", view.authority),
        ("Danh mục áp dụng từ", short_date(view.valid_from)),
    )
    paper.section("1. Giấy tờ cần chuẩn bị")
    _put_papers(paper, view.papers)
    paper.say(
        "Danh mục này là đủ: nơi tiếp nhận không được yêu cầu giấy tờ ngoài danh mục. Bản chứng thực "
        "dùng thay bản photo được; không gì thay được bản chính.",
        NOTE,
    )
    paper.section("2. Thời hạn giải quyết")
    _put_lines(paper, view.terms)
    paper.section("3. Phí, lệ phí")
    paper.table(
        (
            Column(heading="Cách nộp", share=40),
            Column(heading="Mức thu", share=50),
            Column(heading="Căn cứ", share=90),
        ),
        [(fee.channel, fee.amount, fee.basis) for fee in view.fees],
        empty="Danh mục chưa ghi mức thu. Xin hỏi nơi tiếp nhận trước khi nộp.",
    )
    paper.say("Cước bưu chính (nếu gửi qua bưu điện) là khoản riêng.", NOTE)
    paper.section("4. Nộp hồ sơ và nhận kết quả")
    _put_lines(paper, view.ways)
    paper.gap()
    paper.say(
        f"In lúc {official_clock(view.printed_at)}. Phiếu này để chuẩn bị, chưa phải giấy tiếp nhận.",
        NOTE,
    )
    return paper.pdf()


def _put_papers(paper: Paper, papers: Sequence[NeededPaper]) -> None:
    paper.table(
        (
            Column(heading="STT", share=10, style=CELL_CENTER),
            Column(heading="Đã có", share=12, style=CELL_CENTER),
            Column(heading="Tên giấy tờ", share=80),
            Column(heading="Bản chính", share=16, style=CELL_CENTER),
            Column(heading="Bản chứng thực", share=19, style=CELL_CENTER),
            Column(heading="Bản photo", share=16, style=CELL_CENTER),
            Column(heading="Ghi chú", share=34),
        ),
        [
            (
                str(index),
                _box(),
                needed.name,
                str(needed.originals),
                str(needed.certified_copies),
                str(needed.photocopies),
                "; ".join(needed.remarks),
            )
            for index, needed in enumerate(papers, start=1)
        ],
        empty="Thủ tục này không yêu cầu giấy tờ nào.",
    )


def _box() -> Table:
    return side_by_side([[TickBox(ticked=False)]], [9 * mm], align="CENTER")


def _put_lines(paper: Paper, lines: Sequence[str]) -> None:
    for each in lines:
        paper.say(f"• {each}")
