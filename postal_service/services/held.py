"""What waits at a counter for citizens, with what the law asks next of it and when. Reading only.

What the counter has to do something about by now is listed first. The database tells alone what lies
here and was tried; the step and its day are told by domain/attempts.py from what each of those saw.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import ColumnElement, Table, case, or_, select, tuple_
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.acts import Capacity, Leg
from postal_service.domain.attempts import DeliveryPolicy, NextStep, Step, next_step
from postal_service.domain.calendar import NoCalendar, WorkingCalendar
from postal_service.domain.custody import State
from postal_service.domain.ids import ItemId
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
    steps = _steps(session, policy=policy, calendar=calendar, by=by, today=today)
    due = [item for item, step in steps.items() if _is_due(step, today)]
    late = case((HoldingRow.item.in_(due), 0), else_=1)
    order = (late, HoldingRow.held_until, HoldingRow.item)
    asked = select(_HOLDINGS, late.label("late")).where(*_here(by))
    if after:
        asked = asked.where(tuple_(*order) > tuple_(*_place(after)))
    rows = session.execute(asked.order_by(*order).limit(holdings.PAGE)).all()
    waiting = [
        Waiting(line=line, following=step, is_due=step is not None and _is_due(step, today))
        for line in lines(session, [holdings.standing_of(row) for row in rows])
        for step in (steps.get(line.standing.item),)
    ]
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
    """How many results at the actor's unit the counter has to do something about by now."""
    today = local(at).date()
    steps = _steps(session, policy=policy, calendar=calendar, by=by, today=today)
    return sum(_is_due(step, today) for step in steps.values())


def _here(by: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        HoldingRow.holder_unit == by.unit,
        HoldingRow.state.in_([state.value for state in HOLDING]),
        HoldingRow.capacity != Capacity.COURIER.value,
        HoldingRow.leg == Leg.OUT.value,
    )


def _steps(
    session: Session,
    *,
    policy: DeliveryPolicy,
    calendar: WorkingCalendar,
    by: Actor,
    today: date,
) -> Mapping[ItemId, NextStep]:
    """What comes next of each result here that was tried, but for years without a calendar."""
    tried = or_(HoldingRow.tried, HoldingRow.invitations > 0)
    items = session.scalars(select(HoldingRow.item).where(*_here(by), tried))
    found: dict[ItemId, NextStep] = {}
    for item, history in delivery.histories(session, [ItemId(item) for item in items]).items():
        with suppress(NoCalendar):
            if history.attempts or history.invited_on:
                found[item] = next_step(history, policy=policy, on=calendar, today=today)
    return found


def _is_due(step: NextStep, today: date) -> bool:
    return step.step not in _BY_ITSELF and step.not_before <= today


def _place(cursor: str) -> tuple[int, str, str]:
    """Where a page ended. A cursor that was tampered with begins somewhere else, and hurts nobody."""
    late, _, rest = cursor.partition(".")
    until, _, item = rest.partition(".")
    return (1 if late == "1" else 0), until, item


def _soonest(waiting: Waiting) -> tuple[bool, date, str]:
    return (not waiting.is_due, waiting.day or date.max, waiting.line.standing.item)
