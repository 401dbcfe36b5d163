"""The rounds that are out, with what lies at the counter for each tour of them, however many there are."""

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.services import round_loading, round_pages, rounds, rounds_out
from postal_service.services.plans import Kept, PlanId
from postal_service.services.rounds_out import RoundOut
from postal_service.storage.schema import RoundRow, StopItemRow
from tests.questions import questions
from tests.services import rounds_day as d
from tests.services.registrations import SERVICE
from tests.services.world import World

MANY = 12


def published(session: Session, world: World, plan: PlanId) -> Kept:
    tag = rounds.managed_plan(session, plan, by=world.manager).tag
    return rounds.publish(
        session, world.vault, plan, tag=tag, knowing_faults=True, by=world.manager, at=d.EARLY
    )


def out(session: Session, world: World) -> tuple[RoundOut, ...]:
    return rounds_out.from_today(session, by=world.counter, at=d.EARLY).get(d.DAY, ())


def test_many_rounds_are_as_few_questions_as_one(session: Session, world: World) -> None:
    d.results_at_office(session, world, d.homes(2 * MANY))
    alone = published(session, world, d.shared_out(session, world))
    for_one = questions(session, lambda: out(session, world))
    page_of_one = questions(session, lambda: round_pages.page(session, alone.id, by=world.manager))
    assert len(out(session, world)) == 1

    for number in range(2, MANY + 1):
        d.another_courier(session, world, number)
    many = published(session, world, d.shared_out(session, world))
    assert len(out(session, world)) == MANY
    assert questions(session, lambda: out(session, world)) == for_one
    for_the_page = questions(session, lambda: round_pages.page(session, many.id, by=world.manager))
    assert for_the_page == page_of_one


def test_each_round_waits_for_its_own_items_alone(session: Session, world: World) -> None:
    d.results_at_office(session, world, d.homes(5))
    d.another_courier(session, world, 2)
    plan = published(session, world, d.shared_out(session, world))
    rows = session.scalars(select(RoundRow.id).filter_by(plan=plan.id)).all()
    carried = Counter(session.scalars(select(StopItemRow.round)))

    assert {each.id: each.tours[0].to_load for each in out(session, world)} == {
        row: carried[row] for row in rows
    }
    first, second = out(session, world)
    round_loading.load(
        session, world.keys, first.id, tour=1, service=SERVICE, by=world.counter, at=d.EARLY
    )
    waiting = {each.id: each.tours[0].to_load for each in out(session, world)}
    assert waiting == {first.id: 0, second.id: carried[second.id]}
