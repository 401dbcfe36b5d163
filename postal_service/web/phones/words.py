"""Why something was kept apart, in the words of whoever has to settle it."""

from collections.abc import Mapping
from typing import Final

from postal_service.services.examining import Reason
from postal_service.web.language import pick

REASONS: Final[Mapping[Reason, tuple[str, str]]] = {
    Reason.MALFORMED: ("không đọc được thành sự kiện", "cannot be read as an event"),
    Reason.UNKNOWN_DEVICE: ("máy ký không có trong sổ", "signed by an unknown device"),
    Reason.BAD_SIGNATURE: ("chữ ký không đúng", "the signature does not hold"),
    Reason.BAD_OFFER: ("mã bàn giao không đúng", "the hand-over code does not hold"),
    Reason.NOT_FOR_PHONES: ("việc này không làm trên điện thoại", "not an act for phones"),
    Reason.WRONG_STAFF: ("người ký không phải chủ máy", "signed by somebody else than its holder"),
    Reason.ID_REUSED: ("trùng mã với sự kiện khác", "its id belongs to another event"),
    Reason.SEQUENCE_FORK: ("số thứ tự đã dùng cho sự kiện khác", "its number was used already"),
    Reason.CHAIN_BROKEN: ("không nối với sự kiện trước của máy", "does not follow the last event"),
    Reason.TOO_FAR_AHEAD: ("đồng hồ máy chạy trước quá xa", "its clock is too far ahead"),
    Reason.REVOKED: ("máy đã bị thu hồi", "the phone was revoked"),
    Reason.UNKNOWN_ITEM: ("bưu gửi không có trong sổ", "an unknown item"),
    Reason.UNPROVED: ("phát mà chưa chứng minh được", "a delivery without its proof"),
}


def reason_word(reason: str) -> str:
    """The sentence for a reason as the store keeps it."""
    return pick(REASONS[Reason(reason)])
