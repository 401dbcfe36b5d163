"""What an agency tells a citizen of its acts, and the slip that controls its own way, with invented people."""

from datetime import datetime, timedelta
from typing import Final

from postal_service.printing.agency_letter import Letter
from postal_service.printing.control_slip import ControlSlip, Hop
from postal_service.printing.decision_notice import Decision, DecisionNotice
from postal_service.printing.figures import VIETNAM
from postal_service.printing.specimens.invented import (
    AGENCY,
    CHECK_LINK,
    CITIZEN,
    CLERK,
    COURIER,
    DESK,
    DIGEST,
    DOSSIER,
    ITEM,
    MORNING,
    OFFICE,
    OFFICER,
    PAPERS,
    PLACE,
    PROCEDURE,
)
from postal_service.printing.supplement_request import SupplementRequest

_DUE: Final = datetime(2026, 11, 27, 9, 5, tzinfo=VIETNAM)

LETTER: Final = Letter(
    dossier_code=DOSSIER,
    agency_name=AGENCY,
    desk_name=DESK,
    place=PLACE,
    citizen_name=CITIZEN,
    procedure_code=PROCEDURE[0],
    procedure_name=PROCEDURE[1],
    received_at=MORNING,
    decided_at=MORNING + timedelta(days=3),
    officer_name=OFFICER,
    issued_as="mẫu số 00, Thông tư ví dụ",
)

SUPPLEMENT_REQUEST: Final = SupplementRequest(
    letter=LETTER, papers=PAPERS[1:], reason="không đọc được"
)

REFUSAL: Final = DecisionNotice(
    letter=LETTER, decision=Decision.REFUSAL, reason="Không thuộc thẩm quyền giải quyết (ví dụ)"
)

EXTENSION: Final = DecisionNotice(
    letter=LETTER,
    decision=Decision.EXTENSION,
    reason="Phải xác minh tại nơi cư trú trước đây (ví dụ)",
    due_before=_DUE,
    due_at=_DUE + timedelta(days=5),
)

DISCONTINUATION: Final = DecisionNotice(
    letter=LETTER, decision=Decision.DISCONTINUATION, reason="Người nộp đề nghị rút hồ sơ (ví dụ)"
)

_WAY: Final = (
    ("công dân", f"{CLERK} — {OFFICE}", "chưa tính hạn"),
    (f"{CLERK} — {OFFICE}", f"{COURIER} — {OFFICE}", "chưa tính hạn"),
    (f"{COURIER} — {OFFICE}", f"{OFFICER} — {DESK}", "chưa tính hạn"),
    (f"{OFFICER} — {DESK}", f"{COURIER} — {OFFICE}", "trước hạn"),
    (f"{COURIER} — {OFFICE}", "người nhận kết quả", "đúng hạn"),
)

CONTROL_SLIP: Final = ControlSlip(
    dossier_code=DOSSIER,
    agency_name=AGENCY,
    desk_name=DESK,
    place=PLACE,
    procedure_code=PROCEDURE[0],
    procedure_name=PROCEDURE[1],
    received_at=MORNING,
    due_at=_DUE,
    state="đã trả kết quả",
    hops=tuple(
        Hop(
            at=MORNING + timedelta(hours=number * 19),
            giver=giver,
            taker=taker,
            standing=standing,
            note=f"{'hồ sơ gửi đi' if number < 3 else 'kết quả'} {ITEM}",
        )
        for number, (giver, taker, standing) in enumerate(_WAY)
    ),
    chain_head=DIGEST,
    check_link=CHECK_LINK,
    printed_at=MORNING + timedelta(days=5),
    officer_name=OFFICER,
    issued_as="mẫu số 00, Thông tư ví dụ",
)
