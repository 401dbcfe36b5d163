"""Take one charge of a dossier, or waive it. What another took meanwhile is refused, and the page says what is left."""

from enum import StrEnum

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.ids import DossierId
from postal_service.domain.money import Means, WithoutBasis
from postal_service.domain.refusals import Refusal
from postal_service.domain.wording_numbers import dong
from postal_service.services import charges, dossiers, once, taking
from postal_service.services.charges import BadReference, ChargeId
from postal_service.services.taking import AT_COUNTERS, ReferenceNeeded
from postal_service.storage.transaction import reading, transaction
from postal_service.web import form_keys, forms, here, limits
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.labels import word
from postal_service.web.language import say

pages = Blueprint("payments", __name__, template_folder="templates")

LONGEST_ID = 40
OF_REFERENCE = (ReferenceNeeded, BadReference, WithoutBasis)


class Settled(StrEnum):
    """How a charge ends at a counter."""

    CASH = Means.CASH.value
    TRANSFER_CODE = Means.TRANSFER_CODE.value
    ONLINE = Means.ONLINE.value
    WAIVED = "waived"


@pages.post("/dossiers/<key>/payments")
@staff_only(*AT_COUNTERS)
def take(key: str) -> ResponseReturnValue:
    """Back to the page it was taken on: the dossier's, or that of the item about to be given out."""
    dossier, item = DossierId(key), forms.raw("item")[:LONGEST_ID]
    try:
        said = _settle(dossier)
    except Refusal as refused:
        return _page(dossier, item, refused)
    flash(said, "good")
    if item:
        return redirect(url_for("delivery.show", number=item))
    return redirect(url_for("dossiers.show", key=key))


def _settle(dossier: DossierId) -> str:
    charge = _charge()
    with forms.together():
        settled = forms.choice("settled", "Cách nộp", Settled)
        reference = forms.optional_line("reference", "Số chứng từ", most=limits.REFERENCE)
    key, by, at = form_keys.read(), here.actor(), here.now()
    with transaction(here.sessions()) as store:
        once.use(store, key)
        if settled is Settled.WAIVED:
            waived = taking.waive(store, dossier, charge, basis=reference, by=by, at=at)
            return say("Đã ghi miễn: {line}.", line=word(waived.charge.line))
        taken = taking.at_counter(
            store, dossier, charge, Means(settled), reference=reference, by=by, at=at
        )
    return say("Đã thu {amount}: {line}.", amount=dong(taken.amount_dong), line=word(taken.line))


def _charge() -> ChargeId:
    return ChargeId(forms.raw("charge")[:LONGEST_ID])


def _page(dossier: DossierId, item: str, refused: Refusal) -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        found = dossiers.visible(store, dossier, by=here.actor())
        owed = charges.owed(store, [dossier]).get(dossier, ())
    at = "reference" if isinstance(refused, OF_REFERENCE) else ""
    page = render_template(
        "payments/payment.html",
        refusal=told(refused, at=at, form=_charge()),
        dossier=found,
        owed=owed,
        item=item,
    )
    return page, status_of(refused)
