"""A promised visit is moved or called off: with a reason, kept in the dossier's steps, and no round goes there any more."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, RoleNeeded
from postal_service.domain.administrative import ReasonNeeded, ReasonTellsNumbers, StepKind
from postal_service.domain.calendar import NoCalendar
from postal_service.domain.ids import DossierId
from postal_service.domain.public_steps import Status
from postal_service.domain.refusals import Refusal, SeveralRefused
from postal_service.domain.standing import Administrative
from postal_service.services import (
    administrative,
    collecting,
    dossiers,
    places,
    round_contacts,
    round_pages,
    rounds_reading,
    tracking,
    visits,
    workdays,
)
from postal_service.services.collecting import BadWindow, OfficeClosed, Visit
from postal_service.services.dossiers import UnknownDossier
from postal_service.services.plans import PlanId
from postal_service.services.registration import Received
from postal_service.services.steps import steps_of
from postal_service.services.visits import CalledOffAlready, NoVisit
from postal_service.storage.schema import PickupRow, RoundRow
from tests.services import rounds_day as d
from tests.services import world as w
from tests.services.test_collecting import at, request, sign_at_the_door
from tests.services.world import World

WHY = "không có ai ở nhà"


@pytest.fixture
def asked(session: Session, world: World) -> Received:
    """A visit promised for the Wednesday, eight to ten."""
    return request(session, world)


def move(
    session: Session,
    world: World,
    dossier: DossierId,
    *,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    why: str = WHY,
    by: Actor | None = None,
    on: datetime | None = None,
) -> Visit:
    opens = opens_at or at(26, 14)
    return visits.move(
        session, world.vault, dossier, opens_at=opens,
        closes_at=closes_at or opens + timedelta(hours=2), why=why, by=by or world.counter,
        at=on or at(25, 11),
    )  # fmt: skip


def call_off(
    session: Session, world: World, dossier: DossierId, *, why: str = WHY, by: Actor | None = None
) -> None:
    visits.call_off(session, dossier, why=why, by=by or world.counter, at=at(25, 11))


def as_it_stands(session: Session, dossier: DossierId) -> tuple[object, ...]:
    row = session.get_one(PickupRow, dossier)
    return row.opens_at, row.closes_at, row.day, row.state, len(steps_of(session, dossier))


def to_fetch(session: Session, world: World, day: int) -> list[str]:
    """What is to be fetched at homes on a day of November."""
    office = places.place(session, w.OFFICE, day=at(day, 7).date())
    read = workdays.read(session, world.vault, office, at(day, 7).date(), at=at(day, 6))
    return [order.dossier or "" for order in read.orders if order.kind == "collect"]


def test_a_bad_reason_and_a_bad_time_are_told_together(
    session: Session, world: World, asked: Received
) -> None:
    before = as_it_stands(session, asked.dossier)
    for opens_at, refusal in ((at(20, 8), BadWindow), (at(29, 8), OfficeClosed)):
        with pytest.raises(SeveralRefused) as told:
            move(session, world, asked.dossier, opens_at=opens_at, why="gọi 0905 123 456")
        assert [type(each) for each in told.value.refusals] == [ReasonTellsNumbers, refusal]
    assert as_it_stands(session, asked.dossier) == before


@pytest.mark.parametrize("who", ["counter", "manager"])
def test_a_missed_visit_is_moved_and_what_was_promised_stays_in_the_steps(
    session: Session, world: World, asked: Received, who: str
) -> None:
    by: Actor = getattr(world, who)
    (before,) = visits.promised(session, by=by, at=at(25, 11))
    assert (before.code, before.missed) == (asked.code, True)

    visit = move(session, world, asked.dossier, by=by)

    assert visit == Visit(office=w.OFFICE, opens_at=at(26, 14), closes_at=at(26, 16))
    assert collecting.awaited(session, asked.dossier) == visit
    (after,) = visits.promised(session, by=by, at=at(25, 11))
    assert not after.missed
    last = steps_of(session, asked.dossier)[-1]
    assert (last.kind, last.staff, last.at) == (StepKind.VISIT_MOVED, by.staff, at(25, 11))
    assert last.why == f"08:00–10:00 25/11/2026 → 14:00–16:00 26/11/2026: {WHY}"
    found = dossiers.load(session, asked.dossier)
    assert (found.administrative, found.due_at) == (Administrative.REQUESTED, None)
    assert (to_fetch(session, world, 25), to_fetch(session, world, 26)) == ([], [asked.dossier])


def test_what_was_called_off_is_fetched_by_nobody_and_can_be_promised_again(
    session: Session, world: World, asked: Received
) -> None:
    call_off(session, world, asked.dossier)

    assert collecting.awaited(session, asked.dossier) is None
    assert collecting.expected(session, [asked.dossier]) == {}
    assert visits.promised(session, by=world.counter, at=at(25, 11)) == ()
    assert to_fetch(session, world, 25) == []
    last = steps_of(session, asked.dossier)[-1]
    assert (last.kind, last.why) == (
        StepKind.VISIT_CALLED_OFF, f"08:00–10:00 25/11/2026: {WHY}",
    )  # fmt: skip
    shown = tracking.track(session, world.vault, asked.code, asked.pin, at=at(25, 12))
    assert (shown.status, shown.holder) == (Status.VISIT_CALLED_OFF, "")

    move(session, world, asked.dossier)
    assert to_fetch(session, world, 26) == [asked.dossier]
    shown = tracking.track(session, world.vault, asked.code, asked.pin, at=at(25, 12))
    assert shown.status is Status.REQUESTED


def test_after_it_was_called_off_the_citizen_can_still_withdraw(
    session: Session, world: World, asked: Received
) -> None:
    call_off(session, world, asked.dossier)
    administrative.withdraw(
        session, world.keys, asked.dossier, why=WHY, by=world.counter, at=at(25, 12)
    )
    with pytest.raises(NoVisit):
        move(session, world, asked.dossier)


def test_what_a_courier_fetched_meanwhile_was_fetched(
    session: Session, world: World, asked: Received
) -> None:
    given = collecting.expected(session, [asked.dossier])[asked.dossier]
    call_off(session, world, asked.dossier)
    sign_at_the_door(session, world, given)

    assert asked.item is not None
    collecting.note_collected(session, [asked.item], at=at(25, 18))

    assert dossiers.load(session, asked.dossier).administrative is Administrative.POSTED
    assert session.get_one(PickupRow, asked.dossier).state == "collected"
    with pytest.raises(NoVisit):
        move(session, world, asked.dossier, on=at(25, 19))


@pytest.mark.parametrize(
    ("opens_at", "closes_at", "refusal"),
    [
        (at(25, 10), at(25, 12), BadWindow),  # it has begun already
        (at(26, 8), at(26, 8, 20), BadWindow),
        (at(26, 10), at(26, 8), BadWindow),
        (at(26, 8), at(27, 8), BadWindow),
        (at(25, 8) + timedelta(days=15), at(25, 10) + timedelta(days=15), BadWindow),
        (at(29, 8), at(29, 10), OfficeClosed),  # a Sunday
    ],
)
def test_a_time_that_cannot_be_kept_is_not_promised(
    session: Session,
    world: World,
    asked: Received,
    opens_at: datetime,
    closes_at: datetime,
    refusal: type[Refusal],
) -> None:
    before = as_it_stands(session, asked.dossier)
    with pytest.raises(refusal):
        move(session, world, asked.dossier, opens_at=opens_at, closes_at=closes_at)
    assert as_it_stands(session, asked.dossier) == before


def test_a_year_without_its_days_off_is_not_promised(
    session: Session, world: World, asked: Received
) -> None:
    later = datetime(2027, 1, 5, 8, tzinfo=w.MORNING.tzinfo)
    with pytest.raises(NoCalendar):
        move(session, world, asked.dossier, opens_at=later, on=later - timedelta(days=10))


@pytest.mark.parametrize(
    ("why", "refusal"),
    [
        ("", ReasonNeeded),
        ("   ", ReasonNeeded),
        ("x" * 501, ReasonNeeded),
        ("gọi số 0905 123 456", ReasonTellsNumbers),
    ],
)
def test_both_need_a_reason_that_names_nobody(
    session: Session, world: World, asked: Received, why: str, refusal: type[Refusal]
) -> None:
    before = as_it_stands(session, asked.dossier)
    with pytest.raises(refusal):
        move(session, world, asked.dossier, why=why)
    with pytest.raises(refusal):
        call_off(session, world, asked.dossier, why=why)
    assert as_it_stands(session, asked.dossier) == before


def test_only_clerks_and_managers_of_the_post_and_only_their_own(
    session: Session, world: World, asked: Received
) -> None:
    before = as_it_stands(session, asked.dossier)
    for by, refusal in (
        (world.desk_clerk, RoleNeeded),
        (world.officer, RoleNeeded),
        (world.courier, (RoleNeeded, UnknownDossier)),
        (world.far_counter, UnknownDossier),
    ):
        with pytest.raises(refusal):
            move(session, world, asked.dossier, by=by)
        with pytest.raises(refusal):
            call_off(session, world, asked.dossier, by=by)
    with pytest.raises(RoleNeeded):
        visits.promised(session, by=world.courier, at=at(25, 11))
    assert as_it_stands(session, asked.dossier) == before
    assert visits.promised(session, by=world.far_counter, at=at(25, 11)) == ()


def test_there_is_nothing_to_call_off_twice_or_where_nobody_comes(
    session: Session, world: World, asked: Received
) -> None:
    call_off(session, world, asked.dossier)
    with pytest.raises(CalledOffAlready):
        call_off(session, world, asked.dossier)
    posted = d.dossier_at_counter(session, world)
    dossier = dossiers.of_items(session, [posted])[posted]
    with pytest.raises(NoVisit):
        move(session, world, dossier)
    with pytest.raises(NoVisit):
        call_off(session, world, dossier)
    with pytest.raises(UnknownDossier):
        move(session, world, DossierId("nobody"))


def test_a_round_that_is_out_loses_the_stop_and_says_so_to_nobody_who_lives_there(
    session: Session, world: World
) -> None:
    stays, goes, moves = (d.pickup(session, world, hour=hour) for hour in (8, 10, 13))
    mine = d.published(session, world)
    row = session.get_one(RoundRow, mine)

    def doors() -> set[str | None]:
        (told,) = rounds_reading.with_stops(session, world.vault, [row])
        return {stop.dossier for stop in told.stops}

    assert doors() == {stays, goes, moves}
    visits.call_off(session, goes, why=WHY, by=world.counter, at=d.EARLY)
    move(session, world, moves, on=d.EARLY)

    assert doors() == {stays}
    called = round_contacts.contacts(session, world.vault, mine, by=world.courier, at=d.EARLY)
    assert {each.dossier for each in called} == {stays}
    manager = round_pages.page(session, PlanId(row.plan), by=world.manager)
    (shown,) = manager.rounds
    fetching = [call for call in shown.calls if call.kind == "collect"]
    assert (len(fetching), sum(call.is_done for call in fetching)) == (3, 2)
