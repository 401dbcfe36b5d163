"""The small parts of a VROOM input: each is read as documented or refused by its name."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from routing.formats.unreadable import UnreadableFile
from routing.problem import Break
from routing.terms import UNREACHABLE, Window

HIGHEST_PRIORITY: Final = 100
LAST_SECOND: Final = UNREACHABLE - 1
Json = Mapping[str, Any]
Given = TypeVar("Given")
Part = TypeVar("Part")


def parts_of(given: Json, key: str) -> Sequence[Json]:
    """The list of objects under a key, empty where there is none."""
    parts = given.get(key, [])
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise UnreadableFile(f"/{key}: a list of objects is expected")
    return parts


def as_documented(where: str, read: Callable[[Given], Part], part: Given) -> Part:
    """What `read` makes of a part; where that fails, the refusal says which part it was."""
    try:
        return read(part)
    except UnreadableFile as refusal:
        raise UnreadableFile(f"{where}: {refusal.detail}") from None
    except KeyError as error:
        raise UnreadableFile(f"{where}: {error.args[0]} is missing") from None
    except (TypeError, AttributeError, ValueError, OverflowError):
        raise UnreadableFile(f"{where}: something in it is not of the kind expected") from None


def only(part: Json, known: set[str], where: str) -> None:
    """Refuses what is not known, so that nothing is silently dropped."""
    unknown = sorted(set(part) - known)
    if unknown:
        raise UnreadableFile(f"{where} uses {', '.join(unknown)}, which is not read")


def skills_of(part: Json) -> frozenset[str]:
    return frozenset(str(skill) for skill in part.get("skills", []))


def priority_of(part: Json) -> int:
    priority = part.get("priority", 0)
    if not isinstance(priority, int) or not 0 <= priority <= HIGHEST_PRIORITY:
        raise UnreadableFile(f"a priority of {priority}; VROOM's go from 0 to {HIGHEST_PRIORITY}")
    return priority


def whole_of(part: Json, key: str, otherwise: int) -> int:
    number = part.get(key, otherwise)
    if not isinstance(number, int):
        raise UnreadableFile(f"{key} of {number} is no whole number")
    return number


def window_of(span: Sequence[int]) -> Window:
    opens, closes = span
    if closes > LAST_SECOND:
        raise UnreadableFile(
            f"a time window to {closes}: seconds since the day's beginning are read, dates are not"
        )
    return Window(opens_second=opens, closes_second=closes)


def breaks_of(vehicle: Json, shift: Window) -> tuple[Break, ...]:
    """The breaks in their order, each held wholly within the vehicle's working hours."""
    rests = [_break(rest, shift) for rest in vehicle.get("breaks", [])]
    return tuple(sorted(rests, key=lambda rest: (rest.earliest_second, rest.latest_second)))


def _break(rest: Json, shift: Window) -> Break:
    only(rest, {"id", "time_windows", "service", "description"}, f"break {rest['id']}")
    windows = rest.get("time_windows", [[shift.opens_second, shift.closes_second]])
    if len(windows) != 1:
        raise UnreadableFile(f"break {rest['id']} has several windows, which is not read")
    given, duration = window_of(windows[0]), rest.get("service", 0)
    earliest = max(given.opens_second, shift.opens_second)
    latest = min(given.closes_second, shift.closes_second - duration)
    if latest < earliest:
        raise UnreadableFile(f"break {rest['id']} does not fit into the vehicle's time_window")
    return Break(earliest_second=earliest, latest_second=latest, duration_seconds=duration)
