"""P7, Giấy mời nhận bưu gửi: where the item waits after a failed delivery, until when, and what to bring."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from postal_service.printing.figures import day_of, official_clock, official_date
from postal_service.printing.page import A5_UPRIGHT, Paper, Signature
from postal_service.printing.typesetting import STRONG


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """The first or the second invitation to one addressee; `bring` lists what they must show."""

    round: Literal[1, 2]
    number: str
    operator_name: str
    office_name: str
    office_address: str
    office_hours: str
    office_phone: str
    place: str
    addressee_name: str
    addressee_address: str
    item_code: str
    attempted_at: datetime
    attempt_reason: str
    held_until: date
    bring: tuple[str, ...]
    issued_at: datetime
    courier_name: str
    gives_back: bool = False  # papers of a dossier that ended without a result

    def __post_init__(self) -> None:
        if self.round not in {1, 2}:
            raise ValueError(f"the post invites twice, not {self.round} times")


def render(view: Invitation) -> bytes:
    """The invitation as PDF, A5."""
    paper = Paper(name="GIẤY MỜI NHẬN BƯU GỬI", number=view.number, size=A5_UPRIGHT)
    paper.national_header((view.operator_name, view.office_name))
    paper.title(f"Lần {view.round}")
    paper.bars(view.item_code)
    paper.facts(
        ("Kính gửi", view.addressee_name),
        ("Địa chỉ", view.addressee_address),
    )
    paper.say(
        f"Bưu tá đã đến phát lúc {official_clock(view.attempted_at)} nhưng chưa phát được. "
        f"Lý do: {view.attempt_reason}."
    )
    paper.say("Kính mời ông/bà đến nhận tại:", STRONG)
    # A place that is known by its name alone is not said twice.
    paper.facts(("Bưu cục", view.office_name))
    if view.office_address != view.office_name:
        paper.facts(("Địa chỉ", view.office_address))
    paper.facts(
        ("Giờ mở cửa", view.office_hours),
        ("Điện thoại", view.office_phone),
        ("Giữ đến hết", official_date(view.held_until)),
    )
    paper.say("Xin mang theo:", STRONG)
    for paper_to_bring in view.bring:
        paper.say(f"• {paper_to_bring}")
    if not view.bring:
        paper.say("• Giấy tờ tùy thân")
    paper.say(_what_follows(view), STRONG)
    paper.signatures(
        Signature(role="NGƯỜI MỜI", name=view.courier_name),
        dated=f"{view.place}, {official_date(day_of(view.issued_at))}",
    )
    return paper.pdf()


def _what_follows(view: Invitation) -> str:
    if view.round == 1:
        return (
            "Nếu chưa thể đến, xin gọi bưu cục để hẹn phát lại; bưu điện sẽ mời thêm một lần nữa."
        )
    if view.gives_back:
        return "Đây là lần mời cuối. Quá hạn giữ, giấy tờ được chuyển hoàn cơ quan đã trả."
    return "Đây là lần mời cuối. Quá hạn giữ, kết quả được chuyển hoàn cơ quan đã cấp."
