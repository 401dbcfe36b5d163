"""An event that somebody signed himself and that counts: what he tells of it later is told of that."""

from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.ids import EventId
from postal_service.ledger import reading
from postal_service.ledger.reading import Recorded
from postal_service.projections import verdicts


def counting(session: Session, event: EventId, *, by: Actor) -> Recorded | None:
    """The event, where this person signed it and nothing speaks against it.

    Who did not carry an item was at nobody's door and gave it to nobody, whatever he signed.
    """
    entry = reading.entry(session, event)
    if entry is None or entry.event.staff != by.staff or verdicts.of_events(session, [event]):
        return None
    return entry
