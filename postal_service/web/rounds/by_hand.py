"""A proposal changed by hand: looked at before it is saved; and why a call is where it is."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.actors import Role
from postal_service.domain.refusals import Refusal
from postal_service.services import plans, round_pages, rounds
from postal_service.services.plans import PlanId
from postal_service.services.round_changes import Change
from postal_service.storage.transaction import reading, transaction
from postal_service.web import forms, here, limits
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.rounds import changes
from postal_service.web.rounds.views import in_words, page_of

by_hand = Blueprint("by_hand", __name__, template_folder="templates", url_prefix="/rounds")
by_hand.context_processor(in_words)


@by_hand.post("/<plan>/change")
@staff_only(Role.MANAGER)
def change(plan: str) -> ResponseReturnValue:
    """One change by hand: tried, or saved; what breaks something is saved only once that was seen."""
    number = PlanId(plan)
    try:
        return _changed(number, changes.asked())
    except plans.UnknownPlan:
        raise
    except Refusal as refused:
        if forms.ticked("part"):
            part = render_template("rounds/refused_part.html", refusal=told(refused))
            return part, status_of(refused)
        field = changes.field_of(refused)
        return page_of(refused, plan=number, form=changes.form(), field=field)


def _changed(number: PlanId, wanted: Sequence[Change]) -> ResponseReturnValue:
    if forms.ticked("try"):
        return _tried(number, wanted)
    try:
        with transaction(here.sessions()) as store:
            done = rounds.change(
                store,
                here.runtime().vault,
                number,
                wanted,
                tag=forms.raw("tag"),
                knowing_faults=forms.ticked("knowing"),
                by=here.actor(),
                at=here.now(),
                conditions=here.runtime().settings.conditions,
            )
    except rounds.ChangeBreaks as refused:
        return _tried(number, wanted, refused)
    flash(changes.told(done), "warn" if done.faults else "good")
    return redirect(url_for("rounds.show", plan=number))


def _tried(
    number: PlanId, wanted: Sequence[Change], refused: rounds.ChangeBreaks | None = None
) -> ResponseReturnValue:
    """What a change would do; the page, or the part of it that the script puts beside the form."""
    with reading(here.sessions()) as store:
        done = rounds.try_out(
            store,
            here.runtime().vault,
            number,
            wanted,
            by=here.actor(),
            at=here.now(),
            conditions=here.runtime().settings.conditions,
        )
        names = round_pages.names_of(store, *changes.named_in(wanted, done))
    shown = render_template(
        "rounds/tried_part.html" if forms.ticked("part") else "rounds/tried.html",
        plan=number,
        tried=done,
        added=changes.worst(done.added),
        names=names,
        asked=changes.what_is_asked(wanted, names),
        fields=changes.typed(),
        refusal=told(refused) if refused else "",
    )
    return shown, status_of(refused) if refused else 200


@by_hand.get("/<plan>/why")
@staff_only(Role.MANAGER)
def why(plan: str) -> ResponseReturnValue:
    """Why a call is with its courier at its place, and what the next best place would cost."""
    number, order = PlanId(plan), forms.asked("order", most=limits.ORDER)
    try:
        with reading(here.sessions()) as store:
            found = rounds.why_here(
                store,
                here.runtime().vault,
                number,
                order,
                by=here.actor(),
                at=here.now(),
                conditions=here.runtime().settings.conditions,
            )
            page = round_pages.page(store, number, policy=here.policy(), by=here.actor())
            calls = {
                order,
                *(place.after for place in (found.here, *found.cheapest) if place.after),
            }
            staff = {found.here.courier, found.in_hand, *found.nowhere}
            staff |= {place.courier for place in found.cheapest}
            names = round_pages.names_of(store, calls, staff)
    except plans.UnknownPlan:
        raise
    except Refusal as refused:
        return page_of(refused, plan=number)
    return render_template(
        "rounds/why.html",
        plan=page.plan,
        order=order,
        why=found,
        # A move puts the other half of a pair directly beside it, which may be another place.
        moves={}
        if found.is_pair
        else {place: changes.position_of(place, order, page) for place in found.cheapest},
        names=names,
    )
