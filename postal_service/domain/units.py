"""A place is what it was on a day. Old units stay, with the day they ended and what took them over."""

from datetime import date
from enum import StrEnum

from postal_service.domain.ids import UnitCode
from postal_service.domain.refusals import RuleBroken, Unknown


class UnknownUnit(Unknown):
    """There is no such unit on the `day` that the refusal tells."""

    code = "unit.unknown"


class UnitNotEntered(UnknownUnit):
    """There is no such unit on any day."""

    code = "unit.not_entered"


class UnitInCircle(RuleBroken):
    """A unit would lie within itself, or follow itself."""

    code = "unit.circle"


class SuccessionKind(StrEnum):
    MERGED = "merged"
    SPLIT = "split"
    RENAMED = "renamed"  # one became one: only its name, kind or parent changed


def former_code(code: UnitCode, last_day: date) -> UnitCode:
    """The code of a former unit whose own was given on: "20341~2025-06-30", An Mỹ before Tam Kỳ."""
    return UnitCode(f"{code}~{last_day}")
