"""The installation's own assumptions, read from a TOML file. What it does not name stays as shipped; what it misspells is refused.

envelope_grams = 25
[motorbike]
cash_limit_dong = 15000000
[[rush_hours]]
from = 07:00:00
to = 08:30:00
speed_percent = 65
[van_arrives]
554210 = 09:30:00
[[closures]]
name = "bão số 12"
first_day = 2026-11-24
last_day = 2026-11-26
areas = ["20413"]
"""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final, TypeGuard

from postal_service.domain.couriers import Vehicle
from postal_service.domain.ids import UnitCode
from postal_service.services.conditions import ASSUMED, Closure, Conditions, Riding, RushHour
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
    "tours": (1, 6),
    "reload_seconds": (0, 14_400),
    "detour_seconds": (60, 36_000),
    "detour_metres": (0, 500_000),
}
OF_ALL: Final = ("envelope_grams", "paper_grams", "unknown_area_seconds", "crossing_seconds")
OF_A_VEHICLE: Final = (
    "speed_percent", "bag_documents", "bag_grams", "cash_limit_dong", "longest_metres",
    "longest_seconds", "tours", "reload_seconds",
)  # fmt: skip
OF_A_CLOSURE: Final = (
    "name", "first_day", "last_day", "areas", "towards", "inside", "detour_seconds",
    "detour_metres", "desks",
)  # fmt: skip
LONGEST_NAME: Final = 80


class BadAssumptionsError(ValueError):
    """The file cannot be taken; the message names the place."""


def read(path: Path) -> Conditions:
    """The shipped assumptions with what the file says. Raises BadAssumptionsError."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise BadAssumptionsError(str(fault)) from fault
    _refuse_unknown("", told, (*OF_ALL, *Vehicle, "rush_hours", "van_arrives", "closures"))
    riding = dict(ASSUMED.riding)
    for vehicle in Vehicle:
        if vehicle in told:
            riding[vehicle] = _riding(vehicle, riding[vehicle], told[vehicle])
    numbers: dict[str, Any] = {name: _number(name, told[name]) for name in OF_ALL if name in told}
    found = replace(
        ASSUMED,
        riding=riding,
        van_arrives=_van_arrives(told.get("van_arrives", {})),
        closures=tuple(map(_closure, _tables("closures", told.get("closures", [])))),
        **numbers,
    )
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
    found: list[RushHour] = []
    for each in _tables("rush_hours", told):
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


def _van_arrives(told: object) -> dict[UnitCode, int]:
    if not isinstance(told, dict) or not all(isinstance(each, time) for each in told.values()):
        raise BadAssumptionsError(
            "van_arrives has to be a table of offices' codes and times of a day"
        )
    return {UnitCode(office): second_of_clock(at) for office, at in told.items()}


def _closure(told: Mapping[str, Any]) -> Closure:
    _refuse_unknown("closures", told, OF_A_CLOSURE)
    name, first, last = (told.get(each) for each in ("name", "first_day", "last_day"))
    if not isinstance(name, str) or not 0 < len(name.strip()) <= LONGEST_NAME:
        raise BadAssumptionsError(f"closures.name has to be 1 to {LONGEST_NAME} letters")
    if not _is_day(first) or not _is_day(last) or first > last:
        raise BadAssumptionsError(f"closures.first_day and last_day of {name}: two days, in order")
    inside = told.get("inside", False)
    if not isinstance(inside, bool):
        raise BadAssumptionsError("closures.inside has to be true or false")
    areas, towards, desks = (_codes(each, told) for each in ("areas", "towards", "desks"))
    detour = [each for each in ("detour_seconds", "detour_metres") if each in told]
    numbers: dict[str, Any] = {each: _number(f"closures.{each}", told[each]) for each in detour}
    if not areas and (towards or inside or detour or not desks):
        raise BadAssumptionsError(f"closures.areas of {name} has to name a commune's code at least")
    if detour == ["detour_metres"]:
        raise BadAssumptionsError(f"closures.detour_metres of {name} without detour_seconds")
    return Closure(
        name=name.strip(), first_day=first, last_day=last, areas=areas, towards=towards,
        inside=inside, desks=desks, **numbers,
    )  # fmt: skip


def _is_day(told: object) -> TypeGuard[date]:
    return isinstance(told, date) and not isinstance(told, datetime)


def _codes(key: str, told: Mapping[str, object]) -> frozenset[UnitCode]:
    codes = told.get(key, [])
    if not isinstance(codes, list) or not all(isinstance(each, str) and each for each in codes):
        raise BadAssumptionsError(f"closures.{key} has to be a list of codes, in quotes")
    return frozenset(map(UnitCode, codes))


def _tables(key: str, told: object) -> list[dict[str, Any]]:
    if not isinstance(told, list) or not all(isinstance(each, dict) for each in told):
        raise BadAssumptionsError(f"{key} has to be a list of tables")
    return told


def _number(where: str, told: object) -> int:
    least, most = NUMBERS[where.rpartition(".")[2]]
    if not isinstance(told, int) or isinstance(told, bool) or not least <= told <= most:
        raise BadAssumptionsError(f"{where} has to be a whole number from {least} to {most}")
    return told


def _refuse_unknown(where: str, told: Mapping[str, object], known: tuple[str, ...]) -> None:
    unknown = sorted(set(told) - set(known))
    if unknown:
        raise BadAssumptionsError(f"{where or 'the file'} knows no {', '.join(unknown)}")
