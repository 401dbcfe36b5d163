"""Sentences for refusals to auditors: Vietnamese, English."""

SENTENCES: dict[str, tuple[str, str]] = {
    "audit.unknown_event": (
        "Sổ cái không có sự kiện {event}.",
        "The ledger has no event {event}.",
    ),
    "audit.not_signed_yet": (
        "Sự kiện {event} chưa nằm dưới điểm kiểm nào. Chạy kiểm tra rồi lấy chứng cứ lại.",
        "No checkpoint covers event {event} yet. Run a check, then take the proof again.",
    ),
    "audit.bad_sample": (
        "Mẫu có từ 1 đến {most} bưu gửi, trong một khoảng ngày có ngày đầu trước ngày cuối.",
        "A sample has 1 to {most} items, in a period whose first day comes before its last.",
    ),
    "audit.period_too_long": (
        "Khoảng ngày lấy mẫu dài nhất {days} ngày. Chọn ngày cuối sớm hơn, hoặc lấy mẫu từng năm.",
        "A sample's period has {days} days at most. Choose an earlier last day, or draw year by year.",
    ),
    "ledger.empty": (
        "Sổ cái chưa có sự kiện nào.",
        "The ledger has no event yet.",
    ),
    "ledger.no_checkpoint": (
        "Chưa điểm kiểm nào đủ bên làm chứng ký. Giữ lại mọi sự kiện đã ký trong máy.",
        "No checkpoint has enough witnesses yet. Keep every signed event in the phone.",
    ),
    "ledger.unknown_head": (
        "Sổ chưa được ký lần nào ở đúng {size} sự kiện. So lại con số in trên giấy; nếu đúng, hãy báo bên kiểm tra.",
        "The ledger was never signed at {size} events. Compare the number on the paper again; if it is right, tell the auditors.",
    ),
    "ledger.not_witnessed": (
        "Chưa điểm kiểm nào đủ bên làm chứng ký (cần {needed}). Khi họ trả lời, chạy `postal checkpoint` rồi làm lại.",
        "No checkpoint has enough witnesses yet ({needed} needed). Once they answer, run `postal checkpoint`, then try again.",
    ),
}
