"""Phiếu kiểm soát quá trình giải quyết hồ sơ: told anew from the ledger, a row for each time the papers changed hands.

The trace is recorded with two signatures for each hop, so nobody signs this print for what is in it.
"""

from dataclasses import dataclass
from datetime import datetime

from postal_service.printing.agency_letter import issuer, recorded_line
from postal_service.printing.codes import Correction, qr_symbol
from postal_service.printing.figures import clock, counted, day_of, official_clock, official_date
from postal_service.printing.page import Paper, Signature
from postal_service.printing.tables import Column
from postal_service.printing.typesetting import CELL_CENTER, CELL_SMALL, NOTE, STRONG, line


@dataclass(frozen=True, kw_only=True)
class Hop:
    """Papers that went from one pair of hands to another; `standing` is against the date that bound then."""

    at: datetime
    giver: str
    taker: str
    standing: str
    note: str


@dataclass(frozen=True, kw_only=True)
class ControlSlip:
    """A dossier's way; `chain_head` is the hash of its newest event, empty where it has none."""

    dossier_code: str
    agency_name: str
    desk_name: str
    place: str
    procedure_code: str
    procedure_name: str
    received_at: datetime | None
    due_at: datetime | None
    state: str
    hops: tuple[Hop, ...]
    chain_head: str
    check_link: str
    printed_at: datetime
    officer_name: str
    issued_as: str = ""


def render(view: ControlSlip) -> bytes:
    """The slip as PDF, A4."""
    paper = Paper(
        name="PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ",
        number=view.dossier_code,
        basis_line=recorded_line(view.issued_as),
    )
    paper.national_header(issuer(view.agency_name, view.desk_name))
    paper.title()
    paper.bars(view.dossier_code, module_mm=0.25)
    paper.facts(
        ("Thủ tục hành chính", f"{view.procedure_name} (mã {view.procedure_code})"),
        ("Tiếp nhận hồ sơ lúc", _told(view.received_at, "chưa tiếp nhận chính thức")),
        ("Hẹn trả kết quả lúc", _told(view.due_at, "chưa có, hoặc thời hạn đang tạm dừng")),
        ("Tình trạng khi in", view.state),
    )
    _put_hops(paper, view.hops)
    if view.chain_head:
        _put_chain(paper, view)
    paper.signatures(
        Signature(role="NGƯỜI IN PHIẾU", name=view.officer_name),
        attest="Mỗi lần giao nhận đã được hai bên ký trên thiết bị và ghi vào sổ điện tử; giờ ghi ở trên là giờ "
        "trên thiết bị đã ký; giờ ước tính được ghi thêm khi giờ ấy không thể đúng, và khi đó kết quả xét theo giờ ước tính.",
        dated=f"{view.place}, {official_date(day_of(view.printed_at))}",
    )
    return paper.pdf()


def _told(at: datetime | None, otherwise: str) -> str:
    return official_clock(at) if at is not None else otherwise


def _put_hops(paper: Paper, hops: tuple[Hop, ...]) -> None:
    paper.section("Các lần giao, nhận")
    paper.table(
        (
            Column(heading="STT", share=10, style=CELL_CENTER),
            Column(heading="Bên giao", share=46),
            Column(heading="Bên nhận", share=46),
            Column(heading="Thời gian", share=25, style=CELL_CENTER),
            Column(heading="Kết quả", share=22, style=CELL_CENTER),
            Column(heading="Ghi chú", share=34, style=CELL_SMALL),
        ),
        [
            (str(index), hop.giver, hop.taker, clock(hop.at), hop.standing, hop.note)
            for index, hop in enumerate(hops, start=1)
        ],
        empty="Sổ chưa ghi lần giao nhận nào.",
    )
    paper.facts(("Số lần giao nhận", counted(len(hops))))


def _put_chain(paper: Paper, view: ControlSlip) -> None:
    symbol = qr_symbol(view.check_link, version=3, correction=Correction.MEDIUM, largest=10)
    paper.qr_with(
        symbol,
        module_mm=0.75,
        beside=(
            line("Đầu chuỗi lưu giữ", STRONG),
            line(view.chain_head, CELL_SMALL),
            line("Quét mã để đối chiếu phiếu này với sổ điện tử.", NOTE),
        ),
    )
