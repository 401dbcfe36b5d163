"""P8, Giấy ủy quyền nhận kết quả: a template to complete by hand; what is known already is filled in."""

from dataclasses import dataclass
from datetime import date

from postal_service.printing.figures import masked_id, short_date
from postal_service.printing.page import ILLUSTRATIVE_FORM, Paper, Signature
from postal_service.printing.typesetting import NOTE


@dataclass(frozen=True, kw_only=True)
class Authorisation:
    """What the office knows of one authorisation; every empty text becomes a dotted line."""

    dossier_code: str = ""
    item_code: str = ""
    agency_name: str = ""
    procedure_name: str = ""
    owner_name: str = ""
    owner_id: str = ""
    owner_address: str = ""
    authorised_name: str = ""
    authorised_id: str = ""
    authorised_address: str = ""
    relation: str = ""
    gives_back: bool = False  # there is no result: the papers of the dossier come back
    valid_until: date | None = None
    basis_line: str = ILLUSTRATIVE_FORM


def render(view: Authorisation) -> bytes:
    """The template as PDF, A4."""
    paper = Paper(name="GIẤY ỦY QUYỀN", number=view.dossier_code, basis_line=view.basis_line)
    paper.national_header(("(Lập tại nơi ở hoặc bưu cục)",))
    what = "giấy tờ trả lại" if view.gives_back else "kết quả"
    matter = "của hồ sơ" if view.gives_back else "giải quyết"
    paper.title(f"nhận {what} {matter} thủ tục hành chính qua dịch vụ bưu chính công ích")
    paper.section("1. Bên ủy quyền (chủ hồ sơ)")
    paper.facts(
        ("Họ và tên", view.owner_name),
        ("Số định danh", masked_id(view.owner_id)),
        ("Ngày cấp, nơi cấp", ""),
        ("Địa chỉ", view.owner_address),
        ("Điện thoại", ""),
    )
    paper.section("2. Bên được ủy quyền")
    paper.facts(
        ("Họ và tên", view.authorised_name),
        ("Số định danh", masked_id(view.authorised_id)),
        ("Ngày cấp, nơi cấp", ""),
        ("Địa chỉ", view.authorised_address),
        ("Quan hệ với bên ủy quyền", view.relation),
    )
    paper.section("3. Nội dung ủy quyền")
    paper.say(
        f"Bên được ủy quyền thay mặt bên ủy quyền nhận {what}, ký xác nhận"
        f"{'' if view.gives_back else ' và giao lại các bản chính phải nộp lại (nếu có)'} đối với:"
    )
    paper.facts(
        ("Mã hồ sơ", view.dossier_code),
        ("Mã bưu gửi", view.item_code),
        ("Thủ tục hành chính", view.procedure_name),
        (f"Cơ quan {'trả giấy tờ' if view.gives_back else 'cấp kết quả'}", view.agency_name),
        ("Có hiệu lực đến hết ngày", short_date(view.valid_until) if view.valid_until else ""),
    )
    paper.say(
        "Hai bên chịu trách nhiệm về nội dung đã khai. Bên được ủy quyền xuất trình giấy này cùng giấy "
        "tờ tùy thân của mình khi nhận."
    )
    paper.gap()
    paper.say("…………………, ngày …… tháng …… năm …………")
    paper.signatures(
        Signature(role="BÊN ỦY QUYỀN", name=view.owner_name),
        Signature(role="BÊN ĐƯỢC ỦY QUYỀN", name=view.authorised_name),
    )
    paper.gap()
    paper.say("Số định danh đầy đủ chỉ do các bên tự ghi tay, bưu điện không in.", NOTE)
    return paper.pdf()
