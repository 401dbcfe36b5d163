"""What is wrong, what shows it, and the second pair of eyes. What stands is shown masked until somebody compares."""

from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.ids import DossierId
from postal_service.domain.persons import PersonRole
from postal_service.domain.refusals import Refusal
from postal_service.domain.wording_dates import local
from postal_service.services import once, overview, particulars
from postal_service.services.particulars import (
    AT_THE_OFFICE,
    CORRECTING,
    Basis,
    Changes,
    CorrectionId,
    CorrectionState,
    UnknownCorrection,
)
from postal_service.storage.transaction import reading, transaction
from postal_service.web import form_keys, forms, here, limits, people
from postal_service.web.errors import status_of, told
from postal_service.web.forms import NotAChoice
from postal_service.web.gate import staff_only
from postal_service.web.language import say

pages = Blueprint("particulars", __name__, template_folder="templates", url_prefix="/particulars")

LARGEST_NUMBER: Final = 10**12
FIELDS: Final = ("role", "basis", "name", "phone", "citizen", "address", "commune")


@pages.get("/<key>")
@staff_only(*CORRECTING)
def show(key: str) -> ResponseReturnValue:
    return _page(DossierId(key))


@pages.post("/<key>")
@staff_only(*CORRECTING)
def propose(key: str) -> ResponseReturnValue:
    dossier = DossierId(key)
    try:
        form = form_keys.read()
        with forms.together():
            role = forms.choice("role", "Người", PersonRole)
            basis = _basis()
            changes = Changes(
                name=forms.optional_line("name", "Họ và tên", most=limits.NAME),
                phone=forms.optional_line("phone", "Điện thoại", most=limits.PHONE),
                citizen=forms.optional_line("citizen", "Số định danh", most=limits.CITIZEN),
                address=forms.optional_line("address", "Địa chỉ", most=limits.ADDRESS),
                commune=people.commune(
                    "commune", forms.optional_line("commune", "Xã, phường", most=limits.UNIT)
                ),
            )
        with transaction(here.sessions()) as store:
            once.use(store, form)
            particulars.propose(
                store,
                here.runtime().vault,
                dossier,
                role,
                changes,
                basis=basis,
                by=here.actor(),
                at=here.now(),
            )
    except Refusal as refused:
        return _page(dossier, refused)
    flash(say("Đã ghi đề nghị sửa. Thông tin chỉ thay đổi khi một đồng nghiệp đối chiếu."), "good")
    return redirect(url_for("particulars.show", key=key))


@pages.get(f"/<key>/<int(max={LARGEST_NUMBER}):correction>")
@staff_only(*CORRECTING)
def compare(key: str, correction: int) -> ResponseReturnValue:
    """What stands beside what would stand, in full: a look that is logged."""
    with transaction(here.sessions()) as store:
        found = particulars.compare(
            store,
            here.runtime().vault,
            CorrectionId(correction),
            by=here.actor(),
            at=here.now(),
        )
        view = overview.dossier(
            store, here.runtime().vault, found.correction.dossier, by=here.actor()
        )
        communes = overview.communes(store, day=local(here.now()).date())
        names = overview.names(store, (), (), staff=[found.correction.made_by])
    if found.correction.dossier != key:
        raise UnknownCorrection(correction=correction)
    return render_template(
        "particulars/compare.html", found=found, view=view, communes=communes, names=names
    )


@pages.post(f"/<key>/<int(max={LARGEST_NUMBER}):correction>")
@staff_only(*CORRECTING)
def decide(key: str, correction: int) -> ResponseReturnValue:
    dossier = DossierId(key)
    try:
        verdict = forms.raw("verdict")
        if verdict not in {"right", "wrong"}:
            raise NotAChoice(field=say("Kết luận"), input="verdict")
        with transaction(here.sessions()) as store:
            done = particulars.decide(
                store,
                here.runtime().vault,
                CorrectionId(correction),
                right=verdict == "right",
                by=here.actor(),
                at=here.now(),
            )
            if done.dossier != dossier:
                raise UnknownCorrection(correction=correction)
    except Refusal as refused:
        return _page(dossier, refused)
    right = done.state is CorrectionState.ACCEPTED
    flash(say("Đã sửa thông tin.") if right else say("Đã từ chối; không có gì thay đổi."), "good")
    return redirect(url_for("particulars.show", key=key))


def _basis() -> Basis:
    # What was heard at a door comes from the phone of whoever stood there, and not by this form.
    chosen = forms.choice("basis", "Căn cứ", Basis)
    if chosen not in AT_THE_OFFICE:
        forms.refuse_at("basis", NotAChoice(field=say("Căn cứ")))
    return chosen


def _page(key: DossierId, refused: Refusal | None = None) -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        view = overview.dossier(store, here.runtime().vault, key, by=here.actor())
        made = particulars.of_dossier(store, key)
        communes = overview.communes(store, day=local(here.now()).date())
        names = overview.names(
            store,
            (),
            (),
            staff=[each.made_by for each in made]
            + [each.checked_by for each in made if each.checked_by],
        )
    page = render_template(
        "particulars/particulars.html",
        refusal=told(refused) if refused else "",
        view=view,
        made=made,
        communes=communes,
        names=names,
        bases=AT_THE_OFFICE,
        waiting=CorrectionState.WAITING,
        myself=here.actor().staff,
        field_words={
            "name": say("Họ và tên"),
            "phone": say("Điện thoại"),
            "citizen": say("Số định danh"),
            "address": say("Địa chỉ"),
        },
        roles=[role for role in view.people if role is not PersonRole.DELEGATE],
        typed=forms.typed(*FIELDS),
    )
    return page, status_of(refused) if refused else 200
