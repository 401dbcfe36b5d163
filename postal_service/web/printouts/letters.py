"""From an agency's recorded acts to what its papers say. Papers are Vietnamese, whatever the screen speaks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from postal_service.domain.administrative import Step, StepKind
from postal_service.domain.issued_forms import Form, issued_as
from postal_service.domain.persons import PersonRole
from postal_service.domain.procedures import PaperNeed
from postal_service.domain.refusals import RuleBroken
from postal_service.domain.wording_dates import local
from postal_service.printing import decision_notice, supplement_request
from postal_service.printing.agency_letter import Letter
from postal_service.printing.decision_notice import Decision, DecisionNotice
from postal_service.printing.paper_counts import ListedPaper
from postal_service.printing.supplement_request import SupplementRequest
from postal_service.services.administrative import SupplementReason
from postal_service.services.dossiers import Dossier
from postal_service.services.overview import DossierView
from postal_service.web.labels import vietnamese

NOBODY: Final = "………………"
ADDRESSED: Final = (PersonRole.SUBMITTER, PersonRole.OWNER, PersonRole.RECEIVER)
DECISIONS: Final = {
    Form.REFUSAL: (StepKind.REFUSED, Decision.REFUSAL),
    Form.EXTENSION: (StepKind.EXTENDED, Decision.EXTENSION),
    Form.DISCONTINUATION: (StepKind.DISCONTINUED, Decision.DISCONTINUATION),
}


class NotRecorded(RuleBroken):
    """The act that the paper tells was never taken on this dossier."""

    code = "paper.not_recorded"


def supplement(view: DossierView, asked: tuple[str, Sequence[str]] | None) -> bytes:
    """The newest request for a supplement; `asked` is its reason's word and its papers. Raises NotRecorded."""
    step, _ = _newest(view, StepKind.SUPPLEMENT_REQUESTED)
    if asked is None:
        raise NotRecorded(dossier=view.dossier.code)
    reason, names = asked
    needs = {need.name: need for need in view.procedure.papers}
    return supplement_request.render(
        SupplementRequest(
            letter=_letter(view, step, Form.SUPPLEMENT),
            papers=tuple(_listed(needs[name]) for name in names if name in needs),
            reason=_reason(reason),
        )
    )


def decision(view: DossierView, form: Form) -> bytes:
    """The newest refusal, extension or discontinuation. Raises NotRecorded."""
    kind, decided = DECISIONS[form]
    step, due_before = _newest(view, kind)
    return decision_notice.render(
        DecisionNotice(
            letter=_letter(view, step, form),
            decision=decided,
            reason=step.why or NOBODY,
            due_before=due_before,
            due_at=step.due_at,
        )
    )


def form_on_its_date(dossier: Dossier, form: Form) -> str:
    """The issued form's number on the dossier's own date."""
    dated = dossier.received_at or dossier.posted_at or dossier.made_at
    return issued_as(form, local(dated).date())


def _newest(view: DossierView, kind: StepKind) -> tuple[Step, datetime | None]:
    """The newest step of a kind, and the date that bound until then. Raises NotRecorded."""
    for place in range(len(view.steps) - 1, -1, -1):
        if view.steps[place].kind is kind:
            return view.steps[place], view.steps[place - 1].due_at if place else None
    raise NotRecorded(dossier=view.dossier.code)


def _letter(view: DossierView, step: Step, form: Form) -> Letter:
    dossier = view.dossier
    desk = view.names.unit(step.unit)
    who = next((view.people[role] for role in ADDRESSED if role in view.people), None)
    return Letter(
        dossier_code=dossier.code,
        agency_name=view.names.unit(dossier.competent_unit),
        desk_name=desk,
        place=desk,
        citizen_name=who.name if who else NOBODY,
        procedure_code=view.procedure.code,
        procedure_name=view.procedure.name,
        received_at=dossier.received_at,
        decided_at=step.at,
        officer_name=view.names.person(step.staff),
        issued_as=form_on_its_date(dossier, form),
    )


def _listed(need: PaperNeed) -> ListedPaper:
    return ListedPaper(
        name=need.name,
        originals=need.originals,
        certified_copies=need.certified,
        photocopies=need.photocopies,
        original_to_return=need.original_to_return,
    )


def _reason(word: str) -> str:
    # An imported request keeps the words it came with.
    known = next((each for each in SupplementReason if each.value == word), None)
    return vietnamese(known) if known else word or NOBODY
