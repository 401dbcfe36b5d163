"""Changing a proposal by hand, publishing it, loading it; what happens when two do it at once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Grant, Role, RoleNeeded
from postal_service.domain.acts import Capacity
from postal_service.domain.couriers import CourierFacts
from postal_service.domain.custody import State
from postal_service.domain.ids import RoundId, StaffId
from postal_service.domain.refusals import Refusal
from postal_service.domain.wording import sentence, sentences
from postal_service.domain.wording_rounds import SENTENCES
from postal_service.projections import holdings
from postal_service.services import (
    acknowledging,
    courier_facts,
    courier_shift,
    delivery,
    exceptions,
    handovers,
    jobs,
    orders,
    plans,
    proposals,
    round_changes,
    round_loading,
    round_progress,
    round_tours,
    rounds,
    run_lists,
)
from postal_service.services.acknowledging import RoundSuperseded, UnknownRound
from postal_service.services.conditions import ASSUMED, Conditions, Roads
from postal_service.services.planning import Lock, NoRoadTimes
from postal_service.services.plans import Kept, PlanChanged, PlanId, UnknownPlan
from postal_service.services.proposals import Wish
from postal_service.services.round_changes import (
    CallLocked,
    Fix,
    FixAll,
    Move,
    TakeOut,
    UnknownCall,
)
from postal_service.services.round_loading import NothingToLoad
from postal_service.services.rounds import (
    ChangeBreaks,
    FaultsNotAccepted,
    NotAProposal,
    NotPublished,
    OrdersChanged,
)
from postal_service.storage.schema import PlanRow, RoundRow, StopRow
from tests.services import rounds_day as d
from tests.services import world as w
from tests.services.registrations import SERVICE
from tests.services.world import World

pytestmark = pytest.mark.usefixtures("warm_search")

LATER = d.EARLY + timedelta(minutes=5)


@pytest.fixture
def plan(session: Session, world: World) -> Kept:
    """Six homes, a desk and two couriers, proposed."""
    d.second_courier(session, world)
    d.results_at_office(session, world, d.homes(6))
    d.dossier_at_counter(session, world)
    return rounds.managed_plan(session, d.shared_out(session, world), by=world.manager)


def proposed(session: Session, world: World) -> Kept:
    wish = Wish(office=w.OFFICE, day=d.DAY, budget_seconds=0.5, seed=1)
    task = proposals.read(session, world.vault, wish, at=d.EARLY)
    solved = proposals.search(task)
    plan = proposals.keep(session, task, solved, made_by=world.manager.staff, at=d.EARLY)
    return rounds.managed_plan(session, plan, by=world.manager)


def calls(session: Session, plan: PlanId) -> dict[str, list[str]]:
    """The calls of each courier in order."""
    found: dict[str, list[str]] = {}
    rows = session.execute(
        select(RoundRow.courier, StopRow)
        .join(StopRow, StopRow.round == RoundRow.id)
        .where(RoundRow.plan == plan)
        .order_by(RoundRow.courier, StopRow.position)
    )
    for courier, stop in rows:
        call = orders.called(stop.kind, stop.unit, stop.dossier)
        found.setdefault(courier, []).append(call)
    return found


def change(
    session: Session,
    world: World,
    plan: Kept,
    *changes: round_changes.Change,
    knowing_faults: bool = False,
) -> rounds.Changed:
    return rounds.change(
        session, world.vault, plan.id, changes, tag=plan.tag, knowing_faults=knowing_faults,
        by=world.manager, at=LATER,
    )  # fmt: skip


def publish(session: Session, world: World, plan: Kept, *, knowing_faults: bool = False) -> Kept:
    return rounds.publish(
        session, world.vault, plan.id, tag=plan.tag, knowing_faults=knowing_faults,
        by=world.manager, at=LATER,
    )  # fmt: skip


def round_of(session: Session, plan: PlanId, courier: StaffId) -> RoundId:
    return RoundId(session.scalars(select(RoundRow.id).filter_by(plan=plan, courier=courier)).one())


def test_a_call_moved_to_another_courier_is_there_with_new_times(
    session: Session, world: World, plan: Kept
) -> None:
    before = calls(session, plan.id)
    giver, receiver = sorted(before)
    moved = before[giver][0]

    done = change(session, world, plan, Move(order=moved, courier=StaffId(receiver), position=2))

    after = calls(session, plan.id)
    assert moved not in after.get(giver, [])
    assert after[receiver].index(moved) == 1
    assert done.faults == ()
    assert done.tag == "v1.1"
    assert done.metres != 0
    times = session.scalars(
        select(StopRow.arrives_at)
        .join(RoundRow, RoundRow.id == StopRow.round)
        .where(RoundRow.courier == receiver)
        .order_by(StopRow.position)
    ).all()
    assert times == sorted(times)


def test_trying_a_change_saves_nothing(session: Session, world: World, plan: Kept) -> None:
    before = calls(session, plan.id)
    giver, receiver = sorted(before)
    move = Move(order=before[giver][0], courier=StaffId(receiver), position=1)

    tried = rounds.try_out(session, world.vault, plan.id, [move], by=world.manager, at=LATER)

    assert calls(session, plan.id) == before
    assert rounds.managed_plan(session, plan.id, by=world.manager).tag == plan.tag
    saved = change(session, world, plan, move)
    assert (tried.metres, tried.seconds) == (saved.metres, saved.seconds)
    assert {each.order for each in tried.new_times} <= {
        call for mine in before.values() for call in mine
    }
    rows = session.execute(
        select(StopRow.dossier, StopRow.arrives_at).join(RoundRow, RoundRow.id == StopRow.round)
    )
    arrives = {row.dossier: row.arrives_at for row in rows}
    for each in tried.new_times:
        dossier = each.order.partition(":")[2]
        if dossier in arrives:
            assert orders.second_of(arrives[dossier]) == each.now


def test_a_change_that_makes_a_call_late_is_saved_by_who_knows_and_says_so(
    session: Session, world: World, plan: Kept
) -> None:
    desk = f"deliver:{w.DESK}"
    pickup = d.pickup(session, world, hour=9)
    plan = proposed(session, world)
    courier = next(
        who for who, mine in calls(session, plan.id).items() if f"collect:{pickup}" in mine
    )
    everything = [call for mine in calls(session, plan.id).values() for call in mine]
    moves = [
        Move(order=call, courier=StaffId(courier), position=99)
        for call in everything
        if call not in {desk, f"collect:{pickup}"}
    ]
    # The promised window closes at 11:00; after six homes and the desk it is long over at 13:30.
    late = [
        *moves,
        Move(order=desk, courier=StaffId(courier), position=99),
        *(Move(order=c, courier=StaffId(courier), position=1) for c in everything if c == desk),
        Move(order=f"collect:{pickup}", courier=StaffId(courier), position=99),
    ]
    at_noon = d.EARLY.replace(hour=10, minute=30)
    tried = rounds.try_out(session, world.vault, plan.id, late, by=world.manager, at=at_noon)
    with pytest.raises(ChangeBreaks) as refused:
        rounds.change(
            session, world.vault, plan.id, late, tag=plan.tag, by=world.manager, at=at_noon
        )
    assert refused.value.facts == {"faults": len(tried.added)}
    assert rounds.managed_plan(session, plan.id, by=world.manager) == plan

    done = rounds.change(
        session, world.vault, plan.id, late, tag=plan.tag, knowing_faults=True,
        by=world.manager, at=at_noon,
    )  # fmt: skip

    assert done.faults == tried.faults

    [fault] = [fault for fault in done.faults if fault.kind == "window"]
    assert fault.order == f"collect:{pickup}"
    assert fault.amount is not None
    assert fault.amount > 0
    again = rounds.managed_plan(session, plan.id, by=world.manager)
    assert again.faults == done.faults
    with pytest.raises(FaultsNotAccepted):
        publish(session, world, again)
    assert publish(session, world, again, knowing_faults=True).state == plans.PUBLISHED


def test_a_call_taken_out_stands_among_the_unserved_and_can_be_put_back(
    session: Session, world: World, plan: Kept
) -> None:
    [desk] = [call for mine in calls(session, plan.id).values() for call in mine if w.DESK in call]

    out = change(session, world, plan, TakeOut(order=desk))

    assert out.left == 1
    plan = rounds.managed_plan(session, plan.id, by=world.manager)
    assert [left.order for left in plan.left] == [desk]
    courier = world.courier.staff
    change(session, world, plan, Move(order=desk, courier=courier, position=1))
    assert calls(session, plan.id)[courier][0] == desk
    assert rounds.managed_plan(session, plan.id, by=world.manager).left == ()


def test_a_locked_call_is_not_moved_until_it_is_unlocked(
    session: Session, world: World, plan: Kept
) -> None:
    first, second = sorted(calls(session, plan.id))
    call = calls(session, plan.id)[first][0]
    change(session, world, plan, Fix(order=call, level=Lock.ORDER))
    plan = rounds.managed_plan(session, plan.id, by=world.manager)
    move = Move(order=call, courier=StaffId(second), position=1)

    with pytest.raises(CallLocked):
        change(session, world, plan, move)
    with pytest.raises(CallLocked):
        change(session, world, plan, TakeOut(order=call))

    change(session, world, plan, Fix(order=call, level=Lock.NONE), move)
    assert calls(session, plan.id)[second][0] == call


def test_a_whole_courier_is_locked_at_once(session: Session, world: World, plan: Kept) -> None:
    courier = StaffId(min(calls(session, plan.id)))
    change(session, world, plan, FixAll(courier=courier, level=Lock.COURIER))

    levels = session.execute(
        select(RoundRow.courier, StopRow.locked).join(StopRow, StopRow.round == RoundRow.id)
    ).all()
    assert {locked for who, locked in levels if who == courier} == {"courier"}
    assert {locked for who, locked in levels if who != courier} == {"none"}


def test_who_changes_what_somebody_else_changed_overwrites_nothing(
    session: Session, world: World, plan: Kept
) -> None:
    call = next(iter(calls(session, plan.id).values()))[0]
    change(session, world, plan, Fix(order=call, level=Lock.COURIER))

    with pytest.raises(PlanChanged) as refused:
        change(session, world, plan, Fix(order=call, level=Lock.NONE))
    assert refused.value.facts["yours"] == "v1.0"
    assert refused.value.facts["current"] == "v1.1"
    with pytest.raises(PlanChanged):
        publish(session, world, plan)
    assert session.get_one(PlanRow, plan.id).state == plans.PROPOSED


def test_nonsense_changes_are_refused_and_change_nothing(
    session: Session, world: World, plan: Kept
) -> None:
    before = calls(session, plan.id)
    call = next(iter(before.values()))[0]
    for nonsense in (
        Move(order="deliver:nowhere", courier=world.courier.staff, position=1),
        Move(order=call, courier=world.far_courier.staff, position=1),
        Move(order=call, courier=StaffId(""), position=1),
        TakeOut(order=""),
        Fix(order="x" * 500, level=Lock.TIME),
        FixAll(courier=world.far_courier.staff, level=Lock.TIME),
        FixAll(courier=world.far_courier.staff, level=Lock.ROUTE),
    ):
        with pytest.raises((UnknownCall,)):
            change(session, world, plan, nonsense)
    assert calls(session, plan.id) == before


def test_a_position_before_the_first_or_past_the_last_is_the_nearest_there_is(
    session: Session, world: World, plan: Kept
) -> None:
    courier, mine = max(calls(session, plan.id).items(), key=lambda each: len(each[1]))
    change(session, world, plan, Move(order=mine[0], courier=StaffId(courier), position=9_999))
    assert calls(session, plan.id)[courier][-1] == mine[0]
    plan = rounds.managed_plan(session, plan.id, by=world.manager)
    change(session, world, plan, Move(order=mine[0], courier=StaffId(courier), position=-5))
    assert calls(session, plan.id)[courier][0] == mine[0]


def test_a_plan_of_another_office_is_as_unknown_as_none(
    session: Session, world: World, plan: Kept
) -> None:
    far = replace(
        world.manager,
        unit=w.FAR_OFFICE,
        grants=(Grant(role=Role.MANAGER, unit=w.FAR_OFFICE, path=world.far_courier.path),),
    )
    for who, which in ((far, plan.id), (world.courier, plan.id), (world.manager, PlanId("none"))):
        with pytest.raises(UnknownPlan):
            rounds.managed_plan(session, which, by=who)
        with pytest.raises(UnknownPlan):
            rounds.publish(session, world.vault, which, tag=plan.tag, by=who, at=LATER)
        with pytest.raises(UnknownPlan):
            rounds.change(session, world.vault, which, [], tag=plan.tag, by=who, at=LATER)
        with pytest.raises(UnknownPlan):
            rounds.discard(session, which, tag=plan.tag, by=who, at=LATER)


def test_a_published_plan_reaches_the_phones_and_replaces_the_one_before(
    session: Session, world: World, plan: Kept
) -> None:
    published = publish(session, world, plan)

    assert (published.state, published.published_by) == (plans.PUBLISHED, world.manager.staff)
    mine = round_of(session, plan.id, world.courier.staff)
    shift = courier_shift.today(session, world.vault, by=world.courier, at=LATER)
    assert [each.id for each in shift.rounds] == [mine]
    acknowledging.acknowledge(session, mine, by=world.courier, at=LATER)

    second = rounds.revise(session, world.vault, plan.id, by=world.manager, at=LATER)
    publish(session, world, rounds.managed_plan(session, second, by=world.manager))

    assert session.get_one(PlanRow, plan.id).state == plans.SUPERSEDED
    with pytest.raises(RoundSuperseded):
        acknowledging.acknowledge(session, mine, by=world.courier, at=LATER)
    assert states(session) == [(2, plans.PUBLISHED), (1, plans.SUPERSEDED)]


def states(session: Session) -> list[tuple[int, str]]:
    return [(each.version, each.state) for each in plans.versions(session, w.OFFICE, d.DAY)]


def discard(session: Session, world: World, plan: Kept) -> tuple[Kept, Kept | None]:
    return rounds.discard(session, plan.id, tag=plan.tag, by=world.manager, at=LATER)


def test_a_proposal_thrown_away_gives_back_the_one_before_with_its_changes_by_hand(
    session: Session, world: World, plan: Kept
) -> None:
    giver, receiver = sorted(calls(session, plan.id))
    moved = calls(session, plan.id)[giver][0]
    change(session, world, plan, Move(order=moved, courier=StaffId(receiver), position=1))
    newer = rounds.managed_plan(session, d.shared_out(session, world), by=world.manager)
    assert states(session) == [(2, plans.PROPOSED), (1, plans.SUPERSEDED)]

    gone, again = discard(session, world, newer)

    assert states(session) == [(2, plans.DISCARDED), (1, plans.PROPOSED)]
    assert (gone.id, gone.edited_by, gone.edited_at) == (newer.id, world.manager.staff, LATER)
    assert again is not None
    assert (again.id, again.tag) == (plan.id, "v1.1")
    assert moved in calls(session, plan.id)[receiver]
    assert plans.newest(session, w.OFFICE, d.DAY) == again
    assert publish(session, world, again).state == plans.PUBLISHED
    mine = round_of(session, plan.id, world.courier.staff)
    shift = courier_shift.today(session, world.vault, by=world.courier, at=LATER)
    assert [each.id for each in shift.rounds] == [mine]


def test_of_proposals_thrown_away_one_after_the_other_the_oldest_comes_back_last(
    session: Session, world: World, plan: Kept
) -> None:
    for _ in range(2):
        newer = rounds.managed_plan(session, d.shared_out(session, world), by=world.manager)
        discard(session, world, newer)
    assert states(session) == [
        (3, plans.DISCARDED), (2, plans.DISCARDED), (1, plans.PROPOSED),
    ]  # fmt: skip

    _, again = discard(session, world, plan)

    assert again is None
    assert plans.newest(session, w.OFFICE, d.DAY) is None


def test_a_revision_thrown_away_leaves_what_is_published_as_it_is(
    session: Session, world: World, plan: Kept
) -> None:
    publish(session, world, plan)
    second = rounds.revise(session, world.vault, plan.id, by=world.manager, at=LATER)
    publish(session, world, rounds.managed_plan(session, second, by=world.manager))
    third = rounds.revise(session, world.vault, second, by=world.manager, at=LATER)

    _, again = discard(session, world, rounds.managed_plan(session, third, by=world.manager))

    assert again is None
    assert states(session) == [
        (3, plans.DISCARDED), (2, plans.PUBLISHED), (1, plans.SUPERSEDED),
    ]  # fmt: skip
    mine = round_of(session, third, world.courier.staff)
    with pytest.raises(UnknownRound):  # no phone was ever told of it
        acknowledging.acknowledge(session, mine, by=world.courier, at=LATER)


def test_only_the_proposal_that_one_has_seen_is_thrown_away(
    session: Session, world: World, plan: Kept
) -> None:
    change(session, world, plan)
    with pytest.raises(PlanChanged):
        discard(session, world, plan)
    seen = rounds.managed_plan(session, plan.id, by=world.manager)
    publish(session, world, seen)
    with pytest.raises(NotAProposal):
        discard(session, world, seen)
    assert states(session) == [(1, plans.PUBLISHED)]


def test_what_is_published_is_not_changed_nor_published_again(
    session: Session, world: World, plan: Kept
) -> None:
    published = publish(session, world, plan)
    with pytest.raises(NotAProposal):
        publish(session, world, published)
    with pytest.raises(NotAProposal):
        change(session, world, published)
    with pytest.raises(NotPublished):
        rounds.revise(session, world.vault, proposed(session, world).id, by=world.manager, at=LATER)


def test_a_plan_whose_items_have_left_is_not_published_until_it_is_brought_up_to_date(
    session: Session, world: World, plan: Kept
) -> None:
    items = holdings.held_at_unit(session, w.OFFICE, list(State))
    lost = next(each.item for each in items if each.leg.value == "OUT")
    exceptions.report_lost(session, world.keys, lost, why="", by=world.counter, at=LATER)

    with pytest.raises(OrdersChanged) as refused:
        publish(session, world, plan)
    assert lost in str(refused.value.facts["items"])

    change(session, world, plan)  # no change but up to date
    plan = rounds.managed_plan(session, plan.id, by=world.manager)
    assert publish(session, world, plan).state == plans.PUBLISHED


def test_what_came_in_after_the_search_does_not_stop_the_publishing(
    session: Session, world: World, plan: Kept
) -> None:
    d.results_at_office(session, world, d.homes(7)[6:])
    assert publish(session, world, plan).state == plans.PUBLISHED


def test_a_loaded_round_lies_on_offer_to_its_courier_and_is_fixed_with_him(
    session: Session, world: World, plan: Kept
) -> None:
    publish(session, world, plan)
    mine = round_of(session, plan.id, world.courier.staff)
    waiting = round_loading.to_load(session, mine)[1]

    offered = round_loading.load(
        session, world.keys, mine, tour=1, service=SERVICE, by=world.counter, at=LATER
    ).offered

    assert set(offered.items) == set(waiting) != set()
    for standing in holdings.in_batch(session, offered.batch):
        assert standing.offered is not None
        assert standing.offered.to_staff == world.courier.staff
    locks = session.scalars(select(StopRow.locked).filter_by(round=mine, kind="deliver")).all()
    assert set(locks) == {"courier"}
    with pytest.raises(NothingToLoad):
        round_loading.load(
            session, world.keys, mine, tour=1, service=SERVICE, by=world.counter, at=LATER
        )


def test_a_round_is_loaded_only_once_published_and_by_its_own_counter(
    session: Session, world: World, plan: Kept
) -> None:
    mine = round_of(session, plan.id, world.courier.staff)
    with pytest.raises(UnknownRound):
        round_loading.load(
            session, world.keys, mine, tour=1, service=SERVICE, by=world.counter, at=LATER
        )
    publish(session, world, plan)
    for stranger in (world.far_counter, world.courier, world.desk_clerk):
        with pytest.raises((UnknownRound, RoleNeeded)):
            round_loading.load(
                session, world.keys, mine, tour=1, service=SERVICE, by=stranger, at=LATER
            )
    with pytest.raises(UnknownRound):
        round_loading.load(
            session,
            world.keys,
            RoundId("none"),
            tour=1,
            service=SERVICE,
            by=world.counter,
            at=LATER,
        )


def test_a_revision_keeps_what_a_courier_has_in_hand_with_him(
    session: Session, world: World, plan: Kept
) -> None:
    publish(session, world, plan)
    mine = round_of(session, plan.id, world.courier.staff)
    offered = round_loading.load(
        session, world.keys, mine, tour=1, service=SERVICE, by=world.counter, at=LATER
    ).offered
    _take(session, world, offered.batch, world.courier)
    before = calls(session, plan.id)[world.courier.staff]

    second = rounds.revise(session, world.vault, plan.id, by=world.manager, at=LATER)

    assert calls(session, second)[world.courier.staff] == before
    other = next(who for who in calls(session, second) if who != world.courier.staff)
    kept = rounds.managed_plan(session, second, by=world.manager)
    taken = f"{before[0]}@{world.courier.staff}"
    free: list[round_changes.Change] = [
        Fix(order=taken, level=Lock.NONE),
        Move(order=taken, courier=StaffId(other), position=1),
    ]
    with pytest.raises(ChangeBreaks):
        change(session, world, kept, *free)
    done = change(session, world, kept, *free, knowing_faults=True)
    assert "lock_courier" in {fault.kind for fault in done.faults}


def in_two_tours(session: Session, world: World, plan: Kept) -> tuple[Kept, RoundId]:
    """The plan with the first courier's last call on a second tour, and his round."""
    mine = world.courier.staff
    last = calls(session, plan.id)[mine][-1]
    change(session, world, plan, Move(order=last, courier=mine, position=99, tour=2))
    changed = rounds.managed_plan(session, plan.id, by=world.manager)
    return changed, round_of(session, plan.id, mine)


