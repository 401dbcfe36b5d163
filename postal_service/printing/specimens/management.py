"""What is counted and signed at the end of a shift, a day or a month, with invented people."""

from datetime import date, timedelta
from typing import Final

from postal_service.printing import (
    fee_list,
    kpi_report,
    remittance_slip,
    shift_record,
    volume_record,
)
from postal_service.printing.counted_money import CountedLine
from postal_service.printing.specimens.invented import (
    AGENCY,
    CLERK,
    COURIER,
    DESK,
    DOSSIER,
    ITEM,
    MORNING,
    OFFICE,
    OFFICER,
    OPERATOR,
    PLACE,
    PROCEDURE,
    SEAL,
)

REMITTANCE_SLIP: Final = remittance_slip.RemittanceSlip(
    number="NT-261123-163012",
    operator_name=OPERATOR,
    office_name=OFFICE,
    place=PLACE,
    payer_name=COURIER,
    cashier_name=CLERK,
    lines=(
        CountedLine(name="phí, lệ phí", taken_dong=23_000, counted_dong=23_000),
        CountedLine(name="cước bưu chính", taken_dong=52_000, counted_dong=51_000),
    ),
    charges=(
        remittance_slip.TakenCharge(
            dossier_code=DOSSIER, line_name="phí, lệ phí", amount_dong=23_000, taken_at=MORNING
        ),
        remittance_slip.TakenCharge(
            dossier_code=DOSSIER, line_name="cước bưu chính", amount_dong=26_000, taken_at=MORNING
        ),
        remittance_slip.TakenCharge(
            dossier_code=DOSSIER, line_name="cước bưu chính", amount_dong=26_000, taken_at=None
        ),
    ),
    counted_at=MORNING + timedelta(hours=7, minutes=25),
)

SHIFT_RECORD: Final = shift_record.ShiftRecord(
    number="BGC-261123-170512",
    operator_name=OPERATOR,
    office_name=OFFICE,
    place=PLACE,
    giver_name=CLERK,
    taker_name=OFFICER,
    handed_at=MORNING + timedelta(hours=8),
    items=(
        shift_record.HeldItem(
            item_code=ITEM,
            dossier_code=DOSSIER,
            kind="hồ sơ gửi đi",
            state="đã niêm phong",
            seal_number=SEAL,
        ),
        shift_record.HeldItem(
            item_code="ET000000014VN",
            dossier_code="",
            kind="túi thư",
            state="đã niêm phong",
            seal_number="TUI 000000",
        ),
        shift_record.HeldItem(
            item_code="ET000000028VN",
            dossier_code=DOSSIER,
            kind="kết quả",
            state="lưu chờ nhận",
            seal_number=SEAL,
            stays="chờ công dân đến nhận",
        ),
        shift_record.HeldItem(
            item_code="ET000000031VN",
            dossier_code=DOSSIER,
            kind="hồ sơ gửi đi",
            state="đã chấp nhận",
            seal_number="",
            stays="chưa niêm phong",
        ),
    ),
    by_state=(("đã chấp nhận", 1), ("đã niêm phong", 2), ("lưu chờ nhận", 1)),
    bags=1,
    open_handovers=(
        shift_record.OpenHandover(
            giver=f"{CLERK} — {OFFICE}", taker=DESK, items=3, since=MORNING + timedelta(hours=6)
        ),
    ),
    cash=(
        CountedLine(name="phí, lệ phí", taken_dong=23_000, counted_dong=23_000),
        CountedLine(name="cước bưu chính", taken_dong=52_000, counted_dong=51_000),
    ),
    why="Thối nhầm 1.000 đồng cho một người gửi lúc đông khách",
    offer_codes=("01900000-0000-7000-8000-000000000000",),
)

FEE_LIST: Final = fee_list.FeeList(
    number="BKP-261123-170512",
    operator_name=OPERATOR,
    office_name=OFFICE,
    place=PLACE,
    agency_name=AGENCY,
    first=date(2026, 11, 1),
    last=date(2026, 11, 23),
    fees=tuple(
        fee_list.ListedFee(
            dossier_code=DOSSIER,
            procedure_code=PROCEDURE[0],
            procedure_name=PROCEDURE[1],
            source="Nghị quyết ví dụ (không có thật)",
            paid_at=MORNING,
            means=means,
            state=state,
            amount_dong=15_000,
        )
        for means, state in (
            ("tiền mặt", "cơ quan"),
            ("tiền mặt", "quỹ bưu cục"),
            ("chuyển khoản mã QR", "tài khoản cơ quan"),
        )
    ),
    remitted_dong=15_000,
    in_till_dong=15_000,
    by_transfer_dong=15_000,
    carried_dong=0,
    printed_at=MORNING + timedelta(hours=8),
    printed_by=CLERK,
)

VOLUME_RECORD: Final = volume_record.VolumeRecord(
    number="NTDV-261130-170512",
    operator_name=OPERATOR,
    office_name=OFFICE,
    place=PLACE,
    agency_name=AGENCY,
    first=date(2026, 11, 1),
    last=date(2026, 11, 30),
    services=(
        volume_record.Service(
            name="Hướng dẫn, tiếp nhận hồ sơ", piece="hồ sơ", count=1_234, how="tiếp nhận trong kỳ"
        ),
        volume_record.Service(
            name="gửi qua dịch vụ bưu chính công ích",
            piece="hồ sơ",
            count=234,
            how="nộp qua bưu chính hoặc bưu điện nhận",
            part_of=True,
        ),
        volume_record.Service(
            name="Số hóa thành phần hồ sơ", piece="giấy tờ", count=4_321, how="bản quét đạt"
        ),
        volume_record.Service(
            name="Trả kết quả cho công dân", piece="kết quả", count=0, how="công dân đã nhận"
        ),
    ),
    figures_at=MORNING + timedelta(days=7, hours=8),
    printed_by=CLERK,
)

KPI_REPORT: Final = kpi_report.KpiReport(
    number="BC-261130-170512",
    operator_name=OPERATOR,
    unit_name=OFFICE,
    place=PLACE,
    first=date(2026, 11, 1),
    last=date(2026, 11, 30),
    figures=(
        ("Hồ sơ tiếp nhận", "1.234"),
        ("Tỷ lệ đúng hạn", "94,1 %"),
        ("Quá hạn chưa xong", "3"),
        ("Phát được ngay lần đầu", "–"),
    ),
    tables=(
        kpi_report.FigureTable(
            title="Theo đơn vị",
            columns=(
                kpi_report.FigureColumn(heading="Đơn vị", is_number=False, is_long=True),
                kpi_report.FigureColumn(heading="Hồ sơ tiếp nhận", is_number=True),
                kpi_report.FigureColumn(heading="Tỷ lệ đúng hạn", is_number=True),
            ),
            rows=(("Tổng cộng", "1.234", "94,1 %"), (OFFICE, "1.234", "94,1 %")),
        ),
        kpi_report.FigureTable(
            title="Theo thủ tục",
            columns=(
                kpi_report.FigureColumn(heading="Mã thủ tục", is_number=False),
                kpi_report.FigureColumn(heading="Trễ hạn", is_number=True),
            ),
            rows=(),
        ),
    ),
    definitions=(
        "Tỷ lệ đúng hạn = đúng hạn / (đã giải quyết có ngày hẹn + quá hạn chưa xong).",
        "“–” là không có mẫu số; không phải là 0.",
    ),
    figures_at=MORNING + timedelta(days=7, hours=8),
    printed_by=CLERK,
)
