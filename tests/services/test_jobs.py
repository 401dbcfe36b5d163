"""Long work: asked for once, done by one, watched, cancelled, and never lost with a server."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, func, select, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session

from postal_service.domain.actors import Grant, Role, RoleNeeded
from postal_service.domain.ids import UnitCode
from postal_service.domain.units import UnknownUnit
from postal_service.services import collecting, jobs, planning_jobs, plans
from postal_service.services.conditions import ASSUMED
from postal_service.services.job_runner import SAVING_TRIES, Context, JobCancelledError, Runner
from postal_service.services.jobs import Job, JobId, JobNotEnded, JobState, UnknownJob
from postal_service.services.proposals import BadBudget, Wish
from postal_service.storage.schema import Base, JobRow, UnitRow
from postal_service.storage.transaction import Sessions, reading, transaction
from tests.clock import Clock
from tests.services import rounds_day as d
from tests.services import world as w
from tests.services.registrations import BINH, registration
from tests.services.world import World, build

WISH = Wish(office=w.OFFICE, day=d.DAY, budget_seconds=1.0, seed=4)


def asked(session: Session, world: World, **arguments: object) -> Job:
    return jobs.enqueue(session, "count", arguments, unit=w.OFFICE, by=world.manager, at=d.EARLY)


def test_the_same_job_asked_for_twice_is_one_job(session: Session, world: World) -> None:
    first = asked(session, world, day="25")
    assert asked(session, world, day="25").id == first.id
    assert asked(session, world, day="26").id != first.id
    jobs.cancel(session, first.id, by=world.manager, at=d.EARLY)
    assert asked(session, world, day="25").id != first.id


def test_the_oldest_job_is_claimed_first_and_only_once(session: Session, world: World) -> None:
    first, second = asked(session, world, n=1), asked(session, world, n=2)

    def claimed() -> Job | None:
        return jobs.claim(session, ("count",), at=d.EARLY)

    assert jobs.claim(session, ("another kind",), at=d.EARLY) is None
    assert [claimed(), claimed(), claimed()] == [
        replace(first, state=JobState.RUNNING, started_at=d.EARLY),
        replace(second, state=JobState.RUNNING, started_at=d.EARLY),
        None,
    ]


def test_a_silent_job_is_given_up_and_can_be_begun_anew(session: Session, world: World) -> None:
    job = asked(session, world, n=1)
    jobs.claim(session, ("count",), at=d.EARLY)
    with pytest.raises(JobNotEnded):
        jobs.restart(session, job.id, by=world.manager, at=d.EARLY)
    assert jobs.give_up_silent(session, at=d.EARLY + jobs.SILENT_AFTER) == 0
    late = d.EARLY + jobs.SILENT_AFTER + timedelta(seconds=1)
    assert jobs.give_up_silent(session, at=late) == 1

    failed = jobs.watch(session, job.id, by=world.manager)
    assert (failed.state, failed.message) == (JobState.FAILED, "job.silent")
    # Whoever was slow and not dead learns it, and cannot overwrite what was written.
    assert jobs.beat(session, job.id, done=1, total=2, at=late) is False
    jobs.end(session, job.id, JobState.DONE, at=late)
    assert jobs.watch(session, job.id, by=world.manager).state is JobState.FAILED
    again = jobs.restart(session, job.id, by=world.manager, at=late)
    assert (again.state, again.arguments) == (JobState.WAITING, {"n": 1})
    assert again.id != job.id


def test_a_running_job_hears_that_somebody_cancelled_it(session: Session, world: World) -> None:
    job = asked(session, world)
    jobs.claim(session, ("count",), at=d.EARLY)
    assert jobs.beat(session, job.id, done=1, total=4, at=d.EARLY) is True
    jobs.cancel(session, job.id, by=world.manager, at=d.EARLY)
    assert jobs.beat(session, job.id, done=2, total=4, at=d.EARLY) is False
    jobs.stop(session, job.id, at=d.EARLY)
    assert jobs.watch(session, job.id, by=world.manager).state is JobState.CANCELLED


def test_a_running_job_says_what_it_has_found_and_leaves_what_it_keeps(
    session: Session, world: World
) -> None:
    job = asked(session, world)
    jobs.claim(session, ("count",), at=d.EARLY)
    jobs.beat(session, job.id, done=1, total=4, found={"best": 7}, at=d.EARLY)
    jobs.beat(session, job.id, done=2, total=4, at=d.EARLY)
    assert jobs.watch(session, job.id, by=world.manager).result == {"best": 7}
    assert not jobs.is_cancel_asked(session, job.id)

    jobs.cancel(session, job.id, by=world.manager, at=d.EARLY)

    assert jobs.is_cancel_asked(session, job.id)
    jobs.stop(session, job.id, kept={"counted": 7}, at=d.EARLY)
    ended = jobs.watch(session, job.id, by=world.manager)
    assert (ended.state, ended.result) == (JobState.CANCELLED, {"counted": 7})
    assert not jobs.is_cancel_asked(session, job.id)


def test_a_job_whose_server_goes_down_in_order_waits_again(session: Session, world: World) -> None:
    job = asked(session, world)
    jobs.claim(session, ("count",), at=d.EARLY)
    jobs.beat(session, job.id, done=1, total=4, found={"best": 7}, at=d.EARLY)
    jobs.stop(session, job.id, kept={"counted": 7}, at=d.EARLY)
    again = jobs.watch(session, job.id, by=world.manager)
    assert (again.state, again.result) == (JobState.WAITING, {})


def test_an_ended_job_is_not_cancelled(session: Session, world: World) -> None:
    job = asked(session, world)
    jobs.claim(session, ("count",), at=d.EARLY)
    jobs.end(session, job.id, JobState.DONE, result={"counted": 3}, at=d.EARLY)
    done = jobs.cancel(session, job.id, by=world.manager, at=d.EARLY)
    assert (done.state, done.result) == (JobState.DONE, {"counted": 3})


def test_a_job_of_another_office_is_as_unknown_as_none(session: Session, world: World) -> None:
    job = jobs.enqueue(session, "count", {}, unit=w.FAR_OFFICE, by=world.administrator, at=d.EARLY)
    acts: list[Callable[[JobId], object]] = [
        lambda each: jobs.watch(session, each, by=world.manager),
        lambda each: jobs.cancel(session, each, by=world.manager, at=d.EARLY),
        lambda each: jobs.restart(session, each, by=world.manager, at=d.EARLY),
    ]
    for act in acts:
        for which in (job.id, JobId("none")):
            with pytest.raises(UnknownJob):
                act(which)
    assert jobs.recent(session, w.OFFICE) == []


def test_planning_is_asked_for_by_the_offices_manager_only(session: Session, world: World) -> None:
    job = planning_jobs.ask_for_office(session, WISH, by=world.manager, at=d.EARLY)
    assert job.arguments["office"] == w.OFFICE
    for who, office in (
        (world.manager, w.FAR_OFFICE), (world.courier, w.OFFICE), (world.manager, UnitCode("no")),
    ):  # fmt: skip
        with pytest.raises(UnknownUnit):
            planning_jobs.ask_for_office(session, replace(WISH, office=office), by=who, at=d.EARLY)
    with pytest.raises(RoleNeeded):
        planning_jobs.ask_for_all(
            session, d.DAY, budget_seconds=1, seed=1, by=world.courier, at=d.EARLY
        )
    with pytest.raises(BadBudget):
        planning_jobs.ask_for_all(
            session, d.DAY, budget_seconds=0, seed=1, by=world.manager, at=d.EARLY
        )


@pytest.fixture
def committed(committed_sessions: Sessions) -> World:
    with transaction(committed_sessions) as session:
        return build(session)


Work = Callable[[Context], Mapping[str, object]]


def run(sessions: Sessions, world: World, work: Work) -> Job:
    """Ask for a job of this work, do it, and answer how it ended."""
    with transaction(sessions) as session:
        job = asked(session, world)
    runner = Runner(
        sessions, clock=Clock(d.EARLY), kinds={"count": work}, beat_seconds=0.05, idle_seconds=0.05
    )
    assert runner.run_one()
    assert not runner.run_one()
    with reading(sessions) as session:
        return jobs.job_of(session.get_one(JobRow, job.id))


def test_a_job_that_is_done_tells_its_result(
    committed_sessions: Sessions, committed: World
) -> None:
    def work(context: Context) -> Mapping[str, object]:
        context.report(3, 3)
        time.sleep(0.2)  # let it say once how far it is
        return {"counted": 3}

    done = run(committed_sessions, committed, work)
    assert (done.state, done.result, done.total) == (JobState.DONE, {"counted": 3}, 3)


def test_a_job_that_is_refused_or_breaks_fails_with_words_and_the_runner_lives(
    committed_sessions: Sessions, committed: World
) -> None:
    def refused(_: Context) -> Mapping[str, object]:
        raise BadBudget(seconds=0, most=600)

    def broken(_: Context) -> Mapping[str, object]:
        raise ZeroDivisionError

    first = run(committed_sessions, committed, refused)
    assert (first.state, first.message) == (JobState.FAILED, "planning.bad_budget")
    assert first.result == {"code": "planning.bad_budget", "facts": {"seconds": "0", "most": "600"}}
    second = run(committed_sessions, committed, broken)
    assert (second.state, second.message) == (JobState.FAILED, "job.broken")


def wait_no_longer_than(engine: Engine, ms: int) -> None:
    """SQLite's writers would wait half a minute for each other."""

    @event.listens_for(engine, "checkout")
    def _on_checkout(driver: DBAPIConnection, *_: object) -> None:
        if engine.dialect.name == "sqlite":
            driver.cursor().execute(f"PRAGMA busy_timeout={ms}")


