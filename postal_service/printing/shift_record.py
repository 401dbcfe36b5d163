"""P18, Biên bản bàn giao ca: what the outgoing clerk holds and what lies in till and purse, beside what was counted.

The paper moves nothing: an item changes hands when the one who comes signs for it in the system, and
what cannot go over yet is listed with its reason. A surplus of one line never fills another.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from postal_service.printing.counted_money import CountedLine, agree, put_counted
from postal_service.printing.figures import (
    clock,
    counted,
    day_of,
    official_clock,
    official_date,
)
from postal_service.printing.page import Paper, Signature
from postal_service.printing.tables import Column
from postal_service.printing.typesetting import CELL_CENTER, NOTE, STRONG

COPIES: Final = ("Bản 1 — người giao ca giữ", "Bản 2 — người nhận ca giữ")


@dataclass(frozen=True, kw_only=True)
class HeldItem:
    """One item or bag; `stays` says why it is not offered, "" where it is."""

    item_code: str
    dossier_code: str
    kind: str
    state: str
    seal_number: str
    stays: str = ""


@dataclass(frozen=True, kw_only=True)
class OpenHandover:
    """A hand-over with another place that one side has signed."""

    giver: str
    taker: str
    items: int
    since: datetime


@dataclass(frozen=True, kw_only=True)
class ShiftRecord:
    """One shift; `why` is told where a line's count differs."""

    number: str
    operator_name: str
    office_name: str
    place: str
    giver_name: str
    taker_name: str
    handed_at: datetime
    items: tuple[HeldItem, ...]
    by_state: tuple[tuple[str, int], ...]
    bags: int
    open_handovers: tuple[OpenHandover, ...]
    cash: tuple[CountedLine, ...]
    why: str
    offer_codes: tuple[str, ...]


def render(view: ShiftRecord) -> bytes:
    """Both copies of the record as PDF, A4."""
    paper = Paper(name="BIÊN BẢN BÀN GIAO CA", number=view.number)
    return paper.in_copies(COPIES, lambda: _put_copy(paper, view))


def _put_copy(paper: Paper, view: ShiftRecord) -> None:
    paper.national_header((view.operator_name, view.office_name))
    paper.title("kèm kiểm quỹ cuối ca")
    paper.facts(
        ("Người giao ca", view.giver_name),
        ("Người nhận ca", view.taker_name),
        ("Đơn vị", view.office_name),
        ("Bàn giao lúc", official_clock(view.handed_at)),
    )
    _put_cash(paper, view)
    _put_items(paper, view)
    _put_open(paper, view)
    paper.signatures(
        Signature(role="NGƯỜI GIAO CA", name=view.giver_name),
        Signature(role="NGƯỜI NHẬN CA", name=view.taker_name),
        attest="Hai bên đã cùng kiểm đếm bưu gửi, niêm phong và tiền mặt theo biên bản này. Biên bản "
        "lập thành 02 bản, mỗi bên giữ một bản.",
        dated=f"{view.place}, {official_date(day_of(view.handed_at))}",
    )


def _put_cash(paper: Paper, view: ShiftRecord) -> None:
    paper.section("1. Kiểm quỹ")
    put_counted(
        paper,
        view.cash,
        books="Sổ ghi",
        empty="Sổ không ghi khoản tiền mặt nào; đếm không thấy tiền.",
    )
    if not agree(view.cash):
        paper.facts(("Lý do chênh lệch", view.why))
    paper.say(
        "Sổ ghi gồm tiền người giao ca đã thu chưa nộp và tiền đã nộp quỹ tại đơn vị, chưa chuyển cho "
        "chủ khoản thu. Tiền đã thu chưa nộp vẫn đứng tên người giao ca cho đến khi thủ quỹ đếm nhận.",
        NOTE,
    )


def _put_items(paper: Paper, view: ShiftRecord) -> None:
    paper.section(f"2. Bưu gửi đang giữ: {counted(len(view.items))}, trong đó túi thư: {view.bags}")
    paper.pairs(*((state[:1].upper() + state[1:], str(count)) for state, count in view.by_state))
    paper.table(
        (
            Column(heading="STT", share=10, style=CELL_CENTER),
            Column(heading="Mã bưu gửi / mã hồ sơ", share=42),
            Column(heading="Loại", share=24),
            Column(heading="Trạng thái", share=28),
            Column(heading="Niêm phong", share=38, style=CELL_CENTER),
            Column(heading="Bàn giao", share=38),
        ),
        [
            (
                str(index),
                " · ".join(code for code in (item.item_code, item.dossier_code) if code),
                item.kind,
                item.state,
                item.seal_number or "chưa niêm phong",
                f"ở lại: {item.stays}" if item.stays else "đã đề nghị bàn giao",
            )
            for index, item in enumerate(view.items, start=1)
        ],
        empty="Không giữ bưu gửi nào.",
    )
    if view.offer_codes:
        paper.facts(("Mã bàn giao", ", ".join(view.offer_codes)))
        paper.say(
            "Bưu gửi chuyển sang người nhận ca khi người đó ký nhận trong hệ thống.",
            STRONG,
        )


def _put_open(paper: Paper, view: ShiftRecord) -> None:
    paper.section(f"3. Bàn giao còn dở với nơi khác: {counted(len(view.open_handovers))}")
    paper.table(
        (
            Column(heading="STT", share=10, style=CELL_CENTER),
            Column(heading="Bên giao", share=60),
            Column(heading="Bên nhận", share=60),
            Column(heading="Số bưu gửi", share=20, style=CELL_CENTER),
            Column(heading="Từ lúc", share=30, style=CELL_CENTER),
        ),
        [
            (str(index), each.giver, each.taker, str(each.items), clock(each.since))
            for index, each in enumerate(view.open_handovers, start=1)
        ],
        empty="Không có bàn giao nào đang dở.",
    )
