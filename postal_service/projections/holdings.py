"""Who holds each item now, and what is true of it."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Table, and_, delete, or_, select
from sqlalchemy.orm import Session

from postal_service.domain.acts import Capacity, Condition, Counts, Leg
from postal_service.domain.custody import Holder, OpenOffer, Standing, State, Trouble
from postal_service.domain.ids import EventId, ItemId, RoundId, StaffId, UnitCode
from postal_service.domain.story import Story
from postal_service.storage.among import among
from postal_service.storage.schema import HoldingRow

# Rows are read as they are, not as objects that a session would keep: a fold writes past them.
_HOLDINGS = cast("Table", HoldingRow.__table__)
_TAKE_BACK = delete(_HOLDINGS).where(among(_HOLDINGS.c.item, "items"))
_OF_ITEMS = select(_HOLDINGS).where(among(_HOLDINGS.c.item, "items"))

PAGE = 200  # rows of a list at most; lists go on by cursor


def take_back(session: Session, stories: Mapping[ItemId, Story]) -> None:
    """Of those that nothing is true of any more; the others' rows are replaced."""
    gone = [item for item, story in stories.items() if story.standing is None]
    if gone:
        session.execute(_TAKE_BACK, {"items": gone})


def rows(stories: Mapping[ItemId, Story]) -> list[dict[str, object]]:
    """What is kept of these stories."""
    return [_row_of(story.standing) for story in stories.values() if story.standing is not None]


def clear(session: Session) -> None:
    session.execute(delete(HoldingRow))


def standings(session: Session, items: Iterable[ItemId]) -> dict[ItemId, Standing]:
    """The standing of each of these items that has one."""
    wanted = list(set(items))
    if not wanted:
        return {}
    rows = session.execute(_OF_ITEMS, {"items": wanted})
    return {ItemId(row.item): standing_of(row) for row in rows}


def held_by_staff(session: Session, staff: StaffId, after: str = "") -> list[Standing]:
    """What a person holds, by item number, a page at a time."""
    return _page(session, after, HoldingRow.holder_staff == staff)


def held_by_staff_at(
    session: Session, staff: StaffId, unit: UnitCode, states: Iterable[State], after: str = ""
) -> list[Standing]:
    """What a person holds at a unit in one of these states, but as a courier."""
    lies = (HoldingRow.holder_unit == unit, HoldingRow.state.in_(list(states)))
    at_counter = HoldingRow.capacity != Capacity.COURIER.value
    return _page(session, after, HoldingRow.holder_staff == staff, at_counter, *lies)


def held_at_unit(
    session: Session, unit: UnitCode, states: Iterable[State], after: str = ""
) -> list[Standing]:
    """What lies at a unit in one of these states."""
    return _page(session, after, HoldingRow.holder_unit == unit, HoldingRow.state.in_(list(states)))


def free_at_unit(
    session: Session, unit: UnitCode, states: Iterable[State], after: str = ""
) -> list[Standing]:
    """What lies sealed at a unit in one of these states and is offered to nobody."""
    lies = (HoldingRow.holder_unit == unit, HoldingRow.state.in_(list(states)))
    return _page(session, after, *lies, HoldingRow.seal != "", HoldingRow.offered_event == "")


def bags_of_unit(
    session: Session, unit: UnitCode, staff: StaffId, states: Iterable[State], after: str = ""
) -> list[Standing]:
    """The bags that lie at a unit in one of these states, or wait for it or this person to be taken."""
    lies = and_(HoldingRow.holder_unit == unit, HoldingRow.state.in_(list(states)))
    comes = and_(HoldingRow.offered_unit == unit, HoldingRow.offered_staff.in_(["", staff]))
    return _page(session, after, HoldingRow.leg == Leg.BAG.value, or_(lies, comes))


def offered_to(
    session: Session, unit: UnitCode, staff: StaffId | None = None, after: str = ""
) -> list[Standing]:
    """What waits for this unit, or for this one person of it, to be taken."""
    meant = [HoldingRow.offered_unit == unit]
    if staff is not None:
        meant.append(HoldingRow.offered_staff.in_(["", staff]))
    return _page(session, after, *meant)


