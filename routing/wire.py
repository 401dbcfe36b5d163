"""Problem and plan as JSON, there and back without loss; unknown keys are refused, not dropped.

Keys are the fields' names, units included. Enumerations are their values, sets are sorted lists,
fields at their default are left out of problems. `routing/README.md` shows a problem.
"""

import json
import operator
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeGuard, Union, cast, get_args, get_origin, get_type_hints

import numpy as np

from routing.findings import ContradictoryProblem
from routing.plan import PLAN_FORMAT, Plan
from routing.problem import Location, Problem
from routing.tables import Matrix, TravelTable
from routing.terms import DEFAULT_PROFILE
from routing.travel import TERRAINS, GeodesicTable, Tables, Terrain

Json = Any  # what json.loads gives


class UnreadableJson(ValueError):  # noqa: N818 - named as the clerk says it
    """`pointer` (RFC 6901) says where the JSON is not as expected."""

    def __init__(self, pointer: str, detail: str) -> None:
        self.pointer, self.detail = pointer, detail
        super().__init__(f"{pointer or '/'}: {detail}")


def problem_to_json(problem: Problem) -> str:
    """The problem as compact JSON.

    A `GeodesicTable` of the problem's own places is written as what it is computed of; every other
    computed table is written out whole.
    """
    plain = _plain(problem)
    for written, profile in zip(plain["profiles"], problem.profiles, strict=True):
        if _is_computable(profile.travel, problem.locations):
            written["travel"] = {"great_circle": _terrains(profile.travel)}
        elif not isinstance(profile.travel, Matrix):
            written["travel"] = _plain(_written_out(profile.travel))
    return _dumped(plain)


def problem_from_json(text: str, *, tables: Tables | None = None) -> Problem:
    """The problem of a text.

    `tables` makes the tables between the places, by profile, where the text leaves out `travel` or all
    of `profiles`; without it they must be there.

    Raises:
        UnreadableJson: not JSON, a key missing or unknown, a value of the wrong kind.
        ContradictoryProblem: readable, but no plan can obey it; with all findings.
        ValueError: a table has to be made between places without coordinates.
    """
    document = _loaded(text)
    if isinstance(document, dict):
        document = _with_tables(document, tables)
    return cast("Problem", _read(document, Problem, ""))


def _with_tables(document: dict[str, Json], tables: Tables | None) -> dict[str, Json]:
    """The document with the tables that are to be made of its places."""
    profiles = document.get("profiles")
    if profiles is None and tables is not None:
        men = document.get("couriers")
        men = men if isinstance(men, list) else []
        named = [man.get("profile", DEFAULT_PROFILE) for man in men if isinstance(man, dict)]
        # What is of the wrong kind is refused where it stands, when the whole is read.
        names = dict.fromkeys(name for name in named if isinstance(name, str))
        profiles = [{"name": name} for name in names]
    if not isinstance(profiles, list) or "locations" not in document:
        return document
    places: tuple[Location, ...] | None = None
    made = []
    for number, profile in enumerate(profiles):
        travel: Json = profile.get("travel", {}) if isinstance(profile, dict) else None
        is_left_out = travel == {} and tables is not None
        if not is_left_out and not (isinstance(travel, dict) and "great_circle" in travel):
            made.append(profile)
            continue
        if places is None:
            places = _read(document["locations"], tuple[Location, ...], "/locations")
        pointer = f"/profiles/{number}/travel"
        if tables is not None and is_left_out:
            name = _read(profile.get("name", DEFAULT_PROFILE), str, f"/profiles/{number}/name")
            table: TravelTable = tables(places, name)
        else:
            table = _great_circle(travel, places, pointer)
        made.append({**profile, "travel": table})
    return {**document, "profiles": made}


