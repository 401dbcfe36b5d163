"""What is written when the way has ended, well or badly, with invented people."""

from datetime import date, timedelta
from typing import Final

from postal_service.printing import (
    custody_extract,
    delivery_slip,
    discrepancy_record,
    return_record,
)
from postal_service.printing.specimens.invented import (
    AGENCY,
    CHECK_LINK,
    CITIZEN,
    CITIZEN_ADDRESS,
    CITIZEN_ID,
    CLERK,
    COURIER,
    DIGEST,
    DOSSIER,
    ITEM,
    MORNING,
    OFFICE,
    OFFICER,
    OPERATOR,
    PLACE,
    SEAL,
)

DELIVERY_SLIP: Final = delivery_slip.DeliverySlip(
    number="PP-000001",
    operator_name=OPERATOR,
    office_name=OFFICE,
    place=PLACE,
    item_code=ITEM,
    dossier_code=DOSSIER,
    agency_name=AGENCY,
    seal_number=SEAL,
    seal_state="Nguyên vẹn",
    owner_name=CITIZEN,
    receiver_name=CITIZEN,
    receiver_id=CITIZEN_ID,
    receiver_paper="",
    standing="Chủ hồ sơ",
    proof="Mã nhận kết quả (quét trên giấy hẹn)",
    delivered_at=MORNING + timedelta(days=5),
    address=CITIZEN_ADDRESS,
    recovered=(
        delivery_slip.RecoveredOriginal(
            name="Giấy phép lái xe (bản cũ)", serial="000000009999", sheets=1
        ),
    ),
    taken=(
        delivery_slip.TakenCharge(name="cước bưu chính", means="tiền mặt", amount_dong=26_000),
        delivery_slip.TakenCharge(
            name="phí, lệ phí", means="chuyển khoản mã QR, số VD000001", amount_dong=8_000
        ),
    ),
    giver_name=COURIER,
    event_hash=DIGEST,
)

DISCREPANCY_RECORD: Final = discrepancy_record.DiscrepancyRecord(
    number="BBBT-000001",
    office_name=OFFICE,
    operator_name=OPERATOR,
    place=PLACE,
    found_at=MORNING,
    item_code=ITEM,
    dossier_code=DOSSIER,
    irregularities=frozenset(
        {discrepancy_record.Irregularity.SEAL, discrepancy_record.Irregularity.MISSING}
    ),
    seal_expected=SEAL,
    seal_found="NP 000009",
    differences=(
        discrepancy_record.Difference(
            paper_name="Giấy tờ chứng minh nơi cư trú", listed=(0, 2, 0), found=(0, 1, 0)
        ),
    ),
    description="Góc phong bì hở khoảng 3 cm, tem niêm phong không đúng số ghi trên phiếu gửi.",
    measures="Đóng băng bưu gửi, báo trưởng bưu cục, mời người gửi xác nhận lại danh mục.",
    witnesses=(
        discrepancy_record.Witness(role="Người phát hiện", name=COURIER),
        discrepancy_record.Witness(role="Người chứng kiến", name=OFFICER),
        discrepancy_record.Witness(role="Trưởng bưu cục", name=CLERK),
    ),
)

RETURN_RECORD: Final = return_record.ReturnRecord(
    number="BBCH-000001",
    operator_name=OPERATOR,
    office_name=OFFICE,
    agency_name=AGENCY,
    place=PLACE,
    item_code=ITEM,
    dossier_code=DOSSIER,
    addressee_name=CITIZEN,
    addressee_address=CITIZEN_ADDRESS,
    reason="Đã mời hai lần, quá hạn giữ không có người đến nhận",
    attempts=(
        return_record.FailedAttempt(
            attempted_at=MORNING,
            reason="Không có người nhận tại địa chỉ",
            courier_name=COURIER,
        ),
        return_record.FailedAttempt(
            attempted_at=MORNING + timedelta(days=3),
            reason="Gọi điện không liên lạc được",
            courier_name=COURIER,
        ),
    ),
    invited_on=(date(2026, 11, 23), date(2026, 11, 26)),
    held_until=date(2026, 12, 8),
    seal_number=SEAL,
    seal_state="Nguyên vẹn",
    returned_at=MORNING + timedelta(days=16),
    giver_name=CLERK,
    receiver_name=OFFICER,
)

CUSTODY_EXTRACT: Final = custody_extract.CustodyExtract(
    number="TL-000001",
    operator_name=OPERATOR,
    office_name=OFFICE,
    place=PLACE,
    item_code=ITEM,
    dossier_code=DOSSIER,
    requested_by="Thanh tra Ví Dụ",
    purpose="Giải quyết khiếu nại mẫu",
    extracted_at=MORNING + timedelta(days=20),
    events=tuple(
        custody_extract.ExtractEvent(
            index=1_000 + 7 * step,
            claimed_at=MORNING + timedelta(hours=step + (9 if step == 4 else 0)),
            estimated_at=MORNING + timedelta(hours=step, minutes=3) if step == 4 else None,
            received_at=MORNING + timedelta(hours=step, minutes=4),
            act=act,
            holder=holder,
            place=OFFICE if step < 5 else AGENCY,
            seal=SEAL if step else "",
            leaf_hash=f"{step:x}" * 64,
        )
        for step, (act, holder) in enumerate(
            (
                ("Chấp nhận hồ sơ từ người gửi", "GDV-0001"),
                ("Đóng gói, niêm phong", "GDV-0001"),
                ("Đưa vào túi thư", "GDV-0001"),
                ("Bàn giao cho bưu tá (mời nhận)", "GDV-0001"),
                ("Bưu tá nhận", "BT-0002"),
                ("Bàn giao cho cơ quan (mời nhận)", "BT-0002"),
                ("Cơ quan nhận, đủ số lượng", "CB-0003"),
            )
        )
    ),
    receivers=(
        custody_extract.BoundReceiver(
            index=1_042,
            name="Trần Văn Mẫu",
            paper="Giấy giới thiệu 12/GGT ngày 20/11/2026",
            salt=DIGEST,
            commitment=DIGEST,
        ),
    ),
    log_origin="so.vidu.invalid/luu-giu",
    log_size=123_456,
    log_root=DIGEST,
    check_link=CHECK_LINK,
    issuer_name=CLERK,
)
