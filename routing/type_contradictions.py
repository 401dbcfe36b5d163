"""What a problem is made of stays as it was checked: tuples and frozen sets, all the way down.

A list could be changed behind the checks, and couriers are told apart by their values, which a set
would not allow. What is asked is what the fields themselves declare.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from routing.findings import Contradiction, ContradictionKind, Findings
from routing.problem import Courier, Problem, Stop

Given = Any  # whatever was given for a field; of what kind it is, is the question here


class _Expected(NamedTuple):
    kind: type
    is_end: bool  # nothing inside it is looked at
    each: "_Expected | None" = None  # of what it holds
    may_be_none: bool = False

    def is_met(self, value: object) -> bool:
        """Whether nothing more is to be asked of the value."""
        return isinstance(value, self.kind) and (self.is_end or not value)


def type_findings(problem: Problem) -> Findings:
    """Containers that are not of the declared kind, and what lies in them and does not belong there."""
    for subject, detail in _faults_of_fields("", "", problem):
        yield Contradiction(kind=ContradictionKind.WRONG_TYPE, subject=subject, detail=detail)


def _faults_of_fields(subject: str, where: str, whole: Given) -> Iterator[tuple[str, str]]:
    if isinstance(whole, Stop | Courier):
        subject, where = whole.id, ""
    for name, expected in _fields(whole.__class__):
        value = getattr(whole, name)
        if not expected.is_met(value):
            yield from _faults(subject, f"{where}{name}", value, expected)


def _faults(
    subject: str,
    where: str,
    value: Given,
    expected: _Expected,
) -> Iterator[tuple[str, str]]:
    if value is None and expected.may_be_none:
        return
    if not isinstance(value, expected.kind):
        wanted, given = expected.kind.__name__, type(value).__name__
        yield subject, f"{where} is given as {given}, not as {wanted}"
    elif expected.each is None:
        yield from _faults_of_fields(subject, f"{where}.", value)
    else:
        for key, item in _held(value):
            if not expected.each.is_met(item):
                yield from _faults(subject, f"{where}[{key}]", item, expected.each)


def _held(container: Given) -> Iterable[tuple[object, object]]:
    return container.items() if isinstance(container, Mapping) else enumerate(container)


@cache
def _fields(kind: type) -> tuple[tuple[str, _Expected], ...]:
    """The fields of a dataclass that hold something, each with what it should be."""
    declared = {name: _expected(hint) for name, hint in get_type_hints(kind).items()}
    return tuple((name, expected) for name, expected in declared.items() if expected is not None)


def _expected(hint: Any) -> _Expected | None:  # noqa: ANN401 - whatever a field is declared as
    """None for plain values: numbers, words and travel tables have checks of their own."""
    parts, origin = get_args(hint), get_origin(hint)
    if origin in {Union, UnionType}:
        (inner,) = (_expected(part) for part in parts if part is not NoneType)
        return inner and inner._replace(may_be_none=True)
    if origin in {tuple, frozenset, Mapping}:
        each = _expected(parts[-1] if origin is Mapping else parts[0])
        return _Expected(origin, is_end=each is None, each=each)
    if isinstance(hint, type) and is_dataclass(hint):
        return _Expected(hint, is_end=not _fields(hint))
    return None
