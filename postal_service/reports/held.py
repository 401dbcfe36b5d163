"""What lies with whom at this moment, and for how long. What has arrived is held by nobody of ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Integer,
    Subquery,
    and_,
    case,
    cast,
    func,
    outerjoin,
    select,
)
from sqlalchemy.orm import Session

from postal_service.domain.acts import Leg
from postal_service.domain.custody import State
from postal_service.domain.ids import ItemId
from postal_service.domain.legal_time import LegalTime, of_server
from postal_service.projections import holdings, timelines
from postal_service.reports.subtree import Subtree
from postal_service.storage.schema import DeviceRow, EntryRow, HoldingRow, StaffRow, UnitRow

MOST_HOLDERS = 50
_MOVING = tuple(
    state.value
    for state in State
    if state not in {State.WITH_AGENCY, State.DELIVERED, State.RETURNED, State.OPENED}
)
# Beside an item: the event that gave its custody, and what signed that.
_SIGNED = outerjoin(
    outerjoin(HoldingRow, EntryRow, EntryRow.event_id == HoldingRow.custody_event),
    DeviceRow,
    DeviceRow.id == EntryRow.device,
)
_SINCE_MS = case((DeviceRow.kind == "phone", EntryRow.received_ms), else_=HoldingRow.since_ms)
_HOLDER = (HoldingRow.holder_staff, HoldingRow.holder_unit, HoldingRow.capacity)


@dataclass(frozen=True, kw_only=True)
class Held:
    """Items in somebody's custody now, by how long he has had them.

    What was signed for on a phone counts from when the ledger got it: no phone's clock makes it older.
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
    is_estimated: bool  # his phone's clock said another time, which cannot be true


def by_unit(session: Session, area: Subtree, *, at: datetime) -> Mapping[str, Held]:
    """Items by the unit of their holder."""
    rows = session.execute(
        select(HoldingRow.holder_unit, *_ages(at))
        .select_from(_SIGNED)
        .where(*_held_in(area))
        .group_by(HoldingRow.holder_unit)
    )
    return {row.holder_unit: _held(row) for row in rows}


def longest(session: Session, area: Subtree, *, at: datetime) -> tuple[Holder, ...]:
    """Who holds items, whose oldest is the oldest first; MOST_HOLDERS at most."""
    since = func.min(_SINCE_MS)
    by_holder = (
        select(*_HOLDER, *_ages(at), since.label("since"))
        .select_from(_SIGNED)
        .where(*_held_in(area))
        .group_by(*_HOLDER)
        .order_by(since, HoldingRow.holder_staff, HoldingRow.holder_unit)
        .limit(MOST_HOLDERS)
        .subquery()
    )
    by_phones = _told_by_phones(session, area, by_holder)
    rows = session.execute(
        select(by_holder, StaffRow.name, UnitRow.name.label("unit_name"))
        .outerjoin(StaffRow, StaffRow.id == by_holder.c.holder_staff)
        .join(UnitRow, UnitRow.code == by_holder.c.holder_unit)
        .order_by(by_holder.c.since, by_holder.c.holder_staff, by_holder.c.holder_unit)
    )
    holders: list[Holder] = []
    for row in rows:
        told = by_phones.get((row.holder_staff, row.holder_unit, row.capacity))
        time = told or of_server(row.since, row.since)
        holders.append(
            Holder(
                staff=row.holder_staff,
                name=row.name or row.holder_staff,
                unit=row.holder_unit,
                unit_name=row.unit_name,
                capacity=row.capacity,
                held=_held(row),
                oldest_since=time.estimated_at,
                is_estimated=time.estimate_differs,
            )
        )
    return tuple(holders)


def _told_by_phones(
    session: Session, area: Subtree, by_holder: Subquery
) -> dict[tuple[str, ...], LegalTime]:
    """When these holders took what they have had longest, where no server's clock said it."""
    his = and_(*(by_holder.c[each.key] == each for each in _HOLDER))
    rows = session.execute(
        select(*_HOLDER, func.min(HoldingRow.item).label("item"))
        .select_from(_SIGNED)
        .join(by_holder, his & (by_holder.c.since == _SINCE_MS))
        .where(*_held_in(area), HoldingRow.since_ms != EntryRow.received_ms)
        .group_by(*_HOLDER)
    )
    oldest = {(staff, unit, capacity): ItemId(item) for staff, unit, capacity, item in rows}
    custodies = {each.custody for each in holdings.standings(session, oldest.values()).values()}
    told = timelines.of_items(session, oldest.values())
    return {
        holder: moment.time
        for holder, item in oldest.items()
        for moment in told[item]
        if moment.event in custodies
    }


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
    meant = {
        "under_a_day": day < _SINCE_MS,
        "up_to_three_days": _SINCE_MS.between(three + 1, day),
        "longer": three >= _SINCE_MS,
    }
    return [
        cast(func.sum(case((each, 1), else_=0)), Integer).label(name)
        for name, each in meant.items()
    ]


def _held(row: object) -> Held:
    return Held(**{name: getattr(row, name) for name in Held.__dataclass_fields__})
