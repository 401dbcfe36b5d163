"""Fill in for whoever telephones, note the request, print what goes to the citizen and what goes to the door.

A promised visit is moved or called off here too.
"""

from datetime import date, datetime
from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.actors import Role
from postal_service.domain.administrative import ReasonNeeded, ReasonTellsNumbers
from postal_service.domain.ids import DossierId
from postal_service.domain.refusals import Refusal
from postal_service.domain.standing import Administrative
from postal_service.domain.wording_dates import VIETNAM, local, short_window
from postal_service.services import (
    charges,
    collecting,
    dossiers,
    once,
    overview,
    places,
    procedures,
    visits,
)
from postal_service.services.collecting import ASKING
from postal_service.storage.transaction import reading, transaction
from postal_service.web import form_keys, forms, here, limits
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.language import say
from postal_service.web.receptions import form
from postal_service.web.receptions.shown import shown
from postal_service.web.receptions.slips import Office, slips

pages = Blueprint("collecting", __name__, template_folder="templates", url_prefix="/collecting")

FIELDS: Final = (*form.FIELDS, "day", "opens", "closes")


@pages.get("/new/<code>")
@staff_only(*ASKING)
def fill_in(code: str) -> ResponseReturnValue:
    return _form_page(code)


@pages.post("/new/<code>")
@staff_only(*ASKING)
def ask(code: str) -> ResponseReturnValue:
    """Register and promise the visit: all of it or nothing. Then the papers."""
    settings, by = here.runtime().settings, here.actor()
    try:
        key = form_keys.read()
        with transaction(here.sessions()) as store:
            _, version = procedures.version_on(store, code, _today())
            with forms.together():
                command = form.read(version, form.channel_by_post(), carried_in=True)
                opens_at, closes_at = _window()
            once.use(store, key)
            received = collecting.request(
                store,
                here.keys(),
                command,
                opens_at=opens_at,
                closes_at=closes_at,
                service=settings.item_prefix,
                by=by,
                at=here.now(),
            )
            visit = collecting.awaited(store, received.dossier)
            assert visit is not None  # it was promised in this transaction
            office = places.place(store, visit.office, day=local(opens_at).date())
            names = overview.unit_names(store, [command.agency])
            communes = overview.communes_of(store, command.people)
            accounts = charges.accounts(store, received.dossier)
    except Refusal as refused:
        return _form_page(code, refused)
    door = Office(
        name=office.name,
        agency=names[command.agency],
        label_host=settings.label_host,
        clerk="",  # whoever signs at the door writes his own
        demo=settings.demo,
        communes=communes,
    )
    return render_template(
        "collecting/asked.html",
        received=received,
        version=version,
        visit=visit,
        office=office.name,
        owed=[each for each in accounts if each.charge.is_owed],
        papers=slips(
            received, command, version, door, accounts, serial="", at=here.now(), visit=visit
        ),
        may_look=by.may(*ASKING, path=office.path),
    )


@pages.get("")
@staff_only(*ASKING)
def promised() -> ResponseReturnValue:
    """The visits this office has promised; those whose time has passed stand first."""
    with reading(here.sessions()) as store:
        found = visits.promised(store, by=here.actor(), at=here.now())
    return render_template("collecting/promised.html", found=found)


@pages.get("/visits/<key>")
@staff_only(*ASKING)
def show_visit(key: str) -> ResponseReturnValue:
    return _visit_page(DossierId(key))


@pages.post("/visits/<key>/move")
@staff_only(*ASKING)
def move(key: str) -> ResponseReturnValue:
    """Another time, with the reason; what was promised before stays in the dossier's steps."""
    dossier = DossierId(key)
    try:
        with forms.together():
            opens_at, closes_at = _window()
            why = forms.line("why", "Lý do", most=limits.STEP_REASON)
        with transaction(here.sessions()) as store:
            visit = visits.move(
                store,
                here.runtime().vault,
                dossier,
                opens_at=opens_at,
                closes_at=closes_at,
                why=why,
                by=here.actor(),
                at=here.now(),
            )
    except dossiers.UnknownDossier:
        raise
    except Refusal as refused:
        return _visit_page(dossier, refused, of="move")
    flash(
        say("Đã dời lịch: {window}.", window=short_window(visit.opens_at, visit.closes_at)), "good"
    )
    return redirect(url_for("dossiers.show", key=key))


@pages.post("/visits/<key>/call-off")
@staff_only(*ASKING)
def call_off(key: str) -> ResponseReturnValue:
    dossier = DossierId(key)
    try:
        with transaction(here.sessions()) as store:
            visits.call_off(
                store,
                dossier,
                why=forms.line("why", "Lý do", most=limits.STEP_REASON),
                by=here.actor(),
                at=here.now(),
            )
    except dossiers.UnknownDossier:
        raise
    except Refusal as refused:
        return _visit_page(dossier, refused, of="call-off")
    flash(say("Đã hủy lịch bưu tá đến nhận."), "good")
    return redirect(url_for("dossiers.show", key=key))


def _visit_page(
    dossier: DossierId, refused: Refusal | None = None, *, of: str = ""
) -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        found = dossiers.visible(store, dossier, by=here.actor())
        visit = collecting.awaited(store, dossier)
    page = render_template(
        "collecting/visit.html",
        refusal=told(refused, at=_field_of, form=of) if refused else "",
        dossier=found,
        visit=visit,
        is_open=found.administrative is Administrative.REQUESTED,
        now=here.now(),
        first=_today(),
        last=_today() + collecting.LONGEST_AHEAD,
    )
    return page, status_of(refused) if refused else 200


def _field_of(refused: Refusal) -> str:
    about_reason = isinstance(refused, (ReasonNeeded, ReasonTellsNumbers))
    return "why" if about_reason else form.field_at_any(refused)


def _window() -> tuple[datetime, datetime]:
    """From when to when the courier is waited for. Raises NotADate or NotAnHour."""
    day = forms.day("day", "Ngày đến nhận")
    opens, closes = forms.hour("opens", "Từ"), forms.hour("closes", "Đến")
    return datetime.combine(day, opens, VIETNAM), datetime.combine(day, closes, VIETNAM)


def _form_page(code: str, refused: Refusal | None = None) -> ResponseReturnValue:
    day, asked = _today(), shown(code, FIELDS, fetched=True)
    page = render_template(
        "collecting/form.html",
        refusal=told(refused, at=form.field_of(asked["version"])) if refused else "",
        first=day,
        last=day + collecting.LONGEST_AHEAD,
        may_receive=here.actor().may(Role.POSTAL_CLERK, Role.DESK_CLERK),
        **asked,
    )
    return page, status_of(refused) if refused else 200


def _today() -> date:
    return local(here.now()).date()
