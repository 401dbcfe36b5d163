"""People, places and numbers of the specimens. None of them exists."""

from datetime import datetime
from typing import Final

from postal_service.printing.figures import VIETNAM
from postal_service.printing.paper_counts import ListedPaper
from postal_service.printing.signed_head import SignedHead

OPERATOR: Final = "BƯU ĐIỆN MẪU (KHÔNG CÓ THẬT)"
OFFICE: Final = "BƯU CỤC VÍ DỤ 1"
AGENCY: Final = "UBND PHƯỜNG VÍ DỤ"
DESK: Final = "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG"
PLACE: Final = "Phường Ví Dụ"
CITIZEN: Final = "Nguyễn Thị Mẫu Ví Dụ"
CITIZEN_ID: Final = "000000001234"
CITIZEN_PHONE: Final = "0900000123"
CITIZEN_ADDRESS: Final = "Số 0, đường Không Có Thật, phường Ví Dụ, thành phố Đà Nẵng"
CLERK: Final = "Trần Văn Thử Nghiệm"
COURIER: Final = "Lê Thị Đi Tuyến Giả Định"
OFFICER: Final = "Phạm Văn Một Cửa Mẫu"
ITEM: Final = "ET000000005VN"
DOSSIER: Final = "H17.000-261123-0000"
SEAL: Final = "NP 000000"
CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRS"
CHECK_LINK: Final = f"HTTPS://POST.INVALID/{ITEM}/{CROCKFORD}"
DIGEST: Final = "0123456789abcdef" * 4
HEAD: Final = SignedHead(
    size=1_234_567,
    root=DIGEST,
    signed_at=datetime(2026, 11, 23, 9, 4, tzinfo=VIETNAM),
    witnesses=("nhan-chung.invalid/1", "nhan-chung.invalid/2"),
    check_link="https://POST.INVALID/ledger/1234567",
)
PROCEDURE: Final = ("1.004873", "Cấp Giấy xác nhận tình trạng hôn nhân")
MORNING: Final = datetime(2026, 11, 23, 9, 5, tzinfo=VIETNAM)
PAPERS: Final = (
    ListedPaper(name="Tờ khai cấp giấy xác nhận tình trạng hôn nhân (theo mẫu)", originals=1),
    ListedPaper(
        name="Quyết định hoặc bản án ly hôn đã có hiệu lực pháp luật",
        originals=1,
        photocopies=1,
        original_to_return=True,
    ),
    ListedPaper(name="Giấy tờ chứng minh nơi cư trú", certified_copies=2),
)
