"""Propose rounds in three steps: read the day, search without a session, keep what was found.

Whoever calls them opens a look for the first, a transaction for the last and nothing for the
search, so that a solver at work blocks nobody. `planning_jobs` does exactly that.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from postal_service.domain.ids import StaffId, UnitCode
from postal_service.domain.refusals import Malformed
from postal_service.services import places, plans, workdays
from postal_service.services.conditions import ASSUMED, Conditions
from postal_service.services.planning import Scope, Sequences, Solved, solve
from postal_service.services.planning.solving import Cancelled, OnProgress
from postal_service.services.plans import PlanId
from postal_service.services.vault import Vault
from postal_service.services.workdays import NothingToPlan, Workday

LONGEST_BUDGET_SECONDS: Final = 600.0


class BadBudget(Malformed):
    code = "planning.bad_budget"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is asked of the planner. Raises BadBudget."""

    office: UnitCode
    day: date
    budget_seconds: float = 10.0
    seed: int = 1
    scope: Scope = Scope.FROM_SCRATCH

    def __post_init__(self) -> None:
        if not 0 < self.budget_seconds <= LONGEST_BUDGET_SECONDS or self.seed < 0:
            raise BadBudget(seconds=self.budget_seconds, most=LONGEST_BUDGET_SECONDS)


@dataclass(frozen=True, kw_only=True)
class Task:
    """Everything a search needs; may be sent to another process."""

    wish: Wish
    workday: Workday
    decided: Sequences


def read(
    session: Session,
    vault: Vault,
    wish: Wish,
    *,
    at: datetime,
    conditions: Conditions = ASSUMED,
) -> Task:
    """The day and what is decided of it already.

    Raises UnknownUnit, OfficeAtRest, NoCouriers, NoOfficePosition, NoCalendar or NothingToPlan.
    """
    office = places.place(session, wish.office, day=wish.day)
    workday = workdays.read(session, vault, office, wish.day, at=at, conditions=conditions)
    if not workday.orders:
        raise NothingToPlan(unit=office.name, day=wish.day.isoformat())
    before = plans.newest(session, wish.office, wish.day)
    decided = {} if before is None else plans.sequences(session, before.id, workday)
    return Task(wish=wish, workday=workday, decided=decided)


def search(
    task: Task,
    *,
    threads: int = 1,
    on_progress: OnProgress | None = None,
    cancelled: Cancelled | None = None,
) -> Solved:
    """The best rounds within the wish's budget. Raises Contradictory or NoRoadTimes."""
    return solve(
        task.workday,
        budget_seconds=task.wish.budget_seconds,
        seed=task.wish.seed,
        threads=threads,
        decided=task.decided,
        scope=task.wish.scope,
        on_progress=on_progress,
        cancelled=cancelled,
    )


def keep(session: Session, task: Task, solved: Solved, *, made_by: StaffId, at: datetime) -> PlanId:
    """The proposal, kept as the next version of its day."""
    return plans.add(session, task.workday, solved, made_by=made_by, at=at)
