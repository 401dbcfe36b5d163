"""What a page of the office shows at once: a counter's stacks, an item with its story, a dossier with its four lines.

Reading only. Every question is bounded; whoever asks sees what services/sight.py and
services/dossiers.py let him see.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.acts import Capacity, Deliver, Leg
from postal_service.domain.administrative import Step, StepKind
from postal_service.domain.custody import Standing, State
from postal_service.domain.ids import DossierId, EventId, ItemId, StaffId, UnitCode
from postal_service.domain.persons import Masked, Person, PersonRole
from postal_service.domain.procedures import ProcedureVersion
from postal_service.domain.standing import GIVES_BACK
from postal_service.domain.wording_dates import local
from postal_service.projections import holdings, timelines
from postal_service.projections.timelines import Moment
from postal_service.services import (
    charges,
    closed_bags,
    collecting,
    digitisation,
    directory,
    dossiers,
    evidence_shown,
    persons,
    places,
    procedures,
    receivers,
    sight,
)
from postal_service.services.charges import Account
from postal_service.services.collecting import Visit
from postal_service.services.digitisation import Scan
from postal_service.services.dossiers import Dossier, Paper
from postal_service.services.evidence_shown import Named
from postal_service.services.receivers import Words
from postal_service.services.steps import steps_of
from postal_service.services.vault import Vault
from postal_service.storage.schema import DossierRow, ItemRow, RoundRow, StopRow, UnitRow

MOST_UNITS = 1_000
MOST_ITEMS_OF_A_DOSSIER = 50
ROUND_IS_OUT = ("published", "acknowledged")
ELSEWHERE = frozenset({State.WITH_AGENCY, State.WITH_COURIER, State.OPENED})
LYING = tuple(state for state in State if state not in ELSEWHERE)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One item of a list."""

    standing: Standing
    dossier: DossierId | None
    dossier_code: str
    gives_back: bool = False  # papers of a dossier without a result go to the citizen


@dataclass(frozen=True, kw_only=True)
class Stacks:
    """A counter's three stacks, a page at a time by item number.

    `following` is the number after which they go on, "" at their end.
    """

    waiting: tuple[Line, ...]  # lies here, to be handed on
    between: tuple[Line, ...]  # offered by or to this unit, not taken
    results: tuple[Line, ...]  # results that lie here
    following: str


@dataclass(frozen=True, kw_only=True)
class NextCourier:
    """Who comes next to this unit, by the published rounds."""

    name: str
    arrives_at: datetime


@dataclass(frozen=True, kw_only=True)
class Names:
    """The names behind the pseudonyms and codes that a page shows."""

    staff: Mapping[StaffId, str]
    units: Mapping[UnitCode, str]

    def person(self, staff: str) -> str:
        return self.staff.get(StaffId(staff), staff)

    def unit(self, code: str) -> str:
        return self.units.get(UnitCode(code), code)


@dataclass(frozen=True, kw_only=True)
class ItemView:
    """One item, where it stands and what happened to it."""

    standing: Standing
    moments: tuple[Moment, ...]
    dossier: Dossier | None  # none for a bag, or where the dossier is not this person's to see
    procedure: ProcedureVersion | None
    papers: tuple[Paper, ...]
    names: Names
    evidence: Mapping[EventId, tuple[Named, ...]]  # the files that each event names

    @property
    def gives_back(self) -> bool:
        """What goes to the citizen is no result but the papers of his dossier."""
        is_out = self.standing.leg is Leg.OUT
        return is_out and self.dossier is not None and self.dossier.gives_back


@dataclass(frozen=True, kw_only=True)
class DossierView:
    """A dossier with its four lines, kept apart: administrative, custody, money, digitisation."""

    dossier: Dossier
    procedure: ProcedureVersion
    papers: tuple[Paper, ...]
    people: Mapping[PersonRole, Masked]
    visit: Visit | None  # a courier comes to fetch it
    steps: Sequence[Step]
    accounts: Sequence[Account]
    scans: Sequence[Scan]
    standings: tuple[Standing, ...]
    moments: tuple[Moment, ...]
    names: Names
    evidence: Mapping[EventId, tuple[Named, ...]]  # the files that each event names
    received: Mapping[str, Words]  # who received for another, by what the event or the step binds


