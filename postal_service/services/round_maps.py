"""A plan's rounds as points of a map.

It opens where homes are, for the office's manager, and leaves a line in the access log for each of them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.ids import DossierId
from postal_service.domain.persons import PersonRole
from postal_service.services import persons, rounds
from postal_service.services.orders import Kind
from postal_service.services.persons import Purpose
from postal_service.services.plans import PlanId
from postal_service.services.round_pages import Call, Round, call_of, page
from postal_service.services.vault import Vault
from postal_service.storage.schema import UnitRow


@dataclass(frozen=True, kw_only=True)
class Point:
    """A stop on the map. `exact` false: the middle of the commune stands for a home."""

    position: int
    tour: int
    name: str
    lat: float
    lon: float
    exact: bool


@dataclass(frozen=True, kw_only=True)
class Line:
    """A round on the map: from the office over the points of each tour and back."""

    letter: str
    name: str
    points: tuple[Point, ...]
    without_point: int
    is_locked: bool  # whole: nothing is added and nothing taken out


@dataclass(frozen=True, kw_only=True)
class Map:
    office: Point
    lines: tuple[Line, ...]


def drawn(session: Session, vault: Vault, plan: PlanId, *, by: Actor, at: datetime) -> Map:
    """The points of a plan; each home that is opened is a line in the access log.

    Raises UnknownPlan for everybody but the office's manager.
    """
    found = rounds.managed_plan(session, plan, by=by)
    shown = page(session, plan, by=by)
    calls = [call for each in shown.rounds for call in each.calls]
    spots = _home_spots(session, vault, calls)
    for order in sorted(spots):
        dossier = DossierId(order.partition(":")[2])
        persons.log_look(session, dossier, "position", purpose=Purpose.DELIVERY, by=by, at=at)
    spots |= _desk_spots(session, calls)
    session.flush()
    office = session.get_one(UnitRow, found.office)
    lines = tuple(_line(each, spots) for each in shown.rounds)
    return Map(
        office=Point(
            position=0,
            tour=0,
            name=office.name,
            lat=office.lat or 0.0,
            lon=office.lon or 0.0,
            exact=True,
        ),
        lines=lines,
    )


Spots = dict[str, tuple[float, float, bool]]


def _line(each: Round, spots: Spots) -> Line:
    points = tuple(
        Point(
            position=call.position,
            tour=call.tour,
            name=call.name,
            lat=spot[0],
            lon=spot[1],
            exact=spot[2],
        )
        for call in each.calls
        if (spot := spots.get(call_of(call.order))) is not None
    )
    return Line(
        letter=each.letter,
        name=each.name,
        points=points,
        without_point=len(each.calls) - len(points),
        is_locked=each.is_locked_whole,
    )


def _home_spots(session: Session, vault: Vault, calls: Sequence[Call]) -> Spots:
    spots: Spots = {}
    for kind, role in ((Kind.DELIVER, PersonRole.RECEIVER), (Kind.COLLECT, PersonRole.SUBMITTER)):
        asked = [
            DossierId(call_of(call.order).partition(":")[2])
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
    asked = {call_of(call.order): call.desk for call in calls if call.desk is not None}
    middles = _middles(session, set(asked.values()))
    return {order: (*middles[unit], True) for order, unit in asked.items() if unit in middles}


def _middles(session: Session, units: Collection[str]) -> dict[str, tuple[float, float]]:
    rows = session.scalars(select(UnitRow).where(UnitRow.code.in_(units)))
    return {
        row.code: (row.lat, row.lon) for row in rows if row.lat is not None and row.lon is not None
    }
