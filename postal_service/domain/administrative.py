"""The agency's side of a dossier: which step may follow, and what the steps make of the due date.

Steps are added and never changed, so the due date is always computed from all of them again. The
limits on supplements and extensions differ between the rules of different years: they are a
parameter, with what the decree on one-stop desks is believed to say as the start.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from postal_service.domain.calendar import WorkingCalendar
from postal_service.domain.deadlines import (
    ClockStop,
    DueChange,
    LegalClock,
    StopReason,
    Term,
    appointed,
    change_due,
    due,
    moved_on,
)
from postal_service.domain.procedures import ProcedureVersion
from postal_service.domain.refusals import Malformed, RuleBroken
from postal_service.domain.standing import Administrative
from postal_service.domain.text import tidy
from postal_service.domain.wording_dates import local, short_moment

LONGEST_REASON = 500
# Steps outlive the people in them: a phone or citizen number in a reason could not be erased.
_SOMEBODYS_NUMBER = re.compile(r"\d(?:[\s.\-]?\d){8,}")


class StepOutOfPlace(RuleBroken):
    """The dossier is not in a state from which this step can be taken."""

    code = "administrative.step_out_of_place"


class TooManySupplements(RuleBroken):
    code = "administrative.too_many_supplements"


class ReasonNeeded(Malformed):
    code = "administrative.reason_needed"


class ReasonTellsNumbers(Malformed):
    code = "administrative.reason_tells_numbers"


class NotLater(RuleBroken):
    """An extension moves the due date to a later working day."""

    code = "administrative.not_later"


class BeforeLastStep(RuleBroken):
    """Steps follow each other in time."""

    code = "administrative.before_last_step"


class StepKind(StrEnum):
    REQUESTED = "requested"  # the citizen asked the post to come
    VISIT_MOVED = "visit_moved"  # to another time
    VISIT_CALLED_OFF = "visit_called_off"
    POSTED = "posted"
    RECEIVED = "received"  # form 01: the legal clock starts
    VERIFYING = "verifying"  # the longer term for what must be verified applies
    SUPPLEMENT_REQUESTED = "supplement_requested"  # form 02: the clock stops
    SUPPLEMENT_RECEIVED = "supplement_received"
    DUTY_NOTICED = "duty_noticed"  # a tax or fee is to be paid first: the clock stops
    DUTY_MET = "duty_met"
    EXTENDED = "extended"  # form 04: apology and a new date
    REFUSED = "refused"  # form 03
    DISCONTINUED = "discontinued"  # form 05
    RESOLVED = "resolved"
    RETURNED = "returned"  # the result to the citizen, or without one his papers
    # Said by a correction of the event on which the step before rested.
    POSTING_CORRECTED = "posting_corrected"  # nobody has fetched it at the citizen's home
    RETURN_CORRECTED = "return_corrected"  # the citizen has nothing yet
    WITHDRAWN = "withdrawn"


_A, _S = Administrative, StepKind
_ENDING = (_S.REFUSED, _S.DISCONTINUED)
_NEXT: dict[tuple[Administrative | None, StepKind], Administrative] = {
    (None, _S.REQUESTED): _A.REQUESTED,
    (None, _S.POSTED): _A.POSTED,
    (None, _S.RECEIVED): _A.RECEIVED,  # at the agency's own desk
    (_A.REQUESTED, _S.VISIT_MOVED): _A.REQUESTED,
    (_A.REQUESTED, _S.VISIT_CALLED_OFF): _A.REQUESTED,
    (_A.REQUESTED, _S.POSTED): _A.POSTED,
    (_A.REQUESTED, _S.WITHDRAWN): _A.WITHDRAWN,
    (_A.POSTED, _S.POSTING_CORRECTED): _A.REQUESTED,
    (_A.POSTED, _S.RECEIVED): _A.RECEIVED,
    (_A.POSTED, _S.REFUSED): _A.REFUSED,
    (_A.POSTED, _S.WITHDRAWN): _A.WITHDRAWN,
    (_A.RECEIVED, _S.VERIFYING): _A.RECEIVED,
    (_A.RECEIVED, _S.SUPPLEMENT_REQUESTED): _A.SUPPLEMENT,
    (_A.SUPPLEMENT, _S.SUPPLEMENT_RECEIVED): _A.RECEIVED,
    (_A.RECEIVED, _S.DUTY_NOTICED): _A.FINANCIAL_DUTY,
    (_A.FINANCIAL_DUTY, _S.DUTY_MET): _A.RECEIVED,
    (_A.RECEIVED, _S.EXTENDED): _A.RECEIVED,
    (_A.RECEIVED, _S.RESOLVED): _A.RESOLVED,
    (_A.RESOLVED, _S.RETURNED): _A.RETURNED,
    (_A.REFUSED, _S.RETURNED): _A.REFUSED_RETURNED,
    (_A.DISCONTINUED, _S.RETURNED): _A.DISCONTINUED_RETURNED,
    (_A.RETURNED, _S.RETURN_CORRECTED): _A.RESOLVED,
    (_A.REFUSED_RETURNED, _S.RETURN_CORRECTED): _A.REFUSED,
    (_A.DISCONTINUED_RETURNED, _S.RETURN_CORRECTED): _A.DISCONTINUED,
    **{
        (state, kind): _A(kind.value)
        for state in (_A.RECEIVED, _A.SUPPLEMENT, _A.FINANCIAL_DUTY)
        for kind in _ENDING
    },
}


# Notes of the office: a courier may have fetched before what a clerk then moved or called off.
_OF_A_VISIT = frozenset({StepKind.VISIT_MOVED, StepKind.VISIT_CALLED_OFF})


@dataclass(frozen=True, kw_only=True)
class AgencyRules:
    """How often; configuration, not law."""

    supplements: int = 1
    extensions: int = 1


STANDARD_RULES: Final = AgencyRules()  # where an installation sets nothing else


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step as it was taken."""

    kind: StepKind
    at: datetime
    staff: str = ""
    unit: str = ""
    why: str = ""
    due_at: datetime | None = None


