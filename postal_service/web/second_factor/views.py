"""The secret is shown once, in the form that confirms it; until then it is kept nowhere on the server."""

from datetime import datetime, timedelta
from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer

from postal_service.domain.refusals import OutOfDate, Refusal
from postal_service.services import access, second_factor
from postal_service.services.access import OldPasswordWrong
from postal_service.storage.transaction import reading, transaction
from postal_service.web import forms, here, limits
from postal_service.web.errors import status_of, told
from postal_service.web.form_keys import FormNotOurs
from postal_service.web.gate import staff_only
from postal_service.web.language import say
from postal_service.web.phones.pictures import qr_link
from postal_service.web.security import limiter

pages = Blueprint(
    "second_factor", __name__, template_folder="templates", url_prefix="/account/second-factor"
)

TRIES: Final = "10 per minute; 100 per hour"
OFFERED_FOR: Final = timedelta(minutes=15)
LARGEST_SYMBOL: Final = 15  # QR version; a long login makes a long address


class OfferTooOld(OutOfDate):
    """The secret was shown too long ago."""

    code = "second_factor.form_too_old"


@pages.get("")
@staff_only()
def show() -> ResponseReturnValue:
    return _page()


@pages.post("")
@staff_only()
@limiter.limit(TRIES)
def switch_on() -> ResponseReturnValue:
    """Password and the telephone's first code; then the recovery codes, once."""
    secret = ""
    try:
        secret = _offered()
        with transaction(here.sessions()) as store:
            access.refuse_unless_own_password(store, forms.raw("password"), by=here.actor())
            codes = second_factor.switch_on(
                store, here.runtime().vault, secret, _code(), by=here.actor(), at=here.now()
            )
    except Refusal as refused:
        return _page(refused, form="on", secret=secret)
    return render_template("second_factor/codes.html", codes=codes)


@pages.post("/off")
@staff_only()
@limiter.limit(TRIES)
def switch_off() -> ResponseReturnValue:
    try:
        with transaction(here.sessions()) as store:
            access.refuse_unless_own_password(store, forms.raw("password"), by=here.actor())
            second_factor.switch_off(
                store, here.runtime().vault, _code(), by=here.actor(), at=here.now()
            )
    except Refusal as refused:
        return _page(refused, form="off")
    flash(say("Đã tắt xác thực hai lớp."), "good")
    return redirect(url_for("account.show"))


@pages.post("/codes")
@staff_only()
@limiter.limit(TRIES)
def renew_codes() -> ResponseReturnValue:
    try:
        with transaction(here.sessions()) as store:
            access.refuse_unless_own_password(store, forms.raw("password"), by=here.actor())
            codes = second_factor.renew_recovery_codes(
                store, here.runtime().vault, _code(), by=here.actor(), at=here.now()
            )
    except Refusal as refused:
        return _page(refused, form="codes")
    return render_template("second_factor/codes.html", codes=codes)


def _code() -> str:
    return forms.raw("code")[: limits.FACTOR_CODE]


def _page(
    refused: Refusal | None = None, *, form: str = "", secret: str = ""
) -> ResponseReturnValue:
    by = here.actor()
    with reading(here.sessions()) as store:
        is_on = second_factor.is_on(store, by)
        left = second_factor.recovery_codes_left(store, by)
    # What was scanned already stays on the page after a wrong code.
    offered = "" if is_on else secret or second_factor.fresh_secret()
    person = here.signed_in()
    login = person.login if person is not None else ""
    at = "password" if isinstance(refused, OldPasswordWrong) else "code"
    page = render_template(
        "second_factor/second_factor.html",
        refusal=told(refused, at=at, form=form) if refused else "",
        is_on=is_on,
        left=left,
        offer=_serializer().dumps([by.staff, offered, here.now().isoformat()]) if offered else "",
        groups=[offered[start : start + 4] for start in range(0, len(offered), 4)],
        picture=qr_link(second_factor.address_of(offered, login), largest=LARGEST_SYMBOL)
        if offered
        else "",
    )
    return page, status_of(refused) if refused else 200


def _offered() -> str:
    """The secret that this form showed. Raises FormNotOurs or OfferTooOld."""
    try:
        of, secret, since = _serializer().loads(forms.raw("offer")[:600])
        shown_at = datetime.fromisoformat(since)
    except (BadSignature, ValueError, TypeError):
        raise FormNotOurs from None
    if of != here.actor().staff:
        raise FormNotOurs
    if shown_at + OFFERED_FOR < here.now():
        raise OfferTooOld
    return str(secret)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(here.runtime().settings.cookie_key, salt="second-factor-offer")
