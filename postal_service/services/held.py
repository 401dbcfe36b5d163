"""What waits at a counter for citizens, with what the law asks next of it and when. Reading only.

The database lists first what the counter has to do something about by now: it tells from what is kept of
an item, by the same thresholds as domain/attempts.py. What is shown beside an item is told from its
history by `next_step` itself.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, Table, and_, case, func, or_, select, tuple_
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.acts import Capacity, Leg
from postal_service.domain.attempts import DeliveryPolicy, NextStep, Step, next_step
from postal_service.domain.calendar import NoCalendar, WorkingCalendar
from postal_service.domain.custody import State
from postal_service.domain.wording_dates import local
from postal_service.projections import holdings
from postal_service.services import delivery
from postal_service.services.overview import Line, lines
from postal_service.storage.schema import HoldingRow

HOLDING = (State.HELD, State.UNDELIVERED, State.AT_DESTINATION_OFFICE)
_BY_ITSELF = frozenset({Step.DELIVER, Step.POSTPONE, Step.HOLD})  # the next round, or the citizen
_HOLDINGS = cast("Table", HoldingRow.__table__)  # rows as they are: a fold writes past objects


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One result, and its next step; none before anything was tried, or in a year without a calendar."""

    line: Line
    following: NextStep | None
    is_due: bool  # the counter may do it today, or should have done it before

    @property
    def day(self) -> date | None:
        """When the step may be done; of a hold, its last day."""
        if self.following is None:
            return None
        return self.following.until or self.following.not_before


@dataclass(frozen=True, kw_only=True)
class Page:
    """Results at a counter, due ones first; `following` is where the list goes on, "" at its end."""

    waiting: tuple[Waiting, ...]
    following: str


def page(
    session: Session,
    *,
    policy: DeliveryPolicy,
    calendar: WorkingCalendar,
    by: Actor,
    at: datetime,
    after: str = "",
) -> Page:
    """What lies at the actor's unit for citizens to fetch, a page at a time."""
    today = local(at).date()
    late = case((_due(policy, calendar, today), 0), else_=1)
    order = (late, HoldingRow.held_until, HoldingRow.item)
    asked = select(_HOLDINGS, late.label("late")).where(*_here(by))
    if after:
        asked = asked.where(tuple_(*order) > tuple_(*_place(after)))
    rows = session.execute(asked.order_by(*order).limit(holdings.PAGE)).all()
    standings = [holdings.standing_of(row) for row in rows]
    histories = delivery.histories(session, [each.item for each in standings])
    waiting: list[Waiting] = []
    for line in lines(session, standings):
        step = None
        with suppress(NoCalendar):
            tried = histories[line.standing.item]
            if tried.attempts or tried.invited_on:
                step = next_step(tried, policy=policy, on=calendar, today=today)
        due = step is not None and step.step not in _BY_ITSELF and step.not_before <= today
        waiting.append(Waiting(line=line, following=step, is_due=due))
    full = len(rows) >= holdings.PAGE
    last = rows[-1] if full else None
    return Page(
        waiting=tuple(sorted(waiting, key=_soonest)),
        following=f"{last.late}.{last.held_until}.{last.item}" if last is not None else "",
    )


def due(
    session: Session,
    *,
    policy: DeliveryPolicy,
    calendar: WorkingCalendar,
    by: Actor,
    at: datetime,
) -> int:
    """How many results at the actor's unit wait for an invitation or for the way back by now."""
    wanted = (*_here(by), _due(policy, calendar, local(at).date()))
    return session.scalar(select(func.count()).select_from(_HOLDINGS).where(*wanted)) or 0


def _here(by: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        HoldingRow.holder_unit == by.unit,
        HoldingRow.state.in_([state.value for state in HOLDING]),
        HoldingRow.capacity != Capacity.COURIER.value,
        HoldingRow.leg == Leg.OUT.value,
    )


def _due(policy: DeliveryPolicy, calendar: WorkingCalendar, today: date) -> ColumnElement[bool]:
    """To be invited a first time, or the next, or to be sent back; a day that was agreed goes before."""
    first = and_(HoldingRow.invitations == 0, HoldingRow.attempts >= policy.door_attempts)
    over = and_(
        HoldingRow.invitations >= policy.invitations,
        HoldingRow.held_until != "",
        HoldingRow.held_until < today.isoformat(),
    )
    found = [first, over]
    with suppress(NoCalendar):
        again = and_(
            HoldingRow.invitations.between(1, policy.invitations - 1),
            HoldingRow.held_until <= _held_until_at_most(policy, calendar, today).isoformat(),
        )
        found.append(again)
    return and_(HoldingRow.agreed_for == "", or_(*found))


def _held_until_at_most(policy: DeliveryPolicy, calendar: WorkingCalendar, today: date) -> date:
    """Until when whoever may be invited again today is kept since his invitation. Raises NoCalendar."""
    invited = today
    while calendar.add_working_days(invited, policy.working_days_between_invitations) > today:
        invited -= timedelta(days=1)
    return calendar.add_working_days(invited, policy.hold_working_days)


def _place(cursor: str) -> tuple[int, str, str]:
    """Where a page ended. A cursor that was tampered with begins somewhere else, and hurts nobody."""
    late, _, rest = cursor.partition(".")
    until, _, item = rest.partition(".")
    return (1 if late == "1" else 0), until, item


def _soonest(waiting: Waiting) -> tuple[bool, date, str]:
    return (not waiting.is_due, waiting.day or date.max, waiting.line.standing.item)
