"""The English of the desk's page."""

ENGLISH: dict[str, str] = {
    "Quầy": "Desk",
    "Hôm nay tại quầy": "Today at the desk",
    "Bưu tá tiếp theo: {name}, khoảng {at}": "Next courier: {name}, about {at}",
    "Theo các tuyến đã phát hành, hôm nay không còn bưu tá nào ghé đây.": "By the published rounds no courier comes by here any more today.",
    "Quét hoặc gõ mã bưu gửi, mã hồ sơ, thẻ nhân viên": "Scan or type an item, a dossier code or a staff badge",
    "Danh sách dài: các con số dưới đây chỉ đếm trang này.": "A long list: the figures below count this page alone.",
    "Xem tiếp danh sách": "Go on with the list",
    "Bàn giao dở dang quá 24 giờ": "Half handed over for more than 24 hours",
    "quá 24 giờ": "more than 24 hours",
    "{who} phải ký nhận hoặc từ chối; đề nghị từ {since}.": "{who} has to take it or refuse it; on offer since {since}.",
    "thiếu chữ ký bên giao": "the giver's signature is missing",
    "{taker} đã ký nhận từ {since}; {giver} phải gửi lên những gì điện thoại của mình đã ký.": "{taker} signed for it; known since {since}. {giver} has to send what his phone signed.",
    "Người nhận đã chuyển chỗ ở": "The receiver has moved",
    "{name} báo địa chỉ mới lúc {at}; gọi người nhận rồi đối chiếu.": "{name} told a new address {at}; call the receiver, then compare.",
    "Người nhận nay ở nơi {office} phát.": "The receiver now lives where {office} delivers.",
    "Chờ bàn giao": "To be handed over",
    "Chưa có hồ sơ chờ bàn giao. Quét mã để bắt đầu.": "Nothing waits to be handed over. Scan to begin.",
    "Đang bàn giao": "Half handed over",
    "Kết quả về": "Results here",
    "Chưa có kết quả nào ở đây.": "No result is here yet.",
}
