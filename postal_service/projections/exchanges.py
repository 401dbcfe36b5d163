"""Exchanges on delivery: the delivery that took papers back, and the first custody of those papers.

The two are one act told by two events, of a result and of the envelope for its papers, that share an
exchange id. Whether both are there and tell the same count is kept beside each, so that what is
half done is found without reading what is whole.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from postal_service.domain import acts
from postal_service.domain.acts import Act, Leg
from postal_service.domain.event import Event
from postal_service.domain.ids import EventId, ItemId
from postal_service.domain.rewriting import first_told, in_place
from postal_service.domain.story import Story, Told
from postal_service.storage.bulk import insert_many
from postal_service.storage.schema import ExchangeHalfRow

TABLES = (cast("Table", ExchangeHalfRow.__table__),)
(_HALVES,) = TABLES
_SAY_ALONE = (
    update(_HALVES).where(_HALVES.c.event_id == bindparam("of")).values(alone_at=bindparam("at"))
)


class Side(StrEnum):
    GIVEN = "given"  # the delivery: so many originals were taken back
    TAKEN = "taken"  # the papers: their first custody on the way to the agency


def write(
    session: Session, told: Mapping[ItemId, Sequence[Told]], stories: Mapping[ItemId, Story]
) -> None:
    """Tell the halves of these items anew, and whether each is alone. Of most there are none."""
    items = [item for item, events in told.items() if any(_side(each.event.act) for each in events)]
    if not items:
        return
    of_items = _HALVES.c.item.in_(items)
    before = set(session.scalars(select(_HALVES.c.exchange).where(of_items)))
    session.execute(delete(_HALVES).where(of_items))
    rows = [row for item in items for row in _rows(told[item], stories[item])]
    insert_many(session, ExchangeHalfRow, rows)
    _pair(session, before.union(row["exchange"] for row in rows))


def taken(session: Session, exchange: str, envelope: ItemId) -> str:
    """The exchange under which papers were taken into custody: this one, or that of this envelope; "" if neither."""
    asked = select(_HALVES.c.exchange).where(
        _HALVES.c.side == Side.TAKEN.value,
        or_(_HALVES.c.exchange == exchange, _HALVES.c.item == envelope),
    )
    found = [row.exchange for row in session.execute(asked)]
    return exchange if exchange in found else next(iter(sorted(found)), "")


def clear(session: Session) -> None:
    session.execute(delete(ExchangeHalfRow))


def _side(act: Act) -> Side | None:
    if isinstance(act, acts.Deliver) and (act.exchange or act.recovered):
        return Side.GIVEN
    if isinstance(act, acts.Accept) and act.exchange and act.leg is Leg.RET:
        return Side.TAKEN
    return None


def _rows(told: Sequence[Told], story: Story) -> list[dict[str, Any]]:
    """The halves that count: what was corrected, is disputed or waits tells nothing."""
    events = {each.event.id: each.event for each in told}
    instead_of = {
        right: each.event.act.corrects
        for each in told
        if isinstance(each.event.act, acts.Correct)
        for right in each.event.act.replacements
    }
    counting = [_in_place(events, event, instead_of) for event in story.transfers]
    return [_row(event, side) for event in counting if (side := _side(event.act)) is not None]


def _in_place(
    events: Mapping[EventId, Event], event: EventId, instead_of: Mapping[EventId, EventId]
) -> Event:
    first = first_told(event, instead_of)
    return in_place(events[event], events[first]) if first != event else events[event]


def _row(event: Event, side: Side) -> dict[str, Any]:
    act = event.act
    assert isinstance(act, acts.Deliver | acts.Accept)
    originals = act.recovered if isinstance(act, acts.Deliver) else act.counts.originals
    return {
        "event_id": event.id,
        "item": event.item,
        "exchange": act.exchange,
        "side": side.value,
        "originals": originals,
        "staff": event.staff,
        "unit": event.unit,
        "alone_at": event.unit,
    }


def _pair(session: Session, exchanges: Collection[str]) -> None:
    """Say of each half of these exchanges whether it is alone: where it was told, or "" if it is not."""
    named = [each for each in exchanges if each]  # a delivery that names none has no other half
    if not named:
        return
    halves: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in session.execute(select(_HALVES).where(_HALVES.c.exchange.in_(named))):
        halves[row.exchange].append(row)
    changed = [
        {"of": row.event_id, "at": alone_at}
        for rows in halves.values()
        for row in rows
        if (alone_at := "" if _are_whole(rows) else row.unit) != row.alone_at
    ]
    if changed:
        session.execute(_SAY_ALONE, changed)


def _are_whole(halves: Sequence[Row[Any]]) -> bool:
    """One of each side, and both tell the same."""
    sides = {half.side: half.originals for half in halves}
    return len(sides) == len(halves) == len(Side) and len(set(sides.values())) == 1
