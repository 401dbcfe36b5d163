"""Figures of parts add up to the figures of the whole; a share is made of sums, never of shares."""

from dataclasses import fields
from fractions import Fraction
from typing import Any, TypeVar

F = TypeVar("F")


def added(one: F, other: F) -> F:
    """Two sets of counts as one: a frozen dataclass whose fields are numbers or such dataclasses."""
    total: F = _added(one, other)
    return total


def _added(one: Any, other: Any) -> Any:  # noqa: ANN401 - numbers, or dataclasses of numbers
    if isinstance(one, int):
        return one + other
    return type(one)(
        **{
            each.name: _added(getattr(one, each.name), getattr(other, each.name))
            for each in fields(one)
        }
    )


def share(part: int, whole: int) -> Fraction | None:
    """None where there is nothing to have a share of: that is not nought."""
    return Fraction(part, whole) if whole else None
