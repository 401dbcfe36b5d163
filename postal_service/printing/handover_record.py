"""P11 and P12, Biên bản giao nhận: two copies of what passed from hand to hand, counted by both sides.

An item that is missing, opened or differs is not left out: it stands in the reserved lines with its reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, assert_never

from postal_service.printing.codes import Correction, qr_symbol
from postal_service.printing.figures import (
    clock,
    counted,
    day_of,
    dong,
    dong_in_words,
    official_clock,
    official_date,
)
from postal_service.printing.page import ILLUSTRATIVE_FORM, Paper, Signature
from postal_service.printing.signed_head import SignedHead, in_groups, put_head
from postal_service.printing.tables import Column
from postal_service.printing.typesetting import CELL_CENTER, CELL_SMALL, NOTE, STRONG, line

COPIES: Final = ("Bản 1 — bên giao giữ", "Bản 2 — bên nhận giữ")
_RESERVED_LINES: Final = 3
_HASH_GROUP: Final = 16
_ONE_PAGE: Final = 2  # of more items the papers and their hashes fill more than a page
_FEW: Final = 8  # so many hashes have room on one page with the signatures


class Direction(Enum):
    """Which way the envelopes go."""

    DOSSIERS_TO_AGENCY = "dossiers"
    DOSSIERS_TO_POST = "dossiers_back"  # taken at a desk, and carried on by the post
    RESULTS_TO_POST = "results"
    PAPERS_TO_POST = "papers"  # of dossiers that ended without a result
    WITHIN_THE_POST = "within"  # from one to another of the same office
    BETWEEN_OFFICES = "between"  # from one post office to another


@dataclass(frozen=True, kw_only=True)
class HandedItem:
    """One sealed envelope; `seal_state` in words, `due_at` when the agency named the day."""

    item_code: str
    dossier_code: str
    seal_number: str
    seal_state: str
    originals: int
    certified_copies: int
    photocopies: int
    due_at: datetime | None = None
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class Exclusion:
    """One item that was not taken over as listed, and why."""

    item_code: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class SignedBy:
    """When one side signed, with which device and key.

    `claimed_at` is that device's time; `notes` say what else is known of it, in words.
    """

    claimed_at: datetime
    device: str
    fingerprint: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SignedLine:
    """The hashes of both halves of one line; `offered` is empty where the giver showed a code for all."""

    item_code: str
    offered: str
    answered: str


@dataclass(frozen=True, kw_only=True)
class HandoverRecord:
    """One hand-over; `chain_head` is the hash of its last event, `check_link` where to check it.

    `put_out` counts what the giver put out in the same act, whoever took the rest; `offer_code` is
    the hash of the code that his phone showed, if it was one; `head` is the ledger's before it.
    """

    direction: Direction
    number: str
    place: str
    agency_name: str
    office_name: str
    giver_name: str
    giver_unit: str
    receiver_name: str
    receiver_unit: str
    handed_at: datetime
    items: tuple[HandedItem, ...]
    exclusions: tuple[Exclusion, ...]
    money_dong: int
    chain_head: str
    check_link: str
    put_out: int
    giver_signed: SignedBy
    receiver_signed: SignedBy
    recorded_at: datetime
    events: tuple[SignedLine, ...]
    offer_code: str
    head: SignedHead | None
    printed_again_at: datetime | None = None
    basis_line: str = ILLUSTRATIVE_FORM


_TITLES: Final = {
    Direction.DOSSIERS_TO_AGENCY: "Bưu điện giao cho cơ quan giải quyết",
    Direction.RESULTS_TO_POST: "Cơ quan giải quyết giao cho bưu điện",
    Direction.PAPERS_TO_POST: "Cơ quan giải quyết giao cho bưu điện",
    Direction.DOSSIERS_TO_POST: "Nơi tiếp nhận giao cho bưu điện",
    Direction.WITHIN_THE_POST: "Bàn giao giữa hai người của cùng một bưu cục",
    Direction.BETWEEN_OFFICES: "Bàn giao giữa hai bưu cục",
}


def render(view: HandoverRecord) -> bytes:
    """Both copies of the record as PDF, A4; each copy counts its own pages."""
    paper = Paper(name=_name(view.direction), number=view.number, basis_line=view.basis_line)
    return paper.in_copies(
        COPIES, lambda: _put_copy(paper, view), may_shrink=len(view.events) <= _ONE_PAGE
    )


def _name(direction: Direction) -> str:
    match direction:
        case Direction.DOSSIERS_TO_AGENCY | Direction.DOSSIERS_TO_POST:
            return "BIÊN BẢN GIAO NHẬN HỒ SƠ"
        case Direction.RESULTS_TO_POST:
            return "BIÊN BẢN GIAO NHẬN KẾT QUẢ"
        case Direction.PAPERS_TO_POST:
            return "BIÊN BẢN GIAO NHẬN GIẤY TỜ TRẢ LẠI"
        case Direction.WITHIN_THE_POST | Direction.BETWEEN_OFFICES:
            return "BIÊN BẢN GIAO NHẬN BƯU GỬI"
        case _:
            assert_never(direction)


def _put_copy(paper: Paper, view: HandoverRecord) -> None:
    from_agency = view.direction in {
        Direction.RESULTS_TO_POST,
        Direction.PAPERS_TO_POST,
        Direction.DOSSIERS_TO_POST,
    }
    paper.national_header((view.agency_name,) if from_agency else (view.office_name,))
    again = view.printed_again_at
    paper.title(
        _TITLES[view.direction],
        f"Bản in lại lúc {clock(again)} theo sổ; biên bản lập lúc {clock(view.handed_at)}"
        if again
        else "",
    )
    paper.facts(
        ("Thời điểm", official_clock(view.handed_at)),
        ("Địa điểm", view.place),
        ("Bên giao", f"{view.giver_name} — {view.giver_unit}"),
        ("Bên nhận", f"{view.receiver_name} — {view.receiver_unit}"),
    )
    _put_items(paper, view.items)
    if view.put_out > len(view.events):
        paper.say(
            f"Bên giao đưa ra {counted(view.put_out)} bưu gửi trong lần này; "
            f"biên bản ghi {counted(len(view.events))} bưu gửi mà bên nhận đã trả lời.",
            NOTE,
        )
    if view.money_dong:
        money = f"{dong(view.money_dong)} ({dong_in_words(view.money_dong)})"
        paper.facts(("Phí, lệ phí bàn giao kèm theo", money))
    _put_exclusions(paper, view)
    if len(view.events) <= _FEW:  # nobody signs a page that does not say which items
        paper.together(lambda: _put_signing(paper, view))
    else:
        _put_signing(paper, view)


def _put_signing(paper: Paper, view: HandoverRecord) -> None:
    _put_signed(paper, view)
    put_head(paper, view.head, heading="Sổ lưu giữ trước biên bản này")
    _put_chain(paper, view)
    paper.signatures(
        Signature(role="BÊN GIAO", name=view.giver_name),
        Signature(role="BÊN NHẬN", name=view.receiver_name),
        attest="Hai bên đã cùng kiểm tra niêm phong, kiểm đếm và thống nhất số liệu trên. Biên bản lập "
        "thành 02 bản, mỗi bên giữ một bản.",
        dated=f"{view.place}, {official_date(day_of(view.handed_at))}",
    )


def _put_items(paper: Paper, items: Sequence[HandedItem]) -> None:
    with_due = any(item.due_at for item in items)
    originals = sum(item.originals for item in items)
    certified = sum(item.certified_copies for item in items)
    photocopies = sum(item.photocopies for item in items)
    last = Column(heading="Ngày hẹn trả" if with_due else "Ghi chú", share=24, style=CELL_CENTER)
    paper.table(
        (
            Column(heading="STT", share=9, style=CELL_CENTER),
            Column(heading="Mã bưu gửi / mã hồ sơ", share=43),
            Column(heading="Số niêm phong", share=25, style=CELL_CENTER),
            Column(heading="Tình trạng niêm phong", share=25, style=CELL_CENTER),
            Column(heading="Bản chính", share=14, style=CELL_CENTER),
            Column(heading="Bản CT", share=13, style=CELL_CENTER),
            Column(heading="Bản photo", share=14, style=CELL_CENTER),
            last,
        ),
        [
            (
                str(index),
                f"{item.item_code} {item.dossier_code}",
                item.seal_number,
                item.seal_state,
                str(item.originals),
                str(item.certified_copies),
                str(item.photocopies),
                " ".join(
                    part
                    for part in (clock(item.due_at) if item.due_at else "", item.remark)
                    if part
                ),
            )
            for index, item in enumerate(items, start=1)
        ],
        empty="Không có bưu gửi nào được bàn giao.",
        total=("Tổng cộng", "", "", str(originals), str(certified), str(photocopies), ""),
    )
    paper.pairs(
        ("Số bưu gửi", counted(len(items))),
        ("Bản chính", counted(originals)),
        ("Bản chứng thực (CT)", counted(certified)),
        ("Bản photo", counted(photocopies)),
    )


def _put_exclusions(paper: Paper, view: HandoverRecord) -> None:
    paper.section("Không nhận hoặc có sai lệch (lập biên bản)")
    if view.exclusions:
        paper.table(
            (
                Column(heading="STT", share=10, style=CELL_CENTER),
                Column(heading="Mã bưu gửi", share=40, style=CELL_CENTER),
                Column(heading="Lý do", share=130),
            ),
            [
                (str(index), excluded.item_code, excluded.reason)
                for index, excluded in enumerate(view.exclusions, start=1)
            ],
            empty="Không có.",
        )
        paper.facts(("Số bưu gửi lập biên bản", counted(len(view.exclusions))))
        return
    paper.say("Không có trong sổ. Ghi thêm bằng tay, cả hai bên ký nháy từng dòng:", NOTE)
    paper.blanks(min(_RESERVED_LINES, len(view.events) + 1))


def _put_signed(paper: Paper, view: HandoverRecord) -> None:
    """Who signed in the system, when and with which key; and the hash of every event."""
    paper.section("Chữ ký trong hệ thống")
    paper.facts(
        ("Bên giao", _signature(view.giver_name, view.giver_signed)),
        ("Bên nhận", _signature(view.receiver_name, view.receiver_signed)),
        ("Ghi vào sổ lúc", clock(view.recorded_at)),
    )
    if view.offer_code:
        paper.facts(("Mã đề nghị bên giao đã đưa (SHA-256)", view.offer_code))
    paper.table(
        (
            Column(heading="STT", share=9, style=CELL_CENTER),
            Column(heading="Mã bưu gửi", share=32, style=CELL_CENTER),
            Column(heading="Mã băm sự kiện bên giao (SHA-256)", share=65, style=CELL_SMALL),
            Column(heading="Mã băm sự kiện bên nhận (SHA-256)", share=65, style=CELL_SMALL),
        ),
        [
            (
                str(index),
                signed.item_code,
                in_groups(signed.offered, _HASH_GROUP) or "theo mã đề nghị",
                in_groups(signed.answered, _HASH_GROUP),
            )
            for index, signed in enumerate(view.events, start=1)
        ],
        empty="Không có sự kiện nào.",
    )


def _signature(name: str, signed: SignedBy) -> str:
    at = clock(signed.claimed_at)
    if signed.notes:
        at += f" ({'; '.join(signed.notes)})"
    return f"{name}, {at}, máy {signed.device}, khóa {signed.fingerprint}"


def _put_chain(paper: Paper, view: HandoverRecord) -> None:
    symbol = qr_symbol(view.check_link, version=3, correction=Correction.MEDIUM, largest=10)
    paper.gap()
    paper.qr_with(
        symbol,
        module_mm=0.75,
        beside=(
            line("Đầu chuỗi lưu giữ", STRONG),
            line(view.chain_head, CELL_SMALL),
            line("Quét mã để đối chiếu biên bản này với sổ điện tử.", NOTE),
        ),
    )
