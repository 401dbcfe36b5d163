"""An item's page and its seal."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.actors import Role
from postal_service.domain.acts import Counts
from postal_service.domain.ids import ItemId, StaffId
from postal_service.domain.refusals import Refusal
from postal_service.services import directory, handover_records, overview, sealing, sight
from postal_service.storage.transaction import reading, transaction
from postal_service.web import forms, here
from postal_service.web.acts import begins
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.language import say
from postal_service.web.records.offered import papers_of

pages = Blueprint("items", __name__, template_folder="templates", url_prefix="/items")

LOOKING = (Role.DESK_CLERK, Role.POSTAL_CLERK, Role.AGENCY, Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)  # fmt: skip
SEALING = (Role.DESK_CLERK, Role.POSTAL_CLERK, Role.AGENCY, Role.MANAGER)
LONGEST_SERIAL = 40


@pages.get("/<number>")
@staff_only(*LOOKING)
def show(number: str) -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        view = overview.item(store, ItemId(number), by=here.actor())
        records = handover_records.printable(store, view.moments, by=here.actor())
    return render_template(
        "items/item.html",
        view=view,
        records=records,
        acts=begins(view.standing, here.actor()),
        papers=papers_of(view.standing, here.actor()),
    )


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
        serial = forms.line("serial", "Số niêm phong", most=LONGEST_SERIAL).upper()
        counts = forms.counts()
        badge = forms.optional_line("witness", "Thẻ người chứng kiến", most=40)
        why = forms.optional_line("why", "Lý do", most=forms.REASON)
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
