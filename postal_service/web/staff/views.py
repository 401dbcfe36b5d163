"""The staff under an administrator: give a password, dismiss, take back, take a role away."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.actors import Role
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.domain.refusals import Refusal
from postal_service.services import access, directory, overview, staffing
from postal_service.services.access import OldPasswordWrong
from postal_service.services.staffing import Decision
from postal_service.storage.transaction import reading, transaction
from postal_service.web import forms, here, limits
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.language import say
from postal_service.web.security import limiter

pages = Blueprint("staff", __name__, template_folder="templates", url_prefix="/staff")

TRIES: Final = "20 per minute; 200 per hour"


class What(StrEnum):
    GIVE = "password"
    DISMISS = "dismiss"
    TAKE_BACK = "take_back"
    TAKE_ROLE = "take_role"


@dataclass(frozen=True, kw_only=True)
class Given:
    """A password, and whose it is. Nobody can tell it again, so no list decides whether it is shown."""

    login: str
    password: str


@pages.get("")
@staff_only(Role.ADMINISTRATOR)
def listed() -> ResponseReturnValue:
    return _page()


@pages.post("/<staff>")
@staff_only(Role.ADMINISTRATOR)
@limiter.limit(TRIES)
def change(staff: str) -> ResponseReturnValue:
    """With one's own password: a session alone does not change who may sign in."""
    try:
        with forms.together():
            what = forms.choice("what", say("Việc cần làm"), What)
            why = forms.line("why", say("Lý do"), most=limits.REASON)
        given = _changed(StaffId(staff), what, why)
    except Refusal as refused:
        return _page(refused, at=staff)
    if given is not None:
        return _page(given=given)
    flash(_done(what), "good")
    return redirect(
        url_for("staff.listed", named=forms.asked("named"), after=forms.cursor() or None)
    )


def _changed(who: StaffId, what: What, why: str) -> Given | None:
    """The password that was given, if one was."""
    decision = Decision(why=why, by=here.actor(), at=here.now())
    with transaction(here.sessions()) as store:
        access.refuse_unless_own_password(store, forms.raw("password"), by=here.actor())
        match what:
            case What.GIVE:
                password = staffing.give_password(store, who, decision)
                return Given(login=directory.login_of(store, who), password=password)
            case What.DISMISS:
                staffing.dismiss(store, who, decision)
            case What.TAKE_BACK:
                staffing.take_back(store, who, decision)
            case What.TAKE_ROLE:
                role = forms.choice("role", say("Vai trò"), Role)
                over = UnitCode(forms.line("over", say("Đơn vị"), most=limits.UNIT))
                staffing.take_role(store, who, role, over, decision)
            case _:
                assert_never(what)
    return None


def _form_of_role(staff: str, role: str, unit: str) -> str:
    """A person has a form for the account, called by his id, and one for each role."""
    return f"{staff}-{role}-{unit}"


def _done(what: What) -> str:
    return {
        What.DISMISS: say(
            "Đã cho nghỉ: người này không còn đăng nhập được, trên web và điện thoại."
        ),
        What.TAKE_BACK: say("Đã nhận lại. Hãy cấp mật khẩu để người này đăng nhập."),
        What.TAKE_ROLE: say("Đã thu vai trò."),
    }[what]


def _page(
    refused: Refusal | None = None,
    *,
    at: str = "",
    given: Given | None = None,
) -> ResponseReturnValue:
    by = here.actor()
    named = forms.asked("named")
    with reading(here.sessions()) as store:
        accounts, following = staffing.listed(store, by=by, named=named, after=forms.cursor())
        names = staffing.names(store, accounts)
        units = overview.unit_names(
            store, [grant.unit for account in accounts for grant in account.grants]
        )
    of_roles = {
        _form_of_role(account.staff, grant.role, grant.unit)
        for account in accounts
        for grant in account.grants
    }
    form = _form_of_role(at, forms.raw("role"), forms.raw("over"))
    field = "password" if isinstance(refused, OldPasswordWrong) else ""
    page = render_template(
        "staff/staff.html",
        refusal=told(refused, at=field, form=form if form in of_roles else at) if refused else "",
        accounts=accounts,
        following=following,
        names=names,
        units=units,
        named=named,
        refused_at=at,
        given=given,
        after=forms.cursor(),
        myself=by.staff,
        form_of_role=_form_of_role,
    )
    return page, status_of(refused) if refused else 200
