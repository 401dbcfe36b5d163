"""Search a procedure, fill in the form, print what it made."""

from datetime import date

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from postal_service.domain.actors import Role
from postal_service.domain.refusals import Refusal
from postal_service.domain.wording_dates import local
from postal_service.printing import preparation_guide
from postal_service.services import (
    charges,
    dossiers,
    once,
    overview,
    places,
    procedures,
    reception,
    transfers,
)
from postal_service.services.collecting import ASKING
from postal_service.storage.transaction import reading, transaction
from postal_service.web import form_keys, forms, here, limits
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.papers import opened
from postal_service.web.receptions import guide
from postal_service.web.receptions.form import FIELDS, channel_at, field_of, read
from postal_service.web.receptions.shown import shown
from postal_service.web.receptions.slips import Office, slips

pages = Blueprint("receptions", __name__, template_folder="templates", url_prefix="/receptions")

RECEIVING = (Role.DESK_CLERK, Role.POSTAL_CLERK)


@pages.get("/new")
@staff_only(*RECEIVING, Role.MANAGER)
def search() -> ResponseReturnValue:
    """Procedures by words with or without their marks, or by code."""
    query = forms.asked("q", most=limits.PROCEDURE_QUERY)
    with reading(here.sessions()) as store:
        found = procedures.search(store, query, day=_today())
    return render_template(
        "receptions/search.html",
        query=query,
        found=found,
        may_receive=here.actor().may(*RECEIVING),
        may_send_courier=here.actor().may(*ASKING),
        takes_supplement=here.actor().may(Role.POSTAL_CLERK),
    )


@pages.get("/guide/<code>")
@staff_only(*RECEIVING)
def preparation(code: str) -> ResponseReturnValue:
    """What a citizen has to prepare, for taking home before any dossier exists."""
    with reading(here.sessions()) as store:
        _, version = procedures.version_on(store, code, _today())
        office = places.workplace(store, by=here.actor(), at=here.now()).name
    view = guide.view_of(version, office=office, at=here.now())
    return opened(preparation_guide.render(view), f"{version.code}-huong-dan.pdf")


@pages.get("/new/<code>")
@staff_only(*RECEIVING)
def fill_in(code: str) -> ResponseReturnValue:
    return _form_page(code)


@pages.post("/new/<code>")
@staff_only(*RECEIVING)
def receive(code: str) -> ResponseReturnValue:
    """Register, and seal at once where a serial was given: all of it or nothing. Then the papers."""
    settings = here.runtime().settings
    try:
        key = form_keys.read()
        with transaction(here.sessions()) as store:
            _, version = procedures.version_on(store, code, _today())
            unit = places.place(store, here.actor().unit, day=_today())
            with forms.together():
                command = read(version, channel_at(unit), carried_in=unit.kind != places.DESK)
                serial = forms.optional_serial("serial", "Số niêm phong")
            once.use(store, key)
            received = reception.register(
                store,
                here.keys(),
                command,
                service=settings.item_prefix,
                serial=serial,
                by=here.actor(),
                at=here.now(),
            )
            names = overview.unit_names(store, [command.agency, unit.code])
            communes = overview.communes_of(store, command.people)
            accounts = charges.accounts(store, received.dossier)
            payable = transfers.payable(
                store, dossiers.load(store, received.dossier), accounts, settings.accounts
            )
    except Refusal as refused:
        return _form_page(code, refused)
    office = Office(
        name=unit.name,
        agency=names[command.agency],
        label_host=settings.label_host,
        clerk=_clerk(),
        demo=settings.demo,
        communes=communes,
    )
    papers = slips(received, command, version, office, accounts, serial=serial, at=here.now())
    return render_template(
        "receptions/received.html",
        received=received,
        version=version,
        papers=papers,
        serial=serial,
        dues=[each for each in accounts if each.charge.is_owed],
        payable=payable,
    )


def _form_page(code: str, refused: Refusal | None = None) -> ResponseReturnValue:
    asked = shown(code, FIELDS)
    page = render_template(
        "receptions/form.html",
        refusal=told(refused, at=field_of(asked["version"])) if refused else "",
        may_send_courier=here.actor().may(*ASKING),
        **asked,
    )
    return page, status_of(refused) if refused else 200


def _today() -> date:
    return local(here.now()).date()


def _clerk() -> str:
    person = here.signed_in()
    return person.name if person is not None else ""
