"""A courier's round with whoever lives at its doors, for the paper he rides with when his phone fails.

Only of a round that is out: a proposal is nobody's order yet. It names citizens in full, so every
reading is a look that is logged.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import Leg
from postal_service.domain.ids import DossierId, ItemId, RoundId, StaffId, UnitCode
from postal_service.domain.persons import Person, PersonRole
from postal_service.domain.refusals import RuleBroken
from postal_service.projections import holdings
from postal_service.services import (
    charges,
    directory,
    overview,
    persons,
    places,
    plans,
    return_envelopes,
    round_pages,
    rounds_reading,
)
from postal_service.services.acknowledging import UnknownRound
from postal_service.services.charges import Account
from postal_service.services.persons import Purpose
from postal_service.services.return_envelopes import TakenBack
from postal_service.services.round_contacts import AT_THE_DOOR
from postal_service.services.round_tours import Tour
from postal_service.services.rounds_reading import Stop
from postal_service.services.vault import Vault
from postal_service.storage.schema import DossierKeyRow, ItemRow, PlanRow, RoundRow

PRINTING = (Role.MANAGER, Role.POSTAL_CLERK)


class NotPublished(RuleBroken):
    """The round is only proposed, or another version took its place."""

    code = "round.not_published"


@dataclass(frozen=True, kw_only=True)
class Called:
    """One stop with what is known of it. `people` is empty at a desk and where a dossier was erased."""

    stop: Stop
    people: Mapping[PersonRole, Person]
    communes: Mapping[UnitCode, str]  # the names of those that they live in
    items: tuple[ItemId, ...]
    owed: tuple[Account, ...]  # charge by charge: he takes each by itself
    taken_back: tuple[TakenBack, ...]  # old papers, and the envelope that he carries for them
    agreed_for: str  # the day that the receiver named, ISO date; "" where none was


@dataclass(frozen=True, kw_only=True)
class RunList:
    """One courier's round of one day. `letter` is what the manager's page calls it."""

    id: RoundId
    letter: str
    version: int
    day: date
    office: UnitCode
    office_name: str
    courier_name: str
    starts_at: datetime
    ends_at: datetime
    metres: int
    tours: tuple[Tour, ...]
    calls: tuple[Called, ...]


def read(session: Session, vault: Vault, round_id: RoundId, *, by: Actor, at: datetime) -> RunList:
    """A round of the actor's office, one logged look for each home.

    Raises UnknownRound, RoleNeeded, and NotPublished of a round that nobody rides.
    """
    row = session.get(RoundRow, round_id)
    if row is None or not by.may(*PRINTING, path=places.path_of(session, UnitCode(row.office))):
        raise UnknownRound(round=round_id)
    if row.state not in plans.SHOWN:
        raise NotPublished
    (told,) = rounds_reading.with_stops(session, vault, [row])
    office = places.place(session, UnitCode(row.office), day=row.day)
    return RunList(
        id=round_id,
        letter=_letter(session, row),
        version=session.get_one(PlanRow, row.plan).version,
        day=row.day,
        office=office.code,
        office_name=office.name,
        courier_name=directory.names(session, [StaffId(row.courier)])[StaffId(row.courier)],
        starts_at=told.starts_at,
        ends_at=told.ends_at,
        metres=told.metres,
        tours=told.tours,
        calls=_called(session, vault, told.stops, by=by, at=at),
    )


def _called(
    session: Session, vault: Vault, stops: Sequence[Stop], *, by: Actor, at: datetime
) -> tuple[Called, ...]:
    homes = {stop.home for stop in stops if stop.home}
    people = persons.look_many(
        session,
        vault,
        _with_key(session, homes),
        purpose=Purpose.PRINTING,
        by=by,
        at=at,
        roles=sorted({role for roles in AT_THE_DOOR.values() for role in roles}),
    )
    communes = overview.communes_of(
        session, [who for at_home in people.values() for who in at_home.values()]
    )
    owed = charges.owed(session, homes)
    numbers = _numbers_of_pickups(session, stops)
    items = {stop.position: tuple(_items(stop, numbers)) for stop in stops}
    brought = {item for stop in stops if stop.home for item in items[stop.position]}
    back = return_envelopes.of(session, brought)
    standings = holdings.standings(session, brought)
    return tuple(
        Called(
            stop=stop,
            people=people.get(stop.home, {}) if stop.home else {},
            communes=communes,
            items=items[stop.position],
            owed=owed.get(stop.home, ()) if stop.home else (),
            taken_back=tuple(back[item] for item in items[stop.position] if item in back),
            agreed_for=max(
                (standings[item].agreed_for for item in items[stop.position] if item in standings),
                default="",
            ),
        )
        for stop in stops
    )


def _items(stop: Stop, numbers: Mapping[str, ItemId]) -> Iterable[ItemId]:
    """What is handed over at a stop by the number on its label, which a pick-up has beforehand."""
    for handed in stop.handed:
        if handed.kind == "item":
            yield ItemId(handed.reference)
        elif handed.reference in numbers:
            yield numbers[handed.reference]


def _numbers_of_pickups(session: Session, stops: Sequence[Stop]) -> dict[str, ItemId]:
    asked = {each.reference for stop in stops for each in stop.handed if each.kind == "pickup"}
    rows = session.execute(
        select(ItemRow.dossier, ItemRow.item).where(
            ItemRow.dossier.in_(asked), ItemRow.leg == Leg.IN.value
        )
    )
    return {dossier: ItemId(item) for dossier, item in rows if dossier}


def _with_key(session: Session, homes: Collection[DossierId]) -> list[DossierId]:
    """Those whose personal data stands; an erased dossier has no key."""
    found = session.scalars(
        select(DossierKeyRow.dossier)
        .where(DossierKeyRow.dossier.in_(homes))
        .order_by(DossierKeyRow.dossier)
    )
    return [DossierId(each) for each in found]


def _letter(session: Session, row: RoundRow) -> str:
    of_plan = session.scalars(
        select(RoundRow.id).filter_by(plan=row.plan).order_by(RoundRow.courier, RoundRow.id)
    ).all()
    return round_pages.letter_of(of_plan.index(row.id))
