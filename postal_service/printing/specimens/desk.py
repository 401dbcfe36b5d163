"""What the desk and the courier hand to a citizen, with invented people."""

from datetime import date, datetime, timedelta
from typing import Final

from postal_service.domain.vietqr import Transfer, payload
from postal_service.printing import (
    appointment_slip,
    authorisation,
    dossier_list,
    invitation,
    keeping_slip,
    preparation_guide,
    receipts,
    return_registration,
    transfer_slip,
)
from postal_service.printing.figures import VIETNAM
from postal_service.printing.specimens.invented import (
    AGENCY,
    CITIZEN,
    CITIZEN_ADDRESS,
    CITIZEN_ID,
    CITIZEN_PHONE,
    CLERK,
    COURIER,
    CROCKFORD,
    DESK,
    DOSSIER,
    ITEM,
    MORNING,
    OFFICE,
    OFFICER,
    OPERATOR,
    PAPERS,
    PLACE,
    PROCEDURE,
    SEAL,
)

PREPARATION_GUIDE: Final = preparation_guide.PreparationGuide(
    operator_name=OPERATOR,
    office_name=OFFICE,
    procedure_code=PROCEDURE[0],
    procedure_name=PROCEDURE[1],
    field="Hộ tịch",
    authority="UBND cấp xã",
    valid_from=date(2025, 7, 1),
    papers=(
        *(
            preparation_guide.NeededPaper(
                name=paper.name,
                originals=paper.originals,
                certified_copies=paper.certified_copies,
                photocopies=paper.photocopies,
                remarks=("bản chính được trả lại cùng kết quả",)
                if paper.original_to_return
                else (),
            )
            for paper in PAPERS
        ),
        preparation_guide.NeededPaper(
            name="Thẻ căn cước của người yêu cầu",
            originals=1,
            certified_copies=0,
            photocopies=0,
            remarks=("chỉ xuất trình, không nộp",),
        ),
    ),
    terms=("3 ngày làm việc",),
    fees=(
        preparation_guide.GuidedFee(
            channel="trực tiếp", amount="15.000 ₫", basis="mức thu ví dụ, không có thật"
        ),
        preparation_guide.GuidedFee(
            channel="trực tuyến", amount="chưa xác nhận, xin hỏi nơi tiếp nhận", basis=""
        ),
    ),
    ways=("Nộp tại bưu cục hoặc tại Một cửa.", "Bưu điện mang kết quả về tận nhà nếu đăng ký."),
    printed_at=MORNING,
)

DOSSIER_LIST: Final = dossier_list.DossierList(
    number="PG-000001",
    operator_name=OPERATOR,
    office_name=OFFICE,
    place=PLACE,
    sender_name=CITIZEN,
    sender_id=CITIZEN_ID,
    sender_phone=CITIZEN_PHONE,
    sender_address=CITIZEN_ADDRESS,
    agency_name=AGENCY,
    agency_address="Số 1, đường Không Có Thật, phường Ví Dụ",
    procedure_code=PROCEDURE[0],
    procedure_name=PROCEDURE[1],
    item_code=ITEM,
    seal_number=SEAL,
    papers=PAPERS,
    posted_at=MORNING,
    clerk_name=CLERK,
    remarks="Người gửi đề nghị trả kết quả tại nhà",
)

APPOINTMENT_SLIP: Final = appointment_slip.AppointmentSlip(
    dossier_code=DOSSIER,
    agency_name=AGENCY,
    desk_name=DESK,
    place=PLACE,
    submitter_name=CITIZEN,
    owner_name=CITIZEN,
    submitter_id=CITIZEN_ID,
    submitter_phone=CITIZEN_PHONE,
    submitter_email="nguoi.mau@example.invalid",
    submitter_address=CITIZEN_ADDRESS,
    procedure_code=PROCEDURE[0],
    procedure_name=PROCEDURE[1],
    papers=PAPERS,
    sets=1,
    legal_time="3 ngày làm việc",
    received_at=MORNING,
    due_at=datetime(2026, 11, 27, 9, 5, tzinfo=VIETNAM),
    result_place="Qua dịch vụ Bưu chính công ích, tại địa chỉ người nộp",
    fee_dong=15_000,
    lookup_pin="7K3M",
    tracking_address="https://post.invalid/tracking",
    delivery_code=f"BG1:{ITEM}:1:{CROCKFORD}",
    clerk_name=OFFICER,
)

