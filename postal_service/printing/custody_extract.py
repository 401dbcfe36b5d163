"""P22, Trích lục chuỗi lưu giữ: one row for each event with its hash, so that a court can check it without us."""

from dataclasses import dataclass
from datetime import datetime

from postal_service.domain.wording_numbers import in_figures
from postal_service.printing.codes import Correction, qr_symbol
from postal_service.printing.figures import clock, counted, day_of, official_date
from postal_service.printing.page import A4_ACROSS, Paper, Signature
from postal_service.printing.signed_head import in_groups
from postal_service.printing.tables import Column
from postal_service.printing.typesetting import CELL_CENTER, CELL_SMALL, STRONG, line


@dataclass(frozen=True, kw_only=True)
class ExtractEvent:
    """One event of the ledger; `claimed_at` is the device's time, `received_at` the server's.

    `estimated_at` is set where the device's time cannot be true.
    """

    index: int
    claimed_at: datetime
    estimated_at: datetime | None
    received_at: datetime
    act: str
    holder: str
    place: str
    seal: str
    leaf_hash: str


@dataclass(frozen=True, kw_only=True)
class BoundReceiver:
    """Who received for another, and what makes the `pc` of that delivery: SHA-256 over salt and words."""

    index: int
    name: str
    paper: str
    salt: str
    commitment: str


@dataclass(frozen=True, kw_only=True)
class CustodyExtract:
    """The custody of one item as the ledger told it at one checkpoint."""

    number: str
    operator_name: str
    office_name: str
    place: str
    item_code: str
    dossier_code: str
    requested_by: str
    purpose: str
    extracted_at: datetime
    events: tuple[ExtractEvent, ...]
    receivers: tuple[BoundReceiver, ...]
    log_origin: str
    log_size: int
    log_root: str
    check_link: str
    issuer_name: str


def render(view: CustodyExtract) -> bytes:
    """The extract as PDF, A4 across."""
    paper = Paper(name="TRÍCH LỤC CHUỖI LƯU GIỮ", number=view.number, size=A4_ACROSS)
    paper.national_header((view.operator_name, view.office_name))
    paper.title(f"Bưu gửi {view.item_code}")
    paper.pairs(
        ("Mã hồ sơ", view.dossier_code),
        ("Trích lúc", clock(view.extracted_at)),
        ("Người yêu cầu", view.requested_by),
        ("Mục đích", view.purpose),
    )
    paper.table(
        (
            Column(heading="Số thứ tự trong sổ", share=20, style=CELL_CENTER),
            Column(heading="Giờ thiết bị", share=25, style=CELL_CENTER),
            Column(heading="Giờ máy chủ nhận", share=25, style=CELL_CENTER),
            Column(heading="Sự kiện", share=38),
            Column(heading="Người giữ", share=34),
            Column(heading="Nơi giữ", share=38),
            Column(heading="Niêm phong", share=26, style=CELL_CENTER),
            Column(heading="Mã băm (SHA-256)", share=66, style=CELL_SMALL),
        ),
        [
            (
                in_figures(event.index),
                _device_time(event),
                clock(event.received_at),
                event.act,
                event.holder,
                event.place,
                event.seal,
                in_groups(event.leaf_hash, 16),
            )
            for event in view.events
        ],
        empty="Sổ chưa có sự kiện nào của bưu gửi này.",
    )
    paper.facts(("Số sự kiện", counted(len(view.events))))
    for each in view.receivers:
        paper.put(line(f"Người nhận ở sự kiện số {in_figures(each.index)}", STRONG))
        paper.facts(
            ("Họ và tên (name)", each.name),
            ("Giấy (paper)", each.paper),
            ("Muối (salt)", in_groups(each.salt, 16)),
            ("Ràng buộc trong sự kiện (pc)", in_groups(each.commitment, 16)),
        )
    symbol = qr_symbol(view.check_link, version=3, correction=Correction.MEDIUM, largest=10)
    paper.gap()
    paper.qr_with(
        symbol,
        module_mm=0.75,
        beside=(
            line("Điểm kiểm của sổ", STRONG),
            line(f"Sổ: {view.log_origin}"),
            line(f"Số lá: {in_figures(view.log_size)}"),
            line(f"Gốc: {in_groups(view.log_root)}"),
        ),
    )
    paper.signatures(
        Signature(role="NGƯỜI TRÍCH LỤC", name=view.issuer_name),
        Signature(role="THỦ TRƯỞNG ĐƠN VỊ", hint="(Ký, đóng dấu)"),
        attest="Giờ ước tính được ghi khi giờ thiết bị không thể đúng: tính từ điểm kiểm thiết bị đã thấy, "
        "giờ máy chủ nhận và bộ đếm giờ của thiết bị. Mỗi mã băm là một lá của cây RFC 6962; kiểm được bằng tệp xuất và khóa công khai, không "
        "cần máy chủ của bưu điện.",
        dated=f"{view.place}, {official_date(day_of(view.extracted_at))}",
    )
    return paper.pdf()


def _device_time(event: ExtractEvent) -> str:
    claimed = clock(event.claimed_at)
    if event.estimated_at is None:
        return claimed
    return f"{claimed} (ước tính {clock(event.estimated_at)})"
