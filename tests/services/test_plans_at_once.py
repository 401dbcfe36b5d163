"""A search ends while a manager publishes or changes what it would replace: neither overwrites the other."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor, wait

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.services import places, planning, plans, rounds, workdays
from postal_service.services.planning import Lock, PlannedStop, Solved
from postal_service.services.plans import Kept, PlanId
from postal_service.services.round_changes import FixAll
from postal_service.services.rounds import NotAProposal
from postal_service.services.workdays import Workday
from postal_service.storage.schema import RoundRow
from postal_service.storage.transaction import Sessions, reading, transaction
from tests.services import rounds_day as d
from tests.services import world as w
from tests.services.world import World, build

A_WHILE = 1.0  # seconds in which whoever must wait is seen to
AT_MOST = 60.0  # within which whoever need not is done, on a busy machine too

Act = Callable[[Session, World, Kept], object]


@pytest.fixture
def world(committed_sessions: Sessions) -> World:
    """Two homes and one courier."""
    with transaction(committed_sessions) as session:
        world = build(session)
        d.results_at_office(session, world, d.homes(2))
    return world


@pytest.fixture
def plan(committed_sessions: Sessions, world: World) -> Kept:
    """What is proposed."""
    with transaction(committed_sessions) as session:
        return rounds.managed_plan(session, d.shared_out(session, world), by=world.manager)


@pytest.fixture
def found(committed_sessions: Sessions, world: World, plan: Kept) -> tuple[Workday, Solved]:
    """What a search that looked at the day as it is has found."""
    with reading(committed_sessions) as session:
        office = places.place(session, plan.office, day=plan.day)
        workday = workdays.read(session, world.vault, office, plan.day, at=d.EARLY)
    stops = tuple(
        PlannedStop(order=order.key, arrives=0, starts=0, departs=0) for order in workday.orders
    )
    decided = {world.courier.staff: stops}
    return workday, planning.retimed(workday, decided, seed=2, budget_seconds=1.0)


@pytest.fixture
def beside() -> Iterator[Executor]:
    """Somebody else at work."""
    with ThreadPoolExecutor(1) as executor:
        yield executor


def keep(session: Session, world: World, found: tuple[Workday, Solved]) -> PlanId:
    return plans.add(session, *found, made_by=world.manager.staff, at=d.EARLY)


def publish(session: Session, world: World, plan: Kept) -> Kept:
    return rounds.publish(session, world.vault, plan.id, tag=plan.tag, by=world.manager, at=d.EARLY)


def change(session: Session, world: World, plan: Kept) -> rounds.Changed:
    fixed = FixAll(courier=world.courier.staff, level=Lock.COURIER)
    return rounds.change(
        session, world.vault, plan.id, [fixed], tag=plan.tag, by=world.manager, at=d.EARLY
    )


def discard(session: Session, world: World, plan: Kept) -> object:
    return rounds.discard(session, plan.id, tag=plan.tag, by=world.manager, at=d.EARLY)


def states(sessions: Sessions) -> list[tuple[int, str, list[str]]]:
    """Of each version, and of its rounds."""
    with reading(sessions) as session:
        return [
            (
                each.version,
                each.state,
                list(session.scalars(select(RoundRow.state).filter_by(plan=each.id))),
            )
            for each in reversed(plans.versions(session, w.OFFICE, d.DAY))
        ]


def test_what_is_published_as_a_search_ends_stays_published(
    committed_sessions: Sessions,
    world: World,
    plan: Kept,
    found: tuple[Workday, Solved],
    beside: Executor,
) -> None:
    def search_ends() -> None:
        with transaction(committed_sessions) as session:
            keep(session, world, found)

    with transaction(committed_sessions) as session:
        publish(session, world, plan)
        searching = beside.submit(search_ends)
        wait([searching], timeout=A_WHILE)
        assert not searching.done()
    searching.result(timeout=AT_MOST)

    assert states(committed_sessions) == [
        (1, plans.PUBLISHED, [plans.PUBLISHED]),
        (2, plans.PROPOSED, [plans.PROPOSED]),
    ]


@pytest.mark.parametrize("act", [publish, change, discard])
def test_what_gives_way_as_a_search_ends_is_refused_to_whoever_comes_after_it(
    act: Act,
    committed_sessions: Sessions,
    world: World,
    plan: Kept,
    found: tuple[Workday, Solved],
    beside: Executor,
) -> None:
    def press() -> None:
        with transaction(committed_sessions) as session:
            act(session, world, plan)

    with transaction(committed_sessions) as session:
        plans.queue(session, plan.office)  # as `keep` does first
        pressed = beside.submit(press)
        wait([pressed], timeout=A_WHILE)
        assert not pressed.done()
        keep(session, world, found)
    with pytest.raises(NotAProposal):
        pressed.result(timeout=AT_MOST)

    assert states(committed_sessions) == [
        (1, plans.SUPERSEDED, [plans.SUPERSEDED]),
        (2, plans.PROPOSED, [plans.PROPOSED]),
    ]


def test_a_plan_that_is_being_changed_keeps_nobody_from_entering_what_names_its_office(
    dialect: str, committed_sessions: Sessions, world: World, plan: Kept, beside: Executor
) -> None:
    def enter() -> Actor:
        with transaction(committed_sessions) as session:
            return d.another_courier(session, world, 3)

    one_writes_at_a_time = dialect == "sqlite"  # whatever he writes
    with transaction(committed_sessions) as session:
        change(session, world, plan)
        entering = beside.submit(enter)
        wait([entering], timeout=A_WHILE if one_writes_at_a_time else AT_MOST)
        has_waited = not entering.done()

    assert entering.result(timeout=AT_MOST).unit == w.OFFICE
    assert has_waited == one_writes_at_a_time
