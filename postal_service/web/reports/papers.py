"""A report on paper, and what was done for one agency. Papers are Vietnamese, whatever the screen speaks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from postal_service.domain.wording_dates import local
from postal_service.printing import kpi_report, volume_record
from postal_service.printing.kpi_report import FigureColumn, FigureTable, KpiReport
from postal_service.printing.volume_record import Service, VolumeRecord
from postal_service.reports import Period, Report, tables
from postal_service.reports.tables import Column, Kind, Table
from postal_service.reports.volumes import OfAgency, Volume
from postal_service.web.papers import OPERATOR

# What a row is about is printed whatever else is left out to fit the page.
NAMES: Final = frozenset({"name", "unit", "agency"})
WHOLE: Final = frozenset({"agencies"})  # tables that an agency is paid by are printed whole
BY_RECEPTION: Final = "tiếp nhận theo luật trong kỳ"
BY_CHECK: Final = "bản quét được người thứ hai kiểm tra đạt"
BY_ARRIVAL: Final = "cơ quan đã ký nhận"
BY_DELIVERY: Final = "công dân đã nhận"


def report(made: Report, *, printed_by: str, place: str, at: datetime) -> bytes:
    """The whole report: every figure of the unit, the brief columns of its tables, the definitions."""
    whole = tables.units(made, "vi")
    figures = zip(whole.columns, whole.rows[0], strict=True)
    return kpi_report.render(
        KpiReport(
            number=f"BC-{local(at):%y%m%d-%H%M%S}",
            operator_name=OPERATOR,
            unit_name=made.name,
            place=place,
            first=made.period.first,
            last=made.period.last,
            figures=tuple(
                (column.heading("vi"), tables.shown(column.kind, value, "vi"))
                for column, value in figures
                if column.kind is not Kind.TEXT
            ),
            tables=tuple(_table(each) for each in tables.every(made, "vi")),
            definitions=tuple(vietnamese for vietnamese, _ in tables.DEFINITIONS),
            figures_at=made.at,
            printed_by=printed_by,
        )
    )


def acceptance(
    done: OfAgency, period: Period, *, unit: str, printed_by: str, place: str, at: datetime
) -> bytes:
    """What was done for one agency, for both to agree on."""
    return volume_record.render(
        VolumeRecord(
            number=f"NTDV-{local(at):%y%m%d-%H%M%S}",
            operator_name=OPERATOR,
            office_name=unit,
            place=place,
            agency_name=done.name,
            first=period.first,
            last=period.last,
            services=_services(done.volume),
            figures_at=at,
            printed_by=printed_by,
        )
    )


def _services(done: Volume) -> tuple[Service, ...]:
    return (
        Service(name="Hướng dẫn, tiếp nhận hồ sơ", piece="hồ sơ", count=done.received, how=BY_RECEPTION),
        Service(name="gửi qua dịch vụ bưu chính công ích", piece="hồ sơ", count=done.received_by_post, how="nộp qua bưu chính hoặc bưu điện nhận", part_of=True),
        Service(name="Số hóa thành phần hồ sơ", piece="giấy tờ", count=done.inputs_digitised, how=BY_CHECK),
        Service(name="Số hóa kết quả", piece="kết quả", count=done.results_digitised, how=BY_CHECK),
        Service(name="Trang đã số hóa", piece="trang", count=done.pages, how="của hai dòng trên"),
        Service(name="Vận chuyển hồ sơ đến cơ quan", piece="bưu gửi", count=done.dossiers_carried, how=BY_ARRIVAL),
        Service(name="Vận chuyển hồ sơ bổ sung", piece="bưu gửi", count=done.supplements_carried, how=BY_ARRIVAL),
        Service(name="Trả kết quả, giấy tờ trả lại cho công dân", piece="bưu gửi", count=done.results_delivered, how=BY_DELIVERY),
        Service(name="trả tại nhà qua dịch vụ bưu chính công ích", piece="bưu gửi", count=done.results_home, how="hồ sơ đăng ký nhận tại nhà", part_of=True),
        Service(name="Chuyển hoàn về cơ quan", piece="bưu gửi", count=done.returned, how=BY_ARRIVAL),
    )  # fmt: skip


def _table(table: Table) -> FigureTable:
    places = [
        place
        for place, column in enumerate(table.columns)
        if column.brief or column.key in NAMES or table.key in WHOLE
    ]
    columns = [table.columns[place] for place in places]
    return FigureTable(
        title=table.title[0],
        columns=tuple(_heading(column) for column in columns),
        rows=tuple(_row(columns, [row[place] for place in places]) for row in table.rows),
    )


def _row(columns: Sequence[Column], values: Sequence[tables.Value]) -> tuple[str, ...]:
    return tuple(
        tables.shown(column.kind, value, "vi")
        for column, value in zip(columns, values, strict=True)
    )


def _heading(column: Column) -> FigureColumn:
    return FigureColumn(
        heading=column.heading("vi"),
        is_number=column.kind is not Kind.TEXT,
        is_long=column.key in NAMES,
    )
