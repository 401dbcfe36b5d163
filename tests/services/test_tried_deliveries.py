"""A delivery that failed, from the door back to the counter: where it lies, who plans it, what a round says."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service import projections
from postal_service.domain import acts
from postal_service.domain.acts import Capacity
from postal_service.domain.attempts import STANDARD, DeliveryPolicy, Reason, Step
from postal_service.domain.custody import State
from postal_service.domain.ids import ItemId, RoundId, StaffId
from postal_service.projections import comparing, holdings
from postal_service.services import (
    calendars,
    delivery,
    handovers,
    held,
    places,
    round_loading,
    round_progress,
    rounds,
    workdays,
)
from postal_service.services.office_events import Told, tell
from postal_service.storage.schema import RoundRow
from tests.services import rounds_day as d
from tests.services import world as w
from tests.services.in_hand import passed, standing
from tests.services.registrations import SERVICE
from tests.services.world import World

AGAIN = {Reason.ABSENT, Reason.PHONE_UNREACHABLE, Reason.OFFICE_CLOSED,
         Reason.OTHER_DAY_AGREED, Reason.DISASTER}  # fmt: skip
A_PERSON_DECIDES = {Reason.BAD_ADDRESS, Reason.MOVED, Reason.MISSENT, Reason.DAMAGED}
OUT = w.MORNING + timedelta(minutes=10)
LATER = d.EARLY + timedelta(minutes=5)


def failed(
    session: Session, world: World, item: ItemId, reason: Reason, *, at: datetime = LATER
) -> None:
    """The courier could not hand it over; whoever asks for another day names the next that is worked."""
    agreed = d.DAY if at < d.EARLY else d.DAY + timedelta(days=1)
    delivery.attempt(
        session, world.keys, item, reason=reason,
        agreed_for=agreed if reason is Reason.OTHER_DAY_AGREED else None,
        by=world.courier, at=at,
    )  # fmt: skip


def tried(session: Session, world: World, *reasons: Reason) -> dict[Reason, ItemId]:
    """Results that a courier took out on the Monday, could not hand over, and gave back."""
    made = d.results_at_office(session, world, d.homes(len(reasons)))
    passed(session, world, made, world.counter, world.courier, Capacity.COURIER, at=OUT)
    found = dict(zip(reasons, made, strict=True))
    for reason, item in found.items():
        failed(session, world, item, reason, at=OUT + timedelta(hours=1))
    back = OUT + timedelta(hours=2)
    passed(session, world, made, world.courier, world.counter, Capacity.COUNTER, at=back)
    return found


def planned(session: Session, world: World, day: date = d.DAY) -> dict[str, StaffId]:
    """What is to be carried to homes, and by whom it has to be."""
    office = places.place(session, w.OFFICE, day=day)
    at = d.EARLY + (day - d.DAY)
    orders = workdays.read(session, world.vault, office, day, at=at).orders
    return {each.reference: order.bound_to for order in orders for each in order.references}


def test_whatever_the_reason_counts_it_lies_at_the_counter_as_undelivered(
    session: Session, world: World
) -> None:
    found = tried(session, world, *Reason)

    states = {each.state for each in holdings.standings(session, found.values()).values()}
    assert states == {State.UNDELIVERED}
    office = places.place(session, w.OFFICE, day=w.MORNING.date())
    page = held.page(
        session, policy=STANDARD, calendar=calendars.of_unit(session, office),
        by=world.second_counter, at=w.MORNING,
    )  # fmt: skip
    assert {each.line.standing.item for each in page.waiting} == set(found.values())
    assert all(each.following is not None for each in page.waiting)
    before = holdings.standings(session, found.values())
    assert list(comparing.differing(session)) == []
    projections.rebuild(session)
    assert holdings.standings(session, found.values()) == before


def test_only_what_is_to_be_tried_again_is_planned_to_a_door(
    session: Session, world: World
) -> None:
    found = tried(session, world, *Reason)

    assert planned(session, world).keys() == {found[reason] for reason in AGAIN}
    assert planned(session, world, w.MORNING.date()) == {}  # not twice on one day


def test_what_a_person_has_looked_into_is_planned_once_it_was_sent_on(
    session: Session, world: World
) -> None:
    found = tried(session, world, *Reason)
    given = list(found.values())

    passed(session, world, given, world.counter, world.courier, Capacity.COURIER, at=d.EARLY)

    again = planned(session, world)
    assert again.keys() == {found[reason] for reason in AGAIN | A_PERSON_DECIDES}
    assert set(again.values()) == {world.courier.staff}


def test_two_counted_tries_end_the_planning_and_a_new_one_that_counts_not_leaves_it_so(
    session: Session, world: World
) -> None:
    [item] = tried(session, world, Reason.ABSENT).values()
    assert item in planned(session, world)
    passed(session, world, [item], world.counter, world.courier, Capacity.COURIER, at=d.EARLY)
    failed(session, world, item, Reason.ABSENT)
    # A phone of before tells that another day was agreed, and not which.
    undated = acts.Attempt(reason="R06", action="A1", counted=False)
    custody = standing(session, item).custody
    tell(
        session,
        world.keys,
        [Told(item=item, parent=custody, act=undated)],
        by=world.courier,
        at=LATER,
    )
    passed(session, world, [item], world.courier, world.counter, Capacity.COUNTER, at=LATER)

    assert planned(session, world, d.DAY + timedelta(days=1)) == {}


def test_a_round_is_done_with_what_came_back_and_has_yet_to_do_what_lay_here_before(
    session: Session, world: World
) -> None:
    [before] = tried(session, world, Reason.ABSENT).values()
    [new] = d.results_at_office(session, world, d.homes(2)[1:])
    plan = rounds.managed_plan(session, d.shared_out(session, world), by=world.manager)
    rounds.publish(session, world.vault, plan.id, tag=plan.tag, by=world.manager, at=LATER)
    mine = RoundId(session.scalars(select(RoundRow.id).filter_by(plan=plan.id)).one())

    def progress() -> tuple[int, int]:
        found = round_progress.of_rounds(session, [mine])[mine]
        return found.stops_done, found.tried

    assert progress() == (0, 0)
    offered = round_loading.load(
        session, world.keys, mine, tour=1, service=SERVICE, by=world.counter, at=LATER
    ).offered
    assert set(offered.items) == {before, new}
    handovers.take(
        session, world.keys, offered.batch, capacity=Capacity.COURIER, reserved={},
        by=world.courier, at=LATER + timedelta(minutes=1),
    )  # fmt: skip
    assert progress() == (0, 0)
    for item, reason in ((before, Reason.OTHER_DAY_AGREED), (new, Reason.WILL_COLLECT)):
        failed(session, world, item, reason)
    assert progress() == (2, 2)
    back = LATER + timedelta(hours=1)
    passed(session, world, [before, new], world.courier, world.counter, Capacity.COUNTER, at=back)
    assert progress() == (2, 2)

    calendar = calendars.common(session, calendars.POST)
    invited = delivery.invite(
        session, world.keys, new, policy=DeliveryPolicy(), calendar=calendar, by=world.counter,
        at=back + timedelta(hours=1),
    )  # fmt: skip
    assert invited.step is Step.INVITE
    assert holdings.standings(session, [new])[new].state is State.HELD
    assert progress() == (2, 2)
