"""Import a file in two jobs: one looks at every cell and writes nothing, one saves all of it or nothing.

Between the two somebody reads what the first found. Both do what `services/importing` does for the
command line; the second reads the file again, since the store may have changed in the meantime.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import IO, Final

from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.legacy_text import Encoding
from postal_service.domain.refusals import RuleBroken
from postal_service.services import directory, importing, jobs, uploads
from postal_service.services.importing import (
    Finding,
    Kind,
    Mode,
    Outcome,
    Preview,
    RowsRefused,
    Rules,
    Source,
    Spool,
)
from postal_service.services.job_runner import Context, Work
from postal_service.services.jobs import Job, JobId, JobState, UnknownJob
from postal_service.services.uploads import UploadId
from postal_service.services.vault import Vault
from postal_service.storage.transaction import reading

LOOK: Final = "import-look"
SAVE: Final = "import-save"
KINDS: Final = (LOOK, SAVE)


class NotLookedAt(RuleBroken):
    """Only a file that was looked at, every cell of which can be taken, is saved."""

    code = "import.not_looked_at"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How the file is to be taken. Without an encoding it is recognised."""

    kind: Kind
    mode: Mode
    encoding: Encoding | None = None


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a job that is done found, or did: the counts, the first findings, the first rows masked."""

    rows: int
    counts: Mapping[Outcome, int]
    encoding: str
    certain: bool
    columns: Mapping[str, str]
    unknown_columns: tuple[str, ...]
    first_rows: tuple[Mapping[str, str], ...]
    errors: tuple[Finding, ...]
    error_count: int
    remarks: tuple[Finding, ...]
    remark_count: int
    saved: bool

    @property
    def clean(self) -> bool:
        return not self.error_count


def ask_for_look(
    session: Session,
    vault: Vault,
    name: str,
    content: IO[bytes],
    wish: Wish,
    *,
    by: Actor,
    at: datetime,
) -> Job:
    """Keep a file and ask for a look at it. Raises RoleNeeded (administrator), NoFile or FileTooLarge."""
    by.need(Role.ADMINISTRATOR)
    kept = uploads.keep(session, vault, name, content, by=by, at=at)
    told = {
        "upload": kept.id,
        "name": kept.name,
        "bytes": kept.size_bytes,
        "kind": wish.kind.value,
        "mode": wish.mode.value,
        "encoding": wish.encoding.value if wish.encoding else "",
    }
    return jobs.enqueue(session, LOOK, told, unit=by.unit, by=by, at=at)


def ask_for_save(session: Session, job: JobId, *, by: Actor, at: datetime) -> Job:
    """Ask that what was looked at is saved; asked twice, it is one job.

    Raises RoleNeeded, UnknownJob, NotLookedAt, RowsRefused where a cell was refused, or UploadGone.
    """
    looked = watch(session, job, by=by)
    if looked.kind != LOOK or looked.state is not JobState.DONE:
        raise NotLookedAt
    told = found(looked)
    if not told.clean:
        raise RowsRefused(count=told.error_count, row=importing.first_row(told.errors))
    uploads.refuse_if_gone(session, _upload(looked))
    return jobs.enqueue(session, SAVE, looked.arguments, unit=looked.unit, by=by, at=at)


def watch(session: Session, job: JobId, *, by: Actor) -> Job:
    """How an import stands. Raises RoleNeeded, or UnknownJob for one that is none or not his."""
    by.need(Role.ADMINISTRATOR)
    watched = jobs.watch(session, job, by=by)
    if watched.kind not in KINDS:
        raise UnknownJob(job=job)
    return watched


def cancel(session: Session, job: JobId, *, by: Actor, at: datetime) -> Job:
    """Stop an import, or forget the file of one that was only looked at; the job that it came to.

    One that runs may save yet, and one that was saved stays saved: its state says so. Raises what
    `watch` raises.
    """
    watched = watch(session, job, by=by)
    if watched.kind == LOOK:
        watched = _saving_of(session, watched) or watched
    if not watched.is_open:
        uploads.remove(session, _upload(watched))
    return jobs.cancel(session, watched.id, by=by, at=at)


def recent(session: Session, *, by: Actor) -> list[Job]:
    """The newest imports of his unit. Raises RoleNeeded."""
    by.need(Role.ADMINISTRATOR)
    return jobs.recent(session, by.unit, KINDS)


def is_saved(job: Job) -> bool:
    """Whether this job has saved what its file holds."""
    return job.kind == SAVE and job.state is JobState.DONE and found(job).saved


def found(job: Job) -> Found:
    """What the result of a job that is done tells."""
    told: Mapping[str, object] = job.result
    return Found(
        rows=int(str(told["rows"])),
        counts={Outcome(each): int(str(n)) for each, n in _object(told["counts"]).items()},
        encoding=str(told["encoding"]),
        certain=bool(told["certain"]),
        columns={heading: str(title) for heading, title in _object(told["columns"]).items()},
        unknown_columns=tuple(str(each) for each in _list(told["unknown_columns"])),
        first_rows=tuple(
            {heading: str(text) for heading, text in _object(row).items()}
            for row in _list(told["first_rows"])
        ),
        errors=_read_findings(told["errors"]),
        error_count=int(str(told["error_count"])),
        remarks=_read_findings(told["remarks"]),
        remark_count=int(str(told["remark_count"])),
        saved=bool(told["saved"]),
    )


def kinds(vault: Vault, *, service: str) -> Mapping[str, Work]:
    """The import's jobs for a Runner; `service` is the S10 indicator of results brought home."""
    return {
        LOOK: lambda context: _look(context, vault, service),
        SAVE: lambda context: _save(context, vault, service),
    }