def test_each_tour_is_loaded_by_itself_and_the_later_one_stays_at_the_counter(
    session: Session, world: World, plan: Kept
) -> None:
    changed, mine = in_two_tours(session, world, plan)
    publish(session, world, changed)
    waiting = round_loading.to_load(session, mine)
    assert sorted(waiting) == [1, 2]

    first = round_loading.load(
        session, world.keys, mine, tour=1, service=SERVICE, by=world.counter, at=LATER
    ).offered
    _take(session, world, first.batch, world.courier)

    assert round_loading.to_load(session, mine) == {2: waiting[2]}
    locks = session.execute(select(StopRow.tour, StopRow.locked).filter_by(round=mine)).all()
    assert {tuple(row) for row in locks} == {(1, "courier"), (2, "none")}
    with pytest.raises(NothingToLoad):
        round_loading.load(
            session, world.keys, mine, tour=3, service=SERVICE, by=world.counter, at=LATER
        )
    second = round_loading.load(
        session, world.keys, mine, tour=2, service=SERVICE, by=world.counter, at=LATER
    ).offered
    assert set(second.items) == set(waiting[2])


def test_tours_are_kept_with_their_hours_and_survive_a_revision(
    session: Session, world: World, plan: Kept
) -> None:
    changed, mine = in_two_tours(session, world, plan)
    first, second = round_tours.of_rounds(session, [mine])[mine]
    row = session.get_one(RoundRow, mine)
    assert (first.leaves_at, second.returns_at) == (row.starts_at, row.ends_at)
    assert first.returns_at < second.leaves_at
    publish(session, world, changed)

    revised = rounds.revise(session, world.vault, plan.id, by=world.manager, at=LATER)

    again = round_of(session, revised, world.courier.staff)
    assert len(round_tours.of_rounds(session, [again])[again]) == 2
    tours = session.scalars(
        select(StopRow.tour).filter_by(round=again).order_by(StopRow.position)
    ).all()
    assert list(tours) == sorted(tours)


