"""The pages of a manager's rounds. A search is a job: these pages ask for it and show how far it is."""

from datetime import date, datetime

from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from postal_service.domain.actors import Role
from postal_service.domain.ids import RoundId, UnitCode
from postal_service.domain.refusals import Refusal
from postal_service.domain.units import UnknownUnit
from postal_service.domain.wording_dates import local
from postal_service.papers.signed_heads import on_paper
from postal_service.printing import run_list
from postal_service.services import (
    jobs,
    overview,
    planning_jobs,
    plans,
    round_loading,
    round_maps,
    round_pages,
    rounds,
    rounds_out,
    run_lists,
    signed_heads,
    workdays,
)
from postal_service.services.jobs import JobId
from postal_service.services.planning import Lock, Scope
from postal_service.services.plans import PlanId
from postal_service.services.proposals import Wish
from postal_service.storage.transaction import reading, transaction
from postal_service.web import forms, here, limits, return_labels
from postal_service.web.errors import status_of, told
from postal_service.web.gate import staff_only
from postal_service.web.language import say
from postal_service.web.papers import opened
from postal_service.web.rounds import words
from postal_service.web.rounds.drawing import points
from postal_service.web.rounds.run_list import paper_of

pages = Blueprint("rounds", __name__, template_folder="templates", url_prefix="/rounds")

BUDGETS = (5, 10, 30, 60, 120)


@pages.context_processor
def in_words() -> dict[str, object]:
    return {"words": words, "time_of": _time_of}


@pages.get("")
@staff_only(Role.MANAGER)
def show() -> ResponseReturnValue:
    """The newest plan of an office's day; `plan` names another version of it."""
    return page_of()


@pages.post("/propose")
@staff_only(Role.MANAGER)
def propose() -> ResponseReturnValue:
    """Ask for a search; the page that follows shows how far it is."""
    try:
        with forms.together():
            day = forms.day("day", "Ngày")
            office = UnitCode(forms.line("office", "Bưu cục", most=limits.UNIT))
            budget_seconds, seed = _budget_seconds(), _seed()
            scope = forms.choice("scope", "Phạm vi", Scope)
        wish = Wish(office=office, day=day, budget_seconds=budget_seconds, seed=seed, scope=scope)
        with transaction(here.sessions()) as store:
            job = planning_jobs.ask_for_office(store, wish, by=here.actor(), at=here.now())
    except UnknownUnit:
        raise
    except Refusal as refused:
        return page_of(refused, form="propose")
    return redirect(url_for("rounds.show", office=office, day=day.isoformat(), job=job.id))


@pages.post("/propose-all")
@staff_only(Role.MANAGER)
def propose_all() -> ResponseReturnValue:
    """Ask for a search for every office this person makes the rounds of."""
    try:
        with forms.together():
            day = forms.day("day", "Ngày")
            budget_seconds, seed = _budget_seconds(), _seed()
        with transaction(here.sessions()) as store:
            job = planning_jobs.ask_for_all(
                store,
                day,
                budget_seconds=budget_seconds,
                seed=seed,
                by=here.actor(),
                at=here.now(),
            )
    except Refusal as refused:
        return page_of(refused, form="propose")
    return redirect(url_for("rounds.show", day=day.isoformat(), job=job.id))


@pages.get("/jobs/<job>")
@staff_only(Role.MANAGER)
def job_state(job: str) -> ResponseReturnValue:
    """How far a search is, for the script of the page."""
    with reading(here.sessions()) as store:
        found = jobs.watch(store, JobId(job), by=here.actor())
    return jsonify(
        done=found.done,
        total=found.total,
        open=found.is_open,
        state=words.job_word(found.state),
        best=words.best_so_far(found, forms.asked("office")),
    )


@pages.post("/jobs/<job>/cancel")
@staff_only(Role.MANAGER)
def cancel_job(job: str) -> ResponseReturnValue:
    with transaction(here.sessions()) as store:
        found = jobs.cancel(store, JobId(job), by=here.actor(), at=here.now())
    return _back_to(found)


@pages.post("/jobs/<job>/restart")
@staff_only(Role.MANAGER)
def restart_job(job: str) -> ResponseReturnValue:
    with transaction(here.sessions()) as store:
        found = jobs.restart(store, JobId(job), by=here.actor(), at=here.now())
    return _back_to(found)


