"""What a manager does with a proposal: move calls, fix them, publish it, revise it, throw it away.

A change by hand that breaks something is saved only by somebody who has seen what it breaks: `try_out`
says it before. What is published stays as it is; a revision is another version.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.ids import UnitCode
from postal_service.domain.refusals import OutOfDate, RuleBroken
from postal_service.domain.units import UnknownUnit
from postal_service.services import places, plans, workdays
from postal_service.services.conditions import ASSUMED, Conditions
from postal_service.services.planning import (
    Fault,
    Sequences,
    Solved,
    Tried,
    WhyHere,
    retimed,
    still_said,
    tried,
)
from postal_service.services.planning import why_here as planned_here
from postal_service.services.plans import Kept, PlanId, UnknownPlan
from postal_service.services.round_changes import (
    Change,
    UnknownCall,
    call_now,
    changed,
    named,
)
from postal_service.services.vault import Vault
from postal_service.services.workdays import Workday
from postal_service.storage.schema import PlanRow, RoundRow, StopItemRow


class NotAProposal(RuleBroken):
    """Only a proposal can be changed, published or thrown away."""

    code = "plan.not_a_proposal"


class NotPublished(RuleBroken):
    """Only a published plan can be revised."""

    code = "plan.not_published"


class OrdersChanged(OutOfDate):
    """Something that the plan carries is no longer there to be carried."""

    code = "plan.orders_changed"


class FaultsNotAccepted(RuleBroken):
    """A plan that breaks something is published only by somebody who says he knows."""

    code = "plan.faults_not_accepted"


class ChangeBreaks(RuleBroken):
    """A change that breaks what was sound is saved only by somebody who says he knows."""

    code = "plan.change_breaks"


@dataclass(frozen=True, kw_only=True)
class Changed:
    """What changes by hand did: the plan's new tag, the differences, what is broken."""

    tag: str
    metres: int
    seconds: int
    left: int
    faults: tuple[Fault, ...]


def managed_plan(session: Session, plan: PlanId, *, by: Actor) -> Kept:
    """A plan of an office whose rounds this person makes. Raises UnknownPlan."""
    row = session.get(PlanRow, plan)
    if row is None:
        raise UnknownPlan(plan=plan)
    _refuse_foreign(session, row, by)
    return plans.kept(row)


def try_out(
    session: Session,
    vault: Vault,
    plan: PlanId,
    changes: Sequence[Change],
    *,
    by: Actor,
    at: datetime,
    conditions: Conditions = ASSUMED,
) -> Tried:
    """What these changes would do to the plan as it would be driven now; nothing is saved.

    Raises what `change` raises, but PlanChanged and ChangeBreaks.
    """
    before = managed_plan(session, plan, by=by)
    workday = _workday(session, vault, before.office, before.day, at, conditions.impatient)
    decided = plans.sequences(session, before.id, workday)
    return tried(workday, decided, _changed(workday, decided, changes))


def why_here(
    session: Session,
    vault: Vault,
    plan: PlanId,
    order: str,
    *,
    by: Actor,
    at: datetime,
    conditions: Conditions = ASSUMED,
) -> WhyHere:
    """Why a call of this plan is with its courier at its place, as the day is now.

    Raises UnknownPlan, UnknownCall where the plan or the day does not know the call (any more),
    Contradictory, NoRoadTimes or OfficeAtRest.
    """
    found = managed_plan(session, plan, by=by)
    workday = _workday(session, vault, found.office, found.day, at, conditions.impatient)
    decided = plans.sequences(session, found.id, workday)
    called = call_now(workday, decided, order)
    why = planned_here(workday, decided, called)
    if why is None:
        raise UnknownCall(call=order[:80])
    return why


def change(
    session: Session,
    vault: Vault,
    plan: PlanId,
    changes: Sequence[Change],
    *,
    tag: str,
    knowing_faults: bool = False,
    by: Actor,
    at: datetime,
    conditions: Conditions = ASSUMED,
) -> Changed:
    """Change a proposal by hand; times are computed anew and calls that are gone fall out.

    No changes at all only bring the plan up to date. Raises UnknownPlan, NotAProposal, PlanChanged
    when `tag` is not the plan as it is, UnknownCall, CallLocked, RoundLocked, ChangeBreaks when the
    changes break something, Contradictory, NoRoadTimes, OfficeAtRest.
    """
    row = _proposal(session, plan, tag=tag, by=by)
    before = plans.kept(row)
    workday = _workday(session, vault, before.office, before.day, at, conditions.impatient)
    decided = plans.sequences(session, before.id, workday)
    wanted = _changed(workday, decided, changes)
    if changes and not knowing_faults:
        broken = tried(workday, decided, wanted).added
        if broken:
            raise ChangeBreaks(faults=len(broken))
    solved = _solved(workday, wanted, before)
    plans.rewrite(session, row, workday, solved, by=by.staff, at=at)
    return _difference(before, solved, plans.kept(row).tag)


