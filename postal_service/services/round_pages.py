"""A plan as a manager reads it: calls by name, progress, who has seen his round.

Lists show places and dossier codes, never who lives there; the map stands apart (`round_maps`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.attempts import STANDARD, DeliveryPolicy
from postal_service.domain.calendar import NoCalendar
from postal_service.domain.couriers import CourierFacts
from postal_service.domain.ids import DossierId, ItemId, RoundId, StaffId, UnitCode
from postal_service.domain.wording_dates import local
from postal_service.services import (
    calendars,
    charges,
    courier_facts,
    orders,
    plans,
    round_loading,
    round_progress,
    round_tours,
    rounds,
    workdays,
)
from postal_service.services.orders import SAME_DAY_CUT
from postal_service.services.places import Place
from postal_service.services.planning import Fault, Left, Lock, Loosened
from postal_service.services.plans import Kept, PlanId
from postal_service.services.round_progress import Progress
from postal_service.services.round_tours import Tour
from postal_service.storage.schema import (
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
    tour: int
    order: str
    kind: str
    desk: UnitCode | None
    name: str
    things: int
    arrives_at: datetime
    starts_at: datetime
    departs_at: datetime
    locked: str
    is_done: bool
    faults: tuple[Fault, ...]

    @property
    def at_desk(self) -> bool:
        return self.desk is not None

    @property
    def waits(self) -> timedelta:
        return self.starts_at - self.arrives_at


@dataclass(frozen=True, kw_only=True)
class TourOfRound:
    """What is ridden before the office is seen again; `to_load` of its items lie at the counter."""

    number: int
    leaves_at: datetime
    returns_at: datetime
    to_load: int
    calls: tuple[Call, ...]


@dataclass(frozen=True, kw_only=True)
class Round:
    """One courier's round. `letter` names its line on the map."""

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
    progress: Progress
    faults: tuple[Fault, ...]
    tours: tuple[TourOfRound, ...]
    facts: CourierFacts
    cash_dong: int  # still to be taken at its doors

    @property
    def calls(self) -> tuple[Call, ...]:
        return tuple(call for tour in self.tours for call in tour.calls)

    @property
    def is_locked_whole(self) -> bool:
        """Whether nothing goes into this round or out of it, until it is unlocked."""
        return any(call.locked == Lock.ROUTE for call in self.calls)


@dataclass(frozen=True, kw_only=True)
class Unserved:
    """A call nobody makes, with the reason and who was nearest to it."""

    left: Left
    name: str
    courier: str


@dataclass(frozen=True, kw_only=True)
class LockNotKept:
    """A lock that was loosened when the plan was made: of which call, and with whom it was."""

    loosened: Loosened
    name: str
    courier: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """A plan with everything its page shows. What is `to_counter` is fetched, and goes on to no desk."""

    plan: Kept
    made_by: str
    edited_by: str
    published_by: str
    rounds: tuple[Round, ...]
    unserved: tuple[Unserved, ...]
    to_counter: tuple[Unserved, ...]
    not_kept: tuple[LockNotKept, ...]
    versions: tuple[Kept, ...]
    couriers: tuple[workdays.Courier, ...]

    @property
    def longest_seconds(self) -> int:
        """How long the courier who is out longest is out."""
        out = (int((each.ends_at - each.starts_at).total_seconds()) for each in self.rounds)
        return max(out, default=0)


def first_day(session: Session, office: Place, *, at: datetime) -> date:
    """The day a manager's page opens on.

    Today while its rounds are on their way, and for as long as no later day is planned; else the
    nearest day that is, else the day to plan: today until the same-day cut, then the next the post
    works.
    """
    now = local(at)
    today, is_early = now.date(), now.time() < SAME_DAY_CUT
    of_today = plans.newest(session, office.code, today)
    _, later = plans.neighbours(session, office.code, today)
    if of_today and (is_early or later is None or not _is_over(session, of_today)):
        return today
    if later is not None:
        return later
    unplanned = today if is_early else today + timedelta(days=1)
    try:
        return calendars.of_unit(session, office).working_day_at_or_after(unplanned)
    except NoCalendar:
        return unplanned


def _is_over(session: Session, plan: Kept) -> bool:
    """Whether every round of a published plan has been ridden to its end."""
    ids = [RoundId(each) for each in session.scalars(select(RoundRow.id).filter_by(plan=plan.id))]
    progress = round_progress.of_rounds(session, ids).values()
    return plan.state == plans.PUBLISHED and all(each.stops_done == each.stops for each in progress)