def next_state(
    state: Administrative | None,
    kind: StepKind,
    *,
    at: datetime,
    earlier: Sequence[Step],
    limits: AgencyRules,
) -> Administrative:
    """The state after one more step.

    Raises StepOutOfPlace, BeforeLastStep or TooManySupplements.
    """
    following = _NEXT.get((state, kind))
    if following is None:
        raise StepOutOfPlace(state=state.value if state else "", step=kind.value)
    before = [step.at for step in _not_taken_back(earlier) if step.kind not in _OF_A_VISIT]
    if at < max(before, default=at):
        raise BeforeLastStep(step=kind.value, at=short_moment(at))
    if kind is StepKind.SUPPLEMENT_REQUESTED:
        asked = sum(step.kind is kind for step in earlier)
        if asked >= limits.supplements:
            raise TooManySupplements(limit=limits.supplements)
    return following


def read_reason(written: str, *, most: int = LONGEST_REASON) -> str:
    """A reason as typed. Raises ReasonNeeded or ReasonTellsNumbers."""
    reason = tidy(written[: most + 1])
    if not 0 < len(reason) <= most:
        raise ReasonNeeded(most=most)
    if _SOMEBODYS_NUMBER.search(reason):
        raise ReasonTellsNumbers
    return reason


def extension(
    steps: Sequence[Step],
    new_due: datetime,
    *,
    basis: str,
    approved_by: str,
    at: datetime,
    current: datetime | None,
    on: WorkingCalendar,
    limits: AgencyRules,
) -> DueChange:
    """A decided change of the due date, in the same limits as the history before it.

    Raises NotLater, NoBasis or TooManyChanges.
    """
    if (
        current is None
        or new_due <= max(current, at)
        or not on.is_working_day(local(new_due).date())
    ):
        raise NotLater(due_at=short_moment(new_due))
    change = DueChange(
        due_at=new_due, stage="extension", basis=basis, approved_by=approved_by, decided_at=at
    )
    return change_due(_changes(steps), change, limit=limits.extensions)[-1]


