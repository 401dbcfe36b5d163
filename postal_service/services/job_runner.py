"""One thread of a server does the jobs that were asked for, one after the other, while a second says that it lives.

The runner is an edge: it opens its own transactions around what a job does, and none while a job
computes. A job that breaks is written down as failed; the thread goes on. A store that others hold
breaks no job: what it wanted to save is tried again SAVING_TRIES times at most.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from postal_service.domain.refusals import Refusal
from postal_service.services import jobs
from postal_service.services.jobs import Job, JobState
from postal_service.storage import contention
from postal_service.storage.transaction import Sessions, transaction

R = TypeVar("R")

log = logging.getLogger(__name__)
BEAT_SECONDS: Final = 2.0
IDLE_SECONDS: Final = 1.0
BROKEN: Final = "job.broken"
BUSY: Final = "job.busy"  # others held the store, and what was to be saved is not
SAVING_TRIES: Final = 5  # SQLite itself waits half a minute each time


class JobCancelledError(Exception):
    """Raised by a job that stops because somebody asked it to; `kept` is what it leaves behind."""

    def __init__(self, kept: Mapping[str, object] | None = None) -> None:
        super().__init__()
        self.kept = kept


@dataclass
class Context:
    """What a running job is given: where it says how far it is, and asks whether to go on."""

    job: Job
    sessions: Sessions
    clock: Callable[[], datetime]
    done: int = 0
    total: int = 0
    found: Mapping[str, object] | None = None
    _stopped: threading.Event = field(default_factory=threading.Event)

    def report(self, done: int, total: int, found: Mapping[str, object] | None = None) -> None:
        """How far the job is, and what it has found so far; written down with the next sign of life."""
        self.done, self.total, self.found = done, total, found

    def save(self, act: Callable[[Session], R]) -> R:
        """Do something in a transaction of its own; where others hold the store, anew from its beginning.

        Raises what `act` raises, and what the store says where it was busy each of SAVING_TRIES times.
        """
        tried = 1
        while True:
            try:
                with transaction(self.sessions) as session:
                    return act(session)
            except DBAPIError as fault:
                if tried == SAVING_TRIES or not contention.is_busy(fault):
                    raise
            log.warning(
                "Others hold the store; job %s tries again (%d of %d)",
                self.job.id, tried, SAVING_TRIES - 1,
            )  # fmt: skip
            tried += 1

    def cancelled(self) -> bool:
        return self._stopped.is_set()

    def refuse_if_cancelled(self, *, kept: Mapping[str, object] | None = None) -> None:
        """Raises JobCancelledError, with what the job leaves behind all the same."""
        if self.cancelled():
            raise JobCancelledError(kept)

    def pause(self, seconds: float) -> None:
        """Wait, but no longer than until the job is asked to stop."""
        self._stopped.wait(seconds)

    def stop(self) -> None:
        self._stopped.set()


Work = Callable[[Context], Mapping[str, object]]


class Runner:
    """Does waiting jobs of the given kinds until it is stopped.

    Start one in each server process. `beat_seconds` must stay far below `jobs.SILENT_AFTER`.
    """

    def __init__(
        self,
        sessions: Sessions,
        *,
        clock: Callable[[], datetime],
        kinds: Mapping[str, Work],
        beat_seconds: float = BEAT_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self.sessions, self.clock, self.kinds = sessions, clock, dict(kinds)
        self.beat_seconds, self.idle_seconds = beat_seconds, idle_seconds
        self._ending = threading.Event()
        self._current: Context | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin in a thread of its own. Raises RuntimeError when it runs already."""
        if self._thread is not None:
            raise RuntimeError("This runner was started already.")
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
        self._thread.start()

    def stop(self, *, seconds: float = 10.0) -> None:
        """End: the job at hand is asked to stop, and waits again for whoever runs next."""
        self._ending.set()
        if self._current is not None:
            self._current.stop()
        if self._thread is not None:
            self._thread.join(timeout=seconds)

    def run_one(self) -> bool:
        """Do the oldest waiting job in this thread; whether there was one."""
        with transaction(self.sessions) as session:
            jobs.give_up_silent(session, at=self.clock())
            job = jobs.claim(session, tuple(self.kinds), at=self.clock())
        if job is None:
            return False
        context = Context(job=job, sessions=self.sessions, clock=self.clock)
        self._current = context
        finished = threading.Event()
        beating = threading.Thread(target=self._beat, args=(context, finished), daemon=True)
        beating.start()
        try:
            self._do(context)
        finally:
            finished.set()
            beating.join()
            self._current = None
        return True

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                worked = self.run_one()
            except Exception:
                # The store may be away for a moment; the next round tries again.
                log.exception("The runner of jobs could not reach its store")
                worked = False
            if not worked:
                self._ending.wait(self.idle_seconds)

    def _do(self, context: Context) -> None:
        job = context.job
        try:
            result = self.kinds[job.kind](context)
        except JobCancelledError as stopped:
            kept = stopped.kept
            context.save(lambda session: jobs.stop(session, job.id, kept=kept, at=self.clock()))
        except Refusal as refused:
            told = {"code": refused.code, "facts": {k: str(v) for k, v in refused.facts.items()}}
            self._end(context, JobState.FAILED, message=refused.code, result=told)
        except Exception as fault:
            busy = isinstance(fault, DBAPIError) and contention.is_busy(fault)
            why = "found its store held by others" if busy else "broke"
            log.exception("A job %s: %s %s", why, job.kind, job.id)
            self._end(context, JobState.FAILED, message=BUSY if busy else BROKEN)
        else:
            self._end(context, JobState.DONE, result=result)

    def _end(
        self,
        context: Context,
        state: JobState,
        *,
        message: str = "",
        result: Mapping[str, object] | None = None,
    ) -> None:
        job = context.job.id
        context.save(
            lambda session: jobs.end(
                session, job, state, message=message, result=result, at=self.clock()
            )
        )

    def _beat(self, context: Context, finished: threading.Event) -> None:
        while not finished.wait(self.beat_seconds):
            try:
                with transaction(self.sessions) as session:
                    go_on = jobs.beat(
                        session,
                        context.job.id,
                        done=context.done,
                        total=context.total,
                        found=context.found,
                        at=self.clock(),
                    )
            except Exception:
                log.exception("A job could not say that it lives")
                continue
            if not go_on:
                context.stop()
