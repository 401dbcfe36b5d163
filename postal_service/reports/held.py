"""What lies with whom at this moment, and for how long. What has arrived is held by nobody of ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Integer, and_, case, cast, func, select
from sqlalchemy.orm import Session

from postal_service.domain.acts import Leg
from postal_service.domain.clock import claimed
from postal_service.domain.custody import State
from postal_service.reports.subtree import Subtree
from postal_service.storage.schema import HoldingRow, StaffRow, UnitRow

MOST_HOLDERS = 50
_MOVING = tuple(
    state.value
    for state in State
    if state not in {State.WITH_AGENCY, State.DELIVERED, State.RETURNED, State.OPENED}
)


@dataclass(frozen=True, kw_only=True)
class Held:
    """Items in somebody's custody now, by how long he has had them (since his own clock's hand-over).

    Bags are counted by what lies in them, not as items. What an agency received for good is not held.
    """

    under_a_day: int = 0
    up_to_three_days: int = 0
    longer: int = 0

    @property
    def items(self) -> int:
        return self.under_a_day + self.up_to_three_days + self.longer


@dataclass(frozen=True, kw_only=True)
class Holder:
    """A person at a place, and what he holds."""

    staff: str
    name: str
    unit: str
    unit_name: str
    capacity: str
    held: Held
    oldest_since: datetime


def by_unit(session: Session, area: Subtree, *, at: datetime) -> Mapping[str, Held]:
    """Items by the unit of their holder."""
    rows = session.execute(
        select(HoldingRow.holder_unit, *_ages(at))
        .where(*_held_in(area))
        .group_by(HoldingRow.holder_unit)
    )
    return {row.holder_unit: _held(row) for row in rows}


def longest(session: Session, area: Subtree, *, at: datetime) -> tuple[Holder, ...]:
    """Who holds items, whose oldest is the oldest first; MOST_HOLDERS at most."""
    since = func.min(HoldingRow.since_ms)
    by_holder = (
        select(
            HoldingRow.holder_staff,
            HoldingRow.holder_unit,
            HoldingRow.capacity,
            *_ages(at),
            since.label("since"),
        )
        .where(*_held_in(area))
        .group_by(HoldingRow.holder_staff, HoldingRow.holder_unit, HoldingRow.capacity)
        .order_by(since, HoldingRow.holder_staff, HoldingRow.holder_unit)
        .limit(MOST_HOLDERS)
        .subquery()
    )
    rows = session.execute(
        select(by_holder, StaffRow.name, UnitRow.name.label("unit_name"))
        .outerjoin(StaffRow, StaffRow.id == by_holder.c.holder_staff)
        .join(UnitRow, UnitRow.code == by_holder.c.holder_unit)
        .order_by(by_holder.c.since, by_holder.c.holder_staff, by_holder.c.holder_unit)
    )
    return tuple(
        Holder(
            staff=row.holder_staff,
            name=row.name or row.holder_staff,
            unit=row.holder_unit,
            unit_name=row.unit_name,
            capacity=row.capacity,
            held=_held(row),
            oldest_since=claimed(row.since),
        )
        for row in rows
    )


def _held_in(area: Subtree) -> tuple[ColumnElement[bool], ...]:
    return (
        HoldingRow.holder_unit.in_(area.units),
        HoldingRow.state.in_(_MOVING),
        HoldingRow.holder_staff != "",
        HoldingRow.leg != Leg.BAG.value,
    )


def _ages(at: datetime) -> list[ColumnElement[int]]:
    day = int((at - timedelta(days=1)).timestamp() * 1000)
    three = int((at - timedelta(days=3)).timestamp() * 1000)
    since = HoldingRow.since_ms
    meant = {
        "under_a_day": since > day,
        "up_to_three_days": and_(since <= day, since > three),
        "longer": since <= three,
    }
    return [
        cast(func.sum(case((each, 1), else_=0)), Integer).label(name)
        for name, each in meant.items()
    ]


def _held(row: object) -> Held:
    return Held(**{name: getattr(row, name) for name in Held.__dataclass_fields__})
