"""Find a dossier, look at its four lines, take the agency's steps."""

from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.actors import Role
from postal_service.domain.administrative import NotLater, ReasonNeeded, ReasonTellsNumbers
from postal_service.domain.calendar import NoCalendar
from postal_service.domain.ids import DossierId
from postal_service.domain.refusals import Refusal
from postal_service.domain.standing import Administrative
from postal_service.domain.wording_dates import VIETNAM
from postal_service.services import (
    administrative,
    auditing,
    charges,
    collecting,
    delegates,
    dossiers,
    erasing,
    handover_records,
    overview,
    results,
    taking,
    transfers,
)
from postal_service.services.administrative import (
    AGENCY_SIDE,
    NothingAsked,
    PaperNotOnList,
    SupplementReason,
)
from postal_service.services.digitisation import SCANNERS, ScanState
from postal_service.storage.transaction import reading, transaction
from postal_service.web import forms, here, limits, receiving
from postal_service.web.dossiers.steps import possible, why_of
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.language import say
from postal_service.web.printouts import receipt
from postal_service.web.printouts.authorisation import is_offered
from postal_service.web.printouts.offered import REGISTERING, offered
from postal_service.web.records.offered import papers_of

pages = Blueprint("dossiers", __name__, template_folder="templates", url_prefix="/dossiers")

LOOKING = (Role.DESK_CLERK, Role.POSTAL_CLERK, Role.AGENCY, Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR)  # fmt: skip
ACTING = (*AGENCY_SIDE, Role.MANAGER)
END_OF_DAY = time(17, 0)
MOST_PAPERS = 100
FIELD_OF: Final[Mapping[type[Refusal], str]] = {
    ReasonNeeded: "why",
    ReasonTellsNumbers: "why",
    NotLater: "new_due",
    NoCalendar: "new_due",
    NothingAsked: "paper",
    PaperNotOnList: "paper",
}


@pages.get("")
@staff_only(*LOOKING)
def search() -> ResponseReturnValue:
    """The empty search page. What is searched may be a name or a number, so it never stands in an address."""
    return render_template("dossiers/search.html", query="", found=None)


@pages.post("")
@staff_only(*LOOKING)
def find() -> ResponseReturnValue:
    query = forms.raw("q")[: limits.DOSSIER_QUERY]
    try:
        with reading(here.sessions()) as store:
            found = dossiers.find(store, here.runtime().vault, query, by=here.actor())
    except Refusal as refused:
        page = render_template(
            "dossiers/search.html", query=query, found=None, refusal=told(refused, at="q")
        )
        return page, status_of(refused)
    if len(found.dossiers) == 1 and not found.more:
        return redirect(url_for("dossiers.show", key=found.dossiers[0].id))
    return render_template("dossiers/search.html", query=query, found=found)


@pages.get("/<key>")
@staff_only(*LOOKING)
def show(key: str) -> ResponseReturnValue:
    return _page(DossierId(key))


@pages.post("/<key>/<step>")
@staff_only(*ACTING)
def act(key: str, step: str) -> ResponseReturnValue:
    """Take one step. An unknown step is an unknown page."""
    dossier = DossierId(key)
    if step not in STEPS:
        with reading(here.sessions()) as store:
            dossiers.visible(store, dossier, by=here.actor())
        raise dossiers.UnknownDossier(dossier=key[:40])
    try:
        STEPS[step](dossier)
    except Refusal as refused:
        return _page(dossier, refused, form=step)
    flash(say("Đã ghi vào hồ sơ."), "good")
    return redirect(url_for("dossiers.show", key=key))


