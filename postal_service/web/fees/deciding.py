"""Confirm what a fee is, by the decision that set it. What was entered stays; the new fee applies from its day."""

from datetime import date
from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.actors import SHARED, Role
from postal_service.domain.procedures import BadProcedureCode, Channel, NoVersion
from postal_service.domain.refusals import Refusal
from postal_service.domain.wording_dates import local, short_date
from postal_service.domain.wording_numbers import dong
from postal_service.services import once, overview, procedures
from postal_service.services.procedures import (
    LISTED,
    DecidedLater,
    Decision,
    FeeOutsideVersion,
    UnknownProcedure,
)
from postal_service.storage.transaction import reading, transaction
from postal_service.web import form_keys, forms, here, limits
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.labels import worded
from postal_service.web.language import say

pages = Blueprint(
    "fee_decisions", __name__, template_folder="templates", url_prefix="/fees/decisions"
)

FIELD_OF: Final[dict[type[Refusal], str]] = {
    FeeOutsideVersion: "valid_from",
    DecidedLater: "decided_on",
}


@pages.get("")
@staff_only(Role.ADMINISTRATOR)
def listed() -> ResponseReturnValue:
    """The fees that wait, or whatever procedure was asked for."""
    query = forms.asked("q", most=limits.PROCEDURE_QUERY)
    with reading(here.sessions()) as store:
        found = (
            procedures.search(store, query, day=_today())
            if query
            else procedures.unconfirmed(store, day=_today(), after=forms.cursor())
        )
    following = found[-1].code if not query and len(found) >= LISTED else ""
    return render_template("fees/waiting.html", query=query, found=found, following=following)


@pages.get("/<code>")
@staff_only(Role.ADMINISTRATOR)
def show(code: str) -> ResponseReturnValue:
    return _page(code)


@pages.post("/<code>")
@staff_only(Role.ADMINISTRATOR)
def confirm(code: str) -> ResponseReturnValue:
    try:
        key = form_keys.read()
        with forms.together():
            channel = _channel()
            amount = forms.given_number("amount", "Mức thu (đồng)", within=limits.AMOUNT)
            valid_from = forms.day("valid_from", "Áp dụng từ")
            number = forms.line("number", "Số văn bản quy định mức thu", most=limits.DOCUMENT)
            decided_on = forms.day("decided_on", "Ngày của văn bản")
        with transaction(here.sessions()) as store:
            once.use(store, key)
            version, _ = procedures.version_on(store, code, _today())
            fee = procedures.decide_fee(
                store,
                version,
                channel=channel,
                amount_dong=amount,
                valid_from=valid_from,
                decision=Decision(number=number, decided_on=decided_on),
                by=here.actor(),
                at=here.now(),
            )
    except (UnknownProcedure, BadProcedureCode, NoVersion):
        raise
    except Refusal as refused:
        return _page(code, refused)
    said = say(
        "Đã xác nhận: {amount}, từ {day}, theo {source}.",
        amount=dong(amount),
        day=short_date(valid_from),
        source=fee.source,
    )
    flash(said, "good")
    return redirect(url_for("fee_decisions.show", code=code))


def _channel() -> Channel | None:
    if not forms.raw("channel"):
        return None
    return forms.choice("channel", "Cách nộp hồ sơ", Channel)


def _page(code: str, refused: Refusal | None = None) -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        number, version = procedures.version_on(store, code, _today())
        confirmed = procedures.confirmations(store, number)
        names = overview.names(store, (), (), staff=[each.by for each in confirmed if each])
    page = render_template(
        "fees/decide.html",
        refusal=told(refused, at=FIELD_OF.get(type(refused), "")) if refused else "",
        version=version,
        fees=list(zip(version.fees, confirmed, strict=True)),
        names=names,
        channels=[("", say("mọi cách nộp")), *worded(Channel)],
        today=_today(),
        may_confirm=here.actor().administers(SHARED),
    )
    return page, status_of(refused) if refused else 200


def _today() -> date:
    return local(here.now()).date()
