"""Open a paper that a dossier's record is told on. People are masked on it, so printing it is no look at them."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar, assert_never

from flask import Blueprint
from flask.typing import ResponseReturnValue

from postal_service.domain.actors import Role
from postal_service.domain.ids import DossierId, UnitCode
from postal_service.domain.issued_forms import Form
from postal_service.domain.money import Line
from postal_service.domain.persons import Person, PersonRole
from postal_service.domain.refusals import Unknown
from postal_service.printing import (
    appointment_slip,
    authorisation,
    return_registration,
    transfer_slip,
)
from postal_service.printing.transfer_slip import TransferSlip
from postal_service.services import administrative, overview, persons, places, procedures, transfers
from postal_service.services.charges import ChargeId
from postal_service.services.overview import DossierView
from postal_service.services.persons import Purpose
from postal_service.services.transfers import ASKING, TransferAsked
from postal_service.storage.transaction import reading, transaction
from postal_service.web import here
from postal_service.web.gate import staff_only
from postal_service.web.labels import vietnamese
from postal_service.web.papers import OPERATOR, opened
from postal_service.web.printouts import control, letters, receipt
from postal_service.web.printouts.authorisation import for_clerk
from postal_service.web.printouts.offered import NAMES, REGISTERING
from postal_service.web.printouts.registration import registration

Paper = TypeVar("Paper")

pages = Blueprint("printouts", __name__, url_prefix="/dossiers")

PRINTING = (Role.DESK_CLERK, Role.POSTAL_CLERK, Role.AGENCY, Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)  # fmt: skip


class UnknownPaper(Unknown):
    code = "paper.unknown"


@pages.get("/<key>/papers/<paper>")
@staff_only(*PRINTING)
def show(key: str, paper: str) -> ResponseReturnValue:
    """One paper as PDF. Someone else's dossier answers as one that is not there, whatever the paper."""
    dossier, by = DossierId(key), here.actor()
    with reading(here.sessions()) as store:
        view = overview.dossier(store, here.runtime().vault, dossier, by=by)
        asked = administrative.supplement_asked(store, view.dossier)
        place = places.workplace(store, by=by, at=here.now()).name
    form = NAMES.get(paper)
    if form is None:
        raise UnknownPaper
    match form:
        case Form.RECEIPT:
            raise UnknownPaper  # it names people, so a form asks for it
        case Form.SUPPLEMENT:
            pdf = letters.supplement(view, asked)
        case Form.REFUSAL | Form.EXTENSION | Form.DISCONTINUATION:
            pdf = letters.decision(view, form)
        case Form.CONTROL_SLIP:
            pdf = control.slip(
                view,
                label_host=here.runtime().settings.label_host,
                printed_by=_who(),
                place=place,
                at=here.now(),
            )
        case _:
            assert_never(form)
    return opened(pdf, f"{view.dossier.code}-{paper}.pdf")


@pages.post("/<key>/papers/receipt")
@staff_only(*REGISTERING)
def print_receipt(key: str) -> ResponseReturnValue:
    """The appointment slip as it is recorded now."""
    host = here.runtime().settings.label_host
    code, paper = _of_people(key, partial(receipt.receipt, label_host=host, at=here.now()))
    return opened(appointment_slip.render(paper), f"{code}-hen-tra.pdf")


@pages.post("/<key>/papers/return-registration")
@staff_only(*REGISTERING)
def register_again(key: str) -> ResponseReturnValue:
    code, paper = _of_people(key, partial(registration, at=here.now()))
    return opened(return_registration.render(paper), f"{code}-nhan-ket-qua.pdf")


@pages.post("/<key>/papers/authorisation")
@staff_only(*REGISTERING)
def authorise(key: str) -> ResponseReturnValue:
    """A form with the owner's name and address on it."""
    code, paper = _of_people(key, for_clerk)
    return opened(authorisation.render(paper), f"{code}-uy-quyen.pdf")


def _of_people(
    key: str,
    told: Callable[[DossierView, Mapping[PersonRole, Person], Mapping[UnitCode, str]], Paper],
) -> tuple[str, Paper]:
    """A dossier's code, and what a paper tells of it that names people in full: a look that is logged.

    `told` refuses what the dossier has no such paper for; then nobody has looked.
    """
    dossier, by, vault = DossierId(key), here.actor(), here.runtime().vault
    with transaction(here.sessions()) as store:
        view = overview.dossier(store, vault, dossier, by=by)
        people = persons.look(store, vault, dossier, purpose=Purpose.PRINTING, by=by, at=here.now())
        return view.dossier.code, told(view, people, overview.communes_of(store, people.values()))


@pages.get("/<key>/transfers/<charge>")
@staff_only(*ASKING)
def transfer(key: str, charge: str) -> ResponseReturnValue:
    """The slip of one charge that is due, with its code."""
    by, settings = here.actor(), here.runtime().settings
    with reading(here.sessions()) as store:
        asked = transfers.asked(store, DossierId(key), ChargeId(charge), settings.accounts, by=by)
        office = places.workplace(store, by=by, at=here.now()).name
        version = procedures.version(store, asked.dossier.procedure)
        names = overview.unit_names(store, [asked.dossier.competent_unit])
    is_fee = asked.charge.charge.line is Line.STATE_FEE
    goes_to = names[asked.dossier.competent_unit] if is_fee else OPERATOR
    pdf = transfer_slip.render(_slip(asked, office=office, procedure=version.name, goes_to=goes_to))
    return opened(pdf, f"{asked.dossier.code}-{asked.charge.charge.line.value}.pdf")


def _slip(asked: TransferAsked, *, office: str, procedure: str, goes_to: str) -> TransferSlip:
    name = vietnamese(asked.charge.charge.line)
    return TransferSlip(
        number=asked.purpose,
        operator_name=OPERATOR,
        office_name=office,
        line_name=name[:1].upper() + name[1:],
        goes_to=goes_to,
        dossier_code=asked.dossier.code,
        procedure_name=procedure,
        holder=asked.into.holder,
        bank_bin=asked.into.bank_bin,
        account_number=asked.into.number,
        amount_dong=asked.charge.charge.amount_dong,
        purpose=asked.purpose,
        payload=asked.payload,
        printed_at=here.now(),
    )


def _who() -> str:
    person = here.signed_in()
    return person.name if person is not None else ""