def held(engine: Engine, table: type[Base]) -> Connection:
    """Another server's transaction: till it ends, nobody else writes (PostgreSQL: to this table)."""
    connection = engine.connect()
    lock = f"LOCK TABLE {table.__tablename__} IN ACCESS EXCLUSIVE MODE"
    connection.execute(text("SELECT 1" if engine.dialect.name == "sqlite" else lock))
    return connection


def units(session: Session) -> int:
    """Counted in a transaction that writes; on PostgreSQL too it waits but for a moment."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL lock_timeout = 50"))
    return session.scalar(select(func.count()).select_from(UnitRow)) or 0


@pytest.mark.parametrize(
    ("held_for", "state", "message"),
    [
        (2, JobState.DONE, ""),
        (SAVING_TRIES - 1, JobState.DONE, ""),
        (SAVING_TRIES, JobState.FAILED, "job.busy"),
    ],
)
def test_a_store_that_others_hold_is_tried_again_and_never_called_a_broken_job(
    committed_engine: Engine,
    committed_sessions: Sessions,
    committed: World,
    held_for: int,
    state: JobState,
    message: str,
) -> None:
    wait_no_longer_than(committed_engine, 50)
    tries = 0

    def work(context: Context) -> Mapping[str, object]:
        other = held(committed_engine, UnitRow)

        def save(session: Session) -> int:
            nonlocal tries
            tries += 1
            try:
                if tries > held_for:
                    other.close()
                return units(session)
            finally:
                if tries == SAVING_TRIES:
                    other.close()

        return {"counted": context.save(save) > 0}

    ended = run(committed_sessions, committed, work)

    assert (ended.state, ended.message) == (state, message)
    assert ended.result == ({"counted": True} if state is JobState.DONE else {})
    assert tries == min(held_for + 1, SAVING_TRIES)


def test_what_a_job_did_is_told_though_others_hold_the_store_as_it_ends(
    committed_engine: Engine, committed_sessions: Sessions, committed: World
) -> None:
    wait_no_longer_than(committed_engine, 1000)
    letting_go: list[threading.Timer] = []

    def work(_: Context) -> Mapping[str, object]:
        letting_go.append(threading.Timer(1.3, held(committed_engine, JobRow).close))
        letting_go[0].start()
        return {"counted": 3}

    done = run(committed_sessions, committed, work)
    letting_go[0].join()

    assert (done.state, done.result) == (JobState.DONE, {"counted": 3})


def test_a_job_that_somebody_cancels_stops_at_the_next_question(
    committed_sessions: Sessions, committed: World
) -> None:
    def work(context: Context) -> Mapping[str, object]:
        with transaction(context.sessions) as session:
            jobs.cancel(session, context.job.id, by=committed.manager, at=d.EARLY)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            context.refuse_if_cancelled()
            time.sleep(0.01)
        return {}

    assert run(committed_sessions, committed, work).state is JobState.CANCELLED


def test_a_started_runner_does_what_waits_and_puts_back_what_it_does_not_finish(
    committed_sessions: Sessions, committed: World
) -> None:
    began = threading.Event()

    def work(context: Context) -> Mapping[str, object]:
        began.set()
        while not context.cancelled():
            time.sleep(0.01)
        raise JobCancelledError

    runner = Runner(
        committed_sessions, clock=Clock(d.EARLY), kinds={"count": work}, idle_seconds=0.05
    )
    runner.start()
    with pytest.raises(RuntimeError):
        runner.start()
    with transaction(committed_sessions) as session:
        job = asked(session, committed)
    assert began.wait(10)
    runner.stop()

    with reading(committed_sessions) as session:
        assert session.get_one(JobRow, job.id).state == JobState.WAITING


def test_an_office_is_planned_in_another_process(
    committed_sessions: Sessions, committed: World
) -> None:
    with transaction(committed_sessions) as session:
        d.results_at_office(session, committed, d.homes(5))
        job = planning_jobs.ask_for_office(session, WISH, by=committed.manager, at=d.EARLY)
    kinds = planning_jobs.kinds(committed.vault)
    runner = Runner(committed_sessions, clock=Clock(d.EARLY), kinds=kinds, beat_seconds=0.1)

    assert runner.run_one()

    with reading(committed_sessions) as session:
        done = jobs.job_of(session.get_one(JobRow, job.id))
        plan = plans.newest(session, w.OFFICE, d.DAY)
    assert (done.state, done.message) == (JobState.DONE, "")
    assert plan is not None
    assert done.result == {"plans": {w.OFFICE: plan.id}, "refused": {}}
    assert (plan.made_by, plan.seed, plan.left) == (committed.manager.staff, 4, ())


def test_an_office_with_nothing_to_do_does_not_stop_the_others(
    committed_sessions: Sessions, committed: World
) -> None:
    with transaction(committed_sessions) as session:
        d.results_at_office(session, committed, d.homes(3))
        jobs.enqueue(
            session, planning_jobs.PLAN_ALL,
            {
                "office": w.OFFICE, "offices": [w.FAR_OFFICE, w.OFFICE], "day": d.DAY.isoformat(),
                "budget_seconds": 0.5, "seed": 1, "scope": "from_scratch",
            },
            unit=w.OFFICE, by=committed.manager, at=d.EARLY,
        )  # fmt: skip
    kinds = planning_jobs.kinds(committed.vault)
    Runner(committed_sessions, clock=Clock(d.EARLY), kinds=kinds).run_one()

    with reading(committed_sessions) as session:
        [done] = jobs.recent(session, w.OFFICE, planning_jobs.KINDS)
    assert done.state is JobState.DONE
    facts = {"unit": "Bưu cục Hà Lam", "day": d.DAY.isoformat()}
    refused = {w.FAR_OFFICE: {"code": "planning.nothing_to_plan", "facts": facts}}
    assert done.result["refused"] == refused
    assert list(done.result["plans"]) == [w.OFFICE]  # type: ignore[call-overload]


def test_an_office_with_nothing_to_plan_fails_in_words(
    committed_sessions: Sessions, committed: World
) -> None:
    with transaction(committed_sessions) as session:
        planning_jobs.ask_for_office(session, WISH, by=committed.manager, at=d.EARLY)
    kinds = planning_jobs.kinds(committed.vault)
    Runner(committed_sessions, clock=Clock(d.EARLY), kinds=kinds).run_one()
    with reading(committed_sessions) as session:
        [failed] = jobs.recent(session, w.OFFICE)
    assert (failed.state, failed.message) == (JobState.FAILED, "planning.nothing_to_plan")


def all_offices(sessions: Sessions, world: World, *, budget_seconds: float) -> Job:
    """Two offices with something to do, a third without a courier, asked for by who manages all."""
    with transaction(sessions) as session:
        d.results_at_office(session, world, d.homes(4))
        opens = d.EARLY.replace(hour=9)
        collecting.request(
            session, world.keys, registration(session, submitter=BINH), opens_at=opens,
            closes_at=opens + timedelta(hours=2), service="BH", by=world.far_counter, at=w.MORNING,
        )  # fmt: skip
        operator = session.get_one(UnitRow, w.OPERATOR)
        session.add(
            UnitRow(
                code="569900", name="Bưu cục Trống", search_name="buu cuc trong",
                kind="post_office", level="commune", parent=operator.code,
                path=f"{operator.path}569900/", valid_from=w.SINCE, valid_to=None, lat=15.6,
                lon=108.4, address="", serves=None, calendar="post", terrain="delta",
                agency_id=None,
            )
        )  # fmt: skip
        grant = Grant(role=Role.MANAGER, unit=w.OPERATOR, path=operator.path)
        head = replace(world.manager, unit=w.OPERATOR, path=operator.path, grants=(grant,))
        return planning_jobs.ask_for_all(
            session, d.DAY, budget_seconds=budget_seconds, seed=1, by=head, at=d.EARLY
        )


def test_all_offices_are_planned_and_the_one_that_is_refused_says_why(
    committed_sessions: Sessions, committed: World
) -> None:
    asked_for = all_offices(committed_sessions, committed, budget_seconds=0.5)
    kinds = planning_jobs.kinds(committed.vault)

    Runner(committed_sessions, clock=Clock(d.EARLY), kinds=kinds, beat_seconds=0.1).run_one()

    with reading(committed_sessions) as session:
        done = jobs.job_of(session.get_one(JobRow, asked_for.id))
        made = {office: plans.newest(session, office, d.DAY) for office in (w.OFFICE, w.FAR_OFFICE)}
    assert done.state is JobState.DONE
    assert done.result == {
        "plans": {office: plan.id for office, plan in made.items() if plan is not None},
        "refused": {
            "569900": {"code": "planning.no_couriers", "facts": {"unit": "Bưu cục Trống"}},
        },
    }
    assert [plan.left for plan in made.values() if plan is not None] == [(), ()]


def until_found(sessions: Sessions, job: JobId, *offices: UnitCode) -> Mapping[str, Any]:
    """What a running search says it has found, once that is something for each of these offices."""
    best: Mapping[str, Any] = {}
    for _ in range(600):
        with reading(sessions) as session:
            found = jobs.job_of(session.get_one(JobRow, job))
        told = found.result.get("best")
        best = told if isinstance(told, dict) else {}
        if set(offices) <= set(best) or not found.is_open:
            break
        time.sleep(0.1)
    return best


def test_a_search_that_is_cancelled_ends_early_and_keeps_the_best_it_had_told(
    committed_sessions: Sessions, committed: World
) -> None:
    asked_for = all_offices(committed_sessions, committed, budget_seconds=300)
    kinds = planning_jobs.kinds(committed.vault)
    runner = Runner(committed_sessions, clock=Clock(d.EARLY), kinds=kinds, beat_seconds=0.1)
    working = threading.Thread(target=runner.run_one)
    working.start()
    best = until_found(committed_sessions, asked_for.id, w.OFFICE, w.FAR_OFFICE)
    with transaction(committed_sessions) as session:
        jobs.cancel(session, asked_for.id, by=committed.administrator, at=d.EARLY)
    working.join(timeout=120)

    assert not working.is_alive()
    assert set(best[w.OFFICE]) == {"metres", "seconds", "calls", "left"}
    assert (best[w.OFFICE]["calls"], best[w.OFFICE]["left"]) == (4, 0)
    with reading(committed_sessions) as session:
        ended = jobs.job_of(session.get_one(JobRow, asked_for.id))
        made = {office: plans.newest(session, office, d.DAY) for office in (w.OFFICE, w.FAR_OFFICE)}
    assert ended.state is JobState.CANCELLED
    kept = {office: plan.id for office, plan in made.items() if plan is not None}
    cut_short = ended.result["cut_short"]
    assert isinstance(cut_short, list)
    assert sorted(cut_short) == sorted([w.OFFICE, w.FAR_OFFICE])
    assert ended.result == {"plans": kept, "refused": {}, "cut_short": cut_short}
    assert [plan.state for plan in made.values() if plan is not None] == [plans.PROPOSED] * 2


def test_a_search_whose_server_goes_down_waits_again_and_keeps_nothing(
    committed_sessions: Sessions, committed: World
) -> None:
    asked_for = all_offices(committed_sessions, committed, budget_seconds=300)
    kinds = planning_jobs.kinds(committed.vault)
    runner = Runner(committed_sessions, clock=Clock(d.EARLY), kinds=kinds, beat_seconds=0.1)
    runner.start()
    assert w.OFFICE in until_found(committed_sessions, asked_for.id, w.OFFICE)
    runner.stop(seconds=120)

    with reading(committed_sessions) as session:
        again = jobs.job_of(session.get_one(JobRow, asked_for.id))
        assert plans.newest(session, w.OFFICE, d.DAY) is None
    assert (again.state, again.result) == (JobState.WAITING, {})


def test_a_silent_road_server_fails_the_job_in_words(
    committed_sessions: Sessions, committed: World
) -> None:
    with transaction(committed_sessions) as session:
        d.results_at_office(session, committed, d.homes(2))
        planning_jobs.ask_for_office(session, WISH, by=committed.manager, at=d.EARLY)
    dead = replace(ASSUMED, road_server="http://127.0.0.1:9", road_attempts=1)
    kinds = planning_jobs.kinds(committed.vault, conditions=dead)
    Runner(committed_sessions, clock=Clock(d.EARLY), kinds=kinds).run_one()
    with reading(committed_sessions) as session:
        [failed] = jobs.recent(session, w.OFFICE)
    assert (failed.state, failed.message) == (JobState.FAILED, "planning.no_road_times")
    assert "no answer" in str(failed.result)
