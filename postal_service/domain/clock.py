"""A device's clock may say anything that its event can hold; what it said is always a moment that can be told.

An event's `wall_ms` goes far beyond the year 9999, where dates end. A phone that claims such a time
is wrong, but what it signed has happened: its event is kept, shown and corrected like any other.
"""

from datetime import UTC, datetime

# A day before the end, so that it can still be told in the country's own time zone.
LATEST = datetime(9999, 12, 30, tzinfo=UTC)
_LATEST_MS = int(LATEST.timestamp()) * 1000


def claimed(wall_ms: int) -> datetime:
    """When a device says that something was, in milliseconds since 1970; the latest moment there is for all beyond it."""
    return datetime.fromtimestamp(min(wall_ms, _LATEST_MS) / 1000, UTC)
