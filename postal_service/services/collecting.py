"""A citizen asks the post to come. The number, label and lock exist before the courier leaves.

The courier's phone signs the acceptance at the door, with or without a network; when it arrives,
`note_collected` moves the dossier on. Delivery code and PIN go to the citizen and never with the
courier. A count at the door that differs from the citizen's list freezes the item (domain/story.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import Accept, Counts, Leg
from postal_service.domain.administrative import StepKind
from postal_service.domain.ids import DossierId, ItemId, UnitCode
from postal_service.domain.refusals import Malformed, RuleBroken, told_together
from postal_service.domain.standing import Administrative, Channel
from postal_service.domain.wording_dates import local, short_date, short_moment
from postal_service.projections import holdings, timelines
from postal_service.projections.timelines import Moment
from postal_service.services import calendars, checklist, dossiers, places, registration
from postal_service.services.office_events import OfficeKeys
from postal_service.services.registration import Received, Registration
from postal_service.services.steps import take_step
from postal_service.storage.schema import DossierRow, ItemRow, PickupRow

ASKING = (Role.POSTAL_CLERK, Role.MANAGER)
LONGEST_AHEAD = timedelta(days=14)
SHORTEST_WINDOW = timedelta(minutes=30)
HOME = "home"
REGISTERED, COLLECTED, CALLED_OFF = "registered", "collected", "cancelled"


class BadWindow(Malformed):
    """A window lies ahead, within one day and two weeks, and is not too short to meet."""

    code = "collecting.bad_window"


class OfficeClosed(RuleBroken):
    code = "collecting.office_closed"


class NoAddressToCollect(Malformed):
    code = "collecting.no_address"


@dataclass(frozen=True, kw_only=True)
class Visit:
    """When the courier of which office comes for a dossier."""

    office: UnitCode
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, kw_only=True)
class ToCollect:
    """What the courier's phone needs to sign the acceptance at the door."""

    dossier: DossierId
    item: ItemId
    token_hash: bytes
    counts: Counts  # as the citizen listed them; the courier counts again
    papers: tuple[dossiers.Paper, ...]
    destination: UnitCode
    lock: str
    result_item: ItemId | None
    office: UnitCode
    opens_at: datetime
    closes_at: datetime


def request(
    session: Session,
    keys: OfficeKeys,
    command: Registration,
    *,
    opens_at: datetime,
    closes_at: datetime,
    service: str,
    by: Actor,
    at: datetime,
) -> Received:
    """Register a collection at the submitter's address, by the office that delivers there.

    Raises RoleNeeded or ChannelDoesNotFit; then all at once NoAddressToCollect, what `office_for`
    raises and what `reception.register` does.
    """
    by.need(*ASKING)
    if command.channel is Channel.DIRECT:
        raise registration.ChannelDoesNotFit(channel=command.channel.value, unit=by.unit)
    with told_together() as judging:
        with judging:
            if command.submitter.address is None:
                raise NoAddressToCollect
            commune = command.submitter.address.unit
            office = office_for(session, commune, opens_at, closes_at, at=at)
        with judging:
            checked = registration.check(session, command, carried_in=True, at=at)
    opened = registration.open_dossier(
        session,
        keys.vault,
        checked,
        here=office,
        origin=HOME,
        received_unit=checked.desk.code,
        service=service,
        by=by,
    )
    decided = take_step(session, opened.row, StepKind.REQUESTED, by=by, at=at)
    item, label = registration.item_in(
        session, opened, service=service, by=by, listed=checklist.total(checked.papers)
    )
    session.add(
        PickupRow(
            dossier=opened.id,
            office=office,
            day=local(opens_at).date(),
            opens_at=opens_at,
            closes_at=closes_at,
            state=REGISTERED,
        )
    )
    session.flush()
    return opened.answer(decided, item, label)


def office_for(
    session: Session, commune: UnitCode, opens_at: datetime, closes_at: datetime, *, at: datetime
) -> UnitCode:
    """The office whose courier can come to this commune in this window.

    Raises BadWindow, NoOfficeServes, OfficeClosed or NoCalendar, the first of them: which office
    serves depends on the day, and whether it is open on which it is.
    """
    _refuse_bad_window(opens_at, closes_at, at=at)
    day = local(opens_at).date()
    office = places.office_serving(session, commune, day=day)
    if not calendars.of_unit(session, office).is_working_day(day):
        raise OfficeClosed(unit=office.name, day=short_date(day))
    return office.code


