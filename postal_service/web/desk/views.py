"""The desk's page and the scan that starts everything from it."""

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.actors import Role
from postal_service.domain.custody import State
from postal_service.domain.ids import ItemId
from postal_service.domain.refusals import Refusal
from postal_service.domain.wording_dates import local
from postal_service.services import (
    calendars,
    cases,
    forwarding,
    half_exchanges,
    half_handovers,
    held,
    overview,
    particulars,
    places,
    run_lists,
    scanning,
    shifts,
    sight,
)
from postal_service.services.counter_delivery import DELIVERING
from postal_service.services.digitisation import SCANNERS
from postal_service.services.scanning import Kind, Scanned
from postal_service.storage.transaction import reading
from postal_service.web import forms, here, limits
from postal_service.web.acts import begins
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only

pages = Blueprint("desk", __name__, template_folder="templates")

AT_A_DESK = (Role.DESK_CLERK, Role.POSTAL_CLERK, Role.AGENCY, Role.MANAGER)


@pages.get("/desk")
@staff_only(*AT_A_DESK)
def show() -> ResponseReturnValue:
    return _page()


@pages.post("/scan")
@staff_only(*AT_A_DESK)
def scan() -> ResponseReturnValue:
    """One scan leads to the one act that is possible, else to the object with its acts as buttons.

    A script asks for JSON and gets where to go, or the refusal's sentence with a tone.
    """
    by_script = request.accept_mimetypes.best == "application/json"
    try:
        with reading(here.sessions()) as store:
            found = scanning.resolve(
                store, forms.raw("code")[: limits.SCANNED], by=here.actor(), at=here.now()
            )
            paths = (
                [
                    begin.path
                    for begin in begins(
                        sight.item(store, ItemId(found.id), by=here.actor()), here.actor()
                    )
                ]
                if found.kind is Kind.ITEM
                else []
            )
    except Refusal as refused:
        if by_script:
            return jsonify(tone="bad", said=told(refused)), status_of(refused)
        return _page(refused)
    path = paths[0] if len(paths) == 1 else _path_of(found)
    return jsonify(tone="good", go=path) if by_script else redirect(path)


def _path_of(found: Scanned) -> str:
    match found.kind:
        case Kind.ITEM:
            return url_for("items.show", number=found.id)
        case Kind.DOSSIER:
            return url_for("dossiers.show", key=found.id)
        case Kind.DELIVERY_CODE:
            return url_for("delivery.show", number=found.id)
        case Kind.COLLEAGUE:
            return url_for("handovers.new", colleague=forms.raw("code").strip()[:40])


def _page(refused: Refusal | None = None) -> ResponseReturnValue:
    may_compare = here.actor().may(*particulars.CORRECTING)
    may_forward = here.actor().may(*forwarding.FORWARDING)
    with reading(here.sessions()) as store:
        stacks = overview.stacks(store, by=here.actor(), after=forms.cursor())
        alarms = half_handovers.alarms(
            store,
            limit=here.runtime().settings.half_handover_limit,
            by=here.actor(),
            at=here.now(),
        )
        exchanges = half_exchanges.alarms(
            store,
            limit=here.runtime().settings.half_handover_limit,
            by=here.actor(),
            at=here.now(),
        )
        waiting = cases.open_ones(store, by=here.actor())
        ended = cases.ended(store, by=here.actor())
        due = 0
        if here.actor().may(*DELIVERING):
            office = places.workplace(store, by=here.actor(), at=here.now())
            due = held.due(
                store,
                policy=here.policy(),
                calendar=calendars.of_unit(store, office),
                by=here.actor(),
                at=here.now(),
            )
        courier = overview.next_courier(store, by=here.actor(), at=here.now())
        by_door = (
            particulars.waiting_from_doors(store, by=here.actor())
            if may_compare
            else particulars.FromDoors()
        )
        names = overview.names(
            store, (), (), staff=[each.correction.made_by for each in by_door.heard]
        )
        tried = [
            line.standing
            for line in stacks.results
            if may_forward and line.standing.state is State.UNDELIVERED
        ]
        elsewhere = forwarding.elsewhere(
            store, here.runtime().vault, tried, day=local(here.now()).date()
        )
    page = render_template(
        "desk/desk.html",
        refusal=told(refused) if refused else "",
        stacks=stacks,
        alarms=alarms,
        cases=waiting,
        results_due=due,
        exchanges=exchanges,
        ended=ended,
        courier=courier,
        by_door=by_door,
        names=names,
        elsewhere=elsewhere,
        # Of those who moved, only results of this page of the stacks are looked at.
        moved_cut=by_door.cut or (may_forward and bool(stacks.following)),
        may_scan=here.actor().may(*SCANNERS),
        may_hand_shift=here.actor().may(*shifts.HANDING),
        may_load=here.actor().may(*run_lists.PRINTING),
        may_receive=here.actor().may(Role.DESK_CLERK, Role.POSTAL_CLERK),
    )
    return page, status_of(refused) if refused else 200
