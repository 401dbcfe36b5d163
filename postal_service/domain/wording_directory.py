"""Sentences for refusals of the directory: Vietnamese, English."""

SENTENCES: dict[str, tuple[str, str]] = {
    "staff.unknown": (
        "Không có nhân viên {staff}, hoặc không thuộc phạm vi của bạn.",
        "There is no member of staff {staff}, or not one of yours.",
    ),
    "staff.login_taken": (
        "Tên đăng nhập {login} đã có người dùng. Chọn tên khác.",
        "The login {login} is taken. Choose another.",
    ),
    "unit.dates_crossed": (
        "Đơn vị {unit}: ngày kết thúc phải sau ngày bắt đầu.",
        "Unit {unit}: its last day has to come after its first.",
    ),
}
