"""Rows of a file as they go by: judged in batches, counted, kept for what follows, and what is wrong with them noted."""

from collections.abc import Iterator
from contextlib import closing
from typing import TypeVar

from sqlalchemy.orm import Session

from postal_service.services.importing.cells import RowCells
from postal_service.services.importing.findings import Finding, Findings
from postal_service.services.importing.reports import Preview, Rules
from postal_service.services.importing.spool import Spool
from postal_service.services.importing.subject import Kind, Numbered, Outcome, Subject
from postal_service.services.importing.tables import (
    HEADING_WITHIN,
    BrokenAt,
    Format,
    NoTable,
    Table,
)
from postal_service.storage.temporary import FirstSeen

R = TypeVar("R")

CHUNK = 1_000
FIRST_ROWS = 3


class Tally(list[Numbered[R]]):
    """Rows waiting to be judged together, and what became of those before them."""

    def __init__(
        self,
        session: Session,
        subject: Subject[R],
        rules: Rules,
        *,
        saving: bool,
        spool: Spool | None,
    ) -> None:
        super().__init__()
        self.rows = 0
        self._broken = False
        self._first: list[dict[str, str]] = []
        self._session, self._subject, self._rules = session, subject, rules
        self._saving, self._spool = saving, spool
        self._findings = Findings(rules.most_findings)
        self._counts = dict.fromkeys(Outcome, 0)
        self._seen = FirstSeen()
        self._matched = subject.columns.match(())

    def chunks(self, table: Table) -> Iterator[None]:
        """Go through the table, pausing after each chunk."""
        with closing(self._seen):
            yield from self._chunks(table)

    def told(self, kind: Kind, table: Table, found: tuple[int, int]) -> Preview:
        return Preview(
            kind=kind,
            format=table.format,
            encoding=table.encoding,
            certain=table.certain,
            columns=self._matched.titles(),
            unknown_columns=tuple(self._matched.unknown),
            rows=self.rows,
            counts=dict(self._counts),
            first_rows=tuple(self._first),
            errors=tuple(self._findings.kept),
            error_count=self._findings.errors,
            remarks=tuple(self._findings.remarks),
            remark_count=self._findings.remarked,
            fingerprint=found,
            read_to_its_end=not self._broken,
        )

    def _chunks(self, table: Table) -> Iterator[None]:
        try:
            for row in table.rows():
                if not self.rows:
                    self._match(table)
                self.rows += 1
                cells = RowCells(row, self._matched)
                if len(self._first) < FIRST_ROWS:
                    self._first.append(cells.glimpse())
                self._take(cells)
                if len(self) >= CHUNK:
                    self._settle()
                    yield
        except BrokenAt as broken:
            self._broken = True
            self._findings.add(
                Finding(row=0, column="", value="", code=broken.code, facts=broken.facts)
            )
        if not self.rows:
            self._match(table)
        self._settle()
        yield

    def _match(self, table: Table) -> None:
        self._matched = self._subject.columns.match(table.headings)
        if table.format is not Format.JSON:
            if not table.headings:
                raise NoTable(lines=HEADING_WITHIN)
            self._matched.refuse_missing()
        # Objects may leave out what is empty, so the first one does not tell what the others have.
        elif table.headings and len(self._matched.by_key) < 2:
            raise NoTable(lines=1)

    def _take(self, cells: RowCells) -> None:
        # What is no row as a whole has no cells worth naming.
        record = None if cells.refused else self._subject.read(cells)
        if record is not None and not cells.refused:
            key = self._subject.key(record)
            first = self._seen.at(key, cells.number)
            if first == cells.number:
                self.append(Numbered(cells, record))
                return
            cells.refuse("", "import.row_twice", first=first)
        self._refuse(cells)

    def _settle(self) -> None:
        verdicts = self._subject.judge(self._session, self, self._rules.mode) if self else []
        if self and self._spool is not None:
            self._spool.add([(each.cells.number, each.record) for each in self])
        good = []
        for each, verdict in zip(self, verdicts, strict=True):
            if verdict.outcome is Outcome.REFUSED:
                each.cells.refuse(verdict.column, verdict.code, **dict(verdict.facts))
                self._refuse(each.cells)
                continue
            self._note(each.cells)
            self._counts[verdict.outcome] += 1
            if verdict.outcome is not Outcome.UNCHANGED:
                good.append((each.record, verdict.outcome))
        self.clear()
        if self._saving and good:
            self._subject.save(self._session, good)

    def _refuse(self, cells: RowCells) -> None:
        self._counts[Outcome.REFUSED] += 1
        self._note(cells)

    def _note(self, cells: RowCells) -> None:
        for finding in cells.findings:
            self._findings.add(finding)
