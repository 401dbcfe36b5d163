"""Published rounds as they are ridden: their tours, and their stops in the order they are called at.

A home is told by its point and its dossier's code; who lives there is in `round_contacts`, and logged.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.ids import DossierId, RoundId, UnitCode
from postal_service.domain.persons import PersonRole
from postal_service.services import charges, persons, round_tours
from postal_service.services.charges import Account
from postal_service.services.collecting import CALLED_OFF, REGISTERED
from postal_service.services.orders import Kind
from postal_service.services.round_tours import Tour
from postal_service.services.vault import Vault
from postal_service.storage.schema import (
    DossierRow,
    PickupRow,
    RoundRow,
    StopItemRow,
    StopRow,
    UnitRow,
)

FETCHING: Final = frozenset({Kind.COLLECT.value, Kind.BRING.value})


@dataclass(frozen=True, kw_only=True)
class Handed:
    """What is handed over at a stop: an item's number, or the dossier of a pick-up."""

    reference: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One stop. A place has its name and position; a home only its dossier."""

    position: int
    tour: int
    kind: str
    unit: UnitCode | None
    name: str
    address: str
    lat: float | None
    lon: float | None
    dossier: DossierId | None
    dossier_code: str
    opens_at: datetime | None  # of a pick-up: when the citizen asked to be visited
    closes_at: datetime | None
    arrives_at: datetime
    starts_at: datetime
    departs_at: datetime
    locked: str
    handed: tuple[Handed, ...]
    charges: tuple[Account, ...]  # what is to be collected at a home, line by line

    @property
    def home(self) -> DossierId | None:
        """Whose home it is. What was fetched there and is brought to a desk has a dossier too."""
        return None if self.unit else self.dossier


@dataclass(frozen=True, kw_only=True)
class Round:
    """Its stops in the order they are called at; between two tours he is at the office."""

    id: RoundId
    state: str
    starts_at: datetime
    ends_at: datetime
    metres: int
    seconds: int
    tours: tuple[Tour, ...]
    stops: tuple[Stop, ...]


def with_stops(session: Session, vault: Vault, rows: Sequence[RoundRow]) -> tuple[Round, ...]:
    """These rounds with their tours, and with their stops in the order they are called at."""
    ids = [row.id for row in rows]
    planned = session.scalars(
        select(StopRow).where(StopRow.round.in_(ids)).order_by(StopRow.round, StopRow.position)
    ).all()
    off = no_longer(session, rows, planned)
    stops = [stop for stop in planned if (stop.round, stop.dossier) not in off]
    handed: dict[tuple[str, int], list[Handed]] = {}
    for each in session.scalars(
        select(StopItemRow).where(StopItemRow.round.in_(ids)).order_by(StopItemRow.reference)
    ):
        told = Handed(reference=each.reference, kind=each.kind)
        handed.setdefault((each.round, each.position), []).append(told)
    places = _places(session, {stop.unit for stop in stops if stop.unit})
    homes = _homes(session, vault, stops)
    tours = round_tours.of_rounds(session, [RoundId(row.id) for row in rows])
    return tuple(
        Round(
            id=RoundId(row.id),
            state=row.state,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            metres=row.metres,
            seconds=row.seconds,
            tours=tours[RoundId(row.id)],
            stops=tuple(
                _stop(stop, places, homes, handed.get((row.id, stop.position), ()))
                for stop in stops
                if stop.round == row.id
            ),
        )
        for row in rows
    )


def no_longer(
    session: Session, rows: Sequence[RoundRow], stops: Sequence[StopRow]
) -> set[tuple[str, str | None]]:
    """Rounds and dossiers of the visits that were called off or moved to another day after the round was planned."""
    day_of = {row.id: row.day for row in rows}
    fetched = {
        (stop.round, stop.dossier) for stop in stops if stop.kind in FETCHING and stop.dossier
    }
    found = session.execute(
        select(PickupRow.dossier, PickupRow.day, PickupRow.state).where(
            PickupRow.dossier.in_({dossier for _, dossier in fetched})
        )
    )
    visits = {dossier: (day, state) for dossier, day, state in found}
    return {
        (round_id, dossier)
        for round_id, dossier in fetched
        if dossier in visits and _is_off(*visits[dossier], on=day_of[round_id])
    }


def _is_off(day: date, state: str, *, on: date) -> bool:
    return state == CALLED_OFF or (state == REGISTERED and day != on)


@dataclass(frozen=True)
class _Home:
    """A point and a code; who lives there is in services/round_contacts.py, and logged."""

    code: str
    opens_at: datetime | None
    closes_at: datetime | None
    point: persons.Home | None
    charges: tuple[Account, ...]


def _stop(
    row: StopRow,
    places: Mapping[str, UnitRow],
    homes: Mapping[str, _Home],
    handed: Sequence[Handed],
) -> Stop:
    place = places.get(row.unit or "")
    home = None if row.unit else homes.get(row.dossier or "")
    point = place or (home.point if home else None)
    return Stop(
        position=row.position,
        tour=row.tour,
        kind=row.kind,
        unit=UnitCode(row.unit) if row.unit else None,
        name=place.name if place else "",
        address=place.address if place else "",
        lat=point.lat if point else None,
        lon=point.lon if point else None,
        dossier=DossierId(row.dossier) if row.dossier else None,
        dossier_code=home.code if home else "",
        opens_at=home.opens_at if home else None,
        closes_at=home.closes_at if home else None,
        arrives_at=row.arrives_at,
        starts_at=row.starts_at,
        departs_at=row.departs_at,
        locked=row.locked,
        handed=tuple(handed),
        charges=home.charges if home else (),
    )


def _places(session: Session, codes: Collection[str]) -> dict[str, UnitRow]:
    rows = session.scalars(select(UnitRow).where(UnitRow.code.in_(codes)))
    return {row.code: row for row in rows}


def _homes(session: Session, vault: Vault, stops: Sequence[StopRow]) -> dict[str, _Home]:
    by_kind = {
        kind: [DossierId(stop.dossier) for stop in stops if stop.dossier and stop.kind == kind]
        for kind in ("deliver", "collect")
    }
    points = {
        **persons.homes(session, vault, by_kind["deliver"], PersonRole.RECEIVER),
        **persons.homes(session, vault, by_kind["collect"], PersonRole.SUBMITTER),
    }
    rows = session.execute(
        select(DossierRow.id, DossierRow.code, PickupRow.opens_at, PickupRow.closes_at)
        .outerjoin(PickupRow, PickupRow.dossier == DossierRow.id)
        .where(DossierRow.id.in_([*by_kind["deliver"], *by_kind["collect"]]))
    )
    owed = charges.owed(session, [*by_kind["deliver"], *by_kind["collect"]])
    return {
        key: _Home(
            code, opens_at, closes_at, points.get(DossierId(key)), owed.get(DossierId(key), ())
        )
        for key, code, opens_at, closes_at in rows
    }
