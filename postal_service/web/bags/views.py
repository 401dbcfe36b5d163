"""The bags of a post office. A bag's papers hold no secret, so its page prints them again at any time."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.actors import Role
from postal_service.domain.ids import ItemId, UnitCode
from postal_service.domain.refusals import Refusal
from postal_service.domain.wording_dates import local
from postal_service.papers.signed_heads import on_paper
from postal_service.services import (
    bags,
    handing_over,
    handovers,
    once,
    overview,
    scanning,
    sight,
    signed_heads,
    transport,
)
from postal_service.services.bags import BagView
from postal_service.services.recording import SealUsed
from postal_service.storage.transaction import reading, transaction
from postal_service.web import form_keys, forms, here, limits
from postal_service.web.acts import holds
from postal_service.web.bags.papers import printables
from postal_service.web.errors import status_of, told
from postal_service.web.forms import NotAChoice
from postal_service.web.gate import staff_only
from postal_service.web.language import say

pages = Blueprint("bags", __name__, template_folder="templates", url_prefix="/bags")

BAGGING = (Role.POSTAL_CLERK, Role.MANAGER)


@pages.get("")
@staff_only(*BAGGING)
def listed() -> ResponseReturnValue:
    """The bags that lie here, or are offered to this office."""
    with reading(here.sessions()) as store:
        found = bags.of_unit(store, by=here.actor())
        units = overview.unit_names(store, [each.standing.destination for each in found])
    return render_template("bags/list.html", bags=found, units=units)


@pages.get("/new")
@staff_only(*BAGGING)
def fill() -> ResponseReturnValue:
    return _fill_page()


@pages.post("/new")
@staff_only(*BAGGING)
def seal() -> ResponseReturnValue:
    """Put the ticked and the scanned items into a new bag and seal it: all of it or nothing."""
    try:
        destination = UnitCode(forms.line("destination", "Bưu cục nhận túi", most=limits.UNIT))
        serial = forms.serial("serial", "Số niêm phong túi")
        key = form_keys.read()
        with transaction(here.sessions()) as store:
            once.use(store, key)
            if destination not in bags.destinations(store, _today(), by=here.actor()):
                raise NotAChoice(field=say("Bưu cục nhận túi"), input="destination")
            made = transport.pack_bag(
                store,
                here.keys(),
                scanning.items(store, _codes(), by=here.actor(), at=here.now()),
                destination=destination,
                seal=serial,
                item_prefix=here.runtime().settings.item_prefix,
                by=here.actor(),
                at=here.now(),
            )
    except Refusal as refused:
        return _fill_page(refused)
    flash(
        say("Đã đóng túi {bag}: {count} bưu gửi.", bag=made.bag, count=len(made.items)),
        "good sent",
    )
    return redirect(url_for("bags.show", number=made.bag))


@pages.get("/<number>")
@staff_only(*BAGGING)
def show(number: str) -> ResponseReturnValue:
    return _page(ItemId(number))


@pages.post("/<number>/depart")
@staff_only(*BAGGING)
def depart(number: str) -> ResponseReturnValue:
    """The bag leaves with a run."""
    bag = ItemId(number)
    try:
        with transaction(here.sessions()) as store:
            sight.item(store, bag, by=here.actor())
            run = forms.line("run", "Chuyến thư", most=limits.RUN)
            transport.depart(store, here.keys(), bag, run=run, by=here.actor(), at=here.now())
    except Refusal as refused:
        return _page(bag, refused)
    flash(say("Đã ghi túi rời đi."), "good")
    return redirect(url_for("bags.show", number=number))


@pages.get("/<number>/open")
@staff_only(*BAGGING)
def to_open(number: str) -> ResponseReturnValue:
    return _open_page(ItemId(number))


@pages.post("/<number>/open")
@staff_only(*BAGGING)
def open_and_compare(number: str) -> ResponseReturnValue:
    """What was scanned out of the bag beside its manifest; what is missing is reported at once."""
    bag = ItemId(number)
    try:
        with transaction(here.sessions()) as store:
            view = bags.view(store, bag, by=here.actor())
            bags.refuse_unless_held(view, by=here.actor())
            serial = forms.serial("serial", "Số niêm phong thấy trên túi")
            found = scanning.items(store, _codes(), by=here.actor(), at=here.now())
            opened = bags.open_bag(
                store, here.keys(), bag, found, seal=serial, by=here.actor(), at=here.now()
            )
    except Refusal as refused:
        return _open_page(bag, refused)
    return render_template("bags/opened.html", opened=opened, view=view)


def _codes() -> list[str]:
    written = [line for line in forms.raw("codes")[: limits.LIST].splitlines() if line.strip()]
    return [*forms.many("item", most=handovers.LARGEST_BATCH), *written]


def _fill_page(refused: Refusal | None = None) -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        ready = handing_over.ready(store, by=here.actor(), after=forms.cursor())
        offices = bags.destinations(store, _today(), by=here.actor())
    page = render_template(
        "bags/fill.html",
        refusal=told(refused, at="serial" if isinstance(refused, SealUsed) else "codes")
        if refused
        else "",
        lines=[line for line in ready.lines if not line.standing.is_bag],
        following=ready.following,
        after=forms.cursor(),
        offices=sorted(offices.items(), key=lambda pair: pair[1]),
        chosen=set(forms.many("item", most=handovers.LARGEST_BATCH)),
        typed=forms.typed("destination", "serial") | {"codes": forms.raw("codes")[: limits.LIST]},
    )
    return page, status_of(refused) if refused else 200


def _page(bag: ItemId, refused: Refusal | None = None) -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        view = bags.view(store, bag, by=here.actor())
        head = signed_heads.newest(store, here.runtime().policy)
    page = render_template(
        "bags/bag.html",
        refusal=told(refused, at="run") if refused else "",
        view=view,
        papers=printables(view, on_paper(head, here.runtime().settings.label_host)),
        mine=_mine(view),
        typed=forms.typed("run"),
    )
    return page, status_of(refused) if refused else 200


def _open_page(bag: ItemId, refused: Refusal | None = None) -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        view = bags.view(store, bag, by=here.actor())
    if view.is_opened:
        raise bags.OpenedAlready(item=bag)
    page = render_template(
        "bags/open.html",
        refusal=told(refused, at="codes") if refused else "",
        view=view,
        lines=[line for line in view.manifest if line.standing.item in view.inside],
        chosen=set(forms.many("item", most=handovers.LARGEST_BATCH)),
        typed=forms.typed("codes", "serial"),
        mine=_mine(view),
    )
    return page, status_of(refused) if refused else 200


def _today() -> date:
    return local(here.now()).date()


def _mine(view: BagView) -> bool:
    return holds(view.standing, here.actor()) and not view.standing.ended
