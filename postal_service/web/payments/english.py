"""The English of taking money."""

ENGLISH: dict[str, str] = {
    "Khoản còn phải thu": "Still to be paid",
    "Thu riêng từng khoản; tiền mặt đứng tên bạn cho đến khi nộp quỹ.": "Each charge by itself; cash stands in your name until you hand it in.",
    "Kết quả được giao khi không còn khoản nào phải thu.": "The result is given out once nothing is due.",
    "Cách nộp": "Paid by",
    "miễn, không thu": "waived, nothing to pay",
    "Số chứng từ": "Reference",
    "Biên lai hoặc số giao dịch; khi miễn, ghi căn cứ.": "Receipt or transaction; where waived, the rule.",
    "Ghi đã thu": "Record it",
    "Thu tiền": "Take money",
    "Hồ sơ {code} không còn khoản nào phải thu.": "Dossier {code} owes nothing.",
    "Đã thu {amount}: {line}.": "{amount} taken: {line}.",
    "Đã ghi miễn: {line}.": "Waived: {line}.",
}
