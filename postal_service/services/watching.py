"""What whoever runs the service watches: what keeps it from its work, and how much waits.

Nothing here says anything of anybody: a watching machine has no role and no dossier to look at.
"""

import logging
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import disk_usage
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.ledger import checkpoint
from postal_service.ledger import reading as ledger
from postal_service.services.jobs import OPEN, SILENT_AFTER, JobState
from postal_service.services.outbox import MessageState
from postal_service.storage.engine import store_file
from postal_service.storage.schema import EntryRow, JobRow, OutboxRow, QuarantineRow
from postal_service.storage.transaction import Sessions, reading

# A clock before this was never set: tokens and deadlines would be nonsense.
CLOCK_IS_SET: Final = datetime(2026, 1, 1, tzinfo=UTC)
SERVERS_DIFFER: Final = timedelta(minutes=1)  # at most, in what their clocks say
NOBODY_COMES: Final = timedelta(minutes=5)  # a waiting job is taken within seconds, unless one runs
MESSAGE_WAITS: Final = timedelta(minutes=2)  # a code lives ten, and somebody stands at a door
MEGABYTE: Final = 1_000_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How large the ledger is, and what waits for a machine or a person."""

    entries: int
    checkpoint_entries: int
    checkpoint_at: datetime | None  # None before the first
    jobs: Mapping[str, int]  # by state, of those that wait, run or failed
    quarantined: int
    messages: Mapping[str, int]  # by state, of those that were not sent
    oldest_message_at: datetime | None  # of those that wait


def figures(session: Session) -> Figures:
    """What is counted in the store. Every count is of an index."""
    newest = checkpoint.newest(session)
    counted = (JobState.FAILED, *OPEN)
    asked = (
        select(JobRow.state, func.count()).where(JobRow.state.in_(counted)).group_by(JobRow.state)
    )
    jobs = dict.fromkeys((state.value for state in counted), 0)
    jobs.update((state, number) for state, number in session.execute(asked))
    waiting = select(func.count()).where(QuarantineRow.settled_at.is_(None))
    messages, oldest = _unsent(session)
    return Figures(
        entries=ledger.size(session),
        checkpoint_entries=newest.size if newest else 0,
        checkpoint_at=newest.made_at if newest else None,
        jobs=jobs,
        quarantined=session.scalars(waiting).one(),
        messages=messages,
        oldest_message_at=oldest,
    )


def hindrances(
    sessions: Sessions, *, folders: Collection[Path], least_free_mb: int, at: datetime
) -> dict[str, str]:
    """Why the service cannot work now, by what is the matter: database, queue, disk or clock.

    `folders` are those it writes to beside the store's own. Empty where nothing hinders.
    """
    found = _told({"clock": _clock_never_set(at)})
    kept = set(folders)
    try:
        with reading(sessions) as session:
            ledger.size(session)
            asked = {"queue": _nobody_comes(session, at), "clock": _clock_behind(session, at)}
            file = store_file(session)
    except Exception:  # noqa: BLE001 - whatever it is, the answer is no, and the log has it
        _log.exception("the database does not answer")
        found["database"] = "it does not answer"
    else:
        found = _told(asked) | found
        kept |= {file.parent} if file else set()
    return found | _told({"disk": _disk_full(kept, least_free_mb)})


def messages_held_up(sessions: Sessions, *, at: datetime) -> str:
    """Why citizens wait in vain for a message; "" where none does, or the store does not answer."""
    try:
        with reading(sessions) as session:
            messages, oldest = _unsent(session)
    except Exception:  # noqa: BLE001 - `hindrances` tells of the store
        _log.exception("nobody can tell whether messages wait")
        return ""
    found = []
    if oldest is not None and oldest <= at - MESSAGE_WAITS:
        found.append(f"the oldest waits for {(at - oldest) // timedelta(minutes=1)} minutes")
    if dead := messages[MessageState.DEAD]:
        found.append(f"{dead} could not be sent")
    return "; ".join(found)


def _unsent(session: Session) -> tuple[dict[str, int], datetime | None]:
    """How many messages were not sent, by state, and since when the oldest waits."""
    states = [each.value for each in MessageState if each is not MessageState.SENT]
    asked = (
        select(OutboxRow.state, func.count())
        .where(OutboxRow.state.in_(states))
        .group_by(OutboxRow.state)
    )
    counted = dict.fromkeys(states, 0)
    counted.update((state, number) for state, number in session.execute(asked))
    oldest = select(func.min(OutboxRow.made_at)).where(
        OutboxRow.state == MessageState.WAITING.value
    )
    return counted, session.scalar(oldest)


def _told(found: Mapping[str, str]) -> dict[str, str]:
    return {what: why for what, why in found.items() if why}


def _clock_never_set(at: datetime) -> str:
    return "" if at >= CLOCK_IS_SET else "it was never set"


def _clock_behind(session: Session, at: datetime) -> str:
    """One of the two was wrong, this clock or the one that wrote the newest entry."""
    newest = select(EntryRow.received_ms).order_by(EntryRow.index.desc()).limit(1)
    received_ms = session.scalar(newest)
    if received_ms is None or received_ms <= (at + SERVERS_DIFFER).timestamp() * 1_000:
        return ""
    return "it is behind the newest entry of the ledger"


def _nobody_comes(session: Session, at: datetime) -> str:
    # One job at a time: behind a long one others wait as they should.
    oldest = session.scalar(
        select(func.min(JobRow.made_at)).where(JobRow.state == JobState.WAITING.value)
    )
    if oldest is None or oldest > at - NOBODY_COMES:
        return ""
    alive = select(JobRow.id).where(
        JobRow.state == JobState.RUNNING.value, JobRow.heartbeat_at > at - SILENT_AFTER
    )
    return "" if session.scalar(alive.limit(1)) else "jobs wait and nobody does them"


def _disk_full(folders: Collection[Path], least_free_mb: int) -> str:
    return next(_reasons_of_disks(folders, least_free_mb), "")


def _reasons_of_disks(folders: Collection[Path], least_free_mb: int) -> Iterator[str]:
    # Where it lies is not said: whoever asks whether we are ready need not know our folders.
    for folder in folders:
        try:
            # One that is made at its first use lies where its parent does.
            there = next(each for each in (folder, *folder.parents) if each.exists())
            free = disk_usage(there).free
        except OSError:
            _log.exception("nobody can tell how full the disk is")
            yield "nobody can tell how full it is"
        else:
            if free < least_free_mb * MEGABYTE:
                yield f"less than {least_free_mb} MB are free"
