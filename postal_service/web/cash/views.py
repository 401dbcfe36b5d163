"""Count a purse beside what the entries say. A difference is shown line by line and nothing is taken over."""

from collections.abc import Mapping
from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.ids import StaffId
from postal_service.domain.money import Line
from postal_service.domain.refusals import Refusal
from postal_service.domain.wording_numbers import dong, in_figures
from postal_service.services import cash, directory, once, places, purses, remittances
from postal_service.services.cash import CASHIERS, CashDiffers
from postal_service.services.remittances import MOST_AT_ONCE, REMITTING, Remittance, TillChanged
from postal_service.storage.transaction import reading, transaction
from postal_service.web import counted_cash, form_keys, forms, here, limits
from postal_service.web.cash.slips import Counters, slip_of, slip_that_differs
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.labels import word
from postal_service.web.language import say

pages = Blueprint("cash", __name__, template_folder="templates", url_prefix="/cash")

# What has one owner and leaves the till whole; the state's fees go agency by agency (web/fees).
GO_ON: Final = (Line.POSTAGE, Line.COLLECTED_FOR_OTHERS)


@pages.get("")
@staff_only(*CASHIERS)
def listed() -> ResponseReturnValue:
    """Who carries cash, and since when; and what lies in the till."""
    return _list()


@pages.post("")
@staff_only(*REMITTING)
def empty_till() -> ResponseReturnValue:
    """What lies in the till on one line has reached its owner."""
    try:
        line = forms.choice("line", "Khoản", Line)
        reference = forms.line("reference", "Số chứng từ nộp", most=limits.REFERENCE)
        key = form_keys.read()
        with transaction(here.sessions()) as store:
            once.use(store, key)
            count, amount = remittances.empty_till(
                store,
                line,
                shown=forms.raw(f"shown-{line.value}"),
                reference=reference,
                by=here.actor(),
                at=here.now(),
            )
    except Refusal as refused:
        return _list(refused)
    flash(say("Đã ghi nộp {count} khoản, {amount}.", count=count, amount=dong(amount)), "good")
    return redirect(url_for("cash.listed"))


def _list(refused: Refusal | None = None) -> ResponseReturnValue:
    by = here.actor()
    with reading(here.sessions()) as store:
        found, following = purses.purses(store, by=by, after=forms.cursor())
        till = cash.till_of(store, by.unit)
        may_remit = by.may(*REMITTING)
        steps = {
            line: remittances.till_to_empty(store, line, by=by)
            for line in GO_ON
            if may_remit and till.get(line)
        }
    page = render_template(
        "cash/list.html",
        refusal=told(refused, at="" if isinstance(refused, TillChanged) else "reference")
        if refused
        else "",
        purses=found,
        following=following,
        till=till,
        steps=steps,
        goes_on=[(line.value, _told_step(line, step)) for line, step in steps.items()],
        most=MOST_AT_ONCE,
        typed=forms.typed("line", "reference"),
        myself=by.staff,
    )
    return page, status_of(refused) if refused else 200


def _told_step(line: Line, step: Remittance) -> str:
    return say(
        "{line}: {amount}, {count} khoản",
        line=word(line),
        amount=dong(step.dong),
        count=len(step.charges),
    )


@pages.get("/<staff>")
@staff_only(*CASHIERS)
def show(staff: str) -> ResponseReturnValue:
    return _page(StaffId(staff))


@pages.post("/<staff>")
@staff_only(*CASHIERS)
def hand_in(staff: str) -> ResponseReturnValue:
    """Take the cash over if every line's count is what was taken on it."""
    of = StaffId(staff)
    counted: Mapping[Line, int] = {}
    try:
        counted = counted_cash.asked()
        key = form_keys.read()
        with transaction(here.sessions()) as store:
            once.use(store, key)
            taken = cash.hand_in(store, of, counted, by=here.actor(), at=here.now())
    except CashDiffers as refused:
        return _page(of, refused, counted)
    except Refusal as refused:
        return _page(of, refused)
    flash(say("Đã nhận đủ {amount}.", amount=dong(sum(taken.by_line.values()))), "good")
    return redirect(url_for("cash.show", staff=staff))


def _told(refused: Refusal) -> str:
    """A difference is told in the line's own word, by the line's field."""
    if not isinstance(refused, CashDiffers):
        return told(refused)
    line = Line(str(refused.facts["line"]))
    said = CashDiffers(
        line=word(line),
        counted=in_figures(int(str(refused.facts["counted"]))),
        taken=in_figures(int(str(refused.facts["taken"]))),
    )
    return told(said, at=counted_cash.FIELDS[line])


def _page(
    staff: StaffId, refused: Refusal | None = None, counted: Mapping[Line, int] | None = None
) -> ResponseReturnValue:
    by = here.actor()
    with reading(here.sessions()) as store:
        held = purses.purse(store, staff, by=by)
        before, following = purses.handed_in(store, staff, by=by, before=forms.number_cursor())
        countings = purses.hand_ins(store, staff, by=by)
        cashiers = {each.cashier for each in before} | {each.cashier for each in countings}
        names = directory.names(store, {by.staff} | cashiers)
        office = places.workplace(store, by=by, at=here.now())
    compared = purses.compare(held.by_line, counted) if counted is not None else []
    counters = Counters(office=office.name, payer=held.name, cashiers=names)
    page = render_template(
        "cash/purse.html",
        refusal=_told(refused) if refused else "",
        purse=held,
        lines=list(Line),
        fields=counted_cash.FIELDS,
        typed=forms.typed(*counted_cash.FIELDS.values()),
        compared=compared,
        slips=[slip_of(each, counters) for each in countings],
        differing=[slip_that_differs(held, compared, counters, cashier=by.staff, at=here.now())]
        if compared
        else [],
        before=before,
        following=following,
        names=names,
        mine=staff == by.staff,
    )
    return page, status_of(refused) if refused else 200