def revise(
    session: Session,
    vault: Vault,
    plan: PlanId,
    *,
    by: Actor,
    at: datetime,
    conditions: Conditions = ASSUMED,
) -> PlanId:
    """A published plan as a new proposal, to be changed and published in its place.

    Raises UnknownPlan, NotPublished, NoRoadTimes or OfficeAtRest.
    """
    before = managed_plan(session, plan, by=by)
    if before.state != plans.PUBLISHED:
        raise NotPublished(version=before.version, state=before.state)
    workday = _workday(session, vault, before.office, before.day, at, conditions.impatient)
    solved = _solved(workday, plans.sequences(session, before.id, workday), before)
    return plans.add(session, workday, solved, made_by=by.staff, at=at)


def publish(
    session: Session,
    vault: Vault,
    plan: PlanId,
    *,
    tag: str,
    knowing_faults: bool = False,
    by: Actor,
    at: datetime,
    conditions: Conditions = ASSUMED,
) -> Kept:
    """Make a proposal what the couriers ride; the version published before gives way to it.

    Raises UnknownPlan, NotAProposal, PlanChanged with both versions, OrdersChanged when something
    of the plan is no longer at the office, FaultsNotAccepted, OfficeAtRest.
    """
    row = _proposal(session, plan, tag=tag, by=by)
    _refuse_if_gone(session, vault, row, at, conditions)
    if row.faults and not knowing_faults:
        raise FaultsNotAccepted(faults=len(row.faults))
    for older in session.scalars(
        select(PlanRow).filter_by(office=row.office, day=row.day, state=plans.PUBLISHED)
    ):
        plans.turn(session, older, plans.SUPERSEDED)
    row.published_by, row.published_at = by.staff, at
    plans.turn(session, row, plans.PUBLISHED)
    return plans.kept(row)


def discard(
    session: Session, plan: PlanId, *, tag: str, by: Actor, at: datetime
) -> tuple[Kept, Kept | None]:
    """Throw a proposal away, and open again the one that gave way to it; both, as they are now.

    Raises UnknownPlan, NotAProposal or PlanChanged.
    """
    row = _proposal(session, plan, tag=tag, by=by)
    before = plans.made_way_for(session, row)
    row.edited_by, row.edited_at = by.staff, at
    row.edits += 1
    plans.turn(session, row, plans.DISCARDED)
    if before is None:
        return plans.kept(row), None
    plans.turn(session, before, plans.PROPOSED)
    return plans.kept(row), plans.kept(before)


def gone(session: Session, plan: PlanId, workday: Workday) -> list[str]:
    """What the plan carries that nobody could carry now: item numbers, and dossiers of pick-ups."""
    known = {each.reference for order in workday.orders for each in order.references}
    planned = session.scalars(
        select(StopItemRow.reference)
        .join(RoundRow, RoundRow.id == StopItemRow.round)
        .where(RoundRow.plan == plan)
        .order_by(StopItemRow.reference)
    )
    return [reference for reference in planned if reference not in known]


def _proposal(session: Session, plan: PlanId, *, tag: str, by: Actor) -> PlanRow:
    """The proposal that this person saw, locked until the transaction ends.

    Before the row itself whoever takes it waits for the office's plans: a search that keeps another
    one does so too, and gives this one's place away. Raises UnknownPlan, NotAProposal or PlanChanged.
    """
    plans.queue(session, managed_plan(session, plan, by=by).office)
    row = plans.row_of(session, plan)
    if row.state != plans.PROPOSED:
        raise NotAProposal(version=row.version, state=row.state)
    plans.refuse_if_stale(session, row, tag)
    return row


def _changed(workday: Workday, decided: Sequences, changes: Sequence[Change]) -> Sequences:
    for each in changes:
        decided = changed(workday, decided, named(workday, decided, each))
    return decided


def _solved(workday: Workday, decided: Sequences, before: Kept) -> Solved:
    """These sequences as they would be driven; what a search has said stays said."""
    solved = retimed(
        workday,
        decided,
        seed=before.seed,
        budget_seconds=before.budget_seconds,
        baseline=before.baseline,
    )
    said = {each.order: each for each in before.left}
    left = tuple(still_said(workday, each, said.get(each.order)) for each in solved.left)
    return replace(solved, left=left)


def _workday(
    session: Session,
    vault: Vault,
    office: UnitCode,
    day: date,
    at: datetime,
    conditions: Conditions,
) -> Workday:
    place = places.place(session, office, day=day)
    return workdays.read(session, vault, place, day, at=at, conditions=conditions)


def _difference(before: Kept, solved: Solved, tag: str) -> Changed:
    return Changed(
        tag=tag,
        metres=solved.metres - before.metres,
        seconds=solved.seconds - before.seconds,
        left=len(solved.unserved) - len(before.unserved),
        faults=solved.faults,
    )


def _refuse_if_gone(
    session: Session, vault: Vault, row: PlanRow, at: datetime, conditions: Conditions
) -> None:
    workday = _workday(session, vault, UnitCode(row.office), row.day, at, conditions)
    if workday.fingerprint == row.orders:
        return
    missing = gone(session, PlanId(row.id), workday)
    if missing:
        raise OrdersChanged(count=len(missing), items=", ".join(missing[:5]))


def _refuse_foreign(session: Session, row: PlanRow, by: Actor) -> None:
    try:
        workdays.managed(session, UnitCode(row.office), row.day, by=by)
    except UnknownUnit:
        raise UnknownPlan(plan=row.id) from None
