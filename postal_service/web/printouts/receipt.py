"""The appointment slip printed again, as the dossier is recorded now. Always Vietnamese.

What was received, when and by whom stays; the date is the one that binds today, and each step that
moved or stopped it is told. The PIN and the delivery code are nobody's to print a second time.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from postal_service.domain.administrative import Step, StepKind
from postal_service.domain.ids import UnitCode
from postal_service.domain.issued_forms import Form
from postal_service.domain.persons import Person, PersonRole, owner_of
from postal_service.printing.agency_letter import recorded_line
from postal_service.printing.appointment_slip import AppointmentSlip, DueChange
from postal_service.printing.paper_counts import ListedPaper
from postal_service.services.dossiers import Dossier, Paper
from postal_service.services.overview import DossierView
from postal_service.web.labels import vietnamese
from postal_service.web.papers import tracking_address
from postal_service.web.printouts.letters import NotRecorded, form_on_its_date
from postal_service.web.receptions.slips import fee_told, legal_time, result_place

SUBMITTERS: Final = (PersonRole.SUBMITTER, PersonRole.OWNER)


def is_offered(dossier: Dossier) -> bool:
    return dossier.received_at is not None and dossier.erased_at is None


def receipt(
    view: DossierView,
    people: Mapping[PersonRole, Person],
    communes: Mapping[UnitCode, str],
    *,
    label_host: str,
    at: datetime,
) -> AppointmentSlip:
    """Raises NotRecorded where it is not offered, and where nobody is recorded."""
    dossier = view.dossier
    received_at = dossier.received_at
    who = next((people[role] for role in (*SUBMITTERS, *people) if role in people), None)
    if received_at is None or not is_offered(dossier) or who is None:
        raise NotRecorded(dossier=dossier.code)
    owner = owner_of(people) or who
    first, later = _reception(view)
    desk = view.names.unit(first.unit if first else dossier.received_unit)
    fee_dong, fee_state = fee_told(view.accounts)
    return AppointmentSlip(
        dossier_code=dossier.code,
        agency_name=view.names.unit(dossier.competent_unit),
        desk_name=desk,
        place=desk,
        submitter_name=who.name,
        owner_name=owner.name,
        submitter_id=who.citizen,
        submitter_phone=who.phone,
        submitter_email="",
        submitter_address=who.address.in_full(communes) if who.address else "",
        procedure_code=view.procedure.code,
        procedure_name=view.procedure.name,
        papers=tuple(_listed(paper) for paper in view.papers),
        sets=1,
        legal_time=legal_time(view.procedure),
        received_at=received_at,
        due_at=dossier.due_at,
        result_place=result_place(by_post=dossier.result_by_post),
        fee_dong=fee_dong,
        fee_state=fee_state,
        lookup_pin="",
        delivery_code="",
        clerk_name=view.names.person(first.staff) if first else "",
        printed_again_at=at,
        standing=vietnamese(dossier.administrative),
        changes=tuple(
            DueChange(at=step.at, what=vietnamese(step.kind), due_at=step.due_at) for step in later
        ),
        tracking_address=tracking_address(label_host),
        basis_line=recorded_line(form_on_its_date(dossier, Form.RECEIPT)),
    )


def _reception(view: DossierView) -> tuple[Step | None, list[Step]]:
    """The step of the reception, and those after it that bear on the date."""
    for place, step in enumerate(view.steps):
        if step.kind is StepKind.RECEIVED:
            return step, list(view.steps[place + 1 :])
    return None, []


def _listed(paper: Paper) -> ListedPaper:
    return ListedPaper(
        name=paper.name,
        originals=paper.counts.originals,
        certified_copies=paper.counts.certified,
        photocopies=paper.counts.photocopies,
        original_to_return=paper.original_to_return,
    )
