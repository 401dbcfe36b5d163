"""How a moment stands to the date that bound at that moment: what was promised later does not excuse it, nor accuse it."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from postal_service.domain.administrative import Step
from postal_service.domain.wording_dates import local


class Timeliness(StrEnum):
    NO_DATE = "no_date"  # not received legally yet, or the clock stands
    BEFORE = "before"
    ON_THE_DAY = "on_the_day"
    AFTER = "after"


def due_in_force(steps: Iterable[Step], at: datetime) -> datetime | None:
    """The date that bound at that moment, by the steps taken until then; None where none did."""
    taken = [step for step in steps if step.at <= at]
    return taken[-1].due_at if taken else None


def timeliness(at: datetime, due_at: datetime | None) -> Timeliness:
    if due_at is None:
        return Timeliness.NO_DATE
    if at > due_at:
        return Timeliness.AFTER
    if local(at).date() == local(due_at).date():
        return Timeliness.ON_THE_DAY
    return Timeliness.BEFORE
