"""Whole days on the wall clock of Viet Nam, from the first to the last, both counted."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from postal_service.domain.refusals import Malformed
from postal_service.domain.wording_dates import VIETNAM, local

MOST_DAYS = 1_100  # three years: what a report is made for, and what one question should read
_EARLIEST, _LATEST = date(2000, 1, 1), date(2200, 1, 1)


class BadPeriod(Malformed):
    """It ends before it begins, or is longer than three years."""

    code = "report.bad_period"


@dataclass(frozen=True, kw_only=True)
class Period:
    """`first` and `last` are days. Raises BadPeriod."""

    first: date
    last: date

    def __post_init__(self) -> None:
        days = (self.last - self.first).days + 1
        if not 1 <= days <= MOST_DAYS or self.first < _EARLIEST or self.last >= _LATEST:
            raise BadPeriod(most=MOST_DAYS)

    @classmethod
    def month_of(cls, at: datetime) -> "Period":
        """From the first of the month to today."""
        today = local(at).date()
        return cls(first=today.replace(day=1), last=today)

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, time(), VIETNAM)

    @property
    def until(self) -> datetime:
        """The first instant that is no more in it."""
        return datetime.combine(self.last + timedelta(days=1), time(), VIETNAM)

    def cut(self, at: datetime) -> datetime:
        """The instant at which what is still open is looked at: the end, or now if that is earlier."""
        return min(self.until, at)
