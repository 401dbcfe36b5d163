"""A citizen's dossier in one sentence. Both factors go in the body of a form: never in an address, never in a log.

What guessing costs. The slip's PIN is one of 160,000 and stands for one dossier. The last four digits
of a telephone are one of 10,000, and up to four people of a dossier have one, so that a guess at
them is up to sixty-four times as good: wrong ones are counted apart, more strictly. On average

- one dossier falls to PINs after 80,000 tries, 3 years and a half at 60 a day; to digits after 2,000
  tries with four telephones (400 days at 5 a day; in a year 55 of 100 would), 5,000 with one (18 of 100);
- one address that tries at many dossiers opens some dossier after 160,000 PINs, 2 years at 200 a
  day, or after 2,500 digits, 500 days at 5 a day.

Who has a thousand addresses and codes of dossiers that exist opens some dossier every half a day by
digits. No count of ours stops him without shutting everybody out; what he sees are codes, offices
and steps, and no person. Whoever mistypes his digits five times, or shares an address with who did,
looks with his PIN: those tries are counted apart. (Of the PINs 1 in 40 is digits alone, and counts as such.)
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import TypeVar

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import RequestLimit

from postal_service.domain import dossier_code, s10
from postal_service.domain.administrative import StepKind
from postal_service.domain.public_steps import Bring, PublicStep
from postal_service.domain.refusals import Refusal, RuleBroken
from postal_service.domain.text import tidy
from postal_service.domain.wording_dates import local
from postal_service.domain.wording_numbers import dong
from postal_service.domain.wording_tracking import (
    AGENCY_STEPS,
    AGENCY_STEPS_OF_PAPERS,
    BRING,
    NEXT,
    NEXT_OF_PAPERS,
    POST_STEPS,
    POST_STEPS_OF_PAPERS,
    STATUS,
    STATUS_OF_PAPERS,
)
from postal_service.printing import authorisation
from postal_service.services import tracking
from postal_service.services.persons import Purpose
from postal_service.services.tracking import NothingFound, TimelineStep, Tracked
from postal_service.storage.transaction import reading
from postal_service.web import forms, here, limits, security
from postal_service.web.errors import status_of, told
from postal_service.web.gate import open_to_all
from postal_service.web.labels import word
from postal_service.web.language import pick, say
from postal_service.web.papers import Printable
from postal_service.web.printouts.authorisation import for_citizen
from postal_service.web.security import limiter

K = TypeVar("K")

pages = Blueprint("tracking", __name__, template_folder="templates")

LOOKS = "12 per minute; 200 per day"
# Many addresses together guess at one dossier no faster than this; who knows the PIN is not counted.
WRONG_LOOKS = "60 per day"
WRONG_DIGITS = "5 per day"  # of one dossier, and of one address
LABELS = "60 per minute"


class DigitsSpent(RuleBroken):
    """Too many wrong ends of a telephone number today; the PIN still opens."""

    code = "tracking.digits_spent"


def _as_read(name: str, most: int) -> str:
    """A field as the view reads it: with signs that nobody sees it would be counted as something else."""
    return tidy(forms.raw(name)[: most * 4])


def _is_wrong(answer: Response) -> bool:
    return answer.status_code != HTTPStatus.OK


def _no_digits() -> bool:
    """Whether the factor is none that a telephone could end with."""
    return not tracking.could_be_digits(_as_read("factor", limits.PIN))


def _say_spent(_: RequestLimit) -> Response:
    page, _status = _form(DigitsSpent())
    return make_response(page, HTTPStatus.TOO_MANY_REQUESTS)


def _asked_about() -> str:
    """The dossier that is asked for, however its code is written; the address where it is none."""
    try:
        written = _as_read("code", limits.DOSSIER_CODE)
        return dossier_code.parse(written, today=local(here.now()).date()).canonical
    except Refusal:
        return security.address()


@pages.get("/tracking")
@open_to_all
def ask() -> ResponseReturnValue:
    return _form()


@pages.post("/tracking")
@open_to_all
@limiter.limit(LOOKS)
@limiter.limit(WRONG_LOOKS, key_func=_asked_about, deduct_when=_is_wrong)
@limiter.limit(
    WRONG_DIGITS,
    key_func=lambda: f"digits:{_asked_about()}",
    deduct_when=_is_wrong,
    exempt_when=_no_digits,
    on_breach=_say_spent,
)
@limiter.limit(
    WRONG_DIGITS,
    key_func=lambda: f"digits:{security.address()}",
    deduct_when=_is_wrong,
    exempt_when=_no_digits,
    on_breach=_say_spent,
)
def show() -> ResponseReturnValue:
    """The dossier in the answer to the form itself, so that nothing of it stands in an address."""
    try:
        code = forms.line("code", "Mã hồ sơ", most=limits.DOSSIER_CODE)
        factor = forms.line("factor", "Mã PIN", most=limits.PIN)
        with reading(here.sessions()) as store:
            found = tracking.track(store, here.runtime().vault, code, factor, at=here.now())
    except Refusal as refused:
        return _form(refused)
    return render_template(
        "tracking/dossier.html",
        found=found,
        sentence=pick(_phrases(STATUS, STATUS_OF_PAPERS, found.gives_back)[found.status]),
        next_step=pick(_phrases(NEXT, NEXT_OF_PAPERS, found.gives_back)[found.status]),
        bring=[pick(BRING[each]) for each in found.bring],
        to_pay=[(word(line), dong(amount)) for line, amount in found.to_pay_dong.items()],
        looks=[(at, office, word(Purpose(why))) for at, office, why in found.looks],
        timeline=[
            (step, _phrase(step, gives_back=found.gives_back)) for step in reversed(found.timeline)
        ],
        papers=_papers(found),
        hotline=here.runtime().settings.hotline,
    )


def _papers(found: Tracked) -> list[Printable]:
    """The form for whoever lets somebody else receive the result, in the same answer: no factor is asked for twice."""
    if Bring.AUTHORISATION_IF_NOT_OWNER not in found.bring:
        return []
    pdf = authorisation.render(for_citizen(found))
    return [Printable(say("Giấy ủy quyền nhận kết quả"), f"{found.code}-uy-quyen.pdf", pdf)]


@pages.get("/<string(length=13):item>/<string(length=26):token>")
@open_to_all
@limiter.limit(LABELS)
def label(item: str, token: str) -> ResponseReturnValue:
    """What an ordinary phone opens from an envelope's label: where the envelope is, and no person."""
    with reading(here.sessions()) as store:
        found = tracking.by_label(store, item.upper(), token.upper())
    return render_template(
        "tracking/label.html",
        found=found,
        hotline=here.runtime().settings.hotline,
        step=_of_post(found.step, gives_back=found.gives_back) if found.step else "",
    )


