"""Name a delegate on what shows the owner's will; the code that he gets is on his slip and nowhere else."""

from collections.abc import Mapping
from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.codes import DeliveryCode
from postal_service.domain.identity import (
    CitizenCard,
    Compared,
    ContradictsDossier,
    IdentityContradicts,
    read_card,
    refuse_another,
)
from postal_service.domain.ids import DossierId
from postal_service.domain.persons import Person, PersonRole
from postal_service.domain.refusals import Refusal
from postal_service.domain.wording_dates import local
from postal_service.services import delegates, once, overview, places
from postal_service.services.delegated import Change
from postal_service.services.delegates import (
    NAMING,
    NEVER,
    DelegationId,
    Ground,
    OwnerHimself,
    Shown,
)
from postal_service.storage.transaction import reading, transaction
from postal_service.web import form_keys, forms, here, limits, people, renewed_codes
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.labels import word
from postal_service.web.language import say
from postal_service.web.printouts.authorisation import is_offered

pages = Blueprint("delegates", __name__, template_folder="templates", url_prefix="/delegates")

FIELD_OF: Final[Mapping[type[Refusal], str]] = {
    OwnerHimself: "citizen",
    IdentityContradicts: "card",
    ContradictsDossier: "card",
}


@pages.get("/<key>")
@staff_only(*NAMING)
def show(key: str) -> ResponseReturnValue:
    return _page(DossierId(key))


@pages.post("/<key>")
@staff_only(*NAMING)
def name(key: str) -> ResponseReturnValue:
    return _change(DossierId(key), Change.NAMED, form="name")


@pages.post("/<key>/take-back")
@staff_only(*NAMING)
def take_back(key: str) -> ResponseReturnValue:
    return _change(DossierId(key), Change.TAKEN_BACK, form="take-back")


def _change(dossier: DossierId, change: Change, *, form: str) -> ResponseReturnValue:
    """Compare the owner's card where it is shown, then record; the slip of the new code is the answer."""
    try:
        key = form_keys.read()
        with forms.together():
            who = _delegate() if change is Change.NAMED else None
            shown, card = _shown()
        compared = _compare(dossier, card)
        with transaction(here.sessions()) as store:
            once.use(store, key)
            keys, seen, by, at = here.keys(), _seen(), here.actor(), here.now()
            if who is None:
                code = delegates.take_back(
                    store, keys, dossier, shown=shown, instead_of=seen, by=by, at=at
                )
            else:
                code = delegates.name(
                    store, keys, dossier, who, shown=shown, instead_of=seen, by=by, at=at
                )
    except Refusal as refused:
        return _page(dossier, refused, form=form)
    if compared:
        flash(say("Thẻ khớp; đã so {compared}.", compared=word(compared)), "good")
    return _done(dossier, code, change)


def _delegate() -> Person:
    text = forms.optional_line("address", "Địa chỉ", most=limits.ADDRESS)
    commune = people.commune(
        "commune", forms.optional_line("commune", "Xã, phường", most=limits.UNIT)
    )
    return Person(
        name=people.name("name", forms.line("name", "Họ và tên", most=limits.NAME)),
        citizen=people.citizen(
            "citizen", forms.line("citizen", "Số định danh", most=limits.CITIZEN)
        ),
        phone=people.phone("phone", forms.line("phone", "Điện thoại", most=limits.PHONE)),
        address=people.address("address", "commune", text, commune) if text or commune else None,
    )


def _shown() -> tuple[Shown, CitizenCard | None]:
    """What shows the owner's will: his card, or the number or day of his authorisation."""
    ground = forms.choice("ground", "Căn cứ", Ground)
    card, paper = None, ""
    if forms.raw("ground") == Ground.OWNER:
        card = forms.checked("card", lambda: read_card(forms.raw("card")[: limits.CARD]), None)
    if forms.raw("ground") == Ground.PAPER:
        paper = forms.line("paper", "Giấy ủy quyền", most=limits.DOCUMENT) or people.STAND_IN
    return Shown(ground=ground, paper=paper), card


def _compare(dossier: DossierId, card: CitizenCard | None) -> Compared | None:
    """The owner's card with the dossier, then it is forgotten; the look stays logged.

    None where no card was shown, else what it was compared with.
    """
    if card is None:
        return None
    with transaction(here.sessions()) as store:
        found = delegates.compare_owner(
            store, here.keys(), dossier, card, by=here.actor(), at=here.now()
        )
    refuse_another(found)
    return found.compared


def _seen() -> DelegationId:
    """The newest delegation that stood on the page when it was opened."""
    written = forms.raw("instead_of")[: limits.UNIT]
    return DelegationId(int(written)) if written.isascii() and written.isdigit() else NEVER


def _done(dossier: DossierId, code: DeliveryCode | None, change: Change) -> ResponseReturnValue:
    if code is None:
        flash(say("Đã ghi. Kết quả không gửi qua bưu điện nên không có mã nhận."), "good")
        return redirect(url_for("delegates.show", key=dossier))
    with reading(here.sessions()) as store:
        view = overview.dossier(store, here.runtime().vault, dossier, by=here.actor())
        office = places.workplace(store, by=here.actor(), at=here.now()).name
    is_named = change is Change.NAMED
    paper = renewed_codes.printable(view, code, office=office, for_delegate=is_named)
    return render_template("delegates/done.html", view=view, papers=[paper], is_named=is_named)


def _page(key: DossierId, refused: Refusal | None = None, *, form: str = "") -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        view = overview.dossier(store, here.runtime().vault, key, by=here.actor())
        past = delegates.history(store, key)
        letters = delegates.papers(store, here.runtime().vault, key)
        communes = overview.communes(store, day=local(here.now()).date())
        names = overview.names(store, (), (), staff=[each.made_by for each in past])
    page = render_template(
        "delegates/delegate.html",
        refusal=_told(refused, form) if refused else "",
        view=view,
        past=past,
        letters=letters,
        delegate=view.people.get(PersonRole.DELEGATE),
        communes=communes,
        names=names,
        grounds=list(Ground),
        is_open=is_offered(view.dossier),
    )
    return page, status_of(refused) if refused else 200


def _told(refused: Refusal, form: str) -> str:
    compared = isinstance(refused, ContradictsDossier)  # the look at the dossier is logged
    return told(refused, at=FIELD_OF.get(type(refused), ""), form=form, saved=compared)
