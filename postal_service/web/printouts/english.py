"""The English of the papers that are printed from a dossier."""

ENGLISH: dict[str, str] = {
    "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ": "Request for a supplement",
    "Phiếu từ chối tiếp nhận giải quyết hồ sơ": "Refusal",
    "Văn bản xin lỗi và đề nghị gia hạn": "Apology and extension",
    "Thông báo dừng giải quyết hồ sơ": "Notice of discontinuation",
    "Phiếu kiểm soát quá trình giải quyết": "Control slip",
    "In từ sự kiện đã ghi. Nơi có mẫu do cơ quan ban hành thì dùng mẫu đó.": "Printed from what was recorded. Where the agency has an issued form, use that.",
    "In phiếu chuyển khoản": "Print the transfer slip",
    "không có mã chuyển khoản: chưa khai tài khoản nhận khoản này": "no transfer code: no account is entered that takes this line",
    "In lại phiếu đăng ký nhận kết quả": "Print the registration of the result again",
    "In lại giấy tiếp nhận hồ sơ và hẹn trả kết quả": "Print the receipt and appointment slip again",
    "Theo dữ liệu đang ghi, không có mã PIN và mã nhận kết quả. Giấy ghi đủ tên và địa chỉ; lần in được ghi lại.": "As it is recorded now, without PIN and delivery code. It has names and address in full; printing it is logged.",
    "In giấy ủy quyền nhận kết quả": "Print the authorisation to receive the result",
    "Phiếu ghi đủ tên và địa chỉ người nhận; lần in được ghi lại.": "It names the receiver and the address in full; printing it is logged.",
}
