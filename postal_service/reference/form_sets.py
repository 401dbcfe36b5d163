"""The sets of issued forms as shipped: a number per paper, and how far the numbers may be trusted."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from postal_service.reference.files import shipped_text


@dataclass(frozen=True, kw_only=True)
class FormSetRow:
    basis: str
    valid_from: date
    status: str  # found, known
    numbers: Mapping[str, str]


@cache
def form_sets() -> tuple[FormSetRow, ...]:
    """The shipped sets, oldest first."""
    told = tomllib.loads(shipped_text("form_sets.toml"))
    return tuple(FormSetRow(**row) for row in told["set"])
