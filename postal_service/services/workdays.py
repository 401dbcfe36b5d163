"""A day of one post office as the planner needs it: who works when, from where, and what is to be done.

It is read in one look, holds no connection, and can be sent to another process.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.couriers import CourierFacts
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.domain.refusals import RuleBroken
from postal_service.domain.units import UnknownUnit
from postal_service.domain.wording_dates import VIETNAM, short_date
from postal_service.services import calendars, courier_facts, orders, orders_reading, places
from postal_service.services.conditions import ASSUMED, Conditions
from postal_service.services.orders import Order, Seconds, Spot
from postal_service.services.places import Place
from postal_service.services.vault import Vault
from postal_service.storage.schema import RoleRow, StaffRow, UnitRow

SHIFT_OPENS: Final = time(7, 30)
SHIFT_CLOSES: Final = time(17)
REST_OPENS: Final = time(11, 30)
REST_CLOSES: Final = time(13, 30)
LATEST_REST_SECONDS: Final = 15 * 60  # a courier on the road may rest so much later


class OfficeAtRest(RuleBroken):
    """The post does not work on that day, or the shift is over."""

    code = "planning.office_at_rest"


class NoCouriers(RuleBroken):
    code = "planning.no_couriers"


class NoOfficePosition(RuleBroken):
    code = "planning.no_office_position"


class NothingToPlan(RuleBroken):
    code = "planning.nothing_to_plan"


@dataclass(frozen=True, kw_only=True)
class Courier:
    staff: StaffId
    name: str
    facts: CourierFacts = courier_facts.UNTOLD


@dataclass(frozen=True, kw_only=True)
class Rest:
    """A break that begins between the two seconds."""

    earliest: int
    latest: int
    seconds: int


@dataclass(frozen=True, kw_only=True)
class Workday:
    """One office's day. `shift` begins no earlier than now."""

    office: UnitCode
    day: date
    start: Spot
    shift: Seconds
    rests: tuple[Rest, ...]
    couriers: tuple[Courier, ...]
    orders: tuple[Order, ...]
    conditions: Conditions = ASSUMED

    @property
    def fingerprint(self) -> str:
        return orders.fingerprint(self.orders)


def managed(session: Session, office: UnitCode, day: date, *, by: Actor) -> Place:
    """A post office whose rounds this person makes.

    Raises UnknownUnit alike where there is none, where it is no office, and where it is another's.
    """
    found = places.place(session, office, day=day)
    if found.kind != places.POST_OFFICE or not by.may(Role.MANAGER, path=found.path):
        raise UnknownUnit(unit=office, day=short_date(day))
    return found


def managed_offices(session: Session, day: date, *, by: Actor) -> list[Place]:
    """The post offices whose rounds this person makes, by name."""
    scopes = [grant.path for grant in by.grants if grant.role is Role.MANAGER]
    rows = session.scalars(
        select(UnitRow).filter_by(kind=places.POST_OFFICE).order_by(UnitRow.name)
    )
    codes = [UnitCode(row.code) for row in rows if any(row.path.startswith(s) for s in scopes)]
    return [places.place(session, code, day=day) for code in codes if _stands(session, code, day)]


def read(
    session: Session,
    vault: Vault,
    office: Place,
    day: date,
    *,
    at: datetime,
    conditions: Conditions = ASSUMED,
) -> Workday:
    """The day with all its orders; an empty list of orders is none of its refusals.

    Raises OfficeAtRest, NoCouriers, NoOfficePosition, or NoCalendar for an unknown year.
    """
    sessions = calendars.of_unit(session, office).work_sessions(day)
    spans = [
        (
            max(_second(each.opens), _second(SHIFT_OPENS)),
            min(_second(each.closes), _second(SHIFT_CLOSES)),
        )
        for each in sessions
    ]
    spans = [span for span in spans if span[0] < span[1]]
    now = at.astimezone(VIETNAM)
    if not spans or now.date() > day:
        raise OfficeAtRest(unit=office.name, day=short_date(day))
    opens = max(spans[0][0], orders.second_of(at)) if now.date() == day else spans[0][0]
    if len(spans) > 1 and _second(REST_OPENS) <= opens < _second(REST_CLOSES):
        opens = _second(REST_CLOSES)
    if opens >= spans[-1][1]:
        raise OfficeAtRest(unit=office.name, day=short_date(day))
    row = session.get_one(UnitRow, office.code)
    start = orders.spot_of(row, area=office.serves or office.code)
    if start is None:
        raise NoOfficePosition(unit=office.name)
    couriers = couriers_of(session, office.code)
    if not couriers:
        raise NoCouriers(unit=office.name)
    known = {courier.staff for courier in couriers}
    van = conditions.van_arrives.get(office.code)
    found = orders_reading.of_the_day(
        session,
        vault,
        office,
        day,
        policy=conditions.delivery,
        # A van that should have been here by now comes nobody knows when.
        van_arrives=van if van is not None and _is_to_come(van, day, now) else None,
    )
    return Workday(
        office=office.code,
        day=day,
        start=start,
        shift=(opens, spans[-1][1]),
        rests=_rests(spans, opens),
        couriers=couriers,
        # What somebody has who is no courier here any more is not the planner's to decide.
        orders=tuple(each for each in found if not each.bound_to or each.bound_to in known),
        conditions=conditions,
    )


def couriers_of(session: Session, office: UnitCode) -> tuple[Courier, ...]:
    """The active couriers of exactly this office."""
    rows = session.execute(
        select(StaffRow.id, StaffRow.name)
        .join(RoleRow, RoleRow.staff == StaffRow.id)
        .where(RoleRow.role == Role.COURIER.value, RoleRow.unit == office, StaffRow.active)
        .order_by(StaffRow.id)
    ).all()
    facts = courier_facts.of(session, [StaffId(staff) for staff, _ in rows])
    return tuple(
        Courier(staff=StaffId(staff), name=name, facts=facts[StaffId(staff)])
        for staff, name in rows
    )


def _rests(spans: Sequence[Seconds], opens: int) -> tuple[Rest, ...]:
    """The hours between two sessions, taken wherever the courier is."""
    made = []
    for (_, closes), (reopens, _) in pairwise(spans):
        # The shift runs to 11:30 and from 13:30, whatever the counter's own lunch.
        begins, ends = min(closes, _second(REST_OPENS)), max(reopens, _second(REST_CLOSES))
        if opens < begins:
            made.append(
                Rest(earliest=begins, latest=begins + LATEST_REST_SECONDS, seconds=ends - begins)
            )
    return tuple(made)


def _is_to_come(second: int, day: date, now: datetime) -> bool:
    return now.date() < day or orders.second_of(now) < second


def _stands(session: Session, code: UnitCode, day: date) -> bool:
    try:
        places.place(session, code, day=day)
    except UnknownUnit:
        return False
    return True


def _second(at: time) -> int:
    return at.hour * 3600 + at.minute * 60
