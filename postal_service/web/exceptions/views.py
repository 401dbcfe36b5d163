"""Report, settle and correct. Every act here is a new event; nothing is changed."""

from collections.abc import Callable, Mapping
from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.actors import Role
from postal_service.domain.acts import Capacity, Condition, CorrectionKind, Deliver
from postal_service.domain.custody import State, Trouble
from postal_service.domain.custody_rules import CountsDiffer, CountsMalformed, WitnessIsHimself
from postal_service.domain.desk_codes import WrongCheckCharacters
from postal_service.domain.identity import Entitlement
from postal_service.domain.ids import EventId, ItemId
from postal_service.domain.refusals import Refusal
from postal_service.domain.rewriting import Changes
from postal_service.domain.wording_dates import short_moment
from postal_service.projections.timelines import Moment
from postal_service.services import (
    cases,
    corrections,
    directory,
    exceptions,
    overview,
    places,
    sight,
)
from postal_service.services.corrections import (
    CorrectedAlready,
    NotCorrectable,
    OwnCorrection,
    UnknownEvent,
)
from postal_service.services.directory import UnknownStaff
from postal_service.services.overview import ItemView
from postal_service.services.recording import SealUsed
from postal_service.storage.transaction import reading, transaction
from postal_service.web import forms, here, limits, receiving
from postal_service.web.acts import act_word, holds
from postal_service.web.errors import status_of, told
from postal_service.web.exceptions import rewriting
from postal_service.web.gate import staff_only
from postal_service.web.language import say

pages = Blueprint("exceptions", __name__, template_folder="templates", url_prefix="/items")

REPORTING = (Role.DESK_CLERK, Role.POSTAL_CLERK, Role.AGENCY, Role.MANAGER, Role.ADMINISTRATOR)
CORRECTING = rewriting.CORRECTING


@pages.get("/<number>/exceptions")
@staff_only(*REPORTING)
def show(number: str) -> ResponseReturnValue:
    return _page(ItemId(number))


@pages.post("/<number>/exceptions/<act>")
@staff_only(*REPORTING)
def report(number: str, act: str) -> ResponseReturnValue:
    item = ItemId(number)
    if act not in ACTS:
        raise UnknownEvent(event=act[:40])
    try:
        ACTS[act](item)
    except Refusal as refused:
        return _page(item, refused, form=act)
    flash(say("Đã ghi. Sự kiện nằm trong chuỗi lưu giữ của bưu gửi."), "good")
    return redirect(url_for("items.show", number=item))


@pages.get("/<number>/corrections")
@staff_only(*CORRECTING)
def to_correct(number: str) -> ResponseReturnValue:
    return _correction_page(ItemId(number))


@pages.post("/<number>/corrections")
@staff_only(*CORRECTING)
def correct(number: str) -> ResponseReturnValue:
    """Say that an event did not occur. The one who found it is named; the one who signs has checked."""
    item = ItemId(number)
    try:
        with forms.together():
            event = EventId(forms.line("event", "Sự kiện không xảy ra", most=limits.EVENT))
            badge = forms.line("maker", "Thẻ người phát hiện", most=limits.BADGE)
            why = _why()
        with transaction(here.sessions()) as store:
            sight.item(store, item, by=here.actor())
            if event not in corrections.told_of(store, item):
                raise UnknownEvent(event=event)
            corrections.correct(
                store,
                here.keys(),
                event,
                kind=CorrectionKind.DID_NOT_OCCUR,
                maker=directory.colleague_by_badge(store, badge).staff,
                why=why,
                by=here.actor(),
                at=here.now(),
            )
    except Refusal as refused:
        return _correction_page(item, refused)
    flash(say("Đã đính chính bằng một sự kiện mới; sự kiện cũ vẫn còn trong sổ."), "good")
    return redirect(url_for("items.show", number=item))


@pages.get("/<number>/corrections/<event>")
@staff_only(*CORRECTING)
def to_rewrite(number: str, event: str) -> ResponseReturnValue:
    """What the event tells, to be put right."""
    return _rewriting_page(ItemId(number), EventId(event))


@pages.post("/<number>/corrections/<event>")
@staff_only(*CORRECTING)
def rewrite(number: str, event: str) -> ResponseReturnValue:
    """Say what the event should have told. Who found it is named; who signs has checked."""
    item, wrong = ItemId(number), EventId(event)
    try:
        with transaction(here.sessions()) as store:
            view = overview.item(store, item, by=here.actor())
            moment = _moment(view, wrong)
            with forms.together():
                changes = rewriting.read(moment.act, of_bag=view.standing.is_bag)
                received = _received(moment, changes)
                badge = forms.line("maker", "Thẻ người phát hiện", most=limits.BADGE)
                because = _because()
            corrections.rewrite(
                store,
                here.keys(),
                wrong,
                changes,
                maker=directory.colleague_by_badge(store, badge).staff,
                why=because,
                received=received,
                by=here.actor(),
                at=here.now(),
            )
    except Refusal as refused:
        return _rewriting_page(item, wrong, refused)
    flash(say("Đã đính chính bằng một sự kiện mới; sự kiện cũ vẫn còn trong sổ."), "good")
    return redirect(url_for("items.show", number=item))


