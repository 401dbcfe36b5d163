"""A round is locked whole and unlocked; why a call is where it is, as a manager asks."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from postal_service.domain.ids import StaffId
from postal_service.services import planning, proposals, round_pages, rounds
from postal_service.services.planning import Lock
from postal_service.services.plans import Kept, UnknownPlan
from postal_service.services.proposals import Wish
from postal_service.services.round_changes import (
    Fix,
    FixAll,
    LockOfARound,
    Move,
    RoundLocked,
    TakeOut,
    UnknownCall,
)
from tests.services import rounds_day as d
from tests.services import world as w
from tests.services.test_rounds import calls, change, publish
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


def test_a_round_locked_whole_takes_nothing_and_gives_nothing_until_it_is_unlocked(
    session: Session, world: World, plan: Kept
) -> None:
    before = calls(session, plan.id)
    closed, other = map(StaffId, sorted(before))
    change(session, world, plan, FixAll(courier=closed, level=Lock.ROUTE))
    plan = rounds.managed_plan(session, plan.id, by=world.manager)
    page = round_pages.page(session, plan.id, by=world.manager)
    assert [each.is_locked_whole for each in page.rounds] == [True, False]
    mine, theirs = before[closed][0], before[other][0]

    for refused in (
        Move(order=theirs, courier=closed, position=1),
        Move(order=mine, courier=other, position=1),
        Move(order=mine, courier=closed, position=99),
        TakeOut(order=mine),
        Fix(order=mine, level=Lock.NONE),
    ):
        with pytest.raises(RoundLocked) as told:
            change(session, world, plan, refused, knowing_faults=True)
        assert told.value.facts["courier"] == page.rounds[0].name
        with pytest.raises(RoundLocked):
            rounds.try_out(session, world.vault, plan.id, [refused], by=world.manager, at=LATER)
    assert calls(session, plan.id) == before

    unlock = FixAll(courier=closed, level=Lock.NONE)
    change(session, world, plan, unlock, Move(order=mine, courier=other, position=1))
    assert calls(session, plan.id)[other][0] == mine
    page = round_pages.page(session, plan.id, by=world.manager)
    assert not any(each.is_locked_whole for each in page.rounds)


def test_a_round_stays_locked_whole_through_a_new_search_and_a_revision(
    session: Session, world: World, plan: Kept
) -> None:
    closed = StaffId(min(calls(session, plan.id)))
    change(session, world, plan, FixAll(courier=closed, level=Lock.ROUTE))
    before = calls(session, plan.id)[closed]
    scope = planning.Scope.UNLOCKED
    wish = Wish(office=w.OFFICE, day=d.DAY, budget_seconds=0.5, seed=1, scope=scope)
    task = proposals.read(session, world.vault, wish, at=d.EARLY)
    made = proposals.keep(
        session, task, proposals.search(task), made_by=world.manager.staff, at=d.EARLY
    )
    assert calls(session, made)[closed] == before
    publish(session, world, rounds.managed_plan(session, made, by=world.manager))

    second = rounds.revise(session, world.vault, made, by=world.manager, at=LATER)

    assert calls(session, second)[closed] == before
    page = round_pages.page(session, second, by=world.manager)
    assert [each.courier for each in page.rounds if each.is_locked_whole] == [closed]


def test_one_call_is_not_locked_as_a_whole_round(
    session: Session, world: World, plan: Kept
) -> None:
    call = next(iter(calls(session, plan.id).values()))[0]
    with pytest.raises(LockOfARound):
        change(session, world, plan, Fix(order=call, level=Lock.ROUTE))
    assert rounds.managed_plan(session, plan.id, by=world.manager) == plan


def test_why_a_call_is_here_is_told_of_proposals_and_of_what_is_published(
    session: Session, world: World, plan: Kept
) -> None:
    holder, mine = min(calls(session, plan.id).items())

    def why() -> planning.WhyHere:
        return rounds.why_here(
            session, world.vault, plan.id, mine[1], by=world.manager, at=LATER
        )  # fmt: skip

    proposed_here = why()
    publish(session, world, plan)

    assert proposed_here == why()
    assert (proposed_here.here.courier, proposed_here.here.after) == (holder, mine[0])
    for nonsense in ("", "deliver:nowhere", "x" * 500):
        with pytest.raises(UnknownCall):
            rounds.why_here(
                session, world.vault, plan.id, nonsense, by=world.manager, at=LATER
            )  # fmt: skip
    with pytest.raises(UnknownPlan):
        rounds.why_here(session, world.vault, plan.id, mine[1], by=world.courier, at=LATER)
