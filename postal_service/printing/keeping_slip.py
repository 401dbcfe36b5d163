"""The citizen's own slip of a dossier that the post has taken: look-up PIN and delivery code, printed once and kept nowhere.

A code that took the place of another is printed on one of its own, for whoever receives now. It is no
receipt of the agency: that one names the due date, which is known only when the agency receives.
"""

from dataclasses import dataclass
from datetime import datetime

from postal_service.printing.codes import Correction, qr_symbol
from postal_service.printing.figures import official_clock
from postal_service.printing.page import A5_UPRIGHT, Paper
from postal_service.printing.typesetting import NOTE, STRONG, line

_MODULE_MM = 0.9
_REPLACES = "Mã đã cấp trước đây không còn dùng được."
_REPLACES_FOR_DELEGATE = (
    "Mã này thay mã trên phiếu của chủ hồ sơ. Khi nhận, mang theo giấy tờ tùy thân của mình."
)


@dataclass(frozen=True, kw_only=True)
class KeepingSlip:
    """`delivery_code` is `BG1:…`, or empty when the citizen fetches the result himself.

    Where a courier comes for the dossier, nothing is posted yet: `visit` says when he comes.
    """

    operator_name: str
    office_name: str
    dossier_code: str
    procedure_name: str
    agency_name: str
    item_code: str
    posted_at: datetime | None
    lookup_pin: str
    delivery_code: str
    visit: str = ""
    renewed_at: datetime | None = None  # of a code in place of another; the PIN stays as it was
    for_delegate: bool = False
    tracking_address: str = ""  # where the dossier is looked up by its PIN


def render(view: KeepingSlip) -> bytes:
    """The slip as PDF, A5."""
    whose = "NGƯỜI ĐƯỢC ỦY QUYỀN" if view.for_delegate else "CÔNG DÂN"
    paper = Paper(name=f"PHIẾU GIỮ CỦA {whose}", number=view.dossier_code, size=A5_UPRIGHT)
    paper.national_header((view.operator_name, view.office_name))
    paper.title("Mã nhận kết quả mới" if view.renewed_at else "Mã tra cứu và mã nhận kết quả")
    paper.bars(view.dossier_code, module_mm=0.25)
    paper.facts(
        ("Thủ tục hành chính", view.procedure_name),
        ("Cơ quan giải quyết", view.agency_name),
        ("Bưu gửi", view.item_code),
        _taken(view),
    )
    if view.renewed_at:
        paper.say(_REPLACES_FOR_DELEGATE if view.for_delegate else _REPLACES, NOTE)
    else:
        paper.facts(("Mã tra cứu (PIN)", view.lookup_pin))
        if view.tracking_address:
            paper.facts(("Tra cứu tại", view.tracking_address))
        paper.say(
            "Thời hạn giải quyết tính từ khi cơ quan tiếp nhận; ngày hẹn trả ghi trên giấy tiếp nhận "
            "của cơ quan.",
            NOTE,
        )
    if view.delivery_code:
        paper.gap()
        paper.qr_with(
            qr_symbol(view.delivery_code, version=3, correction=Correction.QUARTILE),
            module_mm=_MODULE_MM,
            beside=(
                line("Mã nhận kết quả", STRONG),
                line("Đưa mã này cho bưu tá quét khi đã nhận đúng phong bì còn nguyên niêm phong."),
                line(
                    "Giữ kín, không gửi cho người khác. Mất phiếu thì báo bưu cục để cấp mã mới.",
                    NOTE,
                ),
            ),
        )
    return paper.pdf()


def _taken(view: KeepingSlip) -> tuple[str, str]:
    if view.renewed_at is not None:
        return "Cấp mã lúc", official_clock(view.renewed_at)
    if view.posted_at is None:
        return "Bưu tá đến nhận", view.visit
    return "Bưu điện nhận lúc", official_clock(view.posted_at)
