"""The installation's own assumptions, read from a TOML file. What it does not name stays as shipped; what it misspells is refused.

envelope_grams = 25
[motorbike]
cash_limit_dong = 15000000
[[rush_hours]]
from = 07:00:00
to = 08:30:00
speed_percent = 65
"""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any, Final

from postal_service.domain.couriers import Vehicle
from postal_service.services.conditions import ASSUMED, Conditions, Riding, RushHour
from postal_service.services.orders import second_of_clock

# Name: least and most.
NUMBERS: Final[Mapping[str, tuple[int, int]]] = {
    "envelope_grams": (0, 10_000),
    "paper_grams": (0, 10_000),
    "unknown_area_seconds": (0, 36_000),
    "crossing_seconds": (60, 36_000),
    "speed_percent": (1, 1_000),
    "bag_documents": (1, 100_000),
    "bag_grams": (1, 10_000_000),
    "cash_limit_dong": (0, 10_000_000_000),
    "longest_metres": (1_000, 2_000_000),
    "longest_seconds": (600, 86_400),
}
OF_ALL: Final = ("envelope_grams", "paper_grams", "unknown_area_seconds", "crossing_seconds")
OF_A_VEHICLE: Final = (
    "speed_percent", "bag_documents", "bag_grams", "cash_limit_dong", "longest_metres",
    "longest_seconds",
)  # fmt: skip


class BadAssumptionsError(ValueError):
    """The file cannot be taken; the message names the place."""


def read(path: Path) -> Conditions:
    """The shipped assumptions with what the file says. Raises BadAssumptionsError."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise BadAssumptionsError(str(fault)) from fault
    _refuse_unknown("", told, (*OF_ALL, *Vehicle, "rush_hours"))
    riding = dict(ASSUMED.riding)
    for vehicle in Vehicle:
        if vehicle in told:
            riding[vehicle] = _riding(vehicle, riding[vehicle], told[vehicle])
    numbers: dict[str, Any] = {name: _number(name, told[name]) for name in OF_ALL if name in told}
    found = replace(ASSUMED, riding=riding, **numbers)
    if "rush_hours" not in told:
        return found
    return replace(found, rush_hours=_rush_hours(told["rush_hours"]))


def _riding(vehicle: Vehicle, shipped: Riding, told: object) -> Riding:
    if not isinstance(told, dict):
        raise BadAssumptionsError(f"{vehicle} has to be a table")
    _refuse_unknown(vehicle, told, OF_A_VEHICLE)
    changes: dict[str, Any] = {name: _number(f"{vehicle}.{name}", told[name]) for name in told}
    return replace(shipped, **changes)


def _rush_hours(told: object) -> tuple[RushHour, ...]:
    """In order and apart; each from one time of the day to a later one."""
    if not isinstance(told, list) or not all(isinstance(each, dict) for each in told):
        raise BadAssumptionsError("rush_hours has to be a list of tables")
    found: list[RushHour] = []
    for each in told:
        _refuse_unknown("rush_hours", each, ("from", "to", "speed_percent"))
        begins, ends = each.get("from"), each.get("to")
        if not isinstance(begins, time) or not isinstance(ends, time) or begins >= ends:
            raise BadAssumptionsError("rush_hours: from and to are times of a day, in order")
        percent = _number("rush_hours.speed_percent", each.get("speed_percent"))
        hour = RushHour(
            from_second=second_of_clock(begins), to_second=second_of_clock(ends),
            speed_percent=percent,
        )  # fmt: skip
        if found and hour.from_second < found[-1].to_second:
            raise BadAssumptionsError("rush_hours overlap or are out of order")
        found.append(hour)
    return tuple(found)


def _number(where: str, told: object) -> int:
    least, most = NUMBERS[where.rpartition(".")[2]]
    if not isinstance(told, int) or isinstance(told, bool) or not least <= told <= most:
        raise BadAssumptionsError(f"{where} has to be a whole number from {least} to {most}")
    return told


def _refuse_unknown(where: str, told: Mapping[str, object], known: tuple[str, ...]) -> None:
    unknown = sorted(set(told) - set(known))
    if unknown:
        raise BadAssumptionsError(f"{where or 'the file'} knows no {', '.join(unknown)}")
