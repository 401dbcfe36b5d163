"""P10, Bản kê đóng túi: every item that was put into one bag, in the order of the list inside it."""

from dataclasses import dataclass
from datetime import datetime

from postal_service.printing.figures import counted, day_of, official_clock, official_date
from postal_service.printing.page import Paper, Signature
from postal_service.printing.signed_head import WHEN_PRINTED, SignedHead, put_head
from postal_service.printing.tables import Column
from postal_service.printing.typesetting import CELL_CENTER


@dataclass(frozen=True, kw_only=True)
class BaggedItem:
    """One sealed envelope in the bag."""

    item_code: str
    seal_number: str
    destination: str
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class BagManifest:
    """What one bag of one dispatch holds."""

    number: str
    bag_code: str
    dispatch_number: str
    operator_name: str
    from_office: str
    to_office: str
    place: str
    seal_number: str
    items: tuple[BaggedItem, ...]
    closed_at: datetime
    packer_name: str
    head: SignedHead | None  # of the ledger, when it was printed


def render(view: BagManifest) -> bytes:
    """The manifest as PDF, A4."""
    paper = Paper(name="BẢN KÊ ĐÓNG TÚI THƯ", number=view.number)
    paper.national_header((view.operator_name, view.from_office))
    paper.title(f"Chuyến thư {view.dispatch_number}")
    paper.bars(view.bag_code)
    paper.facts(
        ("Nơi đóng", view.from_office),
        ("Nơi nhận", view.to_office),
        ("Số niêm phong túi", view.seal_number),
        ("Đóng lúc", official_clock(view.closed_at)),
    )
    paper.table(
        (
            Column(heading="STT", share=12, style=CELL_CENTER),
            Column(heading="Mã bưu gửi", share=38, style=CELL_CENTER),
            Column(heading="Số niêm phong", share=32, style=CELL_CENTER),
            Column(heading="Nơi đến", share=66),
            Column(heading="Ghi chú", share=32),
        ),
        [
            (str(index), item.item_code, item.seal_number, item.destination, item.remark)
            for index, item in enumerate(view.items, start=1)
        ],
        empty="Túi không có bưu gửi nào.",
    )
    paper.facts(("Tổng số bưu gửi", counted(len(view.items))))
    put_head(paper, view.head, heading=WHEN_PRINTED)
    paper.signatures(
        Signature(role="NGƯỜI ĐÓNG TÚI", name=view.packer_name),
        Signature(role="NGƯỜI VẬN CHUYỂN"),
        Signature(role="NGƯỜI MỞ TÚI"),
        dated=f"{view.place}, {official_date(day_of(view.closed_at))}",
    )
    return paper.pdf()
