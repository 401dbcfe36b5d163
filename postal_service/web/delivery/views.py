"""Deliver at the counter, note an attempt, invite, hold, send back, renew the delivery code."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.actors import RoleNeeded
from postal_service.domain.acts import (
    CardProof,
    CodeProof,
    Counts,
    Leg,
    MessageProof,
    OverrideProof,
    Proof,
    Receiver,
)
from postal_service.domain.attempts import (
    REASONS,
    ActionDoesNotFit,
    AgreedDayDoesNotFit,
    AgreedDayMissing,
    Reason,
    UnknownReason,
    days_to_agree,
)
from postal_service.domain.codes import NotADeliveryCode, read_delivery_code
from postal_service.domain.custody import ENDED
from postal_service.domain.custody_rules import WitnessIsHimself, WrongDeliveryCode
from postal_service.domain.desk_codes import WrongCheckCharacters
from postal_service.domain.identity import (
    Compared,
    ContradictsDossier,
    Entitlement,
    IdentityContradicts,
    NotACitizenCard,
    NotACitizenNumber,
    read_card,
    refuse_another,
)
from postal_service.domain.ids import DossierId, ItemId
from postal_service.domain.persons import PersonRole
from postal_service.domain.refusals import Refusal
from postal_service.domain.wording_dates import local
from postal_service.services import (
    calendars,
    carried,
    charges,
    counter_delivery,
    delivery,
    directory,
    message_codes,
    once,
    outbox,
    overview,
    persons,
    places,
    return_envelopes,
    sight,
)
from postal_service.services import held as held_here
from postal_service.services.counter_delivery import (
    DELIVERING,
    NotTakenBack,
    WitnessFromElsewhere,
)
from postal_service.services.directory import UnknownStaff
from postal_service.services.message_codes import MessageCodeWrong
from postal_service.storage.transaction import reading, transaction
from postal_service.web import form_keys, forms, here, limits, receiving, renewed_codes
from postal_service.web.delivery.proofs import Means, NotThisItem
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.labels import word
from postal_service.web.language import pick, say

pages = Blueprint("delivery", __name__, template_folder="templates")

FIELD_OF: Final[Mapping[type[Refusal], str]] = {
    **receiving.FIELD_OF,
    NotTakenBack: "recovered",
    NotADeliveryCode: "delivery_code",
    NotThisItem: "delivery_code",
    WrongDeliveryCode: "delivery_code",
    MessageCodeWrong: "message_code",
    NotACitizenCard: "card",
    NotACitizenNumber: "card",
    IdentityContradicts: "card",
    ContradictsDossier: "card",
    UnknownStaff: "witness",
    WrongCheckCharacters: "witness",
    WitnessIsHimself: "witness",
    WitnessFromElsewhere: "witness",
    RoleNeeded: "proof",
    UnknownReason: "reason",
    ActionDoesNotFit: "reason",
    AgreedDayMissing: "agreed_for",
    AgreedDayDoesNotFit: "agreed_for",
}


@pages.get("/held")
@staff_only(*DELIVERING)
def held() -> ResponseReturnValue:
    """What waits here for citizens to fetch, and what the post has to do about it."""
    with reading(here.sessions()) as store:
        office = places.workplace(store, by=here.actor(), at=here.now())
        found = held_here.page(
            store,
            policy=here.policy(),
            calendar=calendars.of_unit(store, office),
            by=here.actor(),
            at=here.now(),
            after=forms.cursor(),
        )
    return render_template("delivery/held.html", page=found, today=local(here.now()).date())


@pages.get("/items/<number>/delivery")
@staff_only(*DELIVERING)
def show(number: str) -> ResponseReturnValue:
    return _page(ItemId(number))


@pages.post("/items/<number>/delivery")
@staff_only(*DELIVERING)
def deliver(number: str) -> ResponseReturnValue:
    """An identity result and a proof, or nothing."""
    item = ItemId(number)
    try:
        with forms.together():
            receiver = forms.choice("receiver", "Người nhận", Receiver)
            entitlement = receiving.entitlement(receiver)
            originals = forms.number("recovered", "Bản chính thu lại", within=limits.OLD_PAPERS)
            means = forms.choice("proof", "Cách xác nhận", Means)
        recovered = Counts(originals=originals, certified=0, photocopies=0)
        cannot_give_back = forms.has("cannot_give_back")
        with reading(here.sessions()) as store:  # before a try of a code is counted
            counter_delivery.refuse_unless_taken_back(
                store, item, recovered, cannot_give_back=cannot_give_back, by=here.actor()
            )
        proof, compared = _proof(item, means, entitlement)
        with transaction(here.sessions()) as store:
            if isinstance(proof, MessageProof):
                message_codes.redeem(
                    store,
                    here.runtime().vault,
                    proof.reference,
                    forms.raw("message_code").strip()[: limits.MESSAGE_CODE + 1],
                    at=here.now(),
                )
            done = counter_delivery.deliver(
                store,
                here.keys(),
                item,
                entitlement=entitlement,
                proof=proof,
                recovered=recovered,
                cannot_give_back=cannot_give_back,
                service=here.runtime().settings.item_prefix,
                by=here.actor(),
                at=here.now(),
            )
    except Refusal as refused:
        return _page(item, refused, form="deliver")
    if compared:
        flash(say("Thẻ khớp; đã so {compared}.", compared=word(compared)), "good")
    if done.recovered_item:
        flash(
            say(
                "Đã phát. Giấy tờ thu lại là bưu gửi {item}: niêm phong và chuyển về cơ quan.",
                item=done.recovered_item,
            ),
            "good",
        )
        return redirect(url_for("items.show", number=done.recovered_item))
    flash(say("Đã phát cho công dân."), "good")
    return redirect(url_for("items.show", number=item))


@pages.post("/items/<number>/message-code")
@staff_only(*DELIVERING)
def send_code(number: str) -> ResponseReturnValue:
    item = ItemId(number)
    try:
        with transaction(here.sessions()) as store:
            counter_delivery.send_code(
                store,
                here.runtime().vault,
                item,
                can_send=here.runtime().settings.can_send,
                by=here.actor(),
                at=here.now(),
            )
    except Refusal as refused:
        return _page(item, refused, form="message")
    flash(
        say(
            "Đã yêu cầu gửi mã 6 số; mã có hiệu lực 10 phút. Ô “Gửi mã 6 số” cho biết tin đã đi chưa."
        ),
        "good",
    )
    return redirect(url_for("delivery.show", number=item))


@pages.post("/items/<number>/attempt")
@staff_only(*DELIVERING)
def attempt(number: str) -> ResponseReturnValue:
    item = ItemId(number)
    try:
        with transaction(here.sessions()) as store:
            sight.item(store, item, by=here.actor())
            delivery.attempt(
                store,
                here.keys(),
                item,
                reason=forms.raw("reason")[:10],
                action=forms.raw("action")[:10],
                agreed_for=forms.optional_day("agreed_for", "Ngày người nhận hẹn"),
                policy=here.policy(),
                by=here.actor(),
                at=here.now(),
            )
    except Refusal as refused:
        return _page(item, refused, form="attempt")
    flash(say("Đã ghi lần phát không thành công."), "good")
    return redirect(url_for("delivery.show", number=item))


@pages.post("/items/<number>/invite")
@staff_only(*DELIVERING)
def invite(number: str) -> ResponseReturnValue:
    item = ItemId(number)
    try:
        with transaction(here.sessions()) as store:
            sight.item(store, item, by=here.actor())
            office = places.workplace(store, by=here.actor(), at=here.now())
            delivery.invite(
                store,
                here.keys(),
                item,
                policy=here.policy(),
                calendar=calendars.of_unit(store, office),
                by=here.actor(),
                at=here.now(),
            )
    except Refusal as refused:
        return _page(item, refused, form="invite")
    flash(say("Đã ghi giấy mời và lưu bưu gửi chờ nhận."), "good")
    return redirect(url_for("delivery.show", number=item))


@pages.post("/items/<number>/send-back")
@staff_only(*DELIVERING)
def send_back(number: str) -> ResponseReturnValue:
    item = ItemId(number)
    try:
        why = forms.line("why", "Lý do", most=limits.REASON)
        with transaction(here.sessions()) as store:
            sight.item(store, item, by=here.actor())
            office = places.workplace(store, by=here.actor(), at=here.now())
            delivery.send_back(
                store,
                here.keys(),
                item,
                why=why,
                policy=here.policy(),
                calendar=calendars.of_unit(store, office),
                by=here.actor(),
                at=here.now(),
            )
    except Refusal as refused:
        return _page(item, refused, form="back")
    flash(say("Bưu gửi bắt đầu chuyển hoàn về cơ quan."), "good")
    return redirect(url_for("items.show", number=item))


@pages.post("/items/<number>/delivery-code")
@staff_only(*DELIVERING)
def renew_code(number: str) -> ResponseReturnValue:
    """A new delivery code: the old one opens nothing any more; the new one is on the slip and nowhere else."""
    item = ItemId(number)
    try:
        why = forms.line("why", "Lý do", most=limits.REASON)
        key = form_keys.read()
        with transaction(here.sessions()) as store:
            once.use(store, key)
            sight.item(store, item, by=here.actor())
            code = delivery.renew_code(
                store, here.keys(), item, why=why, by=here.actor(), at=here.now()
            )
            view = overview.item(store, item, by=here.actor())
            office = places.workplace(store, by=here.actor(), at=here.now())
    except Refusal as refused:
        return _page(item, refused, form="renew")
    return render_template(
        "delivery/renewed.html",
        item=item,
        papers=[renewed_codes.printable(view, code, office=office.name)],
        is_on_its_way=carried.is_on_its_way(view.standing),
    )


def _proof(item: ItemId, means: Means, claimed: Entitlement) -> tuple[Proof, Compared | None]:
    """What shows that the citizen may have it; of a card, what it was compared with too."""
    match means:
        case Means.CODE:
            # A damaged burst is told apart from a wrong code before anything is compared.
            code = read_delivery_code(forms.raw("delivery_code")[: limits.DELIVERY_CODE])
            if code.item != item:
                raise NotThisItem(item=item, scanned=code.item)
            return CodeProof(rotation=code.rotation, secret=code.secret), None
        case Means.MESSAGE:
            with transaction(here.sessions()) as store:  # counted before it is compared
                reference = counter_delivery.count_try(store, item, by=here.actor(), at=here.now())
            return MessageProof(reference=reference), None
        case Means.CARD:
            card = read_card(forms.raw("card")[: limits.CARD])
            with transaction(here.sessions()) as store:
                found = counter_delivery.compare_card(
                    store,
                    here.runtime().vault,
                    item,
                    card,
                    claimed,
                    by=here.actor(),
                    at=here.now(),
                )
            refuse_another(found)  # the look stays logged
            return CardProof(last4=card.number.last4), found.compared
        case Means.OVERRIDE:
            badge = forms.line("witness", "Thẻ người chứng kiến", most=limits.BADGE)
            with reading(here.sessions()) as store:
                witness = directory.colleague_by_badge(store, badge).staff
            return OverrideProof(witness=witness), None


def _page(item: ItemId, refused: Refusal | None = None, *, form: str = "") -> ResponseReturnValue:
    with reading(here.sessions()) as store:
        view = overview.item(store, item, by=here.actor())
        dossier = view.dossier.id if view.dossier else DossierId("")
        message = outbox.newest(store, item)
        owed = charges.owed(store, [dossier]).get(dossier, ())
        people = persons.masked(store, here.runtime().vault, [dossier])[dossier]
        back = return_envelopes.of(store, [item]).get(item)
        following = None
        days: tuple[date, ...] = ()
        if view.standing.leg is Leg.OUT and view.standing.state not in ENDED:
            office = places.workplace(store, by=here.actor(), at=here.now())
            calendar = calendars.of_unit(store, office)
            following = delivery.next_step(
                store, item, policy=here.policy(), calendar=calendar, at=here.now()
            )
            days = days_to_agree(local(here.now()).date(), policy=here.policy(), on=calendar)
    page = render_template(
        "delivery/delivery.html",
        refusal=_told(refused, form) if refused else "",
        view=view,
        owed=owed,
        old_papers=back.papers if back else (),
        delegate=people.get(PersonRole.DELEGATE),
        following=following,
        days=days,
        asks_day=Reason.OTHER_DAY_AGREED.value,
        message=message,
        can_send=here.runtime().settings.can_send,
        receivers=list(Receiver),
        means=list(Means),
        reasons=_reasons(),
    )
    return page, status_of(refused) if refused else 200


def _told(refused: Refusal, form: str) -> str:
    # A try is counted before its code is compared, and a look at the dossier stays logged.
    kept = isinstance(refused, MessageCodeWrong | ContradictsDossier)
    return told(refused, at=FIELD_OF.get(type(refused), ""), form=form, saved=kept)


def _reasons() -> Mapping[str, str]:
    return {reason.value: pick((REASONS[reason].vi, REASONS[reason].en)) for reason in Reason}
