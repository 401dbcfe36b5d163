"""P18, Phiếu nộp tiền mặt: what a courier hands in, counted line by line beside what he took, and signed by both.

A surplus of one line never fills another, so each line has its own difference. Where one differs
nothing was taken over, and the paper says so.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from postal_service.printing.figures import (
    clock,
    counted,
    day_of,
    dong,
    dong_in_words,
    official_clock,
    official_date,
)
from postal_service.printing.page import Paper, Signature
from postal_service.printing.tables import Column
from postal_service.printing.typesetting import CELL_CENTER, CELL_RIGHT, NOTE, STRONG

COPIES: Final = ("Bản giao người nộp tiền", "Bản lưu thủ quỹ")


@dataclass(frozen=True, kw_only=True)
class CountedLine:
    """One line of money: what was taken on it, and what was counted."""

    name: str
    taken_dong: int
    counted_dong: int

    @property
    def difference_dong(self) -> int:
        """Above zero: too much. Below: too little."""
        return self.counted_dong - self.taken_dong

    def __post_init__(self) -> None:
        if self.taken_dong < 0 or self.counted_dong < 0:
            raise ValueError(f"nobody carries less than nothing: {self!r}")


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
        return all(not line.difference_dong for line in self.lines)


def render(view: RemittanceSlip) -> bytes:
    """Both copies of the slip as PDF, A4."""
    paper = Paper(name="PHIẾU NỘP TIỀN MẶT", number=view.number)
    for kept_by in COPIES:
        paper.copy(kept_by)
        _put_copy(paper, view)
    return paper.pdf()


def difference(amount_dong: int) -> str:
    """Too much, too little, or neither."""
    if amount_dong > 0:
        return f"thừa {dong(amount_dong)}"
    return f"thiếu {dong(-amount_dong)}" if amount_dong < 0 else "khớp"


def _put_copy(paper: Paper, view: RemittanceSlip) -> None:
    taken, found = _sums(view)
    paper.national_header((view.operator_name, view.office_name))
    paper.title("tiền thu của công dân, nộp cuối ca")
    paper.facts(
        ("Người nộp tiền", view.payer_name),
        ("Người nhận tiền", view.cashier_name),
        ("Đơn vị", view.office_name),
        ("Đếm lúc", official_clock(view.counted_at)),
    )
    paper.section("Đếm từng khoản")
    paper.table(
        (
            Column(heading="STT", share=12, style=CELL_CENTER),
            Column(heading="Khoản", share=58),
            Column(heading="Sổ ghi đã thu", share=36, style=CELL_RIGHT),
            Column(heading="Đếm được", share=36, style=CELL_RIGHT),
            Column(heading="Chênh lệch", share=38, style=CELL_RIGHT),
        ),
        [
            (
                str(index),
                line.name,
                dong(line.taken_dong),
                dong(line.counted_dong),
                difference(line.difference_dong),
            )
            for index, line in enumerate(view.lines, start=1)
        ],
        empty="Không có khoản nào.",
        total=("Tổng cộng", dong(taken), dong(found), _all_of_it(view)),
    )
    paper.facts(("Số tiền đếm được, bằng chữ", dong_in_words(found)))
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


def _sums(view: RemittanceSlip) -> tuple[int, int]:
    return (
        sum(line.taken_dong for line in view.lines),
        sum(line.counted_dong for line in view.lines),
    )


def _all_of_it(view: RemittanceSlip) -> str:
    # A surplus beside a shortage must not look as if they made each other good.
    return "khớp" if view.agrees else "xem từng khoản"
