"""P18, Phiếu nộp tiền mặt: what a courier hands in, counted line by line beside what he took, and signed by both.

A surplus of one line never fills another, so each line has its own difference. Where one differs
nothing was taken over, and the paper says so.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from postal_service.printing.counted_money import CountedLine, agree, put_counted
from postal_service.printing.figures import (
    clock,
    counted,
    day_of,
    dong,
    official_clock,
    official_date,
)
from postal_service.printing.page import Paper, Signature
from postal_service.printing.tables import Column
from postal_service.printing.typesetting import CELL_CENTER, CELL_RIGHT, NOTE, STRONG

COPIES: Final = ("Bản giao người nộp tiền", "Bản lưu thủ quỹ")


@dataclass(frozen=True, kw_only=True)
class TakenCharge:
    """One charge that the courier took in cash."""

    dossier_code: str
    line_name: str
    amount_dong: int
    taken_at: datetime | None  # none: no longer known


@dataclass(frozen=True, kw_only=True)
class RemittanceSlip:
    """One purse, counted once."""

    number: str
    operator_name: str
    office_name: str
    place: str
    payer_name: str
    cashier_name: str
    lines: tuple[CountedLine, ...]
    charges: tuple[TakenCharge, ...]
    counted_at: datetime

    @property
    def agrees(self) -> bool:
        """Only then was the money taken over."""
        return agree(self.lines)


def render(view: RemittanceSlip) -> bytes:
    """Both copies of the slip as PDF, A4."""
    paper = Paper(name="PHIẾU NỘP TIỀN MẶT", number=view.number)
    return paper.in_copies(COPIES, lambda: _put_copy(paper, view))


def _put_copy(paper: Paper, view: RemittanceSlip) -> None:
    paper.national_header((view.operator_name, view.office_name))
    paper.title("tiền thu của công dân, nộp cuối ca")
    paper.facts(
        ("Người nộp tiền", view.payer_name),
        ("Người nhận tiền", view.cashier_name),
        ("Đơn vị", view.office_name),
        ("Đếm lúc", official_clock(view.counted_at)),
    )
    paper.section("Đếm từng khoản")
    put_counted(paper, view.lines, books="Sổ ghi đã thu", empty="Không có khoản nào.")
    paper.say(_outcome(view), STRONG)
    paper.say(
        "Phí, lệ phí là tiền của Nhà nước; cước là doanh thu bưu chính; tiền thu hộ là của bên nhờ "
        "thu. Ba khoản đếm riêng, không bù cho nhau.",
        NOTE,
    )
    paper.section(f"Các khoản đã thu: {counted(len(view.charges))}")
    paper.table(
        (
            Column(heading="STT", share=12, style=CELL_CENTER),
            Column(heading="Mã hồ sơ", share=62, style=CELL_CENTER),
            Column(heading="Khoản", share=46),
            Column(heading="Thu lúc", share=32, style=CELL_CENTER),
            Column(heading="Số tiền", share=28, style=CELL_RIGHT),
        ),
        [
            (
                str(index),
                charge.dossier_code,
                charge.line_name,
                clock(charge.taken_at) if charge.taken_at else "",
                dong(charge.amount_dong),
            )
            for index, charge in enumerate(view.charges, start=1)
        ],
        empty="Không có khoản thu nào.",
    )
    paper.signatures(
        Signature(role="NGƯỜI NỘP TIỀN", name=view.payer_name),
        Signature(role="NGƯỜI NHẬN TIỀN", name=view.cashier_name),
        attest="Hai bên đã cùng đếm. Phiếu lập thành 02 bản, mỗi bên giữ một bản.",
        dated=f"{view.place}, {official_date(day_of(view.counted_at))}",
    )


def _outcome(view: RemittanceSlip) -> str:
    if view.agrees:
        return "Đã nhận đủ. Trách nhiệm về số tiền này chuyển sang người nhận tiền."
    return (
        "CHƯA NHẬN: số đếm khác số ghi sổ. Người nộp tiền vẫn giữ tiền và vẫn chịu trách nhiệm; "
        "đếm lại hoặc báo người phụ trách."
    )