def _page(item: ItemId, refused: Refusal | None = None, *, form: str = "") -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        view = overview.item(store, item, by=here.actor())
    in_vain = view.dossier is not None and cases.is_fetched_in_vain(
        view.standing, view.dossier.administrative
    )
    page = render_template(
        "exceptions/exceptions.html",
        refusal=told(refused, at=_field_of(refused, "witness"), form=form) if refused else "",
        view=view,
        conditions=list(Condition),
        may_report=holds(view.standing, here.actor()) and not view.standing.ended,
        is_lost=Trouble.LOST in view.standing.troubles,
        is_fetched_in_vain=in_vain,
        is_in_vain_at_agency=in_vain and view.standing.state is State.WITH_AGENCY,
        may_settle=here.actor().may(Role.MANAGER, Role.AGENCY, Role.ADMINISTRATOR),
        may_correct=here.actor().may(*CORRECTING),
    )
    return page, status_of(refused) if refused else 200


def _correction_page(item: ItemId, refused: Refusal | None = None) -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        view = overview.item(store, item, by=here.actor())
        open_ones = set(corrections.told_of(store, item))
    moments = [moment for moment in view.moments if moment.event in open_ones]
    page = render_template(
        "exceptions/corrections.html",
        refusal=told(refused, at=_field_of(refused, "maker")) if refused else "",
        view=view,
        moments=moments,
        events=[("", "—"), *((each.event, _called(each, view)) for each in moments)],
    )
    return page, status_of(refused) if refused else 200


def _rewriting_page(
    item: ItemId, wrong: EventId, refused: Refusal | None = None
) -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        view = overview.item(store, item, by=here.actor())
    moment = _moment(view, wrong)
    page = render_template(
        "exceptions/rewrite.html",
        refusal=told(refused, at=_field_of(refused, "maker")) if refused else "",
        view=view,
        wrong=moment,
        asked=rewriting.asked(moment.act, of_bag=view.standing.is_bag),
        asks_receiver=isinstance(moment.act, Deliver),
    )
    return page, status_of(refused) if refused else 200


def _moment(view: ItemView, event: EventId) -> Moment:
    """An event of this item whose data can be put right. Raises UnknownEvent."""
    found = next((each for each in view.moments if each.event == event), None)
    if found is None or not rewriting.can_be_put_right(found):
        raise UnknownEvent(event=event[:40])
    return found


def _received(moment: Moment, changes: Changes) -> Entitlement | None:
    """Who came at a delivery, where that is put right."""
    if not isinstance(moment.act, Deliver):
        return None
    return receiving.entitlement(changes.receiver or moment.act.receiver)


def _because() -> str:
    return forms.line("because", "Lý do đính chính", most=limits.REASON)


def _why() -> str:
    return forms.line("why", "Lý do", most=limits.REASON)


def _condition_and_why() -> tuple[Condition, str]:
    with forms.together():
        return forms.choice("condition", "Tình trạng", Condition), _why()


def _field_of(refused: Refusal, badge: str) -> str:
    """The field that a service's refusal is about; `badge` is the one that names the other person."""
    match refused:
        case UnknownStaff() | WrongCheckCharacters():
            return badge
        case WitnessIsHimself() | OwnCorrection():
            return badge
        case UnknownEvent() | NotCorrectable() | CorrectedAlready():
            return "event"
        case CountsDiffer() | CountsMalformed():
            return "originals"
        case SealUsed():
            return "seal"
        case _:
            return receiving.FIELD_OF.get(type(refused), "")


def _called(moment: Moment, view: ItemView) -> str:
    """An event in a line, as it is chosen from."""
    person, at = view.names.person(moment.by.staff), short_moment(moment.happened_at)
    return f"#{moment.index} · {act_word(moment.act)} · {at} · {person}"


def _damage(item: ItemId) -> None:
    condition, why = _condition_and_why()
    with transaction(here.sessions()) as store:
        sight.item(store, item, by=here.actor())
        exceptions.report_damage(
            store,
            here.keys(),
            item,
            condition=condition,
            why=why,
            by=here.actor(),
            at=here.now(),
        )


def _lost(item: ItemId) -> None:
    why = _why()
    with transaction(here.sessions()) as store:
        sight.item(store, item, by=here.actor())
        exceptions.report_lost(store, here.keys(), item, why=why, by=here.actor(), at=here.now())


def _found(item: ItemId) -> None:
    condition, why = _condition_and_why()
    with transaction(here.sessions()) as store:
        sight.item(store, item, by=here.actor())
        unit = places.workplace(store, by=here.actor(), at=here.now())
        at_desk = unit.kind in {places.DESK, places.AGENCY}
        exceptions.report_found(
            store,
            here.keys(),
            item,
            capacity=Capacity.DESK if at_desk else Capacity.COUNTER,
            condition=condition,
            why=why,
            by=here.actor(),
            at=here.now(),
        )


def _postpone(item: ItemId) -> None:
    why = _why()
    with transaction(here.sessions()) as store:
        sight.item(store, item, by=here.actor())
        exceptions.postpone(store, here.keys(), item, why=why, by=here.actor(), at=here.now())


def _withdrawn(item: ItemId) -> None:
    with transaction(here.sessions()) as store:
        sight.item(store, item, by=here.actor())
        exceptions.note_withdrawn(store, here.keys(), item, by=here.actor(), at=here.now())


def _settle(item: ItemId) -> None:
    with forms.together():
        counts = forms.counts()
        badge = forms.line("witness", "Thẻ người chứng kiến", most=limits.BADGE)
        why = _why()
    with transaction(here.sessions()) as store:
        sight.item(store, item, by=here.actor())
        exceptions.settle(
            store,
            here.keys(),
            item,
            witness=directory.colleague_by_badge(store, badge).staff,
            counts=counts,
            why=why,
            by=here.actor(),
            at=here.now(),
        )


ACTS: Final[Mapping[str, Callable[[ItemId], None]]] = {
    "damage": _damage,
    "lost": _lost,
    "found": _found,
    "postpone": _postpone,
    "withdrawn": _withdrawn,
    "settle": _settle,
}
