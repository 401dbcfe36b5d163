"""Long work as rows: asked for in one transaction, done by whichever server claims it, watched and cancelled by anybody allowed.

A job lives in the database and not in a process: when a server dies, its jobs stop telling that they
live, are declared failed, and can be begun anew with what was asked of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from postal_service.domain.actors import Actor, Role
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.domain.refusals import RuleBroken, Unknown
from postal_service.services import places
from postal_service.storage.schema import JobRow

JobId = NewType("JobId", str)
SILENT_AFTER: Final = timedelta(seconds=60)  # without a sign of life a running job is given up
LISTED: Final = 20
WATCHING: Final = (Role.MANAGER, Role.ADMINISTRATOR)


class UnknownJob(Unknown):
    """No such job, or another office's."""

    code = "job.unknown"


class JobNotEnded(RuleBroken):
    """Only a job that failed or was cancelled can be begun anew."""

    code = "job.not_ended"


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN: Final = (JobState.WAITING, JobState.RUNNING)


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job as it stands. `done` of `total` are steps of the job's own; `message` says why it failed.

    `result` of a job that runs is what it has found so far, where it says so.
    """

    id: JobId
    kind: str
    state: JobState
    unit: UnitCode
    made_by: StaffId
    made_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    done: int
    total: int
    message: str
    cancel_asked: bool
    arguments: Mapping[str, object]
    result: Mapping[str, object]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


def enqueue(
    session: Session,
    kind: str,
    arguments: Mapping[str, object],
    *,
    unit: UnitCode,
    by: Actor,
    at: datetime,
) -> Job:
    """Ask for a job; one that waits or runs with the same arguments is answered instead of a second.

    The caller has asked whether `by` may. Raises nothing.
    """
    asked = dict(arguments)
    rows = session.scalars(
        select(JobRow)
        .where(JobRow.kind == kind, JobRow.unit == unit, JobRow.state.in_(OPEN))
        .order_by(JobRow.made_at)
    )
    for row in rows:
        if row.arguments == asked and not row.cancel_asked:
            return job_of(row)
    row = JobRow(
        id=str(uuid7()),
        kind=kind,
        state=JobState.WAITING.value,
        unit=unit,
        made_by=by.staff,
        made_at=at,
        started_at=None,
        ended_at=None,
        heartbeat_at=None,
        done=0,
        total=0,
        message="",
        cancel_asked=False,
        arguments=asked,
        result=None,
    )
    session.add(row)
    session.flush()
    return job_of(row)


def watch(session: Session, job: JobId, *, by: Actor) -> Job:
    """How a job stands. Raises UnknownJob for one that is not this person's to see."""
    return job_of(_visible(session, job, by))


def recent(session: Session, unit: UnitCode, kinds: tuple[str, ...] = ()) -> list[Job]:
    """The newest jobs of a unit, newest first."""
    meant = [JobRow.unit == unit]
    if kinds:
        meant.append(JobRow.kind.in_(kinds))
    rows = session.scalars(
        select(JobRow).where(*meant).order_by(JobRow.made_at.desc(), JobRow.id.desc()).limit(LISTED)
    )
    return [job_of(row) for row in rows]


def cancel(session: Session, job: JobId, *, by: Actor, at: datetime) -> Job:
    """Ask a running job to stop, or take back a waiting one; an ended job stays as it is.

    Raises UnknownJob.
    """
    row = _visible(session, job, by)
    if row.state in OPEN:
        row.cancel_asked = True
    if row.state == JobState.WAITING:
        row.state, row.ended_at = JobState.CANCELLED.value, at
    session.flush()
    return job_of(row)


def restart(session: Session, job: JobId, *, by: Actor, at: datetime) -> Job:
    """Ask again for what a failed or cancelled job was asked. Raises UnknownJob or JobNotEnded."""
    row = _visible(session, job, by)
    if row.state not in {JobState.FAILED, JobState.CANCELLED}:
        raise JobNotEnded(job=job, state=row.state)
    return enqueue(session, row.kind, row.arguments, unit=UnitCode(row.unit), by=by, at=at)