def page(session: Session, plan: PlanId, *, policy: DeliveryPolicy = STANDARD, by: Actor) -> Page:
    """A plan of an office whose rounds this person makes. Raises UnknownPlan."""
    found = rounds.managed_plan(session, plan, by=by)
    rows = session.scalars(
        select(RoundRow).filter_by(plan=plan).order_by(RoundRow.courier, RoundRow.id)
    ).all()
    staff = {row.courier for row in rows} | {each.courier or "" for each in found.left}
    staff |= {each.courier for each in found.loosened}
    names = _names(session, {*staff, found.made_by, found.edited_by, found.published_by or ""})
    return Page(
        plan=found,
        made_by=names.get(found.made_by, found.made_by),
        edited_by=names.get(found.edited_by, found.edited_by),
        published_by=names.get(found.published_by or "", ""),
        rounds=_rounds(session, rows, names, found, policy),
        unserved=_unserved(session, found.unserved, names),
        to_counter=_unserved(session, [each for each in found.left if each.is_second_half], names),
        not_kept=_not_kept(session, found.loosened, names),
        versions=tuple(plans.versions(session, found.office, found.day)),
        couriers=workdays.couriers_of(session, found.office),
    )


def names_of(session: Session, orders: Iterable[str], staff: Iterable[str]) -> dict[str, str]:
    """What these calls and these couriers are called, by the names that plans have for them."""
    places = {order: _place_of(order) for order in orders}
    called = _place_names(session, places.values())
    calls = {order: called.get(place, place) for order, place in places.items()}
    return calls | _names(session, set(staff))


def letter_of(place: int) -> str:
    """What the round in this place of its plan is called on the page, the map and the run list."""
    return LETTERS[place % len(LETTERS)] + str(place // len(LETTERS) or "")


def _rounds(
    session: Session,
    rows: Sequence[RoundRow],
    names: Mapping[str, str],
    plan: Kept,
    policy: DeliveryPolicy,
) -> tuple[Round, ...]:
    ids = [RoundId(row.id) for row in rows]
    progress = round_progress.of_rounds(session, ids)
    ridden = round_tours.of_rounds(session, ids)
    waiting = round_loading.to_load_of(session, ids, policy=policy)
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
            letter=letter_of(number),
            courier=StaffId(row.courier),
            name=names.get(row.courier, row.courier),
            state=row.state,
            acknowledged_at=row.acknowledged_at,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            metres=row.metres,
            seconds=row.seconds,
            progress=progress[RoundId(row.id)],
            faults=tuple(f for f in plan.faults if f.courier == row.courier and not f.order),
            tours=_tours(
                ridden[RoundId(row.id)],
                waiting[RoundId(row.id)],
                tuple(
                    _call(stop, row, called, things, progress[RoundId(row.id)], plan.faults)
                    for stop in stops
                    if stop.round == row.id
                ),
            ),
            facts=facts[StaffId(row.courier)],
            cash_dong=sum(
                owed.get(DossierId(s.dossier), 0)
                for s in stops
                if s.round == row.id and s.dossier and not s.unit  # nothing is taken at a desk
            ),
        )
        for number, row in enumerate(rows)
    )


def _tours(
    ridden: Sequence[Tour], to_load: Mapping[int, Sequence[ItemId]], calls: Sequence[Call]
) -> tuple[TourOfRound, ...]:
    return tuple(
        TourOfRound(
            number=tour.number,
            leaves_at=tour.leaves_at,
            returns_at=tour.returns_at,
            to_load=len(to_load.get(tour.number, ())),
            calls=tuple(call for call in calls if call.tour == tour.number),
        )
        for tour in ridden
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
    order = f"{orders.called(stop.kind, stop.unit, stop.dossier)}@{row.courier}"
    return Call(
        position=stop.position,
        tour=stop.tour,
        order=order,
        kind=stop.kind,
        desk=UnitCode(stop.unit) if stop.unit else None,
        name=called.get(place, place),
        things=things.get((stop.round, stop.position), 0),
        arrives_at=stop.arrives_at,
        starts_at=stop.starts_at,
        departs_at=stop.departs_at,
        locked=stop.locked,
        is_done=stop.position in progress.done_positions,
        faults=tuple(f for f in faults if f.order and call_of(f.order) == call_of(order)),
    )


def _unserved(
    session: Session, left: Sequence[Left], names: Mapping[str, str]
) -> tuple[Unserved, ...]:
    places = {each.order: _place_of(each.order) for each in left}
    called = _place_names(session, places.values())
    return tuple(
        Unserved(
            left=each,
            name=called.get(places[each.order], places[each.order]),
            courier=names.get(each.courier or "", ""),
        )
        for each in left
    )


def _not_kept(
    session: Session, loosened: Sequence[Loosened], names: Mapping[str, str]
) -> tuple[LockNotKept, ...]:
    places = {each.order: _place_of(each.order) for each in loosened}
    called = _place_names(session, places.values())
    return tuple(
        LockNotKept(
            loosened=each,
            name=called.get(places[each.order], places[each.order]),
            courier=names.get(each.courier, each.courier),
        )
        for each in loosened
    )


def _place_of(order: str) -> str:
    """The desk or the dossier that is called at."""
    return call_of(order).partition(":")[2]


def call_of(order: str) -> str:
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
