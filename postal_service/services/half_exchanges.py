"""An exchange on delivery of which half is missing is an alarm that names who must act. Reading only.

The two halves are the delivery, which says how many originals were taken back, and the first custody
of those papers. Told by a phone alone, one may never come, or tell another count: then a citizen's
originals are taken back and held by nobody. It stands until the other half arrives, or two people
correct it. A counter tells both halves at once or neither.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.clock import claimed
from postal_service.domain.ids import ItemId, StaffId, UnitCode
from postal_service.projections import holdings
from postal_service.projections.exchanges import Side
from postal_service.services import directory, overview
from postal_service.services.half_handovers import LIMIT
from postal_service.services.office_events import milliseconds
from postal_service.services.overview import Names
from postal_service.storage.schema import EntryRow, ExchangeHalfRow


@dataclass(frozen=True, kw_only=True)
class HalfExchange:
    """What the ledger has of one exchange; `given` and `taken` are originals, None where nobody told.

    Where one is missing, who told the other must send what his phone signed. Where both are there
    and differ, the head of the office has the papers counted and what was told wrongly corrected.
    """

    item: ItemId  # the result, or where nobody told of its delivery the envelope
    given: int | None
    taken: int | None
    staff: StaffId
    unit: UnitCode
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Alarms:
    """Half exchanges past their limit in somebody's part of the organisation, oldest first.

    The list is cut at holdings.PAGE; `cut` says so.
    """

    halves: tuple[HalfExchange, ...]
    names: Names
    cut: bool


def alarms(session: Session, *, limit: timedelta = LIMIT, by: Actor, at: datetime) -> Alarms:
    """What has been half done for longer than `limit`, at this person's unit and under it if he oversees it."""
    rows = session.execute(
        select(ExchangeHalfRow.event_id, ExchangeHalfRow.exchange, EntryRow.received_ms)
        .join(EntryRow, EntryRow.event_id == ExchangeHalfRow.event_id)
        .where(
            ExchangeHalfRow.alone_at > "",
            ExchangeHalfRow.alone_at.in_(directory.watched(by)),
            EntryRow.received_ms < milliseconds(at - limit),
        )
        .order_by(EntryRow.index)
        .limit(holdings.PAGE)
    ).all()
    told = _halves(
        session,
        named={row.exchange for row in rows if row.exchange},
        alone={row.event_id for row in rows if not row.exchange},
    )
    # A delivery that names no exchange stands by itself.
    since_ms: dict[str, int] = {}
    for row in rows:
        since_ms.setdefault(row.exchange or row.event_id, row.received_ms)
    halves = tuple(_alarm(told[key], since) for key, since in since_ms.items())
    return Alarms(
        halves=halves,
        names=overview.names(
            session, (), (), units=[each.unit for each in halves], staff=[e.staff for e in halves]
        ),
        cut=len(rows) >= holdings.PAGE,
    )


def _halves(
    session: Session, *, named: Collection[str], alone: Collection[str]
) -> dict[str, list[ExchangeHalfRow]]:
    """All that is told of these exchanges, also at another place, and of deliveries that name none."""
    found: dict[str, list[ExchangeHalfRow]] = defaultdict(list)
    for column, keys in ((ExchangeHalfRow.exchange, named), (ExchangeHalfRow.event_id, alone)):
        asked = select(ExchangeHalfRow).where(column.in_(keys)).order_by(ExchangeHalfRow.event_id)
        for half in session.scalars(asked) if keys else ():
            found[half.exchange or half.event_id].append(half)
    return found


def _alarm(halves: list[ExchangeHalfRow], since_ms: int) -> HalfExchange:
    given = [half for half in halves if half.side == Side.GIVEN]
    taken = [half for half in halves if half.side == Side.TAKEN]
    first = (given or taken)[0]
    return HalfExchange(
        item=ItemId(first.item),
        given=sum(half.originals for half in given) if given else None,
        taken=sum(half.originals for half in taken) if taken else None,
        staff=StaffId(first.staff),
        unit=UnitCode(first.unit),
        since=claimed(since_ms),
    )