@pages.get("/<string(length=13):item>")
@open_to_all
@limiter.limit(LABELS)
def number(item: str) -> ResponseReturnValue:
    """What the code on a record or an extract opens: an item's number alone tells nobody anything."""
    try:
        found = s10.parse(item).id
    except Refusal:
        raise NothingFound from None
    if here.signed_in() is not None:
        return redirect(url_for("items.show", number=found))
    return redirect(url_for("tracking.ask"))


def _form(refused: Refusal | None = None) -> tuple[str, int]:
    page = render_template(
        "tracking/ask.html",
        refusal=told(refused, saved=True) if refused else "",
        typed=forms.typed("code"),
        hotline=here.runtime().settings.hotline,
    )
    return page, status_of(refused) if refused else 200


def _phrase(step: TimelineStep, *, gives_back: bool) -> str:
    if step.step in set(PublicStep):
        return _of_post(PublicStep(step.step), gives_back=gives_back)
    phrases = _phrases(AGENCY_STEPS, AGENCY_STEPS_OF_PAPERS, gives_back)
    return pick(phrases[StepKind(step.step)])


def _of_post(step: PublicStep, *, gives_back: bool) -> str:
    return pick(_phrases(POST_STEPS, POST_STEPS_OF_PAPERS, gives_back)[step])


def _phrases(
    of_result: Mapping[K, tuple[str, str]],
    of_papers: Mapping[K, tuple[str, str]],
    gives_back: bool,
) -> Mapping[K, tuple[str, str]]:
    """Where there is no result, what is said of the papers instead."""
    return {**of_result, **of_papers} if gives_back else of_result
