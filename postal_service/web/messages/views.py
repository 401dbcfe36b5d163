"""See what became of messages, and have one tried again. No number stands here whole, and no text at all."""

from enum import StrEnum
from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.refusals import Refusal
from postal_service.services import outbox, overview
from postal_service.services.outbox import SEEING, TRYING_AGAIN, UNSENT, MessageId, MessageState
from postal_service.storage.transaction import reading, transaction
from postal_service.web import forms, here
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.language import say

pages = Blueprint("messages", __name__, template_folder="templates", url_prefix="/messages")

# What the database's row numbers hold; a longer number is no row of ours.
MESSAGE = "<int(max=9223372036854775807):message>"


class Shown(StrEnum):
    """Which messages the page lists."""

    UNSENT = "unsent"
    WAITING = "waiting"
    SENT = "sent"


STATES: Final = {
    Shown.UNSENT: UNSENT,
    Shown.WAITING: (MessageState.WAITING,),
    Shown.SENT: (MessageState.SENT,),
}


@pages.get("")
@staff_only(*SEEING)
def show() -> ResponseReturnValue:
    return _page()


@pages.post(f"/{MESSAGE}/again")
@staff_only(*TRYING_AGAIN)
def try_again(message: int) -> ResponseReturnValue:
    try:
        with transaction(here.sessions()) as store:
            outbox.try_again(
                store,
                MessageId(message),
                can_send=here.runtime().settings.can_send,
                by=here.actor(),
                at=here.now(),
            )
    except Refusal as refused:
        return _page(refused)
    flash(say("Tin nhắn sẽ được gửi lại ngay. Tên bạn được ghi bên tin."), "good")
    return redirect(url_for("messages.show", show=Shown.WAITING))


def _page(refused: Refusal | None = None) -> ResponseReturnValue:
    asked = forms.asked("show")
    shown = Shown(asked) if asked in set(Shown) else Shown.UNSENT
    with reading(here.sessions()) as store:
        found, following = outbox.listed(
            store, STATES[shown], by=here.actor(), before=forms.number_cursor("before")
        )
        names = overview.names(
            store,
            [],
            [],
            units=[each.unit for each in found],
            staff=[retry.by for each in found for retry in each.retries],
        )
    page = render_template(
        "messages/messages.html",
        refusal=told(refused) if refused else "",
        shown=shown,
        lists=list(Shown),
        found=found,
        following=following,
        names=names,
        can_send=here.runtime().settings.can_send,
        may_try_again=here.actor().may(*TRYING_AGAIN),
        now=here.now(),
    )
    return page, status_of(refused) if refused else 200