def claim(session: Session, kinds: tuple[str, ...], *, at: datetime) -> Job | None:
    """Take the oldest waiting job of these kinds; two servers never get the same one."""
    waiting = (
        select(JobRow.id)
        .where(JobRow.state == JobState.WAITING.value, JobRow.kind.in_(kinds))
        .order_by(JobRow.made_at, JobRow.id)
    )
    for job in session.scalars(waiting.limit(LISTED)).all():
        taken = session.execute(
            update(JobRow)
            .where(JobRow.id == job, JobRow.state == JobState.WAITING.value)
            .values(state=JobState.RUNNING.value, started_at=at, heartbeat_at=at)
            .returning(JobRow.id)
        ).scalar()
        if taken is not None:
            return job_of(session.get_one(JobRow, job, populate_existing=True))
    return None


def beat(
    session: Session,
    job: JobId,
    *,
    done: int,
    total: int,
    found: Mapping[str, object] | None = None,
    at: datetime,
) -> bool:
    """Say that a running job lives, how far it is and what it has found; whether it may go on.

    It may not when somebody asked to cancel it, or when it was given up in the meantime.
    """
    row = session.scalar(select(JobRow).filter_by(id=job).with_for_update())
    if row is None or row.state != JobState.RUNNING:
        return False
    row.heartbeat_at, row.done, row.total = at, done, total
    if found is not None:
        row.result = dict(found)
    session.flush()
    return not row.cancel_asked


def is_cancel_asked(session: Session, job: JobId) -> bool:
    """Whether somebody wants this running job to stop; a server that goes down stops it too."""
    row = session.scalar(select(JobRow).filter_by(id=job).with_for_update())
    return row is not None and row.state == JobState.RUNNING and row.cancel_asked


def end(
    session: Session,
    job: JobId,
    state: JobState,
    *,
    message: str = "",
    result: Mapping[str, object] | None = None,
    at: datetime,
) -> None:
    """Write down how a running job ended; one that was given up meanwhile stays given up."""
    row = session.scalar(select(JobRow).filter_by(id=job).with_for_update())
    if row is None or row.state != JobState.RUNNING:
        return
    row.state, row.ended_at, row.message = state.value, at, message[:500]
    row.result = None if result is None else dict(result)
    if state is JobState.DONE:
        row.done = row.total
    session.flush()


def stop(
    session: Session, job: JobId, *, kept: Mapping[str, object] | None = None, at: datetime
) -> None:
    """A running job stopped half-way: cancelled if somebody asked for it, else it waits again.

    `kept` is what a cancelled job leaves behind.
    """
    row = session.scalar(select(JobRow).filter_by(id=job).with_for_update())
    if row is None or row.state != JobState.RUNNING:
        return
    if row.cancel_asked:
        row.state, row.ended_at = JobState.CANCELLED.value, at
        row.result = None if kept is None else dict(kept)
    else:
        row.state, row.started_at, row.done = JobState.WAITING.value, None, 0
        row.result = None
    session.flush()


def give_up_silent(session: Session, *, at: datetime) -> int:
    """Declare failed what has not told for a minute that it lives; how many there were."""
    rows = session.scalars(
        select(JobRow)
        .where(JobRow.state == JobState.RUNNING.value, JobRow.heartbeat_at < at - SILENT_AFTER)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.state, row.ended_at, row.message = JobState.FAILED.value, at, "job.silent"
    session.flush()
    return len(rows)


def job_of(row: JobRow) -> Job:
    return Job(
        id=JobId(row.id),
        kind=row.kind,
        state=JobState(row.state),
        unit=UnitCode(row.unit),
        made_by=StaffId(row.made_by),
        made_at=row.made_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        done=row.done,
        total=row.total,
        message=row.message,
        cancel_asked=row.cancel_asked,
        arguments=row.arguments,
        result=row.result or {},
    )


def _visible(session: Session, job: JobId, by: Actor) -> JobRow:
    row = session.scalar(select(JobRow).filter_by(id=job).with_for_update())
    if row is None or not by.may(*WATCHING, path=places.path_of(session, UnitCode(row.unit))):
        raise UnknownJob(job=job)
    return row
