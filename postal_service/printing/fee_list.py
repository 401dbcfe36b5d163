"""P19, Bảng kê nộp phí, lệ phí: the state's fees taken for one agency in some days, dossier by dossier.

Only what a cashier has counted and handed on is told as handed on; a transfer went to the agency's own account.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from postal_service.printing.figures import (
    clock,
    counted,
    day_of,
    dong,
    dong_in_words,
    official_date,
    short_date,
)
from postal_service.printing.page import Paper, Signature
from postal_service.printing.tables import Column
from postal_service.printing.typesetting import CELL_CENTER, CELL_RIGHT, CELL_SMALL, NOTE

COPIES: Final = ("Bản giao cơ quan", "Bản lưu bưu điện")


@dataclass(frozen=True, kw_only=True)
class ListedFee:
    """One fee; `source` is the decision that sets it, `means` and `state` in words."""

    dossier_code: str
    procedure_code: str
    procedure_name: str
    source: str
    paid_at: datetime
    means: str
    state: str
    amount_dong: int


@dataclass(frozen=True, kw_only=True)
class FeeList:
    """The fees of one agency, `first` and `last` being days that both count."""

    number: str
    operator_name: str
    office_name: str
    place: str
    agency_name: str
    first: date
    last: date
    fees: tuple[ListedFee, ...]
    remitted_dong: int
    in_till_dong: int
    by_transfer_dong: int
    carried_dong: int  # taken in cash by staff who have not handed it in
    printed_at: datetime
    printed_by: str


def render(view: FeeList) -> bytes:
    """Both copies of the list as PDF, A4."""
    paper = Paper(name="BẢNG KÊ NỘP PHÍ, LỆ PHÍ", number=view.number)
    return paper.in_copies(COPIES, lambda: _put_copy(paper, view))


def _put_copy(paper: Paper, view: FeeList) -> None:
    total_dong = sum(fee.amount_dong for fee in view.fees)
    paper.national_header((view.operator_name, view.office_name))
    paper.title(_period(view))
    paper.facts(
        ("Cơ quan thụ hưởng", view.agency_name),
        ("Đơn vị thu", view.office_name),
        ("Số khoản", counted(len(view.fees))),
    )
    paper.table(
        (
            Column(heading="STT", share=12, style=CELL_CENTER),
            Column(heading="Mã hồ sơ", share=43, style=CELL_SMALL),
            Column(heading="Thủ tục", share=48, style=CELL_SMALL),
            Column(heading="Căn cứ thu", share=30, style=CELL_SMALL),
            Column(heading="Thu lúc, bằng", share=31, style=CELL_SMALL),
            Column(heading="Đã đến", share=23, style=CELL_SMALL),
            Column(heading="Số tiền", share=24, style=CELL_RIGHT),
        ),
        [
            (
                str(index),
                fee.dossier_code,
                f"{fee.procedure_code} {fee.procedure_name}",
                fee.source,
                f"{clock(fee.paid_at)}, {fee.means}",
                fee.state,
                dong(fee.amount_dong),
            )
            for index, fee in enumerate(view.fees, start=1)
        ],
        empty="Không thu khoản phí, lệ phí nào trong kỳ này.",
        total=("Tổng cộng", "", "", "", "", dong(total_dong)),
    )
    paper.facts(("Tổng số tiền, bằng chữ", dong_in_words(total_dong)))
    paper.pairs(
        ("Đã nộp cơ quan", dong(view.remitted_dong)),
        ("Tại quỹ, chưa nộp", dong(view.in_till_dong)),
        ("Chuyển khoản thẳng cho cơ quan", dong(view.by_transfer_dong)),
        ("Nhân viên còn giữ", dong(view.carried_dong)),
    )
    paper.say(
        "Phí, lệ phí được kê theo ngày công dân nộp. Khoản đã hoàn cho công dân không kê. Bảng kê này "
        "không thay biên lai thu phí, lệ phí.",
        NOTE,
    )
    paper.signatures(
        Signature(role="NGƯỜI LẬP BẢNG KÊ", name=view.printed_by),
        Signature(role="NGƯỜI PHỤ TRÁCH BƯU ĐIỆN"),
        Signature(role="ĐẠI DIỆN CƠ QUAN"),
        dated=f"{view.place}, {official_date(day_of(view.printed_at))}",
    )


def _period(view: FeeList) -> str:
    if view.first == view.last:
        return f"thu trong ngày {short_date(view.first)}"
    return f"thu từ ngày {short_date(view.first)} đến ngày {short_date(view.last)}"