def awaited(session: Session, dossier: DossierId) -> Visit | None:
    """The visit that a dossier waits for; none where none was asked for, or it was collected or withdrawn."""
    row = session.get(PickupRow, dossier)
    if row is None or row.state != REGISTERED:
        return None
    return Visit(office=UnitCode(row.office), opens_at=row.opens_at, closes_at=row.closes_at)


def expected(session: Session, asked: Iterable[DossierId]) -> dict[DossierId, ToCollect]:
    """What is to be collected for these dossiers; those without an open request are left out."""
    rows = session.execute(
        select(DossierRow, PickupRow, ItemRow)
        .join(PickupRow, PickupRow.dossier == DossierRow.id)
        .join(ItemRow, (ItemRow.dossier == DossierRow.id) & (ItemRow.leg == Leg.IN.value))
        .where(DossierRow.id.in_(list(asked)), PickupRow.state == REGISTERED)
    )
    return {
        DossierId(row.id): _to_collect(session, row, pickup, item) for row, pickup, item in rows
    }


def note_collected(session: Session, items: Iterable[ItemId], *, at: datetime) -> None:
    """Move on the dossiers whose item a courier has accepted; the others are left as they are.

    Called after events were recorded; saying it twice changes nothing. Raises nothing: what the
    phone tells has happened. What was withdrawn before stays so, and `cases` shows it to the office.
    """
    of = dossiers.of_items(session, items)
    if not of:
        return
    open_ones = session.scalars(
        select(PickupRow).where(
            PickupRow.dossier.in_(sorted(set(of.values()))), PickupRow.state != COLLECTED
        )
    )
    pickups = {DossierId(row.dossier): row for row in open_ones}
    fetched = [item for item in sorted(of) if of[item] in pickups]
    for item, moments in timelines.of_items(session, fetched).items():
        _note(session, moments, pickups[of[item]], at=at)


def note_not_collected(
    session: Session, items: Iterable[ItemId], *, by: Actor, at: datetime
) -> None:
    """A courier is awaited again where the acceptance at the door did not occur, as `by` checked.

    What the agency has received, or the citizen withdrawn, stays so. Saying it twice changes nothing.
    Raises nothing.
    """
    of = dossiers.of_items(session, items)
    untrue = {of[item] for item in of.keys() - holdings.standings(session, of).keys()}
    for dossier in sorted(untrue):
        row = dossiers.row_of(session, dossier)
        pickup = session.get(PickupRow, dossier)
        if pickup is None or Administrative(row.administrative) is not Administrative.POSTED:
            continue
        take_step(session, row, StepKind.POSTING_CORRECTED, by=by, at=max(at, row.posted_at or at))
        pickup.state = REGISTERED
        session.flush()


def _note(session: Session, moments: Iterable[Moment], pickup: PickupRow, *, at: datetime) -> None:
    told = next((each for each in moments if isinstance(each.act, Accept) and each.counts), None)
    if told is None:
        return
    row = dossiers.row_of(session, DossierId(pickup.dossier))
    if Administrative(row.administrative) is not Administrative.REQUESTED:
        return
    # Not before the citizen had asked for it, which the office tells itself.
    happened = min(max(told.happened_at, row.made_at), at)
    by = Actor(staff=told.signed_by.staff, unit=told.signed_by.unit, path="", grants=())
    take_step(session, row, StepKind.POSTED, by=by, at=happened, recorded_at=at)
    pickup.state = COLLECTED
    session.flush()


def _to_collect(session: Session, row: DossierRow, pickup: PickupRow, item: ItemRow) -> ToCollect:
    papers = dossiers.papers(session, DossierId(row.id))
    return ToCollect(
        dossier=DossierId(row.id),
        item=ItemId(item.item),
        token_hash=item.token_hash,
        counts=dossiers.total(papers),
        papers=papers,
        destination=UnitCode(item.destination_unit),
        lock=row.result_lock or "",
        result_item=ItemId(row.result_item) if row.result_item else None,
        office=UnitCode(pickup.office),
        opens_at=pickup.opens_at,
        closes_at=pickup.closes_at,
    )


def _refuse_bad_window(opens_at: datetime, closes_at: datetime, *, at: datetime) -> None:
    fits = (
        at <= opens_at <= at + LONGEST_AHEAD
        and closes_at - opens_at >= SHORTEST_WINDOW
        and local(opens_at).date() == local(closes_at).date()
    )
    if not fits:
        raise BadWindow(opens_at=short_moment(opens_at), closes_at=short_moment(closes_at))
