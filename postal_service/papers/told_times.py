"""What a paper tells of an event's time beside the device's own. Papers are Vietnamese, whatever the screen speaks."""

from postal_service.domain.legal_time import LegalTime
from postal_service.domain.wording_dates import short_moment


def on_paper(time: LegalTime) -> tuple[str, ...]:
    """The estimate where the claimed time cannot be true, and how it came; () of what is in order."""
    estimated = (
        (f"giờ ước tính {short_moment(time.estimated_at)}",) if time.estimate_differs else ()
    )
    return (*estimated, *marks(time))


def marks(time: LegalTime) -> tuple[str, ...]:
    """Sent later is told of whoever had no network, and is no fault; the others are the device's."""
    said = (
        (time.hours_until_sent > 0, f"gửi sau {time.hours_until_sent} giờ"),
        (time.clock_is_off, "đồng hồ thiết bị lệch quá 10 phút"),
        (time.contradicts_itself, "thiết bị tự mâu thuẫn về giờ"),
    )
    return tuple(words for holds, words in said if holds)