def test_a_call_put_before_another_joins_its_tour(
    session: Session, world: World, plan: Kept
) -> None:
    changed, mine = in_two_tours(session, world, plan)
    _, other = sorted(calls(session, plan.id))
    theirs = calls(session, plan.id)[other][0]
    place = len(calls(session, plan.id)[world.courier.staff])

    change(session, world, changed, Move(order=theirs, courier=world.courier.staff, position=place))

    rows = session.scalars(select(StopRow).filter_by(round=mine).order_by(StopRow.position)).all()
    assert [f"{row.kind}:{row.unit or row.dossier}" for row in rows][place - 1] == theirs
    assert [row.tour for row in rows] == [1] * (place - 1) + [2, 2]


def test_the_phone_is_told_its_tours_in_order(session: Session, world: World, plan: Kept) -> None:
    changed, _ = in_two_tours(session, world, plan)
    publish(session, world, changed)

    shift = courier_shift.today(session, world.vault, by=world.courier, at=LATER)

    [round_] = shift.rounds
    assert [tour.number for tour in round_.tours] == [1, 2]
    tours = [stop.tour for stop in round_.stops]
    assert (tours, set(tours)) == (sorted(tours), {1, 2})
    leaves = {tour.number: tour for tour in round_.tours}
    for stop in round_.stops:
        assert leaves[stop.tour].leaves_at <= stop.arrives_at <= leaves[stop.tour].returns_at


