"""What an agency's acts have in common on paper: whose dossier it is, and that it is a print of recorded facts.

The issued forms are the agency's own. These papers tell what the system recorded, for the citizen
and for signing; which form they stand beside is told in the foot, and only where it is certain.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from postal_service.printing.figures import day_of, official_clock, official_date
from postal_service.printing.page import Paper, Signature

_RECORDED: Final = "Bản in từ hệ thống theo sự kiện đã ghi"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """The dossier an act was taken on. `issued_as` is the issued form's number, or nothing."""

    dossier_code: str
    agency_name: str
    desk_name: str
    place: str
    citizen_name: str
    procedure_code: str
    procedure_name: str
    received_at: datetime | None  # none: refused before it was received
    decided_at: datetime
    officer_name: str
    issued_as: str = ""


def letter_paper(name: str, letter: Letter) -> Paper:
    """The paper with its head and whom it is for; the act itself comes below."""
    paper = Paper(name=name, number=letter.dossier_code, basis_line=recorded_line(letter.issued_as))
    paper.national_header(issuer(letter.agency_name, letter.desk_name))
    paper.title()
    paper.bars(letter.dossier_code, module_mm=0.25)
    paper.facts(
        ("Kính gửi", letter.citizen_name),
        ("Mã hồ sơ", letter.dossier_code),
        ("Thủ tục hành chính", f"{letter.procedure_name} (mã {letter.procedure_code})"),
    )
    if letter.received_at is not None:
        paper.facts(("Tiếp nhận hồ sơ lúc", official_clock(letter.received_at)))
    return paper


def close(paper: Paper, letter: Letter) -> bytes:
    """Contact, date and signature, and the bytes."""
    paper.gap()
    paper.facts(("Liên hệ", f"{letter.officer_name}, {letter.desk_name}"), ("Điện thoại", ""))
    paper.signatures(
        Signature(role="NGƯỜI NHẬN", hint="(Ký, ghi rõ họ tên khi nhận giấy này)"),
        Signature(role="NGƯỜI GIẢI QUYẾT", name=letter.officer_name),
        dated=f"{letter.place}, {official_date(day_of(letter.decided_at))}",
    )
    return paper.pdf()


def issuer(agency_name: str, desk_name: str) -> tuple[str, ...]:
    """The lines of the head; an agency that is its own desk is not named twice."""
    return (agency_name,) if agency_name == desk_name else (agency_name, desk_name)


def recorded_line(issued_as: str) -> str:
    """What the foot of every page says the paper is."""
    beside = f"ứng với {issued_as}" if issued_as else "dùng mẫu do cơ quan ban hành"
    return f"{_RECORDED} — {beside}"
