"""See what was taken for each agency in some days, print the list, and tell that the counted cash was handed on."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.ids import UnitCode
from postal_service.domain.refusals import Refusal
from postal_service.domain.wording_numbers import dong
from postal_service.reports import Period
from postal_service.services import once, overview, places, remittances
from postal_service.services.remittances import MOST_AT_ONCE, REMITTING, SEEING, Days, TillChanged
from postal_service.storage.transaction import reading, transaction
from postal_service.web import form_keys, forms, here, limits, periods
from postal_service.web.errors import status_of, told
from postal_service.web.fees import paper
from postal_service.web.gate import staff_only
from postal_service.web.language import say
from postal_service.web.papers import opened

pages = Blueprint("fees", __name__, template_folder="templates", url_prefix="/fees")


@pages.get("")
@staff_only(*SEEING)
def show() -> ResponseReturnValue:
    return _page()


@pages.post("")
@staff_only(*REMITTING)
def remit() -> ResponseReturnValue:
    """What the page said of the list's cash in the till has reached the agency."""
    try:
        period = periods.asked()
        reference = forms.line("reference", "Số chứng từ nộp", most=limits.REFERENCE)
        key = form_keys.read()
        with transaction(here.sessions()) as store:
            once.use(store, key)
            count, amount = remittances.remit(
                store,
                _agency(),
                _days(period),
                shown=forms.raw("shown"),
                reference=reference,
                by=here.actor(),
                at=here.now(),
            )
    except Refusal as refused:
        return _page(refused)
    flash(
        say("Đã ghi nộp {count} khoản, {amount}.", count=count, amount=dong(amount)),
        "good",
    )
    days = periods.in_address(period)
    return redirect(url_for("fees.show", agency=_agency(), first=days["first"], last=days["last"]))


@pages.get("/list.pdf")
@staff_only(*SEEING)
def printed() -> ResponseReturnValue:
    """The list of one agency, for both sides to sign."""
    period, agency, by, at = periods.asked(), _agency(), here.actor(), here.now()
    with reading(here.sessions()) as store:
        fees = remittances.whole(store, agency, _days(period), by=by)
        names = overview.names(store, (), (), units=[agency], staff=[by.staff])
        office = places.workplace(store, by=by, at=at)
    pdf = paper.render(
        fees,
        period,
        agency=names.unit(agency),
        office=office.name,
        printed_by=names.person(by.staff),
        at=at,
    )
    return opened(pdf, f"bang-ke-phi-{period.first:%Y%m%d}-{period.last:%Y%m%d}.pdf")


def _agency() -> UnitCode:
    return UnitCode(forms.asked("agency"))


def _days(period: Period) -> Days:
    return Days(since=period.since, until=period.until)


def _page(refused: Refusal | None = None) -> ResponseReturnValue:
    by, agency = here.actor(), _agency()
    try:
        period = periods.asked()
    except Refusal as wrong:
        refused, period = wrong, Period.month_of(here.now())
    days = _days(period)
    with reading(here.sessions()) as store:
        found = remittances.agencies(store, days, by=by)
        chosen = next((each for each in found if each.agency == agency), None)
        fees, following = (
            remittances.fees(store, agency, days, by=by, after=forms.number_cursor())
            if chosen
            else ([], 0)
        )
        next_step = (
            remittances.fees_to_remit(store, agency, days, by=by)
            if chosen and by.may(*REMITTING)
            else None
        )
    page = render_template(
        "fees/fees.html",
        refusal=told(refused, at="" if isinstance(refused, TillChanged) else "reference")
        if refused
        else "",
        agencies=found,
        chosen=chosen,
        fees=fees,
        following=following,
        asked=periods.in_address(period),
        next_step=next_step,
        most=MOST_AT_ONCE,
        typed=forms.typed("reference"),
    )
    return page, status_of(refused) if refused else 200
