"""Put a ready result into its envelope for the post, or give it to the citizen over the desk."""

from collections.abc import Iterable, Mapping
from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.actors import Role
from postal_service.domain.acts import Counts, Receiver
from postal_service.domain.codes import envelope_label as label_of
from postal_service.domain.custody_rules import CountsDiffer, CountsMalformed
from postal_service.domain.ids import DossierId
from postal_service.domain.persons import PersonRole
from postal_service.domain.refusals import Refusal
from postal_service.domain.standing import Administrative
from postal_service.printing import envelope_label
from postal_service.printing.envelope_label import EnvelopeLabel, EnvelopeLabels
from postal_service.services import overview, results, sealing
from postal_service.services.dossiers import Paper
from postal_service.services.recording import SealUsed
from postal_service.services.results import NotCollectedBack, Ready, WayOut
from postal_service.storage.transaction import reading, transaction
from postal_service.web import forms, here, receiving
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.language import say
from postal_service.web.papers import Printable

pages = Blueprint("results", __name__, template_folder="templates", url_prefix="/results")

AT_THE_AGENCY = (Role.DESK_CLERK, Role.POSTAL_CLERK, Role.AGENCY)
BY_HAND = "………………"
MOST_PAPERS = 100
FIELD_OF: Final[Mapping[type[Refusal], str]] = {
    SealUsed: "serial",
    **receiving.FIELD_OF,
    NotCollectedBack: "collect_back",
    CountsMalformed: "originals",
    CountsDiffer: "originals",
}


@pages.get("/<key>")
@staff_only(*AT_THE_AGENCY)
def prepare(key: str) -> ResponseReturnValue:
    return _page(DossierId(key))


@pages.post("/<key>/envelope")
@staff_only(*AT_THE_AGENCY)
def put_into_envelope(key: str) -> ResponseReturnValue:
    """The item comes to be, is sealed where a serial was given, and waits for the post."""
    dossier = DossierId(key)
    try:
        with forms.together():
            counts = forms.counts()
            serial = forms.optional_serial("serial", "Số niêm phong")
        with transaction(here.sessions()) as store:
            ready = results.register_ready(
                store,
                here.keys(),
                dossier,
                counts,
                collect_back=forms.many("collect_back", most=MOST_PAPERS),
                by=here.actor(),
                at=here.now(),
            )
            if serial:
                sealing.seal(
                    store,
                    here.keys(),
                    ready.item,
                    serial=serial,
                    counts=counts,
                    by=here.actor(),
                    at=here.now(),
                )
            names = overview.unit_names(store, [here.actor().unit, ready.destination])
    except Refusal as refused:
        return _page(dossier, refused, form="envelope")
    label = _label(ready, serial, names[here.actor().unit], names[ready.destination])
    return render_template("results/ready.html", ready=ready, serial=serial, papers=[label])


@pages.post("/<key>/at-desk")
@staff_only(*AT_THE_AGENCY)
def give_at_desk(key: str) -> ResponseReturnValue:
    dossier = DossierId(key)
    try:
        with forms.together():
            receiver = forms.choice("receiver", "Người nhận", Receiver)
            entitlement = receiving.entitlement(receiver)
        with transaction(here.sessions()) as store:
            given = results.give_at_desk(
                store,
                here.runtime().vault,
                dossier,
                entitlement=entitlement,
                by=here.actor(),
                at=here.now(),
            )
    except Refusal as refused:
        return _page(dossier, refused, form="at-desk")
    is_result = given.state is Administrative.RETURNED
    flash(
        say("Đã trả kết quả tại quầy.") if is_result else say("Đã trả lại giấy tờ tại quầy."),
        "good",
    )
    return redirect(url_for("dossiers.show", key=key))


def _page(key: DossierId, refused: Refusal | None = None, *, form: str = "") -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        view = overview.dossier(store, here.runtime().vault, key, by=here.actor())
        ways = results.ways_out(store, view.dossier, by=here.actor(), at=here.now())
    page = render_template(
        "results/prepare.html",
        refusal=told(refused, at=FIELD_OF.get(type(refused), ""), form=form) if refused else "",
        view=view,
        by_post=WayOut.BY_POST in ways,
        at_desk=WayOut.AT_DESK in ways,
        receivers=list(Receiver),
        handed_in=_handed_in(view.papers),
        delegate=view.people.get(PersonRole.DELEGATE),
    )
    return page, status_of(refused) if refused else 200


def _handed_in(papers: Iterable[Paper]) -> Counts:
    """All that lies at the agency for a citizen who gets no result."""
    counted = [each.counts for each in papers]
    return Counts(
        originals=sum(each.originals for each in counted),
        certified=sum(each.certified for each in counted),
        photocopies=sum(each.photocopies for each in counted),
    )


def _label(ready: Ready, serial: str, sender: str, office: str) -> Printable:
    host = here.runtime().settings.label_host
    link = label_of(host=host, item=ready.item, token=ready.label).payload
    made = EnvelopeLabel(
        item_code=ready.item,
        status_link=link,
        seal_number=serial or BY_HAND,
        heading="GIẤY TỜ TRẢ LẠI" if ready.gives_back else "KẾT QUẢ HÀNH CHÍNH",
        sender=sender,
        addressee=office,
        address="",
    )
    pdf = envelope_label.render(EnvelopeLabels(labels=(made,)))
    return Printable(say("Nhãn phong bì"), f"{ready.item}-nhan.pdf", pdf)
