"""The heads of the ledger for whoever asks, as a page, as JSON and as the signed note itself. They name nobody.

The last two may be kept by a cache for a minute. The page knows the language of who reads it, so
only his own browser keeps it.
"""

from typing import Final

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.refusals import Refusal
from postal_service.domain.wording_dates import local
from postal_service.domain.wording_numbers import in_figures
from postal_service.services import signed_heads
from postal_service.services.signed_heads import Head, UnknownHead
from postal_service.storage.transaction import reading
from postal_service.web import forms, here, limits
from postal_service.web.errors import status_of, told
from postal_service.web.gate import open_to_all
from postal_service.web.security import limiter

pages = Blueprint("ledger", __name__, template_folder="templates")

LOOKS: Final = "60 per minute"
KEPT_SECONDS: Final = 60


@pages.get("/ledger")
@open_to_all
@limiter.limit(LOOKS)
def days() -> ResponseReturnValue:
    """The last head of each of the last days; or on to the one whose size is asked for."""
    written = forms.asked("size", most=limits.LEDGER_SIZE)
    if not written:
        return _page()
    try:
        size = _size(written)
        with reading(here.sessions()) as store:
            signed_heads.at_size(store, here.runtime().policy, size)
    except Refusal as refused:
        return _page(refused, written)
    return redirect(url_for("ledger.show", size=size))


@pages.get("/ledger.json")
@open_to_all
@limiter.limit(LOOKS)
def as_json() -> ResponseReturnValue:
    """The same for programs, with the public keys of the log and of its witnesses."""
    policy = here.runtime().policy
    answer = jsonify(
        {
            "log": str(policy.log),
            "witnesses": [str(each) for each in policy.witnesses],
            "quorum": policy.quorum,
            "days": [_told(head) for head in _of_days()],
        }
    )
    return _for_everybody(answer)


@pages.get("/ledger/<int:size>")
@open_to_all
@limiter.limit(LOOKS)
def show(size: int) -> ResponseReturnValue:
    """One head, found by the number on a paper. Raises UnknownHead."""
    runtime = here.runtime()
    with reading(here.sessions()) as store:
        head = signed_heads.at_size(store, runtime.policy, size)
    page = render_template("ledger/head.html", head=head, policy=runtime.policy, figures=in_figures)
    return _for_one(Response(page))


@pages.get("/ledger/<int:size>/note")
@open_to_all
@limiter.limit(LOOKS)
def note(size: int) -> ResponseReturnValue:
    """What the log and its witnesses signed, to the byte (C2SP tlog-checkpoint). Raises UnknownHead."""
    with reading(here.sessions()) as store:
        head = signed_heads.at_size(store, here.runtime().policy, size)
    return _for_everybody(Response(head.note, content_type="text/plain; charset=utf-8"))


def _page(refused: Refusal | None = None, written: str = "") -> ResponseReturnValue:
    page = render_template(
        "ledger/days.html",
        refusal=told(refused) if refused else "",
        heads=_of_days(),
        days=signed_heads.DAYS,
        policy=here.runtime().policy,
        figures=in_figures,
        typed=written,
    )
    return _for_one(Response(page, status_of(refused) if refused else 200))


def _of_days() -> list[Head]:
    with reading(here.sessions()) as store:
        return signed_heads.of_days(store, here.runtime().policy, upto=local(here.now()).date())


def _size(written: str) -> int:
    """The size as a paper sets it, "1.234.567". Raises UnknownHead for what is none."""
    figures = "".join(written.split()).replace(".", "")
    if not (figures.isascii() and figures.isdigit()):
        raise UnknownHead(size=written)
    return int(figures)


def _told(head: Head) -> dict[str, object]:
    return {
        "day": head.day.isoformat(),
        "size": head.size,
        "root": head.root,
        "made_at": head.made_at.isoformat(),
        "witnesses": list(head.witnesses),
        "witnessed": head.enough,
        "note": head.note,
    }


def _for_everybody(answer: Response) -> Response:
    answer.cache_control.public = True
    answer.cache_control.max_age = KEPT_SECONDS
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def _for_one(answer: Response) -> Response:
    answer.cache_control.private = True
    answer.cache_control.max_age = KEPT_SECONDS
    answer.vary.add("Cookie")
    return answer
