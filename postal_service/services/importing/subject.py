"""What one kind of file is about: its columns, how a row is read, how it compares with the store, how it is saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from sqlalchemy.orm import Session

from postal_service.services.importing.cells import RowCells
from postal_service.services.importing.columns import Columns

R = TypeVar("R")


class Kind(StrEnum):
    """What is imported."""

    DOSSIERS = "dossiers"
    UNITS = "units"
    OFFICES = "offices"
    STAFF = "staff"
    PROCEDURES = "procedures"
    CALENDAR = "calendar"


class Mode(StrEnum):
    """What a row may do: be new, change what is there, or either."""

    CREATE = "create"
    UPDATE = "update"
    MERGE = "merge"


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What becomes of a row. `code` and `facts` say why a row is refused."""

    outcome: Outcome
    column: str = ""  # key of the column the refusal is about
    code: str = ""
    facts: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True)
class Numbered(Generic[R]):
    """A record and the row it was read from."""

    cells: RowCells
    record: R


class Subject(Protocol[R]):
    """One pass over one file. Made anew for each pass: it may remember rows it has read."""

    columns: Columns

    def read(self, cells: RowCells) -> R | None:
        """The record of a row; None where its cells cannot make one, which they say themselves."""

    def key(self, record: R) -> str:
        """By which the record is known; one row for each in a file."""

    def judge(self, session: Session, batch: Sequence[Numbered[R]], mode: Mode) -> list[Verdict]:
        """Compare with what is stored, a verdict for each; nothing is written."""

    def save(self, session: Session, batch: Sequence[tuple[R, Outcome]]) -> None:
        """Write what was created or updated."""

    def finish(self, session: Session) -> None:
        """After the last row was saved."""


def judged(
    mode: Mode, *, exists: bool, differing: Sequence[str] = (), fixed: Sequence[str] = ()
) -> Verdict:
    """The verdict on a row whose `differing` columns are stored otherwise; `fixed` ones never change."""
    if not exists:
        if mode is Mode.UPDATE:
            return Verdict(outcome=Outcome.REFUSED, code="import.not_there")
        return Verdict(outcome=Outcome.CREATED)
    if not differing and not fixed:
        return Verdict(outcome=Outcome.UNCHANGED)
    if mode is Mode.CREATE:
        facts = (("columns", ", ".join([*fixed, *differing])),)
        return Verdict(outcome=Outcome.REFUSED, code="import.there_and_different", facts=facts)
    if fixed:
        facts = (("columns", ", ".join(fixed)),)
        return Verdict(outcome=Outcome.REFUSED, code="import.never_changes", facts=facts)
    return Verdict(outcome=Outcome.UPDATED)
