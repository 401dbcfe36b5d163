"""A hand-over that stays half done is visible, and after a day an alarm that names who must act. Reading only.

Two halves can be missing: the taker's, of an offer that nobody answers; and the giver's, where a
phone signed for a package and the offer it took has not arrived.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.acts import Capacity, Handover
from postal_service.domain.clock import claimed
from postal_service.domain.ids import EventId, ItemId, StaffId, UnitCode
from postal_service.ledger import reading
from postal_service.projections import holdings, legal_times
from postal_service.services import directory, overview
from postal_service.services.office_events import milliseconds
from postal_service.services.overview import LYING, Names
from postal_service.storage.schema import DeviceRow, EntryRow, HoldingRow, VerdictRow

LIMIT: Final = timedelta(hours=24)  # where an installation sets nothing else
# Few are on offer at once, however many there ever were; and they are indexed by whom they are for.
_ON_OFFER = HoldingRow.offered_unit > ""
# By what the database is asked for late ones. An offer is no younger than the ledger knows it,
# whatever its phone's clock said: else one signed "in ten years" would never be late.
_SINCE_MS = case(
    (HoldingRow.offered_since_ms < EntryRow.received_ms, HoldingRow.offered_since_ms),
    else_=EntryRow.received_ms,
)


@dataclass(frozen=True, kw_only=True)
class Offered:
    """What of one offered batch nobody has taken. The taker must act: that person, or the unit."""

    batch: str
    count: int
    item: ItemId  # one of them
    giver: StaffId
    giver_unit: UnitCode
    to_unit: UnitCode
    to_staff: StaffId  # "" for anyone on duty there
    since: datetime
    mine_to_take: bool
    overdue: bool


@dataclass(frozen=True, kw_only=True)
class Unpaired:
    """A phone's signature for a package whose giver's offer is not here. The giver must act."""

    event: EventId
    item: ItemId
    taker: StaffId
    taker_unit: UnitCode
    giver: StaffId
    giver_unit: UnitCode
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some open batches, oldest first; `following` is where the list goes on, "" at its end."""

    batches: tuple[Offered, ...]
    names: Names
    following: str


@dataclass(frozen=True, kw_only=True)
class Alarms:
    """Half hand-overs past their limit in somebody's part of the organisation.

    Lists are cut at holdings.PAGE, oldest first; `cut` says so.
    """

    offers: tuple[Offered, ...]
    unpaired: tuple[Unpaired, ...]
    names: Names
    cut: bool
    hours: int  # the limit


def incoming(
    session: Session, *, limit: timedelta = LIMIT, by: Actor, at: datetime, after: str = ""
) -> Page:
    """Open hand-overs that this person can take."""
    meant = (HoldingRow.offered_unit == by.unit, HoldingRow.offered_staff.in_(["", by.staff]))
    return _page(session, by, at, limit, after, *meant)


def outgoing(
    session: Session, *, limit: timedelta = LIMIT, by: Actor, at: datetime, after: str = ""
) -> Page:
    """Open hand-overs that this person, or the counter he works at, has put out."""
    ours = or_(HoldingRow.holder_staff == by.staff, HoldingRow.capacity != Capacity.COURIER.value)
    lies_here = (HoldingRow.holder_unit == by.unit, HoldingRow.state.in_(list(LYING)))
    return _page(session, by, at, limit, after, _ON_OFFER, *lies_here, ours)


def alarms(session: Session, *, limit: timedelta = LIMIT, by: Actor, at: datetime) -> Alarms:
    """What has been half done for longer than `limit`, at this person's unit and under it if he oversees it."""
    before_ms, units = milliseconds(at - limit), directory.watched(by)
    touching = or_(HoldingRow.offered_unit.in_(units), HoldingRow.holder_unit.in_(units))
    late = before_ms > _SINCE_MS
    found = _batches(session, by, at, limit, "", _ON_OFFER, late, touching)
    offers = tuple(each for each in found if each.overdue)
    unpaired = _unpaired(session, before_ms, units)
    return Alarms(
        offers=offers,
        unpaired=unpaired,
        names=_names(session, offers, unpaired),
        cut=max(len(found), len(unpaired)) >= holdings.PAGE,
        hours=limit // timedelta(hours=1),
    )


