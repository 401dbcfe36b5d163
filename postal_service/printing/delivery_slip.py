"""P14, Phiếu xác nhận phát: who took the result, on what proof, and which originals came back for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from postal_service.printing.figures import (
    counted,
    day_of,
    dong,
    masked_id,
    official_clock,
    official_date,
)
from postal_service.printing.page import ILLUSTRATIVE_FORM, Paper, Signature
from postal_service.printing.tables import Column
from postal_service.printing.typesetting import CELL_CENTER, CELL_RIGHT, CELL_SMALL, NOTE, line


@dataclass(frozen=True, kw_only=True)
class RecoveredOriginal:
    """One old paper the receiver gave up in exchange; its serial is masked like a personal number."""

    name: str
    serial: str
    sheets: int


@dataclass(frozen=True, kw_only=True)
class TakenCharge:
    """One charge taken when the result was handed over; `means` is how, with its number if it has one."""

    name: str
    means: str
    amount_dong: int


@dataclass(frozen=True, kw_only=True)
class DeliverySlip:
    """One delivery; `standing` says in what right the receiver took it, `proof` how it was shown."""

    number: str
    operator_name: str
    office_name: str
    place: str
    item_code: str
    dossier_code: str
    agency_name: str
    seal_number: str
    seal_state: str
    owner_name: str
    receiver_name: str
    receiver_id: str
    receiver_paper: str  # of somebody who was not named in the dossier
    standing: str
    proof: str
    delivered_at: datetime
    address: str
    recovered: tuple[RecoveredOriginal, ...]
    taken: tuple[TakenCharge, ...]
    giver_name: str  # a courier at the door, a clerk at the counter
    event_hash: str
    gives_back: bool = False  # papers of a dossier that ended without a result
    basis_line: str = ILLUSTRATIVE_FORM


def render(view: DeliverySlip) -> bytes:
    """The confirmation as PDF, A4."""
    paper = Paper(name="PHIẾU XÁC NHẬN PHÁT", number=view.number, basis_line=view.basis_line)
    paper.national_header((view.operator_name, view.office_name))
    paper.title(
        "giấy tờ trả lại của hồ sơ thủ tục hành chính"
        if view.gives_back
        else "kết quả giải quyết thủ tục hành chính"
    )
    paper.bars(view.item_code)
    paper.section("1. Bưu gửi")
    paper.facts(
        ("Mã hồ sơ", view.dossier_code),
        (f"Cơ quan {'trả giấy tờ' if view.gives_back else 'cấp kết quả'}", view.agency_name),
        ("Chủ hồ sơ", view.owner_name),
        ("Niêm phong", f"{view.seal_number} — {view.seal_state}"),
    )
    paper.section("2. Người nhận")
    paper.facts(
        ("Họ và tên", view.receiver_name),
        ("Số định danh", masked_id(view.receiver_id)),
        ("Tư cách nhận", view.standing),
        *(
            (("Giấy ủy quyền, giấy giới thiệu", view.receiver_paper),)
            if view.receiver_paper
            else ()
        ),
        ("Xác nhận bằng", view.proof),
        ("Nơi phát", view.address),
        ("Phát lúc", official_clock(view.delivered_at)),
    )
    _put_money(paper, view.taken)
    paper.section("4. Bản chính thu hồi")
    paper.table(
        (
            Column(heading="STT", share=10, style=CELL_CENTER),
            Column(heading="Tên giấy tờ", share=90),
            Column(heading="Số hiệu", share=50, style=CELL_CENTER),
            Column(heading="Số tờ", share=30, style=CELL_CENTER),
        ),
        [
            (str(index), original.name, masked_id(original.serial), str(original.sheets))
            for index, original in enumerate(view.recovered, start=1)
        ],
        empty="Không có bản chính nào phải thu hồi.",
    )
    paper.facts(("Số tờ thu hồi", counted(sum(original.sheets for original in view.recovered))))
    paper.put(line(f"Mã băm sự kiện phát: {view.event_hash}", CELL_SMALL))
    paper.say("Chữ ký trên giấy hay trên màn hình là bằng chứng nhận, không phải chữ ký số.", NOTE)
    paper.signatures(
        Signature(role="NGƯỜI NHẬN", name=view.receiver_name),
        Signature(role="NGƯỜI PHÁT", name=view.giver_name),
        dated=f"{view.place}, {official_date(day_of(view.delivered_at))}",
    )
    return paper.pdf()


def _put_money(paper: Paper, taken: Sequence[TakenCharge]) -> None:
    """Each charge by itself: they have different owners and different receipts."""
    paper.section("3. Tiền đã thu khi phát")
    paper.table(
        (
            Column(heading="STT", share=10, style=CELL_CENTER),
            Column(heading="Khoản", share=60),
            Column(heading="Cách nộp", share=70),
            Column(heading="Số tiền", share=40, style=CELL_RIGHT),
        ),
        [
            (str(index), each.name, each.means, dong(each.amount_dong))
            for index, each in enumerate(taken, start=1)
        ],
        empty="Không thu khoản nào khi phát.",
        total=("Tổng cộng", "", dong(sum(each.amount_dong for each in taken)))
        if len(taken) > 1
        else None,
    )
