"""Public holidays and swapped working days as announced, year by year. A year not listed is not known."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from postal_service.reference.files import shipped_rows


class DayKind(StrEnum):
    OFF = "off"
    WORKING = "working"  # a rest day worked in exchange for a day off


@dataclass(frozen=True, kw_only=True)
class HolidayRow:
    day: date
    kind: DayKind
    name: str
    note: str = ""
    hours: str = ""  # "07:00-11:30,13:30-17:00" on a worked day; "" those of an ordinary Monday

    @property
    def uncertain(self) -> bool:
        return "uncertain" in self.note


def holidays() -> tuple[HolidayRow, ...]:
    """Every announced day the product ships with, oldest first."""
    return tuple(read_holidays(shipped_rows("holidays.tsv")))


def read_holidays(rows: Iterable[dict[str, str]]) -> list[HolidayRow]:
    """Typed rows of a holiday table with the columns date, kind, name, note.

    Raises:
        ValueError: a date or kind that is not one.
    """
    return [
        HolidayRow(
            day=date.fromisoformat(row["date"]),
            kind=DayKind(row["kind"]),
            name=row["name"],
            note=row["note"] or "",
        )
        for row in rows
    ]