def _page(
    session: Session,
    by: Actor,
    at: datetime,
    limit: timedelta,
    after: str,
    *meant: ColumnElement[bool],
) -> Page:
    found = _batches(session, by, at, limit, after, *meant)
    full = len(found) >= holdings.PAGE
    return Page(
        batches=found,
        names=_names(session, found, ()),
        following=found[-1].batch if full else "",
    )


def _batches(
    session: Session,
    by: Actor,
    at: datetime,
    limit: timedelta,
    after: str,
    *meant: ColumnElement[bool],
) -> tuple[Offered, ...]:
    """A batch's name is a UUIDv7, so that their order is that of their making."""
    rows = session.execute(
        select(
            HoldingRow.offered_batch.label("batch"),
            func.count().label("open_items"),
            func.min(HoldingRow.item).label("item"),
        )
        .join(EntryRow, EntryRow.event_id == HoldingRow.offered_event)
        .where(HoldingRow.offered_batch > after, *meant)
        .group_by(HoldingRow.offered_batch)
        .order_by(HoldingRow.offered_batch)
        .limit(holdings.PAGE)
    ).all()
    one_each = holdings.standings(session, [ItemId(row.item) for row in rows])
    events = {each.offered.event for each in one_each.values() if each.offered}
    times = legal_times.of_entries(session, reading.entries(session, events).values())
    made: list[Offered] = []
    for row in rows:
        standing = one_each[ItemId(row.item)]
        offered, holder = standing.offered, standing.holder
        assert offered is not None  # it was found by its open offer
        assert holder is not None  # an item without a holder has ended and is offered to nobody
        since = times[offered.event].estimated_at
        made.append(
            Offered(
                batch=row.batch,
                count=row.open_items,
                item=standing.item,
                giver=holder.staff,
                giver_unit=holder.unit,
                to_unit=offered.to_unit,
                to_staff=offered.to_staff,
                since=since,
                mine_to_take=offered.to_unit == by.unit and offered.to_staff in {"", by.staff},
                overdue=since < at - limit,
            )
        )
    return tuple(made)


def _unpaired(session: Session, before_ms: int, units: Select[str]) -> tuple[Unpaired, ...]:
    rows = session.execute(
        select(EntryRow.event_id)
        .join(VerdictRow, VerdictRow.event_id == EntryRow.event_id)
        .join(DeviceRow, DeviceRow.id == EntryRow.device)
        .where(
            VerdictRow.verdict == "waiting",
            EntryRow.type == "handover",
            EntryRow.received_ms < before_ms,
            DeviceRow.unit.in_(units),
        )
        .order_by(EntryRow.index)
        .limit(holdings.PAGE)
    )
    entries = reading.entries(session, {EventId(event) for (event,) in rows}).values()
    givers = _owners(
        session, {e.event.act.giver for e in entries if isinstance(e.event.act, Handover)}
    )
    return tuple(
        Unpaired(
            event=entry.event.id,
            item=entry.event.item,
            taker=entry.event.staff,
            taker_unit=entry.event.unit,
            giver=givers[act.giver][0],
            giver_unit=givers[act.giver][1],
            since=claimed(entry.received_ms),
        )
        for entry in sorted(entries, key=lambda entry: entry.index)
        if isinstance(act := entry.event.act, Handover)
    )


def _owners(session: Session, devices: set[str]) -> dict[str, tuple[StaffId, UnitCode]]:
    rows = session.execute(
        select(DeviceRow.id, DeviceRow.staff, DeviceRow.unit).where(DeviceRow.id.in_(devices))
    )
    return {device: (StaffId(staff), UnitCode(unit)) for device, staff, unit in rows}


def _names(session: Session, offers: Sequence[Offered], unpaired: Sequence[Unpaired]) -> Names:
    people = [person for each in offers for person in (each.giver, each.to_staff)]
    units = [unit for each in offers for unit in (each.giver_unit, each.to_unit)]
    people += [person for each in unpaired for person in (each.giver, each.taker)]
    units += [unit for each in unpaired for unit in (each.giver_unit, each.taker_unit)]
    return overview.names(session, (), (), units=units, staff=people)
