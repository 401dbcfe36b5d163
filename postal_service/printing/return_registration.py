"""P6, Phiếu đăng ký nhận kết quả qua bưu chính công ích: to whom and where the result is to be brought, signed by both."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from postal_service.printing.figures import (
    day_of,
    dong,
    masked_id,
    masked_phone,
    official_clock,
    official_date,
)
from postal_service.printing.page import ILLUSTRATIVE_FORM, Paper, Signature

COPIES: Final = ("Bản 1 — người đăng ký giữ", "Bản 2 — bưu điện giữ")


@dataclass(frozen=True, kw_only=True)
class ReturnRegistration:
    """One registration; `give_back` are the papers that the courier takes at the door."""

    number: str
    operator_name: str
    office_name: str
    place: str
    agency_name: str
    procedure_code: str
    procedure_name: str
    applicant_name: str
    applicant_id: str
    receiver_name: str
    receiver_phone: str
    receiver_address: str
    result_item: str
    postage_dong: int | None  # none: nothing was entered for postage
    postage_state: str
    give_back: tuple[str, ...]
    registered_at: datetime
    clerk_name: str
    basis_line: str = ILLUSTRATIVE_FORM


def render(view: ReturnRegistration) -> bytes:
    """Both copies of the registration as PDF, A4."""
    paper = Paper(name="PHIẾU ĐĂNG KÝ NHẬN KẾT QUẢ", number=view.number, basis_line=view.basis_line)
    return paper.in_copies(COPIES, lambda: _put_copy(paper, view))


def _put_copy(paper: Paper, view: ReturnRegistration) -> None:
    paper.national_header((view.operator_name, view.office_name))
    paper.title("tại nhà, qua dịch vụ bưu chính công ích")
    paper.section("1. Hồ sơ")
    paper.facts(
        ("Mã hồ sơ", view.number),
        ("Thủ tục hành chính", f"{view.procedure_name} (mã {view.procedure_code})"),
        ("Cơ quan giải quyết", view.agency_name),
    )
    paper.pairs(
        ("Người đăng ký", view.applicant_name),
        ("Số định danh", masked_id(view.applicant_id)),
    )
    paper.section("2. Người nhận kết quả")
    paper.facts(
        ("Họ và tên", view.receiver_name),
        ("Điện thoại", masked_phone(view.receiver_phone)),
        ("Địa chỉ phát", view.receiver_address),
    )
    if view.result_item:
        paper.facts(("Mã bưu gửi kết quả", view.result_item))
    paper.section("3. Cước bưu chính")
    amount = (
        "" if view.postage_dong is None else f"{dong(view.postage_dong)} — {view.postage_state}"
    )
    paper.facts(("Cước trả kết quả", amount))
    paper.section("4. Khi nhận, xin chuẩn bị")
    for each in (
        "Giấy tờ tùy thân của người nhận; giấy ủy quyền hoặc giấy giới thiệu nếu nhận thay",
        "Mã nhận kết quả in trên giấy hẹn hoặc phiếu giữ; chỉ đưa mã khi phong bì còn nguyên niêm phong",
        *(f"Giao lại cho bưu tá bản chính: {taken}" for taken in view.give_back),
    ):
        paper.say(f"• {each}")
    paper.facts(("Đăng ký lúc", official_clock(view.registered_at)))
    paper.signatures(
        Signature(role="NGƯỜI ĐĂNG KÝ", name=view.applicant_name),
        Signature(role="NGƯỜI TIẾP NHẬN", name=view.clerk_name),
        attest="Người đăng ký đề nghị bưu điện nhận kết quả tại cơ quan và phát đến địa chỉ trên. Phiếu "
        "lập thành 02 bản, mỗi bên giữ một bản.",
        dated=f"{view.place}, {official_date(day_of(view.registered_at))}",
    )
