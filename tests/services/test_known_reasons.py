"""What a search has said of a call that is left stays said through changes by hand, as long as it is true."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from postal_service.domain.ids import UnitCode
from postal_service.services import places, planning, plans, rounds, workdays
from postal_service.services.conditions import ASSUMED, Closure, Conditions
from postal_service.services.planning import Left
from tests.services import rounds_day as d
from tests.services import world as w
from tests.services.world import World

STORM = Closure(
    name="bão số 12",
    first_day=d.DAY,
    last_day=d.DAY,
    areas=frozenset({w.COMMUNE}),
    inside=True,
)
ELSEWHERE = replace(STORM, areas=frozenset({UnitCode("20999")}))
OVER = replace(STORM, first_day=d.DAY - timedelta(days=2), last_day=d.DAY - timedelta(days=1))
FLOOD = Closure(name="lũ", first_day=d.DAY, last_day=d.DAY, desks=frozenset({w.DESK}))


def under(*closures: Closure) -> Conditions:
    return replace(ASSUMED, closures=closures)


def after_a_change(session: Session, world: World, said: Left, conditions: Conditions) -> Left:
    """What is said of a call for the desk that a search left, once the plan is brought up to date."""
    d.dossier_at_counter(session, world)
    office = places.place(session, w.OFFICE, day=d.DAY)
    workday = workdays.read(session, world.vault, office, d.DAY, at=d.EARLY)
    solved = planning.retimed(workday, {}, seed=1, budget_seconds=1)
    [left] = solved.left
    solved = replace(solved, left=(replace(said, order=left.order),))
    plan = plans.add(session, workday, solved, made_by=world.manager.staff, at=d.EARLY)
    rounds.change(
        session, world.vault, plan, (), tag="v1.0", by=world.manager, at=d.EARLY,
        conditions=conditions,
    )  # fmt: skip
    [told] = rounds.managed_plan(session, plan, by=world.manager).left
    assert told.order == left.order
    return replace(told, order="")


LATE = Left(order="", reason="shift", misses_by_seconds=600)
CUT_OFF = Left(order="", reason="closed", because="bão số 12")
UNKNOWN_WHY = Left(order="", reason="not_explained")


@pytest.mark.parametrize(
    ("said", "conditions", "told"),
    [
        (LATE, ASSUMED, LATE),
        (CUT_OFF, under(STORM), CUT_OFF),
        (CUT_OFF, under(FLOOD, STORM), replace(CUT_OFF, because="lũ")),
        (LATE, under(FLOOD), Left(order="", reason="closed", because="lũ")),
        (CUT_OFF, ASSUMED, UNKNOWN_WHY),
        (CUT_OFF, under(OVER), UNKNOWN_WHY),
        (CUT_OFF, under(ELSEWHERE), UNKNOWN_WHY),
        (replace(CUT_OFF, because=""), ASSUMED, UNKNOWN_WHY),
        (Left(order="", reason="desk_closed"), ASSUMED, UNKNOWN_WHY),
        (Left(order="", reason="no_position"), ASSUMED, UNKNOWN_WHY),
    ],
)
def test_of_what_was_said_only_what_is_still_so_is_said_again(
    session: Session, world: World, said: Left, conditions: Conditions, told: Left
) -> None:
    assert after_a_change(session, world, said, conditions) == told