def travelling_to(session: Session, unit: UnitCode, after: str = "") -> list[Standing]:
    """What is in dispatch and is to be given out by this unit."""
    meant = (HoldingRow.destination == unit, HoldingRow.state == State.IN_DISPATCH)
    return _page(session, after, *meant, HoldingRow.leg == Leg.OUT.value)


def in_batch(session: Session, batch: str) -> list[Standing]:
    """What of an offered batch is not taken yet."""
    return _all(session, HoldingRow.offered_batch == batch)


def in_bag(session: Session, bag: ItemId) -> list[Standing]:
    return _all(session, HoldingRow.bag == bag)


def _page(session: Session, after: str, *meant: ColumnElement[bool]) -> list[Standing]:
    rows = session.execute(
        select(_HOLDINGS)
        .where(HoldingRow.item > after, *meant)
        .order_by(HoldingRow.item)
        .limit(PAGE)
    )
    return [standing_of(row) for row in rows]


def _all(session: Session, meant: ColumnElement[bool]) -> list[Standing]:
    # Bounded by what one bag, batch or round can hold.
    rows = session.execute(select(_HOLDINGS).where(meant).order_by(HoldingRow.item))
    return [standing_of(row) for row in rows]


def _row_of(standing: Standing) -> dict[str, object]:
    holder, offered = standing.holder, standing.offered
    return {
        "item": standing.item,
        "leg": standing.leg.value,
        "state": standing.state.value,
        "holder_staff": holder.staff if holder else "",
        "holder_unit": holder.unit if holder else "",
        "capacity": holder.capacity.value if holder else "",
        "custody_event": standing.custody,
        "since_ms": standing.since_ms,
        "destination": standing.destination,
        "originals": standing.counts.originals,
        "certified": standing.counts.certified,
        "photocopies": standing.counts.photocopies,
        "condition": standing.condition.value,
        "seal": standing.seal,
        "lock": standing.lock,
        "rotation": standing.rotation,
        "offered_event": offered.event if offered else "",
        "offered_batch": offered.batch if offered else "",
        "offered_unit": offered.to_unit if offered else "",
        "offered_staff": offered.to_staff if offered else "",
        "offered_since_ms": offered.since_ms if offered else 0,
        "troubles": ",".join(sorted(standing.troubles)),
        "bag": standing.bag,
        "journey": standing.journey,
        "run": standing.run,
        "round": standing.round,
        "attempts": standing.attempts,
        "tried": standing.tried,
        "invitations": standing.invitations,
        "held_until": standing.held_until,
        "agreed_for": standing.agreed_for,
        "going_back": standing.returning,
    }


def standing_of(row: Row[Any] | HoldingRow) -> Standing:
    """The standing that a row keeps."""
    holder = None
    if row.holder_staff:
        holder = Holder(
            staff=StaffId(row.holder_staff),
            unit=UnitCode(row.holder_unit),
            capacity=Capacity(row.capacity),
        )
    offered = None
    if row.offered_event:
        offered = OpenOffer(
            event=EventId(row.offered_event),
            batch=row.offered_batch,
            to_unit=UnitCode(row.offered_unit),
            to_staff=StaffId(row.offered_staff),
            since_ms=row.offered_since_ms,
        )
    return Standing(
        item=ItemId(row.item),
        leg=Leg(row.leg),
        state=State(row.state),
        holder=holder,
        custody=EventId(row.custody_event),
        since_ms=row.since_ms,
        destination=UnitCode(row.destination),
        counts=Counts(
            originals=row.originals, certified=row.certified, photocopies=row.photocopies
        ),
        condition=Condition(row.condition),
        seal=row.seal,
        lock=row.lock,
        rotation=row.rotation,
        offered=offered,
        troubles=frozenset(Trouble(each) for each in row.troubles.split(",") if each),
        bag=ItemId(row.bag),
        journey=row.journey,
        run=row.run,
        round=RoundId(row.round),
        attempts=row.attempts,
        tried=row.tried,
        invitations=row.invitations,
        held_until=row.held_until,
        agreed_for=row.agreed_for,
        returning=row.going_back,
    )
