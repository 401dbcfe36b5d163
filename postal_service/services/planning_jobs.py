"""Planning as jobs: one office, or all offices of a subtree, searched in processes of their own.

A search keeps a processor busy for its whole budget, so it never runs in the server's process. The
day is read here, the answer is written here; the other process sees no database and no key. While it
searches it tells the best it has found. Who stops a search keeps that as a proposal, for a plan within
the first second is already a sound one; a search that its server stops begins again instead.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import partial
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Event
from time import monotonic
from typing import Final

from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.domain.refusals import Refusal
from postal_service.services import jobs, proposals, workdays
from postal_service.services.conditions import ASSUMED, Conditions
from postal_service.services.job_runner import Context, Work
from postal_service.services.jobs import Job
from postal_service.services.planning import Scope, SoFar, Solved
from postal_service.services.plans import PlanId
from postal_service.services.proposals import Task, Wish
from postal_service.services.vault import Vault
from postal_service.storage.transaction import Sessions, reading, transaction

PLAN_OFFICE, PLAN_ALL = "plan-office", "plan-all"
KINDS: Final = (PLAN_OFFICE, PLAN_ALL)
WORKERS: Final = 2
MOST_THREADS: Final = 2  # more bring a lone office little
TICK_SECONDS: Final = 0.25
Refusals = dict[str, Mapping[str, object]]  # by office


def ask_for_office(session: Session, wish: Wish, *, by: Actor, at: datetime) -> Job:
    """Ask for a proposal of rounds. Raises UnknownUnit for an office that is not his to plan."""
    workdays.managed(session, wish.office, wish.day, by=by)
    return jobs.enqueue(session, PLAN_OFFICE, _arguments(wish), unit=wish.office, by=by, at=at)


def ask_for_all(
    session: Session, day: date, *, budget_seconds: float, seed: int, by: Actor, at: datetime
) -> Job:
    """Ask for proposals of every office he makes the rounds of. Raises RoleNeeded or BadBudget."""
    by.need(Role.MANAGER)
    wish = Wish(office=by.unit, day=day, budget_seconds=budget_seconds, seed=seed)
    offices = [office.code for office in workdays.managed_offices(session, day, by=by)]
    told = {**_arguments(wish), "offices": offices}
    return jobs.enqueue(session, PLAN_ALL, told, unit=by.unit, by=by, at=at)


def propose(
    sessions: Sessions,
    vault: Vault,
    wish: Wish,
    *,
    made_by: StaffId,
    at: datetime,
    conditions: Conditions = ASSUMED,
) -> PlanId:
    """Read, search in this process, keep: for a command line that has nothing else to do.

    Raises what `proposals.read` and `proposals.search` raise.
    """
    with reading(sessions) as session:
        task = proposals.read(session, vault, wish, at=at, conditions=conditions)
    solved = proposals.search(task)
    with transaction(sessions) as session:
        return proposals.keep(session, task, solved, made_by=made_by, at=at)


def kinds(
    vault: Vault, *, conditions: Conditions = ASSUMED, workers: int = WORKERS
) -> Mapping[str, Work]:
    """The planning jobs for a Runner; `workers` processes search at a time, at least one."""
    by = _Reader(vault=vault, conditions=conditions)
    return {
        PLAN_OFFICE: lambda context: _plan(context, by, [_wish(context.job)], workers=1),
        PLAN_ALL: lambda context: _plan(context, by, _wishes(context.job), workers=workers),
    }


@dataclass(frozen=True)
class _Reader:
    """What it takes to read a day."""

    vault: Vault
    conditions: Conditions

    def task(self, context: Context, wish: Wish) -> Task:
        with reading(context.sessions) as session:
            return proposals.read(
                session, self.vault, wish, at=context.clock(), conditions=self.conditions
            )


@dataclass(frozen=True)
class _Refused:
    """A refusal on its way between processes: an exception with facts does not travel."""

    kind: type[Refusal]
    facts: Mapping[str, object]

    def again(self) -> Refusal:
        return self.kind(**self.facts)


@dataclass
class _Running:
    task: Task
    since: float


def _plan(
    context: Context, by: _Reader, wishes: Sequence[Wish], *, workers: int
) -> Mapping[str, object]:
    """Plan these offices; with several a refusal of one does not stop the others."""
    plans: dict[str, str] = {}
    beside: dict[str, object] = {}
    refused: Refusals = {}
    cut_short: list[str] = []
    tasks = _tasks(context, by, wishes, refused)
    for task, solved in _searched(context, tasks, len(wishes), workers, refused):
        is_cut_short = context.cancelled()
        plan = context.save(partial(_keep, context, task, solved, is_cut_short=is_cut_short))
        if plan is None:
            continue
        plans[task.wish.office] = plan
        if solved.current is not None or solved.more:
            beside[task.wish.office] = _beside(solved)
        if is_cut_short:
            cut_short.append(task.wish.office)
    done: dict[str, object] = {"plans": plans, "refused": refused}
    if beside:
        done["beside"] = beside
    context.refuse_if_cancelled(kept={**done, "cut_short": cut_short})
    return done


def _keep(
    context: Context, task: Task, solved: Solved, session: Session, *, is_cut_short: bool
) -> PlanId | None:
    """The plan of an office; None where a server that goes down cut its search short, which begins anew."""
    if is_cut_short and not jobs.is_cancel_asked(session, context.job.id):
        return None
    return proposals.keep(session, task, solved, made_by=context.job.made_by, at=context.clock())


def _beside(solved: Solved) -> Mapping[str, object]:
    """What a manager wants to know beside a plan, as long as he looks at it as it was found."""
    return {
        "current": solved.current and asdict(solved.current),
        "more": [asdict(each) for each in solved.more],
    }


def idle_processors() -> int:
    """How many processors have nothing to do, one at least."""
    try:
        return max(1, (os.cpu_count() or 1) - round(os.getloadavg()[0]))
    except OSError:  # the machine does not tell
        return 1


def _tasks(
    context: Context, by: _Reader, wishes: Sequence[Wish], refused: Refusals
) -> Iterator[Task]:
    """Each day is read when a process is free for it, so that it is as fresh as can be."""
    for wish in wishes:
        try:
            task = by.task(context, wish)
        except Refusal as why:
            if len(wishes) == 1:
                raise
            refused[wish.office] = _told(why)
        else:
            yield task


def _searched(
    context: Context, tasks: Iterator[Task], total: int, workers: int, refused: Refusals
) -> Iterator[tuple[Task, Solved]]:
    """The answers as they come, with at most `workers` searches at a time."""
    running: dict[Future[Solved | _Refused], _Running] = {}
    # Offices searched side by side share the processors out themselves.
    threads = min(idle_processors(), MOST_THREADS) if total == 1 else 1
    best: dict[str, object] = {}
    ended, more = 0, True
    with _pool(workers) as (pool, line):
        while more or running:
            while more and len(running) < workers and not context.cancelled():
                task = next(tasks, None)
                if task is None:
                    more = False
                else:
                    running[pool.submit(_search, task, threads)] = _Running(task, monotonic())
            if context.cancelled():
                more = False
                line.cancel.set()
            finished, _ = wait(running, timeout=TICK_SECONDS, return_when=FIRST_COMPLETED)
            for each in finished:
                task = running.pop(each).task
                ended += 1
                found = _answer(each.result(), task, refused, alone=total == 1)
                if found is not None:
                    yield task, found
            best.update((office, asdict(so_far)) for office, so_far in line.heard())
            done, of = _progress(total, ended, running.values())
            context.report(done, of, {"best": dict(best)})


def _answer(
    found: Solved | _Refused, task: Task, refused: Refusals, *, alone: bool
) -> Solved | None:
    if isinstance(found, Solved):
        return found
    if alone:
        raise found.again()
    refused[task.wish.office] = _told(found.again())
    return None


def _told(why: Refusal) -> Mapping[str, object]:
    """A refusal as a job keeps it."""
    return {"code": why.code, "facts": {name: str(fact) for name, fact in why.facts.items()}}


def _progress(total: int, ended: int, running: Iterable[_Running]) -> tuple[int, int]:
    """Offices; or for one office per cent of its budget."""
    if total > 1:
        return min(ended, total), total
    shares = [
        min(0.99, (monotonic() - each.since) / each.task.wish.budget_seconds) for each in running
    ]
    return round(100 * max(shares, default=1.0)), 100


@dataclass(frozen=True)
class _Line:
    """Between this process and those that search: a word to stop, and the best found so far."""

    cancel: Event
    told: "SimpleQueue[tuple[UnitCode, SoFar]]"

    def heard(self) -> Iterator[tuple[UnitCode, SoFar]]:
        """What was told since, oldest first."""
        while not self.told.empty():
            yield self.told.get()


@contextmanager
def _pool(workers: int) -> Iterator[tuple[ProcessPoolExecutor, _Line]]:
    # Spawned, not forked: a fork of a server would inherit its threads' locks and its sockets.
    context = get_context("spawn")
    line = _Line(context.Event(), context.SimpleQueue())
    with ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(line,)) as pool:
        try:
            yield pool, line
        finally:
            line.cancel.set()  # nobody hears any more what is found


_line: _Line | None = None


def _begin(line: _Line) -> None:
    global _line  # noqa: PLW0603 - a worker process is given its line once, before any task
    _line = line


def _search(task: Task, threads: int) -> Solved | _Refused:
    """In the other process: the answer, or why there is none."""
    line = _line
    assert line is not None  # by _begin
    try:
        return proposals.search(
            task,
            threads=threads,
            on_progress=lambda so_far: line.told.put((task.wish.office, so_far)),
            cancelled=line.cancel.is_set,
        )
    except Refusal as refused:
        return _Refused(type(refused), refused.facts)


def _arguments(wish: Wish) -> dict[str, object]:
    return {
        "office": wish.office,
        "day": wish.day.isoformat(),
        "budget_seconds": wish.budget_seconds,
        "seed": wish.seed,
        "scope": wish.scope.value,
    }


def _wish(job: Job, office: str | None = None) -> Wish:
    told = job.arguments
    return Wish(
        office=UnitCode(office or str(told["office"])),
        day=date.fromisoformat(str(told["day"])),
        budget_seconds=float(str(told["budget_seconds"])),
        seed=int(str(told["seed"])),
        scope=Scope(str(told["scope"])),
    )


def _wishes(job: Job) -> list[Wish]:
    offices = job.arguments["offices"]
    assert isinstance(offices, list)  # written by ask_for_all
    return [_wish(job, str(office)) for office in offices]