def _look(context: Context, vault: Vault, service: str) -> Mapping[str, object]:
    with _file(context, vault) as source:
        return _told(_previewed(context, vault, source, service, passes=1), saved=False)


def _save(context: Context, vault: Vault, service: str) -> Mapping[str, object]:
    """All rows in one transaction. Where SQLite is the store, others wait for it to end."""
    with _file(context, vault) as source, Spool() as spool:
        checked = _previewed(context, vault, source, service, passes=2, spool=spool)
        if not checked.clean or not checked.read_to_its_end:
            return _told(checked, saved=False)
        _say_how_far(context)
        save = partial(_saved, context, vault, source, service, checked, spool)
        done = importing.once_more(lambda: context.save(save))
    return _told(done, saved=True)


def _saved(
    context: Context,
    vault: Vault,
    source: Source,
    service: str,
    checked: Preview,
    spool: Spool,
    session: Session,
) -> Preview:
    done = importing.run(
        session,
        vault,
        source,
        _rules(context.job),
        service=service,
        by=directory.actor(session, context.job.made_by, context.job.unit),
        at=context.clock(),
        checked=checked,
        spool=spool,
        on_progress=lambda progress: _tell(context, checked.rows + progress.rows, 2 * checked.rows),
    )
    context.refuse_if_cancelled()
    uploads.remove(session, _upload(context.job))
    return done


@contextmanager
def _file(context: Context, vault: Vault) -> Iterator[Source]:
    encoding = str(context.job.arguments["encoding"])
    with ExitStack() as stack:
        with reading(context.sessions) as session:
            path = stack.enter_context(uploads.as_file(session, vault, _upload(context.job)))
        yield Source(path=path, encoding=Encoding(encoding) if encoding else None)


def _previewed(
    context: Context,
    vault: Vault,
    source: Source,
    service: str,
    *,
    passes: int,
    spool: Spool | None = None,
) -> Preview:
    with reading(context.sessions) as session:
        return importing.preview(
            session,
            vault,
            source,
            _rules(context.job),
            service=service,
            by=directory.actor(session, context.job.made_by, context.job.unit),
            at=context.clock(),
            spool=spool,
            on_progress=lambda progress: _tell(
                context, progress.rows, passes * (progress.total or progress.rows)
            ),
        )


def _tell(context: Context, rows: int, total: int) -> None:
    context.refuse_if_cancelled()
    context.report(min(rows, total), total)


def _say_how_far(context: Context) -> None:
    """Written down now: while SQLite saves, nobody else can write, not even how far it is."""
    go_on = context.save(
        lambda session: jobs.beat(
            session, context.job.id, done=context.done, total=context.total, at=context.clock()
        )
    )
    if not go_on:
        context.stop()
    context.refuse_if_cancelled()


def _saving_of(session: Session, looked: Job) -> Job | None:
    """The newest job that was asked to save what this one looked at."""
    saving = jobs.recent(session, looked.unit, (SAVE,))
    return next((each for each in saving if each.arguments == looked.arguments), None)


def _rules(job: Job) -> Rules:
    return Rules(kind=Kind(str(job.arguments["kind"])), mode=Mode(str(job.arguments["mode"])))


def _upload(job: Job) -> UploadId:
    return UploadId(str(job.arguments["upload"]))


def _told(preview: Preview, *, saved: bool) -> dict[str, object]:
    return {
        "rows": preview.rows,
        "counts": {outcome.value: count for outcome, count in preview.counts.items()},
        "format": preview.format.value,
        "encoding": preview.encoding.value if preview.encoding else "",
        "certain": preview.certain,
        "columns": dict(preview.columns),
        "unknown_columns": list(preview.unknown_columns),
        "first_rows": [dict(row) for row in preview.first_rows],
        "errors": _written_findings(preview.errors),
        "error_count": preview.error_count,
        "remarks": _written_findings(preview.remarks),
        "remark_count": preview.remark_count,
        "saved": saved,
    }


def _written_findings(findings: Iterable[Finding]) -> list[dict[str, object]]:
    return [
        {
            "row": each.row,
            "column": each.column,
            "value": each.value,
            "code": each.code,
            "facts": {name: str(fact) for name, fact in each.facts.items()},
            "stops": each.stops,
        }
        for each in findings
    ]


def _read_findings(told: object) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            row=int(str(each["row"])),
            column=str(each["column"]),
            value=str(each["value"]),
            code=str(each["code"]),
            facts=_object(each["facts"]),
            stops=bool(each["stops"]),
        )
        for each in map(_object, _list(told))
    )


def _object(told: object) -> dict[str, object]:
    assert isinstance(told, dict)  # written by _told
    return told


def _list(told: object) -> list[object]:
    assert isinstance(told, list)  # written by _told
    return told