KEEPING_SLIP: Final = keeping_slip.KeepingSlip(
    operator_name=OPERATOR,
    office_name=OFFICE,
    dossier_code=DOSSIER,
    procedure_name=PROCEDURE[1],
    agency_name=AGENCY,
    item_code=ITEM,
    posted_at=MORNING,
    lookup_pin="7K3M",
    tracking_address="https://post.invalid/tracking",
    delivery_code=f"BG1:{ITEM}:1:{CROCKFORD}",
)

FEE_RECEIPT: Final = receipts.FeeReceipt(
    number="BNP-000001",
    operator_name=OPERATOR,
    office_name=OFFICE,
    place=PLACE,
    agency_name=AGENCY,
    payer_name=CITIZEN,
    payer_id=CITIZEN_ID,
    dossier_code=DOSSIER,
    procedure_name=PROCEDURE[1],
    charges=(
        receipts.Charge(description="Lệ phí cấp giấy xác nhận", amount_dong=15_000),
        receipts.Charge(description="Phí bản sao", amount_dong=0, basis="Miễn: hộ nghèo"),
    ),
    method="Tiền mặt",
    paid_at=MORNING,
    cashier_name=CLERK,
)

POSTAGE_RECEIPT: Final = receipts.PostageReceipt(
    number="BNC-000001",
    operator_name=OPERATOR,
    office_name=OFFICE,
    place=PLACE,
    payer_name=CITIZEN,
    item_code=ITEM,
    sent_from=OFFICE,
    sent_to=AGENCY,
    weight_grams=85,
    charges=(receipts.Charge(description="Cước gửi hồ sơ (giá minh họa)", amount_dong=26_000),),
    method="Chuyển khoản QR",
    paid_at=MORNING,
    cashier_name=CLERK,
)

INVITATION: Final = invitation.Invitation(
    round=1,
    number="GM-000001",
    operator_name=OPERATOR,
    office_name=OFFICE,
    office_address="Số 2, đường Không Có Thật, phường Ví Dụ",
    office_hours="7:30–11:30 và 13:30–17:00, thứ Hai đến thứ Bảy",
    office_phone="0000 000 000",
    place=PLACE,
    addressee_name=CITIZEN,
    addressee_address=CITIZEN_ADDRESS,
    item_code=ITEM,
    attempted_at=MORNING + timedelta(days=4),
    attempt_reason="không có người nhận tại địa chỉ",
    held_until=date(2026, 12, 8),
    bring=(
        "Giấy mời này",
        "Thẻ căn cước hoặc giấy tờ tùy thân có ảnh",
        "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
        "Giấy ủy quyền nếu nhận thay",
    ),
    issued_at=MORNING + timedelta(days=4),
    courier_name=COURIER,
)

AUTHORISATION: Final = authorisation.Authorisation(
    dossier_code=DOSSIER,
    item_code=ITEM,
    agency_name=AGENCY,
    procedure_name=PROCEDURE[1],
    owner_name=CITIZEN,
)

TRANSFER_SLIP: Final = transfer_slip.TransferSlip(
    number=DOSSIER,
    operator_name=OPERATOR,
    office_name=OFFICE,
    line_name="Phí, lệ phí",
    goes_to=AGENCY,
    dossier_code=DOSSIER,
    procedure_name=PROCEDURE[1],
    holder="UBND PHƯỜNG VÍ DỤ",
    bank_bin="970000",
    account_number="0000000000",
    amount_dong=15_000,
    purpose=f"LP {DOSSIER}",
    payload=payload(
        Transfer(
            bank_bin="970000",
            account="0000000000",
            amount_dong=15_000,
            name="UBND PHƯỜNG VÍ DỤ",
            purpose=f"LP {DOSSIER}",
        )
    ),
    printed_at=MORNING,
)

RETURN_REGISTRATION: Final = return_registration.ReturnRegistration(
    number=DOSSIER,
    operator_name=OPERATOR,
    office_name=OFFICE,
    place=PLACE,
    agency_name=AGENCY,
    procedure_code=PROCEDURE[0],
    procedure_name=PROCEDURE[1],
    applicant_name=CITIZEN,
    applicant_id=CITIZEN_ID,
    receiver_name=CITIZEN,
    receiver_phone=CITIZEN_PHONE,
    receiver_address=CITIZEN_ADDRESS,
    result_item=ITEM,
    postage_dong=26_000,
    postage_state="đã thu",
    give_back=("Giấy phép lái xe (bản cũ)",),
    registered_at=MORNING,
    clerk_name=CLERK,
)
