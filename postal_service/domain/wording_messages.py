"""Sentences for refusals about messages that leave the system: Vietnamese, English."""

SENTENCES: dict[str, tuple[str, str]] = {
    "message.unknown": (
        "Không có tin nhắn này, hoặc tin không thuộc phạm vi của bạn.",
        "There is no such message, or it is not yours to see.",
    ),
    "message.no_gateway": (
        "Ở đây chưa gửi được tin nhắn: chưa khai tổng đài. Không có gì được gửi. Hãy dùng mã nhận trên phiếu, thẻ căn cước, hoặc trưởng bưu cục cùng một người chứng kiến.",
        "No message can be sent from here: no gateway is set up. Nothing was sent. Use the delivery code on the slip, the citizen card, or the head of the office with a witness.",
    ),
    "message.not_given_up": (
        "Tin nhắn này đã gửi hoặc đang chờ gửi; không cần gửi lại. Không có gì thay đổi.",
        "This message was sent or still waits; it need not be tried again. Nothing changed.",
    ),
    "message.run_out": (
        "Mã trong tin nhắn này đã hết hạn hoặc đã có mã mới hơn, gửi lại chỉ gây nhầm. Không có gì thay đổi. Người giữ bưu gửi có thể yêu cầu mã mới.",
        "The code in this message is over or a newer one was made; sent now it would mislead. Nothing changed. Whoever holds the item can ask for a new code.",
    ),
}
