"""A plan as a manager reads it: calls by name, progress, who has seen his round; and, apart, the points of its map.

Lists show places and dossier codes, never who lives there. Only the map opens where homes are, for
the office's manager, and leaves a line in the access log for each of them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.calendar import NoCalendar
from postal_service.domain.couriers import CourierFacts
from postal_service.domain.ids import DossierId, RoundId, StaffId
from postal_service.domain.persons import PersonRole
from postal_service.domain.wording_dates import local
from postal_service.services import (
    calendars,
    charges,
    courier_facts,
    persons,
    plans,
    round_loading,
    round_progress,
    rounds,
    workdays,
)
from postal_service.services.orders import SAME_DAY_CUT, Kind
from postal_service.services.persons import Purpose
from postal_service.services.places import Place
from postal_service.services.planning import Fault, Left
from postal_service.services.plans import Kept, PlanId
from postal_service.services.round_progress import Progress
from postal_service.services.vault import Vault
from postal_service.storage.schema import (
    AccessRow,
    DossierRow,
    RoundRow,
    StaffRow,
    StopItemRow,
    StopRow,
    UnitRow,
)

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, kw_only=True)
class Call:
    """One stop as a line of a list. `name` is a place or a dossier's code."""

    position: int
    order: str
    kind: str
    at_desk: bool
    name: str
    things: int
    arrives_at: datetime
    starts_at: datetime
    departs_at: datetime
    locked: str
    is_done: bool
    faults: tuple[Fault, ...]

    @property
    def waits(self) -> timedelta:
        return self.starts_at - self.arrives_at


@dataclass(frozen=True, kw_only=True)
class Round:
    """One courier's round. `letter` names its line on the map; `to_load` items lie at the counter."""

    id: RoundId
    letter: str
    courier: StaffId
    name: str
    state: str
    acknowledged_at: datetime | None
    starts_at: datetime
    ends_at: datetime
    metres: int
    seconds: int
    to_load: int
    progress: Progress
    faults: tuple[Fault, ...]
    calls: tuple[Call, ...]
    facts: CourierFacts
    cash_dong: int  # still to be taken at its doors


@dataclass(frozen=True, kw_only=True)
class Unserved:
    """A call nobody goes to, with the reason and who was nearest to it."""

    left: Left
    name: str
    courier: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """A plan with everything its page shows."""

    plan: Kept
    made_by: str
    edited_by: str
    published_by: str
    rounds: tuple[Round, ...]
    unserved: tuple[Unserved, ...]
    versions: tuple[Kept, ...]
    couriers: tuple[workdays.Courier, ...]


@dataclass(frozen=True, kw_only=True)
class Point:
    """A stop on the map. `exact` false: the middle of the commune stands for a home."""

    position: int
    name: str
    lat: float
    lon: float
    exact: bool


@dataclass(frozen=True, kw_only=True)
class Line:
    """A round on the map: from the office over its points and back."""

    letter: str
    name: str
    points: tuple[Point, ...]
    without_point: int


@dataclass(frozen=True, kw_only=True)
class Map:
    office: Point
    lines: tuple[Line, ...]


def first_day(session: Session, office: Place, *, at: datetime) -> date:
    """The day a manager's page opens on.

    Today while its rounds are out, else the last day that is planned already, else the day to plan:
    today until the same-day cut, then the next the post works.
    """
    now = local(at)
    planned = plans.last_day(session, office.code, since=now.date())
    if planned is not None:
        of_today = plans.newest(session, office.code, now.date())
        return now.date() if of_today and now.time() < SAME_DAY_CUT else planned
    today = now.date() if now.time() < SAME_DAY_CUT else now.date() + timedelta(days=1)
    try:
        return calendars.of_unit(session, office).working_day_at_or_after(today)
    except NoCalendar:
        return today


