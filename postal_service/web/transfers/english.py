"""The English of transfers that arrive later."""

ENGLISH: dict[str, str] = {
    "Chuyển khoản đến sau": "A transfer that arrived later",
    "Dành cho khoản công dân chuyển sau khi đã rời quầy. Chép từ sao kê của tài khoản nhận; chỉ ghi khi tiền đã vào tài khoản.": "For what a citizen transfers after leaving the counter. Copy it from the account's statement, once the money is there.",
    "Nội dung chuyển khoản": "Purpose of the transfer",
    "Ví dụ: LP H17.132-261123-0001. LP là phí, lệ phí; CP là cước; TH là thu hộ.": "For example LP H17.132-261123-0001. LP is the state fee, CP postage, TH what is collected for others.",
    "Đúng số tiền đã vào tài khoản, không dấu chấm.": "Exactly what arrived, without points.",
    "Số giao dịch ngân hàng": "The bank's transaction number",
    "Ghi đã nhận chuyển khoản": "Record the transfer",
    "Đã ghi nhận chuyển khoản {amount}: {line}.": "A transfer of {amount} was recorded: {line}.",
}
