"""Which items' events name which photos and files, whether the event counts or not.

So a file is known to be needed by one item when the people of another are erased.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import delete
from sqlalchemy.orm import Session

from postal_service.domain import acts
from postal_service.domain.acts import Act
from postal_service.domain.ids import ItemId
from postal_service.domain.story import Told
from postal_service.storage.schema import EvidenceUseRow


def named_by(act: Act) -> tuple[str, ...]:
    """SHA-256 of the files that an act names."""
    return act.evidence if isinstance(act, acts.Deliver | acts.Attempt | acts.Damage) else ()


def rows(told: Mapping[ItemId, Sequence[Told]]) -> list[dict[str, object]]:
    """What is kept of what is told."""
    return [
        {"item": item, "sha256": digest}
        for item, events in told.items()
        for digest in _unique(events)
    ]


def clear(session: Session) -> None:
    session.execute(delete(EvidenceUseRow))


def _unique(events: Iterable[Told]) -> dict[str, None]:
    return dict.fromkeys(digest for each in events for digest in named_by(each.event.act))
