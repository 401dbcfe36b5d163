"""Hand a shift over: look at what is in hand, count the cash, offer everything in one act, print for both to sign."""

from collections.abc import Mapping
from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from postal_service.domain.money import Line
from postal_service.domain.refusals import Refusal
from postal_service.services import directory, half_handovers, once, overview, places, shifts
from postal_service.services.purses import LineCount, compare
from postal_service.services.shifts import HANDING, Held, ReasonNeeded
from postal_service.storage.transaction import reading, transaction
from postal_service.web import counted_cash, form_keys, forms, here, limits
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.shifts.record import printable

pages = Blueprint("shifts", __name__, template_folder="templates", url_prefix="/shift")

MOST_SHOWN: Final = 200  # of the items; the paper has them all


@pages.get("")
@staff_only(*HANDING)
def show() -> ResponseReturnValue:
    return _page()


@pages.post("")
@staff_only(*HANDING)
def hand_over() -> ResponseReturnValue:
    """Offer what can go and keep the counting; the record comes with the answer."""
    counted: Mapping[Line, int] = {}
    by, at = here.actor(), here.now()
    try:
        counted = counted_cash.asked()
        why = forms.optional_line("why", "Lý do chênh lệch", most=limits.REASON)
        badge = forms.line("badge", "Thẻ người nhận ca", most=limits.BADGE)
        key = form_keys.read()
        with transaction(here.sessions()) as store:
            once.use(store, key)
            open_ones = (
                half_handovers.outgoing(
                    store, limit=here.runtime().settings.half_handover_limit, by=by, at=at
                ),
                half_handovers.incoming(
                    store, limit=here.runtime().settings.half_handover_limit, by=by, at=at
                ),
            )
            taker = directory.colleague_by_badge(store, badge).staff
            done = shifts.hand_over(store, here.keys(), taker, counted, why=why, by=by, at=at)
            lines = overview.lines(store, [*done.held.going, *done.held.staying])
            names = overview.names(store, (), (), staff=[by.staff, taker])
            office = places.workplace(store, by=by, at=at)
    except Refusal as refused:
        return _page(refused, counted)
    record = printable(done, lines, open_ones, names, office=office.name)
    return render_template("shifts/done.html", done=done, names=names, papers=[record])


def _page(
    refused: Refusal | None = None, counted: Mapping[Line, int] | None = None
) -> ResponseReturnValue:
    by = here.actor()
    with reading(here.sessions()) as store:
        held = shifts.held(store, by=by)
        outgoing = half_handovers.outgoing(
            store, limit=here.runtime().settings.half_handover_limit, by=by, at=here.now()
        )
        incoming = half_handovers.incoming(
            store, limit=here.runtime().settings.half_handover_limit, by=by, at=here.now()
        )
        before, following = shifts.countings(store, by=by, after=forms.cursor())
        about = "why" if isinstance(refused, ReasonNeeded) else "badge"
        page = render_template(
            "shifts/shift.html",
            refusal=told(refused, at=about) if refused else "",
            held=held,
            going=overview.lines(store, held.going[:MOST_SHOWN]),
            staying=overview.lines(store, held.staying[:MOST_SHOWN]),
            outgoing=outgoing,
            incoming=incoming,
            lines=list(Line),
            fields=counted_cash.FIELDS,
            compared=_compared(held, counted),
            typed=forms.typed("badge", "why", *counted_cash.FIELDS.values()),
            before=before,
            following=following,
            names=directory.names(
                store, {who for each in before for who in (each.giver, each.taker)}
            ),
        )
    return page, status_of(refused) if refused else 200


def _compared(held: Held, counted: Mapping[Line, int] | None) -> list[LineCount]:
    if not counted:
        return []
    return list(compare(held.expected, counted))
