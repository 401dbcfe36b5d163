"""The slip of a delivery code that takes the place of another: in the answer that gave it out, and never again."""

from postal_service.domain.codes import DeliveryCode
from postal_service.printing import keeping_slip
from postal_service.printing.keeping_slip import KeepingSlip
from postal_service.services.overview import DossierView, ItemView
from postal_service.web import here
from postal_service.web.language import say
from postal_service.web.papers import OPERATOR, Printable


def printable(
    view: DossierView | ItemView, code: DeliveryCode, *, office: str, for_delegate: bool = False
) -> Printable:
    """The slip for the citizen, or for whom the owner named; without a PIN, which stays as it was."""
    dossier = view.dossier
    slip = KeepingSlip(
        operator_name=OPERATOR,
        office_name=office,
        dossier_code=dossier.code if dossier else code.item,
        procedure_name=view.procedure.name if view.procedure else "",
        agency_name=view.names.unit(dossier.competent_unit) if dossier else "",
        item_code=code.item,
        posted_at=None,
        lookup_pin="",
        delivery_code=code.payload,
        renewed_at=here.now(),
        for_delegate=for_delegate,
    )
    name = (
        say("Phiếu giữ của người được ủy quyền")
        if for_delegate
        else say("Phiếu giữ với mã nhận mới")
    )
    return Printable(name, f"{code.item}-ma-moi.pdf", keeping_slip.render(slip))