def _page(key: DossierId, refused: Refusal | None = None, *, form: str = "") -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        view = overview.dossier(store, here.runtime().vault, key, by=here.actor())
        payable = transfers.payable(
            store, view.dossier, view.accounts, here.runtime().settings.accounts
        )
        records = handover_records.printable(store, view.moments, by=here.actor())
        owed = charges.owed(store, [key]).get(key, ())
        ways = results.ways_out(store, view.dossier, by=here.actor(), at=here.now())
        provable = auditing.provable(store, policy=here.runtime().policy, by=here.actor())
        erased = erasing.told(store, key)
        overwriting = erasing.overwriting(store, erased) if erased else None
        eraser = overview.names(
            store,
            (),
            (),
            units=[erased.unit] if erased else (),
            staff=[erased.by] if erased else (),
        )
    page = render_template(
        "dossiers/dossier.html",
        refusal=told(refused, at=FIELD_OF.get(type(refused), ""), form=form) if refused else "",
        view=view,
        records=records,
        now=here.now(),
        may_arrange=here.actor().may(*collecting.ASKING),
        provable=provable,
        why_of=why_of,
        given_to=receiving.of_step,
        received=receiving.of_moments(view),
        steps=possible(view.dossier, here.actor()),
        may_let_go=bool(ways),
        reasons=list(SupplementReason),
        may_scan=here.actor().may(*SCANNERS),
        scanned={each.position for each in view.scans if each.state is ScanState.ACCEPTED},
        waiting_scans=sum(each.state is ScanState.WAITING for each in view.scans),
        takes_supplement=here.actor().may(Role.POSTAL_CLERK)
        and view.dossier.administrative is Administrative.SUPPLEMENT,
        printouts=offered(view),
        item_papers=[paper for each in view.standings for paper in papers_of(each, here.actor())],
        may_print_receipt=receipt.is_offered(view.dossier) and here.actor().may(*REGISTERING),
        may_authorise=is_offered(view.dossier) and here.actor().may(*REGISTERING),
        may_delegate=is_offered(view.dossier) and here.actor().may(*delegates.NAMING),
        may_register=view.dossier.result_by_post
        and view.dossier.erased_at is None
        and here.actor().may(*REGISTERING),
        payable=payable,
        owed=owed if here.actor().may(*taking.AT_COUNTERS) else (),
        purpose_of=transfers.purpose_of,
        erased=erased,
        eraser=eraser,
        overwriting=overwriting,
        may_overwrite=here.actor().may(*erasing.ERASING),
        may_erase=here.actor().may(*erasing.ERASING) and view.dossier.erased_at is None,
        asks_transfer=here.actor().may(*transfers.ASKING),
    )
    return page, status_of(refused) if refused else 200


def _why() -> str:
    return forms.line("why", "Lý do", most=limits.STEP_REASON)


def _receive(dossier: DossierId) -> None:
    with transaction(here.sessions()) as store:
        administrative.receive(store, dossier, by=here.actor(), at=here.now())


def _verify(dossier: DossierId) -> None:
    with transaction(here.sessions()) as store:
        administrative.verify(store, dossier, why=_why(), by=here.actor(), at=here.now())


def _supplement(dossier: DossierId) -> None:
    reason = forms.choice("reason", "Lý do bổ sung", SupplementReason)
    papers = forms.many("paper", most=MOST_PAPERS)
    with transaction(here.sessions()) as store:
        administrative.request_supplement(
            store,
            dossier,
            papers,
            reason=reason,
            by=here.actor(),
            at=here.now(),
            limits=here.runtime().settings.agency_rules,
        )


def _supplemented(dossier: DossierId) -> None:
    with transaction(here.sessions()) as store:
        administrative.supplement_received(store, dossier, by=here.actor(), at=here.now())


def _duty(dossier: DossierId) -> None:
    with transaction(here.sessions()) as store:
        administrative.notice_duty(store, dossier, why=_why(), by=here.actor(), at=here.now())


def _duty_met(dossier: DossierId) -> None:
    with transaction(here.sessions()) as store:
        administrative.meet_duty(store, dossier, by=here.actor(), at=here.now())


def _extend(dossier: DossierId) -> None:
    with forms.together():
        day, why = forms.day("new_due", "Ngày hẹn mới"), _why()
    new_due = datetime.combine(day, END_OF_DAY, VIETNAM)
    with transaction(here.sessions()) as store:
        administrative.extend(
            store,
            dossier,
            new_due,
            basis=why,
            by=here.actor(),
            at=here.now(),
            limits=here.runtime().settings.agency_rules,
        )


def _refuse(dossier: DossierId) -> None:
    with transaction(here.sessions()) as store:
        administrative.refuse(store, dossier, why=_why(), by=here.actor(), at=here.now())


def _discontinue(dossier: DossierId) -> None:
    with transaction(here.sessions()) as store:
        administrative.discontinue(store, dossier, why=_why(), by=here.actor(), at=here.now())


def _resolve(dossier: DossierId) -> None:
    with transaction(here.sessions()) as store:
        administrative.resolve(store, dossier, by=here.actor(), at=here.now())


def _withdraw(dossier: DossierId) -> None:
    with transaction(here.sessions()) as store:
        administrative.withdraw(
            store, here.keys(), dossier, why=_why(), by=here.actor(), at=here.now()
        )


STEPS: Final[Mapping[str, Callable[[DossierId], None]]] = {
    "receive": _receive,
    "verify": _verify,
    "supplement": _supplement,
    "supplemented": _supplemented,
    "duty": _duty,
    "duty-met": _duty_met,
    "extend": _extend,
    "refuse": _refuse,
    "discontinue": _discontinue,
    "resolve": _resolve,
    "withdraw": _withdraw,
}
