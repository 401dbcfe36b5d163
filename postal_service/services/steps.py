"""The steps of a dossier: added one after the other, each with what it made of the due date.

A step is decided by the use case that takes it; here it is placed after the ones before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain import administrative as rules
from postal_service.domain.actors import Actor
from postal_service.domain.administrative import STANDARD_RULES, AgencyRules, Step, StepKind
from postal_service.domain.calendar import WorkingCalendar
from postal_service.domain.ids import DossierId, UnitCode
from postal_service.domain.standing import GIVEN_OUT, Administrative
from postal_service.domain.wording_dates import local
from postal_service.services import calendars, places, procedures
from postal_service.services.places import Place
from postal_service.services.procedures import VersionId
from postal_service.storage.schema import DossierRow, StepRow


@dataclass(frozen=True, kw_only=True)
class Decided:
    """A dossier after a step."""

    dossier: DossierId
    step: StepKind
    state: Administrative
    due_at: datetime | None


def take_step(
    session: Session,
    row: DossierRow,
    kind: StepKind,
    *,
    by: Actor,
    at: datetime,
    why: str = "",
    due_at: datetime | None = None,
    recorded_at: datetime | None = None,
    limits: AgencyRules = STANDARD_RULES,
) -> Decided:
    """Add a step that another use case of the services decided, and compute what follows from it.

    `recorded_at` is later than `at` where a phone told of it afterwards.

    Raises StepOutOfPlace, BeforeLastStep, TooManySupplements or NoCalendar.
    """
    dossier = DossierId(row.id)
    earlier = steps_of(session, dossier)
    state = Administrative(row.administrative) if earlier else None
    following = rules.next_state(state, kind, at=at, earlier=earlier, limits=limits)
    step = Step(kind=kind, at=at, staff=by.staff, unit=by.unit, why=why, due_at=due_at)
    binding = due_at or _due(session, row, [*earlier, step], following)
    session.add(
        StepRow(
            dossier=dossier,
            kind=kind.value,
            at=at,
            recorded_at=recorded_at or at,
            staff=by.staff,
            unit=by.unit,
            why=why,
            due_at=binding,
        )
    )
    row.administrative = following.value
    row.due_at = binding
    if kind is StepKind.RECEIVED:
        row.received_at = at
    if kind is StepKind.POSTED:
        row.posted_at = at
    if kind is StepKind.POSTING_CORRECTED:
        row.posted_at = None
    if kind in {StepKind.RESOLVED, StepKind.REFUSED, StepKind.DISCONTINUED}:
        row.resolved_at = at
    session.flush()
    return Decided(dossier=dossier, step=kind, state=following, due_at=binding)


def steps_of(session: Session, dossier: DossierId) -> list[Step]:
    """The steps of a dossier, oldest first."""
    rows = session.scalars(select(StepRow).filter_by(dossier=dossier).order_by(StepRow.id))
    return [
        Step(
            kind=StepKind(row.kind),
            at=row.at,
            staff=row.staff,
            unit=row.unit,
            why=row.why,
            due_at=row.due_at,
        )
        for row in rows
    ]


def calendar_of(session: Session, row: DossierRow, steps: Sequence[Step]) -> WorkingCalendar:
    """The calendar of the competent agency, by which the legal clock runs."""
    return calendars.of_unit(session, _competent(session, row, steps))


def _due(
    session: Session, row: DossierRow, steps: Sequence[Step], following: Administrative
) -> datetime | None:
    if following in _CLOSED:
        return row.due_at  # what was promised stays, to be compared with
    if not any(step.kind is StepKind.RECEIVED for step in steps):
        return None
    competent = _competent(session, row, steps)
    version = procedures.version(session, VersionId(row.procedure))
    term = rules.term_of(version, steps, mountain=competent.terrain == "mountain")
    return rules.due_after(steps, term, calendars.of_unit(session, competent))


def _competent(session: Session, row: DossierRow, steps: Sequence[Step]) -> Place:
    # The agency as it was when it received; whatever became of it, that clock goes on.
    received = next((step.at for step in steps if step.kind is StepKind.RECEIVED), row.made_at)
    return places.place(session, UnitCode(row.competent_unit), day=local(received).date())


_CLOSED = GIVEN_OUT | {
    Administrative.RESOLVED,
    Administrative.REFUSED,
    Administrative.DISCONTINUED,
    Administrative.WITHDRAWN,
}
