"""The heads of the ledger that were signed, as anybody may see them: of each day the last, and any that stands on a paper.

Reading only. A head names nobody: it is how many events there are, and one hash over all of them.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy.orm import Session

from postal_service.domain.refusals import Unknown
from postal_service.domain.wording_dates import VIETNAM, local
from postal_service.domain.wording_numbers import in_figures
from postal_service.ledger import checkpoint, notes
from postal_service.ledger.checkpoint import Kept
from postal_service.ledger.notes import NoteInvalid
from postal_service.ledger.witness import Policy

DAYS: Final = 14  # that the public page goes back


class UnknownHead(Unknown):
    """The ledger was never signed at this size."""

    code = "ledger.unknown_head"


@dataclass(frozen=True, kw_only=True)
class Head:
    """The ledger as it was signed. `witnesses` are those asked today that signed beneath it."""

    size: int
    root: str  # hex
    made_at: datetime
    note: str  # what was signed, with every signature (C2SP tlog-checkpoint)
    witnesses: tuple[str, ...]
    enough: bool  # of the witnesses, to be believed

    @property
    def day(self) -> date:
        return local(self.made_at).date()


def newest(session: Session, policy: Policy) -> Head | None:
    """The newest head that enough witnesses signed; before there is one, the newest that was signed."""
    kept = checkpoint.newest_witnessed(session, policy.quorum, policy.witnesses)
    kept = kept or checkpoint.newest(session)
    return _head(kept, policy) if kept else None


def at_size(session: Session, policy: Policy, size: int) -> Head:
    """The head of this size. Raises UnknownHead."""
    kept = checkpoint.at_size(session, size) if size <= checkpoint.LARGEST else None
    if kept is None:
        raise UnknownHead(size=in_figures(size))
    return _head(kept, policy)


def before(session: Session, policy: Policy, index: int) -> Head | None:
    """The last head that was signed before the event at this index: it is the same at every later time."""
    kept = checkpoint.last_upto(session, index)
    return _head(kept, policy) if kept else None


def of_days(session: Session, policy: Policy, *, upto: date, days: int = DAYS) -> list[Head]:
    """Of each day that had one the last head that enough witnesses signed, else the last; newest first."""
    found: list[Head] = []
    last = checkpoint.last_before(session, _midnight(upto + timedelta(days=1)))
    for back in range(days):
        above = checkpoint.last_before(session, _midnight(upto - timedelta(days=back)))
        if last > above:
            kept = checkpoint.newest_witnessed(
                session, policy.quorum, policy.witnesses, above=above, upto=last
            )
            kept = kept or checkpoint.at_size(session, last)
            assert kept is not None  # `last` is the size of a checkpoint
            found.append(_head(kept, policy))
        last = above
    return found


def _head(kept: Kept, policy: Policy) -> Head:
    names = _signers(kept, policy)
    return Head(
        size=kept.size,
        root=kept.root.hex(),
        made_at=kept.made_at,
        note=kept.note,
        witnesses=names,
        enough=len(names) >= policy.quorum,
    )


def _signers(kept: Kept, policy: Policy) -> tuple[str, ...]:
    """Whose signature beneath it is true. Nobody's, where a row was changed behind our back."""
    try:
        note = notes.read(kept.note)
        signers = notes.signers_of(note.text, note.signatures, policy.witnesses)
    except NoteInvalid:
        return ()
    return tuple(sorted(key.name for key in signers))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)