def test_progress_is_told_by_who_holds_what(session: Session, world: World, plan: Kept) -> None:
    publish(session, world, plan)
    mine = round_of(session, plan.id, world.courier.staff)

    def progress() -> round_progress.Progress:
        return round_progress.of_rounds(session, [mine])[mine]

    total = progress().things
    assert (progress().stops_done, progress().loaded) == (0, 0)
    offered = round_loading.load(
        session, world.keys, mine, tour=1, service=SERVICE, by=world.counter, at=LATER
    ).offered
    _take(session, world, offered.batch, world.courier)
    assert (progress().stops_done, progress().loaded) == (0, total)
    home = next(i for i in offered.items if holdings.standings(session, [i])[i].leg.value == "OUT")
    delivery.attempt(session, world.keys, home, reason="R01", by=world.courier, at=LATER)
    assert (progress().things_done, progress().stops_done, progress().tried) == (1, 1, 1)


def test_a_round_of_collections_is_done_when_the_desk_has_handed_over(
    session: Session, world: World
) -> None:
    item = d.result_at_desk(session, world, d.homes(1)[0])
    offer = handovers.offer(
        session, world.keys, [item], to_unit=w.OFFICE, by=world.desk_clerk, at=w.MORNING
    )
    plan = proposed(session, world)
    publish(session, world, plan)
    mine = round_of(session, plan.id, world.courier.staff)
    assert round_progress.of_rounds(session, [mine])[mine].stops_done == 0

    _take(session, world, offer.batch, world.courier)
    assert round_progress.of_rounds(session, [mine])[mine].stops_done == 1


