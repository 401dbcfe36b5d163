"""A unit with everything below it, and which of its parts each unit below belongs to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.ids import UnitCode
from postal_service.domain.units import UnknownUnit
from postal_service.domain.wording_dates import short_date
from postal_service.storage.schema import UnitRow

MOST_TOPS = 20


@dataclass(frozen=True, kw_only=True)
class Subtree:
    """`parts` are the units directly below, by name; the unit's own figures are a part of their own."""

    unit: UnitCode
    name: str
    path: str
    parts: Mapping[UnitCode, str]
    above: Sequence[
        tuple[UnitCode, str]
    ]  # from the top of what this person may see, outermost first
    _part_of: Mapping[UnitCode, UnitCode]

    def part_of(self, unit: str) -> UnitCode:
        """The part a unit of this subtree lies in."""
        return self._part_of[UnitCode(unit)]

    @property
    def units(self) -> Select[str]:
        """The codes of all its units, for a question to choose by."""
        return select(UnitRow.code).where(_below(self.path))


def within(
    session: Session, code: UnitCode, *, by: Actor, roles: Sequence[Role], day: date
) -> Subtree:
    """The subtree of a unit. Raises UnknownUnit for a unit that is not his to look into.

    `day` is the day it is asked on. A unit that ended stays: what happened there is still told.
    """
    row = session.get(UnitRow, code)
    if row is None or not by.may(*roles, path=row.path):
        raise UnknownUnit(unit=code[:40], day=short_date(day))
    below = session.execute(
        select(UnitRow.code, UnitRow.name, UnitRow.path, UnitRow.parent)
        .where(_below(row.path))
        .order_by(UnitRow.search_name, UnitRow.code)
    ).all()
    parts = {UnitCode(each.code): each.name for each in below if each.parent == code}
    return Subtree(
        unit=code,
        name=row.name,
        path=row.path,
        parts=parts,
        above=_above(session, row, by, roles),
        _part_of={
            UnitCode(each.code): UnitCode(
                each.path.removeprefix(row.path).partition("/")[0] or code
            )
            for each in below
        },
    )


def tops(session: Session, *, day: date) -> dict[UnitCode, str]:
    """The units that stand on a day and have nothing above them: a few, in order of their codes."""
    rows = session.execute(
        select(UnitRow.code, UnitRow.name)
        .where(
            UnitRow.parent.is_(None),
            UnitRow.valid_from <= day,
            or_(UnitRow.valid_to.is_(None), UnitRow.valid_to >= day),
        )
        .order_by(UnitRow.code)
        .limit(MOST_TOPS)
    )
    return {UnitCode(code): name for code, name in rows}


def _above(
    session: Session, row: UnitRow, by: Actor, roles: Sequence[Role]
) -> Sequence[tuple[UnitCode, str]]:
    codes = row.path.strip("/").split("/")[:-1]
    found = session.execute(
        select(UnitRow.code, UnitRow.name, UnitRow.path)
        .where(UnitRow.code.in_(codes))
        .order_by(UnitRow.path)
    )
    return [(UnitCode(code), name) for code, name, path in found if by.may(*roles, path=path)]


def _below(path: str) -> ColumnElement[bool]:
    return UnitRow.path.startswith(path, autoescape=True)
