"""P16, Biên bản chuyển hoàn kết quả: a result nobody took goes back to its agency, never to destruction."""

from dataclasses import dataclass
from datetime import date, datetime

from postal_service.printing.figures import (
    clock,
    counted,
    day_of,
    official_clock,
    official_date,
    short_date,
)
from postal_service.printing.handover_record import COPIES
from postal_service.printing.page import ILLUSTRATIVE_FORM, Paper, Signature
from postal_service.printing.tables import Column
from postal_service.printing.typesetting import CELL_CENTER


@dataclass(frozen=True, kw_only=True)
class FailedAttempt:
    """One delivery attempt that did not succeed."""

    attempted_at: datetime
    reason: str
    courier_name: str


@dataclass(frozen=True, kw_only=True)
class ReturnRecord:
    """One result on its way back, with the attempts and invitations that went before."""

    number: str
    operator_name: str
    office_name: str
    agency_name: str
    place: str
    item_code: str
    dossier_code: str
    addressee_name: str
    addressee_address: str
    reason: str
    attempts: tuple[FailedAttempt, ...]
    invited_on: tuple[date, ...]
    held_until: date | None
    seal_number: str
    seal_state: str
    returned_at: datetime
    giver_name: str
    receiver_name: str
    gives_back: bool = False  # papers of a dossier that ended without a result
    basis_line: str = ILLUSTRATIVE_FORM


def render(view: ReturnRecord) -> bytes:
    """Both copies of the record as PDF, A4."""
    what = "GIẤY TỜ TRẢ LẠI" if view.gives_back else "KẾT QUẢ"
    paper = Paper(
        name=f"BIÊN BẢN CHUYỂN HOÀN {what}", number=view.number, basis_line=view.basis_line
    )
    return paper.in_copies(COPIES, lambda: _put_copy(paper, view))


def _put_copy(paper: Paper, view: ReturnRecord) -> None:
    paper.national_header((view.operator_name, view.office_name))
    paper.title(f"hoàn về {view.agency_name}")
    paper.bars(view.item_code)
    paper.facts(
        ("Mã hồ sơ", view.dossier_code),
        ("Người nhận", view.addressee_name),
        ("Địa chỉ", view.addressee_address),
        ("Lý do chuyển hoàn", view.reason),
    )
    paper.section("Các lần phát")
    paper.table(
        (
            Column(heading="Lần", share=12, style=CELL_CENTER),
            Column(heading="Thời điểm", share=38, style=CELL_CENTER),
            Column(heading="Lý do không phát được", share=90),
            Column(heading="Người phát", share=40),
        ),
        [
            (str(index), clock(attempt.attempted_at), attempt.reason, attempt.courier_name)
            for index, attempt in enumerate(view.attempts, start=1)
        ],
        empty="Không có lần phát nào.",
    )
    invited = ", ".join(f"lần {n}: {short_date(day)}" for n, day in enumerate(view.invited_on, 1))
    paper.facts(
        ("Số lần phát", counted(len(view.attempts))),
        ("Giấy mời", invited or "không gửi giấy mời"),
        ("Giữ đến hết", official_date(view.held_until) if view.held_until else "không lưu giữ"),
        ("Niêm phong", f"{view.seal_number} — {view.seal_state}"),
        ("Chuyển hoàn lúc", official_clock(view.returned_at)),
    )
    paper.signatures(
        Signature(role="ĐẠI DIỆN BƯU ĐIỆN", name=view.giver_name),
        Signature(role="ĐẠI DIỆN CƠ QUAN", name=view.receiver_name),
        attest="Cơ quan đã kiểm tra niêm phong và nhận lại "
        f"{'giấy tờ' if view.gives_back else 'kết quả'}. Biên bản lập thành 02 bản, mỗi bên giữ một bản.",
        dated=f"{view.place}, {official_date(day_of(view.returned_at))}",
    )
