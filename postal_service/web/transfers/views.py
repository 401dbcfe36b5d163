"""Enter a transfer from the account's statement: what its purpose names is paid, or the page says why not."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.refusals import Refusal
from postal_service.domain.wording_numbers import dong, in_figures
from postal_service.services import late_transfers, once
from postal_service.services.late_transfers import TAKING, AmountDiffers
from postal_service.storage.transaction import transaction
from postal_service.web import form_keys, forms, here, limits
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.labels import word
from postal_service.web.language import say

pages = Blueprint("transfers", __name__, template_folder="templates", url_prefix="/transfers")


@pages.get("")
@staff_only(*TAKING)
def show() -> ResponseReturnValue:
    return _page()


@pages.post("")
@staff_only(*TAKING)
def take_up() -> ResponseReturnValue:
    try:
        with forms.together():
            purpose = forms.line("purpose", "Nội dung chuyển khoản", most=limits.TRANSFER_PURPOSE)
            amount = forms.number("amount", "Số tiền", within=limits.PAID)
            reference = forms.line("reference", "Số giao dịch ngân hàng", most=limits.REFERENCE)
        key = form_keys.read()
        with transaction(here.sessions()) as store:
            once.use(store, key)
            paid = late_transfers.take_up(
                store, purpose, amount, reference=reference, by=here.actor(), at=here.now()
            )
    except Refusal as refused:
        return _page(refused)
    flash(
        say(
            "Đã ghi nhận chuyển khoản {amount}: {line}.",
            amount=dong(paid.charge.amount_dong),
            line=word(paid.charge.line),
        ),
        "good",
    )
    return redirect(url_for("dossiers.show", key=paid.dossier))


def _page(refused: Refusal | None = None) -> ResponseReturnValue:
    typed = forms.typed("purpose", "amount", "reference")
    if not typed["purpose"]:
        typed["purpose"] = forms.asked("purpose", most=limits.TRANSFER_PURPOSE)
    page = render_template(
        "transfers/transfer.html", refusal=_told(refused) if refused else "", typed=typed
    )
    return page, status_of(refused) if refused else 200


def _told(refused: Refusal) -> str:
    if not isinstance(refused, AmountDiffers):
        return told(refused, at="purpose")
    amounts = {name: in_figures(int(str(value))) for name, value in refused.facts.items()}
    return told(AmountDiffers(**amounts), at="amount")