def _great_circle(
    travel: dict[str, Json], places: tuple[Location, ...], pointer: str
) -> GeodesicTable:
    if len(travel) > 1:
        raise UnreadableJson(pointer, "great_circle stands alone")
    given = travel["great_circle"]
    pointer += "/great_circle"
    if not isinstance(given, dict) or not given.get("terrains"):
        raise UnreadableJson(pointer, "terrains are expected")
    if not isinstance(given["terrains"], list):
        raise UnreadableJson(f"{pointer}/terrains", "a list is expected")
    if set(given) - {"terrains", "terrain_of"}:
        raise UnreadableJson(pointer, "only terrains and terrain_of are read")
    terrains = [
        TERRAINS[one]
        if isinstance(one, str) and one in TERRAINS
        else _read(one, Terrain, f"{pointer}/terrains/{number}")
        for number, one in enumerate(given["terrains"])
    ]
    numbers = given.get("terrain_of", [0] * len(places))
    read = _read(numbers, tuple[int, ...], f"{pointer}/terrain_of")
    if any(not 0 <= number < len(terrains) for number in read):
        raise UnreadableJson(f"{pointer}/terrain_of", "numbers of terrains, from 0, are expected")
    try:
        return GeodesicTable(places, tuple(terrains[number] for number in read))
    except ValueError as error:
        raise UnreadableJson(pointer, str(error)) from None


def _is_computable(table: TravelTable, places: tuple[Location, ...]) -> TypeGuard[GeodesicTable]:
    return isinstance(table, GeodesicTable) and table.locations == places


def _terrains(table: GeodesicTable) -> Json:
    known = {terrain: number for number, terrain in enumerate(dict.fromkeys(table.terrains))}
    written: dict[str, Json] = {"terrains": [_plain(terrain) for terrain in known]}
    if len(known) > 1:
        written["terrain_of"] = [known[terrain] for terrain in table.terrains]
    return written


def plan_to_json(plan: Plan) -> str:
    """The plan as JSON: `cost` and `routes` (stop ids in order) to read at once, `plan` in full.

    Where every stop id is a number, as in the classic instances, `routes` holds numbers.
    """
    numbered = all(stop.isdecimal() for route in plan.routes for stop in route.stops)
    document = {
        "format": PLAN_FORMAT,
        "cost": plan.cost,
        "routes": [[int(s) if numbered else s for s in route.stops] for route in plan.routes],
        "plan": _plain(plan, keep_defaults=True),
    }
    return _dumped(document)


def plan_from_json(text: str) -> Plan:
    """The plan of a text; its summary (`cost`, `routes`) is not read.

    Raises:
        UnreadableJson: as for problems, or a format this version does not know.
    """
    document = _loaded(text)
    if not isinstance(document, dict):
        raise UnreadableJson("", "an object is expected")
    if document.get("format") != PLAN_FORMAT:
        raise UnreadableJson("/format", f"only plans of format {PLAN_FORMAT} are read")
    if "plan" not in document:
        raise UnreadableJson("/plan", "missing")
    return cast("Plan", _read(document["plan"], Plan, "/plan"))


def _dumped(plain: Json) -> str:
    # numpy's whole numbers are whole numbers.
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), default=operator.index)


def _loaded(text: str) -> Json:
    try:
        return json.loads(text)
    except RecursionError:
        raise UnreadableJson("", "not JSON of ours: nested too deeply") from None
    except ValueError as error:  # no JSON, or a number of thousands of digits
        raise UnreadableJson("", f"not JSON: {error}") from None


def _plain(value: object, *, keep_defaults: bool = False) -> Json:
    if is_dataclass(value) and not isinstance(value, type):
        if isinstance(value, Matrix):
            seconds, metres = value.travel_seconds, value.distance_m
            return {"travel_seconds": seconds.tolist(), "distance_m": metres.tolist()}
        return _object(value, keep_defaults=keep_defaults)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (frozenset, set)):
        return sorted(value)
    if isinstance(value, (tuple, list)):
        return [_plain(item, keep_defaults=keep_defaults) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item, keep_defaults=keep_defaults) for key, item in value.items()}
    return value


def _object(value: object, *, keep_defaults: bool) -> Json:
    plain = {}
    for part in fields(value):  # type: ignore[arg-type]  # the caller has asked is_dataclass
        item = getattr(value, part.name)
        if not keep_defaults and _is_default(part, item):
            continue
        if part.name == "travel" and not isinstance(item, Matrix):
            continue  # `problem_to_json` says how it is made
        plain[part.name] = _plain(item, keep_defaults=keep_defaults)
    return plain


def _is_default(part: Field[Any], item: object) -> bool:
    if part.default is not MISSING:
        return bool(item == part.default)
    if part.default_factory is not MISSING:
        return bool(item == part.default_factory())
    return False


