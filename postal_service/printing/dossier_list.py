"""P2, Phiếu gửi hồ sơ: what the citizen gave the post, counted and sealed in front of them.

Both sign, so it is printed twice: the citizen keeps one, the post the other.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from postal_service.printing.figures import clock, day_of, masked_id, masked_phone, official_date
from postal_service.printing.page import ILLUSTRATIVE_FORM, Paper, Signature
from postal_service.printing.paper_counts import ListedPaper, put_papers

BY_HAND: Final = "………………"
DAY_BY_HAND: Final = "ngày …… tháng …… năm …………"
COPIES: Final = ("Bản 1 — người gửi giữ", "Bản 2 — bưu điện giữ")


@dataclass(frozen=True, kw_only=True)
class DossierList:
    """The consignment note of one dossier. What is signed at the door is dated there, by hand."""

    number: str
    operator_name: str
    office_name: str
    place: str
    sender_name: str
    sender_id: str
    sender_phone: str
    sender_address: str
    agency_name: str
    agency_address: str
    procedure_code: str
    procedure_name: str
    item_code: str
    seal_number: str
    papers: tuple[ListedPaper, ...]
    posted_at: datetime | None  # none where a courier comes for the papers
    clerk_name: str
    remarks: str = ""
    basis_line: str = ILLUSTRATIVE_FORM


def render(view: DossierList) -> bytes:
    """Both copies of the consignment note as PDF, A4."""
    paper = Paper(name="PHIẾU GỬI HỒ SƠ", number=view.number, basis_line=view.basis_line)
    return paper.in_copies(COPIES, lambda: _put_copy(paper, view))


def _put_copy(paper: Paper, view: DossierList) -> None:
    at = view.posted_at
    paper.national_header((view.operator_name, view.office_name))
    paper.title("kiêm danh mục tài liệu gửi qua dịch vụ bưu chính công ích")
    paper.bars(view.item_code)
    paper.section("1. Người gửi")
    paper.facts(("Họ và tên", view.sender_name))
    paper.pairs(
        ("Số định danh", masked_id(view.sender_id)),
        ("Điện thoại", masked_phone(view.sender_phone)),
    )
    paper.facts(("Địa chỉ", view.sender_address))
    paper.section("2. Nơi nhận hồ sơ")
    paper.facts(
        ("Cơ quan", view.agency_name),
        ("Địa chỉ", view.agency_address),
        ("Thủ tục hành chính", f"{view.procedure_name} (mã {view.procedure_code})"),
    )
    paper.section("3. Danh mục tài liệu")
    put_papers(paper, view.papers)
    paper.section("4. Niêm phong")
    paper.facts(
        ("Số niêm phong", view.seal_number),
        ("Giờ chấp nhận", clock(at) if at else BY_HAND),
    )
    if view.remarks:
        paper.facts(("Nội dung khác", view.remarks))
    paper.signatures(
        Signature(role="NGƯỜI GỬI", name=view.sender_name),
        Signature(role="NHÂN VIÊN BƯU CHÍNH", name=view.clerk_name),
        attest="Hai bên đã cùng kiểm đếm, đối chiếu giấy tờ theo danh mục cơ quan công bố; hồ sơ được "
        "đóng gói và niêm phong trước mặt người gửi. Phiếu lập thành 02 bản, mỗi bên giữ một bản.",
        dated=f"{view.place}, {official_date(day_of(at)) if at else DAY_BY_HAND}",
    )