def stacks(session: Session, *, by: Actor, after: str = "") -> Stacks:
    """What lies at the actor's unit, what is half handed over, and which results are here."""
    lying = holdings.held_at_unit(session, by.unit, LYING, after)
    coming = holdings.offered_to(session, by.unit, by.staff, after)
    full = [found[-1].item for found in (lying, coming) if len(found) >= holdings.PAGE]
    following = min(full, default="")  # both lists are whole up to here
    if following:
        lying = [each for each in lying if each.item <= following]
        coming = [each for each in coming if each.item <= following]
    held, offered = closed_bags.as_they_lie(session, lying), coming
    here = [
        each
        for each in held
        if each.holder is not None and each.holder.capacity is not Capacity.COURIER
    ]
    # What lies in a closed bag goes with its bag, which stands in the stack for it.
    ours = [each for each in here if each.offered is None and not each.bag]
    results = [each for each in ours if each.leg is Leg.OUT]
    waiting = [each for each in ours if each.leg is not Leg.OUT and not each.ended]
    between = [each for each in here if each.offered is not None] + list(offered)
    return Stacks(
        waiting=lines(session, waiting),
        between=lines(session, {each.item: each for each in between}.values()),
        results=lines(session, results),
        following=following,
    )


def lines(session: Session, standings: Iterable[Standing]) -> tuple[Line, ...]:
    """The same items with the dossiers they belong to."""
    listed = list(standings)
    rows = session.execute(
        select(ItemRow.item, DossierRow.id, DossierRow.code, DossierRow.administrative)
        .join(DossierRow, DossierRow.id == ItemRow.dossier)
        .where(ItemRow.item.in_([each.item for each in listed]))
    )
    of = {item: (DossierId(dossier), code, state) for item, dossier, code, state in rows}
    return tuple(
        Line(
            standing=each,
            dossier=of[each.item][0] if each.item in of else None,
            dossier_code=of[each.item][1] if each.item in of else "",
            gives_back=each.leg is Leg.OUT and each.item in of and of[each.item][2] in GIVES_BACK,
        )
        for each in listed
    )


