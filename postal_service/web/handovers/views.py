"""Offer, take, withdraw. The record comes with the answer that made it, and is printed again from the ledger at any time."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.actors import Role
from postal_service.domain.acts import Capacity, ReservedFor
from postal_service.domain.ids import EventId, ItemId, StaffId, UnitCode
from postal_service.domain.refusals import Refusal
from postal_service.papers.handover_record import file_name, view_of
from postal_service.printing import handover_record
from postal_service.services import (
    bags,
    directory,
    half_handovers,
    handing_over,
    handover_records,
    handovers,
    overview,
    places,
    scanning,
    sight,
    signed_handovers,
)
from postal_service.services.handovers import Reservation
from postal_service.storage.transaction import reading, transaction
from postal_service.web import forms, here, limits
from postal_service.web.errors import status_of, told
from postal_service.web.forms import NotAChoice
from postal_service.web.gate import staff_only
from postal_service.web.handovers.record import printable
from postal_service.web.language import say
from postal_service.web.papers import opened

pages = Blueprint("handovers", __name__, template_folder="templates", url_prefix="/handovers")

HANDING = (Role.DESK_CLERK, Role.POSTAL_CLERK, Role.AGENCY, Role.MANAGER)
RECEIVES = "take"


@pages.get("")
@staff_only(*HANDING)
def listed() -> ResponseReturnValue:
    """What waits to be taken here, and what of ours nobody has taken yet."""
    with reading(here.sessions()) as store:
        incoming = half_handovers.incoming(
            store,
            limit=here.runtime().settings.half_handover_limit,
            by=here.actor(),
            at=here.now(),
            after=forms.cursor("incoming"),
        )
        outgoing = half_handovers.outgoing(
            store,
            limit=here.runtime().settings.half_handover_limit,
            by=here.actor(),
            at=here.now(),
            after=forms.cursor("outgoing"),
        )
    return render_template(
        "handovers/list.html",
        incoming=incoming,
        outgoing=outgoing,
        may_bag=here.actor().may(Role.POSTAL_CLERK, Role.MANAGER),
    )


@pages.get("/new")
@staff_only(*HANDING)
def new() -> ResponseReturnValue:
    return _offer_page()


@pages.post("/new")
@staff_only(*HANDING)
def offer() -> ResponseReturnValue:
    """Put the ticked and the scanned items out for a unit, or for the one whose badge was scanned."""
    try:
        scanned = [line for line in forms.raw("codes")[: limits.LIST].splitlines() if line.strip()]
        badge = forms.optional_line("badge", "Thẻ người nhận", most=limits.BADGE)
        with transaction(here.sessions()) as store:
            scans = scanning.items(
                store,
                [*forms.many("item", most=handovers.LARGEST_BATCH), *scanned],
                by=here.actor(),
                at=here.now(),
            )
            chosen = bags.with_contents(store, scans)
            to_staff = directory.colleague_by_badge(store, badge).staff if badge else StaffId("")
            to_unit = (
                directory.actor(store, to_staff).unit
                if to_staff
                else UnitCode(forms.line("to_unit", "Đơn vị nhận", most=limits.UNIT))
            )
            places.path_of(store, to_unit)
            made = handovers.offer(
                store,
                here.keys(),
                chosen,
                to_unit=to_unit,
                to_staff=to_staff,
                by=here.actor(),
                at=here.now(),
            )
    except Refusal as refused:
        return _offer_page(refused)
    flash(
        say("Đã ký đề nghị bàn giao {count} bưu gửi. Chờ bên nhận ký.", count=len(made.items)),
        "good sent",
    )
    return redirect(url_for("handovers.show", batch=made.batch))


@pages.get("/records")
@staff_only(*HANDING)
def signed() -> ResponseReturnValue:
    """What this counter has lately handed over or taken, wherever the other side signed."""
    with reading(here.sessions()) as store:
        lately = signed_handovers.of_counter(store, by=here.actor())
    return render_template("handovers/records.html", lately=lately)


@pages.get("/records/<event>")
@staff_only()
def record(event: str) -> ResponseReturnValue:
    """The record again, for either side. Raises UnknownRecord to everybody else, or HalfSigned."""
    runtime = here.runtime()
    with reading(here.sessions()) as store:
        found = handover_records.of_event(
            store, EventId(event), policy=runtime.policy, by=here.actor()
        )
    paper = view_of(found, runtime.settings.label_host, printed_again_at=here.now())
    return opened(handover_record.render(paper), file_name(found))


@pages.get("/<batch>")
@staff_only(*HANDING)
def show(batch: str) -> ResponseReturnValue:
    """An open hand-over as both sides see it. Raises UnknownBatch to everybody else."""
    with reading(here.sessions()) as store:
        found = handing_over.batch(store, batch, by=here.actor())
    return render_template("handovers/batch.html", batch=found)


@pages.get("/<batch>/take")
@staff_only(*HANDING)
def take(batch: str) -> ResponseReturnValue:
    return _take_page(batch)


@pages.post("/<batch>/take")
@staff_only(*HANDING)
def sign_taking(batch: str) -> ResponseReturnValue:
    """Take what is there, reserve the rest; the record comes with the answer."""
    try:
        with transaction(here.sessions()) as store:
            found = handing_over.batch(store, batch, by=here.actor())
            unit = places.workplace(store, by=here.actor(), at=here.now())
            at_desk = unit.kind in {places.DESK, places.AGENCY}
            reserved = handovers.with_bags(
                [line.standing for line in found.lines],
                _reserved([line.standing.item for line in found.in_hand]),
            )
            taken = handovers.take(
                store,
                here.keys(),
                batch,
                capacity=Capacity.DESK if at_desk else Capacity.COUNTER,
                reserved=reserved,
                by=here.actor(),
                at=here.now(),
            )
            done = handing_over.outcome(store, found, taken, by=here.actor(), at=here.now())
            record = handover_records.of_event(
                store, taken.events[0], policy=here.runtime().policy, by=here.actor()
            )
    except Refusal as refused:
        return _take_page(batch, refused)
    made = printable(record, here.runtime().settings)
    return render_template("handovers/done.html", done=done, papers=[made])


@pages.post("/<batch>/withdraw")
@staff_only(*HANDING)
def withdraw(batch: str) -> ResponseReturnValue:
    why = forms.line("why", "Lý do", most=limits.REASON)
    with transaction(here.sessions()) as store:
        handing_over.batch(store, batch, by=here.actor())
        back = handovers.withdraw(
            store, here.keys(), batch, why=why, by=here.actor(), at=here.now()
        )
    flash(say("Đã rút đề nghị bàn giao {count} bưu gửi.", count=len(back)), "good")
    return redirect(url_for("handovers.listed"))


def _reserved(items: list[ItemId]) -> Mapping[ItemId, Reservation]:
    reserved: dict[ItemId, Reservation] = {}
    for item in items:
        answer = forms.raw(f"answer-{item}")
        if answer == RECEIVES:
            continue
        if answer not in {each.value for each in ReservedFor}:
            raise NotAChoice(field=item)  # a line that nobody decided is not taken in silence
        reserved[item] = Reservation(reserved_for=ReservedFor(answer))
    return reserved


def _offer_page(refused: Refusal | None = None) -> ResponseReturnValue:
    preset = forms.asked("item")
    with reading(here.sessions()) as store:
        if preset:
            sight.item(store, ItemId(preset), by=here.actor())
        ready = handing_over.ready(store, by=here.actor(), after=forms.cursor())
        units = overview.unit_names(
            store, [line.standing.destination for line in ready.lines] + list(ready.neighbours)
        )
    typed = forms.typed("badge", "to_unit") | {"codes": forms.raw("codes")[: limits.LIST]}
    if preset and preset not in {line.standing.item for line in ready.lines}:
        typed["codes"] = preset  # it stands on another page of the list, or is not sealed yet
    page = render_template(
        "handovers/offer.html",
        refusal=told(refused) if refused else "",
        ready=ready,
        units=sorted(units.items(), key=lambda pair: pair[1]),
        chosen=set(forms.many("item", most=handovers.LARGEST_BATCH))
        | ({preset} if preset else set()),
        typed=typed,
        after=forms.cursor(),
        badge=forms.raw("badge") or forms.asked("colleague"),
    )
    return page, status_of(refused) if refused else 200


def _take_page(batch: str, refused: Refusal | None = None) -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        found = handing_over.batch(store, batch, by=here.actor())
    page = render_template(
        "handovers/take.html",
        refusal=told(refused) if refused else "",
        batch=found,
        reasons=list(ReservedFor),
        receives=RECEIVES,
        answers={
            line.standing.item: forms.raw(f"answer-{line.standing.item}") for line in found.in_hand
        },
    )
    return page, status_of(refused) if refused else 200
