"""P4, two receipts that never mix: the state's fees collected for an agency, and the post's own postage."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from postal_service.printing.figures import (
    day_of,
    dong,
    dong_in_words,
    masked_id,
    official_clock,
    official_date,
)
from postal_service.printing.page import A5_UPRIGHT, ILLUSTRATIVE_FORM, Paper, Signature
from postal_service.printing.tables import Column
from postal_service.printing.typesetting import CELL_CENTER, CELL_RIGHT, NOTE


@dataclass(frozen=True, kw_only=True)
class Charge:
    """One line of a receipt; `basis` says why it is nothing, when it is."""

    description: str
    amount_dong: int
    basis: str = ""

    def __post_init__(self) -> None:
        if self.amount_dong < 0:
            raise ValueError(f"a receipt does not pay money out: {self!r}")


@dataclass(frozen=True, kw_only=True)
class FeeReceipt:
    """State fees and charges, collected by the post for `agency_name`."""

    number: str
    operator_name: str
    office_name: str
    place: str
    agency_name: str
    payer_name: str
    payer_id: str
    dossier_code: str
    procedure_name: str
    charges: tuple[Charge, ...]
    method: str
    paid_at: datetime
    cashier_name: str
    basis_line: str = ILLUSTRATIVE_FORM


@dataclass(frozen=True, kw_only=True)
class PostageReceipt:
    """Postage, the post's own revenue."""

    number: str
    operator_name: str
    office_name: str
    place: str
    payer_name: str
    item_code: str
    sent_from: str
    sent_to: str
    weight_grams: int | None  # none: nobody weighed it
    charges: tuple[Charge, ...]
    method: str
    paid_at: datetime
    cashier_name: str
    basis_line: str = ILLUSTRATIVE_FORM


def render(view: FeeReceipt | PostageReceipt) -> bytes:
    """One receipt as PDF, A5."""
    match view:
        case FeeReceipt():
            return _fee_receipt(view)
        case PostageReceipt():
            return _postage_receipt(view)
        case _:
            assert_never(view)


def _fee_receipt(view: FeeReceipt) -> bytes:
    paper = Paper(
        name="BIÊN NHẬN THU PHÍ, LỆ PHÍ",
        number=view.number,
        size=A5_UPRIGHT,
        basis_line=view.basis_line,
    )
    paper.national_header((view.operator_name, view.office_name))
    paper.title(f"Thu hộ {view.agency_name}")
    paper.facts(
        ("Người nộp tiền", view.payer_name),
        ("Số định danh", masked_id(view.payer_id)),
        ("Mã hồ sơ", view.dossier_code),
        ("Thủ tục hành chính", view.procedure_name),
    )
    _put_charges(paper, view.charges)
    paper.facts(("Hình thức", view.method), ("Thu lúc", official_clock(view.paid_at)))
    paper.say("Số tiền này nộp về cơ quan giải quyết; không gồm cước bưu chính.", NOTE)
    paper.signatures(
        Signature(role="NGƯỜI NỘP TIỀN", name=view.payer_name),
        Signature(role="NGƯỜI THU TIỀN", name=view.cashier_name),
        dated=f"{view.place}, {official_date(day_of(view.paid_at))}",
    )
    return paper.pdf()


def _postage_receipt(view: PostageReceipt) -> bytes:
    paper = Paper(
        name="BIÊN NHẬN CƯỚC BƯU CHÍNH",
        number=view.number,
        size=A5_UPRIGHT,
        basis_line=view.basis_line,
    )
    paper.national_header((view.operator_name, view.office_name))
    paper.title("Dịch vụ bưu chính công ích")
    paper.bars(view.item_code)
    paper.facts(
        ("Người trả cước", view.payer_name),
        ("Nơi gửi", view.sent_from),
        ("Nơi nhận", view.sent_to),
        ("Khối lượng", f"{view.weight_grams} gam" if view.weight_grams is not None else ""),
    )
    _put_charges(paper, view.charges)
    paper.facts(("Hình thức", view.method), ("Thu lúc", official_clock(view.paid_at)))
    paper.say(
        "Số tiền này là cước của bưu điện; không gồm phí, lệ phí của thủ tục hành chính.", NOTE
    )
    paper.signatures(
        Signature(role="NGƯỜI TRẢ CƯỚC", name=view.payer_name),
        Signature(role="GIAO DỊCH VIÊN", name=view.cashier_name),
        dated=f"{view.place}, {official_date(day_of(view.paid_at))}",
    )
    return paper.pdf()


def _put_charges(paper: Paper, charges: Sequence[Charge]) -> None:
    total_dong = sum(charge.amount_dong for charge in charges)
    paper.table(
        (
            Column(heading="STT", share=9, style=CELL_CENTER),
            Column(heading="Nội dung", share=55),
            Column(heading="Căn cứ miễn, giảm", share=32),
            Column(heading="Số tiền", share=26, style=CELL_RIGHT),
        ),
        [
            (str(index), charge.description, charge.basis, dong(charge.amount_dong))
            for index, charge in enumerate(charges, start=1)
        ],
        empty="Không có khoản thu.",
        total=("Tổng cộng", "", dong(total_dong)),
    )
    paper.facts(("Bằng chữ", dong_in_words(total_dong)))