def _take(session: Session, world: World, batch: str, by: Actor) -> None:
    handovers.take(
        session, world.keys, batch, capacity=Capacity.COURIER, reserved={}, by=by,
        at=LATER + timedelta(minutes=1),
    )  # fmt: skip


def test_every_refusal_of_planning_has_both_its_sentences() -> None:
    told = {code: sentences()[code] for code in SENTENCES}
    # Imported, so that their families are counted.
    assert {jobs.UnknownJob.code, run_lists.NotPublished.code} <= set(SENTENCES)
    raised = {found.code for found in _all_refusals() if found.code in SENTENCES}
    assert raised == set(SENTENCES)
    for code, (vietnamese, english) in told.items():
        assert vietnamese != english
        assert sentence(code, {}, "vi")


def _all_refusals() -> set[type[Refusal]]:
    found: set[type[Refusal]] = set()
    new = {Refusal}
    while new:
        new = {sub for each in new for sub in each.__subclasses__()} - found
        found |= new
    return found


def test_a_change_while_the_road_server_is_silent_is_refused_or_says_that_it_guessed(
    session: Session, world: World, plan: Kept
) -> None:
    dead = replace(ASSUMED, road_server="http://127.0.0.1:9")

    def brought_up_to_date(conditions: Conditions) -> None:
        rounds.change(
            session, world.vault, plan.id, (), tag=plan.tag, by=world.manager, at=LATER,
            conditions=conditions,
        )  # fmt: skip

    with pytest.raises(NoRoadTimes):
        brought_up_to_date(dead)
    assert rounds.managed_plan(session, plan.id, by=world.manager) == plan
    brought_up_to_date(replace(dead, may_guess=True))
    assert rounds.managed_plan(session, plan.id, by=world.manager).roads == Roads.GUESSED


def test_a_call_moved_to_who_may_not_take_cash_is_told_as_a_fault_and_kept(
    session: Session, world: World, plan: Kept
) -> None:
    without_cash = CourierFacts(permits=frozenset())
    courier_facts.put(session, world.courier.staff, without_cash, by=world.manager)
    home = next(
        call for mine in calls(session, plan.id).values() for call in mine if w.DESK not in call
    )

    move = Move(order=home, courier=world.courier.staff, position=1)
    done = change(session, world, plan, move, knowing_faults=True)

    assert {fault.kind for fault in done.faults} == {"skill"}
    assert calls(session, plan.id)[world.courier.staff][0] == home
