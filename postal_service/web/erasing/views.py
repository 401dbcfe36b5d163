"""What erasing means, before it is done: by one administrator, with the dossier's code and his password.

Nothing brings back what was erased, so a session left open is not enough for it.
"""

from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.ids import DossierId
from postal_service.domain.refusals import Malformed, Refusal
from postal_service.services import access, erasing, overview
from postal_service.services.access import OldPasswordWrong
from postal_service.services.erasing import ERASING, EraseReason, NotOver
from postal_service.services.persons import DossierErased
from postal_service.storage.transaction import reading, transaction
from postal_service.web import forms, here, limits
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.language import say
from postal_service.web.security import limiter

pages = Blueprint("erasing", __name__, template_folder="templates", url_prefix="/erasing")

TRIES: Final = "10 per minute; 100 per hour"


class CodeDiffers(Malformed):
    """Another dossier's code, or no code: perhaps the wrong page is open."""

    code = "erasing.code_differs"


@pages.get("/<key>")
@staff_only(*ERASING)
def show(key: str) -> ResponseReturnValue:
    return _page(DossierId(key))


@pages.post("/<key>")
@staff_only(*ERASING)
@limiter.limit(TRIES)
def erase(key: str) -> ResponseReturnValue:
    dossier = DossierId(key)
    try:
        reason = forms.choice("reason", "Lý do", EraseReason)
        code = forms.line("code", "Mã hồ sơ", most=limits.DOSSIER_CODE).upper()
        with transaction(here.sessions()) as store:
            if code != erasing.erasable(store, dossier, by=here.actor()).code:
                raise CodeDiffers(input="code")
            access.refuse_unless_own_password(store, forms.raw("password"), by=here.actor())
            erasing.erase(
                store, here.keys(), dossier, reason=reason, by=here.actor(), at=here.now()
            )
    except Refusal as refused:
        return _page(dossier, refused)
    flash(say("Đã xóa dữ liệu cá nhân của hồ sơ. Không khôi phục được."), "good")
    return redirect(url_for("dossiers.show", key=key))


@pages.post("/<key>/overwriting")
@staff_only(*ERASING)
def overwrite(key: str) -> ResponseReturnValue:
    """Begin the overwriting anew, where it failed or was stopped."""
    with transaction(here.sessions()) as store:
        erasing.overwrite_again(store, DossierId(key), by=here.actor(), at=here.now())
    flash(say("Đã yêu cầu ghi đè lại."), "good")
    return redirect(url_for("dossiers.show", key=key))


def _page(key: DossierId, refused: Refusal | None = None) -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        view = overview.dossier(store, here.runtime().vault, key, by=here.actor())
        why_not = None
        try:
            erasing.erasable(store, key, by=here.actor())
        except (DossierErased, NotOver) as hindered:
            why_not = hindered
        erased = erasing.told(store, key)
        overwriting = erasing.overwriting(store, erased) if erased else None
    said = refused or why_not
    page = render_template(
        "erasing/erasing.html",
        refusal=told(said, at="password" if isinstance(said, OldPasswordWrong) else "")
        if said
        else "",
        view=view,
        possible=why_not is None,
        overwriting=overwriting,
        reasons=list(EraseReason),
        typed=forms.typed("reason", "code"),
    )
    return page, status_of(refused) if refused else 200
