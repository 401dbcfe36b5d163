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
    return tuple(rest for rest, _ in _in_order(vehicle, shift))


def break_ids(vehicle: Json, shift: Window) -> tuple[int, ...]:
    """Their ids, in the same order."""
    return tuple(identity for _, identity in _in_order(vehicle, shift))


def _in_order(vehicle: Json, shift: Window) -> list[tuple[Break, int]]:
    rests = [(_break(rest, shift), rest["id"]) for rest in vehicle.get("breaks", [])]
    return sorted(rests, key=lambda rest: (rest[0].earliest_second, rest[0].latest_second))


def _break(rest: Json, shift: Window) -> Break:
    """Of several windows those count that the working hours leave, and those that touch are one."""
    only(rest, {"id", "time_windows", "service", "description"}, f"break {rest['id']}")
    windows = rest.get("time_windows", [[shift.opens_second, shift.closes_second]])
    duration = rest.get("service", 0)
    spans: list[tuple[int, int]] = []
    for given in sorted(map(window_of, windows), key=lambda window: window.opens_second):
        earliest = max(given.opens_second, shift.opens_second)
        latest = min(given.closes_second, shift.closes_second - duration)
        if latest < earliest:
            continue
        if spans and earliest <= spans[-1][1] + 1:
            earliest, latest = spans[-1][0], max(latest, spans.pop()[1])
        spans.append((earliest, latest))
    if not spans:
        raise UnreadableFile(f"break {rest['id']} does not fit into the vehicle's time_window")
    if len(spans) > 1:
        raise UnreadableFile(f"break {rest['id']} has several windows, which is not read")
    ((earliest, latest),) = spans
    return Break(earliest_second=earliest, latest_second=latest, duration_seconds=duration)
