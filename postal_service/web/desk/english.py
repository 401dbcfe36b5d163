"""The English of the desk's page."""

ENGLISH: dict[str, str] = {
    "Quầy": "Desk",
    "Hôm nay tại quầy": "Today at the desk",
    "Bưu tá tiếp theo: {name}, khoảng {at}": "Next courier: {name}, about {at}",
    "Chưa có tuyến nào được phát hành ghé đơn vị này hôm nay.": "No published round comes by here today.",
    "Quét hoặc gõ mã bưu gửi, mã hồ sơ, thẻ nhân viên": "Scan or type an item, a dossier code or a staff badge",
    "Danh sách dài, chỉ hiện 200 bưu gửi đầu. Quét mã để đến thẳng bưu gửi.": "A long list: only the first 200 items are shown. Scan to go straight to an item.",
    "Chờ bàn giao": "To be handed over",
    "Chưa có hồ sơ chờ bàn giao. Quét mã để bắt đầu.": "Nothing waits to be handed over. Scan to begin.",
    "Đang bàn giao": "Half handed over",
    "Kết quả về": "Results here",
    "Chưa có kết quả nào ở đây.": "No result is here yet.",
}
