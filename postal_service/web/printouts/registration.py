"""The registration of a result that is brought home, printed again as it is recorded now. Always Vietnamese."""

from collections.abc import Mapping
from datetime import datetime

from postal_service.domain.ids import UnitCode
from postal_service.domain.money import Line
from postal_service.domain.persons import Person, PersonRole
from postal_service.domain.wording_dates import short_moment
from postal_service.printing.return_registration import ReturnRegistration
from postal_service.services.charges import Account
from postal_service.services.overview import DossierView
from postal_service.web.labels import vietnamese
from postal_service.web.papers import OPERATOR
from postal_service.web.printouts.letters import NotRecorded

RECEIVERS = (PersonRole.RECEIVER, PersonRole.OWNER, PersonRole.SUBMITTER)
APPLICANTS = (PersonRole.SUBMITTER, PersonRole.OWNER)


def registration(
    view: DossierView,
    people: Mapping[PersonRole, Person],
    communes: Mapping[UnitCode, str],
    *,
    at: datetime,
) -> ReturnRegistration:
    """To whom and where, as it stands now; when and by whom, as it was registered. Raises NotRecorded."""
    dossier = view.dossier
    if not dossier.result_by_post or not people or not view.steps:
        raise NotRecorded(dossier=dossier.code)
    who = next(people[role] for role in (*APPLICANTS, *people) if role in people)
    receiver = next((people[role] for role in RECEIVERS if role in people), who)
    address = receiver.address or who.address
    first = view.steps[0]
    office = view.names.unit(first.unit)
    postage = next((each for each in view.accounts if each.charge.line is Line.POSTAGE), None)
    return ReturnRegistration(
        number=dossier.code,
        operator_name=OPERATOR,
        office_name=office,
        place=office,
        agency_name=view.names.unit(dossier.competent_unit),
        procedure_code=view.procedure.code,
        procedure_name=view.procedure.name,
        applicant_name=who.name,
        applicant_id=who.citizen,
        receiver_name=receiver.name,
        receiver_phone=receiver.phone or who.phone,
        receiver_address=address.in_full(communes) if address else "",
        result_item=dossier.result_item or "",
        postage_dong=postage.charge.amount_dong if postage else None,
        postage_state=_how_paid(postage) if postage else "",
        give_back=() if view.dossier.gives_back else view.procedure.collects_on_delivery,
        registered_at=first.at,
        clerk_name=view.names.person(first.staff),
        basis_line=f"in lại lúc {short_moment(at)} theo dữ liệu đang ghi — dùng mẫu do cơ quan ban hành",
    )


def _how_paid(postage: Account) -> str:
    said = vietnamese(postage.charge.state)
    return f"{said}: {postage.charge.basis}" if postage.charge.basis else said
