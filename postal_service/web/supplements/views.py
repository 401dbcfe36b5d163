"""Find the request by the dossier's code, count what was brought, seal it, print its papers."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from postal_service.domain.actors import Role
from postal_service.domain.refusals import Refusal
from postal_service.services import once, overview, persons, sealing, supplements
from postal_service.services.persons import Purpose
from postal_service.services.supplements import Asked
from postal_service.storage.transaction import reading, transaction
from postal_service.web import form_keys, forms, here, limits
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.receptions.form import papers
from postal_service.web.supplements.slips import Counter, slips
from postal_service.web.supplements.words import reason_word

pages = Blueprint("supplements", __name__, template_folder="templates", url_prefix="/supplements")

TAKING = (Role.POSTAL_CLERK,)


@pages.get("")
@staff_only(*TAKING)
def ask() -> ResponseReturnValue:
    """Whose papers they are: the code on the citizen's slip, which never stands in an address."""
    return _code_page()


@pages.post("")
@staff_only(*TAKING)
def show() -> ResponseReturnValue:
    """What the agency asked for."""
    try:
        asked = _asked()
    except Refusal as refused:
        return _code_page(refused)
    return _form_page(asked)


@pages.post("/accept")
@staff_only(*TAKING)
def accept() -> ResponseReturnValue:
    """Take the papers in, and seal at once where a serial was given: all of it or nothing."""
    by, settings = here.actor(), here.runtime().settings
    try:
        asked = _asked()
    except Refusal as refused:
        return _code_page(refused)
    try:
        key = form_keys.read()
        serial = forms.optional_serial("serial", "Số niêm phong")
        with transaction(here.sessions()) as store:
            once.use(store, key)
            sent = supplements.accept(
                store,
                here.keys(),
                asked.code,
                papers(asked.version),
                service=settings.item_prefix,
                by=by,
                at=here.now(),
            )
            if serial:
                sealing.seal(
                    store,
                    here.keys(),
                    sent.item,
                    serial=serial,
                    counts=sent.counts,
                    by=by,
                    at=here.now(),
                )
            people = persons.look(
                store,
                here.runtime().vault,
                sent.dossier,
                purpose=Purpose.PRINTING,
                by=by,
                at=here.now(),
            )
            names = overview.unit_names(store, [by.unit, asked.agency])
            communes = overview.communes_of(store, people.values())
    except Refusal as refused:
        return _form_page(asked, refused)
    person = here.signed_in()
    counter = Counter(
        name=names[by.unit],
        agency=names[asked.agency],
        communes=communes,
        label_host=settings.label_host,
        clerk=person.name if person else "",
    )
    made = slips(sent, asked, people, counter, serial=serial, at=here.now())
    return render_template(
        "supplements/taken.html", sent=sent, asked=asked, papers=made, serial=serial
    )


def _asked() -> Asked:
    with reading(here.sessions()) as store:
        return supplements.asked(
            store, forms.raw("code")[: limits.SCANNED], by=here.actor(), at=here.now()
        )


def _code_page(refused: Refusal | None = None) -> ResponseReturnValue:
    page = render_template(
        "supplements/ask.html",
        refusal=told(refused, at="code") if refused else "",
        typed=forms.typed("code"),
    )
    return page, status_of(refused) if refused else 200


def _form_page(asked: Asked, refused: Refusal | None = None) -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        names = overview.unit_names(store, [asked.agency])
    wanted = [
        (position, need)
        for position, need in enumerate(asked.version.papers)
        if need.name in asked.papers
    ]
    page = render_template(
        "supplements/form.html",
        refusal=told(refused) if refused else "",
        asked=asked,
        agency=names[asked.agency],
        reason=reason_word(asked.reason),
        wanted=wanted,
        counted={
            name: forms.raw(name)[:4] or "0"
            for position, _ in wanted
            for name in (
                f"p{position}-originals",
                f"p{position}-certified",
                f"p{position}-photocopies",
            )
        },
        typed=forms.typed("serial"),
    )
    return page, status_of(refused) if refused else 200
