"""What follows when phones' events have arrived: lines of the dossier that custody alone moves on.

It looks at what is true after the arrival, not at single events, so that it does not matter which
phone was first. Every step is taken once.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from postal_service.domain.event import Event
from postal_service.services import collecting, results


def after_arrival(session: Session, recorded: Sequence[Event], *, at: datetime) -> None:
    """Move on what rests on custody: a collected dossier is posted, a delivered result returned."""
    moved = {event.item for event in recorded if event.moves_custody}
    if not moved:
        return
    collecting.note_collected(session, moved, at=at)
    results.note_delivered(session, moved, at=at)
