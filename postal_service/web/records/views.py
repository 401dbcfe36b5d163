"""Print what is recorded of one item: an invitation, an irregularity, its delivery, its way back, its chain."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from postal_service.domain.actors import Role
from postal_service.domain.ids import ItemId
from postal_service.domain.refusals import Refusal
from postal_service.printing import (
    custody_extract,
    delivery_slip,
    discrepancy_record,
    return_record,
)
from postal_service.printing import invitation as invitation_paper
from postal_service.services import (
    directory,
    item_papers,
    overview,
    persons,
    places,
)
from postal_service.services.directory import UnknownStaff
from postal_service.services.items import UnknownItem
from postal_service.services.persons import Purpose
from postal_service.storage.transaction import reading, transaction
from postal_service.web import forms, here, limits
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.language import say
from postal_service.web.papers import Printable, opened
from postal_service.web.records import ends
from postal_service.web.records.papers import (
    Found,
    NothingIrregular,
    discrepancy,
    invitation,
    is_irregular,
)

pages = Blueprint("records", __name__, template_folder="templates", url_prefix="/items")

INVITING = (Role.POSTAL_CLERK, Role.MANAGER, Role.DESK_CLERK)
RECORDING = (Role.DESK_CLERK, Role.POSTAL_CLERK, Role.AGENCY, Role.MANAGER, Role.ADMINISTRATOR)


@pages.post("/<number>/invitation")
@staff_only(*INVITING)
def invite(number: str) -> ResponseReturnValue:
    """The paper names the citizen in full, so printing it is a look that is logged."""
    item, by = ItemId(number), here.actor()
    with transaction(here.sessions()) as store:
        view = overview.item(store, item, by=by)
        if view.dossier is None:
            raise UnknownItem(item=item)
        office = directory.unit(store, by.unit, by=by)
        people = persons.look(
            store,
            here.runtime().vault,
            view.dossier.id,
            purpose=Purpose.PRINTING,
            by=by,
            at=here.now(),
        )
        who = next((people[role] for role in ends.ADDRESSEES if role in people), None)
        communes = overview.communes_of(store, people.values())
        paper = invitation(view, who, communes, office=office.name, address=office.address)
    made = Printable(say("Giấy mời"), f"{item}-giay-moi.pdf", invitation_paper.render(paper))
    return render_template("records/ready.html", item=item, papers=[made])


@pages.post("/<number>/delivery-slip")
@staff_only(*item_papers.RECORDING)
def confirm_delivery(number: str) -> ResponseReturnValue:
    """Who took the result; the paper names people in full, so printing it is a look that is logged."""
    with transaction(here.sessions()) as store:
        found = item_papers.delivery(
            store, here.runtime().vault, ItemId(number), by=here.actor(), at=here.now()
        )
    pdf = delivery_slip.render(ends.delivery_slip(found))
    return opened(pdf, f"{found.view.standing.item}-xac-nhan-phat.pdf")


@pages.post("/<number>/return-record")
@staff_only(*item_papers.RECORDING)
def record_return(number: str) -> ResponseReturnValue:
    """Both copies for the post and the agency; a look that is logged as well."""
    with transaction(here.sessions()) as store:
        found = item_papers.way_back(
            store, here.runtime().vault, ItemId(number), by=here.actor(), at=here.now()
        )
    pdf = return_record.render(ends.return_record(found))
    return opened(pdf, f"{found.view.standing.item}-chuyen-hoan.pdf")


@pages.get("/<number>/extract")
@staff_only(*item_papers.EXTRACTING)
def ask_extract(number: str) -> ResponseReturnValue:
    return _extract_form(ItemId(number))


@pages.post("/<number>/extract")
@staff_only(*item_papers.EXTRACTING)
def extract(number: str) -> ResponseReturnValue:
    """The whole chain with its hashes beneath a witnessed checkpoint; who asks and why stands on it alone.

    Where somebody has received it names him, so it is a look that is logged.
    """
    item, by, runtime = ItemId(number), here.actor(), here.runtime()
    try:
        with forms.together():
            asked_by = forms.line("asked_by", "Người yêu cầu", most=limits.NAME)
            purpose = forms.line("purpose", "Mục đích", most=limits.PURPOSE)
        with transaction(here.sessions()) as store:
            found = item_papers.chain(
                store, runtime.vault, item, policy=runtime.policy, by=by, at=here.now()
            )
            office = places.workplace(store, by=by, at=here.now())
            issuer = directory.names(store, [by.staff])[by.staff]
    except Refusal as refused:
        return _extract_form(item, refused)
    paper = ends.custody_extract(
        found,
        asked_by=asked_by,
        purpose=purpose,
        label_host=runtime.settings.label_host,
        office=office.name,
        issuer=issuer,
        at=here.now(),
    )
    return opened(custody_extract.render(paper), f"{item}-trich-luc.pdf")


def _extract_form(item: ItemId, refused: Refusal | None = None) -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        view = overview.item(store, item, by=here.actor())
    page = render_template(
        "records/extract.html",
        refusal=told(refused) if refused else "",
        view=view,
        typed=forms.typed("asked_by", "purpose"),
    )
    return page, status_of(refused) if refused else 200


@pages.get("/<number>/discrepancy")
@staff_only(*RECORDING)
def describe(number: str) -> ResponseReturnValue:
    return _form(ItemId(number))


@pages.post("/<number>/discrepancy")
@staff_only(*RECORDING)
def record(number: str) -> ResponseReturnValue:
    """What two people found, for both to sign; the exception itself stays open until it is settled."""
    item, by = ItemId(number), here.actor()
    try:
        with forms.together():
            found = Found(
                counts=forms.counts(),
                seal=forms.optional_serial("seal", "Số niêm phong thấy thực tế"),
                description=forms.line("description", "Mô tả", most=limits.DESCRIPTION),
                measures=forms.line("measures", "Biện pháp xử lý", most=limits.DESCRIPTION),
            )
            badge = forms.line("witness", "Thẻ người chứng kiến", most=limits.BADGE)
        with reading(here.sessions()) as store:
            view = overview.item(store, item, by=by)
            witness = directory.colleague_by_badge(store, badge)
            if witness.staff == by.staff:  # nobody witnesses his own record
                raise UnknownStaff(staff=badge)
            office = places.workplace(store, by=by, at=here.now())
            maker = directory.names(store, [by.staff])[by.staff]
        paper = discrepancy(
            view, found, office=office.name, people=(maker, witness.name), at=here.now()
        )
    except Refusal as refused:
        return _form(item, refused)
    made = Printable(
        say("Biên bản bất thường"), f"{item}-bat-thuong.pdf", discrepancy_record.render(paper)
    )
    return render_template("records/ready.html", item=item, papers=[made])


def _form(item: ItemId, refused: Refusal | None = None) -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        view = overview.item(store, item, by=here.actor())
    if not is_irregular(view.standing):
        raise NothingIrregular(item=item)
    page = render_template(
        "records/discrepancy.html",
        refusal=told(refused) if refused else "",
        view=view,
        typed=forms.typed("seal", "description", "measures"),
    )
    return page, status_of(refused) if refused else 200
