"""P3, Giấy tiếp nhận hồ sơ và hẹn trả kết quả: when the agency took the dossier and when it answers.

The delivery code is a secret of the citizen: it is printed once, when the dossier is taken, and the
post does not keep it. The same slip is printed again without it from what is recorded.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from postal_service.printing.codes import Correction, qr_symbol
from postal_service.printing.figures import (
    clock,
    day_of,
    dong,
    masked_id,
    masked_phone,
    official_clock,
    official_date,
)
from postal_service.printing.page import ILLUSTRATIVE_FORM, Paper, Signature
from postal_service.printing.paper_counts import ListedPaper, put_papers
from postal_service.printing.tables import Column
from postal_service.printing.typesetting import CELL_CENTER, NOTE, STRONG, line

_MODULE_MM = 0.9


NEVER_AGAIN: Final = (
    "Mã tra cứu (PIN) và mã nhận kết quả chỉ có trên giấy cấp khi tiếp nhận. Tra cứu được bằng 4 số cuối "
    "điện thoại đã đăng ký; mất mã nhận kết quả thì báo quầy để cấp mã mới."
)


@dataclass(frozen=True, kw_only=True)
class DueChange:
    """What was done after the reception, and the date it left the citizen with."""

    at: datetime
    what: str
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class AppointmentSlip:
    """One receipt of a dossier; `delivery_code` is `BG1:…` or empty when the post does not deliver.

    Printed again it has no secret, since nobody keeps them: `lookup_pin` is empty then. `due_at` is
    none while the clock stands, or where nobody set one. `changes` are told where there were any, and how the dossier stands.
    """

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
    due_at: datetime | None
    result_place: str
    fee_dong: int
    lookup_pin: str
    delivery_code: str
    clerk_name: str
    fee_state: str = ""
    printed_again_at: datetime | None = None
    standing: str = ""
    changes: tuple[DueChange, ...] = ()
    basis_line: str = ILLUSTRATIVE_FORM
    tracking_address: str = ""  # where the dossier is looked up


def render(view: AppointmentSlip) -> bytes:
    """The slip as PDF, A4."""
    paper = Paper(
        name="GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
        number=view.dossier_code,
        basis_line=view.basis_line,
    )
    paper.national_header((view.agency_name, view.desk_name))
    again = view.printed_again_at
    paper.title(f"Bản in lại lúc {clock(again)} theo dữ liệu đang ghi" if again else "")
    paper.bars(view.dossier_code, module_mm=0.25)
    _put_people(paper, view)
    paper.section("Thành phần hồ sơ nộp gồm")
    put_papers(paper, view.papers)
    paper.pairs(("Số lượng hồ sơ", f"{view.sets} bộ"), ("Thời hạn giải quyết", view.legal_time))
    paper.facts(
        ("Tiếp nhận hồ sơ lúc", official_clock(view.received_at)),
        (
            "Hẹn trả kết quả lúc",
            official_clock(view.due_at) if view.due_at else "hiện chưa có ngày hẹn",
        ),
        ("Nhận kết quả tại", view.result_place),
        ("Phí, lệ phí", " — ".join(part for part in (dong(view.fee_dong), view.fee_state) if part)),
    )
    _put_changes(paper, view)
    if view.lookup_pin:
        paper.facts(("Mã tra cứu (PIN)", view.lookup_pin))
    else:
        paper.say(NEVER_AGAIN, NOTE)
    if view.tracking_address:
        paper.facts(("Tra cứu tại", view.tracking_address))
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


def _put_changes(paper: Paper, view: AppointmentSlip) -> None:
    if view.standing:
        paper.facts(("Tình trạng hồ sơ khi in", view.standing))
    if not view.changes:
        return
    paper.section("Từ khi tiếp nhận")
    paper.table(
        (
            Column(heading="Lúc", share=30, style=CELL_CENTER),
            Column(heading="Việc", share=90),
            Column(heading="Hẹn trả kết quả", share=40, style=CELL_CENTER),
        ),
        [
            (clock(each.at), each.what, clock(each.due_at) if each.due_at else "tạm dừng")
            for each in view.changes
        ],
        empty="Không có thay đổi nào.",
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