@pages.post("/<plan>/publish")
@staff_only(Role.MANAGER)
def publish(plan: str) -> ResponseReturnValue:
    """Make a proposal what the couriers ride, if it is still the one this person saw."""
    try:
        with transaction(here.sessions()) as store:
            done = rounds.publish(
                store,
                here.runtime().vault,
                PlanId(plan),
                tag=forms.raw("tag"),
                knowing_faults=forms.ticked("knowing"),
                by=here.actor(),
                at=here.now(),
                conditions=here.runtime().settings.conditions,
            )
    except plans.UnknownPlan:
        raise
    except Refusal as refused:
        field = "knowing" if isinstance(refused, rounds.FaultsNotAccepted) else ""
        return page_of(refused, plan=PlanId(plan), form="publish", field=field)
    flash(
        say(
            "Đã phát hành bản {version}. Bưu tá thấy tuyến ở lần đồng bộ tới.", version=done.version
        ),
        "good",
    )
    return redirect(url_for("rounds.show", plan=plan))


@pages.post("/<plan>/revise")
@staff_only(Role.MANAGER)
def revise(plan: str) -> ResponseReturnValue:
    """A published plan as a new proposal."""
    try:
        with transaction(here.sessions()) as store:
            made = rounds.revise(
                store,
                here.runtime().vault,
                PlanId(plan),
                by=here.actor(),
                at=here.now(),
                conditions=here.runtime().settings.conditions,
            )
    except plans.UnknownPlan:
        raise
    except Refusal as refused:
        return page_of(refused, plan=PlanId(plan))
    return redirect(url_for("rounds.show", plan=made))


@pages.post("/<plan>/discard")
@staff_only(Role.MANAGER)
def discard(plan: str) -> ResponseReturnValue:
    """Throw a proposal away; the one before it is open again."""
    try:
        with transaction(here.sessions()) as store:
            gone, again = rounds.discard(
                store, PlanId(plan), tag=forms.raw("tag"), by=here.actor(), at=here.now()
            )
    except plans.UnknownPlan:
        raise
    except Refusal as refused:
        return page_of(refused, plan=PlanId(plan))
    told_so = say("Đã bỏ bản {version}.", version=gone.version)
    if again is not None:
        told_so += " " + say("Bản {version} lại là đề xuất.", version=again.version)
    flash(told_so, "good")
    return redirect(url_for("rounds.show", office=gone.office, day=gone.day.isoformat()))


@pages.post("/load/<round_id>")
@staff_only(Role.MANAGER, Role.POSTAL_CLERK)
def load(round_id: str) -> ResponseReturnValue:
    """Offer the items of one tour of a round to its courier, all in one batch.

    Where envelopes for old papers go along, their labels stand in this answer and nowhere else.
    """
    tour = forms.number("tour", "Chuyến", within=limits.TOUR)
    with transaction(here.sessions()) as store:
        loaded = round_loading.load(
            store,
            here.keys(),
            RoundId(round_id),
            tour=tour,
            service=here.runtime().settings.item_prefix,
            policy=here.policy(),
            by=here.actor(),
            at=here.now(),
        )
        names = overview.unit_names(
            store, return_labels.units_on(loaded.envelopes, sender=here.actor().unit)
        )
    labels = return_labels.labels(loaded.envelopes, names, sender=here.actor().unit)
    offered = loaded.offered
    told_so = say(
        "Đã đề nghị bàn giao {count} bưu gửi cho bưu tá. Chờ bưu tá ký nhận.",
        count=len(offered.items),
    )
    if not labels:
        flash(told_so, "good")
        return redirect(url_for("handovers.show", batch=offered.batch))
    return render_template("rounds/loaded.html", told=told_so, loaded=loaded, papers=labels)


@pages.get("/out")
@staff_only(*run_lists.PRINTING)
def out() -> ResponseReturnValue:
    """The counter's side of the rounds: load them and print them. It names no citizen."""
    with reading(here.sessions()) as store:
        found = rounds_out.from_today(store, policy=here.policy(), by=here.actor(), at=here.now())
    return render_template("rounds/out.html", days=found)


