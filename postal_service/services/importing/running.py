"""Two passes: look at every row and write nothing; then write everything, or nothing.

Neither keeps the rows, so a long file needs no more memory than a short one. The caller opens the
transaction and, unless good rows were asked for alone, a single refused cell leaves it unwritten.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.refusals import OutOfDate, RuleBroken
from postal_service.services import numbers
from postal_service.services.importing.calendar_days import CalendarDays
from postal_service.services.importing.columns import Columns
from postal_service.services.importing.dossier_rows import DossierRecord
from postal_service.services.importing.dossiers import Dossiers
from postal_service.services.importing.findings import Finding, Findings
from postal_service.services.importing.opening import open_table
from postal_service.services.importing.procedures import Procedures
from postal_service.services.importing.reports import (
    ImportReport,
    OnProgress,
    Preview,
    Progress,
    Rules,
    Stage,
)
from postal_service.services.importing.spool import Spool
from postal_service.services.importing.staff import Staff
from postal_service.services.importing.subject import Kind, Outcome, Subject, Verdict
from postal_service.services.importing.tables import Source
from postal_service.services.importing.tally import Tally
from postal_service.services.importing.units import Offices, Units
from postal_service.services.vault import Vault
from postal_service.storage import contention

R = TypeVar("R")


class RowsRefused(RuleBroken):
    """Some rows cannot be taken, so none was."""

    code = "import.rows_refused"


class Overtaken(OutOfDate):
    """Somebody else saves the same things at this moment; what he saves cannot be seen yet."""

    code = "import.overtaken"


class FileChanged(OutOfDate):
    """The file is not the one that was looked at."""

    code = "import.file_changed"


def preview(
    session: Session,
    vault: Vault,
    source: Source,
    rules: Rules,
    *,
    service: str,
    by: Actor,
    at: datetime,
    on_progress: OnProgress | None = None,
    spool: Spool | None = None,
) -> Preview:
    """Read the whole file against the store and say what would become of it. Writes nothing.

    `service` is the S10 indicator of results to be brought home ("BH"). `spool` keeps what was read
    for the `run` that follows.

    Raises RoleNeeded (administrator); NotThere, TooLarge, OldWorkbook, WorkbookTooLarge,
    CannotBeRead or UnreadableFile for what is no table; NoTable, ColumnsMissing or ColumnTwice for
    its headings. From a row that cannot be cut into cells on, the file is not read: that is an error.
    """
    run_through = _Pass(session, vault, source, rules, service=service, by=by, at=at)
    return run_through.go(Stage.CHECKING, None, on_progress, spool)


def run(
    session: Session,
    vault: Vault,
    source: Source,
    rules: Rules,
    *,
    service: str,
    by: Actor,
    at: datetime,
    checked: Preview | None = None,
    on_progress: OnProgress | None = None,
    spool: Spool | None = None,
) -> ImportReport:
    """Save the rows of a file, all or, if the rules ask for it, the good ones; idempotent by key.

    `checked` is a preview of the same file that was just made, and `spool` what it kept; without them
    one is made first. A file
    with errors is not saved and raises nothing, the report tells them. Raises what `preview` raises,
    RowsRefused where a row that was good in the preview is not any more, and Overtaken where somebody
    else saves the same: the caller's transaction then takes everything back.
    """
    if checked is None:
        with Spool() as own:
            looked = preview(
                session, vault, source, rules, service=service, by=by, at=at,
                on_progress=on_progress, spool=own,
            )  # fmt: skip
            return run(
                session, vault, source, rules, service=service, by=by, at=at, checked=looked,
                on_progress=on_progress, spool=own,
            )  # fmt: skip
    if not (checked.clean or (rules.good_rows_alone and checked.read_to_its_end)):
        return _report(checked, saved=False)
    if fingerprint(source) != checked.fingerprint:
        raise FileChanged(path=source.path.name)
    if not checked.counts[Outcome.CREATED] + checked.counts[Outcome.UPDATED]:
        return _report(checked, saved=True)  # every row says what is stored
    run_through = _Pass(session, vault, source, rules, service=service, by=by, at=at)
    return _report(run_through.save(checked, on_progress, spool), saved=True)


def once_more(save: Callable[[], R]) -> R:
    """Save in a transaction, and where somebody was faster once more in another, which sees what he saved."""
    try:
        return save()
    except Overtaken:
        return save()


def first_row(errors: Sequence[Finding]) -> str:
    """The row that is wrong first, as far as errors were kept."""
    return str(errors[0].row) if errors else "?"


@dataclass
class _Pass:
    """One way through a file."""

    session: Session
    vault: Vault
    source: Source
    rules: Rules
    service: str = field(kw_only=True)
    by: Actor = field(kw_only=True)
    at: datetime = field(kw_only=True)

    def save(
        self, checked: Preview, on_progress: OnProgress | None, spool: Spool | None
    ) -> Preview:
        """Save what was read, or else what the file says. Raises RoleNeeded, RowsRefused or Overtaken."""
        try:
            if spool is not None and spool.records == checked.rows:
                done = self._save_read(spool, checked, on_progress)
            else:
                done = self.go(Stage.SAVING, checked.rows, on_progress)
            self.session.flush()
        except DBAPIError as fault:
            if not contention.is_of_others(fault):
                raise
            raise Overtaken from fault
        cut = not done.read_to_its_end or done.rows != checked.rows
        if cut or not (done.clean or self.rules.good_rows_alone):
            raise RowsRefused(count=done.error_count, row=first_row(done.errors))
        return done

    def _save_read(self, spool: Spool, checked: Preview, on_progress: OnProgress | None) -> Preview:
        """Dossiers that were read already. Raises RoleNeeded."""
        self.by.need(Role.ADMINISTRATOR)
        subject = self._dossiers()
        counts, rows = dict.fromkeys(Outcome, 0), 0
        findings = Findings(self.rules.most_findings)
        for numbered in spool.batches():
            verdicts = subject.judge_records(
                self.session, [record for _, record in numbered], self.rules.mode
            )
            good: list[tuple[DossierRecord, Outcome]] = []
            for (number, record), verdict in zip(numbered, verdicts, strict=True):
                counts[verdict.outcome] += 1
                if verdict.outcome is Outcome.REFUSED:
                    findings.add(_finding(number, verdict))
                elif verdict.outcome is not Outcome.UNCHANGED:
                    good.append((record, verdict.outcome))
            subject.save(self.session, good)
            rows += len(numbered)
            if on_progress is not None:
                on_progress(Progress(stage=Stage.SAVING, rows=rows, total=checked.rows))
        return replace(
            checked, counts=counts, errors=tuple(findings.kept), error_count=findings.errors
        )

    def go(
        self,
        stage: Stage,
        total: int | None,
        on_progress: OnProgress | None,
        spool: Spool | None = None,
    ) -> Preview:
        self.by.need(Role.ADMINISTRATOR)
        if stage is Stage.SAVING and self.rules.kind is not Kind.DOSSIERS:
            # Who comes second waits here, before he looks: else he could write over what he did not see.
            numbers.take(self.session, "import")
        match self.rules.kind:
            case Kind.DOSSIERS:
                return self._through(self._dossiers(), stage, total, on_progress, spool)
            case Kind.UNITS:
                return self._through(Units(self.session, self.by), stage, total, on_progress)
            case Kind.OFFICES:
                return self._through(Offices(self.session, self.by), stage, total, on_progress)
            case Kind.STAFF:
                return self._through(Staff(self.session, self.by), stage, total, on_progress)
            case Kind.PROCEDURES:
                return self._through(
                    Procedures(self.session, self.by, self.at), stage, total, on_progress
                )
            case Kind.CALENDAR:
                days = CalendarDays(self.session, self.by, source=self.source.path.name)
                return self._through(days, stage, total, on_progress)

    def _dossiers(self) -> Dossiers:
        return Dossiers(self.session, self.vault, service=self.service, by=self.by, at=self.at)

    def _through(
        self,
        subject: Subject[R],
        stage: Stage,
        total: int | None,
        on_progress: OnProgress | None,
        spool: Spool | None = None,
    ) -> Preview:
        found = fingerprint(self.source)
        table = open_table(self.source, subject.columns.recognised)
        saving = stage is Stage.SAVING
        tally = Tally(self.session, subject, self.rules, saving=saving, spool=spool)
        for _ in tally.chunks(table):
            if on_progress is not None:
                expected = total or _estimate(tally.rows, table.share())
                on_progress(Progress(stage=stage, rows=tally.rows, total=expected))
        if stage is Stage.SAVING:
            subject.finish(self.session)
        return tally.told(self.rules.kind, table, found)


def columns_of(kind: Kind) -> Columns:
    """The columns a file of this kind may have."""
    return _COLUMNS[kind]


_COLUMNS = {
    Kind.DOSSIERS: Dossiers.columns,
    Kind.UNITS: Units.columns,
    Kind.OFFICES: Offices.columns,
    Kind.STAFF: Staff.columns,
    Kind.PROCEDURES: Procedures.columns,
    Kind.CALENDAR: CalendarDays.columns,
}


def _finding(row: int, verdict: Verdict) -> Finding:
    """What a row is refused for, where its cells are not at hand any more."""
    column = Dossiers.columns.by_key[verdict.column].title if verdict.column else ""
    return Finding(row=row, column=column, value="", code=verdict.code, facts=dict(verdict.facts))


def _report(told: Preview, *, saved: bool) -> ImportReport:
    return ImportReport(**vars(told), saved=saved)


def _estimate(rows: int, share: float | None) -> int | None:
    return int(rows / share) if share else None


def fingerprint(source: Source) -> tuple[int, int]:
    """Size and time of a file, by which a change is noticed."""
    if not source.path.is_file():
        return 0, 0  # opening it says so
    found = source.path.stat()
    return found.st_size, found.st_mtime_ns
