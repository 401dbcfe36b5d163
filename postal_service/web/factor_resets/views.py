"""Ask for a removal, grant or refuse it, and see who did what when."""

from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.refusals import Refusal
from postal_service.services import access, factor_resets
from postal_service.services.access import OldPasswordWrong
from postal_service.services.factor_resets import ASKING, DECIDING, SEEING, ResetId
from postal_service.storage.transaction import reading, transaction
from postal_service.web import forms, here, limits
from postal_service.web.errors import status_of, told
from postal_service.web.forms import NotAChoice
from postal_service.web.gate import staff_only
from postal_service.web.language import say
from postal_service.web.security import limiter

pages = Blueprint(
    "factor_resets", __name__, template_folder="templates", url_prefix="/staff/second-factors"
)

TRIES: Final = "10 per minute; 100 per hour"


@pages.get("")
@staff_only(*SEEING)
def show() -> ResponseReturnValue:
    return _page()


@pages.post("")
@staff_only(*ASKING)
@limiter.limit(TRIES)
def ask() -> ResponseReturnValue:
    try:
        with forms.together():
            login = forms.line("login", "Tên đăng nhập của người bị mất", most=limits.LOGIN)
            why = forms.line("why", "Đã gặp, nhận ra người này bằng cách nào", most=limits.REASON)
        with transaction(here.sessions()) as store:
            factor_resets.ask(store, login.lower(), why=why, by=here.actor(), at=here.now())
    except Refusal as refused:
        return _page(refused)
    flash(
        say("Đã ghi đề nghị. Chưa có gì thay đổi cho đến khi một quản trị viên khác duyệt."), "good"
    )
    return redirect(url_for("factor_resets.show"))


@pages.post("/<reset>")
@staff_only(*DECIDING)
@limiter.limit(TRIES)
def decide(reset: str) -> ResponseReturnValue:
    """With one's own password: a session alone does not change how somebody signs in."""
    try:
        verdict = forms.raw("verdict")
        if verdict not in {"grant", "refuse"}:
            raise NotAChoice(field=say("Chờ duyệt"), input="verdict")
        with transaction(here.sessions()) as store:
            access.refuse_unless_own_password(store, forms.raw("password"), by=here.actor())
            factor_resets.decide(
                store,
                ResetId(reset),
                grant=verdict == "grant",
                by=here.actor(),
                at=here.now(),
            )
    except Refusal as refused:
        return _page(refused, form=reset)
    granted = say(
        "Đã gỡ xác thực hai lớp và kết thúc mọi phiên của người đó. "
        "Hãy nhắc họ đổi mật khẩu và bật lại."
    )
    flash(granted if verdict == "grant" else say("Đã từ chối; không có gì thay đổi."), "good")
    return redirect(url_for("factor_resets.show"))


def _page(refused: Refusal | None = None, *, form: str = "") -> ResponseReturnValue:
    by = here.actor()
    with reading(here.sessions()) as store:
        found, following = factor_resets.listed(store, by=by, after=forms.cursor())
        names = factor_resets.names(store, found)
    at = "password" if isinstance(refused, OldPasswordWrong) else "login"
    page = render_template(
        "factor_resets/resets.html",
        refusal=told(refused, at=at, form=form) if refused else "",
        found=found,
        following=following,
        names=names,
        may_ask=by.may(*ASKING),
        may_decide=by.may(*DECIDING),
        myself=by.staff,
        typed=forms.typed("login", "why"),
    )
    return page, status_of(refused) if refused else 200