@pages.post("/run-list/<round_id>")
@staff_only(*run_lists.PRINTING)
def print_run_list(round_id: str) -> ResponseReturnValue:
    """It names every citizen of the round with his address, so printing it is a look that is logged."""
    with transaction(here.sessions()) as store:
        found = run_lists.read(
            store, here.runtime().vault, RoundId(round_id), by=here.actor(), at=here.now()
        )
        head = signed_heads.newest(store, here.runtime().policy)
    paper = paper_of(found, on_paper(head, here.runtime().settings.label_host))
    return opened(run_list.render(paper), f"{paper.number}-ban-ke-phat.pdf")


@pages.get("/<plan>/map")
@staff_only(Role.MANAGER)
def draw(plan: str) -> ResponseReturnValue:
    """The rounds on a map, and the same as a list. Homes are opened here, which is written down."""
    with transaction(here.sessions()) as store:
        drawn = round_maps.drawn(
            store, here.runtime().vault, PlanId(plan), by=here.actor(), at=here.now()
        )
        page = round_pages.page(store, PlanId(plan), policy=here.policy(), by=here.actor())
    return render_template("rounds/map.html", map=drawn, page=page, points=points(drawn))


def page_of(
    refused: Refusal | None = None, *, plan: PlanId | None = None, form: str = "", field: str = ""
) -> ResponseReturnValue:
    """The page of a day: of the plan that is named, or of the newest one."""
    named = plan or PlanId(forms.asked("plan"))
    with reading(here.sessions()) as store:
        by, at = here.actor(), here.now()
        if named:
            kept = rounds.managed_plan(store, named, by=by)
            office, day = workdays.managed(store, kept.office, kept.day, by=by), kept.day
        else:
            wanted = UnitCode(forms.asked("office"))
            offices_today = workdays.managed_offices(store, local(at).date(), by=by)
            if not wanted:
                own = [each.code for each in offices_today if each.code == by.unit]
                wanted = next(iter([*own, *(each.code for each in offices_today)]), by.unit)
            office = workdays.managed(store, wanted, local(at).date(), by=by)
            day = _day(round_pages.first_day(store, office, at=at))
        newest = plans.newest(store, office.code, day)
        chosen = named or (newest.id if newest else None)
        page = round_pages.page(store, chosen, policy=here.policy(), by=by) if chosen else None
        day_before, day_after = plans.neighbours(store, office.code, day)
        offices = workdays.managed_offices(store, day, by=by)
        recent = [
            *jobs.recent(store, office.code, planning_jobs.KINDS),
            *(jobs.recent(store, by.unit, planning_jobs.KINDS) if by.unit != office.code else ()),
        ]
    of_day = [job for job in recent if job.arguments.get("day") == day.isoformat()]
    shown = render_template(
        "rounds/rounds.html",
        page=page,
        office=office,
        day_iso=day.isoformat(),
        shown_day=day,
        day_before=day_before,
        day_after=day_after,
        offices=offices,
        job=of_day[0] if of_day else None,
        beside=words.beside(of_day, page),
        refused_offices=words.refused_offices(of_day[0] if of_day else None, offices),
        budgets=[(str(each), say("{seconds} giây", seconds=each)) for each in BUDGETS],
        scopes=[(each.value, words.scope_word(each)) for each in Scope],
        levels=[(each.value, words.lock_word(each.value)) for each in Lock],
        refusal=told(refused, at=field, form=form) if refused else "",
    )
    return shown, status_of(refused) if refused else 200


def _budget_seconds() -> int:
    return forms.number("budget", "Thời gian tìm", within=limits.BUDGET)


def _seed() -> int:
    return forms.number("seed", "Số mầm", within=limits.SEED)


def _day(otherwise: date) -> date:
    """The day in the address; a malformed one is the day one would plan anyway."""
    try:
        return date.fromisoformat(forms.asked("day", most=limits.DAY))
    except ValueError:
        return otherwise


def _back_to(job: jobs.Job) -> ResponseReturnValue:
    office = str(job.arguments.get("office", ""))
    return redirect(url_for("rounds.show", office=office, day=str(job.arguments.get("day", ""))))


def _time_of(moment: datetime) -> str:
    return f"{local(moment):%H:%M}"
