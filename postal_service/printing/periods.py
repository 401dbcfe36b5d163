"""Some days as a paper calls them: a month, a quarter or a year where they are just that, else their ends."""

from datetime import date, timedelta
from typing import Final

from postal_service.printing.figures import short_date

_QUARTERS: Final = ("I", "II", "III", "IV")


def of_days(first: date, last: date) -> str:
    """Such as "Tháng 11 năm 2026", "Quý IV năm 2026", "Năm 2026", or "Từ ngày … đến ngày …"."""
    if first == last:
        return f"Ngày {short_date(first)}"
    following = last + timedelta(days=1)
    if first.day == following.day == 1:
        months = (following.year - first.year) * 12 + following.month - first.month
        if months == 1:
            return f"Tháng {first.month} năm {first.year}"
        if months == 3 and first.month % 3 == 1:
            return f"Quý {_QUARTERS[first.month // 3]} năm {first.year}"
        if months == 12 and first.month == 1:
            return f"Năm {first.year}"
    return f"Từ ngày {short_date(first)} đến ngày {short_date(last)}"
