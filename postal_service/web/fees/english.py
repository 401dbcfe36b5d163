"""The English of the fees taken for agencies."""

ENGLISH: dict[str, str] = {
    "Phí, lệ phí đã thu": "Fees taken",
    "Phí, lệ phí đã thu cho cơ quan": "Fees taken for agencies",
    "Theo cơ quan": "By agency",
    "Số khoản": "Charges",
    "Đã thu": "Taken",
    "Tại quỹ, chưa nộp": "In the till",
    "Đã nộp cơ quan": "Remitted",
    "Không thu khoản phí, lệ phí nào trong kỳ này.": "No fee was taken in this period.",
    "In bảng kê": "Print the list",
    "Thủ tục": "Procedure",
    "Căn cứ thu": "Set by",
    "Nộp tiền tại quỹ cho cơ quan": "Hand the till's cash on to the agency",
    "Ghi rằng {amount} tiền mặt của kỳ này, đã được đếm nhận vào quỹ, nay đã đến cơ quan.": "Record that {amount} of this period's cash, counted into the till, has reached the agency.",
    "Số chứng từ nộp": "Receipt number",
    "Số giấy nộp tiền hoặc số giao dịch ngân hàng.": "Number of the paying-in slip or of the bank's transaction.",
    "Ghi đã nộp": "Record as remitted",
    "Đã ghi nộp {count} khoản, {amount}.": "{count} charge(s) recorded as remitted, {amount}.",
}
