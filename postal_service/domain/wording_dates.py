"""Dates and times as a Vietnamese form prints them, in the one time zone of the country."""

from datetime import date, datetime, timedelta, timezone

# Viet Nam keeps UTC+7 all year; no zone database is needed to say so.
VIETNAM = timezone(timedelta(hours=7), "+07")

_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")


def local(moment: datetime) -> datetime:
    """The moment on the wall clock of the office.

    Raises:
        ValueError: a time without a zone, which no one can place.
    """
    if moment.utcoffset() is None:
        raise ValueError("A time needs a time zone.")
    return moment.astimezone(VIETNAM)


def official_moment(moment: datetime) -> str:
    """Say "09 giờ 05 phút, ngày 23 tháng 11 năm 2026"."""
    at = local(moment)
    return f"{at:%H} giờ {at:%M} phút, {official_date(at.date())}"


def official_date(day: date) -> str:
    """Say "ngày 02 tháng 9 năm 2026".

    Decree 30/2020/NĐ-CP on clerical work: days below ten and the months January and February
    carry a leading zero, other months do not.
    """
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def short_date(day: date) -> str:
    """Say "23/11/2026"."""
    return f"{day:%d/%m/%Y}"


def told_date(written: str) -> str:
    """Say an event's "2026-11-23" as "23/11/2026". What no calendar has stands as it was signed."""
    try:
        return short_date(date.fromisoformat(written))
    except ValueError:
        return written


def short_moment(moment: datetime) -> str:
    """Say "09:05 23/11/2026"."""
    return f"{local(moment):%H:%M %d/%m/%Y}"


def short_window(opens_at: datetime, closes_at: datetime) -> str:
    """Say "08:00–10:00 25/11/2026", of a window within one day."""
    return f"{local(opens_at):%H:%M}–{short_moment(closes_at)}"


def weekday_date(day: date) -> str:
    """Say "Thứ Tư, 25/11/2026"."""
    return f"{_WEEKDAYS[day.weekday()]}, {short_date(day)}"
