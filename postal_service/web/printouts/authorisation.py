"""The authorisation to receive a result in the owner's place: a form for both to sign. Always Vietnamese."""

from collections.abc import Mapping

from postal_service.domain.ids import UnitCode
from postal_service.domain.persons import Person, PersonRole, owner_of
from postal_service.domain.refusals import RuleBroken
from postal_service.printing.authorisation import Authorisation
from postal_service.services.delegates import OVER
from postal_service.services.dossiers import Dossier
from postal_service.services.overview import DossierView
from postal_service.services.tracking import Tracked


class NothingToReceive(RuleBroken):
    """The result was given back, or the dossier withdrawn: there is nothing left to receive."""

    code = "paper.nothing_to_receive"


def is_offered(dossier: Dossier) -> bool:
    return dossier.administrative not in OVER and dossier.erased_at is None


def for_clerk(
    view: DossierView, people: Mapping[PersonRole, Person], communes: Mapping[UnitCode, str]
) -> Authorisation:
    """With the owner's name, and the delegate's where one was named. Raises NothingToReceive."""
    dossier = view.dossier
    if not is_offered(dossier):
        raise NothingToReceive(dossier=dossier.code)
    owner = owner_of(people)
    delegate = people.get(PersonRole.DELEGATE)
    return Authorisation(
        dossier_code=dossier.code,
        item_code=dossier.result_item or "",
        agency_name=view.names.unit(dossier.competent_unit),
        gives_back=dossier.gives_back,
        procedure_name=view.procedure.name,
        owner_name=owner.name if owner else "",
        owner_id=owner.citizen if owner else "",
        owner_address=owner.address.in_full(communes) if owner and owner.address else "",
        authorised_name=delegate.name if delegate else "",
        authorised_id=delegate.citizen if delegate else "",
        authorised_address=(
            delegate.address.in_full(communes) if delegate and delegate.address else ""
        ),
    )


def for_citizen(found: Tracked) -> Authorisation:
    """Codes and offices only, as everything the tracking page shows: names are written by hand."""
    return Authorisation(
        dossier_code=found.code,
        item_code=found.result_item,
        agency_name=found.agency,
        gives_back=found.gives_back,
        procedure_name=found.procedure,
    )
