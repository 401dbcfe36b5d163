"""The English of exceptions and corrections."""

ENGLISH: dict[str, str] = {
    "Đính chính": "Correction",
    "Không sự kiện nào bị sửa hay xóa. Đính chính là một sự kiện mới, nêu người phát hiện và người kiểm.": "No event is changed or deleted. A correction is a new event that names who found it and who checked.",
    "Sự kiện không xảy ra": "The event that did not occur",
    "Thẻ người phát hiện": "Badge of who found it",
    "Người phát hiện phải khác người ký.": "Whoever found it is not whoever signs.",
    "Ký đính chính": "Sign the correction",
    "Bất thường": "Exceptions",
    "Hai người đã giải quyết": "Two people have settled it",
    "Hai nhân viên cùng mở, cùng đếm. Số đếm được ghi từ đây là số giấy tờ trong bưu gửi.": "Two members of staff open and count together. What they count is what is in the item from now on.",
    "Hư hại hoặc mất niêm phong": "Damaged, or the seal is broken",
    "Báo hư hại": "Report damage",
    "Không tìm thấy": "Cannot be found",
    "Báo thất lạc": "Report lost",
    "Người giữ vẫn chịu trách nhiệm cho đến khi tìm thấy hoặc giải quyết xong.": "The holder still answers for it until it is found or settled.",
    "Tôi đang giữ bưu gửi này": "I hold this item now",
    "Hoãn vì thiên tai, đường chia cắt": "Postponed: flood, storm, a cut road",
    "Hoãn": "Postpone",
    "Đính chính một sự kiện ghi sai": "Correct an event that was told wrongly",
    "Đã ghi. Sự kiện nằm trong chuỗi lưu giữ của bưu gửi.": "Recorded in the item's chain of custody.",
    "Đã đính chính bằng một sự kiện mới; sự kiện cũ vẫn còn trong sổ.": "Corrected by a new event; the old one is still in the ledger.",
}
