"""The calendars the domain's tests share, built from the shipped holidays."""

from datetime import datetime

from postal_service.domain.calendar import (
    AGENCY_WEEK,
    POSTAL_WEEK,
    WorkingCalendar,
    calendar_from_holidays,
)
from postal_service.domain.wording_dates import VIETNAM
from postal_service.reference.holidays import holidays

AGENCY: WorkingCalendar = calendar_from_holidays(
    "agency", version="2026-11", week=AGENCY_WEEK, rows=holidays()
)
POST: WorkingCalendar = calendar_from_holidays(
    "post", version="2026-11", week=POSTAL_WEEK, rows=holidays()
)


def at(written: str) -> datetime:
    """A moment on the wall clock of the office: `at("2026-11-23 15:20")`."""
    return datetime.fromisoformat(written).replace(tzinfo=VIETNAM)