def _written_out(table: TravelTable) -> Matrix:
    every = np.arange(table.size)
    return Matrix(*table.block(every, every))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(value: Json, kind: Any, pointer: str) -> Any:  # noqa: ANN401 - any kind of field
    """`value` as the annotated type `kind`; the pointer names where it stands."""
    if kind is TravelTable:
        return _read_matrix(value, pointer)
    if is_dataclass(kind):
        return _read_object(value, kind, pointer)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _read_enum(value, kind, pointer)
    origin = get_origin(kind)
    if origin in {Union, types.UnionType}:
        return _read_optional(value, kind, pointer)
    if origin in {tuple, frozenset}:
        return _read_many(value, kind, pointer)
    if origin is not None and issubclass(origin, Mapping):
        return _read_mapping(value, kind, pointer)
    return _read_plain(value, getattr(kind, "__supertype__", kind), pointer)


def _read_plain(value: Json, kind: type, pointer: str) -> Json:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return _decimal(value, pointer)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise UnreadableJson(pointer, f"{kind.__name__} expected")
    if isinstance(value, str) and not value.isascii() and _is_broken(value):
        raise UnreadableJson(pointer, "half a character (a lone surrogate)")
    return value


def _decimal(number: int, pointer: str) -> float:
    try:
        return float(number)
    except OverflowError:
        raise UnreadableJson(pointer, "a number too large to be one with a point") from None


def _is_broken(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def _read_enum(value: Json, kind: type[Enum], pointer: str) -> Enum:
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(str(member.value) for member in kind)
        raise UnreadableJson(pointer, f"one of {known} expected") from None


def _read_optional(value: Json, kind: object, pointer: str) -> Json:
    if value is None:
        return None
    (inner,) = (part for part in get_args(kind) if part is not type(None))
    return _read(value, inner, pointer)


def _read_many(value: Json, kind: object, pointer: str) -> Json:
    if not isinstance(value, list):
        raise UnreadableJson(pointer, "a list is expected")
    parts = get_args(kind)
    if get_origin(kind) is frozenset:
        return frozenset(_read(item, parts[0], f"{pointer}/{n}") for n, item in enumerate(value))
    if parts[-1] is Ellipsis:
        return tuple(_read(item, parts[0], f"{pointer}/{n}") for n, item in enumerate(value))
    if len(value) != len(parts):
        raise UnreadableJson(pointer, f"{len(parts)} items are expected")
    pairs = zip(value, parts, strict=True)
    return tuple(_read(item, part, f"{pointer}/{n}") for n, (item, part) in enumerate(pairs))


def _read_mapping(value: Json, kind: object, pointer: str) -> Json:
    if not isinstance(value, dict):
        raise UnreadableJson(pointer, "an object is expected")
    key_kind, item_kind = get_args(kind)
    read = {}
    for key, item in value.items():
        if key_kind is int and not key.isdecimal():
            raise UnreadableJson(f"{pointer}/{key}", "a number is expected as key")
        read[int(key) if key_kind is int else key] = _read(item, item_kind, f"{pointer}/{key}")
    return read


def _read_object(value: Json, kind: Any, pointer: str) -> Json:  # noqa: ANN401 - a dataclass
    if not isinstance(value, dict):
        raise UnreadableJson(pointer, "an object is expected")
    hints, parts = _hints(kind), {part.name: part for part in fields(kind)}
    unknown = sorted(set(value) - set(parts))
    if unknown:
        raise UnreadableJson(f"{pointer}/{unknown[0]}", "unknown key")
    for name, part in parts.items():
        required = part.default is MISSING and part.default_factory is MISSING
        if required and name not in value:
            raise UnreadableJson(f"{pointer}/{name}", "missing")
    read = {name: _read(item, hints[name], f"{pointer}/{name}") for name, item in value.items()}
    try:
        return kind(**read)
    except ContradictoryProblem:
        raise
    except ValueError as error:
        raise UnreadableJson(pointer, str(error)) from None


def _read_matrix(value: Json, pointer: str) -> TravelTable:
    if hasattr(value, "block"):  # made already, of the document's places
        return cast("TravelTable", value)
    if not isinstance(value, dict) or set(value) - {"travel_seconds", "distance_m"}:
        raise UnreadableJson(
            pointer, "travel_seconds and distance_m, or great_circle, are expected"
        )
    if "travel_seconds" not in value:
        raise UnreadableJson(f"{pointer}/travel_seconds", "missing")
    try:
        return Matrix(value["travel_seconds"], value.get("distance_m"))
    except (ValueError, TypeError):
        # Rows of different lengths are no table at all.
        raise UnreadableJson(f"{pointer}/travel_seconds", "a square table is expected") from None