def page(session: Session, plan: PlanId, *, by: Actor) -> Page:
    """A plan of an office whose rounds this person makes. Raises UnknownPlan."""
    found = rounds.managed_plan(session, plan, by=by)
    rows = session.scalars(
        select(RoundRow).filter_by(plan=plan).order_by(RoundRow.courier, RoundRow.id)
    ).all()
    staff = {row.courier for row in rows} | {each.courier or "" for each in found.left}
    names = _names(session, {*staff, found.made_by, found.edited_by, found.published_by or ""})
    return Page(
        plan=found,
        made_by=names.get(found.made_by, found.made_by),
        edited_by=names.get(found.edited_by, found.edited_by),
        published_by=names.get(found.published_by or "", ""),
        rounds=_rounds(session, rows, names, found),
        unserved=_unserved(session, found.left, names),
        versions=tuple(plans.versions(session, found.office, found.day)),
        couriers=workdays.couriers_of(session, found.office),
    )


def drawn(session: Session, vault: Vault, plan: PlanId, *, by: Actor, at: datetime) -> Map:
    """The points of a plan; each home that is opened is a line in the access log.

    Raises UnknownPlan for everybody but the office's manager.
    """
    found = rounds.managed_plan(session, plan, by=by)
    shown = page(session, plan, by=by)
    calls = [call for each in shown.rounds for call in each.calls]
    spots = _home_spots(session, vault, calls)
    session.add_all(
        AccessRow(
            at=at,
            staff=by.staff,
            unit=by.unit,
            dossier=order.partition(":")[2],
            what="position",
            why=Purpose.DELIVERY.value,
        )
        for order in sorted(spots)
    )
    spots |= _desk_spots(session, calls)
    session.flush()
    office = session.get_one(UnitRow, found.office)
    lines = tuple(_line(each, spots) for each in shown.rounds)
    return Map(
        office=Point(
            position=0, name=office.name, lat=office.lat or 0.0, lon=office.lon or 0.0, exact=True
        ),
        lines=lines,
    )


Spots = dict[str, tuple[float, float, bool]]


def _line(each: Round, spots: Spots) -> Line:
    points = tuple(
        Point(position=call.position, name=call.name, lat=spot[0], lon=spot[1], exact=spot[2])
        for call in each.calls
        if (spot := spots.get(_called(call.order))) is not None
    )
    return Line(
        letter=each.letter,
        name=each.name,
        points=points,
        without_point=len(each.calls) - len(points),
    )


def _home_spots(session: Session, vault: Vault, calls: Sequence[Call]) -> Spots:
    spots: Spots = {}
    for kind, role in ((Kind.DELIVER, PersonRole.RECEIVER), (Kind.COLLECT, PersonRole.SUBMITTER)):
        asked = [
            DossierId(_called(call.order).partition(":")[2])
            for call in calls
            if call.kind == kind and not call.at_desk
        ]
        homes = persons.homes(session, vault, asked, role)
        middles = _middles(session, {home.unit for home in homes.values()})
        for dossier, home in homes.items():
            if home.lat is not None and home.lon is not None:
                spots[f"{kind.value}:{dossier}"] = (home.lat, home.lon, True)
            elif home.unit in middles:
                spots[f"{kind.value}:{dossier}"] = (*middles[home.unit], False)
    return spots


def _desk_spots(session: Session, calls: Sequence[Call]) -> Spots:
    asked = {
        _called(call.order): _called(call.order).partition(":")[2] for call in calls if call.at_desk
    }
    middles = _middles(session, set(asked.values()))
    return {order: (*middles[unit], True) for order, unit in asked.items() if unit in middles}


def _middles(session: Session, units: Collection[str]) -> dict[str, tuple[float, float]]:
    rows = session.scalars(select(UnitRow).where(UnitRow.code.in_(units)))
    return {
        row.code: (row.lat, row.lon) for row in rows if row.lat is not None and row.lon is not None
    }


