"""Every paper beside its specimen, for what must be true of all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from postal_service.printing.specimens import SPECIMENS

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


NAMES = {
    "p01-phieu-huong-dan": "PHIẾU HƯỚNG DẪN CHUẨN BỊ HỒ SƠ",
    "p02-phieu-gui-ho-so": "PHIẾU GỬI HỒ SƠ",
    "p03-giay-tiep-nhan-va-hen-tra": "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
    "p03-phieu-giu-cua-cong-dan": "PHIẾU GIỮ CỦA CÔNG DÂN",
    "p04-bien-nhan-phi": "BIÊN NHẬN THU PHÍ, LỆ PHÍ",
    "p04-bien-nhan-cuoc": "BIÊN NHẬN CƯỚC BƯU CHÍNH",
    "p05-phieu-chuyen-khoan": "PHIẾU CHUYỂN KHOẢN",
    "p06-phieu-dang-ky-nhan-ket-qua": "PHIẾU ĐĂNG KÝ NHẬN KẾT QUẢ",
    "p07-giay-moi-lan-1": "GIẤY MỜI NHẬN BƯU GỬI",
    "p08-giay-uy-quyen": "GIẤY ỦY QUYỀN",
    "p09-nhan-niem-phong-100x50": "NHÃN NIÊM PHONG",
    "p09-nhan-niem-phong-a6": "NHÃN NIÊM PHONG",
    "p10-nhan-tui": "NHÃN TÚI THƯ",
    "p10-ban-ke-dong-tui": "BẢN KÊ ĐÓNG TÚI THƯ",
    "p11-bien-ban-giao-nhan-ho-so": "BIÊN BẢN GIAO NHẬN HỒ SƠ",
    "p12-bien-ban-giao-nhan-ket-qua": "BIÊN BẢN GIAO NHẬN KẾT QUẢ",
    "p13-ban-ke-phat": "BẢN KÊ PHÁT THEO BƯU TÁ",
    "p14-phieu-xac-nhan-phat": "PHIẾU XÁC NHẬN PHÁT",
    "p15-bien-ban-bat-thuong": "BIÊN BẢN BẤT THƯỜNG",
    "p16-bien-ban-chuyen-hoan": "BIÊN BẢN CHUYỂN HOÀN KẾT QUẢ",
    "p18-phieu-nop-tien-mat": "PHIẾU NỘP TIỀN MẶT",
    "p18-bien-ban-ban-giao-ca": "BIÊN BẢN BÀN GIAO CA",
    "p19-bang-ke-nop-phi": "BẢNG KÊ NỘP PHÍ, LỆ PHÍ",
    "p20-bao-cao-chi-tieu": "BÁO CÁO CHỈ TIÊU ĐỊNH KỲ",
    "p21-nghiem-thu-khoi-luong": "BẢNG NGHIỆM THU KHỐI LƯỢNG DỊCH VỤ",
    "p22-trich-luc-chuoi-luu-giu": "TRÍCH LỤC CHUỖI LƯU GIỮ",
    "co-quan-yeu-cau-bo-sung": "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ",
    "co-quan-tu-choi": "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ",
    "co-quan-gia-han": "VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN",
    "co-quan-dung-giai-quyet": "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ",
    "co-quan-phieu-kiem-soat": "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ",
}
SIZES_MM = {
    "p03-phieu-giu-cua-cong-dan": A5_UPRIGHT,
    "p04-bien-nhan-phi": A5_UPRIGHT,
    "p04-bien-nhan-cuoc": A5_UPRIGHT,
    "p05-phieu-chuyen-khoan": A5_UPRIGHT,
    "p07-giay-moi-lan-1": A5_UPRIGHT,
    "p09-nhan-niem-phong-100x50": ROLL,
    "p09-nhan-niem-phong-a6": A6_ACROSS,
    "p10-nhan-tui": A6_ACROSS,
    "p20-bao-cao-chi-tieu": A4_ACROSS,
    "p22-trich-luc-chuoi-luu-giu": A4_ACROSS,
}
PAPERS = {
    stem: Printed(
        render=written.func,
        view=written.args[0],
        name=NAMES[stem],
        size_mm=SIZES_MM.get(stem, A4_UPRIGHT),
    )
    for stem, written in SPECIMENS.items()
}
LABELS = frozenset({"p10-nhan-tui", "p09-nhan-niem-phong-a6", "p09-nhan-niem-phong-100x50"})
SHEETS = {stem: paper for stem, paper in PAPERS.items() if stem not in LABELS}
