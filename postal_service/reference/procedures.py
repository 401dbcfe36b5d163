"""Frequent procedures as shipped, each value with how far it may be trusted. Rows only: rules stand in the domain."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from postal_service.reference.files import shipped_text

PAPER_FLAGS = frozenset({"return", "look", "optional"})


@dataclass(frozen=True, kw_only=True)
class PaperRow:
    name: str
    originals: int
    certified: int
    photocopies: int
    original_to_return: bool
    shown_only: bool  # compared at the desk and never taken
    optional: bool


@dataclass(frozen=True, kw_only=True)
class FeeRow:
    amount_dong: int | None
    status: str
    source: str
    channel: str | None = None
    per: str = ""


@dataclass(frozen=True, kw_only=True)
class ProcedureRow:
    code: str
    name: str
    field: str
    authority: str
    level: str
    valid_from: date
    time: int
    unit: str
    time_status: str
    time_if_verified: int | None
    time_if_mountain: int | None
    post_in: bool
    post_out: bool
    presence_intake: bool
    presence_return: bool
    status: str
    stops_clock_for: str
    formerly: str | None
    collects: tuple[str, ...]
    fees: tuple[FeeRow, ...]
    papers: tuple[PaperRow, ...]


def procedures() -> tuple[ProcedureRow, ...]:
    """Every shipped procedure, in the order of the file."""
    return read_procedures(shipped_text("procedures.toml"))


def read_procedures(text: str) -> tuple[ProcedureRow, ...]:
    """Typed rows of a procedure file.

    Raises:
        ValueError: a paper flag nobody defined, or text that is not TOML.
        KeyError: a field that must be there is missing.
    """
    return tuple(_procedure(told) for told in tomllib.loads(text)["procedure"])


def _procedure(told: Mapping[str, Any]) -> ProcedureRow:
    return ProcedureRow(
        code=told["code"],
        name=told["name"],
        field=told["field"],
        authority=told["authority"],
        level=told["level"],
        valid_from=told["valid_from"],
        time=told["time"],
        unit=told["unit"],
        time_status=told["time_status"],
        time_if_verified=told.get("time_if_verified"),
        time_if_mountain=told.get("time_if_mountain"),
        post_in=told["post_in"],
        post_out=told["post_out"],
        presence_intake=told.get("presence_intake", False),
        presence_return=told.get("presence_return", False),
        status=told["status"],
        stops_clock_for=told.get("stops_clock_for", ""),
        formerly=told.get("formerly"),
        collects=tuple(told.get("collects", ())),
        fees=tuple(_fee(fee) for fee in told["fees"]),
        papers=tuple(_paper(*paper) for paper in told["papers"]),
    )


def _fee(told: Mapping[str, Any]) -> FeeRow:
    return FeeRow(
        amount_dong=told.get("amount_dong"),
        status=told["status"],
        source=told["source"],
        channel=told.get("channel"),
        per=told.get("per", ""),
    )


def _paper(name: str, originals: int, certified: int, photocopies: int, *flags: str) -> PaperRow:
    if not PAPER_FLAGS.issuperset(flags):
        raise ValueError(f"Paper {name!r} carries an unknown flag: {flags}.")
    return PaperRow(
        name=name,
        originals=originals,
        certified=certified,
        photocopies=photocopies,
        original_to_return="return" in flags,
        shown_only="look" in flags,
        optional="optional" in flags,
    )