def next_courier(session: Session, *, by: Actor, at: datetime) -> NextCourier | None:
    """The next courier who stops at the actor's unit today, if a published round says so."""
    row = session.execute(
        select(RoundRow.courier, StopRow.arrives_at)
        .join(StopRow, StopRow.round == RoundRow.id)
        .where(
            StopRow.unit == by.unit,
            StopRow.arrives_at >= at,
            RoundRow.day == local(at).date(),
            RoundRow.state.in_(ROUND_IS_OUT),
        )
        .order_by(StopRow.arrives_at)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    name = directory.names(session, [StaffId(row.courier)]).get(StaffId(row.courier), row.courier)
    return NextCourier(name=name, arrives_at=row.arrives_at)


def item(session: Session, number: ItemId, *, by: Actor) -> ItemView:
    """An item as its page shows it. Raises UnknownItem."""
    standing = sight.item(session, number, by=by)
    moments = timelines.of_item(session, number)
    of = dossiers.of_items(session, [number]).get(number)
    dossier = _visible_or_none(session, of, by)
    return ItemView(
        standing=standing,
        moments=moments,
        dossier=dossier,
        procedure=procedures.version(session, dossier.procedure) if dossier else None,
        papers=dossiers.papers(session, dossier.id) if dossier else (),
        names=names(
            session, moments, [standing], units=[dossier.competent_unit] if dossier else ()
        ),
        evidence=evidence_shown.of_moments(session, moments, by=by),
    )


def dossier(session: Session, vault: Vault, key: DossierId, *, by: Actor) -> DossierView:
    """A dossier as its page shows it; people masked. Raises UnknownDossier."""
    found = dossiers.visible(session, key, by=by)
    numbers = [each.item for each in dossiers.items_of(session, key)][:MOST_ITEMS_OF_A_DOSSIER]
    standings = holdings.standings(session, numbers)
    moments = sorted(
        chain.from_iterable(timelines.of_items(session, numbers).values()),
        key=lambda moment: moment.index,
    )
    steps = steps_of(session, key)
    units = [found.received_unit, found.competent_unit, *(UnitCode(step.unit) for step in steps)]
    if found.helped_unit:
        units.append(found.helped_unit)
    people = [StaffId(step.staff) for step in steps]
    return DossierView(
        dossier=found,
        procedure=procedures.version(session, found.procedure),
        papers=dossiers.papers(session, key),
        people=persons.masked(session, vault, [key])[key],
        visit=collecting.awaited(session, key),
        steps=steps,
        accounts=charges.accounts(session, key),
        scans=digitisation.scans(session, key),
        standings=tuple(standings[number] for number in numbers if number in standings),
        moments=tuple(moments),
        names=names(session, moments, list(standings.values()), units=units, staff=people),
        evidence=evidence_shown.of_moments(session, moments, by=by),
        received=receivers.words_of(session, vault, key, _bound(moments, steps)),
    )


def _bound(moments: Iterable[Moment], steps: Iterable[Step]) -> set[str]:
    """What deliveries, and what was given over a desk, bind of who received."""
    of_deliveries = {each.act.commitment for each in moments if isinstance(each.act, Deliver)}
    at_desks = {
        receivers.read_reason(step.why)[1] for step in steps if step.kind is StepKind.RETURNED
    }
    return (of_deliveries | at_desks) - {""}


def names(
    session: Session,
    moments: Iterable[Moment],
    standings: Iterable[Standing],
    *,
    units: Iterable[UnitCode] = (),
    staff: Iterable[StaffId] = (),
) -> Names:
    """Names of everybody and every place in these moments and standings."""
    people, places = set(staff), set(units)
    for moment in moments:
        for party in (moment.by, moment.signed_by, moment.giver, moment.taker):
            if party is not None:
                people.add(party.staff)
                places.add(party.unit)
    for standing in standings:
        places.add(standing.destination)
        if standing.holder is not None:
            people.add(standing.holder.staff)
            places.add(standing.holder.unit)
        if standing.offered is not None:
            people.add(standing.offered.to_staff)
            places.add(standing.offered.to_unit)
    return Names(staff=directory.names(session, people), units=unit_names(session, places))


def unit_names(session: Session, codes: Iterable[UnitCode]) -> dict[UnitCode, str]:
    """The names of these units."""
    rows = session.execute(
        select(UnitRow.code, UnitRow.name).where(UnitRow.code.in_(sorted(set(codes))))
    )
    return {UnitCode(code): name for code, name in rows}


def communes_of(session: Session, people: Iterable[Person]) -> dict[UnitCode, str]:
    """The names of the communes where these people live, which papers tell beside street or hamlet."""
    return unit_names(session, [who.address.unit for who in people if who.address])


def communes(session: Session, *, day: date) -> dict[UnitCode, str]:
    """The communes and wards of a day, by name."""
    return units_of_kind(session, [places.COMMUNE], day=day)


def units_of_kind(session: Session, kinds: Iterable[str], *, day: date) -> dict[UnitCode, str]:
    """The units of these kinds that stand on a day, by name: what a form lets choose from."""
    rows = session.execute(
        select(UnitRow.code, UnitRow.name)
        .where(
            UnitRow.kind.in_(list(kinds)),
            UnitRow.valid_from <= day,
            UnitRow.valid_to.is_(None) | (UnitRow.valid_to >= day),
        )
        .order_by(UnitRow.search_name, UnitRow.code)
        .limit(MOST_UNITS)
    )
    return {UnitCode(code): name for code, name in rows}


def _visible_or_none(session: Session, key: DossierId | None, by: Actor) -> Dossier | None:
    if key is None:
        return None
    try:
        return dossiers.visible(session, key, by=by)
    except dossiers.UnknownDossier:
        return None
