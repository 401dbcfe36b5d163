"""Every paper beside its specimen, for what must be true of all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from postal_service.printing import (
    appointment_slip,
    authorisation,
    bag_label,
    bag_manifest,
    control_slip,
    custody_extract,
    decision_notice,
    delivery_slip,
    discrepancy_record,
    dossier_list,
    envelope_label,
    fee_list,
    handover_record,
    invitation,
    keeping_slip,
    kpi_report,
    preparation_guide,
    receipts,
    remittance_slip,
    return_record,
    return_registration,
    run_list,
    shift_record,
    supplement_request,
    transfer_slip,
    volume_record,
)
from postal_service.printing.specimens import agency, desk, management, movement, outcome

A4_UPRIGHT, A4_ACROSS, A5_UPRIGHT = (210, 297), (297, 210), (148, 210)
A6_ACROSS, ROLL = (148, 105), (100, 50)

# What these fields hold is drawn as bars or as a QR code, and refused when it cannot be.
CODED_FIELDS = frozenset(
    {
        "item_code",
        "bag_code",
        "dossier_code",
        "status_link",
        "check_link",
        "delivery_code",
        "payload",
    }
)


@dataclass(frozen=True, kw_only=True)
class Printed:
    """One paper: how it is made, of what, its name and its size in millimetres."""

    render: Callable[[Any], bytes]
    view: Any
    name: str
    size_mm: tuple[int, int] = A4_UPRIGHT


PAPERS = {
    "P1": Printed(
        render=preparation_guide.render,
        view=desk.PREPARATION_GUIDE,
        name="PHIẾU HƯỚNG DẪN CHUẨN BỊ HỒ SƠ",
    ),
    "P2": Printed(render=dossier_list.render, view=desk.DOSSIER_LIST, name="PHIẾU GỬI HỒ SƠ"),
    "P3": Printed(
        render=appointment_slip.render,
        view=desk.APPOINTMENT_SLIP,
        name="GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
    ),
    "keeping slip": Printed(
        render=keeping_slip.render,
        view=desk.KEEPING_SLIP,
        name="PHIẾU GIỮ CỦA CÔNG DÂN",
        size_mm=A5_UPRIGHT,
    ),
    "P4 fee": Printed(
        render=receipts.render,
        view=desk.FEE_RECEIPT,
        name="BIÊN NHẬN THU PHÍ, LỆ PHÍ",
        size_mm=A5_UPRIGHT,
    ),
    "P4 postage": Printed(
        render=receipts.render,
        view=desk.POSTAGE_RECEIPT,
        name="BIÊN NHẬN CƯỚC BƯU CHÍNH",
        size_mm=A5_UPRIGHT,
    ),
    "P5": Printed(
        render=transfer_slip.render,
        view=desk.TRANSFER_SLIP,
        name="PHIẾU CHUYỂN KHOẢN",
        size_mm=A5_UPRIGHT,
    ),
    "P6": Printed(
        render=return_registration.render,
        view=desk.RETURN_REGISTRATION,
        name="PHIẾU ĐĂNG KÝ NHẬN KẾT QUẢ",
    ),
    "P7": Printed(
        render=invitation.render,
        view=desk.INVITATION,
        name="GIẤY MỜI NHẬN BƯU GỬI",
        size_mm=A5_UPRIGHT,
    ),
    "P8": Printed(render=authorisation.render, view=desk.AUTHORISATION, name="GIẤY ỦY QUYỀN"),
    "P9 roll": Printed(
        render=envelope_label.render,
        view=movement.ENVELOPE_LABELS,
        name="NHÃN NIÊM PHONG",
        size_mm=ROLL,
    ),
    "P9 A6": Printed(
        render=envelope_label.render,
        view=movement.ENVELOPE_LABELS_A6,
        name="NHÃN NIÊM PHONG",
        size_mm=A6_ACROSS,
    ),
    "P10 label": Printed(
        render=bag_label.render, view=movement.BAG_LABEL, name="NHÃN TÚI THƯ", size_mm=A6_ACROSS
    ),
    "P10 manifest": Printed(
        render=bag_manifest.render, view=movement.BAG_MANIFEST, name="BẢN KÊ ĐÓNG TÚI THƯ"
    ),
    "P11": Printed(
        render=handover_record.render,
        view=movement.DOSSIER_HANDOVER,
        name="BIÊN BẢN GIAO NHẬN HỒ SƠ",
    ),
    "P12": Printed(
        render=handover_record.render,
        view=movement.RESULT_HANDOVER,
        name="BIÊN BẢN GIAO NHẬN KẾT QUẢ",
    ),
    "P13": Printed(render=run_list.render, view=movement.RUN_LIST, name="BẢN KÊ PHÁT THEO BƯU TÁ"),
    "P14": Printed(
        render=delivery_slip.render, view=outcome.DELIVERY_SLIP, name="PHIẾU XÁC NHẬN PHÁT"
    ),
    "P15": Printed(
        render=discrepancy_record.render,
        view=outcome.DISCREPANCY_RECORD,
        name="BIÊN BẢN BẤT THƯỜNG",
    ),
    "P16": Printed(
        render=return_record.render,
        view=outcome.RETURN_RECORD,
        name="BIÊN BẢN CHUYỂN HOÀN KẾT QUẢ",
    ),
    "P18": Printed(
        render=remittance_slip.render, view=management.REMITTANCE_SLIP, name="PHIẾU NỘP TIỀN MẶT"
    ),
    "P18 shift": Printed(
        render=shift_record.render, view=management.SHIFT_RECORD, name="BIÊN BẢN BÀN GIAO CA"
    ),
    "P19": Printed(
        render=fee_list.render, view=management.FEE_LIST, name="BẢNG KÊ NỘP PHÍ, LỆ PHÍ"
    ),
    "P20": Printed(
        render=kpi_report.render,
        view=management.KPI_REPORT,
        name="BÁO CÁO CHỈ TIÊU ĐỊNH KỲ",
        size_mm=A4_ACROSS,
    ),
    "P21": Printed(
        render=volume_record.render,
        view=management.VOLUME_RECORD,
        name="BẢNG NGHIỆM THU KHỐI LƯỢNG DỊCH VỤ",
    ),
    "P22": Printed(
        render=custody_extract.render,
        view=outcome.CUSTODY_EXTRACT,
        name="TRÍCH LỤC CHUỖI LƯU GIỮ",
        size_mm=A4_ACROSS,
    ),
    "supplement request": Printed(
        render=supplement_request.render,
        view=agency.SUPPLEMENT_REQUEST,
        name="PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ",
    ),
    "refusal": Printed(
        render=decision_notice.render,
        view=agency.REFUSAL,
        name="PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ",
    ),
    "extension": Printed(
        render=decision_notice.render,
        view=agency.EXTENSION,
        name="VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN",
    ),
    "discontinuation": Printed(
        render=decision_notice.render,
        view=agency.DISCONTINUATION,
        name="THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ",
    ),
    "control slip": Printed(
        render=control_slip.render,
        view=agency.CONTROL_SLIP,
        name="PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ",
    ),
}
LABELS = frozenset({"P9 roll", "P9 A6", "P10 label"})
SHEETS = {key: paper for key, paper in PAPERS.items() if key not in LABELS}
