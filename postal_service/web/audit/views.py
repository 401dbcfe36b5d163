"""The auditor asks, the ledger answers; nothing on these pages changes anything but by adding a checkpoint."""

from datetime import datetime, time, timedelta

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.ids import EventId, ItemId
from postal_service.domain.refusals import Refusal
from postal_service.domain.wording_dates import VIETNAM, local
from postal_service.projections import holdings
from postal_service.services import auditing
from postal_service.services.auditing import Uncoded
from postal_service.storage.transaction import reading, transaction
from postal_service.web import forms, here, limits
from postal_service.web.audit.words import finding, proof_word, why_failed
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.language import say

pages = Blueprint("audit", __name__, template_folder="templates", url_prefix="/audit")

SAMPLED = 10


@pages.get("")
@staff_only(*auditing.AUDITING)
def show() -> ResponseReturnValue:
    return _page()


@pages.post("/checks")
@staff_only(*auditing.AUDITING)
def check() -> ResponseReturnValue:
    with transaction(here.sessions()) as store:
        auditing.ask_for_check(store, by=here.actor(), at=here.now())
    flash(say("Đã yêu cầu kiểm tra toàn bộ sổ cái. Tải lại trang để xem kết quả."), "good")
    return redirect(url_for("audit.show"))


@pages.post("/samples")
@staff_only(*auditing.AUDITING)
def draw() -> ResponseReturnValue:
    """Draw items at random. The seed stands on the page, so that anybody can draw the same again."""
    try:
        seed = forms.number("seed", "Số mầm", within=limits.SEED)
        count = forms.number("count", "Số bưu gửi", within=limits.SAMPLE)
        first, last = forms.day("first", "Từ ngày"), forms.day("last", "Đến ngày")
        since_ms = _milliseconds(datetime.combine(first, time(), VIETNAM))
        until_ms = _milliseconds(datetime.combine(last + timedelta(days=1), time(), VIETNAM))
        asked = {"seed": seed, "count": count, "since_ms": since_ms, "until_ms": until_ms}
        with reading(here.sessions()) as store:
            drawn = auditing.sample(store, **asked, by=here.actor())
            uncoded = auditing.sample_of_uncoded(store, **asked, by=here.actor())
    except (Refusal, OverflowError) as refused:
        return _page(
            refused
            if isinstance(refused, Refusal)
            else auditing.BadSample(most=auditing.LARGEST_SAMPLE)
        )
    return _page(drawn=drawn, uncoded=uncoded)


@pages.get("/proofs/<key>")
@staff_only(*auditing.AUDITING)
def proof(key: str) -> ResponseReturnValue:
    """The proof of one event, as a file that is checked without us."""
    policy = here.runtime().policy
    with reading(here.sessions()) as store:
        written = auditing.proof_of(store, EventId(key), policy=policy, by=here.actor())
    answer = Response(written, mimetype="text/plain")
    answer.headers["Content-Disposition"] = f'attachment; filename="{key}.tlog-proof"'
    return answer


def _page(
    refused: Refusal | None = None,
    drawn: list[ItemId] | None = None,
    uncoded: Uncoded | None = None,
) -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        view = auditing.overview(store, by=here.actor(), after=forms.cursor())
        shown = [item for each in uncoded.strata for item in each.drawn] if uncoded else []
        found = holdings.standings(store, [*(drawn or []), *shown])
    today = local(here.now()).date()
    page = render_template(
        "audit/audit.html",
        refusal=told(refused, at=_field_of) if refused else "",
        view=view,
        finding=finding,
        why_failed=why_failed,
        drawn=None if drawn is None else [(item, found.get(item)) for item in drawn],
        uncoded=uncoded,
        proof_word=proof_word,
        found=found,
        typed={
            "seed": request.form.get("seed", "1")[: forms.LONGEST_NUMBER],
            "count": request.form.get("count", str(SAMPLED))[: forms.LONGEST_NUMBER],
            "first": request.form.get("first", today.isoformat())[:10],
            "last": request.form.get("last", today.isoformat())[:10],
        },
    )
    return page, status_of(refused) if refused else 200


def _field_of(refused: Refusal) -> str:
    return "last" if isinstance(refused, auditing.PeriodTooLong) else ""


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