def _rounds(
    session: Session, rows: Sequence[RoundRow], names: Mapping[str, str], plan: Kept
) -> tuple[Round, ...]:
    ids = [RoundId(row.id) for row in rows]
    progress = round_progress.of_rounds(session, ids)
    stops = session.scalars(
        select(StopRow).where(StopRow.round.in_(ids)).order_by(StopRow.round, StopRow.position)
    ).all()
    called = _call_names(session, stops)
    facts = courier_facts.of(session, [StaffId(row.courier) for row in rows])
    owed = charges.due_dong(session, [DossierId(s.dossier) for s in stops if s.dossier])
    things: dict[tuple[str, int], int] = {}
    for each in session.scalars(select(StopItemRow).where(StopItemRow.round.in_(ids))):
        things[each.round, each.position] = things.get((each.round, each.position), 0) + 1
    return tuple(
        Round(
            id=RoundId(row.id),
            letter=LETTERS[number % len(LETTERS)] + str(number // len(LETTERS) or ""),
            courier=StaffId(row.courier),
            name=names.get(row.courier, row.courier),
            state=row.state,
            acknowledged_at=row.acknowledged_at,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            metres=row.metres,
            seconds=row.seconds,
            to_load=len(round_loading.to_load(session, RoundId(row.id))),
            progress=progress[RoundId(row.id)],
            faults=tuple(f for f in plan.faults if f.courier == row.courier and not f.order),
            calls=tuple(
                _call(stop, row, called, things, progress[RoundId(row.id)], plan.faults)
                for stop in stops
                if stop.round == row.id
            ),
            facts=facts[StaffId(row.courier)],
            cash_dong=sum(
                owed.get(DossierId(s.dossier), 0) for s in stops if s.round == row.id and s.dossier
            ),
        )
        for number, row in enumerate(rows)
    )


def _call(
    stop: StopRow,
    row: RoundRow,
    called: Mapping[str, str],
    things: Mapping[tuple[str, int], int],
    progress: Progress,
    faults: Sequence[Fault],
) -> Call:
    place = stop.unit or stop.dossier or ""
    order = f"{stop.kind}:{place}@{row.courier}"
    return Call(
        position=stop.position,
        order=order,
        kind=stop.kind,
        at_desk=stop.unit is not None,
        name=called.get(place, place),
        things=things.get((stop.round, stop.position), 0),
        arrives_at=stop.arrives_at,
        starts_at=stop.starts_at,
        departs_at=stop.departs_at,
        locked=stop.locked,
        is_done=stop.position in progress.done_positions,
        faults=tuple(f for f in faults if f.order and _called(f.order) == _called(order)),
    )


def _unserved(
    session: Session, left: Sequence[Left], names: Mapping[str, str]
) -> tuple[Unserved, ...]:
    places = {each.order: _called(each.order).partition(":")[2] for each in left}
    called = _place_names(session, places.values())
    return tuple(
        Unserved(
            left=each,
            name=called.get(places[each.order], places[each.order]),
            courier=names.get(each.courier or "", ""),
        )
        for each in left
    )


def _called(order: str) -> str:
    """The call without the courier it is bound to."""
    return order.partition("@")[0]


def _call_names(session: Session, stops: Sequence[StopRow]) -> dict[str, str]:
    return _place_names(session, {stop.unit or stop.dossier or "" for stop in stops})


def _place_names(session: Session, places: Collection[str]) -> dict[str, str]:
    wanted = set(places)
    units = session.execute(select(UnitRow.code, UnitRow.name).where(UnitRow.code.in_(wanted)))
    codes = session.execute(select(DossierRow.id, DossierRow.code).where(DossierRow.id.in_(wanted)))
    return {row[0]: row[1] for row in [*units, *codes]}


def _names(session: Session, staff: Collection[str]) -> dict[str, str]:
    rows = session.execute(select(StaffRow.id, StaffRow.name).where(StaffRow.id.in_(set(staff))))
    return {row.id: row.name for row in rows}
