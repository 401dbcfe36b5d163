"""The account pages."""

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.actors import Role
from postal_service.domain.persons import PersonRole
from postal_service.domain.refusals import Refusal
from postal_service.services import access, evidence_shown, factor_resets, overview, second_factor
from postal_service.services.persons import Purpose
from postal_service.storage.transaction import reading, transaction
from postal_service.web import forms, here, limits
from postal_service.web.errors import status_of, told
from postal_service.web.gate import (
    WORKS_FOR,
    cookie_name,
    local_path,
    open_to_all,
    staff_only,
    token,
)
from postal_service.web.labels import word
from postal_service.web.language import CHOSEN, LANGUAGES, language, say
from postal_service.web.security import limiter
from postal_service.web.tabs import home_endpoint

SIGN_INS_A_MINUTE = "10 per minute; 100 per hour"

pages = Blueprint("account", __name__, template_folder="templates")


@pages.get("/")
@open_to_all
def home() -> ResponseReturnValue:
    """Straight to the first page of the person's role."""
    if here.signed_in() is None:
        return redirect(url_for("account.sign_in"))
    return redirect(url_for(home_endpoint()))


@pages.get("/sign-in")
@open_to_all
def sign_in() -> ResponseReturnValue:
    return _sign_in_page()


@pages.post("/sign-in")
@open_to_all
@limiter.limit(SIGN_INS_A_MINUTE)
def try_to_sign_in() -> ResponseReturnValue:
    """Count the try, then compare; a new session and a new form token, whoever was here before."""
    login, password = forms.raw("login")[: limits.LOGIN], forms.raw("password")[:1000]
    try:
        with transaction(here.sessions()) as store:
            access.count_try(store, login, at=here.now())
        with transaction(here.sessions()) as store:
            fresh = access.sign_in(
                store,
                here.runtime().vault,
                login,
                password,
                totp=forms.raw("totp")[: limits.FACTOR_CODE],
                at=here.now(),
            )
    except access.SignInFailed as refused:
        return _sign_in_page(refused)
    _forget_old_session()
    answer = redirect(local_path(forms.raw("next"), url_for("account.home")))
    answer.set_cookie(
        cookie_name(),
        fresh,
        httponly=True,
        secure=here.runtime().settings.secure_cookies,
        samesite="Lax",
        path="/",
    )
    return answer


@pages.post("/sign-out")
@open_to_all
def sign_out() -> ResponseReturnValue:
    """End the session on the server; the cookie alone is worth nothing afterwards."""
    _forget_old_session()
    answer = redirect(url_for("account.sign_in"))
    answer.delete_cookie(
        cookie_name(), secure=here.runtime().settings.secure_cookies, httponly=True, samesite="Lax"
    )
    return answer


@pages.post("/language")
@open_to_all
def choose_language() -> ResponseReturnValue:
    if forms.raw("language") in LANGUAGES:
        session[CHOSEN] = forms.raw("language")
    return redirect(local_path(forms.raw("next"), url_for("account.home")))


@pages.get("/account")
@staff_only()
def show() -> ResponseReturnValue:
    return _account_page()


@pages.post("/account/work-place")
@staff_only()
def choose_work_place() -> ResponseReturnValue:
    """Work for another unit that one has a role over; anything else changes nothing."""
    person = here.signed_in()
    asked = forms.raw("unit")
    if person is not None and asked in {place.unit for place in person.work_places}:
        session[WORKS_FOR] = asked
    return redirect(url_for("account.home"))


@pages.post("/account/password")
@staff_only()
@limiter.limit(SIGN_INS_A_MINUTE)
def change_password() -> ResponseReturnValue:
    new = forms.raw("new")
    if new != forms.raw("again"):
        return _account_page(
            said=say("Hai lần gõ mật khẩu mới không giống nhau. Mật khẩu chưa thay đổi.")
        )
    try:
        with transaction(here.sessions()) as store:
            access.change_own_password(store, old=forms.raw("old"), new=new, by=here.actor())
    except Refusal as refused:
        return _account_page(refused)
    flash(say("Đã đổi mật khẩu. Mọi phiên làm việc đã kết thúc; hãy đăng nhập lại."), "good")
    return redirect(url_for("account.sign_in"))


def _sign_in_page(refused: Refusal | None = None) -> ResponseReturnValue:
    page = render_template(
        "account/sign_in.html",
        refusal=told(refused, saved=True) if refused else "",
        login=forms.raw("login")[: limits.LOGIN],
        next_path=local_path(request.values.get("next", ""), ""),
    )
    return page, 200 if refused is None else status_of(refused)


def _account_page(refused: Refusal | None = None, said: str = "") -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        open_sessions = access.sessions_of(store, here.actor(), at=here.now())
        looks = access.looks_of(store, here.actor())
        second_factor_is_on = second_factor.is_on(store, here.actor())
        resets = factor_resets.of_person(store, here.actor())
        names = factor_resets.names(store, resets)
        units = overview.unit_names(store, [grant.unit for grant in here.actor().grants])
    page = render_template(
        "account/account.html",
        refusal=told(refused) if refused else said,
        grants=here.actor().grants,
        is_courier=here.actor().may(Role.COURIER),
        open_sessions=open_sessions,
        looks=[(look, _seen(look.what), word(Purpose(look.why))) for look in looks],
        units=units,
        second_factor_is_on=second_factor_is_on,
        resets=resets,
        names=names,
        sees_resets=here.actor().may(*factor_resets.SEEING),
    )
    status = status_of(refused) if refused else (400 if said else 200)
    return page, status


def _seen(what: str) -> str:
    """What was looked at or erased: a paper's scan, a place on the map, people by their role, all."""
    if what.startswith("scan "):
        return say("bản quét")
    if what == evidence_shown.LOOK:
        return say("ảnh, tệp bằng chứng")
    if what == "position":
        return say("vị trí trên bản đồ")
    if what.startswith("erased "):
        return say("toàn bộ dữ liệu cá nhân")
    return ", ".join(word(PersonRole(role)).lower() for role in what.split(",") if role)


def _forget_old_session() -> None:
    if token():
        with transaction(here.sessions()) as store:
            access.sign_out(store, token())
    chosen = language()
    session.clear()  # and with it the token that forms carry
    session[CHOSEN] = chosen
    g.pop("signed_in", None)
