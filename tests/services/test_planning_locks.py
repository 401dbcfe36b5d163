"""A day goes on although a lock cannot be kept any more: it is loosened as little as can be, kept with the plan, and told."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from postal_service.domain.couriers import CourierFacts
from postal_service.domain.ids import StaffId
from postal_service.domain.wording_rounds import CONTRADICTIONS
from postal_service.services import places, planning, plans, rounds, workdays
from postal_service.services.conditions import Closure
from postal_service.services.planning import Lock, PlannedStop, Scope, Sequences, Solved
from postal_service.services.planning.problems import posed
from postal_service.services.workdays import Workday
from postal_service.storage.schema import PlanRow
from postal_service.web.rounds import words
from routing import Because
from routing.findings import ContradictionKind
from tests.services import rounds_day as d
from tests.services import world as w
from tests.services.test_planning_conditions import (
    CALM,
    EVENING,
    HAI,
    LAN,
    day,
    home,
    left_by_baseline,
    served,
)
from tests.services.world import World

pytestmark = pytest.mark.usefixtures("warm_search")

TWO_O_CLOCK = 50_400
BOTH = (CourierFacts(), CourierFacts())
STORM = Closure(name="bão số 12", first_day=d.DAY, last_day=d.DAY, areas=frozenset({w.FAR_COMMUNE}))


def call(workday: Workday, number: int, locked: Lock, starts: int = 0) -> PlannedStop:
    key = workday.orders[number].key
    return PlannedStop(order=key, arrives=starts, starts=starts, departs=starts, locked=locked)


def again(workday: Workday, decided: Sequences, scope: Scope = Scope.UNLOCKED) -> Solved:
    return planning.solve(workday, budget_seconds=1.2, seed=1, decided=decided, scope=scope)


def told(found: Solved) -> list[tuple[str, StaffId, Lock, Lock, str]]:
    return [(each.order, each.courier, each.was, each.left, each.reason) for each in found.loosened]


def locks_of(found: Solved) -> dict[str, Lock]:
    return {stop.order: stop.locked for each in found.rounds for stop in each.stops}


@pytest.mark.parametrize("scope", [Scope.UNLOCKED, Scope.KEEP_COURIERS, Scope.INSERT_ONLY])
def test_at_two_o_clock_the_locks_of_the_morning_leave_courier_and_order(scope: Scope) -> None:
    workday = replace(day([home(1), home(2), home(3)], *BOTH), shift=(TWO_O_CLOCK, EVENING))
    decided = {
        LAN: (
            call(workday, 0, Lock.TIME, 32_400),
            call(workday, 1, Lock.TIME, TWO_O_CLOCK + 3_600),
            call(workday, 2, Lock.ORDER),
        )
    }

    found = again(workday, decided, scope)

    assert told(found) == [("deliver:D1", LAN, Lock.TIME, Lock.ORDER, "too_late")]
    assert locks_of(found) == {
        "deliver:D1": Lock.ORDER, "deliver:D2": Lock.TIME, "deliver:D3": Lock.ORDER,
    }  # fmt: skip
    [lan] = found.rounds
    starts = {stop.order: stop.starts for stop in lan.stops}
    assert starts["deliver:D2"] == TWO_O_CLOCK + 3_600
    assert TWO_O_CLOCK <= starts["deliver:D1"] < starts["deliver:D2"]
    # What was loosened holds when the plan is searched again: nothing is told twice.
    assert again(workday, found.sequences).loosened == ()


def test_what_was_locked_to_somebody_not_on_duty_is_done_by_others() -> None:
    workday = day([home(1), home(2)])  # only Lan is there
    decided = {HAI: (call(workday, 0, Lock.COURIER),), LAN: (call(workday, 1, Lock.COURIER),)}

    found = again(workday, decided)

    assert told(found) == [("deliver:D1", HAI, Lock.COURIER, Lock.NONE, "absent")]
    assert served(found) == {LAN: {"deliver:D1", "deliver:D2"}}
    assert locks_of(found) == {"deliver:D1": Lock.NONE, "deliver:D2": Lock.COURIER}


def test_a_lock_gives_way_to_what_a_courier_has_in_hand() -> None:
    workday = day([home(1, bound_to=LAN)], *BOTH)

    found = again(workday, {HAI: (call(workday, 0, Lock.TIME, 100_000),)})

    assert told(found) == [(workday.orders[0].key, HAI, Lock.TIME, Lock.NONE, "others")]
    assert served(found) == {LAN: {workday.orders[0].key}}


def test_what_is_in_hand_for_a_place_that_was_closed_is_left_and_the_day_goes_on() -> None:
    orders = [home(1, area=w.FAR_COMMUNE, bound_to=LAN), home(2, bound_to=LAN), home(3)]
    workday = day(orders, *BOTH, conditions=replace(CALM, closures=(STORM,)))

    found = planning.solve(workday, budget_seconds=1.2, seed=1)

    [left] = found.left
    assert (left.order, left.reason, left.because, left.courier) == (
        workday.orders[0].key, "closed", "bão số 12", LAN,
    )  # fmt: skip
    assert workday.orders[1].key in served(found)[LAN]
    assert {key for keys in served(found).values() for key in keys} == {
        order.key for order in workday.orders[1:]
    }
    assert left_by_baseline(found) == 1


def test_a_lock_on_a_place_that_was_closed_is_told_with_the_reason() -> None:
    orders = [home(1, area=w.FAR_COMMUNE), home(2)]
    workday = day(orders, *BOTH, conditions=replace(CALM, closures=(STORM,)))
    decided = {LAN: (call(workday, 0, Lock.ORDER), call(workday, 1, Lock.ORDER))}

    found = again(workday, decided)

    assert told(found) == [("deliver:D1", LAN, Lock.ORDER, Lock.NONE, "no_road")]
    assert [(each.order, each.reason) for each in found.left] == [("deliver:D1", "closed")]


def test_a_change_by_hand_is_not_refused_for_a_lock_that_time_has_passed_over() -> None:
    workday = replace(day([home(1), home(2)]), shift=(TWO_O_CLOCK, EVENING))
    decided = {LAN: (call(workday, 1, Lock.NONE), call(workday, 0, Lock.TIME, 32_400))}

    found = planning.retimed(workday, decided, seed=1, budget_seconds=1)

    assert told(found) == [("deliver:D1", LAN, Lock.TIME, Lock.ORDER, "too_late")]
    assert found.faults == ()
    assert [stop.order for stop in found.rounds[0].stops] == ["deliver:D2", "deliver:D1"]


def test_who_begins_from_scratch_has_no_lock_to_loosen() -> None:
    workday = replace(day([home(1)]), shift=(TWO_O_CLOCK, EVENING))

    found = again(workday, {LAN: (call(workday, 0, Lock.TIME, 32_400),)}, Scope.FROM_SCRATCH)

    assert found.loosened == ()


def test_locks_that_hold_are_all_kept() -> None:
    workday = day([home(n) for n in range(1, 5)], *BOTH)
    decided = {
        LAN: (call(workday, 0, Lock.TIME, 32_400), call(workday, 1, Lock.ORDER)),
        HAI: (call(workday, 2, Lock.COURIER), call(workday, 3, Lock.NONE)),
    }

    task = posed(workday, decided)

    assert task.loosened == ()
    assert len(task.problem.rules.locks) == 3


def test_a_day_that_contradicts_itself_without_any_lock_is_refused_in_words() -> None:
    backwards = replace(home(1), windows=((40_000, 30_000),))

    with pytest.raises(planning.Contradictory) as refused:
        planning.solve(day([backwards]), budget_seconds=1.2, seed=1)

    facts = refused.value.facts
    assert "D1" in str(facts["findings"])
    assert str(facts["findings_vi"]).endswith("D1: khung giờ đóng trước khi mở")


def test_every_contradiction_has_its_words() -> None:
    assert {kind.value for kind in ContradictionKind} == set(CONTRADICTIONS)


def test_every_reason_has_its_words() -> None:
    assert {because.value for because in Because} == set(words.NOT_KEPT)


def test_what_was_loosened_is_kept_with_the_plan_until_it_is_changed(
    session: Session, world: World
) -> None:
    d.results_at_office(session, world, d.homes(3))
    office = places.place(session, w.OFFICE, day=d.DAY)
    workday = workdays.read(session, world.vault, office, d.DAY, at=d.EARLY)
    me = world.courier.staff
    early = call(workday, 0, Lock.TIME, 3_600)
    solved = planning.retimed(workday, {me: (early,)}, seed=1, budget_seconds=1)
    plan = plans.add(session, workday, solved, made_by=world.manager.staff, at=d.EARLY)

    kept = rounds.managed_plan(session, plan, by=world.manager)
    again = rounds.change(
        session, world.vault, plan, [], tag=kept.tag, by=world.manager,
        at=d.EARLY + timedelta(minutes=1),
    )  # fmt: skip

    assert kept.loosened == solved.loosened
    assert [each.left for each in kept.loosened] == [Lock.ORDER]
    assert again.tag != kept.tag
    assert rounds.managed_plan(session, plan, by=world.manager).loosened == ()


def test_a_plan_of_before_says_nothing_of_locks(session: Session, world: World) -> None:
    d.results_at_office(session, world, d.homes(1))
    plan = d.shared_out(session, world)
    row = session.get_one(PlanRow, plan)
    row.loosened = None
    session.flush()

    assert rounds.managed_plan(session, plan, by=world.manager).loosened == ()
