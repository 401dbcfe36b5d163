"""The figures of a period and a part of the organisation, computed by the database and never stored.

Reading only. Every figure says what it counts and by which clock; `docs/reports.md` is the same list for
people. A figure without a denominator is none, never nought.
"""

from postal_service.reports.period import BadPeriod, Period
from postal_service.reports.report import REPORTING, Figures, Part, Report, make, volume_for

__all__ = ["REPORTING", "BadPeriod", "Figures", "Part", "Period", "Report", "make", "volume_for"]
