"""P5, Phiếu chuyển khoản: one charge, one account, one VietQR code. A second charge has a slip of its own.

It asks for money and proves no payment: the receipt does.
"""

from dataclasses import dataclass
from datetime import datetime

from postal_service.printing.codes import Correction, qr_symbol
from postal_service.printing.figures import dong, dong_in_words, official_clock
from postal_service.printing.page import A5_UPRIGHT, Paper
from postal_service.printing.typesetting import NOTE, STRONG, labelled, line

_MODULE_MM = 0.85
_SMALLEST, _LARGEST = 6, 12


@dataclass(frozen=True, kw_only=True)
class TransferSlip:
    """One transfer to ask for; `payload` is the text of its code, which says the same as the lines beside it."""

    number: str
    operator_name: str
    office_name: str
    line_name: str
    goes_to: str
    dossier_code: str
    procedure_name: str
    holder: str
    bank_bin: str
    account_number: str
    amount_dong: int
    purpose: str
    payload: str
    printed_at: datetime

    def __post_init__(self) -> None:
        if self.amount_dong <= 0:
            raise ValueError(f"nobody is asked to transfer nothing: {self.number}")


def render(view: TransferSlip) -> bytes:
    """The slip as PDF, A5."""
    paper = Paper(name="PHIẾU CHUYỂN KHOẢN", number=view.number, size=A5_UPRIGHT)
    paper.national_header((view.operator_name, view.office_name))
    paper.title(view.line_name)
    paper.facts(
        ("Mã hồ sơ", view.dossier_code),
        ("Thủ tục hành chính", view.procedure_name),
        ("Nộp về", view.goes_to),
    )
    symbol = qr_symbol(
        view.payload, version=_SMALLEST, correction=Correction.MEDIUM, largest=_LARGEST
    )
    paper.gap()
    paper.qr_with(
        symbol,
        module_mm=_MODULE_MM,
        beside=(
            line("Quét bằng ứng dụng ngân hàng", STRONG),
            labelled("Số tiền", dong(view.amount_dong)),
            labelled("Số tài khoản", view.account_number),
            labelled("Mã ngân hàng", view.bank_bin),
            labelled("Chủ tài khoản", view.holder),
            labelled("Nội dung", view.purpose),
        ),
    )
    paper.facts(
        ("Bằng chữ", dong_in_words(view.amount_dong)),
        ("In lúc", official_clock(view.printed_at)),
    )
    paper.say(
        "Giữ nguyên số tiền và nội dung: khoản tiền được đối chiếu theo nội dung này. Phí, lệ phí và "
        "cước bưu chính là hai khoản riêng, mỗi khoản một phiếu, không gộp, không bù trừ.",
        NOTE,
    )
    paper.say("Phiếu này chưa phải biên nhận. Biên nhận được in khi tiền đã về tài khoản.", NOTE)
    return paper.pdf()
