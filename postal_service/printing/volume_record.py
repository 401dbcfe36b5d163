"""P21, Bảng nghiệm thu khối lượng dịch vụ: what the post did for one agency in a period, agreed by both.

It tells quantities and no price: what a piece of work is paid stands in the contract of the two.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from postal_service.printing.figures import clock, counted, day_of, official_date
from postal_service.printing.page import Paper, Signature
from postal_service.printing.periods import of_days
from postal_service.printing.tables import Column
from postal_service.printing.typesetting import CELL_CENTER, NOTE

COPIES: Final = ("Bản 1 — cơ quan giữ", "Bản 2 — bưu điện giữ")


@dataclass(frozen=True, kw_only=True)
class Service:
    """One kind of work: its unit of count, and how it is counted. `part_of` the line above it."""

    name: str
    piece: str
    count: int
    how: str
    part_of: bool = False


@dataclass(frozen=True, kw_only=True)
class VolumeRecord:
    """The services of one period, `first` and `last` being days that both count."""

    number: str
    operator_name: str
    office_name: str
    place: str
    agency_name: str
    first: date
    last: date
    services: tuple[Service, ...]
    figures_at: datetime
    printed_by: str


def render(view: VolumeRecord) -> bytes:
    """Both copies as PDF, A4."""
    paper = Paper(name="BẢNG NGHIỆM THU KHỐI LƯỢNG DỊCH VỤ", number=view.number)
    return paper.in_copies(COPIES, lambda: _put_copy(paper, view))


def _put_copy(paper: Paper, view: VolumeRecord) -> None:
    paper.national_header((view.operator_name, view.office_name))
    paper.title(of_days(view.first, view.last))
    paper.facts(
        ("Bên sử dụng dịch vụ", view.agency_name),
        ("Bên cung ứng dịch vụ", f"{view.operator_name} — {view.office_name}"),
        ("Số liệu đến", clock(view.figures_at)),
    )
    paper.table(
        (
            Column(heading="STT", share=12, style=CELL_CENTER),
            Column(heading="Dịch vụ", share=60),
            Column(heading="Đơn vị tính", share=22, style=CELL_CENTER),
            Column(heading="Khối lượng", share=40),
            Column(heading="Cách tính", share=46),
        ),
        _rows(view.services),
        empty="Không có dịch vụ nào trong kỳ này.",
    )
    paper.say(
        "Khối lượng lấy từ sổ cái lưu giữ và sổ hồ sơ của hệ thống theo giờ Việt Nam, tính cho các đơn vị "
        "của bên cung ứng ghi trên. Đơn giá theo hợp đồng giữa hai bên, không ghi ở đây.",
        NOTE,
    )
    paper.signatures(
        Signature(role="NGƯỜI LẬP BẢNG", name=view.printed_by),
        Signature(role="ĐẠI DIỆN CƠ QUAN", hint="(Ký, ghi rõ họ tên, đóng dấu)"),
        Signature(role="ĐẠI DIỆN BƯU ĐIỆN", hint="(Ký, ghi rõ họ tên, đóng dấu)"),
        attest="Hai bên thống nhất khối lượng dịch vụ nêu trên. Bảng lập thành 02 bản, mỗi bên giữ một bản.",
        dated=f"{view.place}, {official_date(day_of(view.figures_at))}",
    )


def _rows(services: tuple[Service, ...]) -> list[tuple[str, ...]]:
    """A part of the line above it has no number of its own: the two are never added up."""
    rows: list[tuple[str, ...]] = []
    number = 0
    for each in services:
        number += not each.part_of
        name = f"trong đó: {each.name}" if each.part_of else each.name
        first = "" if each.part_of else str(number)
        rows.append((first, name, each.piece, counted(each.count), each.how))
    return rows