def term_of(version: ProcedureVersion, steps: Iterable[Step], *, mountain: bool) -> Term:
    """The term that applies: verification lengthens it, and so does a mountain commune."""
    if version.term_if_verified and any(step.kind is StepKind.VERIFYING for step in steps):
        return version.term_if_verified
    if mountain and version.term_if_mountain:
        return version.term_if_mountain
    return version.term


def due_after(steps: Sequence[Step], term: Term, on: WorkingCalendar) -> datetime | None:
    """When the result is due, from all the steps; None before reception and while the clock stands.

    An extension binds from its decision; what stops the clock afterwards moves it on by as many
    working days.

    Raises:
        NoCalendar: the term reaches into a year whose days off are not known.
    """
    received = next((step.at for step in steps if step.kind is StepKind.RECEIVED), None)
    if received is None:
        return None
    stops = stops_of(steps)
    computed = due(LegalClock(received_at=received, term=term, stops=stops), on)
    if computed is None:
        return None
    changes = _changes(steps)
    binding = appointed(computed, changes)
    if not changes or binding is None:
        return computed
    decided = max(change.decided_at for change in changes)
    return moved_on(binding, [stop for stop in stops if stop.stopped_at >= decided], on)


def as_corrected(steps: Sequence[Step]) -> list[Step]:
    """Steps as they stand now. What ends a dossier is taken once: told again, it is a correction."""
    standing = _not_taken_back(steps)
    last = {step.kind: step for step in standing}
    return [step for step in standing if step.kind not in _TAKEN_ONCE or last[step.kind] is step]


def stops_of(steps: Iterable[Step]) -> tuple[ClockStop, ...]:
    """The intervals in which the clock stood, the last of them perhaps still open."""
    stops: list[ClockStop] = []
    for step in sorted(steps, key=lambda step: step.at):
        if step.kind in _STOPPING:
            reason = _STOPPING[step.kind]
            stops.append(
                ClockStop(stopped_at=step.at, resumed_at=None, reason=reason, basis=step.why)
            )
        elif step.kind in _RESUMING and stops:
            last = stops.pop()
            stops.append(
                ClockStop(
                    stopped_at=last.stopped_at,
                    resumed_at=step.at,
                    reason=last.reason,
                    basis=last.basis,
                )
            )
    return tuple(stops)


_TAKEN_ONCE = frozenset({_S.RESOLVED, _S.RETURNED, *_ENDING})
_STOPPING = {
    StepKind.SUPPLEMENT_REQUESTED: StopReason.SUPPLEMENT,
    StepKind.DUTY_NOTICED: StopReason.FINANCIAL_DUTY,
}
_RESUMING = frozenset({StepKind.SUPPLEMENT_RECEIVED, StepKind.DUTY_MET})
_TAKING_BACK = {
    StepKind.POSTING_CORRECTED: StepKind.POSTED,
    StepKind.RETURN_CORRECTED: StepKind.RETURNED,
}


def _not_taken_back(steps: Iterable[Step]) -> list[Step]:
    """Without the steps that never were, and without what says so of them."""
    standing: list[Step] = []
    for step in steps:
        if step.kind in _TAKING_BACK:
            wrong = _TAKING_BACK[step.kind]
            standing = [each for each in standing if each.kind is not wrong]
        else:
            standing.append(step)
    return standing


def _changes(steps: Iterable[Step]) -> tuple[DueChange, ...]:
    return tuple(
        DueChange(
            due_at=step.due_at,
            stage="extension",
            basis=step.why,
            approved_by=step.staff,
            decided_at=step.at,
        )
        for step in steps
        if step.kind is StepKind.EXTENDED and step.due_at is not None
    )
