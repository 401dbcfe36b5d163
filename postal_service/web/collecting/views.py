"""Fill in for whoever telephones, note the request, print what goes to the citizen and what goes to the door."""

from datetime import date, datetime
from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from postal_service.domain.actors import Role
from postal_service.domain.refusals import Refusal
from postal_service.domain.wording_dates import VIETNAM, local
from postal_service.services import charges, collecting, once, overview, places, procedures
from postal_service.services.collecting import ASKING
from postal_service.storage.transaction import transaction
from postal_service.web import form_keys, forms, here
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
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
            command = form.read(version, form.channel_by_post())
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
            owed = charges.owed(store, [received.dossier]).get(received.dossier, ())
    except Refusal as refused:
        return _form_page(code, refused)
    door = Office(
        name=office.name,
        agency=names[command.agency],
        label_host=settings.label_host,
        clerk="",  # whoever signs at the door writes his own
        demo=settings.demo,
    )
    return render_template(
        "collecting/asked.html",
        received=received,
        version=version,
        visit=visit,
        office=office.name,
        owed=owed,
        papers=slips(received, command, version, door, serial="", at=here.now(), visit=visit),
        may_look=by.may(*ASKING, path=office.path),
    )


def _window() -> tuple[datetime, datetime]:
    """From when to when the courier is waited for. Raises NotADate or NotAnHour."""
    day = forms.day("day", "Ngày đến nhận")
    opens, closes = forms.hour("opens", "Từ"), forms.hour("closes", "Đến")
    return datetime.combine(day, opens, VIETNAM), datetime.combine(day, closes, VIETNAM)


def _form_page(code: str, refused: Refusal | None = None) -> ResponseReturnValue:
    day = _today()
    page = render_template(
        "collecting/form.html",
        refusal=told(refused, at=form.field_of(refused)) if refused else "",
        first=day,
        last=day + collecting.LONGEST_AHEAD,
        may_receive=here.actor().may(Role.POSTAL_CLERK, Role.DESK_CLERK),
        **shown(code, FIELDS, fetched=True),
    )
    return page, status_of(refused) if refused else 200


def _today() -> date:
    return local(here.now()).date()
