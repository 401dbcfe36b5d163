"""What a problem is made of is of the declared kinds, all the way down, and stays as it was checked.

A list could be changed behind the checks, a word in the place of an enumeration's member is no member
of it, and `True` is no number of seconds. What is asked is what the fields themselves declare.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import is_dataclass
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Final, NamedTuple, Union, get_args, get_origin, get_type_hints

import numpy as np

from routing.findings import Contradiction, ContradictionKind, Findings
from routing.problem import Courier, Problem, Stop
from routing.tables import TravelTable

Given = Any  # whatever was given for a field; of what kind it is, is the question here

# numpy's numbers are numbers. True and False are not, though Python counts them among the whole ones.
_ALSO: Final[Mapping[type, tuple[type, ...]]] = {
    int: (int, np.integer),
    float: (float, int, np.floating, np.integer),
}


class _Expected(NamedTuple):
    kind: type
    each: tuple["_Expected", ...] = ()  # of what it holds: one for all, or one for each place
    key: "_Expected | None" = None  # of a mapping's keys
    may_be_none: bool = False

    @property
    def is_flat(self) -> bool:
        """Whether its type alone says that all is well."""
        return not self.each and not is_dataclass(self.kind)

    def is_met(self, value: object) -> bool:
        """Of the right kind itself, whatever lies in it."""
        if value is None:
            return self.may_be_none
        if self.kind is TravelTable:
            return all(hasattr(value, part) for part in ("size", "seconds", "metres", "block"))
        kinds = _ALSO.get(self.kind, (self.kind,))
        return isinstance(value, kinds) and not isinstance(value, bool)


def type_findings(problem: Problem) -> Findings:
    """Fields that are not of the declared kind, and what lies in them and does not belong there."""
    for subject, detail in _faults_of_fields("", "", problem):
        yield Contradiction(kind=ContradictionKind.WRONG_TYPE, subject=subject, detail=detail)


class _Fields:
    """What a dataclass declares, and which combinations of types have been found right.

    Of twenty thousand stops most are alike in the types of their fields, so most are one look-up;
    what still has to be looked at then is what lies in those of their fields that hold something.
    """

    def __init__(self, kind: type) -> None:
        declared = {name: _expected(hint) for name, hint in get_type_hints(kind).items()}
        self.expected = tuple(declared.items())
        self.values = attrgetter(*declared)
        self._is_one = len(declared) == 1
        self._right: dict[Hashable, tuple[tuple[int, _Expected], ...]] = {}

    def to_look_into(self, whole: object) -> Iterator[tuple[str, object, _Expected]]:
        """Fields of the wrong kind, and those that hold something."""
        values = (self.values(whole),) if self._is_one else self.values(whole)
        types = tuple(map(type, values))
        deep = self._right.get(types)
        if deep is None:
            pairs = list(zip(values, self.expected, strict=True))
            wrong = [(name, v, want) for v, (name, want) in pairs if not want.is_met(v)]
            if wrong:
                yield from wrong
                # What lies in the others is told as well.
            deep = tuple(
                (number, want)
                for number, (value, (_, want)) in enumerate(pairs)
                if value is not None and want.is_met(value) and not want.is_flat
            )
            if not wrong:
                self._right[types] = deep
        for number, want in deep:
            value = values[number]
            # Nothing lies in an empty tuple.
            if not want.each or value:
                yield self.expected[number][0], value, want


def _faults_of_fields(subject: str, where: str, whole: Given) -> Iterator[tuple[str, str]]:
    if isinstance(whole, Stop | Courier) and isinstance(whole.id, str):
        subject, where = whole.id, ""
    for name, value, expected in _fields(whole.__class__).to_look_into(whole):
        yield from _faults(subject, f"{where}{name}", value, expected)


def _faults(
    subject: str,
    where: str,
    value: Given,
    expected: _Expected,
) -> Iterator[tuple[str, str]]:
    if not expected.is_met(value):
        wanted, given = expected.kind.__name__, type(value).__name__
        yield subject, f"{where} is given as {given}, not as {wanted}"
    elif value is None or expected.is_flat:
        return
    elif is_dataclass(expected.kind):
        yield from _faults_of_fields(subject, f"{where}.", value)
    else:
        yield from _faults_inside(subject, where, value, expected)


def _faults_inside(
    subject: str, where: str, container: Given, expected: _Expected
) -> Iterator[tuple[str, str]]:
    each, is_pair = expected.each, len(expected.each) > 1
    if is_pair and len(container) != len(each):
        yield subject, f"{where} holds {len(container)}, not {len(each)}"
        return
    for number, (key, item) in enumerate(_held(container)):
        if expected.key is not None and not expected.key.is_met(key):
            wanted, given = expected.key.kind.__name__, type(key).__name__
            yield subject, f"{where} has a key that is given as {given}, not as {wanted}"
        want = each[number] if is_pair else each[0]
        if not (want.is_flat and want.is_met(item)):
            yield from _faults(subject, f"{where}[{key}]", item, want)


def _held(container: Given) -> Iterable[tuple[object, object]]:
    return container.items() if isinstance(container, Mapping) else enumerate(container)


@cache
def _fields(kind: type) -> _Fields:
    return _Fields(kind)


def _expected(hint: Any) -> _Expected:  # noqa: ANN401 - whatever a field is declared as
    parts, origin = get_args(hint), get_origin(hint)
    if origin in {Union, UnionType}:
        (inner,) = (_expected(part) for part in parts if part is not NoneType)
        return inner._replace(may_be_none=True)
    if origin is tuple:
        kept = parts[:-1] if parts[-1] is Ellipsis else parts
        return _Expected(tuple, each=tuple(_expected(part) for part in kept))
    if origin is frozenset:
        return _Expected(frozenset, each=(_expected(parts[0]),))
    if origin is Mapping:
        return _Expected(Mapping, each=(_expected(parts[1]),), key=_expected(parts[0]))
    return _Expected(getattr(hint, "__supertype__", hint))
