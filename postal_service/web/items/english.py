"""The English of an item's pages."""

ENGLISH: dict[str, str] = {
    "Nằm trong túi": "Lies in bag",
    "còn đóng, bưu gửi đi cùng túi": "closed; the item goes with it",
    "Hiện trạng": "As it stands",
    "Loại": "Kind",
    "Đang giữ": "Holder",
    "Nơi đến": "Destination",
    "Giấy tờ bên trong": "Papers inside",
    "chưa niêm phong": "not sealed",
    "khi phát không thu lại được bản nào": "none was taken back at the delivery",
    "Chờ nhận tại": "Offered to",
    "Số lần phát": "Attempts",
    "Số giấy mời": "Invitations",
    "Cùng người nộp đếm lại giấy tờ rồi niêm phong trước mặt họ.": "Count the papers together with the citizen, then seal in front of them.",
    "Bưu gửi đã có niêm phong {seal}. Niêm phong lại cần người chứng kiến và lý do.": "The item carries seal {seal}. A second seal needs a witness and a reason.",
    "Danh mục": "List of papers",
    "Bưu gửi này không kèm danh mục giấy tờ.": "No list of papers goes with this item.",
    "Đã niêm phong bưu gửi {item}, số niêm phong {serial}.": "Item {item} is sealed with {serial}.",
}
