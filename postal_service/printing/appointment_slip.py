"""P3, Giấy tiếp nhận hồ sơ và hẹn trả kết quả: when the agency took the dossier and when it answers.

The delivery code is a secret of the citizen: it is printed once, here, and the post does not keep it.
"""

from dataclasses import dataclass
from datetime import datetime

from postal_service.printing.codes import Correction, qr_symbol
from postal_service.printing.figures import (
    day_of,
    dong,
    masked_id,
    masked_phone,
    official_clock,
    official_date,
)
from postal_service.printing.page import ILLUSTRATIVE_FORM, Paper, Signature
from postal_service.printing.paper_counts import ListedPaper, put_papers
from postal_service.printing.typesetting import NOTE, STRONG, line

_MODULE_MM = 0.9


@dataclass(frozen=True, kw_only=True)
class AppointmentSlip:
    """One receipt of a dossier; `delivery_code` is `BG1:…` or empty when the post does not deliver."""

    dossier_code: str
    agency_name: str
    desk_name: str
    place: str
    submitter_name: str
    owner_name: str
    submitter_id: str
    submitter_phone: str
    submitter_email: str
    submitter_address: str
    procedure_code: str
    procedure_name: str
    papers: tuple[ListedPaper, ...]
    sets: int
    legal_time: str
    received_at: datetime
    due_at: datetime
    result_place: str
    fee_dong: int
    lookup_pin: str
    delivery_code: str
    clerk_name: str
    basis_line: str = ILLUSTRATIVE_FORM


def render(view: AppointmentSlip) -> bytes:
    """The slip as PDF, A4."""
    paper = Paper(
        name="GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
        number=view.dossier_code,
        basis_line=view.basis_line,
    )
    paper.national_header((view.agency_name, view.desk_name))
    paper.title()
    paper.bars(view.dossier_code, module_mm=0.25)
    _put_people(paper, view)
    paper.section("Thành phần hồ sơ nộp gồm")
    put_papers(paper, view.papers)
    paper.pairs(("Số lượng hồ sơ", f"{view.sets} bộ"), ("Thời hạn giải quyết", view.legal_time))
    paper.facts(
        ("Tiếp nhận hồ sơ lúc", official_clock(view.received_at)),
        ("Hẹn trả kết quả lúc", official_clock(view.due_at)),
        ("Nhận kết quả tại", view.result_place),
        ("Phí, lệ phí", dong(view.fee_dong)),
        ("Mã tra cứu (PIN)", view.lookup_pin),
    )
    if view.delivery_code:
        _put_delivery_code(paper, view.delivery_code)
    paper.signatures(
        Signature(role="NGƯỜI NỘP HỒ SƠ", name=view.submitter_name),
        Signature(role="NGƯỜI TIẾP NHẬN HỒ SƠ", name=view.clerk_name),
        dated=f"{view.place}, {official_date(day_of(view.received_at))}",
    )
    paper.gap()
    paper.say(
        "Ghi chú: khi nhận kết quả, xin mang theo giấy này, giấy tờ tùy thân, giấy ủy quyền nếu "
        "nhận thay, hoặc giấy giới thiệu nếu là tổ chức.",
        NOTE,
    )
    return paper.pdf()


def _put_people(paper: Paper, view: AppointmentSlip) -> None:
    paper.facts(("Người nộp hồ sơ", view.submitter_name), ("Chủ hồ sơ", view.owner_name))
    paper.pairs(
        ("Số định danh", masked_id(view.submitter_id)),
        ("Điện thoại", masked_phone(view.submitter_phone)),
    )
    if view.submitter_email:
        paper.facts(("Thư điện tử", view.submitter_email))
    paper.facts(
        ("Địa chỉ", view.submitter_address),
        ("Thủ tục hành chính", f"{view.procedure_name} (mã {view.procedure_code})"),
    )


def _put_delivery_code(paper: Paper, delivery_code: str) -> None:
    symbol = qr_symbol(delivery_code, version=3, correction=Correction.QUARTILE)
    paper.qr_with(
        symbol,
        module_mm=_MODULE_MM,
        beside=(
            line("Mã nhận kết quả tại nhà", STRONG),
            line(
                "Đưa mã này cho bưu tá quét khi đã nhận đúng phong bì còn nguyên niêm phong. "
                "Mỗi mã chỉ dùng một lần."
            ),
            line(
                "Giữ kín: không chụp ảnh, không gửi cho người khác. Mất giấy thì báo để cấp mã mới.",
                NOTE,
            ),
        ),
    )
