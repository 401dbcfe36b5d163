"""An item's page and its seal."""

from collections.abc import Iterable, Mapping
from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.actors import Role
from postal_service.domain.acts import Counts, Deliver
from postal_service.domain.administrative import ReasonNeeded, ReasonTellsNumbers
from postal_service.domain.custody_rules import BoundThereAlready
from postal_service.domain.ids import EventId, ItemId, StaffId, UnitCode
from postal_service.domain.refusals import Refusal
from postal_service.domain.units import UnknownUnit
from postal_service.domain.wording_dates import local
from postal_service.projections.timelines import Moment
from postal_service.services import (
    auditing,
    directory,
    evidence_shown,
    forwarding,
    handover_records,
    once,
    overview,
    return_envelopes,
    sealing,
    sight,
)
from postal_service.services.items import UnknownItem
from postal_service.storage.transaction import reading, transaction
from postal_service.web import form_keys, forms, here, limits, return_labels
from postal_service.web.acts import begins
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.language import say
from postal_service.web.papers import file_from_outside
from postal_service.web.records.offered import papers_of

pages = Blueprint("items", __name__, template_folder="templates", url_prefix="/items")

LOOKING = (Role.DESK_CLERK, Role.POSTAL_CLERK, Role.AGENCY, Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)  # fmt: skip
MOST_FILES = 99  # of one event
SEALING = (Role.DESK_CLERK, Role.POSTAL_CLERK, Role.AGENCY, Role.MANAGER)
FIELD_OF: Final[Mapping[type[Refusal], str]] = {
    BoundThereAlready: "unit",
    forwarding.NotWhereThisGoes: "unit",
    UnknownUnit: "unit",
    ReasonNeeded: "why",
    ReasonTellsNumbers: "why",
}


@pages.get("/<number>")
@staff_only(*LOOKING)
def show(number: str) -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        view = overview.item(store, ItemId(number), by=here.actor())
        taken_back = return_envelopes.of(store, [view.standing.item]).get(view.standing.item)
        provable = auditing.provable(store, policy=here.runtime().policy, by=here.actor())
        records = handover_records.printable(store, view.moments, by=here.actor())
    return render_template(
        "items/item.html",
        view=view,
        provable=provable,
        records=records,
        taken_back=taken_back,
        nothing_back=taken_back is not None and _nothing_taken(view.moments),
        gives_envelopes=here.actor().may(*return_envelopes.ISSUING) and not view.standing.ended,
        acts=begins(view.standing, here.actor()),
        papers=papers_of(view.standing, here.actor()),
    )


@pages.post("/<number>/return-envelope")
@staff_only(*return_envelopes.ISSUING)
def give_return_envelope(number: str) -> ResponseReturnValue:
    """An envelope for the old papers that this result is given for; it takes the place of one given out before."""
    item = ItemId(number)
    key = form_keys.read()
    with transaction(here.sessions()) as store:
        sight.item(store, item, by=here.actor())
        once.use(store, key)
        given = return_envelopes.issue(
            store,
            item,
            service=here.runtime().settings.item_prefix,
            by=here.actor(),
            at=here.now(),
        )
        names = overview.unit_names(
            store, return_labels.units_on([given], sender=here.actor().unit)
        )
    papers = return_labels.labels([given], names, sender=here.actor().unit)
    return render_template("items/return_envelope.html", given=given, papers=papers)


@pages.get("/<number>/forward")
@staff_only(*forwarding.FORWARDING)
def ask_forward(number: str) -> ResponseReturnValue:
    return _forward_page(ItemId(number))


@pages.post("/<number>/forward")
@staff_only(*forwarding.FORWARDING)
def forward(number: str) -> ResponseReturnValue:
    """Send on what belongs to another office or desk; it stays here until it is handed over."""
    item = ItemId(number)
    try:
        with forms.together():
            unit = forms.line("unit", "Nơi đến đúng", most=limits.UNIT)
            why = forms.line("why", "Lý do", most=limits.REASON)
        with transaction(here.sessions()) as store:
            forwarding.forward(
                store,
                here.keys(),
                item,
                to=UnitCode(unit),
                why=why,
                by=here.actor(),
                at=here.now(),
            )
    except UnknownItem:
        raise
    except Refusal as refused:
        return _forward_page(item, refused)
    flash(say("Đã ghi chuyển tiếp. Bàn giao bưu gửi để chuyển đi."), "good")
    return redirect(url_for("items.show", number=item))


def _forward_page(item: ItemId, refused: Refusal | None = None) -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        view = overview.item(store, item, by=here.actor())
        kind = forwarding.kind_of_destination(view.standing.leg)
        today = local(here.now()).date()
        units = overview.units_of_kind(store, [kind], day=today)
        found = forwarding.elsewhere(store, here.runtime().vault, [view.standing], day=today)
    page = render_template(
        "items/forward.html",
        refusal=told(refused, at=FIELD_OF.get(type(refused), "")) if refused else "",
        view=view,
        units=[pair for pair in units.items() if pair[0] != view.standing.destination],
        suggested=found.get(item),
    )
    return page, status_of(refused) if refused else 200


@pages.get(f"/<number>/events/<event>/evidence/<int(max={MOST_FILES}):place>")
@staff_only(*LOOKING)
def evidence(number: str, event: str, place: int) -> ResponseReturnValue:
    """A photo or file that an event names; the look is logged, and the citizen can read that log."""
    with transaction(here.sessions()) as store:
        found = evidence_shown.look(
            store,
            here.runtime().vault,
            ItemId(number),
            EventId(event),
            place,
            by=here.actor(),
            at=here.now(),
        )
    return file_from_outside(found.content, found.media_type, f"{number}-{place}")


@pages.get("/<number>/seal")
@staff_only(*SEALING)
def seal(number: str) -> ResponseReturnValue:
    return _seal_page(ItemId(number))


@pages.post("/<number>/seal")
@staff_only(*SEALING)
def put_seal(number: str) -> ResponseReturnValue:
    """Seal after counting; a second seal names a witness, by badge, and a reason."""
    item = ItemId(number)
    try:
        with forms.together():
            serial = forms.serial("serial", "Số niêm phong")
            counts = forms.counts()
            badge = forms.optional_line("witness", "Thẻ người chứng kiến", most=limits.BADGE)
            why = forms.optional_line("why", "Lý do", most=limits.REASON)
        with transaction(here.sessions()) as store:
            sight.item(store, item, by=here.actor())
            witness = directory.colleague_by_badge(store, badge).staff if badge else StaffId("")
            sealing.seal(
                store,
                here.keys(),
                item,
                serial=serial,
                counts=counts,
                witness=witness,
                why=why,
                by=here.actor(),
                at=here.now(),
            )
    except Refusal as refused:
        return _seal_page(item, refused)
    flash(
        say("Đã niêm phong bưu gửi {item}, số niêm phong {serial}.", item=item, serial=serial),
        "good",
    )
    return redirect(url_for("items.show", number=item))


def _nothing_taken(moments: Iterable[Moment]) -> bool:
    """Whether it was delivered, and no old paper was taken back for it."""
    given = [each.act for each in moments if each.counts and isinstance(each.act, Deliver)]
    return any(not act.recovered and not act.exchange for act in given)


def _seal_page(item: ItemId, refused: Refusal | None = None) -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        view = overview.item(store, item, by=here.actor())
    page = render_template(
        "items/seal.html",
        refusal=told(refused) if refused else "",
        view=view,
        typed=forms.typed("serial", "witness", "why"),
        counted=Counts(originals=0, certified=0, photocopies=0),
    )
    return page, status_of(refused) if refused else 200
