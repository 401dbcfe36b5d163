"""How a dossier as a file tells it compares with what is stored: what differs, what never changes, what is ours.

An empty cell leaves what is stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from postal_service.domain.administrative import StepKind
from postal_service.domain.persons import PersonRole
from postal_service.domain.standing import GIVEN_OUT, Administrative
from postal_service.domain.wording_dates import local
from postal_service.services.importing.dossier_rows import DossierRecord
from postal_service.services.importing.subject import Mode, Outcome, Verdict, judged
from postal_service.storage.schema import DossierRow

ORIGIN = "import"
CORRECTED = "import-corrected"  # why of a step that tells the day of an earlier one anew

_STEPS: dict[Administrative, tuple[StepKind, ...]] = {
    Administrative.RECEIVED: (StepKind.RECEIVED,),
    Administrative.SUPPLEMENT: (StepKind.RECEIVED, StepKind.SUPPLEMENT_REQUESTED),
    Administrative.FINANCIAL_DUTY: (StepKind.RECEIVED, StepKind.DUTY_NOTICED),
    Administrative.RESOLVED: (StepKind.RECEIVED, StepKind.RESOLVED),
    Administrative.RETURNED: (StepKind.RECEIVED, StepKind.RESOLVED, StepKind.RETURNED),
    Administrative.REFUSED: (StepKind.RECEIVED, StepKind.REFUSED),
    Administrative.REFUSED_RETURNED: (StepKind.RECEIVED, StepKind.REFUSED, StepKind.RETURNED),
    Administrative.DISCONTINUED: (StepKind.RECEIVED, StepKind.DISCONTINUED),
    Administrative.DISCONTINUED_RETURNED: (
        StepKind.RECEIVED, StepKind.DISCONTINUED, StepKind.RETURNED,
    ),
}  # fmt: skip
# Other systems end with the refusal: that papers were given back here is no news of theirs.
_GIVEN_BACK = {
    Administrative.REFUSED: Administrative.REFUSED_RETURNED,
    Administrative.DISCONTINUED: Administrative.DISCONTINUED_RETURNED,
}


# The step that settles a dossier; the figures of what was in time rest on its day.
_SETTLING = frozenset({StepKind.RESOLVED, StepKind.REFUSED, StepKind.DISCONTINUED})
DAYS = {
    **dict.fromkeys(_SETTLING, "Ngày giải quyết"),
    StepKind.RETURNED: "Ngày trả kết quả",
}


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A step that is known."""

    at: datetime
    why: str


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What the store has under a code."""

    row: DossierRow
    steps: Mapping[StepKind, Taken]  # in their order; of one that was told anew, the last
    in_custody: bool
    other_people: frozenset[PersonRole]


def judge(record: DossierRecord, stored: Stored | None, mode: Mode, at: datetime) -> Verdict:
    """What becomes of a row. `at` is now."""
    if stored is None:
        return judged(mode, exists=False)
    if contradiction := _contradiction(record, stored.steps):
        return contradiction
    record = as_known(record, stored)
    differing, fixed = _differences(record, stored, at)
    verdict = judged(mode, exists=True, differing=differing, fixed=fixed)
    if verdict.outcome is Outcome.UPDATED and _is_ours(record, stored, at):
        return Verdict(outcome=Outcome.REFUSED, code="import.already_ours")
    return verdict


def as_known(record: DossierRecord, stored: Stored) -> DossierRecord:
    """The row, with what it cannot know: that the papers of a dossier without a result were given back."""
    given_back = _GIVEN_BACK.get(record.state) if record.state is not None else None
    if given_back is None or given_back.value != stored.row.administrative:
        return record
    return replace(record, state=given_back, returned_at=None)  # what it calls so is the end's day


def _is_ours(record: DossierRecord, stored: Stored, at: datetime) -> bool:
    """Whether the dossier was worked on here, or the day of a step that was taken here is told otherwise."""
    row = stored.row
    if row.origin != ORIGIN or stored.in_custody or row.erased_at is not None:
        return True
    told_anew = _told_anew(record, stored, at)
    return any(stored.steps[kind].why not in {ORIGIN, CORRECTED} for kind in told_anew)


def _contradiction(record: DossierRecord, steps: Mapping[StepKind, Taken]) -> Verdict | None:
    """A day that cannot stand beside the one that is stored where the row leaves the other cell empty."""
    settling = next((kind for kind in steps if kind in _SETTLING), None)
    if record.state is None or settling is None:
        return None
    settled, returned = steps[settling].at, steps.get(StepKind.RETURNED)
    column, code = "", ""
    if record.returned_at and not record.resolved_at:
        if record.state not in GIVEN_OUT:
            # It may be another day of the end, or the day on which the end was told to the citizen.
            if max(record.returned_at, record.received_at) != settled:
                column, code = "resolved_at", "import.which_day_ended"
        elif local(record.returned_at).date() < local(settled).date():
            column, code = "returned_at", "import.returned_before_resolved"
    if (
        record.resolved_at
        and not record.returned_at
        and returned is not None
        and returned.at != settled  # else both were told as one day
        and local(returned.at).date() < local(record.resolved_at).date()
    ):
        column, code = "resolved_at", "import.returned_before_resolved"
    return Verdict(outcome=Outcome.REFUSED, column=column, code=code) if code else None


def _differences(
    record: DossierRecord, stored: Stored, at: datetime
) -> tuple[list[str], list[str]]:
    """Columns told otherwise than stored; and those among them that cannot change."""
    row = stored.row
    fixed = {
        "Mã TTHC": record.procedure != row.procedure,
        "Cơ quan": record.agency != row.competent_unit,
        "Ngày tiếp nhận": record.received_at != row.received_at,
        "Trạng thái": record.state is not None and not _follows(record.state, stored.steps),
    }
    by_post = record.result_by_post
    differing = {
        "Ngày hẹn trả": record.due_at is not None and record.due_at != row.due_at,
        "Kênh": record.channel is not None and record.channel.value != row.channel,
        "Trạng thái": record.state is not None and record.state.value != row.administrative,
        **{DAYS[kind]: True for kind in _told_anew(record, stored, at)},
        "Nhận kết quả qua bưu chính": by_post is not None and by_post != row.result_by_post,
        "Người nộp, chủ hồ sơ, người nhận": bool(stored.other_people),
    }
    never = [name for name, differs in fixed.items() if differs]
    return [name for name, differs in differing.items() if differs and name not in never], never


def _told_anew(record: DossierRecord, stored: Stored, at: datetime) -> list[StepKind]:
    """The steps that are known and whose day the row tells otherwise."""
    if record.state is None:
        return []
    moments = moments_of(record, stored.steps, at)
    known = [kind for kind in moments if kind in DAYS and kind in stored.steps]
    return [
        kind
        for kind in known
        if moments[kind] != stored.steps[kind].at
        or (kind in _SETTLING and moments[kind] != stored.row.resolved_at)
    ]


def _follows(state: Administrative, steps: Mapping[StepKind, Taken]) -> bool:
    """Whether the told state continues what is known, or is what is known."""
    return _STEPS[state][: len(steps)] == tuple(steps)


def moments_of(
    record: DossierRecord, stored: Mapping[StepKind, Taken], at: datetime
) -> dict[StepKind, datetime]:
    """When each step up to the told state was taken. An empty cell leaves what is stored."""
    moments: dict[StepKind, datetime] = {}
    for kind in _STEPS[record.state or Administrative.RECEIVED]:
        known = stored[kind].at if kind in stored else None
        match kind:
            case StepKind.RECEIVED:
                told = record.received_at
            case StepKind.SUPPLEMENT_REQUESTED | StepKind.DUTY_NOTICED:
                told = known or at  # exports do not say since when: the clock stands since we know
            case StepKind.RETURNED:
                settled = settled_at(moments) or record.received_at
                told = record.returned_at or max(known or settled, settled)
            case _:
                told = record.resolved_at or known or record.returned_at or at
        # A day without an hour begins at midnight, and no step is before the reception.
        moments[kind] = max(told, record.received_at)
    return moments


def settled_at(moments: Mapping[StepKind, datetime]) -> datetime | None:
    """When the dossier was settled, if it was."""
    return next((at for kind, at in moments.items() if kind in _SETTLING), None)
